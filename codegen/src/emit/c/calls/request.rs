//! A request: its parameters, its comment, and the view of its function.

use super::examples::ExampleCall;
use super::puts::Written;
use super::typed::TypedRequest;
use super::view::{CallView, ChoiceView, ReplyView, RequestView};
use crate::emit::c::comment::Comment;
use crate::emit::c::emitter::{Emitter, c_type};
use crate::emit::c::literal::literal;
use crate::emit::c::section;
use crate::emit::c::statements::broken;
use crate::emit::c::unique_names::UniqueNames;
use crate::emit::sentence::sentence;
use crate::ir::IoctlId;
use crate::ir::requests::{
    FailedReply, Hazard, InlineCount, InputKind, MemoryLength, ReplyStruct, RequestElement,
    RequestInput, RequestPlan,
};
use crate::layout::Int;
use crate::names;

/// The variables of the functions.
const LOCALS: [&str; 8] = ["buf", "len", "argsz", "bytes", "nth", "argument", "result", "reply"];

/// An input with its parameters.
pub(super) struct Parameter<'a> {
    pub(super) input: &'a RequestInput,
    pub(super) name: String,
    /// The parameter with the number of elements, or with the length of data in bytes.
    pub(super) count: Option<String>,
    /// The parameters with the number of the type of data, and with the size of their elements.
    pub(super) data: Option<(String, Option<String>)>,
}

impl Parameter<'_> {
    /// The names of the parameters, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        let (number, stride) = match &self.data {
            Some((number, stride)) => (Some(number), stride.as_ref()),
            None => (None, None),
        };
        number.into_iter().chain([&self.name]).chain(&self.count).chain(stride)
    }

    /// The number of elements, or the length of data.
    pub(super) fn count(&self) -> &str {
        self.count.as_deref().unwrap_or("1")
    }
}

