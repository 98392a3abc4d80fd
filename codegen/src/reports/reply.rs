//! The answer that a handler of a release gives to a request, by the model: "what does
//! Linux 5.10 answer to argsz 40?"

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{CommandResult, Format, Output, json, overlay_line};
use crate::decode::{self, Decoded, Subject};
use crate::ir::{Abi, Arg, Capability, Handler, Ioctl, Role, Struct};
use crate::layout::TARGETS;
use crate::model::{Answer, Contents, HandlerModel, sample};
use crate::names;

/// The largest argsz that a question can have.
const MOST_ARGSZ: u64 = 4096;
/// Elements in each array of the sample.
const ELEMENTS: u64 = 2;
/// The size of argsz itself, which a handler reads first.
const ARGSZ: u64 = 4;

/// A question to a handler.
#[derive(Clone, Debug)]
pub struct ReplyQuestion<'a> {
    /// The name of the ioctl.
    pub ioctl: &'a str,
    /// The name of the handler.
    pub handler: &'a str,
    /// The argsz of the request.
    pub argsz: u64,
    /// The names of the capabilities that the device has.
    pub capabilities: &'a [String],
}

/// The names of the handlers of an ioctl that the rules determine, each with the
/// capabilities that it can append.
pub fn handlers(abi: &Abi, ioctl: &Ioctl) -> Vec<(String, Vec<String>)> {
    let handlers = ioctl.served_at(abi.release);
    let modelled = handlers.filter(|handler| HandlerModel::new(abi, ioctl, handler).is_some());
    let named = modelled.map(|handler| {
        let caps = capabilities(abi, ioctl, handler).into_iter().map(|cap| cap.name.clone());
        (handler.name.clone(), caps.collect())
    });
    named.collect()
}

/// The capabilities that a handler can append, in their order.
fn capabilities<'a>(abi: &'a Abi, ioctl: &Ioctl, handler: &Handler) -> Vec<&'a Capability> {
    let Arg::Struct(id) = ioctl.arg else { return Vec::new() };
    let (Some(chain), Some(rules)) = (abi.chain_of(id), &handler.chain) else {
        return Vec::new();
    };
    let all = chain.capabilities.iter().map(|id| abi.capability(*id));
    all.filter(|cap| rules.capabilities.contains(&cap.name)).collect()
}

/// The names of capabilities of an ioctl, some of which are given as their short names.
fn full_names(abi: &Abi, ioctl: &Ioctl, given: &[String]) -> Vec<String> {
    let Arg::Struct(id) = ioctl.arg else { return given.to_vec() };
    let chain = abi.chain_of(id);
    let full = |name: &String| {
        let ids = chain.map_or(&[][..], |chain| &chain.capabilities);
        let mut all = ids.iter().map(|id| abi.capability(*id));
        all.find(|cap| cap.short == *name).map_or(name.clone(), |cap| cap.name.clone())
    };
    given.iter().map(full).collect()
}

/// The report on the answer of a handler. JSON is one object with the list `answers`, which has
/// one object: the error or null, the size of the whole reply, the bytes that are read and
/// written, the buffer after the call with null for bytes of unknown value, and the buffer as
/// `decode` reads it, with 0 for them.
///
/// # Errors
///
/// The release has no such ioctl or handler, the handler appends no such capability, or argsz
/// is too large.
pub fn reply(abi: &Abi, question: &ReplyQuestion<'_>, format: Format) -> CommandResult {
    let found = ioctl(abi, question.ioctl)?;
    let capabilities = &full_names(abi, found, question.capabilities);
    let answered = Answered::of(abi, &ReplyQuestion { capabilities, ..question.clone() })?;
    match format {
        Format::Text => Ok(Output::success(overlay_line(abi) + &answered.text())),
        Format::Json => list(&[answered]),
    }
}

