//! Structs that the two sides declare otherwise: what one writes, and what the
//! other reads.

use super::{STALE, kernel, program};
use crate::compat::evidence::{Within, Witness, WitnessClaim, WitnessPiece};
use crate::compat::matching::{Matching, StructPair};
use crate::ir::{Abi, Field, Member, Role, Struct, Type};
use crate::layout::{Model, Span};
use crate::model::sample;
use crate::reply::Direction;

/// How many elements of an array are looked at: the second one shows its size.
const ELEMENTS: u64 = 2;

/// Old fields that lie elsewhere on the new side: what an old program passes to
/// a new kernel, or reads from it.
pub(in crate::compat) fn layout(
    matching: &Matching<'_>,
    pair: &StructPair<'_>,
    model: Model,
) -> Option<Witness> {
    let ((before, now), members) = pair.structs.both().zip(pair.members.as_ref())?;
    let moved =
        members.both.iter().find(|(old, new)| old.spans[model.index()] != new.spans[model.index()]);
    let first = moved.map(|(old, _)| old).or(members.removed.first());
    let input = first.is_some_and(|old| old.direction == Some(Direction::In));
    let old = Declared { abi: matching.abis().0, struct_: before, model };
    let new = Declared { abi: matching.abis().1, struct_: now, model };
    let (maker, reader) = if input { (old, new) } else { (new, old) };
    let (made_by, read_by) = match input {
        true => (program(matching.old), kernel(matching.new)),
        false => (kernel(matching.new), program(matching.old)),
    };
    let mut witness = made(made_by, read_by, maker, reader);
    witness.target = target(model);
    for (old, new) in &members.both {
        let (from, to) = if input { (old, new) } else { (new, old) };
        witness.claims.extend(misread(&witness, (maker, from), (reader, to)));
    }
    for old in members.removed.iter().filter(|_| !input) {
        witness.claims.push(unset(&witness, reader, old));
    }
    (!witness.claims.is_empty()).then_some(witness)
}

/// A new field that its reader, a new kernel for an input and a new program otherwise,
/// finds in what an old program or kernel made without it.
pub(in crate::compat) fn stale(
    matching: &Matching<'_>,
    pair: &StructPair<'_>,
    new: &Member<'_>,
) -> Option<Witness> {
    let (before, now) = pair.structs.both()?;
    let model = Model::Lp64;
    let maker = Declared { abi: matching.abis().0, struct_: before, model };
    let reader = Declared { abi: matching.abis().1, struct_: now, model };
    let (made_by, read_by) = match new.is_input() {
        true => (program(matching.old), kernel(matching.new)),
        false => (kernel(matching.old), program(matching.new)),
    };
    let witness = made(made_by, read_by, maker, reader);
    let claim = unset(&witness, reader, new);
    Some(witness.claim(claim))
}

/// Two structs of a type one after the other, of which the reader looks for the second one by
/// the size that it knows.
pub(in crate::compat) fn next_element(
    matching: &Matching<'_>,
    pair: &StructPair<'_>,
    model: Model,
    from_program: bool,
) -> Option<Witness> {
    let (before, now) = pair.structs.both()?;
    let (maker, reader, made_by, read_by) = match from_program {
        true => (before, now, program(matching.old), kernel(matching.new)),
        false => (now, before, kernel(matching.new), program(matching.old)),
    };
    let pieces = |struct_: &Struct| -> Vec<WitnessPiece> {
        let layout = &struct_.layouts[model.index()];
        let piece = |name: &str| WitnessPiece {
            name: name.to_owned(),
            size: layout.size,
            align: layout.align,
            bytes: (0..layout.size).map(|at| sample::mark(name, at)).collect(),
        };
        ["first", "second"].map(piece).into()
    };
    let (one, other) = (maker.layouts[model.index()].size, reader.layouts[model.index()].size);
    let mut bytes = vec![STALE; (2 * one.max(other)) as usize];
    let made = pieces(maker).into_iter().flat_map(|piece| piece.bytes);
    bytes.iter_mut().zip(made).for_each(|(byte, mark)| *byte = mark);
    let shared = one.min(other);
    let second = |size: u64| slice(&bytes, Span { offset: size, size: shared });
    let claim = WitnessClaim::Misread {
        field: format!("{}[1]", reader.name),
        offset: other,
        meant: second(one),
        found: second(other),
        within: Within { piece: "second".to_owned(), at: 0 },
    };
    let mut witness = Witness::new(made_by, read_by, &reader.name, bytes);
    witness.target = target(model);
    (witness.maker, witness.reader) = (pieces(maker), pieces(reader));
    Some(witness.claim(claim))
}

/// The only target on which something is to be seen, if it is only one.
fn target(model: Model) -> Option<&'static str> {
    match model {
        Model::Lp64 => None,
        Model::Ilp32 => Some("i386"),
        Model::Ilp32Aligned => Some("arm"),
    }
}

/// A struct as one side declares it.
#[derive(Clone, Copy)]
struct Declared<'a> {
    abi: &'a Abi,
    struct_: &'a Struct,
    model: Model,
}

