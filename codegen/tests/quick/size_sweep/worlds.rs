//! What is prepared on the kernel, and the calls that are made there.

use super::plan::Action::{Call as Do, CloseReply, Destroy, Line, TakeReply};
use super::plan::{Action, Call, Values};

/// A kernel with the objects that the calls need.
#[derive(Debug)]
pub struct World {
    /// The name of the plan and of the record.
    pub name: &'static str,
    /// What is done first.
    pub prepared: &'static [Action],
    /// The calls; without any, the record has what the queues of the prepared objects gave.
    pub calls: &'static [Call],
    /// The overlay with the types of its devices.
    pub overlay: Option<&'static str>,
    /// Whether all other numbers are called as well.
    pub has_unknown: bool,
}

/// All of them.
pub const WORLDS: &[World] = &[
    World {
        name: "custom",
        prepared: DEVICE,
        calls: WITH_DEVICE,
        overlay: None,
        has_unknown: true,
    },
    World {
        name: "mock",
        prepared: MOCK,
        calls: WITH_MOCK,
        overlay: Some("selftest.yaml"),
        has_unknown: false,
    },
    World {
        name: "records",
        prepared: QUEUES,
        calls: &[],
        overlay: Some("selftest.yaml"),
        has_unknown: false,
    },
];

/// An iommufd with the address space 1, the device 2, which is an e1000e with QEMU's Intel
/// IOMMU, the page table 3, and the address space 4 with a mapping.
const DEVICE: &[Action] = &[
    Line("open 10 /dev/iommu"),
    Line("node 11 0000:01:00.0"),
    Line("open 12 /dev/iommu"),
    Line("memory 0x10000000 65536"),
    Line("memfd 13 65536"),
    Do(10, "IOMMU_IOAS_ALLOC", &[]),
    Do(11, "VFIO_DEVICE_BIND_IOMMUFD", &[("iommufd", 10)]),
    Do(10, "IOMMU_HWPT_ALLOC", &[("dev_id", 2), ("pt_id", 1)]),
    Do(10, "IOMMU_IOAS_ALLOC", &[]),
    Do(
        10,
        "IOMMU_IOAS_MAP",
        &[
            ("flags", 7),
            ("ioas_id", 4),
            ("user_va", 0x1000_0000),
            ("length", 0x4000),
            ("iova", 0x100_0000),
        ],
    ),
    Do(10, "IOMMU_VFIO_IOAS", &[("ioas_id", 4), ("op", 1)]),
];

/// Removes every mapping of the address space 1.
const UNMAPPED: &[Action] = &[Do(10, "IOMMU_IOAS_UNMAP", &[("ioas_id", 1), ("length", u64::MAX)])];

const MAPPED: &[Action] = &[Do(
    10,
    "IOMMU_IOAS_MAP",
    &[
        ("flags", 7),
        ("ioas_id", 1),
        ("user_va", 0x1000_0000),
        ("length", 0x2000),
        ("iova", 0x200_0000),
    ],
)];

/// No object has this id.
const NONE: u64 = 999;

