//! Compares the names of two crates made from the same headers.
#![allow(non_camel_case_types, non_snake_case, reason = "the functions have the names of traits")]

use std::any::{TypeId, type_name};
use std::fmt::Debug;
use std::mem::offset_of;

use vfio_abi::bindings::vfio as ours;
use vfio_bindings::bindings::vfio as theirs;

/// What was compared.
#[derive(Debug, Default)]
struct Counts {
    constants: usize,
    aliases: usize,
    types: usize,
    fields: usize,
    traits: usize,
}

/// Two constants of one type.
fn same<T: PartialEq + Debug>(name: &str, ours: T, theirs: T) {
    assert_eq!(ours, theirs, "{name}");
}

/// The name of the type of a field, without the modules of a crate.
fn field_type<S, T>(_: fn(&S) -> *const T) -> String {
    let name = type_name::<T>();
    name.replace("vfio_bindings::vfio_bindings::vfio::", "")
        .replace("vfio_abi::bindings::vfio::", "")
        .replace("vfio_abi::bindgen::", "")
}

fn implements_Debug<T: Debug>() {}
fn implements_Default<T: Default>() {}
fn implements_Copy<T: Copy>() {}
fn implements_Clone<T: Clone>() {}
fn implements_PartialEq<T: PartialEq>() {}

fn main() {
    let mut counts = Counts::default();

    macro_rules! constant {
        ($name:ident) => {
            same(stringify!($name), ours::$name, theirs::$name);
            counts.constants += 1;
        };
    }

    macro_rules! alias {
        ($name:ident) => {
            let [ours, theirs] = [TypeId::of::<ours::$name>(), TypeId::of::<theirs::$name>()];
            assert_eq!(ours, theirs, stringify!($name));
            counts.aliases += 1;
        };
    }

    macro_rules! implements {
        (Debug $type_:ty) => { implements_Debug::<$type_>() };
        (Default $type_:ty) => { implements_Default::<$type_>() };
        (Copy $type_:ty) => { implements_Copy::<$type_>() };
        (Clone $type_:ty) => { implements_Clone::<$type_>() };
        (PartialEq $type_:ty) => { implements_PartialEq::<$type_>() };
    }

    macro_rules! type_ {
        ($name:ident { $($field:ident),* } $($trait_:ident)*) => {
            let name = stringify!($name);
            assert_eq!(size_of::<ours::$name>(), size_of::<theirs::$name>(), "{name}");
            assert_eq!(align_of::<ours::$name>(), align_of::<theirs::$name>(), "{name}");
            $(
                let field = concat!(stringify!($name), ".", stringify!($field));
                let [one, two] =
                    [offset_of!(ours::$name, $field), offset_of!(theirs::$name, $field)];
                assert_eq!(one, two, "{field}");
                let one = field_type(|value: &ours::$name| &raw const value.$field);
                let two = field_type(|value: &theirs::$name| &raw const value.$field);
                assert_eq!(one, two, "{field}");
                counts.fields += 1;
            )*
            $(
                implements!($trait_ ours::$name);
                counts.traits += 1;
            )*
            counts.types += 1;
        };
    }

    // COMPARISONS
    println!("the same in both: {counts:?}");
}
