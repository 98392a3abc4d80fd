//! The inputs of a request: the fields that its caller sets. Counts and lengths follow
//! from the elements, so the caller does not set them.

use super::fields::{derived, number_field};
use super::optional_inputs::{optional, present};
use super::requests::{bits, element_of, is_one_bit};
use super::typed_data;
use crate::ir::requests::{
    ChoiceOption, FixedFlags, InlineCount, InputKind, IntPlace, Meaning, MemoryLength,
    RequestElement, RequestInput,
};
use crate::ir::{
    Abi, BitmapLength, Descriptor, Doc, Field, GroupId, Meta, Payload, PayloadLength, Role, Struct,
    StructId, Type, Value,
};
use crate::layout::Int;
use crate::names;
use crate::reply::Direction;

/// What separates, in the documentation of a field that goes both ways, the input from the
/// result.
const ON_RETURN: &str = "; on return, ";

/// Collects the inputs of a request.
pub(super) struct Inputs<'a> {
    abi: &'a Abi,
    /// The name of the request.
    request: &'a str,
    /// The structs of the argument so far, with their offsets.
    structs: Vec<(&'a Struct, u64)>,
    /// Whether the call reads the payload, so that fields of it that go both ways are no inputs.
    reads: bool,
    pub(super) inputs: Vec<RequestInput>,
    /// Whether memory is accessed after the call.
    pub(super) lasting: bool,
    /// The start of an array at the end of the argument itself.
    pub(super) inline_end: Option<u64>,
}

/// The field that elements are in, or the meaning of the flag that they are the payload of.
#[derive(Clone, Copy)]
pub(super) struct ElementsField<'a> {
    name: &'a str,
    doc: &'a Doc,
    fd: Option<Descriptor>,
}

impl<'a> ElementsField<'a> {
    pub(super) fn new(field: &'a Field, doc: &'a Doc, fd: Option<Descriptor>) -> Self {
        Self { name: &field.name, doc, fd }
    }
}

impl<'a> Inputs<'a> {
    pub(super) fn new(abi: &'a Abi, request: &'a str, reads: bool) -> Self {
        Self {
            abi,
            request,
            structs: Vec::new(),
            reads,
            inputs: Vec::new(),
            lasting: false,
            inline_end: None,
        }
    }

    /// The inputs of an argument. `settled` are flags that the caller does not set, with
    /// the ids of which it chooses one; `counted` is the count of the payload.
    pub(super) fn of_argument(
        &mut self,
        struct_: &'a Struct,
        settled: (u64, Option<GroupId>),
        counted: Option<&str>,
        has_tail: bool,
    ) {
        let fields = struct_.fields.len() - usize::from(has_tail);
        self.of_fields(struct_, 0..fields, 0, settled, counted);
    }

    /// The inputs of a struct at an offset.
    pub(super) fn of_struct(&mut self, struct_: &'a Struct, at: u64) {
        self.of_fields(struct_, 0..struct_.fields.len(), at, (0, None), None);
    }

    fn of_fields(
        &mut self,
        struct_: &'a Struct,
        fields: std::ops::Range<usize>,
        at: u64,
        settled: (u64, Option<GroupId>),
        counted: Option<&str>,
    ) {
        self.structs.push((struct_, at));
        let mut derived = derived(struct_);
        derived.extend(typed_data::derived(struct_, self.abi));
        for index in fields {
            let field = &struct_.fields[index];
            let is_input = match field.direction {
                Some(Direction::In) => true,
                Some(Direction::InOut) => !self.reads || at == 0,
                _ => false,
            };
            let is_derived =
                derived.contains(&field.name.as_str()) || counted == Some(field.name.as_str());
            let own = matches!(field.role, Role::Argsz | Role::Reserved);
            if is_input && !is_derived && !own {
                let before = self.inputs.len();
                self.of_field(struct_, index, at, settled);
                self.describe(before, struct_, field);
            }
        }
    }

    /// What the inputs of a field have of it.
    fn describe(&mut self, start: usize, struct_: &Struct, field: &Field) {
        let since = |meta: &Meta| meta.since == struct_.meta.since;
        let is_original =
            since(&field.meta) && field.input_arm().is_none_or(|arm| since(&arm.meta));
        let group = field.group.map(|group| self.abi.group(group));
        let meaning = match (field.role, group, &field.payload) {
            (Role::Data, Some(group), _) if !group.is_flags() => Some(Meaning::Selector),
            (Role::Data, _, Some(payload)) if payload.lasting => Some(Meaning::Address),
            (role, ..) => role.descriptor().map(Meaning::File),
        };
        for input in &mut self.inputs[start..] {
            input.is_original &= is_original;
            if matches!(input.kind, InputKind::Number { .. }) {
                input.meaning = meaning.unwrap_or(input.meaning);
            }
        }
    }

