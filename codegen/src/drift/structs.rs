//! Structs and their fields, on every model.

use super::HeaderComparison;
use super::codes::{FIELD_DIFFERS, FIELD_MISSING, KIND_DIFFERS, SIZE_DIFFERS};
use crate::diagnostic::Diagnostic;
use crate::header::{FieldFact, StructFact};
use crate::ir::{Field, Struct, Type};
use crate::layout::{Layout, PerModel, Span, per_model};

impl HeaderComparison<'_> {
    pub(super) fn structs(&mut self) {
        for found in &self.facts.structs {
            match self.declared.structs.iter().find(|declared| declared.name == found.name) {
                Some(declared) => self.struct_(found, declared),
                None => self.lacking("struct", &found.name, found.place),
            }
        }
        for declared in &self.declared.structs {
            if self.facts.struct_(&declared.name).is_none() {
                self.gone("struct", &declared.name, &declared.meta);
            }
        }
    }

    fn struct_(&mut self, found: &StructFact, declared: &Struct) {
        self.drift.compared.structs += 1;
        if found.untagged {
            let name = &declared.name;
            let message = format!("only `typedef` gives `{name}` its name: no `struct {name}`");
            let finding = Diagnostic::error(KIND_DIFFERS, message).at(found.place, "in the header");
            self.push(finding.and(declared.meta.place, "specified"));
        }
        let (here, there) = (sizes(&found.layouts), sizes(&declared.layouts));
        if here != there {
            let name = &declared.name;
            let message = format!("`{name}` is {here} in the header, and not {there}");
            let finding = Diagnostic::error(SIZE_DIFFERS, message).at(found.place, "in the header");
            self.push(finding.and(declared.meta.place, "specified"));
        }
        let pairs: Vec<_> = declared
            .fields
            .iter()
            .map(|field| found.fields.iter().position(|one| same(one, field)))
            .collect();
        for (index, one) in found.fields.iter().enumerate() {
            match pairs.iter().position(|pair| *pair == Some(index)) {
                Some(other) => self.field((found, index), (declared, other)),
                None => self.extra((found, index), declared, &pairs),
            }
            self.drift.compared.fields += one.type_.arms().len().max(1);
        }
        for (index, field) in declared.fields.iter().enumerate() {
            let place = spans_at(&declared.layouts, index);
            let renamed = (0..found.fields.len())
                .any(|one| !pairs.contains(&Some(one)) && spans_at(&found.layouts, one) == place);
            if pairs[index].is_none() && !renamed {
                let message = format!("the header has no `{}` in `{}`", field.name, declared.name);
                let finding =
                    Diagnostic::error(FIELD_MISSING, message).at(field.meta.place, "specified");
                self.push(finding.and(found.place, "in the header"));
            }
        }
    }

    /// A field that only the header has, under this name.
    fn extra(
        &mut self,
        (found, index): (&StructFact, usize),
        declared: &Struct,
        pairs: &[Option<usize>],
    ) {
        let one = &found.fields[index];
        let place = spans_at(&found.layouts, index);
        let there = declared.fields.iter().enumerate().find(|(other, _)| {
            pairs[*other].is_none() && spans_at(&declared.layouts, *other) == place
        });
        let name = shown(one);
        let finding = match there {
            Some((_, field)) => {
                let message =
                    format!("`{}.{}` is `{name}` in the header", declared.name, field.name);
                Diagnostic::error(FIELD_MISSING, message).and(field.meta.place, "specified")
            }
            None => {
                let message = format!("the specification has no `{name}` in `{}`", declared.name);
                Diagnostic::error(FIELD_MISSING, message).and(declared.meta.place, "specified")
            }
        };
        self.push(finding.at(one.place, "in the header"));
    }

    /// A field that both have.
    fn field(&mut self, (found, index): (&StructFact, usize), (declared, other): (&Struct, usize)) {
        let (one, field) = (&found.fields[index], &declared.fields[other]);
        let here = (one.type_.text(), offsets(&found.layouts, index));
        let there = (self.abi.type_text(&field.type_), offsets(&declared.layouts, other));
        if here == there {
            return;
        }
        let message = format!(
            "`{}.{}` is {} at {} in the header, and not {} at {}",
            declared.name,
            shown(one),
            here.0,
            here.1,
            there.0,
            there.1
        );
        let finding = Diagnostic::error(FIELD_DIFFERS, message).at(one.place, "in the header");
        self.push(finding.and(field.meta.place, "specified"));
    }
}

/// Whether a field is one of a specification: by name or, of an anonymous
/// union, by some of its members.
fn same(found: &FieldFact, declared: &Field) -> bool {
    match &declared.type_ {
        Type::Union(arms) => {
            let known = |name: &String| arms.iter().any(|arm| arm.name == *name);
            found.type_.arms().iter().any(|(name, _)| known(name))
        }
        _ => found.name == declared.name,
    }
}

/// The name of a field, or of the members of a union.
fn shown(field: &FieldFact) -> String {
    match field.name.as_str() {
        "" => field.type_.text(),
        name => name.to_owned(),
    }
}

fn spans_at(layouts: &PerModel<Layout>, index: usize) -> PerModel<Span> {
    layouts.each_ref().map(|layout| layout.fields[index])
}

fn offsets(layouts: &PerModel<Layout>, index: usize) -> String {
    per_model(&spans_at(layouts, index).map(|span| span.offset))
}

fn sizes(layouts: &PerModel<Layout>) -> String {
    let size = per_model(&layouts.each_ref().map(|layout| layout.size));
    let align = per_model(&layouts.each_ref().map(|layout| layout.align));
    format!("of size {size} and alignment {align}")
}
