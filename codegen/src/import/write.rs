//! Puts additions into the files of a specification, whose other lines stay as they are.

use std::collections::BTreeMap;

use super::Import;
use crate::amend::pieces::{Addition, ItemAt};
use crate::diagnostic::{Place, Sources};
use crate::spec::wrappers::Placed;
use crate::spec::{FieldSpec, ItemSpec};

/// A file with additions.
#[derive(Debug)]
pub struct Edited {
    /// Its index in the sources.
    pub file: usize,
    /// Its new text.
    pub text: String,
}

/// Lines to insert before a line of a file.
type Insertions = BTreeMap<usize, Vec<(bool, Vec<String>)>>;

pub(super) fn edited(import: &Import<'_>, sources: &Sources) -> Result<Vec<Edited>, String> {
    let mut files = BTreeMap::<usize, Insertions>::new();
    for piece in &import.pieces {
        let (place, front) = import
            .anchor(piece)
            .ok_or_else(|| format!("{} is not a list of its own lines", import.place(piece)))?;
        let text: Vec<_> = sources.text(place.file()).lines().collect();
        let (line, _) = sources.line_and_column(place);
        let at = if front { line - 1 } else { end(&text, line - 1) };
        let is_item = matches!(piece, Addition::Item { .. });
        let lines = import.block(piece).lines;
        // Where the list has another form, new lines would not belong to it.
        if text.get(line - 1).map(|line| indent(line)) != lines.first().map(|line| indent(line)) {
            return Err(format!("{} is not a list of its own lines", import.place(piece)));
        }
        let entry = files.entry(place.file()).or_default().entry(at).or_default();
        entry.push((is_item, lines));
    }
    let edited = files
        .into_iter()
        .map(|(file, insertions)| Edited { file, text: inserted(sources.text(file), insertions) });
    Ok(edited.collect())
}

fn inserted(text: &str, insertions: Insertions) -> String {
    let mut lines: Vec<String> = Vec::new();
    let old: Vec<_> = text.lines().collect();
    for at in 0..=old.len() {
        for (is_item, new) in insertions.get(&at).into_iter().flatten() {
            lines.extend(is_item.then(String::new));
            lines.extend(new.iter().cloned());
        }
        lines.extend(old.get(at).map(|line| (*line).to_owned()));
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    lines.join(end) + end
}

/// The number of spaces before a line.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The index after an entry: its last line and those that are indented more.
fn end(lines: &[&str], start: usize) -> usize {
    let own = indent(lines.get(start).copied().unwrap_or_default());
    let inside = |line: &&&str| line.trim().is_empty() || indent(line) > own;
    let rest = lines.get(start + 1..).unwrap_or_default();
    let mut end = start + 1 + rest.iter().take_while(inside).count();
    while end > start + 1 && lines[end - 1].trim().is_empty() {
        end -= 1;
    }
    end
}

impl Import<'_> {
    /// The entry after which a piece comes, or the first entry, before which it comes.
    fn anchor(&self, piece: &Addition) -> Option<(Place, bool)> {
        match piece {
            Addition::Item { after, .. } => Some((self.item_before(*after)?.name().place, false)),
            Addition::Values { group, after, .. } => match self.item(*group) {
                ItemSpec::Constants(group) | ItemSpec::Enum(group) | ItemSpec::IdSpace(group) => {
                    entry(group.values.iter().map(|(name, _)| name), after)
                }
                _ => None,
            },
            Addition::Held { owner, field, arm, flags, after, .. } => {
                let field = self.field(*owner, field, arm.as_deref())?;
                let list = if *flags { &field.bits } else { &field.values };
                entry(list.iter().map(|(name, _)| name), after)
            }
            Addition::Fields { owner, after, .. } => {
                let fields = self.item(*owner).fields()?;
                entry(fields.iter().map(|(name, _)| name), after)
            }
        }
    }

    fn field(&self, owner: ItemAt, field: &str, arm: Option<&str>) -> Option<&FieldSpec> {
        let field = self.item(owner).fields()?.get(field)?;
        match arm {
            None => Some(field),
            Some(arm) => field.union.get(arm).map(|arm| &arm.0),
        }
    }
}

/// The place of the entry of a name, or of the first one.
fn entry<'e>(
    mut names: impl Iterator<Item = &'e Placed<String>>,
    after: &Option<String>,
) -> Option<(Place, bool)> {
    match after {
        None => names.next().map(|first| (first.place, true)),
        Some(after) => names.find(|name| name.value == *after).map(|name| (name.place, false)),
    }
}
