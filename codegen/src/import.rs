//! The YAML that a specification lacks to cover headers, ready to paste: each
//! piece below a comment that says where it goes. What no header tells is
//! guessed by convention, and documentation is marked as a draft, which `lint`
//! does not let pass.

mod declared;
mod fields;
mod ioctls;
mod items;
mod lists;
mod place;
mod yaml;

use crate::header::classify::Kinds;
use crate::header::{Declarations, Facts};
use crate::ir::Abi;
use crate::release::Release;
use place::Places;
use yaml::Piece;

/// What documentation starts with that nobody has written yet.
pub use crate::names::DRAFT;

/// What is to be added to a specification.
#[derive(Debug, Default)]
pub struct Import {
    /// The text to paste, piece by piece; empty where nothing lacks.
    pub text: String,
    /// How many things lack.
    pub count: usize,
    /// Names that are not covered: what to do about each.
    pub left: Vec<(String, String)>,
}

/// What covers headers: the folder of the specification, and the release
/// since which all that is new is there.
pub struct Importer<'i> {
    facts: &'i Facts,
    abi: &'i Abi,
    kinds: Kinds<'i>,
    /// What the ABI of the newest release says, and that of the headers' own.
    known: [Declarations<'i>; 2],
    places: Places<'i>,
    since: Release,
    pieces: Vec<Piece>,
    left: Vec<(String, String)>,
}

/// Looks for what headers have and an ABI lacks, today and at the release that
/// the headers are of.
pub fn import(facts: &Facts, abi: &Abi, at: &Abi, given: &[usize], folder: &str) -> Import {
    let known = [Declarations::of(abi, given), Declarations::of(at, given)];
    let places = Places::of(abi, folder);
    let (pieces, left) = (Vec::new(), Vec::new());
    let mut importer = Importer {
        facts,
        abi,
        kinds: Kinds { facts, abi },
        known,
        places,
        since: at.release,
        pieces,
        left,
    };
    importer.all();
    let Importer { pieces, left, .. } = importer;
    Import { count: pieces.iter().map(|piece| piece.things).sum(), text: yaml::text(pieces), left }
}

impl Importer<'_> {
    /// Whether the specification has the name, or had it in some release.
    fn knows(&self, name: &str) -> bool {
        let [newest, at] = &self.known;
        newest.meta(name).is_some() || at.meta(name).is_some() || newest.successor(name).is_some()
    }
}
