//! Numbers with the integer types of C, as a 64-bit compiler computes them.

use crate::layout::{Int, LiteralType};

/// An integer of C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TypedNumber {
    pub(super) value: i128,
    unsigned: bool,
    /// 64 bits on LP64, otherwise 32.
    wide: bool,
    /// The type that suffixes have given to it.
    pub(super) c_type: Option<LiteralType>,
}

impl TypedNumber {
    /// An int, or a long if an int is too small.
    pub(super) fn int(value: i128) -> Self {
        let (unsigned, wide) = (false, !fits(value, false, false));
        let unsigned = if wide { !fits(value, false, true) } else { unsigned };
        Self { value, unsigned, wide, c_type: None }.wrapped()
    }

    /// An unsigned long.
    pub(super) fn unsigned(value: i128) -> Self {
        Self { value, unsigned: true, wide: true, c_type: None }.wrapped()
    }

    /// The number with the type of a macro of the kernel's own headers.
    pub(super) fn typed(self, c_type: Option<LiteralType>) -> Self {
        Self { c_type, ..self }
    }

    /// The number converted to an integer type.
    pub(super) fn cast(self, int: Int) -> Self {
        let bits = int.size() * 8;
        let low = self.value.rem_euclid(1 << bits);
        let negative = int.signed() && low >= 1 << (bits - 1);
        let value = if negative { low - (1 << bits) } else { low };
        // Narrow types are converted to int.
        Self { value, unsigned: !int.signed() && bits >= 32, wide: bits == 64, c_type: None }
    }

    fn bits(self) -> u32 {
        if self.wide { 64 } else { 32 }
    }

    /// The same, with the bits that its type has.
    fn wrapped(self) -> Self {
        let modulus = 1_i128 << self.bits();
        let low = self.value.rem_euclid(modulus);
        let negative = !self.unsigned && low >= modulus / 2;
        Self { value: if negative { low - modulus } else { low }, ..self }
    }

    fn truth(yes: bool) -> Self {
        Self::int(yes.into())
    }

    /// The value of a unary operator.
    pub(super) fn under(self, mark: &str) -> Self {
        let value = match mark {
            "-" => -self.value,
            "~" => !self.value,
            "!" => return Self::truth(self.value == 0),
            _ => self.value,
        };
        Self { value, ..self }.wrapped()
    }

    /// The value of an operator between two numbers.
    pub(super) fn with(self, mark: &str, other: Self) -> Result<Self, String> {
        let wide = self.wide || other.wide;
        let widest = |one: &Self| one.unsigned && one.wide == wide;
        let c_type = self.c_type.max(other.c_type);
        let type_ = Self { value: 0, unsigned: widest(&self) || widest(&other), wide, c_type };
        let convert = |one: Self| Self { value: one.value, ..type_ }.wrapped().value;
        let (a, b) = (convert(self), convert(other));
        let value = match mark {
            "+" => a + b,
            "-" => a - b,
            "*" => a.checked_mul(b).ok_or("a product is too large")?,
            "/" | "%" if b == 0 => return Err("it divides by 0".to_owned()),
            "/" => a / b,
            "%" => a % b,
            "|" => a | b,
            "^" => a ^ b,
            "&" => a & b,
            "<<" | ">>" => return self.shifted(mark, other),
            _ => return Ok(Self::truth(compared(mark, a, b))),
        };
        Ok(Self { value, ..type_ }.wrapped())
    }

    /// A shift has the type of its left operand.
    fn shifted(self, mark: &str, by: Self) -> Result<Self, String> {
        let by = u32::try_from(by.value).ok().filter(|by| *by < self.bits());
        let by = by.ok_or_else(|| format!("it shifts by more than {} bits", self.bits() - 1))?;
        let value = if mark == "<<" { self.value << by } else { self.value >> by };
        Ok(Self { value, ..self }.wrapped())
    }
}

fn compared(mark: &str, a: i128, b: i128) -> bool {
    match mark {
        "==" => a == b,
        "!=" => a != b,
        "<" => a < b,
        ">" => a > b,
        "<=" => a <= b,
        ">=" => a >= b,
        "&&" => a != 0 && b != 0,
        _ => a != 0 || b != 0,
    }
}

fn fits(value: i128, unsigned: bool, wide: bool) -> bool {
    let bits = if wide { 64 } else { 32 };
    match unsigned {
        true => (0..1 << bits).contains(&value),
        false => (-(1 << (bits - 1))..1 << (bits - 1)).contains(&value),
    }
}

/// The value of a literal, with its type in C.
pub(super) fn literal(text: &str) -> Option<TypedNumber> {
    if let Some(quoted) = text.strip_prefix('\'') {
        return character(quoted.strip_suffix('\'')?);
    }
    let lower = text.to_ascii_lowercase();
    let digits = lower.trim_end_matches(['u', 'l']);
    let suffix = &lower[digits.len()..];
    if !matches!(suffix, "" | "u" | "l" | "ul" | "lu" | "ll" | "ull" | "llu") {
        return None;
    }
    let (digits, base) = match digits {
        _ if digits.starts_with("0x") => (&digits[2..], 16),
        _ if digits.len() > 1 && digits.starts_with('0') => (&digits[1..], 8),
        _ => (digits, 10),
    };
    let value = i128::from(u64::from_str_radix(digits, base).ok()?);
    let (asked_unsigned, asked_wide) = (suffix.contains('u'), suffix.contains('l'));
    let types = [(false, false), (true, false), (false, true), (true, true)];
    let (unsigned, wide) = types.into_iter().find(|(unsigned, wide)| {
        let signs = *unsigned == asked_unsigned || (*unsigned && base != 10);
        signs && (*wide || !asked_wide) && fits(value, *unsigned, *wide)
    })?;
    let c_type = match suffix {
        "u" => Some(LiteralType::UnsignedInt),
        "ul" | "lu" => Some(LiteralType::UnsignedLong),
        "ull" | "llu" => Some(LiteralType::UnsignedLongLong),
        _ => None,
    };
    Some(TypedNumber { value, unsigned, wide, c_type })
}

/// A character between its quotes.
fn character(text: &str) -> Option<TypedNumber> {
    let mut characters = text.chars();
    let value = match (characters.next()?, characters.next()) {
        ('\\', Some('0')) => 0,
        ('\\', Some('n')) => i128::from(b'\n'),
        ('\\', Some('t')) => i128::from(b'\t'),
        ('\\', Some(one @ ('\\' | '\'' | '"'))) => i128::from(u32::from(one)),
        ('\\', _) => return None,
        (one, None) if one.is_ascii() => i128::from(u32::from(one)),
        _ => return None,
    };
    characters.next().is_none().then(|| TypedNumber::int(value))
}
