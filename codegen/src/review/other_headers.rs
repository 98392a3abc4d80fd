//! The other headers of a series, to which declarations can move: one that moves to a file that
//! is included is still there, with its changes, and one that moves elsewhere is gone.

use super::apply::{AppliedSeries, HeaderChange, RemovedName};
use super::changed_header::{file_name, header_at};
use super::codes::{NO_PLACE, unplaced};
use super::fragment::{Element, ElementKind};
use super::header_text::{HeaderText, MailLine};
use super::included::includes;
use super::patch::{FilePatch, Sign};
use super::place;
use super::report::{Effect, Remark};
use crate::compat::NAME_REMOVED;
use crate::ir::Abi;

/// Headers that are not specified.
#[derive(Default)]
pub(super) struct OtherHeaders<'p> {
    /// Those that the series removes, before it.
    pub(super) old: Vec<HeaderText>,
    /// Those that it creates, after it.
    pub(super) new: Vec<HeaderText>,
    /// Changes of headers of which the series shows a part only.
    parts: Vec<HeaderChange<'p>>,
}

impl<'p> OtherHeaders<'p> {
    /// Those among the files of a series.
    pub(super) fn of(files: &[HeaderChange<'p>]) -> Self {
        let mut others = Self::default();
        for change in files.iter().filter(|change| change.file.path.ends_with(".h")) {
            let HeaderChange { mail, file, .. } = *change;
            let known = others.new.iter().position(|header| header.path == file.path);
            match known {
                _ if file.old_path == "/dev/null" => {
                    others.new.push(text(file, mail, Sign::Removed));
                }
                Some(at) if file.removed => drop(others.new.remove(at)),
                Some(at) => {
                    others.new[at] = place::apply(&others.new[at], file, mail, true).header;
                }
                None if file.removed => others.old.push(text(file, mail, Sign::Added)),
                None => others.parts.push(*change),
            }
        }
        others
    }

    /// What is known of declarations that left a header and are in another one of the series.
    pub(super) fn remark(&self, abi: &Abi, applied: &AppliedSeries, remarks: &mut Vec<Remark>) {
        let breaks = |one: &&mut Remark| one.effect == Effect::Breaks;
        let mut unknown = Vec::new();
        for remark in remarks.iter_mut().filter(breaks) {
            let item = remark.subject.split('.').next().unwrap_or_default();
            if let Some(part) = self.parts.iter().find(|part| adds(part.file, item)) {
                let path = &part.file.path;
                let message =
                    format!("`{item}` is in {path} now, of which the patch shows a part only");
                let line = part.file.hunks.first().map_or(1, |hunk| hunk.number);
                let at = remark.at.unwrap_or(MailLine { mail: part.mail, line });
                unknown.push(unplaced(NO_PLACE, at, message));
            }
            let moved = self.new.iter().find(|header| declares(header, item));
            if let Some(header) = moved.filter(|_| remark.code == NAME_REMOVED) {
                let path = &header.path;
                remark.details.push(format!("it is in {path} now, which no header includes"));
            }
        }
        // Other findings can be about the same declarations.
        if !unknown.is_empty() {
            unknown.dedup_by(|one, other| one.message == other.message);
            *remarks = unknown;
            return;
        }
        for RemovedName { name, header, at } in &applied.removed {
            let own = |text: &&HeaderText| file_name(&text.path) == file_name(header);
            let Some(from) = applied.headers.iter().find(own) else { continue };
            let mut rest = applied.headers.iter().filter(|text| !own(text));
            let other = rest.find(|text| is_new_in(text, name));
            let other = other.filter(|other| !declares(from, name) && !includes(from, other));
            let Some(other) = other.filter(|other| header_at(abi, &other.path).is_some()) else {
                continue;
            };
            remarks.push(Remark {
                effect: Effect::Breaks,
                code: NAME_REMOVED,
                subject: name.clone(),
                message: format!(
                    "`{name}` is in {} now, which {header} does not include",
                    other.path
                ),
                details: vec![format!("harmed: programs that include <{header}> only")],
                help: Some(format!("include <{}> in {header}", other.path)),
                at: Some(*at),
                in_file: None,
            });
        }
    }
}

/// The break of programs that include a header of the ABI which a series removes or renames.
pub(super) fn gone(HeaderChange { mail, header, file }: &HeaderChange<'_>) -> Remark {
    let problem = file.problems.first().map(|problem| problem.number);
    let line = problem.or(file.hunks.first().map(|hunk| hunk.number)).unwrap_or(1);
    Remark {
        effect: Effect::Breaks,
        code: NAME_REMOVED,
        subject: (*header).to_owned(),
        message: "the header is gone: programs that include it no longer compile".to_owned(),
        details: Vec::new(),
        help: Some("leave a header with this name that includes the other one".to_owned()),
        at: Some(MailLine { mail: *mail, line }),
        in_file: None,
    }
}

/// Whether an element declares a name.
fn is_named(element: &Element, name: &str) -> bool {
    match element.kind {
        ElementKind::Open => element.name.rsplit(' ').next() == Some(name),
        ElementKind::Define | ElementKind::Item => element.name == name,
        ElementKind::Close | ElementKind::Directive => false,
    }
}

fn declares(header: &HeaderText, name: &str) -> bool {
    header.elements.iter().any(|element| is_named(element, name))
}

/// Whether a series added the declaration of a name.
fn is_new_in(header: &HeaderText, name: &str) -> bool {
    header.elements.iter().any(|element| {
        let mut rows = header.origins.get(element.rows.clone()).unwrap_or_default().iter();
        // A member can be called like one of another struct.
        element.kind != ElementKind::Item
            && is_named(element, name)
            && rows.any(|origin| origin.is_some())
    })
}

/// Whether the lines that a patch adds to a file declare a name.
fn adds(file: &FilePatch, name: &str) -> bool {
    declares(&text(file, 0, Sign::Removed), name)
}

/// The text that a patch shows of a file, without the lines of one side.
fn text(file: &FilePatch, mail: usize, without: Sign) -> HeaderText {
    let lines = file.hunks.iter().flat_map(|hunk| &hunk.lines);
    let lines: Vec<_> = lines.filter(|line| line.sign != without).collect();
    let text: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    let origin = |number| (without == Sign::Removed).then_some(MailLine { mail, line: number });
    let origins = lines.iter().map(|line| origin(line.number)).collect();
    HeaderText::with_origins(&file.path, text.join("\n"), origins)
}
