//! `decode --data`: the memory that an argument has the address of. The model, which executes
//! the rules of the address, judges which lengths and bytes a kernel refuses.

use std::fs;

use capchain::decode::{self, Subject};
use capchain::ir::{Abi, Payload, PayloadLength, Struct, StructId};
use capchain::layout::TARGETS;
use capchain::lower::lower;
use capchain::model::pointer::PointerModel;
use serde_json::Value;
use support::fixtures;
use support::program::{Outcome, run};

fn iommufd() -> Abi {
    lower(&fixtures::open(&fixtures::root().join("spec/iommufd")), None)
}

/// The bytes of an argument in which some members are numbers.
fn argument(abi: &Abi, struct_: &Struct, numbers: &[(&str, u64)]) -> Vec<u8> {
    let size = struct_.layouts[0].size as usize;
    let mut bytes = vec![0; size];
    let size = [("size", size as u64)];
    let members = abi.members(struct_);
    for (name, number) in size.iter().chain(numbers) {
        let member = members.iter().find(|member| member.name == *name).expect("a member");
        let (at, width) = (member.spans[0].offset as usize, member.spans[0].size as usize);
        bytes[at..at + width].copy_from_slice(&number.to_le_bytes()[..width]);
    }
    bytes
}

/// The numbers that pass so many bytes, in one element.
fn lengths(payload: &Payload, length: u64) -> Vec<(&str, u64)> {
    match &payload.length {
        PayloadLength::Bytes(None, field) => vec![(field, length)],
        PayloadLength::Strided { count, stride } => vec![(count, 1), (stride, length)],
        other => panic!("{other:?}"),
    }
}

