//! Layouts: every struct has a layout in every release, and the same one in Rust as in C.

use super::cap_headers::header_struct;
use crate::layout::too_large;
use crate::release::Release;
use crate::spec::history::{HistorySpec, Validity};
use crate::spec::types::{Base, Shape, TypeExpr};
use crate::spec::wrappers::Placed;
use crate::validate::Check;
use crate::validate::model::declarations::{DeclaredMember, StructDeclaration, type_at};
use crate::validate::model::intervals::{first, shown, split_at_changes};
use crate::validate::model::type_layout::{Fault, TypeForm, fault, refusal, whole};

/// The largest number of fields in a struct; fifty times the largest one in VFIO.
const MOST_FIELDS: usize = 1000;

pub(super) fn check(check: &mut Check<'_>) {
    // A missing struct has no layout.
    if check.incomplete {
        return;
    }
    let index = check.index;
    let mut layouts = Layouts { check, forms: Vec::new() };
    for struct_ in &index.structs {
        let forms = layouts.forms(struct_).unwrap_or_else(|problem| {
            layouts.check.problems.extend(problem.map(|problem| *problem));
            Forms::new()
        });
        layouts.forms.push(forms);
    }
}

/// The properties of a struct, from a release on.
type Forms = Vec<(Release, TypeForm)>;

struct Layouts<'a, 'b> {
    check: &'a mut Check<'b>,
    /// The properties of each struct so far; empty after an error.
    forms: Vec<Forms>,
}

impl<'b> Layouts<'_, 'b> {
    fn forms(&self, struct_: &StructDeclaration<'b>) -> Result<Forms, Fault> {
        if struct_.members().count() > MOST_FIELDS {
            return fault(refusal(struct_.name, &format!("has more than {MOST_FIELDS} fields")));
        }
        let times = match self.check.only {
            Some(only) => vec![only],
            None => self.times(struct_),
        };
        let times = times.into_iter().filter(|release| struct_.validity.covers(*release));
        times.map(|release| Ok((release, self.form(struct_, release)?))).collect()
    }

    /// The releases with which something about the struct changes.
    fn times(&self, struct_: &StructDeclaration<'b>) -> Vec<Release> {
        let mut times = vec![first(struct_.validity)];
        if let Some(header) = header_struct(self.check, struct_) {
            times.extend(self.earlier(header).flatten().map(|(release, _)| *release));
        }
        for member in struct_.members() {
            changes(member.validity, &member.field.before, &mut times);
            for (_, expr) in member.types() {
                self.inner_times(expr, &mut times);
            }
        }
        times.sort_unstable();
        times.dedup();
        times
    }

    /// The releases in which the target of a type changes.
    fn inner_times(&self, expr: &TypeExpr, times: &mut Vec<Release>) {
        if let Base::Struct(name) = &expr.base {
            times.extend(self.earlier(name).flatten().map(|(release, _)| *release));
        }
        let Shape::Named(name) = &expr.shape else { return };
        for stretch in self.check.index.numbers_of(name) {
            times.push(first(stretch.validity));
            times.extend(stretch.validity.until.map(Release::opening));
        }
    }

    /// The properties of the structs of a name that are declared before this one.
    fn earlier(&self, name: &str) -> impl Iterator<Item = &Forms> {
        let index = self.check.index;
        index.structs_at(name).filter_map(|at| self.forms.get(at))
    }

    /// The properties of a struct in a release.
    fn form(&self, struct_: &StructDeclaration<'b>, release: Release) -> Result<TypeForm, Fault> {
        let mut parts = Vec::new();
        if let Some(capability) = struct_.capability {
            let header = header_struct(self.check, struct_).ok_or(None)?;
            parts.push((&capability.item.capability, self.struct_form(header, release)?));
        }
        for field in struct_.fields() {
            if field.validity.covers(release) {
                parts.push((field.name, self.field(&field, release)?));
                continue;
            }
            for arm in field.arms().filter(|arm| arm.validity.covers(release)) {
                parts.push((arm.name, self.field(&arm, release)?));
            }
        }
        whole(struct_, &parts, release)
    }

    fn field(&self, field: &DeclaredMember<'b>, release: Release) -> Result<TypeForm, Fault> {
        if let Some(expr) = type_at(field.field, release) {
            return self.type_form(field.name, expr, release);
        }
        if field.field.union.is_empty() {
            return Err(None);
        }
        let arms = field.arms().filter(|arm| arm.validity.covers(release));
        let arms = arms.map(|arm| {
            let expr = type_at(arm.field, release).ok_or(None)?;
            self.type_form(arm.name, expr, release)
        });
        let arms: Vec<_> = arms.collect::<Result<_, Fault>>()?;
        if arms.is_empty() {
            return fault(refusal(field.name, &format!("has no members in {}", shown(release))));
        }
        Ok(TypeForm::union(&arms))
    }

    fn struct_form(&self, name: &str, release: Release) -> Result<TypeForm, Fault> {
        let index = self.check.index;
        let alive = |at: &usize| index.structs[*at].validity.covers(release);
        let forms = index.structs_at(name).find(alive).and_then(|at| self.forms.get(at));
        let forms = forms.ok_or(None)?;
        let next = forms.partition_point(|(from, _)| *from <= release);
        let (_, form) = next.checked_sub(1).and_then(|at| forms.get(at)).ok_or(None)?;
        Ok(*form)
    }

    fn type_form(
        &self,
        name: &Placed<String>,
        expr: &TypeExpr,
        release: Release,
    ) -> Result<TypeForm, Fault> {
        let element = match &expr.base {
            Base::Int(int) => TypeForm::int(*int),
            Base::Struct(struct_) => self.struct_form(struct_, release)?,
        };
        let count = match &expr.shape {
            Shape::Pointer => return Ok(TypeForm::pointer()),
            Shape::One => 1,
            Shape::Fixed(length) => i128::from(*length),
            Shape::Named(name) => {
                let mut numbers = self.check.index.numbers_of(name);
                let number = numbers.find(|stretch| stretch.validity.covers(release));
                number.ok_or(None)?.number
            }
            Shape::Flexible(_) => 0,
        };
        let flexible = matches!(expr.shape, Shape::Flexible(_));
        if element.flexible {
            return fault(refusal(name, "contains a struct that ends in a flexible array"));
        }
        if count < 1 && !flexible {
            return fault(refusal(name, &format!("has no elements in {}", shown(release))));
        }
        let array = u64::try_from(count).ok().and_then(|count| element.times(count));
        match array {
            Some(array) => Ok(TypeForm { flexible, ..array }),
            None => fault(refusal(name, &too_large())),
        }
    }
}

/// Adds the releases in which a validity begins, changes or ends.
fn changes(validity: Validity, before: &HistorySpec, times: &mut Vec<Release>) {
    times.extend(split_at_changes(validity, before).map(first));
    times.extend(validity.until.map(Release::opening));
}
