//! Reads the tree of a file into the types of the specification through
//! serde. Unlike serde's usual deserializers, it continues after an error:
//! unknown keys and bad entries are reported with their place and skipped, so
//! that one run shows them all.

use super::codes::{BAD_VALUE, UNKNOWN_KEY, UNKNOWN_KIND};
use std::cell::RefCell;
use std::fmt;

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor, value::StrDeserializer,
};
use serde::forward_to_deserialize_any;

use super::node::{Node, NodeValue};
use super::wrappers::{NODE, NodeKind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// An error on its way up to the nearest value that can report it.
#[derive(Debug)]
pub(super) enum Failure {
    /// Not reported yet, because it has no place.
    Message(String),
    /// Already among the diagnostics.
    Reported,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(message) => f.write_str(message),
            Self::Reported => f.write_str("already reported"),
        }
    }
}

impl std::error::Error for Failure {}

impl de::Error for Failure {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Message(message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Message(format!("the key `{field}` is missing"))
    }
}

/// The values of one node, ready to be read.
#[derive(Clone, Copy)]
pub(super) struct NodeReader<'a> {
    node: &'a Node,
    problems: &'a RefCell<Diagnostics>,
}

impl<'a> NodeReader<'a> {
    pub(super) fn new(node: &'a Node, problems: &'a RefCell<Diagnostics>) -> Self {
        Self { node, problems }
    }

    /// Reads a part of this node; errors are reported at that part.
    fn child<T: DeserializeSeed<'a>>(&self, node: &'a Node, seed: T) -> Result<T::Value, Failure> {
        let reader = Self { node, ..*self };
        reader.place(seed.deserialize(reader))
    }

    /// Reports the error of this node, unless a part of it has reported one.
    fn place<T>(&self, result: Result<T, Failure>) -> Result<T, Failure> {
        result.map_err(|failure| match failure {
            Failure::Message(message) => self.refuse(BAD_VALUE, message, ""),
            Failure::Reported => Failure::Reported,
        })
    }

    fn refuse(&self, code: Code, message: String, label: &str) -> Failure {
        let problem = Diagnostic::error(code, message).at(self.node.place, label);
        self.problems.borrow_mut().push(problem);
        Failure::Reported
    }

    fn expected(&self, what: &str) -> Failure {
        let message = format!("expected {what}, found {}", self.node.kind());
        self.refuse(BAD_VALUE, message, "")
    }

    fn text(&self, what: &str) -> Result<&'a str, Failure> {
        match &self.node.value {
            NodeValue::Scalar { text, .. } if !text.is_empty() => Ok(text),
            _ => Err(self.expected(what)),
        }
    }

    fn map(&self) -> Result<&'a [(Node, Node)], Failure> {
        match &self.node.value {
            NodeValue::Map(map) => Ok(map),
            _ => Err(self.expected("a mapping")),
        }
    }

    /// The entries whose key is one of `known`; the others are reported.
    fn known_entries(&self, known: &[&str]) -> Result<Vec<&'a (Node, Node)>, Failure> {
        let mut entries = Vec::new();
        for entry in self.map()? {
            let NodeValue::Scalar { text, .. } = &entry.0.value else { continue };
            if known.contains(&text.as_str()) {
                entries.push(entry);
                continue;
            }
            let hint = crate::names::nearest(text, known.iter().copied());
            let hint = hint.map(|near| format!("did you mean `{near}`?"));
            let keys = format!("known keys are {}", known.join(", "));
            let problem = Diagnostic::error(UNKNOWN_KEY, format!("unknown key `{text}`"))
                .at(entry.0.place, "")
                .help(hint.unwrap_or(keys));
            self.problems.borrow_mut().push(problem);
        }
        Ok(entries)
    }
}

