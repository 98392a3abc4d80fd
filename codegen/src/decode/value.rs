//! Fields read from bytes: a tree that follows the struct. Arrays are read
//! element by element when they are shown, so that a length in the bytes never
//! decides how much memory is taken.

use super::bytes::ByteReader;
use super::condition::{Condition, Enclosing};
use super::number::DecodedNumber;
use super::payload;
use super::presence::Existence;
use crate::ir::{Field, GroupId, Role, Struct, StructId, Type, UnionArm};
use crate::layout::{Int, Span};

/// A field, an arm of a union or an element of an array.
#[derive(Clone, Debug)]
pub struct DecodedValue<'a> {
    /// Its name; empty for an element.
    pub name: &'a str,
    /// Its type.
    pub type_: &'a Type,
    /// Its position in the buffer.
    pub span: Span,
    /// Its role in the protocol.
    pub role: Role,
    /// The condition under which it is valid.
    pub gate: Option<Condition<'a>>,
    /// Its content.
    pub content: Content<'a>,
}

/// The content of a value.
#[derive(Clone, Debug)]
pub enum Content<'a> {
    /// Nothing: the bytes end before its end.
    Absent,
    /// Nothing: whether the field exists is in bits of this capability, which lacks them.
    Unknown(&'a str),
    /// A number, or a pointer.
    Number(DecodedNumber<'a>),
    /// A struct, its fields, and the bytes that none of them covers.
    Fields(&'a Struct, Vec<DecodedValue<'a>>, Vec<Span>),
    /// The members of a union, which overlap.
    Arms(Vec<DecodedValue<'a>>),
    /// An array of bytes.
    Bytes(&'a [u8]),
    /// Any other array.
    Array(Array<'a>),
}

/// An array whose elements are read one by one.
#[derive(Clone, Debug)]
pub struct Array<'a> {
    reader: ByteReader<'a>,
    element: &'a Type,
    group: Option<GroupId>,
    at: u64,
    count: u64,
    scope: Enclosing<'a>,
}

impl<'a> Array<'a> {
    /// The number of elements.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The size of all elements, in bytes.
    pub fn size(&self) -> u64 {
        self.reader.size_of_elements(self.element, self.at, self.count)
    }

    /// The elements in order.
    pub fn iter(&self) -> impl Iterator<Item = DecodedValue<'a>> + '_ {
        let mut at = self.at;
        (0..self.count).map(move |_| {
            let size = self.reader.size_of_element(self.element, at).unwrap_or(0);
            let span = Span { offset: at, size };
            at = at.saturating_add(size);
            let content = self.reader.content(self.element, span, self.group, &self.scope);
            DecodedValue {
                name: "",
                type_: self.element,
                span,
                role: Role::Data,
                gate: None,
                content,
            }
        })
    }
}

impl<'a> ByteReader<'a> {
    /// The fields of the struct at `at` that `wanted` accepts.
    pub(super) fn fields(
        self,
        struct_: &'a Struct,
        at: u64,
        wanted: impl Fn(&Field) -> bool,
    ) -> Vec<DecodedValue<'a>> {
        self.fields_in(struct_, at, wanted, &Enclosing::default())
    }

    fn fields_in(
        self,
        struct_: &'a Struct,
        at: u64,
        wanted: impl Fn(&Field) -> bool,
        outer: &Enclosing<'a>,
    ) -> Vec<DecodedValue<'a>> {
        let scope = outer.within(struct_, at);
        let places = self.places(struct_, at);
        let fields = struct_.fields.iter().zip(places).filter(|(field, _)| wanted(field));
        let value = |(field, place): (&'a Field, Option<Span>)| {
            let Some(span) = place else { return self.unknown(struct_, at, field) };
            let (span, content) = match &field.type_ {
                Type::Flexible(element, count) => {
                    let count = count.map(|count| self.span(struct_, at, count));
                    match &field.count {
                        Some(count) => {
                            let count = self.quantity(struct_, at, count).unwrap_or(0);
                            self.elements(element, count, span.offset, &scope)
                        }
                        None => self.flexible(element, count, span.offset, &scope),
                    }
                }
                Type::Union(arms) => (span, Content::Arms(self.arms(arms, span, &scope))),
                type_ => (span, self.content(type_, span, field.group, &scope)),
            };
            let content = self.with_ids(content, field);
            Some(DecodedValue {
                name: &field.name,
                type_: &field.type_,
                span,
                role: field.role,
                gate: scope.gate(self, field.valid_if.as_deref()),
                content,
            })
        };
        fields.filter_map(value).collect()
    }

    /// A field of the struct at `at` of which it is unknown whether it exists.
    fn unknown(self, struct_: &Struct, at: u64, field: &'a Field) -> Option<DecodedValue<'a>> {
        let index = struct_.fields.iter().position(|one| std::ptr::eq(one, field))?;
        let Existence::Unknown(id) = self.exists(struct_, at, index) else { return None };
        Some(DecodedValue {
            name: &field.name,
            type_: &field.type_,
            span: self.span(struct_, at, index),
            role: field.role,
            gate: None,
            content: Content::Unknown(&self.abi.capability(id).name),
        })
    }

    fn arms(
        self,
        arms: &'a [UnionArm],
        span: Span,
        scope: &Enclosing<'a>,
    ) -> Vec<DecodedValue<'a>> {
        let arm = |arm: &'a UnionArm| {
            let span = Span { offset: span.offset, size: self.size_of(&arm.type_) };
            DecodedValue {
                name: &arm.name,
                type_: &arm.type_,
                span,
                role: Role::Data,
                gate: scope.gate(self, arm.valid_if.as_deref()),
                content: self.content(&arm.type_, span, arm.group, scope),
            }
        };
        arms.iter().map(arm).collect()
    }

    /// The content of a type of known size.
    fn content(
        self,
        type_: &'a Type,
        span: Span,
        group: Option<GroupId>,
        scope: &Enclosing<'a>,
    ) -> Content<'a> {
        match type_ {
            Type::Int(int) => self.number(*int, span, group),
            Type::Pointer(_) => self.number(Int::U64, span, None),
            Type::Struct(id) => self.struct_content(*id, span.offset, scope),
            Type::Union(arms) => Content::Arms(self.arms(arms, span, scope)),
            Type::Array(element, count, _) => {
                let whole = span.offset.saturating_add(span.size) <= self.len();
                let count = if whole { *count } else { 0 };
                match whole || span.size == 0 {
                    true => self.array(element, group, span.offset, count, scope),
                    false => Content::Absent,
                }
            }
            Type::Flexible(element, _) => self.array(element, group, span.offset, 0, scope),
        }
    }

    fn struct_content(self, id: StructId, at: u64, scope: &Enclosing<'a>) -> Content<'a> {
        let struct_ = self.abi.struct_(id);
        let fields = self.fields_in(struct_, at, |_| true, scope);
        let holes = self.holes(struct_, at, self.len());
        Content::Fields(struct_, fields, holes)
    }

    /// The struct of a payload, and the bytes after it.
    fn payload(self, id: StructId, span: Span, scope: &Enclosing<'a>) -> Content<'a> {
        let mut content = self.struct_content(id, span.offset, scope);
        if let Content::Fields(_, _, holes) = &mut content {
            let end = span.offset.saturating_add(self.layout(self.abi.struct_(id)).size);
            holes.push(Span { offset: end, size: span.end().saturating_sub(end) });
        }
        content
    }

    /// A number that also holds an id, or that is an index.
    fn with_ids(self, content: Content<'a>, field: &'a Field) -> Content<'a> {
        match content {
            Content::Number(number) => {
                let ids = field.ids.map(|id| self.abi.group(id));
                let indexes = (!field.indexes.is_empty()).then_some((self.abi, &*field.indexes));
                Content::Number(DecodedNumber { ids, indexes, ..number })
            }
            other => other,
        }
    }

    fn number(self, int: Int, span: Span, group: Option<GroupId>) -> Content<'a> {
        let group = group.map(|id| self.abi.group(id));
        let reader = if int.little_endian() { self.of_space() } else { self };
        match reader.unsigned(span) {
            Some(bits) => Content::Number(DecodedNumber::new(bits, int, span.size, group)),
            None => Content::Absent,
        }
    }

    /// An array at the end: as many elements as the count says, or as fit, and
    /// never more than the bytes contain.
    fn flexible(
        self,
        element: &'a Type,
        count: Option<Span>,
        at: u64,
        scope: &Enclosing<'a>,
    ) -> (Span, Content<'a>) {
        let payload = scope
            .innermost()
            .and_then(|(struct_, start)| payload::of(self, struct_, start, (element, count), at));
        if let Some(payload) = payload {
            let span = Span { offset: at, size: self.len().saturating_sub(at) };
            return match payload.type_ {
                Type::Struct(id) => (span, self.payload(*id, span, scope)),
                Type::Array(element, length, _) => self.elements(element, *length, at, scope),
                Type::Flexible(element, _) => {
                    let count = payload.count.and_then(|count| self.unsigned(count));
                    self.elements(element, count.unwrap_or(u64::MAX), at, scope)
                }
                element => self.elements(element, 1, at, scope),
            };
        }
        let counted = count.and_then(|count| self.unsigned(count)).unwrap_or(u64::MAX);
        self.elements(element, counted, at, scope)
    }

    /// As many elements as `counted`, or as fit.
    fn elements(
        self,
        element: &'a Type,
        counted: u64,
        at: u64,
        scope: &Enclosing<'a>,
    ) -> (Span, Content<'a>) {
        let count = self.complete(element, at, counted);
        let span = Span { offset: at, size: self.size_of_elements(element, at, count) };
        match at <= self.len() {
            true => (span, self.array(element, None, at, count, scope)),
            false => (span, Content::Absent),
        }
    }

    fn array(
        self,
        element: &'a Type,
        group: Option<GroupId>,
        at: u64,
        count: u64,
        scope: &Enclosing<'a>,
    ) -> Content<'a> {
        if matches!(element, Type::Int(Int::U8)) {
            return Content::Bytes(self.bytes(Span { offset: at, size: count }));
        }
        let count = if self.size_of(element) == 0 { 0 } else { count };
        Content::Array(Array { reader: self, element, group, at, count, scope: scope.clone() })
    }
}
