//! Functions for data whose type a number of the argument determines: one for each struct
//! that they can be.

use super::request::{Parameter, RequestFunctions};
use super::view::{FormView, ReplacedMember, ReturnedFormView, ReturnedView, TypedView};
use crate::emit::c::args::ArgsView;
use crate::emit::c::comment::Comment;
use crate::emit::c::emitter::Emitter;
use crate::emit::c::feature_macros;
use crate::emit::c::literal::literal;
use crate::emit::c::section;
use crate::emit::c::statements::broken;
use crate::emit::c::unique_names::UniqueNames;
use crate::ir::c_requests::{CInput, CRequest};
use crate::ir::requests::{
    DataForm, FormBody, InputKind, ResultsPlan, ReturnedPlaces, TypedData, TypedLength,
};
use crate::names::{self, c_word};

/// The data of a form.
struct FormData {
    /// The parameters with them.
    parameters: Vec<String>,
    /// The parameter with the number of the type.
    number: Option<ReplacedMember>,
    /// The members of the struct with the inputs that they replace.
    members: Vec<ReplacedMember>,
}

/// The variable with the inputs in which the data are replaced.
const COPY: &str = "typed";

impl Emitter<'_, '_> {
    /// A function that writes the request, and one that makes the call, for each form of its
    /// data.
    pub(super) fn typed(
        &self,
        functions: &RequestFunctions<'_>,
        request: &CRequest<'_>,
        names: &mut UniqueNames,
    ) -> Option<TypedView> {
        let args = functions.args?;
        let (input, data) = request.inputs.iter().find_map(|input| match &input.input.kind {
            InputKind::Typed(data) if input.input.present.is_none() => Some((input, data)),
            _ => None,
        })?;
        let forms = data.forms.iter().filter(|form| is_uniform(form));
        let (mut requests, mut calls) = (Vec::new(), Vec::new());
        for form in forms {
            let passed = self.form_data(input, data, form);
            requests.push(self.form(functions, args, (form, &passed), names, None));
            let fd = self.fd(functions.plan.ioctl);
            calls.push(self.form(functions, args, (form, &passed), names, Some(fd)));
        }
        Some(TypedView { requests, calls })
    }

    /// The function for one form; that of the call, if there is a file descriptor.
    fn form(
        &self,
        functions: &RequestFunctions<'_>,
        args: &ArgsView,
        (form, passed): (&DataForm, &FormData),
        names: &mut UniqueNames,
        fd: Option<String>,
    ) -> FormView {
        let size = [self.stem, "_size"].concat();
        let (type_, general, mut declarations, mut arguments) = match fd {
            Some(fd) => ("int", functions.call, vec![format!("int {fd}")], vec![fd]),
            None => (
                size.as_str(),
                functions.request,
                vec!["void *buf".to_owned(), format!("{size} len")],
                ["buf", "len"].map(str::to_owned).into(),
            ),
        };
        let is_call = arguments.len() == 1;
        for Parameter { name, declaration } in &functions.parameters {
            match passed.number.as_ref().filter(|number| number.name == *name) {
                Some(number) => arguments.push(number.value.clone()),
                None => {
                    declarations.push(declaration.clone());
                    arguments.push(name.clone());
                }
            }
        }
        declarations.push(args.parameter());
        declarations.extend(passed.parameters.iter().cloned());
        arguments.push(["&", COPY].concat());
        if let (Some(reply), true) = (functions.reply, is_call) {
            declarations.push(format!("struct {} *reply", reply.struct_));
            arguments.push("reply".to_owned());
        }
        let name = names.reserve(names::joined(general, &form.short));
        let what = match form.body {
            Some(_) => "with data of",
            None => "with",
        };
        let value = &form.value(self.abi).name;
        let about =
            format!("{general}() {what} {value}; the data in {} are ignored.", c_word::ARGS);
        let comment = Comment::default().paragraph(about);
        FormView {
            guard: self.guard(form),
            comment: section::opening(comment.above(0)),
            signature: broken(0, &format!("static inline {type_} {name}("), &declarations, ")"),
            copy: format!("struct {} {COPY} = *{};", args.struct_.name, c_word::ARGS),
            replaced: passed.members.clone(),
            call: broken(1, &format!("return {general}("), &arguments, ");"),
        }
    }