impl<'de> Deserializer<'de> for NodeReader<'de> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match &self.node.value {
            NodeValue::Scalar { .. } => self.deserialize_str(visitor),
            NodeValue::List(_) => self.deserialize_seq(visitor),
            NodeValue::Map(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let text = self.text("a text")?;
        self.place(visitor.visit_borrowed_str(text))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match &self.node.value {
            NodeValue::Scalar { text, plain: true } if text == "true" => visitor.visit_bool(true),
            NodeValue::Scalar { text, plain: true } if text == "false" => visitor.visit_bool(false),
            _ => Err(self.expected("true or false")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let NodeValue::List(list) = &self.node.value else {
            return Err(self.expected("a list"));
        };
        let rest = list.iter();
        self.place(visitor.visit_seq(Elements { reader: self, rest }))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let entries = self.map()?.iter().collect();
        self.place(visitor.visit_map(Entries::new(self, entries)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        keys: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        if name == NODE {
            return visitor.visit_seq(NodeParts { reader: self, given: 0 });
        }
        let entries = self.known_entries(keys)?;
        self.place(visitor.visit_map(Entries::new(self, entries)))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.place(visitor.visit_newtype_struct(self))
    }

    /// A scalar names a variant; a mapping is of the variant that one of its
    /// keys names.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let NodeValue::Map(map) = &self.node.value else {
            let variant = self.text(&format!("one of {}", variants.join(", ")))?;
            if !variants.contains(&variant) {
                return Err(self.expected(&format!("one of {}", variants.join(", "))));
            }
            return self.place(visitor.visit_enum(variant.into_deserializer()));
        };
        let kind = map.iter().find_map(|(key, _)| match &key.value {
            NodeValue::Scalar { text, .. } => variants.iter().find(|variant| *variant == text),
            _ => None,
        });
        let Some(kind) = kind else {
            let message = format!("no key names the kind of this item: {}", variants.join(", "));
            return Err(self.refuse(UNKNOWN_KIND, message, ""));
        };
        self.place(visitor.visit_enum(Variant { reader: self, kind }))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        tuple tuple_struct ignored_any
    }
}

struct Elements<'a> {
    reader: NodeReader<'a>,
    rest: std::slice::Iter<'a, Node>,
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        let next = self.rest.next();
        next.map(|node| self.reader.child(node, seed)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Entries<'a> {
    reader: NodeReader<'a>,
    rest: std::vec::IntoIter<&'a (Node, Node)>,
    value: Option<&'a Node>,
}

impl<'a> Entries<'a> {
    fn new(reader: NodeReader<'a>, entries: Vec<&'a (Node, Node)>) -> Self {
        Self { reader, rest: entries.into_iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        let Some((key, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        self.reader.child(key, seed).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        match self.value.take() {
            Some(node) => self.reader.child(node, seed),
            None => Err(Failure::Message("a value without its key".to_owned())),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// The fields of a wrapper: file, start and end of a value's place, the kind of the
/// value, and its content.
struct NodeParts<'a> {
    reader: NodeReader<'a>,
    given: usize,
}

impl<'de> SeqAccess<'de> for NodeParts<'de> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        let Node { place, value } = self.reader.node;
        let kind = match value {
            NodeValue::Scalar { .. } => NodeKind::Scalar,
            NodeValue::List(_) => NodeKind::List,
            NodeValue::Map(_) => NodeKind::Map,
        };
        let parts = [place.file(), place.start(), place.end(), kind as usize];
        let part = parts.get(self.given);
        self.given += 1;
        match part {
            Some(part) => seed.deserialize(part.into_deserializer()).map(Some),
            None => self.reader.child(self.reader.node, seed).map(Some),
        }
    }
}

/// A mapping of the variant of an enum that one of its keys names.
struct Variant<'a> {
    reader: NodeReader<'a>,
    kind: &'static str,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Failure;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Failure> {
        let kind: StrDeserializer<'_, Failure> = self.kind.into_deserializer();
        Ok((seed.deserialize(kind)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        Err(self.reader.expected("a name"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Failure> {
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Failure> {
        Err(self.reader.expected("a mapping"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Failure> {
        Err(self.reader.expected("a mapping"))
    }
}
