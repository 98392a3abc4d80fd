//! Requests of ioctls: the bytes are those that the kernel's own structs have, and
//! `decode` reads the values back.

use iommufd_abi::requests::HwptGetDirtyBitmap;
use support::fixtures;
use support::program::{Outcome, run_with_input};
use vfio_abi::requests::*;
use vfio_abi::uapi;

/// The bytes of a request.
fn written<R: Request>(mut request: R) -> Vec<u8> {
    let mut buffer = vec![0xaa; request.size() + 8];
    let size = request.write(&mut buffer).expect("a buffer with room").len();
    assert!(buffer[size..].iter().all(|byte| *byte == 0xaa), "{} writes after its end", R::NAME);
    for short in 0..size {
        let error = request.write(&mut buffer[..short]).expect_err("a buffer that is too small");
        assert_eq!(error, ArgumentError::BufferTooSmall { size });
    }
    buffer.truncate(size);
    buffer
}

/// Numbers of four bytes each.
fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

#[test]
fn interrupts_have_a_count_a_size_and_flags_that_agree() {
    let eventfds = [7, -1, 9];
    let set = SetIrqsEventfd::new(IrqSetAction::Trigger, 2, 1, &eventfds);
    assert_eq!(written(set), words(&[32, 1 << 2 | 1 << 5, 2, 1, 3, 7, u32::MAX, 9]));
    let mask = SetIrqsBool::new(IrqSetAction::Mask, 1, 0, &[1, 0, 1]);
    let expected = [words(&[23, 1 << 1 | 1 << 3, 1, 0, 3]), vec![1, 0, 1]].concat();
    assert_eq!(written(mask), expected);
    let disable = SetIrqsNone::new(IrqSetAction::Trigger, 2, 0, 0);
    assert_eq!(written(disable), words(&[20, 1 | 1 << 5, 2, 0, 0]));
    assert_eq!(SetIrqsNone::IOCTL, uapi::VFIO_DEVICE_SET_IRQS);
}

#[test]
fn features_have_the_id_the_access_and_the_payload() {
    assert_eq!(written(GetMigration::new()), words(&[16, 1 << 16 | 1, 0, 0]));
    let state = SetMigDeviceState::new(uapi::vfio_device_mig_state::STOP_COPY);
    // A server that sets no descriptor returns none.
    assert_eq!(written(state), words(&[16, 1 << 17 | 2, 3, u32::MAX]));
    assert_eq!(written(GetMigDeviceState::new()), words(&[16, 1 << 16 | 2, 0, u32::MAX]));
    assert_eq!(written(SetLowPowerExit::new()), words(&[8, 1 << 17 | 5]));
    let probe = FeatureProbe::new(9, uapi::DeviceFeatureFlags::GET);
    assert_eq!(written(probe), words(&[8, 1 << 18 | 1 << 16 | 9]));
    let token = [words(&[24, 1 << 17]), vec![5; 16]].concat();
    assert_eq!(written(SetPciVfToken::new([5; 16])), token);
    let reply = words(&[16, 1 << 17 | 2, 3, 42]);
    let state = SetMigDeviceState::reply(&reply).expect("a payload");
    let stop_copy = uapi::vfio_device_mig_state::STOP_COPY;
    assert_eq!((state.device_state(), state.data_fd()), (stop_copy, 42));
    assert_eq!(state.to_struct().device_state, stop_copy);
}

#[test]
fn memory_has_its_address_and_its_length() {
    let mut bitmap = [0_u64; 2];
    let address = bitmap.as_ptr() as usize as u64;
    let unmap = IommuUnmapDmaGetDirtyBitmap::new(
        uapi::IommuType1DmaUnmapFlags(0),
        0x1000,
        0x8_0000,
        4096,
        &mut bitmap,
    );
    let numbers = [0x1000, 0x8_0000, 4096, 16, address];
    let numbers = numbers.iter().flat_map(|number: &u64| number.to_ne_bytes());
    assert_eq!(written(unmap), [words(&[48, 1]), numbers.collect()].concat());

    let mut range = uapi::vfio_device_feature_dma_logging_range::new();
    (range.iova, range.length) = (0x1000, 0x1000);
    let ranges = [range; 3];
    let start = written(SetDmaLoggingStart::new(4096, &ranges));
    assert_eq!(start[16..20], 3_u32.to_ne_bytes());
    assert_eq!(start[24..32], (ranges.as_ptr() as usize as u64).to_ne_bytes());

    let mut part = uapi::vfio_region_dma_range::new();
    (part.offset, part.length) = (0x2000, 0x1000);
    let dma_buf = written(GetDmaBuf::new(1, 2, 0, &[part, part]));
    assert_eq!(dma_buf[..24], words(&[56, 1 << 16 | 11, 1, 2, 0, 2]));
    assert_eq!(dma_buf[24..], words(&[0x2000, 0, 0x1000, 0].repeat(2)));

    let mut one_word = [0_u64; 1];
    let mut report = GetDmaLoggingReport::new(0, 65 * 4096, 4096, &mut one_word);
    let error = report.write(&mut [0; 64]).expect_err("one bit too few");
    assert_eq!(error, ArgumentError::BitmapTooSmall { bits: 65 });
}

