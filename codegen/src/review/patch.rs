//! Finds the files and hunks of a unified diff in the lines of a mail, at any quote
//! depth.

use super::git_path::path;
use super::hunk;
use super::no_hunk::{DiffHead, merge, submodule};
use super::quote::QuotedLine;

/// The changes that a text makes to files.
#[derive(Clone, Debug, Default)]
pub(super) struct Patch {
    pub(super) files: Vec<FilePatch>,
}

/// The changes to one file.
#[derive(Clone, Debug, Default)]
pub(super) struct FilePatch {
    /// Its path after the change, without `b/`; of a removed file, the path before.
    pub(super) path: String,
    /// Its path before the change, without `a/`.
    pub(super) old_path: String,
    /// Whether its paths begin at the root of a source tree, as git prints them.
    pub(super) by_git: bool,
    /// Whether the patch removes the file.
    pub(super) removed: bool,
    /// Whether the patch gives the file another name, or removes it and does not show it.
    pub(super) gone: bool,
    /// Whether it is a folder, or a submodule.
    pub(super) is_folder: bool,
    pub(super) hunks: Vec<Hunk>,
    /// Lines of its hunks that cannot be read.
    pub(super) problems: Vec<BadLine>,
    /// The last line of the mail, if it ends inside a hunk, as the `@@` line counts.
    pub(super) short: Option<BadLine>,
}

/// A hunk, with the lines that a mailer wrapped joined again.
#[derive(Clone, Debug, Default)]
pub(super) struct Hunk {
    /// The number of its `@@` line in the mail.
    pub(super) number: usize,
    /// The number of its first line in the file before the change, as the `@@` line says.
    pub(super) old_start: usize,
    /// The text after the second `@@`: a line of the file before the hunk.
    pub(super) heading: String,
    pub(super) lines: Vec<PatchLine>,
}

impl Hunk {
    /// The `@@` line, if nothing below it is added or removed.
    fn without_change(&self) -> Option<BadLine> {
        let message = "no line of this hunk starts with `+` or `-`".to_owned();
        let same = self.lines.iter().all(|line| line.sign == Sign::Context);
        same.then_some(BadLine { number: self.number, message })
    }

    /// The last line, if both sides together lack lines.
    fn shortage(&self, (old, new): (usize, usize)) -> Option<BadLine> {
        let count = |absent| self.lines.iter().filter(|line| line.sign != absent).count();
        let (old_found, new_found) = (count(Sign::Added), count(Sign::Removed));
        if old_found >= old && new_found >= new {
            return None;
        }
        let number = self.lines.last().map_or(self.number, |line| line.number);
        let message = format!(
            "the mail ends in a hunk with {old_found} of {old} old and {new_found} of {new} new lines"
        );
        Some(BadLine { number, message })
    }
}

impl Patch {
    /// Of a mail that was cut in the middle of a line, the last hunk cannot be read.
    pub(super) fn cut(mut self) -> Self {
        if let Some(file) = self.files.last_mut() {
            file.problems.extend(file.short.take());
        }
        self
    }
}

/// A line of a hunk.
#[derive(Clone, Debug)]
pub(super) struct PatchLine {
    pub(super) sign: Sign,
    /// The line without its sign.
    pub(super) text: String,
    /// The number of the line in the mail.
    pub(super) number: usize,
    /// The number of the line in the changed file, as the `@@` line says.
    pub(super) new_number: usize,
}

/// The sides of a patch that have a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// Both.
    Context,
    /// The new one.
    Added,
    /// The old one.
    Removed,
}

/// A line that cannot be read or placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadLine {
    /// Its number in the mail.
    pub(super) number: usize,
    pub(super) message: String,
}

/// The numbers of an `@@` line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HunkHead {
    pub(super) old_start: usize,
    pub(super) old_count: usize,
    pub(super) new_start: usize,
    pub(super) new_count: usize,
    pub(super) heading: String,
}

