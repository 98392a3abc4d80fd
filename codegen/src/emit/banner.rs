//! The first line of every generated file: its source, and the command that
//! generates it again.

use crate::ir::Abi;
use crate::output::MARK;

/// The line, without comment marks. It is the same for every release, so that a
/// release that changes nothing changes few files.
pub(super) fn line(abi: &Abi) -> String {
    let overlays = abi.overlays.iter().map(|overlay| [" + ", overlay].concat());
    let overlays: String = overlays.collect();
    let name = &abi.name;
    format!("{MARK} from spec/{name}{overlays}. Do not edit; run `cargo capchain generate`.")
}
