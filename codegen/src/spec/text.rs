//! Numbers and documentation, and how scalars are read by their `FromStr`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer};

use super::types::{
    Amount, ArgExpr, BitsExpr, Day, ErrorName, NumberRange, Offsets, TypeExpr, Version,
};
use crate::release::{Release, Since};

/// A whole number and the way it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Number {
    /// Its value.
    pub value: i128,
    /// Whether it was written in hexadecimal.
    pub hex: bool,
}

impl Number {
    /// Another value, written in the same way.
    pub fn like(self, value: i128) -> Self {
        Self { value, ..self }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hex {
            true => write!(f, "{:#x}", self.value),
            false => write!(f, "{}", self.value),
        }
    }
}

impl FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (digits, radix) = match text.strip_prefix("0x") {
            Some(digits) => (digits, 16),
            None => (text, 10),
        };
        let signed = radix == 16 && digits.starts_with(['-', '+']) || digits.starts_with('+');
        let value = i128::from_str_radix(digits, radix).ok().filter(|_| !signed);
        let in_range = |value: &i128| (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(value);
        match value {
            None => Err(format!("expected a number such as 12 or 0xff, found `{text}`")),
            Some(value) if !in_range(&value) => Err(format!("`{text}` needs more than 64 bits")),
            Some(value) => Ok(Self { value, hex: radix == 16 }),
        }
    }
}

/// Reads a type from a text by its `FromStr`, with this JSON Schema.
macro_rules! from_text {
    ($type:ty, $name:literal, $schema:tt) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

from_text!(Number, "Number", {
    "description": "A whole number, decimal or hexadecimal; it is emitted as it is written.",
    "type": ["integer", "string"],
});

from_text!(Amount, "Amount", {
    "description": "A whole number, decimal or hexadecimal, or `next`.",
    "type": ["integer", "string"],
});

from_text!(TypeExpr, "Type", {
    "description": "Words (in, out, inout, argsz, flags, cap_offset, reserved), then a type such as \
        u32, le32, aligned_u64, aligned_le64, a struct, u8[12], u8[], area[nr_areas] or u64*.",
    "type": "string",
});

from_text!(BitsExpr, "Bits", {
    "description": "A field, or `field[low..high]` for some of its bits.",
    "type": "string",
});

from_text!(Offsets, "Offsets", {
    "description": "Offsets in a space, from the first up to the second: 0x40..0x100.",
    "type": "string",
    "pattern": r"^\w+\.\.\w+$",
});

from_text!(NumberRange, "NumberRange", {
    "description": "A whole number, or the numbers from the first up to the second: 2..16.",
    "type": ["integer", "string"],
});

from_text!(ArgExpr, "Arg", {
    "description": "`struct` and the name of the struct that the argument points to, or `none`, \
        `int`, `fd`, `u32` or `string`.",
    "type": "string",
    "pattern": r"^(none|int|fd|u32|string|struct \w+)$",
});

from_text!(ErrorName, "ErrorName", { "type": "string", "pattern": "^E[A-Z0-9]+$" });

from_text!(Day, "Day", {
    "description": "A day, such as 2026-06-12.",
    "type": "string",
});

from_text!(Version, "Version", {
    "description": "The version of a package: three numbers, and possibly a pre-release.",
    "type": "string",
    "pattern": r"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$",
});

from_text!(Release, "Release", {
    "description": "A kernel release.",
    "type": "string",
    "pattern": r"^v\d+\.\d+(-rc\d+)?$",
});

from_text!(Since, "Since", {
    "description": "A kernel release, or the last one without and the first one with: v4.19..v5.0.",
    "type": "string",
    "pattern": r"^v\d+\.\d+(-rc\d+)?(\.\.v\d+\.\d+(-rc\d+)?)?$",
});

/// Documentation: paragraphs of plain text in which `names` may be quoted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocText {
    /// The paragraphs, each on one line.
    pub paragraphs: Arc<[String]>,
}

impl From<&str> for DocText {
    fn from(text: &str) -> Self {
        let paragraphs = text.split("\n\n").map(|paragraph| {
            let mut line = String::with_capacity(paragraph.len());
            for word in paragraph.split_whitespace() {
                let space = if line.is_empty() { "" } else { " " };
                line.extend([space, word]);
            }
            line
        });
        Self { paragraphs: paragraphs.filter(|paragraph| !paragraph.is_empty()).collect() }
    }
}

impl FromStr for DocText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Self::from(text))
    }
}

from_text!(DocText, "Doc", {
    "description": "Plain text in our own words; a blank line starts a paragraph.",
    "type": "string",
    "minLength": 1,
});
