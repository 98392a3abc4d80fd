//! Members added to a struct whose old members did not move: which programs could misread
//! them, and the gates that prevent this.

use super::data_lengths;
use super::data_uses::{self, DataUse};
use super::gates::{self, Gate};
use super::{Comparison, checked_bytes, elements};
use crate::compat::codes::{
    BODY_CHANGED, CHAIN_ADDED, DATA_RESIZED, FIELD_INSERTED, FIELD_RENAMED, INPUT_ADDED,
    OUTPUT_ADDED, PADDING_NAMED, RESERVED_FIELD_USED,
};
use crate::compat::evidence::Witness;
use crate::compat::finding::{Affected, Class, Finding, Party};
use crate::compat::matching::{Members, StructPair};
use crate::compat::witness;
use crate::diagnostic::Code;
use crate::ir::{Abi, Member, Role, Struct, StructRole};
use crate::layout::{Model, PerModel, only_on, per_model};

/// The findings about the additions to a struct.
pub(super) fn judge(
    comparison: &Comparison<'_, '_>,
    pair: &StructPair<'_>,
    members: &Members<'_>,
) -> Vec<Finding> {
    let Some((old, new)) = pair.structs.both() else { return Vec::new() };
    let grown = AddedMembers { comparison, pair, members, old, new };
    let used = members.both.iter().filter_map(|pair| grown.reserved_field_used(pair));
    if let Some(resized) = elements::judge(comparison, pair) {
        return used.chain([resized]).collect();
    }
    used.chain(members.added.iter().map(|member| grown.added(member))).collect()
}

/// A reserved member of which only the bytes are left.
pub(super) fn unnamed(
    abis: (&Abi, &Abi),
    pair: &StructPair<'_>,
    old: &Member<'_>,
) -> Option<Finding> {
    let (before, now) = pair.structs.both()?;
    let named = abis.1.members(now).iter().any(|new| new.name == old.name);
    let message = "the reserved field is gone: programs that clear it no longer compile";
    let finding = Finding::new(FIELD_RENAMED, Class::Source, old.path(before), message);
    (!named).then(|| finding.at(Party::Old, old.meta.place))
}

struct AddedMembers<'m, 'a> {
    comparison: &'m Comparison<'m, 'a>,
    pair: &'m StructPair<'a>,
    members: &'m Members<'a>,
    old: &'a Struct,
    new: &'a Struct,
}

impl AddedMembers<'_, '_> {
    /// A field that was reserved and no longer is.
    fn reserved_field_used(&self, (old, new): &(Member<'_>, Member<'_>)) -> Option<Finding> {
        if old.role != Role::Reserved || new.role == Role::Reserved {
            return None;
        }
        if let Some(finding) = self.in_checked_bytes(new) {
            return Some(finding);
        }
        let gate = match self.gate(new) {
            Gate::Sound(gate) => {
                let code =
                    if new.role == Role::CapOffset { CHAIN_ADDED } else { RESERVED_FIELD_USED };
                let message = "the field was reserved, and is valid under its gate only";
                return Some(self.finding(code, Class::Growth, new, message).gate(gate));
            }
            other => why(other),
        };
        let message = format!(
            "the field was reserved, and is used {gate}: old programs left anything there, and \
             old kernels wrote anything"
        );
        let finding =
            self.finding(RESERVED_FIELD_USED, Class::Wire, new, &message).affects(Affected::Both);
        Some(finding.witness(self.stale(new)).help(GATE))
    }

    /// The verdict on a field in bytes that old kernels check.
    fn in_checked_bytes(&self, new: &Member<'_>) -> Option<Finding> {
        let can_judge = self.new.role == StructRole::Argument && new.role != Role::Reserved;
        can_judge.then(|| checked_bytes::judge(self.comparison, self.pair, new)).flatten()
    }

    fn added(&self, new: &Member<'_>) -> Finding {
        if let Some(finding) = self.in_checked_bytes(new) {
            return finding;
        }
        match self.new.role {
            _ if new.role == Role::Reserved && covers(&self.members.reused, new) => {
                self.finding(PADDING_NAMED, Class::Note, new, "reserved bytes are divided anew")
            }
            _ if self.covers_old_bytes(new) => self.overlapping_member(new),
            StructRole::Capability(_) => self.in_capability(new),
            _ if gates::is_payload(self.abi(), &self.new.name) => self.in_payload(new),
            StructRole::Argument => self.in_argument(new),
            StructRole::Plain => self.in_plain(new),
        }
    }

    fn abi(&self) -> &Abi {
        self.comparison.matching.abis().1
    }

    fn gate(&self, new: &Member<'_>) -> Gate {
        gates::gate(self.comparison, self.pair, new)
    }

