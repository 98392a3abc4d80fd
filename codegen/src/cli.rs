//! The arguments of the program.

use std::ffi::OsString;
use std::path::PathBuf;

use capchain::release::Release;
use capchain::reports::{Format, LintFormat, ReviewFormat};
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

/// Selects the specification.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// Folder of the specification [default: spec/vfio, for generate all of spec/]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) spec: Option<PathBuf>,
    /// Name of the ABI: its folder below spec/, or an embedded copy
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "spec")]
    pub(crate) abi: Option<String>,
    /// File with additions to the specification; can be repeated
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) overlay: Vec<PathBuf>,
}

impl Source {
    /// Whether the arguments determine one ABI. An overlay belongs to one ABI.
    pub(crate) fn names_one(&self) -> bool {
        self.spec.is_some() || self.abi.is_some() || !self.overlay.is_empty()
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the crate, the C header and the reference of every ABI
    #[command(after_help = "With --abi, --spec or --overlay, only the outputs of one ABI are \
        written.\n\nExample:\n  capchain generate\n  capchain generate --check\n  \
        capchain generate --at v5.10 --out abi-v5.10")]
    Generate(GenerateArgs),
    /// Check the specification against the rules of extensible user ABIs
    #[command(after_help = "Example:\n  capchain lint --format json")]
    Lint(LintArgs),
    /// Compare two ABIs: list the breaks, the affected programs, and a witness of each
    #[command(after_help = "A side is a release (v5.10), a specification folder, \
        FOLDER@RELEASE or a header file,\neach with any number of overlays after `+`.\n\
        Exit 0: no break, or accepted breaks only; 1: a break; 2: a change that cannot be judged,\n\
        or a side cannot be used.\n\nExample:\n  capchain compat v5.10 v6.6\n  \
        capchain compat v7.3 v7.3+spec/vfio/proposals/irq_info_caps.yaml\n  \
        capchain compat v4.4 v4.7 --witness c")]
    Compat(CompatArgs),
    /// Show sizes, offsets and holes of structs on every target
    #[command(after_help = "Example:\n  capchain layout vfio_iommu_type1_info_cap_migration\n  \
        capchain layout --target i686 --at v6.1 vfio_region_info")]
    Layout(LayoutArgs),
    /// Interpret the bytes of a struct or a reply, and walk its capability chain
    #[command(
        after_help = "The form of the input is detected: raw bytes, hex digits, dumps of debuggers, xxd, hexdump, od and\n\
        the kernel, strings and lists of programming languages, strace, base64; docs/decode.md lists\n\
        them. The input is the whole buffer of the call; bytes after \
        argsz are ignored. With --lines, each line is one reply: hex digits, a string of strace, or an\n\
        object {\"bytes\": \"hex digits\", \"struct\": \"NAME\", \"id\": ...}, of which `bytes` is needed, and\n\
        `struct` if there is no STRUCT. Without --lines and STRUCT, a log is decoded by the ioctls and\n\
        structs that its lines name; of bytes without a name, the structs that fit are listed, and the\n\
        best is decoded.\nExit 0: no error; 1: the struct or its chain has an error; 2: \
        the input cannot be used.\n\nExample:\n  capchain decode vfio_region_info reply.bin\n  \
        xxd reply.bin | capchain decode vfio_region_info --format json\n  \
        capchain decode VFIO_DEVICE_GET_REGION_INFO reply.bin\n  capchain decode qemu.log\n  \
        echo '\"\\x10\\x00\\x00\\x00\"...' | capchain decode vfio_irq_info --at v5.10 --target i686\n  \
        capchain decode vfio_region_info --lines replies.jsonl | jq .caps"
    )]
    Decode(DecodeArgs),
    /// Run a program and print its ioctls of the specified ABIs, both sides decoded
    #[command(after_help = "Every ioctl is printed with its argument before and after the call, \
        of all threads and child\nprocesses. The program can be static. Its own output is not changed; \
        the ioctls go to standard\nerror or to a file.\nThe exit code is that of the program, or 128 \
        plus the signal that ended it; 2: it cannot be run.\n\nExample:\n  \
        capchain trace -- qemu-system-x86_64 -device vfio-pci,host=01:00.0\n  \
        capchain trace --output calls.jsonl --format json -- ./my-program")]
    Trace(TraceArgs),
    /// Show the configuration space that VFIO shows of a device, and why
    #[command(after_help = "DUMP is a configuration space in any form that `decode` reads: \
        `lspci -xxxx`, the file `config` of\nsysfs, hexdump; several devices of `lspci` are shown \
        one after another. A capability that is\nhidden is left out of the chain; its bytes can \
        be read nevertheless.\nExit 0: shown; 1: the input ends early, its chains are damaged, \
        or it is hardly a device's;\n2: the input cannot be used.\n\nExample:\n  \
        capchain view /sys/bus/pci/devices/0000:01:00.0/config --at v6.1\n  \
        lspci -xxxx -s 01:00.0 | capchain view --diff v6.1 v7.3\n  \
        capchain view dump.txt --format json")]
    View(ViewArgs),
    /// Show what a handler of a release answers to a request, by its reply rules
    #[command(after_help = "The device has the capabilities that --cap names, and sample values \
        in its fields.\nWithout --handler, every handler whose replies the \
        rules determine answers.\nExit 0: answered, also with an error of the call; 2: no such \
        ioctl, handler or capability.\n\nExample:\n  \
        capchain reply VFIO_DEVICE_GET_REGION_INFO --argsz 40 --at v5.10 --handler vfio_pci\n  \
        capchain reply VFIO_DEVICE_GET_REGION_INFO --argsz 40 --cap VFIO_REGION_INFO_CAP_SPARSE_MMAP\n  \
        capchain reply VFIO_IOMMU_GET_INFO --argsz 16 --format json")]
    Reply(ReplyArgs),
    /// Compare real kernel headers with the specification, both ways
    #[command(after_help = "Only declarations of the given headers are compared.\nExit 0: no \
        difference; 1: differences; 2: a header cannot be read or parsed.\n\nExample:\n  \
        capchain drift /usr/include/linux/vfio.h --at v6.1\n  \
        capchain drift linux/vfio.h linux/vfio_zdev.h linux/vfio_ccw.h --format json")]
    Drift(DriftArgs),
    /// Judge a patch of a kernel header, from a mail, a mailbox, a file or a repository
    #[command(after_help = "The input is a unified diff, the output of `git format-patch`, a \
        mailbox, or a mail that quotes a\npatch at any depth. Line numbers do not count: a change \
        is placed by the names around it.\nExit 0: nothing breaks; 1: something breaks; 2: a \
        line cannot be read or placed with certainty, or\nthe input has no patch.\n\nExample:\n  \
        capchain review 0001-vfio-add-a-capability.patch\n  \
        capchain review --base v5.2 --format mail < reply.eml\n  \
        capchain review --repo ~/linux v7.2..my-branch")]
    Review(ReviewArgs),
    /// Print the YAML that the specification lacks to cover kernel headers
    #[command(
        after_help = "Guesses are marked by `# guess:`. A person must write the documentation \
        that is marked\n(draft); `capchain lint` reports it.\n\nExample:\n  \
        capchain import include/uapi/linux/vfio.h --at v7.3"
    )]
    Import(ImportArgs),
    /// Show what a name is, since when, where it is, and who emits it
    #[command(
        after_help = "NAME is a struct, a constant, an ioctl, a capability, `struct.field`, a \
        former name\nor a name of a proposal.\nExit 0: found; 1: no such name.\n\nExample:\n  \
        capchain show VFIO_REGION_INFO_CAP_SPARSE_MMAP\n  \
        capchain show vfio_device_info.cap_offset --format json"
    )]
    Show(ShowArgs),
    /// Show which numbers are taken, reserved, claimed by proposals, and free
    #[command(
        after_help = "A space is a chain, an id space, an enum, `struct.field` or a kind of file \
        descriptor; a name\nselects the spaces that have it.\n\nExample:\n  capchain ids\n  \
        capchain ids device_feature\n  capchain ids vfio_device_info.flags --format json"
    )]
    Ids(IdsArgs),
    /// Write a new specification that lints, generates and builds
    #[command(
        after_help = "The specification has one INFO ioctl, one chain and one capability. It \
        is written to\nspec/NAME in the current workspace, or in the current folder.\n\nExample:\n  \
        capchain init foo\n  capchain lint --abi foo\n  capchain generate\n  \
        cargo test --manifest-path generated/foo-abi/Cargo.toml\n  \
        capchain init bar --from include/uapi/linux/bar.h"
    )]
    Init(InitArgs),
    /// Explain a code, with an example
    #[command(after_help = "Example:\n  capchain explain L4")]
    Explain(ExplainArgs),
}

