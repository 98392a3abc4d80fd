//! A capability: the sizes that its versions need, its fields and its array.

use super::view::{AggregateView, ArrayView, CapabilityView, ValueView};
use crate::emit::c::aggregates::{Transfer, TransferWay};
use crate::emit::c::emitter::{Emitter, c_type};
use crate::emit::c::tables::by_version;
use crate::emit::c::unique_names::UniqueNames;
use crate::ir::protocol::{ArrayPlan, CapPlan, ElementPlan};
use crate::ir::{CapabilityId, Chain, Struct, StructId};
use crate::names::{self, c_word};

impl<'a> Emitter<'_, 'a> {
    pub(super) fn capability(
        &self,
        chain: &Chain,
        id: CapabilityId,
        writes: bool,
        names: &mut UniqueNames,
    ) -> CapabilityView<'a> {
        let (capability, plan) = (self.abi.capability(id), &self.abi.protocol.capabilities[id.0]);
        let words = [chain.name.as_str(), &capability.short];
        let mut name = |word: &[&str]| self.name(names, &[&words[..], word].concat());
        let own = name(&[]);
        let [read, next, find] =
            [c_word::READ, c_word::NEXT, c_word::FIND].map(|word| name(&[word]));
        let append = writes.then(|| name(&[c_word::APPEND]));
        let struct_ = plan.struct_.map(|id| self.abi.struct_(id));
        let fields = struct_.iter().flat_map(|struct_| &struct_.fields);
        let mut members = UniqueNames::members(fields.map(|field| field.stored_name()));
        let array = plan.array.as_ref().zip(struct_);
        let array = array.map(|(plan, struct_)| {
            let field = &struct_.fields[plan.field].name;
            self.array(struct_, plan, name(&[names::c_element(&capability.short, field)]))
        });
        let title = match struct_ {
            Some(struct_) => format!("The values of a struct {}.", struct_.name),
            None => format!("A {}, which is only a header.", capability.name),
        };
        let written = match &plan.array {
            Some(array) => format!("{}, count", array.stride.kernel()),
            None => "0, 0".to_owned(),
        };
        let required: Vec<_> = plan.required_size.iter().map(|size| size.kernel()).collect();
        CapabilityView {
            name: own,
            title,
            constant: capability.name.clone(),
            required_size: by_version("cap->version", &required),
            fixed_size: by_version("version", &plan.fixed_size),
            counted: plan.array.as_ref().and_then(|array| self.counted(array)),
            written,
            cap: members.reserve("cap".to_owned()),
            values: struct_.map(|one| self.values(one, plan, &mut members)).unwrap_or_default(),
            aggregates: struct_
                .map(|one| self.aggregates(one, plan, &mut members))
                .unwrap_or_default(),
            array,
            read,
            next,
            find,
            append,
            plan,
        }
    }

    fn values(
        &self,
        struct_: &Struct,
        plan: &CapPlan,
        members: &mut UniqueNames,
    ) -> Vec<ValueView> {
        let values = plan.fields.iter().map(|field| {
            let value = self.value(struct_, field, ("cap->bytes", "values->"));
            let is_later = value.version > 1;
            let has = is_later.then(|| members.reserve(names::c_presence(&value.name)));
            ValueView { has, ..value }
        });
        values.collect()
    }

    fn aggregates(
        &self,
        struct_: &Struct,
        plan: &CapPlan,
        members: &mut UniqueNames,
    ) -> Vec<AggregateView> {
        let aggregates = plan.aggregates.iter().map(|field| {
            let name = struct_.fields[field.field].stored_name();
            let has = (field.version > 1).then(|| members.reserve(names::c_presence(name)));
            let read = Transfer { owner: "out->", way: TransferWay::Read("cap->bytes"), tabs: 1 };
            let write = Transfer { owner: "values->", way: TransferWay::Append, tabs: 1 };
            self.aggregate_value(struct_, field, has, read, write)
        });
        aggregates.collect()
    }

    fn array(&self, struct_: &Struct, plan: &ArrayPlan, get: String) -> ArrayView {
        let (type_, load, members) = match &plan.element {
            ElementPlan::Int(int) => (c_type(*int).to_owned(), self.load(*int, "bytes", 0), None),
            ElementPlan::Struct(id, fields) => {
                let element = self.abi.struct_(*id);
                let member = |field| self.value(element, field, ("bytes", "elements[nth]."));
                let members = fields.iter().map(member).collect();
                (format!("struct {}", element.name), String::new(), Some(members))
            }
        };
        let aggregates = match &plan.element {
            ElementPlan::Int(_) => Vec::new(),
            ElementPlan::Struct(id, _) => self.element_aggregates(*id),
        };
        let count = plan.count.as_ref().map(|count| {
            let name = &struct_.fields[count.field].name;
            match count.int.size() {
                8 => format!("{}__len(values->{name})", self.stem),
                _ => format!("values->{name}"),
            }
        });
        ArrayView {
            name: struct_.fields[plan.field].name.clone(),
            get,
            type_,
            offset: plan.offset.kernel(),
            stride: plan.stride.kernel(),
            count,
            members,
            aggregates,
            load,
        }
    }

    /// The structs and arrays of an element.
    fn element_aggregates(&self, id: StructId) -> Vec<AggregateView> {
        let fields = self.record(id).into_iter().flat_map(|record| &record.aggregates);
        let aggregates = fields.map(|field| {
            let read = Transfer { owner: "out->", way: TransferWay::Read("bytes"), tabs: 1 };
            let write =
                Transfer { owner: "elements[nth].", way: TransferWay::Write("bytes"), tabs: 2 };
            self.aggregate_value(self.abi.struct_(id), field, None, read, write)
        });
        aggregates.collect()
    }

    /// Offset, count and stride of an array with a count.
    fn counted(&self, array: &ArrayPlan) -> Option<String> {
        let count = array.count.as_ref()?;
        let count = self.load(count.int, "cap->bytes", count.offset.kernel());
        Some(format!("{},\n\t\t\t\t{count}, {}", array.offset.kernel(), array.stride.kernel()))
    }
}
