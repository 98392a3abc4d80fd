//! What all items have in common, and macros.

use schemars::JsonSchema;
use serde::Serialize;

use crate::ir::{Macro, Meta};
use crate::layout::{Model, PerModel};
use crate::release::{Release, Since};

/// A first release.
#[derive(PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Since")]
#[serde(untagged)]
pub(in crate::emit) enum SinceJson {
    /// The first release that has the item.
    Known(String),
    /// Two releases between which the item appeared.
    Between {
        /// The last release that is known not to have it.
        after: String,
        /// The first release that is known to have it.
        by: String,
    },
}

impl From<Since> for SinceJson {
    fn from(since: Since) -> Self {
        match since {
            Since::Known(first) => Self::Known(first.to_string()),
            Since::Between(after, by) => {
                Self::Between { after: after.to_string(), by: by.to_string() }
            }
        }
    }
}

/// Documentation, releases and source of an item.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Meta")]
pub(in crate::emit) struct MetaJson<'a> {
    /// Its documentation.
    pub(in crate::emit) doc: &'a [String],
    /// Its first release.
    pub(in crate::emit) since: SinceJson,
    /// The kernel file or commit that is its source.
    pub(in crate::emit) source: &'a str,
    /// Since when it should not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) deprecated: Option<DeprecatedJson<'a>>,
    /// Its earlier names, numbers, types and texts, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) former: Vec<FormerJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Deprecated")]
pub(in crate::emit) struct DeprecatedJson<'a> {
    /// The release that deprecates it.
    pub(in crate::emit) since: SinceJson,
    /// The reason, and what to use instead.
    pub(in crate::emit) doc: &'a [String],
}

/// A name, number, type or text that an item had.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Former")]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(in crate::emit) enum FormerJson<'a> {
    Name {
        /// The former name.
        name: &'a str,
        /// The first release without it.
        until: String,
    },
    Number {
        /// The former number, in decimal.
        number: String,
        /// The first release without it.
        until: String,
    },
    Type {
        /// The former type of the field.
        #[serde(rename = "type")]
        type_: &'a str,
        /// The first release without it.
        until: String,
    },
    Text {
        /// The first release with another text of the macro.
        until: String,
    },
}

impl<'a> MetaJson<'a> {
    pub(in crate::emit) fn of(meta: &'a Meta) -> Self {
        let history = &meta.history;
        let until = |release: &Release| release.to_string();
        let names = history
            .names
            .iter()
            .map(|(name, release)| FormerJson::Name { name, until: until(release) });
        let numbers = history.numbers.iter().map(|(number, release)| FormerJson::Number {
            number: number.to_string(),
            until: until(release),
        });
        let types = history
            .types
            .iter()
            .map(|(type_, release)| FormerJson::Type { type_, until: until(release) });
        let texts = history.texts.iter().map(|release| FormerJson::Text { until: until(release) });
        Self {
            doc: &meta.doc,
            since: meta.since.into(),
            source: &meta.source,
            deprecated: meta
                .deprecated
                .as_ref()
                .map(|one| DeprecatedJson { since: one.since.into(), doc: &one.doc }),
            former: names.chain(numbers).chain(types).chain(texts).collect(),
        }
    }
}

/// A name with its documentation.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Named")]
pub(in crate::emit) struct NamedJson<'a> {
    /// The name.
    pub(in crate::emit) name: &'a str,
    /// Its documentation.
    pub(in crate::emit) doc: &'a [String],
}

impl<'a> NamedJson<'a> {
    pub(in crate::emit) fn of(name: &'a str, doc: &'a [String]) -> Self {
        Self { name, doc }
    }
}

/// One value for each data model.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Models")]
pub(in crate::emit) struct ModelsJson<T> {
    /// With 64-bit pointers.
    pub(in crate::emit) lp64: T,
    /// With 32-bit pointers and 64-bit integers aligned to 4, as on i386.
    pub(in crate::emit) ilp32: T,
    /// With 32-bit pointers and 64-bit integers aligned to 8, as on Arm.
    pub(in crate::emit) ilp32_aligned: T,
}

impl<T> ModelsJson<T> {
    pub(in crate::emit) fn of<S>(values: &PerModel<S>, value: impl Fn(&S) -> T) -> Self {
        let of = |model: Model| value(&values[model.index()]);
        Self {
            lp64: of(Model::Lp64),
            ilp32: of(Model::Ilp32),
            ilp32_aligned: of(Model::Ilp32Aligned),
        }
    }
}

/// A function-like macro.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Macro")]
pub(in crate::emit) struct MacroJson<'a> {
    /// The kernel's name.
    pub(in crate::emit) name: &'a str,
    #[serde(flatten)]
    pub(in crate::emit) meta: MetaJson<'a>,
    /// Its parameters.
    pub(in crate::emit) parameters: &'a [String],
    /// Its body in C.
    pub(in crate::emit) c: &'a str,
    /// The Rust function that does the same.
    pub(in crate::emit) rust: &'a str,
}

impl<'a> MacroJson<'a> {
    pub(in crate::emit) fn of(one: &'a Macro) -> Self {
        Self {
            name: &one.name,
            meta: MetaJson::of(&one.meta),
            parameters: &one.args,
            c: &one.c,
            rust: &one.rust,
        }
    }
}
