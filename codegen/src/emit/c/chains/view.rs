//! Template data of chains: the plan and the names in C. The templates have all other code.

use askama::Template;

use crate::emit::c::aggregates::Declaration;
use crate::emit::c::args::ArgsView;
use crate::emit::render;
use crate::ir::protocol::{CapPlan, HostPlan, ProfilePlan};

/// The chains part of the header.
#[derive(Template)]
#[template(path = "chains.h.jinja", escape = "none")]
pub(in crate::emit::c) struct ChainsView<'a> {
    /// The prefix of our types and functions.
    pub(super) stem: String,
    /// The prefix of our macros.
    pub(super) macro_prefix: String,
    /// The files of the runtime.
    pub(super) runtime: Vec<String>,
    pub(super) formats: Vec<FormatView>,
    pub(super) chains: Vec<ChainView<'a>>,
    pub(super) profiles: Vec<ProfileView<'a>>,
}

impl<'a> ChainsView<'a> {
    /// The part; empty if the ABI has no such chain.
    pub(in crate::emit::c) fn text(&self) -> String {
        match self.chains.is_empty() {
            true => String::new(),
            false => render::text(self),
        }
    }

    /// The files of the runtime that the part has.
    pub(in crate::emit::c) fn runtime(&self) -> &[String] {
        if self.chains.is_empty() { &[] } else { &self.runtime }
    }

    /// The structs before the chains.
    pub(in crate::emit::c) fn hosts(&self) -> impl Iterator<Item = &HostView<'a>> {
        self.chains.iter().filter_map(|chain| chain.host.as_ref())
    }
}

/// The format of a capability header.
pub(super) struct FormatView {
    pub(super) name: String,
    pub(super) struct_: String,
    pub(super) size: u64,
    pub(super) min_size: u64,
    /// Initializers of the bit fields.
    pub(super) id: String,
    pub(super) version: String,
    pub(super) next: String,
    pub(super) end: String,
    /// 0 or 1.
    pub(super) from_reply: u32,
}

/// A chain.
pub(super) struct ChainView<'a> {
    /// The comment of `caps`.
    pub(super) comment: Vec<String>,
    /// The function that starts a walk.
    pub(super) caps: String,
    /// The function that visits the next capability.
    pub(super) next: String,
    /// The function that finds the first capability with an id.
    pub(super) find: String,
    pub(super) source: SourceView,
    /// The table of the header format.
    pub(super) format: String,
    pub(super) host: Option<HostView<'a>>,
    /// The start, if no `cap_offset` leads to the chain.
    pub(super) start: Option<StartView>,
    pub(super) capabilities: Vec<CapabilityView<'a>>,
    /// The table of arrays, if replies can be written.
    pub(super) tails: Option<String>,
}

/// The memory in which a chain is found.
pub(super) struct SourceView {
    pub(super) parameters: String,
    pub(super) arguments: &'static str,
}

/// The start of a chain without a `cap_offset`.
pub(super) struct StartView {
    /// Offset of the first capability, or of the integer that holds it.
    pub(super) offset: u64,
    /// Width of that integer, and its value that means no capability.
    pub(super) held: Option<(u64, String)>,
    pub(super) bound: u64,
}

/// The struct before a chain.
pub(in crate::emit::c) struct HostView<'a> {
    pub(in crate::emit::c) plan: &'a HostPlan,
    /// The C struct of its values.
    pub(in crate::emit::c) name: String,
    /// The kernel's struct.
    pub(super) kernel: String,
    /// The member of `name` that is the reply.
    pub(in crate::emit::c) reply: String,
    /// The table of the protocol's fields.
    pub(super) table: String,
    /// The table of input fields.
    pub(super) inputs: String,
    /// Size of all input fields.
    pub(super) inputs_size: u64,
    /// The struct with the values of the input fields, if there are any.
    pub(in crate::emit::c) args: Option<ArgsView>,
    /// The statements that put these values one after the other, indented.
    pub(super) puts: Vec<String>,
    /// The function that fills in the values.
    pub(super) read: String,
    pub(super) parse: String,
    pub(in crate::emit::c) request: String,
    /// The function that writes the fixed part.
    pub(super) fixed: String,
    /// The flag as a literal.
    pub(super) caps_flag: String,
    pub(super) values: Vec<ValueView>,
    pub(super) aggregates: Vec<AggregateView>,
}

