//! The struct before a chain: its plan as tables, its fields as values.

use super::view::{HostView, ParameterView, ValueView};
use crate::emit::c::emitter::{Emitter, c_type, plus};
use crate::emit::c::literal::literal;
use crate::emit::c::unique_names::UniqueNames;
use crate::ir::Struct;
use crate::ir::protocol::{HostField, HostPlan};
use crate::names::{self, c_word};

impl<'a> Emitter<'_, 'a> {
    pub(super) fn host(
        &self,
        chain: &str,
        plan: &'a HostPlan,
        unique: &mut UniqueNames,
    ) -> HostView<'a> {
        let struct_ = self.abi.struct_(plan.struct_);
        let own = names::c_reply(chain);
        let fields = struct_.fields.iter().map(|field| field.name.as_str());
        let mut members = UniqueNames::members(fields);
        let reply = members.reserve("reply".to_owned());
        let place = format!("info->{reply}.bytes");
        let values = plan.fields.iter();
        let values = values.map(|field| self.host_value(struct_, field, &place, &mut members));
        let name = self.name(unique, &own);
        let [parse, request, fixed] = [c_word::PARSE, c_word::REQUEST, c_word::FIXED]
            .map(|word| self.name(unique, &[&own[..], &[word]].concat()));
        let [table, inputs, read] = ["host", "inputs", "read"]
            .map(|word| self.internal(unique, &[&own[..], &[word]].concat()));
        HostView {
            name,
            kernel: struct_.name.clone(),
            values: values.collect(),
            parse,
            request,
            fixed,
            table,
            inputs,
            read,
            inputs_size: plan.inputs.iter().map(|input| input.size).sum(),
            parameters: self.parameters(struct_, plan),
            caps_flag: literal(plan.caps_flag.1),
            plan,
            reply,
        }
    }

    /// A parameter for each input field.
    fn parameters(&self, struct_: &Struct, plan: &HostPlan) -> Vec<ParameterView> {
        let locals = ["request", "info", "inputs", "result"];
        let mut names = UniqueNames::members(locals.into_iter());
        let mut at = 0;
        let parameters = plan.inputs.iter().map(|input| {
            let name = names.reserve(struct_.fields[input.field].name.clone());
            let place = plus("inputs", at);
            at += input.size;
            let (declaration, put) = match input.int {
                Some(int) => (
                    format!("{} {name}", c_type(int)),
                    format!(
                        "{}__put({place}, {}, {})",
                        self.stem,
                        input.size,
                        self.store(int, &name)
                    ),
                ),
                None => (
                    format!("const void *{name}"),
                    format!("__builtin_memcpy({place}, {name}, {})", input.size),
                ),
            };
            ParameterView { name, declaration, put }
        });
        parameters.collect()
    }

    fn host_value(
        &self,
        struct_: &Struct,
        field: &HostField,
        place: &str,
        members: &mut UniqueNames,
    ) -> ValueView {
        let value = self.value(struct_, &field.int, (place, "values->"));
        let has = field.is_appended.then(|| members.reserve(names::c_presence(&value.name)));
        ValueView { has, is_output: field.is_output, ..value }
    }
}
