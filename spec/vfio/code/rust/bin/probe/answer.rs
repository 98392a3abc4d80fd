//! What the kernel answered, as data: the text, the JSON and the comparison with the
//! history are made from it.

use std::fmt;
use std::ops::Range;

use vfio_abi::calls::CallError;
use vfio_abi::history::{self, Release};

/// A name of the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The whole name.
    pub whole: String,
    /// The part that distinguishes it from others of its kind.
    pub short: &'static str,
}

impl Name {
    /// A name with a prefix that others of its kind have too.
    pub fn new(prefix: &str, short: &'static str) -> Self {
        Self { whole: [prefix, short].concat(), short }
    }

    /// The first release that surely has the item.
    pub fn since(&self) -> Option<Release> {
        since(&self.whole)
    }
}

/// The first release that surely has an item.
pub fn since(name: &str) -> Option<Release> {
    history::find(name).map(|item| item.since)
}

/// Why there is no result.
#[derive(Debug)]
pub enum Failure {
    /// The kernel refused the call.
    Errno(i32),
    /// The reply is damaged.
    Damaged(String),
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error.errno() {
            Some(errno) => Self::Errno(errno.raw_os_error()),
            None => Self::Damaged(error.to_string()),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Errno(number) => write!(f, "errno {number}"),
            Self::Damaged(error) => f.write_str(error),
        }
    }
}

/// A number in a reply.
#[derive(Debug)]
pub struct Field {
    /// The path of the field, such as `areas[0].size`.
    pub path: String,
    /// The number.
    pub value: u64,
    /// The first release that surely has the field.
    pub since: Option<Release>,
    /// The names of its flags, or of the number.
    pub names: Vec<Name>,
    /// The flags without a name.
    pub unknown: u64,
}

impl Field {
    /// A field of a struct.
    pub fn new(owner: &str, name: &str, value: impl Into<u64>) -> Self {
        let since = since(&[owner, ".", name].concat());
        Self { path: name.to_owned(), value: value.into(), since, names: Vec::new(), unknown: 0 }
    }

    /// The same field as a part of another one, such as `areas[0]`.
    pub fn below(mut self, part: &str) -> Self {
        self.path = format!("{part}.{}", self.path);
        self
    }

    /// The names of the flags that are set, and the other flags.
    pub fn flags(
        mut self,
        prefix: &str,
        names: impl Iterator<Item = &'static str>,
        unknown: impl Into<u64>,
    ) -> Self {
        self.names = names.map(|name| Name::new(prefix, name)).collect();
        self.unknown = unknown.into();
        self
    }

    /// The name of the number.
    pub fn name(mut self, name: Option<Name>) -> Self {
        self.names.extend(name);
        self
    }
}

/// A capability of a reply.
#[derive(Debug)]
pub struct Capability {
    /// Its offset in the reply.
    pub at: u32,
    /// Its id.
    pub id: u32,
    /// The version of its body.
    pub version: u16,
    /// Its name, if the id is known.
    pub name: Option<Name>,
    /// The fields of its body.
    pub fields: Vec<Field>,
    /// Its size in bytes.
    pub size: usize,
}

/// The contents of a reply.
#[derive(Debug, Default)]
pub struct Contents {
    /// The fields of the struct.
    pub fields: Vec<Field>,
    /// The capabilities in the order of the chain.
    pub caps: Vec<Capability>,
    /// The error at which the chain ends.
    pub damage: Option<String>,
    /// The parts of a region that may be mapped.
    pub mappable: Vec<Range<u64>>,
    /// What the program leaves out because of these contents.
    pub omissions: Vec<String>,
}

impl Contents {
    /// A reply without a chain.
    pub fn of(fields: impl IntoIterator<Item = Field>) -> Self {
        Self { fields: fields.into_iter().collect(), ..Self::default() }
    }

    /// Adds a chain.
    pub fn chain<E: fmt::Display>(
        mut self,
        caps: impl Iterator<Item = Result<Capability, E>>,
    ) -> Self {
        for cap in caps {
            match cap {
                Ok(cap) => self.caps.push(cap),
                Err(error) => self.damage = Some(error.to_string()),
            }
        }
        self
    }
}

/// A call and its result.
#[derive(Debug)]
pub struct Answer {
    /// The device that the call is about.
    pub device: Option<String>,
    /// The kernel's name of the ioctl.
    pub ioctl: &'static str,
    /// The kind of access, such as `PROBE|GET`, or nothing.
    pub access: &'static str,
    /// The number of the region, interrupt, extension, or feature.
    pub number: Option<u32>,
    /// The name of the number.
    pub name: Option<Name>,
    /// The result of the call.
    pub result: Result<u32, Failure>,
    /// The contents of the reply.
    pub contents: Contents,
}

impl Answer {
    /// The result of a call.
    pub fn new(ioctl: &'static str, result: Result<u32, impl Into<Failure>>) -> Self {
        let result = result.map_err(Into::into);
        let (access, number, contents) = ("", None, Contents::default());
        Self { device: None, ioctl, access, number, name: None, result, contents }
    }

    /// The reply of a call.
    pub fn reply<T>(
        ioctl: &'static str,
        reply: Result<T, CallError>,
        contents: impl FnOnce(T) -> Contents,
    ) -> Self {
        match reply.map(contents) {
            Ok(contents) => Self { contents, ..Self::new(ioctl, Ok::<_, Failure>(0)) },
            Err(error) => Self::new(ioctl, Err(error)),
        }
    }

    /// The same answer, about a number.
    pub fn about(self, number: u32, name: Option<Name>) -> Self {
        Self { number: Some(number), name, ..self }
    }

    /// The same answer, to a kind of access.
    pub fn access(self, access: &'static str) -> Self {
        Self { access, ..self }
    }
}
