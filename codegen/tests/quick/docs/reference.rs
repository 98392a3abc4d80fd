//! The reference as a forge shows it: pages with their anchors, links, tables and
//! plain text, by an independent parser of Markdown.

use std::collections::BTreeMap;

use capchain::output::OutputFile;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A page as Markdown shows it.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The anchors that the forge derives from headings, and those of rows.
    pub anchors: Vec<String>,
    /// The targets of links and pictures.
    pub links: Vec<String>,
    /// HTML other than anchors of rows.
    pub html: Vec<String>,
    /// The headings with their levels.
    pub headings: Vec<(HeadingLevel, String)>,
    /// The visible text of each paragraph outside tables.
    pub paragraphs: Vec<String>,
    /// All visible text.
    pub text: String,
}

/// All files of a reference, by path below its folder.
pub(crate) struct Reference {
    pub pages: BTreeMap<String, Page>,
    pub files: BTreeMap<String, String>,
}

impl Reference {
    /// Reads every page.
    pub(crate) fn read(outputs: Vec<OutputFile>) -> Self {
        let below = |path: &str| path.splitn(4, '/').nth(3).map(str::to_owned);
        let files: BTreeMap<String, String> = outputs
            .into_iter()
            .map(|file| (below(&file.path).expect("a file of the reference"), file.contents))
            .collect();
        let pages = files.iter().filter(|(path, _)| path.ends_with(".md"));
        let pages = pages.map(|(path, text)| (path.clone(), Page::read(text))).collect();
        Self { pages, files }
    }

    /// The pictures.
    pub(crate) fn pictures(&self) -> impl Iterator<Item = (&String, &String)> {
        self.files.iter().filter(|(path, _)| path.ends_with(".svg"))
    }

    /// The links without a target.
    pub(crate) fn dead_links(&self) -> Vec<String> {
        let mut dead = Vec::new();
        for (from, page) in &self.pages {
            for link in &page.links {
                let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
                let path = if path.is_empty() { from.clone() } else { resolve(from, path) };
                let there = self.files.contains_key(&path);
                let anchors = self.pages.get(&path).map(|page| page.anchors.as_slice());
                let found = anchor.is_empty()
                    || anchors.is_some_and(|known| known.iter().any(|one| one == anchor));
                if !(there && found) {
                    dead.push(format!("{from}: {link}"));
                }
            }
        }
        dead
    }
}

/// The path of the target of a link on the page `from`.
fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl Page {
    fn read(text: &str) -> Self {
        let mut page = Self::default();
        let (mut heading, mut start) = (None, 0);
        for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(level)) => {
                    let title = heading.take().expect("a heading that began");
                    page.anchors.push(slug(&title));
                    page.headings.push((level, title));
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Html(html) | Event::InlineHtml(html) => page.html(&html),
                Event::Text(text) | Event::Code(text) => {
                    page.text += &text;
                    if let Some(heading) = &mut heading {
                        *heading += &text;
                    }
                }
                Event::Start(Tag::Paragraph) => start = page.text.len(),
                Event::End(TagEnd::Paragraph) => {
                    page.paragraphs.push(page.text[start..].to_owned());
                    page.text.push(' ');
                }
                Event::SoftBreak
                | Event::HardBreak
                | Event::End(TagEnd::Item | TagEnd::TableCell) => {
                    page.text.push(' ');
                }
                _ => {}
            }
        }
        page
    }

    fn html(&mut self, html: &str) {
        let anchor = html.strip_prefix("<a id=\"").and_then(|rest| rest.strip_suffix("\">"));
        let is_name = |name: &&str| {
            name.chars().all(|one| one.is_ascii_alphanumeric() || "_.-/".contains(one))
        };
        match anchor.filter(is_name) {
            Some(name) => self.anchors.push(name.to_owned()),
            None if html == "</a>" => {}
            None => self.html.push(html.to_owned()),
        }
    }
}

/// The anchor that GitHub gives to a heading.
fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|one| one.is_alphanumeric() || "-_ ".contains(*one));
    kept.map(|one| if one == ' ' { '-' } else { one }).collect()
}

/// The cells of a line of a table, as GitHub splits it.
pub(crate) fn cells(line: &str) -> usize {
    let mut bars = 0;
    let mut escaped = false;
    for character in line.trim().chars() {
        match character {
            '\\' => escaped = !escaped,
            '|' if !escaped => bars += 1,
            _ => escaped = false,
        }
        if character == '|' {
            escaped = false;
        }
    }
    bars - 1
}

/// The rows of each table of a page, its head first.
pub(crate) fn tables(text: &str) -> Vec<Vec<&str>> {
    let mut tables = Vec::new();
    let mut rows = Vec::new();
    let mut fence = None;
    for line in text.lines().chain([""]) {
        let ticks = line.len() - line.trim_start_matches('`').len();
        fence = match fence {
            Some(open) if line.len() == ticks && ticks == open => None,
            None if ticks > 2 => Some(ticks),
            same => same,
        };
        if fence.is_some() {
            continue;
        }
        if line.starts_with('|') {
            rows.push(line);
        } else if !rows.is_empty() {
            tables.push(std::mem::take(&mut rows));
        }
    }
    tables
}