const WITH_DEVICE: &[Call] = &[
    Call {
        before: &[Do(12, "IOMMU_IOAS_ALLOC", &[])],
        after: &[Do(12, "IOMMU_DESTROY", &[("id", 1)])],
        ..Call::new("IOMMU_DESTROY", 12, &[("id", 1)])
    },
    Call::new("IOMMU_OPTION", 10, &[("option_id", 1), ("op", 1), ("object_id", 1)]),
    Call::new("IOMMU_VFIO_IOAS", 10, &[]),
    Call { after: &[Destroy(10, "out_ioas_id")], ..Call::new("IOMMU_IOAS_ALLOC", 10, &[]) },
    Call {
        watch: Some((0x1000_0000, 64)),
        before: FILLED,
        ..Call::new(
            "IOMMU_IOAS_IOVA_RANGES",
            10,
            &[("ioas_id", 1), ("num_iovas", 4), ("allowed_iovas", 0x1000_0000)],
        )
    },
    Call { kind: "no-room", ..Call::new("IOMMU_IOAS_IOVA_RANGES", 10, &[("ioas_id", 1)]) },
    Call::new("IOMMU_IOAS_ALLOW_IOVAS", 10, &[("ioas_id", 1)]),
    Call {
        after: UNMAPPED,
        ..Call::new(
            "IOMMU_IOAS_MAP",
            10,
            &[
                ("flags", 7),
                ("ioas_id", 1),
                ("user_va", 0x1000_0000),
                ("length", 0x2000),
                ("iova", 0x200_0000),
            ],
        )
    },
    Call::new(
        "IOMMU_IOAS_NOIOMMU_GET_PA",
        10,
        &[("ioas_id", 4), ("iova", 0x100_0000), ("length", 0x1000)],
    ),
    Call {
        after: UNMAPPED,
        ..Call::new(
            "IOMMU_IOAS_MAP_FILE",
            10,
            &[("flags", 7), ("ioas_id", 1), ("fd", 13), ("length", 0x2000), ("iova", 0x200_0000)],
        )
    },
    Call {
        after: UNMAPPED,
        ..Call::new(
            "IOMMU_IOAS_COPY",
            10,
            &[
                ("flags", 7),
                ("dst_ioas_id", 1),
                ("src_ioas_id", 4),
                ("length", 0x4000),
                ("dst_iova", 0x300_0000),
                ("src_iova", 0x100_0000),
            ],
        )
    },
    Call {
        before: MAPPED,
        ..Call::new(
            "IOMMU_IOAS_UNMAP",
            10,
            &[("ioas_id", 1), ("iova", 0x200_0000), ("length", 0x2000)],
        )
    },
    Call::new("IOMMU_IOAS_CHANGE_PROCESS", 12, &[]),
    Call {
        after: &[Destroy(10, "out_hwpt_id")],
        ..Call::new("IOMMU_HWPT_ALLOC", 10, &[("dev_id", 2), ("pt_id", 1)])
    },
    Call {
        watch: Some((0x1000_0000, 48)),
        before: FILLED,
        once: LENGTHS,
        ..Call::new(
            "IOMMU_GET_HW_INFO",
            10,
            &[("dev_id", 2), ("data_len", 32), ("data_uptr", 0x1000_0000)],
        )
    },
    Call::new("IOMMU_HWPT_SET_DIRTY_TRACKING", 10, &[("hwpt_id", NONE)]),
    Call::new("IOMMU_HWPT_GET_DIRTY_BITMAP", 10, &[("hwpt_id", NONE), ("page_size", 4096)]),
    Call::new("IOMMU_HWPT_INVALIDATE", 10, &[("hwpt_id", NONE)]),
    Call {
        after: &[CloseReply("out_fault_fd"), Destroy(10, "out_fault_id")],
        ..Call::new("IOMMU_FAULT_QUEUE_ALLOC", 10, &[])
    },
    Call::new("IOMMU_VIOMMU_ALLOC", 10, &[("type", 1), ("dev_id", NONE)]),
    Call::new("IOMMU_VDEVICE_ALLOC", 10, &[("viommu_id", NONE)]),
    Call::new("IOMMU_HW_QUEUE_ALLOC", 10, &[("viommu_id", NONE), ("type", 1), ("length", 4096)]),
    Call::new("IOMMU_VEVENTQ_ALLOC", 10, &[("viommu_id", NONE), ("type", 1), ("veventq_depth", 2)]),
    Call {
        before: &[Line("node 14 00000003-1111-2222-3333-444444444444")],
        after: &[Line("close 14")],
        ..Call::new("VFIO_DEVICE_BIND_IOMMUFD", 14, &[("iommufd", 12)])
    },
    Call::new("VFIO_DEVICE_ATTACH_IOMMUFD_PT", 11, &[("pt_id", 1)]),
    Call {
        before: &[Do(11, "VFIO_DEVICE_ATTACH_IOMMUFD_PT", &[("pt_id", 1)])],
        ..Call::new("VFIO_DEVICE_DETACH_IOMMUFD_PT", 11, &[])
    },
];

