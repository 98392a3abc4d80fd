//! Hostile YAML is refused or read, without a panic and within seconds.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use capchain::Opened;
use capchain::lower::lower;
use capchain::release::Release;
use capchain::spec::load::Origin;
use support::cpu_time::cpu_time;
use support::random::rounds;
use support::spec_folder::SpecFolder;

/// The time that no file may take; debug builds are slow.
const MOST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 2 });

/// The keys that every file starts with.
const HEAD: &str = "title: A\ndoc: B.\nheader: demo\nsince: v1.0\nsource: demo.h\n";

/// A copy of a specification with a hostile file `demo.yaml`.
struct Hostile(SpecFolder);

impl Hostile {
    /// The small specification of the catalogue's examples.
    fn demo() -> Self {
        Self(SpecFolder::demo())
    }

    /// Opens the specification and prints its errors.
    fn open(&self) -> (Opened, String) {
        let start = cpu_time();
        let opened = self.0.open(&[]);
        let shown = opened.problems.render(&opened.sources, false);
        opened.problems.records(&opened.sources);
        let took = cpu_time() - start;
        assert!(took < MOST, "took {took:?}");
        assert_eq!(opened.spec.is_none(), opened.problems.has_errors(), "{shown}");
        (opened, shown)
    }

    /// Checks that `demo.yaml` is refused with this text.
    fn refuses(&self, bytes: impl AsRef<[u8]>, words: &str) {
        self.0.write("demo.yaml", bytes);
        let (opened, shown) = self.open();
        assert!(opened.spec.is_none() && shown.contains(words), "{words}: {shown}");
    }

    /// Checks that `demo.yaml` is accepted.
    fn takes(&self, bytes: impl AsRef<[u8]>) {
        self.0.write("demo.yaml", bytes);
        let (opened, shown) = self.open();
        assert!(opened.spec.is_some(), "{shown}");
    }
}

/// `demo.yaml` with these items.
fn with(items: &str) -> String {
    format!("{HEAD}items:\n{items}")
}

const PLAIN: &str =
    "  - constants: limit\n    doc: Limits.\n    values:\n      DEMO_LIMIT: 1, one\n";

#[test]
fn aliases_cannot_grow() {
    let hostile = Hostile::demo();
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, before) in ('b'..='z').zip('a'..) {
        let aliases = vec![format!("*{before}"); 8].join(", ");
        bomb += &format!("{name}: &{name} [{aliases}]\n");
    }
    hostile.refuses(&bomb, "an anchor is not allowed");
    hostile.refuses("title: *nowhere\n", "V00");
    let merge = PLAIN.replace("doc:", "<<: {doc: Merged.}\n    doc:");
    hostile.refuses(with(&merge), "unknown key `<<`");
}

#[test]
fn nesting_is_bounded() {
    let hostile = Hostile::demo();
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("[{a: ", "}]"), ("- ", ""), ("? ", "")] {
        for depth in [100, 20_000] {
            let text = format!("{HEAD}items: {}x{}\n", open.repeat(depth), close.repeat(depth));
            hostile.refuses(&text, "error[V00");
            hostile.refuses(text.trim_end_matches(['\n', ']', '}']), "error[V00");
        }
    }
    let mut deep = HEAD.to_owned();
    for depth in 0..1500 {
        deep += &" ".repeat(depth);
        deep += "a:\n";
    }
    hostile.refuses(&deep, "error[V00");
}

#[test]
fn long_lists_are_cut_off() {
    let hostile = Hostile::demo();
    let (flow, block) = ("a,", "- a\n");
    for (count, words) in [(1_000_000, "more than 200000 values"), (20_000, "... and 19900 more")] {
        hostile.refuses(format!("{HEAD}items: [{}]\n", flow.repeat(count)), words);
        hostile.refuses(format!("{HEAD}items:\n{}", block.repeat(count)), words);
    }
}

#[test]
fn large_texts_are_taken_or_refused() {
    let hostile = Hostile::demo();
    let long = "x".repeat(3 << 20);
    hostile.takes(with(&PLAIN.replace("one", &long)));
    hostile.takes(with(&PLAIN.replace("Limits.", &format!("|\n      {long}"))));
    hostile.takes(with(&PLAIN.replace("Limits.", &format!("\"{long}\""))));
    hostile.refuses(with(&PLAIN.replace("DEMO_LIMIT", &long)), "error[V001]");
    hostile.refuses(with(&PLAIN.replace("DEMO_LIMIT", &long[..900])), "is not a usable name");
    hostile.refuses(with(&PLAIN.replace("1, one", &format!("{long}, one"))), "expected a number");
    hostile.refuses("x".repeat((4 << 20) + 1), "bytes, more than 4194304");
}

