//! The statements that put the inputs of a request into its argument.

use super::view::PutView;
use crate::emit::c::aggregates::{Transfer, TransferWay};
use crate::emit::c::args;
use crate::emit::c::emitter::{Emitter, plus};
use crate::emit::c::literal::literal;
use crate::emit::c::statements::Statement;
use crate::ir::StructId;
use crate::ir::c_requests::{CInput, CMember, CRequest};
use crate::ir::requests::{
    FixedFlags, InlineCount, InputKind, IntPlace, Meaning, MemoryLength, RequestElement,
    RequestPlan, TypedData, TypedLength,
};

/// The body of a request's function.
pub(super) struct Written {
    pub(super) conditions: Vec<Vec<String>>,
    pub(super) puts: Vec<PutView>,
}

/// Numbers that are put at one place, joined by or.
struct NumberPut {
    place: String,
    width: u64,
    numbers: Vec<String>,
}

/// What is put for an input.
#[derive(Default)]
struct InputPut {
    /// The pointer without which nothing is put.
    pointer: Option<String>,
    /// What must hold for the input to fit.
    conditions: Vec<Statement>,
    /// What must not hold.
    refused: Vec<String>,
    numbers: Vec<NumberPut>,
    copies: Vec<Statement>,
    /// Statements that write structs and arrays, indented.
    aggregates: Vec<String>,
    /// The number of elements, what is put for each, and the statements that write its structs
    /// and arrays, indented.
    elements: Option<(String, Vec<NumberPut>, Vec<String>)>,
}

impl InputPut {
    /// The indentation of its statements.
    fn tabs(&self) -> usize {
        if self.pointer.is_some() { 2 } else { 1 }
    }
}

impl Emitter<'_, '_> {
    pub(super) fn written(&self, plan: &RequestPlan, request: &CRequest<'_>) -> Written {
        let mut first = InputPut::default();
        first.numbers.extend(plan.argsz.map(|at| number(at, 4, self.narrow("argsz"))));
        first.numbers.extend(plan.fixed.map(flags));
        first.numbers.extend(plan.new_fds.iter().map(|new| {
            let none = u64::MAX >> (64 - 8 * new.int.size());
            number(new.offset, new.int.size(), literal(none))
        }));
        let mut puts = vec![first];
        puts.extend(request.inputs.iter().map(|input| self.put(&request.inputs, input)));
        let conditions = puts.iter().flat_map(|put| {
            let refused = put.refused.iter().map(|condition| vec![format!("\tif ({condition})")]);
            let holds = put.conditions.iter();
            refused.chain(holds.map(|holds| holds.refusal(put.pointer.as_deref())))
        });
        let conditions = conditions.collect();
        join(&mut puts);
        let shared = |place: &str| {
            let at_place = puts.iter().flat_map(|put| &put.numbers);
            at_place.filter(|number| number.place == place).count() > 1
        };
        let views = puts.iter().map(|put| self.view_of(put, shared));
        let views = views.filter(|put| !put.statements.is_empty());
        Written { conditions, puts: views.collect() }
    }

    fn view_of(&self, put: &InputPut, shared: impl Fn(&str) -> bool) -> PutView {
        let tabs = put.tabs();
        let numbers = put.numbers.iter().map(|number| self.store_number(number, &shared));
        let numbers = numbers.flat_map(|statement| statement.lines(tabs));
        let copies = put.copies.iter().flat_map(|statement| statement.lines(tabs));
        let mut statements: Vec<_> = numbers.chain(copies).collect();
        statements.extend_from_slice(&put.aggregates);
        if let Some((count, numbers, aggregates)) = &put.elements {
            let indent = "\t".repeat(tabs);
            statements.push(format!("{indent}for (nth = 0; nth < {count}; nth++) {{"));
            let numbers = numbers.iter().map(|number| self.store_number(number, |_| false));
            statements.extend(numbers.flat_map(|statement| statement.lines(tabs + 1)));
            statements.extend_from_slice(aggregates);
            statements.push([&indent, "}"].concat());
        }
        let has_loop = put.elements.is_some();
        PutView { pointer: put.pointer.clone(), statements, has_loop }
    }

    /// The statement for a number; `shared` are the places with others.
    fn store_number(&self, put: &NumberPut, shared: impl Fn(&str) -> bool) -> Statement {
        let function = if shared(&put.place) { "__or" } else { "__put" };
        let number = match &put.numbers[..] {
            [number] => number.clone(),
            numbers => {
                let numbers = numbers.iter().map(|number| unsigned(number));
                numbers.collect::<Vec<_>>().join(" | ")
            }
        };
        Statement {
            function: [self.stem, function].concat(),
            arguments: vec![put.place.clone(), put.width.to_string(), number],
        }
    }

