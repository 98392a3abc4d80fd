//! A request: a line of JSON with the tool and its arguments, and the input after it.

use capchain::release::Release;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::tools;

/// The arguments of the tools. A tool ignores those of others.
#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    tool: Tool,
    /// The name of the ABI.
    #[serde(default)]
    pub(crate) abi: String,
    /// The release; the newest if it is empty.
    #[serde(default)]
    release: String,
    #[serde(default)]
    pub(crate) target: String,
    /// A struct, a chain or an ioctl; empty for all.
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) old: String,
    #[serde(default)]
    pub(crate) new: String,
    #[serde(default)]
    pub(crate) handler: String,
    #[serde(default)]
    pub(crate) argsz: u64,
    #[serde(default)]
    pub(crate) capabilities: Vec<String>,
}

/// What the page asks for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tool {
    /// The ABIs, their releases, and the targets.
    Start,
    /// The names of a release.
    Names,
    Decode,
    Layout,
    Compat,
    Review,
    Reply,
    /// A panic, to test that the page survives one.
    Panic,
}

impl Question {
    /// The release, if the question names one.
    pub(crate) fn release(&self) -> Result<Option<Release>, String> {
        match self.release.as_str() {
            "" => Ok(None),
            release => release.parse().map(Some),
        }
    }
}

/// The answer to a request: the results of the tool, or `failure` with a message.
pub(crate) fn answer(request: &[u8]) -> Value {
    let end = request.iter().position(|byte| *byte == b'\n').unwrap_or(request.len());
    let input = request.get(end + 1..).unwrap_or_default();
    let question = serde_json::from_slice::<Question>(&request[..end]);
    let answer =
        question.map_err(|error| error.to_string()).and_then(|question| match question.tool {
            Tool::Start => Ok(tools::start()),
            Tool::Names => tools::names(&question),
            Tool::Decode => tools::decode(&question, input),
            Tool::Layout => tools::layout(&question),
            Tool::Compat => tools::compat(&question),
            Tool::Review => tools::review(input),
            Tool::Reply => tools::reply(&question),
            Tool::Panic => panic!("the page asked for a panic"),
        });
    answer.unwrap_or_else(|failure| json!({ "failure": failure }))
}
