//! Handlers of ioctls and their reply rules. Several handlers can share rules
//! that have a name.

use schemars::JsonSchema;
use serde::Deserialize;

use super::items::IoctlSpec;
use super::protocol::{ErrorsSpec, RepliesOnSpec, TailSpec, WrittenSpec};
use super::text::{DocText, Number};
use super::types::ErrorName;
use super::wrappers::{FromLine, List, Map, Placed, WordOrNames};
use crate::diagnostic::Place;
use crate::names::is_name;
use crate::release::{Release, Since};
use crate::reply::{ArgszReply, Padding, Unset, WhenTooSmall};

/// Declares a type with the keys of reply rules and keys of its own.
macro_rules! with_rules {
    ($(#[$attribute:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
        pub struct $name {
            /// The rules in `replies` that apply if the keys below are absent.
            pub like: Option<Placed<String>>,
            $($body)*
            /// The last field that argsz must cover, or the call fails with EINVAL; by default that of the struct.
            pub minsz: Option<Placed<String>>,
            /// How much is copied in: a word, or a list of fields; the last one
            /// that argsz covers is the end. The default is `minsz`.
            pub reads: Option<CopiedSpec>,
            /// How much of the fixed part is copied out, likewise; by default nothing.
            pub writes: Option<WrittenSpec>,
            /// Bytes after the struct: `ignored`, `zero`, or the field after which they must be zero; by default that of `protocol`.
            pub tail: Option<TailSpec>,
            /// The errors for arguments that are not accepted; by default those of `protocol`.
            pub errors: Option<ErrorsSpec>,
            /// Input fields whose reserved bytes, flags or numbers are not checked, although the tail is.
            pub unchecked: Option<List<Placed<String>>>,
            /// The errors with which the reply is copied out nevertheless: `any`, or a list.
            pub replies_on: Option<RepliesOnSpec>,
            /// The content of output bytes that the handler does not set; by default `echo`.
            pub unset: Option<Unset>,
            /// Input fields that must be below a constant, or the call fails with EINVAL.
            pub below: Option<Map<Placed<String>>>,
            /// Input fields, each with the numbers that fail with EINVAL on some devices.
            pub may_refuse: Option<Map<List<Placed<String>>>>,
            /// The error for an id in the flags that the device does not have.
            pub absent: Option<Placed<ErrorName>>,
            /// How the array at the end of the argument is appended, if the handler appends it.
            pub array: Option<ReplyArraySpec>,
            /// How the chain is appended, if the handler appends one.
            pub chain: Option<ReplyChainSpec>,
        }

        impl $name {
            /// Its own rules.
            pub(crate) fn rules(&self) -> Rules<'_> {
                Rules {
                    minsz: self.minsz.as_ref(),
                    reads: self.reads.as_ref(),
                    writes: self.writes.as_ref(),
                    tail: self.tail.as_ref(),
                    errors: self.errors.as_ref(),
                    unchecked: self.unchecked.as_ref(),
                    replies_on: self.replies_on.as_ref(),
                    unset: self.unset,
                    below: self.below.as_ref(),
                    may_refuse: self.may_refuse.as_ref(),
                    absent: self.absent.as_ref(),
                    array: self.array.as_ref(),
                    chain: self.chain.as_ref(),
                }
            }

            /// Leaves a name with this place out of lists that can lack it. Returns whether
            /// one of them had it.
            pub(crate) fn leave_out(&mut self, place: Place) -> bool {
                let elsewhere = |name: &Placed<String>| name.place != place;
                let mut found = false;
                if let Some(fields) = &mut self.unchecked {
                    let count = fields.len();
                    fields.0.retain(elsewhere);
                    found |= fields.len() < count;
                }
                if let Some(fields) = &mut self.below {
                    let count = fields.len();
                    fields.0.retain(|(field, limit)| elsewhere(field) && elsewhere(limit));
                    found |= fields.len() < count;
                }
                if let Some(fields) = &mut self.may_refuse {
                    let count = fields.len();
                    fields.0.retain(|(field, _)| elsewhere(field));
                    found |= fields.len() < count;
                    for (_, names) in &mut fields.0 {
                        let count = names.len();
                        names.0.retain(elsewhere);
                        found |= names.len() < count;
                    }
                }
                found
            }
        }
    };
}

with_rules! {
    /// Reply rules shared by several handlers.
    pub struct ReplyRules {}
}

