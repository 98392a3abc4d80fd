//! Files that nobody writes on purpose, or only an attacker: they are refused
//! or read, never by a panic and never after seconds.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use capchain::Opened;
use capchain::lower::lower;
use capchain::release::Release;
use capchain::spec::load::Origin;
use support::fixtures;
use tempfile::TempDir;

/// The time that no file may take; debug builds are slow.
const MOST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 2 });

/// The keys that every file starts with.
const HEAD: &str = "title: A\ndoc: B.\nheader: demo\nsince: v1.0\nsource: demo.h\n";

/// A specification with one file that is not as it should be.
struct Bench {
    folder: TempDir,
}

impl Bench {
    /// The specification of the catalogue's examples, with a file `demo`.
    fn demo() -> Self {
        Self::of("codegen/tests/specs/demo")
    }

    fn of(folder: &str) -> Self {
        let bench = Self { folder: tempfile::tempdir().expect("a folder") };
        for path in fixtures::yaml_files(&fixtures::root().join(folder)) {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            bench.write(&name, fs::read(&path).expect("a file"));
        }
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).expect("a file to write");
    }

    /// Opens the specification and shows what is wrong with it.
    fn open(&self) -> (Opened, String) {
        let start = Instant::now();
        let opened = capchain::open(&Origin::Folder(self.folder.path().to_owned()), &[]);
        let shown = opened.problems.render(&opened.sources, false);
        opened.problems.records(&opened.sources);
        assert!(start.elapsed() < MOST, "took {:?}", start.elapsed());
        assert_eq!(opened.spec.is_none(), opened.problems.has_errors(), "{shown}");
        (opened, shown)
    }

    /// Checks that `demo.yaml` is refused in these words.
    fn refuses(&self, bytes: impl AsRef<[u8]>, words: &str) {
        self.write("demo.yaml", bytes);
        let (opened, shown) = self.open();
        assert!(opened.spec.is_none() && shown.contains(words), "{words}: {shown}");
    }

    /// Checks that `demo.yaml` is taken.
    fn takes(&self, bytes: impl AsRef<[u8]>) {
        self.write("demo.yaml", bytes);
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
    let bench = Bench::demo();
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, before) in ('b'..='z').zip('a'..) {
        let aliases = vec![format!("*{before}"); 8].join(", ");
        bomb += &format!("{name}: &{name} [{aliases}]\n");
    }
    bench.refuses(&bomb, "an anchor has no place");
    bench.refuses("title: *nowhere\n", "V00");
    let merge = PLAIN.replace("doc:", "<<: {doc: Merged.}\n    doc:");
    bench.refuses(with(&merge), "unknown key `<<`");
}

#[test]
fn nesting_is_bounded() {
    let bench = Bench::demo();
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("[{a: ", "}]"), ("- ", ""), ("? ", "")] {
        for depth in [100, 20_000] {
            let text = format!("{HEAD}items: {}x{}\n", open.repeat(depth), close.repeat(depth));
            bench.refuses(&text, "error[V00");
            bench.refuses(text.trim_end_matches(['\n', ']', '}']), "error[V00");
        }
    }
    let mut deep = HEAD.to_owned();
    for depth in 0..1500 {
        deep += &" ".repeat(depth);
        deep += "a:\n";
    }
    bench.refuses(&deep, "error[V00");
}

#[test]
fn long_lists_are_cut_off() {
    let bench = Bench::demo();
    let million = 1_000_000;
    bench.refuses(format!("{HEAD}items: [{}]\n", "a,".repeat(million)), "more than 200000 values");
    bench.refuses(format!("{HEAD}items:\n{}", "- a\n".repeat(million)), "more than 200000 values");
    bench.refuses(format!("{HEAD}items:\n{}", "- a\n".repeat(100_000)), "... and 99900 more");
    bench.refuses(format!("{HEAD}items: [{}]\n", "a,".repeat(100_000)), "... and 99900 more");
}

#[test]
fn large_texts_are_taken_or_refused() {
    let bench = Bench::demo();
    let long = "x".repeat(3 << 20);
    bench.takes(with(&PLAIN.replace("one", &long)));
    bench.takes(with(&PLAIN.replace("Limits.", &format!("|\n      {long}"))));
    bench.takes(with(&PLAIN.replace("Limits.", &format!("\"{long}\""))));
    bench.refuses(with(&PLAIN.replace("DEMO_LIMIT", &long)), "error[V001]");
    bench.refuses(with(&PLAIN.replace("DEMO_LIMIT", &long[..900])), "is not a usable name");
    bench.refuses(with(&PLAIN.replace("1, one", &format!("{long}, one"))), "expected a number");
    bench.refuses("x".repeat((4 << 20) + 1), "bytes, more than 4194304");
}

