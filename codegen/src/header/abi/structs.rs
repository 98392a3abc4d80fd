//! Structs and their fields.

use super::super::conventions;
use super::super::facts::{FieldFact, StructFact, TypeFact};
use super::Teller;
use crate::ir::{Field, Role, Struct, StructId, StructRole, Type, UnionArm};

impl Teller<'_> {
    /// Assigns the index of every struct: known ones first, in their order.
    pub(super) fn structs(&mut self) {
        let known = self.reference.structs.iter();
        let mut kept: Vec<_> = known.filter(|one| self.keeps(one)).cloned().collect();
        let new = self
            .facts
            .structs
            .iter()
            .filter(|fact| !self.reference.structs.iter().any(|one| one.name == fact.name));
        let new: Vec<_> = new.collect();
        let names = kept.iter().map(|one| one.name.clone());
        let names = names.chain(new.iter().map(|fact| fact.name.clone()));
        self.ids = names.enumerate().map(|(index, name)| (name, StructId(index))).collect();
        for struct_ in &mut kept {
            match self.facts.struct_(&struct_.name).filter(|_| self.is_given(struct_.section)) {
                Some(fact) => self.known_struct(struct_, fact),
                None => self.untold_struct(struct_),
            }
        }
        for fact in new {
            kept.push(self.new_struct(fact));
        }
        self.abi.structs = kept;
    }

    /// Whether a struct of the reference stays. Headers of capabilities always
    /// stay, because a chain cannot be walked without them.
    fn keeps(&self, struct_: &Struct) -> bool {
        let name = &struct_.name;
        let there = self.facts.struct_(name).is_some() || self.facts.unread.contains(name);
        there || !self.is_given(struct_.section) || conventions::heads(self.reference, name)
    }

    /// A struct that the headers do not declare: only its references change.
    fn untold_struct(&self, struct_: &mut Struct) {
        for field in &mut struct_.fields {
            self.renumber(&mut field.type_);
        }
    }

    /// Structs inside of a type, under their new indexes.
    fn renumber(&self, type_: &mut Type) {
        match type_ {
            Type::Struct(id) => {
                let name = &self.reference.struct_(*id).name;
                *id = self.ids.get(name).copied().unwrap_or(*id);
            }
            Type::Array(element, ..) | Type::Flexible(element, _) => self.renumber(element),
            Type::Union(arms) => arms.iter_mut().for_each(|arm| self.renumber(&mut arm.type_)),
            Type::Int(_) | Type::Pointer(_) => {}
        }
    }

    fn known_struct(&mut self, struct_: &mut Struct, fact: &StructFact) {
        let minsz = struct_.minsz.map(|index| struct_.fields[index].name.clone());
        let fields: Vec<_> =
            (0..fact.fields.len()).map(|index| self.field(struct_, fact, index)).collect();
        let position = |name: &String| fields.iter().position(|field| field.name == *name);
        struct_.minsz = minsz.as_ref().and_then(position);
        struct_.argsz = fields.iter().position(|field| field.role == Role::Argsz);
        struct_.packed = fact.packed;
        struct_.layouts = fact.layouts.clone();
        struct_.fields = fields;
    }

    /// A field of a known struct, which may be new.
    fn field(&mut self, struct_: &Struct, fact: &StructFact, index: usize) -> Field {
        let found = &fact.fields[index];
        let known = struct_.fields.iter().find(|field| same(field, found));
        let type_ = self.type_(fact, index, known);
        match known {
            Some(field) => Field { type_, ..field.clone() },
            None => {
                let name = shown(found);
                self.guessed.insert([&struct_.name, ".", &name].concat());
                let argument = struct_.role == StructRole::Argument;
                let version = match struct_.role {
                    StructRole::Capability(at) => self.reference.capability(at).version + 1,
                    _ => 1,
                };
                Field { version, ..self.new_field(fact, index, type_, argument) }
            }
        }
    }

    fn new_struct(&mut self, fact: &StructFact) -> Struct {
        self.guessed.insert(fact.name.clone());
        let argument = self.kinds.way_of(&fact.name).is_some();
        let mut fields = Vec::new();
        for index in 0..fact.fields.len() {
            let type_ = self.type_(fact, index, None);
            fields.push(self.new_field(fact, index, type_, argument));
        }
        let argsz = fields.iter().position(|field| field.role == Role::Argsz);
        let fixed = |field: &Field| !matches!(field.type_, Type::Flexible(..));
        Struct {
            name: fact.name.clone(),
            meta: self.meta(&fact.doc, fact.place),
            section: self.section_at(fact.place),
            packed: fact.packed,
            minsz: argsz.and_then(|_| fields.iter().rposition(fixed)),
            fields,
            layouts: fact.layouts.clone(),
            role: StructRole::Plain,
            argsz,
        }
    }

    fn new_field(&self, fact: &StructFact, index: usize, type_: Type, argument: bool) -> Field {
        let found = &fact.fields[index];
        let role = conventions::role(self.reference, &fact.fields, index);
        let way = self.kinds.way_of(&fact.name).filter(|_| argument);
        Field {
            name: shown(found),
            meta: self.meta(&found.doc, found.place),
            type_,
            direction: way.map(|way| conventions::direction(way, role, &found.name)),
            role,
            group: None,
            ids: None,
            payload: None,
            valid_if: None,
            version: 1,
        }
    }

    /// The type of a field, with the known facts about its members and its count.
    fn type_(&self, fact: &StructFact, index: usize, known: Option<&Field>) -> Type {
        let found = &fact.fields[index];
        match (&found.type_, known.map(|field| &field.type_)) {
            (TypeFact::Union(arms), known) => {
                let known = match known {
                    Some(Type::Union(arms)) => arms.as_slice(),
                    _ => &[],
                };
                let arms = arms.iter().map(|(name, type_)| self.arm(name, type_, known, found));
                Type::Union(arms.collect())
            }
            (TypeFact::Flexible(element, _), known) => {
                let guessed = conventions::count(&fact.fields, found);
                let count = match known {
                    // A count that the reference does not name is none by chance.
                    Some(Type::Flexible(_, count)) => count.and_then(|at| self.now_at(fact, at)),
                    _ => guessed,
                };
                Type::Flexible(Box::new(self.plain(element)), count)
            }
            (type_, _) => self.plain(type_),
        }
    }

    /// The index, in the header, of a field of the reference's struct.
    fn now_at(&self, fact: &StructFact, at: usize) -> Option<usize> {
        let struct_ = self.reference.structs.iter().find(|one| one.name == fact.name)?;
        let field = struct_.fields.get(at)?;
        fact.fields.iter().position(|found| same(field, found))
    }

    fn arm(&self, name: &str, type_: &TypeFact, known: &[UnionArm], found: &FieldFact) -> UnionArm {
        let type_ = self.plain(type_);
        match known.iter().find(|arm| arm.name == name) {
            Some(arm) => UnionArm { type_, ..arm.clone() },
            None => UnionArm {
                name: name.to_owned(),
                meta: self.meta("", found.place),
                type_,
                group: None,
                valid_if: None,
            },
        }
    }

    fn plain(&self, type_: &TypeFact) -> Type {
        match type_ {
            TypeFact::Int(int) => Type::Int(*int),
            TypeFact::Pointer(int) => Type::Pointer(*int),
            // Every struct with a layout is declared here or elsewhere.
            TypeFact::Struct(name) => {
                Type::Struct(self.ids.get(name).copied().unwrap_or(StructId(0)))
            }
            TypeFact::Array(element, length, constant) => {
                Type::Array(Box::new(self.plain(element)), *length, constant.clone())
            }
            TypeFact::Flexible(element, _) => Type::Flexible(Box::new(self.plain(element)), None),
            TypeFact::Union(arms) => {
                let place = FieldFact {
                    name: String::new(),
                    type_: type_.clone(),
                    doc: String::new(),
                    place: Default::default(),
                };
                let arms = arms.iter().map(|(name, arm)| self.arm(name, arm, &[], &place));
                Type::Union(arms.collect())
            }
        }
    }
}

/// Whether a field of a reference is one of a header: by name or, of an
/// anonymous union, by some of its members.
fn same(field: &Field, found: &FieldFact) -> bool {
    match &field.type_ {
        Type::Union(arms) => {
            let known = |name: &String| arms.iter().any(|arm| arm.name == *name);
            found.type_.arms().iter().any(|(name, _)| known(name))
        }
        _ => field.name == found.name,
    }
}

/// The name of a field; an anonymous union gets one from its first member.
fn shown(found: &FieldFact) -> String {
    match (found.name.as_str(), found.type_.arms().first()) {
        ("", Some((name, _))) => ["either_", name].concat(),
        (name, _) => name.to_owned(),
    }
}
