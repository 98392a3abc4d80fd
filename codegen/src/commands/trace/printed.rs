//! The text and the JSON of a call.

use std::io::Write;

use capchain::decode::calls::{CallKind, ProgramCalls};
use capchain::decode::{self, Subject};
use capchain::hex;
use capchain::ir::{Abi, Arg};
use capchain::layout::Target;
use capchain::reports::Format;
use serde_json::{Value, json};

use super::FinishedCall;

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
        text += &side("before", kind, subject, call.target, before);
        text += &match before == after {
            true => "  after: the same bytes\n".to_owned(),
            false => side("after", kind, subject, call.target, after),
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

/// The argument before or after the call.
fn side(
    name: &str,
    kind: &CallKind<'_>,
    subject: Subject,
    target: &'static Target,
    bytes: &[u8],
) -> String {
    if bytes.is_empty() {
        return format!("  {name}: the memory cannot be read\n");
    }
    let decoded = decode::decode(kind.abi, subject, target, bytes);
    let text = decode::text(&decoded);
    let lines = text.lines().map(|line| format!("  {line}\n"));
    [format!("  {name}:\n")].into_iter().chain(lines).collect()
}

fn object(call: &FinishedCall, kinds: &[CallKind<'_>]) -> Value {
    let names: Vec<_> = kinds.iter().map(|kind| kind.ioctl.name.as_str()).collect();
    let side = |bytes: &[u8]| {
        let decoded = kinds.iter().filter_map(|kind| {
            let decoded = decode::decode(kind.abi, kind.subject()?, call.target, bytes);
            Some(decode::json(&decoded))
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
        "before": side(&call.before),
        "after": side(&call.after),
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
