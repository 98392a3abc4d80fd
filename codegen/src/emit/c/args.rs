//! The structs with the inputs of requests, which the caller fills.

use super::comment::Comment;
use super::emitter::{Emitter, c_type};
use super::section;
use super::structs::{self, MemberDeclaration};
use super::unique_names::UniqueNames;
use super::view::StructView;
use crate::ir::c_requests::{CInput, CMember, CRequest, CType, MemberPart, Pointee};
use crate::ir::protocol::HostPlan;
use crate::ir::requests::{InputKind, TypedData};
use crate::names::c_word;

/// The variables of examples.
const EXAMPLE_LOCALS: [&str; 6] = [c_word::ARGS, "buf", "info", "reply", "request", "result"];

/// The struct with the inputs of a request.
pub(super) struct ArgsView {
    /// An empty line and the comment.
    pub(super) comment: Vec<String>,
    pub(super) struct_: StructView,
}

impl ArgsView {
    /// The parameter that points to the struct.
    pub(super) fn parameter(&self) -> String {
        format!("const struct {} *{}", self.struct_.name, c_word::ARGS)
    }

    /// For an example: parameters with the values of all members, and the variable that has
    /// them. `fd` is another parameter.
    pub(super) fn example(&self, fd: &str) -> (Vec<String>, Vec<String>) {
        let mut names = UniqueNames::members(EXAMPLE_LOCALS.into_iter().chain([fd]));
        let mut parameters = Vec::new();
        let mut set = vec![format!("const struct {} {} = {{", self.struct_.name, c_word::ARGS)];
        for field in self.struct_.members.iter().filter_map(|member| member.field.as_ref()) {
            let member = field.name.trim_start_matches('*');
            let stars = &field.name[..field.name.len() - member.len()];
            let value = names.reserve(member.to_owned());
            parameters.push(format!("{} {stars}{value}", field.type_));
            set.push(format!("\t.{member} = {value},"));
        }
        set.push("};".to_owned());
        (parameters, set)
    }
}

/// The value of a parameter or a member in the functions that take it.
pub(super) fn value(member: &CMember<'_>) -> String {
    match member.is_parameter {
        true => member.name.clone(),
        false => [c_word::ARGS, "->", &member.name].concat(),
    }
}

impl Emitter<'_, '_> {
    /// The struct with the inputs of a request; none without members.
    pub(super) fn args(
        &self,
        request: &CRequest<'_>,
        name: String,
        functions: [&str; 2],
    ) -> Option<ArgsView> {
        let members = request.members();
        let is_empty = members.is_empty();
        let members = members.into_iter().map(|(input, part, member)| {
            let comment = Comment::default().paragraph(doc(input, part));
            (self.declared(member), comment)
        });
        (!is_empty).then(|| args_view(name, functions, members))
    }

    /// A parameter with an input.
    pub(super) fn parameter(&self, member: &CMember<'_>) -> String {
        let MemberDeclaration { type_, name, .. } = self.declared(member);
        [&type_, " ", &name].concat()
    }

    /// The struct with the inputs of a request for a reply with a chain; none without inputs.
    pub(super) fn host_args(
        &self,
        plan: &HostPlan,
        name: String,
        function: &str,
    ) -> Option<ArgsView> {
        let struct_ = self.abi.struct_(plan.struct_);
        let members = plan.c_members(self.abi).into_iter().map(|(input, member)| {
            let comment = structs::field_comment(self.abi, &struct_.fields[input.field], struct_);
            (self.declared(&member), comment)
        });
        (!plan.inputs.is_empty()).then(|| args_view(name, [function], members))
    }

    fn declared(&self, member: &CMember<'_>) -> MemberDeclaration {
        let plain = |type_: String, aligned| MemberDeclaration {
            type_,
            aligned,
            name: member.name.clone(),
        };
        match member.type_ {
            CType::Int(int) => plain(c_type(int).to_owned(), true),
            CType::Size => plain([self.stem, "_size"].concat(), false),
            CType::Pointer { to, is_written } => {
                let to = match to {
                    Pointee::Bytes => "void".to_owned(),
                    Pointee::Int(int) => c_type(int).to_owned(),
                    Pointee::Struct(name) => ["struct ", name].concat(),
                };
                let constant = if is_written { "" } else { "const " };
                let name = ["*", &member.name].concat();
                MemberDeclaration { name, ..plain([constant, &to].concat(), false) }
            }
        }
    }
}

fn args_view<'a, const N: usize>(
    name: String,
    functions: [&str; N],
    members: impl Iterator<Item = (MemberDeclaration, Comment<'a>)>,
) -> ArgsView {
    let functions = functions.map(|function| [function, "()"].concat()).join(" and ");
    let text = [format!("The inputs of {functions}.")];
    ArgsView {
        comment: section::opening(Comment::of(&text).above(0)),
        struct_: structs::own(name, members),
    }
}

/// The comment of a member.
fn doc(input: &CInput<'_>, part: MemberPart) -> String {
    let value = &input.value.name;
    match (part, &input.input.kind) {
        (MemberPart::Number, InputKind::Typed(data)) => data.number_field.doc.join(" "),
        (MemberPart::Stride, InputKind::Typed(TypedData { stride_field: Some(field), .. })) => {
            field.doc.join(" ")
        }
        (MemberPart::Count, _) => format!("{} of {value}", unit(input)),
        _ => value_doc(input),
    }
}

/// What a count counts.
fn unit(input: &CInput<'_>) -> &'static str {
    match (input.value.type_, &input.stride) {
        (CType::Pointer { to: Pointee::Bytes, .. }, None) => "bytes",
        _ => "elements",
    }
}

/// The comment of a value, with the meaning of a null pointer.
fn value_doc(input: &CInput<'_>) -> String {
    let doc = match &input.input.kind {
        InputKind::Choice { options, .. } => {
            one_of(options.iter().map(|option| option.name.as_str()))
        }
        _ => input.input.doc.join(" "),
    };
    let null = match (input.input.present, input.is_skipped_if_null()) {
        (Some(_), _) => " (null if absent)",
        (None, true) => " (null: zeros)",
        (None, false) => "",
    };
    doc + null
}

/// The names, as a choice.
fn one_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<_> = names.collect();
    match &names[..] {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        names => names.concat(),
    }
}
