//! Payloads with an address: the field is an address, and another field is its length.

use crate::diagnostic::{Diagnostic, Place};
use crate::layout::Int;
use crate::reply::Direction;
use crate::spec::types::{Base, RoleWord, Shape, TypeExpr};
use crate::spec::wrappers::Placed;
use crate::spec::{BitsOfRange, FieldSpec, ItemSpec, PayloadSpec};
use crate::validate::Check;
use crate::validate::codes::{BAD_ROLE, KEY_CONFLICT};
use crate::validate::model::declarations::{DeclaredMember, StructDeclaration};
use crate::validate::model::refs::{Reference, STRUCT};
use crate::validate::model::symbols::Symbols;

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    for struct_ in &index.structs {
        for member in struct_.members() {
            if let Some(payload) = &member.field.payload {
                address(check, &member);
                lengths(check, struct_, &member, payload);
            }
            for (name, flag) in member.field.bits.iter() {
                descriptors(check, flag.payload.as_ref());
                if let Some((count, place)) = flag.payload.as_ref().and_then(counted) {
                    let needed = Some(flag.validity(member.validity));
                    length(check, struct_, Reference { name: count, place, needed });
                }
                if flag.payload.is_some() && flag.bit.is_none() {
                    check.refuse(KEY_CONFLICT, name.place, "only a flag of one bit has a payload");
                }
            }
            for (_, flags) in member.field.one_of.iter() {
                one_of(check, &member, flags);
            }
        }
    }
    for (_, item) in check.spec.items() {
        let (ItemSpec::Constants(group) | ItemSpec::Enum(group) | ItemSpec::IdSpace(group)) = item
        else {
            continue;
        };
        for (_, value) in group.values.iter() {
            descriptors(check, value.payload.as_ref());
            if let Some((_, place)) = value.payload.as_ref().and_then(counted) {
                check.refuse(
                    KEY_CONFLICT,
                    place,
                    "only the payload of a flag can be counted by a field",
                );
            }
        }
    }
}

/// A payload has no role, but its elements can be file descriptors.
fn descriptors(check: &mut Check<'_>, payload: Option<&Placed<TypeExpr>>) {
    let Some(Placed { value, place }) = payload else { return };
    let elements = matches!(value.shape, Shape::Fixed(_) | Shape::Named(_) | Shape::Flexible(_));
    let holds_fds = elements && value.base == Base::Int(Int::S32);
    let message = match value.role {
        None => return,
        Some(RoleWord::Fd | RoleWord::OptionalFd) if holds_fds => return,
        Some(RoleWord::Fd | RoleWord::OptionalFd) => {
            "file descriptors that are a payload are an array of s32"
        }
        Some(_) => "a payload can be `fd` or `optional_fd`, and has no other role",
    };
    check.refuse(BAD_ROLE, *place, message);
}

/// The field that counts the elements of a payload.
fn counted(payload: &Placed<TypeExpr>) -> Option<(&str, Place)> {
    match &payload.value.shape {
        Shape::Flexible(Some(count)) => Some((count.as_str(), payload.place)),
        _ => None,
    }
}

/// The length is known in one way, and its fields and the struct of its elements exist.
fn lengths(
    check: &mut Check<'_>,
    struct_: &StructDeclaration<'_>,
    member: &DeclaredMember<'_>,
    payload: &PayloadSpec,
) {
    let shape = payload.type_.as_ref().map(|type_| &type_.value.shape);
    let in_type = matches!(shape, Some(Shape::Fixed(_) | Shape::Flexible(Some(_))));
    let named = payload.len.is_some() || payload.bits.is_some();
    let strided = payload.count.is_some() || payload.stride.is_some();
    if usize::from(in_type) + usize::from(named) + usize::from(strided) != 1 {
        let message = "needs its length once: in the brackets of `type`, as `len` or `bits`, or \
                       as `count` with `stride`";
        check.refuse(KEY_CONFLICT, member.name.place, message);
    }
    if payload.count.is_some() != payload.stride.is_some() {
        check.refuse(KEY_CONFLICT, member.name.place, "`count` and `stride` need each other");
    }
    if !matches!(shape, None | Some(Shape::Fixed(_) | Shape::Flexible(_))) {
        check.refuse(KEY_CONFLICT, member.name.place, "the `type` of a payload is an array");
    }
    if let Some((Base::Struct(name), place)) =
        payload.type_.as_ref().map(|type_| (&type_.value.base, type_.place))
    {
        check.resolve(Reference { name, place, needed: Some(member.validity) }, STRUCT);
    }
    for (item, field, place) in payload.length_fields() {
        let reference = Reference { name: field, place, needed: Some(member.validity) };
        match item {
            None => length(check, struct_, reference),
            Some(item) => elsewhere(check, item, reference),
        }
    }
    for (item, field, place) in payload.bits.iter().flat_map(BitsOfRange::fields) {
        let index = check.index;
        let owner = item.map_or(Some(struct_), |item| declared(index, item));
        let mut members = owner.into_iter().flat_map(StructDeclaration::members);
        if members.any(|member| member.name.value == field && !is_always_passed(&member)) {
            let message = format!(
                "`{field}` must be an integer with `in` that is always passed: without \
                 `valid_if`, flags, names of numbers or a role"
            );
            check.refuse(KEY_CONFLICT, place, message);
        }
    }
}

