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
    LoadedSpec { spec, sources: loader.sources, problems: loader.problems.into_inner() }
}

#[derive(Default)]
struct Loader {
    sources: Sources,
    problems: RefCell<Diagnostics>,
}

impl Loader {
    fn spec(&mut self, origin: &Origin, overlays: &[PathBuf], at: Option<Release>) -> Option<Spec> {
        let abi: AbiFile = self.listed(origin, "abi")?;
        let at = at.filter(|release| lists(&abi, *release)).map(Since::Known);
        let since = at.unwrap_or(newest(&abi));
        let mut files = Vec::new();
        for name in abi.files.iter() {
            files.extend(self.file(origin, &name.value));
        }
        let mut all = Vec::new();
        for path in overlays {
            let Some((file, extensions)) = self.overlay(path, since) else { continue };
            all.push(Extensions::of(&file, extensions));
            files.push(file);
        }
        extend::apply(&mut files, all, self.problems.get_mut());
        self.refuse_unlisted(origin, &abi);
        let code = code::read(origin).unwrap_or_else(|(path, reason)| {
            self.unreadable(Path::new(&path), &reason);
            Vec::new()
        });
        let proposals = self.proposals(origin, since);
        Some(Spec { abi, files, proposals, code })
    }

    fn file(&mut self, origin: &Origin, name: &str) -> Option<SpecFile> {
        let file = self.listed::<ItemFile>(origin, name)?;
        let title = file.title.place;
        for place in file.proposal_keys() {
            let problem = Diagnostic::error(BAD_VALUE, "only a proposal has this key");
            self.problems.get_mut().push(problem.at(place, "in a file that abi.yaml lists"));
        }
        let Some((file, extensions)) = file.split(None) else {
            let problem = Diagnostic::error(BAD_VALUE, "the key `since` is missing");
            self.problems.get_mut().push(problem.at(title, "in this file"));
            return None;
        };
        extend::refuse_all(&extensions, self.problems.get_mut());
        Some(SpecFile { name: name.to_owned(), ..file })
    }

    fn overlay(&mut self, path: &Path, since: Since) -> Option<(SpecFile, Vec<Extension>)> {
        let text = text(read::file(path, MOST_BYTES));
        let text = text.map_err(|reason| self.unreadable(path, &reason)).ok()?;
        let (file, extensions) = self.parse::<ItemFile>(shown(path), text)?.split(Some(since))?;
        let name = stem(path);
        Some((SpecFile { name, overlay: true, ..file }, extensions))
    }

    /// Reads the overlays in the folder of proposals.
    fn proposals(&mut self, origin: &Origin, since: Since) -> Vec<ProposalSpec> {
        let mut texts = Vec::new();
        match origin {
            Origin::Folder(folder) => {
                let mut paths = yaml_files(&folder.join(PROPOSALS));
                paths.sort();
                for path in paths {
                    match text_of(&path) {
                        Ok(text) => texts.push((shown(&path), text)),
                        Err(reason) => self.unreadable(&path, &reason),
                    }
                }
            }
            Origin::Embedded(files) => {
                let files = files.iter().filter(|(path, _)| path.starts_with(PROPOSALS));
                texts.extend(files.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
            }
        }
        let mut proposals = Vec::new();
        for (path, text) in texts {
            let name = stem(Path::new(&path));
            let file = self.parse::<ItemFile>(path, text).and_then(|file| file.split(Some(since)));
            if let Some((file, extensions)) = file {
                proposals
                    .push(ProposalSpec::new(SpecFile { name, overlay: true, ..file }, &extensions));
            }
        }
        proposals
    }

    /// Reads a file of the specification by its name without ending.
    fn listed<T: DeserializeOwned>(&mut self, origin: &Origin, name: &str) -> Option<T> {
        let name = format!("{name}.yaml");
        match origin {
            Origin::Folder(folder) => {
                let path = folder.join(&name);
                let text = text_of(&path).map_err(|reason| self.unreadable(&path, &reason)).ok()?;
                self.parse(shown(&path), text)
            }
            Origin::Embedded(files) => {
                let found = files.iter().find(|(embedded, _)| *embedded == name);
                let (_, text) = found.or_else(|| {
                    self.unreadable(Path::new(&name), "it is not embedded in the program");
                    None
                })?;
                self.parse(name, (*text).to_owned())
            }
        }
    }

    fn parse<T: DeserializeOwned>(&mut self, path: String, text: String) -> Option<T> {
        let file = self.sources.add(path, text);
        let text = self.sources.text(file);
        let root = node::parse(file, text, self.problems.get_mut())?;
        T::deserialize(NodeReader::new(&root, &self.problems)).ok()
    }

    fn unreadable(&self, path: &Path, reason: &str) {
        let problem =
            Diagnostic::error(UNREADABLE_FILE, format!("{} cannot be read: {reason}", shown(path)));
        self.problems.borrow_mut().push(problem.in_file(shown(path)));
    }

    /// An unlisted file looks like a part of the specification but is not read.
    fn refuse_unlisted(&self, origin: &Origin, abi: &AbiFile) {
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
                self.problems.borrow_mut().push(problem);
            }
        }
    }
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

/// The text of a file of the specification's folder.
fn text_of(path: &Path) -> Result<String, String> {
    text(read::regular(path, MOST_BYTES))
}

pub(super) fn text(bytes: io::Result<Vec<u8>>) -> Result<String, String> {
    String::from_utf8(bytes.map_err(|error| reason(&error))?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("it is not UTF-8 text (byte {at})")
    })
}
