//! The index of headings and of the text below them, for the search in prose.

use serde_json::{Value, json};

use super::{SourcePage, script};
use crate::output::OutputFile;

/// One part of a page: its heading and the text up to the next heading.
struct PagePart {
    heading: String,
    anchor: String,
    text: String,
}

/// The data of the search in pages that people write.
pub(super) fn data(pages: &[SourcePage]) -> OutputFile {
    let written = pages.iter().filter(|page| !page.path.starts_with("docs/reference/"));
    let rows = written.flat_map(|page| {
        let parts = parts(&page.text);
        let title = parts.first().map(|part| part.heading.clone()).unwrap_or_default();
        let path = page.path.replacen(".md", ".html", 1);
        let row = move |part: PagePart| {
            json!([title, part.heading, part.text, format!("{path}#{}", part.anchor)])
        };
        parts.into_iter().map(row).collect::<Vec<_>>()
    });
    script("prose.js", "setProse", &Value::from(rows.collect::<Vec<_>>()))
}

/// The parts of a page, without the marks of Markdown.
fn parts(text: &str) -> Vec<PagePart> {
    let mut parts = Vec::<PagePart>::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        let heading = line.trim_start_matches('#');
        if !fenced && heading.len() < line.len() && heading.starts_with(' ') {
            let heading = plain(heading.trim());
            let mut anchor = anchor(&heading);
            let same = parts.iter().filter(|part| part.heading == heading).count();
            if same > 0 {
                anchor += &format!("-{same}");
            }
            parts.push(PagePart { heading, anchor, text: String::new() });
        } else if let Some(part) = parts.last_mut() {
            let line = line.trim_matches(['`', ' ', '|', '-', '>', '*']);
            if !line.is_empty() && !line.starts_with("[//]") {
                part.text = [part.text.as_str(), " ", &plain(line)].concat();
            }
        }
    }
    parts
}

/// Text without backticks and without the targets of links.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for (index, part) in text.split("](").enumerate() {
        let part =
            if index == 0 { part } else { part.split_once(')').map_or(part, |(_, rest)| rest) };
        plain += part;
    }
    plain.replace(['`', '['], "").replace("**", "")
}

/// The anchor of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|one| one.is_alphanumeric() || "-_ ".contains(*one));
    kept.map(|one| if one == ' ' { '-' } else { one }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_plain_text_and_their_anchors() {
        let parts = parts("# One `x`\n\nSee [y](z.md).\n\n```c\n# no heading\n```\n## Two\n\nb\n");
        let shown: Vec<_> = parts.iter().map(|part| (&*part.anchor, part.text.trim())).collect();
        assert_eq!(shown, [("one-x", "See y. c # no heading"), ("two", "b")]);
    }
}
