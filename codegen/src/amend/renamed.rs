//! Fields that headers only call otherwise: the same bytes with the same type. The
//! specification is amended under the old names, to which other keys refer, and the ABI gets
//! the new ones.

use crate::diagnostic::Place;
use crate::header::{Facts, StructFact, conventions};
use crate::ir::{Abi, Field, Role, Struct};

/// A field with a new name.
pub(super) struct RenamedField {
    struct_: String,
    was: String,
    is: String,
    place: Place,
}

/// Gives renamed fields their old names in the facts.
pub(super) fn settle(facts: &mut Facts, reference: &Abi) -> Vec<RenamedField> {
    let mut renamed = Vec::new();
    for fact in &mut facts.structs {
        let Some(id) = reference.find_struct(&fact.name) else { continue };
        let known = reference.struct_(id);
        for (index, field) in known.fields.iter().enumerate() {
            let Some(at) = successor(reference, known, index, fact) else { continue };
            let found = &mut fact.fields[at];
            let is = std::mem::replace(&mut found.name, field.name.clone());
            let (struct_, was) = (fact.name.clone(), field.name.clone());
            renamed.push(RenamedField { struct_, was, is, place: found.place });
        }
    }
    for within in facts.constants.iter_mut().filter_map(|one| one.within.as_mut()) {
        let own = renamed
            .iter()
            .find(|one| one.struct_ == within.struct_ && within.field.as_ref() == Some(&one.is));
        if let Some(own) = own {
            within.field = Some(own.was.clone());
        }
    }
    renamed
}

/// The field of a header that has the bytes and the type of a known one, whose name is gone.
fn successor(reference: &Abi, known: &Struct, index: usize, fact: &StructFact) -> Option<usize> {
    let field = &known.fields[index];
    let gone = fact.fields.iter().all(|found| found.name != field.name);
    if !gone || field.role == Role::Reserved || !field.arms().is_empty() {
        return None;
    }
    let (spans, type_) = (known.spans(index), reference.type_text(&field.type_));
    (0..fact.fields.len()).find(|at| {
        let found = &fact.fields[*at];
        let layouts = fact.layouts.each_ref();
        layouts.map(|layout| layout.fields[*at]) == spans
            && found.type_.text() == type_
            && !found.name.is_empty()
            && !conventions::is_reserved(&found.name)
            && !known.fields.iter().any(|field| is_known(field, &found.name))
    })
}

/// Whether a name is or was one of a field.
fn is_known(field: &Field, name: &str) -> bool {
    let former = &field.meta.history.names;
    field.name == name
        || field.arms().iter().any(|arm| arm.name == name)
        || former.iter().any(|(former, _)| former == name)
}

/// Gives renamed fields their new names in the ABI.
pub(super) fn apply(renamed: &[RenamedField], abi: &mut Abi) {
    for one in renamed {
        let structs = abi.structs.iter_mut().filter(|struct_| struct_.name == one.struct_);
        let fields = structs.flat_map(|struct_| &mut struct_.fields);
        for field in fields.filter(|field| field.name == one.was) {
            field.name.clone_from(&one.is);
            field.meta.place = one.place;
        }
    }
}
