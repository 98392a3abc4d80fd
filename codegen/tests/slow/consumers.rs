//! Programs that use the installed header or the packaged crate, and nothing
//! else, outside the repository: `consumers/` has a project for each way to find
//! them. All of them print the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::fixtures::copy_folder;
use support::groups::{Group, has, has_compiler};
use support::packages::{cargo, unpacked};
use support::process::{code_and_text, succeed};
use support::sample::whole;
use support::{fixtures, sample_reply};
use tempfile::TempDir;

/// The output of every program for the reply.
const PRINTED: &str = "\
region 2: 0x8000 bytes at 0x20000000000
capability 1, version 1
  0x1000 bytes at 0x0
  0x2000 bytes at 0x3000
capability 2, version 1
  type 0x80008086, subtype 1
capability 3, version 1
";

/// Every file that is installed, below the prefix.
const INSTALLED: [&str; 9] = [
    "include/vfio_abi.h",
    "include/vfio_abi/calls.h",
    "include/vfio_abi/chains.h",
    "include/vfio_abi/compat.h",
    "include/vfio_abi/names.h",
    "include/vfio_abi/types.h",
    "share/cmake/vfio-abi/vfio-abi-config-version.cmake",
    "share/cmake/vfio-abi/vfio-abi-config.cmake",
    "share/pkgconfig/vfio-abi.pc",
];

/// A folder with the projects, and the crate `vfio-abi` as it is packaged.
struct Projects(TempDir);

impl Projects {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy_folder(&fixtures::root().join("codegen/tests/consumers"), folder.path());
        unpacked(folder.path(), "vfio-abi");
        Self(folder)
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// make, in the folder of the package.
    fn make(&self, arguments: &[&str]) -> Command {
        let mut make = Command::new("make");
        make.current_dir(self.path("vfio-abi")).args(arguments);
        make
    }

    /// Installs the header with the one command, and removes its sources.
    fn installed() -> Self {
        let projects = Self::new();
        let prefix = ["prefix=", &projects.path("prefix").to_string_lossy()].concat();
        succeed(&mut projects.make(&["install", &prefix]));
        fs::remove_dir_all(projects.path("vfio-abi")).expect("the package");
        projects
    }

    /// pkg-config, or a program that runs it, with the installed header.
    fn finding(&self, program: &str, folder: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path(folder));
        command.env("PKG_CONFIG_PATH", self.path("prefix/share/pkgconfig"));
        command
    }

    /// Checks a program: it prints a complete reply, and fails for a truncated
    /// reply or one whose chain leads out of it.
    fn judge(&self, program: &Path) {
        let whole = sample_reply::reply();
        assert_eq!(self.run(program, &whole), (Some(0), PRINTED.to_owned()));
        let mut damaged = whole.clone();
        damaged[32 + 4] = 0xff;
        for reply in [&whole[..31], &whole[..32], &damaged] {
            let (code, _) = self.run(program, reply);
            assert_eq!(code, Some(1), "{}: {reply:?}", program.display());
        }
    }

    fn run(&self, program: &Path, reply: &[u8]) -> (Option<i32>, String) {
        let file = self.path("reply.bin");
        fs::write(&file, reply).expect("a file");
        let output = Command::new(program).arg(file).output().expect("the program starts");
        (output.status.code(), String::from_utf8(output.stdout).expect("text"))
    }
}

/// The files below a folder, in order.
fn files(folder: &Path) -> Vec<String> {
    let mut command = Command::new("find");
    let found = succeed(command.current_dir(folder).args([".", "-type", "f"]));
    let mut files: Vec<_> = found.lines().map(|path| path[2..].to_owned()).collect();
    files.sort();
    files
}

#[test]
fn one_command_installs_the_header_and_one_removes_it() {
    if !has(Group::Tools, "make") {
        return;
    }
    let projects = Projects::new();
    let stage = projects.path("stage");
    let staged = ["DESTDIR=", &stage.to_string_lossy()].concat();
    succeed(&mut projects.make(&["install", "prefix=/opt/abi", &staged]));
    let prefix = stage.join("opt/abi");
    assert_eq!(files(&prefix), INSTALLED);
    for name in INSTALLED {
        let text = fs::read_to_string(prefix.join(name)).expect("a file");
        let left = ["version", "prefix", "includedir", "include"];
        let left = left.iter().find(|name| text.contains(&format!("@{name}@")));
        assert_eq!(left, None, "{name}");
        assert!(!text.contains(&staged[8..]), "{name} tells where it was staged");
    }
    let header = fs::read_to_string(prefix.join(INSTALLED[0])).expect("the header");
    assert!(
        header == fs::read_to_string(projects.path("vfio-abi/include/vfio_abi.h")).expect("it")
    );
    succeed(&mut projects.make(&["uninstall", "prefix=/opt/abi", &staged]));
    assert_eq!(files(&stage), [""; 0]);
}

#[test]
fn an_impossible_installation_is_an_error() {
    if !has(Group::Tools, "make") {
        return;
    }
    let projects = Projects::new();
    let stage = ["DESTDIR=", &projects.path("stage").to_string_lossy()].concat();
    let (code, text) = code_and_text(&mut projects.make(&["install", "prefix=here", &stage]));
    assert!(code == Some(2) && text.contains("prefix must start with /"), "{text}");
    succeed(&mut projects.make(&["install", "version=7.8.9", &stage]));
    let pc = projects.path("stage/usr/local/share/pkgconfig/vfio-abi.pc");
    let pc = fs::read_to_string(pc).expect("a file");
    assert!(pc.contains("\nVersion: 7.8.9\n"), "{pc}");
}