/// An integer field.
pub(super) struct ValueView {
    /// The field, and the member with its value.
    pub(super) name: String,
    pub(super) type_: &'static str,
    /// The member that says whether the field is present, if it can be absent.
    pub(super) has: Option<String>,
    pub(super) offset: u64,
    pub(super) end: u64,
    pub(super) width: u64,
    pub(super) version: u16,
    /// The pointer to the field.
    pub(super) place: String,
    /// The expression that loads the field.
    pub(super) load: String,
    /// The expression that converts the value for storing.
    pub(super) store: String,
    /// Whether a server sets the field.
    pub(super) is_output: bool,
}

/// A field that is a struct or an array of fixed length.
pub(super) struct AggregateView {
    /// The member with its value.
    pub(super) member: Declaration,
    /// The member that says whether the field is present, if it can be absent.
    pub(super) has: Option<String>,
    pub(super) end: u64,
    pub(super) version: u16,
    /// The statements that read and write it, indented.
    pub(super) reads: Vec<String>,
    pub(super) writes: Vec<String>,
    /// Whether a server sets the field.
    pub(super) is_output: bool,
}

/// A capability.
pub(super) struct CapabilityView<'a> {
    pub(super) plan: &'a CapPlan,
    /// The C struct of its values.
    pub(super) name: String,
    /// The comment of that struct.
    pub(super) title: String,
    /// The constant of its id.
    pub(super) constant: String,
    /// Bytes that the capability needs, by `cap->version`.
    pub(super) required_size: String,
    /// Bytes written before the array, by `version`.
    pub(super) fixed_size: String,
    /// Offset, count and stride of an array with a count.
    pub(super) counted: Option<String>,
    /// Stride and count of the elements that are written.
    pub(super) written: String,
    /// The member of `name` that is the capability.
    pub(super) cap: String,
    pub(super) values: Vec<ValueView>,
    pub(super) aggregates: Vec<AggregateView>,
    pub(super) array: Option<ArrayView>,
    pub(super) read: String,
    /// The functions that read the next one of a walk, and the first one of a reply.
    pub(super) next: String,
    pub(super) find: String,
    /// The function that appends it, if replies can be written.
    pub(super) append: Option<String>,
}

/// The array at the end of a capability.
pub(super) struct ArrayView {
    /// The member that is the array.
    pub(super) name: String,
    /// The function that reads an element.
    pub(super) get: String,
    /// The type of an element.
    pub(super) type_: String,
    pub(super) offset: u64,
    pub(super) stride: u64,
    /// The expression for the number of elements, if a field counts them.
    pub(super) count: Option<String>,
    /// The fields of an element that is a struct.
    pub(super) members: Option<Vec<ValueView>>,
    /// Its structs and arrays.
    pub(super) aggregates: Vec<AggregateView>,
    /// The expression that loads an element that is an integer.
    pub(super) load: String,
}

/// The rules of a handler.
pub(super) struct ProfileView<'a> {
    pub(super) plan: &'a ProfilePlan,
    pub(super) comment: Vec<String>,
    pub(super) name: String,
    /// The table of `fixed_ends`.
    pub(super) ends_name: String,
    /// The tables of the host, the header format and the arrays.
    pub(super) host: String,
    pub(super) format: String,
    pub(super) tails: String,
    /// Enumerators without prefix, and 0 or 1.
    pub(super) when_too_small: &'static str,
    pub(super) preserves_padding: u32,
    pub(super) always_sets_argsz: u32,
    pub(super) unset: &'static str,
}
