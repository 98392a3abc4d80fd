//! The small languages inside values: the type of a field with the words before
//! it, the value of a constant, the argument of an ioctl, and some bits of a
//! field. They are parsed while the file is read, so that errors have a place.

use std::str::FromStr;

pub use super::ranges::{NumberRange, Offsets};
use super::text::Number;
use crate::layout::Int;
use crate::names;
use crate::reply::Direction;

/// `[words] base[shape]`, such as `out aligned_u64` or `area[nr_areas]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeExpr {
    /// Its direction.
    pub direction: Option<Direction>,
    /// Its role, if given.
    pub role: Option<RoleWord>,
    /// The integer, or the name of a struct.
    pub base: Base,
    /// The form of the type.
    pub shape: Shape,
}

/// A role, given by a word before the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleWord {
    /// `argsz`
    Argsz,
    /// `flags`
    Flags,
    /// `cap_offset`
    CapOffset,
    /// `reserved`
    Reserved,
    /// `fd`
    Fd,
    /// `optional_fd`
    OptionalFd,
}

/// The base of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// An integer.
    Int(Int),
    /// A struct, by name.
    Struct(String),
}

/// The form of the type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The base itself.
    One,
    /// `base*`
    Pointer,
    /// `base[12]`
    Fixed(u64),
    /// `base[ORB_AREA_SIZE]`
    Named(String),
    /// `base[]`, or `base[nr_areas]` with the field that counts it.
    Flexible(Option<String>),
}

/// The integer of this name.
pub fn int(name: &str) -> Option<Int> {
    Some(match name {
        "u8" => Int::U8,
        "u16" => Int::U16,
        "u32" => Int::U32,
        "u64" => Int::U64,
        "s8" => Int::S8,
        "s16" => Int::S16,
        "s32" => Int::S32,
        "s64" => Int::S64,
        "aligned_u64" => Int::AlignedU64,
        "le16" => Int::Le16,
        "le32" => Int::Le32,
        "le64" => Int::Le64,
        "aligned_le64" => Int::AlignedLe64,
        _ => return None,
    })
}

/// The integer that a C type stands for, for hints.
pub fn int_like_c(name: &str) -> Option<&'static str> {
    let bare = name.trim_start_matches('_').trim_end_matches("_t").replace("uint", "u");
    let bare = bare.replace("aligned_be", "aligned_u");
    Some(match bare.as_str() {
        "u8" | "char" => "u8",
        "le16" => "le16",
        "le32" => "le32",
        "le64" => "le64",
        "aligned_le64" => "aligned_le64",
        "u16" | "ushort" | "be16" => "u16",
        "u32" | "u" | "unsigned" | "be32" => "u32",
        "u64" | "ulong" | "be64" => "u64",
        "s8" | "int8" | "i8" => "s8",
        "s16" | "int16" | "i16" | "short" => "s16",
        "s32" | "int32" | "i32" | "int" => "s32",
        "s64" | "int64" | "i64" | "long" => "s64",
        "aligned_u64" => "aligned_u64",
        _ => return None,
    })
}

impl FromStr for TypeExpr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words: Vec<_> = text.split_whitespace().collect();
        let last = words.pop().ok_or("expected a type, found nothing")?;
        let (base, shape) = base_and_shape(last)?;
        let mut expr = Self { direction: None, role: None, base, shape };
        for word in words {
            expr.take_word(word)?;
        }
        Ok(expr)
    }
}

impl TypeExpr {
    /// The type without the words before it, `u32[4]` for instance.
    pub fn c_like(&self) -> String {
        let base = match &self.base {
            Base::Int(int) => int.name(),
            Base::Struct(name) => name,
        };
        let shape = match &self.shape {
            Shape::One => String::new(),
            Shape::Pointer => "*".to_owned(),
            Shape::Fixed(length) => format!("[{length}]"),
            Shape::Named(length) => format!("[{length}]"),
            Shape::Flexible(_) => "[]".to_owned(),
        };
        base.to_owned() + &shape
    }

