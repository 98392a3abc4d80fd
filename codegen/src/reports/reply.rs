//! The answer that a handler of a release gives to a request, by the model: "what does
//! Linux 5.10 answer to argsz 40?"

use serde_json::{Value, json};

use crate::decode::{self, Subject};
use crate::ir::{Abi, Arg, Capability, Handler, Ioctl, Role, Struct};
use crate::layout::{Model, TARGETS};
use crate::model::{Contents, HandlerModel, sample};

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

/// The answer as an object: the error or null, the size of the whole reply, the bytes that
/// are read and written, the buffer after the call with null for bytes of unknown value, and
/// the buffer as `decode` reads it, with 0 for them.
///
/// # Errors
///
/// The release has no such ioctl or handler, or argsz is too large.
pub fn reply(abi: &Abi, question: &ReplyQuestion<'_>) -> Result<Value, String> {
    let ReplyQuestion { ioctl: name, handler, argsz, capabilities: wanted } = *question;
    if argsz > MOST_ARGSZ {
        return Err(format!("argsz is more than {MOST_ARGSZ}"));
    }
    let release = abi.release;
    let ioctl = abi.ioctls.iter().find(|ioctl| ioctl.name == name);
    let ioctl = ioctl.ok_or_else(|| format!("{release} has no ioctl `{name}`"))?;
    let found = ioctl.served_at(release).find(|found| found.name == handler);
    let found = found.ok_or_else(|| format!("{release} has no handler `{handler}` of {name}"))?;
    let model = HandlerModel::new(abi, ioctl, found);
    let (Some(model), Arg::Struct(id)) = (model, ioctl.arg) else {
        return Err(format!("the rules of `{handler}` do not determine its replies"));
    };
    let struct_ = abi.struct_(id);
    let caps = capabilities(abi, ioctl, found).into_iter();
    let contents = Contents {
        fixed: sample::quiet(struct_),
        array: if found.array.is_some() {
            sample::array(abi, struct_, ELEMENTS)
        } else {
            Vec::new()
        },
        caps: caps
            .filter(|cap| wanted.contains(&cap.name))
            .map(|cap| sample::cap(abi, cap, ELEMENTS))
            .collect(),
    };
    let answer = model.answer(&request(struct_, argsz), &contents);
    let written: Vec<_> =
        answer.written.iter().map(|range| json!([range.start, range.end])).collect();
    let known: Vec<_> = answer.bytes.iter().map(|byte| byte.unwrap_or(0)).collect();
    let decoded = TARGETS
        .first()
        .map(|target| decode::json(&decode::decode(abi, Subject::Struct(id), target, &known)));
    Ok(json!({
        "version": 1,
        "release": release.to_string(),
        "ioctl": name,
        "handler": handler,
        "argsz": argsz,
        "error": answer.result.err(),
        "need": model.need(&contents.caps) + contents.array.len() as u64,
        "read": answer.read,
        "written": written,
        "past": answer.past(argsz).map(|range| json!([range.start, range.end])),
        "bytes": answer.bytes,
        "decoded": decoded.filter(|_| answer.result.is_ok()),
    }))
}

/// A request of a program: argsz, and 0 in all other bytes of its buffer.
fn request(struct_: &Struct, argsz: u64) -> Vec<u8> {
    let mut bytes = vec![0; argsz.max(ARGSZ) as usize];
    let spans = &struct_.layouts[Model::Lp64.index()].fields;
    for (field, span) in struct_.fields.iter().zip(spans) {
        if field.role == Role::Argsz {
            let place = bytes.iter_mut().skip(span.offset as usize).take(span.size as usize);
            place.zip(argsz.to_le_bytes()).for_each(|(byte, value)| *byte = value);
        }
    }
    bytes
}
