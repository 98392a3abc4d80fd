//! Prints witnesses as a program that demonstrates every wire break. The compiler
//! of that program computes the offsets.

use askama::Template;

use super::evidence::{Witness, WitnessClaim, WitnessPiece};
use super::finding::Finding;
use super::text::claimed;

/// The number of bytes per line.
const LINE: usize = 12;

#[derive(Template)]
#[template(path = "witness.c.jinja", escape = "none")]
struct CProgram<'a> {
    sides: &'a str,
    shown: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "witness.rs.jinja", escape = "none")]
struct RustProgram<'a> {
    sides: &'a str,
    shown: Vec<Shown>,
}

/// A program in C for all findings that have a witness.
pub fn c(sides: &str, findings: &[&Finding]) -> String {
    CProgram { sides, shown: shown(findings) }.to_string()
}

/// The same in Rust.
pub fn rust(sides: &str, findings: &[&Finding]) -> String {
    RustProgram { sides, shown: shown(findings) }.to_string()
}

/// One witness as the templates print it.
struct Shown {
    /// Its number, from 1.
    nth: usize,
    title: String,
    story: String,
    /// The size of the buffer, and its content.
    size: usize,
    bytes: Vec<String>,
    /// Whether a claim is about those bytes.
    has_bytes: bool,
    /// The structs of the writer and of the reader, if a compiler computes their layouts.
    maker: Vec<PieceShown>,
    reader: Vec<PieceShown>,
    claims: Vec<ClaimShown>,
}

struct PieceShown {
    name: String,
    size: u64,
    align: u64,
    bytes: Vec<String>,
}

/// A claim as the templates print it.
struct ClaimShown {
    /// The claimed effects.
    text: String,
    how: How,
}

/// How it is to be seen.
enum How {
    /// The bytes there are these, and others were meant.
    Misread { piece: String, at: u64, size: usize, meant: Vec<String>, found: Vec<String> },
    /// The bytes there are these, all of them stale.
    Unset { piece: String, offset: u64, size: usize, found: Vec<String> },
    /// The kernel demands more than is passed.
    Refused { argsz: u64, demanded: u64 },
    /// The header at an offset has this id.
    TakenFor { offset: u64, id: u64 },
    /// The reply was another one.
    Answered { offset: u64, size: usize, before: Vec<String> },
    /// The errors on both sides.
    Failed { before: String, now: String },
    /// The names on both sides.
    Understood { said: String, understood: String },
}

fn shown(findings: &[&Finding]) -> Vec<Shown> {
    let witnessed = findings.iter().filter_map(|one| Some((*one, one.witness.as_ref()?)));
    witnessed
        .enumerate()
        .map(|(index, (finding, witness))| of(index + 1, finding, witness))
        .collect()
}

fn of(nth: usize, finding: &Finding, witness: &Witness) -> Shown {
    let on = witness.target.map(|target| format!(", both for {target}")).unwrap_or_default();
    Shown {
        nth,
        title: format!("{} {}: {}", finding.code.0, finding.subject, finding.message),
        story: format!("{} makes the bytes, {} reads them{on}", witness.made_by, witness.read_by),
        size: witness.bytes.len(),
        bytes: rows(&witness.bytes),
        has_bytes: witness.claims.iter().any(is_about_bytes),
        maker: witness.maker.iter().map(piece).collect(),
        reader: witness.reader.iter().map(piece).collect(),
        claims: witness.claims.iter().map(claim).collect(),
    }
}

fn piece(piece: &WitnessPiece) -> PieceShown {
    let WitnessPiece { name, size, align, bytes } = piece;
    PieceShown { name: name.clone(), size: *size, align: *align, bytes: rows(bytes) }
}

fn claim(claim: &WitnessClaim) -> ClaimShown {
    let how = match claim {
        WitnessClaim::Misread { meant, found, within, .. } => How::Misread {
            piece: within.piece.clone(),
            at: within.at,
            size: found.len(),
            meant: rows(meant),
            found: rows(found),
        },
        WitnessClaim::Unset { offset, found, within, .. } => How::Unset {
            piece: within.piece.clone(),
            offset: *offset,
            size: found.len(),
            found: rows(found),
        },
        WitnessClaim::Refused { argsz, demanded } => {
            How::Refused { argsz: *argsz, demanded: *demanded }
        }
        WitnessClaim::TakenFor { offset, id, .. } => How::TakenFor { offset: *offset, id: *id },
        WitnessClaim::Answered { offset, before, .. } => {
            How::Answered { offset: *offset, size: before.len(), before: rows(before) }
        }
        WitnessClaim::Failed { before, now, .. } => {
            How::Failed { before: literal(before), now: literal(now) }
        }
        WitnessClaim::Understood { said, understood, .. } => How::Understood {
            said: literal(said),
            understood: literal(understood.as_deref().unwrap_or("nothing")),
        },
    };
    ClaimShown { text: literal(&claimed(claim)), how }
}

/// The content of a string literal, in both languages.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn is_about_bytes(claim: &WitnessClaim) -> bool {
    !matches!(claim, WitnessClaim::Failed { .. } | WitnessClaim::Understood { .. })
}

/// Bytes as both languages write them, some to a line.
fn rows(bytes: &[u8]) -> Vec<String> {
    let row = |chunk: &[u8]| {
        let bytes: Vec<_> = chunk.iter().map(|byte| format!("{byte:#04x},")).collect();
        bytes.join(" ")
    };
    bytes.chunks(LINE).map(row).collect()
}
