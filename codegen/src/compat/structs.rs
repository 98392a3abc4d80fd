//! Structs that went, got another name, or are laid out otherwise.

use super::codes::{NAME_REMOVED, PADDING_NAMED, SOME_TARGETS_ONLY};
use super::fields;
use super::matching::Matching;
use super::report::{Class, Finding, Party};
use crate::ir::Struct;
use crate::layout::Model;

pub(super) fn compare(matching: &Matching<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for old in &matching.old.abi.structs {
        let Some((id, new)) = matching.struct_(old) else {
            findings.push(removed(old));
            continue;
        };
        if new.name != old.name {
            findings.push(renamed(old, new));
        }
        findings.extend(fields::compare(matching, old, id));
        findings.extend(alignment(old, new));
    }
    findings
}

fn removed(old: &Struct) -> Finding {
    let message = "the struct is gone: programs that use it no longer compile";
    let finding = Finding::new(NAME_REMOVED, Class::Source, &old.name, message);
    finding.at(Party::Old, old.meta.place).help("keep it, and say since when it is deprecated")
}

fn renamed(old: &Struct, new: &Struct) -> Finding {
    let message = format!("the struct is called `{}` now: programs no longer compile", new.name);
    Finding::new(NAME_REMOVED, Class::Source, &old.name, message).at(Party::New, new.meta.place)
}

/// What changes where nothing moves: a coarser alignment and the size of the end.
fn alignment(old: &Struct, new: &Struct) -> Option<Finding> {
    let changed = |model: &Model| {
        let (before, now) = (&old.layouts[model.index()], &new.layouts[model.index()]);
        before.align != now.align && before.size == now.size
    };
    let models: Vec<_> = Model::ALL.into_iter().filter(changed).collect();
    let first = models.first()?;
    let (before, now) = (&old.layouts[first.index()], &new.layouts[first.index()]);
    let everywhere = models.len() == Model::ALL.len();
    let (code, on) = match everywhere {
        true => (PADDING_NAMED, ""),
        false => (SOME_TARGETS_ONLY, " on i386"),
    };
    let message = format!(
        "the struct is aligned to {} bytes{on}, to {} before; its own bytes stay where they are",
        now.align, before.align
    );
    Some(Finding::new(code, Class::Note, &new.name, message).at(Party::New, new.meta.place))
}
