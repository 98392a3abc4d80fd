//! The reply model against real kernels: from the full reply of a sweep and the
//! rules of the handler, it predicts every byte of the replies for every other
//! argsz and fill. A sweep without a full reply must be one that a rule refuses.

use std::collections::BTreeMap;

use capchain::decode::{self, Subject};
use capchain::ir::{Abi, Arg, Chain, Handler, Ioctl, Struct, Type};
use capchain::layout::{Model, TARGETS};
use capchain::lower::lower;
use capchain::model::{Answer, Cap, Contents, HandlerModel};
use capchain::release::Release;
use capchain::reply::INVALID;
use support::captures::{Row, error_number};
use support::{captures, fixtures};

/// The release of a kernel such as `7.2.13-custom`.
fn release(kernel: &str) -> Release {
    let mut numbers = kernel.split(['.', '-']).filter_map(|part| part.parse::<u16>().ok());
    let (major, minor) = (numbers.next().expect("a release"), numbers.next().expect("a release"));
    Release::new(major, minor)
}

/// The sample driver of a mediated device; the tool that captured gave each a UUID.
fn sample_driver(row: &Row) -> Option<&'static str> {
    let (uuid, _) = row.device.split_once("-1111-")?;
    Some(["mdpy", "mbochs", "mtty"][uuid.parse::<usize>().expect("a number") - 1])
}

/// The ioctl of a sweep.
fn ioctl<'a>(abi: &'a Abi, row: &Row) -> &'a Ioctl {
    abi.ioctls.iter().find(|ioctl| ioctl.name == row.ioctl).expect("an ioctl")
}

/// The handler that answered a sweep.
fn handler<'a>(abi: &'a Abi, row: &Row) -> Option<(&'a Ioctl, &'a Handler)> {
    let ioctl = ioctl(abi, row);
    let sample = sample_driver(row);
    let of_sample = ["core", sample.unwrap_or_default()];
    let wanted: &[&str] = match (row.ioctl.as_str(), row.path.as_str()) {
        ("VFIO_IOMMU_GET_INFO", "compat" | "cdev") => &["iommufd"],
        ("VFIO_IOMMU_GET_INFO", _) => &["type1"],
        _ if sample.is_some() => &of_sample,
        _ => &["core", "vfio_pci", "pci"],
    };
    let now = |handler: &&Handler| {
        handler.since.covers(abi.release)
            && handler.until.is_none_or(|until| abi.release < until.opening())
    };
    let handlers = ioctl.handlers.iter().filter(now);
    let found = wanted.iter().find_map(|name| handlers.clone().find(|one| one.name == *name));
    found.map(|handler| (ioctl, handler))
}

/// The contents of a full reply.
fn contents(abi: &Abi, ioctl: &Ioctl, full: &[u8]) -> Contents {
    let Arg::Struct(id) = ioctl.arg else { panic!("no struct") };
    let size = abi.struct_(id).layouts[0].size as usize;
    let mut fixed = full.to_vec();
    fixed.resize(size, 0);
    Contents { fixed, array: array(abi, abi.struct_(id), full), caps: caps(abi, ioctl, full) }
}

/// The elements of the array that ends a struct.
fn array(abi: &Abi, struct_: &Struct, full: &[u8]) -> Vec<u8> {
    let Some((field, element, count)) = flexible(abi, struct_) else { return Vec::new() };
    let spans = &struct_.layouts[0].fields;
    let (start, count) = (spans[field].offset as usize, spans[count].offset as usize);
    let count = u32::from_le_bytes(full[count..count + 4].try_into().expect("4 bytes"));
    full[start..start + element * count as usize].to_vec()
}

