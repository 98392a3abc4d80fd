//! Structs as headers declare them. Their new fields are additions.

use super::Editor;
use super::values::ListKind;
use crate::amend::additions::{expression, shown};
use crate::header::{FieldFact, StructFact, TypeFact};
use crate::ir::Type;
use crate::layout::{Int, Span};
use crate::reply::Direction;
use crate::spec::types::{Base, RoleWord, Shape, TypeExpr};
use crate::spec::wrappers::{LineOrMap, Map, Placed};
use crate::spec::{self, CapabilitySpec, FieldSpec, StructSpec};

type FieldEntry = (Placed<String>, LineOrMap<FieldSpec>);

impl Editor<'_> {
    /// Edits a struct; returns whether it stays. Headers of capabilities always stay,
    /// because no chain can be walked without them.
    pub(super) fn struct_(&mut self, item: &mut StructSpec, name: &str) -> bool {
        let Some(fact) = self.facts.struct_(name) else {
            self.numbers_of(&mut item.fields);
            let stays = self.stays(name, item.struct_.place) || self.is_header(name);
            return stays || !self.declares_structs;
        };
        let known: Vec<_> = item.fields.iter().map(|(name, _)| name.value.clone()).collect();
        item.packed = fact.packed;
        item.fields.0 = self.fields(std::mem::take(&mut item.fields.0), fact, 0, &item.struct_);
        let there = |minsz: &Placed<String>| item.fields.get(minsz).is_some();
        if item.minsz.as_ref().is_some_and(|minsz| !there(minsz)) {
            // The last field before it that is left.
            let at = item
                .minsz
                .as_ref()
                .and_then(|minsz| known.iter().position(|one| *one == minsz.value));
            let left = at
                .and_then(|at| known[..at].iter().rev().find(|one| item.fields.get(one).is_some()));
            let left = self.with_end(fact).or_else(|| left.cloned());
            item.minsz = left.map(|value| Placed { value, place: fact.place });
        }
        !item.fields.is_empty()
    }

    /// The field of a header that ends where argsz had to end.
    fn with_end(&self, fact: &StructFact) -> Option<String> {
        let known = self.abi.struct_(self.abi.find_struct(&fact.name)?);
        let ends = known.spans(known.minsz?).map(Span::end);
        let spans = |at: usize| fact.layouts.each_ref().map(|layout| layout.fields[at].end());
        let at = (0..fact.fields.len()).find(|at| spans(*at) == ends)?;
        Some(shown(&fact.fields[at]))
    }

    /// Edits the body of a capability; returns the body as a struct of its own if it no
    /// longer starts with the header.
    pub(super) fn body(&mut self, item: &mut CapabilitySpec) -> Option<StructSpec> {
        let name = item.struct_.clone().filter(|_| !item.fields.is_empty())?;
        let Some(fact) = self.facts.struct_(&name) else {
            self.numbers_of(&mut item.fields);
            if self.declares_structs && !self.stays(&name, name.place) {
                (item.struct_, item.fields.0) = (None, Vec::new());
            }
            return None;
        };
        let first = fact.fields.first().map(|field| field.type_.text());
        let headed = first.as_ref().is_some_and(|first| self.is_header(first));
        let fields = std::mem::take(&mut item.fields.0);
        let start = usize::from(headed);
        let fields = self.fields(fields, fact, start, &name);
        if headed {
            (item.packed, item.fields.0) = (fact.packed, fields);
            return None;
        }
        let mut body = bare(item, &name, fields);
        (item.struct_, item.packed) = (None, false);
        body.packed = fact.packed;
        Some(body)
    }

    /// The body of a capability that is gone.
    pub(super) fn bare_body(&mut self, item: CapabilitySpec) -> Option<StructSpec> {
        let name = item.struct_.clone()?;
        self.facts.struct_(&name)?;
        let chain = item.chain.as_ref().and_then(|chain| self.abi.find_chain(chain));
        let header =
            chain
                .map(|chain| self.abi.chain(chain).header)
                .or((self.abi.cap_headers.len() == 1).then_some(0))?;
        let header = self.abi.struct_(self.abi.cap_headers[header].struct_).name.clone();
        let mut fields = item.fields.0.clone();
        fields.insert(0, header_field(header, &name));
        for (_, field) in &mut fields {
            field.0.version = None;
        }
        Some(bare(&item, &name, fields))
    }

    fn is_header(&self, name: &str) -> bool {
        crate::header::conventions::heads(self.abi, name)
    }

    /// The known fields in the order of the header.
    fn fields(
        &mut self,
        known: Vec<FieldEntry>,
        fact: &StructFact,
        start: usize,
        name: &Placed<String>,
    ) -> Vec<FieldEntry> {
        let release = self.release;
        let mut known: Vec<_> = known.into_iter().map(Some).collect();
        let mut fields = Vec::new();
        let mut retyped = false;
        for found in &fact.fields[start.min(fact.fields.len())..] {
            let same = known.iter().position(|entry| {
                entry.as_ref().is_some_and(|(name, field)| same(name, field, release, found))
            });
            let Some((own, LineOrMap(mut field))) = same.and_then(|at| known[at].take()) else {
                continue;
            };
            retyped |= self.field((name, fact), &own, &mut field, found);
            fields.push((own, LineOrMap(field)));
        }
        // Older releases need no layout with the new types.
        if retyped {
            fields.iter_mut().for_each(|(_, field)| field.0.since = None);
        }
        // NewFields of overlays are added to those of the header.
        let more = known.into_iter().flatten();
        fields.extend(more.filter(|(name, _)| self.overlays.contains(&name.place.file())));
        fields
    }

    /// Edits a field; returns whether it has another type.
    fn field(
        &mut self,
        (name, fact): (&Placed<String>, &StructFact),
        own: &Placed<String>,
        field: &mut FieldSpec,
        found: &FieldFact,
    ) -> bool {
        let spelt = field.before.name_at(self.release, own).to_owned();
        let id = self.abi.find_struct(&fact.name);
        let known = id.and_then(|id| {
            self.abi.struct_(id).fields.iter().find(|one| match &one.type_ {
                Type::Union(_) => one.name == own.value || one.name == spelt,
                _ => one.name == spelt,
            })
        });
        let same =
            known.is_some_and(|known| self.abi.type_text(&known.type_) == found.type_.text());
        if !same {
            let message = format!("the overlay has another type of `{}.{spelt}`", name.value);
            self.conflict(own, found.place, message);
            self.retype(field, found, fact);
        }
        self.numbers(field);
        !same
    }

    /// Edits the numbers of fields whose struct the headers do not declare.
    fn numbers_of(&mut self, fields: &mut Map<LineOrMap<FieldSpec>>) {
        for (_, field) in &mut fields.0 {
            self.numbers(&mut field.0);
        }
    }

    /// Edits the numbers of a field.
    fn numbers(&mut self, field: &mut FieldSpec) {
        self.list(&mut field.bits, ListKind::Flags);
        self.list(&mut field.values, ListKind::Numbers);
        for (_, arm) in &mut field.union.0 {
            self.list(&mut arm.0.bits, ListKind::Flags);
            self.list(&mut arm.0.values, ListKind::Numbers);
        }
        if field.bits.is_empty() && field.values.is_empty() {
            field.prefix = None;
        }
    }

    /// Gives a field the type that the header has.
    fn retype(&mut self, field: &mut FieldSpec, found: &FieldFact, fact: &StructFact) {
        let old = field.type_.take();
        let direction = old.as_ref().and_then(|old| old.direction).or_else(|| of_arms(field));
        match &found.type_ {
            TypeFact::Union(arms) => {
                let known = std::mem::take(&mut field.union.0);
                let arms = arms.iter().map(|(name, type_)| {
                    let known = known.iter().find(|(own, _)| own.value == *name);
                    let (own, mut arm) = known.cloned().unwrap_or_else(|| {
                        let own = Placed { value: name.clone(), place: found.place };
                        let arm = self::field(None, &own);
                        (own, LineOrMap(arm))
                    });
                    let before = arm.0.type_.take();
                    let direction = before.as_ref().and_then(|expr| expr.direction).or(direction);
                    arm.0.type_ = expr(type_, None, direction, None);
                    self::keep_numbers(&mut arm.0);
                    (own, arm)
                });
                field.union.0 = arms.collect();
                (field.bits.0, field.values.0) = (Vec::new(), Vec::new());
                (field.holds, field.prefix) = (None, None);
            }
            type_ => {
                field.union.0.clear();
                let role = old.as_ref().and_then(|old| old.role).filter(|role| fits(*role, type_));
                let count = match old.as_ref().map(|old| &old.shape) {
                    Some(Shape::Flexible(count)) => count.clone(),
                    _ => crate::header::conventions::count(&fact.fields, found)
                        .map(|count| fact.fields[count].name.clone()),
                };
                let mut expr = expr(type_, role, direction, count);
                // Where the constant of a length is declared, is not known here.
                if let (Some(TypeExpr { shape, .. }), TypeFact::Array(_, length, _)) =
                    (&mut expr, type_)
                {
                    let same = old.as_ref().is_some_and(|old| old.shape == *shape);
                    if matches!(shape, Shape::Named(_)) && !same {
                        *shape = Shape::Fixed(*length);
                    }
                }
                field.type_ = expr;
                keep_numbers(field);
            }
        }
    }
}

