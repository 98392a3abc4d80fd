//! Layouts: every struct can be laid out in every release that has it, and
//! Rust lays it out as C does.

use super::Check;
use super::eras::{eras, first};
use super::headers::header_struct;
use super::parts::{Member, Struct, type_at};
use crate::diagnostic::{Code, Diagnostic};
use crate::layout::{Extent, Int, Layout, Model, PerModel};
use crate::release::Release;
use crate::spec::history::{History, Life};
use crate::spec::text::Placed;
use crate::spec::types::{Base, Shape, TypeExpr};

pub(super) const V016: Code = Code("V016"); // an impossible layout

/// The most fields a struct may have; VFIO has a fiftieth of it.
const MOST_FIELDS: usize = 1000;

/// The largest struct that every target can hold.
const MOST_BYTES: u64 = i32::MAX as u64;

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    let mut layouts = Layouts { check, forms: Vec::new() };
    for struct_ in &index.structs {
        let forms = layouts.forms(struct_).unwrap_or_else(|problem| {
            layouts.check.problems.extend(problem);
            Forms::new()
        });
        layouts.forms.push(forms);
    }
}

/// What a type is like where it stands in a struct.
#[derive(Clone, Copy, Debug)]
struct Form {
    extents: PerModel<Extent>,
    /// On i386, where Rust aligns an `aligned_u64` like any u64.
    in_rust: Extent,
    /// Whether it is a flexible array, or ends in one.
    flexible: bool,
    /// Whether an `aligned_u64` is in it.
    aligned: bool,
}

/// What a struct is like, from a release on.
type Forms = Vec<(Release, Form)>;

/// An error, or none where it is reported elsewhere.
type Fault = Option<Diagnostic>;

struct Layouts<'a, 'b> {
    check: &'a mut Check<'b>,
    /// Of each struct so far; empty after an error.
    forms: Vec<Forms>,
}

impl<'b> Layouts<'_, 'b> {
    fn forms(&self, struct_: &Struct<'b>) -> Result<Forms, Fault> {
        if struct_.members().count() > MOST_FIELDS {
            return Err(refusal(struct_.name, &format!("has more than {MOST_FIELDS} fields")));
        }
        let times = self.times(struct_).into_iter();
        times.map(|release| Ok((release, self.form(struct_, release)?))).collect()
    }

    /// The releases with which something about the struct changes.
    fn times(&self, struct_: &Struct<'b>) -> Vec<Release> {
        let mut times = vec![first(struct_.life)];
        if let Some(header) = header_struct(self.check, struct_) {
            times.extend(self.earlier(header).flatten().map(|(release, _)| *release));
        }
        for member in struct_.members() {
            changes(member.life, &member.field.before, &mut times);
            for (_, expr) in member.types() {
                self.inner_times(expr, &mut times);
            }
        }
        times.retain(|release| struct_.life.covers(*release));
        times.sort_unstable();
        times.dedup();
        times
    }

    /// The releases with which what a type names changes.
    fn inner_times(&self, expr: &TypeExpr, times: &mut Vec<Release>) {
        if let Base::Struct(name) = &expr.base {
            times.extend(self.earlier(name).flatten().map(|(release, _)| *release));
        }
        let Shape::Named(name) = &expr.shape else { return };
        for stretch in self.check.index.numbers_of(name) {
            times.push(first(stretch.life));
            times.extend(stretch.life.until.map(Release::opening));
        }
    }

    /// The forms of the structs of a name that stand before this one.
    fn earlier(&self, name: &str) -> impl Iterator<Item = &Forms> {
        let index = self.check.index;
        index.structs_at(name).filter_map(|at| self.forms.get(at))
    }

    /// What a struct is like in a release.
    fn form(&self, struct_: &Struct<'b>, release: Release) -> Result<Form, Fault> {
        let mut parts = Vec::new();
        if let Some(capability) = struct_.capability {
            let header = header_struct(self.check, struct_).ok_or(None)?;
            parts.push((&capability.item.capability, self.struct_form(header, release)?));
        }
        for field in struct_.fields() {
            if field.life.covers(release) {
                parts.push((field.name, self.field(&field, release)?));
                continue;
            }
            for arm in field.arms().filter(|arm| arm.life.covers(release)) {
                parts.push((arm.name, self.field(&arm, release)?));
            }
        }
        whole(struct_, &parts, release)
    }

    fn field(&self, field: &Member<'b>, release: Release) -> Result<Form, Fault> {
        if let Some(expr) = type_at(field.field, release) {
            return self.type_form(field.name, expr, release);
        }
        let arms = field.arms().filter(|arm| arm.life.covers(release));
        let arms = arms.map(|arm| {
            let expr = type_at(arm.field, release).ok_or(None)?;
            self.type_form(arm.name, expr, release)
        });
        let arms: Vec<_> = arms.collect::<Result<_, Fault>>()?;
        if arms.is_empty() {
            return Err(refusal(field.name, &format!("has no members in {release}")));
        }
        let models = Model::ALL.map(Model::index);
        Ok(Form {
            extents: models.map(|model| Extent::union(arms.iter().map(|arm| arm.extents[model]))),
            in_rust: Extent::union(arms.iter().map(|arm| arm.in_rust)),
            flexible: false,
            aligned: arms.iter().any(|arm| arm.aligned),
        })
    }

    fn struct_form(&self, name: &str, release: Release) -> Result<Form, Fault> {
        let index = self.check.index;
        let alive = |at: &usize| index.structs[*at].life.covers(release);
        let forms = index.structs_at(name).find(alive).and_then(|at| self.forms.get(at));
        let forms = forms.ok_or(None)?;
        let behind = forms.partition_point(|(from, _)| *from <= release);
        let (_, form) = behind.checked_sub(1).and_then(|at| forms.get(at)).ok_or(None)?;
        Ok(*form)
    }

    fn type_form(
        &self,
        name: &Placed<String>,
        expr: &TypeExpr,
        release: Release,
    ) -> Result<Form, Fault> {
        let element = match &expr.base {
            Base::Int(int) => int_form(*int),
            Base::Struct(struct_) => self.struct_form(struct_, release)?,
        };
        let count = match &expr.shape {
            Shape::Pointer => return Ok(pointer_form()),
            Shape::One => 1,
            Shape::Fixed(length) => i128::from(*length),
            Shape::Named(name) => {
                let mut numbers = self.check.index.numbers_of(name);
                let number = numbers.find(|stretch| stretch.life.covers(release));
                number.ok_or(None)?.number
            }
            Shape::Flexible(_) => 0,
        };
        let flexible = matches!(expr.shape, Shape::Flexible(_));
        if element.flexible {
            return Err(refusal(name, "holds a struct that ends in a flexible array"));
        }
        if count < 1 && !flexible {
            return Err(refusal(name, &format!("has no elements in {release}")));
        }
        let all = |extent: Extent| extent.times(u64::try_from(count).ok()?);
        let too_large = || refusal(name, "is larger than any target can hold");
        let [Some(lp64), Some(ilp32), Some(ilp32_aligned)] = element.extents.map(all) else {
            return Err(too_large());
        };
        let in_rust = all(element.in_rust).ok_or_else(too_large)?;
        Ok(Form { extents: [lp64, ilp32, ilp32_aligned], in_rust, flexible, ..element })
    }
}

