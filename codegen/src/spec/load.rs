//! Reads a specification: `abi.yaml`, then the files that it lists, then the
//! overlays, which can extend the items of all files before them. The result
//! holds all errors of all files, and everything that could be read.

use super::codes::{BAD_VALUE, UNLISTED_FILE, UNREADABLE_FILE};
use std::cell::RefCell;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::de::NodeReader;
use super::extend::{self, Extension, Extensions};
use super::file::ItemFile;
use super::{AbiFile, ProposalSpec, Spec, SpecFile, code, node};
use crate::diagnostic::{Diagnostic, Diagnostics, Sources};
use crate::parallel;
use crate::read;
use crate::release::{Release, Since};

/// The most bytes one file may have.
pub(super) const MOST_BYTES: u64 = 4 << 20;

/// The folder of proposals.
const PROPOSALS: &str = "proposals";

/// The origin of a specification.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A folder of YAML files.
    Folder(PathBuf),
    /// Files that are part of the program: name and text.
    Embedded(&'static [(&'static str, &'static str)]),
}

/// The readable part of a specification.
#[derive(Debug)]
pub struct LoadedSpec {
    /// The specification, if at least `abi.yaml` could be read.
    pub spec: Option<Spec>,
    /// The files, for showing places.
    pub sources: Sources,
    /// Errors in their structure.
    pub problems: Diagnostics,
}

/// Reads a specification and overlays onto it. Items of overlays came with release
/// `at` by default, or with the newest one.
pub fn load(origin: &Origin, overlays: &[PathBuf], at: Option<Release>) -> LoadedSpec {
    let mut loader = Loader::default();
    let spec = loader.spec(origin, overlays, at);
    LoadedSpec { spec, sources: loader.sources, problems: loader.problems }
}

#[derive(Default)]
struct Loader {
    sources: Sources,
    problems: Diagnostics,
}

impl Loader {
    fn spec(&mut self, origin: &Origin, overlays: &[PathBuf], at: Option<Release>) -> Option<Spec> {
        let abi = self.listed(origin, "abi")?;
        let abi: AbiFile = self.parse(abi)?;
        let at = at.filter(|release| lists(&abi, *release)).map(Since::Known);
        let since = at.unwrap_or(newest(&abi));
        let listed = abi.files.iter().map(|name| &name.value);
        let listed: Vec<_> =
            listed.filter_map(|name| Some((name, self.listed(origin, name)?))).collect();
        let proposals = self.proposals(origin);
        let indexes = listed.iter().map(|(_, file)| file).chain(&proposals).copied();
        let mut items = self.parse_all::<ItemFile>(&indexes.collect::<Vec<_>>());
        let proposed = items.split_off(listed.len()).into_iter().zip(proposals);
        let mut files = Vec::new();
        for (file, (name, _)) in items.into_iter().zip(listed) {
            files.extend(file.and_then(|file| self.file(name, file)));
        }
        let mut all = Vec::new();
        for (index, path) in overlays.iter().enumerate() {
            if overlays[..index].iter().any(|other| read::is_same_file(other, path)) {
                let problem = Diagnostic::error(UNREADABLE_FILE, "the overlay is given twice");
                self.problems.push(problem.in_file(shown(path)));
                continue;
            }
            let Some((file, extensions)) = self.overlay(path, since) else { continue };
            all.push(Extensions::of(&file, extensions));
            files.push(file);
        }
        extend::apply(&mut files, all, &mut self.problems);
        self.refuse_unlisted(origin, &abi);
        let code = code::read(origin).unwrap_or_else(|(path, reason)| {
            self.unreadable(Path::new(&path), &reason);
            Vec::new()
        });
        let proposals = proposed.filter_map(|(items, file)| self.proposal(items?, file, since));
        let proposals = proposals.collect();
        Some(Spec { abi, files, proposals, code })
    }

    fn file(&mut self, name: &str, file: ItemFile) -> Option<SpecFile> {
        let title = file.title.place;
        for place in file.proposal_keys() {
            let problem = Diagnostic::error(BAD_VALUE, "only a proposal has this key");
            self.problems.push(problem.at(place, "in a file that abi.yaml lists"));
        }
        let Some((file, extensions)) = file.split(None) else {
            let problem = Diagnostic::error(BAD_VALUE, "the key `since` is missing");
            self.problems.push(problem.at(title, "in this file"));
            return None;
        };
        extend::refuse_all(&extensions, &mut self.problems);
        Some(SpecFile { name: name.to_owned(), ..file })
    }

    fn overlay(&mut self, path: &Path, since: Since) -> Option<(SpecFile, Vec<Extension>)> {
        let text = text(read::file(path, MOST_BYTES));
        let text = text.map_err(|reason| self.unreadable(path, &reason)).ok()?;
        let file = self.sources.add(shown(path), text);
        let (file, extensions) = self.parse::<ItemFile>(file)?.split(Some(since))?;
        let name = stem(path);
        Some((SpecFile { name, overlay: true, ..file }, extensions))
    }

