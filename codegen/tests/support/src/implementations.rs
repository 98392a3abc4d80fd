//! The implementations of the protocol that must agree. Each answers a list of
//! cases with canonical texts, as `capchain::decode::conformance_text` defines them.

use std::fs;
use std::process::Command;

use capchain::decode::{self, Subject};
use capchain::dump;
use capchain::ir::Abi;
use capchain::layout::{Model, TARGETS, Target};

use crate::process::succeed_with_input;
use crate::{c_program, fixtures, rust_program};

/// A buffer with a reply.
#[derive(Clone, Debug)]
pub struct Case {
    /// The chain: the one that its struct hosts, or one without a host.
    pub chain: String,
    /// The target of the bytes.
    pub target: &'static Target,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The vectors of every chain.
pub fn vectors(abi: &Abi) -> Vec<Case> {
    let mut cases = Vec::new();
    for chain in &abi.chains {
        let path = fixtures::root().join(format!("codegen/tests/vectors/{}.yaml", chain.name));
        let text = fs::read_to_string(path).expect("the vectors of the chain");
        let file: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
        for case in file["cases"].as_sequence().expect("cases") {
            let bytes = case["bytes"].as_str().expect("bytes");
            // The file of an empty reply has only a comment, which is no dump.
            let bytes = dump::read(bytes.as_bytes(), false);
            let bytes = bytes.map(|dump| dump.bytes().to_vec()).unwrap_or_default();
            let target = target(case["target"].as_str().unwrap_or("x86_64"));
            cases.push(Case { chain: chain.name.clone(), target, bytes });
        }
    }
    cases
}

/// The texts of one implementation; `None` for a chain or a target that it does not
/// support.
pub struct Answers {
    /// The implementation.
    pub name: &'static str,
    /// The texts, in the order of the cases.
    pub texts: Vec<Option<String>>,
}

/// Runs every implementation on every case. The generated ones are compiled each time.
pub fn ask(abi: &Abi, cases: &[Case]) -> Vec<Answers> {
    let texts = cases.iter().map(|case| decoded(abi, case)).collect();
    let mut all = vec![Answers { name: "decode", texts }];
    let folder = tempfile::tempdir().expect("a folder");
    let program = rust_program::compile(folder.path(), abi);
    all.push(Answers { name: "Rust", texts: run(Command::new(program), cases) });
    // `rust_program` has written its header to `generated/include`.
    let program = c_program::compile(folder.path(), abi);
    all.push(Answers { name: "C", texts: run(Command::new(program), cases) });
    all
}

/// The target of this name.
pub fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).unwrap_or_else(|| panic!("target {name}"))
}

/// The text of `decode`.
pub fn decoded(abi: &Abi, case: &Case) -> Option<String> {
    let chain = abi.find_chain(&case.chain)?;
    let subject = match abi.chain(chain).offset_host() {
        Some(host) => Subject::Struct(host.struct_),
        None => Subject::Chain(chain),
    };
    Some(decode::conformance_text(&decode::decode(abi, subject, case.target, &case.bytes)))
}

/// The texts of a program that reads cases line by line.
pub fn run(mut command: Command, cases: &[Case]) -> Vec<Option<String>> {
    let lines: String = cases.iter().map(line).collect();
    let text = succeed_with_input(&mut command, lines.as_bytes());
    let answers = text.split_terminator(".\n").map(|answer| match answer {
        "?\n" => None,
        answer => Some(answer.to_owned()),
    });
    let answers: Vec<_> = answers.collect();
    assert_eq!(answers.len(), cases.len(), "an answer to every case");
    answers
}

fn line(case: &Case) -> String {
    let order = if case.target.big_endian { "be" } else { "le" };
    let layout = match case.target.model {
        Model::Lp64 => "lp64",
        Model::Ilp32 => "ilp32",
        Model::Ilp32Aligned => "ilp32_aligned",
    };
    let hex: String = case.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{} {order} {layout} {hex}\n", case.chain)
}
