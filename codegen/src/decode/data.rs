//! The memory that fields of an argument have the address of: its type, its length, and what
//! a kernel of the release does with bytes of that length.

use super::bytes::ByteReader;
use super::value::{Content, DecodedValue};
use super::{DecodeError, DecodeErrorKind, Decoded, Subject, decode, hexdump};
use crate::ir::{
    Arg, ArgumentErrors, Ioctl, Payload, PayloadLength, Struct, StructId, Type, Value,
};
use crate::layout::{Int, Span};
use crate::reply::{INVALID, ReturnedLength, WhenLonger, WhenShorter};

/// The error for bytes that the kernel does not know, unless they are zero.
const TOO_LONG: &str = "E2BIG";
/// Bytes of data without structs that are shown.
const MOST_BYTES: u64 = 256;
/// Structs that are decoded, of those of an array.
const MOST_PARTS: usize = 256;
/// Bits of a bitmap in each of its numbers.
const WORD_BITS: u64 = 64;

/// The memory that a field has the address of.
#[derive(Clone, Debug)]
pub struct PointedData<'a> {
    /// The field.
    pub field: &'a str,
    /// The offset of the field.
    pub at: u64,
    /// The address.
    pub address: u64,
    /// The length in bytes, if the argument determines it.
    pub length: Option<u64>,
    /// The bytes of each element, if a field has them.
    pub each: Option<u64>,
    /// Its type.
    pub kind: DataKind<'a>,
    /// Its description.
    payload: &'a Payload,
}

/// The type of memory that a field has the address of.
#[derive(Clone, Copy, Debug)]
pub enum DataKind<'a> {
    /// Elements of a type.
    Elements(&'a Type),
    /// The struct of a number.
    Struct(&'a Value, StructId),
    /// A number without data.
    Nothing(&'a Value),
    /// A number that the release does not have, in this field.
    Unknown(&'a str, u64),
    /// A number in a struct that is not here.
    Elsewhere,
}

/// The bytes of memory that a field has the address of.
#[derive(Clone, Debug)]
pub struct DecodedData<'a> {
    /// The memory.
    pub pointer: PointedData<'a>,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Its first structs, in order; none if it has no structs.
    pub parts: Vec<Decoded<'a>>,
    /// Notes for the reader.
    pub notes: Vec<String>,
    /// Why a kernel of the release refuses the data, or why they cannot be read.
    pub error: Option<DataError>,
}

/// Why data are refused or cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    /// The word that identifies it.
    pub kind: &'static str,
    /// The sentence.
    pub message: String,
}

impl PointedData<'_> {
    /// Whether the memory is accessed after the call too, as that of a mapping.
    pub fn is_lasting(&self) -> bool {
        self.payload.lasting
    }
}

