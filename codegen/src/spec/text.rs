//! The small values of the format: values that know their place, ordered maps
//! and lists whose bad entries do not hide the others, numbers, and entries
//! that are one line or a mapping.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::types::{Amount, BitsExpr, ErrorName, TypeExpr, Version};
use crate::diagnostic::Place;
use crate::release::{Release, Since};

/// The name under which [`Placed`] asks for its parts.
pub(super) const PLACED: &str = "$placed";
/// The name under which a list or map asks for an entry that may fail.
pub(super) const ENTRY: &str = "$entry";
/// The name under which a value asks for one line or a mapping.
pub(super) const LINE_OR_MAP: &str = "$line_or_map";

/// A value and where it stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

impl<T> Deref for Placed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Parts<T> {
            type Value = Placed<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value and its place")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Placed<T>, A::Error> {
                let missing = || de::Error::custom("a value without its place");
                let file = parts.next_element()?.ok_or_else(missing)?;
                let start = parts.next_element()?.ok_or_else(missing)?;
                let end = parts.next_element()?.ok_or_else(missing)?;
                let value = parts.next_element()?.ok_or_else(missing)?;
                let place = Place { file, start, end };
                Ok(Placed { value, place })
            }
        }

        deserializer.deserialize_struct(PLACED, &[], Parts(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Placed<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// An entry of a list or a map; none if it was bad, which is reported already.
struct Entry<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entry<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Try<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Try<T> {
            type Value = Entry<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an entry")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Entry<T>, D::Error> {
                Ok(Entry(T::deserialize(deserializer).ok()))
            }
        }

        deserializer.deserialize_newtype_struct(ENTRY, Try(PhantomData))
    }
}

/// A list; bad elements are reported and left out.
#[derive(Clone, Debug)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = Vec::<Entry<T>>::deserialize(deserializer)?;
        Ok(Self(entries.into_iter().filter_map(|entry| entry.0).collect()))
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn schema_name() -> Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(generator)
    }
}

/// A mapping in the order of the file; bad entries are reported and left out.
#[derive(Clone, Debug)]
pub struct Named<T, K = String>(pub Vec<(Placed<K>, T)>);

impl<T, K> Default for Named<T, K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Named<T> {
    /// The entry of this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        let found = self.0.iter().find(|(key, _)| key.value == name);
        found.map(|(_, value)| value)
    }
}

impl<T, K> Deref for Named<T, K> {
    type Target = [(Placed<K>, T)];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>, K: Deserialize<'de>> Deserialize<'de> for Named<T, K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect<T, K>(PhantomData<(T, K)>);

        impl<'de, T: Deserialize<'de>, K: Deserialize<'de>> Visitor<'de> for Collect<T, K> {
            type Value = Named<T, K>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T, K>, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, entry)) = map.next_entry::<Placed<K>, Entry<T>>()? {
                    entries.extend(entry.0.map(|value| (key, value)));
                }
                Ok(Named(entries))
            }
        }

        deserializer.deserialize_map(Collect(PhantomData))
    }
}

impl<T: JsonSchema, K> JsonSchema for Named<T, K> {
    fn schema_name() -> Cow<'static, str> {
        format!("Named_{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({ "type": "object", "additionalProperties": value })
    }
}

/// A whole number as it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Number {
    /// Its value.
    pub value: i128,
    /// Whether it was written in hexadecimal.
    pub hex: bool,
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
    "description": "A whole number, decimal or hexadecimal, or `position`.",
    "type": ["integer", "string"],
});

from_text!(TypeExpr, "Type", {
    "description": "Words (in, out, inout, argsz, flags, cap_offset, reserved), then a type such as \
        u32, aligned_u64, a struct, u8[12], u8[], area[nr_areas] or u64*.",
    "type": "string",
});

from_text!(BitsExpr, "Bits", {
    "description": "A field, or `field[low..high]` for some of its bits.",
    "type": "string",
});

from_text!(ErrorName, "ErrorName", { "type": "string", "pattern": "^E[A-Z0-9]+$" });

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

/// An entry that may be written on one line.
pub trait Line: Sized {
    /// What a line looks like.
    const FORM: &'static str;
    /// The pattern that a line matches, for the JSON Schema.
    const PATTERN: &'static str = "^.+, .+$";

    /// Reads the line.
    fn from_line(line: &str) -> Result<Self, String>;
}

/// Reads `value, doc`, the common shape of one-line entries.
pub(super) fn value_and_doc(line: &str, form: &str) -> Result<(String, Doc), String> {
    match line.split_once(", ") {
        Some((value, doc)) if !doc.trim().is_empty() => {
            Ok((value.trim().to_owned(), Doc::from(doc)))
        }
        _ => Err(format!("expected `{form}`, found `{line}`")),
    }
}

/// An entry that is one line or a mapping.
#[derive(Clone, Debug)]
pub struct Short<T>(pub T);

impl<T> Deref for Short<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'de, T: Line + Deserialize<'de>> Deserialize<'de> for Short<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);

        impl<'de, T: Line + Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = Short<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "`{}` or a mapping", T::FORM)
            }

            fn visit_str<E: de::Error>(self, line: &str) -> Result<Short<T>, E> {
                T::from_line(line).map(Short).map_err(de::Error::custom)
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Short<T>, D::Error> {
                T::deserialize(deserializer).map(Short)
            }
        }

        deserializer.deserialize_newtype_struct(LINE_OR_MAP, Either(PhantomData))
    }
}

impl<T: Line + JsonSchema> JsonSchema for Short<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Short_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let full = generator.subschema_for::<T>();
        let line =
            json_schema!({ "type": "string", "description": T::FORM, "pattern": T::PATTERN });
        json_schema!({ "anyOf": [line, full] })
    }
}

/// Documentation: paragraphs of plain text in which `names` may be quoted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doc {
    /// The paragraphs, each on one line.
    pub paragraphs: Vec<String>,
}

impl From<&str> for Doc {
    fn from(text: &str) -> Self {
        let paragraphs = text.split("\n\n").map(|paragraph| {
            let words: Vec<_> = paragraph.split_whitespace().collect();
            words.join(" ")
        });
        Self { paragraphs: paragraphs.filter(|paragraph| !paragraph.is_empty()).collect() }
    }
}

impl FromStr for Doc {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Self::from(text))
    }
}

from_text!(Doc, "Doc", {
    "description": "Plain text in our own words; a blank line starts a paragraph.",
    "type": "string",
    "minLength": 1,
});
