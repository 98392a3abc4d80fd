//! Ioctls, and what their comments say of them.

use super::Importer;
use super::yaml::Block;
use crate::header::guess::{self, Way};
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
        if let Some((fd, backends)) = self.served_by(constant) {
            block.put("fd", &self.abi.fds[fd].name);
            if !backends.is_empty() {
                block.put("backends", &["[", &backends.join(", "), "]"].concat());
            }
        }
        block.put("arg", &self.arg(constant)).put("since", &self.since.to_string());
        block.doc(described(&constant.doc));
        block
    }

    /// The file descriptor that an ioctl names behind the word of the ABI, or
    /// that of its neighbour, and what serves it.
    fn served_by(&self, constant: &Constant) -> Option<(usize, &[String])> {
        let word = constant.name.split('_').nth(1).unwrap_or_default();
        let named = self.abi.fds.iter().position(|fd| fd.name.eq_ignore_ascii_case(word));
        let neighbour = self.neighbour(constant).map(|index| &self.abi.ioctls[index]);
        let neighbour = neighbour.map(|ioctl| (ioctl.fd, ioctl.backends.as_slice()));
        match (named, neighbour) {
            (Some(fd), Some((other, backends))) if fd == other => Some((fd, backends)),
            (Some(fd), _) => Some((fd, &[])),
            (None, Some(neighbour)) => Some(neighbour),
            (None, None) => (!self.abi.fds.is_empty()).then_some((0, &[])),
        }
    }

    /// The known ioctl that is nearest in front of one.
    fn neighbour(&self, constant: &Constant) -> Option<usize> {
        let earlier = self.facts.constants.iter().rev().filter(|one| one.place < constant.place);
        let mut known = earlier
            .filter_map(|one| self.abi.ioctls.iter().position(|ioctl| ioctl.name == one.name));
        known.next()
    }

    /// The argument, as the comment names it, or the struct with an argsz right
    /// in front.
    fn arg(&self, constant: &Constant) -> String {
        let known = |name: &&str| {
            self.facts.struct_(name).is_some()
                || self.abi.structs.iter().any(|one| one.name == **name)
        };
        let words = |text: &'_ str| {
            let names = text.split("struct ").skip(1);
            let word = |one: char| !one.is_ascii_alphanumeric() && one != '_';
            names.filter_map(|rest| rest.split(word).next().map(str::to_owned)).collect::<Vec<_>>()
        };
        if let Some(name) = words(&constant.doc).iter().map(String::as_str).find(known) {
            return name.to_owned();
        }
        let head = constant.doc.split(')').next().unwrap_or_default();
        let plain = [("__s32", "fd"), ("__u32", "u32"), ("char", "string")];
        let plain =
            plain.iter().find(|(type_, _)| head.starts_with("_IO") && head.ends_with(type_));
        if let Some((_, word)) = plain {
            return (*word).to_owned();
        }
        let bare = head.starts_with("_IO(");
        let before = self.facts.structs.iter().rev().find(|one| one.place < constant.place);
        let before = before
            .filter(|one| !bare && one.fields.first().is_some_and(|field| field.name == "argsz"));
        before.map_or_else(|| "none".to_owned(), |one| one.name.clone())
    }

    /// Which way the argument of the ioctls that take a struct travels; none
    /// where no ioctl takes it.
    pub(super) fn way_of(&self, struct_: &str) -> Option<Way> {
        let ioctls = self.facts.constants.iter();
        let mut ioctls = ioctls.filter(|one| matches!(one.spelt, Spelt::Ioctl { .. }));
        let ioctl = ioctls.find(|one| self.arg(one) == struct_);
        if let Some(ioctl) = ioctl {
            return Some(guess::way(&ioctl.name, &ioctl.doc));
        }
        // The payload of a number that is called like it can go both ways.
        let named = |one: &&Constant| one.name.eq_ignore_ascii_case(struct_);
        let payload = self.facts.constants.iter().find(named);
        payload.map(|_| Way::Both)
    }
}

/// A comment without the ioctl and the macro that it starts with, which tell
/// the argument.
pub(super) fn described(doc: &str) -> &str {
    let named = doc.split_once(" - ").filter(|(name, _)| !name.contains(' '));
    let text = named.map_or(doc, |(_, rest)| rest);
    match text.starts_with("_IO") {
        true => text.split_once(')').map_or("", |(_, rest)| rest.trim_start()),
        false => text,
    }
}
