//! What the templates print of chains: names and numbers. What a line of code
//! is made of besides stands in the templates.

use askama::Template;

/// All that the header has for chains.
#[derive(Template)]
#[template(path = "chains.h.jinja", escape = "none")]
pub(super) struct ChainsView {
    /// What the names of our types and functions start with.
    pub(super) stem: String,
    /// What the names of our macros start with.
    pub(super) macro_prefix: String,
    /// What is written by hand.
    pub(super) runtime: Vec<String>,
    /// How headers look.
    pub(super) formats: Vec<FormatView>,
    /// The chains.
    pub(super) chains: Vec<ChainView>,
    /// Rules by which replies are written.
    pub(super) profiles: Vec<ProfileView>,
}

/// How a header looks.
pub(super) struct FormatView {
    /// The name of its table.
    pub(super) name: String,
    /// Its struct.
    pub(super) struct_: String,
    /// Its size.
    pub(super) header: u64,
    /// The size of every capability at least.
    pub(super) least: u64,
    /// Where the id lies.
    pub(super) id: BitsView,
    /// Where the version lies.
    pub(super) version: BitsView,
    /// Where the way to the next lies.
    pub(super) next: BitsView,
    /// The next that ends the chain.
    pub(super) end: String,
    /// Whether next counts from the reply's start, as C's 0 or 1.
    pub(super) from_reply: u32,
}

/// Some bits of a header.
pub(super) struct BitsView {
    /// Offset of their number.
    pub(super) at: u64,
    /// Its width in bytes; 0 where there is none.
    pub(super) width: u64,
    /// The lowest bit.
    pub(super) low: u32,
    /// The bits, moved down.
    pub(super) mask: String,
}

impl Default for BitsView {
    fn default() -> Self {
        Self { at: 0, width: 0, low: 0, mask: "0".to_owned() }
    }
}

/// A chain.
pub(super) struct ChainView {
    /// The comment above the function that starts a walk.
    pub(super) comment: Vec<String>,
    /// The function that starts a walk.
    pub(super) caps: String,
    /// The function that goes on.
    pub(super) next: String,
    /// The function that goes on to an id.
    pub(super) find: String,
    /// The table of its header.
    pub(super) format: String,
    /// The struct in front, if there is one.
    pub(super) host: Option<HostView>,
    /// Where it starts without one.
    pub(super) start: Option<StartView>,
    /// Its capabilities.
    pub(super) capabilities: Vec<CapabilityView>,
    /// The table of their arrays, where they can be written.
    pub(super) tails: Option<String>,
}

/// Where a chain starts that has no host.
pub(super) struct StartView {
    /// The first capability, or the number that leads to it.
    pub(super) at: u64,
    /// The width of that number.
    pub(super) width: Option<u64>,
    /// The number that leads nowhere.
    pub(super) end: String,
    /// Where capabilities may start.
    pub(super) bound: u64,
}

/// The struct in front of a chain.
pub(super) struct HostView {
    /// The struct with its values.
    pub(super) name: String,
    /// The kernel's struct.
    pub(super) kernel: String,
    /// The member that is the reply.
    pub(super) reply: String,
    /// The table of where the protocol's fields lie.
    pub(super) table: String,
    /// The table of what the caller sets.
    pub(super) inputs: String,
    /// What the caller sets: offsets, sizes, and 1 where a reply does not set it as well.
    pub(super) spans: Vec<(u64, u64, u32)>,
    /// Their sizes together; at least 1, as C has no empty arrays.
    pub(super) kept: u64,
    /// The function that takes the values out of a reply.
    pub(super) read: String,
    /// The function that reads a reply.
    pub(super) parse: String,
    /// The function that asks for one.
    pub(super) request: String,
    /// The function that sets the fixed part of one.
    pub(super) fixed: String,
    /// The size of the kernel's struct.
    pub(super) size: u64,
    /// The part that every reply has.
    pub(super) minsz: u64,
    /// Offset of argsz.
    pub(super) argsz: u64,
    /// Offset of the flags.
    pub(super) flags: u64,
    /// The flag that says there is a chain.
    pub(super) caps: String,
    /// Its name.
    pub(super) caps_name: String,
    /// Offset of `cap_offset`.
    pub(super) cap_offset: u64,
    /// Its values.
    pub(super) values: Vec<ValueView>,
}

