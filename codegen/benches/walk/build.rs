//! The programs that walk: this one, and one in C that is compiled here.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// A way to walk, and its program.
pub(crate) struct Way {
    /// Its name in the table.
    pub(crate) title: &'static str,
    /// Its name in the program.
    pub(crate) name: &'static str,
    /// The title of the way that has no checks, for one that has all of them.
    pub(crate) peer: Option<&'static str>,
    /// The program.
    pub(crate) program: PathBuf,
}

/// An option of the C compiler, and the titles of the ways that it compiles.
const LEVELS: [(&str, &str, &str); 3] = [
    ("-O2", "C without checks", "generated C"),
    ("-O1", "C without checks, -O1", "generated C, -O1"),
    ("-Os", "C without checks, -Os", "generated C, -Os"),
];

/// All ways. Without a compiler, those in C are reported and left out.
pub(crate) fn ways(folder: &Path) -> Result<Vec<Way>> {
    let this = std::env::current_exe()?;
    let mut ways = Vec::new();
    for (level, unchecked, generated) in LEVELS {
        let Some(program) = compile(level, folder)? else {
            println!("not measured: the ways in C, as there is no `cc`");
            break;
        };
        let way = |title, name, peer| Way { title, name, peer, program: program.clone() };
        ways.push(way(unchecked, "unchecked", None));
        ways.push(way(generated, "generated", Some(unchecked)));
    }
    let way = |title, name, peer| Way { title, name, peer, program: this.clone() };
    ways.push(way("generated Rust", "views", Some(LEVELS[0].1)));
    ways.push(way("Rust, cast and collect", "allocating", None));
    Ok(ways)
}

/// Compiles `ways.c` for one level of optimisation.
fn compile(level: &str, folder: &Path) -> Result<Option<PathBuf>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = folder.join(format!("ways{level}"));
    let mut command = Command::new("cc");
    command.args(["-std=gnu11", level, "-Wall", "-Wextra", "-Werror", "-I"]);
    command.arg(here.join("../generated/vfio-abi/include")).arg(here.join("benches/walk/ways.c"));
    match command.arg("-o").arg(&program).status() {
        Ok(status) if status.success() => Ok(Some(program)),
        Ok(status) => Err(format!("cc: {status}").into()),
        Err(_) => Ok(None),
    }
}