/// The report on the answers of all handlers that the rules determine. JSON is one object with
/// the list `answers`. A handler ignores capabilities that it does not append.
///
/// # Errors
///
/// The release has no such ioctl, or no handler whose replies are determined; no handler
/// appends a capability; or argsz is too large.
pub fn replies(abi: &Abi, question: &ReplyQuestion<'_>, format: Format) -> CommandResult {
    let found = ioctl(abi, question.ioctl)?;
    let capabilities = &full_names(abi, found, question.capabilities);
    let question = &ReplyQuestion { capabilities, ..question.clone() };
    let all = handlers(abi, found);
    let unknown = question
        .capabilities
        .iter()
        .find(|wanted| all.iter().all(|(_, appended)| appended.iter().all(|name| name != *wanted)));
    if let Some(unknown) = unknown {
        let appended: BTreeSet<_> = all.iter().flat_map(|(_, names)| names).collect();
        return Err(no_capability("no handler", unknown, appended));
    }
    let mut answers = Vec::new();
    for (handler, appended) in &all {
        let wanted = |name: &&String| question.capabilities.contains(*name);
        let capabilities: Vec<_> = appended.iter().filter(wanted).cloned().collect();
        let question = ReplyQuestion { handler, capabilities: &capabilities, ..*question };
        answers.push(Answered::of(abi, &question)?);
    }
    if answers.is_empty() {
        let (release, name) = (abi.release, question.ioctl);
        if found.handlers.is_empty() {
            return Err(format!("no handler of {name} is described; add `handlers` to the ioctl"));
        }
        return Err(format!(
            "the rules determine the replies of no handler of {name} of {release}"
        ));
    }
    match format {
        Format::Text => {
            let texts: Vec<_> = answers.iter().map(Answered::text).collect();
            Ok(Output::success(overlay_line(abi) + &texts.join("\n")))
        }
        Format::Json => list(&answers),
    }
}

fn list(answers: &[Answered<'_>]) -> CommandResult {
    let objects: Vec<_> = answers.iter().map(Answered::object).collect();
    json(&json!({ "version": 1, "answers": objects }))
}

fn ioctl<'a>(abi: &'a Abi, name: &str) -> Result<&'a Ioctl, String> {
    let known = || abi.ioctls.iter().map(|ioctl| ioctl.name.as_str());
    let near = names::nearest(name, known()).map(|near| format!("; did you mean `{near}`?"));
    let found = abi.ioctls.iter().find(|ioctl| ioctl.name == name);
    found
        .ok_or_else(|| format!("{} has no ioctl `{name}`{}", abi.release, near.unwrap_or_default()))
}

fn no_capability<'a>(
    who: &str,
    name: &str,
    appended: impl IntoIterator<Item = &'a String>,
) -> String {
    let known: Vec<_> = appended.into_iter().map(String::as_str).collect();
    match known.is_empty() {
        true => format!("{who} appends the capability `{name}`, or any other"),
        false => format!("{who} appends the capability `{name}`; there are {}", known.join(", ")),
    }
}

/// A question with its answer.
struct Answered<'a> {
    abi: &'a Abi,
    ioctl: &'a str,
    handler: String,
    argsz: u64,
    type_: Subject,
    /// The size of the whole reply.
    need: u64,
    answer: Answer<'a>,
    /// The buffer after the call, with 0 for bytes of unknown value.
    known: Vec<u8>,
}

