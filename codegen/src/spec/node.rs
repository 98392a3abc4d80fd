//! YAML text as a tree of values with places. Refuses features that a specification
//! does not need: aliases, tags, several documents, duplicate keys, and excessive
//! sizes.

use super::codes::{DUPLICATE_KEY, NOT_YAML, UNUSED_YAML};
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use crate::diagnostic::{Diagnostic, Diagnostics, Place};

/// The largest number of values in one file; ten times the number in all of VFIO.
const MOST_NODES: usize = 200_000;

/// How deep values may nest; specifications need less than ten.
const MOST_DEPTH: usize = 40;

/// A value and its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: NodeValue,
}

/// The kind of a value.
#[derive(Debug)]
pub(super) enum NodeValue {
    Scalar { text: String, plain: bool },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The word for the kind, for messages.
    pub(super) fn kind(&self) -> String {
        match &self.value {
            NodeValue::Scalar { text, .. } if text.is_empty() => "nothing".to_owned(),
            NodeValue::Scalar { text, .. } => format!("`{}`", excerpt(text)),
            NodeValue::List(_) => "a list".to_owned(),
            NodeValue::Map(_) => "a mapping".to_owned(),
        }
    }
}

/// The start of a text, long enough to recognise it.
fn excerpt(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(40) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line.to_owned(),
    }
}

/// Reads the one document of a file. `None` after an error that leaves no tree.
pub(super) fn parse(file: usize, text: &str, problems: &mut Diagnostics) -> Option<Node> {
    let mut tree = Tree { file, open: Vec::new(), root: None, nodes: 0, problems };
    for event in Parser::new_from_str(text) {
        let added = match event {
            Ok((event, span)) => tree.add(event, span),
            Err(error) => Err(tree.not_yaml(&error, text)),
        };
        if let Err(problem) = added {
            tree.problems.push(*problem);
            return None;
        }
    }
    if tree.root.is_none() {
        let empty = Diagnostic::error(UNUSED_YAML, "the file is empty");
        tree.problems.push(empty.at(Place::new(file, 0, 0), "expected a mapping"));
    }
    tree.root
}

/// A collection that is not complete yet.
enum Open {
    List(Place, Vec<Node>),
    Map(Place, Vec<(Node, Node)>, Option<Node>),
}

struct Tree<'a> {
    file: usize,
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    problems: &'a mut Diagnostics,
}

type Added = Result<(), Box<Diagnostic>>;

