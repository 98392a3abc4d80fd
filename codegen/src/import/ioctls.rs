//! Ioctls and their comments.

use super::Importer;
use super::yaml::Block;
use crate::header::{Constant, Spelt};

impl Importer<'_> {
    pub(super) fn ioctl(&self, constant: &Constant) -> Block {
        let mut block = Block::default();
        let base = self.abi.ioctl_numbers.as_ref().map_or(0, |numbers| numbers.base_value.into());
        let number = match constant.spelt {
            Spelt::Ioctl { number, .. } => number - base,
            _ => constant.number,
        };
        block.put("ioctl", &constant.name).put("number", &number.to_string());
        if let Some((fd, backends)) = self.kinds.served_by(constant) {
            block.put("fd", &self.abi.fds[fd].name);
            if !backends.is_empty() {
                block.put("backends", &["[", &backends.join(", "), "]"].concat());
            }
        }
        let arg = self.kinds.arg(constant);
        let arg = match arg.as_str() {
            "none" | "int" | "fd" | "u32" | "string" => arg,
            _ => ["struct ", &arg].concat(),
        };
        block.put("arg", &arg).put("since", &self.since.to_string());
        block.doc(described(&constant.doc));
        block
    }
}

/// A comment without the ioctl and the macro at its start, which name the argument.
pub(super) fn described(doc: &str) -> &str {
    let named = doc.split_once(" - ").filter(|(name, _)| !name.contains(' '));
    let text = named.map_or(doc, |(_, rest)| rest);
    match text.starts_with("_IO") {
        true => text.split_once(')').map_or("", |(_, rest)| rest.trim_start()),
        false => text,
    }
}
