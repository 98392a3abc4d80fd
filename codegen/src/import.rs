//! The YAML that a specification lacks to cover headers, ready to paste: a comment
//! above each piece states its place. Facts that headers do not state are guessed
//! by convention, and documentation is marked as a draft, which `lint` rejects.

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

/// The mark of documentation that is a draft.
pub use crate::names::DRAFT;

/// The additions to a specification.
#[derive(Debug, Default)]
pub struct Import {
    /// The text to paste, piece by piece; empty if nothing is missing.
    pub text: String,
    /// How many things lack.
    pub count: usize,
    /// Names that are not covered, with advice for each.
    pub left: Vec<(String, String)>,
}

/// The target of an import: the folder of the specification, and the release for new items.
pub struct Importer<'i> {
    facts: &'i Facts,
    abi: &'i Abi,
    kinds: Kinds<'i>,
    /// The ABI of the newest release, and that of the headers' release.
    known: [Declarations<'i>; 2],
    places: Places<'i>,
    since: Release,
    pieces: Vec<Piece>,
    left: Vec<(String, String)>,
}

/// Finds items that headers have and an ABI lacks, in the newest release and in
/// that of the headers.
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
