//! Fields that are structs or arrays of fixed length: their declarations, and the statements
//! that read and write them. Structs are read and written by their integers, since the struct
//! of the machine can have another layout than the kernel's.

use super::emitter::{Emitter, c_type};
use super::statements::broken;
use crate::ir::StructId;
use crate::ir::protocol::{Aggregate, IntField};
use crate::ir::requests::RequestElement;
use crate::layout::Int;

/// An offset in bytes, which can depend on loop variables.
#[derive(Clone)]
struct VariableOffset {
    start: u64,
    /// The variable and the distance of each loop around it.
    loops: Vec<(String, u64)>,
}

impl VariableOffset {
    fn at(start: u64) -> Self {
        Self { start, loops: Vec::new() }
    }

    fn after(&self, offset: u64) -> Self {
        Self { start: self.start + offset, loops: self.loops.clone() }
    }

    fn each(&self, variable: &str, stride: u64) -> Self {
        let mut all = self.clone();
        all.loops.push((variable.to_owned(), stride));
        all
    }

    /// The offset as an expression.
    fn text(&self) -> String {
        let loops = self.loops.iter().map(|(variable, stride)| match stride {
            1 => variable.clone(),
            _ => format!("{variable} * {stride}"),
        });
        let start = (self.start > 0 || self.loops.is_empty()).then(|| self.start.to_string());
        start.into_iter().chain(loops).collect::<Vec<_>>().join(" + ")
    }
}

/// What is read or written at once.
enum TransferredPart {
    Int(Int),
    /// An array of integers, with its size in bytes.
    Numbers(u64),
}

/// How parts of a field are read or written.
pub(super) enum Transfer<'a> {
    /// From the bytes to the value.
    Read(&'a str),
    /// From the value to the bytes.
    Write(&'a str),
    /// From the value to the last capability of a reply.
    Append,
    /// From the value to the fixed part of a reply.
    Fixed,
}

impl Transfer<'_> {
    /// Whether arrays of integers are copied as a whole.
    fn copies(&self) -> bool {
        !matches!(self, Self::Fixed)
    }
}

impl Emitter<'_, '_> {
    /// The type of a member that has a field, and its declarator.
    pub(super) fn aggregate_member(&self, name: &str, field: &Aggregate) -> (String, String) {
        let type_ = match field.element {
            RequestElement::Int(int) => c_type(int).to_owned(),
            RequestElement::Struct(id, _) => format!("struct {}", self.abi.struct_(id).name),
        };
        let length = field.count.map(|count| format!("[{count}]"));
        (type_, [name, &length.unwrap_or_default()].concat())
    }

    /// The statements that transfer a field; `value` is the member that has it.
    pub(super) fn transfer(
        &self,
        field: &Aggregate,
        value: &str,
        way: &Transfer<'_>,
        tabs: usize,
    ) -> Vec<String> {
        self.aggregate(field, value, &VariableOffset::at(0), way, tabs)
    }

    fn aggregate(
        &self,
        field: &Aggregate,
        value: &str,
        base: &VariableOffset,
        way: &Transfer<'_>,
        tabs: usize,
    ) -> Vec<String> {
        let place = base.after(field.offset.kernel());
        match (field.element, field.count) {
            (RequestElement::Int(int), Some(count)) if way.copies() => {
                self.part(&TransferredPart::Numbers(count * int.size()), value, &place, way, tabs)
            }
            (element, None) => self.element(element, value, &place, way, tabs),
            (element, Some(count)) => {
                let variable = match place.loops.len() {
                    0 => "item".to_owned(),
                    depth => format!("item{depth}"),
                };
                let indent = "\t".repeat(tabs);
                let head = format!(
                    "{indent}for (__u32 {variable} = 0; {variable} < {count}; {variable}++) {{"
                );
                let value = format!("{value}[{variable}]");
                let place = place.each(&variable, element.size());
                let body = self.element(element, &value, &place, way, tabs + 1);
                let mut lines = vec![head];
                lines.extend(body);
                lines.push([&indent, "}"].concat());
                lines
            }
        }
    }

    fn element(
        &self,
        element: RequestElement,
        value: &str,
        place: &VariableOffset,
        way: &Transfer<'_>,
        tabs: usize,
    ) -> Vec<String> {
        match element {
            RequestElement::Int(int) => {
                self.part(&TransferredPart::Int(int), value, place, way, tabs)
            }
            RequestElement::Struct(id, _) => self.members(id, value, place, way, tabs),
        }
    }

    fn members(
        &self,
        id: StructId,
        value: &str,
        place: &VariableOffset,
        way: &Transfer<'_>,
        tabs: usize,
    ) -> Vec<String> {
        let (struct_, record) = (self.abi.struct_(id), self.record(id));
        let member = |field: usize| [value, ".", struct_.fields[field].stored_name()].concat();
        let ints = record.into_iter().flat_map(|record| &record.fields);
        let ints = ints.flat_map(|IntField { field, int, offset, .. }| {
            let place = place.after(offset.kernel());
            self.part(&TransferredPart::Int(*int), &member(*field), &place, way, tabs)
        });
        let inner = record.into_iter().flat_map(|record| &record.aggregates);
        let inner =
            inner.flat_map(|field| self.aggregate(field, &member(field.field), place, way, tabs));
        ints.chain(inner).collect()
    }

    fn part(
        &self,
        part: &TransferredPart,
        value: &str,
        place: &VariableOffset,
        way: &Transfer<'_>,
        tabs: usize,
    ) -> Vec<String> {
        let (stem, at) = (self.stem, place.text());
        let sum = |bytes: &str| match at.as_str() {
            "0" => bytes.to_owned(),
            at => [bytes, " + ", at].concat(),
        };
        let value = value.to_owned();
        let (function, arguments) = match (part, way) {
            (TransferredPart::Int(int), Transfer::Read(bytes)) => {
                let load = self.load_at(*int, bytes, &at);
                return vec![format!("{}{value} = {load};", "\t".repeat(tabs))];
            }
            (TransferredPart::Numbers(size), Transfer::Read(bytes)) => {
                ("__builtin_memcpy".to_owned(), vec![value, sum(bytes), size.to_string()])
            }
            (TransferredPart::Int(int), Transfer::Write(bytes)) => (
                [stem, "__put"].concat(),
                vec![sum(bytes), int.size().to_string(), self.store(*int, &value)],
            ),
            (TransferredPart::Numbers(size), Transfer::Write(bytes)) => {
                ("__builtin_memcpy".to_owned(), vec![sum(bytes), value, size.to_string()])
            }
            (TransferredPart::Int(int), Transfer::Append | Transfer::Fixed) => {
                let function = match way {
                    Transfer::Fixed => "__reply_set_field",
                    _ => "__reply_set",
                };
                let number = self.store(*int, &value);
                (
                    [stem, function].concat(),
                    vec!["to".to_owned(), at, int.size().to_string(), number],
                )
            }
            (TransferredPart::Numbers(size), Transfer::Append | Transfer::Fixed) => (
                [stem, "__reply_bytes"].concat(),
                vec!["to".to_owned(), at, value, size.to_string()],
            ),
        };
        broken(tabs, &[&function, "("].concat(), &arguments, ");")
    }
}