    fn of_field(
        &mut self,
        struct_: &'a Struct,
        index: usize,
        base: u64,
        (settled, id_of): (u64, Option<GroupId>),
    ) {
        let field = &struct_.fields[index];
        let at = base + struct_.kernel_span(index).offset;
        let present = present(self.abi, struct_, base, field);
        let kind = match (&field.type_, &field.payload) {
            (Type::Int(int), None) if field.role == Role::Flags => {
                let settled = settled | optional(self.abi, struct_);
                return self.flags((struct_, field), at, *int, settled, id_of);
            }
            (_, Some(payload)) if !payload.lasting => {
                let typed =
                    typed_data::passed(self.abi, (struct_, base), payload, at, self.request);
                let memory = || self.memory(struct_, payload, base, at);
                let Some(memory) = typed.map(InputKind::Typed).or_else(memory) else { return };
                memory
            }
            (Type::Int(int), lasts) => {
                self.lasting |= lasts.is_some();
                InputKind::Number { offset: at, int: *int, group: self.numbers(field.group, *int) }
            }
            (Type::Struct(id), _) => {
                let inner = self.abi.struct_(*id);
                if inner.fields.iter().any(|field| field.direction.is_some()) {
                    return self.of_struct(inner, at);
                }
                InputKind::Struct { offset: at, struct_: *id }
            }
            (Type::Union(arms), _) => {
                match field.input_arm().or(arms.first()).map(|arm| &arm.type_) {
                    Some(Type::Struct(id)) => InputKind::Struct { offset: at, struct_: *id },
                    Some(Type::Int(int)) => {
                        let group = field.input_arm().and_then(|arm| arm.group);
                        let group = self.numbers(group, *int);
                        InputKind::Number { offset: at, int: *int, group }
                    }
                    _ => return,
                }
            }
            (Type::Flexible(..) | Type::Array(..), _) => {
                let count = match &field.type_ {
                    Type::Flexible(_, count) => count.and_then(|count| {
                        number_field((struct_, base), &struct_.fields[count].name)
                    }),
                    _ => None,
                };
                let named = ElementsField::new(field, &field.meta.doc, field.role.descriptor());
                self.inline_end = Some(self.of_elements(&field.type_, count, named, at));
                return;
            }
            (Type::Pointer(_), _) => return,
        };
        match field.input_arm() {
            Some(arm) => self.push(&arm.name, &arm.meta.doc, kind, present),
            None => self.push(&field.name, &field.meta.doc, kind, present),
        };
    }

