//! The brackets of a text, outside of its strings, that contain only numbers.

use super::super::MOST_BYTES;
use super::elements::ListElements;

/// The lists of a text.
#[derive(Clone, Debug)]
pub(super) struct Groups<'a> {
    pub(super) lists: Vec<ListElements<'a>>,
    /// The text around the lists.
    around: Vec<&'a str>,
    /// Whether the text begins with the list.
    pub(super) plain: bool,
    /// Whether the last list is the size of an array after its name or type.
    ends_in_size: bool,
    /// Whether the lists have more numbers than are interpreted.
    pub(super) too_many: bool,
}

impl<'a> Groups<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let (mut lists, mut around) = (Vec::new(), Vec::new());
        let (mut open, mut quote, mut escaped) = (None, None, false);
        let (mut done, mut plain, mut ends_in_size) = (0, false, false);
        // The first character after the last list that is no white space.
        let mut first = None;
        let mut left = MOST_BYTES + 1;
        for (at, c) in text.char_indices() {
            if !c.is_whitespace() {
                first.get_or_insert(at);
            }
            let in_quotes = quote.is_some();
            match (quote, c) {
                (Some(end), _) if c == end && !escaped => quote = None,
                (None, '"' | '\'') => (quote, open) = (Some(c), None),
                _ => {}
            }
            escaped = c == '\\' && !escaped;
            if in_quotes {
                continue;
            }
            let starts = |mark: &str| text.get(at..).is_some_and(|rest| rest.starts_with(mark));
            match c {
                '[' => open = Some((at + 1, ']')),
                '{' => open = Some((at + 1, '}')),
                '(' => open = Some((at + 1, ')')),
                '<' if starts("<Buffer ") => open = Some((at + 8, '>')),
                // Erlang and Elixir.
                '<' if starts("<<") => open = Some((at + 2, '>')),
                ']' | '}' | ')' | '>' => {
                    let repeats = c == '>' && text.get(..at).is_some_and(|t| t.ends_with(" times"));
                    if repeats {
                        continue;
                    }
                    let Some((start, _)) = open.take().filter(|(_, end)| *end == c) else {
                        continue;
                    };
                    let content = text.get(start..at).unwrap_or_default();
                    let before = text.get(done..start - 1).unwrap_or_default();
                    let erlang = before.ends_with('<');
                    let before = before.strip_suffix('<').unwrap_or(before);
                    let name = before.trim_end().ends_with(|c: char| c.is_ascii_alphanumeric());
                    let blank = first.is_none_or(|first| first >= start - 1 - usize::from(erlang));
                    // A tuple of Python has no name before it.
                    let size = c != ')' || name || blank;
                    let elements = ListElements::of(content, c == '>' && !erlang, &mut left);
                    if let Some(elements) = elements.filter(|_| size) {
                        plain |= lists.is_empty() && blank;
                        let directly = before.ends_with(|c: char| c.is_ascii_alphanumeric());
                        ends_in_size = c == ']' && directly && elements.single().is_some();
                        around.push(before);
                        lists.push(elements);
                        (done, first) = (at + 1, None);
                    }
                    if left == 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        around.push(text.get(done..).unwrap_or_default());
        // A call such as `read(7)` has no list.
        let call = text.trim_end().ends_with(')') && !text.contains(['[', '{']);
        if lists.len() == 1 && call && !plain {
            lists.clear();
        }
        Self { lists, around, plain, ends_in_size, too_many: left == 0 }
    }

    /// The list with the numbers; those before it are sizes, and no other brackets follow.
    pub(super) fn list(&self) -> Option<&ListElements<'a>> {
        let after = self.around.last().copied().unwrap_or_default();
        let further = after.contains(['[', '{']);
        let list = self.lists.last().filter(|_| !self.ends_in_size && !further)?;
        // One number in brackets before bytes, such as a processor, is no list.
        let pair = |word: &&str| word.len() == 2 && word.bytes().all(|b| b.is_ascii_hexdigit());
        let bytes = list.numbers.len() == 1 && after.split([' ', ',']).filter(pair).count() > 1;
        (!bytes).then_some(list)
    }

    /// The size of the array whose value is no list.
    pub(super) fn size(&self) -> Option<usize> {
        self.lists.last().filter(|_| self.ends_in_size).and_then(ListElements::single)
    }

    /// The words around the lists.
    pub(super) fn words(&self) -> impl Iterator<Item = &'a str> + '_ {
        let separates = |c: char| !c.is_ascii_alphanumeric() && c != '_';
        self.around.iter().flat_map(move |part| part.split(separates))
    }

    /// The sizes that are declared after the list, as in `buf_len = 40;`.
    pub(super) fn lengths(&self) -> impl Iterator<Item = Option<usize>> + '_ {
        let last = self.around.last().copied().unwrap_or_default();
        let parts = last.split(';').filter_map(|part| part.split_once("_len ="));
        parts.map(|(_, size)| size.trim().parse().ok())
    }
}
