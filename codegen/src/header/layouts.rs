//! Types of members, and the layout of structs by `crate::layout`.

mod bit_fields;
mod described;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::codes::{DEFINED_TWICE, NO_LAYOUT};
use super::comments::{about, about_member, of_members};
use super::declarations::DeclaredStruct;
use super::externals::Outside;
use super::facts::{FieldFact, StructFact, TypeFact};
use super::members::{BaseType, ParsedMember};
use super::program::Program;
use super::reserved_words;
use super::tokens::{Kind, Token};
use super::types::{IntType, has_explicit_alignment};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::ir::{FieldSpans, UnreadItem};
use crate::layout::{Extent, Int, Layout, Model, PerModel, too_large};
use crate::names::field_name;

/// Structs with their layouts, and those that cannot be described.
#[derive(Default)]
pub(super) struct LaidOut {
    pub(super) structs: Vec<StructFact>,
    pub(super) unread: Vec<UnreadStruct>,
}

/// A struct that has no layout, or none that a specification describes.
pub(super) struct UnreadStruct {
    pub(super) name: String,
    pub(super) reason: String,
    pub(super) place: Place,
    pub(super) spans: FieldSpans,
}

/// Why a struct is not described, and where its fields lie if that is known.
struct LayoutFault {
    reason: String,
    spans: FieldSpans,
}

impl From<String> for LayoutFault {
    fn from(reason: String) -> Self {
        Self { reason, spans: Vec::new() }
    }
}

