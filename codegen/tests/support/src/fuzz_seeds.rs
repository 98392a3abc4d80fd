//! Seeds for fuzzing, made from the vectors and the specification.

use std::fs;

use capchain::dump;
use capchain::ir::Abi;
use capchain::lower::lower;

use crate::fuzz_targets::{HEAD, spelt};
use crate::mangled::{self, DAMAGES};
use crate::random::Random;
use crate::{config_space, fixtures, space_program, stream_program};

/// All targets.
pub const TARGETS: [&str; 14] = [
    "argument",
    "c",
    "decode",
    "input",
    "records",
    "reply",
    "request",
    "results",
    "review",
    "space",
    "space_walk",
    "views",
    "walk",
    "yaml",
];

/// The number of inputs of a target.
pub const INPUTS: usize = 100_000;

/// The seeds of a target and damaged copies of them, `count` in all.
pub fn inputs(target: &str, count: usize) -> Vec<Vec<u8>> {
    let seeds = of(target);
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let damaged = |nth: usize| random.damage(&seeds[nth % seeds.len()]);
    let damaged: Vec<_> = (seeds.len()..count).map(damaged).collect();
    seeds.iter().cloned().chain(damaged).collect()
}

/// Runs a target on its seeds and damaged copies of them, `count` inputs in all.
pub fn run(target: &str, body: fn(&[u8]), count: usize) {
    let inputs = inputs(target, count);
    inputs.iter().for_each(|input| body(input));
    println!("{target}: {} inputs", inputs.len());
}

/// The seeds of a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let abi = lower(&fixtures::spec(), None);
    let replies = replies(&abi);
    let bytes = replies.iter().map(|(_, bytes)| bytes.clone());
    match target {
        "walk" => bytes.collect(),
        "views" => bytes.map(|bytes| [vec![0], bytes].concat()).collect(),
        "input" => bytes.flat_map(|bytes| spelt(&bytes).map(String::into_bytes)).collect(),
        "decode" => decode(&abi, &replies),
        "records" => records(),
        "request" => requests(&replies).collect(),
        "reply" => built(),
        "argument" => arguments(&abi),
        "results" => results(&abi),
        "review" => mails(),
        "space" | "space_walk" => spaces(),
        "yaml" => specifications(),
        "c" => {
            let walks = bytes.map(|bytes| [vec![0], bytes].concat());
            let built = built().into_iter().map(|bytes| [vec![1], bytes].concat());
            let asked = requests(&replies).map(|bytes| [vec![2], bytes].concat());
            let spaces = spaces().into_iter().map(|bytes| [vec![3], bytes].concat());
            // The kinds are all read, so the first byte of a seed is not needed.
            let records = records().into_iter().map(|bytes| [&[4], &bytes[1..]].concat());
            walks.chain(built).chain(asked).chain(spaces).chain(records).collect()
        }
        other => panic!("there is no target {other}"),
    }
}

/// Each request, in a buffer of its size and in a large one.
fn arguments(abi: &Abi) -> Vec<Vec<u8>> {
    let plans = abi.protocol.requests.iter().enumerate();
    let numbers: Vec<u8> = (1..=255).collect();
    let seeds = plans.flat_map(|(index, plan)| {
        [plan.size as u8, 255].map(|room| [&[index as u8, room], &numbers[..]].concat())
    });
    seeds.collect()
}

/// Each view of results with arguments of several sizes.
fn results(abi: &Abi) -> Vec<Vec<u8>> {
    let views = abi.protocol.results.len() + abi.protocol.counted.len();
    let seed = |view: usize, size: u8| {
        let argument =
            (0..size).map(|at| if at < 4 { [size, 0, 0, 0][usize::from(at)] } else { at });
        [0, view as u8].into_iter().chain(argument).collect()
    };
    (0..views).flat_map(|view| [12, 16, 24, 48].map(|size| seed(view, size))).collect()
}

/// The space of a virtio device, one with both chains, and one for each capability alone.
fn spaces() -> Vec<Vec<u8>> {
    let mut both = config_space::extended();
    both[0x06] = 0x10;
    both[0x34] = 0x40;
    both[0x40..0x44].copy_from_slice(&[16, 0x50, 2, 0]);
    both[0x50..0x54].copy_from_slice(&[9, 0, 8, 1]);
    let mut spaces = vec![config_space::virtio(), both[..0x180].to_vec(), both];
    let abi = space_program::pci();
    for plan in &abi.protocol.chains {
        let extended = abi.chain(plan.chain).name == "extended";
        for cap in plan.capabilities.iter().map(|id| &abi.protocol.capabilities[id.0]) {
            let kinds = cap.kinds.iter().map(Some).chain([None]);
            spaces.extend(kinds.map(|kind| config_space::alone(extended, cap, kind)));
        }
    }
    spaces
}

/// Records of each kind and type, after the numbers of both.
fn records() -> Vec<Vec<u8>> {
    let (abi, mut random) = (stream_program::iommufd(), Random(4));
    let mut seeds = Vec::new();
    for (kind, plan) in (0..).zip(&abi.protocol.streams) {
        for type_ in (0..4).cycle().take(24) {
            let bytes = stream_program::sample(&abi, plan, &mut random, type_.into());
            seeds.push([&[kind, type_], &bytes[..]].concat());
        }
    }
    seeds
}

/// The mail of 2019, and patches in every damage.
fn mails() -> Vec<Vec<u8>> {
    let path = fixtures::root().join("codegen/tests/mails/irq-info-2019.eml");
    let mail = fs::read(path).expect("the mail");
    let before = "struct vfio_irq_info {\n\t__u32\tindex;\n\t__u32\tcount;\n};\n";
    let after = before.replace("index;\n", "index; /* first */\n\t__u32\tfresh;\n");
    let patch = mangled::patch("include/uapi/linux/vfio.h", before, &after);
    let damaged = DAMAGES.iter().map(|damage| mangled::mail(&patch, *damage).into_bytes());
    [mail].into_iter().chain(damaged).collect()
}

