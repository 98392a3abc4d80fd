//! The diagonal of the matrix, compiled: the generated crates and headers of
//! neighbouring releases, and of the oldest and the newest, in one program. The
//! builder of one release writes for the reader of the other: every profile,
//! every set of capabilities, every argsz up to the full reply and beyond. Of the releases in
//! between, a sample: those near the candidate in which two capabilities have one id; with
//! CAPCHAIN_WHOLE all of them. `quick/matrix.rs` covers all pairs by the model.

mod diagonal;
mod job;
mod judge;
mod lines;
mod program;

use std::path::Path;
use std::sync::Mutex;

use diagonal::Era;
use judge::Counts;
use program::{LANGUAGES, Language};
use support::fixtures;
use support::groups::{Group, skip};
use support::sample::whole;

/// The candidate in which two capabilities have one id.
const DUPLICATE: &str = "v5.8-rc2";

/// What an answer is changed in, so that the judge must refuse it.
const TAMPERED: [(&str, &str); 8] = [
    ("from 16 ", "from 17 "),
    ("refused", "touched 40"),
    ("argsz=same", "argsz=7"),
    ("\nneed=none", "\nneed=7"),
    ("\nfixed ", "\nfixed x"),
    ("\n  ", "\n  x"),
    (" version=1 ", " version=2 "),
    ("name=?", "name=X"),
];

