//! The struct before a chain: its plan as tables, its fields as values.

use super::view::{AggregateView, HostView, ValueView};
use crate::emit::c::aggregates::{Transfer, TransferWay};
use crate::emit::c::args;
use crate::emit::c::emitter::{Emitter, plus};
use crate::emit::c::literal::literal;
use crate::emit::c::unique_names::UniqueNames;
use crate::ir::Struct;
use crate::ir::protocol::{Aggregate, HostPlan, IntField, ReplyField};
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
        let fields = struct_.fields.iter().map(|field| field.stored_name());
        let mut members = UniqueNames::members(fields);
        let reply = members.reserve("reply".to_owned());
        let place = format!("info->{reply}.bytes");
        let values = plan.fields.iter();
        let values = values.map(|field| self.host_value(struct_, field, &place, &mut members));
        let values = values.collect();
        let aggregates = plan.aggregates.iter();
        let aggregates =
            aggregates.map(|field| self.host_aggregate(struct_, field, &place, &mut members));
        let aggregates = aggregates.collect();
        let name = self.name(unique, &own);
        let [parse, request, fixed] = [c_word::PARSE, c_word::REQUEST, c_word::FIXED]
            .map(|word| self.name(unique, &[&own[..], &[word]].concat()));
        let [table, inputs, read] = ["host", "inputs", "read"]
            .map(|word| self.internal(unique, &[&own[..], &[word]].concat()));
        let args_name = self.name(unique, &[&own[..], &[c_word::ARGS]].concat());
        let args = self.host_args(plan, args_name, &request);
        HostView {
            name,
            kernel: struct_.name.clone(),
            values,
            aggregates,
            parse,
            request,
            fixed,
            table,
            inputs,
            read,
            inputs_size: plan.inputs.iter().map(|input| input.size).sum(),
            args,
            puts: self.host_inputs(plan),
            caps_flag: literal(plan.caps_flag.1),
            plan,
            reply,
        }
    }

    /// The statements that put the values of the input fields, one after the other.
    fn host_inputs(&self, plan: &HostPlan) -> Vec<String> {
        let mut at = 0;
        let members = plan.c_members(self.abi).into_iter();
        let statements = members.flat_map(|(input, member)| {
            let (place, value, size) = (plus("inputs", at), args::value(&member), input.size);
            at += size;
            match input.int {
                Some(int) => {
                    let value = self.store(int, &value);
                    vec![format!("\t{}__put({place}, {size}, {value});", self.stem)]
                }
                None => vec![
                    format!("\t__builtin_memset({place}, 0, {size});"),
                    format!("\tif ({value})"),
                    format!("\t\t__builtin_memcpy({place}, {value}, {size});"),
                ],
            }
        });
        statements.collect()
    }

    fn host_value(
        &self,
        struct_: &Struct,
        field: &ReplyField<IntField>,
        place: &str,
        members: &mut UniqueNames,
    ) -> ValueView {
        let value = self.value(struct_, &field.value, (place, "values->"));
        let has = field.is_appended.then(|| members.reserve(names::c_presence(&value.name)));
        ValueView { has, is_output: field.is_output, ..value }
    }

    fn host_aggregate(
        &self,
        struct_: &Struct,
        field: &ReplyField<Aggregate>,
        place: &str,
        members: &mut UniqueNames,
    ) -> AggregateView {
        let ReplyField { value: aggregate, is_appended, is_output } = field;
        let name = struct_.fields[aggregate.field].stored_name();
        let has = is_appended.then(|| members.reserve(names::c_presence(name)));
        let read = Transfer { owner: "info->", way: TransferWay::Read(place), tabs: 1 };
        let write = Transfer { owner: "values->", way: TransferWay::Fixed, tabs: 1 };
        let view = self.aggregate_value(struct_, aggregate, has, read, write);
        AggregateView { is_output: *is_output, ..view }
    }
}
