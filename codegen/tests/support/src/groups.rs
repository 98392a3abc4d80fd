//! Groups of tests that need something that a machine may lack: a compiler, the
//! headers of a kernel. A test that cannot run calls [`skip`].
//!
//! `.ci/groups` lists the groups and describes the environment variables
//! CAPCHAIN_REQUIRE, CAPCHAIN_SKIP and CAPCHAIN_SKIPPED, which the scripts in
//! `.ci` obey too.

use std::collections::BTreeSet;
use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use crate::process;

/// The list of groups: a name, whether the group is required, and a description.
const LIST: &str = include_str!("../../../../.ci/groups");

/// A group of tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Tests that compile with clang and clang++.
    Clang,
    /// Tests that compile and run programs for 32 bits.
    Bits32,
    /// Proofs.
    Cbmc,
    /// Tests for other processors: headers, libraries and emulators.
    ForeignArch,
    /// Tests of the headers of real kernels.
    RealHeaders,
    /// Tests that need a further tool: git, make, cmake, pkg-config, nm, abidiff, python3.
    Tools,
    /// Tests of the Go package.
    Go,
    /// Tests that need a feature of a compiler that not every version has.
    CompilerFeatures,
    /// Tests of the full set of captures.
    FullCaptures,
    /// Tests that only a little-endian machine can run.
    LittleEndian,
    /// Checks that build the programs of others.
    ForeignPrograms,
    /// Checks on kernels that boot in an emulated machine.
    Live,
    /// Tests by the schema of SARIF.
    SarifSchema,
    /// Checks that only root can run.
    Root,
    /// Tests of the playground.
    Wasm,
    /// Tests that compare with lspci.
    Lspci,
}

impl Group {
    /// Every group, in the order of `.ci/groups`.
    pub const ALL: [Self; 16] = [
        Self::Clang,
        Self::Bits32,
        Self::Cbmc,
        Self::ForeignArch,
        Self::RealHeaders,
        Self::Tools,
        Self::Go,
        Self::CompilerFeatures,
        Self::FullCaptures,
        Self::LittleEndian,
        Self::ForeignPrograms,
        Self::Live,
        Self::SarifSchema,
        Self::Root,
        Self::Wasm,
        Self::Lspci,
    ];

    /// The name in `.ci/groups`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clang => "clang",
            Self::Bits32 => "32-bit",
            Self::Cbmc => "cbmc",
            Self::ForeignArch => "foreign-arch",
            Self::RealHeaders => "real-headers",
            Self::Tools => "tools",
            Self::Go => "go",
            Self::CompilerFeatures => "compiler-features",
            Self::FullCaptures => "full-captures",
            Self::LittleEndian => "little-endian",
            Self::ForeignPrograms => "foreign-programs",
            Self::Live => "live",
            Self::SarifSchema => "sarif-schema",
            Self::Root => "root",
            Self::Wasm => "wasm",
            Self::Lspci => "lspci",
        }
    }

    /// Whether `.ci/groups` marks the group as required.
    pub fn is_required(self) -> bool {
        listed().any(|(name, required)| name == self.name() && required)
    }
}

/// The groups of `.ci/groups`, each with whether it is required.
pub fn listed() -> impl Iterator<Item = (&'static str, bool)> {
    let lines = LIST.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        let mut words = line.split_whitespace();
        (words.next().expect("a name"), words.next() == Some("required"))
    })
}

/// The environment variables that decide about skipped tests.
#[derive(Debug, Default)]
pub struct Policy {
    /// CAPCHAIN_REQUIRE: required groups must run.
    pub require: bool,
    /// CAPCHAIN_SKIP: groups that may be skipped nevertheless, with commas.
    pub accepted: String,
    /// CAPCHAIN_SKIPPED: the file that lists the skipped tests.
    pub record: Option<PathBuf>,
}

impl Policy {
    /// The policy of the environment.
    pub fn from_env() -> Self {
        Self {
            require: env::var_os("CAPCHAIN_REQUIRE").is_some(),
            accepted: env::var("CAPCHAIN_SKIP").unwrap_or_default(),
            record: env::var_os("CAPCHAIN_SKIPPED").map(PathBuf::from),
        }
    }

    /// Records that a test of a group does not run; an error if it must run.
    pub fn skip(&self, group: Group, reason: &str) -> Result<(), String> {
        let mut accepted = self.accepted.split(',').filter(|name| !name.is_empty());
        if let Some(name) = accepted.clone().find(|name| listed().all(|one| one.0 != *name)) {
            return Err(format!("CAPCHAIN_SKIP: there is no group `{name}`, see .ci/groups"));
        }
        let name = group.name();
        if let Some(path) = &self.record {
            let file = OpenOptions::new().create(true).append(true).open(path);
            // One call, so that lines of several processes do not mix.
            let written = file.and_then(|mut file| file.write_all(line(group, reason).as_bytes()));
            written.map_err(|error| format!("{}: {error}", path.display()))?;
        }
        match self.require && group.is_required() && !accepted.any(|one| one == name) {
            true => Err(format!("{name} cannot run: {reason}; CAPCHAIN_SKIP={name} accepts that")),
            false => Ok(()),
        }
    }
}

fn line(group: Group, reason: &str) -> String {
    format!("{}: {reason}\n", group.name())
}

/// Reports that a test of a group, or a part of one, does not run on this machine.
///
/// # Panics
///
/// Panics if the group is required and must run.
pub fn skip(group: Group, reason: &str) {
    static REPORTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let line = line(group, reason);
    let is_new = REPORTED.lock().is_ok_and(|mut reported| reported.insert(line.clone()));
    let result = match is_new {
        true => Policy::from_env().skip(group, reason),
        false => Policy { record: None, ..Policy::from_env() }.skip(group, reason),
    };
    if is_new {
        // `eprintln!` would be captured in a test that passes.
        let _ = write!(std::io::stderr(), "skipped: {line}");
    }
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Whether this machine has a program; reports a skipped test otherwise.
pub fn has(group: Group, program: &str) -> bool {
    let found = process::is_installed(program);
    if !found {
        skip(group, &format!("{program} is not installed"));
    }
    found
}

/// Whether this machine has a compiler; reports a skipped test otherwise. gcc is
/// needed everywhere.
pub fn has_compiler(compiler: &str) -> bool {
    match compiler {
        "gcc" => {
            assert!(process::is_installed("gcc"), "gcc is needed to test the C header");
            true
        }
        "clang" | "clang++" => has(Group::Clang, compiler),
        _ => has(Group::Tools, compiler),
    }
}

/// Whether a command works here; reports a skipped test otherwise.
pub fn works(group: Group, command: &mut Command, description: &str) -> bool {
    let works = command.output().is_ok_and(|output| output.status.success());
    if !works {
        skip(group, &format!("{description} does not work"));
    }
    works
}
