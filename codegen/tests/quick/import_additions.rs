//! `capchain import` on headers with random additions: its output covers them,
//! whether it is pasted, written or used as an overlay.

use std::collections::BTreeMap;
use std::fs;

use capchain::Opened;
use capchain::diagnostic::{Code, Sources};
use capchain::drift::drift;
use capchain::emit::kernel_header;
use capchain::header::{self, Outside};
use capchain::import::{Import, import};
use capchain::ir::Abi;
use capchain::lint::lint;
use capchain::lower::lower;
use support::apply_import::paste;
use support::fixtures;
use support::random::{Random, rounds};
use support::random_additions::{KINDS, add};
use support::spec_folder::SpecFolder;

/// Findings about what no header has and a person has to add: handlers and where a chain
/// starts, which member of a union is valid, and documentation.
const DRAFTS: [&str; 4] = ["L20", "L23", "L25", "L28"];

/// A header with random additions, and the ABI of its release.
struct Grown {
    text: String,
    reference: Abi,
}

impl Grown {
    /// Differences between the header and a specification, in the order of the header.
    fn drift(&self, opened: &Opened) -> String {
        let spec = opened.spec.as_ref().expect("a specification");
        let (abi, newest) = (lower(spec, Some(self.reference.release)), lower(spec, None));
        let mut sources = Sources::default();
        let files = [sources.add("vfio.h".to_owned(), self.text.clone())];
        let given = header::given(&newest, &sources, &files).expect("a known header");
        let read = header::read(&sources, &files, &Outside::of(&newest, &given));
        drift(&read.facts, &abi, &newest, &given).findings.render(&sources, false)
    }

    /// Imports the header into a specification, and hands the result on.
    fn imported<T>(&self, copy: &SpecFolder, used: impl Fn(&Import<'_>, &Sources) -> T) -> T {
        let mut opened = copy.open(&[]);
        let spec = opened.spec.take().expect("a specification");
        let newest = lower(&spec, None);
        let file = opened.sources.add("vfio.h".to_owned(), self.text.clone());
        let given = header::given(&newest, &opened.sources, &[file]).expect("a known header");
        let read = header::read(&opened.sources, &[file], &Outside::of(&newest, &given));
        let problems = read.problems.render(&opened.sources, false);
        assert!(!read.problems.has_errors(), "{problems}");
        let abi = lower(&spec, Some(self.reference.release));
        let folder = copy.path().display().to_string();
        let found = import(&read.facts, spec.spec(), (&newest, &abi), &given, &folder);
        assert_eq!(found.left, []);
        used(&found, &opened.sources)
    }

    /// Everything that is wrong with a specification that has the additions: it must load,
    /// have no findings but drafts, and no drift.
    fn faults(&self, opened: &Opened) -> Vec<String> {
        let Some(spec) = &opened.spec else {
            return vec![opened.problems.render(&opened.sources, false)];
        };
        let found = lint(&lower(spec, Some(self.reference.release)));
        let before = lint(&self.reference);
        let known: Vec<_> = before.sorted().iter().map(|one| one.message.clone()).collect();
        let found = found
            .sorted()
            .into_iter()
            .filter(|one| !DRAFTS.map(Code).contains(&one.code) && !known.contains(&one.message));
        let mut faults: Vec<_> =
            found.map(|one| format!("{}: {}", one.code.0, one.message)).collect();
        faults.push(self.drift(opened));
        faults.retain(|fault| !fault.is_empty());
        faults
    }
}

#[test]
fn random_additions_are_covered_in_every_way() {
    let reference = lower(&fixtures::spec(), None);
    let header = kernel_header(&reference, 0);
    let (mut counts, mut faults) = (BTreeMap::<&str, usize>::new(), Vec::new());
    let mut judge = |round: usize, way: &str, found: Vec<String>, yaml: &str| {
        faults.extend(found.iter().map(|fault| format!("{round}, {way}: {fault}")));
        if !found.is_empty() {
            println!("{round}, {way}:\n{yaml}");
        }
    };
    let rounds = rounds(3);
    for round in 1..=rounds {
        let mut random = Random(round as u64);
        // The first numbers of similar seeds are similar.
        (0..20).for_each(|_| _ = random.next());
        let count = 1 + random.below(6);
        let (text, kinds) = add(&header, count, random);
        kinds.into_iter().for_each(|kind| *counts.entry(kind).or_default() += 1);
        let grown = Grown { text, reference: reference.clone() };

        let pasted = SpecFolder::vfio();
        let text = grown.imported(&pasted, |found, _| found.text());
        paste(&text);
        judge(round, "pasted", grown.faults(&pasted.open(&[])), &text);

        let written = SpecFolder::vfio();
        grown.imported(&written, |found, sources| {
            for edited in found.edited(sources).expect("files") {
                fs::write(sources.path(edited.file), edited.text).expect("a file");
            }
        });
        judge(round, "written", grown.faults(&written.open(&[])), &text);

        let plain = SpecFolder::vfio();
        let overlay = grown.imported(&plain, |found, _| found.overlay("vfio.h").expect("one file"));
        let path = plain.write("additions.overlay", &overlay);
        judge(round, "overlay", grown.faults(&plain.open(&[path])), &overlay);
    }
    println!("{counts:?}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(rounds < 100 || counts.len() == KINDS.len());
}

/// An entry can come after one that is an addition too, with other additions between them.
#[test]
fn an_addition_is_written_after_another_one() {
    let reference = lower(&fixtures::spec(), None);
    let header = kernel_header(&reference, 0);
    let added = "#define VFIO_DEVICE_FEATURE_ONE\t90\n\n\
        #define VFIO_REGION_TYPE_NEW\t91\n\n\
        #define VFIO_DEVICE_FEATURE_TWO\t92\n";
    let grown = Grown { text: header + added, reference };
    let written = SpecFolder::vfio();
    grown.imported(&written, |found, sources| {
        for edited in found.edited(sources).expect("lists of own lines") {
            fs::write(sources.path(edited.file), edited.text).expect("a file");
        }
    });
    let faults = grown.faults(&written.open(&[]));
    assert!(faults.is_empty(), "{faults:?}");
}