/// Every bitmap has at least ceil(pages / 64) words, as the kernel demands.
#[test]
fn a_bitmap_covers_its_range() {
    type Write = fn(u64, u64, &mut [u64]) -> Result<(), ArgumentError>;
    let unmap: Write = |size, page, bitmap| {
        let flags = uapi::IommuType1DmaUnmapFlags(0);
        let mut request = IommuUnmapDmaGetDirtyBitmap::new(flags, 0, size, page, bitmap);
        request.write(&mut [0; 64]).map(drop)
    };
    let dirty_pages: Write = |size, page, bitmap| {
        IommuDirtyPagesGetBitmap::new(0, size, page, bitmap).write(&mut [0; 64]).map(drop)
    };
    let report: Write = |size, page, bitmap| {
        GetDmaLoggingReport::new(0, size, page, bitmap).write(&mut [0; 64]).map(drop)
    };
    let table: Write = |size, page, bitmap| {
        let flags = iommufd_abi::uapi::iommufd_hwpt_get_dirty_bitmap_flags(0);
        // The length comes before the page size, as in the struct.
        let mut request = HwptGetDirtyBitmap::new(1, flags, 0, size, page, bitmap);
        iommufd_abi::requests::Request::write(&mut request, &mut [0; 64]).map(drop).map_err(same)
    };
    for write in [unmap, dirty_pages, report, table] {
        for (pages, words) in [(1, 1), (64, 1), (65, 2), (128, 2), (1 << 20, 1 << 14)] {
            let mut bitmap = vec![0; words];
            assert_eq!(write(pages * 4096, 4096, &mut bitmap), Ok(()), "{pages} pages");
            let bits = pages;
            let short = Err(ArgumentError::BitmapTooSmall { bits });
            assert_eq!(write(pages * 4096, 4096, &mut bitmap[1..]), short, "{pages} pages");
        }
        let short = Err(ArgumentError::BitmapTooSmall { bits: 65 });
        assert_eq!(write(64 * 4096 + 1, 4096, &mut [0]), short, "a part of a page");
        let huge = Err(ArgumentError::BitmapTooSmall { bits: u64::MAX });
        assert_eq!(write(u64::MAX, 1, &mut [0]), huge);
        // A kernel takes the lowest bit of 0x3000 as the page size, and writes 2048 bytes.
        for page in [0, 3, 0x3000, u64::MAX] {
            let size = Err(ArgumentError::PageSize { page });
            assert_eq!(write(64 << 20, page, &mut [0; 1 << 10]), size);
        }
        assert_eq!(write(1, 1 << 63, &mut [0]), Ok(()));
        assert_eq!(write(0, 4096, &mut [0]), Err(ArgumentError::EmptyRange));
    }
}

/// The same error of another crate.
fn same(error: iommufd_abi::requests::ArgumentError) -> ArgumentError {
    use iommufd_abi::requests::ArgumentError as Other;
    match error {
        Other::BitmapTooSmall { bits } => ArgumentError::BitmapTooSmall { bits },
        Other::PageSize { page } => ArgumentError::PageSize { page },
        Other::EmptyRange => ArgumentError::EmptyRange,
        other => panic!("{other}"),
    }
}

