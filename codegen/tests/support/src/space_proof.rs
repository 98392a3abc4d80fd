//! Writes, from the resolved ABI, the facts about a chain in a space for
//! `codegen/proofs/space.c`: the names of its functions, and its offsets. For
//! `codegen/proofs/bodies.c`, the claims about each body that depends on bits.

mod bodies;

use std::fs;
use std::path::Path;

use capchain::ir::Abi;
use capchain::names::{self, c_name};

use crate::space_program::chains;

/// The names of types and functions that all chains share.
const SHARED: [(&str, &str); 15] = [
    ("SPACE", "struct STEM_space"),
    ("WALK", "struct STEM_space_walk"),
    ("CAP", "struct STEM_space_cap"),
    ("BITS", "struct STEM__space_bits"),
    ("SPACE_OF", "STEM_space_of"),
    ("SPACE_READ_BY", "STEM_space_read_by"),
    ("SPACE_ACCESS", "STEM__space_access"),
    ("SPACE_GET", "STEM_space_get"),
    ("SPACE_BESIDE", "STEM__space_beside"),
    ("CAP_BITS", "STEM__space_cap_bits"),
    ("START_BITS", "STEM__space_start_bits"),
    ("TOO_LOW", "ERROR_TOO_LOW"),
    ("OUT_OF_BOUNDS", "ERROR_OUT_OF_BOUNDS"),
    ("HEADER_CUT", "ERROR_HEADER_CUT"),
    ("CYCLE", "ERROR_CYCLE"),
];

/// Writes a header for each chain in a space to a folder, and the list of these chains.
pub fn write(folder: &Path, abi: &Abi) {
    let stem = names::c_stem(&abi.name);
    let error = [&stem.to_uppercase(), "_SPACE"].concat();
    let mut list = String::new();
    for plan in chains(abi) {
        let name = &abi.chain(plan.chain).name;
        let space = plan.space.as_ref().expect("a chain in a space");
        let shared =
            SHARED.map(|(name, text)| (name, text.replace("STEM", &stem).replace("ERROR", &error)));
        let own = [
            ("CHAIN_CAPS", c_name(&stem, &[name, "caps"])),
            ("CHAIN_NEXT", c_name(&stem, &[name, "next"])),
            ("CHAIN_FIRST", plan.bound.to_string()),
            ("CHAIN_LIMIT", space.end.to_string()),
            ("CHAIN_ALIGN", space.align.to_string()),
            ("CHAIN_HEADER", abi.protocol.headers[plan.header].size.to_string()),
        ];
        let requires = space.requires.is_some().then(|| ("CHAIN_REQUIRES", "1".to_owned()));
        let lines = shared.into_iter().chain(own).chain(requires);
        let lines: String =
            lines.map(|(name, text)| ["#define ", name, "\t", &text, "\n"].concat()).collect();
        let text = format!("#include \"{stem}.h\"\n\n{lines}");
        fs::write(folder.join(format!("{name}.h")), text).expect("a file");
        list += &format!("{name}\n");
    }
    fs::write(folder.join("spaces"), list).expect("a file");
    bodies::write(folder, abi);
}
