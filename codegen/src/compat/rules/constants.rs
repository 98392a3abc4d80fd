//! Named numbers that are gone or that mean something else.

mod data;

use super::{Comparison, CompatRule, Judgement, ioctl_numbers};
use crate::compat::codes::{BODY_CHANGED, COUNT_CHANGED, NAME_REMOVED, VALUE_CHANGED};
use crate::compat::diff::{AbiDifference, IrKey, Of, key};
use crate::compat::finding::{Affected, Class, Finding, Party};
use crate::compat::matching::{Constant, Numbered};
use crate::compat::witness::{self, Maker, maker};
use crate::diagnostic::Code;
use crate::ir::{Abi, GroupKind, StructId};

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[
    key!(Group.values),
    key!(Abi.capabilities),
    key!(Value.name),
    key!(Value.literal),
    key!(Value.c_type),
    key!(Value.number),
    key!(Value.count),
    key!(Value.payload),
    key!(Value.payload_fds),
    key!(Value.mask),
    key!(Value.in_place),
    key!(Value.counted_by),
    key!(Value.without_payload),
    key!(Value.shorter),
    key!(Value.longer),
    key!(Value.reads),
    key!(Value.returns_fd),
    key!(Value.gates),
    key!(Value.short),
    key!(Capability.name),
    key!(Capability.chain),
    key!(Capability.id),
    key!(Capability.version),
    key!(Capability.struct_),
    key!(Capability.length),
    key!(Capability.kind),
    key!(Capability.short),
];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| {
        let Of::Constant(index) = difference.of else { return None };
        let pair = comparison.matching.constants[index];
        match (pair.old, pair.new) {
            (Some(old), None) => Some(Some(removed(&old))),
            (Some(was), Some(is)) => Some(NumberChange { comparison, was, is }.verdict(difference)),
            // The rule about new numbers judges additions.
            (None, _) => None,
        }
    })
}

fn removed(was: &Constant<'_>) -> Finding {
    let message = "the name is gone: programs that use it no longer compile";
    let finding = Finding::new(NAME_REMOVED, Class::Source, was.name, message);
    finding.at(Party::Old, was.meta.place).help("keep the name beside the new one")
}

/// A number that both sides have.
struct NumberChange<'m, 'a> {
    comparison: &'m Comparison<'m, 'a>,
    was: Constant<'a>,
    is: Constant<'a>,
}

impl NumberChange<'_, '_> {
    /// No finding where another difference of the same number has it.
    fn verdict(&self, difference: &AbiDifference<'_>) -> Option<Finding> {
        match difference.key {
            key!(Value.name) | key!(Capability.name) => Some(self.renamed()),
            key!(Value.literal) => Some(self.literal()),
            key!(Value.c_type) => Some(self.c_type(difference)),
            key!(Value.number) | key!(Capability.id) => self.number(),
            key!(Value.count) => Some(self.count()),
            key!(Value.payload) => Some(self.payload()),
            key!(Value.payload_fds) => Some(self.payload_fds(difference)),
            key!(Value.counted_by)
            | key!(Value.without_payload)
            | key!(Value.shorter)
            | key!(Value.longer)
            | key!(Value.reads)
            | key!(Value.returns_fd) => self.request(difference),
            key!(Value.gates) => Some(self.gates()),
            key!(Group.values) | key!(Capability.chain) => self.moved(),
            key!(Capability.version) => self.version(),
            key!(Capability.struct_) => Some(self.body()),
            key!(Value.mask)
            | key!(Value.in_place)
            | key!(Capability.length)
            | key!(Capability.kind) => Some(self.read_otherwise(difference)),
            _ => self.short(difference),
        }
    }

    fn renamed(&self) -> Finding {
        let number = match self.was.number == self.is.number {
            true => format!("`{}` has its number", self.is.name),
            false => format!("it is called `{}` now", self.is.name),
        };
        let message = format!("the name is gone, {number}: programs no longer compile");
        let finding = Finding::new(NAME_REMOVED, Class::Source, self.was.name, message);
        finding.at(Party::Old, self.was.meta.place).help("keep the name beside the new one")
    }

    fn c_type(&self, difference: &AbiDifference<'_>) -> Finding {
        let (was, is) = difference.texts();
        let message = format!("the type of the macro in C is {is}, {was} before");
        self.finding(VALUE_CHANGED, Class::Note, message)
    }

