//! A request: its function, its comment, and its call.

use super::examples::ExampleCall;
use super::puts::Written;
use super::view::{CallView, ChoiceView, ReplyView, RequestView};
use crate::emit::c::args::{self, ArgsView};
use crate::emit::c::comment::Comment;
use crate::emit::c::emitter::Emitter;
use crate::emit::c::literal::literal;
use crate::emit::c::section;
use crate::emit::c::statements::broken;
use crate::emit::c::unique_names::UniqueNames;
use crate::emit::example::Example;
use crate::emit::sentence::sentence;
use crate::ir::c_requests::{CInput, CRequest};
use crate::ir::requests::{FailedReply, Hazard, InputKind, ReplyStruct, RequestPlan};
use crate::ir::{IoctlId, Item};
use crate::names::{self, c_word};

/// The functions of a request and of its call, and what they take.
pub(super) struct RequestFunctions<'a> {
    pub(super) plan: &'a RequestPlan,
    pub(super) request: &'a str,
    pub(super) call: &'a str,
    pub(super) args: Option<&'a ArgsView>,
    pub(super) reply: Option<&'a ReplyView>,
    /// Whether the call takes a buffer for the argument.
    pub(super) has_buffer: bool,
}

impl Emitter<'_, '_> {
    /// The name of the function of a request, after the stem.
    pub(super) fn request_name<'n>(&self, name: &'n str) -> &'n str {
        names::c_request(&self.abi.name, &self.abi.prefix, name)
    }

    pub(super) fn request(&self, plan: &RequestPlan, names: &mut UniqueNames) -> RequestView {
        let request = CRequest::new(self.abi, plan);
        let own = self.request_name(&plan.name);
        let name = self.name(names, &[own]);
        let call_name = self.name(names, &names::c_call(own));
        let args_name = self.name(names, &names::c_args(own));
        let args = self.args(&request, args_name, [&name, &call_name]);
        let slice = request.inputs.iter().find_map(slice);
        let own_size = format!("const {}_size argsz = ", self.stem);
        let size = match &slice {
            Some((count, each)) => {
                let head = format!("{own_size}{}__array_end(", self.stem);
                let items = [plan.size.to_string(), count.clone(), each.to_string()];
                broken(1, &head, &items, ");")
            }
            None => broken(1, &own_size, &[plan.size.to_string()], ";"),
        };
        let buffer = ["void *buf".to_owned(), format!("{}_size len", self.stem)];
        let parameters = buffer.into_iter().chain(args.as_ref().map(ArgsView::parameter));
        let parameters: Vec<_> = parameters.collect();
        let reply = plan.reply.map(|reply| self.reply((plan.ioctl, reply), &name, names));
        let functions = RequestFunctions {
            plan,
            request: &name,
            call: &call_name,
            args: args.as_ref(),
            reply: reply.as_ref(),
            has_buffer: request.has_buffer,
        };
        let call = self.call(&functions);
        let typed = self.typed(&functions, &request, names).filter(|_| !request.has_buffer);
        let Written { conditions, puts } = self.written(plan, &request);
        let head = format!("static inline {}_size {name}(", self.stem);
        RequestView {
            comment: self.request_comment(plan),
            signature: broken(0, &head, &parameters, ")"),
            size,
            has_buffer: request.has_buffer,
            choices: request.inputs.iter().filter_map(choice).collect(),
            conditions,
            has_loop: puts.iter().any(|put| put.has_loop),
            puts,
            args,
            reply,
            typed,
            call,
        }
    }

    fn request_comment(&self, plan: &RequestPlan) -> Vec<String> {
        let ioctl = &self.abi.ioctl(plan.ioctl);
        let (title, doc) = match &plan.selected {
            Some(selected) => {
                let flags = plan.gate.iter().chain([selected]).cloned().collect::<Vec<_>>();
                (format!("{} with {}.", ioctl.name, flags.join(" and ")), &plan.doc)
            }
            None => (format!("{}.", ioctl.name), &ioctl.meta.doc),
        };
        let own = |text: &&String| plan.inputs.iter().all(|input| !input.doc.contains(*text));
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
    fn call(&self, functions: &RequestFunctions<'_>) -> CallView {
        let RequestFunctions { plan, request: writes, call: name, args, reply, has_buffer } =
            *functions;
        let fd = self.fd(plan.ioctl);
        let ioctl = &self.abi.ioctl(plan.ioctl).name;
        let mut parameters = vec![format!("int {fd}")];
        let (buffer, len) = match has_buffer {
            true => ("buf", "len"),
            false => ("argument", "sizeof(argument)"),
        };
        if has_buffer {
            parameters.extend(["void *buf".to_owned(), format!("{}_size len", self.stem)]);
        }
        parameters.extend(args.map(ArgsView::parameter));
        parameters.extend(reply.map(|reply| format!("struct {} *reply", reply.struct_)));
        let passed = args.map(|_| c_word::ARGS);
        let inputs = [buffer, len].into_iter().chain(passed).map(str::to_owned).collect::<Vec<_>>();
        let mut text = format!("Calls {ioctl}; see {writes}().");
        if let Some(failed) = plan.failed_reply.as_ref().filter(|_| reply.is_some()) {
            text += &failed_doc(failed);
        }
        let size = format!("const {}_size argsz = {writes}(", self.stem);
        let result = if reply.is_some() { "result = ioctl(" } else { "return ioctl(" };
        let arguments = [fd, ioctl.clone(), buffer.to_owned()];
        let results = [buffer, "argsz", "reply"].map(str::to_owned);
        CallView {
            comment: section::opening(Comment::of(&[text]).above(0)),
            signature: broken(0, &format!("static inline int {name}("), &parameters, ")"),
            words: plan.words(),
            size: broken(1, &size, &inputs, ");"),
            ioctl: broken(1, result, &arguments, ");"),
            example: self.request_example(functions),
            replied: replied(plan.failed_reply.as_ref()),
            reply: reply.map(|reply| broken(2, &[&reply.name, "("].concat(), &results, ");")),
        }
    }

    /// The example of a call, with a value for each input.
    fn request_example(&self, functions: &RequestFunctions<'_>) -> (Item, Example) {
        let RequestFunctions { plan, call, args, reply, has_buffer, .. } = *functions;
        let fd = self.fd(plan.ioctl);
        let buffer = has_buffer.then_some(["buf", "sizeof(buf)"]).into_iter().flatten();
        let passed = args.map(|_| ["&", c_word::ARGS].concat());
        let results = reply.map(|_| "&reply".to_owned());
        let variables = [
            has_buffer.then(|| "__u64 buf[64];".to_owned()),
            reply.map(|reply| format!("struct {} reply;", reply.struct_)),
        ];
        let (parameters, set) = args.map(|args| args.example(&fd)).unwrap_or_default();
        self.example(ExampleCall {
            ioctl: plan.ioctl,
            function: call,
            parameters: [format!("int {fd}")].into_iter().chain(parameters).collect(),
            variables: set.into_iter().chain(variables.into_iter().flatten()).collect(),
            arguments: [fd]
                .into_iter()
                .chain(buffer.map(str::to_owned))
                .chain(passed)
                .chain(results)
                .collect(),
            returns: plan.returns,
            prints: plan.reply.map(|one| self.printed(one.struct_, "reply")).unwrap_or_default(),
            cleanup: None,
        })
    }
}

