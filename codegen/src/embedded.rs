//! The specification that is part of the program.

/// Name and text of every file.
pub static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
