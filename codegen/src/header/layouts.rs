//! Types of members, and the layout of structs by `crate::layout`.

use std::collections::{BTreeSet, HashMap};

use super::codes::{DEFINED_TWICE, NO_LAYOUT, error};
use super::comments::about;
use super::declarations::DeclaredStruct;
use super::externals::Outside;
use super::facts::{FieldFact, StructFact, TypeFact};
use super::members::{Base, Member};
use super::program::Program;
use super::tokens::Kind;
use crate::diagnostic::Diagnostics;
use crate::layout::{Extent, Layout, Model, PerModel};

/// Structs with their layouts, and those that have none.
#[derive(Default)]
pub(super) struct LaidOut {
    pub(super) structs: Vec<StructFact>,
    pub(super) unread: Vec<(String, String)>,
}

/// The lengths of arrays, by file and first character of their names.
type Lengths = HashMap<(usize, usize), u64>;

struct Planner<'r, 'a> {
    program: &'r Program<'a>,
    lengths: &'r Lengths,
    outside: &'r Outside,
    known: HashMap<&'a str, PerModel<Extent>>,
}

/// Lays out structs in the order of the text, as C demands it.
pub(super) fn lay_out<'a>(
    program: &Program<'a>,
    structs: &[DeclaredStruct<'a>],
    lengths: &Lengths,
    outside: &Outside,
    problems: &mut Diagnostics,
) -> LaidOut {
    let mut planner = Planner { program, lengths, outside, known: HashMap::new() };
    let mut laid = LaidOut::default();
    let mut seen = BTreeSet::new();
    for item in structs {
        let name = item.name;
        if !seen.insert(name.text) {
            let message = format!("the struct `{}` is declared twice", name.text);
            problems.push(error(DEFINED_TWICE, message, name.place));
            continue;
        }
        match item.members.as_ref().map(|members| planner.plan(item, members)) {
            Some(Ok(fact)) => {
                let extents = fact.layouts.each_ref().map(Layout::extent);
                planner.known.insert(name.text, extents);
                laid.structs.push(fact);
            }
            Some(Err(why)) => {
                let message = format!("`{}` cannot be laid out: {why}", name.text);
                problems.push(error(NO_LAYOUT, message, name.place));
                laid.unread.push((name.text.to_owned(), why));
            }
            None => {
                laid.unread.push((name.text.to_owned(), "a member is not understood".to_owned()));
            }
        }
    }
    laid
}

impl<'a> Planner<'_, 'a> {
    fn plan(
        &self,
        item: &DeclaredStruct<'a>,
        members: &[Member<'a>],
    ) -> Result<StructFact, String> {
        let mut fields = Vec::new();
        for member in members {
            fields.push(FieldFact {
                name: member.name.map_or("", |name| name.text).to_owned(),
                type_: self.type_(member)?,
                doc: member
                    .name
                    .map(|name| about(self.program, &name, name.row))
                    .unwrap_or_default(),
                place: member.name.map_or(item.name.place, |name| name.place),
            });
        }
        let mut layouts = Vec::new();
        for model in Model::ALL {
            let extents: Option<Vec<_>> =
                fields.iter().map(|field| self.extent(&field.type_, model)).collect();
            let layout = extents.and_then(|extents| Layout::of(&extents, item.packed));
            layouts.push(layout.ok_or("it is larger than any reply can be")?);
        }
        let layouts = layouts.try_into().map_err(|_| "there are three models")?;
        Ok(StructFact {
            name: item.name.text.to_owned(),
            packed: item.packed,
            fields,
            layouts,
            doc: about(self.program, &item.name, item.name.row),
            place: item.name.place,
        })
    }

    fn type_(&self, member: &Member<'a>) -> Result<TypeFact, String> {
        let named =
            |member: &Member<'a>| member.name.map_or("a union", |name| name.text).to_owned();
        let base = match &member.type_ {
            Base::Int(int) if member.pointer => TypeFact::Pointer(*int),
            _ if member.pointer => {
                return Err(format!("`{}` points to no integer", named(member)));
            }
            Base::Int(int) => TypeFact::Int(*int),
            Base::Struct(name) => {
                self.declared(name.text)?;
                TypeFact::Struct(name.text.to_owned())
            }
            Base::Union(arms) => {
                let arms = arms.iter().map(|arm| Ok((named(arm), self.type_(arm)?)));
                TypeFact::Union(arms.collect::<Result<_, String>>()?)
            }
        };
        let Some(tokens) = &member.length else { return Ok(base) };
        let element = Box::new(base);
        let place = member.name.map(|name| (name.place.file, name.place.start)).unwrap_or_default();
        match (tokens.as_slice(), self.lengths.get(&place)) {
            // Before C had flexible arrays, headers used arrays of no elements.
            ([], _) | (_, Some(0)) => {
                Ok(TypeFact::Flexible(element, member.counted_by.map(str::to_owned)))
            }
            (tokens, Some(length)) => {
                let [name] = tokens else { return Ok(TypeFact::Array(element, *length, None)) };
                let constant = (name.kind == Kind::Word).then(|| name.text.to_owned());
                Ok(TypeFact::Array(element, *length, constant))
            }
            (_, None) => Err(format!("the length of `{}` is not known", named(member))),
        }
    }

    /// Size and alignment of a struct that is declared earlier, here or elsewhere.
    fn declared(&self, name: &str) -> Result<&PerModel<Extent>, String> {
        let found = self.known.get(name).or_else(|| self.outside.structs.get(name));
        found.ok_or_else(|| format!("`{name}` is not declared in front of it"))
    }

    fn extent(&self, type_: &TypeFact, model: Model) -> Option<Extent> {
        Some(match type_ {
            TypeFact::Int(int) => model.int(*int),
            TypeFact::Pointer(_) => model.pointer(),
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