/// The replies of the vectors, each with the index of its chain.
fn replies(abi: &Abi) -> Vec<(usize, Vec<u8>)> {
    let mut replies = Vec::new();
    for (index, chain) in abi.chains.iter().enumerate() {
        let path = fixtures::root().join(format!("codegen/tests/vectors/{}.yaml", chain.name));
        let text = fs::read_to_string(path).expect("the vectors of the chain");
        let file: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
        for case in file["cases"].as_sequence().expect("cases") {
            let bytes = case["bytes"].as_str().expect("bytes");
            let dump = dump::read(bytes.as_bytes(), false).ok();
            replies.extend(dump.map(|dump| (index, dump.bytes().to_vec())));
        }
    }
    assert!(replies.len() > 60, "{} replies", replies.len());
    replies
}

/// The vectors as inputs of `decode`, and each struct filled with ones.
fn decode(abi: &Abi, replies: &[(usize, Vec<u8>)]) -> Vec<Vec<u8>> {
    let newest = 3;
    let mut seeds = Vec::new();
    for (chain, bytes) in replies {
        let host = abi.chains[*chain].offset_host().expect("a host").struct_.0;
        let [low, high] = u16::try_from(host).expect("a small number").to_le_bytes();
        seeds.push([&[newest, 0, low, high], &bytes[..]].concat());
    }
    for index in 0..u16::try_from(abi.structs.len()).expect("a small number") {
        let [low, high] = index.to_le_bytes();
        let mut seed = vec![newest, 0, low, high, 96, 0, 0, 0];
        seed.resize(100, 1);
        seeds.push(seed);
    }
    seeds
}

/// Each reply as the two answers of a peer, for buffers of two sizes.
fn requests(replies: &[(usize, Vec<u8>)]) -> impl Iterator<Item = Vec<u8>> {
    replies.iter().flat_map(|(chain, bytes)| {
        let head = |size: u8| {
            let host = [1, 0, 2][*chain];
            let len = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
            let answer = [&[len, 50], &bytes[..usize::from(len)]].concat();
            [&[host, size], &answer[..], &answer[..]].concat()
        };
        [head(64), head(201)]
    })
}

/// Several capabilities for each profile, in buffers of several sizes.
fn built() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for profile in 0..8 {
        for size in [0, 15, 24, 32, 40, 63, 64, 72, 104, 200] {
            for argsz in [size, size + 8, size / 2, 255] {
                let mut seed = vec![profile, size, 0xa5, argsz, 1, 2, 3, 4, 5, 6, 7, 8];
                for (id, len) in [(1, 8), (1, 24), (3, 0), (2, 8), (7, 5), (1, 40)] {
                    seed.extend([id, 1, len]);
                    seed.extend(
                        std::iter::successors(Some(len / 16), |_| Some(0)).take(len.into()),
                    );
                }
                seeds.push(seed.clone());
                seeds.push(seed[..12].to_vec());
                seeds.push(seed[..12 + 3 + 8].to_vec());
            }
        }
    }
    seeds
}

/// Extensions of items of the small specification, for overlays.
const EXTENSIONS: [&str; 5] = [
    "  - extend: demo_info\n    after: cap_offset\n    since: v1.4\n    fields:\n      \
        owner: out u32, owner\n      pad: out reserved u32, zero\n",
    "  - extend: demo_info.flags\n    before: DEMO_INFO_FLAG_CAPS\n    bits:\n      \
        DEMO_INFO_FLAG_OWNER: {bit: 3, doc: owner counts, since: v1.5}\n",
    "  - extend: info\n    reserved:\n      DEMO_INFO_CAP_OURS: 9, ours\n",
    "  - extend: ioctl_numbers\n    values:\n      DEMO_MORE: 5, more\n",
    "  - extend: DEMO_GET_INFO\n    since: v1.4\n    handlers:\n      demo:\n        \
        source: tree/demo.c\n        minsz: cap_offset\n        writes: [flags, cap_offset]\n        \
        below: {parts: DEMO_BASE}\n        chain: {offset: 24, align: 8, when_too_small: partial}\n",
];

/// Files of valid specifications.
fn specifications() -> Vec<Vec<u8>> {
    let read = |path: &str| fs::read(fixtures::root().join(path)).expect("a file");
    let abi = read("codegen/tests/specs/demo/abi.yaml");
    let mut seeds = vec![[vec![0], abi].concat(), [vec![1], HEAD.into()].concat()];
    // They are valid together and alone.
    seeds.push([&[2], HEAD.as_bytes(), EXTENSIONS.join("\n").as_bytes()].concat());
    let alone = EXTENSIONS.iter().map(|one| [&[2], HEAD.as_bytes(), one.as_bytes()].concat());
    seeds.extend(alone);
    let files = ["spec/vfio/region_info.yaml", "spec/vfio/device_feature.yaml"];
    let others = ["codegen/tests/specs/hard_cases/history.yaml", "spec/vfio/proposals/cxl_v3.yaml"];
    for path in files.into_iter().chain(others) {
        let text = String::from_utf8(read(path)).expect("text");
        // Each item alone, so that some of the seeds are valid.
        let items = text.split_once("\nitems:\n").map_or("", |(_, items)| items);
        for item in items.split("\n\n") {
            seeds.push([&[1], HEAD.as_bytes(), item.as_bytes(), b"\n"].concat());
        }
    }
    seeds
}