    fn proposal(&self, items: ItemFile, file: usize, since: Since) -> Option<ProposalSpec> {
        let (proposal, extensions) = items.split(Some(since))?;
        let name = stem(Path::new(self.sources.path(file)));
        Some(ProposalSpec::new(SpecFile { name, overlay: true, ..proposal }, &extensions))
    }

    /// Reads the overlays in the folder of proposals; returns their indexes.
    fn proposals(&mut self, origin: &Origin) -> Vec<usize> {
        match origin {
            Origin::Folder(folder) => {
                let mut paths = yaml_files(&folder.join(PROPOSALS));
                paths.sort();
                paths.iter().filter_map(|path| self.read(path)).collect()
            }
            Origin::Embedded(files) => {
                let proposals = files.iter().filter(|(path, _)| path.starts_with(PROPOSALS));
                let mut add =
                    |path: &str, text: &str| self.sources.add(path.to_owned(), text.to_owned());
                proposals.map(|(path, text)| add(path, text)).collect()
            }
        }
    }

    /// Reads a file of the specification by its name without ending; returns its index.
    fn listed(&mut self, origin: &Origin, name: &str) -> Option<usize> {
        let name = format!("{name}.yaml");
        match origin {
            Origin::Folder(folder) => self.read(&folder.join(&name)),
            Origin::Embedded(files) => {
                let found = files.iter().find(|(embedded, _)| *embedded == name);
                let (_, text) = found.or_else(|| {
                    self.unreadable(Path::new(&name), "it is not embedded in the program");
                    None
                })?;
                Some(self.sources.add(name, (*text).to_owned()))
            }
        }
    }

    /// Reads a file of the specification's folder; returns its index.
    fn read(&mut self, path: &Path) -> Option<usize> {
        let text = text(read::regular(path, MOST_BYTES));
        let text = text.map_err(|reason| self.unreadable(path, &reason)).ok()?;
        Some(self.sources.add(shown(path), text))
    }

    fn parse<T: DeserializeOwned + Send>(&mut self, file: usize) -> Option<T> {
        self.parse_all(&[file]).pop().flatten()
    }

    /// Parses some of the files in parallel.
    fn parse_all<T: DeserializeOwned + Send>(&mut self, files: &[usize]) -> Vec<Option<T>> {
        let parsed = parallel::map(files, |file| parse::<T>(*file, self.sources.text(*file)));
        let items = parsed.into_iter().map(|(items, problems)| {
            self.problems.append(problems);
            items
        });
        items.collect()
    }

    fn unreadable(&mut self, path: &Path, reason: &str) {
        let problem =
            Diagnostic::error(UNREADABLE_FILE, format!("{} cannot be read: {reason}", shown(path)));
        self.problems.push(problem.in_file(shown(path)));
    }

    /// An unlisted file looks like a part of the specification but is not read.
    fn refuse_unlisted(&mut self, origin: &Origin, abi: &AbiFile) {
        let Origin::Folder(folder) = origin else { return };
        let listed: HashSet<_> = abi.files.iter().map(|name| name.value.as_str()).collect();
        let mut paths: Vec<_> = yaml_files(folder);
        paths.sort();
        for path in paths {
            let stem = stem(&path);
            if stem != "abi" && !listed.contains(stem.as_str()) {
                let problem = Diagnostic::error(UNLISTED_FILE, "abi.yaml does not list this file")
                    .in_file(shown(&path))
                    .help(format!("add `{stem}` to `files` in abi.yaml, or move the file away"));
                self.problems.push(problem);
            }
        }
    }
}

/// The items of a file, and its errors.
fn parse<T: DeserializeOwned>(file: usize, text: &str) -> (Option<T>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let Some(root) = node::parse(file, text, &mut problems) else { return (None, problems) };
    let problems = RefCell::new(problems);
    let items = T::deserialize(NodeReader::new(&root, &problems)).ok();
    (items, problems.into_inner())
}

/// The newest release that `abi.yaml` lists. `validate` reports errors in the list.
fn newest(abi: &AbiFile) -> Since {
    let last = abi.releases.last().map_or("", |entry| entry.value.as_str());
    let last = last.rsplit("..").next().and_then(|text| text.parse().ok());
    Since::Known(last.unwrap_or(Release::new(0, 0)))
}

/// The name of a file without its folder and ending.
fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether `abi.yaml` lists a release.
fn lists(abi: &AbiFile, release: Release) -> bool {
    abi.releases.iter().any(|entry| {
        let (first, last) = entry.split_once("..").unwrap_or((&entry.value, &entry.value));
        matches!(
            (first.parse::<Release>(), last.parse::<Release>()),
            (Ok(first), Ok(last)) if (first..=last).contains(&release)
        )
    })
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "yaml")).collect()
}

/// The path with forward slashes, so that output is the same everywhere.
pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The reason why a file cannot be read, with the same words on every system for frequent reasons.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "the file does not exist".to_owned(),
        _ => error.to_string(),
    }
}

pub(super) fn text(bytes: io::Result<Vec<u8>>) -> Result<String, String> {
    String::from_utf8(bytes.map_err(|error| reason(&error))?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("it is not UTF-8 text (byte {at})")
    })
}