#[test]
fn odd_bytes_are_refused_or_read() {
    let hostile = Hostile::demo();
    let plain = with(PLAIN);
    hostile.takes(&plain);
    hostile.takes(format!("\u{feff}{plain}"));
    hostile.takes(plain.replace('\n', "\r\n"));
    hostile.takes(plain.replace("Limits.", "Gränser — µ𝄞."));
    hostile.refuses(plain.replace("Limits", "Lim\0its"), "error[V0");
    hostile.refuses(plain.replace("Limits", "Lim\u{1b}its"), "error[V0");
    hostile.refuses(plain.replace("    doc", "\tdoc"), "error[V001]");
    hostile.refuses([plain.as_bytes(), b"# \xff\xfe\n"].concat(), "it is not UTF-8 text");
    hostile.refuses(plain.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(), "V00");
    hostile.refuses("", "the file is empty");
    hostile.refuses("\n\n# nothing\n", "the file is empty");
    hostile.refuses("---\n...\n", "error[V00");
    hostile.refuses("just a text", "expected a mapping, found `just a text`");
    hostile.refuses(format!("{plain}---\n{plain}"), "a second document is not allowed");
    hostile.refuses(plain.replace("Limits.", "!!binary Limits."), "a tag is not allowed");
    hostile.refuses(plain.replace("Limits.", "!evil {a: b}"), "a tag is not allowed");
}

#[test]
fn folders_are_read_with_care() {
    let open = |folder: PathBuf| {
        let opened = capchain::open(&Origin::Folder(folder), &[]);
        assert!(opened.spec.is_none());
        opened.problems.render(&opened.sources, false)
    };
    let empty = tempfile::tempdir().expect("a folder");
    assert!(
        open(empty.path().to_owned()).contains("abi.yaml cannot be read: the file does not exist")
    );
    assert!(open(empty.path().join("missing")).contains("the file does not exist"));
    let hostile = Hostile::demo();
    hostile.refuses_folder();
    let overlay = hostile.0.path().join("missing.yaml");
    hostile.0.write("demo.yaml", with(PLAIN));
    let opened = capchain::open(&Origin::Folder(hostile.0.path().to_owned()), &[overlay]);
    assert!(opened.spec.is_none() && opened.problems.has_errors());
}

impl Hostile {
    /// A folder is not a file.
    fn refuses_folder(&self) {
        fs::create_dir(self.0.path().join("demo.yaml")).expect("a folder");
        let (opened, shown) = self.open();
        assert!(opened.spec.is_none() && shown.contains("demo.yaml cannot be read"), "{shown}");
        fs::remove_dir(self.0.path().join("demo.yaml")).expect("a folder");
    }
}

#[test]
fn ten_thousand_errors_are_shown_in_a_second() {
    let hostile = Hostile::demo();
    let mut items = "  - struct: demo_many\n    doc: Many.\n    fields:\n".to_owned();
    for index in 0..900 {
        items += &format!("      field_{index}: demo_info_{index}, none of these exists\n");
    }
    items += "  - constants: many\n    doc: Many.\n    values:\n";
    for index in 0..10_000 {
        items += &format!("      DEMO_MANY_{index}: {{value: {index}, bit: 40, doc: \"`\"}}\n");
    }
    let start = cpu_time();
    hostile.refuses(with(&items), "... and ");
    let most = if cfg!(debug_assertions) { 10 } else { 1 };
    let took = cpu_time() - start;
    assert!(took < Duration::from_secs(most), "took {took:?}");
    // The same on one line.
    let entries: Vec<_> = (0..10_000).map(|index| format!("DEMO_{index}: {{doc: a}}")).collect();
    let line = format!("  - {{constants: many, doc: Many., values: {{{}}}}}\n", entries.join(", "));
    let start = cpu_time();
    hostile.refuses(with(&line), "... and 9900 more");
    let took = cpu_time() - start;
    assert!(took < Duration::from_secs(most), "took {took:?}");
}

