//! What can be seen of a break: the bytes that one side makes, and what the
//! other takes them for.

use serde::{Serialize, Serializer};

use super::Side;
use super::constants::Constant;
use super::fields::Twins;
use super::finding::Victim;
use super::members::{Member, members};
use super::pairs::{Pairs, alive};
use crate::ir::{Abi, Arg, Capability, Struct};
use crate::layout::{Model, Span};
use crate::model::{Contents, Handling, sample};
use crate::reply::Direction;

/// What a program fills its buffer with before it asks, to see what is set.
const STALE: u8 = 0xaa;

/// Bytes, who made them, and what they are taken for.
#[derive(Clone, Debug, Serialize)]
pub struct Witness {
    /// Who made the bytes.
    pub made_by: String,
    /// Who reads them.
    pub read_by: String,
    /// The only target on which it is to be seen, if it is only one.
    pub target: Option<&'static str>,
    /// The struct that they hold.
    #[serde(rename = "struct")]
    pub struct_: String,
    /// The bytes.
    #[serde(serialize_with = "hex")]
    pub bytes: Vec<u8>,
    /// What it comes to.
    pub claims: Vec<Claim>,
}

/// One thing that is to be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Claim {
    /// The reader looks for a field where something else lies.
    Misread {
        /// The field.
        field: String,
        /// Where the reader looks.
        offset: u64,
        /// The bytes that were meant.
        #[serde(serialize_with = "hex")]
        meant: Vec<u8>,
        /// The bytes that it finds.
        #[serde(serialize_with = "hex")]
        found: Vec<u8>,
    },
    /// The reader looks for a field that nobody wrote.
    Unset {
        /// The field.
        field: String,
        /// Where the reader looks.
        offset: u64,
        /// The reader's own old bytes, which it takes for the field.
        #[serde(serialize_with = "hex")]
        found: Vec<u8>,
    },
    /// The call fails with `EINVAL`.
    Refused {
        /// What the program passes.
        argsz: u64,
        /// What the kernel demands.
        demanded: u64,
    },
    /// A capability is taken for another.
    TakenFor {
        /// Where it lies.
        offset: u64,
        /// The id of both.
        id: u64,
        /// What it is.
        is: String,
        /// What the reader takes it for.
        taken_for: String,
    },
    /// A number is taken for another one's.
    Understood {
        /// The number that is passed.
        number: i128,
        /// What it stands for on the side that passes it.
        said: String,
        /// What it stands for on the other side.
        understood: Option<String>,
    },
}

fn hex<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    serializer.serialize_str(&digits.collect::<String>())
}

impl Witness {
    fn new(made_by: String, read_by: String, struct_: &str, bytes: Vec<u8>) -> Self {
        let struct_ = struct_.to_owned();
        Self { made_by, read_by, target: None, struct_, bytes, claims: Vec::new() }
    }
}

fn kernel(side: &Side) -> String {
    format!("a kernel of {}", side.name)
}

fn program(side: &Side) -> String {
    format!("a program built with {}", side.name)
}

/// Old fields that lie elsewhere on the new side: what an old program passes to
/// a new kernel, or reads from it.
pub(super) fn layout(pairs: &Pairs<'_>, twins: &Twins<'_>, model: Model) -> Option<Witness> {
    let at = model.index();
    let changed = |(old, new): &&(Member<'_>, Member<'_>)| old.spans[at] != new.spans[at];
    let first = twins.kept.iter().find(changed);
    let gone = twins.removed.first().map(|old| old.direction);
    let input = first.map(|(old, _)| old.direction).or(gone)? == Some(Direction::In);
    let (maker, reader) = match input {
        true => (Party { span: |pair| pair.0, layout: twins.old }, twins.new),
        false => (Party { span: |pair| pair.1, layout: twins.new }, twins.old),
    };
    let most = twins.old.layouts[at].size.max(twins.new.layouts[at].size);
    let mut bytes = vec![STALE; most as usize];
    put_struct(&mut bytes, &members(party(pairs, input), maker.layout), at);
    let mut witness = match input {
        true => Witness::new(program(pairs.old), kernel(pairs.new), &reader.name, bytes),
        false => Witness::new(kernel(pairs.new), program(pairs.old), &reader.name, bytes),
    };
    witness.target = (model != Model::Lp64).then_some("i386");
    for pair in twins.kept.iter().filter(changed) {
        let (from, to) = (
            (maker.span)((pair.0.spans[at], pair.1.spans[at])),
            match input {
                true => pair.1.spans[at],
                false => pair.0.spans[at],
            },
        );
        let (meant, found) = (slice(&witness.bytes, from), slice(&witness.bytes, to));
        if meant != found {
            let field = pair.1.name.to_owned();
            witness.claims.push(Claim::Misread { field, offset: to.offset, meant, found });
        }
    }
    for old in twins.removed.iter().filter(|_| !input) {
        let found = slice(&witness.bytes, old.spans[at]);
        let (field, offset) = (old.name.to_owned(), old.spans[at].offset);
        witness.claims.push(Claim::Unset { field, offset, found });
    }
    (!witness.claims.is_empty()).then_some(witness)
}

/// Who made the bytes: which of two spans counts, and of which struct.
struct Party<'a> {
    span: fn((Span, Span)) -> Span,
    layout: &'a Struct,
}

