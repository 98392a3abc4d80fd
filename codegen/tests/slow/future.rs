//! The promise of the project: an extension of the ABI that keeps the rules harms
//! no reader of today, and `compat` finds every extension that breaks a rule.

mod generated_extensions;

use capchain::compat::{Class, compare};
use capchain::ir::{Abi, Arg};
use capchain::model::{Contents, HandlerModel, sample};
use generated_extensions::{Growth, give, growth, items, mistake, side};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use support::implementations::{Case, ask, target};
use support::matrix::all;
use support::sample::whole;

/// How many inventions are tried; the same in every run.
fn inventions() -> u32 {
    if whole() { 32 } else { 12 }
}

fn runner() -> TestRunner {
    let config = Config { cases: inventions(), failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    )
}

#[test]
fn growth_that_keeps_the_rules_breaks_no_program() {
    let today = side("today", "");
    let result = runner().run(&vec(growth(), 1..5), |growths| {
        let items = items(&growths);
        let tomorrow = side("tomorrow", &items);
        let found = compare(&today, &tomorrow);
        let breaks: Vec<_> = found.iter().filter(|one| one.class.breaks()).collect();
        prop_assert!(breaks.is_empty(), "{items}\n{breaks:#?}");
        prop_assert!(!found.is_empty(), "{items}");
        let mut abis = [today.abi.clone(), tomorrow.abi];
        abis.iter_mut().for_each(give);
        let (_, mismatches) = all(&abis);
        prop_assert!(mismatches.is_empty(), "{items}\n{:#?}", mismatches.first());
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn every_mistake_is_named() {
    let today = side("today", "");
    let result = runner().run(&(mistake(), vec(growth(), 0..3)), |(mistake, growths)| {
        let growths: Vec<_> = growths.into_iter().filter(is_apart).collect();
        let items = [items(&growths), mistake.items()].concat();
        let found = compare(&today, &side("tomorrow", &items));
        let breaks: Vec<_> = found.iter().filter(|one| one.class.breaks()).collect();
        let named = breaks.iter().any(|one| mistake.codes().contains(&one.code.0));
        prop_assert!(named, "{mistake:?}\n{items}\n{breaks:#?}");
        let witness = breaks.iter().filter(|one| one.class != Class::Source);
        for one in witness {
            prop_assert!(one.witness.is_some(), "{one:#?}");
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// Whether a growth extends nothing that a mistake extends too.
fn is_apart(growth: &Growth) -> bool {
    matches!(growth, Growth::Capability { .. } | Growth::Flag { .. } | Growth::Feature)
}

/// Replies of an extended ABI, each with the reply of today about the same device.
struct Pairs {
    today: Vec<Case>,
    tomorrow: Vec<Case>,
}

#[test]
fn compiled_readers_of_today_read_replies_of_tomorrow() {
    let today = side("today", "").abi;
    let mut runner = runner();
    let mut pairs = Pairs { today: Vec::new(), tomorrow: Vec::new() };
    for _ in 0..inventions() {
        let tree = vec(growth(), 1..5).new_tree(&mut runner).expect("inventions");
        let mut tomorrow = side("tomorrow", &items(&tree.current())).abi;
        give(&mut tomorrow);
        replies(&today, &tomorrow, &mut pairs);
    }
    let answers = ask(&today, &[&pairs.today[..], &pairs.tomorrow].concat());
    let mut compared = 0;
    for one in &answers {
        let (before, after) = one.texts.split_at(pairs.today.len());
        for (index, (was, is)) in before.iter().zip(after).enumerate() {
            let (was, is) = (known(was.as_deref()), known(is.as_deref()));
            assert!(!was.is_empty());
            assert_eq!(was, is, "{}: {:02x?}", one.name, pairs.tomorrow[index]);
            compared += 1;
        }
    }
    println!("{compared} replies of tomorrow read as those of today");
    assert!(2 * compared > 25 * inventions(), "{compared} replies are few");
}

/// The full replies of the newest handlers, with all that they give.
fn replies(today: &Abi, tomorrow: &Abi, pairs: &mut Pairs) {
    for chain in tomorrow.chains.iter() {
        let Some(host) = chain.offset_host() else { continue };
        for ioctl in tomorrow.ioctls.iter().filter(|one| one.arg == Arg::Struct(host.struct_)) {
            for handler in ioctl.served_at(tomorrow.release) {
                let Some(rules) = &handler.chain else { continue };
                let (invented, known): (Vec<&str>, Vec<&str>) = rules
                    .capabilities
                    .iter()
                    .map(String::as_str)
                    .partition(|one| one.contains("INVENTED"));
                // One new capability first, the others after the known ones.
                let mut mixed: Vec<&str> = invented.iter().take(1).copied().collect();
                mixed.extend(&known);
                mixed.extend(invented.iter().skip(1));
                let reply = |abi: &Abi, caps: &[&str]| {
                    let ioctl = abi.ioctls.iter().find(|one| one.name == ioctl.name)?;
                    let handler =
                        ioctl.served_at(abi.release).find(|one| one.name == handler.name)?;
                    let model = HandlerModel::new(abi, ioctl, handler)?;
                    let Arg::Struct(id) = ioctl.arg else { return None };
                    let cap = |name: &&str| {
                        let cap = abi.capabilities.iter().find(|cap| cap.name == *name);
                        sample::cap(abi, cap.expect("a capability"), 2)
                    };
                    let contents = Contents {
                        fixed: sample::quiet(abi.struct_(id)),
                        caps: caps.iter().map(cap).collect(),
                        ..Contents::default()
                    };
                    let need = model.need(&contents.caps);
                    let mut before = vec![0; need as usize];
                    before[..4].copy_from_slice(&need.to_le_bytes()[..4]);
                    let bytes = model.answer(&before, &contents).bytes;
                    let bytes = bytes.into_iter().map(|byte| byte.unwrap_or(0x5c)).collect();
                    Some(Case { chain: chain.name.clone(), target: target("x86_64"), bytes })
                };
                if let (Some(was), Some(is)) = (reply(today, &known), reply(tomorrow, &mixed)) {
                    pairs.today.push(was);
                    pairs.tomorrow.push(is);
                }
            }
        }
    }
}

/// What a program says of the capabilities that it knows, but for where they
/// lie, how far they reach, and their version.
fn known(text: Option<&str>) -> Vec<String> {
    let text = text.expect("an answer");
    assert!(!text.contains("error "), "{text}");
    let mut lines: Vec<String> = Vec::new();
    let mut is_known = false;
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("cap ") {
            let name = head.rsplit(" name=").next().unwrap_or_default();
            is_known = name != "?";
            lines.extend(is_known.then(|| name.to_owned()));
        } else if is_known && !line.starts_with("  bytes=") {
            lines.push(line.to_owned());
        }
    }
    lines
}
