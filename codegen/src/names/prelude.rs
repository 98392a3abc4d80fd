//! The names of Rust's prelude: a type of a crate with one of them would hide it from programs
//! that import all types of the module.

/// Types, traits, variants and derives that some edition's prelude has.
macro_rules! prelude {
    ($($name:ident)*) => {
        const PRELUDE: &[&str] = &[$(stringify!($name)),*];

        /// The compiler knows all of them there.
        #[cfg(test)]
        mod of_compiler {
            #[expect(unused_imports, reason = "they only have to exist")]
            use std::prelude::rust_2024::{$($name),*};
        }
    };
}

prelude! {
    AsMut AsRef AsyncFn AsyncFnMut AsyncFnOnce Box Clone Copy Debug Default
    DoubleEndedIterator Drop Eq Err ExactSizeIterator Extend Fn FnMut FnOnce From FromIterator
    Future Hash Into IntoFuture IntoIterator Iterator None Ok Option Ord PartialEq PartialOrd
    Result Send Sized Some String Sync ToOwned ToString TryFrom TryInto Unpin Vec
}

/// Whether the prelude has a type, a trait or a variant of this name.
pub fn is_in_prelude(name: &str) -> bool {
    PRELUDE.contains(&name)
}
