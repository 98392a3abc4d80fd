//! The sample contents of replies, byte by byte, and the bytes that an answer has past the
//! caller's buffer.
#![allow(clippy::single_range_in_vec_init, reason = "a list of one range is meant")]

use capchain::ir::{Abi, Role, Struct};
use capchain::lower::lower;
use capchain::model::{Answer, sample};
use support::fixtures;

fn struct_<'a>(abi: &'a Abi, name: &str) -> &'a Struct {
    abi.struct_(abi.find_struct(name).expect("a struct"))
}

#[test]
fn every_byte_of_a_sample_belongs_to_a_field() {
    let abi = lower(&fixtures::spec(), None);
    for struct_ in &abi.structs {
        let layout = &struct_.layouts[0];
        let (mut all, mut quiet) = (vec![0; layout.size as usize], vec![0; layout.size as usize]);
        for (field, span) in struct_.fields.iter().zip(&layout.fields) {
            for at in 0..span.size {
                let (place, mark) = ((span.offset + at) as usize, sample::mark(&field.name, at));
                assert_ne!(mark, 0, "{}.{}", struct_.name, field.name);
                all[place] = mark;
                quiet[place] = if field.role == Role::Flags { 0 } else { mark };
            }
        }
        assert_eq!(sample::fixed(struct_), all, "{}", struct_.name);
        assert_eq!(sample::quiet(struct_), quiet, "{}", struct_.name);
    }
    let marks: Vec<_> = (0..8).map(|at| sample::mark("size", at)).collect();
    let others: Vec<_> = (0..8).map(|at| sample::mark("offset", at)).collect();
    assert_ne!(marks, others);
    assert!(marks.iter().any(|mark| *mark != marks[0]), "{marks:x?}");
}

#[test]
fn a_sample_array_has_the_bytes_of_its_elements() {
    let abi = lower(&fixtures::spec(), None);
    let hot_reset = struct_(&abi, "vfio_pci_hot_reset_info");
    for (elements, size) in [(0, 0), (1, 8), (3, 24)] {
        let expected: Vec<_> = (0..size).map(|at| sample::mark("devices", at)).collect();
        assert_eq!(sample::array(&abi, hot_reset, elements), expected, "{elements}");
    }
    assert!(sample::array(&abi, struct_(&abi, "vfio_region_info"), 3).is_empty());
}

#[test]
fn a_sample_capability_counts_its_elements() {
    let abi = lower(&fixtures::spec(), None);
    let named =
        |name: &str| abi.capabilities.iter().find(|one| one.name == name).expect("a capability");
    // nr_areas, a reserved word, and areas of 16 bytes, after a header of 8.
    let sparse = named("VFIO_REGION_INFO_CAP_SPARSE_MMAP");
    for elements in [0, 1, 3] {
        let cap = sample::cap(&abi, sparse, elements);
        assert_eq!((cap.id, cap.version, cap.array), (1, 1, Some((8, 16))));
        assert_eq!(cap.body[..4], (elements as u32).to_le_bytes());
        let reserved = (0..4).map(|at| sample::mark("reserved", at));
        let areas = (0..16 * elements).map(|at| sample::mark("areas", at));
        assert_eq!(cap.body[4..], reserved.chain(areas).collect::<Vec<_>>());
    }
    // Two numbers after the header.
    let type_ = sample::cap(&abi, named("VFIO_REGION_INFO_CAP_TYPE"), 3);
    let words = ["type", "subtype"].into_iter();
    let words = words.flat_map(|name| (0..4).map(move |at| sample::mark(name, at)));
    assert_eq!((type_.id, type_.array, type_.body), (2, None, words.collect()));
    // A capability that is only a header.
    let bare = sample::cap(&abi, named("VFIO_REGION_INFO_CAP_MSIX_MAPPABLE"), 3);
    assert_eq!((bare.id, bare.array, bare.body), (3, None, Vec::new()));
    // The newest version has every field.
    let zpci = sample::cap(&abi, named("VFIO_DEVICE_INFO_CAP_ZPCI_BASE"), 1);
    assert_eq!((zpci.version, zpci.array), (3, None));
}

#[test]
fn bytes_past_the_buffer_start_at_its_end() {
    let written = |ranges: &[(u64, u64)]| Answer {
        result: Ok(()),
        bytes: Vec::new(),
        read: 0,
        written: ranges.iter().map(|(start, end)| *start..*end).collect(),
    };
    let cases = [
        (vec![], None),
        (vec![(0, 16)], None),
        (vec![(0, 31)], None),
        (vec![(0, 32)], None),
        (vec![(0, 33)], Some(32..33)),
        (vec![(0, 16), (24, 40)], Some(32..40)),
        (vec![(48, 56)], Some(32..56)),
    ];
    for (ranges, expected) in cases {
        assert_eq!(written(&ranges).past(32), expected, "{ranges:?}");
    }
}
