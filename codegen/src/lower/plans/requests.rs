//! The requests: derived from ioctls, their structs, and the payloads of flags and ids.

use std::collections::{HashMap, HashSet};

use super::fields::{aggregates, int, int_field, int_fields, number_field, offset};
use super::request_inputs::{ElementsField, Inputs};
use crate::ir::requests::{
    CountedReply, FailedReply, FixedFlags, Hazard, InputKind, MemoryLength, NewFdField,
    ReplyStruct, RequestElement, RequestInput, RequestPlan, Returns,
};
use crate::ir::{
    Abi, Arg, Descriptor, Doc, Field, Group, GroupId, Ioctl, IoctlId, RepliesOn, Role, Struct,
    StructId, Type, Value,
};
use crate::names;
use crate::reply::Direction;
use crate::runtime;

/// The requests of all ioctls whose argument is no host of a chain.
/// `names` has the name of each ioctl's functions.
pub(super) fn requests(abi: &Abi, names: &[String]) -> Vec<RequestPlan> {
    let mut plans = Vec::new();
    for (id, struct_) in arguments(abi) {
        if counted(abi, names, id, struct_).is_none() {
            let head = IoctlArgument::new(abi, &names[id.0], id, struct_);
            plans.extend(head.variants().iter().map(|variant| head.plan(variant)));
        }
    }
    distinguish(names, &mut plans);
    plans
}

/// Gives requests of the same name, or with one of Rust's prelude or of the runtime, the name of
/// their ioctl too, and a number if need be.
fn distinguish(names: &[String], plans: &mut [RequestPlan]) {
    let mut taken = HashSet::new();
    for plan in plans {
        let reserved = |name: &str| {
            let type_ = names::rust_type(name);
            names::is_in_prelude(&type_) || runtime::is_type(&type_)
        };
        if taken.contains(&plan.name) || reserved(&plan.name) {
            let long = [&names[plan.ioctl.0], "_", &plan.name].concat();
            plan.name = names::free(&long, |name| taken.contains(name) || reserved(name));
        }
        taken.insert(plan.name.clone());
    }
}

/// The replies of all ioctls that end in an array.
/// `names` has the name of each ioctl's functions.
pub(super) fn counted_replies(abi: &Abi, names: &[String]) -> Vec<CountedReply> {
    arguments(abi).filter_map(|(id, struct_)| counted(abi, names, id, struct_)).collect()
}

/// The ioctls with an argument that is no host of a chain.
fn arguments(abi: &Abi) -> impl Iterator<Item = (IoctlId, StructId)> {
    let ids = (0..abi.ioctls.len()).map(IoctlId);
    ids.filter_map(|id| match abi.ioctl(id).arg {
        Arg::Struct(struct_) if abi.chain_of(struct_).is_none() => Some((id, struct_)),
        _ => None,
    })
}

fn counted(abi: &Abi, names: &[String], id: IoctlId, struct_: StructId) -> Option<CountedReply> {
    let argument = abi.struct_(struct_);
    let array = argument.fields.len().checked_sub(1)?;
    let field = &argument.fields[array];
    let Type::Flexible(element, Some(count)) = &field.type_ else { return None };
    let is_reply = field.direction == Some(Direction::Out);
    Some(CountedReply {
        name: names[id.0].clone(),
        ioctl: id,
        struct_,
        size: offset(argument, array),
        argsz: offset(argument, argument.argsz?),
        count: int_field(argument, *count)?,
        integers: int_fields(argument, &[]),
        fields: int_fields(argument, &[Role::Argsz, Role::Reserved]),
        aggregates: aggregates(abi, argument, &[Role::Argsz, Role::Reserved]),
        array,
        element: element_of(abi, element)?,
    })
    .filter(|_| is_reply)
}

