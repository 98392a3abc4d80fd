//! Values for every data model: which models share a value, and the names of
//! the models for a reader.

use std::fmt::Display;

use super::{Model, PerModel};

/// Data models that share a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelGroup<T> {
    /// The common value.
    pub value: T,
    /// The models, in the order of [`Model::ALL`].
    pub models: Vec<Model>,
}

/// The different values, each with its models, in the order of [`Model::ALL`].
pub fn groups<T: PartialEq>(values: PerModel<T>) -> Vec<ModelGroup<T>> {
    let mut groups: Vec<ModelGroup<T>> = Vec::new();
    for (value, model) in values.into_iter().zip(Model::ALL) {
        match groups.iter_mut().find(|group| group.value == value) {
            Some(group) => group.models.push(model),
            None => groups.push(ModelGroup { value, models: vec![model] }),
        }
    }
    groups
}

/// Whether all data models share the value.
pub fn all_equal<T: PartialEq>(values: &PerModel<T>) -> bool {
    values.iter().all(|value| *value == values[0])
}

/// The name of a set of data models, as a heading or an adjective; empty for all models.
pub fn label(models: &[Model]) -> &'static str {
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

/// The words that limit a sentence to the targets of a model: none for those of 64 bits.
pub fn only_on(model: Model) -> &'static str {
    match model {
        Model::Lp64 => "",
        Model::Ilp32 => " on i386",
        Model::Ilp32Aligned => " on 32-bit targets other than i386",
    }
}

/// `8`, or `40 (64-bit and other 32-bit), 36 (i386)`.
pub fn per_model<T: Display + PartialEq>(values: &PerModel<T>) -> String {
    let groups = groups(values.each_ref());
    if let [group] = &groups[..] {
        return group.value.to_string();
    }
    let texts = groups.iter().map(|group| format!("{} ({})", group.value, label(&group.models)));
    texts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_agree_are_grouped() {
        let labels = |values: [u64; 3]| {
            let groups = groups(values).into_iter();
            groups.map(|group| (group.value, label(&group.models))).collect::<Vec<_>>()
        };
        assert_eq!(labels([8, 8, 8]), [(8, "")]);
        assert_eq!(labels([40, 36, 40]), [(40, "64-bit and other 32-bit"), (36, "i386")]);
        assert_eq!(labels([24, 20, 22]), [(24, "64-bit"), (20, "i386"), (22, "other 32-bit")]);
        assert_eq!(labels([24, 20, 20]), [(24, "64-bit"), (20, "32-bit")]);
        assert_eq!(labels([8, 8, 4]), [(8, "64-bit and i386"), (4, "other 32-bit")]);
    }

    #[test]
    fn every_set_of_models_has_a_label_of_its_own() {
        use Model::{Ilp32, Ilp32Aligned, Lp64};
        let sets: [(&[Model], &str); 8] = [
            (&[], ""),
            (&[Lp64], "64-bit"),
            (&[Ilp32], "i386"),
            (&[Ilp32Aligned], "other 32-bit"),
            (&[Lp64, Ilp32], "64-bit and i386"),
            (&[Lp64, Ilp32Aligned], "64-bit and other 32-bit"),
            (&[Ilp32, Ilp32Aligned], "32-bit"),
            (&Model::ALL, ""),
        ];
        for (models, expected) in sets {
            assert_eq!(label(models), expected, "{models:?}");
        }
        let only = ["", " on i386", " on 32-bit targets other than i386"];
        assert_eq!(Model::ALL.map(only_on), only);
    }

    #[test]
    fn values_are_equal_if_no_model_has_another() {
        assert!(all_equal(&[1, 1, 1]));
        for values in [[2, 1, 1], [1, 2, 1], [1, 1, 2]] {
            assert!(!all_equal(&values), "{values:?}");
        }
    }

    #[test]
    fn labels_are_given_only_where_values_differ() {
        assert_eq!(per_model(&[8, 8, 8]), "8");
        assert_eq!(per_model(&[40, 36, 40]), "40 (64-bit and other 32-bit), 36 (i386)");
        assert_eq!(per_model(&[24, 20, 20]), "24 (64-bit), 20 (32-bit)");
    }
}
