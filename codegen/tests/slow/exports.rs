//! The Go and Python packages: every size, offset and constant is that of gcc with the
//! committed C header, and replies are read as `decode` and the generated Rust read them.

mod layouts;
mod readers;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::emit::FAMILIES;
use capchain::ir::{Abi, Literal};
use capchain::lower::lower;
use capchain::{dump, names};
use support::fixtures::copy_folder;
use support::groups::{Group, has, skip};
use support::implementations::{Case, decoded, run, target, vectors};
use support::process::succeed;
use support::random::Random;
use support::{config_space, fixtures, space_program};

/// Prints sizes, offsets and constants in Python.
const LAYOUT: &str = include_str!("../programs/layout.py");
/// Print the conformance text.
const PYTHON: &str = include_str!("../programs/canonical.py");
const GO: &str = include_str!("../programs/canonical.go");

/// An ABI whose packages are written to a folder.
struct Packages {
    abi: Abi,
    folder: tempfile::TempDir,
}

impl Packages {
    fn new(abi: Abi) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let packages = FAMILIES.iter().filter(|family| family.name.ends_with(" package"));
        for file in packages.flat_map(|family| family.emit(&abi)) {
            let path = folder.path().join(file.path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, file.contents).expect("a file");
        }
        Self { abi, folder }
    }

    fn vfio() -> Self {
        Self::new(lower(&fixtures::spec(), None))
    }

    /// Two chains without a host, of which one has bit fields.
    fn bare() -> Self {
        let folder = fixtures::root().join("codegen/tests/specs/bare");
        Self::new(lower(&fixtures::open(&folder), None))
    }

    /// Texts that would end comments and strings.
    fn hostile() -> Self {
        let folder = fixtures::root().join("codegen/tests/specs/hostile");
        Self::new(lower(&fixtures::open(&folder), None))
    }

    fn path(&self, language: &str) -> PathBuf {
        let package = names::package(&self.abi.name);
        self.folder.path().join("generated").join(package).join(language)
    }

    /// Python with a program and the package.
    fn python(&self, program: &str) -> Command {
        let path = self.write("program.py", program);
        let mut python = Command::new("python3");
        python.args(["-B", "-W", "error"]).arg(path).arg(self.path("python"));
        python.arg(names::c_stem(&self.abi.name));
        python
    }

    /// Builds a program with the Go package.
    fn go(&self, name: &str, files: &[(&str, &str)]) -> Command {
        let package = names::go_package(&self.abi.name);
        let module = format!(
            "module {name}\n\ngo 1.18\n\nrequire {package} v0.0.0\n\nreplace {package} => {}\n",
            self.path("go").display()
        );
        self.write(&format!("{name}/go.mod"), &module);
        for (file, text) in files {
            self.write(&format!("{name}/{file}"), &text.replace("@PACKAGE@", &package));
        }
        let folder = self.folder.path().join(name);
        succeed(go(&folder).args(["build", "-o", "program", "."]));
        Command::new(folder.join("program"))
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        path
    }
}

/// The command `go`, offline, which keeps compiled packages in the folder of the build.
fn go(folder: &Path) -> Command {
    let mut go = Command::new("go");
    let cache = fixtures::root().canonicalize().expect("the repository").join("target/go");
    go.current_dir(folder).env("GOCACHE", cache).env("GOFLAGS", "-mod=mod").env("GOPROXY", "off");
    go
}

/// Whether Go is installed, whose option is not the usual `--version`.
fn has_go() -> bool {
    let found = Command::new("go").arg("version").output().is_ok();
    if !found {
        skip(Group::Go, "go is not installed");
    }
    found
}

#[test]
fn python_has_the_layout_and_the_constants_of_gcc() {
    if !has(Group::Tools, "python3") {
        return;
    }
    let packages = Packages::vfio();
    let python = layouts::sorted(&succeed(&mut packages.python(LAYOUT)));
    let gcc = layouts::of_gcc(&packages.abi, packages.folder.path());
    assert_eq!(layouts::difference(&gcc, &python), "");
    assert!(gcc.len() > 500, "{} lines", gcc.len());
}

