//! Draws a reply as text, word by word: the value, the name, and the writer of
//! each word.

use capchain::ir::{Abi, Field, Struct, StructId};
use capchain::model::Answer;
use support::irq_info_proposals::{self, Call};

/// The picture of what a handler answers to a call.
pub(crate) fn picture(abi: &Abi, handler: &str, call: Call) -> String {
    let answer = call.answer(abi, handler);
    let design = abi.overlays.first().map_or(abi.release.to_string(), String::clone);
    let Call { index, argsz, buffer } = call;
    let (result, read, written) = (answer.result.err().unwrap_or("0"), answer.read, end(&answer));
    let asked = format!("{design}: index {index}, argsz {argsz}, buffer {buffer}");
    let mut lines = vec![format!("{asked} -> {result}, {read} in, {written} out")];
    let shown = buffer.max(end(&answer));
    for at in (0..shown).step_by(4) {
        let bytes = answer.bytes[at as usize..at as usize + 4].iter();
        let bytes: Vec<_> = bytes.map(|byte| byte.map_or("??".to_owned(), hex)).collect();
        let written = at < end(&answer);
        let who = match (written, at >= buffer) {
            (true, true) => "PAST THE BUFFER",
            (true, false) => "kernel",
            (false, _) => "caller",
        };
        let line =
            format!("{at:>4}  {}  {who:<15}  {}", bytes.join(" "), name(abi, handler, &answer, at));
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

fn hex(byte: u8) -> String {
    format!("{byte:02x}")
}

/// How far is copied out.
fn end(answer: &Answer<'_>) -> u64 {
    answer.written.last().map_or(0, |range| range.end)
}

/// What the word at this offset is called, where something is there.
fn name(abi: &Abi, handler: &str, answer: &Answer<'_>, at: u64) -> String {
    let struct_ = irq_info_proposals::struct_(abi).1;
    let rules = irq_info_proposals::handler(abi, handler).chain.as_ref();
    if let Some(chain) = rules.filter(|chain| at >= chain.offset && end(answer) > chain.offset) {
        let kind = abi.capabilities.iter().find(|one| chain.capabilities.contains(&one.name));
        let kind = kind.and_then(|one| one.struct_).expect("the capability's struct");
        return word(abi, kind, at - chain.offset);
    }
    field(struct_, at).map(|field| field.name.clone()).unwrap_or_default()
}

/// The fields of a capability that share a word.
fn word(abi: &Abi, capability: StructId, at: u64) -> String {
    let struct_ = abi.struct_(capability);
    let header = header_struct(abi);
    let size = abi.struct_(header).layouts[0].size;
    let (struct_, at) = if at < size { (abi.struct_(header), at) } else { (struct_, at) };
    let names = [at, at + 2].map(|at| field(struct_, at).map_or("", |field| &field.name));
    match names {
        [one, other] if one == other => one.to_owned(),
        [one, other] => format!("{one}, {other}"),
    }
}

fn header_struct(abi: &Abi) -> StructId {
    abi.cap_headers.first().expect("a header").struct_
}

fn field(struct_: &Struct, at: u64) -> Option<&Field> {
    let spans = struct_.layouts[0].fields.iter();
    let index = spans.enumerate().find(|(_, span)| (span.offset..span.end()).contains(&at));
    index.map(|(index, _)| &struct_.fields[index])
}
