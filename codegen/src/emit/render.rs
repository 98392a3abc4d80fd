//! Texts of templates.

use askama::Template;

/// The text of a template.
pub(super) fn text(template: &impl Template) -> String {
    template.render().expect("writing to a string cannot fail")
}

/// The text of a file, without empty lines at its end.
pub(super) fn file(template: &impl Template) -> String {
    let mut text = text(template);
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
