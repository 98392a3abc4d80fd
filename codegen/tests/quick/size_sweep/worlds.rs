//! What is prepared on the kernel, and the calls that are made there.

use iommufd_abi::uapi::{iommufd_hwpt_alloc_flags, iommufd_ioas_map_flags};

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

/// The descriptors of the plans, which lines that are texts name by their numbers.
const IOMMUFD: u32 = 10;
const DEVICE_FD: u32 = 11;
const OTHER_IOMMUFD: u32 = 12;
const UNBOUND_FD: u32 = 14;
const FAULTS_FD: u32 = 20;
const EVENTS_FD: u32 = 21;

/// Memory of the program, which plans name in lines, too.
const MEMORY: u64 = 0x1000_0000;
const PAGE: u64 = 0x1000;
const PAGES: u64 = 2 * PAGE;

/// What the mapped address space maps, and addresses that none maps.
const MAPPED_IOVA: u64 = 0x100_0000;
const MAPPED_LENGTH: u64 = 4 * PAGE;
const FREE_IOVA: u64 = 0x200_0000;

/// A mapping at a fixed address.
const READ_WRITE: u64 = flags(
    iommufd_ioas_map_flags::FIXED_IOVA.0
        | iommufd_ioas_map_flags::WRITEABLE.0
        | iommufd_ioas_map_flags::READABLE.0,
);
const NEST_PARENT: u64 = flags(iommufd_hwpt_alloc_flags::ALLOC_NEST_PARENT.0);
const DIRTY_TRACKING: u64 = flags(iommufd_hwpt_alloc_flags::ALLOC_DIRTY_TRACKING.0);
const FAULT_ID_VALID: u64 = flags(iommufd_hwpt_alloc_flags::FAULT_ID_VALID.0);

const fn flags(bits: u32) -> u64 {
    bits as u64
}