impl<'a> Decoded<'a> {
    /// The memory that fields of the struct, and of the structs in it, have the addresses of.
    /// An address of zero has none.
    pub fn pointers(&self) -> Vec<PointedData<'a>> {
        let mut found = Vec::new();
        if let Some(struct_) = self.struct_ {
            self.pointers_of(struct_, 0, &self.fields, &mut found);
        }
        found
    }

    fn pointers_of(
        &self,
        struct_: &'a Struct,
        at: u64,
        values: &[DecodedValue<'a>],
        found: &mut Vec<PointedData<'a>>,
    ) {
        let reader = self.reader(self.size);
        let own = Numbers { reader, struct_, at };
        found.extend(struct_.fields.iter().filter_map(|field| {
            let payload = field.payload.as_ref()?;
            let span = own.span(&field.name)?;
            let address = reader.unsigned(span).filter(|address| *address != 0)?;
            Some(PointedData {
                field: &field.name,
                at: span.offset,
                address,
                length: own.length(payload),
                each: own.each(payload),
                kind: own.kind(payload),
                payload,
            })
        }));
        for value in values {
            if let Content::Fields(inner, inside, _) = &value.content {
                self.pointers_of(inner, value.span.offset, inside, found);
            }
        }
    }

    /// Interprets the bytes of memory that a field has the address of.
    pub fn pointed(&self, pointer: PointedData<'a>, bytes: &'a [u8]) -> DecodedData<'a> {
        let mut data =
            DecodedData { pointer, bytes, parts: Vec::new(), notes: Vec::new(), error: None };
        data.compare_lengths();
        match data.pointer.kind {
            DataKind::Struct(value, id) => {
                data.check(self, value, self.abi.struct_(id));
                let size = self.reader(0).layout(self.abi.struct_(id)).size;
                data.split(self, id, data.pointer.each.unwrap_or(size.max(bytes.len() as u64)));
                // The length has been judged.
                for part in &mut data.parts {
                    let judged = |error: &DecodeError| {
                        matches!(error.kind, DecodeErrorKind::TooShort { .. })
                    };
                    part.error = part.error.take().filter(|error| !judged(error));
                }
            }
            DataKind::Elements(Type::Struct(id)) => {
                data.split(self, *id, self.reader(0).layout(self.abi.struct_(*id)).size);
            }
            DataKind::Elements(_) => {}
            DataKind::Nothing(value) => {
                if !bytes.is_empty() {
                    data.notes.push(format!("{} has no data", value.name));
                }
            }
            DataKind::Unknown(field, number) => {
                let (release, error) = (self.abi.release, &self.errors().value);
                let message = format!(
                    "{field} is {number}, which {release} does not know: the call fails with {error}"
                );
                data.refuse("data_type_unknown", message);
            }
            DataKind::Elsewhere => {
                data.notes.push("a field of another struct has the type".to_owned());
            }
        }
        data
    }

    /// The errors of the call that takes the struct.
    fn errors(&self) -> &'a ArgumentErrors {
        let takes = |ioctl: &&Ioctl| match ioctl.arg {
            Arg::Struct(id) => {
                self.struct_.is_some_and(|own| std::ptr::eq(own, self.abi.struct_(id)))
            }
            _ => false,
        };
        let ioctls = self.abi.ioctls.iter().filter(takes);
        let mut handlers = ioctls.flat_map(|ioctl| ioctl.served_at(self.abi.release));
        handlers.next().map_or(&self.abi.argument_rules.errors, |handler| &handler.errors)
    }
}

impl<'a> DecodedData<'a> {
    /// The first of the bytes, in rows.
    pub fn rows(&self) -> Vec<String> {
        let all = Span { offset: 0, size: self.bytes.len() as u64 };
        hexdump::plain(self.bytes, all, MOST_BYTES)
    }

    fn refuse(&mut self, kind: &'static str, message: String) {
        self.error.get_or_insert(DataError { kind, message });
    }

    /// Compares the number of bytes with the length that the argument has.
    fn compare_lengths(&mut self) {
        let (Some(length), given) = (self.pointer.length, self.bytes.len() as u64) else { return };
        let returned = self.pointer.payload.returns == Some(ReturnedLength::Full);
        let note = match given.checked_sub(length) {
            Some(0) => return,
            Some(more) => format!("the length is {length}: the input has {more} bytes more"),
            None if returned => {
                format!(
                    "the length is {length}, which may be that of the kernel's data: {given} are here"
                )
            }
            None => format!("the length is {length}: the input lacks {} bytes", length - given),
        };
        self.notes.push(note);
    }

    /// What a kernel of the release does with data of this length.
    fn check(&mut self, argument: &Decoded<'_>, value: &Value, struct_: &Struct) {
        let payload = self.pointer.payload;
        let layout = argument.reader(0).layout(struct_);
        let (size, each) = (layout.size, self.pointer.each);
        // After the call, the length can be that of the kernel's data.
        let given = if payload.returns.is_none() { self.pointer.length } else { None };
        let length = each.or(given).unwrap_or(self.bytes.len() as u64);
        let least = struct_.minsz.map_or(0, |field| layout.fields[field].end());
        let shorter = value.shorter.or(payload.shorter).unwrap_or(WhenShorter::Refused);
        let longer = value.longer.or(payload.longer).unwrap_or(WhenLonger::Refused);
        let (name, release) = (&value.name, argument.abi.release);
        if length < least || length < size && shorter == WhenShorter::Refused {
            let need = if shorter == WhenShorter::Refused { size } else { least };
            let message = format!(
                "{name} needs {need} bytes, and has {length}: the call fails with {INVALID}"
            );
            return self.refuse("data_too_short", message);
        }
        if length < size {
            let missing = size - length;
            self.notes.push(match shorter {
                WhenShorter::Cut => format!("the last {missing} bytes of {name} are cut"),
                _ => format!("the kernel takes the last {missing} bytes of {name} for zeros"),
            });
        }
        if length <= size {
            return;
        }
        let unknown = format!("{release} knows {size} bytes of {name}, and there are {length}");
        match longer {
            WhenLonger::Refused => {
                self.refuse("data_too_long", format!("{unknown}: the call fails with {INVALID}"));
            }
            WhenLonger::Zero => match self.unknown_byte(size) {
                Some(at) => self.refuse(
                    "data_tail",
                    format!("{unknown}: byte {at} is not zero, and the call fails with {TOO_LONG}"),
                ),
                None => self.notes.push(format!("{unknown}: the others are zero")),
            },
            WhenLonger::Zeroed => {
                self.notes.push(format!("{unknown}: the kernel writes zeros to the others"));
            }
            WhenLonger::Kept => {
                self.notes.push(format!("{unknown}: the kernel does not write the others"));
            }
        }
    }

