//! Leaves out internal functions and macros that nothing in the header uses: the runtime has
//! files, and an ABI may need only a part of one.

use std::collections::HashMap;
use std::ops::Range;

/// The parts of the header without the internal items that none of them uses.
pub(super) fn without_unused(parts: &[&str], stem: &str, macro_prefix: &str) -> Vec<String> {
    let starts = [stem, macro_prefix.trim_end_matches('_')];
    let mut texts: Vec<_> = parts.iter().map(|part| part.lines().collect::<Vec<_>>()).collect();
    let mut uses = HashMap::<&str, usize>::new();
    for word in parts.iter().flat_map(|part| internal_names(part, starts)) {
        *uses.entry(word).or_default() += 1;
    }
    loop {
        let unused: Vec<_> = texts.iter().map(|lines| unused(lines, starts, &uses)).collect();
        if unused.iter().all(Vec::is_empty) {
            let joined = texts.iter().map(|lines| lines.join("\n"));
            return joined.collect();
        }
        for (lines, ranges) in texts.iter_mut().zip(unused) {
            for range in ranges.into_iter().rev() {
                for word in lines.drain(range).flat_map(|line| internal_names(line, starts)) {
                    uses.entry(word).and_modify(|count| *count -= 1);
                }
            }
        }
    }
}

/// The internal names in a text: one of the starts, and `__`, for which the text is searched
/// because most of it has none.
fn internal_names<'a>(text: &'a str, starts: [&str; 2]) -> impl Iterator<Item = &'a str> {
    let is_word = |one: char| one.is_ascii_alphanumeric() || one == '_';
    text.match_indices("__").filter_map(move |(at, _)| {
        let before = starts.iter().find_map(|start| text[..at].strip_suffix(start))?;
        let rest = &text[before.len()..];
        let end = rest.find(|one| !is_word(one)).unwrap_or(rest.len());
        (!before.ends_with(is_word)).then(|| &rest[..end])
    })
}

/// The lines of the internal items whose names occur once, with their comments.
fn unused(lines: &[&str], starts: [&str; 2], uses: &HashMap<&str, usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(end) = end(lines, at) else { continue };
        let own = internal_names(line, starts).find(|word| {
            let rest = line.split_once(word).map_or("", |(_, rest)| rest);
            rest.starts_with('(') || line.starts_with("#define ")
        });
        if own.is_some_and(|name| uses.get(name) == Some(&1)) {
            found.push(start(lines, at)..end);
        }
    }
    found
}

/// The end of the function or of the macro on one line that starts at a line.
fn end(lines: &[&str], at: usize) -> Option<usize> {
    let is_blank = |line: Option<&&str>| line.is_none_or(|line| line.is_empty());
    let before = at.checked_sub(1).map(|before| &lines[before]);
    let is_macro = lines[at].starts_with("#define ")
        && is_blank(lines.get(at + 1))
        && before.is_none_or(|line| line.is_empty() || line.ends_with("*/"));
    let is_function =
        lines[at].starts_with("static ") && lines[at].to_ascii_lowercase().contains("inline ");
    match is_function {
        true => lines[at..].iter().position(|line| *line == "}").map(|length| at + length + 1),
        false => is_macro.then_some(at + 1),
    }
}

/// The first line of the comment before an item, or of the empty line before that.
fn start(lines: &[&str], at: usize) -> usize {
    let has_comment = at > 0 && lines[at - 1].ends_with("*/");
    let comment =
        has_comment.then(|| lines[..at].iter().rposition(|line| line.starts_with("/*"))).flatten();
    let start = comment.unwrap_or(at);
    start - usize::from(start > 0 && lines[start - 1].is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
/* Used by none. */
#define X_ABI__GONE\tinline

/* Kept. */
static inline int x_abi__low(int a)
{
\treturn a;
}

/*
 * Used by one that is gone.
 */
static inline int x_abi__inner(int a)
{
\treturn x_abi__low(a);
}

static inline int x_abi__outer(
\t\tint a)
{
\tint b = a;

\treturn x_abi__inner(b);
}

/* Public. */
static inline int x_abi_read(int a)
{
\treturn x_abi__low(a);
}";

    #[test]
    fn internal_functions_that_nothing_uses_are_left_out() {
        let [text] = &without_unused(&[TEXT], "x_abi", "X_ABI_")[..] else { panic!("one part") };
        let expected = "
/* Kept. */
static inline int x_abi__low(int a)
{
\treturn a;
}

/* Public. */
static inline int x_abi_read(int a)
{
\treturn x_abi__low(a);
}";
        assert_eq!(text, expected);
        let user = "int y = x_abi__outer(X_ABI__GONE);";
        let [text, _] = &without_unused(&[TEXT, user], "x_abi", "X_ABI_")[..] else {
            panic!("two parts")
        };
        assert_eq!(text, TEXT);
    }
}
