//! `capchain decode --lines`: one reply per line, to one JSON object per line.

use std::cell::OnceCell;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use capchain::decode::input::{self, InputLine, line};
use capchain::decode::{self, Subject};
use capchain::dump::MOST_INPUT;
use capchain::ir::Abi;
use capchain::layout::Target;
use capchain::read;
use capchain::reports::decode::input_json;
use serde_json::{Value, json};

use super::super::{CommandResult, FINDINGS, Output, SUCCESS};
use super::types::Searched;

/// Decodes the lines of a file, or of standard input.
pub(super) fn run(decoder: &LineDecoder<'_>, file: Option<&Path>) -> CommandResult {
    let (name, from): (_, io::Result<Box<dyn Read>>) = match file {
        Some(path) => (path.display().to_string(), read::pieces(path)),
        None => ("standard input".to_owned(), Ok(Box::new(io::stdin().lock()))),
    };
    let from = from.map_err(|error| format!("cannot read {name}: {error}"))?;
    let to = BufWriter::new(io::stdout().lock());
    let mut code = SUCCESS;
    match decoder.all(BufReader::new(from), to, &mut code) {
        Ok(()) => Ok(Output { text: String::new(), code }),
        // Enough lines for the reader.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok(Output { text: String::new(), code })
        }
        Err(error) => Err(format!("{name}: {error}")),
    }
}

/// Whether an input starts as a line with an object. Nothing of standard input is lost.
pub(super) fn are_objects(file: Option<&Path>) -> bool {
    let starts = |mut from: Box<dyn BufRead>| {
        let start = from.fill_buf().ok()?.trim_ascii_start().first().copied();
        Some(start == Some(b'{'))
    };
    let from: Option<Box<dyn BufRead>> = match file {
        Some(path) => read::pieces(path).ok().map(|from| Box::new(BufReader::new(from)) as _),
        None => Some(Box::new(io::stdin().lock())),
    };
    from.and_then(starts).unwrap_or(false)
}

/// Decodes lines one by one.
pub(super) struct LineDecoder<'a> {
    pub(super) abi: &'a Abi,
    pub(super) target: &'static Target,
    /// The type of lines that name none, if there is one.
    pub(super) subject: Option<Subject>,
    /// The ABIs whose structs a line can name besides, and those of them that were needed.
    pub(super) others: Searched<'a>,
    pub(super) loaded: OnceCell<Result<Vec<Abi>, String>>,
}

impl LineDecoder<'_> {
    /// Sets `code` if a line cannot be decoded.
    fn all(
        &self,
        mut from: BufReader<impl Read>,
        mut to: impl Write,
        code: &mut u8,
    ) -> io::Result<()> {
        let (mut text, mut number) = (Vec::new(), 0_u64);
        loop {
            // A reader waits for the lines so far when no whole line is at hand.
            if !from.buffer().contains(&b'\n') {
                to.flush()?;
            }
            text.clear();
            let most = MOST_INPUT as u64 + 1;
            if from.by_ref().take(most).read_until(b'\n', &mut text)? == 0 {
                to.flush()?;
                return Ok(());
            }
            number += 1;
            let too_long = text.len() > MOST_INPUT;
            if text.trim_ascii().is_empty() && !too_long {
                continue;
            }
            let object = match too_long {
                true => error(number, &format!("the line has more than {MOST_INPUT} bytes")),
                false => self.object(number, &text),
            };
            if !object["error"].is_null() {
                *code = FINDINGS;
            }
            serde_json::to_writer(&mut to, &object)?;
            to.write_all(b"\n")?;
            if too_long {
                to.flush()?;
                return Err(io::Error::other(format!("line {number} is too long to read on")));
            }
        }
    }

    /// The type of a line, and its ABI.
    fn type_(&self, named: Option<&str>) -> Result<(&Abi, Subject), String> {
        let Some(name) = named else {
            let subject =
                self.subject.ok_or("the line has no `struct`, and no argument names one")?;
            return Ok((self.abi, subject));
        };
        Subject::named(self.abi, name).map(|subject| (self.abi, subject)).or_else(|error| {
            let others = self.loaded.get_or_init(|| self.others.all()).as_ref();
            let others = others.map_err(Clone::clone)?;
            let found = others.iter().find_map(|abi| Some((abi, Subject::named(abi, name).ok()?)));
            found.ok_or_else(|| error.into())
        })
    }

    /// The object of a line.
    fn object(&self, number: u64, text: &[u8]) -> Value {
        let InputLine { text, struct_, id } = match line(text) {
            Ok(line) => line,
            Err(message) => return error(number, &message),
        };
        let read = |(abi, subject)| {
            let input = input::read(abi, subject, self.target, text.as_bytes())?;
            Ok((abi, subject, input))
        };
        let mut object = match self.type_(struct_.as_deref()).and_then(read) {
            Ok((abi, subject, input)) => {
                let decoded = decode::decode(abi, subject, self.target, &input.bytes);
                let mut object = decode::json(&decoded);
                object["input"] = input_json(&input);
                object["line"] = number.into();
                object
            }
            Err(message) => error(number, &message),
        };
        if let Some(id) = id {
            object["id"] = id;
        }
        object
    }
}

/// The object of a line that cannot be decoded.
fn error(number: u64, message: &str) -> Value {
    json!({
        "version": 1,
        "error": { "kind": "input", "message": message },
        "line": number,
    })
}
