//! A specification without the changes of later releases, as it would have been
//! written in an earlier one. Names stay those of today, with their history.

use super::history::{HistorySpec, Validity};
use super::types::{Amount, RoleWord, TypeExpr};
use super::wrappers::{LineOrMap, Map};
use super::{FieldSpec, ItemSpec, Spec, ValueSpec};
use crate::release::Release;

impl Spec {
    /// The specification with nothing but the items of `release`. Their values, types
    /// and texts are those of the release, and nothing says when they end.
    pub fn as_of(&self, release: Release) -> Self {
        let mut spec = self.clone();
        for file in &mut spec.files {
            let around = file.validity();
            file.items.0.retain(|item| item.validity(around).covers(release));
            file.items.0.iter_mut().for_each(|item| settle_item(item, around, release));
            file.items.0.retain(has_content);
        }
        let items = || spec.files.iter().flat_map(|file| file.items.iter());
        let structs = items().filter_map(|item| item.declared_struct());
        let structs: Vec<_> = structs.map(|name| name.value.clone()).collect();
        spec.abi.cap_headers.0.retain(|(_, header)| structs.contains(&header.struct_.value));
        spec
    }
}

/// Whether something of an item is left.
fn has_content(item: &ItemSpec) -> bool {
    match item {
        ItemSpec::Constants(item) | ItemSpec::Enum(item) | ItemSpec::IdSpace(item) => {
            !item.values.is_empty()
        }
        ItemSpec::Struct(item) => !item.fields.is_empty(),
        _ => true,
    }
}

/// Drops everything of an item that came later or is gone in `release`.
fn settle_item(item: &mut ItemSpec, around: Validity, release: Release) {
    let validity = item.validity(around);
    match item {
        ItemSpec::Constants(item) | ItemSpec::Enum(item) | ItemSpec::IdSpace(item) => {
            item.until = None;
            settle_values(&mut item.values, validity, release);
        }
        ItemSpec::Macro(item) => {
            item.until = None;
            if let Some(c) = item.before.c_at(release).map(str::to_owned) {
                item.c.value = c;
            }
            keep_names(&mut item.before, release);
        }
        ItemSpec::Struct(item) => {
            item.until = None;
            settle_fields(&mut item.fields, validity, release);
        }
        // An ABI has the handlers of all releases.
        ItemSpec::Ioctl(item) => item.until = None,
        ItemSpec::Chain(item) => item.until = None,
        ItemSpec::Capability(item) => {
            item.until = None;
            if let Some(Amount::Number(number)) = item.before.value_at(release) {
                item.id.value = number;
            }
            keep_names(&mut item.before, release);
            settle_fields(&mut item.fields, validity, release);
        }
    }
}

fn settle_values(values: &mut Map<LineOrMap<ValueSpec>>, around: Validity, release: Release) {
    values.0.retain(|(_, value)| value.validity(around).covers(release));
    for (_, LineOrMap(value)) in &mut values.0 {
        value.until = None;
        if let Some(former) = value.before.value_at(release) {
            (value.value, value.bit, value.of.0) = (Some(former), None, Vec::new());
        }
        keep_names(&mut value.before, release);
    }
    let names: Vec<_> = values.iter().map(|(name, _)| name.value.clone()).collect();
    for (_, LineOrMap(value)) in &mut values.0 {
        value.of.0.retain(|flag| names.contains(&flag.value));
    }
    values.0.retain(|(_, value)| {
        value.value.is_some()
            || value.bit.is_some()
            || value.string.is_some()
            || value.alias.is_some()
            || !value.of.is_empty()
    });
}

/// Fields of the release. Before a union came, its members stood in its place.
fn settle_fields(fields: &mut Map<LineOrMap<FieldSpec>>, around: Validity, release: Release) {
    let mut kept = Vec::new();
    for (name, LineOrMap(mut field)) in std::mem::take(&mut fields.0) {
        let validity = field.validity(around);
        if !validity.covers(release) {
            settle_fields(&mut field.union, validity, release);
            kept.extend(field.union.0);
            continue;
        }
        field.until = None;
        if let Some(former) = field.before.type_at(release) {
            let direction = field.type_.as_ref().and_then(|expr| expr.direction);
            let direction = direction.filter(|_| former.role != Some(RoleWord::Reserved));
            field.type_ = Some(TypeExpr { direction, ..former.clone() });
        }
        keep_names(&mut field.before, release);
        settle_fields(&mut field.union, validity, release);
        settle_values(&mut field.bits, validity, release);
        settle_values(&mut field.values, validity, release);
        if field.bits.is_empty() && field.values.is_empty() {
            field.prefix = None;
        }
        kept.push((name, LineOrMap(field)));
    }
    fields.0 = kept;
}

/// Of what differs before releases after `release`, the names only.
fn keep_names(before: &mut HistorySpec, release: Release) {
    before.0.retain_mut(|(end, LineOrMap(before))| {
        if end.value.opening() <= release {
            return true;
        }
        (before.type_, before.value, before.c) = (None, None, None);
        before.name.is_some()
    });
}