/// The mock devices: the address space 1 with a mapping, the device 3 with the page table 4,
/// the parent 5, the table 6 that tracks dirty pages, the virtual IOMMU 7, and the nested
/// tables 8 of the parent and 9 of the virtual IOMMU.
const MOCK: &[Action] = &[
    Line("open 10 /dev/iommu"),
    Line("memory 0x10000000 65536"),
    Do(10, "IOMMU_IOAS_ALLOC", &[]),
    Do(
        10,
        "IOMMU_IOAS_MAP",
        &[
            ("flags", 7),
            ("ioas_id", 1),
            ("user_va", 0x1000_0000),
            ("length", 0x4000),
            ("iova", 0x100_0000),
        ],
    ),
    // IOMMU_TEST_CMD with IOMMU_TEST_OP_MOCK_DOMAIN
    Line("call 10 0x3ba0 480000000200000001000000"),
    Do(10, "IOMMU_HWPT_ALLOC", &[("flags", 1), ("dev_id", 3), ("pt_id", 1)]),
    Do(10, "IOMMU_HWPT_ALLOC", &[("flags", 2), ("dev_id", 3), ("pt_id", 1)]),
    Do(10, "IOMMU_VIOMMU_ALLOC", &[("type", 0xdead_beef), ("dev_id", 3), ("hwpt_id", 5)]),
    Do(
        10,
        "IOMMU_HWPT_ALLOC",
        &[
            ("dev_id", 3),
            ("pt_id", 5),
            ("data_type", 0xdead),
            ("data_len", 8),
            ("data_uptr", 0x1000_0000),
        ],
    ),
];

const WITH_MOCK: &[Call] = &[
    Call {
        after: &[Destroy(10, "out_hwpt_id")],
        once: LENGTHS,
        ..Call::new(
            "IOMMU_HWPT_ALLOC",
            10,
            &[
                ("dev_id", 3),
                ("pt_id", 5),
                ("data_type", 0xdead),
                ("data_len", 8),
                ("data_uptr", 0x1000_0000),
            ],
        )
    },
    Call {
        watch: Some((0x1000_0000, 48)),
        before: FILLED,
        once: LENGTHS,
        ..Call::new(
            "IOMMU_GET_HW_INFO",
            10,
            &[("dev_id", 3), ("data_len", 8), ("data_uptr", 0x1000_0000)],
        )
    },
    Call::new("IOMMU_HWPT_SET_DIRTY_TRACKING", 10, &[("flags", 1), ("hwpt_id", 6)]),
    Call::new(
        "IOMMU_HWPT_GET_DIRTY_BITMAP",
        10,
        &[
            ("hwpt_id", 6),
            ("iova", 0x100_0000),
            ("length", 0x4000),
            ("page_size", 4096),
            ("data", 0x1000_0000),
        ],
    ),
    Call {
        before: &[Line("bytes 0x10000000 0000000000000000")],
        once: &[
            &[("entry_len", 4)],
            &[("entry_len", 7)],
            &[("entry_len", 9)],
            &[("entry_len", 12)],
            &[("entry_num", 0)],
            &[("entry_num", 2)],
        ],
        ..Call::new(
            "IOMMU_HWPT_INVALIDATE",
            10,
            &[
                ("hwpt_id", 8),
                ("data_uptr", 0x1000_0000),
                ("data_type", 0xdead_beef),
                ("entry_len", 8),
                ("entry_num", 1),
            ],
        )
    },
    Call { kind: "none", ..Call::new("IOMMU_HWPT_INVALIDATE", 10, &[("hwpt_id", NONE)]) },
    Call {
        watch: Some((0x1000_0000, 48)),
        before: &[Line(
            "bytes 0x10000000 01000000a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\
                        a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5",
        )],
        after: &[Destroy(10, "out_viommu_id")],
        once: LENGTHS,
        ..Call::new(
            "IOMMU_VIOMMU_ALLOC",
            10,
            &[
                ("type", 0xdead_beef),
                ("dev_id", 3),
                ("hwpt_id", 5),
                ("data_len", 24),
                ("data_uptr", 0x1000_0000),
            ],
        )
    },
    Call {
        after: &[Destroy(10, "out_vdevice_id")],
        ..Call::new("IOMMU_VDEVICE_ALLOC", 10, &[("viommu_id", 7), ("dev_id", 3), ("virt_id", 99)])
    },
    Call {
        after: &[CloseReply("out_veventq_fd"), Destroy(10, "out_veventq_id")],
        ..Call::new(
            "IOMMU_VEVENTQ_ALLOC",
            10,
            &[("viommu_id", 7), ("type", 0xbeef_beef), ("veventq_depth", 2)],
        )
    },
    Call {
        after: &[Destroy(10, "out_hw_queue_id")],
        ..Call::new(
            "IOMMU_HW_QUEUE_ALLOC",
            10,
            &[
                ("viommu_id", 7),
                ("type", 0xdead_beef),
                ("nesting_parent_iova", 0x100_0000),
                ("length", 4096),
            ],
        )
    },
    Call::new(
        "IOMMU_IOAS_NOIOMMU_GET_PA",
        10,
        &[("ioas_id", 1), ("iova", 0x100_0000), ("length", 0x1000)],
    ),
];

