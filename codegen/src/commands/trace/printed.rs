//! The text and the JSON of a call.

use std::io::Write;

use capchain::decode::calls::{CallKind, ProgramCalls};
use capchain::decode::{self, Decoded, DecodedData, Subject};
use capchain::hex;
use capchain::ir::{Abi, Arg};
use capchain::layout::Target;
use capchain::reports::{Format, data};
use serde_json::{Value, json};

use super::{FinishedCall, PointedMemory};

/// Prints calls as they end.
pub(super) struct CallPrinter<'a> {
    pub(super) calls: ProgramCalls<'a>,
    format: Format,
    to: Box<dyn Write>,
}

impl<'a> CallPrinter<'a> {
    pub(super) fn new(abis: &'a [Abi], format: Format, to: Box<dyn Write>) -> Self {
        Self { calls: ProgramCalls::new(abis), format, to }
    }

    /// Prints a call. The program runs on if nothing can be written.
    pub(super) fn print(&mut self, call: &FinishedCall) {
        let FinishedCall { target, request, file, after, .. } = call;
        let answer = (call.result >= 0).then_some(after.as_slice());
        let kinds = self.calls.identify(target, *request, file, answer);
        if let ([kind], Some(new)) = (&kinds[..], &call.new_file) {
            self.calls.returned(kind, new);
        }
        let text = match self.format {
            Format::Text => text(call, &kinds),
            Format::Json => object(call, &kinds).to_string() + "\n",
        };
        let _ = self.to.write_all(text.as_bytes()).and_then(|()| self.to.flush());
    }

    pub(super) fn end(&mut self) {
        let _ = self.to.flush();
    }
}

fn text(call: &FinishedCall, kinds: &[CallKind<'_>]) -> String {
    let FinishedCall { thread, descriptor, file, argument, before, after, result, .. } = call;
    let names: Vec<_> = kinds.iter().map(|kind| kind.ioctl.name.as_str()).collect();
    let result = match (result, &call.new_file) {
        (error @ ..0, _) => format!("error {} ({})", -error, error_text(*error)),
        (result, Some(file)) if returns_file(kinds) => format!("{result} <{file}>"),
        (result, _) => result.to_string(),
    };
    let names = names.join(" or ");
    let argument = argument_text(kinds, *argument, before);
    let mut text = format!("[{thread}] {names}({descriptor} <{file}>{argument}) = {result}\n");
    for kind in kinds {
        let Some(subject) = kind.subject() else { continue };
        if before.is_empty() && after.is_empty() {
            text += match call.argument {
                0 => "  no argument: the pointer is NULL\n",
                _ => "  no argument: the memory cannot be read\n",
            };
            continue;
        }
        let side =
            |name, bytes, memory| CallSide { name, kind, target: call.target, bytes, memory };
        let befores = memories(call, |one| &one.before);
        text += &side("before", before, &befores).text(subject);
        let afters = memories(call, |one| &one.after);
        text += &match before == after && befores == afters {
            true => "  after: the same bytes\n".to_owned(),
            false => side("after", after, &afters).text(subject),
        };
    }
    text + "\n"
}

/// The argument in the line of the call, unless it is a struct.
fn argument_text(kinds: &[CallKind<'_>], argument: u64, bytes: &[u8]) -> String {
    let number = || bytes.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes));
    match kinds.first().map(|kind| kind.ioctl.arg) {
        None | Some(Arg::None) => String::new(),
        Some(Arg::Int) => format!(", {argument}"),
        Some(Arg::Fd | Arg::U32) => {
            number().map_or(format!(", {argument:#x}"), |number| format!(", [{number}]"))
        }
        Some(Arg::Text) => {
            let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
            format!(", \"{}\"", text.escape_ascii())
        }
        Some(Arg::Struct(_)) => format!(", {argument:#x}"),
    }
}

/// The memory that the argument has the address of, on one side of the call.
fn memories(call: &FinishedCall, side: fn(&PointedMemory) -> &Vec<u8>) -> Vec<(u64, &[u8])> {
    call.memory.iter().map(|one| (one.address, side(one).as_slice())).collect()
}

/// The argument before or after the call.
struct CallSide<'s, 'a> {
    name: &'s str,
    kind: &'s CallKind<'a>,
    target: &'static Target,
    bytes: &'s [u8],
    /// The memory that it has the address of, by address.
    memory: &'s [(u64, &'s [u8])],
}

impl<'a> CallSide<'a, 'a> {
    fn text(&self, subject: Subject) -> String {
        let name = self.name;
        if self.bytes.is_empty() {
            return format!("  {name}: the memory cannot be read\n");
        }
        let decoded = decode::decode(self.kind.abi, subject, self.target, self.bytes);
        let all = self.data(&decoded).iter().map(data::text).collect::<String>();
        let text = decode::text(&decoded) + &all;
        let lines = text.lines().map(|line| format!("  {line}\n"));
        [format!("  {name}:\n")].into_iter().chain(lines).collect()
    }

    /// The memory that the argument has the address of.
    fn data(&self, decoded: &Decoded<'a>) -> Vec<DecodedData<'a>> {
        let found = decoded.pointers().into_iter().filter_map(|pointer| {
            let (_, bytes) = self.memory.iter().find(|(address, _)| *address == pointer.address)?;
            Some(decoded.pointed(pointer, bytes))
        });
        found.collect()
    }
}

fn object(call: &FinishedCall, kinds: &[CallKind<'_>]) -> Value {
    let names: Vec<_> = kinds.iter().map(|kind| kind.ioctl.name.as_str()).collect();
    let side = |bytes: &[u8], memory: &[(u64, &[u8])]| {
        let decoded = kinds.iter().filter_map(|kind| {
            let decoded = decode::decode(kind.abi, kind.subject()?, call.target, bytes);
            let side = CallSide { name: "", kind, target: call.target, bytes, memory };
            let mut object = decode::json(&decoded);
            let all = side.data(&decoded);
            if !all.is_empty() {
                object["data"] = all.iter().map(data::json).collect();
            }
            Some(object)
        });
        json!({ "bytes": hex::digits(bytes), "decoded": decoded.collect::<Vec<_>>() })
    };
    let new_file = call.new_file.as_ref().filter(|_| returns_file(kinds));
    json!({
        "version": 1,
        "thread": call.thread,
        "ioctls": names,
        "request": call.request,
        "fd": call.descriptor,
        "file": call.file,
        "argument": call.argument,
        "result": call.result.max(-1),
        "errno": if call.result < 0 { -call.result } else { 0 },
        "new_file": new_file,
        "before": side(&call.before, &memories(call, |one| &one.before)),
        "after": side(&call.after, &memories(call, |one| &one.after)),
    })
}

fn returns_file(kinds: &[CallKind<'_>]) -> bool {
    kinds.iter().all(|kind| kind.ioctl.returns_fd.is_some())
}

/// The words of the system for a negative error number.
fn error_text(error: i64) -> String {
    let number = i32::try_from(-error).unwrap_or(0);
    let text = std::io::Error::from_raw_os_error(number).to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}
