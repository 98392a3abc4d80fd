//! Ranges of offsets and of numbers.

use std::str::FromStr;

use super::text::Number;

/// Offsets from the first one up to the second one, `0x40..0x100`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offsets {
    /// The first offset.
    pub start: Number,
    /// The first offset after them.
    pub end: Number,
}

impl FromStr for Offsets {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (start, end) = text
            .split_once("..")
            .ok_or_else(|| format!("expected offsets such as 0x40..0x100, found `{text}`"))?;
        Ok(Self { start: start.parse()?, end: end.parse()? })
    }
}

/// A number, or the numbers from the first one up to the second one, `2..16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberRange {
    /// The first number.
    pub start: Number,
    /// The first number after them; none for a single number.
    pub end: Option<Number>,
}

impl NumberRange {
    /// The last number.
    pub fn last(&self) -> i128 {
        self.end.map_or(self.start.value, |end| end.value - 1)
    }
}

impl FromStr for NumberRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once("..") {
            Some((start, end)) => Ok(Self { start: start.parse()?, end: Some(end.parse()?) }),
            None => Ok(Self { start: text.parse()?, end: None }),
        }
    }
}
