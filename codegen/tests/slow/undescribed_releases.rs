//! A release that a specification does not describe, before the ABI existed or after the newest
//! one, is an error of every command that takes a release, for every ABI.

use std::fs;
use std::path::Path;

use capchain::emit::kernel_header;
use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::release::Release;
use capchain::validate::ValidSpec;
use support::fixtures;
use support::program::run;

const ABIS: [&str; 5] = ["fwctl", "iommufd", "liveupdate", "pci", "vfio"];

/// The release before the first one of a specification, and one after the newest.
fn undescribed(spec: &ValidSpec) -> [Release; 2] {
    let (major, minor) = spec.releases().first().expect("a release").numbers();
    let before = match minor {
        0 => Release::new(major - 1, 19),
        _ => Release::new(major, minor - 1),
    };
    let (major, _) = spec.newest().numbers();
    [before, Release::new(major + 1, 0)]
}

/// The files that the commands read.
struct Inputs {
    header: String,
    patch: String,
    bytes: String,
    overlay: String,
    out: String,
}

impl Inputs {
    fn new(folder: &Path, abi: &Abi) -> Self {
        let file = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(&path, text).expect("a file");
            path.to_str().expect("a path").to_owned()
        };
        let path = &abi.headers[0].path;
        let guard = &abi.headers[0].guards[0];
        let lines = "+#define ANOTHER 1\n";
        let patch = format!(
            "--- a/include/uapi/{path}\n+++ b/include/uapi/{path}\n@@ -1,1 +1,2 @@\n #define {guard}\n{lines}"
        );
        let overlay = "title: More\ndoc: More.\nheader: HEADER\nsource: none\nitems:\n\
            - constants: more\n  doc: More.\n  values:\n    ANOTHER_ONE: 1, more\n";
        let name = Path::new(path).file_stem().expect("a name").to_str().expect("text");
        Self {
            header: file(path, &kernel_header(abi, 0)),
            patch: file("a.patch", &patch),
            bytes: file("bytes.txt", "00000000: 18 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"),
            overlay: file("overlay.yaml", &overlay.replace("HEADER", name)),
            out: folder.join("out").to_str().expect("a path").to_owned(),
        }
    }
}

/// The commands that take a release.
fn commands(abi: &Abi, inputs: &Inputs, at: &str) -> Vec<Vec<String>> {
    let Inputs { header, patch, bytes, out, .. } = inputs;
    let newest = abi.release.to_string();
    let folder = format!("spec/{}@{at}", abi.name);
    let struct_ = &abi.structs[0].name;
    let mut commands = vec![
        vec!["generate", "--at", at, "--out", out],
        vec!["generate", "--at", at, "--out", out, "--check"],
        vec!["compat", at, &newest],
        vec!["compat", &newest, at],
        vec!["compat", &folder, &newest],
        vec!["compat", at, header],
        vec!["layout", "--at", at],
        vec!["layout", struct_, "--at", at],
        vec!["decode", struct_, bytes, "--at", at],
        vec!["decode", bytes, "--at", at],
        vec!["trace", "--at", at, "--", "true"],
        vec!["drift", header, "--at", at],
        vec!["import", header, "--at", at],
        vec!["review", patch, "--base", at],
        vec!["show", struct_, "--at", at],
        vec!["ids", "--at", at],
    ];
    if !abi.regions.is_empty() {
        commands.extend([
            vec!["view", bytes, "--at", at],
            vec!["view", "--diff", at, &newest, bytes],
            vec!["view", "--diff", &newest, at, bytes],
        ]);
    }
    let ioctl = abi.ioctls.first().map(|ioctl| ioctl.name.as_str());
    commands.extend(ioctl.map(|ioctl| vec!["reply", ioctl, "--argsz", "24", "--at", at]));
    commands.into_iter().map(|words| words.into_iter().map(str::to_owned).collect()).collect()
}

#[test]
fn every_command_names_a_release_that_is_not_described() {
    let root = fixtures::root();
    let mut count = 0;
    for name in ABIS {
        let spec = fixtures::open(&root.join("spec").join(name));
        let abi = lower(&spec, None);
        let folder = tempfile::tempdir().expect("a folder");
        let inputs = Inputs::new(folder.path(), &abi);
        for at in undescribed(&spec) {
            let at = at.to_string();
            for command in commands(&abi, &inputs, &at) {
                let spec = format!("spec/{name}");
                // Items of an overlay count from the release.
                let overlay = ["--overlay", &inputs.overlay];
                let options = [&["--spec", &spec][..], &overlay[..2 * (count % 2)]].concat();
                let command = command.iter().map(String::as_str);
                let words: Vec<_> = options.into_iter().chain(command).collect();
                let outcome = run(&root, &words);
                let said = format!("{}: {}{}", words.join(" "), outcome.stdout, outcome.stderr);
                assert_eq!(outcome.code, 2, "{said}");
                assert!(outcome.stderr.contains(&format!("{at} is not described")), "{said}");
                count += 1;
            }
        }
    }
    println!("{count} runs");
}

#[test]
fn an_abi_has_nothing_in_a_release_before_it_existed() {
    for name in ABIS {
        let spec = fixtures::open(&fixtures::root().join("spec").join(name));
        let [before, _] = undescribed(&spec);
        let abi = lower(&spec, Some(before));
        let entries = abi.entries();
        let first = entries.first().map(|entry| entry.name);
        assert_eq!((first, abi.ioctl_numbers.is_none()), (None, true), "{name} {before}");
    }
}
