//! Wrappers around values of the format: a value with its place, lists and
//! maps in which a bad entry does not hide the others, and values with a short
//! and a long form.
//!
//! Every wrapper reads the `Head` of a value before its content. serde has no such
//! concept, so a struct with the name `NODE` is read as a sequence of the parts of
//! the head and the content.

mod words;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::text::DocText;
use crate::diagnostic::Place;
pub use words::{ValueOrMap, WordOrNames};

/// The name of the struct that a wrapper asks for.
pub(super) const NODE: &str = "$node";

/// The kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeKind {
    Scalar,
    List,
    Map,
}

impl NodeKind {
    /// All kinds, in the order in which the reader counts them.
    pub(super) const ALL: [Self; 3] = [Self::Scalar, Self::List, Self::Map];
}

/// The facts about a value before its content is read.
#[derive(Clone, Copy)]
struct Head {
    place: Place,
    kind: NodeKind,
}

/// The content of a value, which is read once.
struct NodeContent<A>(A);

impl<'de, A: SeqAccess<'de>> NodeContent<A> {
    fn read<T: Deserialize<'de>>(&mut self) -> Result<T, A::Error> {
        self.0.next_element()?.ok_or_else(|| de::Error::custom("no content"))
    }
}

/// A type that is read from a head and a content.
trait FromNode<'de>: Sized {
    fn from_node<A: SeqAccess<'de>>(head: Head, content: NodeContent<A>) -> Result<Self, A::Error>;
}

/// Reads a wrapper from a node.
fn read_node<'de, T: FromNode<'de>, D: Deserializer<'de>>(reader: D) -> Result<T, D::Error> {
    struct Node<T>(PhantomData<T>);

    impl<'de, T: FromNode<'de>> Visitor<'de> for Node<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a value of a specification")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, parts: A) -> Result<T, A::Error> {
            let mut content = NodeContent(parts);
            let place = Place::new(content.read()?, content.read()?, content.read()?);
            let kind =
                NodeKind::ALL.get(content.read::<usize>()?).copied().unwrap_or(NodeKind::Scalar);
            T::from_node(Head { place, kind }, content)
        }
    }

    reader.deserialize_struct(NODE, &[], Node(PhantomData))
}

/// Implements `Deserialize` for wrappers by their [`FromNode`].
macro_rules! read_from_node {
    ($($wrapper:ident $(: $bound:ident)?),+ $(,)?) => {$(
        impl<'de, T: Deserialize<'de> $(+ $bound)?> Deserialize<'de> for $wrapper<T> {
            fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
                read_node(reader)
            }
        }
    )+};
}
read_from_node!(Placed, ReadEntry, OneOrMany, WordOrNames, LineOrMap: FromLine);

/// Uses, for a wrapper, the JSON Schema of a type of the same form.
macro_rules! schema_of {
    ($wrapper:ty, $($parameter:ident)+, $same:ty) => {
        impl<$($parameter: JsonSchema),+> JsonSchema for $wrapper {
            fn schema_name() -> Cow<'static, str> {
                <$same>::schema_name()
            }

            fn inline_schema() -> bool {
                <$same>::inline_schema()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                <$same>::json_schema(generator)
            }
        }
    };
}
schema_of!(Placed<T>, T, T);
schema_of!(List<T>, T, Vec<T>);

/// A value and its place.
#[derive(Clone, Copy, Debug, Default)]
pub struct Placed<T> {
    /// The value itself.
    pub value: T,
    /// Its place.
    pub place: Place,
}

impl<T> Deref for Placed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> FromNode<'de> for Placed<T> {
    fn from_node<A: SeqAccess<'de>>(
        head: Head,
        mut content: NodeContent<A>,
    ) -> Result<Self, A::Error> {
        Ok(Self { value: content.read()?, place: head.place })
    }
}

/// An entry of a list or a map; none if it was bad, which is reported already.
struct ReadEntry<T>(Option<T>);

impl<'de, T: Deserialize<'de>> FromNode<'de> for ReadEntry<T> {
    fn from_node<A: SeqAccess<'de>>(
        _: Head,
        mut content: NodeContent<A>,
    ) -> Result<Self, A::Error> {
        Ok(Self(content.read().ok()))
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
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let entries = Vec::<ReadEntry<T>>::deserialize(reader)?;
        Ok(Self(entries.into_iter().filter_map(|entry| entry.0).collect()))
    }
}

/// A map in the order of the file; bad entries are reported and left out.
#[derive(Clone, Debug)]
pub struct Map<T, K = String>(pub Vec<(Placed<K>, T)>);