/// The names of the functions of all ioctls: of each its own without the words that all
/// ioctls of its kind of file descriptor share, unless several have the same then.
pub(super) fn names_of(abi: &Abi) -> Vec<String> {
    let short = |ioctl: &Ioctl| names::request(&abi.prefix, &abi.fds[ioctl.fd].name, &ioctl.name);
    let names: Vec<_> = abi.ioctls.iter().map(short).collect();
    let mut counts = HashMap::<&str, usize>::new();
    for name in &names {
        *counts.entry(name).or_default() += 1;
    }
    let all = abi.ioctls.iter().zip(&names).map(|(ioctl, name)| match counts[name.as_str()] {
        1 => name.clone(),
        _ => names::request(&abi.prefix, "", &ioctl.name),
    });
    all.collect()
}

/// The argument of an ioctl.
struct IoctlArgument<'a> {
    abi: &'a Abi,
    /// The name of the functions of the ioctl.
    name: &'a str,
    ioctl: IoctlId,
    id: StructId,
    struct_: &'a Struct,
    /// The index of the flags, with their group.
    flags: Option<(usize, &'a Group)>,
}

/// One of the requests of an ioctl: with one kind of payload, or with none.
struct RequestVariant<'a> {
    name: String,
    doc: Doc,
    selected: Option<&'a str>,
    gate: Option<&'a str>,
    /// The flags that it always has.
    fixed: u64,
    /// The flags that distinguish it, so that the caller does not set them.
    settled: u64,
    /// The payload, and the field that counts its elements.
    payload: Option<(&'a Type, Option<&'a str>)>,
    /// Whether its elements are file descriptors.
    fds: Option<Descriptor>,
    /// Whether the call reads the payload, so that fields of it that go both ways are no inputs.
    reads: bool,
    /// The ids of which the caller chooses one.
    id_of: Option<GroupId>,
    returns: Returns,
}

impl<'a> IoctlArgument<'a> {
    fn new(abi: &'a Abi, name: &'a str, ioctl: IoctlId, id: StructId) -> Self {
        let struct_ = abi.struct_(id);
        let flags = struct_.fields.iter().position(|field| field.role == Role::Flags);
        let flags = flags.and_then(|at| Some((at, abi.group(struct_.fields[at].group?))));
        Self { abi, name, ioctl, id, struct_, flags }
    }

