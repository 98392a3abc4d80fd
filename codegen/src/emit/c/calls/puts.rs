//! The statements that put the inputs of a request into its argument.

use super::request::Parameter;
use super::view::{ElementsView, PutView};
use crate::emit::c::emitter::{Emitter, plus};
use crate::emit::c::literal::literal;
use crate::emit::c::statements::Statement;
use crate::ir::StructId;
use crate::ir::protocol::RecordPlan;
use crate::ir::requests::{
    FixedFlags, InlineCount, InputKind, MemoryLength, RequestElement, RequestPlan, TypedData,
    TypedLength,
};
use crate::layout::Int;

/// The body of a request's function.
pub(super) struct Written {
    pub(super) conditions: Vec<String>,
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
    /// The parameter that is null if the input is absent.
    optional: Option<String>,
    /// What must hold for the input to fit.
    conditions: Vec<String>,
    numbers: Vec<NumberPut>,
    copies: Vec<Statement>,
    /// The number of elements, and what is put for each.
    elements: Option<(String, Vec<NumberPut>)>,
}

impl Emitter<'_, '_> {
    pub(super) fn written(&self, plan: &RequestPlan, parameters: &[Parameter<'_>]) -> Written {
        let mut first = InputPut::default();
        first.numbers.extend(plan.argsz.map(|at| number(at, 4, self.narrow("argsz"))));
        first.numbers.extend(plan.fixed.map(flags));
        first.numbers.extend(plan.new_fds.iter().map(|new| {
            let none = u64::MAX >> (64 - 8 * new.int.size());
            number(new.offset, new.int.size(), literal(none))
        }));
        let mut puts = vec![first];
        puts.extend(parameters.iter().map(|parameter| self.put(parameters, parameter)));
        let conditions = puts.iter_mut().flat_map(|put| std::mem::take(&mut put.conditions));
        let conditions = conditions.collect();
        join(&mut puts);
        let shared = |place: &str| {
            let at_place = puts.iter().flat_map(|put| &put.numbers);
            at_place.filter(|number| number.place == place).count() > 1
        };
        let views = puts.iter().map(|put| self.view_of(put, shared));
        let views = views.filter(|put| !put.statements.is_empty() || put.elements.is_some());
        Written { conditions, puts: views.collect() }
    }

    fn view_of(&self, put: &InputPut, shared: impl Fn(&str) -> bool) -> PutView {
        let tabs = if put.optional.is_some() { 2 } else { 1 };
        let numbers = put.numbers.iter().map(|number| self.store_number(number, &shared));
        let numbers = numbers.flat_map(|statement| statement.lines(tabs));
        let copies = put.copies.iter().flat_map(|statement| statement.lines(tabs));
        let elements = put.elements.as_ref().map(|(count, numbers)| ElementsView {
            count: count.clone(),
            statements: numbers
                .iter()
                .flat_map(|number| self.store_number(number, |_| false).lines(2))
                .collect(),
        });
        PutView {
            optional: put.optional.clone(),
            statements: numbers.chain(copies).collect(),
            elements,
        }
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

    fn put(&self, parameters: &[Parameter<'_>], parameter: &Parameter<'_>) -> InputPut {
        let Parameter { input, name, .. } = parameter;
        let optional = input.present.map(|_| name.clone());
        let value = match optional {
            Some(_) => ["*", name].concat(),
            None => name.clone(),
        };
        let mut put = InputPut { optional, ..InputPut::default() };
        put.numbers.extend(input.present.map(flags));
        match &input.kind {
            InputKind::Number { offset, int, .. } | InputKind::Choice { offset, int, .. } => {
                put.numbers.push(number(*offset, int.size(), self.store(*int, &value)));
            }
            InputKind::Struct { offset, struct_ } => {
                self.put_struct(*struct_, name, *offset, &mut put)
            }
            InputKind::Inline {
                offset,
                element: RequestElement::Int(int),
                count: InlineCount::Fixed(1),
            } => put.numbers.push(number(*offset, int.size(), self.store(*int, &value))),
            InputKind::Inline { offset, element, count } => {
                self.put_elements(parameter, (*offset, *element), *count, &mut put);
            }
            InputKind::Typed(typed) => self.put_typed(parameter, typed, &mut put),
            InputKind::Memory { address, element, length, .. } => {
                self.put_memory_length(parameters, parameter, (*element, length), &mut put);
                put.numbers.push(self.address(*address, name));
            }
        }
        put
    }

    /// Puts elements that are a part of the argument.
    fn put_elements(
        &self,
        parameter: &Parameter<'_>,
        (offset, element): (u64, RequestElement),
        length: InlineCount,
        put: &mut InputPut,
    ) {
        let name = &parameter.name;
        let count = match length {
            InlineCount::Fixed(length) => length.to_string(),
            InlineCount::Field(at, int) => {
                self.put_length((at, int), parameter.count(), 1, put);
                parameter.count().to_owned()
            }
            InlineCount::ToEnd => parameter.count().to_owned(),
        };
        match element {
            RequestElement::Int(int) => {
                let size = match length {
                    InlineCount::Fixed(length) => (length * int.size()).to_string(),
                    _ if int.size() == 1 => count,
                    _ => format!("{count} * {}", int.size()),
                };
                put.copies.push(self.copy(offset, name, size));
            }
            RequestElement::Struct(id, size) => {
                let place = format!("bytes + {offset} + nth * {size}");
                let numbers = self.fields(id, &format!("{name}[nth]."), &place);
                put.elements = Some((count, numbers));
            }
        }
    }

    /// Puts the number, the length and the address of data of one of several types.
    fn put_typed(&self, parameter: &Parameter<'_>, typed: &TypedData, put: &mut InputPut) {
        let (type_, stride) = match &parameter.data {
            Some((type_, stride)) => (type_.as_str(), stride.as_deref()),
            None => ("0", None),
        };
        let (at, int) = typed.number;
        put.numbers.push(number(at, int.size(), self.store(int, type_)));
        match typed.length {
            TypedLength::Bytes(at, int) => self.put_length((at, int), parameter.count(), 1, put),
            TypedLength::Strided { count, stride: each } => {
                self.put_length(count, parameter.count(), 1, put);
                self.put_length(each, stride.unwrap_or("0"), 1, put);
            }
        }
        put.numbers.push(self.address(typed.address, &parameter.name));
    }

    /// Puts the length of memory.
    fn put_memory_length(
        &self,
        parameters: &[Parameter<'_>],
        parameter: &Parameter<'_>,
        (element, length): (RequestElement, &MemoryLength),
        put: &mut InputPut,
    ) {
        let (count, each) = (parameter.count(), element.size());
        match length {
            MemoryLength::Fixed(_) | MemoryLength::Unknown => (),
            MemoryLength::Elements(at, int) => self.put_length((*at, *int), count, 1, put),
            MemoryLength::Bytes(at, int) => self.put_length((*at, *int), count, each, put),
            MemoryLength::Bits { range, page, bytes } => {
                let [range, page] = [range, page].map(|(at, _)| by_offset(parameters, *at));
                let arguments = format!("{count}, {each}, {range}, {page}");
                put.conditions.push(format!("{}__holds_bitmap({arguments})", self.stem));
                if let Some(bytes) = bytes {
                    self.put_length(*bytes, count, each, put);
                }
            }
        }
    }

    /// Puts the size of elements in bytes, which must fit its field.
    fn put_length(&self, (at, int): (u64, Int), count: &str, each: u64, put: &mut InputPut) {
        let holds = format!("{}__holds_length({}, {count}, {each})", self.stem, int.size());
        put.conditions.push(holds);
        put.numbers.push(self.bytes_of((at, int), count, each));
    }

    fn address(&self, at: u64, name: &str) -> NumberPut {
        number(at, 8, format!("{}__address({name})", self.stem))
    }

    /// The size of elements in bytes.
    fn bytes_of(&self, (at, int): (u64, Int), count: &str, each: u64) -> NumberPut {
        let bytes = match each {
            1 => count.to_owned(),
            _ => format!("{}_CAST(__u64, {count}) * {each}", self.macro_prefix),
        };
        number(at, int.size(), bytes)
    }

    fn narrow(&self, value: &str) -> String {
        format!("{}_CAST(__u32, {value})", self.macro_prefix)
    }

    fn copy(&self, at: u64, from: &str, size: String) -> Statement {
        let function = [self.stem, "__copy"].concat();
        Statement { function, arguments: vec![plus("bytes", at), from.to_owned(), size] }
    }

    /// The record of a struct.
    pub(super) fn record(&self, id: StructId) -> Option<&RecordPlan> {
        self.abi.protocol.records.iter().find(|record| record.struct_ == id)
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
            _ => put.numbers.extend(self.fields(id, &format!("{pointer}->"), &plus("bytes", at))),
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
        fields.collect()
    }
}

/// The parameter at an offset; 0 without one.
fn by_offset<'a>(parameters: &'a [Parameter<'_>], at: u64) -> &'a str {
    let parameter = parameters.iter().find(|parameter| parameter.input.is_number_at(at));
    parameter.map_or("0", |parameter| &parameter.name)
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
        if put.optional.is_none() {
            put.numbers.retain(|number| {
                let before = before.iter_mut().filter(|put| put.optional.is_none());
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
