//! Operations of all types of flags and of named numbers.
//!
//! Unknown bits and numbers of newer kernels are kept, and `Debug` prints them as
//! numbers after the names.

/// Implements the operations of a type of flags; `NAMED` lists its single bits.
#[allow(unused_macros, reason = "an ABI may have no flags")]
macro_rules! flags {
    ($name:ident, $int:ty) => {
        impl $name {
            /// No flag at all.
            pub const fn empty() -> Self {
                Self(0)
            }

            /// The bits, known and unknown.
            pub const fn bits(self) -> $int {
                self.0
            }

            /// Whether all of `flags` are set.
            pub const fn contains(self, flags: Self) -> bool {
                self.0 & flags.0 == flags.0
            }

            /// Whether any of `flags` is set.
            pub const fn intersects(self, flags: Self) -> bool {
                self.0 & flags.0 != 0
            }

            /// The flags of both.
            pub const fn union(self, flags: Self) -> Self {
                Self(self.0 | flags.0)
            }

            /// The bits without a name.
            pub fn unknown(self) -> $int {
                Self::NAMED.iter().fold(self.0, |rest, (_, flag)| rest & !flag.0)
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
                self.0 |= flags.0;
            }
        }

        impl core::ops::BitAnd for $name {
            type Output = Self;

            fn bitand(self, flags: Self) -> Self {
                Self(self.0 & flags.0)
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
                let set = Self::NAMED.iter().filter(|(_, flag)| self.contains(*flag));
                let mut separator = "";
                for (name, _) in set {
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
        impl $name {
            /// The number's name, if it has one.
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
