//! The part of the header that reads records: a function for each kind of file descriptor
//! that has some.

use askama::Template;

use super::comment::Comment;
use super::compat_context::CompatContext;
use super::literal::literal;
use super::part_text::PartText;
use super::statements::broken;
use super::unique_names::UniqueNames;
use super::{HeaderEmitter, feature_macros, runtime, section};
use crate::emit::render;
use crate::ir::protocol::IntField;
use crate::ir::{Abi, StreamPlan};
use crate::names;

/// The data of the template.
#[derive(Template)]
#[template(path = "streams.h.jinja", escape = "none")]
struct StreamsView {
    stem: String,
    runtime: String,
    streams: Vec<StreamView>,
}

/// The function of one kind.
struct StreamView {
    guard: Option<String>,
    comment: Vec<String>,
    signature: Vec<String>,
    /// The size of the struct.
    size: String,
    /// The statements that set the length of the data.
    length: Vec<String>,
    /// Whether data can follow the struct.
    has_data: bool,
}

/// Whether the ABI has records that are read.
pub(super) fn present(abi: &Abi) -> bool {
    abi.protocol.streams.iter().any(is_uniform)
}

/// Whether a record has the same layout on every target, so that it can be copied.
fn is_uniform(plan: &StreamPlan) -> bool {
    plan.size.is_uniform()
}

/// Readers of records; `before` are the parts before this one.
pub(super) fn text(emitter: &HeaderEmitter<'_>, before: &[&PartText]) -> String {
    let HeaderEmitter { context, stem, starts, .. } = emitter;
    let runtime = runtime::renamed(runtime::STREAM, stem, &context.prefix);
    let mut names = UniqueNames::after(before, starts, [runtime.as_str()].into_iter());
    let plans = context.abi.protocol.streams.iter().filter(|plan| is_uniform(plan));
    let view = StreamsView {
        stem: stem.clone(),
        runtime,
        streams: plans.map(|plan| stream(emitter, plan, &mut names)).collect(),
    };
    render::text(&view)
}

fn stream(emitter: &HeaderEmitter<'_>, plan: &StreamPlan, names: &mut UniqueNames) -> StreamView {
    let HeaderEmitter { context, stem, undetected, .. } = emitter;
    let abi = context.abi;
    let kind = &abi.fds[plan.fd];
    let record = &abi.struct_(plan.record).name;
    let name = names.reserve(names::c_name(stem, &names::c_records(&kind.name)));
    let mut parameters = vec![format!("struct {stem}_records *records")];
    if plan.is_typed_outside() {
        parameters.push("__u32 type".to_owned());
    }
    parameters.push(format!("struct {record} *record"));
    if plan.has_data() {
        parameters.extend(["const void **data".to_owned(), format!("{stem}_size *data_len")]);
    }
    let guard = undetected.contains(&plan.record);
    StreamView {
        guard: guard.then(|| feature_macros::macro_name(&context.prefix, record)),
        comment: section::opening(Comment::of(&[about(abi, plan)]).above(0)),
        signature: broken(0, &format!("static inline int {name}("), &parameters, ")"),
        size: literal(plan.size.kernel()),
        length: length(context, stem, plan),
        has_data: plan.has_data(),
    }
}

fn about(abi: &Abi, plan: &StreamPlan) -> String {
    let kind = &abi.fds[plan.fd].name;
    let mut text = format!("The next record that was read from a file descriptor of {kind}.");
    if plan.has_data() {
        text += " The data after the struct are not copied.";
    }
    if plan.is_typed_outside() {
        text += " type is that of the data, with which the descriptor was made.";
    }
    if let Some(flag) = &plan.no_data {
        text += &format!(" A record with {} has no data.", flag.name);
    }
    text
}

/// The statements that set the length of the data.
fn length(context: &CompatContext<'_>, stem: &str, plan: &StreamPlan) -> Vec<String> {
    let field = |field: &IntField| {
        format!("record->{}", context.abi.struct_(plan.record).fields[field.field].name)
    };
    let end = |tabs: usize, error: &str| {
        let items = ["records".to_owned(), format!("{}RECORD_{error}", context.prefix)];
        broken(tabs, &format!("return {stem}__records_end("), &items, ");")
    };
    let lines = match &plan.length {
        Some((length, false)) => vec![format!("length = {};", field(length))],
        Some((length, true)) => {
            let mut lines = vec![format!("if ({} < size)", field(length))];
            lines.extend(end(1, "TOO_SHORT"));
            lines.push(format!("length = {} - size;", field(length)));
            lines
        }
        None => match &plan.types {
            Some((_, by)) => {
                let by = by.as_ref().map_or_else(|| "type".to_owned(), field);
                by_type(context.abi, plan, &by, end(1, "UNKNOWN_TYPE"))
            }
            None => Vec::new(),
        },
    };
    let indented = |line: String| ["\t", &line].concat();
    let Some(flag) = &plan.no_data else {
        return lines.into_iter().map(indented).collect();
    };
    let open = format!("if (!({} & {})) {{", field(&flag.field), literal(flag.value));
    let inner = lines.into_iter().map(indented);
    let all = std::iter::once(open).chain(inner).chain(["}".to_owned()]);
    all.map(indented).collect()
}

/// The length of the data of each type.
fn by_type(abi: &Abi, plan: &StreamPlan, by: &str, unknown: Vec<String>) -> Vec<String> {
    let mut lines = vec![format!("switch ({by}) {{")];
    for form in &plan.forms {
        lines.push(format!("case {}:", literal(form.value(abi).number as u64)));
        lines.push(format!(
            "\tlength = {};",
            literal(form.body.map_or(0, |body| body.size.kernel()))
        ));
        lines.push("\tbreak;".to_owned());
    }
    lines.push("default:".to_owned());
    lines.extend(unknown);
    lines.push("}".to_owned());
    lines
}
