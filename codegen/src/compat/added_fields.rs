//! Fields added to a struct whose old fields did not move: which programs could
//! misread them, and the gates that prevent this.

use super::codes::{
    BODY_CHANGED, CHAIN_ADDED, FIELD_INSERTED, INPUT_ADDED, OUTPUT_ADDED, PADDING_NAMED,
    PAYLOAD_RESIZED, RESERVED_FIELD_USED,
};
use super::matching::Matching;
use super::report::{Affected, Class, Finding, Party};
use super::struct_diff::StructDiff;
use super::witness;
use crate::diagnostic::Code;
use crate::ir::{Abi, GroupKind, Member, Role, Struct, StructId, StructRole};
use crate::layout::{Model, PerModel};

pub(super) fn compare(
    matching: &Matching<'_>,
    diff: &StructDiff<'_>,
    id: StructId,
) -> Vec<Finding> {
    let grown = AddedFields { matching, diff, id };
    let mut findings: Vec<_> =
        diff.unchanged.iter().filter_map(|pair| grown.reserved_field_used(pair)).collect();
    findings.extend(diff.added.iter().map(|member| grown.added(member)));
    findings
}

/// Whether a struct travels with an id, so that its size is compared.
pub(super) fn is_payload(abi: &Abi, struct_: &str) -> bool {
    let values = abi.groups.iter().flat_map(|group| &group.values);
    let payloads = values.filter_map(|value| value.payload);
    payloads.map(|id| &abi.struct_(id).name).any(|name| name == struct_)
}

struct AddedFields<'a> {
    matching: &'a Matching<'a>,
    diff: &'a StructDiff<'a>,
    id: StructId,
}

