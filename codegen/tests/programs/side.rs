//! One release: writes replies with its profiles, and reads replies with its views.
//! Compiled, with sources that the tests write from the resolved ABI, into a crate;
//! `pair.rs` links two of them.

mod fixed;
#[allow(dead_code, reason = "the names are for other programs")]
mod profiles;
mod text;

use generated_abi::views::{NewCap, Wire};

/// A capability to be written: id, version and body.
pub type Cap = (u16, u16, Vec<u8>);

/// Writes a reply with a profile and returns the size of the full reply; none if
/// the request is refused.
pub fn build(profile: usize, buffer: &mut [u8], values: &[u64; 8], caps: &[Cap]) -> Option<u32> {
    let caps = caps.iter().map(|(id, version, body)| NewCap { id: *id, version: *version, body });
    profiles::reply(profile, buffer, values, &caps.collect::<Vec<_>>()).ok()
}

/// Prints a reply, its chain first, which may be unknown in this release.
pub fn tell(struct_: &str, chain: &str, bytes: &[u8]) -> String {
    let mut text = String::new();
    text::canonical(&mut text, chain, bytes, Wire::HOST);
    fixed::tell(&mut text, struct_, bytes);
    text
}

/// A number in the byte order of this machine.
#[allow(dead_code, reason = "an ABI may have views of all structs")]
fn number(bytes: &[u8], at: usize, size: usize) -> u64 {
    let mut number = [0; 8];
    number[..size].copy_from_slice(&bytes[at..at + size]);
    u64::from_ne_bytes(number)
}
