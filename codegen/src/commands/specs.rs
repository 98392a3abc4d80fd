//! Which specification a command works on: by `--spec`, by `--abi`, or by a
//! search. Specifications are the folders of `spec/` in the workspace, and the
//! copies embedded in the program.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use capchain::diagnostic::{Severity, Sources};
use capchain::embedded::{self, EmbeddedAbi};
use capchain::names;
use capchain::release::Release;
use capchain::spec::load::Origin;
use capchain::sync::{self, FolderLock, RealDisk};
use capchain::validate::ValidSpec;
use capchain::{Opened, open, open_at};

use super::{plural, stderr_is_terminal, to_stderr, waiting};
use crate::cli::Source;

/// The folder of all specifications.
const FOLDER: &str = "spec";

/// The ABI for commands that work on one ABI, if none is named.
const DEFAULT: &str = "vfio";

/// A specification that loads, with its files.
pub(super) struct Loaded {
    pub(super) spec: ValidSpec,
    pub(super) sources: Sources,
    /// The folder, for messages.
    pub(super) shown: String,
    /// Whether its files are embedded in the program.
    pub(super) embedded: bool,
}

/// A specification that can be opened.
#[derive(Clone)]
pub(super) struct Specification {
    origin: Origin,
    /// The folder, for messages: `spec/vfio`.
    shown: String,
    /// The name that `abi` must have; none for a folder given by `--spec`.
    name: Option<String>,
}

impl Specification {
    fn folder(path: PathBuf, name: &str) -> Self {
        Self { origin: Origin::Folder(path), shown: shown(name), name: Some(name.to_owned()) }
    }

    fn embedded(abi: &EmbeddedAbi) -> Self {
        let name = abi.name.to_owned();
        Self { origin: Origin::Embedded(abi.files), shown: shown(abi.name), name: Some(name) }
    }

    pub(super) fn is_embedded(&self) -> bool {
        matches!(self.origin, Origin::Embedded(_))
    }

    /// The path of a folder that exists.
    fn folder_path(&self) -> Option<PathBuf> {
        match &self.origin {
            Origin::Folder(path) => path.is_dir().then(|| path.clone()),
            Origin::Embedded(_) => None,
        }
    }

    /// The location of the specification.
    pub(super) fn origin(&self) -> Origin {
        self.report_origin();
        self.origin.clone()
    }

    /// Prints what is special about the location. One note is enough for a command that works
    /// on several embedded specifications.
    fn report_origin(&self) {
        static NOTED: AtomicBool = AtomicBool::new(false);
        let shown = &self.shown;
        if self.is_embedded() && !NOTED.swap(true, Ordering::Relaxed) {
            to_stderr(&format!("note: no folder {shown} here; using the embedded specification\n"));
        }
        if self.folder_path().is_some_and(|path| sync::is_incomplete(&path)) {
            to_stderr(&format!(
                "warning: `import --write` was interrupted in {shown}; its next run completes it\n"
            ));
        }
    }

    /// Opens it. Its errors and warnings go to standard error.
    pub(super) fn load(&self, overlays: &[PathBuf]) -> Result<Loaded, String> {
        self.load_at(overlays, None)
    }

    /// Opens it. Items of overlays came with release `at` by default.
    pub(super) fn load_at(
        &self,
        overlays: &[PathBuf],
        at: Option<Release>,
    ) -> Result<Loaded, String> {
        self.loaded(open_at(&self.origin(), overlays, at))
    }

    fn loaded(&self, opened: Opened) -> Result<Loaded, String> {
        let (spec, sources) = checked(opened)?;
        let found = &spec.spec().abi.abi.value;
        match &self.name {
            Some(name) if name != found => {
                Err(format!("{}: `abi` must be the folder's name, not `{found}`", self.shown))
            }
            _ => Ok(Loaded {
                spec,
                sources,
                shown: self.shown.clone(),
                embedded: self.is_embedded(),
            }),
        }
    }
}

/// A specification that was opened, if it loads. Its errors and warnings go to
/// standard error.
pub(super) fn checked(opened: Opened) -> Result<(ValidSpec, Sources), String> {
    let Opened { spec, sources, problems } = opened;
    to_stderr(&problems.render(&sources, stderr_is_terminal()));
    spec.map(|spec| (spec, sources)).ok_or_else(|| {
        let errors = plural(problems.count(Severity::Error), "error");
        format!("the specification does not load: {errors}")
    })
}