with_rules! {
    /// A handler of the kernel: how it treats the caller's buffer.
    pub struct HandlerSpec {
        /// The first release with these rules; by default that of the ioctl.
        pub since: Option<Placed<Since>>,
        /// The first release without them.
        pub until: Option<Placed<Release>>,
        /// Its kernel file and function.
        pub source: Placed<String>,
        /// Notes about it.
        pub doc: Option<Placed<DocText>>,
        /// The capabilities that it can append, by their names in the chain, in its order; by default all of the chain.
        pub capabilities: Option<List<Placed<String>>>,
        /// The name under which the reply builder has these rules.
        pub profile: Option<Placed<String>>,
    }
}

/// The rules of a handler, completed with the rules that it refers to by `like`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'a> {
    /// The last field that argsz must cover, unless that of the struct.
    pub minsz: Option<&'a Placed<String>>,
    /// How much is copied in.
    pub reads: Option<&'a CopiedSpec>,
    /// How much of the fixed part is copied out.
    pub writes: Option<&'a WrittenSpec>,
    /// The treatment of bytes after the struct.
    pub tail: Option<&'a TailSpec>,
    /// The errors for arguments that are not accepted.
    pub errors: Option<&'a ErrorsSpec>,
    /// Input fields that are not checked.
    pub unchecked: Option<&'a List<Placed<String>>>,
    /// The errors with which the reply is copied out nevertheless.
    pub replies_on: Option<&'a RepliesOnSpec>,
    /// The content of output bytes that the handler does not set.
    pub unset: Option<Unset>,
    /// Input fields that must be below a constant.
    pub below: Option<&'a Map<Placed<String>>>,
    /// Input fields, each with the numbers that some devices refuse.
    pub may_refuse: Option<&'a Map<List<Placed<String>>>>,
    /// The error for an id that the device does not have.
    pub absent: Option<&'a Placed<ErrorName>>,
    /// How the array is appended.
    pub array: Option<&'a ReplyArraySpec>,
    /// How the chain is appended.
    pub chain: Option<&'a ReplyChainSpec>,
}

impl Rules<'_> {
    /// These rules, completed with other rules.
    fn or(self, other: Self) -> Self {
        Self {
            minsz: self.minsz.or(other.minsz),
            reads: self.reads.or(other.reads),
            writes: self.writes.or(other.writes),
            tail: self.tail.or(other.tail),
            errors: self.errors.or(other.errors),
            unchecked: self.unchecked.or(other.unchecked),
            replies_on: self.replies_on.or(other.replies_on),
            unset: self.unset.or(other.unset),
            below: self.below.or(other.below),
            may_refuse: self.may_refuse.or(other.may_refuse),
            absent: self.absent.or(other.absent),
            array: self.array.or(other.array),
            chain: self.chain.or(other.chain),
        }
    }
}

impl IoctlSpec {
    /// Every handler with its name and its place; a handler with different rules in
    /// different releases is listed several times.
    pub fn handlers(&self) -> impl Iterator<Item = (&Placed<String>, Place, &HandlerSpec)> {
        self.handlers.flat().map(|(name, place, handler)| (name, place, &handler.0))
    }

    /// The rules of one of its handlers.
    pub fn rules<'a>(&'a self, handler: &'a HandlerSpec) -> Rules<'a> {
        let mut rules = handler.rules();
        let mut like = handler.like.as_ref();
        let mut replies = &self.replies[..];
        // Rules only refer to earlier rules, so this loop ends.
        while let Some(name) = like {
            let found = replies.iter().position(|(own, _)| own.value == name.value);
            let Some(at) = found else { break };
            rules = rules.or(replies[at].1.rules());
            like = replies[at].1.like.as_ref();
            replies = &replies[..at];
        }
        rules
    }
}

impl FromLine for HandlerSpec {
    const FORM: &'static str = "rules [capabilities], releases, source";
    const PATTERN: &'static str = "^.+$";

    fn from_line(line: &str, place: Place) -> Result<Self, String> {
        let placed = |value: &str| Placed { value: value.to_owned(), place };
        let mut rest = line;
        let mut handler = Self::default();
        if let Some((rules, (list, after))) = rest.split_once(" [").and_then(|(rules, list)| {
            Some((rules, list.split_once("], ").filter(|_| is_name(rules))?))
        }) {
            handler.like = Some(placed(rules));
            handler.capabilities = Some(List(list.split(", ").map(placed).collect()));
            rest = after;
        } else if let Some((rules, after)) = rest.split_once(", ") {
            if is_name(rules) && !is_release(rules) {
                handler.like = Some(placed(rules));
                rest = after;
            }
        }
        if let Some((releases, after)) = rest.split_once(", ") {
            let (since, until) = match releases.split_once("to ") {
                Some((since, until)) => (since.trim_end(), Some(until)),
                None => (releases, None),
            };
            if is_release(since) || since.is_empty() && until.is_some() {
                let since = (!since.is_empty()).then(|| since.parse()).transpose()?;
                handler.since = since.map(|value| Placed { value, place });
                let until = until.map(str::parse).transpose()?;
                handler.until = until.map(|value| Placed { value, place });
                rest = after;
            }
        }
        handler.source = placed(rest);
        Ok(handler)
    }
}

