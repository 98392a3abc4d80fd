//! The model of requests with an id and a payload against real kernels: it predicts the
//! error, or every byte of the reply, for each access and each argsz.

use std::fs;

use capchain::ir::{Abi, Group, Handler, Ioctl};
use capchain::lower::lower;
use capchain::model::Answer;
use capchain::model::payload::{Offers, PayloadModel};
use capchain::release::Release;
use support::captures::{self, Row, error_number};
use support::fixtures;

/// The features of the devices of `.ci/live` on a series of kernels: low power since 6.1,
/// dma-bufs since 6.19.
const KERNELS: [(&str, Release, &[u64]); 4] = [
    ("5.10", Release::new(5, 10), &[]),
    ("6.1", Release::new(6, 1), &[3, 4, 5]),
    ("6.12", Release::new(6, 12), &[3, 4, 5]),
    ("7.2", Release::new(7, 2), &[3, 4, 5, 11]),
];

/// A device with some features, of which it returns this payload.
struct Device<'a> {
    ids: &'a [u64],
    payload: &'a [u8],
}

impl Offers for Device<'_> {
    fn payload(&self, id: u64) -> Option<&[u8]> {
        self.ids.contains(&id).then_some(self.payload)
    }
}

fn feature(abi: &Abi) -> &Ioctl {
    abi.ioctls.iter().find(|ioctl| ioctl.name == "VFIO_DEVICE_FEATURE").expect("the ioctl")
}

fn model(abi: &Abi) -> PayloadModel<'_> {
    let now = |handler: &&Handler| {
        handler.since.covers(abi.release)
            && handler.until.is_none_or(|until| abi.release < until.opening())
    };
    let handler = feature(abi).handlers.iter().find(now).expect("a handler");
    PayloadModel::new(abi, feature(abi), handler).expect("rules")
}

fn errno(answer: &Answer<'_>) -> i64 {
    answer.result.map_or_else(error_number, |()| 0)
}