    /// Another member of a union.
    fn overlapping_member(&self, new: &Member<'_>) -> Finding {
        let gate = match self.gate(new) {
            Gate::Sound(gate) => {
                let message = "old bytes have a second meaning, which is valid under its gate only";
                return self.finding(RESERVED_FIELD_USED, Class::Growth, new, message).gate(gate);
            }
            other => why(other),
        };
        let message = format!("old bytes have a second meaning {gate}");
        let finding =
            self.finding(RESERVED_FIELD_USED, Class::Wire, new, &message).affects(Affected::Both);
        finding.witness(self.stale(new)).help(GATE)
    }

    fn in_capability(&self, new: &Member<'_>) -> Finding {
        let Some(known) = self.pair.old_version(self.comparison.matching.abis().0) else {
            return self.in_plain(new);
        };
        if new.role == Role::Reserved && new.version <= known && self.is_padding(new) {
            return self.padding_named(new);
        }
        if new.version > known {
            let message = ["the body grew at its end, together with its version", &self.sizes()];
            let finding = self.finding(BODY_CHANGED, Class::Growth, new, &message.concat());
            return finding.gate(format!("version {}", new.version));
        }
        let message =
            format!("the body grew, and its version stayed {known}: old kernels never wrote this");
        let finding =
            self.finding(BODY_CHANGED, Class::Wire, new, &message).affects(Affected::NewProgram);
        let help = "raise the version, and specify the version that added the field";
        finding.witness(self.stale(new)).help(help)
    }

    /// The sizes of a body that uses tail padding on some model.
    fn sizes(&self) -> String {
        let (before, now) = (size(self.old), size(self.new));
        let is_padding = before.iter().zip(now).any(|(before, now)| *before == now);
        match is_padding {
            true => format!(
                ": it has {} bytes, {} before, and uses padding where the size is the same",
                per_model(&now),
                per_model(&before)
            ),
            false => String::new(),
        }
    }

    fn in_payload(&self, new: &Member<'_>) -> Finding {
        let (before, now) = (size(self.old), size(self.new));
        let differs = |model: &Model| before[model.index()] != now[model.index()];
        let Some(model) = Model::ALL.into_iter().find(differs) else {
            return self.in_argument(new);
        };
        let uses = data_uses::of(self.abi(), &self.new.name);
        if uses.iter().all(|one| matches!(one, DataUse::Record(_))) {
            let is_fixed = uses.iter().any(|one| matches!(one, DataUse::Record(false)));
            return self.in_record(new, is_fixed);
        }
        let path = new.path(self.new);
        if let Some(found) = data_lengths::judge(self.comparison, (self.old, self.new), &path) {
            return found.at(Party::New, new.meta.place);
        }
        let message = format!(
            "the payload has {} bytes, {} before, and its size is compared with sizeof",
            per_model(&now),
            per_model(&before)
        );
        let affected = if now >= before { Affected::OldProgram } else { Affected::NewProgram };
        let finding = Finding::wire(DATA_RESIZED, model, new.path(self.new), message);
        let finding = finding.at(Party::New, new.meta.place).affects(affected);
        let (before, now) = (before[model.index()], now[model.index()]);
        let sizes = (before.min(now), before.max(now));
        let matching = self.comparison.matching;
        let witness = witness::refused(matching, &self.new.name, affected, sizes.0, sizes.1);
        finding.witness(witness).help("give the longer payload an id of its own")
    }

    /// A field of the data of a record. If no field has their length, another finding is about
    /// the records.
    fn in_record(&self, new: &Member<'_>, is_fixed: bool) -> Finding {
        let message = "the data of a record grew at their end";
        if is_fixed {
            return self.finding(DATA_RESIZED, Class::Note, new, message);
        }
        let finding = self.finding(DATA_RESIZED, Class::Growth, new, message);
        finding.gate("the length of the record")
    }

    fn in_argument(&self, new: &Member<'_>) -> Finding {
        let (before, now) = (size(self.old), size(self.new));
        let padding = self.is_padding(new);
        if new.role == Role::Reserved {
            let (code, what) = match padding {
                true => (PADDING_NAMED, PADDING),
                false => (FIELD_INSERTED, "reserved bytes were appended"),
            };
            return match before == now {
                true => self.finding(code, Class::Note, new, what),
                false => self.grows(code, new, what, "argsz"),
            };
        }
        let code = match new.is_input() {
            _ if new.role == Role::CapOffset => CHAIN_ADDED,
            true => INPUT_ADDED,
            false => OUTPUT_ADDED,
        };
        let gate = match self.gate(new) {
            Gate::Sound(gate) => {
                return self.grows(code, new, "appended, and valid under its gate only", &gate);
            }
            other => why(other),
        };
        if new.is_flexible() && !new.is_input() {
            return self.grows(code, new, "an array was appended after the fixed part", "argsz");
        }
        let (code, affected, message) = match code {
            _ if padding => (
                PADDING_NAMED,
                Affected::Both,
                format!("padding, which no program or kernel ever set, has a meaning {gate}"),
            ),
            INPUT_ADDED => (
                INPUT_ADDED,
                Affected::Both,
                format!(
                    "an input was appended {gate}: new kernels read bytes that old programs \
                     never set, old kernels ignore it"
                ),
            ),
            code => (
                code,
                Affected::NewProgram,
                format!("an output was appended {gate}: old kernels never write it"),
            ),
        };
        let finding = self.finding(code, Class::Wire, new, &message).affects(affected);
        finding.witness(self.stale(new)).help(GATE)
    }

