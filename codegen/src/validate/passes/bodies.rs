//! Bodies in a space whose layout depends on their bits: fields that need not exist, numbers of
//! elements and lengths of elements in bits.

use super::cap_headers::{fields, most};
use super::companions::{self, CompanionUse};
use super::spaces::space_of;
use crate::diagnostic::{Diagnostic, Place};
use crate::spec::text::Number;
use crate::spec::types::{Base, BitsExpr, NumberRange, Shape, TypeExpr};
use crate::spec::wrappers::{OneOrMany, Placed};
use crate::spec::{ChainSpec, QuantitySpec};
use crate::validate::Check;
use crate::validate::codes::{BAD_CHAIN, KEY_CONFLICT, OUT_OF_RANGE};
use crate::validate::model::declarations::{DeclaredMember, StructDeclaration};

/// What a struct is in a space.
#[derive(Clone, Copy)]
enum Use<'a> {
    /// The body of a capability of this chain.
    Body(&'a ChainSpec),
    /// An element of the array at the end of a body.
    Element,
}

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    let mut used = Vec::new();
    for one in &index.capabilities {
        let (Some(name), Some(chain)) = (&one.item.struct_, space_of(check, one)) else { continue };
        for struct_ in index.structs_named(name) {
            used.push((struct_, Use::Body(chain)));
            let elements = struct_.fields().flat_map(|field| element(&field));
            let elements = elements.flat_map(|name| index.structs_named(name));
            used.extend(elements.map(|element| (element, Use::Element)));
        }
    }
    let mut companions = Vec::new();
    for struct_ in &index.structs {
        let uses = used.iter().filter(|(one, _)| std::ptr::eq(one.name, struct_.name));
        let uses: Vec<_> = uses.map(|(_, used)| *used).collect();
        match uses.as_slice() {
            [] => outside(check, struct_),
            uses => companions.extend(inside(check, struct_, uses)),
        }
    }
    companions::uses(check, &companions);
}

/// The struct of the elements of a flexible array.
pub(super) fn element<'a>(field: &DeclaredMember<'a>) -> Option<&'a str> {
    field.types().find_map(|(_, expr)| match (&expr.base, &expr.shape) {
        (Base::Struct(name), Shape::Flexible(_)) => Some(name.as_str()),
        _ => None,
    })
}

/// Structs that are in no space have none of these keys.
fn outside(check: &mut Check<'_>, struct_: &StructDeclaration<'_>) {
    let needs = |check: &mut Check<'_>, place, key: &str| {
        let message =
            format!("`{key}` is for bodies in a space and for the elements of their arrays");
        check.missing(Diagnostic::error(KEY_CONFLICT, message).at(place, ""));
    };
    if struct_.compact {
        needs(check, struct_.name.place, "compact");
    }
    if let Some(length) = struct_.length {
        needs(check, length.bits.place, "length");
    }
    for field in struct_.members() {
        if let Some((bits, _)) = field.field.exists_if.first() {
            needs(check, bits.place, "exists_if");
        }
        if let Some(count) = &field.field.count {
            needs(check, count.bits.place, "count");
        }
    }
}

