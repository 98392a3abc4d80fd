//! Changes of the data that travel with a number.

use super::NumberChange;
use crate::compat::codes::{DATA_RESIZED, VALUE_CHANGED};
use crate::compat::diff::{AbiDifference, Datum, key};
use crate::compat::finding::{Affected, Class, Finding};
use crate::compat::matching::Constant;
use crate::compat::witness::Maker;
use crate::ir::Abi;

impl NumberChange<'_, '_> {
    /// The payload of the number.
    pub(super) fn payload(&self) -> Finding {
        let abis = self.comparison.matching.abis();
        let payload = |abi: &Abi, one: &Constant<'_>| {
            let type_ = one.value().and_then(|value| value.payload.as_ref());
            type_.map_or("nothing".to_owned(), |type_| abi.type_text(type_))
        };
        let (before, now) = (payload(abis.0, &self.was), payload(abis.1, &self.is));
        let message = format!("{now} travels with it, {before} before");
        if self.lacks_payload_struct() {
            let condition = format!("safe if nothing but {now} was passed with it before");
            let finding = self.finding(DATA_RESIZED, Class::Growth, message);
            return finding.condition(Some(condition));
        }
        let witness = self.understood(Maker::Program, Some(self.was.number), &before, Some(&now));
        self.broken(DATA_RESIZED, message).witness(witness)
    }

    /// Whether the old side is a header that does not declare the struct of the payload, so
    /// that it cannot be known whether the payload is new.
    fn lacks_payload_struct(&self) -> bool {
        let (old, new) = (self.comparison.matching.old, self.comparison.matching.new);
        let data = self.is.value().and_then(|value| value.payload_struct());
        let is_declared = |id| old.abi.find_struct(&new.abi.struct_(id).name).is_some();
        old.knowledge.headers.is_some() && data.is_some_and(|id| !is_declared(id))
    }

    /// The other facts of a request with the number; none if its payload came or went,
    /// which another finding says.
    pub(super) fn request(&self, difference: &AbiDifference<'_>) -> Option<Finding> {
        let (was, is) = difference.texts();
        let (before, now) = difference.set_values();
        let holds = now.is_some_and(Datum::is_true);
        let treated = |side: &str| {
            let rule = |rule: Option<&Datum<'_>>| {
                rule.map_or("treated as other memory at its address".to_owned(), Datum::bare)
            };
            let (now, before) = (rule(now), rule(before));
            format!("data that are {side} than its payload are {now}, {before} before")
        };
        let message = match (difference.key, before, now) {
            (key!(Value.counted_by), Some(_), Some(_)) => {
                format!("`{is}` counts the elements of its payload, `{was}` before")
            }
            (key!(Value.counted_by), ..) => return None,
            (key!(Value.without_payload), ..) if holds => {
                "a request with it has no payload any more".to_owned()
            }
            (key!(Value.without_payload), ..) => {
                "a request with it has a payload, and had none".to_owned()
            }
            (key!(Value.shorter), ..) => treated("shorter"),
            (key!(Value.longer), ..) => treated("longer"),
            (key!(Value.reads), ..) if holds => {
                "fields of the payload that go both ways are outputs only".to_owned()
            }
            (key!(Value.reads), ..) => {
                "fields of the payload that go both ways are inputs too".to_owned()
            }
            (_, None, _) => "the call returns a new file descriptor, and did not before".to_owned(),
            (_, _, None) => "the call returns no file descriptor any more".to_owned(),
            _ => format!("the call returns a new file descriptor of {is}, {was} before"),
        };
        let witness = self.understood(Maker::Program, Some(self.was.number), &was, Some(&is));
        Some(self.broken(DATA_RESIZED, message).witness(witness))
    }

    /// Whether the elements of its payload are file descriptors. No byte differs; a finding about
    /// the request says what programs in Rust notice.
    pub(super) fn payload_fds(&self, difference: &AbiDifference<'_>) -> Finding {
        let words = |value: Option<&Datum<'_>>| value.map_or("numbers".to_owned(), Datum::bare);
        let (before, now) = difference.set_values();
        let (now, before) = (words(now), words(before));
        let message = format!("the elements of its payload are {now}, and were {before}");
        self.finding(VALUE_CHANGED, Class::Note, message)
    }

    /// The flags that must be set for a payload.
    pub(super) fn gates(&self) -> Finding {
        let gates =
            |one: &Constant<'_>| one.value().map_or(Vec::new(), |value| value.gates.clone());
        let renames = &self.comparison.matching.renames.constants;
        let (before, now) = (gates(&self.was), gates(&self.is));
        let lost = before.iter().find(|gate| {
            let name = renames.get(gate.as_str()).copied().unwrap_or(gate);
            !now.iter().any(|one| one == name)
        });
        match lost {
            Some(gate) => {
                let message = format!("no payload travels with it under {gate} any more");
                let witness = self.understood(Maker::Program, Some(self.was.number), gate, None);
                let finding = self.finding(DATA_RESIZED, Class::Wire, message);
                finding.affects(Affected::OldProgram).witness(witness)
            }
            None => {
                let message = format!("its payload travels under {}", now.join(" and "));
                self.finding(DATA_RESIZED, Class::Growth, message).gate(now.join(", "))
            }
        }
    }
}
