//! The report on whole spaces, such as those of all devices in a dump.

use serde::Serialize;
use serde_json::{Value, json};

use super::{CommandResult, FINDINGS, Format, Output, SUCCESS, WrittenList, json, overlay_line};
use crate::decode::{self, WholeSpace};
use crate::dump::labelled::LabelledBytes;
use crate::ir::{Abi, StructId};
use crate::layout::Target;

/// The type and the target of spaces.
#[derive(Clone, Copy, Debug)]
pub struct SpaceType<'a> {
    /// The resolved ABI.
    pub abi: &'a Abi,
    /// The struct at the start.
    pub struct_: StructId,
    /// The machine that the bytes come from.
    pub target: &'static Target,
}

impl<'a> SpaceType<'a> {
    /// The report on a dump of several spaces. Of JSON, an object with all of them or, of
    /// `lines`, a line for each.
    ///
    /// # Errors
    ///
    /// The result cannot be written as JSON.
    pub fn report(self, blocks: &[LabelledBytes], format: Format, lines: bool) -> CommandResult {
        let mut code = SUCCESS;
        let spaces = blocks.iter().map(|block| {
            let space = WholeSpace::read(self.abi, self.struct_, self.target, &block.bytes);
            code = if space.problem().is_some() { FINDINGS } else { code };
            (&block.label, space)
        });
        let text = match (lines, format) {
            (true, _) => {
                spaces.map(|(label, space)| format!("{}\n", object(label, &space))).collect()
            }
            (false, Format::Text) => spaces.fold(overlay_line(self.abi), |text, (label, space)| {
                text + &self::text(label, &space)
            }),
            (false, Format::Json) => {
                let spaces = WrittenList::of(spaces.map(|(label, space)| object(label, &space)));
                json(&SpaceList { version: 1, spaces })?.text
            }
        };
        Ok(Output { text, code })
    }
}

/// The object of all spaces.
#[derive(Serialize)]
struct SpaceList<L> {
    version: u8,
    spaces: L,
}

fn text(label: &str, space: &WholeSpace<'_>) -> String {
    let parts = [&space.start].into_iter().chain(&space.chains);
    let parts: String = parts.map(decode::text).collect();
    match label.is_empty() {
        true => parts,
        false => format!("{label}\n{parts}\n"),
    }
}

/// The object of a space: that of its struct, with its label and its chains.
fn object(label: &str, space: &WholeSpace<'_>) -> Value {
    let mut object = decode::json(&space.start);
    object["label"] = match label.is_empty() {
        true => Value::Null,
        false => label.into(),
    };
    let chains = space.chains.iter().map(|chain| {
        let mut whole = decode::json(chain);
        json!({
            "chain": whole["chain"].take(),
            "caps": whole["caps"].take(),
            "error": whole["error"].take(),
        })
    });
    object["chains"] = chains.collect();
    if let Value::Object(members) = &mut object {
        members.retain(|key, _| key != "chain" && key != "caps");
    }
    object
}