/// Drops the numbers of a field that is no integer.
fn keep_numbers(field: &mut FieldSpec) {
    let int = field
        .type_
        .as_ref()
        .is_some_and(|expr| matches!((&expr.base, &expr.shape), (Base::Int(_), Shape::One)));
    if !int {
        (field.bits.0, field.values.0) = (Vec::new(), Vec::new());
        (field.holds, field.prefix) = (None, None);
    }
}

fn expr(
    type_: &TypeFact,
    role: Option<RoleWord>,
    direction: Option<Direction>,
    count: Option<String>,
) -> Option<TypeExpr> {
    let (base, shape) = expression(type_, count)?;
    Some(TypeExpr { direction, role, base, shape })
}

/// The direction of the members of a union.
fn of_arms(field: &FieldSpec) -> Option<Direction> {
    field.union.iter().find_map(|(_, arm)| arm.type_.as_ref()?.direction)
}

/// Whether a type can have a role.
fn fits(role: RoleWord, type_: &TypeFact) -> bool {
    match role {
        RoleWord::Argsz | RoleWord::CapOffset => *type_ == TypeFact::Int(Int::U32),
        RoleWord::Flags => matches!(type_, TypeFact::Int(Int::U32 | Int::U64 | Int::AlignedU64)),
        RoleWord::Fd | RoleWord::OptionalFd => matches!(type_, TypeFact::Int(_)),
        RoleWord::Reserved => true,
    }
}