#[test]
fn pkg_config_has_the_version_the_release_and_the_folder() {
    if !has(Group::Tools, "make") || !has(Group::Tools, "pkg-config") {
        return;
    }
    let projects = Projects::installed();
    let ask = |question: &str| {
        let mut command = projects.finding("pkg-config", ".");
        succeed(command.args([question, "vfio-abi"])).trim().to_owned()
    };
    assert_eq!(ask("--modversion"), version());
    assert_eq!(ask("--variable=linux_release"), fixtures::spec().newest().to_string());
    assert_eq!(ask("--cflags"), format!("-I{}", projects.path("prefix/include").display()));
    assert_eq!(ask("--libs"), "");
}

#[test]
fn c_and_cpp_programs_build_by_pkg_config() {
    if !has(Group::Tools, "make") || !has(Group::Tools, "pkg-config") {
        return;
    }
    let projects = Projects::installed();
    for (folder, setting, compilers) in
        [("c", "CC", ["gcc", "clang"]), ("cpp", "CXX", ["g++", "clang++"])]
    {
        for compiler in compilers.into_iter().filter(|compiler| has_compiler(compiler)) {
            let compiler = format!("{setting}={compiler}");
            succeed(projects.finding("make", folder).args(["--always-make", &compiler]));
            projects.judge(&projects.path(folder).join("caps"));
        }
    }
}

/// The version of the package.
fn version() -> String {
    fixtures::spec().spec().abi.version.0.clone()
}

/// Versions that a program accepts, and versions that it does not.
fn versions() -> ([String; 3], [String; 2]) {
    let version = version();
    let numbers = version.split('.').map(|part| part.parse::<u32>().expect("a number"));
    let [major, minor, _] = numbers.collect::<Vec<_>>()[..] else { panic!("{version}") };
    let fine = [String::new(), format!("{major}.{minor}"), version];
    (fine, [format!("{major}.{}", minor + 1), format!("{}.0", major + 1)])
}

#[test]
fn cmake_finds_the_package_of_a_version_that_will_do() {
    if !has(Group::Tools, "make") || !has(Group::Tools, "cmake") {
        return;
    }
    let projects = Projects::installed();
    // The files know no absolute place.
    fs::rename(projects.path("prefix"), projects.path("moved")).expect("the installed tree");
    let configure = |wanted: &str, build: &str| {
        let mut cmake = projects.finding("cmake", "cmake");
        let prefix = ["-DCMAKE_PREFIX_PATH=", &projects.path("moved").to_string_lossy()].concat();
        cmake.args(["-S", ".", "-B", build, "-Wno-dev", &prefix]);
        code_and_text(cmake.arg(["-DWANTED=", wanted].concat()))
    };
    let (fine, wrong) = versions();
    for wanted in fine {
        let (code, text) = configure(&wanted, "build");
        let release = fixtures::spec().newest();
        let told = format!("vfio-abi {} of Linux {release}", version());
        assert!(code == Some(0) && text.contains(&told), "{wanted}: {text}");
    }
    for wanted in wrong {
        let (code, text) = configure(&wanted, &["not-", &wanted].concat());
        let told = format!("compatible with requested version \"{wanted}\"");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(code == Some(1) && text.contains(&told), "{wanted}: {text}");
    }
    succeed(projects.finding("cmake", "cmake").args(["--build", "build"]));
    for program in ["caps_c", "caps_cpp"] {
        projects.judge(&projects.path("cmake/build").join(program));
    }
}

#[test]
fn a_rust_program_builds_by_the_packaged_crate() {
    let projects = Projects::new();
    let build = ["build", "--quiet", "--offline", "--target-dir", "target"];
    succeed(cargo(&projects.path("rust")).args(build));
    projects.judge(&projects.path("rust/target/debug/caps"));
}

/// The package has all that the generator is compiled from, and every specification. With
/// CAPCHAIN_WHOLE it is built, and generates the same.
#[test]
fn the_packaged_generator_needs_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let package = unpacked(folder.path(), "capchain");
    let mut build = cargo(&package);
    // Compiled dependencies are taken from the folder of this test, so the profile is
    // that of the workspace.
    let workspace = fs::read_to_string(fixtures::root().join("Cargo.toml")).expect("the manifest");
    let sections = workspace.split("\n\n").filter(|section| section.starts_with("[profile.dev"));
    fs::create_dir(package.join(".cargo")).expect("a folder");
    fs::write(package.join(".cargo/config.toml"), sections.collect::<Vec<_>>().join("\n\n"))
        .expect("a file");
    let here = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    build.env("CARGO_BUILD_BUILD_DIR", here).env("CARGO_INCREMENTAL", "0");
    let command = if whole() { "build" } else { "check" };
    build.args([command, "--quiet", "--offline", "--locked", "--bin", "capchain", "--target-dir"]);
    succeed(build.arg(folder.path().join("target")));
    let (packed, own) = (package.join("spec"), fixtures::root().join("spec"));
    succeed(Command::new("diff").args(["--recursive", "--brief"]).args([&own, &packed]));
    if !whole() {
        return;
    }
    fs::remove_dir_all(&package).expect("the package");
    let mut generate = Command::new(folder.path().join("target/debug/capchain"));
    let (code, text) =
        code_and_text(generate.current_dir(folder.path()).args(["generate", "--out", "out"]));
    assert!(code == Some(0) && text.contains("using the embedded specification"), "{text}");
    let mut outputs = capchain::schemas();
    for abi in capchain::embedded::ABIS {
        let spec = fixtures::open(&own.join(abi.name));
        outputs.extend(capchain::outputs(&capchain::lower::lower(&spec, None)));
    }
    for output in &outputs {
        let found = fs::read_to_string(folder.path().join("out").join(&output.path));
        assert!(found.is_ok_and(|found| found == output.contents), "{}", output.path);
    }
    assert_eq!(files(&folder.path().join("out")).len(), outputs.len());
}
