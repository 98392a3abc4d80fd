//! The inputs of `.ci/prove`: the proofs compile, and their mutations match the
//! headers, both without a model checker.
//!
//! With CAPCHAIN_PROOFS=FOLDER, the generated inputs are written there.

use std::fs;
use std::path::Path;
use std::process::Command;

use capchain::ir::Abi;
use capchain::lower::lower;
use support::{fixtures, proof_program, space_proof, stream_program, stream_proof};

/// The ABI with chains in a space.
fn abi_with_spaces() -> Abi {
    lower(&fixtures::open(&fixtures::root().join("spec/pci")), None)
}

#[test]
fn what_proofs_need_is_left_where_it_is_asked_for() {
    let Some(folder) = std::env::var_os("CAPCHAIN_PROOFS") else { return };
    let folder = fixtures::root().join(folder);
    fs::create_dir_all(&folder).expect("a folder");
    proof_program::write(&folder, &lower(&fixtures::spec(), None));
    space_proof::write(&folder, &abi_with_spaces());
    write_streams(&folder);
}

/// Writes what proofs about records need: the facts, the list of kinds, and the header of an
/// ABI that is not published.
fn write_streams(folder: &Path) -> [Abi; 2] {
    let abis = [
        stream_program::iommufd(),
        lower(&fixtures::open(&fixtures::root().join("codegen/tests/specs/records")), None),
    ];
    let headers = folder.join("headers");
    fs::create_dir_all(&headers).expect("a folder");
    let [_, records] = &abis;
    fs::write(headers.join("records_abi.h"), capchain::emit::c_header(records).contents)
        .expect("a file");
    let list: String = abis.iter().map(|abi| stream_proof::write(folder, abi)).collect();
    fs::write(folder.join("streams"), list).expect("a file");
    abis
}

#[test]
fn the_proof_of_records_compiles_for_every_kind_and_can_fail() {
    let folder = tempfile::tempdir().expect("a folder");
    let abis = write_streams(folder.path());
    let headers = abis.map(|abi| {
        let header = capchain::emit::c_header(&abi).contents;
        fs::write(folder.path().join([&abi.name, "_abi.h"].concat()), &header).expect("a file");
        (abi.name, header)
    });
    let kinds = fs::read_to_string(folder.path().join("streams")).expect("the kinds");
    let kinds: Vec<Vec<_>> = kinds.lines().map(|line| line.split(' ').collect()).collect();
    assert_eq!(kinds.len(), 7, "two queues of iommufd, and five forms");
    kinds.iter().for_each(|kind| compiles(folder.path(), PROOF_OF_RECORDS, kind[0], &[]));
    let path = fixtures::root().join("codegen/proofs").join(PROOF_OF_RECORDS);
    let text = fs::read_to_string(path).expect("a proof");
    let lines = text.lines().filter_map(|line| line.strip_prefix(" * breaks ")?.split_once(": "));
    for (kind, line) in lines {
        let (from, _) = line.split_once(" => ").expect("FROM => TO");
        let abi = kinds.iter().find(|one| one[0] == kind).expect("a kind")[1];
        let header = &headers.iter().find(|(name, _)| name == abi).expect("a header").1;
        assert!(header.lines().any(|line| line.contains(from)), "{kind}: {from}");
    }
}

/// The files with proofs.
const PROOFS: [&str; 5] = ["walk.c", "values.c", "calls.c", "builder.c", "theorem.c"];

/// The proofs about chains in a space, and about bodies in it.
const PROOF_OF_SPACES: &str = "space.c";
const PROOF_OF_BODIES: &str = "bodies.c";

/// The proof about records that are read from descriptors.
const PROOF_OF_RECORDS: &str = "stream.c";

/// The proof about requests with their data.
const PROOF_OF_REQUESTS: &str = "requests.c";

/// The mutations that a proof names: what is in the header, and what it becomes.
fn breaks(proof: &str) -> Vec<(String, String)> {
    let path = fixtures::root().join("codegen/proofs").join(proof);
    let text = fs::read_to_string(path).expect("a proof");
    let lines = text.lines().filter_map(|line| line.strip_prefix(" * breaks ")?.split_once(": "));
    let split = lines.map(|(_, line)| line.split_once(" => ").expect("FROM => TO"));
    split.map(|(from, to)| (from.to_owned(), to.to_owned())).collect()
}

