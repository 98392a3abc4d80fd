//! Casts, `sizeof`, and the function-like macros of the kernel's own headers.

use super::expressions::{Evaluated, ExpressionReader};
use super::types::{self, IntType};
use super::values::TypedNumber;
use crate::layout::{Int, LiteralType, Model};

/// Function-like macros of the kernel's own headers.
pub(super) const BUILT_IN: [&str; 16] = [
    "_IO",
    "_IOR",
    "_IOW",
    "_IOWR",
    "_IOC",
    "_BITUL",
    "_BITULL",
    "BIT",
    "__GENMASK",
    "__GENMASK_ULL",
    "GENMASK",
    "_AC",
    "__AC",
    "_UL",
    "_ULL",
    "__has_attribute",
];

impl ExpressionReader<'_, '_> {
    /// Macros of the kernel's own headers, which are not read.
    pub(super) fn call(&mut self, name: &str) -> Evaluated {
        let first = match name {
            "_AC" | "__AC" | "_UL" | "_ULL" => {
                let value = self.ternary()?;
                // The suffix of `_AC` is no value.
                while !self.peek()?.is_none_or(|token| token.is(")")) {
                    self.skip();
                }
                TypedNumber::unsigned(value.value)
            }
            _ => self.ternary()?,
        };
        let c_type = match name {
            "_BITUL" | "__GENMASK" | "_UL" => Some(LiteralType::UnsignedLong),
            "_BITULL" | "__GENMASK_ULL" | "_ULL" => Some(LiteralType::UnsignedLongLong),
            _ => None,
        };
        let value = match name {
            "_IO" | "_IOR" | "_IOW" | "_IOWR" | "_IOC" => self.ioctl(name, first)?,
            "__GENMASK" | "__GENMASK_ULL" | "GENMASK" => {
                self.wants(",")?;
                let low = self.ternary()?.value;
                let bits = first.value - low + 1;
                let fits = (0..64).contains(&low) && (1..=64 - low).contains(&bits);
                let mask = fits.then(|| ((1_i128 << bits) - 1) << low);
                TypedNumber::unsigned(mask.ok_or("its bits are out of range")?)
            }
            "_BITUL" | "_BITULL" | "BIT" => TypedNumber::unsigned(1).with("<<", first)?,
            _ => first,
        };
        self.wants(")")?;
        Ok(if c_type.is_some() { value.typed(c_type) } else { value })
    }

    /// The number of an ioctl, after its first argument.
    fn ioctl(&mut self, name: &str, first: TypedNumber) -> Evaluated {
        self.wants(",")?;
        let target = self.evaluator.program.reader.target;
        let second = self.ternary()?;
        let (write, read) = if target.ioc_none == 0 { (1, 2) } else { (4, 2) };
        let shift = if target.ioc_none == 0 { 30 } else { 29 };
        let (direction, type_, number, size) = match name {
            // Its direction bits are added where the number is used.
            "_IO" => (0, first.value, second.value, 0),
            "_IOC" => {
                self.wants(",")?;
                let third = self.ternary()?;
                self.wants(",")?;
                (first.value, second.value, third.value, self.ternary()?.value)
            }
            _ => {
                self.wants(",")?;
                let size = self.type_size()?;
                let direction = match name {
                    "_IOR" => read,
                    "_IOW" => write,
                    _ => read | write,
                };
                (direction, first.value, second.value, size)
            }
        };
        Ok(TypedNumber::int(direction << shift | size << 16 | type_ << 8 | number))
    }

    /// Whether a type comes next; the number of its tokens.
    pub(super) fn type_next(&mut self) -> Result<Option<usize>, String> {
        self.peek()?;
        let Some(frame) = self.frames.last() else { return Ok(None) };
        let rest = frame.tokens.get(frame.at..).unwrap_or_default();
        Ok(match rest {
            [word, _, ..] if word.is("struct") || word.is("enum") => Some(2),
            _ => types::int(rest).map(|(_, length)| length),
        })
    }

    /// `(type) value`, after the opening bracket.
    pub(super) fn cast(&mut self) -> Evaluated {
        let Some(frame) = self.frames.last_mut() else { return Err("there is no type".to_owned()) };
        let rest = frame.tokens.get(frame.at..).unwrap_or_default();
        let Some((int, length)) = types::int(rest) else {
            return Err("a cast to such a type has no number".to_owned());
        };
        frame.at += length;
        self.wants(")")?;
        let value = self.unary()?;
        Ok(match int {
            IntType::Fixed(int) | IntType::BigEndian(int) => value.cast(int),
            IntType::AlignedS64 => value.cast(Int::S64),
            IntType::Long(_) => {
                self.evaluator.program.depends_on_target();
                let wide = self.evaluator.program.reader.target.model == Model::Lp64;
                value.cast(if wide { Int::U64 } else { Int::U32 })
            }
        })
    }

    /// `sizeof`, after the word.
    pub(super) fn size_of(&mut self) -> Evaluated {
        self.wants("(")?;
        let size = self.type_size()?;
        self.wants(")")?;
        Ok(TypedNumber::unsigned(size))
    }

    /// The size of a type, which comes next.
    fn type_size(&mut self) -> Result<i128, String> {
        self.peek()?;
        let program = self.evaluator.program;
        let sizes = self.evaluator.sizes;
        let Some(frame) = self.frames.last_mut() else { return Err("there is no type".to_owned()) };
        let rest = frame.tokens.get(frame.at..).unwrap_or_default();
        let (length, per_model) = match rest {
            [word, name, ..] if word.is("struct") => {
                let found = sizes.and_then(|sizes| sizes.get(name.text));
                let found =
                    found.ok_or_else(|| format!("`struct {}` is not declared", name.text))?;
                (2, found.map(|extent| extent.size))
            }
            [word, _, ..] if word.is("enum") => (2, [4; 3]),
            _ => match types::int(rest) {
                Some((IntType::Fixed(int) | IntType::BigEndian(int), length)) => {
                    (length, [int.size(); 3])
                }
                Some((IntType::AlignedS64, length)) => (length, [8; 3]),
                Some((IntType::Long(_), length)) => {
                    (length, Model::ALL.map(|model| model.pointer().size))
                }
                None => return Err("the type is not understood".to_owned()),
            },
        };
        frame.at += length;
        if self.takes("*")? {
            program.depends_on_target();
            return Ok(program.reader.target.model.pointer().size.into());
        }
        let mut size: i128 = per_model[program.reader.target.model.index()].into();
        if per_model.iter().any(|one| *one != per_model[0]) {
            program.depends_on_target();
        }
        while self.takes("[")? {
            size *= self.ternary()?.value;
            self.wants("]")?;
        }
        Ok(size)
    }
}
