//! The fields of one struct on both sides: which are the same, and which of
//! them moved, went or changed tsuccessor type.

use super::added_fields;
use super::codes::{
    BODY_CHANGED, FIELD_INSERTED, FIELD_MOVED, FIELD_RENAMED, MINSZ_CHANGED, PAYLOAD_RESIZED,
    RESERVED_FIELD_USED, SOME_TARGETS_ONLY,
};
use super::matching::Matching;
use super::report::{Affected, Class, Finding, Party};
use super::struct_diff::StructDiff;
use super::witness;
use crate::ir::{Abi, Member, Role, Struct, StructId, StructRole};
use crate::layout::Model;
use crate::reply::Direction;

pub(super) fn compare(matching: &Matching<'_>, old: &Struct, id: StructId) -> Vec<Finding> {
    let abis = matching.abis();
    let new = abis.1.struct_(id);
    let diff = StructDiff::new(abis, old, new);
    let mut findings: Vec<_> =
        diff.unchanged.iter().filter_map(|pair| renamed(new, pair)).collect();
    findings.extend(diff.unchanged.iter().filter_map(|pair| turned(matching, new, pair)));
    findings.extend(diff.reused.iter().filter_map(|old| unnamed(abis.1, new, old)));
    match Model::ALL.into_iter().find(|model| diff.differs(abis, *model)) {
        Some(model) => findings.push(moved(matching, &diff, model)),
        None => {
            findings.extend(added_fields::compare(matching, &diff, id));
        }
    }
    findings.extend(minsz(matching, old, new));
    findings
}

/// A field whose bytes stay, with another name.
fn renamed(struct_: &Struct, (old, new): &(Member<'_>, Member<'_>)) -> Option<Finding> {
    let was = match old.role {
        Role::Reserved => "reserved, and ",
        _ => "",
    };
    let message = format!(
        "the field was {was}called `{}`: programs that name it no longer compile",
        old.name
    );
    let finding = Finding::new(FIELD_RENAMED, Class::Source, new.path(struct_), message);
    (old.name != new.name).then(|| finding.at(Party::New, new.meta.place))
}

/// A reserved field of which only the bytes are left.
fn unnamed(abi: &Abi, struct_: &Struct, old: &Member<'_>) -> Option<Finding> {
    let named = abi.members(struct_).iter().any(|new| new.name == old.name);
    let message = "the reserved field is gone: programs that clear it no longer compile";
    let finding = Finding::new(FIELD_RENAMED, Class::Source, old.path(struct_), message);
    (!named).then(|| finding.at(Party::Old, old.meta.place))
}

/// A field that stays where it is and is something else to one side.
fn turned(
    matching: &Matching<'_>,
    struct_: &Struct,
    (old, new): &(Member<'_>, Member<'_>),
) -> Option<Finding> {
    let way = |member: &Member<'_>| match member.direction {
        Some(Direction::In) => Some("an input"),
        Some(Direction::Out) => Some("an output"),
        Some(Direction::InOut) => Some("both input and output"),
        None => None,
    };
    let gate = |member: &Member<'_>| match member.valid_if {
        Some(gate) => format!("what counts under {gate}"),
        None => "what always counts".to_owned(),
    };
    let reserved = |member: &Member<'_>| member.role == Role::Reserved;
    let (code, was, is) = match (way(old), way(new)) {
        _ if reserved(old) => return None,
        _ if reserved(new) => (RESERVED_FIELD_USED, "in use".to_owned(), "reserved".to_owned()),
        (Some(was), Some(is)) if was != is => (FIELD_MOVED, was.to_owned(), is.to_owned()),
        _ if old.valid_if != new.valid_if => (RESERVED_FIELD_USED, gate(old), gate(new)),
        _ if new.version < old.version => (
            BODY_CHANGED,
            format!("of version {}", old.version),
            format!("of version {}", new.version),
        ),
        _ => return None,
    };
    let message = format!("the field is {is}, and was {was}");
    let of = |what: &str| format!("`{}`, {what},", new.name);
    let (said, taken_for) = (of(&was), of(&is));
    let witness = witness::understood(
        matching,
        witness::Maker::Program,
        &struct_.name,
        None,
        &said,
        Some(&taken_for),
    );
    let finding =
        Finding::new(code, Class::Wire, new.path(struct_), message).affects(Affected::Both);
    Some(finding.witness(witness).at(Party::New, new.meta.place))
}

fn moved(matching: &Matching<'_>, diff: &StructDiff<'_>, model: Model) -> Finding {
    let abis = matching.abis();
    let removed = diff.removed.iter().map(|old| format!("`{}` is gone", old.name));
    let all: Vec<_> = removed.chain(diff.changes(abis, model)).collect();
    let everywhere = model == Model::Lp64;
    let code = match diff.new.role {
        _ if !everywhere => SOME_TARGETS_ONLY,
        StructRole::Capability(_) => BODY_CHANGED,
        _ if added_fields::is_payload(abis.1, &diff.new.name) => PAYLOAD_RESIZED,
        _ if diff.is_inserted(model) => FIELD_INSERTED,
        _ => FIELD_MOVED,
    };
    let (class, on) = match everywhere {
        true => (Class::Wire, ""),
        false => (Class::Wire32, " on i386"),
    };
    let message = format!("{}{on}", all.join(", "));
    let place = diff.new.meta.place;
    Finding::new(code, class, &diff.new.name, message)
        .affects(Affected::Both)
        .witness(witness::layout(matching, diff, model))
        .help("leave every old byte where it is, and append")
        .at(Party::New, place)
}

/// What argsz must cover, where nothing else moved.
fn minsz(matching: &Matching<'_>, old: &Struct, new: &Struct) -> Option<Finding> {
    let ends = |struct_: &Struct, model: Model| {
        let field = struct_.minsz?;
        Some(struct_.layouts[model.index()].fields[field].end())
    };
    let model = Model::ALL.into_iter().find(|model| ends(old, *model) != ends(new, *model))?;
    let (before, now) = (ends(old, model)?, ends(new, model)?);
    let (code, class, on) = match model {
        Model::Lp64 => (MINSZ_CHANGED, Class::Wire, ""),
        _ => (SOME_TARGETS_ONLY, Class::Wire32, " on i386"),
    };
    let affected = if now > before { Affected::OldProgram } else { Affected::NewProgram };
    let message = format!("argsz must cover {now} bytes{on}, {before} before");
    let finding = Finding::new(code, class, &new.name, message).affects(affected);
    let finding = finding.witness(witness::refused(
        matching,
        &new.name,
        affected,
        before.min(now),
        before.max(now),
    ));
    Some(finding.at(Party::New, new.meta.place).help("leave minsz at the end of the first version"))
}
