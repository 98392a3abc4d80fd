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
    /// The program.
    pub(crate) program: PathBuf,
}

/// All ways, the unchecked one first and the allocating one last. Without a
/// compiler, those in C are reported and left out.
pub(crate) fn ways(folder: &Path) -> Result<Vec<Way>> {
    let this = std::env::current_exe()?;
    let mut ways = Vec::new();
    match compile(folder)? {
        Some(program) => {
            let way = |title, name| Way { title, name, program: program.clone() };
            ways.push(way("C loop without checks", "unchecked"));
            ways.push(way("generated C", "generated"));
        }
        None => println!("not measured: the ways in C, as there is no `cc`"),
    }
    let way = |title, name| Way { title, name, program: this.clone() };
    ways.push(way("generated Rust", "views"));
    ways.push(way("Rust, cast and collect", "allocating"));
    Ok(ways)
}

/// Compiles `ways.c` with the options of a fast program.
fn compile(folder: &Path) -> Result<Option<PathBuf>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = folder.join("ways");
    let mut command = Command::new("cc");
    command.args(["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-I"]);
    command.arg(here.join("../generated/vfio-abi/include")).arg(here.join("benches/walk/ways.c"));
    match command.arg("-o").arg(&program).status() {
        Ok(status) if status.success() => Ok(Some(program)),
        Ok(status) => Err(format!("cc: {status}").into()),
        Err(_) => Ok(None),
    }
}
