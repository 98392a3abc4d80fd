//! The memory that a field has the address of.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::types::{ErrorName, Shape, TypeExpr};
use super::super::wrappers::{OneOrMany, Placed};
use crate::diagnostic::Place;
use crate::reply::{Direction, ReturnedLength, WhenLonger, WhenShorter};

/// The memory that a field has the address of.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct PayloadSpec {
    /// Who writes the memory: the caller (`in`), the kernel (`out`) or both (`inout`).
    pub direction: Direction,
    /// Its type: an array, with the field that counts its elements, or with `len` or
    /// `bits` for its length; by default `u8[]`.
    #[serde(rename = "type")]
    pub type_: Option<Placed<TypeExpr>>,
    /// The field with the number that determines the type of the memory: the `payload` of
    /// this number; `item.field` for a field of another struct.
    pub type_by: Option<Placed<String>>,
    /// The field with its length in bytes; `item.field` for one of another struct or of a capability.
    pub len: Option<Placed<String>>,
    /// The field with the number of elements, if `stride` has their size.
    pub count: Option<Placed<String>>,
    /// The field with the size of each element in bytes, with `count`.
    pub stride: Option<Placed<String>>,
    /// For a bitmap: the fields with the length of a range, and with the bytes of it for each
    /// bit. With `len` too, this field has the length of the bitmap in bytes.
    pub bits: Option<BitsOfRange>,
    /// The effect of memory that is shorter than the kernel's form of the data.
    pub shorter: Option<Placed<WhenShorter>>,
    /// The effect of memory that is longer than the kernel's form of the data.
    pub longer: Option<Placed<WhenLonger>>,
    /// The length or number that the field with it returns; by default it is not changed.
    pub returns: Option<ReturnedLength>,
    /// The error if the memory is too small; by default the call succeeds.
    pub too_small: Option<Placed<ErrorName>>,
    /// Whether the memory is accessed after the call, too.
    #[serde(default)]
    pub lasting: bool,
}

/// The fields that determine the length of a bitmap.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct BitsOfRange {
    /// The field with the length of the range in bytes; if that is in a struct that is
    /// passed together with this one, `struct.field`, once for each of these structs.
    pub of: OneOrMany<String>,
    /// The field with the bytes for each bit.
    pub per: Placed<String>,
}

impl PayloadSpec {
    /// The fields of its length, each with the item that declares it, if that is
    /// another one.
    pub fn length_fields(&self) -> impl Iterator<Item = FieldPath<'_>> {
        let counted = self.type_.iter().filter_map(|type_| match &type_.value.shape {
            Shape::Flexible(Some(count)) => Some((None, count.as_str(), type_.place)),
            _ => None,
        });
        let bits = self.bits.iter().flat_map(BitsOfRange::fields);
        let strided = self.count.iter().chain(&self.stride);
        counted.chain(self.len.iter().chain(strided).map(field_path)).chain(bits)
    }

    /// The field that determines its type, with the item that declares it, if that is
    /// another one.
    pub fn type_field(&self) -> Option<FieldPath<'_>> {
        self.type_by.as_ref().map(field_path)
    }
}

impl BitsOfRange {
    /// The fields, each with the item that declares it, if that is another one.
    pub fn fields(&self) -> impl Iterator<Item = FieldPath<'_>> {
        self.of.0.iter().chain([&self.per]).map(field_path)
    }
}

/// The item that declares a field, if it is written before the field, the field, and its
/// place.
type FieldPath<'a> = (Option<&'a str>, &'a str, Place);

fn field_path(path: &Placed<String>) -> FieldPath<'_> {
    match path.split_once('.') {
        Some((item, field)) => (Some(item), field, path.place),
        None => (None, path.as_str(), path.place),
    }
}
