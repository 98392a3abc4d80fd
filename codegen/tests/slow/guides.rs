//! The guides and the README: every snippet in Rust and C compiles without a
//! warning, runs, and prints the output that the page shows.

use std::fs;
use std::path::Path;
use std::process::Command;

use capchain::lower::lower;
use support::process::succeed;
use support::{fixtures, rustc, sample_reply};

/// The frame of snippets that are not programs.
const RUST: &str = include_str!("../programs/guide.rs");
const C: &str = include_str!("../programs/guide.c");

/// Every document with snippets, and how many it has at least, in Rust and C.
const DOCUMENTS: [(&str, usize, usize); 8] = [
    ("README.md", 1, 1),
    ("docs/guide-rust.md", 6, 0),
    ("docs/guide-c.md", 0, 8),
    ("docs/build-systems.md", 0, 2),
    ("docs/guide-servers.md", 2, 1),
    ("docs/guide-size-first.md", 3, 3),
    ("docs/kernel-versions.md", 1, 2),
    ("docs/migrating.md", 4, 3),
];

/// A fenced block: what it is, its text, and where it stands.
struct Block {
    info: String,
    text: String,
    place: String,
}

/// The fenced blocks of a document.
fn blocks(document: &str) -> Vec<Block> {
    let text = fs::read_to_string(fixtures::root().join(document)).expect("a document");
    let mut blocks = Vec::<Block>::new();
    let mut open = false;
    for (index, line) in text.lines().enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            open = !open;
            let place = format!("{document}:{}", index + 1);
            if open {
                blocks.push(Block { info: info.to_owned(), text: String::new(), place });
            }
        } else if let (true, Some(block)) = (open, blocks.last_mut()) {
            block.text += &format!("{line}\n");
        }
    }
    assert!(!open, "{document}: a block stays open");
    blocks
}

/// The program of a snippet: the snippet itself, or one that contains it.
fn program(snippet: &str, main: &str, frame: &str) -> String {
    match snippet {
        _ if snippet.contains(main) => snippet.to_owned(),
        _ if snippet.contains("#include") => format!("{snippet}int main(void) {{ return 0; }}\n"),
        _ => {
            let bytes: Vec<_> = sample_reply::reply().iter().map(u8::to_string).collect();
            let bytes = bytes.join(", ");
            let bytes = if main == "fn main" { format!("[{bytes}]") } else { bytes };
            // gcc warns of what looks as if it belonged to the line above.
            let snippet: String = snippet.lines().map(|line| format!("\t{line}\n")).collect();
            frame.replace("@REPLY@", &bytes).replace("@SNIPPET@", &snippet)
        }
    }
}

/// What a snippet in Rust prints.
fn in_rust(folder: &Path, snippet: &str) -> String {
    let text = program(snippet, "fn main", RUST);
    // Programs of today know the crate by the name of the one that it replaces.
    let args = ["-Dwarnings", "--extern", "vfio_bindings=libvfio_abi.rlib"];
    let program = rustc::program_with(folder, "vfio_abi", &text, &args);
    succeed(Command::new(program).current_dir(fixtures::root().join("docs/examples")))
}

#[test]
fn the_file_of_the_readme_has_the_reply_of_the_guides() {
    let file = fs::read(fixtures::root().join("docs/examples/sparse_mmap.bin")).expect("a reply");
    assert_eq!(file, sample_reply::reply());
}

/// The numbers of the picture at the start of the README are those of its reply. A row has 8
/// bytes; a box is as wide as its bytes.
#[test]
fn the_picture_shows_the_reply_of_the_readme() {
    const LEFT: f64 = 196.0;
    const TOP: f64 = 56.0;
    const ROW: f64 = 26.0;
    const BYTE: f64 = 47.5;
    let picture = fs::read_to_string(fixtures::root().join("docs/svg/chain.svg"));
    let picture = picture.expect("the picture");
    let document = roxmltree::Document::parse(&picture).expect("XML");
    let nodes: Vec<_> = document.root_element().children().filter(|one| one.is_element()).collect();
    let (reply, mut shown) = (sample_reply::reply(), 0);
    for pair in nodes.windows(2).filter(|pair| pair[0].has_tag_name("rect")) {
        let Some((name, value)) = pair[1].text().and_then(|text| text.split_once(" = ")) else {
            continue;
        };
        let number = |name| pair[0].attribute(name).and_then(|text| text.parse::<f64>().ok());
        let [x, y, width] = ["x", "y", "width"].map(|name| number(name).expect("a number"));
        let at = ((y - TOP) / ROW).round() * 8.0 + ((x - LEFT) / BYTE).round();
        let (at, size) = (at as usize, (width / BYTE).round() as usize);
        let mut bytes = [0; 8];
        bytes[..size].copy_from_slice(&reply[at..at + size]);
        let found = u64::from_le_bytes(bytes);
        let text = match value.strip_prefix("0x") {
            _ if name == "flags" => format!("{:?}", vfio_abi::uapi::RegionInfoFlags(found as u32)),
            Some(_) => format!("{found:#x}"),
            None => found.to_string(),
        };
        assert_eq!(value, text, "{name} at {at}");
        shown += 1;
    }
    assert_eq!(shown, 22);
}

