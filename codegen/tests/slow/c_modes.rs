//! The C header in every build mode, on the vectors and on damaged copies of
//! them: with sanitizers, for 32 bits and for a big-endian processor.

use std::fs;
use std::process::Stdio;

use capchain::dump;
use capchain::ir::Abi;
use capchain::layout::{Model, TARGETS, Target};
use capchain::lower::lower;
use support::build_modes::{Mode, modes};
use support::compilers::Workdir;
use support::implementations::{Case, decoded, run, target};
use support::process::succeed;
use support::random::Random;
use support::{c_program, fuzz_program};
use support::{fixtures, fuzz_seeds};

/// The number of damaged copies of each vector.
const COPIES: usize = 30;

/// A case, and the answer.
type Known = (Case, String);

/// The vectors of a chain that the header can read: those of 64-bit machines.
fn vectors(chain: &str) -> Vec<Known> {
    let path = fixtures::root().join(format!("codegen/tests/vectors/{chain}.yaml"));
    let text = fs::read_to_string(path).expect("the vectors of the chain");
    let file: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
    let mut known = Vec::new();
    for case in file["cases"].as_sequence().expect("cases") {
        let target = target(case["target"].as_str().unwrap_or("x86_64"));
        let dump = dump::read(case["bytes"].as_str().expect("bytes").as_bytes(), false);
        let bytes = dump.map_or_else(|_| Vec::new(), |dump| dump.bytes().to_vec());
        let expect = case["expect"].as_str().expect("a text").to_owned();
        if target.model == Model::Lp64 {
            known.push((Case { chain: chain.to_owned(), target, bytes }, expect));
        }
    }
    known
}

/// Vectors, and damaged copies of them in both byte orders, with the result of `decode`.
fn cases(abi: &Abi) -> (Vec<Known>, Vec<Known>) {
    let vectors: Vec<_> = abi.chains.iter().flat_map(|chain| vectors(&chain.name)).collect();
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut damaged = Vec::new();
    let big = target("s390x");
    for (case, _) in &vectors {
        let mut seeds = vec![case.clone()];
        seeds.extend(swapped(case, big).map(|bytes| Case { bytes, target: big, ..case.clone() }));
        for seed in seeds.iter().flat_map(|seed| std::iter::repeat_n(seed, COPIES)) {
            let case = Case { bytes: random.damage(&seed.bytes), ..seed.clone() };
            let expect = decoded(abi, &case).expect("a chain of this ABI");
            damaged.push((case, expect));
        }
    }
    (vectors, damaged)
}

/// The bytes of a little-endian case with each 32-bit number reversed: not a reply
/// of a big-endian machine, but similar enough for a long walk.
fn swapped(case: &Case, big: &Target) -> Option<Vec<u8>> {
    assert!(big.big_endian, "{} is not big-endian", big.name);
    let turned = |word: &[u8]| word.iter().rev().copied().collect::<Vec<_>>();
    let mut bytes = case.bytes.chunks(4).flat_map(turned).collect::<Vec<_>>();
    // In a header, two numbers of 16 bits share a word.
    for at in (16..bytes.len().saturating_sub(3)).step_by(4) {
        if bytes[at] == 0 && bytes[at + 1] != 0 && bytes[at + 2] == 0 {
            bytes.swap(at + 1, at + 3);
            bytes.swap(at, at + 2);
        }
    }
    (!case.target.big_endian).then_some(bytes)
}

/// The path of a program in a mode.
fn binary(name: &str, mode: &Mode) -> String {
    format!("./{name}-{}", mode.name)
}

/// Compiles a program in a mode.
fn compile(workdir: &Workdir, mode: &Mode, sources: &[&str], name: &str) {
    let mut command = workdir.command(mode.compiler);
    command.args(["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-DRECORDS", "-I."]);
    succeed(command.args(mode.arguments).args(sources).args(["-o", &binary(name, mode)]));
}

#[test]
fn the_header_says_the_same_in_every_mode() {
    let abi = lower(&fixtures::spec(), None);
    let (vectors, damaged) = cases(&abi);
    let workdir = Workdir::new(&capchain::emit::c_header(&abi).contents);
    c_program::write(workdir.folder(), &abi);
    let (mut vector_answers, mut both_orders) = (0, [false; 2]);
    for mode in modes(&workdir) {
        compile(&workdir, mode, &["canonical.c"], "canonical");
        let mut counts = [0; 2];
        for (known, count) in [&vectors, &damaged].into_iter().zip(&mut counts) {
            let command = mode.run(&workdir, &binary("canonical", mode));
            let asked: Vec<_> = known.iter().map(|(case, _)| case.clone()).collect();
            for ((case, expect), answer) in known.iter().zip(run(command, &asked)) {
                let Some(answer) = answer else { continue };
                assert_eq!(answer, *expect, "{}: {case:02x?}", mode.name);
                both_orders[usize::from(case.target.big_endian)] = true;
                *count += 1;
            }
        }
        let [of_vectors, of_damaged] = counts;
        println!("{}: {of_vectors} vectors, {of_damaged} damaged copies", mode.name);
        assert!(of_vectors > 0 && of_damaged > 100, "{}: {counts:?}", mode.name);
        vector_answers += of_vectors;
    }
    println!("{vector_answers} answers to vectors; orders little, big: {both_orders:?}");
    assert!(TARGETS.iter().any(|target| target.big_endian), "no big-endian target");
}

#[test]
fn any_bytes_are_taken_in_every_mode() {
    let workdir = Workdir::new("");
    fuzz_program::write(workdir.folder());
    let path = workdir.folder().join("inputs");
    let seeds = fuzz_seeds::of("c");
    let mut random = Random(0x0fed_cba9_8765_4321);
    let damaged = (0..20_000).map(|nth| random.damage(&seeds[nth % seeds.len()][..]));
    let inputs: Vec<_> = seeds.iter().cloned().chain(damaged.collect::<Vec<_>>()).collect();
    let size = |input: &[u8]| u32::try_from(input.len()).expect("a short input").to_le_bytes();
    let records = inputs.iter().flat_map(|input| [&size(input)[..], input].concat());
    let records: Vec<_> = records.collect();
    fs::write(&path, records).expect("a file");
    for mode in modes(&workdir) {
        compile(&workdir, mode, &fuzz_program::C, "fuzz");
        let mut command = mode.run(&workdir, &binary("fuzz", mode));
        let records = fs::File::open(&path).expect("the records");
        let said = succeed(command.stdin(Stdio::from(records)));
        assert_eq!(said, format!("{} records\n", inputs.len()), "{}", mode.name);
        println!("{}: {said}", mode.name);
    }
}