/// The specification of a command that works on one: the given one, or the
/// default.
pub(super) fn one(source: &Source) -> Result<Specification, String> {
    if let Some(folder) = &source.spec {
        let shown = folder.display().to_string();
        return Ok(Specification { origin: Origin::Folder(folder.clone()), shown, name: None });
    }
    let here = in_workspace();
    if let Some(name) = &source.abi {
        return named(name, here);
    }
    let default = here.iter().find(|spec| spec.name.as_deref() == Some(DEFAULT));
    match (default, &here[..]) {
        (Some(spec), _) | (None, [spec]) => Ok(spec.clone()),
        _ => named(DEFAULT, Vec::new()),
    }
}

/// Locks the folders of the specifications that `search` considers, and completes what a
/// killed run has left in them.
pub(super) fn lock_to_write(source: &Source) -> Result<Vec<LockedFolder>, String> {
    let first = one(source)?;
    let all: Vec<_> = match source.names_one() {
        true => vec![first],
        false => everywhere(&first).collect(),
    };
    let mut folders: Vec<_> = all.into_iter().filter_map(|spec| spec.folder_path()).collect();
    // Two runs that lock in the same order do not wait for each other, and no run waits
    // for itself where a link leads to another folder.
    folders.sort();
    let mut seen = BTreeSet::new();
    folders.retain(|folder| seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.clone())));
    folders.into_iter().map(LockedFolder::new).collect()
}

/// A folder to whose files a command writes.
pub(super) struct LockedFolder {
    pub(super) path: PathBuf,
    _lock: FolderLock,
}

impl LockedFolder {
    pub(super) fn new(path: PathBuf) -> Result<Self, String> {
        let lock = FolderLock::exclusive(&path, || waiting(&path));
        let lock = lock.map_err(|error| format!("cannot write {error}"))?;
        sync::complete(&RealDisk, &path).map_err(|error| format!("cannot write {error}"))?;
        Ok(Self { path, _lock: lock })
    }
}

/// The specification for a task that names an item or a header: the given one, or
/// the first that `fits`, or the default one. Overlays belong to one ABI, so there
/// is no search if any are given.
pub(super) fn search(source: &Source, fits: impl Fn(&ValidSpec) -> bool) -> Result<Loaded, String> {
    search_at(source, None, fits)
}

/// The same; items of overlays came with release `at` by default.
pub(super) fn search_at(
    source: &Source,
    at: Option<Release>,
    fits: impl Fn(&ValidSpec) -> bool,
) -> Result<Loaded, String> {
    let first = one(source)?;
    if source.names_one() {
        return first.load_at(&source.overlay, at);
    }
    let mut broken = None;
    for spec in everywhere(&first) {
        let opened = open(&spec.origin, &[]);
        if opened.spec.as_ref().is_some_and(&fits) {
            spec.report_origin();
            return spec.loaded(opened);
        }
        if opened.spec.is_none() && broken.is_none() {
            broken = Some((spec, opened));
        }
    }
    // One that does not load may be the one that fits.
    match broken {
        Some((spec, opened)) => spec.loaded(opened),
        None => first.load(&[]),
    }
}

/// The specification for the headers that a command is given, as [`search`] finds it, but not
/// opened: overlays of one side belong to it.
pub(super) fn of_headers(
    source: &Source,
    fits: impl Fn(&ValidSpec) -> bool,
) -> Result<Specification, String> {
    let first = one(source)?;
    if source.names_one() {
        return Ok(first);
    }
    let fit =
        everywhere(&first).find(|spec| open(&spec.origin, &[]).spec.as_ref().is_some_and(&fits));
    Ok(fit.unwrap_or(first))
}

/// All specifications that `fits` accepts, or the default one if it accepts none; the
/// given one without asking. Overlays belong to the default one if none is given. One that
/// does not load is an error, because it may fit.
pub(super) fn matching(
    source: &Source,
    fits: impl Fn(&ValidSpec) -> bool,
) -> Result<Vec<Loaded>, String> {
    matching_at(source, None, fits)
}