fn party<'a>(pairs: &Pairs<'a>, input: bool) -> &'a Abi {
    if input { pairs.abis().0 } else { pairs.abis().1 }
}

/// Writes every field of a struct, each with bytes of its own.
fn put_struct(bytes: &mut [u8], members: &[Member<'_>], model: usize) {
    for member in members {
        let span = member.spans[model];
        for at in 0..span.size {
            if let Some(byte) = bytes.get_mut((span.offset + at) as usize) {
                *byte = sample::mark(member.name, at);
            }
        }
    }
}

fn slice(bytes: &[u8], span: Span) -> Vec<u8> {
    bytes.iter().skip(span.offset as usize).take(span.size as usize).copied().collect()
}

/// A call that one side no longer takes.
pub(super) fn refused(
    pairs: &Pairs<'_>,
    struct_: &Struct,
    victim: Victim,
    argsz: u64,
    demanded: u64,
) -> Witness {
    let (asks, answers) = match victim {
        Victim::NewProgram => (pairs.new, pairs.old),
        Victim::OldProgram | Victim::Both => (pairs.old, pairs.new),
    };
    let mut bytes = vec![0; argsz as usize];
    let given = argsz.to_le_bytes();
    bytes.iter_mut().zip(&given[..4]).for_each(|(byte, given)| *byte = *given);
    let mut witness = Witness::new(program(asks), kernel(answers), &struct_.name, bytes);
    witness.claims.push(Claim::Refused { argsz, demanded });
    witness
}

/// A field that a new program reads and an old kernel never wrote.
pub(super) fn stale(pairs: &Pairs<'_>, twins: &Twins<'_>, new: &Member<'_>) -> Witness {
    let at = Model::Lp64.index();
    let mut bytes = vec![STALE; twins.new.layouts[at].size as usize];
    put_struct(&mut bytes, &members(pairs.abis().0, twins.old), at);
    let found = slice(&bytes, new.spans[at]);
    let (maker, reader) = (kernel(pairs.old), program(pairs.new));
    let mut witness = Witness::new(maker, reader, &twins.new.name, bytes);
    let (field, offset) = (new.name.to_owned(), new.spans[at].offset);
    witness.claims.push(Claim::Unset { field, offset, found });
    witness
}

/// A constant that stands for something else on the other side.
pub(super) fn value(
    pairs: &Pairs<'_>,
    was: &Constant<'_>,
    understood: Option<&Constant<'_>>,
) -> Witness {
    let mut witness = Witness::new(program(pairs.old), kernel(pairs.new), was.group, Vec::new());
    witness.claims.push(Claim::Understood {
        number: was.number,
        said: was.name.to_owned(),
        understood: understood.map(|one| one.name.to_owned()),
    });
    witness
}

/// A newcomer under an id that another one holds.
pub(super) fn taken_for(
    pairs: &Pairs<'_>,
    newcomer: &Constant<'_>,
    holder: &Constant<'_>,
) -> Witness {
    capability(pairs, newcomer.name, holder.name).unwrap_or_else(|| {
        let (maker, reader) = (kernel(pairs.new), program(pairs.old));
        let mut witness = Witness::new(maker, reader, newcomer.group, Vec::new());
        witness.claims.push(Claim::Understood {
            number: newcomer.number,
            said: newcomer.name.to_owned(),
            understood: Some(holder.name.to_owned()),
        });
        witness
    })
}

/// A reply with the newcomer in it, as an old program reads it.
fn capability(pairs: &Pairs<'_>, newcomer: &str, holder: &str) -> Option<Witness> {
    let abi = pairs.abis().1;
    let cap = abi.capabilities.iter().find(|cap| cap.name == newcomer)?;
    let (bytes, offset) = reply(abi, cap)?;
    let host = abi.chain(cap.chain).host.as_ref()?;
    let name = &abi.struct_(host.struct_).name;
    let mut witness = Witness::new(kernel(pairs.new), program(pairs.old), name, bytes);
    let (is, taken_for) = (newcomer.to_owned(), holder.to_owned());
    witness.claims.push(Claim::TakenFor { offset, id: cap.id, is, taken_for });
    Some(witness)
}

/// A reply that holds one capability, and where it lies.
fn reply(abi: &Abi, cap: &Capability) -> Option<(Vec<u8>, u64)> {
    let host = abi.chain(cap.chain).host.as_ref()?;
    let hosted = |ioctl: &&crate::ir::Ioctl| ioctl.arg == Arg::Struct(host.struct_);
    abi.ioctls.iter().filter(hosted).find_map(|ioctl| {
        let gives = |handler: &&crate::ir::Handler| handler.chain.is_some();
        let handler = alive(abi, ioctl).into_iter().find(gives)?;
        let handling = Handling::new(abi, ioctl, handler)?;
        let contents =
            Contents { fixed: sample::quiet(abi, host), caps: vec![sample::cap(abi, cap, 1)] };
        let need = handling.need(&contents.caps);
        let mut before = vec![0; need as usize];
        let argsz = need.to_le_bytes();
        before.iter_mut().zip(&argsz[..4]).for_each(|(byte, given)| *byte = *given);
        let answer = handling.answer(&before, &contents);
        let bytes = answer.bytes.into_iter().map(|byte| byte.unwrap_or(STALE)).collect();
        Some((bytes, handler.chain.as_ref()?.at))
    })
}
