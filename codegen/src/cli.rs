//! What can be said on the command line.

use std::path::PathBuf;

use capchain::release::Release;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// The schema, compiler and compatibility prover for capability-chain ABIs.
#[derive(Debug, Parser)]
#[command(name = "capchain", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Which specification a command works on.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// Folder of the specification [default: spec/vfio, or the embedded copy]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) spec: Option<PathBuf>,
    /// File laid over the specification; can be given more than once
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) overlay: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the crate, the C header and the reference
    #[command(after_help = "Example:\n  capchain generate\n  capchain generate --check\n  \
        capchain generate --at v5.10 --out abi-v5.10")]
    Generate(Generate),
    /// Check the specification against the rules of extensible user ABIs
    #[command(after_help = "Example:\n  capchain lint --format json")]
    Lint(Lint),
    /// Compare two ABIs: what breaks, for whom, and how it can be seen
    #[command(after_help = "A side is a release (v5.10), the folder of a specification, \
        FOLDER@RELEASE or a header file,\neach with any number of overlays behind `+`.\n\
        Exit 0: nothing breaks, or all of it is accepted; 1: something breaks; 2: a side cannot be \
        used.\n\nExample:\n  capchain compat v5.10 v6.6\n  \
        capchain compat v7.2 v7.2+spec/vfio/proposals/irq_info_caps.yaml\n  \
        capchain compat v4.4 v4.7 --witness c")]
    Compat(Compat),
    /// Show sizes, offsets and holes of structs on every target
    #[command(after_help = "Example:\n  capchain layout vfio_iommu_type1_info_cap_migration\n  \
        capchain layout --target i686 --at v6.1 vfio_region_info")]
    Layout(Layout),
    /// Interpret the bytes of a struct or a reply, and walk its capability chain
    #[command(
        after_help = "The input is told by looking at it: raw bytes, hex digits, text of `xxd` or \
        `hexdump -C`, or\na string of strace. It is the whole buffer of the call: bytes behind \
        argsz are not looked at.\nExit 0: all is well; 1: the struct or its chain is damaged; 2: \
        the input cannot be used.\n\nExample:\n  capchain decode vfio_region_info reply.bin\n  \
        xxd reply.bin | capchain decode vfio_region_info --format json\n  \
        echo '\"\\x10\\x00\\x00\\x00\"...' | capchain decode vfio_irq_info --at v5.10 --target i686"
    )]
    Decode(Decode),
    /// Compare real kernel headers with the specification, both ways
    #[command(
        after_help = "Only what the headers given declare is compared.\nExit 0: they say the \
        same; 1: they differ; 2: a header cannot be read or is not understood.\n\nExample:\n  \
        capchain drift /usr/include/linux/vfio.h --at v6.1\n  \
        capchain drift linux/vfio.h linux/vfio_zdev.h linux/vfio_ccw.h --format json"
    )]
    Drift(DriftArgs),
    /// Print what the specification lacks to cover kernel headers, ready to paste
    #[command(after_help = "What it guesses is in the text that it prints; documentation that is \
        marked (draft) is for\na person to write, and `capchain lint` asks for it.\n\nExample:\n  \
        capchain import include/uapi/linux/vfio.h --at v7.2")]
    Import(Import),
    /// Tell what a code means, why, and show an example
    #[command(after_help = "Example:\n  capchain explain L4")]
    Explain(Explain),
}

#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// Folder to write below [default: the workspace]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The kernel release to describe, such as v5.10; needs --out
    #[arg(long, value_name = "RELEASE", requires = "out")]
    pub(crate) at: Option<Release>,
    /// Write nothing; tell what differs, is missing or should not be there
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// How findings are shown
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: LintFormat,
}

#[derive(Debug, Args)]
pub(crate) struct Compat {
    /// The ABI that programs were built with
    pub(crate) old: String,
    /// The ABI that is to take its place
    pub(crate) new: String,
    /// Print a program that shows the breaks of the wire, in place of the verdict
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub(crate) witness: Option<Language>,
    /// File of severities, and of accepted findings with their reasons
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    /// How the verdict is shown
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: LintFormat,
}

/// A language that programs are printed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// C, for any compiler
    C,
    /// Rust, one file without dependencies
    Rust,
}

#[derive(Debug, Args)]
pub(crate) struct Layout {
    /// Structs to show; all where none is named
    pub(crate) structs: Vec<String>,
    /// The kernel release to describe, such as v5.10
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
    /// The target to describe, such as i686; all where none is named
    #[arg(long, value_name = "TARGET")]
    pub(crate) target: Option<String>,
    /// How layouts are shown
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Decode {
    /// The struct that the bytes start with, or a chain that no struct hosts
    #[arg(value_name = "STRUCT")]
    pub(crate) subject: String,
    /// File with the bytes; standard input where none is named
    pub(crate) file: Option<PathBuf>,
    /// The kernel release that the bytes come from, such as v5.10
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
    /// The target whose byte order and layout the bytes have
    #[arg(long, value_name = "TARGET", default_value = "x86_64")]
    pub(crate) target: String,
    /// How the result is shown
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct DriftArgs {
    /// Kernel headers, as they are installed or as they lie in the kernel's tree
    #[arg(required = true, value_name = "HEADER")]
    pub(crate) headers: Vec<PathBuf>,
    /// The kernel release to compare with, such as v5.10 [default: the newest]
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
    /// How differences are shown
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: LintFormat,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Kernel headers, as they are installed or as they lie in the kernel's tree
    #[arg(required = true, value_name = "HEADER")]
    pub(crate) headers: Vec<PathBuf>,
    /// The kernel release that the headers are of, such as v7.2 [default: the newest]
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A code such as L4 or V011; all codes are listed where none is named
    pub(crate) code: Option<String>,
    /// How the explanation is shown
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// How a result is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a person
    #[default]
    Text,
    /// One object with stable keys
    Json,
}

/// How findings are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    /// For a person
    #[default]
    Text,
    /// One object with stable keys
    Json,
    /// Annotations for GitHub's workflow log
    Github,
}
