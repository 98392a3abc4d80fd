//! `capchain compat`: the breaks between two ABIs.

use std::path::{Path, PathBuf};

use capchain::compat::{Accepted, Location, Party, SeverityRules, Side, compare};
use capchain::diagnostic::{Diagnostics, Place, Sources};
use capchain::ir::Abi;
use capchain::lint::lint_changed_header;
use capchain::read;
use capchain::release::Release;
use capchain::reports::comparison::ComparisonReport;
use capchain::spec::load::Origin;

use super::headers::HeaderFiles;
use super::specs::Specification;
use super::{CommandResult, Output, at_release, specs, to_stderr};
use crate::cli::{CompatArgs, Language, Source};

/// The most bytes of a file with rules.
const MOST_BYTES: u64 = 1 << 20;

/// A side with its files, which places refer to.
struct OpenedSide {
    side: Side,
    sources: Sources,
}

pub(super) fn run(source: &Source, args: &CompatArgs) -> CommandResult {
    let rules = rules(args.rules.as_deref())?;
    let of = specification(source, [&args.old, &args.new])?;
    let (old, new) = (open(source, &of, &args.old)?, open(source, &of, &args.new)?);
    let locate = |party: Party, place: Place| {
        let OpenedSide { side, sources } = if party == Party::Old { &old } else { &new };
        // Places in the specification are not places of a header's declarations.
        let named = |path: &str| parts(&side.name).contains(&path);
        if side.knowledge.headers.is_some() && !named(sources.path(place.file())) {
            return None;
        }
        let (line, column) = sources.line_and_column(place);
        Some(Location { file: sources.path(place.file()).to_owned(), line, column })
    };
    if new.side.knowledge.headers.is_some() {
        let mut asked = Diagnostics::default();
        let found = lint_changed_header(&old.side.abi, &new.side.abi);
        asked.extend(found.softened(|_| true));
        to_stderr(&asked.render(&new.sources, super::stderr_is_terminal()));
    }
    let (judged, idle) = rules.judge(compare(&old.side, &new.side), locate);
    for accepted in idle {
        let Accepted { code, subject, .. } = accepted;
        to_stderr(&format!("warning: {code} of `{subject}` is accepted but was not found\n"));
    }
    let comparison = ComparisonReport { old: &old.side, new: &new.side, judged: &judged };
    let Some(language) = args.witness else { return comparison.shown(args.format) };
    let text = comparison.program(language == Language::Rust).unwrap_or_else(|| {
        let (old, new) = (&old.side.name, &new.side.name);
        to_stderr(&format!("no wire breaks between {old} and {new}\n"));
        String::new()
    });
    Ok(Output { text, code: comparison.code() })
}

fn rules(path: Option<&Path>) -> Result<SeverityRules, String> {
    let Some(path) = path else { return Ok(SeverityRules::default()) };
    let shown = path.display();
    let text = read::file(path, MOST_BYTES);
    let text = text.map_err(|error| format!("{shown} cannot be read: {error}"))?;
    let text = String::from_utf8(text).map_err(|error| format!("{shown}: {error}"))?;
    SeverityRules::parse(&text).map_err(|error| format!("{shown}: {error}"))
}

/// The specification of both sides: that of the headers among them, or the default.
fn specification(source: &Source, sides: [&str; 2]) -> Result<Specification, String> {
    let bases = sides.into_iter().filter_map(|side| parts(side).first().copied());
    let headers = bases.filter(|base| is_header(base)).map(PathBuf::from);
    let headers: Vec<_> = headers.collect();
    if headers.is_empty() {
        return specs::one(source);
    }
    let files = headers.iter().map(|path| HeaderFiles::open(std::slice::from_ref(path)));
    let files = files.collect::<Result<Vec<_>, _>>()?;
    specs::of_headers(source, |spec| files.iter().all(|file| file.are_of(spec)))
}

fn is_header(base: &str) -> bool {
    Path::new(base).exists() && !Path::new(base).is_dir()
}

