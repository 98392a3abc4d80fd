//! Values that are a word, a list of names or a mapping.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, SeqAccess};

use super::{FromNode, Head, List, NodeContent, NodeKind, Placed, read_node};

/// A word, or a list of names.
#[derive(Clone, Debug)]
pub enum WordOrNames<T> {
    /// The word.
    Word(T),
    /// The names.
    Names(List<Placed<String>>),
}

impl<'de, T: Deserialize<'de>> FromNode<'de> for WordOrNames<T> {
    fn from_node<A: SeqAccess<'de>>(
        head: Head,
        mut content: NodeContent<A>,
    ) -> Result<Self, A::Error> {
        match head.kind {
            NodeKind::List => content.read().map(Self::Names),
            _ => content.read().map(Self::Word),
        }
    }
}

impl<T: JsonSchema> JsonSchema for WordOrNames<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("WordOrNames_{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let word = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [word, { "type": "array", "items": { "type": "string" } }] })
    }
}

/// A value of one of two types, of which only the second is a mapping.
#[derive(Clone, Debug)]
pub enum ValueOrMap<T, M> {
    /// The value that is no mapping.
    Value(T),
    /// The mapping.
    Map(M),
}

impl<'de, T: FromNode<'de>, M: Deserialize<'de>> FromNode<'de> for ValueOrMap<T, M> {
    fn from_node<A: SeqAccess<'de>>(
        head: Head,
        mut content: NodeContent<A>,
    ) -> Result<Self, A::Error> {
        match head.kind {
            NodeKind::Map => content.read().map(Self::Map),
            _ => T::from_node(head, content).map(Self::Value),
        }
    }
}

impl<'de, T: FromNode<'de>, M: Deserialize<'de>> Deserialize<'de> for ValueOrMap<T, M> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        read_node(reader)
    }
}

impl<T: JsonSchema, M: JsonSchema> JsonSchema for ValueOrMap<T, M> {
    fn schema_name() -> Cow<'static, str> {
        format!("ValueOrMap_{}_{}", T::schema_name(), M::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        let map = generator.subschema_for::<M>();
        json_schema!({ "anyOf": [value, map] })
    }
}
