//! The brackets of a text, outside of its strings, that contain only numbers.

use super::super::MOST_BYTES;
use super::brackets::Brackets;
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
        let (lists, around) = (Vec::new(), Vec::new());
        let mut found = Self { lists, around, plain: false, ends_in_size: false, too_many: false };
        let mut left = MOST_BYTES + 1;
        // The end of the last list, and the first character after it that is no white space.
        let (mut done, mut next) = (0, after_space(text, 0));
        for brackets in Brackets::of(text) {
            let before = text.get(done..brackets.start - 1).unwrap_or_default();
            let is_erlang = before.ends_with('<');
            let before = before.strip_suffix('<').unwrap_or(before);
            let is_blank = done + before.len() <= next;
            let is_buffer = brackets.close == '>' && !is_erlang;
            let elements = ListElements::of(brackets.content, is_buffer, &mut left);
            // Before the parentheses of a list is a name, those of a tuple of Python begin the text.
            let can_be_list = brackets.close != ')' || is_blank || ends_in_word(before.trim_end());
            if let Some(elements) = elements.filter(|_| can_be_list) {
                found.plain |= found.lists.is_empty() && is_blank;
                let is_size = brackets.close == ']' && ends_in_word(before);
                found.ends_in_size = is_size && elements.single().is_some();
                found.around.push(before);
                found.lists.push(elements);
                done = brackets.end();
                next = after_space(text, done);
            }
            if left == 0 {
                break;
            }
        }
        found.too_many = left == 0;
        found.around.push(text.get(done..).unwrap_or_default());
        if found.is_call(text) {
            found.lists.clear();
        }
        found
    }

    /// Whether the only list is the arguments of a call such as `read(7)`.
    fn is_call(&self, text: &str) -> bool {
        let call = text.trim_end().ends_with(')') && !text.contains(['[', '{']);
        self.lists.len() == 1 && call && !self.plain
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

/// Whether a name or a type can end with a text.
fn ends_in_word(before: &str) -> bool {
    before.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// The first character from an offset on that is no white space, or the end of the text.
fn after_space(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.len() - rest.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of each list.
    fn lists(text: &str) -> Vec<Vec<&str>> {
        Groups::of(text).lists.into_iter().map(|list| list.numbers).collect()
    }

    #[test]
    fn brackets_in_quotes_are_text() {
        assert_eq!(lists(r#"f("[7]", '{8}') {40, 0}"#), [["40", "0"]]);
        assert_eq!(lists(r#""\"[7]" [40]"#), [["40"]]);
        assert_eq!(lists(r#""\\" [40]"#), [["40"]]);
        assert_eq!(lists(r#"[1, "2"]"#), Vec::<Vec<&str>>::new());
    }

    #[test]
    fn parentheses_are_a_list_after_a_name_or_at_the_start() {
        assert_eq!(lists("(1, 2)"), [["1", "2"]]);
        assert_eq!(lists("bytes (1, 2) [3]"), vec![vec!["1", "2"], vec!["3"]]);
        assert_eq!(lists("x = (1, 2) [3]"), [["3"]]);
        assert_eq!(lists("[3] (1, 2)"), vec![vec!["3"], vec!["1", "2"]]);
        assert_eq!(lists("read(7)"), Vec::<Vec<&str>>::new());
    }
}
