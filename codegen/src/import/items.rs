//! Items and fields in YAML.

use super::values::number;
use super::yaml::{Block, YamlEntry};
use crate::amend::additions::marks::Marks;
use crate::amend::pieces::NewFields;
use crate::reply::Direction;
use crate::spec::text::DocText;
use crate::spec::types::{ArgExpr, Base, RoleWord, Shape, TypeExpr};
use crate::spec::wrappers::{List, Map, Placed};
use crate::spec::{self, Common, FieldSpec, ItemSpec};

/// How far the fields of a struct are indented in a file.
const FIELD: usize = 6;

/// Writes the YAML of items, with marks of what is guessed.
#[derive(Clone, Copy)]
pub(super) struct ItemYaml<'m>(pub(super) &'m Marks);

impl ItemYaml<'_> {
    /// An item, not indented.
    pub(super) fn item(self, item: &ItemSpec) -> Block {
        let common = item.common();
        match item {
            ItemSpec::Constants(item) => self.group("constants", item, common),
            ItemSpec::Enum(item) => self.group("enum", item, common),
            ItemSpec::IdSpace(item) => self.group("id_space", item, common),
            ItemSpec::Struct(item) => self.struct_(item, common),
            ItemSpec::Ioctl(item) => self.ioctl(item, common),
            ItemSpec::Chain(item) => self.chain(item, common),
            ItemSpec::Capability(item) => self.capability(item, common),
            // A header does not have all of a macro.
            ItemSpec::Macro(item) => {
                let mut block = Block::default();
                block.put("macro", &item.macro_);
                block
            }
        }
    }

    fn group(self, kind: &str, item: &spec::Values, common: Common<'_>) -> Block {
        let mut block = Block::default();
        block.put(kind, &item.name).mark(&self.0.of(&item.name, "name"));
        if item.anonymous {
            block.put("anonymous", "true");
        }
        shared(&mut block, common);
        match &item.prefix[..] {
            [] => {}
            [prefix] => _ = block.put("prefix", prefix),
            several => {
                let several: Vec<_> = several.iter().map(|one| one.as_str()).collect();
                block.put("prefix", &format!("[{}]", several.join(", ")));
            }
        }
        put_name(&mut block, "type", &item.type_);
        block.nest("values", self.values(&item.values.0, 6));
        block
    }

    fn struct_(self, item: &spec::StructSpec, common: Common<'_>) -> Block {
        let mut block = Block::default();
        block.put("struct", &item.struct_);
        shared(&mut block, common);
        if item.packed {
            block.put("packed", "true");
        }
        if let Some(minsz) = &item.minsz {
            block.put("minsz", minsz).mark(&self.0.of(&item.struct_, "minsz"));
        }
        block.nest("fields", self.fields(&item.struct_, &item.fields.0, FIELD));
        block
    }

    fn ioctl(self, item: &spec::IoctlSpec, common: Common<'_>) -> Block {
        let mut block = Block::default();
        block.put("ioctl", &item.ioctl).put("number", &number(item.number.value));
        block.put("fd", &item.fd).mark(&self.0.of(&item.ioctl, "fd"));
        if !item.backends.is_empty() {
            block.put("backends", &list(&item.backends));
        }
        let arg = match &item.arg.value {
            ArgExpr::None => "none".to_owned(),
            ArgExpr::Int => "int".to_owned(),
            ArgExpr::Fd => "fd".to_owned(),
            ArgExpr::U32 => "u32".to_owned(),
            ArgExpr::Text => "string".to_owned(),
            ArgExpr::Struct(name) => ["struct ", name].concat(),
        };
        block.put("arg", &arg).mark(&self.0.of(&item.ioctl, "arg"));
        shared(&mut block, common);
        block
    }

    fn chain(self, item: &spec::ChainSpec, common: Common<'_>) -> Block {
        let mut block = Block::default();
        block.put("chain", &item.chain).mark(&self.0.of(&item.chain, "name"));
        shared(&mut block, common);
        block.put("header", &item.header);
        put_name(&mut block, "host", &item.host);
        put_name(&mut block, "flag", &item.flag);
        block.put("prefix", &item.prefix);
        block
    }

    fn capability(self, item: &spec::CapabilitySpec, common: Common<'_>) -> Block {
        let mut block = Block::default();
        let name = &item.capability;
        block.put("capability", name);
        if let Some(chain) = &item.chain {
            block.put("chain", chain).mark(&self.0.of(name, "chain"));
        }
        put_name(&mut block, "short_name", &item.short_name);
        block.put("id", &number(item.id.value));
        shared(&mut block, common);
        if let Some(body) = &item.struct_ {
            block.put("struct", body).mark(&self.0.of(name, "struct"));
        }
        if item.packed {
            block.put("packed", "true");
        }
        if let (Some(body), false) = (&item.struct_, item.fields.is_empty()) {
            block.nest("fields", self.fields(body, &item.fields.0, FIELD));
        }
        block
    }

    /// Fields of a struct, in a list that is indented by so much.
    pub(super) fn fields(self, struct_: &str, fields: &NewFields, indent: usize) -> Block {
        let mut block = Block::default();
        for (name, field) in fields {
            block.lines.extend(self.field(struct_, name, field, indent).lines);
        }
        block
    }

    fn field(self, struct_: &str, name: &str, field: &FieldSpec, indent: usize) -> Block {
        let mut more = Vec::new();
        more.extend(field.since.map(|since| ("since", since.to_string())));
        more.extend(field.version.map(|version| ("version", number(version.value))));
        let lists = !field.bits.is_empty() || !field.values.is_empty();
        let doc = text(&field.doc);
        let guess = self.0.of(&[struct_, ".", name].concat(), "type");
        match &field.type_ {
            Some(type_) if !lists => {
                let head = ("type", expression(type_));
                YamlEntry { name, head, said: false, doc: &doc, more, guess, indent }.block()
            }
            type_ => {
                let mut inside = Block::default();
                if let Some(type_) = type_ {
                    inside.put("type", &expression(type_)).mark(&guess);
                }
                inside.phrase(&doc);
                put_name(&mut inside, "prefix", &field.prefix);
                for (key, value) in &more {
                    inside.put(key, value);
                }
                let Map(arms) = &field.union;
                if !arms.is_empty() {
                    inside.nest("union", self.fields(struct_, arms, indent + 4));
                }
                for (key, list) in [("bits", &field.bits), ("values", &field.values)] {
                    if !list.is_empty() {
                        inside.nest(key, self.values(&list.0, indent + 4));
                    }
                }
                let mut block = Block::default();
                block.nest(name, inside);
                block
            }
        }
    }
}