/// Opens a side: a release, a folder or a header, followed by overlays.
fn open(source: &Source, of: &Specification, written: &str) -> Result<OpenedSide, String> {
    let mut parts = parts(written).into_iter();
    let base = parts.next().unwrap_or_default();
    let own = parts.map(PathBuf::from);
    let bare = own.len() == 0;
    let overlays: Vec<_> = source.overlay.iter().cloned().chain(own).collect();
    if overlays.iter().any(|path| path.as_os_str().is_empty()) {
        return Err(format!("`{written}`: an overlay is missing after `+`"));
    }
    let is_header = is_header(base);
    let (origin, release) = match is_header {
        true => (of.origin(), None),
        false => place(of, base)?,
    };
    let (spec, mut sources) = specs::checked(capchain::open_at(&origin, &overlays, release))?;
    let abi = at_release(&spec, release)?;
    let mut side = Side::specified(written, abi);
    if is_header {
        let files = HeaderFiles::open(&[PathBuf::from(base)])?;
        let amended = files.amended(&spec, &mut sources)?;
        to_stderr(&amended.problems.render(&sources, super::stderr_is_terminal()));
        (side.abi, side.knowledge) = (amended.abi, amended.knowledge);
    }
    if !bare && adds_nothing(&open(source, of, base)?.side, &side) {
        let since = release.unwrap_or(spec.newest());
        return Err(format!(
            "`{written}`: the overlay adds nothing; items without `since` count from {since}, \
             and a header has only the items that it declares"
        ));
    }
    Ok(OpenedSide { side, sources })
}

/// The base and the overlays of a side. A path that exists can contain `+`.
fn parts(written: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = written;
    loop {
        let ends = rest.match_indices('+').map(|(at, _)| at);
        let ends: Vec<_> = ends.chain([rest.len()]).collect();
        let exists = |end: &&usize| Path::new(&rest[..**end]).exists();
        let end = ends.iter().rev().find(exists).unwrap_or(&ends[0]);
        parts.push(&rest[..*end]);
        match rest.get(end + 1..) {
            Some(next) => rest = next,
            None => return parts,
        }
    }
}

/// Whether an overlay has no effect.
fn adds_nothing(bare: &Side, side: &Side) -> bool {
    let same =
        items(&bare.abi) == items(&side.abi) && bare.knowledge.guessed == side.knowledge.guessed;
    same && compare(bare, side).is_empty()
}

/// The number of items of an ABI.
fn items(abi: &Abi) -> usize {
    [abi.structs.len(), abi.ioctls.len(), abi.macros.len(), abi.capabilities.len()]
        .into_iter()
        .chain(abi.groups.iter().map(|group| group.values.len()))
        .sum()
}

/// The specification and the release of a side.
fn place(of: &Specification, base: &str) -> Result<(Origin, Option<Release>), String> {
    if let Ok(release) = base.parse() {
        return Ok((of.origin(), Some(release)));
    }
    let (folder, release) = match base.rsplit_once('@') {
        Some((folder, release)) => (folder, Some(release.parse::<Release>()?)),
        None => (base, None),
    };
    let path = Path::new(folder);
    match path.is_dir() {
        true => Ok((Origin::Folder(path.to_owned()), release)),
        false if release.is_some() && folder.parse::<Release>().is_ok() => {
            Err(format!("invalid side `{base}`: `{folder}` is a release; `@` follows a folder"))
        }
        false => Err(invalid_side(folder)),
    }
}

/// Why something is no side: a release without its `v`, or a path without a file.
fn invalid_side(written: &str) -> String {
    let bare = written.trim_start_matches(['v', 'V']);
    let numbers: Vec<_> = bare.split('.').take(2).collect();
    let near = format!("v{}", numbers.join("."));
    let reason = match near.parse::<Release>() {
        Ok(_) => format!("did you mean `{near}`?"),
        Err(_) if written.contains(['/', '.']) => format!("no such file: {written}"),
        Err(_) => "there is no such folder or file".to_owned(),
    };
    format!(
        "invalid side `{written}`: {reason}; expected a release (v5.10), a specification folder, \
         FOLDER@RELEASE or a header file"
    )
}
