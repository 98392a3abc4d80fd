//! Puts mutants, as `cargo mutants --list --json` prints them, into a copy of the workspace:
//! each of which the environment variable `CAPCHAIN_MUTANT` switches on, so that one build has
//! all of them.
//!
//!     switch-mutants draw SEED COUNT LIST.json >DRAWN.json
//!     switch-mutants insert ROOT DRAWN.json DROPPED >INSERTED
//!
//! `draw` chooses mutants in an order that only the seed and their names decide. `insert`
//! rewrites the files below ROOT and prints the number and the name of each mutant; it
//! leaves out those whose numbers are in the file DROPPED, and those that no condition can
//! select, such as a change within another one.

mod edits;

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use edits::{Edit, Edits};
use serde::{Deserialize, Serialize};

/// A mutant.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Mutant {
    file: String,
    #[serde(default)]
    name: Option<String>,
    span: MutantSpan,
    replacement: String,
    genre: String,
    #[serde(default)]
    function: Option<MutatedFunction>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct MutatedFunction {
    function_name: String,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
struct MutantSpan {
    start: Position,
    end: Position,
}

/// A place in a file, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
struct Position {
    line: usize,
    column: usize,
}

impl Mutant {
    /// The mutant without its place, which moves with every edit of the file.
    fn name(&self) -> String {
        if let Some(name) = &self.name {
            let rest = name.strip_prefix(&format!("{}:", self.file));
            let rest = rest.map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':'));
            if let Some(rest) = rest {
                return format!("{}:{rest}", self.file);
            }
            return name.clone();
        }
        let function = self.function.as_ref().map_or("", |one| &one.function_name);
        format!("{}: {} {} in {function}", self.file, self.genre, self.replacement)
    }
}

/// A hash of a text by FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn read(path: &str) -> Vec<Mutant> {
    let text = fs::read_to_string(path).expect("a list");
    serde_json::from_str(&text).expect("mutants as JSON")
}

fn draw(seed: &str, count: usize, list: &str) {
    let mut mutants = read(list);
    mutants.sort_by_key(|one| {
        let Position { line, column } = one.span.start;
        hash(&format!("{seed} {} {line}:{column}", one.name()))
    });
    mutants.truncate(count);
    println!("{}", serde_json::to_string_pretty(&mutants).expect("JSON"));
}

fn insert(root: &str, drawn: &str, dropped: &str) {
    let dropped = fs::read_to_string(dropped).unwrap_or_default();
    let dropped: Vec<usize> = dropped.lines().filter_map(|line| line.trim().parse().ok()).collect();
    let mut files = BTreeMap::<String, Vec<(usize, Mutant)>>::new();
    for (index, mutant) in read(drawn).into_iter().enumerate() {
        if !dropped.contains(&(index + 1)) {
            files.entry(mutant.file.clone()).or_default().push((index + 1, mutant));
        }
    }
    for (file, mutants) in files {
        let path = Path::new(root).join(&file);
        let text = fs::read_to_string(&path).expect("a file of the list");
        let mut edits = Edits::of(&text);
        for (number, mutant) in &mutants {
            if let Some(edit) = Edit::of(&edits, *number, mutant) {
                if edits.add(edit) {
                    println!("{number}\t{}", mutant.name());
                }
            }
        }
        fs::write(&path, edits.applied()).expect("a file");
    }
    let lib = Path::new(root).join("codegen/src/lib.rs");
    let text = fs::read_to_string(&lib).expect("the library");
    fs::write(&lib, text + SWITCH).expect("the library");
}

/// The condition of each mutant.
const SWITCH: &str = "
/// Mutants.
#[doc(hidden)]
pub mod mutants {
    /// Whether a mutant is switched on.
    pub fn on(number: usize) -> bool {
        static ON: std::sync::LazyLock<usize> = std::sync::LazyLock::new(|| {
            let number = std::env::var(\"CAPCHAIN_MUTANT\").ok();
            number.and_then(|number| number.parse().ok()).unwrap_or(0)
        });
        *ON == number
    }
}
";

fn main() {
    let args: Vec<_> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["draw", seed, count, list] => draw(seed, count.parse().expect("a count"), list),
        ["insert", root, drawn, dropped] => insert(root, drawn, dropped),
        _ => panic!("usage: switch-mutants draw SEED COUNT LIST | insert ROOT DRAWN DROPPED"),
    }
}
