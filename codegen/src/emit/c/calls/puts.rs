//! The statements that put the inputs of a request into its argument.

use super::request::Parameter;
use super::view::{ElementsView, PutView};
use crate::emit::c::chains::Emitter;
use crate::emit::c::chains::fields::plus;
use crate::emit::c::chains::literal;
use crate::ir::StructId;
use crate::ir::protocol::RecordPlan;
use crate::ir::requests::{
    FixedFlags, InlineCount, InputKind, MemoryLength, RequestElement, RequestPlan,
};
use crate::layout::Int;

/// The body of a request's function.
pub(super) struct Written {
    pub(super) conditions: Vec<String>,
    pub(super) puts: Vec<PutView>,
}

impl Emitter<'_> {
    pub(super) fn written(&self, plan: &RequestPlan, parameters: &[Parameter<'_>]) -> Written {
        let mut first = Vec::new();
        first.extend(plan.argsz.map(|at| self.or(at, 4, &self.narrow("size"))));
        first.extend(plan.fixed.map(|fixed| self.or_flags(fixed)));
        let first = PutView { optional: None, statements: first, elements: None };
        let mut written = Written { conditions: Vec::new(), puts: vec![first] };
        for parameter in parameters {
            self.put(parameters, parameter, &mut written);
        }
        written.puts.retain(|put| !put.statements.is_empty() || put.elements.is_some());
        written
    }

    fn put(&self, parameters: &[Parameter<'_>], parameter: &Parameter<'_>, written: &mut Written) {
        let Parameter { input, name, count } = parameter;
        let optional = input.present.map(|_| name.clone());
        let mut statements: Vec<_> =
            input.present.map(|flags| self.or_flags(flags)).into_iter().collect();
        let mut elements = None;
        let value = match optional {
            Some(_) => ["*", name].concat(),
            None => name.clone(),
        };
        let count = count.as_deref().unwrap_or("1");
        match &input.kind {
            InputKind::Number { offset, int, .. } | InputKind::Choice { offset, int, .. } => {
                statements.push(self.or(*offset, int.size(), &self.store(*int, &value)));
            }
            InputKind::Struct { offset, struct_ } => {
                statements.extend(self.put_struct(*struct_, name, *offset));
            }
            InputKind::Inline { offset, element, count: number } => {
                if let InlineCount::Field(at, int) = number {
                    written.conditions.push(self.holds_length(*int, count, 1));
                    statements.push(self.or(*at, int.size(), count));
                }
                match (element, number) {
                    (RequestElement::Int(int), InlineCount::Fixed(1)) => {
                        statements.push(self.or(*offset, int.size(), &self.store(*int, &value)));
                    }
                    (RequestElement::Int(int), number) => {
                        let size = match number {
                            InlineCount::Fixed(length) => (length * int.size()).to_string(),
                            _ if int.size() == 1 => count.to_owned(),
                            _ => format!("{count} * {}", int.size()),
                        };
                        statements.push(self.copy(*offset, name, &size));
                    }
                    (RequestElement::Struct(id, size), number) => {
                        let count = match number {
                            InlineCount::Fixed(length) => length.to_string(),
                            _ => count.to_owned(),
                        };
                        let place = format!("bytes + {offset} + nth * {size}");
                        let statements = self.put_element(*id, &format!("{name}[nth]"), &place);
                        elements = Some(ElementsView { count, statements });
                    }
                }
            }
            InputKind::Memory { address, element, length, .. } => {
                let each = element.size();
                match length {
                    MemoryLength::Fixed(_) | MemoryLength::Unknown => (),
                    MemoryLength::Elements(at, int) => {
                        written.conditions.push(self.holds_length(*int, count, 1));
                        statements.push(self.or(*at, int.size(), count));
                    }
                    MemoryLength::Bytes(at, int) => {
                        written.conditions.push(self.holds_length(*int, count, each));
                        statements.push(self.or_bytes((*at, *int), count, each));
                    }
                    MemoryLength::Bits { range, page, bytes } => {
                        let [range, page] = [range, page].map(|(at, _)| by_offset(parameters, *at));
                        written.conditions.push(format!(
                            "{}__holds_bitmap({count}, {each}, {range}, {page})",
                            self.stem
                        ));
                        if let Some((at, int)) = bytes {
                            written.conditions.push(self.holds_length(*int, count, each));
                            statements.push(self.or_bytes((*at, *int), count, each));
                        }
                    }
                }
                let pointer = format!("{}__address({name})", self.stem);
                statements.push(self.or(*address, 8, &pointer));
            }
        }
        written.puts.push(PutView { optional, statements, elements });
    }

    /// Sets bits of an integer in the argument.
    fn or(&self, at: u64, width: u64, number: &str) -> String {
        format!("{}__or({}, {width}, {number});", self.stem, plus("bytes", at))
    }

    /// Sets the size of elements in bytes.
    fn or_bytes(&self, (at, int): (u64, Int), count: &str, each: u64) -> String {
        let bytes = match each {
            1 => count.to_owned(),
            _ => format!("{}_CAST(__u64, {count}) * {each}", self.macro_prefix),
        };
        self.or(at, int.size(), &bytes)
    }

    fn or_flags(&self, flags: FixedFlags) -> String {
        self.or(flags.offset, flags.int.size(), &literal(flags.value))
    }

    fn narrow(&self, value: &str) -> String {
        format!("{}_CAST(__u32, {value})", self.macro_prefix)
    }

    fn copy(&self, at: u64, from: &str, size: &str) -> String {
        format!("{}__copy({}, {from}, {size});", self.stem, plus("bytes", at))
    }

    fn holds_length(&self, int: Int, count: &str, each: u64) -> String {
        format!("{}__holds_length({}, {count}, {each})", self.stem, int.size())
    }

    /// The record of a struct.
    pub(super) fn record(&self, id: StructId) -> Option<&RecordPlan> {
        self.abi.protocol.records.iter().find(|record| record.struct_ == id)
    }

    /// Puts the struct that a pointer leads to.
    fn put_struct(&self, id: StructId, pointer: &str, at: u64) -> Vec<String> {
        match self.record(id) {
            Some(record) if record.size.is_uniform() => {
                let size = record.size.kernel();
                vec![format!(
                    "{}__results({}, {size}, {pointer}, sizeof(*{pointer}), 0);",
                    self.stem,
                    plus("bytes", at)
                )]
            }
            _ => self.put_fields(id, &format!("{pointer}->"), &plus("bytes", at)),
        }
    }

    /// Puts an element that is a struct.
    fn put_element(&self, id: StructId, element: &str, place: &str) -> Vec<String> {
        self.put_fields(id, &format!("{element}."), place)
    }

    fn put_fields(&self, id: StructId, value: &str, place: &str) -> Vec<String> {
        let struct_ = self.abi.struct_(id);
        let fields = self.record(id).map_or(&[][..], |record| &record.fields);
        let fields = fields.iter().map(|field| {
            let (name, width) = (struct_.fields[field.field].stored_name(), field.int.size());
            let number = self.store(field.int, &[value, name].concat());
            let place = plus(place, field.offset.kernel());
            // An array's place is long.
            let separator = if place.contains('*') { ",\n\t\t\t" } else { ", " };
            format!("{}__or({place}{separator}{width}, {number});", self.stem)
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
    let parameter = parameters.iter().find(|parameter| {
        matches!(parameter.input.kind, InputKind::Number { offset, .. } if offset == at)
    });
    parameter.map_or("0", |parameter| &parameter.name)
}