/// The README shows the output of the command before it.
#[test]
fn the_readme_shows_the_output_of_its_commands() {
    let mut run = 0;
    for block in blocks("README.md").iter().filter(|block| block.info == "console") {
        let (command, output) = block.text.split_once('\n').expect("a command");
        let arguments = command.strip_prefix("$ cargo capchain ").expect("a command");
        let mut capchain = Command::new(env!("CARGO_BIN_EXE_capchain"));
        capchain.args(arguments.split(' ')).current_dir(fixtures::root());
        assert_eq!(succeed(&mut capchain), output, "{}", block.place);
        run += 1;
    }
    assert!(run >= 2, "{run}");
}

/// What a snippet in C prints.
fn in_c(folder: &Path, snippet: &str) -> String {
    compiled_c(folder, &program(snippet, "int main", C))
}

/// What a program in C prints.
fn compiled_c(folder: &Path, text: &str) -> String {
    fs::write(folder.join("main.c"), text).expect("a file");
    let mut gcc = Command::new("gcc");
    gcc.current_dir(folder).args(["-std=gnu99", "-Wall", "-Wextra", "-Werror"]);
    succeed(gcc.args(["-Igenerated/include", "main.c", "-o", "main"]));
    rustc::run(&folder.join("main"), &[])
}

/// Whether a snippet uses the outputs of iommufd.
fn is_of_iommufd(snippet: &str) -> bool {
    snippet.contains("iommufd_abi")
}

/// What a snippet that uses the outputs of iommufd prints.
fn with_iommufd(folder: &Path, language: &str, snippet: &str) -> String {
    if language == "rust" {
        let head = "fn main() -> Result<(), Box<dyn std::error::Error>> {\n";
        let text = [head, snippet, "Ok(())\n}\n"].concat();
        let program = rustc::program_with(folder, "iommufd_abi", &text, &["-Dwarnings"]);
        return succeed(&mut Command::new(program));
    }
    let head = "#include <stdio.h>\n#include \"iommufd_abi.h\"\n\nint main(void)\n{\n";
    compiled_c(folder, &[head, snippet, "\treturn 0;\n}\n"].concat())
}

#[test]
fn every_snippet_runs_and_prints_the_output_on_its_page() {
    let folder = tempfile::tempdir().expect("a folder");
    rustc::write_crate(folder.path(), &lower(&fixtures::spec(), None));
    let features = ["--cfg", "feature=\"alloc\"", "--cfg", "feature=\"bindings\""];
    rustc::library(folder.path(), "vfio_abi", &features);
    let pci = tempfile::tempdir().expect("a folder");
    let spec = fixtures::open(&fixtures::root().join("spec/pci"));
    rustc::write_crate(pci.path(), &lower(&spec, None));
    let iommufd = tempfile::tempdir().expect("a folder");
    let spec = fixtures::open(&fixtures::root().join("spec/iommufd"));
    rustc::write_crate(iommufd.path(), &lower(&spec, None));
    rustc::library(iommufd.path(), "iommufd_abi", &features);
    for (document, rust, c) in DOCUMENTS {
        let blocks = blocks(document);
        let mut found = (0, 0);
        for (index, block) in blocks.iter().enumerate() {
            match block.info.as_str() {
                "rust" => found.0 += 1,
                "c" => found.1 += 1,
                _ => continue,
            }
            let printed = match (block.info.as_str(), is_of_iommufd(&block.text)) {
                (language, true) => with_iommufd(iommufd.path(), language, &block.text),
                ("rust", false) => in_rust(folder.path(), &block.text),
                (_, false) if block.text.contains("pci_abi.h") => in_c(pci.path(), &block.text),
                (_, false) => in_c(folder.path(), &block.text),
            };
            let expected = blocks.get(index + 1).filter(|next| next.info == "text");
            let expected = expected.map_or("", |block| block.text.as_str());
            assert_eq!(printed, expected, "{}", block.place);
        }
        assert!(found.0 >= rust && found.1 >= c, "{document} has {found:?} snippets");
    }
}

#[test]
fn every_link_of_the_guides_leads_to_a_file() {
    for document in fs::read_dir(fixtures::root().join("docs")).expect("the documents") {
        let path = document.expect("a document").path();
        if path.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("text");
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let file = target.split('#').next().unwrap_or_default();
            let there = file.is_empty() || path.with_file_name(file).exists();
            assert!(there, "{}: {target}", path.display());
        }
    }
}
