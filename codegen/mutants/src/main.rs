//! Puts mutants, as `cargo mutants --list --json` prints them, into a copy of the workspace:
//! each of which the environment variable `CAPCHAIN_MUTANT` switches on, so that one build has
//! all of them.
//!
//!     capchain-mutants ROOT SEED COUNT DROPPED LIST.json... >INSERTED
//!
//! Inserts COUNT mutants of each list into the files below ROOT, in an order that only the
//! seed and the names of the mutants decide, and prints the number, the list and the name of
//! each. It leaves out those whose numbers are in the file DROPPED, and those that no
//! condition can select, such as a change within a macro. A program with mutants appends the
//! numbers of all that it reaches to the file that `CAPCHAIN_REACHED` names.

mod edits;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use edits::{Edit, Edits};
use serde::Deserialize;

/// A mutant.
#[derive(Clone, Debug, Deserialize)]
struct Mutant {
    file: String,
    /// The file with line and column, and the change.
    name: String,
    span: MutantSpan,
    replacement: String,
    genre: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct MutantSpan {
    start: Position,
}

/// A place in a file, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Position {
    line: usize,
    column: usize,
}

impl Mutant {
    /// The mutant without its place, which moves with every edit of the file.
    fn name(&self) -> String {
        let place = self.name.strip_prefix(&self.file).unwrap_or(&self.name);
        let change = place.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
        format!("{}:{change}", self.file)
    }
}

/// A hash of a text by FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The mutants of a list with their names, in the order in which they are drawn. The second
/// one of a name gets a number, so that the order is the same after edits of other functions.
fn drawn(seed: &str, list: &Path) -> Vec<(Mutant, String)> {
    let text = fs::read_to_string(list).expect("a list");
    let mut mutants: Vec<Mutant> = serde_json::from_str(&text).expect("mutants as JSON");
    mutants.sort_by(|a, b| (&a.file, a.span.start).cmp(&(&b.file, b.span.start)));
    let mut seen = BTreeMap::<String, usize>::new();
    let named = mutants.into_iter().map(|mutant| {
        let name = mutant.name();
        let nth = seen.entry(name.clone()).and_modify(|nth| *nth += 1).or_insert(1);
        let name = if *nth == 1 { name } else { format!("{name} ({nth})") };
        (mutant, name)
    });
    let mut named: Vec<_> = named.collect();
    named.sort_by_cached_key(|(_, name)| hash(&format!("{seed} {name}")));
    named
}

/// The texts of all changed files.
fn inserted(root: &Path, seed: &str, count: usize, dropped: &[usize], lists: &[String]) {
    let mut files = BTreeMap::<PathBuf, Edits>::new();
    for (list, first) in lists.iter().map(Path::new).zip((0..).step_by(NUMBERS)) {
        let module = list.file_stem().unwrap_or_default().to_string_lossy();
        let mut wanted = count;
        let drawn = drawn(seed, list);
        assert!(drawn.len() < NUMBERS, "{module} has too many mutants");
        for ((mutant, name), number) in drawn.iter().zip(first + 1..) {
            let file = root.join(&mutant.file);
            let edits = files.entry(file).or_insert_with_key(|file| {
                Edits::of(fs::read_to_string(file).expect("a file of the list"))
            });
            if wanted == 0 || dropped.contains(&number) {
                continue;
            }
            if let Some(edit) = Edit::of(edits, number, mutant) {
                edits.add(edit);
                wanted -= 1;
                println!("{number}\t{module}\t{name}");
            }
        }
    }
    for (file, edits) in files {
        fs::write(file, edits.applied()).expect("a file of the copy");
    }
}

/// More than the mutants of a list.
const NUMBERS: usize = 10_000;

/// The condition of each mutant, of which there are `MUTANTS` at most.
const SWITCH: &str = r#"
/// Mutants.
#[doc(hidden)]
pub mod mutants {
    use std::fs::File;
    use std::io::Write;
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicBool, Ordering};

    static ON: LazyLock<usize> = LazyLock::new(|| {
        let number = std::env::var("CAPCHAIN_MUTANT").ok();
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    });
    static LIST: LazyLock<Option<File>> = LazyLock::new(|| {
        let path = std::env::var_os("CAPCHAIN_REACHED")?;
        File::options().create(true).append(true).open(path).ok()
    });
    static REACHED: [AtomicBool; MUTANTS] = [const { AtomicBool::new(false) }; MUTANTS];

    /// Whether a mutant is switched on.
    pub fn on(number: usize) -> bool {
        if let Some(mut list) = LIST.as_ref() {
            if !REACHED[number].swap(true, Ordering::Relaxed) {
                let _ = list.write_all(format!("{number}\n").as_bytes());
            }
        }
        *ON == number
    }
}
"#;

fn main() {
    let args: Vec<_> = env::args().skip(1).collect();
    let [root, seed, count, dropped, lists @ ..] = args.as_slice() else {
        panic!("usage: capchain-mutants ROOT SEED COUNT DROPPED LIST...");
    };
    let dropped = fs::read_to_string(dropped).unwrap_or_default();
    let dropped: Vec<usize> = dropped.lines().filter_map(|line| line.trim().parse().ok()).collect();
    inserted(Path::new(root), seed, count.parse().expect("a count"), &dropped, lists);
    let lib = Path::new(root).join("codegen/src/lib.rs");
    let text = fs::read_to_string(&lib).expect("the library");
    let switch = SWITCH.replace("MUTANTS", &(NUMBERS * lists.len()).to_string());
    fs::write(&lib, text + &switch).expect("the library");
}
