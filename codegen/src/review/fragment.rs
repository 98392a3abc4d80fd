//! Cuts the text of a header, or of one side of a hunk, into elements: directives,
//! members, enumerators, and the lines that open and close a declaration. A fragment can
//! start and end anywhere.

use std::ops::Range;

/// A text in elements.
#[derive(Debug, Default)]
pub(super) struct Fragment {
    pub(super) elements: Vec<Element>,
    /// The place of an opened comment in which another one starts.
    pub(super) doubtful_comment: Option<usize>,
}

/// One element.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) kind: ElementKind,
    /// The name by which it is found: of a macro, a member or an enumerator; of an
    /// opening, its first words.
    pub(super) name: String,
    /// Its tokens, without the separator that ends it.
    pub(super) key: String,
    /// Its bytes, with the separator.
    pub(super) bytes: Range<usize>,
    /// Its bytes together with the comments about it.
    pub(super) whole: Range<usize>,
    /// Its first and last row, from 0.
    pub(super) rows: Range<usize>,
    /// Whether it is an enumerator, or may be one.
    pub(super) enumerator: bool,
    /// Whether its separator is there.
    pub(super) ended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementKind {
    /// `#define NAME ...`
    Define,
    /// Another directive.
    Directive,
    /// `struct NAME {`
    Open,
    /// `};`
    Close,
    /// A member, an enumerator or another declaration.
    Item,
}

#[derive(Clone, Copy)]
struct Lexeme<'a> {
    text: &'a str,
    start: usize,
    row: usize,
    kind: LexemeKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LexemeKind {
    Word,
    Mark,
    Comment,
    /// The `#` that starts a directive.
    Hash,
    /// Another token of a directive.
    Directive,
}

impl Lexeme<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn last_row(&self) -> usize {
        self.row + self.text.matches('\n').count()
    }
}

/// Cuts a text; `in_comment` is set if it starts inside a comment.
pub(super) fn cut(text: &str, in_comment: bool) -> Fragment {
    let (lexemes, doubtful_comment) = lexemes(text, in_comment);
    let mut cutter = Cutter { lexemes: &lexemes, elements: Vec::new(), open: Vec::new() };
    cutter.run();
    let mut elements = cutter.elements;
    attach_comments(&mut elements, &lexemes);
    Fragment { elements, doubtful_comment }
}

fn lexemes(text: &str, in_comment: bool) -> (Vec<Lexeme<'_>>, Option<usize>) {
    let (mut lexemes, mut doubtful) = (Vec::new(), None);
    let (mut at, mut row, mut directive, mut fresh) = (0, 0, false, true);
    if in_comment {
        at = text.find("*/").map_or(text.len(), |end| end + 2);
        row = text[..at].matches('\n').count();
        fresh = false;
    }
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let splice = rest.starts_with("\\\n");
        if first == '\n' || splice {
            directive &= splice;
            fresh |= !splice;
            row += 1;
            at += 1 + usize::from(splice);
            continue;
        }
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let until = |end: fn(char) -> bool| rest.find(end).unwrap_or(rest.len());
        let (kind, length) = match first {
            '/' if rest.starts_with("/*") => {
                let inside = rest[2..].find("*/");
                let nested = rest[2..inside.map_or(rest.len(), |end| end + 2)].find("/*");
                doubtful = doubtful.or(nested.map(|_| at));
                (LexemeKind::Comment, inside.map_or(rest.len(), |end| end + 4))
            }
            '/' if rest.starts_with("//") => (LexemeKind::Comment, line_comment(rest)),
            '"' => (LexemeKind::Word, string(rest)),
            _ if word(first) => {
                (LexemeKind::Word, until(|c| !(c.is_ascii_alphanumeric() || c == '_')))
            }
            _ => (LexemeKind::Mark, first.len_utf8()),
        };
        let hash = first == '#' && fresh;
        directive |= hash;
        fresh &= kind == LexemeKind::Comment;
        let kind = match kind {
            LexemeKind::Comment => kind,
            _ if hash => LexemeKind::Hash,
            _ if directive => LexemeKind::Directive,
            _ => kind,
        };
        let lexeme = Lexeme { text: &rest[..length], start: at, row, kind };
        row = lexeme.last_row();
        at = lexeme.end();
        lexemes.push(lexeme);
    }
    (lexemes, doubtful)
}