    /// The flags that the caller sets: one of each choice, and the others freely.
    fn flags(
        &mut self,
        (struct_, field): (&Struct, &'a Field),
        at: u64,
        int: Int,
        settled: u64,
        id_of: Option<GroupId>,
    ) {
        let masks = field.group.iter().flat_map(|group| &self.abi.group(*group).values);
        let of_ids = bits(masks.filter(|value| field.ids.is_some() && !is_one_bit(value)));
        if let Some(ids) = id_of {
            let kind = InputKind::Number { offset: at, int, group: None };
            let ids = &self.abi.group(ids).values;
            let ends = ids.first().zip(ids.last());
            let doc = ends.map(|(first, last)| format!("`{}` to `{}`", first.name, last.name));
            let doc = doc.into_iter().collect();
            let input = self.push("id", &doc, kind, None);
            (input.meaning, input.foreign) = (Meaning::Selector, !of_ids);
        }
        let Some(group) = field.group.map(|group| self.abi.group(group)) else { return };
        let mut settled = settled | of_ids;
        for choice in &field.choices {
            let flags = group.values.iter().filter(|flag| choice.flags.contains(&flag.name));
            let all = bits(flags.clone());
            if all & settled == 0 {
                let type_name = names::field_type(&self.abi.prefix, &struct_.name, &choice.name);
                let options = flags.map(|flag| option(&choice.name, flag)).collect();
                let kind = InputKind::Choice { offset: at, int, type_name, options };
                self.push(&choice.name, &field.meta.doc, kind, None);
            }
            settled |= all;
        }
        let free = group.values.iter().filter(|flag| is_one_bit(flag));
        let free: Vec<_> = free.filter(|flag| flag.number as u64 & settled == 0).collect();
        if !free.is_empty() {
            let kind = InputKind::Number { offset: at, int, group: self.numbers(field.group, int) };
            let names = free.iter().map(|flag| format!("`{}`", flag.name)).collect::<Vec<_>>();
            let doc = match id_of {
                // The documentation of the field is about the id too.
                Some(_) => [format!("any of {}", names.join(", "))].into(),
                None => field.meta.doc.clone(),
            };
            self.push(&field.name, &doc, kind, None).foreign = settled;
        }
    }

    /// Elements that are the payload; returns the end of its fixed part. A call that reads
    /// them does not take them.
    pub(super) fn of_payload(
        &mut self,
        type_: &Type,
        count: Option<IntPlace>,
        field: ElementsField<'_>,
        at: u64,
    ) -> u64 {
        let before = self.inputs.len();
        let end = self.of_elements(type_, count, field, at);
        if self.reads {
            self.inputs.truncate(before);
        }
        end
    }

    /// Elements in the argument; returns the end of its fixed part.
    fn of_elements(
        &mut self,
        type_: &Type,
        count: Option<IntPlace>,
        field: ElementsField<'_>,
        at: u64,
    ) -> u64 {
        let (element, fixed) = match type_ {
            Type::Array(element, length, _) => (element_of(self.abi, element), Some(*length)),
            Type::Flexible(element, _) => (element_of(self.abi, element), None),
            other => (element_of(self.abi, other), Some(1)),
        };
        let Some(element) = element else { return at };
        let count = match (fixed, count) {
            (Some(length), _) => InlineCount::Fixed(length),
            (None, Some(place)) => InlineCount::Field(place),
            (None, None) => InlineCount::ToEnd,
        };
        let kind = InputKind::Inline { offset: at, element, count };
        let input = self.push(field.name, field.doc, kind, None);
        if let Some(fd) = field.fd.filter(|_| element == RequestElement::Int(Int::S32)) {
            input.meaning = Meaning::File(fd);
        }
        at + fixed.unwrap_or(0) * element.size()
    }

    fn memory(
        &self,
        struct_: &Struct,
        payload: &Payload,
        base: u64,
        address: u64,
    ) -> Option<InputKind> {
        let field = |name: &str| number_field((struct_, base), name);
        let length = match &payload.length {
            PayloadLength::Fixed(count) => MemoryLength::Fixed(*count),
            PayloadLength::Elements(count) => MemoryLength::Elements(field(count)?),
            PayloadLength::Bytes(None, size) => MemoryLength::Bytes(field(size)?),
            PayloadLength::Bytes(Some(_), _) => MemoryLength::Unknown,
            PayloadLength::Strided { .. } => return None,
            PayloadLength::Bits(BitmapLength { range, page, bytes }) => {
                let of = |(id, name): &(Option<StructId>, String)| {
                    let owner = id.map_or(Some((struct_, base)), |id| self.struct_at(id));
                    number_field(owner?, name)
                };
                let bytes = bytes.as_deref().and_then(field);
                match (range.iter().find_map(of), bytes) {
                    (Some(range), bytes) => MemoryLength::Bits { range, page: field(page)?, bytes },
                    (None, Some(bytes)) => MemoryLength::Bytes(bytes),
                    (None, None) => MemoryLength::Unknown,
                }
            }
        };
        let element = element_of(self.abi, &payload.element)?;
        Some(InputKind::Memory { address, direction: payload.direction, element, length })
    }

    /// The struct of this index in the argument so far, with its offset.
    fn struct_at(&self, id: StructId) -> Option<(&'a Struct, u64)> {
        let wanted = self.abi.struct_(id);
        self.structs.iter().copied().find(|(struct_, _)| std::ptr::eq(*struct_, wanted))
    }

    /// The group of the numbers of a field, if it has a type that is not narrower.
    fn numbers(&self, group: Option<GroupId>, int: Int) -> Option<GroupId> {
        group.filter(|id| {
            let group = self.abi.group(*id);
            group.rust.is_some() && group.int.size() >= int.size()
        })
    }

    fn push(
        &mut self,
        name: &str,
        doc: &Doc,
        kind: InputKind,
        present: Option<FixedFlags>,
    ) -> &mut RequestInput {
        let name = names::free(name, |name| self.inputs.iter().any(|input| input.name == name));
        let meaning = match kind {
            InputKind::Choice { .. } => Meaning::Selector,
            _ => Meaning::Value,
        };
        let last = self.inputs.len();
        self.inputs.push(RequestInput {
            name,
            doc: before_return(doc),
            kind,
            present,
            is_original: true,
            meaning,
            foreign: 0,
        });
        &mut self.inputs[last]
    }

    /// The size of a payload without the array at its end.
    pub(super) fn fixed_size(&self, struct_: &Struct) -> u64 {
        match struct_.fields.last().map(|field| &field.type_) {
            Some(Type::Flexible(..)) => struct_.kernel_span(struct_.fields.len() - 1).offset,
            _ => struct_.kernel_layout().size,
        }
    }
}

/// The documentation of a field that goes both ways, without what it is on return.
fn before_return(doc: &Doc) -> Doc {
    let before = |text: &String| match text.split_once(ON_RETURN) {
        Some((before, _)) => before.to_owned(),
        None => text.clone(),
    };
    doc.iter().map(before).collect()
}

fn option(choice: &str, flag: &Value) -> ChoiceOption {
    ChoiceOption {
        short: names::option(choice, &flag.short),
        name: flag.name.clone(),
        value: flag.number as u64,
        doc: flag.meta.doc.clone(),
    }
}