/// The capabilities of a full reply, which `decode` walks.
fn caps(abi: &Abi, ioctl: &Ioctl, full: &[u8]) -> Vec<Cap> {
    let Arg::Struct(id) = ioctl.arg else { panic!("no struct") };
    let hosted = |chain: &Chain| chain.offset_host().is_some_and(|host| host.struct_ == id);
    if !abi.chains.iter().any(hosted) {
        return Vec::new();
    }
    let target = TARGETS.iter().find(|target| target.name == "x86_64").expect("a target");
    let decoded = decode::decode(abi, Subject::Struct(id), target, full);
    assert!(decoded.error.is_none(), "a full reply is sound");
    let caps = decoded.caps.iter().map(|cap| {
        let (at, version) = (cap.at as usize, cap.version.into());
        let Some(known) = cap.known else {
            let body = full[at + 8..cap.end as usize].to_vec();
            return Cap { id: cap.id, version, body, array: None };
        };
        let struct_ = known.struct_.map(|id| abi.struct_(id));
        let layout = struct_.map(|struct_| &struct_.layouts[0]);
        let (mut size, mut array) = (layout.map_or(8, |layout| layout.size as usize), None);
        if let Some((field, element, count)) = struct_.and_then(|struct_| flexible(abi, struct_)) {
            let start = layout.expect("a struct").fields[field].offset as usize;
            let count = layout.expect("a struct").fields[count].offset as usize;
            let count = u32::from_le_bytes(full[at + count..at + count + 4].try_into().expect("4"));
            size = start + element * count as usize;
            array = Some((start - 8, element));
        }
        let body = full[at + 8..at + size].to_vec();
        Cap { id: cap.id, version, body, array }
    });
    caps.collect()
}

/// The bytes of a full reply in a buffer of the size that a shorter one asks for.
fn full_reply(full: &Row, sweep: &[Row]) -> Vec<u8> {
    let mut bytes = full.out();
    let argsz = |row: &Row| Some((row.argsz_in, u32::from_le_bytes(*row.out().first_chunk()?)));
    let wanted = sweep.iter().filter(|row| row.ret == 0).filter_map(argsz);
    let need = wanted.filter(|(given, wanted)| given < wanted).map(|(_, wanted)| wanted).max();
    if let Some(need) = need {
        bytes.truncate(need as usize);
        bytes[..4].copy_from_slice(&need.to_le_bytes());
    }
    bytes
}

/// A struct's flexible array: its field, the size of an element, and the field
/// that counts them.
fn flexible(abi: &Abi, struct_: &Struct) -> Option<(usize, usize, usize)> {
    struct_.fields.iter().enumerate().find_map(|(index, field)| match &field.type_ {
        Type::Flexible(element, Some(count)) => {
            let each = abi.extent(element, Model::Lp64)?.size as usize;
            Some((index, each, *count))
        }
        _ => None,
    })
}

/// The number of rows, and of predicted rows.
#[derive(Default)]
struct Tally {
    covered: usize,
    matched: usize,
    not_covered: usize,
}

/// The number of regions of a device, from its own reply.
type Regions = BTreeMap<(String, String, String), u32>;

fn place(row: &Row) -> (String, String, String) {
    (row.kernel.clone(), row.path.clone(), row.device.clone())
}

fn regions<'a>(rows: impl Iterator<Item = &'a Row>) -> Regions {
    let told = rows.filter(|row| {
        row.ioctl == "VFIO_DEVICE_GET_INFO" && row.ret == 0 && row.argsz_in as usize >= 16
    });
    let number = |row: &Row| u32::from_le_bytes(row.out()[8..12].try_into().expect("4 bytes"));
    told.map(|row| (place(row), number(row))).collect()
}

/// The errno of a call that fails whatever the handler's rules say about its bytes:
/// each line is a sentence of the specification.
fn always_fails(abi: &Abi, row: &Row, regions: &Regions) -> Option<i64> {
    let ioctl = ioctl(abi, row);
    // A container without a backend has none of the backend's ioctls.
    let without_backend = ["empty-container", "group-set"].contains(&row.phase.as_str());
    // A device must be bound to an iommufd before anything else works on it.
    let unbound = row.phase == "before-bind";
    // The indexes of regions end below the device's num_regions.
    let beyond = row.ioctl == "VFIO_DEVICE_GET_REGION_INFO"
        && regions.get(&place(row)).is_some_and(|count| row.index >= i64::from(*count));
    // An iommufd looks for its address space after it has checked argsz.
    let without_space = without_backend
        && (row.ioctl.as_str(), row.path.as_str()) == ("VFIO_IOMMU_GET_INFO", "compat")
        && row.argsz_in >= 16;
    if without_space {
        return Some(error_number("ENODEV"));
    }
    if without_backend && !ioctl.backends.is_empty() || unbound || beyond {
        return Some(error_number("EINVAL"));
    }
    // A driver does not know the ioctls of PCI devices unless it is one of theirs.
    let pci_only = !ioctl.handlers.is_empty() && ioctl.handlers.iter().all(|one| one.name == "pci");
    (pci_only && sample_driver(row).is_some()).then(|| error_number("ENOTTY"))
}