    fn take_word(&mut self, word: &str) -> Result<(), String> {
        let direction = match word {
            "in" => Some(Direction::In),
            "out" => Some(Direction::Out),
            "inout" => Some(Direction::InOut),
            _ => None,
        };
        if let Some(direction) = direction {
            return set(&mut self.direction, direction, "direction");
        }
        let role = match word {
            "argsz" => RoleWord::Argsz,
            "flags" => RoleWord::Flags,
            "cap_offset" => RoleWord::CapOffset,
            "reserved" => RoleWord::Reserved,
            "fd" => RoleWord::Fd,
            "optional_fd" => RoleWord::OptionalFd,
            _ => return Err(unknown_word(word)),
        };
        set(&mut self.role, role, "role")
    }
}

fn set<T>(slot: &mut Option<T>, value: T, what: &str) -> Result<(), String> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("a field can have only one {what}")),
    }
}

const WORDS: [&str; 9] =
    ["in", "out", "inout", "argsz", "flags", "cap_offset", "reserved", "fd", "optional_fd"];

fn unknown_word(word: &str) -> String {
    match crate::names::nearest(word, WORDS.into_iter()) {
        Some(near) => format!("unknown word `{word}` before the type; did you mean `{near}`?"),
        None => format!("unknown word `{word}` before the type; known are {}", WORDS.join(", ")),
    }
}

fn base_and_shape(text: &str) -> Result<(Base, Shape), String> {
    let (base, shape) = if let Some(base) = text.strip_suffix('*') {
        (base, Shape::Pointer)
    } else if let Some((base, length)) = text.split_once('[') {
        let length = length.strip_suffix(']');
        (base, shape(length.ok_or_else(|| format!("`{text}` has no `]`"))?)?)
    } else {
        (text, Shape::One)
    };
    if !crate::names::is_name(base) {
        let like = int_like_c(base).map(|int| format!("; did you mean `{int}`?"));
        return Err(format!("`{base}` is not a type{}", like.unwrap_or_default()));
    }
    let base = int(base).map_or_else(|| Base::Struct(base.to_owned()), Base::Int);
    Ok((base, shape))
}

/// The text between the brackets: nothing, a number, a constant in upper case, or
/// the field that counts the elements.
fn shape(length: &str) -> Result<Shape, String> {
    if length.is_empty() {
        return Ok(Shape::Flexible(None));
    }
    if length.starts_with(|first: char| first.is_ascii_digit()) {
        let number: Number = length.parse()?;
        let length = u64::try_from(number.value).map_err(|error| error.to_string())?;
        return Ok(Shape::Fixed(length));
    }
    match crate::names::is_name(length) {
        false => Err(format!("`{length}` is not a number, a constant or a field")),
        true if length.bytes().any(|byte| byte.is_ascii_lowercase()) => {
            Ok(Shape::Flexible(Some(length.to_owned())))
        }
        true => Ok(Shape::Named(length.to_owned())),
    }
}

/// The value of a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// A number.
    Number(Number),
    /// `next`: one more than the enumerator before it.
    Next,
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "next" => Ok(Self::Next),
            _ => text.parse().map(Self::Number),
        }
    }
}

/// The argument of an ioctl.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ArgExpr {
    /// `none`
    #[default]
    None,
    /// `int`: the number itself.
    Int,
    /// `fd`: a pointer to a file descriptor.
    Fd,
    /// `u32`: a pointer to a `u32`.
    U32,
    /// `string`: a pointer to a string.
    Text,
    /// `struct name`: a pointer to a struct.
    Struct(String),
}

impl ArgExpr {
    /// The struct that it points to.
    pub fn struct_name(&self) -> Option<&str> {
        match self {
            Self::Struct(name) => Some(name),
            _ => None,
        }
    }
}

impl FromStr for ArgExpr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "none" => Self::None,
            "int" => Self::Int,
            "fd" => Self::Fd,
            "u32" => Self::U32,
            "string" => Self::Text,
            _ => {
                let name = text.strip_prefix("struct ").filter(|name| !name.contains(' '));
                Self::Struct(name.map(str::to_owned).ok_or_else(|| {
                    format!(
                        "expected `struct` and a name, or none, int, fd, u32 or string, found `{text}`"
                    )
                })?)
            }
        })
    }
}

/// The name of an error, such as `ENOSPC`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorName(pub String);