fn inside<'a>(
    check: &mut Check<'a>,
    struct_: &StructDeclaration<'_>,
    uses: &[Use<'a>],
) -> Vec<CompanionUse<'a>> {
    let place = struct_.name.place;
    let mut companions = Vec::new();
    let chains = uses.iter().filter_map(|used| match used {
        Use::Body(chain) => Some(*chain),
        Use::Element => None,
    });
    let chains: Vec<_> = chains.collect();
    let is_element = chains.len() < uses.len();
    if is_element && !chains.is_empty() {
        check.refuse(BAD_CHAIN, place, "a body is no element of an array in a space");
    }
    let body = SpaceBody { struct_ };
    let conditional = body.fields().any(|field| !field.field.exists_if.is_empty());
    if struct_.compact && !(conditional && struct_.packed) {
        check.refuse(KEY_CONFLICT, place, "`compact` needs `packed` and a field with `exists_if`");
    }
    if let Some(length) = struct_.length {
        match is_element {
            true => element_length(check, &body, length),
            false => {
                let message = "the `length` of a body is a key of its capability";
                check.refuse(KEY_CONFLICT, length.bits.place, message);
            }
        }
    }
    for field in body.fields() {
        if is_element {
            plain_element(check, &field);
        }
        for (bits, numbers) in field.field.exists_if.iter() {
            companions.extend(condition(check, &body, &chains, (&field, bits, numbers)));
        }
        if !field.field.exists_if.is_empty() {
            conditional_field(check, struct_, &field);
        }
        if let Some(count) = &field.field.count {
            self::count(check, &body, &field, count);
        }
    }
    for member in struct_.fields().flat_map(|field| field.arms()) {
        let given = member.field.exists_if.first().map(|(bits, _)| bits.place);
        if let Some(place) = given.or(member.field.count.as_ref().map(|count| count.bits.place)) {
            check.refuse(KEY_CONFLICT, place, "a member of a union exists if the union does");
        }
    }
    companions
}

/// A struct of a space.
struct SpaceBody<'a> {
    struct_: &'a StructDeclaration<'a>,
}

impl<'a> SpaceBody<'a> {
    fn fields(&self) -> impl Iterator<Item = DeclaredMember<'a>> + use<'a> {
        self.struct_.fields()
    }

    /// Bits of a field that always exists, at the same place.
    fn settled(&self, check: &mut Check<'_>, bits: &Placed<BitsExpr>) {
        fields(check, self.struct_.name, (bits, bits.place));
        let mut moved = false;
        for field in self.fields() {
            let conditional = !field.field.exists_if.is_empty();
            moved |= conditional && self.struct_.compact;
            if field.names().any(|(_, name)| name == bits.field) && (conditional || moved) {
                let message = format!("`{}` does not always exist at the same place", bits.field);
                let problem = Diagnostic::error(BAD_CHAIN, message).at(bits.place, "");
                check.problems.push(problem.and(field.name.place, "the field"));
            }
        }
    }
}

/// Bits of the own struct, `struct.field` of the space, or those of the companion, of which the
/// uses are returned.
fn condition<'a>(
    check: &mut Check<'a>,
    body: &SpaceBody<'_>,
    chains: &[&'a ChainSpec],
    (field, bits, numbers): (&DeclaredMember<'_>, &Placed<BitsExpr>, &OneOrMany<NumberRange>),
) -> Vec<CompanionUse<'a>> {
    let Some((space, name)) = bits.field.split_once('.') else {
        if field.names().any(|(_, name)| name == bits.field) {
            check.refuse(BAD_CHAIN, bits.place, "a field does not depend on itself");
        } else {
            body.settled(check, bits);
            possible(check, body.struct_.name, bits, numbers, bits.place);
        }
        return Vec::new();
    };
    let of_space = |chain: &&ChainSpec| chain.space.as_ref().is_some_and(|own| own.value == space);
    if chains.is_empty() || !chains.iter().all(of_space) {
        return companions::condition(check, body.struct_, chains, (field, bits, numbers));
    }
    let of = BitsExpr { field: name.to_owned(), ..bits.value.clone() };
    fields(check, space, (&of, bits.place));
    possible(check, space, &of, numbers, bits.place);
    Vec::new()
}

/// Ranges of numbers that the bits can have.
pub(super) fn possible(
    check: &mut Check<'_>,
    of: &str,
    bits: &BitsExpr,
    numbers: &OneOrMany<NumberRange>,
    place: Place,
) {
    let most = i128::from(most(check.index, of, bits).unwrap_or(u64::MAX));
    if numbers.is_empty() {
        check.refuse(OUT_OF_RANGE, place, "no number is listed");
    }
    for range in numbers.iter() {
        let (first, last) = (range.value.start.value, range.value.last());
        if !(0 <= first && first <= last && last <= most) {
            let message = format!("`{}` has numbers from 0 to {most}", bits.field);
            check.refuse(OUT_OF_RANGE, range.place, message);
        }
    }
}

