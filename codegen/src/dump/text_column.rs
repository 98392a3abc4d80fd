//! The characters next to the numbers of a row.

/// How a text column shows bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextStyle {
    /// Printable characters, and a dot or a mark for all others.
    Plain,
    /// The same, but a space is a dot as well.
    Dotted,
    /// In panels of 8 bytes, with a character for each kind of byte, as hexyl prints.
    Panels,
}

/// A disagreement of a row: the index of the byte, and the character that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Disagreement {
    pub(super) index: usize,
    pub(super) found: char,
    /// The number of other characters that disagree.
    pub(super) others: usize,
}

/// The bytes in a panel.
const PANEL: usize = 8;
/// The most panels next to each other.
const MOST_PANELS: usize = 8;
/// Borders around the text, and between its panels.
const BORDERS: [(char, char); 3] = [('\u{2502}', '\u{250a}'), ('|', '|'), ('|', ':')];
/// The character for a zero.
const ZEROS: [char; 2] = ['0', '\u{22c4}'];

/// Whether the rest of a row shows these bytes.
pub(super) fn shows(bytes: &[u8], rest: &str, style: TextStyle) -> bool {
    let whole = rest.trim();
    if whole.is_empty() {
        return false;
    }
    if style == TextStyle::Panels {
        return panels_show(bytes, rest);
    }
    let same = |text: &str| {
        all_show(bytes, text, Byte::is_shown)
            || all_show(trimmed(bytes), text.trim(), Byte::is_shown)
            || style == TextStyle::Dotted && all_show(bytes, text, Byte::is_shown_dotted)
    };
    same(whole)
        || inside(whole).is_some_and(|inside| inside.len() >= bytes.len().min(1) && same(inside))
}

/// The first byte that the rest of a row shows as another character, if the rest has
/// one character for each byte.
pub(super) fn disagreement(bytes: &[u8], rest: &str) -> Option<Disagreement> {
    let whole = rest.trim();
    let text = [Some(whole), inside(whole)];
    let mut texts = text.into_iter().flatten();
    let text = texts.find(|text| text.chars().count() == bytes.len())?;
    let shown = text.chars().zip(bytes).enumerate();
    let mut wrong = shown.filter(|(_, (found, byte))| !Byte(**byte).is_shown(*found));
    let (index, (found, _)) = wrong.next()?;
    Some(Disagreement { index, found, others: wrong.count() })
}

/// The text between the bars of `hexdump -C` or the angles of `od`.
fn inside(text: &str) -> Option<&str> {
    let between = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    between('|', '|').or_else(|| between('>', '<'))
}

/// The bytes without those that a text column shows as spaces at its ends.
fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = bytes {
        bytes = rest;
    }
    bytes
}

fn all_show(bytes: &[u8], text: &str, shows: fn(Byte, char) -> bool) -> bool {
    let mut characters = text.chars();
    let shown = bytes
        .iter()
        .all(|byte| characters.next().is_some_and(|character| shows(Byte(*byte), character)));
    shown && characters.next().is_none()
}

/// Whether panels with or without borders show the bytes.
fn panels_show(bytes: &[u8], rest: &str) -> bool {
    let least = bytes.len().div_ceil(PANEL);
    if least > MOST_PANELS {
        return false;
    }
    let text = rest.trim_end();
    let bare = text.trim_start();
    ZEROS.iter().any(|zero| {
        let one = Panels { bytes, count: least, between: ' ', zero: *zero };
        let bordered = |(border, between): &(char, char)| {
            let Some(text) = text.strip_suffix(*border) else { return false };
            (least..=MOST_PANELS).any(|count| {
                let before = Panels { count, between: *between, ..one }.before(text);
                let before = before.and_then(|before| before.strip_suffix(*border));
                before.is_some_and(|before| before.chars().all(|c| c == ' ' || c == *between))
            })
        };
        one.is_all(bare) || BORDERS.iter().any(bordered)
    })
}

/// The text of a row in panels.
#[derive(Clone, Copy)]
struct Panels<'a> {
    bytes: &'a [u8],
    count: usize,
    between: char,
    zero: char,
}

impl Panels<'_> {
    fn characters(&self) -> impl DoubleEndedIterator<Item = char> + '_ {
        let end = (self.count * (PANEL + 1)).saturating_sub(1);
        (0..end).map(|at| match (at / (PANEL + 1), at % (PANEL + 1)) {
            (_, PANEL) => self.between,
            (panel, at) => {
                let byte = self.bytes.get(panel * PANEL + at);
                byte.map_or(' ', |byte| Byte(*byte).kind(self.zero))
            }
        })
    }

    /// The text before that of the row at its end.
    fn before<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.characters().rev().try_fold(text, |text, character| text.strip_suffix(character))
    }

    /// Whether a text without spaces around it is that of the row.
    fn is_all(&self, text: &str) -> bool {
        self.characters().collect::<String>().trim() == text
    }
}

/// A byte in a text column.
#[derive(Clone, Copy)]
struct Byte(u8);

impl Byte {
    /// Whether a character shows the byte.
    fn is_shown(self, character: char) -> bool {
        match self.0 {
            b' '..=b'~' => character == char::from(self.0),
            0xa0..=0xff if !character.is_ascii() => character == char::from(self.0),
            _ => matches!(character, '.' | '\u{fffd}'),
        }
    }

    /// The same in a column that has dots for spaces.
    fn is_shown_dotted(self, character: char) -> bool {
        match self.0 {
            b' ' => character == '.',
            _ => self.is_shown(character),
        }
    }

    /// The character for its kind.
    fn kind(self, zero: char) -> char {
        match self.0 {
            0 => zero,
            b' '..=b'~' => char::from(self.0),
            b'\t' | b'\n' | b'\r' | 12 => '_',
            0x80.. => '\u{d7}',
            _ => '\u{2022}',
        }
    }
}