impl FromStr for ErrorName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = names::rust_error(text).map(|_| Self(text.to_owned()));
        name.ok_or_else(|| format!("expected the name of an error such as ENOSPC, found `{text}`"))
    }
}

/// A day, as `2026-06-12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day(pub String);

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split('-').collect();
        let number = |part: &str, digits: usize, most: u32| {
            let written = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            written && part.parse().is_ok_and(|number: u32| (1..=most).contains(&number))
        };
        match parts[..] {
            [year, month, day]
                if number(year, 4, 9999) && number(month, 2, 12) && number(day, 2, 31) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(format!("expected a day such as 2026-06-12, found `{text}`")),
        }
    }
}

/// The version of a package: three numbers, and possibly a pre-release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub String);

impl Default for Version {
    fn default() -> Self {
        Self("0.0.0".to_owned())
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (numbers, pre) = text.split_once('-').unwrap_or((text, "0"));
        let number = |part: &str| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            digits && part.len() < 10 && (part == "0" || !part.starts_with('0'))
        };
        let word = |part: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            !part.is_empty() && part.bytes().all(plain) && (!digits || number(part))
        };
        let three = numbers.split('.').count() == 3 && numbers.split('.').all(number);
        match three && pre.split('.').all(word) {
            true => Ok(Self(text.to_owned())),
            false => Err(format!("expected a version such as 0.1.0, found `{text}`")),
        }
    }
}

/// A field, or `field[low..high]` for some of its bits, `high` excluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitsExpr {
    /// The field's name.
    pub field: String,
    /// The bits, if not all.
    pub bits: Option<(u32, u32)>,
}

impl FromStr for BitsExpr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((field, rest)) = text.split_once('[') else {
            return Ok(Self { field: text.to_owned(), bits: None });
        };
        let range = rest.strip_suffix(']').and_then(|range| range.split_once(".."));
        let bits = range.and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
        match bits {
            Some((low, high)) if low < high && high <= 64 => {
                Ok(Self { field: field.to_owned(), bits: Some((low, high)) })
            }
            _ => Err(format!("expected `field` or `field[low..high]`, found `{text}`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_three_numbers() {
        for good in ["0.1.0", "1.20.300", "1.0.0-rc.1", "1.0.0-a-b"] {
            assert_eq!(good.parse(), Ok(Version(good.to_owned())));
        }
        for bad in ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.x", "1.0.0-", "1.0.0-01", "v1.0.0"] {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
    }

    #[test]
    fn days_are_read() {
        assert_eq!("2026-06-12".parse(), Ok(Day("2026-06-12".to_owned())));
        for bad in ["", "2026", "2026-6-12", "2026-13-01", "2026-00-01", "2026-01-32", "26-01-01"] {
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
    }

    #[test]
    fn words_and_shapes_are_read() {
        let expr: TypeExpr = "inout argsz u32".parse().expect("a type");
        assert_eq!(expr.direction, Some(Direction::InOut));
        assert_eq!(expr.role, Some(RoleWord::Argsz));
        assert_eq!((expr.base, expr.shape), (Base::Int(Int::U32), Shape::One));
        let shape = |text: &str| text.parse::<TypeExpr>().expect("a type").shape;
        assert_eq!(shape("area[nr_areas]"), Shape::Flexible(Some("nr_areas".to_owned())));
        assert_eq!(shape("u8[ORB_AREA_SIZE]"), Shape::Named("ORB_AREA_SIZE".to_owned()));
        assert_eq!(shape("u8[12]"), Shape::Fixed(12));
        assert_eq!(shape("u64*"), Shape::Pointer);
    }

    #[test]
    fn what_is_no_type_is_refused() {
        for text in ["", "in out u32", "ou u32", "u8[", "u8[a-b]", "u8[-1]", "in", "u 32 x["] {
            assert!(text.parse::<TypeExpr>().is_err() || text == "in", "{text}");
        }
    }

    #[test]
    fn bits_of_a_field_are_read() {
        let bits: BitsExpr = "header[20..32]".parse().expect("bits");
        assert_eq!(bits.bits, Some((20, 32)));
        assert!("header[3..3]".parse::<BitsExpr>().is_err());
        assert!("header[0..65]".parse::<BitsExpr>().is_err());
    }
}