impl Declared<'_> {
    /// Where a member lies, and the size of an element if it is an array's.
    fn span(&self, member: &Member<'_>) -> (Span, Option<u64>) {
        let span = member.spans[self.model.index()];
        let each = match member.type_ {
            Type::Array(element, ..) | Type::Flexible(element, _) => {
                self.abi.extent(element, self.model).map(|extent| extent.size)
            }
            _ => None,
        };
        let size = match each {
            Some(each) if member.is_flexible() => each * ELEMENTS,
            _ => span.size,
        };
        (Span { size, ..span }, each)
    }

    /// What a compiler has to know of the fields.
    fn pieces(&self) -> Vec<WitnessPiece> {
        let members = self.abi.members(self.struct_);
        let piece = |index: usize| {
            let field = &self.struct_.fields[index];
            let own = self.struct_.spans(index)[self.model.index()];
            let flexible = members.iter().find(|one| one.is_flexible() && one.name == field.name);
            let span = flexible.map_or(own, |member| self.span(member).0);
            let align = self.abi.extent(&field.type_, self.model).map_or(1, |extent| extent.align);
            let align = if self.struct_.packed { 1 } else { align };
            let name = field.name.clone();
            let bytes = (0..span.size).map(|at| sample::mark(&name, at));
            let bytes = match self.number(field) {
                Some(number) => number.to_le_bytes().into_iter().take(span.size as usize).collect(),
                None => bytes.collect(),
            };
            WitnessPiece { name, size: span.size, align, bytes }
        };
        (0..self.struct_.fields.len()).map(piece).filter(|piece| piece.size > 0).collect()
    }

    /// The number of a field that a reader acts on before it looks at the others: a size, a
    /// count, flags. `None` for all other fields, which are marked.
    fn number(&self, field: &Field) -> Option<u64> {
        if !matches!(field.type_, Type::Int(_)) {
            return None;
        }
        match field.role {
            Role::Argsz => Some(self.end()),
            Role::Count => Some(ELEMENTS),
            Role::CapOffset => Some(0),
            Role::Flags => {
                let flags = field.group.map(|id| &self.abi.group(id).values);
                let bits = flags.into_iter().flatten().filter(|flag| flag.number.count_ones() == 1);
                let lowest = bits.filter_map(|flag| u64::try_from(flag.number).ok()).min();
                Some(lowest.unwrap_or(0))
            }
            Role::Header | Role::Reserved | Role::Fd | Role::OptionalFd | Role::Data => None,
        }
    }

    /// The struct with every field marked, in a buffer of so many stale bytes.
    fn bytes(&self, size: u64) -> Vec<u8> {
        let mut bytes = vec![STALE; size as usize];
        for piece in self.pieces() {
            let field = self.struct_.fields.iter().position(|field| field.name == piece.name);
            let offset = field.map_or(0, |at| self.struct_.spans(at)[self.model.index()].offset);
            let place = bytes.iter_mut().skip(offset as usize);
            place.zip(&piece.bytes).for_each(|(byte, mark)| *byte = *mark);
        }
        bytes
    }

    fn end(&self) -> u64 {
        let members = self.abi.members(self.struct_);
        let ends = members.iter().map(|member| self.span(member).0.end());
        ends.chain([self.struct_.layouts[self.model.index()].size]).max().unwrap_or(0)
    }

    /// The piece that a member is a part of.
    fn within(&self, member: &Member<'_>, at: u64) -> Within {
        let holds = |field: &&crate::ir::Field| {
            field.name == member.name || field.arms().iter().any(|arm| arm.name == member.name)
        };
        let field = self.struct_.fields.iter().find(holds);
        let piece = field.map(|field| field.name.clone()).unwrap_or_default();
        Within { piece, at }
    }
}

fn made(made_by: String, read_by: String, maker: Declared<'_>, reader: Declared<'_>) -> Witness {
    let bytes = maker.bytes(maker.end().max(reader.end()));
    let mut witness = Witness::new(made_by, read_by, &reader.struct_.name, bytes);
    (witness.maker, witness.reader) = (maker.pieces(), reader.pieces());
    witness
}

fn slice(bytes: &[u8], span: Span) -> Vec<u8> {
    bytes.iter().skip(span.offset as usize).take(span.size as usize).copied().collect()
}

/// A field that the reader finds other bytes for than the maker wrote.
fn misread(
    witness: &Witness,
    (maker, from): (Declared<'_>, &Member<'_>),
    (reader, to): (Declared<'_>, &Member<'_>),
) -> Option<WitnessClaim> {
    let ((made, one), (read, other)) = (maker.span(from), reader.span(to));
    let claim = |field: String, made: Span, read: Span, at: u64| {
        let (meant, found) = (slice(&witness.bytes, made), slice(&witness.bytes, read));
        let within = reader.within(to, at);
        let claim = WitnessClaim::Misread {
            field,
            offset: read.offset,
            meant: meant.clone(),
            found,
            within,
        };
        (meant != slice(&witness.bytes, read)).then_some(claim)
    };
    let whole = claim(to.name.to_owned(), made, read, 0);
    let (Some(one), Some(other)) = (one, other) else { return whole };
    if made.offset != read.offset || one == other {
        return whole;
    }
    let second = |span: Span, each: u64| Span { offset: span.offset + each, size: each };
    claim(format!("{}[1]", to.name), second(made, one), second(read, other), other)
}

fn unset(witness: &Witness, reader: Declared<'_>, member: &Member<'_>) -> WitnessClaim {
    let span = reader.span(member).0;
    let found = slice(&witness.bytes, span);
    let (field, offset) = (member.name.to_owned(), span.offset);
    WitnessClaim::Unset { field, offset, found, within: reader.within(member, 0) }
}