#[test]
fn odd_bytes_are_refused_or_read() {
    let bench = Bench::demo();
    let plain = with(PLAIN);
    bench.takes(&plain);
    bench.takes(format!("\u{feff}{plain}"));
    bench.takes(plain.replace('\n', "\r\n"));
    bench.takes(plain.replace("Limits.", "Gränser — µ𝄞."));
    bench.refuses(plain.replace("Limits", "Lim\0its"), "error[V0");
    bench.refuses(plain.replace("Limits", "Lim\u{1b}its"), "error[V0");
    bench.refuses(plain.replace("    doc", "\tdoc"), "error[V001]");
    bench.refuses([plain.as_bytes(), b"# \xff\xfe\n"].concat(), "it is not UTF-8 text");
    bench.refuses(plain.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(), "V00");
    bench.refuses("", "the file is empty");
    bench.refuses("\n\n# nothing\n", "the file is empty");
    bench.refuses("---\n...\n", "error[V00");
    bench.refuses("just a text", "expected a mapping, found `just a text`");
    bench.refuses(format!("{plain}---\n{plain}"), "a second document has no place");
    bench.refuses(plain.replace("Limits.", "!!binary Limits."), "a tag has no place");
    bench.refuses(plain.replace("Limits.", "!evil {a: b}"), "a tag has no place");
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
        open(empty.path().to_owned()).contains("abi.yaml cannot be read: there is no such file")
    );
    assert!(open(empty.path().join("missing")).contains("there is no such file"));
    let bench = Bench::demo();
    bench.refuses_folder();
    let overlay = bench.path("missing.yaml");
    bench.write("demo.yaml", with(PLAIN));
    let opened = capchain::open(&Origin::Folder(bench.folder.path().to_owned()), &[overlay]);
    assert!(opened.spec.is_none() && opened.problems.has_errors());
}

impl Bench {
    /// A folder is no file, whatever it is called.
    fn refuses_folder(&self) {
        fs::create_dir(self.path("demo.yaml")).expect("a folder");
        let (opened, shown) = self.open();
        assert!(opened.spec.is_none() && shown.contains("demo.yaml cannot be read"), "{shown}");
        fs::remove_dir(self.path("demo.yaml")).expect("a folder");
    }
}

#[test]
fn ten_thousand_errors_are_shown_in_a_second() {
    let bench = Bench::demo();
    let mut items = "  - struct: demo_many\n    doc: Many.\n    fields:\n".to_owned();
    for index in 0..900 {
        items += &format!("      field_{index}: demo_info_{index}, none of these exists\n");
    }
    items += "  - constants: many\n    doc: Many.\n    values:\n";
    for index in 0..10_000 {
        items += &format!("      DEMO_MANY_{index}: {{value: {index}, bit: 40, doc: \"`\"}}\n");
    }
    let start = Instant::now();
    bench.refuses(with(&items), "... and ");
    let most = if cfg!(debug_assertions) { 10 } else { 1 };
    assert!(start.elapsed() < Duration::from_secs(most), "took {:?}", start.elapsed());
    // The same on one line.
    let entries: Vec<_> = (0..10_000).map(|index| format!("DEMO_{index}: {{doc: a}}")).collect();
    let line = format!("  - {{constants: many, doc: Many., values: {{{}}}}}\n", entries.join(", "));
    let start = Instant::now();
    bench.refuses(with(&line), "... and 9900 more");
    assert!(start.elapsed() < Duration::from_secs(most), "took {:?}", start.elapsed());
}

#[test]
fn every_piece_of_a_file_is_refused_or_read() {
    let bench = Bench::of("codegen/tests/specs/hard_cases");
    let whole = fs::read(bench.path("history.yaml")).expect("a file");
    for end in (0..whole.len()).step_by(97) {
        bench.write("history.yaml", &whole[..end]);
        checked(&bench.open().0);
    }
    let bench = Bench::of("spec/vfio");
    let whole = fs::read(bench.path("region_info.yaml")).expect("a file");
    for end in (0..whole.len()).step_by(97 * 7) {
        bench.write("region_info.yaml", &whole[..end]);
        checked(&bench.open().0);
    }
}

/// What loads can be lowered, as of any release.
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

/// Bytes that mean something in YAML or in the format.
const ODD: &[u8] = b"-:,{}[]'\"#&*!|>%@`\t\n 0129vVaA_";

#[test]
fn changed_bytes_are_refused_or_read() {
    let bench = Bench::of("codegen/tests/specs/hard_cases");
    let whole = fs::read(bench.path("history.yaml")).expect("a file");
    let mut random = Random(0x5eed);
    let mut read = 0;
    for _ in 0..2000 {
        let mut bytes = whole.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len());
            match random.below(3) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => bytes[at] = ODD[random.below(ODD.len())],
                _ => drop(bytes.remove(at)),
            }
        }
        bench.write("history.yaml", &bytes);
        let (opened, _) = bench.open();
        read += usize::from(opened.spec.is_some());
        checked(&opened);
    }
    assert!(read > 100, "only {read} were read");
}

#[test]
fn changed_words_and_lines_are_refused_or_read() {
    let bench = Bench::of("codegen/tests/specs/hard_cases");
    let whole = fs::read_to_string(bench.path("history.yaml")).expect("a file");
    let mut random = Random(0x0dd);
    let mut read = 0;
    for _ in 0..2000 {
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
        bench.write("history.yaml", lines.join("\n"));
        let (opened, _) = bench.open();
        read += usize::from(opened.spec.is_some());
        checked(&opened);
    }
    assert!(read > 100, "only {read} were read");
}

/// A name, a number or a release of a line.
fn random_word(line: &str, random: &mut Random) -> String {
    let part = |letter: char| !letter.is_ascii_alphanumeric() && !"_.-".contains(letter);
    let words: Vec<_> = line.split(part).filter(|word| !word.is_empty()).collect();
    words.get(random.below(words.len())).copied().unwrap_or("x").to_owned()
}

#[test]
fn releases_without_end_are_refused() {
    let bench = Bench::demo();
    bench.write("demo.yaml", with(PLAIN));
    let abi = fs::read_to_string(bench.path("abi.yaml")).expect("a file");
    bench.write("abi.yaml", abi.replace("v1.0..v1.9", "v1.0..v1.65535"));
    assert!(bench.open().1.contains("more than 1000 releases"));
    assert!("v1.0".parse::<Release>().is_ok());
}