#[test]
fn every_piece_of_a_file_is_refused_or_read() {
    let hostile = Hostile(SpecFolder::copy_of("codegen/tests/specs/hard_cases"));
    let whole = fs::read(hostile.0.path().join("history.yaml")).expect("a file");
    for end in (0..whole.len()).step_by(97) {
        hostile.0.write("history.yaml", &whole[..end]);
        checked(&hostile.open().0);
    }
    let hostile = Hostile(SpecFolder::vfio());
    let whole = fs::read(hostile.0.path().join("region_info.yaml")).expect("a file");
    for end in (0..whole.len()).step_by(97 * 7) {
        hostile.0.write("region_info.yaml", &whole[..end]);
        checked(&hostile.open().0);
    }
}

/// A specification that loads can be lowered, as of any release.
fn checked(opened: &Opened) {
    let Some(spec) = &opened.spec else { return };
    let releases = spec.releases();
    let some = releases.iter().step_by(releases.len().div_ceil(5));
    for release in some.chain(releases.last()) {
        let abi = lower(spec, Some(*release));
        assert_eq!(abi.release, *release);
    }
}

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }
}

/// The number of changed files that `.ci/run` tries.
const SAMPLE: usize = 120;

/// Bytes with a meaning in YAML or in the format.
const ODD: &[u8] = b"-:,{}[]'\"#&*!|>%@`\t\n 0129vVaA_";

#[test]
fn changed_bytes_are_refused_or_read() {
    let hostile = Hostile(SpecFolder::copy_of("codegen/tests/specs/hard_cases"));
    let whole = fs::read(hostile.0.path().join("history.yaml")).expect("a file");
    let mut random = Random(0x5eed);
    let mut read = 0;
    for _ in 0..rounds(SAMPLE) {
        let mut bytes = whole.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len());
            match random.below(3) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => bytes[at] = ODD[random.below(ODD.len())],
                _ => drop(bytes.remove(at)),
            }
        }
        hostile.0.write("history.yaml", &bytes);
        let (opened, _) = hostile.open();
        read += usize::from(opened.spec.is_some());
        checked(&opened);
    }
    assert!(read * 20 > rounds(SAMPLE), "only {read} were read");
}

#[test]
fn changed_words_and_lines_are_refused_or_read() {
    let hostile = Hostile(SpecFolder::copy_of("codegen/tests/specs/hard_cases"));
    let whole = fs::read_to_string(hostile.0.path().join("history.yaml")).expect("a file");
    let mut random = Random(0x0dd);
    let mut read = 0;
    for _ in 0..rounds(SAMPLE) {
        let mut lines: Vec<_> = whole.lines().map(str::to_owned).collect();
        let (at, other) = (random.below(lines.len()), random.below(lines.len()));
        match random.below(5) {
            0 => drop(lines.remove(at)),
            1 => lines.swap(at, other),
            2 => lines.insert(at, lines[other].clone()),
            _ => {
                let word = random_word(&lines[other], &mut random);
                let old = random_word(&lines[at], &mut random);
                lines[at] = lines[at].replacen(&old, &word, 1);
            }
        }
        hostile.0.write("history.yaml", lines.join("\n"));
        let (opened, _) = hostile.open();
        read += usize::from(opened.spec.is_some());
        checked(&opened);
    }
    assert!(read * 20 > rounds(SAMPLE), "only {read} were read");
}

/// A name, a number or a release of a line.
fn random_word(line: &str, random: &mut Random) -> String {
    let part = |letter: char| !letter.is_ascii_alphanumeric() && !"_.-".contains(letter);
    let words: Vec<_> = line.split(part).filter(|word| !word.is_empty()).collect();
    words.get(random.below(words.len())).copied().unwrap_or("x").to_owned()
}

#[test]
fn releases_without_end_are_refused() {
    let hostile = Hostile::demo();
    hostile.0.write("demo.yaml", with(PLAIN));
    let abi = fs::read_to_string(hostile.0.path().join("abi.yaml")).expect("a file");
    hostile.0.write("abi.yaml", abi.replace("v1.0..v1.9", "v1.0..v1.65535"));
    assert!(hostile.open().1.contains("more than 1000 releases"));
    assert!("v1.0".parse::<Release>().is_ok());
}