#[test]
fn the_header_has_what_proofs_break() {
    let replies = capchain::emit::c_header(&lower(&fixtures::spec(), None)).contents;
    let spaces = capchain::emit::c_header(&abi_with_spaces()).contents;
    let proofs = PROOFS.map(|proof| (proof, &replies));
    for (proof, header) in
        proofs.into_iter().chain([(PROOF_OF_SPACES, &spaces), (PROOF_OF_BODIES, &spaces)])
    {
        let breaks = breaks(proof);
        assert!(!breaks.is_empty(), "{proof} can fail of nothing");
        for (from, to) in breaks {
            assert!(header.lines().any(|line| line.contains(&from)), "{proof}: {from}");
            assert_ne!(from, to, "{proof}");
        }
    }
}

#[test]
fn the_proof_of_requests_compiles_and_can_fail() {
    let folder = tempfile::tempdir().expect("a folder");
    let header = capchain::emit::c_header(&stream_program::iommufd()).contents;
    fs::write(folder.path().join("iommufd_abi.h"), &header).expect("a file");
    compiles(folder.path(), PROOF_OF_REQUESTS, "requests", &[]);
    let breaks = breaks(PROOF_OF_REQUESTS);
    assert_eq!(breaks.len(), 10);
    for (from, to) in breaks {
        assert!(header.lines().any(|line| line.contains(&from)) && from != to, "{from}");
    }
}

#[test]
fn the_proof_of_receive_compiles_and_can_fail() {
    let root = fixtures::root();
    let runtime = fs::read_to_string(root.join("codegen/runtime/c/receive.h")).expect("a file");
    let proof = root.join("codegen/proofs/receive.c");
    let text = fs::read_to_string(&proof).expect("a proof");
    let wrong = text.lines().filter_map(|line| line.strip_prefix(" * wrong: "));
    let wrong: Vec<_> = wrong.map(|line| line.split_once(" => ").expect("FROM => TO")).collect();
    assert_eq!(wrong.len(), 4);
    for (from, to) in wrong {
        assert!(runtime.lines().any(|line| line.contains(from)) && from != to, "{from}");
    }
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=gnu11", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I"]);
    let output = gcc.arg(root.join("codegen/runtime/c")).arg(proof).output().expect("gcc");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn proofs_compile_for_every_chain_and_profile() {
    let folder = tempfile::tempdir().expect("a folder");
    let abi = lower(&fixtures::spec(), None);
    proof_program::write(folder.path(), &abi);
    fs::write(folder.path().join("vfio_abi.h"), capchain::emit::c_header(&abi).contents)
        .expect("a file");
    let profiles = fs::read_to_string(folder.path().join("profiles")).expect("the profiles");
    assert!(profiles.lines().count() > 4, "{profiles}");
    for line in profiles.lines() {
        let (profile, chain) = line.split_once(' ').expect("a profile and its chain");
        for proof in PROOFS {
            let profile = format!("-DPROFILE=vfio_abi_profile_{profile}");
            compiles(folder.path(), proof, chain, &[&profile]);
        }
    }
}

/// Compiles a proof for a chain with the headers in a folder.
fn compiles(folder: &Path, proof: &str, chain: &str, args: &[&str]) {
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=gnu11", "-fsyntax-only", "-Wall", "-Werror", "-Wno-unused", "-I"]);
    gcc.arg(folder).args(["-DBYTES=64", &format!("-DCHAIN=\"{chain}.h\"")]).args(args);
    let output = gcc.arg(fixtures::root().join("codegen/proofs").join(proof)).output();
    let output = output.expect("gcc is needed to test the proofs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{proof} of {chain} {args:?}: {errors}");
}

#[test]
fn the_proof_of_spaces_compiles_for_every_chain_and_covers_every_getter() {
    let folder = tempfile::tempdir().expect("a folder");
    let abi = abi_with_spaces();
    space_proof::write(folder.path(), &abi);
    let header = capchain::emit::c_header(&abi).contents;
    fs::write(folder.path().join("pci_abi.h"), &header).expect("a file");
    let chains = fs::read_to_string(folder.path().join("spaces")).expect("the chains");
    assert_eq!(chains.lines().count(), 2, "{chains}");
    chains.lines().for_each(|chain| compiles(folder.path(), PROOF_OF_SPACES, chain, &[]));
    let bodies = fs::read_to_string(folder.path().join("bodies")).expect("the bodies");
    let bodies: Vec<_> = bodies.lines().filter_map(|line| line.split_once(' ')).collect();
    let needs = header.lines().filter(|line| line.starts_with("static inline __u64 pci_abi_"));
    assert_eq!(bodies.len(), needs.filter(|line| line.ends_with("__need(")).count());
    bodies.iter().for_each(|(body, _)| compiles(folder.path(), PROOF_OF_BODIES, body, &[]));
    // The proof is about the only functions that read.
    assert_eq!(header.matches("space->bytes[").count(), 1);
    assert_eq!(header.matches("space->read(").count(), 1);
}
