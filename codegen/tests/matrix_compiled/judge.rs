//! What a reader must make of a reply: worked out from what was told and from
//! the two ABIs, apart from everything that is generated.

use std::fmt::Write;
use std::ops::RangeInclusive;

use capchain::ir::{Abi, Capability, Field, Role, Struct, Type};
use capchain::layout::{Model, Span};
use capchain::model::Cap;
use capchain::reply::{ArgszReply, Direction, ShortReply};

use crate::implementations::{fixed_part, profiles};
use crate::job::{ELEMENTS, Job};

/// Every byte of a field that the server does not set.
const STALE: u64 = 0xaaaa_aaaa_aaaa_aaaa;

/// What was judged.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Values of argsz.
    pub(crate) argsz: u64,
    /// Replies that were read; the other calls were refused.
    pub(crate) replies: u64,
    /// Bytes that were compared: what was told, and what lies behind argsz.
    pub(crate) bytes: u64,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Refused,
    Short,
    Full,
}

/// Judges all that was read of a job; tells the first that is wrong.
pub(crate) fn judge(
    reader: &Abi,
    job: &Job<'_>,
    answer: &str,
    counts: &mut Counts,
) -> Result<(), String> {
    let mut next = 0;
    for (index, span) in format!("\n{answer}").split("\nfrom ").skip(1).enumerate() {
        let (head, found) = span.split_once('\n').unwrap_or((span, ""));
        let words: Vec<_> = head.splitn(4, ' ').collect();
        let [first, "to", last, outcome] = words[..] else { return Err(head.to_owned()) };
        let (first, last) = (number(first), number(last));
        if first != next || last < first {
            return Err(format!("span {index} is {first} to {last}, not from {next}"));
        }
        next = last + 1;
        let state = state(job, first);
        if state != self::state(job, last) {
            return Err(format!("{first} and {last} are read alike: {head}"));
        }
        let expected = expected(reader, job, state, (first, last), outcome)?;
        let found = plain(found);
        if found != expected {
            return Err(format!("argsz {first} to {last}: read\n{found}and not\n{expected}"));
        }
        counts.add(reader, job, state, first..=last);
    }
    match next == job.most() + 1 {
        true => Ok(()),
        false => Err(format!("ends at {next}, not behind {}", job.most())),
    }
}

/// What must become of a call with this argsz.
fn state(job: &Job<'_>, argsz: u64) -> State {
    if argsz < job.named.handler.minsz {
        return State::Refused;
    }
    // Without capabilities nothing can be missing but to a server that always
    // tells the whole of the fixed part.
    match argsz < job.need && (!job.caps.is_empty() || tells_always(job)) {
        true => State::Short,
        false => State::Full,
    }
}

fn tells_always(job: &Job<'_>) -> bool {
    job.named.handler.chain.as_ref().is_some_and(|rules| rules.argsz == ArgszReply::Always)
}

/// What a reader must tell, as far as it is told with every rule; checks what
/// argsz and the need were.
fn expected(
    reader: &Abi,
    job: &Job<'_>,
    state: State,
    (first, last): (u64, u64),
    outcome: &str,
) -> Result<String, String> {
    let need = job.need;
    let told = format!("need={need} argsz={need}");
    let same = format!("need={need} argsz=same");
    let fine = match state {
        State::Refused => outcome == "refused",
        State::Short => outcome == told,
        // Where the need is what was given, it is the same.
        State::Full if tells_always(job) => {
            outcome == told || (outcome == same && first == need && last == need)
        }
        State::Full => outcome == same,
    };
    if !fine {
        return Err(format!("argsz {first} to {last}: {state:?}, need {need}: {outcome}"));
    }
    if state == State::Refused {
        return Ok(String::new());
    }
    let chain = reader.chains.iter().find(|chain| chain.name == job.named.chain.name);
    let mut text = match (state, chain) {
        (State::Short, Some(_)) => format!("need={need}\n"),
        _ => "need=none\n".to_owned(),
    };
    if let (State::Full, Some(chain)) = (state, chain) {
        let known: Vec<_> =
            chain.capabilities.iter().map(|index| &reader.capabilities[*index]).collect();
        for (cap, body) in &job.caps {
            text += &capability(reader, &known, job.abi, cap, body)?;
        }
    }
    Ok(text + &fixed(reader, job, state)?)
}

/// The lines of the fixed part.
fn fixed(reader: &Abi, job: &Job<'_>, state: State) -> Result<String, String> {
    let name = job.struct_();
    let struct_ = reader.structs.iter().find(|one| one.name == name);
    let struct_ = struct_.ok_or_else(|| format!("there is no {name}"))?;
    let host = job.host();
    let flags = &job.abi.struct_(host.struct_).fields[host.flags].name;
    let short = job.named.handler.chain.as_ref().map(|rules| rules.short);
    let clear = state == State::Short && short == Some(ShortReply::FlagClear);
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
fn capability(
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
    let spans = &struct_.layouts[Model::Lp64.index()].fields;
    let index = struct_.fields.iter().position(|field| field.name == known.name)?;
    let (field, span) = (&struct_.fields[index], spans[index]);
    // The header is in front of the body.
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
    let layout = &struct_.layouts[Model::Lp64.index()];
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

/// What was read without what the rules of each profile decide: where a
/// capability starts, and how many bytes can belong to it.
fn plain(found: &str) -> String {
    let mut text = String::new();
    for line in found.lines().filter(|line| !line.starts_with("  bytes=")) {
        let rest = line.strip_prefix("cap at=").and_then(|rest| rest.split_once(' '));
        match rest {
            Some((_, rest)) => text.extend(["cap ", rest, "\n"]),
            None => text.extend([line, "\n"]),
        }
    }
    text
}

fn number(word: &str) -> u64 {
    word.parse().unwrap_or(u64::MAX)
}

impl Counts {
    fn add(&mut self, reader: &Abi, job: &Job<'_>, state: State, span: RangeInclusive<u64>) {
        let count = span.end() - span.start() + 1;
        self.argsz += count;
        if state != State::Refused {
            self.replies += count;
        }
        let known = |(cap, _): &&(&Capability, Cap)| {
            reader.capabilities.iter().any(|known| known.name == cap.name)
        };
        let bodies = job.caps.iter().filter(known).map(|(_, cap)| cap.body.len() as u64);
        let bodies: u64 = bodies.sum();
        let read = match state {
            State::Refused => 0,
            State::Short => job.named.handler.minsz,
            State::Full => job.named.handler.minsz + bodies,
        };
        self.bytes += span.map(|argsz| read + job.most() - argsz).sum::<u64>();
    }
}