/// The result of a pair in a language.
struct Outcome {
    old: String,
    new: String,
    language: Language,
    jobs: usize,
    counts: Counts,
    /// Readings that differ from the written values: the writer, the chain, and the difference.
    mismatches: Vec<(&'static str, String, String)>,
    answers: Vec<String>,
}

/// Calls for every item, on as many threads as the machine has.
fn side_by_side<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let (items, done) = (Mutex::new(items.into_iter().enumerate()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        let worker = || {
            while let Some((index, item)) = { items.lock().expect("no panic").next() } {
                let result = work(item);
                done.lock().expect("no panic").push((index, result));
            }
        };
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        (0..workers).for_each(|_| drop(scope.spawn(worker)));
    });
    let mut done = done.into_inner().expect("no panic");
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Runs both directions of a pair and judges what was read.
fn outcome(root: &Path, old: &Era, new: &Era, language: Language) -> Outcome {
    let program = program::link(root, old, new, language);
    let directions = [("old", old, new), ("new", new, old)];
    let mut jobs = Vec::new();
    for (word, writer, reader) in directions {
        jobs.extend(job::all(&writer.abi).into_iter().map(|job| (word, reader, job)));
    }
    let lines: Vec<_> = jobs.iter().map(|(word, _, job)| job.line(word)).collect();
    let answers = program::run(&program, &lines);
    let (mut counts, mut mismatches) = (Counts::default(), Vec::new());
    for ((word, reader, job), answer) in jobs.iter().zip(&answers) {
        if let Err(what) = judge::judge(&reader.abi, job, answer, &mut counts) {
            let caps: Vec<_> = job.caps.iter().map(|(cap, _)| cap.name.as_str()).collect();
            let what = format!("{} {caps:?}: {what}", job.named.name);
            mismatches.push((*word, job.named.chain.name.clone(), what));
            continue;
        }
        for (from, to) in TAMPERED {
            let changed = answer.replacen(from, to, 1);
            let found = judge::judge(&reader.abi, job, &changed, &mut Counts::default()).is_err();
            assert!(found || changed == *answer, "{to} is not found in\n{changed}");
        }
    }
    let (old, new) = (old.title.clone(), new.title.clone());
    Outcome { old, new, language, jobs: jobs.len(), counts, mismatches, answers }
}

#[test]
fn compiled_readers_and_writers_of_other_releases_agree() {
    if cfg!(target_endian = "big") {
        skip(Group::LittleEndian, "the sample capabilities are little-endian");
        return;
    }
    let proposal = fixtures::root().join("spec/vfio/proposals/irq_info_caps.yaml");
    let invented = fixtures::root().join("codegen/tests/matrix_compiled/invented.yaml");
    let eras = sampled(diagonal::eras(&[&proposal, &invented]));
    let structs = diagonal::hosts(&eras);
    let root = tempfile::tempdir().expect("a folder");
    side_by_side(eras.iter().collect(), |era: &Era| {
        program::compile(root.path(), era, &structs);
    });
    let pairs = diagonal::pairs(&eras);
    let mut tasks = Vec::new();
    for (old, new) in &pairs {
        tasks.extend(LANGUAGES.map(|language| (&eras[*old], &eras[*new], language)));
    }
    let outcomes =
        side_by_side(tasks, |(old, new, language)| outcome(root.path(), old, new, language));
    outcomes.iter().for_each(told);
    let sum = |of: fn(&Counts) -> u64| outcomes.iter().map(|one| of(&one.counts)).sum::<u64>();
    println!(
        "{} pairs, each in {LANGUAGES:?}: {} sets, {} values of argsz, {} replies, {} bytes \
         compared",
        pairs.len(),
        outcomes.iter().map(|one| one.jobs).sum::<usize>(),
        sum(|counts| counts.argsz),
        sum(|counts| counts.replies),
        sum(|counts| counts.bytes)
    );
    outcomes.chunks(LANGUAGES.len()).for_each(alike);
    for one in &outcomes {
        match one.old == DUPLICATE || one.new == DUPLICATE {
            true => taken_for_another(one),
            false => assert!(one.mismatches.is_empty(), "{} {}", one.old, one.new),
        }
    }
    assert!(pairs.len() > if whole() { 10 } else { 5 }, "{pairs:?}");
}

/// The oldest release, the candidate with its neighbours, the newest release, and the newest
/// with overlays; with CAPCHAIN_WHOLE all of them.
fn sampled(eras: Vec<Era>) -> Vec<Era> {
    let candidate = eras.iter().position(|era| era.title == DUPLICATE).expect("the candidate");
    let taken = [0, candidate - 1, candidate, candidate + 1, eras.len() - 2, eras.len() - 1];
    let numbered = eras.into_iter().enumerate();
    numbered.filter(|(number, _)| whole() || taken.contains(number)).map(|(_, era)| era).collect()
}

/// Prints what was tried.
fn told(one: &Outcome) {
    let Counts { argsz, replies, bytes } = one.counts;
    println!(
        "{} and {} in {:?}: {} sets of capabilities, {argsz} values of argsz, {replies} \
         replies, {bytes} bytes compared, {} sets misread",
        one.old,
        one.new,
        one.language,
        one.jobs,
        one.mismatches.len()
    );
    for (writer, chain, what) in one.mismatches.iter().take(1) {
        println!("  {writer} writes, {chain}: {what}");
    }
}

/// The languages that were tried on a pair wrote and read the same.
fn alike(outcomes: &[Outcome]) {
    for pair in outcomes.windows(2) {
        let [one, two] = pair else { continue };
        for (index, (left, right)) in one.answers.iter().zip(&two.answers).enumerate() {
            assert!(left == right, "{} {} {index}:\n{left}\n{right}", one.old, one.new);
        }
    }
}

/// The id that two capabilities had in one candidate: programs and kernels built
/// with its headers take one for the other. Everything else is read correctly.
fn taken_for_another(one: &Outcome) {
    for (_, chain, what) in &one.mismatches {
        assert!(chain == "type1" && what.contains("_CAP_MIGRATION"), "{what}");
    }
    for writer in ["old", "new"] {
        let knows = one.mismatches.iter().any(|(word, ..)| *word == writer);
        let candidate_writes = (writer == "old") == (one.old == DUPLICATE);
        let other_has_migration = one.old == DUPLICATE;
        // Releases before it have no such capability to be misread.
        let must = candidate_writes || other_has_migration;
        assert!(!must || knows, "{} and {}: {writer} is not misread", one.old, one.new);
    }
}
