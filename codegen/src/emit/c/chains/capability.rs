//! A capability: what its versions need, its values and its array.

use super::Emitter;
use super::fields::{c_type, is_fixed, span};
use super::taken::Taken;
use super::view::{ArrayView, CapabilityView, ValueView};
use crate::ir::{Capability, Chain, Field, Role, Struct, StructId, Type};
use crate::layout::{Int, Model, round_up};

impl Emitter<'_> {
    pub(super) fn capability(
        &self,
        chain: &Chain,
        capability: &Capability,
        writes: bool,
        taken: &mut Taken,
    ) -> CapabilityView {
        let words = [chain.name.as_str(), &capability.short];
        let mut name = |word: &[&str]| self.name(taken, &[&words[..], word].concat());
        let (own, read, find) = (name(&[]), name(&["read"]), name(&["find"]));
        let append = writes.then(|| name(&["append"]));
        let struct_ = capability.struct_.map(|id| self.abi.struct_(id));
        let fields = struct_.iter().flat_map(|struct_| &struct_.fields);
        let mut members = Taken::members(fields.map(|field| field.name.as_str()));
        let mut get = |field: &str| name(&[field]);
        let array = struct_.and_then(|struct_| self.array(struct_, &mut get));
        let (needs, sizes) = self.sizes(chain, struct_, capability.version);
        let title = match struct_ {
            Some(struct_) => format!("What a struct {} says.", struct_.name),
            None => format!("A {}, which is only a header.", capability.name),
        };
        let tail = match array.is_some() {
            true => format!("{}, count", array.as_ref().map_or(1, |array| array.each)),
            false => "0, 0".to_owned(),
        };
        CapabilityView {
            name: own,
            title,
            constant: capability.name.clone(),
            id: capability.id,
            newest: capability.version,
            need: by_version("cap->version", &needs),
            size: by_version("version", &sizes),
            counted: struct_.and_then(|struct_| self.counted(struct_, array.as_ref()?)),
            tail,
            cap: members.take("cap".to_owned()),
            values: struct_.map(|struct_| self.values(struct_, &mut members)).unwrap_or_default(),
            array,
            read,
            find,
            append,
        }
    }

    /// Of each version, the bytes that a body must have, and those that one is
    /// written with in front of its array: its struct as it was then.
    fn sizes(&self, chain: &Chain, struct_: Option<&Struct>, newest: u16) -> (Vec<u64>, Vec<u64>) {
        let Some(struct_) = struct_ else {
            let header = self.abi.cap_headers[chain.header].struct_;
            let size = self.abi.struct_(header).layouts[Model::Lp64.index()].size;
            return (vec![size], vec![size]);
        };
        let needs = (1..=newest).map(|version| {
            let there = |field: &Field| is_fixed(field) && field.version <= version;
            let last = struct_.fields.iter().rposition(there);
            span(struct_, last.unwrap_or(0)).end()
        });
        let needs: Vec<_> = needs.collect();
        let align = struct_.layouts[Model::Lp64.index()].align;
        let array = struct_.fields.iter().position(|field| !is_fixed(field));
        let array = array.map(|array| span(struct_, array).offset);
        let sizes = needs.iter().map(|need| array.unwrap_or(round_up(*need, align)));
        let sizes = sizes.collect();
        (needs, sizes)
    }

    /// The fields that are numbers and tell something.
    fn values(&self, struct_: &Struct, members: &mut Taken) -> Vec<ValueView> {
        let told =
            |index: &usize| !matches!(struct_.fields[*index].role, Role::Header | Role::Reserved);
        let values = (0..struct_.fields.len()).filter(told).filter_map(|index| {
            let value = self.value(struct_, index, ("cap->bytes", "values->"))?;
            let later = value.version > 1;
            let has = later.then(|| members.take(["has_", &value.name].concat()));
            Some(ValueView { has, ..value })
        });
        values.collect()
    }

    /// The array of structs or numbers that a struct ends with.
    fn array(&self, struct_: &Struct, get: &mut dyn FnMut(&str) -> String) -> Option<ArrayView> {
        let index = struct_.fields.len().checked_sub(1)?;
        let field = &struct_.fields[index];
        let Type::Flexible(element, count) = &field.type_ else { return None };
        let (type_, each, load, members) = match **element {
            Type::Int(int) => {
                (c_type(int).to_owned(), int.size(), self.load(int, "bytes", 0), None)
            }
            Type::Struct(id) => {
                let inner = self.abi.struct_(id);
                let size = inner.layouts[Model::Lp64.index()].size.max(1);
                (format!("struct {}", inner.name), size, String::new(), Some(self.members(id)))
            }
            _ => return None,
        };
        let at = span(struct_, index).offset;
        let counted = count.and_then(|count| number(struct_, count));
        let count = counted.map(|(name, int)| match int.size() {
            8 => format!("{}_len(values->{name})", self.stem),
            _ => format!("values->{name}"),
        });
        let (name, get, has_count) = (field.name.clone(), get(&field.name), count.is_some());
        let count = count.unwrap_or_default();
        Some(ArrayView { name, get, type_, at, each, has_count, count, members, load })
    }

    /// Start, count and size of the elements of an array whose struct counts it.
    fn counted(&self, struct_: &Struct, array: &ArrayView) -> Option<String> {
        let Type::Flexible(_, Some(count)) = struct_.fields.last()?.type_ else { return None };
        let (_, int) = number(struct_, count)?;
        let count = self.load(int, "cap->bytes", span(struct_, count).offset);
        Some(format!("{},\n\t\t\t\t{count}, {}", array.at, array.each))
    }

    /// The numbers of an element.
    fn members(&self, id: StructId) -> Vec<ValueView> {
        let struct_ = self.abi.struct_(id);
        let value = |index| self.value(struct_, index, ("bytes", "elements[nth]."));
        (0..struct_.fields.len()).filter_map(value).collect()
    }
}

/// A field that is a number, by its name.
fn number(struct_: &Struct, index: usize) -> Option<(&str, Int)> {
    let field = &struct_.fields[index];
    match field.type_ {
        Type::Int(int) => Some((&field.name, int)),
        _ => None,
    }
}

/// A number that depends on a version, the newest last; each further one on a
/// line of its own.
fn by_version(version: &str, numbers: &[u64]) -> String {
    let (newest, older) = numbers.split_last().map_or((0, &[][..]), |(last, rest)| (*last, rest));
    if older.iter().all(|number| *number == newest) {
        return newest.to_string();
    }
    let older = (1..).zip(older).map(|(known, size)| format!("{version} == {known} ? {size} :"));
    let older = older.collect::<Vec<_>>().join("\n\t\t\t\t");
    format!("({older} {newest})")
}
