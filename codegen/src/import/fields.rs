//! The fields of structs, with their flags and numbers.

use super::Importer;
use super::lists::common_prefix;
use super::yaml::{Block, Entry};
use crate::header::conventions::{self, Way};
use crate::header::{Constant, Spelt, StructFact, TypeFact};
use crate::ir::Role;
use crate::reply::Direction;

/// How far fields of a struct are indented in a file.
const FIELD: usize = 6;

/// The YAML of a field, or of a member of a union.
struct Member<'m> {
    name: &'m str,
    type_: String,
    doc: &'m str,
    indent: usize,
}

impl Importer<'_> {
    /// All fields of a struct; the header of a capability is not among them.
    pub(super) fn fields(&self, fact: &StructFact, way: Option<Way>) -> Block {
        let mut block = Block::default();
        for index in 0..fact.fields.len() {
            if conventions::role(self.abi, &fact.fields, index) != Role::Header {
                block.lines.extend(self.field(fact, index, way, None).lines);
            }
        }
        block
    }

    /// One field; `more` if it joins an existing struct.
    pub(super) fn field(
        &self,
        fact: &StructFact,
        index: usize,
        way: Option<Way>,
        more: Option<Vec<(&'static str, String)>>,
    ) -> Block {
        let field = &fact.fields[index];
        if !field.type_.arms().is_empty() {
            return self.union(fact, index, way, more.unwrap_or_default());
        }
        let type_ = self.type_text(fact, index, way);
        let member = Member { name: &field.name, type_, doc: &field.doc, indent: FIELD };
        let held = self.held(&fact.name, &field.name, &field.type_);
        self.member(member, held, more.unwrap_or_default())
    }

    /// A field or a member of a union, with the numbers that it holds.
    fn member(
        &self,
        member: Member<'_>,
        held: Vec<&Constant>,
        mut more: Vec<(&'static str, String)>,
    ) -> Block {
        let Member { name, type_, doc, indent } = member;
        if held.is_empty() {
            let head = ("type", type_);
            return Entry { name, head, said: false, doc, more, indent }.block();
        }
        let mut inside = Block::default();
        inside.put("type", &type_).phrase(doc);
        more.push(("prefix", common_prefix(held.iter().map(|one| one.name.as_str()))));
        for (key, value) in more.iter().filter(|(_, value)| !value.is_empty()) {
            inside.put(key, value);
        }
        let flags = held.iter().any(|one| matches!(one.spelt, Spelt::Bit { .. }));
        let mut values = Block::default();
        for constant in held {
            values.lines.extend(self.value(constant, flags, None, indent + 4).lines);
        }
        inside.nest(if flags { "bits" } else { "values" }, values);
        let mut block = Block::default();
        block.nest(name, inside);
        block
    }

    /// Whether a constant is printed with the field that holds it, which is new.
    pub(super) fn is_held_by_what_is_new(&self, constant: &Constant) -> bool {
        let Some(within) = &constant.within else { return false };
        let Some(fact) = self.facts.struct_(&within.struct_) else { return false };
        let known = self.abi.structs.iter().find(|one| one.name == fact.name);
        let mut fields = fact
            .fields
            .iter()
            .filter(|field| known.is_none_or(|known| !super::lists::has(known, field)));
        let held = |name: &str, type_| {
            self.held(&fact.name, name, type_).iter().any(|one| one.name == constant.name)
        };
        fields.any(|field| {
            let mut arms = field.type_.arms().iter();
            held(&field.name, &field.type_) || arms.any(|(name, type_)| held(name, type_))
        })
    }

    /// The constants after a field that it can hold.
    fn held(&self, struct_: &str, field: &str, type_: &TypeFact) -> Vec<&Constant> {
        let here = |one: &&Constant| {
            let within = one.within.as_ref();
            within.is_some_and(|at| at.struct_ == struct_ && at.field.as_deref() == Some(field))
        };
        let constants = self.facts.constants.iter().filter(here);
        let int = matches!(type_, TypeFact::Int(_));
        constants.filter(|one| int && !self.kinds.is_length(&one.name)).collect()
    }

    fn union(
        &self,
        fact: &StructFact,
        index: usize,
        way: Option<Way>,
        more: Vec<(&'static str, String)>,
    ) -> Block {
        let field = &fact.fields[index];
        let mut arms = Block::default();
        for (name, type_) in field.type_.arms() {
            let words = way.map(|way| conventions::direction(way, Role::Data, name));
            let held = self.held(&fact.name, name, type_);
            let type_ = [word(words), &type_.text()].concat();
            let member = Member { name, type_, doc: "", indent: FIELD + 4 };
            arms.lines.extend(self.member(member, held, Vec::new()).lines);
        }
        let mut inside = Block::default();
        inside.phrase("");
        for (key, value) in &more {
            inside.put(key, value);
        }
        inside.nest("union", arms);
        let name = match field.name.as_str() {
            "" => ["either_", &field.type_.arms()[0].0].concat(),
            name => name.to_owned(),
        };
        let mut block = Block::default();
        block.nest(&name, inside);
        block
    }

    /// A field's type with the words before it.
    fn type_text(&self, fact: &StructFact, index: usize, way: Option<Way>) -> String {
        let field = &fact.fields[index];
        let role = conventions::role(self.abi, &fact.fields, index);
        let direction = way.map(|way| conventions::direction(way, role, &field.name));
        let role = match role {
            Role::Argsz => "argsz ",
            Role::Flags if way.is_some() || conventions::is_capability(self.abi, fact) => "flags ",
            Role::CapOffset => "cap_offset ",
            Role::Reserved => "reserved ",
            _ => "",
        };
        let type_ = match &field.type_ {
            TypeFact::Flexible(element, _) => {
                let count = conventions::count(&fact.fields, field);
                let count = count.map_or("", |count| fact.fields[count].name.as_str());
                [&element.text(), "[", count, "]"].concat()
            }
            TypeFact::Array(element, _, Some(length)) => {
                [&element.text(), "[", length, "]"].concat()
            }
            type_ => type_.text(),
        };
        [word(direction), role, &type_].concat()
    }

    /// A named number; with `since` if it joins existing ones.
    pub(super) fn value(
        &self,
        constant: &Constant,
        flags: bool,
        since: Option<&str>,
        indent: usize,
    ) -> Block {
        let mut more = Vec::new();
        let number = constant.number;
        let mut said = false;
        let head = match &constant.spelt {
            Spelt::Bit { bit, signed } => {
                more.extend(signed.then(|| ("signed", "true".to_owned())));
                ("bit", bit.to_string())
            }
            Spelt::Hex | Spelt::Decimal if flags && number.count_ones() == 1 => {
                ("bit", number.trailing_zeros().to_string())
            }
            Spelt::Or(names) => {
                said = true;
                ("of", ["[", &names.join(", "), "]"].concat())
            }
            Spelt::Text(text) => {
                said = true;
                ("string", text.clone())
            }
            Spelt::Position if self.kinds.counts(constant) => {
                more.push(("count", "moves".to_owned()));
                ("value", "next".to_owned())
            }
            Spelt::Hex => ("value", format!("{number:#x}")),
            _ => ("value", number.to_string()),
        };
        more.extend(self.payload(&constant.name).map(|name| ("payload", name)));
        more.extend(since.map(|since| ("since", since.to_owned())));
        let doc = &constant.doc;
        Entry { name: &constant.name, head, said, doc, more, indent }.block()
    }

    /// The struct that is new and called like an id in lower case.
    fn payload(&self, name: &str) -> Option<String> {
        let lower = name.to_ascii_lowercase();
        let new = self.facts.struct_(&lower).filter(|_| !self.knows(&lower))?;
        (!conventions::is_capability(self.abi, new)).then_some(lower)
    }
}

/// The word for a direction, and a space.
fn word(direction: Option<Direction>) -> &'static str {
    match direction {
        None => "",
        Some(Direction::In) => "in ",
        Some(Direction::Out) => "out ",
        Some(Direction::InOut) => "inout ",
    }
}
