//! Layouts of types inside a struct, and the types that cannot be laid out.

use super::declarations::StructDeclaration;
use super::intervals::shown;
use crate::diagnostic::Diagnostic;
use crate::layout::{Extent, Int, Layout, Model, PerModel, label, too_large};
use crate::release::Release;
use crate::spec::wrappers::Placed;
use crate::validate::codes::{BAD_LAYOUT, RUST_TYPE};

/// An error; `None` if it is reported elsewhere.
pub(crate) type Fault = Option<Box<Diagnostic>>;

/// The properties of the type of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypeForm {
    /// Its extent in C.
    pub(crate) extents: PerModel<Extent>,
    /// Its extent on i386 in Rust, which aligns an `aligned_u64` like any u64.
    pub(crate) in_rust: Extent,
    /// Whether it is a flexible array, or ends in one.
    pub(crate) flexible: bool,
    /// Whether it contains an `aligned_u64`.
    pub(crate) aligned: bool,
    /// Whether it is an `aligned_u64` or an array of it, which keeps its alignment in a packed
    /// struct, unlike a struct that contains one.
    pub(crate) keeps_alignment: bool,
}

impl TypeForm {
    /// An integer.
    pub(crate) fn int(int: Int) -> Self {
        let natural = if int == Int::AlignedU64 { Int::U64 } else { int };
        Self {
            extents: Model::ALL.map(|model| model.int(int)),
            in_rust: Model::Ilp32.int(natural),
            flexible: false,
            aligned: int == Int::AlignedU64,
            keeps_alignment: int == Int::AlignedU64,
        }
    }

    /// A pointer.
    pub(crate) fn pointer() -> Self {
        Self {
            extents: Model::ALL.map(Model::pointer),
            in_rust: Model::Ilp32.pointer(),
            flexible: false,
            aligned: false,
            keeps_alignment: false,
        }
    }

    /// A union of these.
    pub(crate) fn union(arms: &[Self]) -> Self {
        let models = Model::ALL.map(Model::index);
        Self {
            extents: models.map(|model| Extent::union(arms.iter().map(|arm| arm.extents[model]))),
            in_rust: Extent::union(arms.iter().map(|arm| arm.in_rust)),
            flexible: false,
            aligned: arms.iter().any(|arm| arm.aligned),
            keeps_alignment: false,
        }
    }

    /// An array of such elements; `None` if it is too large.
    pub(crate) fn times(self, count: u64) -> Option<Self> {
        let [lp64, ilp32, ilp32_aligned] = self.extents.map(|extent| extent.times(count));
        Some(Self {
            extents: [lp64?, ilp32?, ilp32_aligned?],
            in_rust: self.in_rust.times(count)?,
            ..self
        })
    }
}

/// The layout of a struct in a release, from the layouts of its parts.
pub(crate) fn whole(
    struct_: &StructDeclaration<'_>,
    parts: &[(&Placed<String>, TypeForm)],
    release: Release,
) -> Result<TypeForm, Fault> {
    if parts.iter().all(|(_, form)| form.flexible) {
        let what = if parts.is_empty() { "no fields" } else { "only a flexible array" };
        return fault(refusal(struct_.name, &format!("has {what} in {}", shown(release))));
    }
    if let Some(at) = parts.iter().position(|(_, form)| form.flexible) {
        if let Some((next, _)) = parts.get(at + 1) {
            let problem = refusal(parts[at].0, "is a flexible array and not the last field");
            return fault(problem.and(next.place, "this follows it"));
        }
    }
    let aligned = parts.iter().find(|(_, form)| form.aligned);
    if let (true, Some((name, form))) = (struct_.packed, aligned) {
        if form.keeps_alignment {
            let problem = refusal(name, "is aligned, and its struct is packed");
            return fault(problem.help("a plain u64 has the same offset"));
        }
        let message =
            format!("`{}` contains an `aligned_u64`, and its struct is packed", name.value);
        let problem = Diagnostic::error(RUST_TYPE, message).at(name.place, "");
        return fault(problem.help("Rust packs no struct that contains an aligned one"));
    }
    let lay = |extent: &dyn Fn(&TypeForm) -> Extent| {
        let extents: Vec<_> = parts.iter().map(|(_, form)| extent(form)).collect();
        Layout::of(&extents, struct_.packed)
    };
    let [Some(lp64), Some(ilp32), Some(ilp32_aligned)] =
        Model::ALL.map(|model| lay(&|form| form.extents[model.index()]))
    else {
        return fault(refusal(struct_.name, &too_large()));
    };
    if let Some(in_rust) = lay(&|form| form.in_rust) {
        let mut spans = in_rust.fields.iter().zip(&ilp32.fields).zip(parts);
        if let Some((_, (name, _))) = spans.find(|((rust, c), _)| rust.offset != c.offset) {
            let problem = refusal(name, "is aligned to 8 bytes after a hole");
            let help = format!(
                "declare the padding as a reserved field: Rust on {} inserts none",
                label(&[Model::Ilp32])
            );
            return fault(problem.help(help));
        }
    }
    let extents = [lp64.extent(), ilp32.extent(), ilp32_aligned.extent()];
    Ok(TypeForm {
        extents,
        in_rust: extents[Model::Ilp32.index()],
        flexible: parts.iter().any(|(_, form)| form.flexible),
        aligned: aligned.is_some(),
        keeps_alignment: false,
    })
}

/// An error about a struct or a field.
pub(crate) fn refusal(name: &Placed<String>, what: &str) -> Diagnostic {
    let message = format!("`{}` {what}", name.value);
    Diagnostic::error(BAD_LAYOUT, message).at(name.place, "")
}

/// The error that ends the work on a struct.
pub(crate) fn fault<T>(problem: Diagnostic) -> Result<T, Fault> {
    Err(Some(Box::new(problem)))
}
