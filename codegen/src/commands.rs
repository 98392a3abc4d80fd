//! What each command does: opens the specification, runs the library, prints.

mod compat;
mod decode;
mod doubts;
mod drift;
mod explain;
mod generate;
mod headers;
mod import;
mod layout;
mod lint;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use capchain::diagnostic::{Severity, Sources};
use capchain::ir::Abi;
use capchain::release::Release;
use capchain::spec::load::Origin;
use capchain::validate::ValidSpec;
use capchain::{Opened, embedded};

use crate::cli::{Cli, Command, Source};

/// All is well.
pub(crate) const FINE: u8 = 0;
/// The command found what it looks for.
pub(crate) const FOUND: u8 = 1;
/// Wrong usage, or something cannot be read or written.
pub(crate) const UNUSABLE: u8 = 2;

/// Where the specification is by default.
const DEFAULT: &str = "spec/vfio";

/// What a command prints, and how it ends.
pub(crate) struct Done {
    pub(crate) text: String,
    pub(crate) code: u8,
}

impl Done {
    /// All is well, and this is to be printed.
    fn fine(text: String) -> Self {
        Self { text, code: FINE }
    }
}

/// What a command printed, or the message of an error.
type Outcome = Result<Done, String>;

/// Runs a command.
pub(crate) fn run(cli: Cli) -> Outcome {
    match cli.command {
        Command::Generate(args) => generate::run(&cli.source, &args),
        Command::Lint(args) => lint::run(&cli.source, &args),
        Command::Compat(args) => compat::run(&cli.source, &args),
        Command::Layout(args) => layout::run(&cli.source, &args),
        Command::Drift(args) => drift::run(&cli.source, &args),
        Command::Import(args) => import::run(&cli.source, &args),
        Command::Decode(args) => decode::run(&cli.source, &args),
        Command::Explain(args) => explain::run(&args),
    }
}

/// The way to the workspace: to the nearest folder, from this one on upwards,
/// that holds the default specification and what was generated; without one, to
/// this folder.
fn workspace() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let whole = |folder: &Path| folder.join(DEFAULT).is_dir() && folder.join("generated").is_dir();
    let up = here.ancestors().position(whole).unwrap_or(0);
    let way: PathBuf = std::iter::repeat_n("..", up).collect();
    PathBuf::from(".").join(way)
}

/// Where the specification is; tells if it is the embedded one.
fn origin(source: &Source) -> Origin {
    let default = workspace().join(DEFAULT);
    let default = default.strip_prefix(".").map(Path::to_path_buf).unwrap_or(default);
    match &source.spec {
        Some(folder) => Origin::Folder(folder.clone()),
        None if default.is_dir() => Origin::Folder(default),
        None => {
            tell(&format!("note: no folder {DEFAULT} here; using the embedded specification\n"));
            Origin::Embedded(embedded::FILES)
        }
    }
}

/// The folder of the specification as a person names it.
fn shown_folder(source: &Source) -> String {
    match &source.spec {
        Some(folder) => folder.display().to_string(),
        None => DEFAULT.to_owned(),
    }
}

/// Opens the specification; its errors go to standard error.
fn open(origin: &Origin, source: &Source) -> Result<ValidSpec, String> {
    spec_of(capchain::open(origin, &source.overlay)).map(|(spec, _)| spec)
}

/// The specification that was opened, with its files, which headers can join;
/// its errors go to standard error.
fn spec_of(opened: Opened) -> Result<(ValidSpec, Sources), String> {
    let Opened { spec, sources, problems } = opened;
    let shown = problems.render(&sources, to_terminal());
    tell(&shown);
    spec.map(|spec| (spec, sources)).ok_or_else(|| {
        let errors = counted(problems.count(Severity::Error), "error");
        format!("the specification does not load: {errors}")
    })
}

/// Says something beside the result. Whoever has closed the pipe misses it.
pub(crate) fn tell(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Whether errors are read by a person.
fn to_terminal() -> bool {
    io::stderr().is_terminal()
}

/// The ABI as of a release, which must be one that is described. What is not
/// known of that release goes to standard error.
fn lower(spec: &ValidSpec, at: Option<Release>) -> Result<Abi, String> {
    if let Some(at) = at {
        if !spec.releases().contains(&at) {
            let (first, last) = (spec.releases().first(), spec.newest());
            let first = first.map(Release::to_string).unwrap_or_default();
            let whole = spec.releases().iter().find(|release| release.is_final_of(at));
            return Err(match whole {
                Some(whole) => format!("{at} is not described by itself: it counts as {whole}"),
                None => format!("{at} is not described; releases are {first} to {last}"),
            });
        }
        for doubt in doubts::warnings(&capchain::lower::lower(spec, None), at) {
            eprintln!("warning: {doubt}");
        }
    }
    Ok(capchain::lower::lower(spec, at))
}

/// The release of an ABI and the overlays that are part of it.
fn edition(abi: &Abi) -> String {
    let overlays = abi.overlays.iter().map(|name| [" + ", name].concat());
    [abi.release.to_string()].into_iter().chain(overlays).collect()
}

/// A line that tells of overlays; nothing where there are none.
fn with_overlays(abi: &Abi) -> String {
    match abi.overlays.is_empty() {
        true => String::new(),
        false => format!("of {}\n", edition(abi)),
    }
}

/// A number of things.
fn counted(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// An object with stable keys.
fn json(object: &impl serde::Serialize) -> Outcome {
    let text = serde_json::to_string_pretty(object).map_err(|error| error.to_string())?;
    Ok(Done::fine(text + "\n"))
}
