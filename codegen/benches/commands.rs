//! The instructions of whole commands, and those of one reply of `decode --lines`, as
//! callgrind counts them: `cargo bench -p capchain --bench commands`.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The lines of the small and of the large input.
const LINES: [usize; 2] = [100, 1100];

/// A region's reply with a sparse mmap of two areas, in hex.
const REPLY: &str = "50000000 0f000000 00000000 20000000 0000100000000000 0000000000000000 \
                     0100 0100 00000000 02000000 00000000 \
                     0000000000000000 0010000000000000 0040000000000000 0010000000000000";

/// The most instructions for an emitted line, in thousands.
const EACH_LINE: f64 = 13.1;

fn main() -> Result<()> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("commands: valgrind is not installed");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("out").display().to_string();
    let file = |name: &str, text: String| -> Result<String> {
        let path = folder.path().join(name);
        fs::write(&path, text)?;
        Ok(path.display().to_string())
    };
    let one = file("one.hex", REPLY.to_owned())?;
    let [few, many] = LINES.map(|count| [REPLY, "\n"].concat().repeat(count));
    let (few, many) = (file("few.hex", few)?, file("many.hex", many)?);
    println!("command                                 million instructions");
    for (shown, args) in [
        ("--help", &["--help"][..]),
        ("explain L4", &["explain", "L4"]),
        ("layout vfio_bitmap", &["layout", "vfio_bitmap"]),
        ("decode of one reply", &["decode", "vfio_region_info", &one]),
        ("lint", &["lint"]),
        ("drift linux/vfio.h", &["drift", "/usr/include/linux/vfio.h"]),
        ("generate of all, into an empty tree", &["generate", "--out", &out]),
        ("generate of all, into an equal tree", &["generate", "--out", &out]),
    ] {
        println!("{shown:40} {:10.2}", capchain(folder.path(), args)? / 1e6);
    }
    let lines =
        |file: &str| capchain(folder.path(), &["decode", "vfio_region_info", "--lines", file]);
    let each = (lines(&many)? - lines(&few)?) / (LINES[1] - LINES[0]) as f64;
    println!("{:40} {:10.4}", "decode --lines, each reply", each / 1e6);
    println!();
    each_line(folder.path())
}

/// The instructions for each line that is emitted, compared with bindgen.
fn each_line(folder: &Path) -> Result<()> {
    println!("for each line                           thousand instructions");
    let tree = folder.join("tree");
    let total = capchain(folder, &["generate", "--out", &tree.display().to_string()])?;
    let each = total / lines(&tree)? as f64 / 1e3;
    let verdict = if each <= EACH_LINE { "kept" } else { "MISSED" };
    let shown = "generate of all, into an empty tree";
    println!("{shown:40} {each:10.2}  goal: at most {EACH_LINE} ({verdict})");
    let shown = "bindgen of linux/vfio.h";
    let bindings = folder.join("bindings.rs");
    let args = ["--output", &bindings.display().to_string(), "/usr/include/linux/vfio.h"];
    if Command::new("bindgen").arg("--version").output().is_ok() {
        let each = instructions(folder, "bindgen", &args)? / lines(&bindings)? as f64 / 1e3;
        println!("{shown:40} {each:10.2}");
    } else {
        println!("{shown:40} bindgen is not installed");
    }
    Ok(())
}

/// The lines of a file, or of all files below a folder.
fn lines(path: &Path) -> Result<usize> {
    if path.is_file() {
        return Ok(fs::read_to_string(path)?.lines().count());
    }
    fs::read_dir(path)?.map(|entry| lines(&entry?.path())).sum()
}

/// The instructions of capchain in the repository.
fn capchain(folder: &Path, args: &[&str]) -> Result<f64> {
    instructions(folder, env!("CARGO_BIN_EXE_capchain"), args)
}

/// The instructions of all threads of one run.
fn instructions(folder: &Path, program: &str, args: &[&str]) -> Result<f64> {
    let out = folder.join("callgrind.out");
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind"]);
    command.arg(format!("--callgrind-out-file={}", out.display()));
    command.arg(program).args(args);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    let text = fs::read_to_string(out)?;
    let total = text
        .lines()
        .find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
    Ok(total.ok_or("callgrind printed no total")?.trim().parse()?)
}
