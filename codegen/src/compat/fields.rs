//! The fields of one struct on both sides: which are the same, and which of
//! them moved, went or changed their type.

use super::finding::{C1, C2, C3, C7, C9, C13, C19, C21, Class, Finding, Party, Victim};
use super::growth;
use super::pairs::{Pairs, related};
use super::witness;
use crate::ir::{Abi, Member, Role, Struct, StructId, StructRole, Type};
use crate::layout::{Int, Model, Span};
use crate::reply::Direction;

/// One struct on both sides.
pub(super) struct Twins<'a> {
    pub(super) old: &'a Struct,
    pub(super) new: &'a Struct,
    /// Fields that are on both sides.
    pub(super) kept: Vec<(Member<'a>, Member<'a>)>,
    /// Fields of the old side only.
    pub(super) removed: Vec<Member<'a>>,
    /// Reserved bytes of the old side that are not the same field any more.
    pub(super) freed: Vec<Member<'a>>,
    /// Fields of the new side only.
    pub(super) added: Vec<Member<'a>>,
}

impl<'a> Twins<'a> {
    fn new(abis: (&'a Abi, &'a Abi), old: &'a Struct, new: &'a Struct) -> Self {
        let mut added = abis.1.members(new);
        let (mut kept, mut removed) = (Vec::new(), Vec::new());
        for member in abis.0.members(old) {
            let same = |new: &Member<'_>| new.name == member.name;
            let renamed =
                |new: &Member<'_>| related((member.name, member.meta), (new.name, new.meta));
            let known = added.iter().position(same).or_else(|| added.iter().position(renamed));
            match known {
                Some(at) => kept.push((member, added.remove(at))),
                None => removed.push(member),
            }
        }
        let (reserved, kept) = kept.into_iter().partition::<Vec<_>, _>(|(old, new)| {
            old.role == Role::Reserved && old.spans != new.spans
        });
        // Reserved bytes need not stay one field: what comes of them is looked at by itself.
        let (mut freed, rest) = reserved.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
        added.extend(rest);
        let mut twins = Self { old, new, kept, removed: Vec::new(), freed: Vec::new(), added };
        // What nobody says to be renamed can be seen to be: its bytes are another's.
        for member in removed {
            let heir = |new: &Member<'_>| new.spans == member.spans && new.union.is_none();
            match twins.added.iter().position(heir) {
                Some(at) => twins.kept.push((member, twins.added.remove(at))),
                None if member.role == Role::Reserved => freed.push(member),
                None => twins.removed.push(member),
            }
        }
        twins.freed = freed;
        twins
    }

    /// Whether some old field lies elsewhere or has another type on a model.
    fn differs(&self, abis: (&Abi, &Abi), model: Model) -> bool {
        !self.removed.is_empty() || self.changes(abis, model).next().is_some()
    }

    /// What happened to old fields on a model, in a few words each.
    fn changes(&self, abis: (&Abi, &Abi), model: Model) -> impl Iterator<Item = String> {
        let kept = self.kept.iter();
        let may_grow = self.new.role == StructRole::Argument;
        kept.filter_map(move |pair| change(abis, may_grow, pair, model))
    }

    /// Whether a new field stands in front of where old ones ended.
    fn is_inserted(&self, model: Model) -> bool {
        let at = model.index();
        let moved =
            self.kept.iter().filter(|(old, new)| old.spans[at].offset < new.spans[at].offset);
        let end = moved.map(|(_, new)| new.spans[at].offset).max();
        let before = |new: &Member<'_>| Some(new.spans[at].offset) < end;
        self.added.iter().any(|new| before(new) && new.union.is_none())
    }
}

pub(super) fn compare(pairs: &Pairs<'_>, old: &Struct, id: StructId) -> Vec<Finding> {
    let abis = pairs.abis();
    let new = abis.1.struct_(id);
    let twins = Twins::new(abis, old, new);
    let mut findings: Vec<_> = twins.kept.iter().filter_map(|pair| renamed(new, pair)).collect();
    findings.extend(twins.kept.iter().filter_map(|pair| turned(pairs, new, pair)));
    findings.extend(twins.freed.iter().filter_map(|old| unnamed(abis.1, new, old)));
    match Model::ALL.into_iter().find(|model| twins.differs(abis, *model)) {
        Some(model) => findings.push(moved(pairs, &twins, model)),
        None => {
            findings.extend(growth::compare(pairs, &twins, id));
        }
    }
    findings.extend(minsz(pairs, old, new));
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
    let finding = Finding::new(C7, Class::Source, new.path(struct_), message);
    (old.name != new.name).then(|| finding.at(Party::New, new.meta.place))
}

/// A reserved field of which only the bytes are left.
fn unnamed(abi: &Abi, struct_: &Struct, old: &Member<'_>) -> Option<Finding> {
    let named = abi.members(struct_).iter().any(|new| new.name == old.name);
    let message = "the reserved field is gone: programs that clear it no longer compile";
    let finding = Finding::new(C7, Class::Source, old.path(struct_), message);
    (!named).then(|| finding.at(Party::Old, old.meta.place))
}

