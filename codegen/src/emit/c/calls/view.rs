//! Template data of requests and calls.

use askama::Template;

use crate::emit::c::aggregates::Declaration;
use crate::emit::c::args::ArgsView;
use crate::emit::example::Example;
use crate::ir::Item;

/// The calls part of the header.
#[derive(Template)]
#[template(path = "calls.h.jinja", escape = "none")]
pub(in crate::emit::c) struct CallsView {
    /// The prefix of our types and functions.
    pub(super) stem: String,
    /// The prefix of our macros.
    pub(super) macro_prefix: String,
    /// The files of the runtime that the part before does not have.
    pub(super) runtime: Vec<String>,
    pub(super) requests: Vec<RequestView>,
    pub(super) counted: Vec<CountedView>,
    /// The files of the runtime for calls.
    pub(super) call_runtime: Vec<String>,
    /// Calls without a struct.
    pub(super) plain: Vec<PlainCallView>,
    /// Calls with a buffer that can grow.
    pub(super) growing: Vec<GrowingCallView>,
}

/// A request: its function, that of its results, and its call.
pub(super) struct RequestView {
    /// An empty line and the comment.
    pub(super) comment: Vec<String>,
    /// The lines before its body.
    pub(super) signature: Vec<String>,
    /// The function that returns the size of an argument with an array.
    pub(super) array_size: Option<ArraySizeView>,
    /// The function without the struct of the inputs, if there are both.
    pub(super) short: Option<ShortFormView>,
    /// The definition of the size of the argument.
    pub(super) size: Vec<String>,
    /// Whether the call takes a buffer for the argument.
    pub(super) has_buffer: bool,
    pub(super) choices: Vec<ChoiceView>,
    /// The heads of statements for what is refused.
    pub(super) conditions: Vec<Vec<String>>,
    pub(super) puts: Vec<PutView>,
    /// Whether there is a loop over elements.
    pub(super) has_loop: bool,
    /// The struct with its inputs, if it has any.
    pub(super) args: Option<ArgsView>,
    pub(super) reply: Option<ReplyView>,
    /// Functions for each type of its data.
    pub(super) typed: Option<TypedView>,
    pub(super) call: CallView,
}

/// The function that returns the size of an argument with an array.
pub(super) struct ArraySizeView {
    pub(super) name: String,
    /// The number of elements, in the function that writes the argument.
    pub(super) count: String,
    /// An empty line and the comment.
    pub(super) comment: Vec<String>,
    /// The lines before its body.
    pub(super) signature: Vec<String>,
    /// The statement that returns it.
    pub(super) value: Vec<String>,
}

/// A function without the struct of the inputs that passes an empty one on.
pub(super) struct ShortFormView {
    /// An empty line and the comment.
    pub(super) comment: Vec<String>,
    /// The lines before its body.
    pub(super) signature: Vec<String>,
    /// The struct.
    pub(super) args: String,
    /// The call of the function with it.
    pub(super) call: Vec<String>,
}

/// The functions of a request whose data have several types.
pub(super) struct TypedView {
    /// Those that write the argument.
    pub(super) requests: Vec<FormView>,
    /// Those that make the call.
    pub(super) calls: Vec<FormView>,
}

/// A function that passes data of one type to another function.
pub(super) struct FormView {
    /// The macro that is defined if the struct of the data is declared, if it may not be.
    pub(super) guard: Option<String>,
    /// An empty line and the comment.
    pub(super) comment: Vec<String>,
    /// The lines before its body.
    pub(super) signature: Vec<String>,
    /// The copy of the inputs, in which the data are replaced.
    pub(super) copy: String,
    pub(super) replaced: Vec<ReplacedMember>,
    /// The call of the other function.
    pub(super) call: Vec<String>,
}

/// A member, or a parameter, that has the data or is about them.
#[derive(Clone)]
pub(super) struct ReplacedMember {
    pub(super) name: String,
    pub(super) value: String,
}

/// The functions that read data which a call returns.
pub(super) struct ReturnedView {
    /// An empty line and the comment of the function that compares the lengths.
    pub(super) comment: Vec<String>,
    /// The lines before its body.
    pub(super) signature: Vec<String>,
    /// Expressions for the number of the type, and for the length of the kernel's data.
    pub(super) number: String,
    pub(super) length: String,
    /// The parameters with the memory and with its size.
    pub(super) memory: String,
    pub(super) count: String,
    /// The parameter with the struct that is set.
    pub(super) out: String,
    pub(super) forms: Vec<ReturnedFormView>,
}

