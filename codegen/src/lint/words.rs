//! Words that several rules use.

use std::fmt::Display;

use crate::layout::{Model, PerModel};

/// The machine that stands for a model in what a person reads.
fn machine(model: Model) -> &'static str {
    match model {
        Model::Lp64 => "x86-64",
        Model::Ilp32 => "i386",
        Model::Ilp32Aligned => "arm",
    }
}

/// `40 on every target`, or `40 on x86-64 and arm, 36 on i386`.
pub(super) fn per_model<T: Display + PartialEq>(values: &PerModel<T>) -> String {
    let mut groups = Vec::<(&T, Vec<&str>)>::new();
    for (value, model) in values.iter().zip(Model::ALL) {
        match groups.iter_mut().find(|(known, _)| *known == value) {
            Some((_, machines)) => machines.push(machine(model)),
            None => groups.push((value, vec![machine(model)])),
        }
    }
    if let [(value, _)] = &groups[..] {
        return format!("{value} on every target");
    }
    let words =
        groups.iter().map(|(value, machines)| format!("{value} on {}", machines.join(" and ")));
    words.collect::<Vec<_>>().join(", ")
}

/// Whether a value is the same on every model.
pub(super) fn same<T: PartialEq>(values: &PerModel<T>) -> bool {
    values.iter().all(|value| *value == values[0])
}

/// Names in backticks with commas between.
pub(super) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names = names.into_iter().map(|name| format!("`{name}`"));
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_grouped_by_value() {
        assert_eq!(per_model(&[8, 8, 8]), "8 on every target");
        assert_eq!(per_model(&[40, 36, 40]), "40 on x86-64 and arm, 36 on i386");
        assert_eq!(per_model(&[24, 20, 20]), "24 on x86-64, 20 on i386 and arm");
    }
}
