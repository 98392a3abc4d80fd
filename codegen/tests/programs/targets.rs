//! The bodies of the differential fuzz targets: the generated crate and the C
//! header must agree on any bytes.

use super::agree::Pair;
use super::reply::build;
use super::trace::NAMES;

/// Both read any bytes in the same way, as a reply with each chain.
pub(crate) fn walk(data: &[u8]) {
    // Separate memory at an odd address.
    let mut copy = Vec::with_capacity(data.len() + 1);
    copy.push(0);
    copy.extend_from_slice(data);
    for chain in 0..NAMES.len() {
        alike(chain, &copy[1..]);
    }
}

/// Both write the same reply and read it in the same way.
pub(crate) fn reply(data: &[u8]) {
    if let Some((chain, built)) = build(data) {
        alike(chain, &built);
    }
}

fn alike(chain: usize, bytes: &[u8]) {
    let mut pair = Pair::new();
    assert!(pair.agree(chain, bytes), "{}", pair.shown(chain, bytes));
}
