//! `capchain drift`: every example of the catalogue, real headers at their own
//! release and at others, and the output of the program.

use std::fs;
use std::path::Path;

use capchain::catalogue;
use capchain::diagnostic::Sources;
use capchain::drift::{Drift, codes, drift};
use capchain::header::{Outside, given, read};
use capchain::ir::Abi;
use capchain::lower::lower;
use support::program::{Outcome, run};
use support::spec_folder::SpecFolder;
use support::{fixtures, kernels};

/// Compares headers with an ABI.
fn compared(abi: &Abi, newest: &Abi, sources: &Sources, files: &[usize]) -> Drift {
    let given = given(newest, sources, files).expect("headers of the ABI");
    let header = read(sources, files, &Outside::of(newest, &given));
    assert!(!header.problems.has_errors(), "{}", header.problems.render(sources, false));
    drift(&header.facts, abi, newest, &given)
}

fn found(drift: &Drift) -> Vec<&'static str> {
    drift.findings.sorted().iter().map(|finding| finding.code.0).collect()
}

/// The ABI of which `specs/drift/demo.h` is the header.
fn demo() -> Abi {
    let folder = SpecFolder::demo();
    folder.write("demo.yaml", include_str!("../specs/drift/demo.yaml"));
    folder.abi()
}

/// Further codes of an example: one change often causes several findings.
const BESIDE: [(&str, &[&str]); 2] = [("D2", &["D1"]), ("D5", &["D6"])];

#[test]
fn every_example_gives_its_code_and_is_mended() {
    let (abi, header) = (demo(), include_str!("../specs/drift/demo.h"));
    let of = |text: String| {
        let mut sources = Sources::default();
        let file = sources.add("demo.h".to_owned(), text);
        compared(&abi, &abi, &sources, &[file])
    };
    assert_eq!(found(&of(header.to_owned())), [""; 0]);
    let entries: Vec<_> =
        catalogue::entries().iter().filter(|entry| entry.code.starts_with('D')).collect();
    let known: Vec<_> = codes().iter().map(|code| code.0).collect();
    assert_eq!(entries.iter().map(|entry| entry.code.as_str()).collect::<Vec<_>>(), known);
    for entry in entries {
        assert_eq!(header.matches(entry.good.as_str()).count(), 1, "{}", entry.code);
        let mut codes = found(&of(header.replace(&entry.good, &entry.bad)));
        codes.dedup();
        let beside = BESIDE.iter().filter(|(code, _)| *code == entry.code);
        let mut expected = vec![entry.code.as_str()];
        expected.extend(beside.flat_map(|(_, codes)| codes.iter().copied()));
        codes.sort_unstable();
        expected.sort_unstable();
        assert_eq!(codes, expected, "{}", entry.code);
    }
}

#[test]
fn real_headers_agree_with_their_release_and_differ_from_others() {
    let spec = fixtures::spec();
    let newest = lower(&spec, None);
    for kernel in kernels::kernels() {
        let (sources, files) = kernel.sources();
        let at = |release| compared(&lower(&spec, Some(release)), &newest, &sources, &files);
        let (right, folder) = (at(kernel.release), kernel.folder.display());
        assert_eq!(found(&right), [""; 0], "{folder}: {}", right.findings.render(&sources, false));
        assert!(right.compared.constants > 100 && right.compared.structs > 20, "{folder}");
        let wrong = at("v4.9".parse().expect("a release"));
        assert!(wrong.differences() > 10, "{folder}");
    }
}

/// The header that we generate for a release, in a folder of its own.
fn generated(folder: &Path, release: &str) -> String {
    let at = Some(release.parse().expect("a release"));
    let path = folder.join(format!("{release}.h"));
    let text = capchain::emit::c_header(&lower(&fixtures::spec(), at)).contents;
    fs::write(&path, text).expect("a header");
    path.display().to_string()
}

#[test]
fn the_program_says_what_differs_and_which_release_fits() {
    let (folder, root) = (tempfile::tempdir().expect("a folder"), fixtures::root());
    let header = generated(folder.path(), "v6.1");
    let Outcome { code, stdout, .. } = run(&root, &["drift", &header, "--at", "v6.1"]);
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.contains("no drift: ") && stdout.contains(" compared with v6.1"), "{stdout}");

    let Outcome { code, stdout, .. } = run(&root, &["drift", &header]);
    assert_eq!(code, 1);
    assert!(stdout.contains("the header has no constant `VFIO_DEVICE_BIND_IOMMUFD`"), "{stdout}");
    assert!(stdout.ends_with("it is the header of v6.1\n"), "{stdout}");

    let Outcome { code, stdout, .. } =
        run(&root, &["drift", &header, "--at", "v5.4", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!((code, &report["version"], &report["release"]), (1, &1.into(), &"v5.4".into()));
    assert!(report["fits"].is_null() && report["differences"].as_u64() > Some(10));
    assert!(report["findings"][0]["code"].is_string() && report["compared"]["structs"].is_u64());

    let Outcome { code, stdout, .. } =
        run(&root, &["drift", &header, "--at", "v5.4", "--format", "github"]);
    assert_eq!(code, 1);
    assert!(stdout.contains("::error file=") && stdout.contains("title=D1::"), "{stdout}");
}

#[test]
fn what_is_no_header_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("a file");
    };
    write("vfio.h", b"struct vfio_region_info {\n");
    write("other.h", b"#define OTHER 1\n");
    write("bytes.h", b"\xff\xfe\x00\x01");
    let spec = fixtures::root().join("spec/vfio").display().to_string();
    for (file, says) in [
        ("vfio.h", "cannot parse the header: 1 error"),
        ("other.h", "it has neither the include guard nor the name of linux/vfio.h or linux/vfio_"),
        ("bytes.h", "cannot read bytes.h: it is not text"),
        ("missing.h", "cannot read missing.h"),
    ] {
        let Outcome { code, stdout, stderr } =
            run(folder.path(), &["--spec", &spec, "drift", file]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{file}: {stderr}");
        assert!(stderr.contains(says), "{stderr}");
    }
}
