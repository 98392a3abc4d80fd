//! The vectors: for each chain, bytes and the text that every implementation of
//! the protocol must give. A new capability needs new cases, and no code.

use std::fs;

use capchain::decode::{self, Subject};
use capchain::dump;
use capchain::ir::Abi;
use capchain::lower::lower;
use serde::Deserialize;
use support::fixtures;
use support::implementations::{Case, ask, target};
use support::spec_folder::SpecFolder;

/// A file of vectors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    /// The chain that they are about.
    chain: String,
    cases: Vec<Vector>,
}

/// Bytes, and the expected text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    /// What it is a case of.
    name: String,
    /// The target that the bytes come from.
    target: Option<String>,
    /// The bytes in hexadecimal, with comments after `#`.
    bytes: String,
    /// The canonical text.
    expect: String,
}

impl Vectors {
    fn read(text: &str) -> Self {
        serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The file of a chain.
    fn of(chain: &str) -> Self {
        let path = format!("codegen/tests/vectors/{chain}.yaml");
        let text = fs::read_to_string(fixtures::root().join(&path));
        let vectors = Self::read(&text.unwrap_or_else(|error| panic!("{path}: {error}")));
        assert_eq!(vectors.chain, chain, "{path}");
        vectors
    }

    /// The cases to ask.
    fn asked(&self) -> Vec<Case> {
        let case = |vector: &Vector| Case {
            chain: self.chain.clone(),
            target: target(vector.target()),
            bytes: vector.bytes(),
        };
        self.cases.iter().map(case).collect()
    }
}

impl Vector {
    fn target(&self) -> &str {
        self.target.as_deref().unwrap_or("x86_64")
    }

    fn bytes(&self) -> Vec<u8> {
        match dump::read(self.bytes.as_bytes(), false) {
            Ok(dump) => dump.bytes().to_vec(),
            // The program refuses an empty file; a buffer can be empty.
            Err(_) if self.bytes.trim_start().starts_with('#') => Vec::new(),
            Err(error) => panic!("{}: {error}", self.name),
        }
    }
}

/// Runs every implementation and compares the texts; returns how many
/// answers each gave.
fn check(abi: &Abi, all: &[Vectors]) -> Vec<(&'static str, usize)> {
    let cases: Vec<_> = all.iter().flat_map(Vectors::asked).collect();
    let vectors: Vec<_> = all.iter().flat_map(|vectors| &vectors.cases).collect();
    let (mut counts, mut wrong) = (Vec::new(), String::new());
    for answers in ask(abi, &cases) {
        let mut answered = 0;
        for (vector, text) in vectors.iter().zip(&answers.texts) {
            let Some(text) = text else { continue };
            answered += 1;
            if *text != vector.expect {
                let (name, expect) = (&vector.name, &vector.expect);
                wrong += &format!("\n{} on `{name}`:\n{text}expected:\n{expect}", answers.name);
            }
        }
        counts.push((answers.name, answered));
    }
    assert!(wrong.is_empty(), "{wrong}");
    counts
}

#[test]
fn every_implementation_says_what_the_vectors_say() {
    let abi = lower(&fixtures::spec(), None);
    let hosted = abi.chains.iter().filter(|chain| chain.offset_host().is_some());
    let all: Vec<_> = hosted.map(|chain| Vectors::of(&chain.name)).collect();
    let total: usize = all.iter().map(|vectors| vectors.cases.len()).sum();
    assert!(total >= 60, "{total} cases");
    for (name, answered) in check(&abi, &all) {
        println!("{name}: {answered} of {total} cases, all as expected");
        assert!(answered > 0 && (name != "decode" || answered == total), "{name}");
    }
}

#[test]
fn the_vectors_hold_every_way_to_be_wrong_and_every_capability() {
    let abi = lower(&fixtures::spec(), None);
    for chain in abi.chains.iter().filter(|chain| chain.offset_host().is_some()) {
        let vectors = Vectors::of(&chain.name);
        let texts: String = vectors.cases.iter().map(|case| case.expect.as_str()).collect();
        let kinds =
            ["inside_fixed", "out_of_bounds", "header_cut", "cycle", "body_short", "overlap"];
        for word in kinds.map(|kind| format!("error {kind} ")).iter().chain([&"too_short ".into()])
        {
            assert!(texts.contains(word.as_str()), "{}: no `{word}`", chain.name);
        }
        for index in &chain.capabilities {
            let name = &abi.capability(*index).short;
            assert!(texts.contains(&format!("name={name}\n")), "{}: no {name}", chain.name);
        }
        let mut names: Vec<_> = vectors.cases.iter().map(|case| &case.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), vectors.cases.len(), "{}: a name twice", chain.name);
    }
}

/// An invented capability, as someone would write it, and its case.
const ENTRY: &str = "
  - capability: VFIO_REGION_INFO_CAP_NUMA
    id: 8
    since: v7.2
    doc: Tells which memory is nearest to the region.
    struct: vfio_region_info_cap_numa
    fields:
      node: u32, number of the node
      nr_near: u32, number of further windows
      near: vfio_region_sparse_mmap_area[nr_near], the windows
";
const CASE: &str = "
chain: region
cases:
  - name: an invented capability
    bytes: |
      48000000 09000000 00000000 20000000  # argsz 72, flags READ | CAPS, index, cap_offset
      0010000000000000 0000000000000000    # size, offset
      0800 0100 38000000                   # id 8, version 1, next 56
      03000000 00000000                    # node, nr_near
      0000000000000000
      0900 0100 00000000 0000000000000000  # an id that nobody knows
    expect: |
      reply argsz=72 need=none
      cap at=32 id=8 version=1 name=NUMA
        node=3
        nr_near=0
        bytes=24
      cap at=56 id=9 version=1 name=?
        bytes=16
";

#[test]
fn a_new_capability_needs_no_code() {
    let spec = SpecFolder::vfio();
    spec.edit("region_info.yaml", |text| text + ENTRY);
    let abi = spec.abi();
    for (name, answered) in check(&abi, &[Vectors::read(CASE)]) {
        assert_eq!(answered, 1, "{name}");
    }
}

#[test]
fn decode_shows_every_vector_in_text_and_json() {
    let abi = lower(&fixtures::spec(), None);
    for chain in abi.chains.iter() {
        let host = chain.offset_host().expect("every chain of VFIO has a host");
        for vector in Vectors::of(&chain.name).cases {
            let (target, bytes) = (target(vector.target()), vector.bytes());
            let subject = Subject::Struct(host.struct_);
            let decoded = decode::decode(&abi, subject, target, &bytes);
            let (text, json) = (decode::text(&decoded), decode::json(&decoded));
            let name = &vector.name;
            let shown = json["caps"].as_array().map(Vec::len);
            assert_eq!(shown, Some(vector.expect.matches("cap at=").count()), "{name}");
            let said = vector.expect.lines().last().expect("a line");
            let word =
                said.strip_prefix("error ").or(said.starts_with("too_short").then_some(said));
            let word = word.and_then(|rest| rest.split(' ').next());
            assert_eq!(json["error"]["kind"].as_str(), word, "{name}");
            assert_eq!(json["short"], !vector.expect.contains("need=none") && word.is_none());
            assert_eq!(text.contains("\nerror: "), word.is_some(), "{name}: {text}");
            assert!(word.is_none_or(|word| text.contains(&format!("error: {word}: "))), "{text}");
        }
    }
}