/// Flags and ids that would make another request, or contradict an optional value.
#[test]
fn bits_that_follow_from_other_values_are_refused() {
    fn refused<T>(bits: u64) -> Result<T, ArgumentError> {
        Err(ArgumentError::ForeignBits { bits })
    }
    let flags = uapi::DeviceFeatureFlags;
    let probe =
        |id, flags| FeatureProbe::new(id, flags).write(&mut [0; 64]).map(|bytes| bytes.to_vec());
    assert_eq!(probe(13 | 1 << 16, flags(0)), refused(1 << 16), "GET through the id");
    assert_eq!(probe(u32::MAX, flags(0)), refused(0xffff_0000));
    assert_eq!(probe(13, flags(1)), refused(1), "another id through the flags");
    assert_eq!(probe(0xffff, flags(1 << 16)), Ok(words(&[8, 1 << 18 | 1 << 16 | 0xffff])));
    // A later kernel may know this flag.
    assert_eq!(probe(13, flags(1 << 19)), Ok(words(&[8, 1 << 19 | 1 << 18 | 13])));

    let unmap =
        |flags| IommuUnmapDma::new(flags, 0, 4096).write(&mut [0; 64]).map(|bytes| bytes.len());
    assert_eq!(unmap(uapi::IommuType1DmaUnmapFlags::GET_DIRTY_BITMAP), refused(1));
    assert_eq!(unmap(uapi::IommuType1DmaUnmapFlags::ALL), Ok(24));

    use iommufd_abi::requests::{self as iommufd, HwptAlloc, HwptAllocData, Request as _};
    let flags = iommufd_abi::uapi::iommufd_hwpt_alloc_flags::FAULT_ID_VALID;
    let mut alloc = HwptAlloc::new(flags, 1, 2, HwptAllocData::None);
    let without_id = alloc.write(&mut [0; 64]).map(|bytes| bytes.len());
    assert_eq!(without_id, Err(iommufd::ArgumentError::ForeignBits { bits: flags.0.into() }));
    let none = iommufd_abi::uapi::iommufd_hwpt_alloc_flags(0);
    let mut alloc = HwptAlloc::new(none, 1, 2, HwptAllocData::None);
    alloc.fault_id = Some(7);
    let mut buffer = [0; 64];
    let bytes = alloc.write(&mut buffer).expect("an argument");
    assert_eq!(bytes[4..8], flags.0.to_ne_bytes());
}

/// Methods borrow file descriptors, so that they are open: `slow/misuse.rs` compiles calls.
#[test]
fn no_method_takes_the_number_of_a_file() {
    for abi in ["iommufd", "vfio"] {
        let path = fixtures::root().join(format!("generated/{abi}-abi/src/calls.rs"));
        let text = std::fs::read_to_string(path).expect("the methods");
        let signatures = text.split("pub fn ").skip(1).chain(text.split("pub unsafe fn ").skip(1));
        let signatures: Vec<_> = signatures.filter_map(|text| text.split(" {").next()).collect();
        assert!(signatures.len() > 20, "{signatures:?}");
        for signature in signatures {
            let parameters = signature.split("->").next().expect("parameters");
            let raw = ["i32", "c_int", "RawFd"].iter().any(|type_| parameters.contains(type_));
            assert!(!raw, "{abi}: {signature}");
        }
    }
}

/// The type of the operations is wider than their field.
#[test]
fn a_number_that_is_wider_than_its_field_is_refused() {
    use iommufd_abi::requests::{ArgumentError, IommuOption, Request as _};
    use iommufd_abi::uapi::{iommufd_option, iommufd_option_ops};
    let written = |op| {
        let mut request = IommuOption::new(iommufd_option::HUGE_PAGES, op, 0, 0);
        let mut buffer = [0; 64];
        request.write(&mut buffer).map(|bytes| bytes[8..10].to_vec())
    };
    assert_eq!(written(iommufd_option_ops::GET), Ok(1_u16.to_ne_bytes().to_vec()));
    let number = 0x1_0001;
    assert_eq!(written(iommufd_option_ops(0x1_0001)), Err(ArgumentError::TooLarge { number }));
}

/// A part of an element would be dropped without a word.
#[test]
fn bytes_of_elements_are_whole_elements() {
    use iommufd_abi::requests::{ArgumentError, HwptInvalidate, HwptInvalidateData, Request};
    let of = |size, bytes: &[u8]| {
        let number = iommufd_abi::uapi::iommu_hwpt_invalidate_data_type(9);
        let mut argument = [0; 64];
        let data = HwptInvalidateData::Other(number, size, bytes);
        let written = HwptInvalidate::new(1, data).write(&mut argument).map(|_| ());
        let word = |at: usize| u32::from_ne_bytes(argument[at..at + 4].try_into().expect("four"));
        written.map(|()| (word(20), word(24)))
    };
    assert_eq!(of(4, &[0; 20]), Ok((4, 5)));
    assert_eq!(of(4, &[]), Ok((4, 0)));
    assert_eq!(of(16, &[0; 20]), Err(ArgumentError::PartOfElement { bytes: 20, size: 16 }));
    assert_eq!(of(0, &[0; 20]), Err(ArgumentError::PartOfElement { bytes: 20, size: 0 }));
}

