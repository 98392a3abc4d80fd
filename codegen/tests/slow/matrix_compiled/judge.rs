//! Judges the answers of a reader: the result for each span of argsz, and the
//! printed lines.

use std::ops::RangeInclusive;

use capchain::ir::{Abi, Capability};
use capchain::model::Cap;
use capchain::reply::ArgszReply;

use super::job::Job;
use super::lines;

/// What was judged.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Values of argsz.
    pub(crate) argsz: u64,
    /// Replies that were read; the other calls were refused.
    pub(crate) replies: u64,
    /// Bytes that were compared: the values, and the bytes after argsz.
    pub(crate) bytes: u64,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It is refused.
    Refused,
    /// It works, and the chain does not fit.
    Short,
    /// All of the reply comes back.
    Full,
}

/// Judges the readings of a job; returns the first difference.
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
    // Without capabilities a reply is short only if the server always sets argsz
    // to the size of the fixed part.
    match argsz < job.need && (!job.caps.is_empty() || tells_always(job)) {
        true => State::Short,
        false => State::Full,
    }
}

fn tells_always(job: &Job<'_>) -> bool {
    job.named.handler.chain.as_ref().is_some_and(|rules| rules.argsz == ArgszReply::Always)
}

/// The values that a reader must print under every rule; checks argsz and the
/// need.
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
        let known: Vec<_> = reader.capabilities_of(chain).collect();
        for (cap, body) in &job.caps {
            text += &lines::capability(reader, &known, job.abi, cap, body)?;
        }
    }
    Ok(text + &lines::fixed(reader, job, state)?)
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
