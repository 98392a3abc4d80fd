//! The result as JSON: one object with stable keys.
//!
//! Every value has `name`, `offset`, `size`, `type`, `role`, `value` and `text`.
//! The `value` of a struct, a union or an array is a list of such values, and the
//! `text` of a struct is its name. `value` is null if the bytes do not contain it.
//! An array of bytes is a hex string.
//!
//! Overlapping capabilities may contain the same bytes many times. Output beyond
//! the number of bytes is left out, and `folded` is set.

use serde_json::{Value as Json, json};

use super::value::{Content, DecodedValue};
use super::{DecodeError, Decoded, DecodedCap, DecodedRecord};
use crate::hex;
use crate::layout::Span;

/// The object.
pub fn json(decoded: &Decoded<'_>) -> Json {
    let mut writer = JsonWriter { decoded, left: decoded.buffer.len() as u64 };
    let caps: Vec<_> = decoded.caps.iter().map(|cap| writer.capability(cap)).collect();
    let fields = writer.values(&decoded.fields);
    let reply = decoded.reply;
    let records: Vec<_> = decoded.records.iter().map(|one| writer.record(one)).collect();
    let mut object = json!({
        "version": 1,
        "struct": decoded.name(),
        "release": decoded.abi.release.to_string(),
        "overlays": decoded.abi.overlays,
        "target": decoded.target.name,
        "buffer": decoded.buffer.len(),
        "size": decoded.size,
        "short": reply.is_some_and(|reply| reply.short),
        "need": reply.and_then(|reply| reply.need()),
        "notes": decoded.notes,
        "fields": fields,
        "holes": writer.holes(&decoded.holes),
        "chain": decoded.chain.map(|chain| &chain.name),
        "caps": caps,
        "error": decoded.error.as_ref().map(error),
    });
    if decoded.stream.is_some() {
        object["records"] = records.into();
    }
    object
}

/// Writes values, and counts the bytes that may still be written out.
struct JsonWriter<'d, 'a> {
    decoded: &'d Decoded<'a>,
    left: u64,
}

impl<'a> JsonWriter<'_, 'a> {
    /// Whether that many more bytes may be written out.
    fn take(&mut self, size: u64) -> bool {
        let fits = size <= self.left;
        if fits {
            self.left -= size;
        }
        fits
    }

    fn capability(&mut self, cap: &DecodedCap<'a>) -> Json {
        let span = cap.span();
        let fields = self.decoded.cap_fields(cap);
        let unread = if cap.known.is_some() { fixed_size(&fields) } else { span.size };
        let fits = self.take(unread);
        let fields = if fits { self.values(&fields) } else { Vec::new() };
        let bytes = fits && cap.known.is_none();
        let mut object = json!({
            "at": cap.at,
            "id": cap.id,
            "version": cap.version,
            "next": cap.next,
            "size": span.size,
            "name": cap.known.map(|known| &known.short),
            "constant": cap.known.map(|known| &known.name),
            "struct": cap.struct_(self.decoded.abi).map(|struct_| &struct_.name),
            "newer": cap.newer().is_some(),
            "fields": fields,
            "holes": self.holes(&self.decoded.cap_holes(cap)),
            "folded": !fits,
            "bytes": bytes.then(|| hex::digits(self.decoded.bytes(span))),
        });
        if let Some(own) = &cap.error {
            object["error"] = error(own);
        }
        object
    }

    fn record(&mut self, record: &DecodedRecord<'a>) -> Json {
        let fields = self.decoded.record_fields(record);
        let (data, rest) = self.decoded.record_data(record);
        let struct_ = record.struct_.map(|id| &self.decoded.abi.struct_(id).name);
        json!({
            "at": record.at,
            "size": record.data.end() - record.at,
            "type": record.type_,
            "struct": struct_,
            "fields": self.values(&fields),
            "data": self.values(&data),
            "rest": hex::digits(self.decoded.bytes(rest)),
        })
    }

    fn values(&mut self, values: &[DecodedValue<'a>]) -> Vec<Json> {
        values.iter().map(|value| self.value(value)).collect()
    }

    fn value(&mut self, value: &DecodedValue<'a>) -> Json {
        let (held, text) = self.content(&value.content);
        let mut object = json!({
            "name": value.name,
            "offset": value.span.offset,
            "size": value.span.size,
            "type": self.decoded.abi.type_text(value.type_),
            "role": value.role,
            "value": held,
            "text": text,
        });
        if let Some(gate) = &value.gate {
            object["when"] = json!({ "name": gate.name, "given": gate.given });
        }
        if let Content::Fields(_, _, holes) = &value.content {
            object["holes"] = self.holes(holes);
        }
        if let Content::Unknown(companion) = &value.content {
            object["unknown_without"] = (*companion).into();
        }
        if let Content::Array(_) | Content::Bytes(_) = &value.content {
            object["folded"] = object["value"].is_null().into();
        }
        object
    }

    fn content(&mut self, content: &Content<'a>) -> (Json, Option<String>) {
        match content {
            Content::Absent | Content::Unknown(_) => (Json::Null, None),
            Content::Number(number) => {
                let signed = || i64::try_from(number.value).map_or(Json::Null, Json::from);
                let value = u64::try_from(number.value).map_or_else(|_| signed(), Json::from);
                (value, Some(number.text()))
            }
            Content::Bytes(bytes) => {
                (self.take(bytes.len() as u64).then(|| hex::digits(bytes)).into(), None)
            }
            Content::Fields(struct_, values, _) => {
                (self.values(values).into(), Some(struct_.name.clone()))
            }
            Content::Arms(arms) => (self.values(arms).into(), None),
            Content::Array(array) if self.take(array.size()) => {
                (array.iter().map(|element| self.value(&element)).collect(), None)
            }
            Content::Array(_) => (Json::Null, None),
        }
    }

    /// The holes that are not zero.
    fn holes(&self, holes: &[Span]) -> Json {
        let filled = holes.iter().map(|hole| (hole, self.decoded.bytes(*hole)));
        let filled = filled.filter(|(_, bytes)| bytes.iter().any(|byte| *byte != 0));
        filled
            .map(|(hole, bytes)| json!({ "offset": hole.offset, "size": hole.size, "bytes": hex::digits(bytes) }))
            .collect()
    }
}

/// The size of the fields that are no arrays, which count on their own.
fn fixed_size(fields: &[DecodedValue<'_>]) -> u64 {
    let is_array =
        |field: &&DecodedValue<'_>| matches!(field.content, Content::Array(_) | Content::Bytes(_));
    fields.iter().filter(|field| !is_array(field)).map(|field| field.span.size).sum()
}

fn error(error: &DecodeError) -> Json {
    let mut object = json!({ "kind": error.kind.word(), "at": error.at });
    for (name, number) in error.kind.details() {
        object[name] = number.into();
    }
    let mark = |mark: &Span| json!({ "offset": mark.offset, "size": mark.size });
    object["message"] = error.message().into();
    object["marks"] = error.marks.iter().map(mark).collect();
    object
}
