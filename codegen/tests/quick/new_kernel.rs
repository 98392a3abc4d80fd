//! Runs `docs/new-kernel.md`: every command, in a copy of the specification, on a
//! header with additions.

use std::fs;
use std::path::Path;

use capchain::lower::lower;
use support::apply_import::paste;
use support::fixtures;
use support::program::{Outcome, shell};

/// A fenced block of the document.
struct Block {
    info: String,
    text: String,
}

fn blocks() -> Vec<Block> {
    let text =
        fs::read_to_string(fixtures::root().join("docs/new-kernel.md")).expect("the document");
    let parts: Vec<_> = text.split("```").collect();
    let fenced = parts.iter().skip(1).step_by(2);
    let blocks = fenced.map(|part| {
        let (info, text) = part.split_once('\n').expect("a block");
        Block { info: info.to_owned(), text: text.to_owned() }
    });
    blocks.collect()
}

/// The header of the new kernel.
fn header() -> String {
    let text = capchain::emit::c_header(&lower(&fixtures::spec(), None)).contents;
    let flags = "struct vfio_region_info {\n";
    let (front, rest) = text.split_once(flags).expect("a struct");
    let flag = "#define VFIO_REGION_INFO_FLAG_FAST\t(1 << 4)\t/* Region is fast */\n";
    let rest = rest.replacen("\t__u32\t", &format!("{flag}\t__u32\t"), 3);
    let rest = rest.replacen(flag, "", 2);
    let capability = "#define VFIO_REGION_INFO_CAP_HOURS\t8\n\
        struct vfio_region_info_cap_hours {\n\tstruct vfio_info_cap_header header;\n\
        \t__u32\tnr_hours;\n\t__u32\treserved;\n\t__u8\thours[];\n};\n";
    let behind = "#define VFIO_REGION_INFO_CAP_MSIX_MAPPABLE\t3\n";
    assert!(rest.contains(behind));
    let rest = rest.replacen(behind, &format!("{behind}{capability}"), 1);
    format!("{front}{flags}{rest}")
}

/// The parts that a person writes after `import`.
fn write_documentation(folder: &Path) {
    let mut drafts = 0;
    for path in fixtures::yaml_files(&folder.join("spec/vfio")) {
        let text = fs::read_to_string(&path).expect("text");
        drafts += text.matches("(draft) ").count();
        fs::write(&path, text.replace("(draft) ", "for the example ")).expect("a file");
    }
    assert!(drafts > 3, "{drafts} drafts");
}

#[test]
fn every_step_does_what_the_document_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ours, kernel) =
        (folder.path().join("ours"), folder.path().join("linux/include/uapi/linux"));
    fs::create_dir_all(ours.join("spec/vfio")).expect("a folder");
    fs::create_dir_all(ours.join("generated")).expect("a folder");
    fs::create_dir_all(&kernel).expect("a folder");
    fs::write(kernel.join("vfio.h"), header()).expect("a header");
    for path in fixtures::yaml_files(&fixtures::root().join("spec/vfio")) {
        let name = path.file_name().expect("a name");
        fs::copy(&path, ours.join("spec/vfio").join(name)).expect("copied");
    }
    let (mut printed, mut commands, mut drafts) = (String::new(), 0, true);
    let mut codes = Vec::new();
    for block in blocks() {
        if block.info == "text" {
            for line in block.text.lines() {
                assert!(printed.contains(line), "`{line}` is not in\n{printed}");
            }
            continue;
        }
        assert_eq!(block.info, "sh");
        printed.clear();
        for line in block.text.lines() {
            let Outcome { code, stdout, stderr } = shell(&ours, line);
            commands += 1;
            codes.push(code);
            printed += &(stdout.clone() + &stderr);
            if line.contains(" import ") {
                // Places are relative to the workspace.
                let here =
                    stdout.replace("# spec/vfio", &format!("# {}/spec/vfio", ours.display()));
                paste(&here);
            }
            if line.contains(" lint") && drafts {
                write_documentation(&ours);
                drafts = false;
            }
        }
    }
    assert_eq!(commands, 9);
    // The first drift and the first lint find something; all else is well.
    assert_eq!(codes, [1, 0, 0, 1, 0, 0, 0, 0, 0], "{printed}");
}
