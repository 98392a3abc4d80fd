//! A request: its function, its comment, and its call.

use super::examples::ExampleCall;
use super::puts::Written;
use super::view::{
    ArraySizeView, CallView, ChoiceView, OptionView, ReplyView, RequestView, ShortFormView,
};
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
    /// The parameters with inputs.
    pub(super) parameters: Vec<Parameter>,
    pub(super) args: Option<&'a ArgsView>,
    pub(super) reply: Option<&'a ReplyView>,
    /// Whether the call takes a buffer for the argument.
    pub(super) has_buffer: bool,
    /// The functions without args, if there are both.
    pub(super) short: Option<[&'a str; 2]>,
}

/// A parameter with an input.
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) declaration: String,
}

impl Emitter<'_, '_> {
    /// The name of the function of a request, after the stem.
    pub(super) fn request_name<'n>(&self, name: &'n str) -> &'n str {
        names::c_request(&self.abi.name, &self.abi.prefix, name)
    }

    pub(super) fn request(&self, plan: &RequestPlan, names: &mut UniqueNames) -> RequestView {
        let request = CRequest::new(self.abi, plan);
        let own = self.request_name(&plan.name);
        let names_of = [self.name(names, &[own]), self.name(names, &names::c_call(own))];
        let short = request.has_short_form().then(|| names_of.clone());
        let [name, call_name] = match &short {
            Some(short) => short.each_ref().map(|name| names.reserve(names::c_with(name))),
            None => names_of,
        };
        let args_name = self.name(names, &names::c_args(own));
        let args = self.args(&request, args_name, [&name, &call_name]);
        let size_type = [self.stem, "_size"].concat();
        let array_size =
            request.inputs.iter().find_map(|input| self.array_size(plan, input, &name, names));
        let own_size = format!("const {size_type} argsz = ");
        let size = match &array_size {
            Some(array) => {
                let head = [&own_size, &array.name, "("].concat();
                broken(1, &head, std::slice::from_ref(&array.count), ");")
            }
            None => broken(1, &own_size, &[plan.size.to_string()], ";"),
        };
        let buffer = ["void *buf".to_owned(), [&size_type, " len"].concat()];
        let parameters = request.parameters();
        let parameters = parameters.into_iter();
        let parameters: Vec<_> = parameters
            .map(|one| Parameter { name: one.name.clone(), declaration: self.parameter(one) })
            .collect();
        let declared = parameters.iter().map(|one| one.declaration.clone());
        let declared: Vec<_> = buffer.into_iter().chain(declared).collect();
        let all = declared.iter().cloned().chain(args.as_ref().map(ArgsView::parameter));
        let all: Vec<_> = all.collect();
        let reply_name = short.as_ref().map_or(&name, |[short, _]| short);
        let reply = plan.reply.map(|reply| self.reply((plan.ioctl, reply), reply_name, names));
        let functions = RequestFunctions {
            plan,
            request: &name,
            call: &call_name,
            parameters,
            args: args.as_ref(),
            reply: reply.as_ref(),
            has_buffer: request.has_buffer,
            short: short.as_ref().map(|[request, call]| [request.as_str(), call.as_str()]),
        };
        let call = self.call(&functions, array_size.as_ref());
        let typed = self.typed(&functions, &request, names).filter(|_| !request.has_buffer);
        let Written { conditions, puts } = self.written(plan, &request);
        let head = format!("static inline {size_type} {name}(");
        let arguments = ["buf", "len"].map(str::to_owned).into();
        let short = short.as_ref().map(|[short, _]| {
            let head = format!("static inline {size_type} {short}(");
            self.short_form(&functions, &name, (&head, &declared), arguments)
        });
        RequestView {
            comment: self.request_comment(plan),
            signature: broken(0, &head, &all, ")"),
            array_size,
            short,
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

    /// The function that returns the size of an argument with an array.
    fn array_size(
        &self,
        plan: &RequestPlan,
        input: &CInput<'_>,
        request: &str,
        names: &mut UniqueNames,
    ) -> Option<ArraySizeView> {
        let InputKind::Inline { element, .. } = &input.input.kind else { return None };
        let count = args::value(input.count.as_ref()?);
        let name = names.reserve(names::c_size(request));
        let parameters = [format!("{}_size count", self.stem)];
        let head = format!("static inline {}_size {name}(", self.stem);
        let arguments = [plan.size.to_string(), "count".to_owned(), element.size().to_string()];
        let text = format!(
            "The size of the argument that {request}() writes with count elements; 0 if it \
             exceeds 32 bits."
        );
        Some(ArraySizeView {
            comment: section::opening(Comment::of(&[text]).above(0)),
            signature: broken(0, &head, &parameters, ")"),
            value: broken(1, &format!("return {}__array_end(", self.stem), &arguments, ");"),
            name,
            count,
        })
    }

    /// A function without the struct of the inputs, which passes an empty one on.
    fn short_form(
        &self,
        functions: &RequestFunctions<'_>,
        general: &str,
        (head, declared): (&str, &[String]),
        mut arguments: Vec<String>,
    ) -> ShortFormView {
        let text = format!("{general}() without the inputs that later kernels added.");
        arguments.extend(functions.parameters.iter().map(|one| one.name.clone()));
        arguments.push(["&", c_word::ARGS].concat());
        let is_call = general == functions.call;
        arguments.extend(functions.reply.filter(|_| is_call).map(|_| "reply".to_owned()));
        ShortFormView {
            comment: section::opening(Comment::of(&[text]).above(0)),
            signature: broken(0, head, declared, ")"),
            args: functions.args.map(|args| args.struct_.name.clone()).unwrap_or_default(),
            call: broken(1, &format!("return {general}("), &arguments, ");"),
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
    fn call(&self, functions: &RequestFunctions<'_>, array: Option<&ArraySizeView>) -> CallView {
        let RequestFunctions { plan, request: writes, call: name, args, reply, has_buffer, .. } =
            *functions;
        let fd = self.fd(plan.ioctl);
        let ioctl = &self.abi.ioctl(plan.ioctl).name;
        let mut declared = vec![format!("int {fd}")];
        let (buffer, len) = match has_buffer {
            true => ("buf", "len"),
            false => ("argument", "sizeof(argument)"),
        };
        if has_buffer {
            declared.extend(["void *buf".to_owned(), format!("{}_size len", self.stem)]);
        }
        declared.extend(functions.parameters.iter().map(|one| one.declaration.clone()));
        let results = reply.map(|reply| format!("struct {} *reply", reply.struct_));
        let short = functions.short.map(|[_, short]| {
            let declared: Vec<_> = declared.iter().cloned().chain(results.clone()).collect();
            let head = format!("static inline int {short}(");
            self.short_form(functions, name, (&head, &declared), vec![fd.clone()])
        });
        declared.extend(args.map(ArgsView::parameter));
        declared.extend(results);
        let passed = functions.parameters.iter().map(|one| one.name.as_str());
        let passed = passed.chain(args.map(|_| c_word::ARGS));
        let inputs = [buffer, len].into_iter().chain(passed).map(str::to_owned).collect::<Vec<_>>();
        let mut text = format!("Calls {ioctl}; see {writes}().");
        if let Some(failed) = plan.failed_reply.as_ref().filter(|_| reply.is_some()) {
            text += &failed_doc(failed);
        }
        let size = format!("const {}_size argsz = {writes}(", self.stem);
        let result = if reply.is_some() { "result = ioctl(" } else { "return ioctl(" };
        let arguments = [fd, ioctl.clone(), buffer.to_owned()];
        let results = [buffer, "argsz", "reply"].map(str::to_owned);
        let sizes = match array {
            Some(size) => [len.to_owned(), format!("{}({})", size.name, size.count)],
            None => ["0".to_owned(), "0".to_owned()],
        };
        CallView {
            comment: section::opening(Comment::of(&[text]).above(0)),
            signature: broken(0, &format!("static inline int {name}("), &declared, ")"),
            words: plan.words(),
            size: broken(1, &size, &inputs, ");"),
            refused: broken(2, &format!("return {}__refused(", self.stem), &sizes, ");"),
            ioctl: broken(1, result, &arguments, ");"),
            example: self.request_example(functions, array),
            short,
            replied: replied(plan.failed_reply.as_ref()),
            reply: reply.map(|reply| broken(2, &[&reply.name, "("].concat(), &results, ");")),
        }
    }

    /// The example of a call, with a value for each input.
    fn request_example(
        &self,
        functions: &RequestFunctions<'_>,
        array: Option<&ArraySizeView>,
    ) -> (Item, Example) {
        let RequestFunctions { plan, call, args, reply, .. } = *functions;
        let (call, args) = match functions.short {
            Some([_, short]) => (short, None),
            None => (call, args),
        };
        let fd = self.fd(plan.ioctl);
        let inputs = functions.parameters.iter();
        let declared = inputs.clone().map(|one| one.declaration.clone());
        let given = inputs.map(|one| one.name.clone());
        let size = array.map(|size| {
            format!("const size_t len = {}({});", size.name, size.count.replace("->", "."))
        });
        let allocated = array.map(|_| "void *buf = malloc(len);".to_owned());
        let buffer = array.map(|_| ["buf", "len"]).into_iter().flatten();
        let passed = args.map(|_| ["&", c_word::ARGS].concat());
        let results = reply.map(|_| "&reply".to_owned());
        let variables =
            [size, allocated, reply.map(|reply| format!("struct {} reply;", reply.struct_))];
        let (parameters, set) = args.map(|args| args.example(&fd)).unwrap_or_default();
        self.example(ExampleCall {
            ioctl: plan.ioctl,
            function: call,
            parameters: [format!("int {fd}")]
                .into_iter()
                .chain(declared)
                .chain(parameters)
                .collect(),
            variables: set.into_iter().chain(variables.into_iter().flatten()).collect(),
            arguments: [fd]
                .into_iter()
                .chain(buffer.map(str::to_owned))
                .chain(given)
                .chain(passed)
                .chain(results)
                .collect(),
            returns: plan.returns,
            prints: plan.reply.map(|one| self.printed(one.struct_, "reply")).unwrap_or_default(),
            cleanup: array.map(|_| "free(buf);"),
        })
    }
}

/// With which errors the kernel writes the results nevertheless.
fn failed_doc(failed: &FailedReply) -> String {
    let after = match failed {
        FailedReply::Only(_) => "after",
        FailedReply::AllBut(_) => "after every error but",
    };
    format!(" The reply is set {after} {} as well.", failed.list())
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

fn choice(input: &CInput<'_>) -> Option<ChoiceView> {
    let InputKind::Choice { options, .. } = &input.input.kind else { return None };
    let options = options
        .iter()
        .map(|option| OptionView { number: literal(option.value), constant: option.name.clone() });
    Some(ChoiceView { value: args::value(&input.value), options: options.collect() })
}