    /// The data of a form, in place of those in the struct with the inputs.
    fn form_data(&self, input: &CInput<'_>, data: &TypedData, form: &DataForm) -> FormData {
        let name = &input.value.name;
        let constant = if data.direction.is_written() { "" } else { "const " };
        let mut parameters = Vec::new();
        parameters.extend(
            form.struct_()
                .map(|id| format!("{constant}struct {} *{name}", self.abi.struct_(id).name)),
        );
        let bytes = match (form.body, data.is_trimmed()) {
            (None, _) => "0".to_owned(),
            (Some(FormBody { minsz, .. }), true) => {
                format!("{}__used({name}, sizeof(*{name}), {minsz})", self.stem)
            }
            (Some(_), false) => format!("sizeof(*{name})"),
        };
        let (count, stride) = match (data.length, &input.count) {
            (TypedLength::Bytes(..), _) => (bytes, None),
            (TypedLength::Strided { .. }, Some(count)) if form.body.is_some() => {
                parameters.push(format!("{}_size {}", self.stem, count.name));
                (count.name.clone(), Some(bytes))
            }
            (TypedLength::Strided { .. }, _) => ("0".to_owned(), Some(bytes)),
        };
        let pointer = match form.body {
            Some(_) => name.clone(),
            None => [self.macro_prefix, "_NULL"].concat(),
        };
        let (number, of_struct) = match &input.number {
            Some(number) if number.is_parameter => (Some(number), None),
            number => (None, number.as_ref()),
        };
        let number = number
            .map(|member| ReplacedMember { name: member.name.clone(), value: self.number(form) });
        let values = [
            (of_struct, Some(self.number(form))),
            (Some(&input.value), Some(pointer)),
            (input.count.as_ref(), Some(count)),
            (input.stride.as_ref(), stride),
        ];
        let members = values.into_iter().filter_map(|(member, value)| {
            let name = [COPY, ".", &member?.name].concat();
            Some(ReplacedMember { name, value: value? })
        });
        FormData { parameters, number, members: members.collect() }
    }

    /// The number of a form.
    fn number(&self, form: &DataForm) -> String {
        literal(form.value(self.abi).number as u64)
    }

    /// The macro that is defined if the struct of a form is declared, if it may not be.
    fn guard(&self, form: &DataForm) -> Option<String> {
        let id = form.struct_().filter(|id| self.undetected.contains(id))?;
        Some(feature_macros::macro_name(self.macro_prefix, &self.abi.struct_(id).name))
    }

    /// The functions that read the data which a call returns, if the argument has their
    /// number and their length in every release.
    pub(super) fn returned(
        &self,
        plan: &ResultsPlan,
        request: &str,
        names: &mut UniqueNames,
    ) -> Option<ReturnedView> {
        let data = plan.data.as_ref()?;
        let ReturnedPlaces { number, length } = data.places?;
        let reply = format!("const struct {} *reply", self.abi.struct_(plan.reply.struct_).name);
        let mut own = UniqueNames::members(["reply", "bytes", "at", "length"].into_iter());
        let memory = own.reserve(names::c_pointed(&data.memory).to_owned());
        let count = own.reserve(names::c_length(&memory));
        let out = own.reserve("out".to_owned());
        let size = format!("{}_size {count}", self.stem);
        let [number, length] = [number, length].map(|at| self.load(at.int, "bytes", at.offset));
        let cut = names.reserve(names::c_cut(request));
        let text = format!(
            "Whether the kernel's data have more bytes than {memory}, which has {count}; {} is \
             their size.",
            data.length
        );
        let forms = data.forms.iter().filter(|form| form.body.is_some() && is_uniform(form));
        let parameters = [reply.clone(), format!("const void *{memory}"), size.clone()];
        let form = |form| self.returned_form(form, (request, &parameters, &out), names);
        let forms: Vec<_> = forms.map(form).collect();
        Some(ReturnedView {
            comment: section::opening(Comment::of(&[text]).above(0)),
            signature: broken(0, &format!("static inline int {cut}("), &[reply, size], ")"),
            number,
            length,
            memory,
            count,
            out,
            forms,
        })
    }

    fn returned_form(
        &self,
        form: &DataForm,
        (request, parameters, out): (&str, &[String], &str),
        names: &mut UniqueNames,
    ) -> ReturnedFormView {
        let struct_ = form.struct_().map_or("", |id| &self.abi.struct_(id).name);
        let name = names.reserve(names::joined(request, &form.short));
        let text = format!(
            "Copies data of {} from the memory of the call; bytes that the kernel has not \
             written are zero. Returns 0 if the data have another type.",
            form.value(self.abi).name
        );
        let parameters = [parameters, &[format!("struct {struct_} *{out}")]].concat();
        ReturnedFormView {
            guard: self.guard(form),
            comment: section::opening(Comment::of(&[text]).above(0)),
            signature: broken(0, &format!("static inline int {name}("), &parameters, ")"),
            value: self.number(form),
        }
    }
}

/// Whether the data of a form have the same size on every target.
fn is_uniform(form: &DataForm) -> bool {
    form.body.is_none_or(|body| body.size.is_uniform())
}