    fn put(&self, inputs: &[CInput<'_>], input: &CInput<'_>) -> InputPut {
        let pointer = args::value(&input.value);
        let value = match input.input.present {
            Some(_) => ["*", &pointer].concat(),
            None => pointer.clone(),
        };
        let is_skipped = input.is_skipped_if_null();
        let mut put =
            InputPut { pointer: is_skipped.then(|| pointer.clone()), ..InputPut::default() };
        put.numbers.extend(input.input.present.map(flags));
        match &input.count {
            Some(count) => put.refused.push(format!("{} && !{pointer}", args::value(count))),
            None if input.is_refused_if_null() => put.refused.push(format!("!{pointer}")),
            None => (),
        }
        match &input.input.kind {
            InputKind::Number { offset, .. } if input.input.meaning == Meaning::Address => {
                put.numbers.push(self.address(*offset, &pointer));
            }
            InputKind::Number { offset, int, .. } | InputKind::Choice { offset, int, .. } => {
                let foreign = input.input.foreign & (u64::MAX >> (64 - 8 * int.size()));
                if foreign != 0 {
                    put.refused.push(format!("{value} & {}", literal(foreign)));
                }
                put.numbers.push(number(*offset, int.size(), self.store(*int, &value)));
            }
            InputKind::Struct { offset, struct_ } => {
                self.put_struct(*struct_, &pointer, *offset, &mut put)
            }
            InputKind::Inline {
                offset,
                element: RequestElement::Int(int),
                count: InlineCount::Fixed(1),
            } => put.numbers.push(number(*offset, int.size(), self.store(*int, &value))),
            InputKind::Inline { offset, element, count } => {
                self.put_elements(input, (*offset, *element), *count, &mut put);
            }
            InputKind::Typed(typed) => self.put_typed(input, typed, &mut put),
            InputKind::Memory { address, element, length, .. } => {
                self.put_memory_length(inputs, input, (*element, length), &mut put);
                put.numbers.push(self.address(*address, &pointer));
            }
        }
        put
    }

    /// Puts elements that are a part of the argument.
    fn put_elements(
        &self,
        input: &CInput<'_>,
        (offset, element): (u64, RequestElement),
        length: InlineCount,
        put: &mut InputPut,
    ) {
        let elements = args::value(&input.value);
        let count = match length {
            InlineCount::Fixed(length) => length.to_string(),
            InlineCount::Field(at) => {
                let count = size(input.count.as_ref());
                self.put_length(at, &count, 1, put);
                count
            }
            InlineCount::ToEnd => size(input.count.as_ref()),
        };
        match element {
            RequestElement::Int(int) => {
                let size = match length {
                    InlineCount::Fixed(length) => (length * int.size()).to_string(),
                    _ if int.size() == 1 => count,
                    _ => format!("{count} * {}", int.size()),
                };
                put.copies.push(self.copy(offset, &elements, size));
            }
            RequestElement::Struct(id, size) => {
                let place = format!("bytes + {offset} + nth * {size}");
                let element = format!("{elements}[nth].");
                let numbers = self.fields(id, &element, &place);
                let aggregates = self.put_aggregates(id, &element, &place, put.tabs() + 1);
                put.elements = Some((count, numbers, aggregates));
            }
        }
    }

    /// Puts the number, the length and the address of data of one of several types.
    fn put_typed(&self, input: &CInput<'_>, typed: &TypedData, put: &mut InputPut) {
        let IntPlace { offset, int } = typed.number;
        let type_ = size(input.number.as_ref());
        put.numbers.push(number(offset, int.size(), self.store(int, &type_)));
        let count = size(input.count.as_ref());
        match typed.length {
            TypedLength::Bytes(at) => self.put_length(at, &count, 1, put),
            TypedLength::Strided { count: many, stride: each } => {
                self.put_length(many, &count, 1, put);
                self.put_length(each, &size(input.stride.as_ref()), 1, put);
            }
        }
        put.numbers.push(self.address(typed.address, &args::value(&input.value)));
    }

    /// Puts the length of memory.
    fn put_memory_length(
        &self,
        inputs: &[CInput<'_>],
        input: &CInput<'_>,
        (element, length): (RequestElement, &MemoryLength),
        put: &mut InputPut,
    ) {
        let (count, each) = (&size(input.count.as_ref()), element.size());
        match length {
            MemoryLength::Fixed(_) | MemoryLength::Unknown => (),
            MemoryLength::Elements(at) => self.put_length(*at, count, 1, put),
            MemoryLength::Bytes(at) => self.put_length(*at, count, each, put),
            MemoryLength::Bits { range, page, bytes } => {
                let [range, page] = [range, page].map(|one| by_offset(inputs, one.offset));
                let arguments = [count, &each.to_string(), &range, &page].map(String::clone);
                let function = [self.stem, "__holds_bitmap"].concat();
                put.conditions.push(Statement { function, arguments: arguments.into() });
                if let Some(bytes) = bytes {
                    self.put_length(*bytes, count, each, put);
                }
            }
        }
    }

    /// Puts the size of elements in bytes, which must fit its field.
    fn put_length(&self, at: IntPlace, count: &str, each: u64, put: &mut InputPut) {
        let function = [self.stem, "__holds_length"].concat();
        let arguments = [at.int.size().to_string(), count.to_owned(), each.to_string()];
        put.conditions.push(Statement { function, arguments: arguments.into() });
        put.numbers.push(self.bytes_of(at, count, each));
    }

    fn address(&self, at: u64, name: &str) -> NumberPut {
        number(at, 8, format!("{}__address({name})", self.stem))
    }

    /// The size of elements in bytes.
    fn bytes_of(&self, at: IntPlace, count: &str, each: u64) -> NumberPut {
        let bytes = match each {
            1 => count.to_owned(),
            _ => format!("{}_CAST(__u64, {count}) * {each}", self.macro_prefix),
        };
        number(at.offset, at.int.size(), bytes)
    }

    fn narrow(&self, value: &str) -> String {
        format!("{}_CAST(__u32, {value})", self.macro_prefix)
    }

    fn copy(&self, at: u64, from: &str, size: String) -> Statement {
        let function = [self.stem, "__copy"].concat();
        Statement { function, arguments: vec![plus("bytes", at), from.to_owned(), size] }
    }

    /// Puts the struct that a pointer leads to.
    fn put_struct(&self, id: StructId, pointer: &str, at: u64, put: &mut InputPut) {
        match self.record(id) {
            Some(record) if record.size.is_uniform() => put.copies.push(Statement {
                function: [self.stem, "__results"].concat(),
                arguments: vec![
                    plus("bytes", at),
                    record.size.kernel().to_string(),
                    pointer.to_owned(),
                    format!("sizeof(*{pointer})"),
                    "0".to_owned(),
                ],
            }),
            _ => {
                let (value, place) = (format!("{pointer}->"), plus("bytes", at));
                put.numbers.extend(self.fields(id, &value, &place));
                put.aggregates = self.put_aggregates(id, &value, &place, put.tabs());
            }
        }
    }

    /// The fields of a struct, each at its offset from a place.
    fn fields(&self, id: StructId, value: &str, place: &str) -> Vec<NumberPut> {
        let struct_ = self.abi.struct_(id);
        let fields = self.record(id).map_or(&[][..], |record| &record.fields);
        let fields = fields.iter().map(|field| NumberPut {
            place: plus(place, field.offset.kernel()),
            width: field.int.size(),
            numbers: vec![
                self.store(field.int, &[value, struct_.fields[field.field].stored_name()].concat()),
            ],
        });
        fields.collect()
    }

    /// The assignments that read a struct, if it has another layout on some machine.
    pub(super) fn fields_by_offset(&self, id: StructId, value: &str, place: &str) -> Vec<String> {
        let struct_ = self.abi.struct_(id);
        let record = self.record(id).filter(|record| !record.size.is_uniform());
        let fields = record.map_or(&[][..], |record| &record.fields);
        let fields = fields.iter().map(|field| {
            let name = struct_.fields[field.field].stored_name();
            format!("{value}{name} = {};", self.load(field.int, place, field.offset.kernel()))
        });
        let aggregates = record.map_or(&[][..], |record| &record.aggregates);
        let read = Transfer { owner: value, way: TransferWay::Read(place), tabs: 0 };
        let aggregates = aggregates.iter().flat_map(|field| self.transfer(struct_, field, &read));
        fields.chain(aggregates).collect()
    }

    /// The statements that write the structs and arrays of a struct.
    fn put_aggregates(&self, id: StructId, value: &str, place: &str, tabs: usize) -> Vec<String> {
        let struct_ = self.abi.struct_(id);
        let aggregates = self.record(id).map_or(&[][..], |record| &record.aggregates);
        let write = Transfer { owner: value, way: TransferWay::Write(place), tabs };
        aggregates.iter().flat_map(|field| self.transfer(struct_, field, &write)).collect()
    }
}

/// The number with a size; 0 without one.
fn size(member: Option<&CMember<'_>>) -> String {
    member.map_or_else(|| "0".to_owned(), args::value)
}

/// The number at an offset; 0 without one.
fn by_offset(inputs: &[CInput<'_>], at: u64) -> String {
    let found = inputs.iter().find(|input| input.input.is_number_at(at));
    size(found.map(|input| &input.value))
}

/// A number at an offset of the argument.
fn number(at: u64, width: u64, number: String) -> NumberPut {
    NumberPut { place: plus("bytes", at), width, numbers: vec![number] }
}

fn flags(flags: FixedFlags) -> NumberPut {
    number(flags.offset, flags.int.size(), literal(flags.value))
}

/// Joins the numbers that are always put at one place.
fn join(puts: &mut [InputPut]) {
    for index in 1..puts.len() {
        let (before, rest) = puts.split_at_mut(index);
        let put = &mut rest[0];
        if put.pointer.is_none() {
            put.numbers.retain(|number| {
                let before = before.iter_mut().filter(|put| put.pointer.is_none());
                let mut before = before.flat_map(|put| &mut put.numbers);
                let same = before.find(|one| one.place == number.place);
                let is_single = same.is_none();
                if let Some(same) = same {
                    same.numbers.extend(number.numbers.iter().cloned());
                }
                is_single
            });
        }
    }
}

/// A number with which others are joined; literals of C are signed.
fn unsigned(number: &str) -> String {
    let is_literal = number.starts_with(|first: char| first.is_ascii_digit());
    match is_literal && !number.ends_with("ULL") {
        true => [number, "U"].concat(),
        false => number.to_owned(),
    }
}
