//! The bytes that argsz must cover, as a struct says it.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{MINSZ_CHANGED, NOT_JUDGED};
use crate::compat::diff::{IrKey, Of, key};
use crate::compat::finding::{Affected, Class, Finding, Party};
use crate::compat::witness;
use crate::ir::Struct;
use crate::layout::{Model, PerModel, only_on};

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[key!(Struct.minsz)];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| {
        let Of::Struct(index) = difference.of else { return None };
        let (old, new) = comparison.matching.structs[index].structs.both()?;
        Some(match (ends(old), ends(new)) {
            (Some(before), Some(now)) => changed(comparison, new, before, now),
            (before, now) => Some(unknown(new, before.or(now)?, before.is_some())),
        })
    })
}

fn ends(struct_: &Struct) -> Option<PerModel<u64>> {
    Some(struct_.spans(struct_.minsz?).map(|span| span.end()))
}

fn changed(
    comparison: &Comparison<'_, '_>,
    new: &Struct,
    before: PerModel<u64>,
    now: PerModel<u64>,
) -> Option<Finding> {
    let model = Model::ALL.into_iter().find(|model| before[model.index()] != now[model.index()])?;
    let (before, now) = (before[model.index()], now[model.index()]);
    let on = only_on(model);
    let affected = if now > before { Affected::OldProgram } else { Affected::NewProgram };
    let message = format!("argsz must cover {now} bytes{on}, {before} before");
    let sizes = (before.min(now), before.max(now));
    let witness = witness::refused(comparison.matching, &new.name, affected, sizes.0, sizes.1);
    let finding =
        Finding::wire(MINSZ_CHANGED, model, &new.name, message).affects(affected).witness(witness);
    Some(finding.at(Party::New, new.meta.place).help("leave minsz at the end of the first version"))
}

/// Only one side says which bytes argsz must cover.
fn unknown(new: &Struct, ends: PerModel<u64>, before: bool) -> Finding {
    let (old, now) = match before {
        true => ("were specified before", "are not any more"),
        false => ("are specified now", "were not before"),
    };
    let message = format!(
        "the {} bytes that argsz must cover {old} and {now}: whether a smaller argsz is refused \
         is unknown",
        ends[0]
    );
    let finding = Finding::new(NOT_JUDGED, Class::NotJudged, &new.name, message);
    finding.at(Party::New, new.meta.place).help("specify `minsz`")
}