    /// A struct that is part of an argument grows as the argument does. The use of any other
    /// struct, such as an element or the content of a region, is unknown.
    fn in_plain(&self, new: &Member<'_>) -> Finding {
        if self.pair.id.is_some_and(|id| gates::is_in_argument(self.abi(), id)) {
            return self.in_argument(new);
        }
        if self.is_padding(new) {
            return self.padding_named(new);
        }
        if elements::is_of_records(self.comparison.matching.abis().0, &self.old.name) {
            let message = "appended at the end; another finding is about the records";
            return self.finding(FIELD_INSERTED, Class::Note, new, message);
        }
        let condition = "safe if no program passes an array of it, or a pointer to one";
        let finding = self.finding(FIELD_INSERTED, Class::Growth, new, "appended at the end");
        finding.condition(Some(condition.to_owned()))
    }

    fn padding_named(&self, new: &Member<'_>) -> Finding {
        self.finding(PADDING_NAMED, Class::Note, new, PADDING)
    }

    /// Growth that argsz and a gate hide from programs that do not know it.
    fn grows(&self, code: Code, new: &Member<'_>, what: &str, gate: &str) -> Finding {
        let (before, now) = (size(self.old), size(self.new));
        let model =
            Model::ALL.into_iter().find(|model| before[model.index()] != now[model.index()]);
        let message = match model {
            Some(model) => {
                let (at, on) = (model.index(), only_on(model));
                format!("{what}: the struct grows from {} to {} bytes{on}", before[at], now[at])
            }
            None => what.to_owned(),
        };
        let guessed = &self.comparison.matching.new.knowledge.guessed;
        let guessed = guessed.contains(&new.path(self.new));
        let condition = self.minsz().filter(|_| guessed).map(|minsz| {
            format!(
                "safe if the kernel's minsz stays {minsz}, and if it writes and reads `{}` under \
                 its gate only; breaks every old program if minsz becomes sizeof, {}",
                new.name, now[0]
            )
        });
        self.finding(code, Class::Growth, new, &message).gate(gate).condition(condition)
    }

    fn minsz(&self) -> Option<u64> {
        Some(self.old.kernel_span(self.old.minsz?).end())
    }

    /// Whether old members have the same bytes.
    fn covers_old_bytes(&self, new: &Member<'_>) -> bool {
        let kept: Vec<_> = self.members.both.iter().map(|(old, _)| *old).collect();
        covers(&kept, new) || covers(&self.members.reused, new)
    }

    /// Whether it uses unnamed bytes of the old struct.
    fn is_padding(&self, new: &Member<'_>) -> bool {
        new.kernel_span().offset < self.old.kernel_layout().size
    }

    fn stale(&self, new: &Member<'_>) -> Option<Witness> {
        witness::stale(self.comparison.matching, self.pair, new)
    }

    fn finding(&self, code: Code, class: Class, new: &Member<'_>, message: &str) -> Finding {
        let subject = new.path(self.new);
        Finding::new(code, class, subject, message).at(Party::New, new.meta.place)
    }
}

const PADDING: &str = "bytes that were padding have a name";

const GATE: &str = "tie it to a flag, an op or an id that says when it is valid (`valid_if`)";

/// The reason why a member has no sound gate.
fn why(gate: Gate) -> String {
    match gate {
        Gate::Unsound(reason) => format!("under a gate that does not show this ({reason})"),
        Gate::Missing | Gate::Sound(_) => "without a flag".to_owned(),
    }
}

fn covers(old: &[Member<'_>], new: &Member<'_>) -> bool {
    let span = new.kernel_span();
    let meets = |old: &Member<'_>| {
        let other = old.kernel_span();
        other.offset < span.end() && span.offset < other.end()
    };
    old.iter().any(meets)
}

fn size(struct_: &Struct) -> PerModel<u64> {
    struct_.layouts.each_ref().map(|layout| layout.size)
}
