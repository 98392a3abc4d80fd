//! The result as text: a tree with offsets, names, types and values, and the bytes of each error.

use super::value::{Array, Content, DecodedValue};
use super::{Condition, Decoded, DecodedCap, DecodedRecord, hexdump};
use crate::hex;
use crate::ir::{Role, Type};
use crate::layout::Span;

/// Elements of an array that are shown; of a longer one, the first of them.
const MOST_ELEMENTS: u64 = 16;
/// Bytes of an array or of an unknown capability that are shown.
const MOST_BYTES: u64 = 256;
/// Bytes that fit on the line of their field.
const FEW_BYTES: usize = 16;

/// The tree.
pub fn text(decoded: &Decoded<'_>) -> String {
    let mut tree = TextTree { decoded, lines: Vec::new(), left: decoded.buffer.len() as u64 };
    tree.head();
    tree.values(1, &decoded.fields, &decoded.holes);
    for cap in &decoded.caps {
        tree.capability(cap);
    }
    for record in &decoded.records {
        tree.record(record);
    }
    tree.tail();
    tree.lines.join("\n") + "\n"
}

/// The lines so far.
struct TextTree<'d, 'a> {
    decoded: &'d Decoded<'a>,
    lines: Vec<String>,
    /// The number of bytes that arrays and dumps may still print: overlapping
    /// capabilities could print the same bytes many times.
    left: u64,
}

