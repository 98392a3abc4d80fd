//! Where targets lay a struct out differently: which of them agree, and what
//! they are called together.

use crate::ir::Struct;
use crate::layout::{Model, PerModel};

/// Targets that agree on something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variant<T> {
    /// What they agree on.
    pub(super) value: T,
    /// One of them.
    pub(super) model: Model,
    /// What they are called; empty where all targets agree.
    pub(super) label: String,
}

/// The different ones among the values of the models, in their order.
pub(super) fn variants<T: PartialEq>(values: PerModel<T>) -> Vec<Variant<T>> {
    let mut groups: Vec<(T, Vec<Model>)> = Vec::new();
    for (value, model) in values.into_iter().zip(Model::ALL) {
        match groups.iter_mut().find(|(known, _)| *known == value) {
            Some((_, models)) => models.push(model),
            None => groups.push((value, vec![model])),
        }
    }
    let group = |(value, models): (T, Vec<Model>)| Variant {
        value,
        model: models[0],
        label: label(&models).to_owned(),
    };
    groups.into_iter().map(group).collect()
}

/// The models that lay a struct out differently. Alignment alone does not
/// count: it shows only where the struct stands inside another.
pub(super) fn layouts(struct_: &Struct) -> Vec<Variant<(u64, &[crate::layout::Span])>> {
    variants(struct_.layouts.each_ref().map(|layout| (layout.size, layout.fields.as_slice())))
}

/// One cell for a number that may differ from target to target.
pub(super) fn cell<T: PartialEq + ToString>(numbers: &[T]) -> String {
    match numbers {
        [first, rest @ ..] if rest.iter().all(|number| number == first) => first.to_string(),
        _ => numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" / "),
    }
}

/// What some of the models are called together.
fn label(models: &[Model]) -> &'static str {
    use Model::{Ilp32, Ilp32Aligned, Lp64};
    match models {
        [Lp64] => "64-bit",
        [Ilp32] => "i386",
        [Ilp32Aligned] => "other 32-bit",
        [Ilp32, Ilp32Aligned] => "32-bit",
        [Lp64, Ilp32Aligned] => "64-bit and other 32-bit",
        [Lp64, Ilp32] => "64-bit and i386",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_agree_stand_together() {
        let labels = |values: [u64; 3]| {
            variants(values).into_iter().map(|one| (one.value, one.label)).collect::<Vec<_>>()
        };
        assert_eq!(labels([8, 8, 8]), [(8, String::new())]);
        assert_eq!(
            labels([40, 36, 40]),
            [(40, "64-bit and other 32-bit".to_owned()), (36, "i386".to_owned())]
        );
        assert_eq!(labels([24, 20, 22]).len(), 3);
    }

    #[test]
    fn a_cell_names_every_number_only_where_they_differ() {
        assert_eq!(cell(&[16, 16]), "16");
        assert_eq!(cell(&[16, 12, 16]), "16 / 12 / 16");
    }
}
