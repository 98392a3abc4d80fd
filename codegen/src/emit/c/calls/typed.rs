//! Functions for data whose type a number of the argument determines: one for each struct
//! that they can be.

use super::request::Parameter;
use super::view::{FormView, ReturnedFormView, ReturnedView, TypedView};
use crate::emit::c::comment::Comment;
use crate::emit::c::emitter::Emitter;
use crate::emit::c::feature_macros;
use crate::emit::c::literal::literal;
use crate::emit::c::section;
use crate::emit::c::statements::broken;
use crate::emit::c::unique_names::UniqueNames;
use crate::ir::requests::{
    DataForm, FormBody, InputKind, RequestPlan, ResultsPlan, ReturnedPlaces, TypedData, TypedLength,
};
use crate::names;

/// The functions of a request and of its call, and the parameters between the first and the
/// last ones.
pub(super) struct TypedRequest<'a> {
    pub(super) plan: &'a RequestPlan,
    pub(super) parameters: &'a [Parameter<'a>],
    pub(super) request: &'a str,
    pub(super) call: &'a str,
    /// The parameter with the results.
    pub(super) reply: Option<String>,
}

impl Emitter<'_, '_> {
    /// A function that writes the request, and one that makes the call, for each form of its
    /// data.
    pub(super) fn typed(
        &self,
        request: &TypedRequest<'_>,
        names: &mut UniqueNames,
    ) -> Option<TypedView> {
        let mut inputs = request.parameters.iter().map(|parameter| parameter.input);
        let data = inputs.find_map(|input| match &input.kind {
            InputKind::Typed(data) if input.present.is_none() => Some(data),
            _ => None,
        })?;
        let forms = data.forms.iter().filter(|form| is_uniform(form));
        let (mut requests, mut calls) = (Vec::new(), Vec::new());
        for form in forms {
            requests.push(self.form(request, data, form, names, None));
            let fd = self.fd(request.plan.ioctl);
            calls.push(self.form(request, data, form, names, Some(fd)));
        }
        Some(TypedView { requests, calls })
    }

    /// The function for one form; that of the call, if there is a file descriptor.
    fn form(
        &self,
        request: &TypedRequest<'_>,
        data: &TypedData,
        form: &DataForm,
        names: &mut UniqueNames,
        fd: Option<String>,
    ) -> FormView {
        let size = [self.stem, "_size"].concat();
        let buffer = [("void *buf".to_owned(), "buf"), (format!("{size} len"), "len")];
        let first = match &fd {
            Some(fd) => vec![(format!("int {fd}"), fd.clone())],
            None => buffer.map(|(declaration, name)| (declaration, name.to_owned())).to_vec(),
        };
        let (mut declarations, mut arguments): (Vec<_>, Vec<_>) = first.into_iter().unzip();
        for parameter in request.parameters {
            if matches!(parameter.input.kind, InputKind::Typed(_)) {
                declarations.extend(self.form_declarations(parameter, data, form));
                arguments.extend(self.form_arguments(parameter, data, form));
            } else {
                declarations.extend(self.declarations(parameter));
                arguments.extend(parameter.names().cloned());
            }
        }
        let (type_, general) = match fd {
            Some(_) => ("int".to_owned(), request.call),
            None => (size, request.request),
        };
        let name = names.reserve(names::joined(general, &form.short));
        if let (Some(reply), "int") = (&request.reply, type_.as_str()) {
            declarations.push(reply.clone());
            arguments.push("reply".to_owned());
        }
        let what = match form.body {
            Some(_) => "with data of",
            None => "with",
        };
        let about = format!("{general}() {what} {}.", form.value(self.abi).name);
        let comment = Comment::default().paragraph(about);
        let call = format!("return {general}(");
        FormView {
            guard: self.guard(form),
            comment: section::opening(comment.above(0)),
            signature: broken(0, &format!("static inline {type_} {name}("), &declarations, ")"),
            call: broken(1, &call, &arguments, ");"),
        }
    }

    /// The parameters with the data of a form.
    fn form_declarations(
        &self,
        parameter: &Parameter<'_>,
        data: &TypedData,
        form: &DataForm,
    ) -> Vec<String> {
        let Some(id) = form.struct_() else { return Vec::new() };
        let constant = if data.direction.is_written() { "" } else { "const " };
        let name = &parameter.name;
        let pointer = format!("{constant}struct {} *{name}", self.abi.struct_(id).name);
        let count = parameter.count.iter().map(|count| format!("{}_size {count}", self.stem));
        match data.length {
            TypedLength::Strided { .. } => [pointer].into_iter().chain(count).collect(),
            TypedLength::Bytes(..) => vec![pointer],
        }
    }

    /// What the general function gets for the data of a form.
    fn form_arguments(
        &self,
        parameter: &Parameter<'_>,
        data: &TypedData,
        form: &DataForm,
    ) -> Vec<String> {
        let name = &parameter.name;
        let number = self.number(form);
        let (pointer, size) = match (form.body, data.is_trimmed()) {
            (None, _) => (format!("{}_NULL", self.macro_prefix), "0".to_owned()),
            (Some(FormBody { minsz, .. }), true) => {
                let used = format!("{}__used({name}, sizeof(*{name}), {minsz})", self.stem);
                (name.clone(), used)
            }
            (Some(_), false) => (name.clone(), format!("sizeof(*{name})")),
        };
        match (data.length, &parameter.count) {
            (TypedLength::Strided { .. }, Some(count)) if form.body.is_some() => {
                vec![number, pointer, count.clone(), size]
            }
            (TypedLength::Strided { .. }, _) => vec![number, pointer, "0".to_owned(), size],
            (TypedLength::Bytes(..), _) => vec![number, pointer, size],
        }
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
        let memory = own.reserve(data.memory.clone());
        let count = own.reserve(names::c_count(&data.memory));
        let out = own.reserve("data".to_owned());
        let size = format!("{}_size {count}", self.stem);
        let [number, length] = [number, length].map(|(at, int)| self.load(int, "bytes", at));
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
