//! The user's bytes: reads text by its form, and chooses the reading that is plausible
//! for the struct.

mod line;

use super::plausible::{Doubts, doubts};
use super::{Subject, decode};
use crate::dump::{self, Dump};
use crate::ir::Abi;
use crate::layout::{TARGETS, Target};

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

/// The weight of doubts from which bytes are not plausible.
const IMPLAUSIBLE: u32 = 4;

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
    Ok(Input::of(abi, subject, target, dump::read(input, target.big_endian)?))
}

impl Input {
    /// The reading of a dump that is most plausible for a type.
    pub(super) fn of(abi: &Abi, subject: Subject, target: &'static Target, dump: Dump) -> Self {
        let Dump { form, mut readings, cut, note: unchecked } = dump;
        let judge = |bytes: &[u8]| doubts(&decode(abi, subject, target, bytes));
        let judged: Vec<Doubts> = readings.iter().map(|reading| judge(&reading.bytes)).collect();
        let least = judged.iter().map(|doubts| doubts.weight).min().unwrap_or(0);
        let chosen = judged.iter().position(|doubts| doubts.weight == least).unwrap_or(0);
        let others =
            || readings.iter().zip(&judged).enumerate().filter(|(index, _)| *index != chosen);
        let note =
            |(_, (reading, doubts)): (usize, (&dump::DumpReading, &Doubts))| match &doubts.reason {
                Some(reason) => format!("read as {}, {reason}", reading.manner),
                None => format!("it can be {} as well", reading.manner),
            };
        let clear = chosen == 0 && others().all(|(_, (_, doubts))| doubts.weight > least + 2);
        let mut notes: Vec<_> = if clear { Vec::new() } else { others().map(note).collect() };
        notes.extend(unchecked.map(str::to_owned));
        if let Some(doubts) = judged.get(chosen).filter(|doubts| doubts.weight >= IMPLAUSIBLE) {
            let bytes = readings.get(chosen).map_or(&[][..], |reading| &reading.bytes);
            notes.push(implausible(abi, subject, target, bytes, doubts));
        }
        let several = readings.len() > 1;
        let reading = readings.swap_remove(chosen);
        let manner = several.then_some(reading.manner);
        Self { bytes: reading.bytes, form, cut, reading: manner, notes }
    }
}

/// A note about bytes that are not plausible, with a reading that would be.
fn implausible(
    abi: &Abi,
    subject: Subject,
    target: &'static Target,
    bytes: &[u8],
    found: &Doubts,
) -> String {
    let plausible = |target: &'static Target, bytes: &[u8]| {
        doubts(&decode(abi, subject, target, bytes)).weight + 3 < found.weight
    };
    let other = TARGETS.iter().find(|other| plausible(other, bytes));
    let swapped = [4, 2, 8].into_iter().find(|size| {
        let words = bytes.chunks(*size);
        let swapped: Vec<u8> = words.flat_map(|word| word.iter().rev().copied()).collect();
        plausible(target, &swapped)
    });
    let hint = match (swapped, other) {
        (Some(size), _) => format!("; plausible are numbers of {size} bytes in the other order"),
        (None, Some(other)) => format!("; plausible is `--target {}`", other.name),
        (None, None) => String::new(),
    };
    let reason = found.reason.as_deref().unwrap_or_default();
    format!("these bytes are not plausible: {reason}{hint}")
}
