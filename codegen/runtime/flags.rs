//! Operations of all types of flags and of named numbers.
//!
//! Both kinds have the same shape: `.0` and `bits()` are the integer, `From` converts
//! both ways and keeps unknown bits and numbers of newer kernels, and `from_bits`
//! accepts known ones only. `TryFrom`, which `From` implies, never fails. `Debug` prints
//! unknown ones as numbers after the names; `{:x}`, `{:X}`, `{:o}` and `{:b}` print the integer.

/// Prints the bits of a type in other bases, as those of its integer.
#[allow(unused_macros, reason = "an ABI may have no flags and no named numbers")]
macro_rules! bases {
    ($name:ident: $($base:ident)*) => {$(
        impl core::fmt::$base for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::$base::fmt(&self.0, f)
            }
        }
    )*};
}

/// Implements the operations of a type of flags; `NAMED` lists its single bits.
#[allow(unused_macros, reason = "an ABI may have no flags")]
macro_rules! flags {
    ($name:ident, $int:ty) => {
        bases!($name: Binary Octal LowerHex UpperHex);

        impl $name {
            /// No flag at all.
            #[must_use]
            pub const fn empty() -> Self {
                Self(0)
            }

            /// Every flag that has a name.
            #[must_use]
            pub const fn all() -> Self {
                let (mut all, mut rest) = (0, Self::NAMED);
                while let [(_, flag), others @ ..] = rest {
                    all |= flag.0;
                    rest = others;
                }
                Self(all)
            }

            /// The flags with these bits; none if a bit has no name. `From` keeps such bits.
            #[must_use]
            pub const fn from_bits(bits: $int) -> Option<Self> {
                match bits & !Self::all().0 {
                    0 => Some(Self(bits)),
                    _ => None,
                }
            }

            /// The flags with those of the bits that have a name.
            #[must_use]
            pub const fn from_bits_truncate(bits: $int) -> Self {
                Self(bits & Self::all().0)
            }

            /// The flags with these bits, known and unknown.
            #[must_use]
            pub const fn from_bits_retain(bits: $int) -> Self {
                Self(bits)
            }

            /// The bits, known and unknown.
            #[must_use]
            pub const fn bits(self) -> $int {
                self.0
            }

            /// Whether no bit is set.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Whether every flag that has a name is set.
            #[must_use]
            pub const fn is_all(self) -> bool {
                self.contains(Self::all())
            }

            /// Whether all of `flags` are set.
            #[must_use]
            pub const fn contains(self, flags: Self) -> bool {
                self.0 & flags.0 == flags.0
            }

            /// Whether any of `flags` is set.
            #[must_use]
            pub const fn intersects(self, flags: Self) -> bool {
                self.0 & flags.0 != 0
            }

            /// The flags that are in one of both; also `|`.
            #[must_use]
            pub const fn union(self, flags: Self) -> Self {
                Self(self.0 | flags.0)
            }

            /// The flags that are in both; also `&`.
            #[must_use]
            pub const fn intersection(self, flags: Self) -> Self {
                Self(self.0 & flags.0)
            }

            /// These flags without `flags`; also `-`.
            #[must_use]
            pub const fn difference(self, flags: Self) -> Self {
                Self(self.0 & !flags.0)
            }

            /// The flags that are in exactly one of both; also `^`.
            #[must_use]
            pub const fn symmetric_difference(self, flags: Self) -> Self {
                Self(self.0 ^ flags.0)
            }

            /// The flags with a name that are not set; also `!`.
            #[must_use]
            pub const fn complement(self) -> Self {
                Self::from_bits_truncate(!self.0)
            }

            /// Sets `flags`.
            pub const fn insert(&mut self, flags: Self) {
                self.0 |= flags.0;
            }

            /// Clears `flags`.
            pub const fn remove(&mut self, flags: Self) {
                self.0 &= !flags.0;
            }

            /// Inverts `flags`.
            pub const fn toggle(&mut self, flags: Self) {
                self.0 ^= flags.0;
            }

            /// Sets or clears `flags`.
            pub const fn set(&mut self, flags: Self, value: bool) {
                match value {
                    true => self.insert(flags),
                    false => self.remove(flags),
                }
            }

            /// The bits without a name.
            #[must_use]
            pub const fn unknown(self) -> $int {
                self.0 & !Self::all().0
            }

            /// The set flags that have a name, one by one.
            pub fn iter(self) -> impl Iterator<Item = Self> {
                self.iter_names().map(|(_, flag)| flag)
            }

            /// The same with their names.
            pub fn iter_names(self) -> impl Iterator<Item = (&'static str, Self)> {
                let named = Self::NAMED.iter().copied();
                named.filter(move |(_, flag)| self.contains(*flag))
            }
        }

        impl core::ops::BitOr for $name {
            type Output = Self;

            fn bitor(self, flags: Self) -> Self {
                self.union(flags)
            }
        }

        impl core::ops::BitOrAssign for $name {
            fn bitor_assign(&mut self, flags: Self) {
                self.insert(flags);
            }
        }

        impl core::ops::BitAnd for $name {
            type Output = Self;

            fn bitand(self, flags: Self) -> Self {
                self.intersection(flags)
            }
        }

        impl core::ops::BitAndAssign for $name {
            fn bitand_assign(&mut self, flags: Self) {
                self.0 &= flags.0;
            }
        }

        impl core::ops::BitXor for $name {
            type Output = Self;

            fn bitxor(self, flags: Self) -> Self {
                self.symmetric_difference(flags)
            }
        }

        impl core::ops::BitXorAssign for $name {
            fn bitxor_assign(&mut self, flags: Self) {
                self.toggle(flags);
            }
        }

        impl core::ops::Sub for $name {
            type Output = Self;

            fn sub(self, flags: Self) -> Self {
                self.difference(flags)
            }
        }

        impl core::ops::SubAssign for $name {
            fn sub_assign(&mut self, flags: Self) {
                self.remove(flags);
            }
        }

        impl core::ops::Not for $name {
            type Output = Self;

            fn not(self) -> Self {
                self.complement()
            }
        }

        impl Extend<$name> for $name {
            fn extend<I: IntoIterator<Item = Self>>(&mut self, flags: I) {
                flags.into_iter().for_each(|flags| self.insert(flags));
            }
        }

        impl FromIterator<$name> for $name {
            fn from_iter<I: IntoIterator<Item = Self>>(flags: I) -> Self {
                flags.into_iter().fold(Self::empty(), Self::union)
            }
        }

        impl From<$int> for $name {
            fn from(bits: $int) -> Self {
                Self(bits)
            }
        }

        impl From<$name> for $int {
            fn from(flags: $name) -> Self {
                flags.0
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let mut separator = "";
                for (name, _) in self.iter_names() {
                    write!(f, "{separator}{name}")?;
                    separator = " | ";
                }
                match self.unknown() {
                    0 if separator.is_empty() => f.write_str("0"),
                    0 => Ok(()),
                    unknown => write!(f, "{separator}{unknown:#x}"),
                }
            }
        }
    };
}

/// Implements the operations of a type of named numbers; `NAMED` lists them.
#[allow(unused_macros, reason = "an ABI may have no named numbers")]
macro_rules! numbers {
    ($name:ident, $int:ty) => {
        bases!($name: Binary Octal LowerHex UpperHex);

        impl $name {
            /// The number if it has a name. `From` keeps other numbers.
            #[must_use]
            pub const fn from_bits(bits: $int) -> Option<Self> {
                let mut rest = Self::NAMED;
                while let [(_, number), others @ ..] = rest {
                    if number.0 == bits {
                        return Some(*number);
                    }
                    rest = others;
                }
                None
            }

            /// The number, known or unknown.
            #[must_use]
            pub const fn bits(self) -> $int {
                self.0
            }

            /// The number's name, if it has one.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                let named = Self::NAMED.iter().find(|(_, number)| *number == self);
                named.map(|(name, _)| *name)
            }
        }

        impl From<$int> for $name {
            fn from(number: $int) -> Self {
                Self(number)
            }
        }

        impl From<$name> for $int {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{}", self.0),
                }
            }
        }
    };
}
