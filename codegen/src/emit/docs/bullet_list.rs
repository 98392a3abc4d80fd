//! A Markdown list of finished lines; none without lines.

use askama::Template;

/// The list.
#[derive(Debug, Template)]
#[template(path = "bullet_list.md.jinja", escape = "none")]
pub(super) struct BulletList {
    first: String,
    more: Vec<String>,
}

impl BulletList {
    /// These lines, if there are any.
    pub(super) fn new(lines: impl IntoIterator<Item = String>) -> Option<Self> {
        let mut lines = lines.into_iter();
        let first = lines.next()?;
        Some(Self { first, more: lines.collect() })
    }
}