impl Tree<'_> {
    fn add(&mut self, event: Event<'_>, span: Span) -> Added {
        let place = self.place(span);
        self.refuse_extras(&event, place)?;
        match event {
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                let text = text.into_owned();
                self.put(Node { place, value: NodeValue::Scalar { text, plain } })
            }
            Event::SequenceStart(..) => self.begin(Open::List(place, Vec::new())),
            Event::MappingStart(..) => self.begin(Open::Map(place, Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            _ => Ok(()),
        }
    }

    /// Anchors, aliases, tags and a second document have no meaning in a
    /// specification, and aliases can grow without bound.
    fn refuse_extras(&mut self, event: &Event<'_>, place: Place) -> Added {
        let (anchor, tag) = match event {
            Event::Scalar(_, _, anchor, tag)
            | Event::SequenceStart(anchor, tag)
            | Event::MappingStart(anchor, tag) => (*anchor, tag.is_some()),
            _ => (0, false),
        };
        let found = match event {
            Event::Alias(_) => "an alias",
            _ if anchor != 0 => "an anchor",
            _ if tag => "a tag",
            Event::DocumentStart(_) if self.root.is_some() => "a second document",
            _ => return Ok(()),
        };
        let problem =
            Diagnostic::error(UNUSED_YAML, format!("{found} is not allowed in a specification"));
        Err(Box::new(problem.at(place, "write the value instead")))
    }

    fn begin(&mut self, open: Open) -> Added {
        if self.open.len() == MOST_DEPTH {
            let (Open::List(place, _) | Open::Map(place, ..)) = open;
            let problem = format!("values nest deeper than {MOST_DEPTH} levels");
            return Err(Box::new(Diagnostic::error(UNUSED_YAML, problem).at(place, "")));
        }
        self.open.push(open);
        Ok(())
    }

    fn end(&mut self) -> Added {
        let node = match self.open.pop() {
            Some(Open::List(place, list)) => Node { place, value: NodeValue::List(list) },
            Some(Open::Map(place, mut map, _)) => {
                refuse_bad_keys(&mut map, self.problems);
                Node { place, value: NodeValue::Map(map) }
            }
            None => return Ok(()),
        };
        self.put(node)
    }

    /// Adds a finished value to its collection.
    fn put(&mut self, node: Node) -> Added {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            let problem = format!("the file has more than {MOST_NODES} values");
            return Err(Box::new(Diagnostic::error(UNUSED_YAML, problem).at(node.place, "")));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, list)) => list.push(node),
            Some(Open::Map(_, map, key)) => match key.take() {
                Some(key) => map.push((key, node)),
                None => *key = Some(node),
            },
        }
        Ok(())
    }

    fn place(&self, span: Span) -> Place {
        Place::new(self.file, span.start.index(), span.end.index())
    }

    fn not_yaml(&self, error: &ScanError, text: &str) -> Box<Diagnostic> {
        let start = error.marker().index();
        let place = Place::new(self.file, start, start);
        let problem = Diagnostic::error(NOT_YAML, format!("not YAML: {}", error.info()));
        // Inside brackets, neither colons nor indentation matter.
        let block = ["block", "mapping values"].iter().any(|word| error.info().contains(word));
        let hint = yaml_hint(text, error.marker().line()).filter(|_| block);
        Box::new(problem.at(place, "").maybe_help(hint))
    }
}

/// The likely reason why a line, counted from 1, is not YAML.
fn yaml_hint(text: &str, line: usize) -> Option<String> {
    let lines: Vec<_> = text.lines().take(line).collect();
    let (last, before) = lines.split_last()?;
    let (_, value) = last.split_once(": ").unwrap_or((last, ""));
    let quoted = value.starts_with(['"', '\'', '{', '[', '|', '>']);
    if value.contains(": ") && !quoted {
        return Some("put a text that contains a colon and a space in quotes".to_owned());
    }
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let above = before.iter().rev().find(|line| !line.trim().is_empty())?;
    let (own, above) = (indent(last), indent(above));
    let spaces = own.abs_diff(above);
    let more = if own > above { "more" } else { "less" };
    let plural = if spaces == 1 { "" } else { "s" };
    (spaces > 0).then(|| format!("the line has {spaces} space{plural} {more} than the one above"))
}

/// Keys must be names, and no name may occur twice. Refused entries are left out,
/// so that they cause no further errors.
fn refuse_bad_keys(map: &mut Vec<(Node, Node)>, problems: &mut Diagnostics) {
    let mut seen = HashMap::with_capacity(map.len());
    let mut bad = Vec::new();
    for (index, (key, _)) in map.iter().enumerate() {
        let NodeValue::Scalar { text, .. } = &key.value else {
            let problem = Diagnostic::error(UNUSED_YAML, format!("{} cannot be a key", key.kind()));
            problems.push(problem.at(key.place, "expected a name"));
            bad.push(index);
            continue;
        };
        let first = *seen.entry(text.as_str()).or_insert(key.place);
        if first != key.place {
            let message = format!("the key `{}` is given twice", excerpt(text));
            let problem = Diagnostic::error(DUPLICATE_KEY, message).at(key.place, "again here");
            problems.push(problem.and(first, "first here"));
            bad.push(index);
        }
    }
    let mut index = 0..;
    map.retain(|_| index.next().is_some_and(|index| bad.binary_search(&index).is_err()));
}
