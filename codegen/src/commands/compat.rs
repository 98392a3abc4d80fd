//! `capchain compat`: the breaks between two ABIs.

use std::path::{Path, PathBuf};

use capchain::compat::{
    Accepted, Assessed, Finding, Location, Party, SeverityRules, Side, Verdict, VersionImpact,
    compare, program, told,
};
use capchain::diagnostic::{
    Diagnostics, Place, SarifLevel, SarifResult, Sources, github_annotation,
};
use capchain::ir::Abi;
use capchain::lint::lint_changed_header;
use capchain::read;
use capchain::release::Release;
use capchain::spec::load::Origin;
use serde_json::json;

use super::headers::HeaderFiles;
use super::{
    CommandResult, FINDINGS, Output, SUCCESS, at_release, json, plural, sarif, specs, to_stderr,
};
use crate::cli::{CompatArgs, Language, LintFormat, Source};

/// The exit code if nothing breaks, but something that differs was not judged.
const NOT_JUDGED: u8 = 2;

/// The most bytes of a file with rules.
const MOST_BYTES: u64 = 1 << 20;

/// A side with its files, which places refer to.
struct OpenedSide {
    side: Side,
    sources: Sources,
}

pub(super) fn run(source: &Source, args: &CompatArgs) -> CommandResult {
    let rules = rules(args.rules.as_deref())?;
    let (old, new) = (open(source, &args.old)?, open(source, &args.new)?);
    let locate = |party: Party, place: Place| {
        let OpenedSide { side, sources } = if party == Party::Old { &old } else { &new };
        // Places in the specification are not places of a header's declarations.
        let named = |path: &str| parts(&side.name).contains(&path);
        if side.knowledge.headers.is_some() && !named(sources.path(place.file)) {
            return None;
        }
        let (line, column) = sources.line_and_column(place);
        Some(Location { file: sources.path(place.file).to_owned(), line, column })
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
    let any = |verdict: Verdict| judged.iter().any(|one| one.verdict == verdict);
    let code = match (any(Verdict::Breaks), any(Verdict::NotJudged)) {
        (true, _) => FINDINGS,
        (false, true) => NOT_JUDGED,
        (false, false) => SUCCESS,
    };
    let comparison = ComparisonReport { old: &old.side, new: &new.side, judged: &judged };
    if let Some(language) = args.witness {
        return Ok(Output { code, ..comparison.program(language) });
    }
    let output = match args.format {
        LintFormat::Text => Ok(Output::success(comparison.text())),
        LintFormat::Json => comparison.json(),
        LintFormat::Github => Ok(Output::success(comparison.github())),
        LintFormat::Sarif => comparison.sarif(),
    }?;
    Ok(Output { code, ..output })
}

fn rules(path: Option<&Path>) -> Result<SeverityRules, String> {
    let Some(path) = path else { return Ok(SeverityRules::default()) };
    let shown = path.display();
    let text = read::file(path, MOST_BYTES);
    let text = text.map_err(|error| format!("{shown} cannot be read: {error}"))?;
    let text = String::from_utf8(text).map_err(|error| format!("{shown}: {error}"))?;
    SeverityRules::parse(&text).map_err(|error| format!("{shown}: {error}"))
}

/// Opens a side: a release, a folder or a header, followed by overlays.
fn open(source: &Source, written: &str) -> Result<OpenedSide, String> {
    let mut parts = parts(written).into_iter();
    let base = parts.next().unwrap_or_default();
    let own = parts.map(PathBuf::from);
    let bare = own.len() == 0;
    let overlays: Vec<_> = source.overlay.iter().cloned().chain(own).collect();
    if overlays.iter().any(|path| path.as_os_str().is_empty()) {
        return Err(format!("`{written}`: an overlay is missing after `+`"));
    }
    let is_header = Path::new(base).exists() && !Path::new(base).is_dir();
    let (origin, release) = match is_header {
        true => (specs::one(source)?.origin(), None),
        false => place(source, base)?,
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
    if !bare && adds_nothing(&open(source, base)?.side, &side) {
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
fn place(source: &Source, base: &str) -> Result<(Origin, Option<Release>), String> {
    if let Ok(release) = base.parse() {
        return Ok((specs::one(source)?.origin(), Some(release)));
    }
    let (folder, release) = match base.rsplit_once('@') {
        Some((folder, release)) => (folder, Some(release.parse::<Release>()?)),
        None => (base, None),
    };
    let path = Path::new(folder);
    match path.is_dir() {
        true => Ok((Origin::Folder(path.to_owned()), release)),
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

/// The findings on two sides.
struct ComparisonReport<'a> {
    old: &'a Side,
    new: &'a Side,
    judged: &'a [Assessed],
}

impl ComparisonReport<'_> {
    fn advice(&self) -> VersionImpact {
        let findings = self.judged.iter().map(|one| &one.finding);
        VersionImpact::of_all(findings)
    }

    fn count(&self, counts: impl Fn(&Assessed) -> bool) -> usize {
        self.judged.iter().filter(|one| counts(one)).count()
    }

    fn text(&self) -> String {
        let mut text: String = self.judged.iter().map(|one| told(one) + "\n").collect();
        let breaks = self.count(|one| one.verdict == Verdict::Breaks);
        let accepted = self.count(|one| one.verdict == Verdict::Accepted);
        let not_judged = self.count(|one| one.verdict == Verdict::NotJudged);
        let others = self.judged.len() - breaks - accepted - not_judged;
        let others = plural(others, "other difference");
        let part = |count: usize, what: &str| match count {
            0 => String::new(),
            some => format!(", {some} {what}"),
        };
        let breaks = plural(breaks, "break") + &part(accepted, "accepted");
        let breaks = breaks + &part(not_judged, "not judged");
        let VersionImpact { crate_, header, wire } = self.advice();
        let (old, new) = (&self.old.name, &self.new.name);
        text += &format!("{old} to {new}: {breaks}, {others}\n");
        let (crate_, header, wire) = (crate_.word(), header.word(), wire.word());
        let least = if not_judged > 0 { "at least " } else { "" };
        text + &format!("versions: {least}crate {crate_}, header {header}, wire {wire}\n")
    }

    /// A program that shows the wire breaks.
    fn program(&self, language: Language) -> Output {
        let (old, new) = (&self.old.name, &self.new.name);
        let sides = format!("{old} {new}").replace("*/", "* /");
        let broken = |one: &&Finding| one.class.breaks() && one.witness.is_some();
        let findings: Vec<_> = self.judged.iter().map(|one| &one.finding).filter(broken).collect();
        if findings.is_empty() {
            to_stderr(&format!("no wire breaks between {old} and {new}\n"));
            return Output::success(String::new());
        }
        Output::success(match language {
            Language::C => program::c(&sides, &findings),
            Language::Rust => program::rust(&sides, &findings),
        })
    }

    fn json(&self) -> CommandResult {
        json(&json!({
            "version": 1,
            "old": self.old.name,
            "new": self.new.name,
            "breaks": self.count(|one| one.verdict == Verdict::Breaks),
            "not_judged": self.count(|one| one.verdict == Verdict::NotJudged),
            "findings": self.judged,
            "versions": self.advice(),
        }))
    }

    fn sarif(&self) -> CommandResult {
        let results = self.judged.iter().map(|Assessed { finding, location, verdict, .. }| {
            let level = match verdict {
                Verdict::Breaks | Verdict::NotJudged => SarifLevel::Error,
                Verdict::Accepted => SarifLevel::Warning,
                Verdict::Info => SarifLevel::Note,
            };
            let place = location.as_ref().map(|at| (at.file.as_str(), at.line, at.column));
            let message = format!("{}: {}", finding.subject, finding.message);
            SarifResult { level, code: finding.code, message, place }
        });
        sarif(&results.collect::<Vec<_>>())
    }

    fn github(&self) -> String {
        let mut text = String::new();
        for Assessed { finding, location, verdict, .. } in self.judged {
            let kind = match verdict {
                Verdict::Breaks => "error",
                Verdict::Accepted | Verdict::NotJudged => "warning",
                Verdict::Info => "notice",
            };
            let place = location.as_ref().map(|at| (at.file.as_str(), at.line, at.column));
            let (subject, message) = (&finding.subject, &finding.message);
            let harmed = finding.affected.map(|affected| format!("; harmed: {}", affected.words()));
            let message = format!("{subject}: {message}{}", harmed.unwrap_or_default());
            text += &github_annotation(kind, place, finding.code, &message);
        }
        text
    }
}