#[test]
fn data_are_refused_exactly_as_the_model_refuses_them() {
    let abi = iommufd();
    let (mut refused, mut taken) = (0, 0);
    for (index, struct_) in abi.structs.iter().enumerate() {
        for field in &struct_.fields {
            let Some(payload) = &field.payload else { continue };
            let Some(by) = payload.type_by.as_ref().filter(|by| by.struct_.is_none()) else {
                continue;
            };
            let group = abi.group(by.numbers(&abi, struct_).expect("numbers"));
            for value in &group.values {
                let Some(model) = PointerModel::new(&abi, payload, value) else { continue };
                let size = abi.struct_(value.payload_struct().expect("a struct")).layouts[0].size;
                for length in 0..size + 9 {
                    for fill in [0, 1] {
                        let data = vec![fill; length as usize];
                        let mut numbers = lengths(payload, length);
                        numbers.extend([(&*by.field, value.number as u64), (&field.name, 0x1000)]);
                        let bytes = argument(&abi, struct_, &numbers);
                        let subject = Subject::Struct(StructId(index));
                        let decoded = decode::decode(&abi, subject, &TARGETS[0], &bytes);
                        let [pointer] = &decoded.pointers()[..] else { panic!("one address") };
                        let found = decoded.pointed(pointer.clone(), &data);
                        let expected = model.answer(&data, &[]).result.err();
                        let error = found.error.map(|error| error.message);
                        let what = format!("{} {length} {fill}: {error:?}", value.name);
                        assert_eq!(error.is_some(), expected.is_some(), "{what}");
                        if let (Some(error), Some(expected)) = (error, expected) {
                            assert!(error.ends_with(expected), "{what}: {expected}");
                            refused += 1;
                        } else {
                            taken += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(refused > 150 && taken > 150, "{refused} refused, {taken} taken");
}

/// Runs `decode` on an argument and data in files.
fn said(name: &str, argument: &[u8], data: &[(&str, &[u8])], more: &[&str]) -> Outcome {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("argument"), argument).expect("a file");
    let mut args = vec!["decode".to_owned(), name.to_owned(), path("argument")];
    for (index, (field, bytes)) in data.iter().enumerate() {
        let file = path(&index.to_string());
        fs::write(&file, bytes).expect("a file");
        args.extend(["--data".to_owned(), [*field, &file].concat()]);
    }
    args.extend(more.iter().map(|&one| one.to_owned()));
    run(&fixtures::root(), &args.iter().map(String::as_str).collect::<Vec<_>>())
}

const TABLE: [u8; 24] =
    [1, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 48, 0, 0, 0, 0, 0, 0, 0];

fn alloc(type_: u64, length: u64) -> Vec<u8> {
    let abi = iommufd();
    let id = abi.find_struct("iommu_hwpt_alloc").expect("the struct");
    let numbers = [("data_type", type_), ("data_len", length), ("data_uptr", 0x7000)];
    argument(&abi, abi.struct_(id), &numbers)
}

#[test]
fn data_follow_their_argument_in_text_and_json() {
    let argument = alloc(1, 24);
    let found = said("IOMMU_HWPT_ALLOC", &argument, &[("", &TABLE)], &[]);
    let text = "data_uptr 0x7000: 24 bytes, IOMMU_HWPT_DATA_VTD_S1\n  struct iommu_hwpt_vtd_s1, \
                v7.3, x86_64: 24 bytes\n       0  flags       aligned_u64  SRE (0x1)\n";
    assert!(found.code == 0 && found.stdout.contains(text), "{}", found.stdout);
    let found =
        said("iommu_hwpt_alloc", &argument, &[("data_uptr=", &TABLE)], &["--format", "json"]);
    let object: Value = serde_json::from_str(&found.stdout).expect("JSON");
    let data = &object["data"][0];
    assert_eq!(
        (&data["field"], &data["type"], &data["length"], &data["error"]),
        (&"data_uptr".into(), &"IOMMU_HWPT_DATA_VTD_S1".into(), &24.into(), &Value::Null)
    );
    assert_eq!(data["decoded"][0]["fields"][1]["value"], 0x4000);
}

#[test]
fn a_wrong_length_and_an_unknown_type_are_named() {
    let long = [&TABLE[..], &[1; 8]].concat();
    for (argument, data, part) in [
        (alloc(1, 24), &TABLE[..16], "note: the length is 24: the input lacks 8 bytes"),
        (
            alloc(1, 32),
            &long,
            "error: data_too_long: v7.3 knows 24 bytes of IOMMU_HWPT_DATA_VTD_S1",
        ),
        (alloc(1, 8), &TABLE[..8], "error: data_too_short: IOMMU_HWPT_DATA_VTD_S1 needs 24 bytes"),
        (
            alloc(99, 24),
            &TABLE,
            "data_type is 99, which v7.3 does not know: the call fails with EOPNOTSUPP",
        ),
        (alloc(0, 24), &TABLE, "note: IOMMU_HWPT_DATA_NONE has no data"),
    ] {
        let found = said("IOMMU_HWPT_ALLOC", &argument, &[("", data)], &[]);
        assert!(found.stdout.contains(part), "{part}: {}", found.stdout);
        assert_eq!(
            found.code,
            i32::from(part.contains("error") || part.contains("fails")),
            "{part}"
        );
    }
    let found = said("IOMMU_HWPT_ALLOC", &alloc(1, 24), &[("name=", &TABLE)], &[]);
    assert!(found.code == 2 && found.stderr.contains("these fields have one: data_uptr"));
    let found = said("VFIO_DEVICE_GET_IRQ_INFO", &[16; 16], &[("", &TABLE)], &[]);
    assert!(found.code == 2 && found.stderr.contains("vfio_irq_info has no address"));
}

#[test]
fn addresses_in_the_payload_of_a_feature_have_memory_too() {
    let head = [32_u32, 6 | 1 << 17].map(u32::to_le_bytes).concat();
    let control = [4096_u64, 2, 0x5000].map(u64::to_le_bytes).concat();
    let ranges = [0_u64, 4096, 8192, 4096].map(u64::to_le_bytes).concat();
    let found =
        said("VFIO_DEVICE_FEATURE", &[head, control].concat(), &[("ranges=", &ranges)], &[]);
    let last = "iova    aligned_u64  8192 (0x2000)";
    assert!(found.code == 0 && found.stdout.contains(last), "{}", found.stdout);
}

#[test]
fn a_payload_of_another_size_and_an_unknown_feature_have_notes() {
    for (size, id, note) in [
        (24_u32, 6, "note: VFIO_DEVICE_FEATURE_DMA_LOGGING_START needs 24 bytes, and has 16"),
        (
            40,
            6,
            "note: v7.3 does not know the last 8 bytes of VFIO_DEVICE_FEATURE_DMA_LOGGING_START",
        ),
        (32, 0x99, "note: flags has an id that v7.3 does not know"),
        (32, 6, ""),
    ] {
        let mut bytes = [size, id | 1 << 17].map(u32::to_le_bytes).concat();
        bytes.resize(size as usize, 0);
        let found = said("VFIO_DEVICE_FEATURE", &bytes, &[], &[]);
        assert!(found.stdout.contains(note), "{note}: {}", found.stdout);
        assert_eq!(found.stdout.contains("note: "), !note.is_empty(), "{}", found.stdout);
    }
}

#[test]
fn records_without_a_type_are_compared_with_all_types() {
    let bytes = [[0_u32, 6].map(u32::to_le_bytes).concat(), vec![2; 32]].concat();
    let found = said("events", &bytes, &[], &[]);
    let note = "note: events:IOMMU_VEVENTQ_TYPE_ARM_SMMUV3 fits best";
    assert!(found.code == 0 && found.stdout.contains(note), "{}", found.stdout);
    assert!(
        found.stdout.contains("events:IOMMU_VEVENTQ_TYPE_TEGRA241_CMDQV ("),
        "{}",
        found.stdout
    );
}
