//! Fields that are structs or arrays of fixed length: their declarations, and the statements
//! that read and write them. Structs are read and written by their integers, since the struct
//! of the machine can have another layout than the kernel's.

use super::emitter::{Emitter, c_type};
use super::statements::broken;
use crate::ir::protocol::{Aggregate, ByModel, IntField};
use crate::ir::requests::RequestElement;
use crate::ir::{Struct, StructId};
use crate::layout::Int;

/// The declaration of a member of a struct of the header.
pub(super) struct Declaration {
    pub(super) type_: String,
    pub(super) declarator: String,
}

/// How a field is read or written.
pub(super) struct Transfer<'a> {
    /// The expression before the name of the member that has the value.
    pub(super) owner: &'a str,
    pub(super) way: TransferWay<'a>,
    /// The indentation of the statements.
    pub(super) tabs: usize,
}

/// From where to where a field is copied.
#[derive(Clone, Copy)]
pub(super) enum TransferWay<'a> {
    /// From the bytes to the value.
    Read(&'a str),
    /// From the value to the bytes.
    Write(&'a str),
    /// From the value to the last capability of a reply.
    Append,
    /// From the value to the fixed part of a reply.
    Fixed,
}

impl TransferWay<'_> {
    /// Whether arrays of integers are copied as a whole.
    fn copies(self) -> bool {
        !matches!(self, Self::Fixed)
    }
}

/// A value in a C struct, its place in the bytes, and the indentation of its statements.
struct PlacedValue {
    value: String,
    /// Its offset, without what loops add.
    start: u64,
    /// The variable and the distance of each loop around it.
    loops: Vec<(String, u64)>,
    tabs: usize,
}

impl PlacedValue {
    /// A member of the value, which is a struct.
    fn member(&self, name: &str, offset: u64) -> Self {
        Self {
            value: [&self.value, ".", name].concat(),
            start: self.start + offset,
            loops: self.loops.clone(),
            tabs: self.tabs,
        }
    }

    /// An element of the value, which is an array, in a loop over it.
    fn element(&self, variable: String, stride: u64) -> Self {
        let value = format!("{}[{variable}]", self.value);
        let loops = [&self.loops[..], &[(variable, stride)]].concat();
        Self { value, start: self.start, loops, tabs: self.tabs + 1 }
    }

    /// The offset as an expression.
    fn offset(&self) -> String {
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

impl Emitter<'_, '_> {
    /// The declaration of a member that has a field.
    pub(super) fn aggregate_member(&self, name: &str, field: &Aggregate) -> Declaration {
        let type_ = match field.element {
            RequestElement::Int(int) => c_type(int).to_owned(),
            RequestElement::Struct(id, _) => format!("struct {}", self.abi.struct_(id).name),
        };
        let length = field.count.map(|count| format!("[{count}]"));
        Declaration { type_, declarator: [name, &length.unwrap_or_default()].concat() }
    }

    /// The statements that transfer a field of a struct.
    pub(super) fn transfer(
        &self,
        struct_: &Struct,
        field: &Aggregate,
        transfer: &Transfer<'_>,
    ) -> Vec<String> {
        let name = struct_.fields[field.field].stored_name();
        let placed = PlacedValue {
            value: [transfer.owner, name].concat(),
            start: field.offset.kernel(),
            loops: Vec::new(),
            tabs: transfer.tabs,
        };
        self.aggregate(field, &placed, transfer.way)
    }

    fn aggregate(
        &self,
        field: &Aggregate,
        placed: &PlacedValue,
        way: TransferWay<'_>,
    ) -> Vec<String> {
        match (field.element, field.count) {
            (RequestElement::Int(int), Some(count)) if way.copies() => {
                self.part(&TransferredPart::Numbers(count * int.size()), placed, way)
            }
            (element, None) => self.element(element, placed, way),
            (element, Some(count)) => {
                let variable = match placed.loops.len() {
                    0 => "item".to_owned(),
                    depth => format!("item{depth}"),
                };
                let indent = "\t".repeat(placed.tabs);
                let head = format!(
                    "{indent}for (__u32 {variable} = 0; {variable} < {count}; {variable}++) {{"
                );
                let body = self.element(element, &placed.element(variable, element.size()), way);
                [vec![head], body, vec![[&indent, "}"].concat()]].concat()
            }
        }
    }

    fn element(
        &self,
        element: RequestElement,
        placed: &PlacedValue,
        way: TransferWay<'_>,
    ) -> Vec<String> {
        match element {
            RequestElement::Int(int) => self.part(&TransferredPart::Int(int), placed, way),
            RequestElement::Struct(id, _) => self.members(id, placed, way),
        }
    }

    fn members(&self, id: StructId, placed: &PlacedValue, way: TransferWay<'_>) -> Vec<String> {
        let (struct_, record) = (self.abi.struct_(id), self.record(id));
        let member = |field: usize, offset: ByModel| {
            placed.member(struct_.fields[field].stored_name(), offset.kernel())
        };
        let ints = record.into_iter().flat_map(|record| &record.fields);
        let ints = ints.flat_map(|IntField { field, int, offset, .. }| {
            self.part(&TransferredPart::Int(*int), &member(*field, *offset), way)
        });
        let inner = record.into_iter().flat_map(|record| &record.aggregates);
        let inner =
            inner.flat_map(|field| self.aggregate(field, &member(field.field, field.offset), way));
        ints.chain(inner).collect()
    }

    fn part(
        &self,
        part: &TransferredPart,
        placed: &PlacedValue,
        way: TransferWay<'_>,
    ) -> Vec<String> {
        let (stem, at, value) = (self.stem, placed.offset(), placed.value.clone());
        let sum = |bytes: &str| match at.as_str() {
            "0" => bytes.to_owned(),
            at => [bytes, " + ", at].concat(),
        };
        let (function, arguments) = match (part, way) {
            (TransferredPart::Int(int), TransferWay::Read(bytes)) => {
                let load = self.load_at(*int, bytes, &at);
                return vec![format!("{}{value} = {load};", "\t".repeat(placed.tabs))];
            }
            (TransferredPart::Numbers(size), TransferWay::Read(bytes)) => {
                ("__builtin_memcpy".to_owned(), vec![value, sum(bytes), size.to_string()])
            }
            (TransferredPart::Int(int), TransferWay::Write(bytes)) => (
                [stem, "__put"].concat(),
                vec![sum(bytes), int.size().to_string(), self.store(*int, &value)],
            ),
            (TransferredPart::Numbers(size), TransferWay::Write(bytes)) => {
                ("__builtin_memcpy".to_owned(), vec![sum(bytes), value, size.to_string()])
            }
            (TransferredPart::Int(int), TransferWay::Append | TransferWay::Fixed) => {
                let function = match way {
                    TransferWay::Fixed => "__reply_set_field",
                    _ => "__reply_set",
                };
                let number = self.store(*int, &value);
                (
                    [stem, function].concat(),
                    vec!["to".to_owned(), at, int.size().to_string(), number],
                )
            }
            (TransferredPart::Numbers(size), TransferWay::Append | TransferWay::Fixed) => (
                [stem, "__reply_bytes"].concat(),
                vec!["to".to_owned(), at, value, size.to_string()],
            ),
        };
        broken(placed.tabs, &[&function, "("].concat(), &arguments, ");")
    }
}