    fn literal(&self) -> Finding {
        if self.was.text() == self.is.text() {
            let message =
                "the type of the macro in C is another one: `int` where the bit is signed";
            return self.finding(VALUE_CHANGED, Class::Note, message.to_owned());
        }
        let (before, now) = (self.was.text(), self.is.text());
        let text =
            |text: Option<&str>| text.map_or("no string".to_owned(), |one| format!("{one:?}"));
        let message = format!("the string is {}, {} before", text(now), text(before));
        let said = before.unwrap_or(self.was.name);
        let witness = self.understood(Maker::Kernel, None, said, now);
        self.broken(VALUE_CHANGED, message).witness(witness)
    }

    fn number(&self) -> Option<Finding> {
        let (was, is) = (&self.was, &self.is);
        if was.text() != is.text()
            || ioctl_numbers::are_compared(self.comparison.matching, was.name)
        {
            return None;
        }
        let abis = self.comparison.matching.abis();
        if was.moves() && above_ids(abis.0, was) == above_ids(abis.1, is) {
            let message = format!("the count is {}, {} before", is.number, was.number);
            let finding = self.finding(COUNT_CHANGED, Class::Note, message);
            return Some(
                finding.help("take counts from the kernel's replies, not from the header"),
            );
        }
        let covers = was.number & is.number == was.number;
        let is_mask = is.is_mask() && was.is_mask_of_any();
        if covers && (is_mask || was.covers_bits() && is.covers_bits()) {
            let message = format!("the mask is {:#x}, {:#x} before", is.number, was.number);
            return Some(self.finding(VALUE_CHANGED, Class::Note, message));
        }
        let message = format!("the name means {}, {} before", is.number, was.number);
        if was.space != is.space {
            let message = message + ": programs compile, and mean something else";
            return Some(self.finding(VALUE_CHANGED, Class::Source, message));
        }
        let constants = self.comparison.matching.constants.iter();
        // The side that reads the number understands the name that it has for it.
        let heard = |said: &Constant<'_>, from_kernel: bool| {
            let mut names =
                constants.filter_map(|pair| if from_kernel { pair.old } else { pair.new });
            let other = names.find(|one| one.space == said.space && one.number == said.number);
            other.map(|one| one.name).filter(|name| *name != said.name)
        };
        let said = if was.from_kernel { is } else { was };
        let understood = heard(said, was.from_kernel);
        let maker = maker(was);
        let witness = self.understood(maker, Some(said.number), said.name, understood);
        Some(self.broken(VALUE_CHANGED, message).witness(witness))
    }

    fn count(&self) -> Finding {
        let message = match (self.was.count(), self.is.count()) {
            (Some(_), None) => "it no longer counts the others",
            (None, Some(_)) => "it counts the others",
            _ => "whether it moves as numbers are added is specified in another way",
        };
        self.finding(COUNT_CHANGED, Class::Note, message.to_owned())
    }

    /// A number in another group.
    fn moved(&self) -> Option<Finding> {
        let (was, is) = (&self.was, &self.is);
        let hidden = was.is_macro() && !is.is_macro();
        if was.number != is.number {
            return None;
        }
        if hidden {
            let message = "an enumerator now, which `#ifdef` does not see".to_owned();
            return Some(self.finding(VALUE_CHANGED, Class::Note, message));
        }
        let capability = |one: &Constant<'_>| matches!(one.item, Numbered::Capability(..));
        let message = match (capability(was), capability(is)) {
            (true, true) => {
                format!("the capability is one of `{}`, of `{}` before", is.group, was.group)
            }
            _ => format!("it is one of `{}`, of `{}` before", is.group, was.group),
        };
        // Only flags and ids mean something in a place of their own.
        let is_free = |kind: GroupKind| {
            matches!(kind, GroupKind::Constants | GroupKind::Enum | GroupKind::AnonymousEnum)
        };
        if [was, is].iter().any(|one| is_free(one.kind)) {
            return Some(self.finding(VALUE_CHANGED, Class::Note, message));
        }
        let witness = self.understood(maker(is), Some(is.number), is.name, None);
        Some(self.broken(VALUE_CHANGED, message).witness(witness))
    }

    fn capabilities(
        &self,
    ) -> Option<(&crate::ir::Capability, &crate::ir::Chain, &crate::ir::Capability)> {
        match (self.was.item, self.is.item) {
            (Numbered::Capability(_, old), Numbered::Capability(chain, new)) => {
                Some((old, chain, new))
            }
            _ => None,
        }
    }

    /// A newer version follows from new fields, which have findings of their own.
    fn version(&self) -> Option<Finding> {
        let (old, chain, new) =
            self.capabilities().filter(|(old, _, new)| new.version < old.version)?;
        let message = format!("the version is {}, {} before", new.version, old.version);
        let of = |version: u16| format!("version {version} of {}", new.name);
        let (said, taken_for) = (of(old.version), of(new.version));
        let witness = witness::understood(
            self.comparison.matching,
            Maker::Kernel,
            &chain.name,
            None,
            &said,
            Some(&taken_for),
        );
        Some(self.broken(BODY_CHANGED, message).witness(witness))
    }

    /// The length of a capability, the conditions of a kind, or the bits of a mask.
    fn read_otherwise(&self, difference: &AbiDifference<'_>) -> Finding {
        let (was, is) = difference.texts();
        let what = match difference.key {
            key!(Capability.length) => "the length is in",
            key!(Value.mask) => "the number is in the bits of",
            key!(Value.in_place) => "its bits are read",
            _ => "the capability is a kind",
        };
        let witness = self.understood(Maker::Kernel, None, &is, Some(&was));
        self.broken(BODY_CHANGED, format!("{what} {is}, {was} before")).witness(witness)
    }

    fn body(&self) -> Finding {
        let message = "the body is another struct".to_owned();
        let abis = self.comparison.matching.abis();
        let finding = self.broken(BODY_CHANGED, message);
        let Some((old, chain, new)) = self.capabilities() else { return finding };
        let with = |abi: &crate::ir::Abi, id: Option<StructId>| {
            let body = id.map_or("no body", |id| abi.struct_(id).name.as_str());
            format!("{} with {body}", new.name)
        };
        let (said, taken_for) = (with(abis.0, old.struct_), with(abis.1, new.struct_));
        finding.witness(witness::understood(
            self.comparison.matching,
            Maker::Kernel,
            &chain.name,
            i128::from(new.id),
            &said,
            Some(&taken_for),
        ))
    }

    /// A short name that only our outputs have: that of a header's number is a guess, which
    /// the next number of its group can change. A number that is renamed or in another group
    /// has a finding already.
    fn short(&self, difference: &AbiDifference<'_>) -> Option<Finding> {
        let (was, is) = difference.texts();
        let moved = self.was.space != self.is.space;
        let has_come = difference.set_values().0.is_none();
        let is_guess = self.comparison.matching.has_header();
        if self.was.name != self.is.name || moved || has_come || is_guess {
            return None;
        }
        let message = format!("its short name is {is}, {was} before: programs no longer compile");
        let finding = self.finding(NAME_REMOVED, Class::Source, message);
        let in_both = difference.key == key!(Capability.short);
        Some(if in_both { finding } else { finding.in_crate_only() })
    }

    fn understood(
        &self,
        maker: Maker,
        number: Option<i128>,
        said: &str,
        understood: Option<&str>,
    ) -> crate::compat::evidence::Witness {
        let matching = self.comparison.matching;
        witness::understood(matching, maker, self.was.group, number, said, understood)
    }

    fn broken(&self, code: Code, message: String) -> Finding {
        self.finding(code, Class::Wire, message).affects(Affected::Both)
    }

    fn finding(&self, code: Code, class: Class, message: String) -> Finding {
        Finding::new(code, class, self.is.name, message).at(Party::New, self.is.meta.place)
    }
}

/// How much a number is above the highest id of the chain whose ids are called like it.
fn above_ids(abi: &Abi, constant: &Constant<'_>) -> Option<i128> {
    let called_so = abi.chains.iter().filter(|chain| constant.name.starts_with(&chain.prefix));
    let chain = called_so.max_by_key(|chain| chain.prefix.len())?;
    let highest = abi.capabilities_of(chain).map(|one| one.id).max()?;
    Some(constant.number - i128::from(highest))
}
