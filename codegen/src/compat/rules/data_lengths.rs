//! Data in memory whose struct grows: what a newer kernel does with the shorter data of an
//! older program, and what an older kernel does with longer data, by the model of such memory.

use super::Comparison;
use super::data_uses::{self, DataUse};
use crate::compat::codes::{DATA_RESIZED, REFUSED_BY_OLD, ZERO_REPLY};
use crate::compat::finding::{Affected, Class, Finding};
use crate::compat::witness;
use crate::ir::{Abi, Struct};
use crate::model::pointer::{PointerAnswer, PointerModel};
use crate::reply::Direction;

/// The byte in memory before a call.
const STALE: u8 = 0xaa;

/// The verdict on data that grew at their end; none if the struct has other uses.
pub(super) fn judge(
    comparison: &Comparison<'_, '_>,
    (old, new): (&Struct, &Struct),
    subject: &str,
) -> Option<Finding> {
    let abis = comparison.matching.abis();
    let size = |one: &Struct| one.kernel_layout().size;
    let (before, now) = (size(old), size(new));
    if now <= before {
        return None;
    }
    let was = models(abis.0, &old.name)?;
    let is = models(abis.1, &new.name)?;
    let zeros = |size: u64| vec![0; size as usize];
    let refused = |model: &PointerModel<'_>, memory: &[u8]| model.answer(memory, &[]).result.err();
    if let Some(error) = is.iter().find_map(|(model, _)| refused(model, &zeros(before))) {
        let message = format!(
            "the data have {now} bytes, {before} before, and shorter data are refused: {error}"
        );
        let affected = Affected::OldProgram;
        let name = &new.name;
        let witness = witness::refused(comparison.matching, name, affected, before, now);
        let finding = Finding::new(DATA_RESIZED, Class::Wire, subject, message);
        let help = "fill shorter data with zeros, or give the longer data a number of their own";
        return Some(finding.affects(affected).witness(witness).help(help));
    }
    let growth = |code, message: String| {
        Finding::new(code, Class::Growth, subject, message).affects(Affected::NewProgram)
    };
    if let Some(error) = was.iter().find_map(|(model, _)| refused(model, &zeros(now))) {
        let message =
            format!("an older kernel refuses data with more than {before} bytes: {error}");
        let gate = "data that are passed up to their last byte that is not zero";
        return Some(growth(REFUSED_BY_OLD, message).gate(gate));
    }
    let used = [zeros(before), vec![1; (now - before) as usize]].concat();
    if let Some(error) = was.iter().find_map(|(model, _)| refused(model, &used)) {
        let message = format!("an older kernel refuses data that use the field: {error}");
        return Some(growth(REFUSED_BY_OLD, message).gate("data that leave the field zero"));
    }
    let stale = |(model, direction): &(PointerModel<'_>, Direction)| {
        let answer = model.answer(&vec![STALE; now as usize], &zeros(before));
        *direction != Direction::In && is_stale(&answer, before)
    };
    if was.iter().any(stale) {
        let message = "an older kernel leaves the field as it was, and returns no length";
        let finding = Finding::new(DATA_RESIZED, Class::Wire, subject, message);
        let witness =
            witness::refused(comparison.matching, &new.name, Affected::NewProgram, before, now);
        return Some(finding.affects(Affected::NewProgram).witness(witness));
    }
    let message = "an older kernel leaves the field zero";
    Some(growth(ZERO_REPLY, message.to_owned()).gate("the length of the data"))
}

/// Whether bytes after the data stay as they were and no length shows it.
fn is_stale(answer: &PointerAnswer, before: u64) -> bool {
    let rest = answer.memory.get(before as usize..).unwrap_or_default();
    answer.returned.is_none() && rest.iter().any(|byte| *byte != 0)
}

/// The models of all memory with the struct; none if there is another use, or no memory.
fn models<'a>(abi: &'a Abi, name: &str) -> Option<Vec<(PointerModel<'a>, Direction)>> {
    let uses = data_uses::of(abi, name);
    let models = uses.into_iter().map(|one| match one {
        DataUse::Memory(payload, value) => {
            Some((PointerModel::new(abi, payload, value)?, payload.direction))
        }
        DataUse::Compared | DataUse::Record(_) => None,
    });
    models.collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
}