#[test]
fn optional_values_set_their_flag() {
    assert_eq!(written(AttachIommufdPt::new(3)), words(&[16, 0, 3, 0]));
    let mut attach = AttachIommufdPt::new(3);
    attach.pasid = Some(8);
    assert_eq!(written(attach), words(&[16, 1, 3, 8]));
    let token = [9; 16];
    let mut bind = BindIommufd::new(5);
    bind.token_uuid_ptr = Some(&token);
    let bytes = written(bind);
    assert_eq!(bytes[..16], words(&[24, 1, 5, 0]));
    assert_eq!(bytes[16..], (token.as_ptr() as usize as u64).to_ne_bytes());
}

/// The bytes of an argument are the results as far as argsz, and never too few of them.
#[test]
fn results_are_read_within_argsz() {
    let reply = words(&[16, 1 << 16 | 2, 3, 42]);
    for (bytes, argsz, len) in [(15, 16, 15), (16, 15, 15), (16, 8, 8), (7, 16, 7), (0, 0, 0)] {
        let mut reply = reply[..bytes].to_vec();
        if let Some(place) = reply.get_mut(..4) {
            place.copy_from_slice(&u32::to_ne_bytes(argsz));
        }
        let error = GetMigDeviceState::reply(&reply).expect_err("too few bytes");
        assert_eq!(error, ReplyError::TooShort { len, minsz: 16 }, "{bytes} and {argsz}");
    }
    // A short argument of an old program has no `pasid`.
    let attach = words(&[12, 0, 7]);
    let attach = DeviceAttachIommufdPtReply::parse(&attach).expect("all that old kernels have");
    assert_eq!((attach.pt_id(), attach.pasid()), (7, None));
    let wire = Wire { big_endian: true, layout: CLayout::Lp64 };
    let migration = [[0, 0, 0, 16], [0, 1, 0, 1], [0; 4], [0, 0, 0, 5]].concat();
    let migration = DeviceFeatureMigrationReply::parse_as(&migration, wire).expect("a payload");
    let expected =
        uapi::DeviceFeatureMigrationFlags::STOP_COPY | uapi::DeviceFeatureMigrationFlags::PRE_COPY;
    assert_eq!(migration.flags(), expected);
}

/// Structs within results are read, too.
#[test]
fn results_have_the_structs_within_them() {
    let info = words(&[32, 1, 0x1000, 0x2000, 3, 0, 4, 5]);
    let info = IommuSpaprTceInfoReply::parse(&info).expect("all of it");
    let ddw = info.ddw().expect("all of it");
    assert_eq!((ddw.pgsizes, ddw.max_dynamic_windows_supported, ddw.levels), (3, 4, 5));
    assert_eq!(info.to_struct().ddw.levels, 5);
    let old = words(&[28, 0, 0x1000, 0x2000, 3, 0, 4]);
    let old = IommuSpaprTceInfoReply::parse(&old).expect("all that old kernels have");
    assert!(old.ddw().is_none());
}

/// Every small counted reply: the elements are all there or none, whatever the count.
#[test]
fn every_small_counted_reply_is_read() {
    let counts = (0..=12).chain([1 << 28, (1 << 29) - 2, (1 << 29) - 1, 1 << 29, u32::MAX]);
    for count in counts {
        let needed = u64::from(count) * 8 + 12;
        for background in [0, 2, 0xff] {
            for len in 0..=64_u32 {
                let mut reply = vec![background; len as usize];
                if let Some(place) = reply.get_mut(8..12) {
                    place.copy_from_slice(&count.to_ne_bytes());
                }
                let Ok(info) = PciHotResetInfo::parse(&reply) else {
                    assert!(len < 12, "{len} bytes");
                    continue;
                };
                assert!(len >= 12, "{len} bytes");
                let shown = if needed <= u64::from(len) { count as usize } else { 0 };
                assert_eq!((info.count(), info.devices().len()), (count, shown), "{len} bytes");
                assert_eq!(info.devices().iter().count(), shown, "{len} bytes");
                let needed = u32::try_from(needed).ok();
                assert_eq!(info.required_size(), needed, "{count} elements");
            }
        }
    }
}