/// The head of a request.
fn head(argsz: u32, flags: u32) -> Vec<u8> {
    [argsz, flags].iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The number of a named number.
fn named(group: &Group, name: &str) -> u32 {
    group.values.iter().find(|value| value.name == name).expect("a name").number as u32
}

#[test]
fn probes_on_live_kernels_are_predicted() {
    let spec = fixtures::spec();
    let newest = lower(&spec, None);
    let group = newest
        .groups
        .iter()
        .find(|group| group.values.iter().any(|value| value.name == "VFIO_DEVICE_FEATURE_PROBE"));
    let group = group.expect("the flags");
    for (series, release, ids) in KERNELS {
        let abi = lower(&spec, Some(release));
        let model = model(&abi);
        let path = captures::live_folder().join([series, ".txt"].concat());
        let text = fs::read_to_string(path).expect("the text of the probe");
        let probes = text.lines().filter_map(|line| line.strip_prefix("VFIO_DEVICE_FEATURE "));
        let mut count = 0;
        for probe in probes {
            let (probe, _) = probe.split_once("  #").unwrap_or((probe, ""));
            let (call, result) = probe.split_once(": ").expect("a result");
            let (words, id) = call.split_once(' ').expect("an id");
            let flags =
                words.split('|').map(|word| named(group, &["VFIO_DEVICE_FEATURE_", word].concat()));
            let id: u32 = id.parse().expect("a number");
            let before = head(8, flags.fold(id, |all, flag| all | flag));
            let answer = model.answer(&before, &Device { ids, payload: &[] });
            let said = result.strip_prefix("errno ").unwrap_or("0");
            assert_eq!(errno(&answer).to_string(), said, "Linux {series}: {probe}");
            assert!(answer.written.is_empty(), "Linux {series}: {probe}");
            count += 1;
        }
        // Three devices, 16 ids and 3 accesses, and some features that are read.
        assert!(count >= 3 * 16 * 3, "Linux {series}: only {count}");
    }
}

#[test]
fn sweeps_of_live_kernels_are_predicted() {
    let spec = fixtures::spec();
    for (series, release, ids) in KERNELS {
        let path = captures::live_folder().join("features").join([series, ".jsonl"].concat());
        let Ok(text) = fs::read_to_string(path) else { continue };
        let abi = lower(&spec, Some(release));
        let model = model(&abi);
        let rows: Vec<Row> = captures::unpack(&text);
        for row in &rows {
            let mut before = row.before(8, Some(4));
            before[8..].fill(0xa5);
            before[8..row.argsz_in.max(8) as usize].fill(0);
            let answer = model.answer(&before, &Device { ids, payload: &[] });
            assert_eq!(errno(&answer), row.errno, "Linux {series}: {row:?}");
            let bytes: Vec<_> = row.out().into_iter().map(Some).collect();
            assert_eq!(answer.bytes, bytes, "Linux {series}: {row:?}");
        }
        let good = rows.iter().filter(|row| row.errno == 0).count();
        println!("Linux {series}: {} calls predicted, {good} of them without error", rows.len());
        assert!(rows.len() > 400 && good >= 15, "Linux {series}: {} and {good}", rows.len());
    }
}

/// The payload of every feature, in bytes, and whether the kernel writes it.
const PAYLOADS: [(u32, u64, bool); 14] = [
    (0, 16, false),
    (1, 8, true),
    (2, 8, true),
    (3, 0, false),
    (4, 8, false),
    (5, 0, false),
    (6, 24, true),
    (7, 0, false),
    (8, 32, false),
    (9, 8, true),
    (10, 4, false),
    (11, 16, false),
    (12, 0, false),
    (13, 8, false),
];

#[test]
fn a_payload_needs_an_access_and_its_size() {
    let abi = lower(&fixtures::spec(), None);
    let model = model(&abi);
    let ids: Vec<_> = PAYLOADS.iter().map(|(id, ..)| u64::from(*id)).collect();
    let device = Device { ids: &ids, payload: &[0x5a; 32] };
    let [get, set, probe] = [1 << 16, 1 << 17, 1 << 18];
    let feature_ids = feature(&abi);
    for (id, size, writes) in PAYLOADS {
        let mut accesses = 0;
        for access in [get, set] {
            let call = |argsz: u32, flags: u32| {
                let mut before = head(argsz, id | flags);
                before.resize(64, 0xa5);
                model.answer(&before, &device)
            };
            let allowed = errno(&call(8, probe | access)) == 0;
            accesses += u32::from(allowed);
            for argsz in 0..=48 {
                let answer = call(argsz, access);
                let good = allowed && u64::from(argsz) >= 8 + size;
                let expected = if good { 0 } else { error_number("EINVAL") };
                assert_eq!(errno(&answer), expected, "{id} with {access:#x} and {argsz}");
                let range = 8..8 + size;
                let written = if good && writes { vec![range] } else { Vec::new() };
                assert_eq!(answer.written, written, "{id} with {access:#x} and {argsz}");
            }
        }
        assert!(accesses > 0, "{id} has no access in {}", feature_ids.name);
    }
}

/// Every output of the reply has the bytes of the device, and every other byte is kept.
#[test]
fn a_reply_has_the_payload_of_the_device() {
    let abi = lower(&fixtures::spec(), None);
    let mut before = head(16, 1 << 16 | 2);
    before.extend([0xa5; 16]);
    let payload = [3, 0, 0, 0, 42, 0, 0, 0];
    let answer = model(&abi).answer(&before, &Device { ids: &[2], payload: &payload });
    let expected = [&before[..8], &payload[..], &[0xa5; 8]].concat();
    assert_eq!(answer.bytes, expected.into_iter().map(Some).collect::<Vec<_>>());
    assert_eq!((answer.read, answer.result), (16, Ok(())));
    let state = abi.find_struct("vfio_device_feature_mig_state").expect("the payload");
    assert_eq!(abi.struct_(state).kernel_layout().size, 8);
}
