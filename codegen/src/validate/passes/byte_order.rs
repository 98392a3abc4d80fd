//! Byte orders: everything in a space is little-endian, everything else has the order of the
//! host.

use super::cap_headers::header_of;
use super::spaces::space_of;
use crate::diagnostic::{Diagnostic, Place};
use crate::spec::types::{ArgExpr, Base, Shape};
use crate::validate::Check;
use crate::validate::codes::RUST_TYPE;
use crate::validate::model::declarations::StructDeclaration;

/// All integers in a space are little-endian, and only there are such integers in a chain
/// or in the argument of an ioctl.
pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    for chain in &index.chains {
        let header = check.spec.abi.cap_headers.get(&chain.item.header);
        let header = header.map(|header| &header.struct_);
        let (space, header) = match &chain.item.within {
            Some(_) => (chain.item.space.as_ref(), header),
            None => (None, None),
        };
        for name in [space, header].into_iter().flatten() {
            index.structs_named(name).for_each(|struct_| in_space(check, struct_, None));
        }
    }
    for one in &index.capabilities {
        let Some(name) = &one.item.struct_ else { continue };
        let in_a_space = space_of(check, one).is_some();
        let header = one.chain.and_then(|chain| header_of(check, chain, one.validity));
        let header = header.map(|header| header.struct_.as_str());
        for struct_ in index.structs_named(name) {
            match in_a_space {
                true => in_space(check, struct_, header),
                false => in_order_of_host(check, struct_),
            }
        }
    }
    for (ioctl, _) in check.spec.ioctls() {
        if let ArgExpr::Struct(name) = &ioctl.arg.value {
            index.structs_named(name).for_each(|struct_| in_order_of_host(check, struct_));
        }
    }
}

fn in_space(check: &mut Check<'_>, struct_: &StructDeclaration<'_>, header: Option<&str>) {
    let index = check.index;
    // A capability with `fields` has its header besides them.
    let mut heads = struct_.capability.is_none();
    for field in struct_.members() {
        let header = if heads { header } else { header.map(|_| "") };
        heads = false;
        if !field.field.union.is_empty() {
            refuse_type(check, field.name.place, "is in a space", "a union has no value there");
        }
        for (_, expr) in field.types() {
            let (fits, help) = match &expr.base {
                Base::Int(int) => {
                    (int.size() == 1 || int.little_endian(), "use le16, le32 or le64")
                }
                Base::Struct(name) => (
                    match (header, &expr.shape) {
                        (Some(header), Shape::One) => header == name,
                        (Some(_), Shape::Flexible(_)) => {
                            index.structs_named(name).for_each(|one| in_space(check, one, None));
                            true
                        }
                        _ => false,
                    },
                    "only the header and the elements of the array are structs",
                ),
            };
            if !fits || expr.shape == Shape::Pointer {
                refuse_type(check, field.name.place, "is in a space", help);
            }
        }
    }
}

fn in_order_of_host(check: &mut Check<'_>, struct_: &StructDeclaration<'_>) {
    for field in struct_.members() {
        let little = field
            .types()
            .any(|(_, expr)| matches!(expr.base, Base::Int(int) if int.little_endian()));
        if little {
            let place = field.name.place;
            refuse_type(check, place, "is not in a space", "use u16, u32 or u64");
        }
    }
}

fn refuse_type(check: &mut Check<'_>, place: Place, why: &str, help: &str) {
    let message = format!("the field {why} and cannot have this type");
    check.problems.push(Diagnostic::error(RUST_TYPE, message).at(place, "").help(help));
}
