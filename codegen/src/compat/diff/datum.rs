//! The values that are compared.

use std::borrow::Cow;

use crate::layout::{PerModel, Span, per_model};

/// A value of the IR. References to items are the names that the new side has for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::compat) enum Datum<'a> {
    /// No value.
    #[default]
    Unset,
    Flag(bool),
    Number(i128),
    Text(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
    Sizes(PerModel<u64>),
    Spans(PerModel<Span>),
    /// An item that a list contains.
    Listed,
}

pub(super) fn text(text: &str) -> Datum<'_> {
    Datum::Text(Cow::Borrowed(text))
}

pub(super) fn optional(value: Option<&str>) -> Datum<'_> {
    value.map_or(Datum::Unset, text)
}

pub(super) fn list<'a>(texts: impl Iterator<Item = &'a str>) -> Datum<'a> {
    Datum::List(texts.map(Cow::Borrowed).collect())
}

impl Datum<'_> {
    /// The value without quotes.
    pub(in crate::compat) fn bare(&self) -> String {
        match self {
            Self::Text(text) => text.clone().into_owned(),
            other => other.to_string(),
        }
    }

    /// Whether it is a flag that is set.
    pub(in crate::compat) fn is_true(&self) -> bool {
        *self == Self::Flag(true)
    }
}

impl std::fmt::Display for Datum<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unset => f.write_str("unset"),
            Self::Listed => f.write_str("present"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "`{text}`"),
            Self::List(list) => write!(f, "[{}]", list.join(", ")),
            Self::Sizes(sizes) => f.write_str(&per_model(sizes)),
            Self::Spans(spans) => {
                let texts = spans.map(|span| format!("{}..{}", span.offset, span.end()));
                f.write_str(&per_model(&texts))
            }
        }
    }
}
