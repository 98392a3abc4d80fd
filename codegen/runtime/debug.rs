//! `Debug` of views: the values of their getters by name, as a struct with these fields prints
//! them.

#![allow(unused_macros, unused_imports, reason = "an ABI uses what its structs need")]

/// The `Debug` of a view of bytes, or of a view `Name in S` in a space of the type `S`.
macro_rules! debug_by_getters {
    ($name:ident $(in $space:ident)?: $($getter:ident),*) => {
        impl $(<$space: $crate::space::Space + ?Sized>)? core::fmt::Debug
            for $name<'_ $(, $space)?>
        {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field($crate::debug::field(stringify!($getter)), &self.$getter()))*
                    .finish()
            }
        }
    };
}

pub(crate) use debug_by_getters;

/// The name of a field: that of its getter, which can be a raw identifier.
pub(crate) fn field(getter: &'static str) -> &'static str {
    getter.strip_prefix("r#").unwrap_or(getter)
}