/// A big-endian capture on any machine.
#[test]
fn a_counted_reply_has_its_own_byte_order() {
    let device = [0, 0, 0, 7, 0, 1, 2, 0x18];
    let reply = [&[0, 0, 0, 28][..], &[0; 4], &[0, 0, 0, 2], &device, &device].concat();
    let wire = |big_endian| Wire { big_endian, layout: CLayout::Ilp32 };
    let info = PciHotResetInfo::parse_as(&reply, wire(true)).expect("a reply");
    assert_eq!((info.count(), info.required_size()), (2, Some(28)));
    let found: Vec<_> = info.devices().iter().collect();
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].group_id(), 7);
    assert_eq!((found[1].segment, found[1].bus, found[1].devfn), (1, 2, 0x18));
    let info = PciHotResetInfo::parse_as(&reply, wire(false)).expect("a reply");
    assert_eq!((info.count(), info.devices().len()), (2 << 24, 0));
}

/// A kernel with `devices` devices, which fails with ENOSPC if they do not fit.
fn hot_reset_info(bytes: &mut [u8], devices: u32) -> Result<(), i32> {
    assert_eq!(bytes[..4], (bytes.len() as u32).to_ne_bytes());
    bytes[8..12].copy_from_slice(&devices.to_ne_bytes());
    let needed = 12 + 8 * devices as usize;
    let Some(room) = bytes.get_mut(12..needed) else { return Err(28) };
    for (index, device) in room.chunks_exact_mut(8).enumerate() {
        device.copy_from_slice(&[index as u8, 0, 0, 0, 1, 0, 2, 0x18]);
    }
    Ok(())
}

#[test]
fn a_count_says_how_large_the_buffer_must_be() {
    let mut calls = 0;
    let mut buffer = Vec::new();
    let info = PciHotResetInfo::request(&mut buffer, |bytes| {
        calls += 1;
        hot_reset_info(bytes, 3)
    });
    let info = info.expect("a buffer that grows");
    let groups: Vec<_> = info.devices().iter().map(|device| device.group_id()).collect();
    assert_eq!((groups, calls, info.count()), (vec![0, 1, 2], 2, 3));

    let mut small = [0; 20];
    let error = PciHotResetInfo::request(&mut small, |bytes| hot_reset_info(bytes, 3));
    let required_size = 36;
    assert_eq!(
        error.expect_err("too small"),
        vfio_abi::views::RequestError::Short { required_size }
    );
    let short = PciHotResetInfo::parse(&small).expect("a short reply");
    assert_eq!((short.count(), short.devices().len(), short.required_size()), (3, 0, Some(36)));

    let (mut large, mut growing) = ([0; 64], Vec::new());
    let refused = PciHotResetInfo::request(&mut large, |_| Err::<(), _>(19));
    assert_eq!(refused.expect_err("ENODEV"), vfio_abi::views::RequestError::Transport(19));
    let endless = PciHotResetInfo::request(&mut growing, |bytes: &mut [u8]| {
        bytes[8..12].copy_from_slice(&u32::MAX.to_ne_bytes());
        Err::<(), _>(28)
    });
    let required_size = u32::MAX;
    assert_eq!(
        endless.expect_err("no such size"),
        vfio_abi::views::RequestError::Short { required_size }
    );
}

/// The text that `decode` prints for a request.
fn decoded(struct_: &str, bytes: &[u8]) -> String {
    let folder = fixtures::root();
    let Outcome { code, stdout, stderr } = run_with_input(&folder, &["decode", struct_], bytes);
    assert_eq!(code, 0, "{stderr}");
    stdout
}

#[test]
fn decode_reads_the_payload_of_a_request() {
    if cfg!(target_endian = "big") {
        return;
    }
    let eventfds = [7, -1];
    let set = written(SetIrqsEventfd::new(IrqSetAction::Trigger, 2, 0, &eventfds));
    let text = decoded("vfio_irq_set", &set);
    assert!(text.contains("[0]  7\n") && text.contains("[1]  -1 "), "{text}");
    let index = "2 (VFIO_PCI_MSIX_IRQ_INDEX or VFIO_CCW_REQ_IRQ_INDEX)\n";
    assert!(text.contains(index), "{text}");
    let set = written(SetIrqsBool::new(IrqSetAction::Mask, 2, 0, &[1, 0]));
    let text = decoded("vfio_irq_set", &set);
    assert!(text.contains("01 00"), "{text}");
    let unmap = written(IommuUnmapDmaGetDirtyBitmap::new(
        uapi::IommuType1DmaUnmapFlags(0),
        0,
        4096,
        512,
        &mut [0; 1],
    ));
    let text = decoded("vfio_iommu_type1_dma_unmap", &unmap);
    assert!(text.contains("pgsize") && text.contains("512"), "{text}");
    let token = written(SetPciVfToken::new([0x5a; 16]));
    let text = decoded("vfio_device_feature", &token);
    assert!(text.contains("5a 5a 5a"), "{text}");
}
