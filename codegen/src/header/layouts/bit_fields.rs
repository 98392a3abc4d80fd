//! Where the fields of a struct with bit fields lie. No specification describes such a
//! struct, but a change of it can be judged.

use super::super::declarations::DeclaredStruct;
use super::super::facts::TypeFact;
use super::{Evaluate, Planner};
use crate::ir::FieldSpans;
use crate::layout::{Extent, Model, PerModel, Span, round_up};

impl<'a> Planner<'_, 'a> {
    /// The places of all fields; a bit field is named with its bits of its integer. Nothing
    /// if attributes move fields.
    pub(super) fn with_bit_fields(
        &self,
        item: &DeclaredStruct<'a>,
        evaluate: &mut Evaluate<'_, 'a>,
    ) -> Result<FieldSpans, String> {
        let members = || item.members.iter().map(|member| &member.attributes);
        let mut attributes = members().chain([&item.attributes]);
        if item.pack.is_some() || attributes.any(|one| one.packed || !one.align.is_empty()) {
            return Ok(Vec::new());
        }
        let mut ends = [0; 3];
        let mut found = FieldSpans::new();
        for member in &item.members {
            let planned = self.member(member, evaluate)?;
            let name = member.name.map_or("", |name| name.text);
            let Some(width) = &member.bits else {
                let starts = Model::ALL.map(|model| {
                    let (end, extent) = (&mut ends[model.index()], planned.extents[model.index()]);
                    let start = round_up(*end, extent.align * 8);
                    *end = start + extent.size * 8;
                    start / 8
                });
                let mut named = |name: &str, sizes: PerModel<u64>| {
                    let span = |model: usize| Span { offset: starts[model], size: sizes[model] };
                    found.push((name.to_owned(), [0, 1, 2].map(span)));
                };
                if !name.is_empty() {
                    named(name, planned.extents.map(|extent| extent.size));
                }
                for (arm, type_) in planned.type_.arms() {
                    let sizes = Model::ALL.map(|model| self.extent(type_, model));
                    named(arm, sizes.map(|extent| extent.map_or(0, |extent| extent.size)));
                }
                continue;
            };
            let TypeFact::Int(int) = planned.type_ else {
                return Err(format!("the bit field `{name}` is no integer of fixed width"));
            };
            let width = u64::try_from(evaluate(width, &self.known)?).unwrap_or(u64::MAX);
            if width > int.size() * 8 {
                return Err(format!("the bit field `{name}` is wider than its type"));
            }
            let starts = Model::ALL.map(|model| {
                placed(&mut ends[model.index()], planned.extents[model.index()], width)
            });
            let unit = |model: Model| planned.extents[model.index()].align * 8;
            let bits = Model::ALL.map(|model| starts[model.index()] % unit(model));
            if bits.iter().any(|bit| *bit != bits[0]) {
                return Ok(Vec::new());
            }
            if !name.is_empty() {
                let span = |model: Model| {
                    let offset = (starts[model.index()] - bits[0]) / 8;
                    Span { offset, size: int.size() }
                };
                found.push((format!("{name}:{width} at bit {}", bits[0]), Model::ALL.map(span)));
            }
        }
        Ok(found)
    }
}

/// The first bit of a bit field after some others: in the integer in which they end, if it
/// has room there. A width of 0 ends that integer.
fn placed(end: &mut u64, extent: Extent, width: u64) -> u64 {
    let (unit, size) = (extent.align * 8, extent.size * 8);
    let crosses = (*end % unit + width).div_ceil(unit) > size / unit;
    if crosses || width == 0 {
        *end = round_up(*end, unit);
    }
    let start = *end;
    *end += width;
    start
}
