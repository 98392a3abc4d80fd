//! The lines that a reader must print for a reply, computed from the job and the
//! two ABIs, without generated code.

use std::fmt::Write;

use capchain::ir::{Abi, Capability, Field, Role, Struct, Type};
use capchain::layout::Span;
use capchain::model::Cap;
use capchain::reply::{Direction, WhenTooSmall};
use support::{fixed_part, profiles};

use super::job::{ELEMENTS, Job};
use super::judge::State;

/// Every byte of a field that the server does not set.
const STALE: u64 = 0xaaaa_aaaa_aaaa_aaaa;

/// The lines of the fixed part.
pub(crate) fn fixed(reader: &Abi, job: &Job<'_>, state: State) -> Result<String, String> {
    let name = job.struct_();
    let struct_ = reader.structs.iter().find(|one| one.name == name);
    let struct_ = struct_.ok_or_else(|| format!("there is no {name}"))?;
    let host = job.host();
    let flags = &job.abi.struct_(host.struct_).fields[host.flags].name;
    let short = job.named.handler.chain.as_ref().map(|rules| rules.when_too_small);
    let clear = state == State::Short && short == Some(WhenTooSmall::FlagClear);
    let mut lines = String::new();
    for (_, field, int) in fixed_part::fields(struct_) {
        let mut told = profiles::fields(job.abi, job.named.chain);
        let told = told.find(|(_, told, _)| told.name == field.name);
        let (nth, told, _) = told.ok_or_else(|| format!("{} is not written", field.name))?;
        let mut value = match told.direction {
            Some(Direction::In) => STALE,
            _ => job.values[nth],
        };
        if field.name == *flags && !job.caps.is_empty() && !clear {
            value |= host.flag.1;
        }
        let value = value & u64::MAX >> (64 - 8 * int.size());
        writeln!(lines, "fixed {}={value}", field.name).expect("text");
    }
    Ok(lines)
}

/// The lines of a capability: its fields as far as the reader knows it.
pub(crate) fn capability(
    reader: &Abi,
    known: &[&Capability],
    writer: &Abi,
    cap: &Capability,
    written: &Cap,
) -> Result<String, String> {
    let (id, version) = (written.id, written.version);
    let Some(known) = known.iter().find(|one| one.name == cap.name) else {
        return Ok(format!("cap id={id} version={version} name=?\n"));
    };
    let mut lines = format!("cap id={id} version={version} name={}\n", known.short);
    let fields = known.struct_.map(|id| reader.struct_(id).fields.iter());
    for field in fields.into_iter().flatten().filter(|field| is_told(field)) {
        if u64::from(field.version) > version {
            continue;
        }
        let struct_ = cap.struct_.map(|id| writer.struct_(id));
        let value = struct_.and_then(|struct_| value(writer, struct_, field, written));
        lines += &value.ok_or_else(|| format!("{} is not written", field.name))?;
    }
    Ok(lines)
}

fn is_told(field: &Field) -> bool {
    !matches!(field.role, Role::Header | Role::Reserved)
}

/// The lines of a field that is called so in the release that wrote it.
fn value(abi: &Abi, struct_: &Struct, known: &Field, written: &Cap) -> Option<String> {
    let spans = &struct_.kernel_layout().fields;
    let index = struct_.fields.iter().position(|field| field.name == known.name)?;
    let (field, span) = (&struct_.fields[index], spans[index]);
    // The header is before the body.
    let header = spans.first()?.end();
    let at = span.offset - header;
    let name = &field.name;
    match &field.type_ {
        Type::Int(_) => Some(format!("  {name}={}\n", number_at(&written.body, at, span.size)?)),
        Type::Flexible(element, _) => match **element {
            Type::Struct(id) => elements(abi.struct_(id), name, at, &written.body),
            _ => {
                let bytes = written.body.get(at as usize..(at + ELEMENTS) as usize)?;
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                Some(format!("  {name}={hex}\n"))
            }
        },
        _ => None,
    }
}

fn elements(struct_: &Struct, array: &str, start: u64, body: &[u8]) -> Option<String> {
    let layout = struct_.kernel_layout();
    let mut lines = String::new();
    for nth in 0..ELEMENTS {
        let fields = struct_.fields.iter().zip(&layout.fields);
        for (field, Span { offset, size }) in fields.filter(|(field, _)| is_told(field)) {
            let number = number_at(body, start + nth * layout.size + offset, *size)?;
            writeln!(lines, "  {array}[{nth}].{}={number}", field.name).expect("text");
        }
    }
    Some(lines)
}

fn number_at(bytes: &[u8], at: u64, size: u64) -> Option<u64> {
    let bytes = bytes.get(at as usize..(at + size) as usize)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}
