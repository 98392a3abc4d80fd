//! What the kernel code of a series shows of its handlers: the bytes that argsz must cover,
//! as an assignment of `minsz` states them.

use super::codes::{MINSZ_IN_CODE, MINSZ_IS_SIZEOF};
use super::header_text::MailLine;
use super::patch::{FilePatch, Hunk, Patch, Sign};
use super::report::{Effect, Remark};
use crate::ir::{Abi, Struct};

/// The assignments of `minsz` in the C files of some patches, after all of them.
pub(super) fn assignments<'p>(mails: &[usize], patches: &'p [Patch]) -> Vec<Assignment<'p>> {
    let mut found = Vec::<Assignment<'_>>::new();
    for mail in mails.iter().copied() {
        for file in patches[mail].files.iter().filter(|file| file.path.ends_with(".c")) {
            for one in file.hunks.iter().flat_map(|hunk| of_hunk(mail, file, hunk)) {
                found.retain(|old| (old.path, &old.struct_) != (one.path, &one.struct_));
                found.push(one);
            }
        }
    }
    found
}

/// `minsz = offsetofend(struct NAME, FIELD)`, or without a field `minsz = sizeof(struct NAME)`.
pub(super) struct Assignment<'p> {
    path: &'p str,
    struct_: String,
    field: Option<String>,
    added: bool,
    at: MailLine,
    /// Its number in the changed file.
    number: usize,
}

fn of_hunk<'p>(mail: usize, file: &'p FilePatch, hunk: &Hunk) -> Vec<Assignment<'p>> {
    let lines: Vec<_> = hunk.lines.iter().filter(|line| line.sign != Sign::Removed).collect();
    let assigned = |index: usize| {
        let line = lines[index];
        line.text.contains("minsz").then_some(())?;
        // A long statement continues in the next line.
        let next = lines.get(index + 1).map_or("", |next| next.text.as_str());
        let (struct_, field) = value(&[&line.text, " ", next].concat())?;
        let at = MailLine { mail, line: line.number };
        let added = line.sign == Sign::Added;
        Some(Assignment { path: &file.path, struct_, field, added, at, number: line.new_number })
    };
    (0..lines.len()).filter_map(assigned).collect()
}

/// The struct and the field of an assignment.
fn value(text: &str) -> Option<(String, Option<String>)> {
    let (_, rest) = text.split_once("minsz")?;
    let (statement, _) = rest.trim_start().strip_prefix('=')?.split_once(';')?;
    let (function, rest) = statement.trim().split_once('(')?;
    let inside = rest.trim_end().strip_suffix(')')?.trim().strip_prefix("struct ")?;
    match (function.trim(), inside.split_once(',')) {
        ("offsetofend", Some((name, field))) => {
            Some((name.trim().to_owned(), Some(field.trim().to_owned())))
        }
        ("sizeof", None) => Some((inside.trim().to_owned(), None)),
        _ => None,
    }
}

/// Compares assignments with the ABI before the series.
pub(super) fn judge(old: &Abi, new: &Abi, assignments: &[Assignment<'_>]) -> Vec<Remark> {
    let judged = assignments.iter().filter_map(|one| {
        let now = new.struct_(new.find_struct(&one.struct_)?);
        let end = match &one.field {
            None => now.kernel_layout().size,
            Some(field) => {
                let members = new.members(now);
                members.iter().find(|member| member.name == field)?.kernel_span().end()
            }
        };
        let remark = match old.find_struct(&one.struct_) {
            Some(id) => changed(one, (old.struct_(id), now), end),
            None => added(one),
        };
        let (number, at) = (one.number, Some(one.at));
        Some(Remark { at, in_file: Some((one.path.to_owned(), number)), ..remark? })
    });
    judged.collect()
}

/// The remark on a known struct, which the series changes together with the code or alone.
fn changed(one: &Assignment<'_>, (old, new): (&Struct, &Struct), end: u64) -> Option<Remark> {
    let minsz = old.minsz?;
    let before = old.kernel_span(minsz).end();
    (one.added || old.layouts != new.layouts).then_some(())?;
    let help =
        format!("keep `minsz = offsetofend(struct {}, {})`", old.name, old.fields[minsz].name);
    Some(match end > before {
        true => Remark {
            message: format!("minsz is {end} bytes with this patch, {before} before"),
            details: vec![format!(
                "harmed: old program, which is refused if it passes an argsz from {before} to {}",
                end - 1
            )],
            help: Some(help),
            ..remark(one, Effect::Breaks)
        },
        false => Remark {
            message: format!("minsz stays {before} bytes in this file"),
            ..remark(one, Effect::Note)
        },
    })
}

/// The remark on a new struct.
fn added(one: &Assignment<'_>) -> Option<Remark> {
    one.field.is_none().then(|| Remark {
        code: MINSZ_IS_SIZEOF,
        message: "minsz is the size of the struct, and grows with it".to_owned(),
        help: Some(format!("use `offsetofend(struct {}, LAST_FIELD)`", one.struct_)),
        ..remark(one, Effect::Question)
    })
}

fn remark(one: &Assignment<'_>, effect: Effect) -> Remark {
    Remark {
        effect,
        code: MINSZ_IN_CODE,
        subject: one.struct_.clone(),
        message: String::new(),
        details: Vec::new(),
        help: None,
        at: Some(one.at),
        in_file: None,
    }
}