impl<T, K> Default for Map<T, K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Map<T> {
    /// The entry of this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        let found = self.0.iter().find(|(key, _)| key.value == name);
        found.map(|(_, value)| value)
    }

    /// The entry of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        let found = self.0.iter_mut().find(|(key, _)| key.value == name);
        found.map(|(_, value)| value)
    }
}

impl<T> Map<OneOrMany<T>> {
    /// Every value with its name and its place, which is that of the name
    /// unless the name has several values.
    pub fn flat(&self) -> impl Iterator<Item = (&Placed<String>, Place, &T)> {
        self.iter().flat_map(|(name, values)| {
            let alone = values.len() == 1;
            let place = move |own: Place| if alone { name.place } else { own };
            values.iter().map(move |value| (name, place(value.place), &value.value))
        })
    }
}

impl<T, K> Deref for Map<T, K> {
    type Target = [(Placed<K>, T)];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>, K: Deserialize<'de>> Deserialize<'de> for Map<T, K> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Collect<T, K>(PhantomData<(T, K)>);

        impl<'de, T: Deserialize<'de>, K: Deserialize<'de>> Visitor<'de> for Collect<T, K> {
            type Value = Map<T, K>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Map<T, K>, A::Error> {
                let mut entries = Vec::with_capacity(map.size_hint().unwrap_or_default());
                while let Some((key, entry)) = map.next_entry::<Placed<K>, ReadEntry<T>>()? {
                    entries.extend(entry.0.map(|value| (key, value)));
                }
                Ok(Map(entries))
            }
        }

        reader.deserialize_map(Collect(PhantomData))
    }
}

impl<T: JsonSchema, K> JsonSchema for Map<T, K> {
    fn schema_name() -> Cow<'static, str> {
        format!("Map_{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({ "type": "object", "additionalProperties": value })
    }
}

/// One value, or a list of several under one name.
#[derive(Clone, Debug)]
pub struct OneOrMany<T>(pub Vec<Placed<T>>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for OneOrMany<T> {
    type Target = [Placed<T>];

    fn deref(&self) -> &[Placed<T>] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> FromNode<'de> for OneOrMany<T> {
    fn from_node<A: SeqAccess<'de>>(
        head: Head,
        mut content: NodeContent<A>,
    ) -> Result<Self, A::Error> {
        match head.kind {
            NodeKind::List => Ok(Self(content.read::<List<Placed<T>>>()?.0)),
            _ => Ok(Self(vec![Placed { value: content.read()?, place: head.place }])),
        }
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}

/// A type that can be written on one line.
pub trait FromLine: Sized {
    /// The form of a line.
    const FORM: &'static str;
    /// The pattern of a line, for the JSON Schema.
    const PATTERN: &'static str = "^.+, .+$";

    /// Reads the line at this place.
    fn from_line(line: &str, place: Place) -> Result<Self, String>;
}

/// Reads `value, doc`, the usual form of a line.
pub(super) fn value_and_doc(
    line: &str,
    place: Place,
    form: &str,
) -> Result<(String, Placed<DocText>), String> {
    match line.split_once(", ") {
        Some((value, doc)) if !doc.trim().is_empty() => {
            Ok((value.trim().to_owned(), Placed { value: DocText::from(doc), place }))
        }
        _ if !line.trim_end_matches(',').contains(',') => {
            Err(format!("the text after `{}` is missing: expected `{form}`", line.trim()))
        }
        _ => Err(format!("expected `{form}`, found `{line}`")),
    }
}

/// A value that is one line or a mapping.
#[derive(Clone, Debug)]
pub struct LineOrMap<T>(pub T);

impl<T> Deref for LineOrMap<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'de, T: FromLine + Deserialize<'de>> FromNode<'de> for LineOrMap<T> {
    fn from_node<A: SeqAccess<'de>>(
        head: Head,
        mut content: NodeContent<A>,
    ) -> Result<Self, A::Error> {
        match head.kind {
            NodeKind::Scalar => {
                let line = content.read::<Cow<'de, str>>()?;
                T::from_line(&line, head.place).map(Self).map_err(de::Error::custom)
            }
            _ => content.read().map(Self),
        }
    }
}

impl<T: FromLine + JsonSchema> JsonSchema for LineOrMap<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("LineOrMap_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let full = generator.subschema_for::<T>();
        let line = json_schema!({
            "type": ["string", "integer"],
            "description": T::FORM,
            "pattern": T::PATTERN,
        });
        json_schema!({ "anyOf": [line, full] })
    }
}
