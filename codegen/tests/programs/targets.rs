//! The bodies of the differential fuzz targets: the generated crate and the C
//! header must agree on any bytes.

use super::agree::Pair;
use super::reply::build;
use super::requests::{BUILDERS, Numbers};
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

/// A request of any values is written whole, to the start of the buffer, or refused.
pub(crate) fn argument(data: &[u8]) {
    let Some(([which, room], rest)) = data.split_first_chunk::<2>() else { return };
    let mut buffer = [0x5a; 256];
    let room = usize::from(*room);
    let build = BUILDERS[usize::from(*which) % BUILDERS.len()];
    let Some(built) = build(&mut Numbers { rest }, &mut buffer[..room]) else { return };
    let name = built.ioctl;
    assert!(built.size == built.written && built.size <= room, "{name}: {} bytes", built.written);
    assert!(buffer[built.size..].iter().all(|byte| *byte == 0x5a), "{name} writes after its end");
    assert!(built.is_read, "{name}: its results cannot be read");
    if let Some(at) = built.argsz {
        let argsz = &buffer[at as usize..at as usize + 4];
        assert_eq!(argsz, (built.size as u32).to_ne_bytes(), "{name}");
    }
}

fn alike(chain: usize, bytes: &[u8]) {
    let mut pair = Pair::new();
    assert!(pair.agree(chain, bytes), "{}", pair.shown(chain, bytes));
}