#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// Folder to write below [default: the workspace]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The kernel release to describe, such as v5.10; needs --out
    #[arg(long, value_name = "RELEASE", requires = "out")]
    pub(crate) at: Option<Release>,
    /// Write nothing; list files that differ, are missing or unexpected file
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// Format of the findings
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: LintFormat,
}

#[derive(Debug, Args)]
pub(crate) struct CompatArgs {
    /// The ABI that programs were built with
    pub(crate) old: String,
    /// The ABI that replaces it
    pub(crate) new: String,
    /// Print a program that shows the wire breaks, instead of the verdict
    #[arg(long, value_enum, value_name = "LANGUAGE", conflicts_with = "format")]
    pub(crate) witness: Option<Language>,
    /// File of severities, and of accepted findings with their reasons
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    /// Format of the verdict
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: LintFormat,
}

/// The language of a printed program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// C, for any compiler
    C,
    /// Rust, one file without dependencies
    Rust,
}

#[derive(Debug, Args)]
pub(crate) struct LayoutArgs {
    /// Structs to show [default: all]
    pub(crate) structs: Vec<String>,
    /// The kernel release to describe, such as v5.10
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
    /// The target to describe, such as i686 [default: all]
    #[arg(long, value_name = "TARGET")]
    pub(crate) target: Option<String>,
    /// Format of the layouts
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct DecodeArgs {
    /// The struct that the bytes start with, an ioctl or the line of a call that names it,
    /// a chain that no struct hosts, or a descriptor from which records were read [default: the names in the input, or the structs that fit]
    #[arg(value_name = "STRUCT|IOCTL")]
    pub(crate) subject: Option<String>,
    /// File with the bytes [default: standard input]
    pub(crate) file: Option<PathBuf>,
    /// The kernel release that the bytes come from, such as v5.10
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
    /// The target whose byte order and layout the bytes have
    #[arg(long, value_name = "TARGET", default_value = "x86_64")]
    pub(crate) target: String,
    /// Bytes of the memory that the argument has the address of, and the field with the address
    /// if several have one [default: none]
    #[arg(long, value_name = "[FIELD=]FILE", conflicts_with = "lines")]
    pub(crate) data: Vec<String>,
    /// Decode one reply per line, and print one JSON object per line
    #[arg(long, conflicts_with = "format")]
    pub(crate) lines: bool,
    /// Format of the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// The program and its arguments
    #[arg(required = true, last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
    /// File for the ioctls [default: standard error]
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The kernel release that runs, such as v6.1 [default: the newest]
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
    /// Format of the ioctls; of json, each is one line
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ViewArgs {
    /// File with the configuration space [default: standard input]
    #[arg(value_name = "DUMP")]
    pub(crate) file: Option<PathBuf>,
    /// The kernel release that shows it, such as v6.1 [default: the newest]
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
    /// Show only the differences between two releases
    #[arg(long, value_names = ["OLD", "NEW"], num_args = 2, conflicts_with = "at")]
    pub(crate) diff: Vec<Release>,
    /// Format of the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ReplyArgs {
    /// The ioctl
    pub(crate) ioctl: String,
    /// The argsz of the request; the other bytes of the buffer are 0
    #[arg(long, value_name = "BYTES", value_parser = number)]
    pub(crate) argsz: u64,
    /// The handler that answers [default: all]
    #[arg(long, value_name = "NAME")]
    pub(crate) handler: Option<String>,
    /// A capability that the device has; can be repeated
    #[arg(long = "cap", value_name = "NAME")]
    pub(crate) capabilities: Vec<String>,
    /// The kernel release that answers, such as v5.10 [default: the newest]
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// A number of bytes, decimal or after `0x` hexadecimal.
fn number(text: &str) -> Result<u64, String> {
    let read = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    read.map_err(|_| "expected a number such as 40 or 0x28".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct DriftArgs {
    /// Kernel headers, installed or from the kernel's source tree
    #[arg(required = true, value_name = "HEADER")]
    pub(crate) headers: Vec<PathBuf>,
    /// The kernel release to compare with, such as v5.10 [default: the newest]
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
    /// Format of the differences
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: LintFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ReviewArgs {
    /// Files with patches or mails [default: standard input]; with --repo, one range A..B
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The release or the header that the patches are for [default: what fits best]
    #[arg(long, value_name = "RELEASE|HEADER")]
    pub(crate) base: Vec<String>,
    /// Repository in which to compare two commits, A..B
    #[arg(long, value_name = "DIR", requires = "files")]
    pub(crate) repo: Option<PathBuf>,
    /// Review what is staged in the present repository
    #[arg(long, conflicts_with_all = ["files", "repo"])]
    pub(crate) staged: bool,
    /// Format of the review
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ReviewFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Kernel headers, installed or from the kernel's source tree
    #[arg(required = true, value_name = "HEADER")]
    pub(crate) headers: Vec<PathBuf>,
    /// The kernel release that the headers are of, such as v7.3 [default: the newest]
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
    /// Put the additions into the files of the specification
    #[arg(long, conflicts_with = "overlay_out")]
    pub(crate) write: bool,
    /// Write the additions as an overlay
    #[arg(long, value_name = "FILE")]
    pub(crate) overlay_out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The name
    pub(crate) name: String,
    /// The kernel release to describe, such as v5.10
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct IdsArgs {
    /// The space of numbers, or a name with a number [default: a summary of all]
    pub(crate) space: Option<String>,
    /// The kernel release to describe, such as v5.10
    #[arg(long, value_name = "RELEASE")]
    pub(crate) at: Option<Release>,
    /// Format of the numbers
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Name of the ABI, which names of files, types and constants start with
    pub(crate) name: String,
    /// Take from this header what `abi.yaml` says of it; `import` adds the rest
    #[arg(long, value_name = "HEADER")]
    pub(crate) from: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A code such as L4 or V011 [default: list all codes]
    pub(crate) code: Option<String>,
    /// Format of the explanation
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
