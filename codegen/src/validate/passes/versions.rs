//! Versions of capabilities: a field can have a version only if the header has one.

use std::collections::HashMap;

use super::cap_headers::{header_of, most};
use crate::diagnostic::Diagnostic;
use crate::spec::text::Number;
use crate::spec::wrappers::Placed;
use crate::validate::Check;
use crate::validate::codes::{BAD_CHAIN, KEY_CONFLICT, OUT_OF_RANGE};
use crate::validate::model::declarations::OfChain;

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    let bodies = index.capabilities.iter();
    let bodies = bodies.filter_map(|one| Some((one.item.struct_.as_ref()?.as_str(), one)));
    let bodies: HashMap<&str, &OfChain<'_>> = bodies.collect();
    for struct_ in &index.structs {
        let of = bodies.get(struct_.name.as_str()).copied();
        for member in struct_.members() {
            if let Some(version) = &member.field.version {
                field(check, of, version);
            }
        }
    }
}

fn field(check: &mut Check<'_>, of: Option<&OfChain<'_>>, version: &Placed<Number>) {
    let number = version.value.value;
    if !(1..=i128::from(u16::MAX)).contains(&number) {
        let message = format!("{number} is not a version from 1 to 65535");
        check.refuse(OUT_OF_RANGE, version.place, message);
        return;
    }
    let Some(of) = of else {
        let message = "only fields of a capability have a `version`";
        check.missing(Diagnostic::error(KEY_CONFLICT, message).at(version.place, ""));
        return;
    };
    let header = of.chain.and_then(|chain| header_of(check, chain, of.validity));
    let Some(header) = header else { return };
    let Some(bits) = &header.version else {
        check.refuse(BAD_CHAIN, version.place, "the header of the chain has no version");
        return;
    };
    if let Some(most) =
        most(check.index, &header.struct_, bits).filter(|most| i128::from(*most) < number)
    {
        let message = format!("versions in the header of the chain go up to {most}");
        check.refuse(OUT_OF_RANGE, version.place, message);
    }
}
