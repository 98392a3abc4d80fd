//! Members that stay where they are and have another name, direction, role, gate, version or
//! group of numbers.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{
    BODY_CHANGED, FIELD_MOVED, FIELD_RENAMED, ITEM_ADDED, NAME_REMOVED, NOT_JUDGED,
    RESERVED_FIELD_USED,
};
use crate::compat::diff::{AbiDifference, MemberOf, Of};
use crate::compat::finding::{Affected, Bump, Class, Finding, Party, VersionImpact};
use crate::compat::witness;
use crate::diagnostic::Code;
use crate::ir::{Group, Member, Role, Struct};
use crate::reply::Direction;

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[&str] = &[
    "Field.name",
    "Field.direction",
    "Field.role",
    "Field.valid_if",
    "Field.version",
    "Field.group",
    "Field.ids",
    "Payload.direction",
    "Payload.element",
    "Payload.type_by",
    "Payload.length",
    "Payload.shorter",
    "Payload.longer",
    "Payload.returns",
    "Payload.too_small",
    "Payload.lasting",
    "Field.returns_fd",
    "Field.choices",
];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| verdict(comparison, difference))
}

/// The verdict on one key of a member that both sides have.
fn verdict(
    comparison: &Comparison<'_, '_>,
    difference: &AbiDifference<'_>,
) -> Option<Option<Finding>> {
    let Of::Member(index, MemberOf::Unchanged(at)) = difference.of else { return None };
    let pair = &comparison.matching.structs[index];
    let (_, struct_) = pair.structs.both()?;
    let (old, new) = pair.members.as_ref()?.unchanged[at];
    let change = MemberChange { comparison, struct_, old, new };
    Some(match difference.key {
        "Field.name" => Some(change.renamed()),
        "Field.group" => change.group(difference),
        "Field.ids" => Some(change.ids()),
        "Field.choices" => Some(change.choices()),
        "Field.returns_fd" => Some(change.new_fd(difference)),
        key if key.starts_with("Payload.") => change.payload(difference),
        // The rule about layouts judges a reserved field that is put to use.
        _ if old.role == Role::Reserved => return None,
        _ if new.role == Role::Reserved => change.reserved(difference.key),
        "Field.direction" => Some(change.direction()),
        "Field.role" => Some(change.role()),
        "Field.valid_if" => Some(change.gate()),
        "Field.version" => Some(change.version()),
        _ => return None,
    })
}

/// A word of the comparison without the quotes around it.
fn bare(text: &str) -> &str {
    text.trim_matches('`')
}

fn length_word(key: &str) -> &'static str {
    match key {
        "Payload.shorter" => "shorter",
        _ => "longer",
    }
}

struct MemberChange<'m, 'a> {
    comparison: &'m Comparison<'m, 'a>,
    struct_: &'a Struct,
    old: Member<'a>,
    new: Member<'a>,
}