    fn variants(&self) -> Vec<RequestVariant<'a>> {
        let Some((at, group)) = self.flags else { return vec![self.without_payload(0)] };
        let field = &self.struct_.fields[at];
        if let Some(ids) = field.ids {
            return self.with_ids(group, ids);
        }
        let flag = |name: &String| group.values.iter().find(|value| value.name == *name);
        for choice in &field.choices {
            let options: Vec<_> = choice.flags.iter().filter_map(flag).collect();
            if options.iter().any(|option| option.payload.is_some()) {
                let settled = bits(options.iter().copied());
                return options
                    .iter()
                    .map(|one| self.with_flag(choice.name.as_str(), one, settled))
                    .collect();
            }
        }
        let carriers: Vec<_> =
            group.values.iter().filter(|value| value.payload.is_some()).collect();
        let settled = bits(carriers.iter().copied());
        let plain = self.without_payload(settled);
        let mut variants = vec![plain];
        variants.extend(carriers.iter().map(|one| self.with_flag("", one, settled)));
        variants
    }

    /// A request without a payload that a flag selects.
    fn without_payload(&self, settled: u64) -> RequestVariant<'a> {
        let ioctl = self.abi.ioctl(self.ioctl);
        RequestVariant {
            name: self.name.to_owned(),
            doc: Doc::default(),
            selected: None,
            gate: None,
            fixed: 0,
            settled,
            payload: None,
            fds: None,
            reads: false,
            id_of: None,
            returns: ioctl.result(),
        }
    }

    /// A request with one of the flags that select a payload.
    fn with_flag(&self, choice: &str, flag: &'a Value, settled: u64) -> RequestVariant<'a> {
        let plain = self.without_payload(settled);
        let short = names::option(choice, &flag.short);
        RequestVariant {
            name: names::joined(&plain.name, &short),
            doc: flag.meta.doc.clone(),
            selected: Some(&flag.name),
            fixed: flag.number as u64,
            payload: flag.payload.as_ref().map(|type_| (type_, flag.counted_by.as_deref())),
            fds: flag.payload_fds,
            ..plain
        }
    }

    /// A request for each id with each flag that its payload is passed with, and those
    /// without a payload.
    fn with_ids(&self, group: &'a Group, ids: GroupId) -> Vec<RequestVariant<'a>> {
        let all = bits(group.values.iter().filter(|flag| is_one_bit(flag)));
        let mut variants = Vec::new();
        for id in &self.abi.group(ids).values {
            let gates = group.values.iter().filter(|flag| id.gates.contains(&flag.name));
            let mut gates: Vec<_> = gates.map(Some).collect();
            if gates.is_empty() {
                gates.push(None);
            }
            variants.extend(gates.into_iter().map(|gate| self.with_id(id, gate, all)));
        }
        for flag in group.values.iter().filter(|flag| flag.without_payload) {
            let settled = bits(group.values.iter().filter(|flag| flag.without_payload));
            let variant = self.with_flag("", flag, settled);
            variants.push(RequestVariant {
                id_of: Some(ids),
                returns: Returns::Nothing,
                ..variant
            });
        }
        variants
    }

    fn with_id(&self, id: &'a Value, gate: Option<&'a Value>, settled: u64) -> RequestVariant<'a> {
        let plain = self.without_payload(settled);
        let short = names::option("", &id.short);
        let name = match gate {
            Some(gate) => names::joined(&names::option("", &gate.short), &short),
            None => names::joined(&plain.name, &short),
        };
        RequestVariant {
            name,
            doc: id.meta.doc.clone(),
            selected: Some(&id.name),
            gate: gate.map(|gate| gate.name.as_str()),
            fixed: id.number as u64 | gate.map_or(0, |gate| gate.number as u64),
            payload: id.payload.as_ref().map(|type_| (type_, None)),
            fds: id.payload_fds,
            reads: gate.is_some_and(|gate| gate.reads),
            returns: id.returns_fd.map_or(Returns::Nothing, Returns::Fd),
            ..plain
        }
    }

    fn plan(&self, variant: &RequestVariant<'a>) -> RequestPlan {
        let tail = self.tail();
        let mut inputs = Inputs::new(self.abi, &variant.name, variant.reads);
        let counts = variant.payload.and_then(|(_, count)| count);
        inputs.of_argument(self.struct_, (variant.settled, variant.id_of), counts, tail.is_some());
        let end = tail.map_or(self.struct_.kernel_layout().size, |tail| {
            self.struct_.kernel_span(tail).offset
        });
        let (size, reply) = match (variant.payload, tail) {
            (Some((type_, count)), Some(tail)) => {
                let field = &self.struct_.fields[tail];
                let field = ElementsField::new(field, &variant.doc, variant.fds);
                self.payload(&mut inputs, (type_, count), field, end)
            }
            _ => (end, None),
        };
        let reply = reply.or_else(|| self.reply(self.id, 0));
        let new_fds = reply.map_or_else(Vec::new, |reply| self.new_fds(reply));
        let stated = self.abi.ioctl(self.ioctl).lasting.clone().map(Hazard::Elsewhere);
        let hazard = stated.or_else(|| hazard(&inputs.inputs, inputs.lasting));
        RequestPlan {
            name: variant.name.clone(),
            ioctl: self.ioctl,
            doc: variant.doc.clone(),
            selected: variant.selected.map(str::to_owned),
            gate: variant.gate.map(str::to_owned),
            size: size.max(inputs.inline_end.unwrap_or(0)),
            argsz: self.struct_.argsz.map(|argsz| self.struct_.kernel_span(argsz).offset),
            fixed: self.fixed(variant.fixed),
            inputs: inputs.inputs,
            new_fds,
            reply,
            returns: variant.returns,
            failed_reply: reply.and(failed_reply(self.abi, self.ioctl)),
            hazard,
        }
    }

    /// The array without a count at the end of the argument, which the payload replaces.
    fn tail(&self) -> Option<usize> {
        let last = self.struct_.fields.len().checked_sub(1)?;
        matches!(self.struct_.fields[last].type_, Type::Flexible(_, None)).then_some(last)
    }

    /// The inputs of a payload, the size of the argument with it, and its results.
    fn payload(
        &self,
        inputs: &mut Inputs<'a>,
        (type_, count): (&'a Type, Option<&str>),
        field: ElementsField<'_>,
        at: u64,
    ) -> (u64, Option<ReplyStruct>) {
        if let Type::Struct(id) = type_ {
            let struct_ = self.abi.struct_(*id);
            inputs.of_struct(struct_, at);
            return (at + inputs.fixed_size(struct_), self.reply(*id, at));
        }
        let count = count.and_then(|count| number_field((self.struct_, 0), count));
        (inputs.of_payload(type_, count, field, at), None)
    }

    fn fixed(&self, value: u64) -> Option<FixedFlags> {
        let (at, group) = self.flags?;
        let fixed =
            FixedFlags { offset: self.struct_.kernel_span(at).offset, int: group.int, value };
        (value != 0).then_some(fixed)
    }

    /// The results that are new file descriptors.
    fn new_fds(&self, reply: ReplyStruct) -> Vec<NewFdField> {
        let struct_ = self.abi.struct_(reply.struct_);
        let is_new =
            |field: &Field| field.role == Role::Fd && field.direction == Some(Direction::Out);
        let fields = struct_.fields.iter().enumerate().filter(|(_, field)| is_new(field));
        let new_fd = |(field, one): (usize, &Field)| {
            let offset = reply.offset + struct_.kernel_span(field).offset;
            Some(NewFdField { field, offset, int: int(&one.type_)? })
        };
        fields.filter_map(new_fd).collect()
    }

    /// The struct, if the kernel writes to it and it can be read as it is.
    fn reply(&self, id: StructId, offset: u64) -> Option<ReplyStruct> {
        let fields = self.abi.struct_(id).fields.iter();
        let mut fields = fields.filter(|field| !matches!(field.role, Role::Argsz | Role::Reserved));
        let writes =
            |field: &Field| field.is_output() && !matches!(field.type_, Type::Flexible(..));
        fields.any(writes).then_some(ReplyStruct { struct_: id, offset })
    }
}

/// The error of every ioctl of Linux for a number that is no open file.
const NO_FILE: &str = "EBADF";

/// The errors with which any handler writes the results of an ioctl nevertheless.
fn failed_reply(abi: &Abi, ioctl: IoctlId) -> Option<FailedReply> {
    let ioctl = abi.ioctl(ioctl);
    let mut only = Vec::new();
    for handler in &ioctl.handlers {
        match &handler.replies_on {
            RepliesOn::Errors(errors) => only.extend(errors.iter().cloned()),
            RepliesOn::Any => {
                let fd = &abi.fds[ioctl.fd];
                let before = [NO_FILE, &fd.unknown_command, &handler.errors.tail];
                return Some(FailedReply::AllBut(before.map(str::to_owned).to_vec()));
            }
        }
    }
    only.sort();
    only.dedup();
    (!only.is_empty()).then_some(FailedReply::Only(only))
}

/// The guarantee about memory that a caller must give.
fn hazard(inputs: &[RequestInput], lasting: bool) -> Option<Hazard> {
    let unknown = |input: &RequestInput| {
        matches!(input.kind, InputKind::Memory { length: MemoryLength::Unknown, .. })
    };
    match lasting {
        true => Some(Hazard::Lasting),
        false => inputs.iter().any(unknown).then_some(Hazard::UnknownLength),
    }
}

pub(super) fn is_one_bit(value: &Value) -> bool {
    (value.number as u64).is_power_of_two()
}

/// The bits of all flags.
pub(super) fn bits<'v>(flags: impl Iterator<Item = &'v Value>) -> u64 {
    flags.fold(0, |all, flag| all | flag.number as u64)
}

pub(super) fn element_of(abi: &Abi, type_: &Type) -> Option<RequestElement> {
    match type_ {
        Type::Int(int) => Some(RequestElement::Int(*int)),
        Type::Struct(id) => {
            Some(RequestElement::Struct(*id, abi.struct_(*id).kernel_layout().size))
        }
        _ => None,
    }
}