#[test]
fn the_model_predicts_the_answers_of_kernels() {
    let spec = fixtures::spec();
    let newest = lower(&spec, None);
    let (mut abis, mut sweeps) = (BTreeMap::new(), BTreeMap::<_, Vec<Row>>::new());
    let all = captures::rows();
    let regions = regions(all.iter());
    for row in all {
        let release = release(&row.kernel);
        abis.entry(release).or_insert_with(|| lower(&spec, Some(release)));
        sweeps.entry(row.group()).or_default().push(row);
    }
    let mut tallies = BTreeMap::<String, Tally>::new();
    for rows in sweeps.values() {
        let abi = &abis[&release(&rows[0].kernel)];
        let honest =
            rows.iter().filter(|row| row.ret == 0 && row.argsz_in as usize <= row.out().len());
        let full = honest.max_by_key(|row| row.argsz_in).map(|row| full_reply(row, rows));
        // The program that asked was built with the newest headers.
        let Arg::Struct(id) = ioctl(&newest, &rows[0]).arg else { panic!("no struct") };
        let size = newest.struct_(id).layouts[0].size as usize;
        let index_at = (rows[0].index >= 0).then_some(8);
        let refused = rows.iter().all(|row| row.ret < 0);
        if refused && always_fails(abi, &rows[0], &regions).is_some() {
            let tally = tallies.entry(format!("no {}", rows[0].ioctl)).or_default();
            for row in rows {
                tally.covered += 1;
                let errno = always_fails(abi, row, &regions).expect("an error");
                let untouched = row.before(size, index_at) == row.out();
                assert!(row.errno == errno && untouched, "{errno}: {row:?}");
                tally.matched += 1;
            }
            continue;
        }
        let Some((ioctl, handler)) = handler(abi, &rows[0]) else {
            let name = format!("a sample driver's {}", rows[0].ioctl);
            tallies.entry(name).or_default().not_covered += rows.len();
            continue;
        };
        let name = format!("{} of {}", handler.name, ioctl.name);
        let tally = tallies.entry(name).or_default();
        let model = HandlerModel::new(abi, ioctl, handler);
        let Some(model) = model.filter(|_| full.is_some() || refused) else {
            tally.not_covered += rows.len();
            continue;
        };
        let contents = full.as_deref().map(|full| contents(abi, ioctl, full));
        let contents = contents.unwrap_or_default();
        for row in rows {
            let before = row.before(size, index_at);
            let answer = match &full {
                None if model.may_refuse(&before) => unchanged(&before),
                _ => model.answer(&before, &contents),
            };
            tally.covered += 1;
            let differs = difference(row, &answer);
            assert_eq!(differs, None, "{} of {row:?}", handler.name);
            tally.matched += 1;
        }
    }
    for (name, Tally { covered, matched, not_covered }) in &tallies {
        println!("{name}: {covered} covered, {matched} matched, {not_covered} not covered");
    }
    let matched: usize = tallies.values().map(|tally| tally.matched).sum();
    assert!(matched > 500, "{matched} rows are too few to show anything");
}

/// The answer of a device that refuses a call: the buffer stays as it was.
fn unchanged(before: &[u8]) -> Answer<'static> {
    let bytes = before.iter().copied().map(Some).collect();
    Answer { result: Err(INVALID), bytes, read: 0, written: Vec::new() }
}

/// The differences between the model's answer and a kernel's.
fn difference(row: &Row, answer: &Answer<'_>) -> Option<String> {
    let kernel = row.out();
    let told = answer.result.map_or_else(error_number, |()| 0);
    if told != row.errno {
        return Some(format!("errno: {told}, was {}", row.errno));
    }
    let pairs = answer.bytes.iter().zip(&kernel).enumerate();
    let mut wrong = pairs.filter(|(_, (told, real))| told.is_some_and(|told| told != **real));
    wrong.next().map(|(at, (told, real))| format!("byte {at} is {told:02x?}, was {real:02x}"))
}
