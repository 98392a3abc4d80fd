//! Members that stay where they are and have another name, direction, role, gate or version, or
//! hold other numbers or file descriptors.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::Side;
use crate::compat::codes::{
    BODY_CHANGED, FIELD_MOVED, FIELD_RENAMED, ITEM_ADDED, NAME_REMOVED, NOT_JUDGED,
    RESERVED_FIELD_USED,
};
use crate::compat::diff::{AbiDifference, Datum, IrKey, MemberOf, Of, key};
use crate::compat::finding::{Affected, Bump, Class, Finding, Party, VersionImpact};
use crate::compat::matching::Matched;
use crate::compat::witness;
use crate::diagnostic::Code;
use crate::ir::{Group, Member, Role, Struct};
use crate::reply::Direction;

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[
    key!(Field.name),
    key!(Field.direction),
    key!(Field.role),
    key!(Field.valid_if),
    key!(Field.version),
    key!(Field.group),
    key!(Field.ids),
    key!(Field.returns_fd),
    key!(Field.choices),
];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| verdict(comparison, difference))
}

/// The verdict on one key of a member that both sides have.
fn verdict(
    comparison: &Comparison<'_, '_>,
    difference: &AbiDifference<'_>,
) -> Option<Option<Finding>> {
    let change = MemberChange::of(comparison, difference)?;
    let MemberChange { old, new, .. } = &change;
    Some(match difference.key {
        key!(Field.name) => Some(change.renamed()),
        key!(Field.group) => change.group(difference),
        key!(Field.ids) => Some(change.ids()),
        key!(Field.choices) => Some(change.choices()),
        key!(Field.returns_fd) => Some(change.new_fd(difference)),
        // The rule about layouts judges a reserved field that is put to use.
        _ if old.role == Role::Reserved => return None,
        _ if new.role == Role::Reserved => change.reserved(difference.key),
        key!(Field.direction) => Some(change.direction()),
        key!(Field.role) => Some(change.role()),
        key!(Field.valid_if) => Some(change.gate()),
        key!(Field.version) => Some(change.version()),
        _ => return None,
    })
}

/// A member that both sides have.
pub(super) struct MemberChange<'m, 'a> {
    comparison: &'m Comparison<'m, 'a>,
    struct_: &'a Struct,
    pub(super) old: Member<'a>,
    pub(super) new: Member<'a>,
}

impl<'m, 'a> MemberChange<'m, 'a> {
    /// The member of a difference.
    pub(super) fn of(
        comparison: &'m Comparison<'m, 'a>,
        difference: &AbiDifference<'_>,
    ) -> Option<Self> {
        let Of::Member(index, MemberOf::Both(at)) = difference.of else { return None };
        let pair = &comparison.matching.structs[index];
        let (_, struct_) = pair.structs.both()?;
        let (old, new) = pair.members.as_ref()?.both[at];
        Some(Self { comparison, struct_, old, new })
    }

    fn renamed(&self) -> Finding {
        let was = match self.old.role {
            Role::Reserved => "reserved, and ",
            _ => "",
        };
        let name = self.old.name;
        let message =
            format!("the field was {was}called `{name}`: programs that name it no longer compile");
        self.finding(FIELD_RENAMED, Class::Source, message)
    }

    /// One finding, although the direction and the gate may differ as well.
    fn reserved(&self, key: IrKey) -> Option<Finding> {
        (key == key!(Field.role)).then(|| {
            self.turned(
                RESERVED_FIELD_USED,
                Affected::Both,
                "in use".to_owned(),
                "reserved".to_owned(),
            )
        })
    }

    fn direction(&self) -> Finding {
        let words = |direction: Direction| match direction {
            Direction::In => "an input",
            Direction::Out => "an output",
            Direction::InOut => "both input and output",
        };
        match (self.old.direction, self.new.direction) {
            (Some(was), Some(is)) => {
                let (was, is) = (words(was).to_owned(), words(is).to_owned());
                self.turned(FIELD_MOVED, Affected::Both, was, is)
            }
            (None, Some(is)) => {
                let message = format!("the field is specified as {} now", words(is));
                self.finding(FIELD_MOVED, Class::Note, message)
            }
            (was, _) => {
                let was = was.map_or("unknown", words);
                let message = format!("the field was {was}, and its direction is unknown now");
                self.finding(NOT_JUDGED, Class::NotJudged, message).help("specify its direction")
            }
        }
    }

    fn role(&self) -> Finding {
        let words = |role: Role| match role {
            Role::Argsz => "the size of the buffer",
            Role::Flags => "the flags",
            Role::CapOffset => "the offset of the chain",
            Role::Header => "the header of a capability",
            Role::Reserved => "reserved",
            Role::Fd => "a file descriptor",
            Role::OptionalFd => "a file descriptor, or -1",
            Role::Count | Role::Data => "data",
        };
        let (was, is) = (words(self.old.role).to_owned(), words(self.new.role).to_owned());
        let is_size = |role: Role| matches!(role, Role::Argsz | Role::CapOffset | Role::Header);
        match is_size(self.old.role) || is_size(self.new.role) {
            true => self.turned(FIELD_MOVED, Affected::Both, was, is),
            false => {
                let message = format!("the field is {is}, and was {was}; its bytes are the same");
                self.finding(FIELD_MOVED, Class::Note, message)
            }
        }
    }

