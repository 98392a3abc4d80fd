//! The user's bytes: reads text by its form, and chooses the reading that is plausible
//! for the struct.

mod line;

use super::plausible::{Doubts, doubts};
use super::{Subject, decode};
use crate::dump::{self, Dump};
use crate::ir::Abi;
use crate::layout::Target;

pub use line::{InputLine, line};

/// Bytes and their form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The form of the input.
    pub form: &'static str,
    /// Whether the text shows that bytes are missing at the end.
    pub cut: bool,
    /// The reading that was chosen, if the text has several.
    pub reading: Option<String>,
    /// Notes about the other readings.
    pub notes: Vec<String>,
}

/// Reads an input as the bytes of a type.
///
/// # Errors
///
/// A sentence that says why there are no bytes.
pub fn read(
    abi: &Abi,
    subject: Subject,
    target: &'static Target,
    input: &[u8],
) -> Result<Input, String> {
    let Dump { form, mut readings, cut } = dump::read(input, target.big_endian)?;
    if readings.len() == 1 {
        let bytes = readings.swap_remove(0).bytes;
        return Ok(Input { bytes, form, cut, reading: None, notes: Vec::new() });
    }
    let judged: Vec<Doubts> = readings
        .iter()
        .map(|reading| doubts(&decode(abi, subject, target, &reading.bytes)))
        .collect();
    let least = judged.iter().map(|doubts| doubts.weight).min().unwrap_or(0);
    let chosen = judged.iter().position(|doubts| doubts.weight == least).unwrap_or(0);
    let others = || readings.iter().zip(&judged).enumerate().filter(|(index, _)| *index != chosen);
    let note = |(_, (reading, doubts)): (usize, (&dump::DumpReading, &Doubts))| match &doubts.reason
    {
        Some(reason) => format!("read as {}, {reason}", reading.manner),
        None => format!("it can be {} as well", reading.manner),
    };
    let notes = match chosen == 0 && others().all(|(_, (_, doubts))| doubts.weight > least + 2) {
        true => Vec::new(),
        false => others().map(note).collect(),
    };
    let reading = readings.swap_remove(chosen);
    Ok(Input { bytes: reading.bytes, form, cut, reading: Some(reading.manner), notes })
}