/// A number of a reply.
pub(super) struct ValueView {
    /// Its name, and that of the member with its value.
    pub(super) name: String,
    /// Its type.
    pub(super) type_: &'static str,
    /// The member that tells whether it is there, where that is not certain.
    pub(super) has: Option<String>,
    /// Where it starts.
    pub(super) at: u64,
    /// Where it ends.
    pub(super) end: u64,
    /// Its width in bytes.
    pub(super) width: u64,
    /// The version that brought it.
    pub(super) version: u16,
    /// Its place in C.
    pub(super) place: String,
    /// What reads it there.
    pub(super) load: String,
    /// What makes the number to be written of its value.
    pub(super) store: String,
    /// Whether a writer of replies sets it.
    pub(super) set: bool,
}

/// A capability.
pub(super) struct CapabilityView {
    /// The struct with its values.
    pub(super) name: String,
    /// What it is, for a comment.
    pub(super) title: String,
    /// Its constant.
    pub(super) constant: String,
    /// Its id.
    pub(super) id: u64,
    /// Its newest version.
    pub(super) newest: u16,
    /// The bytes that a body must have, by the version of `cap`.
    pub(super) need: String,
    /// The bytes that are written in front of its array, by `version`.
    pub(super) size: String,
    /// Start, count and size of the elements of an array with a count.
    pub(super) counted: Option<String>,
    /// Size and count of the elements that are written.
    pub(super) tail: String,
    /// The member that is the capability.
    pub(super) cap: String,
    /// Its values.
    pub(super) values: Vec<ValueView>,
    /// Its array.
    pub(super) array: Option<ArrayView>,
    /// The function that reads it.
    pub(super) read: String,
    /// The function that finds the first.
    pub(super) find: String,
    /// The function that appends it to a reply, if it can be.
    pub(super) append: Option<String>,
}

/// The array at the end of a capability.
pub(super) struct ArrayView {
    /// The member that is the array.
    pub(super) name: String,
    /// The function that reads an element, and the type of that.
    pub(super) get: String,
    /// The type of an element.
    pub(super) type_: String,
    /// Where it starts.
    pub(super) at: u64,
    /// The size of an element.
    pub(super) each: u64,
    /// Whether a value counts the elements.
    pub(super) has_count: bool,
    /// What gives the number of elements to be written.
    pub(super) count: String,
    /// The numbers of a struct; none where an element is a number itself.
    pub(super) members: Option<Vec<ValueView>>,
    /// What reads an element that is a number.
    pub(super) load: String,
}

/// The rules by which someone writes replies.
pub(super) struct ProfileView {
    /// Who, and since when.
    pub(super) comment: Vec<String>,
    /// The name of the table.
    pub(super) name: String,
    /// The name of the table of ends.
    pub(super) ends_name: String,
    /// Where the fixed part can end.
    pub(super) ends: Vec<u64>,
    /// The table of the host.
    pub(super) host: String,
    /// The table of the header.
    pub(super) format: String,
    /// The table of arrays.
    pub(super) tails: String,
    /// What argsz must cover.
    pub(super) minsz: u64,
    /// The size of the fixed part.
    pub(super) whole: u64,
    /// Where the first capability starts.
    pub(super) at: u64,
    /// What further offsets are multiples of.
    pub(super) align: u64,
    /// What a short reply is like: an enumerator without our prefix.
    pub(super) when_short: &'static str,
    /// Whether the bytes between capabilities are left, as C's 0 or 1.
    pub(super) keeps_padding: u32,
    /// Whether argsz is always the need, as C's 0 or 1.
    pub(super) always: u32,
    /// What unset bytes hold: an enumerator without our prefix.
    pub(super) untouched: &'static str,
}
