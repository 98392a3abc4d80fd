//! The lines that open every generated file: who made it, from what, and the
//! command that makes it again.

use crate::ir::Abi;
use crate::output::MARK;

/// The lines of the banner, without any comment marks.
pub(super) fn lines(abi: &Abi, emitter: &str) -> Vec<String> {
    let mut sources = format!("spec/{}", abi.name);
    for overlay in &abi.overlays {
        sources += " + ";
        sources += overlay;
    }
    vec![
        format!("{MARK} {emitter} from {sources} (Linux {}).", abi.release),
        "Do not edit; run `cargo capchain generate`.".to_owned(),
    ]
}
