//! Leaves out internal functions and macros that nothing in the header uses: the runtime has
//! files, and an ABI may need only a part of one.

use std::collections::HashMap;
use std::ops::Range;

use super::part_text::{NameStarts, PartText};

/// An internal function or macro.
struct InternalItem<'a> {
    name: &'a str,
    /// The part that declares it.
    part: usize,
    /// Its lines, with the comment before it.
    lines: Range<usize>,
    used: bool,
}

/// The texts of the parts without the internal items that none of them uses.
pub(super) fn without_unused(parts: &[&PartText], starts: &NameStarts) -> Vec<String> {
    let mut uses = HashMap::<&str, usize>::new();
    for (name, count) in parts.iter().flat_map(|part| &part.names) {
        *uses.entry(name).or_default() += count;
    }
    let parts: Vec<Vec<&str>> = parts.iter().map(|part| part.text.lines().collect()).collect();
    let items = parts.iter().enumerate().flat_map(|(part, lines)| items(part, lines, starts));
    let mut items: Vec<_> = items.collect();
    loop {
        let mut found = false;
        for item in &mut items {
            if !item.used || uses.get(item.name) != Some(&1) {
                continue;
            }
            (item.used, found) = (false, true);
            // What only this item uses is not used either.
            let lines = parts[item.part][item.lines.clone()].iter();
            for name in lines.flat_map(|line| starts.names(line)) {
                uses.entry(name).and_modify(|count| *count -= 1);
            }
        }
        if !found {
            break;
        }
    }
    let kept = parts.iter().enumerate().map(|(part, lines)| {
        joined(lines, items.iter().filter(|item| item.part == part && !item.used))
    });
    kept.collect()
}

/// The lines of a part without those of some items.
fn joined<'a>(lines: &[&str], without: impl Iterator<Item = &'a InternalItem<'a>>) -> String {
    let mut kept = Vec::with_capacity(lines.len());
    let mut at = 0;
    for item in without {
        kept.extend_from_slice(&lines[at..item.lines.start]);
        at = item.lines.end;
    }
    kept.extend_from_slice(&lines[at..]);
    kept.join("\n")
}

/// The internal functions and macros of a part.
fn items<'a>(
    part: usize,
    lines: &[&'a str],
    starts: &NameStarts,
) -> impl Iterator<Item = InternalItem<'a>> {
    lines.iter().enumerate().filter_map(move |(at, line)| {
        let end = end(lines, at).filter(|_| line.contains("__"))?;
        let name = starts.names(line).find(|name| {
            let declared = line.starts_with("#define ")
                || line.split_once(name).is_some_and(|(_, rest)| rest.starts_with('('));
            declared && starts.is_internal(name)
        })?;
        Some(InternalItem { name, part, lines: start(lines, at)..end, used: true })
    })
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
        let starts = NameStarts::new("x_abi", "X_ABI_");
        let part = |text: &str| PartText::new(text.to_owned(), &starts);
        let alone = part(TEXT);
        let [text] = &without_unused(&[&alone], &starts)[..] else { panic!("one part") };
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
        let user = part(user);
        let [text, _] = &without_unused(&[&alone, &user], &starts)[..] else { panic!("two parts") };
        assert_eq!(text, TEXT);
    }
}