impl<'a> TextTree<'_, 'a> {
    fn head(&mut self) {
        let Decoded { abi, target, size, .. } = self.decoded;
        let kind = match (self.decoded.struct_, self.decoded.stream) {
            (Some(_), _) => "struct",
            (None, Some(_)) => "records of",
            (None, None) => "chain",
        };
        let (name, release) = (self.decoded.name(), abi.release);
        self.lines.push(format!("{kind} {name}, {release}, {}: {size} bytes", target.name));
        for note in &self.decoded.notes {
            self.lines.push(format!("note: {note}"));
        }
        if let Some(reply) = self.decoded.reply.filter(|reply| reply.short) {
            let why = match reply.argsz > reply.size {
                true => "argsz is larger than the input",
                false => "the flag is set, but the offset is 0",
            };
            self.lines.push(format!("short reply: needs {} bytes ({why})", reply.argsz));
        }
    }

    /// The text after the tree: unread bytes and errors.
    fn tail(&mut self) {
        let Decoded { buffer, size, error, .. } = self.decoded;
        let rest = (buffer.len() as u64).saturating_sub(self.end_of_what_is_read());
        if error.is_none() && rest > 0 {
            self.lines.push(format!("{rest} bytes after the end are not part of the reply"));
        }
        let Some(error) = error else {
            return;
        };
        let id = error.kind.details().iter().find(|(name, _)| *name == "id").map(|(_, id)| *id);
        let name = id.and_then(|id| self.decoded.known(id)).map(|known| &known.name);
        let name = name.map_or(String::new(), |name| format!(" ({name})"));
        self.lines.push(format!("error: {}: {}{name}", error.kind.word(), error.message()));
        let end = Span { offset: size.saturating_sub(1), size: 1 };
        let rows = match error.marks.is_empty() {
            true => hexdump::plain(buffer, Span { offset: end.offset & !15, size: 16 }, 16),
            false => hexdump::marked(buffer, &error.marks),
        };
        self.lines.extend(rows.into_iter().map(|row| ["  ", &row].concat()));
    }

    /// The end of the bytes that were read: argsz, or the end of the struct.
    fn end_of_what_is_read(&self) -> u64 {
        let sized = self.decoded.struct_.is_none_or(|struct_| struct_.argsz.is_some());
        let last = self.decoded.fields.iter().map(|field| field.span.end()).max();
        let holes = self.decoded.holes.iter().map(|hole| hole.end()).max();
        match sized {
            true => self.decoded.size,
            false => last.max(holes).unwrap_or(0),
        }
    }

    fn capability(&mut self, cap: &DecodedCap<'a>) {
        let name = cap.known.map_or("unknown capability", |known| &known.name);
        let size = cap.span().size;
        let next = cap.next.map_or("the last".to_owned(), |next| format!("next at {next}"));
        let what = format!("{name}: id {}, version {}, {next}", cap.id, cap.version);
        self.line(Some(cap.at), 1, &format!("{what}, {size} bytes"));
        if let Some(newer) = cap.newer() {
            self.line(None, 2, &newer);
        }
        if let Some(error) = &cap.error {
            self.line(None, 2, &format!("error: {}: {}", error.kind.word(), error.message()));
        }
        match cap.known {
            Some(_) => {
                let fields = self.decoded.cap_fields(cap);
                self.values(2, &fields, &self.decoded.cap_holes(cap));
            }
            None => self.dump(2, cap.span()),
        }
    }

    fn record(&mut self, record: &DecodedRecord<'a>) {
        let type_ = record.type_.map_or(String::new(), |name| format!(", {name}"));
        let size = record.data.end() - record.at;
        self.line(Some(record.at), 1, &format!("record{type_}, {size} bytes"));
        let fields = self.decoded.record_fields(record);
        self.values(2, &fields, &[]);
        let (data, rest) = self.decoded.record_data(record);
        self.values(2, &data, &[]);
        if rest.size > 0 {
            let what = if data.is_empty() { "data" } else { "data that are not known" };
            self.line(Some(rest.offset), 2, &format!("{what}, {} bytes", rest.size));
            self.dump(3, rest);
        }
    }

    /// Fields below each other, by offset, with those holes that are not zero.
    fn values(&mut self, depth: usize, values: &[DecodedValue<'a>], holes: &[Span]) {
        let shown: Vec<_> = values.iter().filter(|value| is_shown(value)).collect();
        let types: Vec<_> = shown.iter().map(|value| self.type_text(value)).collect();
        let name_width = shown.iter().map(|value| value.name.len()).max().unwrap_or(0);
        let type_width = types.iter().map(String::len).max().unwrap_or(0);
        let mut holes: Vec<_> = holes.to_vec();
        holes.retain(|hole| self.decoded.bytes(*hole).iter().any(|byte| *byte != 0));
        for (value, type_) in shown.into_iter().zip(types) {
            let before = |hole: &Span| hole.offset < value.span.offset;
            holes.iter().filter(|hole| before(hole)).for_each(|hole| self.hole(depth, *hole));
            holes.retain(|hole| !before(hole));
            let head = format!("{:<name_width$}  {type_:<type_width$}  ", value.name);
            self.value(depth, &head, value);
        }
        holes.into_iter().for_each(|hole| self.hole(depth, hole));
    }

    fn hole(&mut self, depth: usize, hole: Span) {
        let bytes = hex::spaced(self.decoded.bytes(hole));
        self.line(Some(hole.offset), depth, &format!("-- hole --  {bytes}"));
    }

    fn value(&mut self, depth: usize, head: &str, value: &DecodedValue<'a>) {
        let reserved = if value.role == Role::Reserved { "  (reserved, not 0)" } else { "" };
        let gate = gate_text(value.gate.as_ref());
        let text = [head, &self.text_of(value), &gate, reserved].concat();
        self.line(Some(value.span.offset), depth, &text);
        match &value.content {
            Content::Bytes(bytes) if bytes.len() > FEW_BYTES => self.dump(depth + 1, value.span),
            Content::Fields(_, fields, holes) => self.values(depth + 1, fields, holes),
            Content::Arms(arms) => self.values(depth + 1, arms, &[]),
            Content::Array(array) => self.elements(depth + 1, array),
            Content::Absent | Content::Unknown(_) | Content::Number(_) | Content::Bytes(_) => {}
        }
    }

    /// The text on the line of the field itself.
    fn text_of(&self, value: &DecodedValue<'a>) -> String {
        match &value.content {
            Content::Absent => ["not in the ", self.noun()].concat(),
            Content::Unknown(_) => inline(&value.content),
            Content::Number(number) => number.text(),
            Content::Bytes(bytes) if bytes.len() <= FEW_BYTES => hex::spaced(bytes),
            Content::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Content::Fields(struct_, ..) if !matches!(value.type_, Type::Struct(_)) => {
                struct_.name.clone()
            }
            Content::Fields(..) | Content::Arms(_) => String::new(),
            Content::Array(array) => elements_text(array.len()),
        }
    }

    fn elements(&mut self, depth: usize, array: &Array<'a>) {
        let each = array.size().checked_div(array.len()).unwrap_or(1).max(1);
        let most = (self.left / each).min(MOST_ELEMENTS).min(array.len());
        self.left -= most * each;
        for (index, element) in (0..most).zip(array.iter()) {
            let text = format!("[{index}]  {}", inline(&element.content));
            self.line(Some(element.span.offset), depth, &text);
        }
        if array.len() > most {
            self.line(None, depth, &format!("... {} more", array.len() - most));
        }
    }

    fn dump(&mut self, depth: usize, span: Span) {
        let most = span.size.min(MOST_BYTES).min(self.left);
        self.left -= most;
        for row in hexdump::plain(self.decoded.buffer, span, most) {
            self.line(None, depth, &row);
        }
    }

    fn line(&mut self, at: Option<u64>, depth: usize, text: &str) {
        let at = at.map_or(String::new(), |at| at.to_string());
        let line = format!("{at:>6}{}{text}", "  ".repeat(depth));
        self.lines.push(line.trim_end().to_owned());
    }

    fn type_text(&self, value: &DecodedValue<'_>) -> String {
        match value.type_ {
            Type::Union(_) => "union".to_owned(),
            type_ => self.decoded.abi.type_text(type_),
        }
    }

    fn noun(&self) -> &'static str {
        if self.decoded.reply.is_some() { "reply" } else { "bytes" }
    }
}