    fn gate(&self) -> Finding {
        let words = |member: &Member<'_>| match member.valid_if {
            Some(gate) => format!("valid under {gate}"),
            None => "always valid".to_owned(),
        };
        let (was, is) = (words(&self.old), words(&self.new));
        self.turned(RESERVED_FIELD_USED, Affected::Both, was, is)
    }

    fn version(&self) -> Finding {
        let (was, is) = (self.old.version, self.new.version);
        let affected = if is < was { Affected::Both } else { Affected::NewProgram };
        self.turned(BODY_CHANGED, affected, format!("of version {was}"), format!("of version {is}"))
    }

    /// The type of a field in Rust is that of its numbers, if they have a type.
    /// No finding if one side is a header, which cannot have the group.
    fn group(&self, difference: &AbiDifference<'_>) -> Option<Finding> {
        let (was, is) = difference.texts();
        let matching = self.comparison.matching;
        let (old, new) = matching.abis();
        let old = self.old.group.and_then(|id| self.pair_of(old.group(id)));
        let new = self.new.group.and_then(|id| self.pair_of(new.group(id)));
        let lacks = |pair: Option<Matched<&Group>>, side: &Side| {
            pair.is_some_and(|pair| match (pair.old, pair.new) {
                (Some(group), None) | (None, Some(group)) => side.cannot_have(group),
                _ => false,
            })
        };
        if lacks(old, matching.new) || lacks(new, matching.old) {
            return None;
        }
        let is_typed = |pair: Option<Matched<&Group>>| {
            let sides = pair.iter().flat_map(|pair| [pair.old, pair.new]).flatten();
            sides.into_iter().any(|group| group.rust.is_some())
        };
        Some(match (is_typed(old), is_typed(new)) {
            (true, _) => {
                let message = format!(
                    "the field holds {is}, {was} before: Rust programs that use its type no \
                     longer compile"
                );
                self.finding(NAME_REMOVED, Class::Source, message).in_crate_only()
            }
            (false, true) => {
                let message = format!("the field holds {is}: it has a type of its own in Rust");
                let finding = self.finding(ITEM_ADDED, Class::Growth, message).off_the_wire();
                let versions = VersionImpact { crate_: Bump::Major, ..finding.versions };
                finding.versions(versions)
            }
            (false, false) => {
                let message = format!("the field holds {is}, {was} before");
                self.finding(ITEM_ADDED, Class::Note, message)
            }
        })
    }

    /// The pair with a group of one side.
    fn pair_of(&self, group: &Group) -> Option<Matched<&'a Group>> {
        let same = |one: Option<&Group>| one.is_some_and(|one| std::ptr::eq(one, group));
        let mut pairs = self.comparison.matching.groups.iter();
        pairs.find(|pair| same(pair.old) || same(pair.new)).copied()
    }

    fn ids(&self) -> Finding {
        let message = "the ids that its flags hold are specified in another way".to_owned();
        self.finding(NAME_REMOVED, Class::Note, message)
    }

    /// The kind of a new file descriptor.
    fn new_fd(&self, difference: &AbiDifference<'_>) -> Finding {
        let (before, now) = difference.set_values();
        let kind = |kind: Option<&Datum<'_>>| match kind {
            None => "a new file descriptor".to_owned(),
            Some(kind) => format!("a new file descriptor of kind {kind}"),
        };
        let (was, is) = (kind(before), kind(now));
        if before.is_some() && now.is_some() {
            return self.turned(FIELD_MOVED, Affected::Both, was, is);
        }
        let message = format!(
            "the field is specified as {is}, and was {was}: its function in Rust returns another \
             type"
        );
        self.finding(FIELD_MOVED, Class::Source, message).in_crate_only()
    }

    /// The flags themselves are compared as numbers.
    fn choices(&self) -> Finding {
        let message = "the flags that exclude each other are specified in another way".to_owned();
        self.finding(ITEM_ADDED, Class::Note, message)
    }

    /// A field that one side takes for something else.
    pub(super) fn turned(
        &self,
        code: Code,
        affected: Affected,
        was: String,
        is: String,
    ) -> Finding {
        let message = format!("the field is {is}, and was {was}");
        let of = |what: &str| format!("`{}`, {what},", self.new.name);
        let (said, taken_for) = (of(&was), of(&is));
        let witness = witness::understood(
            self.comparison.matching,
            witness::Maker::Program,
            &self.struct_.name,
            None,
            &said,
            Some(&taken_for),
        );
        self.finding(code, Class::Wire, message).affects(affected).witness(witness)
    }

    pub(super) fn finding(&self, code: Code, class: Class, message: String) -> Finding {
        let subject = self.new.path(self.struct_);
        Finding::new(code, class, subject, message).at(Party::New, self.new.meta.place)
    }
}