impl<'a> Answered<'a> {
    fn of(abi: &'a Abi, question: &ReplyQuestion<'_>) -> Result<Self, String> {
        let ReplyQuestion { ioctl: name, handler, argsz, capabilities: wanted } = *question;
        if argsz > MOST_ARGSZ {
            return Err(format!("argsz is more than {MOST_ARGSZ}"));
        }
        let release = abi.release;
        let ioctl = ioctl(abi, name)?;
        let found = ioctl.served_at(release).find(|found| found.name == handler);
        let found = found.ok_or_else(|| {
            let known: Vec<_> = handlers(abi, ioctl).into_iter().map(|(name, _)| name).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            format!("{release} has no handler `{handler}` of {name}; there are {known}")
        })?;
        let model = HandlerModel::new(abi, ioctl, found);
        let (Some(model), Arg::Struct(id)) = (model, ioctl.arg) else {
            return Err(format!("the rules of `{handler}` do not determine its replies"));
        };
        let struct_ = abi.struct_(id);
        let caps = capabilities(abi, ioctl, found);
        let unknown = wanted.iter().find(|wanted| caps.iter().all(|cap| cap.name != **wanted));
        if let Some(unknown) = unknown {
            let who = format!("the handler `{handler}` never");
            return Err(no_capability(&who, unknown, caps.iter().map(|cap| &cap.name)));
        }
        let contents = Contents {
            fixed: sample::quiet(struct_),
            array: if found.array.is_some() {
                sample::array(abi, struct_, ELEMENTS)
            } else {
                Vec::new()
            },
            caps: caps
                .into_iter()
                .filter(|cap| wanted.contains(&cap.name))
                .map(|cap| sample::cap(abi, cap, ELEMENTS))
                .collect(),
        };
        let answer = model.answer(&request(struct_, argsz), &contents);
        Ok(Self {
            abi,
            ioctl: &ioctl.name,
            handler: handler.to_owned(),
            argsz,
            type_: Subject::Struct(id),
            need: model.need(&contents.caps) + contents.array.len() as u64,
            known: answer.bytes.iter().map(|byte| byte.unwrap_or(0)).collect(),
            answer,
        })
    }

    /// The reply as `decode` reads it, if the call works.
    fn decoded(&self) -> Option<Decoded<'_>> {
        let target = TARGETS.first().filter(|_| self.answer.result.is_ok())?;
        Some(decode::decode(self.abi, self.type_, target, &self.known))
    }

    fn object(&self) -> Value {
        let Self { ioctl, handler, argsz, need, answer, .. } = self;
        let written: Vec<_> =
            answer.written.iter().map(|range| json!([range.start, range.end])).collect();
        json!({
            "version": 1,
            "release": self.abi.release.to_string(),
            "ioctl": ioctl,
            "handler": handler,
            "argsz": argsz,
            "error": answer.result.err(),
            "need": need,
            "read": answer.read,
            "written": written,
            "past": answer.past(*argsz).map(|range| json!([range.start, range.end])),
            "bytes": answer.bytes,
            "decoded": self.decoded().map(|decoded| decode::json(&decoded)),
        })
    }

    fn text(&self) -> String {
        let Self { ioctl, handler, argsz, need, answer, .. } = self;
        let release = self.abi.release;
        let outcome = match answer.result {
            Err(error) => format!("fails with {error} for argsz {argsz}"),
            Ok(_) => format!("works with argsz {argsz}, the whole reply needs {need} bytes"),
        };
        let written: Vec<_> =
            answer.written.iter().map(|part| format!("{} to {}", part.start, part.end)).collect();
        let written = match written.is_empty() {
            true => "nothing".to_owned(),
            false => format!("bytes {}", written.join(", ")),
        };
        let read = answer.read;
        let mut text = format!(
            "{release}, {handler}: {ioctl} {outcome}\nreads {read} bytes, writes {written}\n"
        );
        if let Some(past) = answer.past(*argsz) {
            text +=
                &format!("error: writes past the buffer: bytes {} to {}\n", past.start, past.end);
        }
        if answer.result.is_ok() && answer.bytes.contains(&None) {
            text += "note: bytes of which the rules do not determine the value are 0 here\n";
        }
        text + &self.decoded().map(|decoded| decode::text(&decoded)).unwrap_or_default()
    }
}

/// A request of a program: argsz, and 0 in all other bytes of its buffer.
fn request(struct_: &Struct, argsz: u64) -> Vec<u8> {
    let mut bytes = vec![0; argsz.max(ARGSZ) as usize];
    let spans = &struct_.kernel_layout().fields;
    for (field, span) in struct_.fields.iter().zip(spans) {
        if field.role == Role::Argsz {
            let place = bytes.iter_mut().skip(span.offset as usize).take(span.size as usize);
            place.zip(argsz.to_le_bytes()).for_each(|(byte, value)| *byte = value);
        }
    }
    bytes
}
