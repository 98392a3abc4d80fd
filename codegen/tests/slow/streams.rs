//! Readers of records: Rust, C and decode on random and damaged bytes, on records that the
//! kernel writes for inotify and signalfd, and on those of the mock devices of iommufd's tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::ir::{Abi, StreamPlan};
use capchain::lower::lower;
use capchain::spec::load::Origin;
use support::fuzz_seeds::inputs;
use support::process::succeed;
use support::random::{Random, rounds};
use support::stream_program::{self, decoded, sample};
use support::{fixtures, rustc};

const RUST: &str = include_str!("../programs/record_cases.rs");
const C: &str = include_str!("../programs/record_cases.c");

fn abi(spec: &str) -> Abi {
    lower(&fixtures::open(&fixtures::root().join(spec)), None)
}

/// An input: the kind, the type, and the bytes.
struct Case<'a> {
    plan: &'a StreamPlan,
    type_: u32,
    bytes: Vec<u8>,
}

/// Prints the cases with the three implementations, and compares the texts.
fn compare(abi: &Abi, programs: &[PathBuf; 2], folder: &Path, cases: &[Case<'_>]) -> usize {
    let mut input = Vec::new();
    for Case { plan, type_, bytes } in cases {
        let mut name = abi.fds[plan.fd].name.clone().into_bytes();
        name.resize(16, 0);
        input.extend(u32::try_from(bytes.len()).expect("a length").to_le_bytes());
        input.extend(type_.to_le_bytes());
        input.extend(name);
        input.extend(bytes);
    }
    let path = folder.join("cases");
    fs::write(&path, input).expect("a file");
    let [rust, c] = programs.each_ref().map(|program| succeed(Command::new(program).arg(&path)));
    let (mut rust, mut c) = (rust.split_inclusive("end\n"), c.split_inclusive("end\n"));
    let mut records = 0;
    for Case { plan, type_, bytes } in cases {
        let expected = decoded(abi, plan, *type_, bytes) + "end\n";
        let what = || format!("{} {type_} {bytes:?}", abi.fds[plan.fd].name);
        assert_eq!(rust.next(), Some(expected.as_str()), "Rust: {}", what());
        let found = c.next();
        match plan.size.is_uniform() {
            true => assert_eq!(found, Some(expected.as_str()), "C: {}", what()),
            false => assert_eq!(found, Some("none\nend\n")),
        }
        records += expected.lines().filter(|line| line.starts_with("record")).count();
    }
    assert_eq!((rust.next(), c.next()), (None, None));
    records
}

/// Compiles both programs; that in C with sanitizers.
fn programs(folder: &Path, abi: &Abi) -> [PathBuf; 2] {
    stream_program::write_texts(folder, abi, "generated_abi");
    rustc::library(folder, "generated_abi", &[]);
    let rust = rustc::program_with(folder, "generated_abi", RUST, &[]);
    fs::write(folder.join("record_cases.c"), C).expect("a file");
    let mut gcc = Command::new("gcc");
    gcc.current_dir(folder).args(["-std=gnu11", "-g", "-Wall", "-Wextra", "-Werror"]);
    gcc.args(["-Wno-misleading-indentation", "-fsanitize=address,undefined"]);
    gcc.args(["-fno-sanitize-recover=all", "record_cases.c", "record_text.c"]);
    succeed(gcc.args(["-o", "records"]));
    [rust, folder.join("records")]
}

#[test]
fn rust_c_and_decode_read_the_same_records() {
    let mut random = Random(17);
    for spec in ["codegen/tests/specs/records", "spec/iommufd"] {
        let (abi, folder) = (abi(spec), tempfile::tempdir().expect("a folder"));
        let programs = programs(folder.path(), &abi);
        for plan in &abi.protocol.streams {
            let mut cases = Vec::new();
            for round in 0..rounds(300) {
                let type_ = [1, 2, 7, 0, 9][round % 5];
                let whole = sample(&abi, plan, &mut random, type_);
                let case = |bytes| Case { plan, type_, bytes };
                let cut = random.below(whole.len() + 1);
                cases.push(case(whole[..cut].to_vec()));
                cases.push(case(random.damage(&[&whole[..], &[0; 4]].concat())));
                let any = random.below(90);
                cases.push(case((0..any).map(|_| random.next() as u8).collect()));
                cases.push(case(whole));
            }
            let records = compare(&abi, &programs, folder.path(), &cases);
            let kind = &abi.fds[plan.fd].name;
            println!("{kind}: {} inputs, {records} records", cases.len());
            assert!(records > rounds(300), "{kind}: {records}");
        }
    }
}

#[test]
fn inputs_of_the_fuzz_target_are_read_alike() {
    let (abi, folder) = (stream_program::iommufd(), tempfile::tempdir().expect("a folder"));
    let programs = programs(folder.path(), &abi);
    let plans = &abi.protocol.streams;
    let cases = inputs("records", rounds(2000)).into_iter().filter_map(|input| {
        let ([kind, type_], bytes) = input.split_first_chunk::<2>()?;
        let plan = &plans[usize::from(*kind) % plans.len()];
        Some(Case { plan, type_: (*type_).into(), bytes: bytes.to_vec() })
    });
    let cases: Vec<_> = cases.collect();
    let records = compare(&abi, &programs, folder.path(), &cases);
    println!("{} inputs, {records} records", cases.len());
    assert!(records > cases.len() / 2, "{records} records");
}

/// What `.ci/live-sweep` has read from the queues of the kernel's mock devices, and the types of
/// those.
const QUEUES: &str = include_str!("../live/sweep/records.txt");

#[test]
fn faults_and_events_of_a_kernel_are_read_alike() {
    let overlay = fixtures::root().join("codegen/tests/live/sweep/selftest.yaml");
    let origin = Origin::Folder(fixtures::root().join("spec/iommufd"));
    let abi = lower(&fixtures::loaded(capchain::open(&origin, &[overlay])), None);
    let folder = tempfile::tempdir().expect("a folder");
    let programs = programs(folder.path(), &abi);
    let hex = |digits: &str| {
        let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("digits");
        (0..digits.len()).step_by(2).map(byte).collect::<Vec<_>>()
    };
    let (mut cases, mut text) = (Vec::new(), String::new());
    for line in QUEUES.lines().filter_map(|line| line.strip_prefix("read ")) {
        let (kind, result) = line.split_once(": ").expect("a result");
        let Some((_, digits)) = result.split_once(' ') else { continue };
        let mut plans = abi.protocol.streams.iter();
        let plan = plans.find(|plan| abi.fds[plan.fd].name == kind).expect("a stream");
        let case = Case { plan, type_: 0xbeef_beef, bytes: hex(digits) };
        text += &decoded(&abi, plan, case.type_, &case.bytes);
        cases.push(case);
    }
    assert_eq!(compare(&abi, &programs, folder.path(), &cases), 7);
    assert_eq!(text, RECORDS);
}

/// The records that the plan asked for: three faults, an event, and two of five events with
/// the loss of the others.
const RECORDS: &str = "\
record at=0 size=40 flags=2 dev_id=3 pasid=0 grpid=1 perm=1 __reserved=0 addr=1090921697280 length=0 cookie=1
record at=0 size=40 flags=2 dev_id=3 pasid=0 grpid=2 perm=3 __reserved=0 addr=1090921701376 length=0 cookie=2
record at=40 size=40 flags=2 dev_id=3 pasid=0 grpid=3 perm=4 __reserved=0 addr=12288 length=0 cookie=3
record at=0 size=12 flags=0 sequence=0 : virt_id=153
record at=0 size=12 flags=0 sequence=1 : virt_id=153
record at=12 size=12 flags=0 sequence=2 : virt_id=153
record at=24 size=8 flags=1 sequence=4 :
";

/// Records that the running kernel writes; the program reads them by the headers of the C
/// library.
const KERNEL: &str = include_str!("streams/kernel.c");

#[test]
#[cfg(target_os = "linux")]
fn records_of_inotify_and_signalfd_are_those_of_the_kernel() {
    let (abi, folder) =
        (abi("codegen/tests/specs/records"), tempfile::tempdir().expect("a folder"));
    let programs = programs(folder.path(), &abi);
    fs::write(folder.path().join("kernel.c"), KERNEL).expect("a file");
    let mut gcc = Command::new("gcc");
    gcc.current_dir(folder.path())
        .args(["-Wall", "-Wextra", "-Werror", "kernel.c", "-o", "kernel"]);
    succeed(&mut gcc);
    let text = succeed(Command::new("./kernel").current_dir(folder.path()));
    let mut expected = text.split_inclusive("end\n");
    for (kind, least) in [("notices", 8), ("signals", 2)] {
        let bytes = fs::read(folder.path().join(kind)).expect("records");
        let mut plans = abi.protocol.streams.iter();
        let plan = plans.find(|plan| abi.fds[plan.fd].name == kind).expect("a stream");
        let expected = expected.next().expect("records");
        assert_eq!(decoded(&abi, plan, 0, &bytes) + "end\n", expected);
        let records = compare(&abi, &programs, folder.path(), &[Case { plan, type_: 0, bytes }]);
        assert!(records >= least, "{kind}: {records}");
    }
}
