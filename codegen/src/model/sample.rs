//! Sample contents: every byte identifies the field that it belongs to.

use super::Cap;
use crate::ir::{Abi, Capability, Role, Struct, Type};
use crate::layout::Model;

/// The byte at offset `at` of a named field. Never 0, and different for most other
/// names and offsets.
pub fn mark(name: &str, at: u64) -> u8 {
    let hash = name
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let mixed = (hash ^ (at as u32).wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b);
    (mixed >> 24) as u8 | 1
}

/// A struct whose bytes identify their fields.
pub fn fixed(struct_: &Struct) -> Vec<u8> {
    let layout = struct_.kernel_layout();
    let mut bytes = vec![0; layout.size as usize];
    for (field, span) in struct_.fields.iter().zip(&layout.fields) {
        for at in 0..span.size {
            bytes[(span.offset + at) as usize] = mark(&field.name, at);
        }
    }
    bytes
}

/// So many elements of the array that ends a struct, if one does.
pub fn array(abi: &Abi, struct_: &Struct, elements: u64) -> Vec<u8> {
    let flexible = struct_.fields.iter().find_map(|field| match &field.type_ {
        Type::Flexible(element, _) => Some((&field.name, abi.extent(element, Model::KERNEL)?.size)),
        _ => None,
    });
    let Some((name, each)) = flexible else { return Vec::new() };
    (0..each * elements).map(|at| mark(name, at)).collect()
}

/// A capability of its newest version, with `elements` elements in its flexible array.
pub fn cap(abi: &Abi, capability: &Capability, elements: u64) -> Cap {
    let header = abi.cap_headers[abi.chain(capability.chain).header].struct_;
    let header = abi.struct_(header).kernel_layout().size as usize;
    let (mut bytes, mut array) = (vec![0; header], None);
    if let Some(struct_) = capability.struct_.map(|id| abi.struct_(id)) {
        bytes = fixed(struct_);
        let spans = &struct_.kernel_layout().fields;
        for (field, span) in struct_.fields.iter().zip(spans) {
            let Type::Flexible(element, count) = &field.type_ else { continue };
            let each = abi.extent(element, Model::KERNEL).map_or(1, |extent| extent.size.max(1));
            if let Some(count) = count.map(|count| spans[count]) {
                let number = elements.to_le_bytes();
                let number = number.iter().chain(std::iter::repeat(&0)).take(count.size as usize);
                let place = count.offset as usize..count.end() as usize;
                bytes[place].iter_mut().zip(number).for_each(|(byte, number)| *byte = *number);
            }
            bytes.truncate(span.offset as usize);
            bytes.extend((0..each * elements).map(|at| mark(&field.name, at)));
            array = Some((span.offset as usize - header, each as usize));
        }
    }
    let body = bytes.split_off(header);
    Cap { id: capability.id, version: capability.version.into(), body, array }
}

/// A struct whose bytes identify their fields, except for its flags, which are 0.
pub fn quiet(struct_: &Struct) -> Vec<u8> {
    let mut bytes = fixed(struct_);
    let spans = &struct_.kernel_layout().fields;
    for (field, span) in struct_.fields.iter().zip(spans) {
        if field.role == Role::Flags {
            bytes[span.offset as usize..span.end() as usize].fill(0);
        }
    }
    bytes
}