impl MemberChange<'_, '_> {
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
    fn reserved(&self, key: &str) -> Option<Finding> {
        (key == "Field.role").then(|| {
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
        let hidden = matching.groups.iter().any(|pair| {
            let named = |group: &Group, text: &str| text == format!("`{}`", group.name);
            let old = |group| named(group, &was) && matching.new.cannot_have(group);
            let new = |group| named(group, &is) && matching.old.cannot_have(group);
            pair.new.is_none() && pair.old.is_some_and(old)
                || pair.old.is_none() && pair.new.is_some_and(new)
        });
        if hidden {
            return None;
        }
        let typed = |name: &str| {
            let groups = self.comparison.matching.groups.iter();
            let mut groups = groups.flat_map(|pair| [pair.old, pair.new]).flatten();
            groups.any(|group| name == format!("`{}`", group.name) && group.rust.is_some())
        };
        Some(match (typed(&was), typed(&is)) {
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

    fn ids(&self) -> Finding {
        let message = "the ids that its flags hold are specified in another way".to_owned();
        self.finding(NAME_REMOVED, Class::Note, message)
    }

    /// The memory that a field has the address of. One finding for all of its keys.
    fn payload(&self, difference: &AbiDifference<'_>) -> Option<Finding> {
        let (was, is) = difference.texts();
        let finding = |code, class, message: &str| self.finding(code, class, message.to_owned());
        Some(match (difference.key, was.as_str(), is.as_str()) {
            ("Payload.direction", "unset", _) => {
                let message = "the memory at its address is specified now";
                finding(FIELD_MOVED, Class::Note, message)
            }
            ("Payload.direction", _, "unset") => {
                let message = "the memory at its address was specified, and is unknown now";
                finding(NOT_JUDGED, Class::NotJudged, message)
            }
            (_, "unset", _) | (_, _, "unset") => return None,
            ("Payload.direction", ..) => {
                let way = |text: &str| format!("the address of memory that is passed {text}");
                self.turned(FIELD_MOVED, Affected::Both, way(&was), way(&is))
            }
            ("Payload.element", ..) => {
                let elements = |text: &str| format!("the address of elements of type {text}");
                self.turned(FIELD_MOVED, Affected::Both, elements(&was), elements(&is))
            }
            ("Payload.type_by", ..) => {
                let typed = |text: &str| format!("the address of memory that is typed by {text}");
                self.turned(FIELD_MOVED, Affected::Both, typed(&was), typed(&is))
            }
            ("Payload.shorter" | "Payload.longer", "`refused`", _) => {
                let side = length_word(difference.key);
                let message = format!("memory that is {side} than the data is {} now", bare(&is));
                self.finding(FIELD_MOVED, Class::Note, message)
            }
            ("Payload.shorter" | "Payload.longer", ..) => {
                let side = length_word(difference.key);
                let treated = |text: &str| {
                    format!("the address of memory that is {} if it is {side}", bare(text))
                };
                self.turned(FIELD_MOVED, Affected::OldProgram, treated(&was), treated(&is))
            }
            ("Payload.returns", ..) => {
                let returns = |text: &str| {
                    format!("the address of memory of which the call returns {}", bare(text))
                };
                self.turned(FIELD_MOVED, Affected::Both, returns(&was), returns(&is))
            }
            ("Payload.too_small", ..) => {
                let fails =
                    |text: &str| format!("the address of memory that gives {text} if too small");
                self.turned(FIELD_MOVED, Affected::Both, fails(&was), fails(&is))
            }
            ("Payload.lasting", ..) => {
                let lasts = |text: &str| match text {
                    "true" => {
                        "the address of memory that is accessed after the call too".to_owned()
                    }
                    _ => "the address of memory that is accessed during the call only".to_owned(),
                };
                self.turned(FIELD_MOVED, Affected::OldProgram, lasts(&was), lasts(&is))
            }
            _ => {
                let length = |text: &str| format!("the address of memory with a length of {text}");
                self.turned(FIELD_MOVED, Affected::Both, length(&was), length(&is))
            }
        })
    }

    /// The kind of a new file descriptor.
    fn new_fd(&self, difference: &AbiDifference<'_>) -> Finding {
        let (was, is) = difference.texts();
        let kind = |text: &str| match text {
            "unset" => "a new file descriptor".to_owned(),
            kind => format!("a new file descriptor of kind {kind}"),
        };
        if was != "unset" && is != "unset" {
            return self.turned(FIELD_MOVED, Affected::Both, kind(&was), kind(&is));
        }
        let message = format!(
            "the field is specified as {}, and was {}: its function in Rust returns another type",
            kind(&is),
            kind(&was)
        );
        self.finding(FIELD_MOVED, Class::Source, message).in_crate_only()
    }

    /// The flags themselves are compared as numbers.
    fn choices(&self) -> Finding {
        let message = "the flags that exclude each other are specified in another way".to_owned();
        self.finding(ITEM_ADDED, Class::Note, message)
    }

    /// A field that one side takes for something else.
    fn turned(&self, code: Code, affected: Affected, was: String, is: String) -> Finding {
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

    fn finding(&self, code: Code, class: Class, message: String) -> Finding {
        let subject = self.new.path(self.struct_);
        Finding::new(code, class, subject, message).at(Party::New, self.new.meta.place)
    }
}
