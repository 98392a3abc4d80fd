//! Structs that one side finds by the size that it knows: elements of an array, and data in
//! memory without a length for each element. Their size never changes.

use super::Comparison;
use crate::compat::codes::DATA_RESIZED;
use crate::compat::finding::{Affected, Finding, Party};
use crate::compat::matching::StructPair;
use crate::compat::witness;
use crate::ir::{Abi, Field, Payload, PayloadLength, StructId, Type};
use crate::layout::{Model, per_model};
use crate::reply::Direction;

/// A use of a struct that depends on its size.
struct SizedUse {
    /// The field or the number, and the use in a few words.
    text: String,
    /// Whether programs alone make the bytes.
    from_program: bool,
}

/// The finding about a struct of another size that the other side finds by its size.
pub(super) fn judge(comparison: &Comparison<'_, '_>, pair: &StructPair<'_>) -> Option<Finding> {
    let (old, new) = pair.structs.both()?;
    let size = |model: Model| (old.layouts[model.index()].size, new.layouts[model.index()].size);
    let resized = |model: &Model| size(*model).0 != size(*model).1;
    let model = Model::ALL.into_iter().find(resized)?;
    let abi = comparison.matching.abis().0;
    let sized = sized_use(abi, abi.find_struct(&old.name)?)?;
    let message = format!(
        "{}: one has {} bytes, {} before, and the next one is read from a wrong place",
        sized.text,
        per_model(&new.layouts.each_ref().map(|layout| layout.size)),
        per_model(&old.layouts.each_ref().map(|layout| layout.size)),
    );
    let witness = witness::next_element(comparison.matching, pair, model, sized.from_program);
    let finding = Finding::wire(DATA_RESIZED, model, &new.name, message)
        .affects(Affected::Both)
        .witness(witness)
        .help("leave its size, and pass more in an array of another struct");
    Some(finding.at(Party::New, new.meta.place))
}

/// A use of a struct that depends on its size. Elements with a length of their own
/// can grow.
fn sized_use(abi: &Abi, id: StructId) -> Option<SizedUse> {
    if abi.struct_(id).length.is_some() {
        return None;
    }
    in_struct(abi, id).or_else(|| in_payload(abi, id))
}

fn in_struct(abi: &Abi, id: StructId) -> Option<SizedUse> {
    let mut fields =
        abi.structs.iter().flat_map(|one| one.fields.iter().map(move |field| (one, field)));
    fields.find_map(|(struct_, field)| {
        let path = || [&struct_.name, ".", &field.name].concat();
        let direction = |field: &Field| field.direction == Some(Direction::In);
        if is_element(&field.type_, id) {
            let text = format!("an array of it is in `{}`", path());
            return Some(SizedUse { text, from_program: direction(field) });
        }
        let payload = field.payload.as_ref().filter(|payload| is_sized(payload, id))?;
        let text = format!("`{}` has the address of an array of it", path());
        Some(SizedUse { text, from_program: payload.direction == Direction::In })
    })
}

fn is_struct(type_: &Type, id: StructId) -> bool {
    matches!(type_, Type::Struct(own) if *own == id)
}

/// Whether a type has an array of a struct.
fn is_element(type_: &Type, id: StructId) -> bool {
    match type_ {
        Type::Array(element, ..) | Type::Flexible(element, _) => {
            is_struct(element, id) || is_element(element, id)
        }
        Type::Union(arms) => arms.iter().any(|arm| is_element(&arm.type_, id)),
        Type::Int(_) | Type::Pointer(_) | Type::Struct(_) => false,
    }
}

/// Whether memory has structs of a type and no field says how long each of them is.
fn is_sized(payload: &Payload, id: StructId) -> bool {
    let holds = is_struct(&payload.element, id) || is_element(&payload.element, id);
    holds && !matches!(payload.length, PayloadLength::Strided { .. })
}

/// Data of a number that are an array.
fn in_payload(abi: &Abi, id: StructId) -> Option<SizedUse> {
    let mut values = abi.groups.iter().flat_map(|group| &group.values);
    let value =
        values.find(|value| value.payload.as_ref().is_some_and(|one| is_element(one, id)))?;
    let text = format!("the data of `{}` are an array of it", value.name);
    Some(SizedUse { text, from_program: true })
}

/// Whether records of a descriptor start with a struct, or answers to them are it. The rule
/// about records compares its size.
pub(super) fn is_of_records(abi: &Abi, struct_: &str) -> bool {
    let streams = abi.fds.iter().filter_map(|kind| kind.stream.as_ref());
    let mut ids = streams.flat_map(|stream| [Some(stream.record), stream.answer]).flatten();
    ids.any(|id| abi.struct_(id).name == struct_)
}
