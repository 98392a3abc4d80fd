//! The headers to which patches are applied: those of every release of a specification,
//! or given ones.

use std::cell::OnceCell;

use super::changed_header::file_name;
use super::header_text::HeaderText;
use crate::amend::AmendBase;
use crate::diagnostic::Sources;
use crate::emit;
use crate::lower::lower;
use crate::release::Release;
use crate::validate::ValidSpec;

/// The wanted base.
#[derive(Clone, Debug, Default)]
pub enum BaseChoice {
    /// The release that fits best; the newest of those that fit equally well.
    #[default]
    BestFit,
    /// The headers of a release.
    Release(Release),
    /// Headers, each with its path and text.
    Headers(Vec<(String, String)>),
}

/// The headers of one base.
pub(super) struct HeaderSet {
    /// The release or the path, for a reader.
    pub(super) name: String,
    /// The release; none for given headers.
    pub(super) release: Option<Release>,
    pub(super) headers: Vec<HeaderText>,
    /// What all amendments of a release share; made when it is needed.
    base: OnceCell<AmendBase>,
}

impl HeaderSet {
    /// The release, for amendments; none for given headers.
    pub(super) fn amend_base(&self, spec: &ValidSpec) -> Option<&AmendBase> {
        let release = self.release?;
        Some(self.base.get_or_init(|| AmendBase::new(spec, release)))
    }
}

/// The bases of a specification, each of them made when it is needed.
pub(super) struct Bases<'s> {
    pub(super) spec: &'s ValidSpec,
    /// The files of the specification.
    pub(super) sources: &'s Sources,
    /// The newest first.
    sets: Vec<(Option<Release>, OnceCell<HeaderSet>)>,
    given: Option<Vec<(String, String)>>,
}

impl<'s> Bases<'s> {
    pub(super) fn new(spec: &'s ValidSpec, sources: &'s Sources, choice: &BaseChoice) -> Self {
        let releases = spec.releases().iter().rev().filter(|release| !release.is_candidate());
        let (releases, given) = match choice {
            BaseChoice::BestFit => (releases.map(|release| Some(*release)).collect(), None),
            BaseChoice::Release(release) => (vec![Some(*release)], None),
            BaseChoice::Headers(headers) => (vec![None], Some(headers.clone())),
        };
        let sets = releases.into_iter().map(|release| (release, OnceCell::new())).collect();
        Self { spec, sources, sets, given }
    }

    /// Whether a file of this name was given.
    pub(super) fn is_given(&self, path: &str) -> bool {
        let given = self.given.iter().flatten();
        given.into_iter().any(|(given, _)| file_name(given) == file_name(path))
    }

    pub(super) fn count(&self) -> usize {
        self.sets.len()
    }

    /// A base by its index; the newest is the first.
    pub(super) fn set(&self, index: usize) -> &HeaderSet {
        let (release, set) = &self.sets[index];
        set.get_or_init(|| match (release, &self.given) {
            (None, Some(given)) => of_files(given),
            _ => of_release(self.spec, *release),
        })
    }
}

fn of_release(spec: &ValidSpec, release: Option<Release>) -> HeaderSet {
    let abi = lower(spec, release);
    let headers = abi.headers.iter().enumerate();
    let headers = headers
        .map(|(index, header)| HeaderText::new(&header.path, &emit::kernel_header(&abi, index)));
    HeaderSet {
        name: abi.release.to_string(),
        release,
        headers: headers.collect(),
        base: OnceCell::new(),
    }
}

fn of_files(files: &[(String, String)]) -> HeaderSet {
    let names: Vec<_> = files.iter().map(|(path, _)| path.as_str()).collect();
    let headers = files.iter().map(|(path, text)| HeaderText::new(path, text));
    HeaderSet {
        name: names.join(" "),
        release: None,
        headers: headers.collect(),
        base: OnceCell::new(),
    }
}