/// With which errors the kernel writes the results nevertheless.
fn failed_doc(failed: &FailedReply) -> String {
    match failed {
        FailedReply::Only(errors) => {
            format!(" The reply is set after {} as well.", errors.join(" and "))
        }
        FailedReply::AllBut(errors) => {
            let errors = errors.join(" and ");
            format!(" The reply is set after every error but {errors} as well.")
        }
    }
}

/// The condition under which the kernel has written the results.
fn replied(failed: Option<&FailedReply>) -> Vec<String> {
    let errno = |operator: &str, errors: &[String], joint: &str| {
        let tests = errors.iter().map(|error| ["errno ", operator, " ", error].concat());
        tests.collect::<Vec<_>>().join(joint)
    };
    let tests = match failed {
        None => return vec!["\tif (reply && result >= 0)".to_owned()],
        Some(FailedReply::Only(errors)) => errno("==", errors, " || "),
        Some(FailedReply::AllBut(errors)) => ["(", &errno("!=", errors, " && "), ")"].concat(),
    };
    vec!["\tif (reply &&".to_owned(), ["\t    (result >= 0 || ", &tests, "))"].concat()]
}

/// The number and the size of elements at the end of the argument.
fn slice(input: &CInput<'_>) -> Option<(String, u64)> {
    match input.input.kind {
        InputKind::Inline { element, .. } => {
            Some((args::value(input.count.as_ref()?), element.size()))
        }
        _ => None,
    }
}

fn choice(input: &CInput<'_>) -> Option<ChoiceView> {
    let InputKind::Choice { options, .. } = &input.input.kind else { return None };
    let options = options.iter().map(|option| (literal(option.value), option.name.clone()));
    Some(ChoiceView { value: args::value(&input.value), options: options.collect() })
}