/// A field that need not exist is an integer or an array, and of every version.
fn conditional_field(
    check: &mut Check<'_>,
    struct_: &StructDeclaration<'_>,
    field: &DeclaredMember<'_>,
) {
    let place = field.name.place;
    if !field.field.union.is_empty() {
        check.refuse(KEY_CONFLICT, place, "`exists_if` is not for unions");
    }
    let versioned = |field: DeclaredMember<'_>| field.field.version.is_some();
    if struct_.fields().any(versioned) {
        check.refuse(KEY_CONFLICT, place, "`exists_if` excludes `version` in one struct");
    }
}

/// The fields of an element are integers.
fn plain_element(check: &mut Check<'_>, field: &DeclaredMember<'_>) {
    let plain = |expr: &TypeExpr| matches!((&expr.base, &expr.shape), (Base::Int(_), Shape::One));
    if field.types().next().is_none() || !field.types().all(|(_, expr)| plain(expr)) {
        let message = "the fields of an element in a space are integers";
        check.refuse(BAD_CHAIN, field.name.place, message);
    }
}

fn amounts(check: &mut Check<'_>, quantity: &QuantitySpec) -> (i128, i128) {
    let limits = [(&quantity.plus, 0, "plus"), (&quantity.unit, 1, "unit")];
    for (number, least, key) in limits {
        if let Some(number) = number.filter(|one| !(least..=0xffff).contains(&one.value.value)) {
            let message = format!("`{key}` is from {least} to 0xffff");
            check.refuse(OUT_OF_RANGE, number.place, message);
        }
    }
    let value = |number: &Option<Placed<_>>, default| {
        number.as_ref().map_or(default, |number: &Placed<Number>| number.value.value)
    };
    (value(&quantity.plus, 0), value(&quantity.unit, 1))
}

/// The length of an element covers its own bits, so that a walk over elements continues.
fn element_length(check: &mut Check<'_>, body: &SpaceBody<'_>, length: &QuantitySpec) {
    body.settled(check, &length.bits);
    let (plus, unit) = amounts(check, length);
    let mut end = 0;
    for field in body.fields() {
        let sizes = field.types().map(|(_, expr)| match (&expr.base, &expr.shape) {
            (Base::Int(int), Shape::One) => i128::from(int.size()),
            _ => 0,
        });
        end += sizes.max().unwrap_or(0);
        if field.names().any(|(_, name)| name == length.bits.field) {
            break;
        }
    }
    if plus.saturating_mul(unit) < end {
        let message =
            format!("`plus` and `unit` allow for less than the {end} bytes up to these bits");
        check.refuse(OUT_OF_RANGE, length.bits.place, message);
    }
}

fn count(
    check: &mut Check<'_>,
    body: &SpaceBody<'_>,
    field: &DeclaredMember<'_>,
    count: &QuantitySpec,
) {
    let bits = &count.bits;
    let lone = |expr: &TypeExpr| expr.shape == Shape::Flexible(None);
    if field.types().next().is_none() || !field.types().all(|(_, expr)| lone(expr)) {
        return check.refuse(KEY_CONFLICT, bits.place, "`count` is for arrays such as `le32[]`");
    }
    amounts(check, count);
    let Some((array, name)) = bits.field.split_once('.') else {
        return body.settled(check, bits);
    };
    let Some(element) = element(field).filter(|_| field.name.value == array) else {
        let message = format!("`{array}` is not this array, or its elements are no structs");
        return check.refuse(BAD_CHAIN, bits.place, message);
    };
    let moved = |one: DeclaredMember<'_>| !one.field.exists_if.is_empty();
    if body.fields().any(moved) {
        let message = "the first element must always exist at the same place";
        return check.refuse(BAD_CHAIN, bits.place, message);
    }
    let of = BitsExpr { field: name.to_owned(), ..bits.value.clone() };
    let at = Placed { value: of, place: bits.place };
    let index = check.index;
    for element in index.structs_named(element) {
        SpaceBody { struct_: element }.settled(check, &at);
    }
}
