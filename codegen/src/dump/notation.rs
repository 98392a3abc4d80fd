//! Numbers of a dump: their radix and size, as the width of the first one shows.

use std::borrow::Cow;

use super::pairs;

/// How the numbers of a dump are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Notation {
    pub(super) radix: u32,
    /// The bytes of a number.
    pub(super) size: usize,
    /// Whether octal numbers have a 0 before them and no fixed width, as those of C.
    pub(super) c: bool,
}

/// The widths of octal numbers of 1, 2, 4 and 8 bytes.
const OCTAL: [(usize, usize); 4] = [(3, 1), (6, 2), (11, 4), (22, 8)];

/// Digits without the backquote that WinDbg prints between those of two words.
pub(super) fn without_backquote(digits: &str) -> Cow<'_, str> {
    match digits.split_once('`') {
        Some((high, low)) if high.len() == 8 && low.len() == 8 => Cow::Owned([high, low].concat()),
        _ => Cow::Borrowed(digits),
    }
}

impl Notation {
    /// Every notation that a number can have.
    pub(super) fn of(number: &str) -> Vec<Self> {
        let mut found = Vec::new();
        let digits = number.strip_prefix("0x");
        let hex = without_backquote(digits.unwrap_or(number));
        let hex = hex.as_ref();
        if hex.len() % 2 == 0 && hex.len() >= 2 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            found.push(Self { radix: 16, size: hex.len() / 2, c: false });
        }
        if digits.is_some() {
            return found;
        }
        let octal = OCTAL.iter().find(|(width, _)| *width == number.len());
        found.extend(octal.map(|(_, size)| Self { radix: 8, size: *size, c: false }));
        if number.len() % 8 == 0 {
            found.push(Self { radix: 2, size: number.len() / 8, c: false });
        }
        let sizes = [1, 2, 4, 8];
        found.extend(sizes.map(|size| Self { radix: 10, size, c: false }));
        if number.starts_with('0') {
            found.extend(sizes.map(|size| Self { radix: 8, size, c: true }));
        }
        found.retain(|notation| notation.bytes(number).is_some());
        found
    }

    /// The bytes of a number, the highest first. A hexadecimal number at the end of a
    /// row can have fewer bytes.
    pub(super) fn bytes(self, number: &str) -> Option<Vec<u8>> {
        match self.radix {
            16 => {
                let digits = without_backquote(number.strip_prefix("0x").unwrap_or(number));
                let fits = !digits.is_empty() && digits.len() <= self.size * 2;
                if fits { pairs(&digits) } else { None }
            }
            10 => self.decimal(number),
            8 if self.c => {
                let digits = number.strip_prefix('0').filter(|rest| !rest.starts_with('0'))?;
                let octal = digits.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
                let value = u64::from_str_radix(number, 8).ok().filter(|_| octal)?;
                self.sized(value.into())
            }
            radix => {
                let width = match radix {
                    2 => self.size * 8,
                    _ => OCTAL.iter().find(|(_, size)| *size == self.size)?.0,
                };
                let digits = number.bytes().all(|byte| byte.is_ascii_digit());
                let value = u64::from_str_radix(number, radix).ok()?;
                (digits && number.len() == width).then(|| self.sized(value.into()))?
            }
        }
    }

    /// Decimal numbers have no zeros before them, but for the five digits of `hexdump -d`.
    fn decimal(self, number: &str) -> Option<Vec<u8>> {
        let digits = number.strip_prefix('-').unwrap_or(number);
        let padded = digits.len() > 1 && digits.starts_with('0') && number.len() != 5;
        let plain = !padded && digits.bytes().all(|byte| byte.is_ascii_digit());
        let value: i128 = number.parse().ok().filter(|_| plain)?;
        self.sized(value)
    }

    /// A number in its size, if it fits, the highest byte first.
    pub(super) fn sized(self, value: i128) -> Option<Vec<u8>> {
        let bits = u32::try_from(self.size * 8).ok().filter(|bits| *bits <= 64)?;
        let (least, most) = (-(1_i128 << (bits - 1)), (1_i128 << bits) - 1);
        let bytes = value.to_be_bytes();
        let start = bytes.len() - self.size;
        (least..=most).contains(&value).then(|| bytes.split_at(start).1.to_vec())
    }

    /// Its name in a message; `reversed` numbers have their lowest byte first.
    pub(super) fn manner(self, reversed: bool) -> String {
        let radix = match self.radix {
            2 => "binary ",
            8 => "octal ",
            10 => "decimal ",
            _ => "",
        };
        match (self.size, reversed) {
            (1, _) => format!("{radix}bytes in order"),
            (_, false) if self.radix == 16 => "bytes in order (big-endian numbers)".to_owned(),
            (size, true) => format!("little-endian {radix}numbers of {size} bytes"),
            (size, false) => format!("big-endian {radix}numbers of {size} bytes"),
        }
    }
}
