//! `capchain import`: the YAML that the specification lacks to cover headers.

use std::io;
use std::path::Path;

use capchain::diagnostic::Sources;
use capchain::import::{Edited, Import, import};
use capchain::lower::lower;
use capchain::sync::{self, RealDisk, Replacing};

use super::headers::{HeaderFiles, Headers};
use super::specs::{self, Loaded, LockedFolder};
use super::{CommandResult, Output, at_release, plural, stderr_is_terminal, to_stderr};
use crate::cli::{ImportArgs, Source};

pub(super) fn run(source: &Source, args: &ImportArgs) -> CommandResult {
    let files = HeaderFiles::open(&args.headers)?;
    let locked = if args.write { specs::lock_to_write(source)? } else { Vec::new() };
    let Loaded { spec, mut sources, shown, embedded } =
        specs::search(source, |spec| files.are_of(spec))?;
    let (abi, newest) = (at_release(&spec, args.at)?, lower(&spec, None));
    let Headers { facts, given, problems } = files.read(&newest, &mut sources)?;
    to_stderr(&problems.render(&sources, stderr_is_terminal()));
    let found = import(&facts, spec.spec(), (&newest, &abi), &given, &shown);
    for (name, why) in &found.left {
        to_stderr(&format!("note: `{name}` is left out: {why}\n"));
    }
    if args.at.is_none() && found.count > 0 {
        let release = abi.release;
        to_stderr(&format!(
            "note: all of it gets `since: {release}`; --at names another release\n"
        ));
    }
    for note in &found.notes {
        to_stderr(&format!("note: {note}\n"));
    }
    let things = plural(found.count, "thing");
    to_stderr(&format!("{things} to add; `capchain drift` lists all other differences\n"));
    if found.problems.has_errors() {
        to_stderr(&found.problems.render(&sources, stderr_is_terminal()));
        let problem = "the specification does not load with these additions";
        match args.write || args.overlay_out.is_some() {
            true => return Err([problem, "; nothing was written"].concat()),
            false => to_stderr(&format!("warning: {problem}\n")),
        }
    }
    if args.write {
        if embedded && found.count > 0 {
            return Err(format!("{shown} is embedded; --spec names a folder to write to"));
        }
        return write(&found, &sources, &locked);
    }
    if let Some(path) = &args.overlay_out {
        let names = args.headers.iter().map(|path| path.display().to_string());
        let text = found.overlay(&names.collect::<Vec<_>>().join(", "))?;
        return replaced(&[], &[Replacing::new(path, text)]).map(Output::success);
    }
    Ok(Output::success(found.text()))
}

/// Puts the additions into the files.
fn write(found: &Import<'_>, sources: &Sources, locked: &[LockedFolder]) -> CommandResult {
    let files: Vec<_> = found
        .edited(sources)?
        .into_iter()
        .map(|Edited { file, text }| {
            Replacing::new(sources.path(file), text).expect(sources.text(file))
        })
        .collect();
    replaced(locked, &files).map(Output::success)
}

/// Writes all files or none, and names them.
fn replaced(locked: &[LockedFolder], files: &[Replacing]) -> Result<String, String> {
    let failed = |error: io::Error| format!("cannot write {error}");
    let Some(first) = files.first() else { return Ok(String::new()) };
    let is_in = |file: &Path, folder: &Path| {
        let whole = |path: &Path| path.canonicalize().unwrap_or_default();
        // The file itself can be a link.
        file.parent().is_some_and(|parent| whole(parent) == whole(folder))
    };
    let is_here = |folder: &&LockedFolder| files.iter().any(|file| is_in(&file.path, &folder.path));
    let other;
    let folder = match locked.iter().find(is_here) {
        Some(folder) => folder,
        None => {
            let folder = sync::folder_for(&RealDisk, &first.path).map_err(failed)?;
            other = LockedFolder::new(folder)?;
            &other
        }
    };
    sync::replace(&RealDisk, &folder.path, files).map_err(failed)?;
    Ok(files.iter().map(|file| format!("wrote {}\n", file.path.display())).collect())
}
