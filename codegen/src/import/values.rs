//! Named numbers in YAML.

use super::items::ItemYaml;
use super::yaml::{Block, YamlEntry};
use crate::amend::pieces::NewValues;
use crate::reply::Count;
use crate::spec::ValueSpec;
use crate::spec::text::Number;
use crate::spec::types::Amount;

impl ItemYaml<'_> {
    /// Numbers of a list that is indented by so much.
    pub(super) fn values(self, values: &NewValues, indent: usize) -> Block {
        let mut block = Block::default();
        for (name, value) in values {
            block.lines.extend(self.value(name, value, indent).lines);
        }
        block
    }

    fn value(self, name: &str, value: &ValueSpec, indent: usize) -> Block {
        let mut said = false;
        let head = match (value.value, value.bit, &value.string) {
            (Some(Amount::Next), ..) => ("value", "next".to_owned()),
            (Some(Amount::Number(number)), ..) => ("value", self::number(number)),
            (None, Some(bit), _) => ("bit", self::number(bit.value)),
            (None, None, Some(string)) => {
                said = true;
                ("string", string.value.clone())
            }
            (None, None, None) if value.alias.is_some() => {
                said = true;
                ("alias", value.alias.as_ref().map(|name| name.value.clone()).unwrap_or_default())
            }
            (None, None, None) => {
                said = true;
                let flags = value.of.iter().map(|flag| flag.as_str()).collect::<Vec<_>>();
                ("of", ["[", &flags.join(", "), "]"].concat())
            }
        };
        let mut more = Vec::new();
        more.extend(value.signed.then(|| ("signed", "true".to_owned())));
        more.extend(value.c_type.map(|type_| ("c_type", type_.value.words().to_owned())));
        more.extend(value.count.map(|count| {
            let word = if count == Count::Moves { "moves" } else { "frozen" };
            ("count", word.to_owned())
        }));
        more.extend(value.payload.as_ref().map(|payload| ("payload", payload.c_like())));
        more.extend(value.since.map(|since| ("since", since.to_string())));
        let allow =
            value.allow.iter().map(|(rule, why)| [&rule.value, ": \"", &why.reason, "\""].concat());
        let allow = allow.collect::<Vec<_>>().join(", ");
        more.extend((!allow.is_empty()).then(|| ("allow", ["{", &allow, "}"].concat())));
        let doc = value.doc.paragraphs.join(" ");
        let guesses = ["value", "payload"].map(|key| self.0.of(name, key));
        let guess = guesses.into_iter().filter(|guess| !guess.is_empty()).collect::<Vec<_>>();
        YamlEntry { name, head, said, doc: &doc, more, guess: guess.join(", "), indent }.block()
    }
}

pub(super) fn number(number: Number) -> String {
    match number.hex {
        true => format!("{:#x}", number.value),
        false => number.value.to_string(),
    }
}