    /// The first byte that is not zero, of those after the first ones of each element.
    fn unknown_byte(&self, known: u64) -> Option<u64> {
        let each = self.pointer.each.unwrap_or(u64::MAX).max(1);
        (0..).zip(self.bytes).find_map(|(at, byte)| {
            let is_unknown = at % each >= known && *byte != 0;
            is_unknown.then_some(at)
        })
    }

    /// Decodes the structs, each in so many bytes.
    fn split(&mut self, argument: &Decoded<'a>, id: StructId, each: u64) {
        let each = usize::try_from(each).unwrap_or(usize::MAX);
        if each == 0 {
            return;
        }
        let parts = self.bytes.chunks(each);
        let more = parts.len().saturating_sub(MOST_PARTS);
        if more > 0 {
            self.notes.push(format!("{more} more structs are not decoded"));
        }
        let decoded = |part| decode(argument.abi, Subject::Struct(id), argument.target, part);
        self.parts = parts.take(MOST_PARTS).map(decoded).collect();
    }
}

/// The numbers of a struct.
struct Numbers<'a> {
    reader: ByteReader<'a>,
    struct_: &'a Struct,
    at: u64,
}

impl<'a> Numbers<'a> {
    /// The place of a field, or of a member of a union.
    fn span(&self, name: &str) -> Option<Span> {
        let members = self.reader.abi.members(self.struct_);
        let member = members.iter().find(|member| member.name == name)?;
        let span = member.spans[self.reader.target.model.index()];
        Some(Span { offset: self.at.saturating_add(span.offset), ..span })
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.reader.unsigned(self.span(name)?)
    }

    fn each(&self, payload: &Payload) -> Option<u64> {
        match &payload.length {
            PayloadLength::Strided { stride, .. } => self.number(stride),
            _ => None,
        }
    }

    fn length(&self, payload: &Payload) -> Option<u64> {
        let elements = |count: u64| count.saturating_mul(self.reader.size_of(&payload.element));
        match &payload.length {
            PayloadLength::Fixed(count) => Some(elements(*count)),
            PayloadLength::Elements(count) => self.number(count).map(elements),
            PayloadLength::Bytes(None, length) => self.number(length),
            PayloadLength::Bytes(Some(_), _) => None,
            PayloadLength::Strided { count, stride } => {
                Some(self.number(count)?.saturating_mul(self.number(stride)?))
            }
            PayloadLength::Bits(bits) => {
                if let Some(bytes) = &bits.bytes {
                    return self.number(bytes);
                }
                let own = bits.range.iter().find(|(struct_, _)| struct_.is_none());
                let range = self.number(&own?.1)?;
                let pages = range.div_ceil(self.number(&bits.page).filter(|page| *page > 0)?);
                Some(pages.div_ceil(WORD_BITS).saturating_mul(Int::U64.size()))
            }
        }
    }

    fn kind(&self, payload: &'a Payload) -> DataKind<'a> {
        let Some(by) = &payload.type_by else { return DataKind::Elements(&payload.element) };
        let abi = self.reader.abi;
        let number = if by.struct_.is_none() { self.number(&by.field) } else { None };
        let group = by.numbers(abi, self.struct_);
        let (Some(group), Some(number)) = (group, number) else { return DataKind::Elsewhere };
        let mut values = abi.group(group).values.iter();
        match values.find(|value| value.number == i128::from(number)) {
            Some(value) => match value.payload_struct() {
                Some(id) => DataKind::Struct(value, id),
                None => DataKind::Nothing(value),
            },
            None => DataKind::Unknown(&by.field, number),
        }
    }
}