/// The function that reads data of one type.
pub(super) struct ReturnedFormView {
    /// The macro that is defined if the struct of the data is declared, if it may not be.
    pub(super) guard: Option<String>,
    pub(super) comment: Vec<String>,
    pub(super) signature: Vec<String>,
    /// The number of the type.
    pub(super) value: String,
}

/// An input that is exactly one of some flags.
pub(super) struct ChoiceView {
    pub(super) value: String,
    pub(super) options: Vec<OptionView>,
}

/// One of the flags.
pub(super) struct OptionView {
    pub(super) number: String,
    pub(super) constant: String,
}

/// What an input puts into the argument.
pub(super) struct PutView {
    /// The pointer without which nothing is put.
    pub(super) pointer: Option<String>,
    /// Statements, indented.
    pub(super) statements: Vec<String>,
    /// Whether there is a loop over elements among them.
    pub(super) has_loop: bool,
}

/// The results of a request.
pub(super) struct ReplyView {
    pub(super) name: String,
    /// The lines before its body.
    pub(super) signature: Vec<String>,
    pub(super) struct_: String,
    pub(super) offset: u64,
    pub(super) size: u64,
    /// Assignments of fields, if the C struct has another layout on some machine.
    pub(super) fields: Vec<String>,
    /// The functions that read data which the call returns.
    pub(super) data: Option<ReturnedView>,
}

/// The call of a request.
pub(super) struct CallView {
    /// An empty line and the comment.
    pub(super) comment: Vec<String>,
    /// The lines before its body.
    pub(super) signature: Vec<String>,
    /// Elements of the array with the argument.
    pub(super) words: u64,
    /// The definition of the size, by the call of the function that writes.
    pub(super) size: Vec<String>,
    /// The result if the argument cannot be written.
    pub(super) refused: Vec<String>,
    /// The function without the struct of the inputs, if there are both.
    pub(super) short: Option<ShortFormView>,
    /// The statement with the ioctl.
    pub(super) ioctl: Vec<String>,
    /// The condition under which there are results.
    pub(super) replied: Vec<String>,
    /// The call of the function that reads the results.
    pub(super) reply: Option<Vec<String>>,
    /// For the page of the ioctl.
    pub(super) example: (Item, Example),
}

/// A call without a struct.
pub(super) struct PlainCallView {
    pub(super) comment: Vec<String>,
    /// The lines before its body.
    pub(super) signature: Vec<String>,
    /// The statement with the ioctl.
    pub(super) ioctl: Vec<String>,
    /// For the page of the ioctl.
    pub(super) example: (Item, Example),
}

/// A call with a buffer that can grow.
pub(super) struct GrowingCallView {
    /// The function that makes the ioctl once: its name, and the lines before its body.
    pub(super) once: String,
    pub(super) once_signature: Vec<String>,
    /// The statement with the ioctl.
    pub(super) ioctl: Vec<String>,
    /// An empty line and the comment.
    pub(super) comment: Vec<String>,
    /// The lines before its body.
    pub(super) signature: Vec<String>,
    pub(super) fd: String,
    /// The call of the function that does the whole protocol.
    pub(super) request: Vec<String>,
    /// For the page of the ioctl.
    pub(super) example: (Item, Example),
}

/// A reply that ends in an array.
pub(super) struct CountedView {
    pub(super) comment: Vec<String>,
    /// The C struct of its values.
    pub(super) name: String,
    /// The table of its offsets.
    pub(super) table: String,
    pub(super) size: u64,
    pub(super) argsz: u64,
    pub(super) count: u64,
    pub(super) count_width: u64,
    pub(super) each: u64,
    pub(super) fields: Vec<Declaration>,
    /// The statements that read them, indented.
    pub(super) reads: Vec<String>,
    /// The member with the array, and the member with the size of the full reply.
    pub(super) array: String,
    pub(super) need: String,
    pub(super) parse: String,
    pub(super) request: String,
    /// The function that reads the fields.
    pub(super) read: String,
    /// The function that reads an element.
    pub(super) get: String,
    pub(super) element: String,
    /// Assignments, if the element has another layout on some machine.
    pub(super) members: Vec<String>,
}