/// Adds the releases in which a life begins, changes or ends.
fn changes(life: Life, before: &History, times: &mut Vec<Release>) {
    times.extend(eras(life, before).map(first));
    times.extend(life.until.map(Release::opening));
}

fn int_form(int: Int) -> Form {
    let natural = if int == Int::AlignedU64 { Int::U64 } else { int };
    Form {
        extents: Model::ALL.map(|model| model.int(int)),
        in_rust: Model::Ilp32.int(natural),
        flexible: false,
        aligned: int == Int::AlignedU64,
    }
}

fn pointer_form() -> Form {
    Form {
        extents: Model::ALL.map(Model::pointer),
        in_rust: Model::Ilp32.pointer(),
        flexible: false,
        aligned: false,
    }
}

/// A struct made of parts.
fn whole(
    struct_: &Struct<'_>,
    parts: &[(&Placed<String>, Form)],
    release: Release,
) -> Result<Form, Fault> {
    if parts.iter().all(|(_, form)| form.flexible) {
        let message = format!("has no field in {release} but a flexible array at most");
        return Err(refusal(struct_.name, &message));
    }
    if let Some(at) = parts.iter().position(|(_, form)| form.flexible) {
        if let Some((next, _)) = parts.get(at + 1) {
            let problem = refusal(parts[at].0, "is a flexible array and not the last field");
            return Err(problem.map(|problem| problem.and(next.place, "this follows it")));
        }
    }
    let aligned = parts.iter().find(|(_, form)| form.aligned);
    if let (true, Some((name, _))) = (struct_.packed, aligned) {
        let problem = refusal(name, "is aligned, and its struct is packed");
        return Err(problem.map(|problem| problem.help("a plain u64 lies at the same place")));
    }
    let lay = |extents: Vec<Extent>| {
        let layout = Layout::of(&extents, struct_.packed);
        layout.filter(|layout| layout.size <= MOST_BYTES)
    };
    let model =
        |model: Model| lay(parts.iter().map(|(_, form)| form.extents[model.index()]).collect());
    let [Some(lp64), Some(ilp32), Some(ilp32_aligned)] = Model::ALL.map(model) else {
        return Err(refusal(struct_.name, "is larger than any target can hold"));
    };
    if let Some(in_rust) = lay(parts.iter().map(|(_, form)| form.in_rust).collect()) {
        let mut spans = in_rust.fields.iter().zip(&ilp32.fields).zip(parts);
        if let Some((_, (name, _))) = spans.find(|((rust, c), _)| rust.offset != c.offset) {
            let problem = refusal(name, "is aligned to 8 bytes behind a hole that has no name");
            let help =
                "a reserved field in front of it names the padding; Rust on i386 leaves none";
            return Err(problem.map(|problem| problem.help(help)));
        }
    }
    let extents = [lp64.extent(), ilp32.extent(), ilp32_aligned.extent()];
    Ok(Form {
        extents,
        in_rust: extents[Model::Ilp32.index()],
        flexible: parts.iter().any(|(_, form)| form.flexible),
        aligned: aligned.is_some(),
    })
}

fn refusal(name: &Placed<String>, what: &str) -> Fault {
    let message = format!("`{}` {what}", name.value);
    Some(Diagnostic::error(V016, message).at(name.place, ""))
}