/// The keys that every new item has.
fn shared(block: &mut Block, common: Common<'_>) {
    block.doc(&text(common.doc));
    if let Some(since) = common.since {
        block.put("since", &since.to_string());
    }
    for (rule, exception) in common.allow.iter() {
        let allow = ["{", rule, ": \"", &exception.reason, "\"}"].concat();
        block.put("allow", &allow);
    }
}

fn text(doc: &DocText) -> String {
    doc.paragraphs.join(" ")
}

fn put_name(block: &mut Block, key: &str, name: &Option<Placed<String>>) {
    if let Some(name) = name {
        block.put(key, name);
    }
}

fn list(names: &List<Placed<String>>) -> String {
    let names: Vec<_> = names.iter().map(|name| name.as_str()).collect();
    ["[", &names.join(", "), "]"].concat()
}

/// A type with the words before it.
fn expression(type_: &TypeExpr) -> String {
    let direction = match type_.direction {
        None => "",
        Some(Direction::In) => "in ",
        Some(Direction::Out) => "out ",
        Some(Direction::InOut) => "inout ",
    };
    let role = match type_.role {
        None => "",
        Some(RoleWord::Argsz) => "argsz ",
        Some(RoleWord::Flags) => "flags ",
        Some(RoleWord::CapOffset) => "cap_offset ",
        Some(RoleWord::Reserved) => "reserved ",
        Some(RoleWord::Fd) => "fd ",
        Some(RoleWord::OptionalFd) => "optional_fd ",
    };
    let base = match &type_.base {
        Base::Int(int) => int.name(),
        Base::Struct(name) => name,
    };
    let shape = match &type_.shape {
        Shape::Flexible(Some(count)) => ["[", count, "]"].concat(),
        _ => type_.c_like()[base.len()..].to_owned(),
    };
    [direction, role, base, &shape].concat()
}
