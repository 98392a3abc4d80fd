//! The different layouts of a struct among the data models.

use crate::ir::Struct;
use crate::layout::{ModelGroup, Span, groups};

/// The size and the fields' spans of a struct, with the data models that have them.
/// A different alignment alone does not count: it only affects structs that contain
/// this one.
pub(super) fn layouts(struct_: &Struct) -> Vec<ModelGroup<(u64, &[Span])>> {
    groups(struct_.layouts.each_ref().map(|layout| (layout.size, layout.fields.as_slice())))
}

/// One cell for a number that may differ between data models.
pub(super) fn cell<T: PartialEq + ToString>(numbers: &[T]) -> String {
    match numbers {
        [first, rest @ ..] if rest.iter().all(|number| number == first) => first.to_string(),
        _ => numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" / "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_names_every_number_only_where_they_differ() {
        assert_eq!(cell(&[16, 16]), "16");
        assert_eq!(cell(&[16, 12, 16]), "16 / 12 / 16");
    }
}