#[test]
fn go_has_the_layout_and_the_constants_of_gcc() {
    if !has_go() {
        return;
    }
    let packages = Packages::vfio();
    let program = layouts::go_program(&packages.abi);
    let go = layouts::sorted(&succeed(&mut packages.go("layout", &[("main.go", &program)])));
    let gcc = layouts::of_gcc(&packages.abi, packages.folder.path());
    assert_eq!(layouts::difference(&gcc, &go), "");
    assert!(gcc.len() > 500, "{} lines", gcc.len());
}

#[test]
fn the_go_package_is_formatted_and_vet_finds_nothing() {
    if !has_go() {
        return;
    }
    for packages in [Packages::vfio(), Packages::bare(), Packages::hostile()] {
        let folder = packages.path("go");
        assert_eq!(succeed(Command::new("gofmt").current_dir(&folder).args(["-l", "."])), "");
        succeed(go(&folder).args(["vet", "./..."]));
        // The byte order, the bits of ioctl numbers and the alignment of these differ.
        for architecture in ["386", "ppc64le", "s390x"] {
            let mut vet = go(&folder);
            succeed(vet.env("GOARCH", architecture).env("GOOS", "linux").args(["vet", "./..."]));
        }
    }
}

/// The string of the hostile specification, as each language prints it.
#[test]
fn no_text_of_a_specification_becomes_code() {
    let packages = Packages::hostile();
    let text = packages.abi.groups.iter().flat_map(|group| &group.values);
    let texts = text.filter_map(|value| match &value.literal {
        Literal::Text(text) if value.name == "EVIL_TEXT" => Some(text.clone()),
        _ => None,
    });
    let text: String = texts.collect();
    assert!(text.contains('"') && text.contains('\\'), "{text}");
    if has(Group::Tools, "python3") {
        let program = "\
import importlib, sys
sys.path.insert(0, sys.argv[1])
package = importlib.import_module(sys.argv[2])
assert not hasattr(package, 'EVIL_INJECTED')
sys.stdout.buffer.write(package.EVIL_TEXT.encode())
";
        assert_eq!(succeed(&mut packages.python(program)), text);
    }
    if has_go() {
        let program = "\
package main

import (
\t\"fmt\"

\tabi \"@PACKAGE@\"
)

func main() { fmt.Print(abi.EVIL_TEXT) }
";
        assert_eq!(succeed(&mut packages.go("texts", &[("main.go", program)])), text);
    }
}

#[test]
fn no_line_of_python_is_too_long() {
    let pci = Packages::new(space_program::pci());
    for packages in [Packages::vfio(), Packages::bare(), pci] {
        let family = FAMILIES.iter().find(|family| family.name == "Python package");
        for file in family.expect("the family").emit(&packages.abi) {
            let modules = file.path.ends_with(".py").then_some(file.contents.lines());
            for (number, line) in modules.into_iter().flatten().enumerate() {
                assert!(line.len() < 80, "{}:{}: {line}", file.path, number + 1);
            }
        }
    }
}

/// The vectors of every chain, and `each` damaged copies of each of them.
fn cases(abi: &Abi, each: usize) -> Vec<Case> {
    with_damaged(vectors(abi), each)
}

/// The bytes of a device, and damaged copies, in both byte orders.
fn bare_cases(each: usize) -> Vec<Case> {
    let space = config_space::virtio();
    let express = config_space::extended()[..0x160].to_vec();
    let chains = [("near", space), ("far", express)];
    let seeds = chains.into_iter().flat_map(|(chain, bytes)| {
        ["x86_64", "s390x"].map(|name| Case {
            chain: chain.to_owned(),
            target: target(name),
            bytes: bytes.clone(),
        })
    });
    with_damaged(seeds.collect(), each)
}

