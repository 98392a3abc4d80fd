//! The passes, one concern and one file each. All of them run, so that one run shows
//! every error.

mod before;
mod bodies;
mod byte_order;
mod c_names;
mod cap_headers;
mod capabilities;
mod chains;
mod companions;
mod docs;
mod duplicate_names;
mod fields;
mod go_names;
mod handlers;
mod ids;
mod ioctls;
mod layouts;
mod macros;
mod made_names;
mod names;
mod payloads;
mod regions;
mod releases;
mod roles;
mod rust_names;
mod rust_views;
mod spaces;
mod streams;
mod type_refs;
mod typed_memory;
mod values;
mod versions;

use made_names::RefusedNames;

use super::Check;
use crate::diagnostic::Diagnostics;
use crate::parallel;
use crate::release::Release;

/// The passes after that of the releases. None sees what another one refuses.
const PASSES: [fn(&mut Check<'_>); 26] = [
    docs::check,
    names::check,
    duplicate_names::check,
    names_by_language,
    rust_views::check,
    values::check,
    before::check,
    fields::check,
    payloads::check,
    typed_memory::check,
    streams::check,
    roles::check,
    type_refs::check,
    layouts::check,
    cap_headers::check,
    chains::check,
    spaces::check,
    bodies::check,
    byte_order::check,
    capabilities::check,
    versions::check,
    ioctls::check,
    handlers::check,
    macros::check,
    regions::check,
    ids::check,
];

/// The names of items in each language, as one pass, because a name that one language refuses
/// is not refused for the next.
fn names_by_language(check: &mut Check<'_>) {
    rust_names::check(check);
    let refused = RefusedNames::so_far(check);
    go_names::check(check, &refused);
    let refused = RefusedNames::so_far(check);
    c_names::check(check, &refused);
}

/// Runs every pass, in parallel. Returns the releases that the specification describes.
pub(super) fn run(check: &mut Check<'_>) -> Vec<Release> {
    let releases = releases::check(check);
    let Check { spec, index, incomplete, only, .. } = *check;
    let found = parallel::map(&PASSES, |pass| {
        let mut problems = Diagnostics::default();
        pass(&mut Check {
            spec,
            index,
            releases: &releases,
            incomplete,
            only,
            hints: 0,
            problems: &mut problems,
        });
        problems
    });
    for problems in found {
        check.problems.append(problems);
    }
    releases
}