impl AddedFields<'_> {
    /// A field that was reserved and no longer is.
    fn reserved_field_used(&self, (old, new): &(Member<'_>, Member<'_>)) -> Option<Finding> {
        if old.role != Role::Reserved || new.role == Role::Reserved {
            return None;
        }
        if let Some(gate) = self.gate(new) {
            let code = if new.role == Role::CapOffset { CHAIN_ADDED } else { RESERVED_FIELD_USED };
            let message = "the field was reserved, and counts under its gate only";
            return Some(self.finding(code, Class::Growth, new, message).gate(gate));
        }
        let message = "the field was reserved, and nothing tells when it counts: \
            old programs left anything there, and old kernels wrote anything";
        let finding =
            self.finding(RESERVED_FIELD_USED, Class::Wire, new, message).affects(Affected::Both);
        Some(finding.witness(self.stale(new)).help(GATE))
    }

    fn added(&self, new: &Member<'_>) -> Finding {
        match self.diff.new.role {
            _ if new.role == Role::Reserved && self.covers(&self.diff.reused, new) => {
                self.finding(PADDING_NAMED, Class::Note, new, "reserved bytes are divided anew")
            }
            _ if self.covers_old_bytes(new) => self.overlapping_member(new),
            StructRole::Capability(_) => self.in_capability(new),
            _ if is_payload(self.matching.abis().1, &self.diff.new.name) => self.in_payload(new),
            StructRole::Argument => self.in_argument(new),
            _ => self.in_plain(new),
        }
    }

    /// Another member of a union.
    fn overlapping_member(&self, new: &Member<'_>) -> Finding {
        if let Some(gate) = self.gate(new) {
            let message = "bytes that are there have a second meaning under tsuccessor gate only";
            return self.finding(RESERVED_FIELD_USED, Class::Growth, new, message).gate(gate);
        }
        let message = "bytes that are there have a second meaning, and nothing tells which one";
        let finding =
            self.finding(RESERVED_FIELD_USED, Class::Wire, new, message).affects(Affected::Both);
        finding.witness(self.stale(new)).help(GATE)
    }

    fn in_capability(&self, new: &Member<'_>) -> Finding {
        let StructRole::Capability(index) = self.diff.old.role else {
            return self.in_plain(new);
        };
        let known = self.matching.abis().0.capability(index).version;
        let padding = new.role == Role::Reserved && self.is_padding(new);
        if padding || self.new_version(new).is_some() {
            let message = "the body grew at its end, together with its version";
            let finding = self.finding(BODY_CHANGED, Class::Growth, new, message);
            return finding.gate(format!("version {}", new.version));
        }
        let message =
            format!("the body grew, and its version stayed {known}: old kernels never wrote this");
        let finding =
            self.finding(BODY_CHANGED, Class::Wire, new, &message).affects(Affected::NewProgram);
        let witness = self.stale(new);
        finding.witness(witness).help("raise the version, and say with which one the field came")
    }

    fn in_payload(&self, new: &Member<'_>) -> Finding {
        let (before, now) = (size(self.diff.old), size(self.diff.new));
        if before == now {
            return self.in_argument(new);
        }
        let message = format!(
            "the payload has {} bytes, {} before, and its size is compared with sizeof",
            now[0], before[0]
        );
        let finding =
            self.finding(PAYLOAD_RESIZED, Class::Wire, new, &message).affects(Affected::OldProgram);
        let witness = witness::refused(
            self.matching,
            &self.diff.new.name,
            Affected::OldProgram,
            before[0],
            now[0],
        );
        finding.witness(witness).help("give the longer payload an id of its own")
    }

    fn in_argument(&self, new: &Member<'_>) -> Finding {
        let (before, now) = (size(self.diff.old), size(self.diff.new));
        let padding = self.is_padding(new);
        if new.role == Role::Reserved {
            let (code, what) = match padding {
                true => (PADDING_NAMED, "bytes that were padding have a name"),
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
        if let Some(gate) = self.gate(new) {
            return self.grows(code, new, "appended, and counts under its gate only", &gate);
        }
        if new.is_flexible() && !new.is_input() {
            return self.grows(code, new, "an array was appended behind the fixed part", "argsz");
        }
        let (code, affected, message) = match code {
            _ if padding => (
                PADDING_NAMED,
                Affected::Both,
                "a meaning was given to padding, which nobody ever set, and nothing tells",
            ),
            INPUT_ADDED => (
                INPUT_ADDED,
                Affected::Both,
                "an input was appended without a flag: \
                 new kernels read what old programs never set, old kernels pass over it",
            ),
            code => (
                code,
                Affected::NewProgram,
                "an output was appended without a flag: \
                 old kernels never write it, and nothing tells",
            ),
        };
        let finding = self.finding(code, Class::Wire, new, message).affects(affected);
        finding.witness(self.stale(new)).help(GATE)
    }

    /// Contents of regions, elements and similar structs: findings are reported for
    /// the structs that use them.
    fn in_plain(&self, new: &Member<'_>) -> Finding {
        if self.is_padding(new) {
            return self.finding(
                PADDING_NAMED,
                Class::Note,
                new,
                "bytes that were padding have a name",
            );
        }
        let condition = "safe if nobody passes an array of it, or a pointer to one";
        let finding = self.finding(FIELD_INSERTED, Class::Growth, new, "appended at the end");
        Finding { condition: Some(condition.to_owned()), ..finding }
    }

    /// Growth that argsz and a gate keep from programs that do not know it.
    fn grows(&self, code: Code, new: &Member<'_>, what: &str, gate: &str) -> Finding {
        let (before, now) = (size(self.diff.old), size(self.diff.new));
        let model =
            Model::ALL.into_iter().find(|model| before[model.index()] != now[model.index()]);
        let message = match model {
            Some(Model::Lp64) => {
                format!("{what}: the struct grows from {} to {} bytes", before[0], now[0])
            }
            Some(model) => {
                let at = model.index();
                format!("{what}: the struct grows from {} to {} bytes on i386", before[at], now[at])
            }
            None => what.to_owned(),
        };
        let mut finding = self.finding(code, Class::Growth, new, &message).gate(gate);
        finding.condition = self.minsz().filter(|_| self.is_guessed(new)).map(|minsz| {
            format!(
                "safe if the kernel's minsz stays {minsz}, and if it writes and reads `{}` under \
                 its gate only; breaks every old program if minsz becomes sizeof, {}",
                new.name, now[0]
            )
        });
        finding
    }

    fn minsz(&self) -> Option<u64> {
        let field = self.diff.old.minsz?;
        Some(self.diff.old.layouts[Model::Lp64.index()].fields[field].end())
    }

    /// The condition under which a field is valid.
    fn gate(&self, new: &Member<'_>) -> Option<String> {
        let host = self.matching.abis().1.chain_of(self.id).and_then(|chain| chain.host());
        let told = match new.role {
            Role::CapOffset => host.map(|host| host.flag.0.clone()),
            _ => new.valid_if.filter(|gate| !self.is_old(gate)).map(str::to_owned),
        };
        let told = told.or_else(|| self.new_version(new));
        told.or_else(|| self.new_flag().filter(|_| self.is_guessed(new)))
    }

    /// Whether a gate is older than the field, so that it does not show that the field exists.
    fn is_old(&self, gate: &str) -> bool {
        let old = self.matching.abis().0;
        old.groups.iter().flat_map(|group| &group.values).any(|value| value.name == gate)
    }

    /// The version of a capability that came with a field.
    fn new_version(&self, new: &Member<'_>) -> Option<String> {
        let StructRole::Capability(index) = self.diff.old.role else { return None };
        let known = self.matching.abis().0.capability(index).version;
        (new.version > known).then(|| format!("version {}", new.version))
    }

    /// Whether a field is known from a header only, which does not state its gate.
    fn is_guessed(&self, new: &Member<'_>) -> bool {
        self.matching.new.knowledge.guessed.contains(&new.path(self.diff.new))
    }

    /// A flag that came to the struct together with a field, and can be its gate.
    fn new_flag(&self) -> Option<String> {
        let flags = self
            .matching
            .abis()
            .1
            .held_groups(self.id)
            .filter(|group| group.kind == GroupKind::Flags);
        let mut values = flags.flat_map(|group| &group.values);
        values.find(|value| !self.is_old(&value.name)).map(|value| value.name.clone())
    }

    /// Whether old fields have the same bytes.
    fn covers_old_bytes(&self, new: &Member<'_>) -> bool {
        let kept: Vec<_> = self.diff.unchanged.iter().map(|(old, _)| *old).collect();
        self.covers(&kept, new) || self.covers(&self.diff.reused, new)
    }

    fn covers(&self, old: &[Member<'_>], new: &Member<'_>) -> bool {
        let span = new.spans[Model::Lp64.index()];
        let meets = |old: &Member<'_>| {
            let other = old.spans[Model::Lp64.index()];
            other.offset < span.end() && span.offset < other.end()
        };
        old.iter().any(meets)
    }

    /// Whether it uses unnamed bytes of the old struct.
    fn is_padding(&self, new: &Member<'_>) -> bool {
        new.spans[Model::Lp64.index()].offset < size(self.diff.old)[Model::Lp64.index()]
    }

    fn stale(&self, new: &Member<'_>) -> super::report::Witness {
        witness::stale(self.matching, self.diff, new)
    }

    fn finding(&self, code: Code, class: Class, new: &Member<'_>, message: &str) -> Finding {
        let subject = new.path(self.diff.new);
        Finding::new(code, class, subject, message).at(Party::New, new.meta.place)
    }
}

const GATE: &str = "tie it to a flag, an op or an id that says when it is valid (`valid_if`)";

fn size(struct_: &Struct) -> PerModel<u64> {
    struct_.layouts.each_ref().map(|layout| layout.size)
}