/// The length of a comment that ends with its line, or with the one to which a backslash
/// joins it.
fn line_comment(text: &str) -> usize {
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        length += line.len();
        let end = line.trim_end_matches(['\n', '\r']);
        if !end.ends_with('\\') {
            return length - (line.len() - line.trim_end_matches('\n').len());
        }
    }
    length
}

/// The length of a string, which ends on its line.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, one) in text.char_indices().skip(1) {
        match one {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

struct Cutter<'p, 'a> {
    lexemes: &'p [Lexeme<'a>],
    elements: Vec<Element>,
    /// The lexemes of an element that has not ended.
    open: Vec<Lexeme<'a>>,
}

impl<'a> Cutter<'_, 'a> {
    fn run(&mut self) {
        let (mut at, mut brackets) = (0, 0_usize);
        while let Some(lexeme) = self.lexemes.get(at).copied() {
            at += 1;
            match (lexeme.kind, lexeme.text) {
                (LexemeKind::Comment, _) => {}
                (LexemeKind::Hash, _) => at = self.directive(at - 1),
                (LexemeKind::Directive, _) => {}
                // C has no spelling for this word: it silences a warning.
                (_, "__extension__") => {}
                (LexemeKind::Mark, "{") => {
                    self.open.push(lexeme);
                    self.end(ElementKind::Open, true);
                    brackets = 0;
                }
                (LexemeKind::Mark, "}") => {
                    self.end(ElementKind::Item, false);
                    brackets = 0;
                    self.open.push(lexeme);
                    at = self.close(at);
                }
                (LexemeKind::Mark, ";") if brackets == 0 => {
                    self.open.push(lexeme);
                    self.end(ElementKind::Item, true);
                }
                (LexemeKind::Mark, ",") if brackets == 0 && is_enumerator(&self.open) => {
                    self.open.push(lexeme);
                    self.end(ElementKind::Item, true);
                }
                (_, text) => {
                    brackets += usize::from(matches!(text, "(" | "["));
                    brackets = brackets.saturating_sub(usize::from(matches!(text, ")" | "]")));
                    self.open.push(lexeme);
                }
            }
        }
        self.end(ElementKind::Item, false);
    }

    /// The directive whose `#` is at an index; returns the index after it.
    fn directive(&mut self, start: usize) -> usize {
        let rest = self.lexemes[start + 1..].iter();
        let own = rest.take_while(|lexeme| lexeme.kind == LexemeKind::Directive).count();
        let end = start + 1 + own;
        let lexemes = &self.lexemes[start..end];
        let define = lexemes.get(1).is_some_and(|lexeme| lexeme.text == "define");
        let name = lexemes.get(2).filter(|_| define).map_or("", |lexeme| lexeme.text);
        let kind = if define { ElementKind::Define } else { ElementKind::Directive };
        self.elements.push(element(kind, name.to_owned(), lexemes, true, false));
        end
    }

    /// The rest of a closing on its row, up to its semicolon.
    fn close(&mut self, mut at: usize) -> usize {
        let row = self.open[0].row;
        while let Some(lexeme) = self.lexemes.get(at).copied() {
            let more =
                matches!(lexeme.kind, LexemeKind::Word | LexemeKind::Mark) && lexeme.row == row;
            if !more || matches!(lexeme.text, "{" | "}") {
                break;
            }
            self.open.push(lexeme);
            at += 1;
            if lexeme.text == ";" {
                break;
            }
        }
        self.end(ElementKind::Close, true);
        at
    }

    fn end(&mut self, kind: ElementKind, ended: bool) {
        let lexemes = std::mem::take(&mut self.open);
        let enumerator = kind == ElementKind::Item && is_enumerator(&lexemes);
        let name = match kind {
            ElementKind::Close => "}".to_owned(),
            ElementKind::Open => opening_name(&lexemes),
            _ if enumerator => lexemes[0].text.to_owned(),
            _ => member_name(&lexemes),
        };
        let is_separator = matches!(lexemes[..], [Lexeme { text: ";" | ",", .. }]);
        if !lexemes.is_empty() && !is_separator {
            self.elements.push(element(kind, name, &lexemes, ended, enumerator));
        }
    }
}