/// Lengths of data below, at and above those of the kernel.
const LENGTHS: &[Values] = &[
    &[("data_len", 0)],
    &[("data_len", 1)],
    &[("data_len", 3)],
    &[("data_len", 4)],
    &[("data_len", 7)],
    &[("data_len", 8)],
    &[("data_len", 9)],
    &[("data_len", 16)],
    &[("data_len", 23)],
    &[("data_len", 24)],
    &[("data_len", 25)],
    &[("data_len", 32)],
    &[("data_len", 40)],
];

/// The memory of data before a call.
const FILLED: &[Action] = &[Line(
    "bytes 0x10000000 a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\
            a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5",
)];

/// A mock device whose page faults and events are read: the virtual device 7 of the virtual
/// IOMMU 6, the queue 8 of faults as descriptor 20, the nested table 9, and the queue 10 of two
/// events as descriptor 21.
const QUEUES: &[Action] = &[
    Line("open 10 /dev/iommu"),
    Line("memory 0x10000000 65536"),
    Do(10, "IOMMU_IOAS_ALLOC", &[]),
    // IOMMU_TEST_CMD with IOMMU_TEST_OP_MOCK_DOMAIN
    Line("call 10 0x3ba0 480000000200000001000000"),
    Do(10, "IOMMU_HWPT_ALLOC", &[("flags", 1), ("dev_id", 3), ("pt_id", 1)]),
    Do(10, "IOMMU_VIOMMU_ALLOC", &[("type", 0xdead_beef), ("dev_id", 3), ("hwpt_id", 5)]),
    Do(10, "IOMMU_VDEVICE_ALLOC", &[("viommu_id", 6), ("dev_id", 3), ("virt_id", 0x99)]),
    Do(10, "IOMMU_FAULT_QUEUE_ALLOC", &[]),
    TakeReply("IOMMU_FAULT_QUEUE_ALLOC", "out_fault_fd", 20),
    Do(
        10,
        "IOMMU_HWPT_ALLOC",
        &[
            ("flags", 4),
            ("dev_id", 3),
            ("pt_id", 6),
            ("data_type", 0xdead),
            ("data_len", 8),
            ("data_uptr", 0x1000_0000),
            ("fault_id", 8),
        ],
    ),
    Do(10, "IOMMU_VEVENTQ_ALLOC", &[("viommu_id", 6), ("type", 0xbeef_beef), ("veventq_depth", 2)]),
    TakeReply("IOMMU_VEVENTQ_ALLOC", "out_veventq_fd", 21),
    // IOMMU_TEST_OP_MOCK_DOMAIN_REPLACE: the device 2 gets the table 9.
    Line("call 10 0x3ba0 480000000a000000020000000000000009000000"),
    // IOMMU_TEST_OP_TRIGGER_IOPF: device, PASID, group, permissions and address.
    Line(
        "call 10 0x3ba0 480000000f00000000000000000000000300000000000000010000000100000000100000fe000000",
    ),
    Line(
        "call 10 0x3ba0 480000000f00000000000000000000000300000000000000020000000300000000200000fe000000",
    ),
    Line(
        "call 10 0x3ba0 480000000f0000000000000000000000030000000000000003000000040000000030000000000000",
    ),
    Line("read faults 20 39"),
    Line("read faults 20 40"),
    Line("read faults 20 4080"),
    // Cookies are numbers from 1; unknown answers and cookies are refused.
    Line("write faults 20 01000000"),
    Line("write faults 20 0100000002000000"),
    Line("write faults 20 0100000000000000"),
    Line("write faults 20 0100000000000000"),
    Line("write faults 20 02000000000000000300000001000000"),
    // IOMMU_TEST_OP_TRIGGER_VEVENT: one event, then four for a queue of two.
    Line("call 10 0x3ba0 4800000011000000000000000000000003000000"),
    Line("read events 21 7"),
    Line("read events 21 11"),
    Line("read events 21 12"),
    Line("call 10 0x3ba0 4800000011000000000000000000000003000000"),
    Line("call 10 0x3ba0 4800000011000000000000000000000003000000"),
    Line("call 10 0x3ba0 4800000011000000000000000000000003000000"),
    Line("call 10 0x3ba0 4800000011000000000000000000000003000000"),
    Line("read events 21 4096"),
];