/// Reserved fields are shown only if they are not zero.
fn is_shown(value: &DecodedValue<'_>) -> bool {
    value.role != Role::Reserved || !is_zero(&value.content)
}

fn is_zero(content: &Content<'_>) -> bool {
    match content {
        Content::Absent | Content::Unknown(_) => true,
        Content::Number(number) => number.bits == 0,
        Content::Bytes(bytes) => bytes.iter().all(|byte| *byte == 0),
        Content::Fields(_, values, _) | Content::Arms(values) => {
            values.iter().all(|value| is_zero(&value.content))
        }
        Content::Array(array) => array.iter().all(|element| is_zero(&element.content)),
    }
}

fn gate_text(gate: Option<&Condition<'_>>) -> String {
    match gate {
        None | Some(Condition { given: Some(true), .. }) => String::new(),
        Some(Condition { name, given: Some(false) }) => format!("  (not valid: {name} is not set)"),
        Some(Condition { name, given: None }) => format!("  (valid with {name})"),
    }
}

fn elements_text(count: u64) -> String {
    match count {
        1 => "1 element".to_owned(),
        count => format!("{count} elements"),
    }
}

/// A value on the line of its array.
fn inline(content: &Content<'_>) -> String {
    let named = |value: &DecodedValue<'_>| {
        let gate = gate_text(value.gate.as_ref());
        [value.name, " ", &inline(&value.content), &gate].concat()
    };
    let join = |values: &[DecodedValue<'_>], between: &str| {
        let shown = values.iter().filter(|value| is_shown(value));
        shown.map(named).collect::<Vec<_>>().join(between)
    };
    match content {
        Content::Absent => "not there".to_owned(),
        Content::Unknown(companion) => format!("unknown without the bits of {companion}"),
        Content::Number(number) => number.text(),
        Content::Bytes(bytes) => hex::spaced(bytes.get(..FEW_BYTES).unwrap_or(bytes)),
        Content::Fields(_, values, _) => join(values, ", "),
        Content::Arms(values) => ["{ ", &join(values, "; "), " }"].concat(),
        Content::Array(array) => elements_text(array.len()),
    }
}
