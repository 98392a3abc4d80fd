//! Constants with the types that bindgen gives them. A constant with the same type is the
//! one of `uapi`; deprecated ones are declared again, without the warning.

use proc_macro2::{Ident, Literal as Token, TokenStream};
use quote::quote;

use super::super::groups;
use super::super::tokens::{ident, int_type};
use crate::ir::{Abi, Capability, Group, GroupKind, Literal, Meta, Value};
use crate::layout::Int;
use crate::names;

/// The constants of a module, in the order of the specification.
#[derive(Default)]
pub(super) struct BoundConstants {
    /// Names of constants that are taken from `uapi` as they are.
    same: Vec<Ident>,
    /// Declarations of the others, and of the types of enumerations.
    declared: TokenStream,
    /// The number of anonymous enumerations, which bindgen counts.
    anonymous: usize,
}

impl BoundConstants {
    /// The constants as items.
    pub(super) fn items(&self) -> TokenStream {
        let declared = &self.declared;
        let same = match self.same.as_slice() {
            [] => quote!(),
            [one] => quote!(pub use crate::uapi::#one;),
            many => quote!(pub use crate::uapi::{#(#many),*};),
        };
        quote!(#same #declared)
    }

    /// Adds the numbers and strings of a group.
    pub(super) fn group(&mut self, abi: &Abi, group: &Group) {
        match group.kind {
            GroupKind::Enum => self.tagged(group),
            GroupKind::AnonymousEnum => self.untagged(group),
            _ => group.values.iter().for_each(|value| self.macro_(abi, group, value)),
        }
    }

    /// Adds the id of a capability.
    pub(super) fn id(&mut self, capability: &Capability) {
        let id = i128::from(capability.id);
        self.number(&capability.name, &capability.meta, id, [smallest([id]), Int::U32]);
    }

    /// Adds a macro.
    fn macro_(&mut self, abi: &Abi, group: &Group, value: &Value) {
        let number = match &value.literal {
            Literal::Text(text) => return self.string(&value.name, text),
            // bindgen shifts 64 bits, so the sign bit of an int is positive.
            Literal::Bit { bit, .. } => 1 << bit,
            _ => value.number,
        };
        // Kernel headers write the type of ioctls as a character.
        let numbers = abi.ioctl_numbers.as_ref();
        let type_ = match numbers.is_some_and(|numbers| numbers.type_name == value.name) {
            true => Int::U8,
            false => smallest([number]),
        };
        self.number(&value.name, &value.meta, number, [type_, groups::int(group)]);
    }

    /// Adds a constant for a number, with its type here and in `uapi`.
    fn number(&mut self, name: &str, meta: &Meta, number: i128, [type_, uapi]: [Int; 2]) {
        let name = ident(name);
        if type_ == uapi && meta.deprecated.is_none() {
            self.same.push(name);
            return;
        }
        let (number, type_) = (Token::i128_unsuffixed(number), int_type(type_));
        self.declared.extend(quote!(pub const #name: #type_ = #number;));
    }

    /// Adds a macro for a string, which ends in a zero byte.
    fn string(&mut self, name: &str, text: &str) {
        let bytes = [text.as_bytes(), b"\0"].concat();
        let (name, length) = (ident(name), Token::usize_unsuffixed(bytes.len()));
        let bytes = Token::byte_string(&bytes);
        self.declared.extend(quote!(pub const #name: &[u8; #length] = #bytes;));
    }

    /// Adds an enumeration with a tag, which begins the names of its enumerators.
    fn tagged(&mut self, group: &Group) {
        let alias = ident(&group.name);
        self.alias(&alias, enumeration_type(group));
        for value in &group.values {
            let name = ident(&names::bindgen_constant(&group.name, &value.name));
            let number = Token::i128_unsuffixed(value.number);
            self.declared.extend(quote!(pub const #name: #alias = #number;));
        }
    }

    /// Adds an enumeration without a tag, to which bindgen gives a number.
    fn untagged(&mut self, group: &Group) {
        self.anonymous += 1;
        let types = [enumeration_type(group), groups::int(group)];
        self.alias(&ident(&names::bindgen_enum(self.anonymous)), types[0]);
        for value in &group.values {
            self.number(&value.name, &value.meta, value.number, types);
        }
    }

    /// Adds the type of an enumeration.
    fn alias(&mut self, name: &Ident, type_: Int) {
        let type_ = int_type(type_);
        self.declared.extend(quote!(pub type #name = #type_;));
    }
}

/// The integer that C chooses for an enumeration.
fn enumeration_type(group: &Group) -> Int {
    smallest(group.values.iter().map(|value| value.number))
}

/// The smallest of bindgen's types that holds all of these numbers, whatever their type
/// in C is; unsigned if none is negative.
fn smallest(numbers: impl IntoIterator<Item = i128> + Clone) -> Int {
    let negative = numbers.clone().into_iter().any(|number| number < 0);
    let [small, large] = if negative { [Int::S32, Int::S64] } else { [Int::U32, Int::U64] };
    let fits = numbers.into_iter().all(|number| small.range().contains(&number));
    if fits { small } else { large }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindgen_chooses_types_by_the_numbers() {
        assert_eq!(smallest([0]), Int::U32);
        assert_eq!(smallest([1 << 31]), Int::U32);
        assert_eq!(smallest([1 << 32]), Int::U64);
        assert_eq!(smallest([-1]), Int::S32);
        assert_eq!(smallest([-1, 1 << 31]), Int::S64);
    }
}
