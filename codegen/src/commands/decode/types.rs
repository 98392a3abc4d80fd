//! The types that the arguments name, the file with the bytes, and the ABIs of other types.

use std::path::{Path, PathBuf};

use capchain::decode::{SubjectNames, arguments, space_struct};
use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::reports::bytes::{self, KnownAbis, Types};
use capchain::validate::ValidSpec;

use super::super::at_release;
use super::super::specs::{self, Loaded};
use crate::cli::{DecodeArgs, Source};

/// The types that the first argument names, or all, and the file. A single argument that is
/// no name is the file.
pub(super) fn named(
    source: &Source,
    args: &DecodeArgs,
) -> Result<(Types, Option<PathBuf>), String> {
    let DecodeArgs { subject, file, at, .. } = args;
    let Some(name) = subject else {
        let abi = at_release(&specs::one(source)?.load_at(&source.overlay, *at)?.spec, *at)?;
        return Ok((Types::all(abi), None));
    };
    let names_it = |spec: &ValidSpec| {
        let names = |at| bytes::named(&lower(spec, at), name).is_ok();
        at.is_some_and(|at| spec.releases().contains(&at) && names(Some(at))) || names(None)
    };
    let Loaded { spec, .. } = specs::search_at(source, *at, names_it)?;
    let abi = at_release(&spec, *at)?;
    let is_file = file.is_none() && Path::new(name).exists();
    match is_file && bytes::named(&abi, name).is_err() {
        true => Ok((Types::all(abi), Some(PathBuf::from(name)))),
        false => {
            let release = abi.release;
            let types = Types::named(abi, name).map_err(|error| match file {
                None if name.contains(['.', '/']) => format!("no such file: {name}"),
                _ => super::super::with_history(&spec, release, name, error),
            });
            Ok((types?, file.clone()))
        }
    }
}

/// The ABIs among which inputs without a named type are searched.
pub(super) struct Searched<'a> {
    pub(super) source: &'a Source,
    pub(super) args: &'a DecodeArgs,
}

impl Searched<'_> {
    /// All ABIs that describe the release, the default first.
    pub(super) fn all(&self) -> Result<Vec<Abi>, String> {
        let at = self.args.at;
        let loaded = specs::matching_at(self.source, at, |spec| self.has(spec, |_| true))?;
        loaded.iter().map(|Loaded { spec, .. }| at_release(spec, at)).collect()
    }

    /// Whether a specification describes the release, and its ABI has a property.
    fn has(&self, spec: &ValidSpec, property: impl Fn(&Abi) -> bool) -> bool {
        let at = self.args.at;
        at.is_none_or(|at| spec.releases().contains(&at)) && property(&lower(spec, at))
    }
}

impl KnownAbis for Searched<'_> {
    fn with_names(&self, text: &str) -> Result<Vec<Abi>, String> {
        let has_names = |abi: &Abi| !SubjectNames::of(abi).in_text(text).is_empty();
        let at = self.args.at;
        let loaded = specs::matching_at(self.source, at, |spec| self.has(spec, has_names))?;
        loaded.iter().map(|Loaded { spec, .. }| at_release(spec, at)).collect()
    }

    fn others(&self) -> Result<Vec<Abi>, String> {
        // The first one is the default.
        let others = self.all()?.into_iter().skip(1);
        Ok(others.filter(|abi| !arguments(abi).is_empty()).collect())
    }

    fn with_space(&self) -> Result<Abi, String> {
        let has_space = |abi: &Abi| space_struct(abi).is_some();
        let at = self.args.at;
        let found = specs::search_at(self.source, at, |spec| self.has(spec, has_space))?;
        at_release(&found.spec, at)
    }
}
