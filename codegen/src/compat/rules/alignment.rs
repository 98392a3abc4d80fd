//! Structs with another alignment whose own bytes stay where they are.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{NAME_REMOVED, PADDING_NAMED, SOME_TARGETS_ONLY};
use crate::compat::diff::{IrKey, Of, key};
use crate::compat::finding::{Class, Finding, Party};
use crate::compat::matching::Matched;
use crate::ir::Struct;
use crate::layout::{Model, only_on};

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[key!(Layout.align), key!(Struct.packed)];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    let structs = comparison.matching.structs.iter().enumerate();
    let judged = structs.filter_map(|(index, pair)| {
        let claims = comparison.claims(KEYS, |of| of == Of::Struct(index));
        let (old, new) = pair.structs.both().filter(|_| !claims.is_empty())?;
        let header = comparison.matching.new.knowledge.headers.is_some();
        let findings = alignment(old, new).into_iter().chain(packed(pair.structs, header));
        Some(Judgement { claims, findings: findings.collect() })
    });
    judged.collect()
}

/// A struct that grows has another alignment as part of its growth.
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
        false => (SOME_TARGETS_ONLY, only_on(*first)),
    };
    let message = format!(
        "the struct is aligned to {} bytes{on}, to {} before; its own bytes stay where they are",
        now.align, before.align
    );
    Some(Finding::new(code, Class::Note, &new.name, message).at(Party::New, new.meta.place))
}

/// Rust refuses references to fields of a packed struct. A header is for C, in which they
/// compile.
fn packed(pair: Matched<&Struct>, header: bool) -> Option<Finding> {
    let (old, new) = pair.both().filter(|(old, new)| old.packed != new.packed)?;
    let (class, message) = match (old.packed, new.packed) {
        (false, true) => (
            if header { Class::Note } else { Class::Source },
            "the struct is packed: Rust programs that refer to its fields no longer compile",
        ),
        _ => (Class::Note, "the struct is no longer packed"),
    };
    let finding = Finding::new(NAME_REMOVED, class, &new.name, message).in_crate_only();
    Some(finding.at(Party::New, new.meta.place))
}