/// Whether a program passes a number in the member in every call.
fn is_always_passed(member: &DeclaredMember<'_>) -> bool {
    let is_number = |expr: &TypeExpr| {
        let is_input = matches!(expr.direction, Some(Direction::In | Direction::InOut));
        let is_int = matches!(expr.base, Base::Int(_)) && expr.shape == Shape::One;
        is_input && is_int && expr.role.is_none()
    };
    let FieldSpec { bits, values, holds, valid_if, .. } = member.field;
    let is_plain = bits.is_empty() && values.is_empty() && holds.is_none() && valid_if.is_none();
    member.union.is_none() && is_plain && member.types().all(|(_, expr)| is_number(expr))
}

/// The flags that exclude each other belong to the field.
fn one_of(check: &mut Check<'_>, member: &DeclaredMember<'_>, flags: &[Placed<String>]) {
    for flag in flags {
        let bit = member.field.bits.iter().find(|(name, _)| name.value == flag.value);
        if bit.is_none_or(|(_, value)| value.bit.is_none()) {
            let reference = Reference { name: flag, place: flag.place, needed: None };
            let known = || member.field.bits.iter().map(|(name, _)| name.as_str()).collect();
            check.unknown(reference, ("flag", " of one bit in this field"), |_| known());
        }
    }
}

fn address(check: &mut Check<'_>, member: &DeclaredMember<'_>) {
    let holds_address = |expr: &TypeExpr| {
        let wide = matches!(expr.base, Base::Int(Int::U64 | Int::AlignedU64));
        expr.shape == Shape::Pointer || wide && expr.shape == Shape::One
    };
    let union = member.union.is_some() || !member.field.union.is_empty();
    if union || !member.types().all(|(_, expr)| holds_address(expr)) {
        let message = "`payload` needs a field that holds an address";
        let problem = Diagnostic::error(KEY_CONFLICT, message).at(member.name.place, "");
        check.problems.push(problem.help("use an `aligned_u64` for an address"));
    }
}

/// The struct of this name, or that of the capability.
fn declared<'a>(index: &'a Symbols<'a>, item: &str) -> Option<&'a StructDeclaration<'a>> {
    let body = index.capabilities.iter().find(|one| one.item.capability.value == item);
    let name = body.and_then(|one| one.item.struct_.as_ref()).map_or(item, |name| name.as_str());
    index.structs.iter().find(|struct_| struct_.name.value == name)
}

/// The length is in another struct, which is named itself or by its capability.
fn elsewhere(check: &mut Check<'_>, item: &str, reference: Reference<'_>) {
    let index = check.index;
    match declared(index, item) {
        Some(struct_) => length(check, struct_, reference),
        None => check.unknown(
            Reference { name: item, ..reference },
            ("struct or capability", ""),
            |index| {
                let capabilities =
                    index.capabilities.iter().map(|one| one.item.capability.as_str());
                let structs = index.structs.iter().map(|one| one.name.as_str());
                capabilities.chain(structs).collect()
            },
        ),
    }
}

/// The struct has the field in every release that needs it.
pub(super) fn length(
    check: &mut Check<'_>,
    struct_: &StructDeclaration<'_>,
    reference: Reference<'_>,
) {
    let validities: Vec<_> = struct_.validities_of(reference.name).collect();
    if validities.is_empty() {
        let names = struct_.members().map(|member| member.name.as_str()).collect();
        let where_ = format!(" in `{}`", struct_.name.value);
        return check.unknown(reference, ("field", &where_), |_| names);
    }
    let uncovered =
        reference.needed.and_then(|needed| check.uncovered(needed, validities.into_iter()));
    if let Some(release) = uncovered {
        check.absent(reference, "field", release, None);
    }
}