/// A field that stays where it is and is something else to one side.
fn turned(
    pairs: &Pairs<'_>,
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
        _ if reserved(new) => (C9, "in use".to_owned(), "reserved".to_owned()),
        (Some(was), Some(is)) if was != is => (C2, was.to_owned(), is.to_owned()),
        _ if old.valid_if != new.valid_if => (C9, gate(old), gate(new)),
        _ if new.version < old.version => {
            (C13, format!("of version {}", old.version), format!("of version {}", new.version))
        }
        _ => return None,
    };
    let message = format!("the field is {is}, and was {was}");
    let of = |what: &str| format!("`{}`, {what},", new.name);
    let (said, taken_for) = (of(&was), of(&is));
    let witness = witness::understood(
        pairs,
        witness::Maker::Program,
        &struct_.name,
        None,
        &said,
        Some(&taken_for),
    );
    let finding = Finding::new(code, Class::Wire, new.path(struct_), message).hurts(Victim::Both);
    Some(finding.witness(witness).at(Party::New, new.meta.place))
}

fn moved(pairs: &Pairs<'_>, twins: &Twins<'_>, model: Model) -> Finding {
    let abis = pairs.abis();
    let removed = twins.removed.iter().map(|old| format!("`{}` is gone", old.name));
    let all: Vec<_> = removed.chain(twins.changes(abis, model)).collect();
    let everywhere = model == Model::Lp64;
    let code = match twins.new.role {
        _ if !everywhere => C21,
        StructRole::Capability(_) => C13,
        _ if growth::is_payload(abis.1, &twins.new.name) => C19,
        _ if twins.is_inserted(model) => C3,
        _ => C2,
    };
    let (class, on) = match everywhere {
        true => (Class::Wire, ""),
        false => (Class::Wire32, " on i386"),
    };
    let message = format!("{}{on}", all.join(", "));
    let place = twins.new.meta.place;
    Finding::new(code, class, &twins.new.name, message)
        .hurts(Victim::Both)
        .witness(witness::layout(pairs, twins, model))
        .help("leave every old byte where it is, and append")
        .at(Party::New, place)
}

/// How an old field differs on a model, in a few words.
fn change(
    abis: (&Abi, &Abi),
    may_grow: bool,
    (old, new): &(Member<'_>, Member<'_>),
    model: Model,
) -> Option<String> {
    let (before, now) = (old.spans[model.index()], new.spans[model.index()]);
    let name = new.name;
    if before.offset != now.offset {
        return Some(format!("`{name}` moves from {} to {}", before.offset, now.offset));
    }
    if before.size != now.size && !(may_grow && is_grown_struct(old, new)) {
        return Some(format!("`{name}` has {}, {} before", bytes(now), bytes(before)));
    }
    let each = |abi: &Abi, type_: &Type| match type_ {
        Type::Array(element, ..) | Type::Flexible(element, _) => {
            abi.extent(element, model).map(|extent| extent.size)
        }
        _ => None,
    };
    if let (Some(was), Some(is)) = (each(abis.0, old.type_), each(abis.1, new.type_)) {
        if was != is {
            return Some(format!("an element of `{name}` has {is} bytes, {was} before"));
        }
    }
    let (was, is) = (shape(abis.0, old.type_), shape(abis.1, new.type_));
    (was != is && !is_named_anew(old, new)).then(|| format!("`{name}` is {is}, {was} before"))
}

/// A struct at the end of another may grow as that one may.
fn is_grown_struct(old: &Member<'_>, new: &Member<'_>) -> bool {
    matches!((old.type_, new.type_), (Type::Struct(_), Type::Struct(_)))
}

/// A struct under another name is a matter of its own.
fn is_named_anew(old: &Member<'_>, new: &Member<'_>) -> bool {
    let holds = |type_: &Type| match type_ {
        Type::Array(element, ..) | Type::Flexible(element, _) => {
            matches!(**element, Type::Struct(_))
        }
        other => matches!(other, Type::Struct(_)),
    };
    holds(old.type_) && holds(new.type_)
}

/// A type as its bytes show it: `u64` and `aligned_u64` are the same.
fn shape(abi: &Abi, type_: &Type) -> String {
    match type_ {
        Type::Int(Int::AlignedU64) => Int::U64.name().to_owned(),
        Type::Array(element, length, _) => format!("{}[{length}]", shape(abi, element)),
        Type::Flexible(element, _) => [&shape(abi, element), "[]"].concat(),
        other => abi.type_text(other),
    }
}

fn bytes(span: Span) -> String {
    let plural = if span.size == 1 { "" } else { "s" };
    format!("{} byte{plural}", span.size)
}

/// What argsz must cover, where nothing else moved.
fn minsz(pairs: &Pairs<'_>, old: &Struct, new: &Struct) -> Option<Finding> {
    let ends = |struct_: &Struct, model: Model| {
        let field = struct_.minsz?;
        Some(struct_.layouts[model.index()].fields[field].end())
    };
    let model = Model::ALL.into_iter().find(|model| ends(old, *model) != ends(new, *model))?;
    let (before, now) = (ends(old, model)?, ends(new, model)?);
    let (code, class, on) = match model {
        Model::Lp64 => (C1, Class::Wire, ""),
        _ => (C21, Class::Wire32, " on i386"),
    };
    let victim = if now > before { Victim::OldProgram } else { Victim::NewProgram };
    let message = format!("argsz must cover {now} bytes{on}, {before} before");
    let finding = Finding::new(code, class, &new.name, message).hurts(victim);
    let finding = finding.witness(witness::refused(
        pairs,
        &new.name,
        victim,
        before.min(now),
        before.max(now),
    ));
    Some(finding.at(Party::New, new.meta.place).help("leave minsz at the end of the first version"))
}
