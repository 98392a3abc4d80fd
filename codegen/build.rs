//! Embeds the specifications, so that the program works without a checkout.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let folder = Path::new(&root).join("spec");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut list = String::from("&[\n");
    for abi in entries(&folder)?.iter().filter(|abi| abi.join("abi.yaml").is_file()) {
        let name = abi.file_name().unwrap_or_default().to_string_lossy().into_owned();
        list += &format!("    EmbeddedAbi {{ name: {name:?}, files: &[\n");
        let mut paths = Vec::new();
        files(abi, &mut paths)?;
        for path in paths {
            println!("cargo::rerun-if-changed={}", path.display());
            let below = path.strip_prefix(abi).map_err(io::Error::other)?;
            let below = below.display().to_string().replace('\\', "/");
            list +=
                &format!("        ({below:?}, include_str!({:?})),\n", path.display().to_string());
        }
        list += "    ] },\n";
    }
    list += "]\n";
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("embedded.rs"), list)
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for path in entries(folder)? {
        match path.is_dir() {
            true => files(&path, found)?,
            false if is_source(&path) => found.push(path),
            false => {}
        }
    }
    Ok(())
}

/// Whether a file belongs to the specification. An editor may leave others.
fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ["yaml", "rs", "h"].iter().any(|one| ending == *one))
}

/// The entries of a folder, in order.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
