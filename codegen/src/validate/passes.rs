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

use super::Check;
use crate::release::Release;

/// Runs every pass. Returns the releases that the specification describes.
pub(super) fn run(check: &mut Check<'_>) -> Vec<Release> {
    let releases = releases::check(check);
    docs::check(check);
    names::check(check);
    duplicate_names::check(check);
    rust_names::check(check);
    go_names::check(check);
    c_names::check(check);
    rust_views::check(check);
    values::check(check);
    before::check(check);
    fields::check(check);
    payloads::check(check);
    typed_memory::check(check);
    streams::check(check);
    roles::check(check);
    type_refs::check(check);
    if !check.incomplete {
        layouts::check(check);
    }
    cap_headers::check(check);
    chains::check(check);
    spaces::check(check);
    bodies::check(check);
    byte_order::check(check);
    capabilities::check(check);
    versions::check(check);
    ioctls::check(check, &releases);
    handlers::check(check);
    macros::check(check);
    regions::check(check);
    ids::check(check);
    releases
}
