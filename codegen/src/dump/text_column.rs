//! The characters next to the numbers of a row.

/// A disagreement of a row: the index of the byte, and the character that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Disagreement {
    pub(super) index: usize,
    pub(super) found: char,
    /// The number of other characters that disagree.
    pub(super) others: usize,
}

/// Whether the rest of a row shows these bytes. tcpdump shows a space as a dot.
pub(super) fn shows(bytes: &[u8], rest: &str, dotted: bool) -> bool {
    let whole = rest.trim();
    if whole.is_empty() {
        return false;
    }
    let plain: String = bytes.iter().map(|byte| character(*byte)).collect();
    let same =
        |text: &str| text.trim() == plain.trim() || dotted && text == plain.replace(' ', ".");
    same(whole)
        || inside(whole).is_some_and(|inside| inside.len() >= bytes.len().min(1) && same(inside))
}

/// The first byte that the rest of a row shows as another character, if the rest has
/// one character for each byte.
pub(super) fn disagreement(bytes: &[u8], rest: &str) -> Option<Disagreement> {
    let whole = rest.trim();
    let text = [Some(whole), inside(whole)];
    let text = text.into_iter().flatten().find(|text| text.len() == bytes.len())?;
    let shown = text.chars().zip(bytes).enumerate();
    let mut wrong = shown.filter(|(_, (found, byte))| *found != character(**byte));
    let (index, (found, _)) = wrong.next()?;
    Some(Disagreement { index, found, others: wrong.count() })
}

/// The text between the bars of `hexdump -C` or the angles of `od`.
fn inside(text: &str) -> Option<&str> {
    let between = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    between('|', '|').or_else(|| between('>', '<'))
}

fn character(byte: u8) -> char {
    match byte {
        b' '..=b'~' => char::from(byte),
        _ => '.',
    }
}