impl Emitter<'_, '_> {
    /// The name of the function of a request, after the stem.
    pub(super) fn request_name<'n>(&self, name: &'n str) -> &'n str {
        names::c_request(&self.abi.name, &self.abi.prefix, name)
    }

    pub(super) fn request(&self, plan: &RequestPlan, names: &mut UniqueNames) -> RequestView {
        let fd = self.fd(plan.ioctl);
        let mut locals = UniqueNames::members(LOCALS.into_iter().chain([fd.as_str()]));
        let parameters: Vec<_> =
            plan.inputs.iter().map(|input| parameter(input, &mut locals)).collect();
        let declarations: Vec<_> =
            parameters.iter().flat_map(|parameter| self.declarations(parameter)).collect();
        let own = self.request_name(&plan.name);
        let name = self.name(names, &[own]);
        let slice = parameters.iter().find_map(slice);
        let own_size = format!("const {}_size argsz = ", self.stem);
        let size = match &slice {
            Some((count, each)) => {
                let head = format!("{own_size}{}__array_end(", self.stem);
                let items = [plan.size.to_string(), (*count).to_owned(), each.to_string()];
                broken(1, &head, &items, ");")
            }
            None => broken(1, &own_size, &[plan.size.to_string()], ";"),
        };
        let buffer = ["void *buf".to_owned(), format!("{}_size len", self.stem)];
        let reply = plan.reply.map(|reply| self.reply((plan.ioctl, reply), &name, names));
        let call_name = self.name(names, &names::c_call(own));
        let functions = (&*name, &*call_name);
        let call = self.call(plan, functions, (&parameters, &declarations), reply.as_ref());
        let typed = TypedRequest {
            plan,
            parameters: &parameters,
            request: &name,
            call: &call_name,
            reply: reply.as_ref().map(|reply| format!("struct {} *reply", reply.struct_)),
        };
        let typed = self.typed(&typed, names).filter(|_| slice.is_none());
        let Written { conditions, puts } = self.written(plan, &parameters);
        let head = format!("static inline {}_size {name}(", self.stem);
        RequestView {
            comment: self.request_comment(plan, &parameters),
            signature: broken(0, &head, &[&buffer[..], &declarations].concat(), ")"),
            size,
            is_dynamic: slice.is_some(),
            choices: parameters.iter().filter_map(choice).collect(),
            conditions,
            has_loop: puts.iter().any(|put| put.elements.is_some()),
            puts,
            reply,
            typed,
            call,
        }
    }

    /// The declarations of the parameters of an input.
    pub(super) fn declarations(&self, parameter: &Parameter<'_>) -> Vec<String> {
        let name = &parameter.name;
        let optional = parameter.input.present.is_some();
        let value = |type_: &str| match optional {
            true => format!("const {type_} *{name}"),
            false => format!("{type_} {name}"),
        };
        let type_ = |element| match element {
            RequestElement::Int(int) => c_type(int).to_owned(),
            RequestElement::Struct(id, _) => format!("struct {}", self.abi.struct_(id).name),
        };
        let first = match &parameter.input.kind {
            InputKind::Number { int, .. } | InputKind::Choice { int, .. } => value(c_type(*int)),
            InputKind::Struct { struct_, .. } => {
                format!("const struct {} *{name}", self.abi.struct_(*struct_).name)
            }
            InputKind::Inline { element: RequestElement::Int(int), count, .. }
                if *count == InlineCount::Fixed(1) =>
            {
                value(c_type(*int))
            }
            InputKind::Inline { element, .. } => format!("const {} *{name}", type_(*element)),
            InputKind::Memory { direction, element, .. } => {
                let type_ = match element {
                    RequestElement::Int(Int::U8 | Int::S8) => "void".to_owned(),
                    element => type_(*element),
                };
                let constant = if direction.is_written() { "" } else { "const " };
                format!("{constant}{type_} *{name}")
            }
            InputKind::Typed(data) => {
                let constant = if data.direction.is_written() { "" } else { "const " };
                format!("{constant}void *{name}")
            }
        };
        let number = match (&parameter.input.kind, &parameter.data) {
            (InputKind::Typed(data), Some((number, _))) => {
                Some([c_type(data.number.1), " ", number].concat())
            }
            _ => None,
        };
        let stride = parameter.data.iter().filter_map(|(_, stride)| stride.as_ref());
        let sizes = parameter.count.iter().chain(stride);
        let sizes = sizes.map(|size| format!("{}_size {size}", self.stem));
        number.into_iter().chain([first]).chain(sizes).collect()
    }

    fn request_comment(&self, plan: &RequestPlan, parameters: &[Parameter<'_>]) -> Vec<String> {
        let ioctl = &self.abi.ioctl(plan.ioctl);
        let (title, doc) = match &plan.selected {
            Some(selected) => {
                let flags = plan.gate.iter().chain([selected]).cloned().collect::<Vec<_>>();
                (format!("{} with {}.", ioctl.name, flags.join(" and ")), &plan.doc)
            }
            None => (format!("{}.", ioctl.name), &ioctl.meta.doc),
        };
        let own = |text: &&String| parameters.iter().all(|one| !one.input.doc.contains(*text));
        // The declaration of the ioctl has the other paragraphs.
        let doc = doc.iter().take(1).filter(own).map(|text| sentence(text));
        let doc: Vec<_> = doc.collect();
        let mut comment = Comment::of(&doc).titled(&title);
        comment = match &plan.hazard {
            Some(Hazard::Elsewhere(until)) => comment.paragraph(sentence(&until.join(" "))),
            Some(Hazard::Lasting) => comment.paragraph(
                "The kernel or a device accesses the memory after the call as well.".to_owned(),
            ),
            Some(Hazard::UnknownLength) => comment.paragraph(
                "The argument does not contain the length of the memory, which must be large \
                 enough."
                    .to_owned(),
            ),
            None => comment,
        };
        for parameter in parameters {
            let doc = match choice(parameter) {
                Some(choice) => one_of(&choice),
                None => parameter.input.doc.join(" "),
            };
            let absent = parameter.input.present.map(|_| " (null if absent)");
            comment = comment.label(&parameter.name, &[&doc, absent.unwrap_or_default()].concat());
        }
        section::opening(comment.block(0))
    }

    /// The function that reads the results.
    fn reply(
        &self,
        (ioctl, plan): (IoctlId, ReplyStruct),
        request: &str,
        names: &mut UniqueNames,
    ) -> ReplyView {
        let mut results = self.abi.protocol.results_of(plan.struct_);
        let results = results.find(|results| results.ioctl == ioctl && results.reply == plan);
        let fields = self.fields_by_offset(plan.struct_, "reply->", "bytes");
        let struct_ = self.abi.struct_(plan.struct_);
        let name = names.reserve(names::c_results(request));
        let parameters = [
            "const void *buf".to_owned(),
            format!("{}_size len", self.stem),
            format!("struct {} *reply", struct_.name),
        ];
        ReplyView {
            signature: broken(0, &format!("static inline void {name}("), &parameters, ")"),
            name,
            struct_: struct_.name.clone(),
            offset: plan.offset,
            size: self.record(plan.struct_).map_or(0, |record| record.size.kernel()),
            fields,
            data: results.and_then(|results| self.returned(results, request, names)),
        }
    }

    /// The function that makes the call.
    fn call(
        &self,
        plan: &RequestPlan,
        (request, name): (&str, &str),
        (parameters, declarations): (&[Parameter<'_>], &[String]),
        reply: Option<&ReplyView>,
    ) -> CallView {
        let fd = self.fd(plan.ioctl);
        let ioctl = &self.abi.ioctl(plan.ioctl).name;
        let is_dynamic = parameters.iter().any(|parameter| slice(parameter).is_some());
        let mut all = vec![format!("int {fd}")];
        let (buffer, len) = match is_dynamic {
            true => ("buf", "len"),
            false => ("argument", "sizeof(argument)"),
        };
        if is_dynamic {
            all.extend(["void *buf".to_owned(), format!("{}_size len", self.stem)]);
        }
        all.extend(declarations.iter().cloned());
        all.extend(reply.map(|reply| format!("struct {} *reply", reply.struct_)));
        let mut inputs = vec![buffer.to_owned(), len.to_owned()];
        for parameter in parameters {
            inputs.extend(parameter.names().cloned());
        }
        let own = match is_dynamic {
            true => vec!["buf".to_owned(), "sizeof(buf)".to_owned()],
            false => Vec::new(),
        };
        let passed = parameters.iter().flat_map(Parameter::names).cloned();
        let (own_fd, results) = ([fd.clone()], reply.map(|_| "&reply".to_owned()));
        let example = self.example(ExampleCall {
            ioctl: plan.ioctl,
            function: name,
            parameters: [format!("int {fd}")].into_iter().chain(declarations.to_vec()).collect(),
            variables: [
                is_dynamic.then(|| "__u64 buf[64];".to_owned()),
                reply.map(|reply| format!("struct {} reply;", reply.struct_)),
            ]
            .into_iter()
            .flatten()
            .collect(),
            arguments: own_fd.into_iter().chain(own).chain(passed).chain(results).collect(),
            returns: plan.returns,
            prints: plan.reply.map(|one| self.printed(one.struct_, "reply")).unwrap_or_default(),
            cleanup: None,
        });
        let mut text = format!("Calls {ioctl}; see {request}().");
        if let Some(failed) = plan.failed_reply.as_ref().filter(|_| reply.is_some()) {
            text += &failed_doc(failed);
        }
        let size = format!("const {}_size argsz = {request}(", self.stem);
        let result = if reply.is_some() { "result = ioctl(" } else { "return ioctl(" };
        let arguments = [fd, ioctl.clone(), buffer.to_owned()];
        let results = [buffer, "argsz", "reply"].map(str::to_owned);
        CallView {
            comment: section::opening(Comment::of(&[text]).above(0)),
            signature: broken(0, &format!("static inline int {name}("), &all, ")"),
            words: plan.size.div_ceil(8),
            size: broken(1, &size, &inputs, ");"),
            ioctl: broken(1, result, &arguments, ");"),
            example,
            reply: reply.map(|reply| broken(2, &[&reply.name, "("].concat(), &results, ");")),
        }
    }
}

/// With which errors the kernel writes the results nevertheless.
fn failed_doc(failed: &FailedReply) -> String {
    match failed {
        FailedReply::Only(errors) => {
            format!(" The kernel writes the reply after {} as well.", errors.join(" and "))
        }
        FailedReply::AllBut(errors) => {
            let errors = errors.join(" and ");
            format!(" The kernel writes the reply after every error but {errors} as well.")
        }
    }
}

fn parameter<'a>(input: &'a RequestInput, own: &mut UniqueNames) -> Parameter<'a> {
    let data = match &input.kind {
        InputKind::Typed(data) => {
            let number = own.reserve(data.number_field.clone());
            Some((number, data.stride_field.clone().map(|field| own.reserve(field))))
        }
        _ => None,
    };
    let name = own.reserve(input.name.clone());
    let counted = match &input.kind {
        InputKind::Inline { count, .. } => !matches!(count, InlineCount::Fixed(_)),
        InputKind::Memory { length, .. } => {
            !matches!(length, MemoryLength::Fixed(_) | MemoryLength::Unknown)
        }
        InputKind::Typed(_) => true,
        _ => false,
    };
    let count = counted.then(|| own.reserve(names::c_count(&input.name)));
    Parameter { input, name, count, data }
}

/// The number and the size of elements at the end of the argument.
fn slice<'a>(parameter: &'a Parameter<'_>) -> Option<(&'a str, u64)> {
    match parameter.input.kind {
        InputKind::Inline { element, .. } => Some((parameter.count.as_deref()?, element.size())),
        _ => None,
    }
}

fn choice(parameter: &Parameter<'_>) -> Option<ChoiceView> {
    let InputKind::Choice { options, .. } = &parameter.input.kind else { return None };
    let options = options.iter().map(|option| (literal(option.value), option.name.clone()));
    Some(ChoiceView { parameter: parameter.name.clone(), options: options.collect() })
}

/// The flags of a choice, as text.
fn one_of(choice: &ChoiceView) -> String {
    let names: Vec<_> = choice.options.iter().map(|(_, name)| name.as_str()).collect();
    match &names[..] {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        names => names.concat(),
    }
}