/// The same; items of overlays came with release `at` by default.
pub(super) fn matching_at(
    source: &Source,
    at: Option<Release>,
    fits: impl Fn(&ValidSpec) -> bool,
) -> Result<Vec<Loaded>, String> {
    let first = one(source)?;
    if source.spec.is_some() || source.abi.is_some() {
        return Ok(vec![first.load_at(&source.overlay, at)?]);
    }
    let mut found = Vec::new();
    for (index, spec) in everywhere(&first).enumerate() {
        let overlays = if index == 0 { &source.overlay[..] } else { &[] };
        let opened = match overlays {
            [] => open(&spec.origin, &[]),
            overlays => open_at(&spec.origin, overlays, at),
        };
        if opened.spec.as_ref().is_none_or(&fits) {
            spec.report_origin();
            found.push(spec.loaded(opened)?);
        }
    }
    if found.is_empty() {
        found.push(first.load_at(&source.overlay, at)?);
    }
    Ok(found)
}

/// All specifications: `first`, the others of the workspace, and those embedded ones that
/// the workspace does not have.
fn everywhere(first: &Specification) -> impl Iterator<Item = Specification> {
    let here = in_workspace();
    let known = |name: &str| here.iter().any(|spec| spec.name.as_deref() == Some(name));
    let embedded: Vec<_> = embedded::ABIS.iter().filter(|abi| !known(abi.name)).collect();
    let name = first.name.clone();
    let others = here.into_iter().chain(embedded.into_iter().map(Specification::embedded));
    let others = others.filter(move |spec| spec.name != name);
    [first.clone()].into_iter().chain(others)
}

/// The specifications that `generate` works on: the given one, or all.
pub(super) fn all(source: &Source) -> Result<Vec<Specification>, String> {
    if source.names_one() {
        return one(source).map(|spec| vec![spec]);
    }
    let here = in_workspace();
    match here.is_empty() {
        true => Ok(embedded::ABIS.iter().map(Specification::embedded).collect()),
        false => Ok(here),
    }
}

/// The specification of an ABI, of the workspace or embedded.
pub(super) fn by_name(name: &str) -> Result<Specification, String> {
    named(name, in_workspace())
}

/// The specification of an ABI.
fn named(name: &str, here: Vec<Specification>) -> Result<Specification, String> {
    let known: Vec<_> = here.iter().filter_map(|spec| spec.name.clone()).collect();
    let embedded = embedded::ABIS.iter().find(|abi| abi.name == name);
    let found = here.into_iter().find(|spec| spec.name.as_deref() == Some(name));
    found.or_else(|| embedded.map(Specification::embedded)).ok_or_else(|| {
        let known = known.iter().map(String::as_str);
        let known: Vec<_> = known.chain(embedded::ABIS.iter().map(|abi| abi.name)).collect();
        let near = names::nearest(name, known.iter().copied());
        let hint = near.map(|near| format!("; did you mean `{near}`?"));
        format!("no specification of an ABI `{name}`{}", hint.unwrap_or_default())
    })
}

/// Every specification of the workspace, by name.
fn in_workspace() -> Vec<Specification> {
    let root = workspace();
    let entries = fs::read_dir(root.join(FOLDER)).into_iter().flatten().flatten();
    let folders = entries.map(|entry| entry.path()).filter(|path| is_specification(path));
    let name = |path: &PathBuf| Some(path.file_name()?.to_str()?.to_owned());
    let mut names: Vec<_> = folders.filter_map(|path| name(&path)).collect();
    names.sort();
    let folder = |name: &String| {
        let path = root.join(shown(name));
        let path = path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path);
        Specification::folder(path, name)
    };
    names.iter().map(folder).collect()
}

fn is_specification(folder: &Path) -> bool {
    folder.join("abi.yaml").is_file()
}

/// The path of an ABI's specification below the workspace.
pub(super) fn shown(name: &str) -> String {
    [FOLDER, "/", name].concat()
}

/// The path to the workspace: the nearest folder, from the current one upwards,
/// with specifications and outputs or, if there is none, with specifications;
/// otherwise the current folder.
pub(super) fn workspace() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let specified = |folder: &Path| {
        let mut entries = fs::read_dir(folder.join(FOLDER)).into_iter().flatten().flatten();
        entries.any(|entry| is_specification(&entry.path()))
    };
    let generated = |folder: &Path| folder.join("generated").is_dir() && specified(folder);
    let up = here.ancestors().position(generated);
    let up = up.or_else(|| here.ancestors().position(specified)).unwrap_or(0);
    let way: PathBuf = std::iter::repeat_n("..", up).collect();
    PathBuf::from(".").join(way)
}