fn with_damaged(seeds: Vec<Case>, each: usize) -> Vec<Case> {
    let mut random = Random(0x1234_5678_9abc_def1);
    let copies = seeds.iter().flat_map(|seed| std::iter::repeat_n(seed, each));
    let damaged = copies.map(|seed| Case { bytes: random.damage(&seed.bytes), ..seed.clone() });
    let damaged: Vec<_> = damaged.collect();
    seeds.into_iter().chain(damaged).collect()
}

/// Compares the answers of a program with `decode`; returns how many there were.
fn agree(packages: &Packages, command: Command, cases: &[Case]) -> usize {
    let mut answered = 0;
    for (case, text) in cases.iter().zip(run(command, cases)) {
        let Some(text) = text else { continue };
        answered += 1;
        let expected = decoded(&packages.abi, case);
        assert_eq!(Some(&text), expected.as_ref(), "{}: {:02x?}", case.chain, case.bytes);
    }
    answered
}

#[test]
fn python_reads_replies_as_rust_does() {
    if !has(Group::Tools, "python3") {
        return;
    }
    for (packages, cases) in [
        (Packages::vfio(), cases as fn(&Abi, usize) -> Vec<Case>),
        (Packages::bare(), |_, each| bare_cases(each * 10)),
    ] {
        let cases = cases(&packages.abi, 50);
        let table = packages.write("table.json", &readers::table(&packages.abi).to_string());
        let mut command = packages.python(PYTHON);
        command.arg(table);
        let answered = agree(&packages, command, &cases);
        assert!(answered > 500, "{answered}");
        println!("Python: {answered} answers, all as decode");
    }
}

#[test]
fn go_reads_replies_as_rust_does() {
    if !has_go() {
        return;
    }
    for (packages, cases) in [
        (Packages::vfio(), cases as fn(&Abi, usize) -> Vec<Case>),
        (Packages::bare(), |_, each| bare_cases(each * 10)),
    ] {
        let cases = cases(&packages.abi, 200);
        let table = packages.write("table.json", &readers::table(&packages.abi).to_string());
        let readers = readers::go(&packages.abi);
        let files = [("main.go", GO), ("readers.go", readers.as_str())];
        let mut command = packages.go("canonical", &files);
        command.arg(table);
        let answered = agree(&packages, command, &cases);
        assert!(answered > 2000, "{answered}");
        println!("Go: {answered} answers, all as decode");
    }
}

/// The snippets of the page, as programs with the inputs of its examples.
#[test]
fn the_programs_of_the_page_print_its_output() {
    let page = fs::read_to_string(fixtures::root().join("docs/exports.md")).expect("the page");
    let fences: Vec<_> = page.split("```").collect();
    let blocks = |language: &str| {
        let is_program = |at: &usize| {
            fences[*at].strip_prefix(language).is_some_and(|rest| rest.starts_with('\n'))
        };
        let text = |at: usize| fences[at].split_once('\n').expect("a line").1.to_owned();
        let programs = (0..fences.len()).filter(is_program);
        programs.map(|at| (text(at), text(at + 2))).collect::<Vec<_>>()
    };
    let packages = [Packages::vfio(), Packages::new(space_program::pci())];
    let root = fixtures::root();
    let folder = tempfile::tempdir().expect("a folder");
    copy_folder(&root.join("docs/examples"), folder.path());
    let config = fs::read(root.join("docs/examples/cxl_memory.txt")).expect("a dump");
    let config = dump::read(&config, false).expect("a dump");
    fs::write(folder.path().join("config"), config.bytes()).expect("a file");
    if has(Group::Tools, "python3") {
        let programs = blocks("python");
        assert_eq!(programs.len(), packages.len());
        for ((program, output), packages) in programs.iter().zip(&packages) {
            let path = packages.write("page.py", program);
            let mut python = Command::new("python3");
            python.args(["-B", "-W", "error"]).arg(path).env("PYTHONPATH", packages.path("python"));
            assert_eq!(&succeed(python.current_dir(folder.path())), output);
        }
    }
    if has_go() {
        let (program, output) = &blocks("go")[0];
        let mut go = packages[0].go("page", &[("main.go", program)]);
        assert_eq!(&succeed(go.current_dir(folder.path())), output);
    }
}