/// Whether a field of a specification is one of a header.
fn same(
    name: &Placed<String>,
    field: &FieldSpec,
    release: crate::release::Release,
    found: &FieldFact,
) -> bool {
    match field.union.is_empty() {
        true => field.before.name_at(release, name) == found.name,
        false => {
            let known = |name: &String| field.union.get(name).is_some();
            found.type_.arms().iter().any(|(name, _)| known(name)) || known(&found.name)
        }
    }
}

/// A field without any of the keys that a person writes.
fn field(type_: Option<TypeExpr>, name: &Placed<String>) -> FieldSpec {
    FieldSpec {
        type_,
        doc: Placed {
            value: spec::text::DocText::from("As the header has it."),
            place: name.place,
        },
        ..FieldSpec::default()
    }
}

/// The header of a capability as the first field of a struct.
fn header_field(header: String, struct_: &Placed<String>) -> FieldEntry {
    let expr =
        TypeExpr { direction: None, role: None, base: Base::Struct(header), shape: Shape::One };
    let name = Placed { value: "header".to_owned(), place: struct_.place };
    (name, LineOrMap(field(Some(expr), struct_)))
}

/// A struct with the fields of a capability's body.
fn bare(item: &CapabilitySpec, name: &Placed<String>, fields: Vec<FieldEntry>) -> StructSpec {
    StructSpec {
        struct_: name.clone(),
        doc: item.doc.clone(),
        packed: item.packed,
        fields: Map(fields),
        since: item.since,
        deprecated: item.deprecated.clone(),
        source: item.source.clone(),
        ..StructSpec::default()
    }
}
