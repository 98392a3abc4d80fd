//! Capability headers: their structs have the fields of a chain, wide enough for the values.

use crate::diagnostic::{Diagnostic, Place};
use crate::spec::CapHeaderSpec;
use crate::spec::history::Validity;
use crate::spec::types::BitsExpr;
use crate::validate::Check;
use crate::validate::codes::{BAD_CHAIN, OUT_OF_RANGE};
use crate::validate::model::declarations::{DeclaredMember, OfChain, StructDeclaration, plain_int};
use crate::validate::model::refs::{Reference, STRUCT};
use crate::validate::model::symbols::Symbols;

/// The possible alignments of capabilities.
pub(super) const MOST_ALIGN: i128 = 4096;

pub(super) fn check(check: &mut Check<'_>) {
    for (_, header) in check.spec.abi.cap_headers.iter() {
        let name = &header.struct_;
        check.resolve(Reference { name, place: name.place, needed: None }, STRUCT);
        for bits in [Some(&header.id), header.version.as_ref(), Some(&header.next)].iter().flatten()
        {
            fields(check, name, (bits, bits.place));
        }
        for (bits, _) in header.empty.iter() {
            fields(check, name, (bits, bits.place));
        }
        for bits in [Some(&header.id), header.version.as_ref()].into_iter().flatten() {
            if most(check.index, name, bits).is_some_and(|most| most >> MOST_BITS != 0) {
                let message = format!("`{}` has more than {MOST_BITS} bits", bits.field);
                let problem = Diagnostic::error(BAD_CHAIN, message).at(bits.place, "");
                check.problems.push(problem.help("`field[low..high]` names some of its bits"));
            }
        }
        end(check, header);
        align(check, header.align.place, header.align.value.value);
    }
}

/// The most bits that ids and versions can have.
const MOST_BITS: u64 = 16;

/// A valid alignment: a power of two within the limit.
pub(super) fn align(check: &mut Check<'_>, place: Place, align: i128) {
    if !(1..=MOST_ALIGN).contains(&align) || align.count_ones() != 1 {
        let message = format!("{align} is not a power of two up to {MOST_ALIGN}");
        check.refuse(BAD_CHAIN, place, message);
    }
}

/// Bits of a field of the struct, in every release that has the struct.
pub(super) fn fields(check: &mut Check<'_>, of: &str, (bits, place): (&BitsExpr, Place)) {
    let index = check.index;
    for struct_ in index.structs_named(of) {
        let name = &bits.field;
        let reference = Reference { name, place, needed: Some(struct_.validity) };
        let validities: Vec<_> = struct_.validities_of(name).collect();
        match check.uncovered(struct_.validity, validities.iter().copied()) {
            None => width(check, struct_, (bits, place)),
            Some(_) if validities.is_empty() => {
                let known = || struct_.fields().map(|field| field.name.as_str()).collect();
                check.unknown(reference, ("field", ""), |_| known());
            }
            Some(release) => {
                let there = (struct_.name.place, validities[0]);
                check.absent(reference, "field", release, Some(there));
            }
        }
    }
}

fn width(
    check: &mut Check<'_>,
    struct_: &StructDeclaration<'_>,
    (bits, place): (&BitsExpr, Place),
) {
    let named = |field: &DeclaredMember<'_>| field.names().any(|(_, name)| name == bits.field);
    for field in struct_.fields().filter(named) {
        let high = bits.bits.map_or(0, |(_, high)| u64::from(high));
        let narrow = |int: crate::layout::Int| int.size() * 8 < high || int.signed();
        let union = !field.field.union.is_empty();
        if union || field.types().any(|(_, expr)| plain_int(expr).is_none_or(narrow)) {
            let message = format!("`{}` is not an unsigned integer with these bits", bits.field);
            let problem = Diagnostic::error(BAD_CHAIN, message).at(place, "");
            check.problems.push(problem.and(field.name.place, "the field"));
        }
    }
}

fn end(check: &mut Check<'_>, header: &CapHeaderSpec) {
    let most = most(check.index, &header.struct_, &header.next).unwrap_or(u64::MAX);
    let end = header.end.value;
    if !(0..=i128::from(most)).contains(&end.value) {
        let message = format!("`{}` can never be {end}", header.next.field);
        check.refuse(OUT_OF_RANGE, header.end.place, message);
    }
}

/// The largest number in some bits of a struct.
pub(super) fn most(index: &Symbols<'_>, of: &str, bits: &BitsExpr) -> Option<u64> {
    let count = match bits.bits {
        Some((low, high)) => u64::from(high - low),
        None => {
            let structs = index.structs_named(of);
            let fields = structs.flat_map(StructDeclaration::fields);
            let named = fields.filter(|field| field.names().any(|(_, name)| name == bits.field));
            let types = named.flat_map(|field| field.types());
            types.filter_map(|(_, expr)| plain_int(expr)).map(|int| int.size() * 8).min()?
        }
    };
    Some(u64::MAX >> (64 - count.min(64)))
}

/// The header of the capabilities of a chain.
pub(super) fn header_of<'a>(
    check: &Check<'a>,
    chain: &str,
    validity: Validity,
) -> Option<&'a CapHeaderSpec> {
    let mut chains = check.index.chains_named(chain);
    let chain = chains.find(|chain| chain.validity.overlaps(validity))?;
    check.spec.abi.cap_headers.get(&chain.item.header)
}

/// The header struct of a capability that declares its own fields.
pub(super) fn header_struct<'a>(
    check: &Check<'a>,
    struct_: &StructDeclaration<'_>,
) -> Option<&'a str> {
    let OfChain { validity, chain, .. } = struct_.capability?;
    header_of(check, chain?, validity).map(|header| header.struct_.as_str())
}
