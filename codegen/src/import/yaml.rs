//! Writes YAML in the style of a specification: the short form where it is
//! possible, a mapping on one line where it fits, and otherwise a mapping over
//! several lines.

use crate::names::DRAFT;

/// The longest line.
const WIDTH: usize = 100;
/// The longest line of running text.
const TEXT: usize = 80;

/// Lines of one level of a mapping.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub(super) lines: Vec<String>,
}

impl Block {
    /// `key: value`, the value as it is.
    pub(super) fn put(&mut self, key: &str, value: &str) -> &mut Self {
        self.lines.push([key, ": ", value].concat());
        self
    }

    /// Marks the last line as a guess, on the line before it if there is no room.
    pub(super) fn mark(&mut self, guess: &str) {
        self.mark_within(guess, WIDTH - 10);
    }

    fn mark_within(&mut self, guess: &str, width: usize) {
        if guess.is_empty() {
            return;
        }
        let mark = ["# guess: ", guess].concat();
        let Some(last) = self.lines.pop() else { return };
        if self.lines.is_empty() || last.chars().count() + 1 + mark.chars().count() <= width {
            return self.lines.push([&last, " ", &mark].concat());
        }
        let margin = last.len() - last.trim_start().len();
        self.lines.push([&last[..margin], &mark].concat());
        self.lines.push(last);
    }

    /// A draft of documentation, in sentences.
    pub(super) fn doc(&mut self, text: &str) -> &mut Self {
        let text = draft(text);
        let line = ["doc: ", &scalar(&text, false)].concat();
        if line.chars().count() <= TEXT {
            self.lines.push(line);
            return self;
        }
        self.lines.push("doc: |".to_owned());
        self.lines.extend(wrapped(&text).into_iter().map(|line| ["  ", &line].concat()));
        self
    }

    /// A draft of documentation, a phrase.
    pub(super) fn phrase(&mut self, text: &str) -> &mut Self {
        self.put("doc", &scalar(&draft(text), false))
    }

    /// `key:` with a block below it.
    pub(super) fn nest(&mut self, key: &str, block: Self) -> &mut Self {
        self.lines.push([key, ":"].concat());
        self.lines.extend(block.indented(2).lines);
        self
    }

    /// The block as an item of a list: `- ` before its first line.
    pub(super) fn item(self) -> Self {
        let mut lines = self.indented(4).lines;
        if let Some(first) = lines.first_mut() {
            first.replace_range(2..4, "- ");
        }
        Self { lines }
    }

    pub(super) fn indented(self, by: usize) -> Self {
        let margin = " ".repeat(by);
        let indented = |line: String| match line.as_str() {
            "" => line,
            _ => margin.clone() + &line,
        };
        Self { lines: self.lines.into_iter().map(indented).collect() }
    }
}

/// An entry of a list of values or fields.
pub(super) struct YamlEntry<'e> {
    pub(super) name: &'e str,
    /// The text before the documentation in the short form, and its key in a mapping.
    pub(super) head: (&'e str, String),
    /// Whether the head needs its key.
    pub(super) said: bool,
    pub(super) doc: &'e str,
    /// Further keys.
    pub(super) more: Vec<(&'e str, String)>,
    /// What is guessed in it.
    pub(super) guess: String,
    /// Its indentation at its place.
    pub(super) indent: usize,
}

impl YamlEntry<'_> {
    /// Its lines, not indented.
    pub(super) fn block(self) -> Block {
        let doc = draft(self.doc);
        let (key, head) = (self.head.0, &self.head.1);
        let quoted = |flow: bool| match key {
            // A list is written as one.
            "of" => head.clone(),
            _ => scalar(head, flow),
        };
        let fits = |line: &String| line.chars().count() + self.indent <= WIDTH;
        // A mark of a guess comes before an entry that has no room for it.
        let marked = |line: String| {
            let mut block = Block { lines: vec![String::new(), line] };
            block.mark_within(&self.guess, WIDTH.saturating_sub(self.indent));
            block.lines.remove(0);
            block
        };
        if self.more.is_empty() && !self.said {
            let word = if key == "bit" { "bit " } else { "" };
            let line = scalar(&[word, head, ", ", &doc].concat(), false);
            let line = [self.name, ": ", &line].concat();
            if fits(&line) {
                return marked(line);
            }
        }
        let more = self.more.iter().map(|(key, value)| [", ", key, ": ", value].concat());
        let flow =
            [self.name, ": {", key, ": ", &quoted(true), ", doc: ", &scalar(&doc, true)].concat();
        let flow = [flow, more.collect::<String>(), "}".to_owned()].concat();
        if fits(&flow) {
            return marked(flow);
        }
        let mut inside = Block::default();
        inside.put(key, &quoted(false)).mark(&self.guess);
        inside.put("doc", &scalar(&doc, false));
        for (key, value) in &self.more {
            inside.put(key, value);
        }
        let mut block = Block::default();
        block.nest(self.name, inside);
        block
    }
}

/// A text, or the mark of a draft that has none.
fn draft(text: &str) -> String {
    match text.is_empty() {
        true => [DRAFT, " to be written"].concat(),
        false => text.to_owned(),
    }
}

/// A text in YAML, quoted if necessary; between braces more texts need quotes.
fn scalar(text: &str, flow: bool) -> String {
    let odd = text.contains(": ")
        || text.contains(" #")
        || text.ends_with(':')
        || text
            .starts_with(['"', '\'', '[', '{', '&', '*', '!', '|', '>', '%', '@', '-', '?', '#'])
        || flow && text.contains([',', '[', ']', '{', '}']);
    match odd {
        true => ["\"", &text.replace('\\', "\\\\").replace('"', "\\\""), "\""].concat(),
        false => text.to_owned(),
    }
}

/// The words of a text on lines of bearable length.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let full = lines.last().is_some_and(|line| line.len() + word.len() >= TEXT - 7);
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if !full => line.extend([" ", word]),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
