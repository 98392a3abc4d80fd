//! Layouts as a specification describes them: plain fields, packed or not, with reserved bytes
//! where alignments leave holes.

use super::super::facts::{FieldFact, TypeFact};
use super::Planner;
use crate::diagnostic::Place;
use crate::ir::FieldSpans;
use crate::layout::{Extent, Int, Layout, Model, PerModel, Span, round_up, too_large};

impl Planner<'_, '_> {
    /// Where the named fields lie. The members of a union are where the union is.
    pub(super) fn spans(&self, fields: &[FieldFact], exact: &PerModel<Vec<Extent>>) -> FieldSpans {
        let layouts = exact.each_ref().map(|extents| Layout::of(extents, false));
        let [Some(a), Some(b), Some(c)] = &layouts else { return Vec::new() };
        let layouts = [a, b, c];
        let mut spans = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let own = layouts.map(|layout| layout.fields[index]);
            for (name, type_) in field.type_.arms() {
                let sizes = Model::ALL.map(|model| self.extent(type_, model));
                let arm = |model: Model| {
                    let extent = sizes[model.index()]?;
                    Some(Span { size: extent.size, ..own[model.index()] })
                };
                if let [Some(a), Some(b), Some(c)] = Model::ALL.map(arm) {
                    spans.push((name.clone(), [a, b, c]));
                }
            }
            if !field.name.is_empty() {
                spans.push((field.name.clone(), own));
            }
        }
        spans
    }

    /// The layout as a specification describes it: that of plain fields, packed or not.
    pub(super) fn described(
        &self,
        fields: &[FieldFact],
        exact: &PerModel<Vec<Extent>>,
        align: u64,
        written: bool,
    ) -> Result<(bool, PerModel<Layout>), String> {
        let too_large = || format!("it {}", too_large());
        for packed in [written, !written] {
            let mut layouts = Vec::new();
            let mut same = true;
            for model in Model::ALL {
                let extents = fields.iter().map(|field| self.extent(&field.type_, model));
                let extents: Vec<_> = extents.collect::<Option<_>>().ok_or_else(too_large)?;
                let layout = Layout::of(&extents, packed).ok_or_else(too_large)?;
                let found = Layout::of(&exact[model.index()], false).ok_or_else(too_large)?;
                let size = round_up(found.size, align);
                same &= layout.fields == found.fields && layout.size == size;
                same &= layout.align == found.align.max(align);
                layouts.push(layout);
            }
            if same {
                let layouts = layouts.try_into().map_err(|_| "there are three models")?;
                return Ok((packed, layouts));
            }
        }
        Err("an attribute or `#pragma pack` gives it a layout that no specification describes"
            .to_owned())
    }

    /// The same layout with reserved bytes where alignments leave holes. The alignment
    /// of the struct itself cannot be described.
    pub(super) fn padded(
        &self,
        fields: &mut Vec<FieldFact>,
        exact: &PerModel<Vec<Extent>>,
        align: u64,
    ) -> Option<(bool, PerModel<Layout>)> {
        let found = Layout::of(&exact[Model::Lp64.index()], false)?;
        let size = round_up(found.size, align);
        let mut padded = Vec::new();
        let mut end = 0;
        let pad = |from: u64, to: u64, place: Place| FieldFact {
            name: format!("__pad_at_{from}"),
            type_: TypeFact::Array(Box::new(TypeFact::Int(Int::U8)), to - from, None),
            doc: String::new(),
            place,
        };
        for (field, span) in fields.iter().zip(&found.fields) {
            if end < span.offset {
                padded.push(pad(end, span.offset, field.place));
            }
            padded.push(field.clone());
            end = span.end();
        }
        let last = padded.last()?.place;
        if end < size && !matches!(fields.last()?.type_, TypeFact::Flexible(..)) {
            padded.push(pad(end, size, last));
        }
        let packed = [false, true].into_iter();
        let mut ways = packed.filter_map(|packed| {
            Some((packed, self.padded_layouts(&padded, exact, align, packed)?))
        });
        let (packed, layouts) = ways.next()?;
        *fields = padded;
        Some((packed, layouts))
    }

    /// The layouts of fields with reserved bytes, if each field is in its place.
    fn padded_layouts(
        &self,
        padded: &[FieldFact],
        exact: &PerModel<Vec<Extent>>,
        align: u64,
        packed: bool,
    ) -> Option<PerModel<Layout>> {
        let mut layouts = Vec::new();
        for model in Model::ALL {
            let extents = padded.iter().map(|field| self.extent(&field.type_, model));
            let layout = Layout::of(&extents.collect::<Option<Vec<_>>>()?, packed)?;
            let other = Layout::of(&exact[model.index()], false)?;
            let spans = padded.iter().zip(&layout.fields);
            let spans = spans.filter(|(field, _)| !field.name.starts_with("__pad_at_"));
            let same = spans.map(|(_, span)| *span).eq(other.fields.iter().copied());
            if !same || layout.size != round_up(other.size, align) {
                return None;
            }
            layouts.push(layout);
        }
        layouts.try_into().ok()
    }
}
