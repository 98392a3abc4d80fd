//! The views of the results of requests and of counted replies against `decode`, in the
//! layout of every machine, on bytes that are the same in every run.

use std::process::Command;

use capchain::ir::Abi;
use capchain::layout::{Model, TARGETS, Target};
use capchain::lower::lower;
use support::process::succeed_with_input;
use support::random::Random;
use support::results::{Place, Values};
use support::{agree_program, fixtures};

const MAIN: &str = include_str!("../programs/results.rs");

/// How many arguments each view reads.
const ARGUMENTS: usize = 400;

/// A record for the program.
fn record(view: usize, target: &Target, bytes: &[u8]) -> Vec<u8> {
    let layout = match target.model {
        Model::Lp64 => 0,
        Model::Ilp32 => 1,
        Model::Ilp32Aligned => 2,
    };
    let head = [u8::try_from(view).expect("a small index"), target.big_endian.into(), layout];
    let size = u32::try_from(bytes.len()).expect("a short argument").to_le_bytes();
    [&head[..], &size, bytes].concat()
}

/// An argument: argsz is its size, another size or any number, and other numbers are small.
fn argument(random: &mut Random, target: &Target, most: usize) -> Vec<u8> {
    let size = random.below(most);
    let mut bytes: Vec<_> = (0..size).map(|_| random.below(256) as u8).collect();
    for word in bytes.chunks_exact_mut(4).skip(1) {
        if random.below(3) == 0 {
            let small = random.below(6) as u32;
            let small = if target.big_endian { small.to_be_bytes() } else { small.to_le_bytes() };
            word.copy_from_slice(&small);
        }
    }
    let argsz = match random.below(8) {
        0 => random.below(most + 8),
        1 => 0x8000_0000,
        _ => size,
    };
    let argsz = argsz as u32;
    let argsz = if target.big_endian { argsz.to_be_bytes() } else { argsz.to_le_bytes() };
    if let Some(place) = bytes.get_mut(..4) {
        place.copy_from_slice(&argsz);
    }
    bytes
}

/// A line of the program as the result of a view.
fn result(line: &str) -> Result<Values, (u32, u32)> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let words = rest.split_ascii_whitespace();
    if word == "short" {
        let sizes: Vec<u32> = words.map(|word| word.parse().expect("a size")).collect();
        return Err((sizes[0], sizes[1]));
    }
    assert_eq!(word, "values");
    let mut values = Values::new();
    for word in words {
        let (name, value) = word.split_once('=').expect("a value");
        let value = (value != "none").then(|| value.parse().expect("a number"));
        values.entry(name.to_owned()).or_default().push(value);
    }
    Ok(values)
}

fn place(line: &str) -> Place<'_> {
    let words: Vec<_> = line.split(' ').collect();
    let number = |word: &str| word.parse().expect("a number");
    let flags = words[3].split_once(',').map(|(at, value)| (number(at), number(value)));
    Place { struct_: words[1], start: number(words[2]), flags }
}

#[test]
fn views_of_results_read_what_decode_reads() {
    let abi: Abi = lower(&fixtures::spec(), None);
    let places = views_read_what_decode_reads(&abi, 72);
    assert!(places > 12, "{places}");
}

#[test]
fn views_of_fields_of_every_shape_read_what_decode_reads() {
    let folder = fixtures::root().join("codegen/tests/specs/shapes");
    let abi: Abi = lower(&fixtures::open(&folder), None);
    assert_eq!(views_read_what_decode_reads(&abi, 300), 2);
}

/// Compares the views on arguments of fewer than `most` bytes. Returns their number.
fn views_read_what_decode_reads(abi: &Abi, most: usize) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    agree_program::write(folder.path(), abi);
    agree_program::library(folder.path());
    let program = agree_program::program(folder.path(), MAIN, "lto=off");
    let list = succeed_with_input(&mut Command::new(&program), &[]);
    let places: Vec<_> = list.lines().map(place).collect();
    let counted = abi.protocol.counted.len();
    assert_eq!(places.len(), abi.protocol.results.len() + counted);
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (mut asked, mut input) = (Vec::new(), Vec::new());
    for (index, place) in places.iter().enumerate() {
        for nth in 0..ARGUMENTS {
            let is_counted = index >= places.len() - counted;
            let target = &TARGETS[nth % TARGETS.len()];
            let mut bytes = argument(&mut random, target, most);
            if is_counted {
                // Their views take the whole buffer.
                bytes.resize(bytes.len().max(4), 0);
                let size = u32::try_from(bytes.len()).expect("a short argument");
                let size = if target.big_endian { size.to_be_bytes() } else { size.to_le_bytes() };
                bytes[..4].copy_from_slice(&size);
            }
            place.set_flags(&mut bytes, target);
            input.extend(record(index, target, &bytes));
            asked.push((place, target, bytes));
        }
    }
    let output = succeed_with_input(&mut Command::new(&program), &input);
    let lines: Vec<_> = output.lines().skip(places.len()).collect();
    assert_eq!(lines.len(), asked.len());
    let mut good = 0;
    for ((place, target, bytes), line) in asked.iter().zip(lines) {
        let values = result(line);
        good += usize::from(values.is_ok());
        place.compare(abi, target, bytes, values);
    }
    assert!(good > asked.len() / 4, "only {good} of {} can be read", asked.len());
    places.len()
}