/// Computes an expression with the sizes of the structs that are laid out.
pub(super) type Evaluate<'e, 'a> =
    dyn FnMut(&[Token<'a>], &HashMap<String, PerModel<Extent>>) -> Result<i128, String> + 'e;

/// The types that have names.
pub(super) struct TypeNames<'n, 'a> {
    /// Those of typedefs.
    pub(super) typedefs: &'n HashMap<&'a str, BaseType<'a>>,
    /// The integers of enums.
    pub(super) enums: &'n HashMap<&'a str, Int>,
}

struct Planner<'r, 'a> {
    program: &'r Program<'a>,
    types: TypeNames<'r, 'a>,
    outside: &'r Outside,
    /// The names of structs that the headers declare, those that are not read too.
    declared: HashSet<&'r str>,
    known: HashMap<String, PerModel<Extent>>,
}

/// A type with its exact size and alignment on each model.
struct Planned {
    type_: TypeFact,
    extents: PerModel<Extent>,
}

/// Lays out structs. They can be in any order, because files can be.
pub(super) fn lay_out<'a>(
    program: &Program<'a>,
    structs: &[DeclaredStruct<'a>],
    types: TypeNames<'_, 'a>,
    (outside, unread): (&Outside, &BTreeMap<String, UnreadItem>),
    evaluate: &mut Evaluate<'_, 'a>,
    problems: &mut Diagnostics,
) -> LaidOut {
    let names = structs.iter().map(|one| &one.name).chain(unread.keys());
    let declared = names.map(String::as_str).collect();
    let mut planner = Planner { program, types, outside, declared, known: HashMap::new() };
    let mut laid = LaidOut::default();
    let mut seen = HashSet::new();
    let mut waiting = Vec::new();
    for item in structs {
        match seen.insert(item.name.as_str()) {
            true => waiting.push(item),
            false => {
                let message = format!("the struct `{}` is declared twice", item.name);
                problems.push(Diagnostic::error(DEFINED_TWICE, message).at(item.at.place, ""));
            }
        }
    }
    loop {
        let mut later = Vec::new();
        let mut failed = Vec::new();
        let count = waiting.len();
        for item in std::mem::take(&mut waiting) {
            match planner.plan(item, evaluate) {
                Ok(fact) => {
                    reserved_words::report(&item.members, problems);
                    let extents = fact.layouts.each_ref().map(Layout::extent);
                    planner.known.insert(item.name.clone(), extents);
                    laid.structs.push(fact);
                }
                Err(why) => {
                    later.push(item);
                    failed.push(why);
                }
            }
        }
        if later.is_empty() || later.len() == count {
            for (item, LayoutFault { reason, spans }) in later.into_iter().zip(failed) {
                let message = format!("`{}` is not read: {reason}", item.name);
                let (name, place) = (item.name.clone(), item.at.place);
                problems.push(Diagnostic::warning(NO_LAYOUT, message).at(place, ""));
                laid.unread.push(UnreadStruct { name, reason, place, spans });
            }
            break;
        }
        waiting = later;
    }
    // Inner structs come before the outer one.
    let order: HashMap<&str, usize> =
        structs.iter().enumerate().map(|(index, item)| (item.name.as_str(), index)).collect();
    laid.structs.sort_by_key(|one| order.get(one.name.as_str()).copied());
    laid
}

impl<'a> Planner<'_, 'a> {
    fn plan(
        &self,
        item: &DeclaredStruct<'a>,
        evaluate: &mut Evaluate<'_, 'a>,
    ) -> Result<StructFact, LayoutFault> {
        if let Some(bits) = item.members.iter().find(|member| member.bits.is_some()) {
            let name = bits.name.map_or("without a name", |name| name.text);
            let reason = format!("no specification describes bit fields, such as `{name}`");
            return Err(LayoutFault { reason, spans: self.with_bit_fields(item, evaluate)? });
        }
        let member_docs = match item.inner {
            true => BTreeMap::new(),
            false => of_members(self.program, &item.at),
        };
        let mut fields = Vec::new();
        let mut exact: PerModel<Vec<Extent>> = Default::default();
        for member in &item.members {
            let Planned { mut type_, extents } = self.member(member, evaluate)?;
            let own_align = self.alignment(member, evaluate)?;
            for model in Model::ALL {
                let mut extent = extents[model.index()];
                let packed = item.attributes.packed || member.attributes.packed;
                if packed && !has_explicit_alignment(&type_) {
                    extent.align = 1;
                }
                extent.align = extent.align.max(own_align.unwrap_or(1));
                extent.align = extent.align.min(item.pack.unwrap_or(u64::MAX));
                exact[model.index()].push(extent);
            }
            if own_align == Some(8) {
                type_.align_to_8();
            }
            if item.pack.is_some_and(|most| most < 8) {
                type_.drop_alignment();
            }
            fields.push(FieldFact {
                name: member.name.map(|name| field_name(name.text)).unwrap_or_default(),
                type_,
                doc: member
                    .name
                    .map(|name| about_member(self.program, &name, &item.at, &member_docs))
                    .unwrap_or_default(),
                place: member.name.map_or(item.at.place, |name| name.place),
            });
        }
        let mut align = 1;
        for tokens in &item.attributes.align {
            align = align.max(positive(evaluate(tokens, &self.known)?)?);
        }
        let packed = item.attributes.packed || item.pack == Some(1);
        let (packed, layouts) = match self.described(&fields, &exact, align, packed) {
            Ok(found) => found,
            Err(reason) => match self.padded(&mut fields, &exact, align) {
                Some(found) => found,
                None => return Err(LayoutFault { reason, spans: self.spans(&fields, &exact) }),
            },
        };
        Ok(StructFact {
            name: item.name.clone(),
            untagged: item.untagged,
            packed,
            fields,
            layouts,
            doc: match item.inner {
                true => String::new(),
                false => about(self.program, &item.at, item.at.row),
            },
            member_docs,
            place: item.at.place,
        })
    }

    /// The alignment that attributes give a member.
    fn alignment(
        &self,
        member: &ParsedMember<'a>,
        evaluate: &mut Evaluate<'_, 'a>,
    ) -> Result<Option<u64>, String> {
        if let Some(unknown) = member.attributes.unknown {
            return Err(format!("the attribute `{}` is not understood", unknown.text));
        }
        let mut align = None;
        for tokens in &member.attributes.align {
            align = align.max(Some(positive(evaluate(tokens, &self.known)?)?));
        }
        Ok(align)
    }

    fn member(
        &self,
        member: &ParsedMember<'a>,
        evaluate: &mut Evaluate<'_, 'a>,
    ) -> Result<Planned, String> {
        let name = member.name.map_or("a union", |name| name.text);
        let mut planned = self.base(&member.type_, evaluate)?;
        if member.pointer {
            let TypeFact::Int(int) = planned.type_ else {
                return Err(format!("`{name}` is no pointer to integers"));
            };
            let extents = Model::ALL.map(Model::pointer);
            planned = Planned { type_: TypeFact::Pointer(int), extents };
        }
        // Before C had flexible arrays, headers used arrays of no elements.
        let (mut total, mut flexible, mut constant) = (1_u64, false, None);
        for tokens in &member.lengths {
            let length = match tokens.as_slice() {
                [] => 0,
                tokens => {
                    let length = evaluate(tokens, &self.known)
                        .map_err(|why| format!("the length of `{name}` is not known: {why}"))?;
                    u64::try_from(length).map_err(|_| format!("`{name}` has {length} elements"))?
                }
            };
            flexible |= length == 0;
            total = total.saturating_mul(length.max(1));
            constant = match tokens.as_slice() {
                [one] if one.kind == Kind::Word && member.lengths.len() == 1 => {
                    Some(one.text.to_owned())
                }
                _ => None,
            };
        }
        if member.lengths.is_empty() {
            return Ok(planned);
        }
        let Planned { type_, extents } = planned;
        let count = if flexible { 0 } else { total };
        let scaled = extents.map(|extent| extent.times(count));
        if scaled.iter().any(Option::is_none) {
            return Err(format!("it {}", too_large()));
        }
        let extents = scaled.map(|extent| extent.unwrap_or(Extent { size: 0, align: 1 }));
        let element = Box::new(type_);
        let type_ = match flexible {
            true if total > 1 => {
                return Err(format!("`{name}` is an array of arrays without a length"));
            }
            true => TypeFact::Flexible(element, member.attributes.counted_by.map(field_name)),
            false => TypeFact::Array(element, total, constant),
        };
        Ok(Planned { type_, extents })
    }

    fn base(
        &self,
        base: &BaseType<'a>,
        evaluate: &mut Evaluate<'_, 'a>,
    ) -> Result<Planned, String> {
        let int = |int: Int| Planned {
            type_: TypeFact::Int(int),
            extents: Model::ALL.map(|model| model.int(int)),
        };
        Ok(match base {
            BaseType::Int(IntType::Fixed(one)) => int(*one),
            BaseType::Int(IntType::BigEndian(one)) => {
                Planned { type_: TypeFact::BigEndian(*one), ..int(*one) }
            }
            BaseType::Int(IntType::AlignedS64) => {
                let extents = [Extent { size: 8, align: 8 }; 3];
                Planned { type_: TypeFact::Int(Int::S64), extents }
            }
            BaseType::Int(IntType::Long(signed)) => {
                Planned { type_: TypeFact::Long(*signed), extents: Model::ALL.map(Model::pointer) }
            }
            BaseType::Enum(tag) => {
                let found = self.types.enums.get(tag.text);
                int(*found.unwrap_or(&Int::U32))
            }
            BaseType::Struct(name) => {
                let extents = *self.declared(name)?;
                Planned { type_: TypeFact::Struct(name.clone()), extents }
            }
            BaseType::Named(word) => match self.types.typedefs.get(word.text) {
                // A typedef of a typedef would have to come first; more are not followed.
                Some(BaseType::Named(_)) | None => {
                    return Err(format!("the type `{}` is not understood", word.text));
                }
                Some(base) => return self.base(base, evaluate),
            },
            BaseType::Union(arms) => {
                let (mut types, mut extents) = (Vec::new(), Vec::new());
                for arm in arms {
                    if arm.bits.is_some() {
                        return Err("a bit field inside of a union".to_owned());
                    }
                    let Planned { type_, extents: own } = self.member(arm, evaluate)?;
                    if let Some(align) = self.alignment(arm, evaluate)? {
                        let natural = own.iter().all(|extent| extent.align >= align);
                        if !natural {
                            return Err(
                                "a member of a union has an alignment of its own".to_owned()
                            );
                        }
                    }
                    let name = arm.name.map(|name| field_name(name.text)).unwrap_or_default();
                    if name.is_empty() {
                        return Err("a union inside of a union has no name".to_owned());
                    }
                    types.push((name, type_));
                    extents.push(own);
                }
                let extents = Model::ALL.map(|model| {
                    Extent::union(extents.iter().map(|extents| extents[model.index()]))
                });
                Planned { type_: TypeFact::Union(types), extents }
            }
        })
    }

    /// Size and alignment of a struct that is declared here or elsewhere.
    fn declared(&self, name: &str) -> Result<&PerModel<Extent>, String> {
        let found = self.known.get(name).or_else(|| self.outside.structs.get(name));
        found.ok_or_else(|| match self.declared.contains(name) {
            true => format!("`struct {name}` is not read"),
            false => format!("`struct {name}` is not declared"),
        })
    }

    fn extent(&self, type_: &TypeFact, model: Model) -> Option<Extent> {
        Some(match type_ {
            TypeFact::Int(int) | TypeFact::BigEndian(int) => model.int(*int),
            TypeFact::Long(_) | TypeFact::Pointer(_) => model.pointer(),
            TypeFact::Struct(name) => self.declared(name).ok()?[model.index()],
            TypeFact::Array(element, length, _) => self.extent(element, model)?.times(*length)?,
            TypeFact::Flexible(element, _) => self.extent(element, model)?.times(0)?,
            TypeFact::Union(arms) => {
                let arms = arms.iter().map(|(_, arm)| self.extent(arm, model));
                Extent::union(arms.collect::<Option<Vec<_>>>()?.into_iter())
            }
        })
    }
}

/// An alignment.
fn positive(number: i128) -> Result<u64, String> {
    let number =
        u64::try_from(number).ok().filter(|number| number.is_power_of_two() && *number <= 4096);
    number.ok_or_else(|| "an alignment is no power of two".to_owned())
}
