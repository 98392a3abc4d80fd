//! The numbers of a list, as they are written.

/// The numbers of a list.
#[derive(Clone, Debug)]
pub(super) struct ListElements<'a> {
    pub(super) numbers: Vec<&'a str>,
    /// Whether the list shows that numbers are missing at its end.
    pub(super) cut: bool,
    /// Whether all numbers are hexadecimal without a mark.
    hex: bool,
}

/// Suffixes of literals, and the size of their type.
const SUFFIXES: [(&str, usize); 4] = [("u8", 1), ("u16", 2), ("u32", 4), ("u64", 8)];

impl<'a> ListElements<'a> {
    /// The numbers of the text between brackets, if there is nothing else; `hex` if
    /// they are hexadecimal. `left` is how many more numbers are interpreted, 0 if there are
    /// too many.
    pub(super) fn of(content: &'a str, hex: bool, left: &mut usize) -> Option<Self> {
        let separates = |c: char| c == ',' || c.is_whitespace();
        let mut words = content.split(separates).filter(|word| !word.is_empty());
        let (mut numbers, mut cut) = (Vec::new(), false);
        while let Some(word) = words.next() {
            match word {
                "<repeats" => {
                    let times: usize = words.next()?.parse().ok()?;
                    let number = *numbers.last()?;
                    if words.next() != Some("times>") || times == 0 {
                        return None;
                    }
                    *left = left.saturating_sub(times - 1);
                    if *left == 0 {
                        return None;
                    }
                    numbers.resize(numbers.len() + times - 1, number);
                }
                "..." => {
                    let further: Vec<_> = words.by_ref().collect();
                    let node = matches!(further[..], [_, "more", _]);
                    if !further.is_empty() && !node {
                        return None;
                    }
                    cut = true;
                }
                _ => {
                    let word = word.strip_suffix("...").inspect(|_| cut = true).unwrap_or(word);
                    is_number(word).then_some(())?;
                    *left = left.saturating_sub(1);
                    (*left > 0).then(|| numbers.push(word))?;
                }
            }
        }
        (!numbers.is_empty()).then_some(Self { numbers, cut, hex })
    }

    /// The number of a list that has one.
    pub(super) fn single(&self) -> Option<usize> {
        match self.numbers[..] {
            [number] => number.parse().ok(),
            _ => None,
        }
    }

    /// The size of the elements, if zeros before them show it.
    pub(super) fn width(&self) -> Option<usize> {
        let width = self.numbers.first()?.strip_prefix("0x")?.len();
        let same = self.numbers.iter().all(|number| number.len() == width + 2);
        (same && self.numbers.len() > 1 && [2, 4, 8, 16].contains(&width)).then_some(width / 2)
    }

    /// The size of the type in the first number, as in `0u8`.
    pub(super) fn suffix(&self) -> Option<usize> {
        let first = self.numbers.first()?;
        SUFFIXES.iter().find(|(suffix, _)| first.ends_with(suffix)).map(|(_, size)| *size)
    }

    /// The numbers in every radix that they can have. Without other text around the
    /// list (`plain`), short numbers can be hexadecimal.
    pub(super) fn values(&self, plain: bool) -> Result<Vec<(Vec<i128>, u32)>, String> {
        let bare = self.numbers.iter().all(|number| number.bytes().all(|b| b.is_ascii_hexdigit()));
        let letters = |number: &&&str| number.contains(|c: char| c.is_ascii_alphabetic());
        let zeros = |least| {
            let padded = move |number: &&str| number.len() >= least && number.starts_with('0');
            self.numbers.iter().any(padded)
        };
        let short = self.numbers.iter().all(|number| number.len() <= 2);
        let radices = match bare {
            true if self.hex || self.numbers.iter().any(|n| letters(&n)) => &[16][..],
            true if short && zeros(2) => &[16],
            true if zeros(3) => &[8],
            true if short && plain => &[10, 16],
            _ => &[10],
        };
        let mut found = Vec::new();
        for radix in radices {
            let values = self.numbers.iter().map(|number| {
                value(number, *radix).ok_or_else(|| format!("`{number}` is no number of the list"))
            });
            found.push((values.collect::<Result<_, _>>()?, *radix));
        }
        Ok(found)
    }
}

/// Whether a word is a number in some notation.
fn is_number(word: &str) -> bool {
    value(word, 10).or_else(|| value(word, 16)).is_some()
}

/// The value of a number without a mark in a radix, or in that of its mark.
fn value(number: &str, radix: u32) -> Option<i128> {
    let negative = number.strip_prefix('-');
    let number = negative.unwrap_or(number);
    let sign = if negative.is_some() { -1 } else { 1 };
    let marks = [("0x", 16), ("0X", 16), ("0b", 2), ("0o", 8)];
    let marked = marks.iter().find_map(|(mark, radix)| Some((number.strip_prefix(mark)?, *radix)));
    let hex = marked.is_none() && radix == 16;
    let (digits, radix) = marked.unwrap_or((number, radix));
    let suffix = SUFFIXES.iter().find_map(|(suffix, _)| digits.strip_suffix(suffix));
    let digits = match suffix {
        Some(digits) if !hex => digits,
        _ if hex => digits,
        _ => digits.trim_end_matches(['u', 'U', 'l', 'L', 'n']),
    };
    let valid =
        !digits.is_empty() && digits.len() <= 64 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    i128::from_str_radix(digits, radix).ok().filter(|_| valid).map(|value| sign * value)
}
