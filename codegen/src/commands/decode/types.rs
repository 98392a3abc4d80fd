//! The types that the arguments name: one, several for an ioctl's number that several
//! descriptors share, or all structs that ioctls take.

use std::path::{Path, PathBuf};

use capchain::decode::SubjectNames;
use capchain::decode::{Candidate, Subject, arguments, candidates};
use capchain::dump;
use capchain::ir::Abi;
use capchain::layout::Target;
use capchain::lower::lower;
use capchain::validate::ValidSpec;

use super::super::at_release;
use super::super::specs::{self, Loaded};
use crate::cli::{DecodeArgs, Source};

/// The types of an ABI that bytes can have.
#[derive(Clone)]
pub(super) struct Types {
    pub(super) abi: Abi,
    pub(super) subjects: Vec<Subject>,
    /// Whether an argument names them.
    pub(super) named: bool,
    /// The file with the bytes.
    pub(super) file: Option<PathBuf>,
}

impl Types {
    /// The types that fit a dump, the best first.
    pub(super) fn candidates(&self, target: &'static Target, dump: &dump::Dump) -> Vec<Candidate> {
        candidates(&self.abi, &self.subjects, target, dump)
    }
}

/// The types that the first argument names. A single argument that is no name is the file.
pub(super) fn named(source: &Source, args: &DecodeArgs) -> Result<Types, String> {
    let DecodeArgs { subject, file, at, .. } = args;
    let Some(name) = subject else {
        let abi = at_release(&specs::one(source)?.load_at(&source.overlay, *at)?.spec, *at)?;
        let subjects = arguments(&abi);
        return Ok(Types { abi, subjects, named: false, file: None });
    };
    let names_it = |spec: &ValidSpec| {
        let described = at.is_none_or(|at| spec.releases().contains(&at));
        described && subjects(&lower(spec, *at), name).is_ok()
    };
    let Loaded { spec, .. } = specs::search_at(source, *at, names_it)?;
    let abi = at_release(&spec, *at)?;
    let found = subjects(&abi, name);
    let is_file = found.is_err() && file.is_none() && Path::new(name).exists();
    match is_file {
        true => {
            let subjects = arguments(&abi);
            Ok(Types { abi, subjects, named: false, file: Some(PathBuf::from(name)) })
        }
        false => Ok(Types { subjects: found?, abi, named: true, file: file.clone() }),
    }
}

/// The types of a name, or of the names in the line of a call.
fn subjects(abi: &Abi, text: &str) -> Result<Vec<Subject>, String> {
    let error = match Subject::named(abi, text) {
        Ok(subject) => return Ok(vec![subject]),
        Err(error) => error,
    };
    let found: Vec<_> = SubjectNames::of(abi)
        .in_text(text)
        .into_iter()
        .filter_map(|(_, subject)| subject)
        .collect();
    if found.is_empty() { Err(error) } else { Ok(found) }
}