fn element(
    kind: ElementKind,
    name: String,
    lexemes: &[Lexeme<'_>],
    ended: bool,
    enumerator: bool,
) -> Element {
    let (first, last) = (&lexemes[0], &lexemes[lexemes.len() - 1]);
    let separated = kind == ElementKind::Item && ended;
    let tokens = &lexemes[..lexemes.len() - usize::from(separated)];
    let bytes = first.start..last.end();
    Element {
        kind,
        name,
        key: tokens.iter().map(|lexeme| lexeme.text).collect::<Vec<_>>().join(" "),
        whole: bytes.clone(),
        bytes,
        rows: first.row..last.last_row() + 1,
        enumerator,
        ended,
    }
}

/// Whether tokens can be those of an enumerator.
fn is_enumerator(lexemes: &[Lexeme<'_>]) -> bool {
    let word = lexemes.first().is_some_and(|lexeme| lexeme.kind == LexemeKind::Word);
    word && lexemes.get(1).is_none_or(|lexeme| matches!(lexeme.text, "=" | ","))
}

/// The words before a brace, up to the tag: `struct vfio_irq_info`, `enum`.
fn opening_name(lexemes: &[Lexeme<'_>]) -> String {
    let words = lexemes.iter().filter(|lexeme| lexeme.kind == LexemeKind::Word);
    let marks = ["typedef", "__extension__"];
    let words = words.map(|lexeme| lexeme.text).filter(|word| !marks.contains(word));
    words.take(2).collect::<Vec<_>>().join(" ")
}

/// The last word of a declaration before an array length, a bit width or an attribute.
fn member_name(lexemes: &[Lexeme<'_>]) -> String {
    let end = lexemes.iter().position(|lexeme| {
        matches!(lexeme.text, "[" | ":" | "=" | ";" | "__attribute__" | "__counted_by")
    });
    let before = &lexemes[..end.unwrap_or(lexemes.len())];
    let words = before.iter().rev().find(|lexeme| lexeme.kind == LexemeKind::Word);
    words.map_or(String::new(), |lexeme| lexeme.text.to_owned())
}

/// Gives each comment to the element on whose last row it starts, or to the next one.
fn attach_comments(elements: &mut [Element], lexemes: &[Lexeme<'_>]) {
    let mut next = 0;
    for comment in lexemes.iter().filter(|lexeme| lexeme.kind == LexemeKind::Comment) {
        while elements.get(next).is_some_and(|one| one.bytes.start < comment.start) {
            next += 1;
        }
        let before = next.checked_sub(1).and_then(|index| elements.get_mut(index));
        match before {
            Some(one) if one.rows.end > comment.row => {
                one.whole.end = comment.end().max(one.whole.end)
            }
            _ => {
                if let Some(one) = elements.get_mut(next) {
                    one.whole.start = one.whole.start.min(comment.start);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let elements = cut(text, false).elements.into_iter();
        elements.map(|one| format!("{:?} {}", one.kind, one.name)).collect()
    }

    #[test]
    fn elements_of_a_header() {
        let text = "#define A \\\n\t1\nstruct a {\n\t__u32 b; /* c */\n#define D 2\n\tunion {\n\t\t__u8 e[4], f;\n\t};\n};\nenum {\n\tG = 1,\n\tH\n};\n";
        let found = names(text);
        let expected = [
            "Define A",
            "Open struct a",
            "Item b",
            "Define D",
            "Open union",
            "Item e",
            "Close }",
            "Close }",
            "Open enum",
            "Item G",
            "Item H",
            "Close }",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_fragment_can_start_and_end_anywhere() {
        let fragment = cut(" in a comment */\n\t__u32 a;\n/* open\n * end", true);
        assert_eq!(fragment.elements.len(), 1);
        assert_eq!(fragment.elements[0].key, "__u32 a");
        assert!(cut("/* lost end\n\t__u32 a;\n/* next */", false).doubtful_comment.is_some());
        assert_eq!(names("__u32 b; /* x */ };"), ["Item b", "Close }"]);
    }

    #[test]
    fn comments_belong_to_elements() {
        let text = "/* one */\n#define A 1 /* two */\n/* three */\n#define B 2\n";
        let elements = cut(text, false).elements;
        assert_eq!(&text[elements[0].whole.clone()], "/* one */\n#define A 1 /* two */");
        assert_eq!(&text[elements[1].whole.clone()], "/* three */\n#define B 2");
    }
}
