//! Programs with marks such as `@NAME@`, which are replaced.

/// A text with values in place of its marks, which are replaced in this order.
pub(crate) fn filled(text: &str, values: &[(&str, &str)]) -> String {
    let replace = |text: String, (mark, value): &(&str, &str)| {
        let mark = ["@", mark, "@"].concat();
        assert!(text.contains(&mark), "no {mark} in {text}");
        text.replace(&mark, value)
    };
    values.iter().fold(text.to_owned(), replace)
}
