//! Fields of every shape, in replies and their capabilities: every implementation reads the
//! same values from a full reply and from each part of it, and writes the same bytes again.

use capchain::emit;
use capchain::ir::Abi;
use capchain::layout::TARGETS;
use capchain::lower::lower;
use support::build_modes::modes;
use support::c_program;
use support::compilers::Workdir;
use support::fixtures;
use support::full_replies::{FullReply, full_replies};
use support::implementations::{Case, ask, decoded, run};
use support::process::succeed;
use support::round_trip_program as round_trip;

/// The specification with one field of each shape.
fn shapes() -> Abi {
    lower(&fixtures::open(&fixtures::root().join("codegen/tests/specs/shapes")), None)
}

#[test]
fn every_part_of_a_reply_is_read_alike() {
    let abi = shapes();
    let mut cases = Vec::new();
    for target in &TARGETS {
        for FullReply { chain, bytes, .. } in full_replies(&abi, target) {
            for len in 0..=bytes.len() {
                let mut bytes = bytes[..len].to_vec();
                // argsz says what is left, so that the walk meets the end.
                let argsz = bytes.get_mut(..4);
                let len = len as u32;
                let size = if target.big_endian { len.to_be_bytes() } else { len.to_le_bytes() };
                argsz.into_iter().for_each(|argsz| argsz.copy_from_slice(&size));
                cases.push(Case { chain: chain.clone(), target, bytes });
            }
        }
    }
    let answers = ask(&abi, &cases);
    let (decoded, others) = answers.split_first().expect("decode");
    for other in others {
        let mut compared = 0;
        for (case, (one, two)) in cases.iter().zip(decoded.texts.iter().zip(&other.texts)) {
            compared += usize::from(two.is_some());
            assert!(two.is_none() || one == two, "{case:02x?}\n{one:#?}\n{}: {two:#?}", other.name);
        }
        println!("{}: {compared} of {} parts read alike", other.name, cases.len());
        assert!(compared > 1000, "{}", other.name);
    }
    let texts = decoded.texts.iter().flatten();
    let full = texts.max_by_key(|text| text.len()).expect("a full reply");
    for value in ["uuid=", "mac=", "offsets[3]=", "origin.y=", "ends[1].x=", "parts[1].at.y="]
        .into_iter()
        .chain(["whole.order=", "parts[1].words[1].code=", "parts[1].words[0].codes[0]="])
    {
        assert!(full.contains(value), "{value}: {full}");
    }
}

/// Numbers that are little-endian on every target keep their value where the other numbers have
/// the order of the machine.
#[test]
fn a_big_endian_machine_reads_little_endian_numbers() {
    let abi = shapes();
    let target = TARGETS.iter().find(|target| target.name == "s390x").expect("the target");
    let replies = full_replies(&abi, target).into_iter();
    let cases = replies.map(|FullReply { chain, bytes, .. }| Case { chain, target, bytes });
    let cases: Vec<_> = cases.collect();
    let workdir = Workdir::new("");
    workdir.write("shapes_abi.h", &emit::c_header(&abi).contents);
    c_program::write(workdir.folder(), &abi);
    let Some(mode) = modes(&workdir).find(|mode| mode.name == target.name) else { return };
    let mut compile = workdir.command(mode.compiler);
    compile.args(["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-I."]).args(mode.arguments);
    succeed(compile.args(["canonical.c", "-o", "canonical"]));
    let answers = run(mode.run(&workdir, "./canonical"), &cases);
    let mut little = 0;
    for (case, answer) in cases.iter().zip(answers) {
        let expected = decoded(&abi, case);
        assert_eq!(answer, expected, "{case:02x?}");
        little += expected.unwrap_or_default().matches(".code=").count();
    }
    assert!(little > 4, "{little}");
}

#[test]
fn what_is_read_can_be_written_again() {
    let mut covered = Vec::new();
    for (name, abi) in fixtures::all() {
        if round_trip::chains(&abi).next().is_none() {
            continue;
        }
        let target = capchain::layout::TARGETS.iter().find(|one| one.name == "x86_64");
        let mut replies = full_replies(&abi, target.expect("the target"));
        let written: Vec<_> =
            round_trip::chains(&abi).map(|(plan, _)| abi.chain(plan.chain).name.clone()).collect();
        replies.retain(|reply| written.contains(&reply.chain));
        for (language, answers) in round_trip::written(&abi, &replies) {
            assert_eq!(answers.len(), replies.len(), "{name} in {language}");
            for (reply, answer) in replies.iter().zip(answers) {
                assert_eq!(answer, round_trip::hex(&reply.bytes), "{name} in {language}");
            }
        }
        println!("{name}: {} replies written again", replies.len());
        covered.push(name);
    }
    assert!(covered.iter().any(|name| name == "spec/vfio"), "{covered:?}");
    assert!(covered.iter().any(|name| name.ends_with("shapes")), "{covered:?}");
}