/// Whether a text starts like a release.
fn is_release(text: &str) -> bool {
    let number = text.strip_prefix('v');
    number.is_some_and(|number| number.starts_with(|first: char| first.is_ascii_digit()))
}

/// How much of the caller's buffer is copied: a word, or fields.
pub type CopiedSpec = WordOrNames<CopiedWord>;

/// The words for how much is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CopiedWord {
    /// Nothing.
    Nothing,
    /// Up to minsz.
    Minsz,
    /// As much as fits argsz.
    Fitting,
}

/// How a handler appends the array at the end of its argument: all of it or nothing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ReplyArraySpec {
    /// The array: the last field of the argument, with a field that counts its elements.
    pub field: Placed<String>,
    /// The reply to a buffer that is too small for it.
    pub when_too_small: TooSmallArray,
}

/// The reply to a buffer that is too small for an array.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct TooSmallArray {
    /// The error with which the call fails after the fixed part is copied out.
    pub error: ErrorName,
    /// The output fields that are set nevertheless; by default all.
    #[serde(default)]
    pub sets: List<Placed<String>>,
}

/// How a handler appends its chain.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ReplyChainSpec {
    /// Offset of the first capability.
    pub offset: Placed<Number>,
    /// The alignment of the offsets of all other capabilities.
    pub align: Placed<Number>,
    /// The reply to a buffer that is too small for the chain.
    pub when_too_small: WhenTooSmall,
    /// The bytes between capabilities; by default `zero`.
    #[serde(default)]
    pub padding: Padding,
    /// When argsz is set to the size of the full reply; by default `when_too_small`.
    #[serde(default)]
    pub argsz: ArgszReply,
    /// Fields at which the fixed part can end if there is a chain: the last one
    /// that argsz covers counts, if this is more than without a chain.
    #[serde(default)]
    pub writes: List<Placed<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> [String; 4] {
        let handler = HandlerSpec::from_line(line, Place::default()).expect("a handler");
        let text = |text: Option<String>| text.unwrap_or_default();
        [
            text(handler.like.map(|like| like.value)),
            text(handler.since.map(|since| since.to_string())),
            text(handler.until.map(|until| until.to_string())),
            handler.source.value,
        ]
    }

    #[test]
    fn a_line_has_rules_releases_and_a_source() {
        let file = "drivers/vfio/main.c, reply";
        assert_eq!(
            parts("plain, v3.18..v4.1 to v6.19, a.c"),
            ["plain", "v3.18..v4.1", "v6.19", "a.c"]
        );
        assert_eq!(parts("plain, to v4.6, a.c, reply"), ["plain", "", "v4.6", "a.c, reply"]);
        assert_eq!(parts("plain, v4.6, a.c"), ["plain", "v4.6", "", "a.c"]);
        assert_eq!(parts("v4.6 to v5.0, a.c"), ["", "v4.6", "v5.0", "a.c"]);
        assert_eq!(parts(&format!("plain, {file}")), ["plain", "", "", file]);
        assert_eq!(parts(file), ["", "", "", file]);
        assert_eq!(parts("our tree, reply"), ["", "", "", "our tree, reply"]);
    }

    #[test]
    fn a_line_has_capabilities_after_the_rules() {
        let line = "chained [TYPE, MSIX], v4.10 to v6.19, a.c, reply";
        assert_eq!(parts(line), ["chained", "v4.10", "v6.19", "a.c, reply"]);
        let handler = HandlerSpec::from_line(line, Place::default()).expect("a handler");
        let list = handler.capabilities.expect("a list");
        let names: Vec<_> = list.iter().map(|name| name.as_str()).collect();
        assert_eq!(names, ["TYPE", "MSIX"]);
    }

    #[test]
    fn releases_of_a_line_are_read_strictly() {
        for line in ["plain, v4.x, a.c", "v4.6 to 5.0, a.c", "plain, v4.6 until v5.0, a.c"] {
            assert!(HandlerSpec::from_line(line, Place::default()).is_err(), "{line}");
        }
    }
}
