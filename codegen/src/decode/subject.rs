//! The type of bytes, by the names that users have for it: a struct, a chain without a
//! host, or an ioctl with a struct as argument.

use std::collections::BTreeMap;

use crate::ir::{Abi, Arg, ChainId, Ioctl, StructId};
use crate::names::{self, UnknownName};

/// The type of the bytes, as the user names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A struct: a reply with its chain if the struct is a host.
    Struct(StructId),
    /// A chain without a struct that leads to it, from the first byte of its memory.
    Chain(ChainId),
    /// Records that were read from a kind of file descriptor, an index into [`Abi::fds`], and
    /// the number of the type of their data, if the program chose it.
    Records(usize, Option<u64>),
}

impl Subject {
    /// The type with this name.
    ///
    /// # Errors
    ///
    /// A sentence with a similar name, if there is one.
    pub fn named(abi: &Abi, name: &str) -> Result<Self, UnknownName> {
        if let Some(id) = abi.find_struct(name) {
            return Ok(Self::Struct(id));
        }
        let lone = abi.find_chain(name).filter(|id| abi.chain(*id).offset_host().is_none());
        if let Some(id) = lone {
            return Ok(Self::Chain(id));
        }
        if let Some(ioctl) = abi.ioctls.iter().find(|ioctl| ioctl.name == name) {
            let found = Self::argument(ioctl);
            return found.ok_or_else(|| format!("the argument of {name} is no struct").into());
        }
        if let Some(records) = Self::records(abi, name)? {
            return Ok(records);
        }
        let structs = abi.structs.iter().map(|struct_| struct_.name.as_str());
        let ioctls = abi.ioctls.iter().map(|ioctl| ioctl.name.as_str());
        let message = format!("{} has no struct or ioctl `{name}`", abi.release);
        Err(UnknownName::among(message, name, structs.chain(ioctls)))
    }

    /// The records of `KIND`, or of `KIND:TYPE` if the program chose the type of the data, by
    /// its name or its number.
    fn records(abi: &Abi, name: &str) -> Result<Option<Self>, String> {
        let (kind, type_) = name.split_once(':').map_or((name, None), |(a, b)| (a, Some(b)));
        let found = abi.fds.iter().enumerate().find(|(_, one)| one.name == kind);
        let Some((fd, stream)) = found.and_then(|(fd, one)| Some((fd, one.stream.as_ref()?)))
        else {
            return Ok(None);
        };
        let chosen = stream.type_by.is_some() && !stream.is_typed_inside();
        let values = stream.numbers(abi).map(|group| &abi.group(group).values);
        let values = || values.into_iter().flatten().filter(|_| chosen);
        let Some(type_) = type_ else {
            if !chosen {
                return Ok(Some(Self::Records(fd, None)));
            }
            let names: Vec<_> = values().map(|value| value.name.as_str()).collect();
            return Err(format!(
                "records of `{kind}` need the type of the data: `{kind}:TYPE`, with one of {}",
                names.join(", ")
            ));
        };
        let known = values().find(|value| value.name == type_ || value.short == type_);
        let number = known.and_then(|value| u64::try_from(value.number).ok());
        match number.or_else(|| type_.parse().ok()).filter(|_| chosen) {
            Some(number) => Ok(Some(Self::Records(fd, Some(number)))),
            None => Err(format!("records of `{kind}` have no type `{type_}`")),
        }
    }

    /// The records of a kind of file descriptor whose type of data no name gives: one subject
    /// for each type.
    pub fn of_each_type(abi: &Abi, kind: &str) -> Vec<Self> {
        let found = abi.fds.iter().position(|one| one.name == kind);
        let Some((fd, stream)) = found.and_then(|fd| Some((fd, abi.fds[fd].stream.as_ref()?)))
        else {
            return Vec::new();
        };
        if stream.type_by.is_none() || stream.is_typed_inside() {
            return Vec::new();
        }
        let values = stream.numbers(abi).map(|group| &abi.group(group).values);
        let values = values.into_iter().flatten();
        let known = values.filter(|value| value.payload.is_some() || value.without_payload);
        let numbers = known.filter_map(|value| u64::try_from(value.number).ok());
        numbers.map(|number| Self::Records(fd, Some(number))).collect()
    }

    /// The struct that an ioctl takes.
    pub fn argument(ioctl: &Ioctl) -> Option<Self> {
        match ioctl.arg {
            Arg::Struct(id) => Some(Self::Struct(id)),
            _ => None,
        }
    }
}

/// The names of structs and ioctls, and the numbers of ioctls.
#[derive(Debug)]
pub struct SubjectNames<'a> {
    names: BTreeMap<&'a str, Option<Subject>>,
    /// Several ioctls of different file descriptors can have one number.
    numbers: BTreeMap<u32, Vec<&'a Ioctl>>,
}

impl<'a> SubjectNames<'a> {
    /// The names of an ABI.
    pub fn of(abi: &'a Abi) -> Self {
        let structs = abi.structs.iter().enumerate();
        let structs = structs
            .map(|(id, struct_)| (struct_.name.as_str(), Some(Subject::Struct(StructId(id)))));
        let ioctls = abi.ioctls.iter();
        let ioctls = ioctls.map(|ioctl| (ioctl.name.as_str(), Subject::argument(ioctl)));
        let mut numbers: BTreeMap<u32, Vec<&Ioctl>> = BTreeMap::new();
        if let Some(space) = &abi.ioctl_numbers {
            for ioctl in &abi.ioctls {
                numbers.entry(space.low_half(ioctl.number)).or_default().push(ioctl);
            }
        }
        Self { names: structs.chain(ioctls).collect(), numbers }
    }

    /// Whether a word is a name or, in the line of a call, the number of an ioctl.
    pub fn knows(&self, word: &str, call: bool) -> bool {
        self.names.contains_key(word) || call && !self.numbered(word).is_empty()
    }

    /// The names in a text, with their types if they have one.
    pub fn in_text(&self, text: &str) -> Vec<(&'a str, Option<Subject>)> {
        let mut found = Vec::new();
        let mut add = |name, subject| {
            if !found.contains(&(name, subject)) {
                found.push((name, subject));
            }
        };
        let call = is_call(text);
        for word in words(text) {
            if let Some((name, subject)) = self.names.get_key_value(word) {
                add(*name, *subject);
            }
            for ioctl in self.numbered(word).iter().filter(|_| call) {
                add(&ioctl.name, Subject::argument(ioctl));
            }
        }
        found
    }

    /// A similar name.
    pub fn nearest(&self, word: &str) -> Option<&'a str> {
        names::nearest(word, self.names.keys().copied())
    }

    /// The ioctls with this number, on any file descriptor. Its direction and its size, which
    /// depend on the architecture, are ignored: the ABI does not use them.
    pub fn by_number(&self, request: u32) -> &[&'a Ioctl] {
        self.numbers.get(&request).map_or(&[], |ioctls| ioctls)
    }

    /// The ioctls of a word such as `0x3b6b`.
    fn numbered(&self, word: &str) -> &[&'a Ioctl] {
        let number =
            word.strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok());
        number.map_or(&[], |number| self.by_number(number))
    }
}

/// Whether a text has the line of a call.
pub(super) fn is_call(text: &str) -> bool {
    text.contains("ioctl(")
}

/// The words of a text that can be names.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