/// Reads every patch in the lines.
pub(super) fn parse(lines: &[QuotedLine<'_>]) -> Patch {
    let mut patch = Patch::default();
    let mut at = 0;
    // Whether the file of the next hunk is known.
    let mut named = false;
    let mut head = DiffHead::default();
    // The files of which there are the lines `---` and `+++`, by index, and the numbers of these.
    let mut heads = Vec::new();
    while let Some(line) = lines.get(at) {
        if let Some(mut file) = file_head(lines, at) {
            if !head.is_of(&file) {
                patch.files.extend(head.unshown());
            }
            file.by_git |= std::mem::take(&mut head).by_git;
            heads.push((patch.files.len(), line.number));
            patch.files.push(file);
            named = true;
            at += 2;
        } else if let Some(numbers) = hunk_head(line.text) {
            if !named {
                patch.files.push(FilePatch::default());
                named = true;
            }
            let file = patch.files.last_mut().expect("a file of the hunk");
            let counts = (numbers.old_count, numbers.new_count);
            let problems = file.problems.len();
            let (hunk, next) = hunk::read(lines, at, numbers, &mut file.problems);
            if problems == file.problems.len() {
                file.problems.extend(hunk.without_change());
            }
            if next == lines.len() {
                file.short = hunk.shortage(counts);
            }
            file.hunks.push(hunk);
            at = next;
        } else {
            match DiffHead::of(line.text, line.number) {
                Some(next) => {
                    patch.files.extend(std::mem::replace(&mut head, next).unshown());
                    named = false;
                }
                None => head.line(line.text),
            }
            let file = patch.files.last_mut().filter(|_| named);
            if let (Some(file), Some(problem)) = (file, merge(line.text, line.number)) {
                file.problems.push(problem);
            }
            let next = lines.get(at + 1).map_or("", |next| next.text);
            if let Some(file) = head.change(line.text, next, line.number) {
                patch.files.push(file);
                head.is_reported();
            }
            at += 1;
        }
    }
    patch.files.extend(head.unshown());
    patch.files.iter_mut().for_each(submodule);
    for (index, number) in heads {
        let file = &mut patch.files[index];
        if file.hunks.is_empty() && file.problems.is_empty() {
            let message = "no hunk of this file follows".to_owned();
            file.problems.push(BadLine { number, message });
        }
    }
    patch
}

/// The file that the lines `---` and `+++` name.
pub(super) fn file_head(lines: &[QuotedLine<'_>], at: usize) -> Option<FilePatch> {
    let (old, new) = (lines.get(at)?, lines.get(at + 1)?);
    let old_depth = old.depth;
    let old = old.text.strip_prefix("--- ")?;
    let new = new.text.strip_prefix("+++ ").filter(|_| old_depth == new.depth)?;
    let (old_path, new_path) = (path(old), path(new));
    let removed = new_path == "/dev/null";
    let starts = |text: &str, start| text.trim_start_matches('"').starts_with(start);
    Some(FilePatch {
        path: if removed { old_path.clone() } else { new_path },
        old_path,
        by_git: starts(old, "a/") || starts(new, "b/"),
        removed,
        ..FilePatch::default()
    })
}

/// `@@ -448,11 +448,27 @@ heading`.
pub(super) fn hunk_head(text: &str) -> Option<HunkHead> {
    let (old, rest) = text.strip_prefix("@@ -")?.split_once(" +")?;
    let (new, heading) = rest.split_once(" @@")?;
    let (old_start, old_count) = range(old)?;
    let (new_start, new_count) = range(new)?;
    Some(HunkHead {
        old_start,
        old_count,
        new_start,
        new_count,
        heading: heading.trim().to_owned(),
    })
}

fn range(text: &str) -> Option<(usize, usize)> {
    let (start, count) = text.split_once(',').unwrap_or((text, "1"));
    Some((start.trim().parse().ok()?, count.trim().parse().ok()?))
}

/// Whether the patch ends before a line: at the next file or hunk, or at a signature.
pub(super) fn ends_at(lines: &[QuotedLine<'_>], at: usize) -> bool {
    let text = lines[at].text;
    matches!(text, "--" | "-- ")
        || DiffHead::starts(text, lines.get(at + 1).map_or("", |next| next.text))
        || hunk_head(text).is_some()
        || file_head(lines, at).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_hunk() {
        let head = hunk_head("@@ -448,11 +450,27 @@ struct vfio_irq_info {").expect("a head");
        assert_eq!((head.old_count, head.new_start, head.new_count), (11, 450, 27));
        assert_eq!(head.heading, "struct vfio_irq_info {");
        assert_eq!(hunk_head("@@ -1 +0,0 @@").map(|head| head.new_count), Some(0));
        assert_eq!(hunk_head("@@ -1,99999999999999999999 +0,0 @@"), None);
        assert_eq!(hunk_head("@@ prose @@"), None);
    }
}