/// A mapping of the program's memory.
const fn mapping(ioas: u64, length: u64, iova: u64) -> [(&'static str, u64); 5] {
    [
        ("flags", READ_WRITE),
        ("ioas_id", ioas),
        ("user_va", MEMORY),
        ("length", length),
        ("iova", iova),
    ]
}

/// Types of the mock devices: of virtual IOMMUs, queues and invalidations, of events, and of
/// page tables.
const SELFTEST: u64 = 0xdead_beef;
const SELFTEST_EVENTS: u64 = 0xbeef_beef;
const SELFTEST_TABLE: u64 = 0xdead;

/// IOMMU_TEST_CMD with IOMMU_TEST_OP_MOCK_DOMAIN, and with IOMMU_TEST_OP_TRIGGER_VEVENT.
const MOCK_DOMAIN: Action = Line("call 10 0x3ba0 480000000200000001000000");
const VEVENT: Action = Line("call 10 0x3ba0 4800000011000000000000000000000003000000");

/// The iommufd and the memory of every plan.
const OPENED: Action = Line("open 10 /dev/iommu");
const MEMORY_MADE: Action = Line("memory 0x10000000 65536");

/// The ids of objects, which the kernel counts up from 1.
mod device {
    pub(super) const IOAS: u64 = 1;
    pub(super) const DEVICE: u64 = 2;
    pub(super) const MAPPED_IOAS: u64 = 4;
}

mod mock {
    pub(super) const IOAS: u64 = 1;
    pub(super) const DEVICE: u64 = 3;
    pub(super) const PARENT: u64 = 5;
    pub(super) const DIRTY: u64 = 6;
    pub(super) const VIOMMU: u64 = 7;
    pub(super) const NESTED: u64 = 8;
}

mod queues {
    pub(super) const IOAS: u64 = 1;
    pub(super) const DEVICE: u64 = 3;
    pub(super) const PARENT: u64 = 5;
    pub(super) const VIOMMU: u64 = 6;
    pub(super) const FAULTS: u64 = 8;
}

/// An iommufd with the address space 1, the device 2, which is an e1000e with QEMU's Intel
/// IOMMU, the page table 3, and the address space 4 with a mapping.
const DEVICE: &[Action] = &[
    OPENED,
    Line("node 11 0000:01:00.0"),
    Line("open 12 /dev/iommu"),
    MEMORY_MADE,
    Line("memfd 13 65536"),
    Do(IOMMUFD, "IOMMU_IOAS_ALLOC", &[]),
    Do(DEVICE_FD, "VFIO_DEVICE_BIND_IOMMUFD", &[("iommufd", 10)]),
    Do(IOMMUFD, "IOMMU_HWPT_ALLOC", &[("dev_id", device::DEVICE), ("pt_id", device::IOAS)]),
    Do(IOMMUFD, "IOMMU_IOAS_ALLOC", &[]),
    Do(IOMMUFD, "IOMMU_IOAS_MAP", &mapping(device::MAPPED_IOAS, MAPPED_LENGTH, MAPPED_IOVA)),
    Do(IOMMUFD, "IOMMU_VFIO_IOAS", &[("ioas_id", device::MAPPED_IOAS), ("op", 1)]),
];

/// Removes every mapping of the address space 1.
const UNMAPPED: &[Action] =
    &[Do(IOMMUFD, "IOMMU_IOAS_UNMAP", &[("ioas_id", device::IOAS), ("length", u64::MAX)])];

const MAPPED: &[Action] = &[Do(IOMMUFD, "IOMMU_IOAS_MAP", FREE_MAPPING)];
const FREE_MAPPING: Values = &mapping(device::IOAS, PAGES, FREE_IOVA);

/// No object has this id.
const NONE: u64 = 999;

const WITH_DEVICE: &[Call] = &[
    Call {
        before: &[Do(OTHER_IOMMUFD, "IOMMU_IOAS_ALLOC", &[])],
        after: &[Do(OTHER_IOMMUFD, "IOMMU_DESTROY", &[("id", 1)])],
        ..Call::new("IOMMU_DESTROY", OTHER_IOMMUFD, &[("id", 1)])
    },
    Call::new("IOMMU_OPTION", IOMMUFD, &[("option_id", 1), ("op", 1), ("object_id", device::IOAS)]),
    Call::new("IOMMU_VFIO_IOAS", IOMMUFD, &[]),
    Call {
        after: &[Destroy(IOMMUFD, "out_ioas_id")],
        ..Call::new("IOMMU_IOAS_ALLOC", IOMMUFD, &[])
    },
    Call {
        watch: Some((MEMORY, 64)),
        before: FILLED,
        ..Call::new(
            "IOMMU_IOAS_IOVA_RANGES",
            IOMMUFD,
            &[("ioas_id", device::IOAS), ("num_iovas", 4), ("allowed_iovas", MEMORY)],
        )
    },
    Call {
        kind: "no-room",
        ..Call::new("IOMMU_IOAS_IOVA_RANGES", IOMMUFD, &[("ioas_id", device::IOAS)])
    },
    Call::new("IOMMU_IOAS_ALLOW_IOVAS", IOMMUFD, &[("ioas_id", device::IOAS)]),
    Call { after: UNMAPPED, ..Call::new("IOMMU_IOAS_MAP", IOMMUFD, FREE_MAPPING) },
    Call::new(
        "IOMMU_IOAS_NOIOMMU_GET_PA",
        IOMMUFD,
        &[("ioas_id", device::MAPPED_IOAS), ("iova", MAPPED_IOVA), ("length", PAGE)],
    ),
    Call {
        after: UNMAPPED,
        ..Call::new(
            "IOMMU_IOAS_MAP_FILE",
            IOMMUFD,
            &[
                ("flags", READ_WRITE),
                ("ioas_id", device::IOAS),
                ("fd", 13),
                ("length", PAGES),
                ("iova", FREE_IOVA),
            ],
        )
    },
    Call {
        after: UNMAPPED,
        ..Call::new(
            "IOMMU_IOAS_COPY",
            IOMMUFD,
            &[
                ("flags", READ_WRITE),
                ("dst_ioas_id", device::IOAS),
                ("src_ioas_id", device::MAPPED_IOAS),
                ("length", MAPPED_LENGTH),
                ("dst_iova", 0x300_0000),
                ("src_iova", MAPPED_IOVA),
            ],
        )
    },
    Call {
        before: MAPPED,
        ..Call::new(
            "IOMMU_IOAS_UNMAP",
            IOMMUFD,
            &[("ioas_id", device::IOAS), ("iova", FREE_IOVA), ("length", PAGES)],
        )
    },
    Call::new("IOMMU_IOAS_CHANGE_PROCESS", OTHER_IOMMUFD, &[]),
    Call {
        after: &[Destroy(IOMMUFD, "out_hwpt_id")],
        ..Call::new(
            "IOMMU_HWPT_ALLOC",
            IOMMUFD,
            &[("dev_id", device::DEVICE), ("pt_id", device::IOAS)],
        )
    },
    Call {
        watch: Some((MEMORY, 48)),
        before: FILLED,
        once: LENGTHS,
        ..Call::new(
            "IOMMU_GET_HW_INFO",
            IOMMUFD,
            &[("dev_id", device::DEVICE), ("data_len", 32), ("data_uptr", MEMORY)],
        )
    },
    Call::new("IOMMU_HWPT_SET_DIRTY_TRACKING", IOMMUFD, &[("hwpt_id", NONE)]),
    Call::new("IOMMU_HWPT_GET_DIRTY_BITMAP", IOMMUFD, &[("hwpt_id", NONE), ("page_size", PAGE)]),
    Call::new("IOMMU_HWPT_INVALIDATE", IOMMUFD, &[("hwpt_id", NONE)]),
    Call {
        after: &[CloseReply("out_fault_fd"), Destroy(IOMMUFD, "out_fault_id")],
        ..Call::new("IOMMU_FAULT_QUEUE_ALLOC", IOMMUFD, &[])
    },
    Call::new("IOMMU_VIOMMU_ALLOC", IOMMUFD, &[("type", 1), ("dev_id", NONE)]),
    Call::new("IOMMU_VDEVICE_ALLOC", IOMMUFD, &[("viommu_id", NONE)]),
    Call::new(
        "IOMMU_HW_QUEUE_ALLOC",
        IOMMUFD,
        &[("viommu_id", NONE), ("type", 1), ("length", PAGE)],
    ),
    Call::new(
        "IOMMU_VEVENTQ_ALLOC",
        IOMMUFD,
        &[("viommu_id", NONE), ("type", 1), ("veventq_depth", 2)],
    ),
    Call {
        before: &[Line("node 14 00000003-1111-2222-3333-444444444444")],
        after: &[Line("close 14")],
        ..Call::new("VFIO_DEVICE_BIND_IOMMUFD", UNBOUND_FD, &[("iommufd", 12)])
    },
    Call::new("VFIO_DEVICE_ATTACH_IOMMUFD_PT", DEVICE_FD, &[("pt_id", device::IOAS)]),
    Call {
        before: &[Do(DEVICE_FD, "VFIO_DEVICE_ATTACH_IOMMUFD_PT", &[("pt_id", device::IOAS)])],
        ..Call::new("VFIO_DEVICE_DETACH_IOMMUFD_PT", DEVICE_FD, &[])
    },
];

/// The mock devices: the address space 1 with a mapping, the device 3 with the page table 4,
/// the parent 5, the table 6 that tracks dirty pages, the virtual IOMMU 7, and the nested
/// tables 8 of the parent and 9 of the virtual IOMMU.
const MOCK: &[Action] = &[
    OPENED,
    MEMORY_MADE,
    Do(IOMMUFD, "IOMMU_IOAS_ALLOC", &[]),
    Do(IOMMUFD, "IOMMU_IOAS_MAP", &mapping(mock::IOAS, MAPPED_LENGTH, MAPPED_IOVA)),
    MOCK_DOMAIN,
    Do(
        IOMMUFD,
        "IOMMU_HWPT_ALLOC",
        &[("flags", NEST_PARENT), ("dev_id", mock::DEVICE), ("pt_id", mock::IOAS)],
    ),
    Do(
        IOMMUFD,
        "IOMMU_HWPT_ALLOC",
        &[("flags", DIRTY_TRACKING), ("dev_id", mock::DEVICE), ("pt_id", mock::IOAS)],
    ),
    Do(
        IOMMUFD,
        "IOMMU_VIOMMU_ALLOC",
        &[("type", SELFTEST), ("dev_id", mock::DEVICE), ("hwpt_id", mock::PARENT)],
    ),
    Do(IOMMUFD, "IOMMU_HWPT_ALLOC", NESTED_TABLE),
];

const NESTED_TABLE: Values = &[
    ("dev_id", mock::DEVICE),
    ("pt_id", mock::PARENT),
    ("data_type", SELFTEST_TABLE),
    ("data_len", 8),
    ("data_uptr", MEMORY),
];

const WITH_MOCK: &[Call] = &[
    Call {
        after: &[Destroy(IOMMUFD, "out_hwpt_id")],
        once: LENGTHS,
        ..Call::new("IOMMU_HWPT_ALLOC", IOMMUFD, NESTED_TABLE)
    },
    Call {
        watch: Some((MEMORY, 48)),
        before: FILLED,
        once: LENGTHS,
        ..Call::new(
            "IOMMU_GET_HW_INFO",
            IOMMUFD,
            &[("dev_id", mock::DEVICE), ("data_len", 8), ("data_uptr", MEMORY)],
        )
    },
    Call::new("IOMMU_HWPT_SET_DIRTY_TRACKING", IOMMUFD, &[("flags", 1), ("hwpt_id", mock::DIRTY)]),
    Call::new(
        "IOMMU_HWPT_GET_DIRTY_BITMAP",
        IOMMUFD,
        &[
            ("hwpt_id", mock::DIRTY),
            ("iova", MAPPED_IOVA),
            ("length", MAPPED_LENGTH),
            ("page_size", PAGE),
            ("data", MEMORY),
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
            IOMMUFD,
            &[
                ("hwpt_id", mock::NESTED),
                ("data_uptr", MEMORY),
                ("data_type", SELFTEST),
                ("entry_len", 8),
                ("entry_num", 1),
            ],
        )
    },
    Call { kind: "none", ..Call::new("IOMMU_HWPT_INVALIDATE", IOMMUFD, &[("hwpt_id", NONE)]) },
    Call {
        watch: Some((MEMORY, 48)),
        before: &[Line(
            "bytes 0x10000000 01000000a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\
                        a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5",
        )],
        after: &[Destroy(IOMMUFD, "out_viommu_id")],
        once: LENGTHS,
        ..Call::new(
            "IOMMU_VIOMMU_ALLOC",
            IOMMUFD,
            &[
                ("type", SELFTEST),
                ("dev_id", mock::DEVICE),
                ("hwpt_id", mock::PARENT),
                ("data_len", 24),
                ("data_uptr", MEMORY),
            ],
        )
    },
    Call {
        after: &[Destroy(IOMMUFD, "out_vdevice_id")],
        ..Call::new(
            "IOMMU_VDEVICE_ALLOC",
            IOMMUFD,
            &[("viommu_id", mock::VIOMMU), ("dev_id", mock::DEVICE), ("virt_id", 99)],
        )
    },
    Call {
        after: &[CloseReply("out_veventq_fd"), Destroy(IOMMUFD, "out_veventq_id")],
        ..Call::new(
            "IOMMU_VEVENTQ_ALLOC",
            IOMMUFD,
            &[("viommu_id", mock::VIOMMU), ("type", SELFTEST_EVENTS), ("veventq_depth", 2)],
        )
    },
    Call {
        after: &[Destroy(IOMMUFD, "out_hw_queue_id")],
        ..Call::new(
            "IOMMU_HW_QUEUE_ALLOC",
            IOMMUFD,
            &[
                ("viommu_id", mock::VIOMMU),
                ("type", SELFTEST),
                ("nesting_parent_iova", MAPPED_IOVA),
                ("length", PAGE),
            ],
        )
    },
    Call::new(
        "IOMMU_IOAS_NOIOMMU_GET_PA",
        IOMMUFD,
        &[("ioas_id", mock::IOAS), ("iova", MAPPED_IOVA), ("length", PAGE)],
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
    OPENED,
    MEMORY_MADE,
    Do(IOMMUFD, "IOMMU_IOAS_ALLOC", &[]),
    MOCK_DOMAIN,
    Do(
        IOMMUFD,
        "IOMMU_HWPT_ALLOC",
        &[("flags", NEST_PARENT), ("dev_id", queues::DEVICE), ("pt_id", queues::IOAS)],
    ),
    Do(
        IOMMUFD,
        "IOMMU_VIOMMU_ALLOC",
        &[("type", SELFTEST), ("dev_id", queues::DEVICE), ("hwpt_id", queues::PARENT)],
    ),
    Do(
        IOMMUFD,
        "IOMMU_VDEVICE_ALLOC",
        &[("viommu_id", queues::VIOMMU), ("dev_id", queues::DEVICE), ("virt_id", 0x99)],
    ),
    Do(IOMMUFD, "IOMMU_FAULT_QUEUE_ALLOC", &[]),
    TakeReply("IOMMU_FAULT_QUEUE_ALLOC", "out_fault_fd", FAULTS_FD),
    Do(
        IOMMUFD,
        "IOMMU_HWPT_ALLOC",
        &[
            ("flags", FAULT_ID_VALID),
            ("dev_id", queues::DEVICE),
            ("pt_id", queues::VIOMMU),
            ("data_type", SELFTEST_TABLE),
            ("data_len", 8),
            ("data_uptr", MEMORY),
            ("fault_id", queues::FAULTS),
        ],
    ),
    Do(
        IOMMUFD,
        "IOMMU_VEVENTQ_ALLOC",
        &[("viommu_id", queues::VIOMMU), ("type", SELFTEST_EVENTS), ("veventq_depth", 2)],
    ),
    TakeReply("IOMMU_VEVENTQ_ALLOC", "out_veventq_fd", EVENTS_FD),
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
    // One event, then four for a queue of two.
    VEVENT,
    Line("read events 21 7"),
    Line("read events 21 11"),
    Line("read events 21 12"),
    VEVENT,
    VEVENT,
    VEVENT,
    VEVENT,
    Line("read events 21 4096"),
];
