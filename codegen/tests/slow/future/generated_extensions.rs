//! Generates extensions of the ABI as overlays, valid ones and ones with a
//! mistake.

use std::collections::HashSet;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::OnceLock;

use capchain::compat::Side;
use capchain::ir::{Abi, Capability};
use capchain::lower::lower;
use capchain::spec::load::Origin;
use proptest::prelude::*;
use proptest::sample::select;
use support::fixtures;

/// A chain, its host, and the flags of the host that are still free.
struct Chain {
    name: &'static str,
    ids: &'static str,
    host: &'static str,
    flags: &'static str,
}

const CHAINS: [Chain; 3] = [
    Chain {
        name: "region",
        ids: "VFIO_REGION_INFO_CAP_",
        host: "vfio_region_info",
        flags: "VFIO_REGION_INFO_FLAG_",
    },
    Chain {
        name: "device",
        ids: "VFIO_DEVICE_INFO_CAP_",
        host: "vfio_device_info",
        flags: "VFIO_DEVICE_FLAGS_",
    },
    Chain {
        name: "type1",
        ids: "VFIO_IOMMU_TYPE1_INFO_CAP_",
        host: "vfio_iommu_type1_info",
        flags: "VFIO_IOMMU_INFO_",
    },
];

/// Structs with versions: those of capabilities without an array.
const BODIES: [&str; 5] = [
    "VFIO_REGION_INFO_CAP_TYPE",
    "VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP",
    "vfio_device_info_cap_zpci_base",
    "VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION",
    "VFIO_REGION_INFO_CAP_NVLINK2_SSATGT",
];

/// Something that the rules allow.
#[derive(Clone, Debug)]
pub(crate) enum Growth {
    /// A capability with fields of these types, and perhaps an array.
    Capability { chain: usize, fields: Vec<&'static str>, array: Option<&'static str> },
    /// A field at the end of a capability, with a version of its own.
    Version { body: usize, field: &'static str },
    /// A flag of a reply.
    Flag { chain: usize, bit: u32 },
    /// A field after a fixed part, with a flag of its own; the chain starts after it.
    Field { chain: usize, bit: u32 },
    /// A number in a space of ids.
    Feature,
}

/// Something that they do not allow, and the rule that says so.
#[derive(Clone, Debug)]
pub(crate) enum Mistake {
    /// A field before others, by the names of its struct and of the next field.
    Inserted(&'static str, &'static str),
    /// A field after the others, without a flag.
    Ungated(&'static str, &'static str),
    /// A longer body with the old version.
    Unversioned(usize),
    /// A longer payload.
    Payload(&'static str),
    /// A handler that demands more.
    Minsz,
    /// A handler that answers a short buffer differently.
    Short(&'static str),
    /// A handler that lowers argsz.
    Shrinks,
    /// An id that somebody is known to use.
    Reserved,
}

/// Types of fields, the largest first: in this order they leave no hole.
const TYPES: [&str; 5] = ["aligned_u64", "u32", "s32", "u16", "u8"];

/// Any growth; flags take the bits from 16 on, which are free.
pub(crate) fn growth() -> impl Strategy<Value = Growth> {
    let chain = 0..CHAINS.len();
    let array = proptest::option::of(select(vec!["u32", "aligned_u64", "vfio_iova_range"]));
    prop_oneof![
        4 => (chain.clone(), proptest::collection::vec(select(TYPES.to_vec()), 0..5), array)
            .prop_map(|(chain, fields, array)| Growth::Capability { chain, fields, array }),
        2 => (0..BODIES.len(), select(TYPES[1..].to_vec())).prop_map(|(body, field)| Growth::Version { body, field }),
        1 => (chain.clone(), 16..24_u32).prop_map(|(chain, bit)| Growth::Flag { chain, bit }),
        1 => (chain, 24..32_u32).prop_map(|(chain, bit)| Growth::Field { chain, bit }),
        1 => Just(Growth::Feature),
    ]
}

/// Any mistake.
pub(crate) fn mistake() -> impl Strategy<Value = Mistake> {
    prop_oneof![
        select(vec![
            ("vfio_region_info", "index"),
            ("vfio_region_info", "offset"),
            ("vfio_device_info", "num_irqs"),
            ("vfio_irq_info", "count"),
            ("vfio_iommu_type1_dma_map", "iova"),
            ("vfio_irq_set", "start"),
        ])
        .prop_map(|(name, field)| Mistake::Inserted(name, field)),
        select(vec![
            ("vfio_irq_info", "out u32"),
            ("vfio_device_info", "out aligned_u64"),
            ("vfio_iommu_type1_dma_map", "in aligned_u64"),
            ("vfio_device_attach_iommufd_pt", "in u32"),
        ])
        .prop_map(|(name, type_)| Mistake::Ungated(name, type_)),
        (0..BODIES.len()).prop_map(Mistake::Unversioned),
        select(vec![
            "vfio_device_feature_mig_state",
            "vfio_device_feature_mig_data_size",
            "vfio_device_feature_bus_master",
        ])
        .prop_map(Mistake::Payload),
        Just(Mistake::Minsz),
        select(vec!["flag_clear", "partial"]).prop_map(Mistake::Short),
        Just(Mistake::Shrinks),
        Just(Mistake::Reserved),
    ]
}

impl Mistake {
    /// The codes of which one must be found.
    pub(crate) fn codes(&self) -> &'static [&'static str] {
        match self {
            Self::Inserted(..) => &["C3"],
            Self::Ungated(..) => &["C4", "C5"],
            Self::Unversioned(_) => &["C13"],
            Self::Payload(_) => &["C19"],
            Self::Minsz => &["C1"],
            Self::Short(_) => &["C16"],
            Self::Shrinks => &["C17"],
            Self::Reserved => &["C12"],
        }
    }

    /// The mistake as an overlay has it.
    pub(crate) fn items(&self) -> String {
        let handler = |rules: &str, minsz: &str| {
            format!(
                "  - extend: VFIO_DEVICE_GET_REGION_INFO\n    handlers:\n      core:\n        \
                 source: an invention\n        minsz: {minsz}\n        writes: [offset]\n        \
                 unset: echo\n        chain: {{offset: 32, align: 8, {rules}}}\n"
            )
        };
        match self {
            Self::Inserted(name, field) => format!(
                "  - extend: {name}\n    before: {field}\n    fields:\n      \
                 invented: {{type: 'out u32[2]', doc: in the way}}\n"
            ),
            Self::Ungated(name, type_) => format!(
                "  - extend: {name}\n    fields:\n      \
                 invented: {{type: {type_}, doc: nothing tells when it counts}}\n"
            ),
            Self::Unversioned(body) => format!(
                "  - extend: {}\n    fields:\n      \
                 invented: {{type: u32, doc: no version tells of it}}\n",
                BODIES[*body]
            ),
            Self::Payload(name) => format!(
                "  - extend: {name}\n    fields:\n      \
                 invented: {{type: aligned_u64, doc: makes it longer}}\n"
            ),
            Self::Minsz => {
                let extend = "  - extend: vfio_irq_info\n    fields:\n      \
                              invented: {type: reserved u32, doc: nothing yet}\n";
                let rules = "  - extend: VFIO_DEVICE_GET_IRQ_INFO\n    handlers:\n      \
                             pci:\n        source: an invention\n        \
                             minsz: invented\n        writes: minsz\n        \
                             unset: zero\n";
                [extend, rules].concat()
            }
            Self::Short(word) => handler(&format!("when_too_small: {word}"), "offset"),
            Self::Shrinks => handler("when_too_small: offset_zero, argsz: always", "offset"),
            Self::Reserved => "  - capability: VFIO_REGION_INFO_CAP_INVENTED\n    id: 6\n    \
                               chain: region\n    doc: Of an invention.\n    \
                               allow: {L10: an invention}\n"
                .to_owned(),
        }
    }
}

/// The newest version of the capability with this name, or with a struct of this name.
fn newest_version(name: &str) -> u16 {
    static NEWEST: OnceLock<Abi> = OnceLock::new();
    let abi = NEWEST.get_or_init(|| lower(&fixtures::spec(), None));
    let has_name = |one: &&Capability| {
        one.name == name || one.struct_.is_some_and(|id| abi.struct_(id).name == name)
    };
    abi.capabilities.iter().find(has_name).expect("a capability").version
}

/// Growths as an overlay; `nth` makes names unique.
pub(crate) fn items(growths: &[Growth]) -> String {
    let mut items = String::new();
    let (mut flags, mut bodies, mut grown) = (HashSet::new(), HashSet::new(), HashSet::new());
    for (nth, growth) in growths.iter().enumerate() {
        match growth {
            Growth::Capability { chain, fields, array } => {
                items += &capability(nth, &CHAINS[*chain], fields, *array);
            }
            Growth::Version { body, field } if bodies.insert(*body) => {
                let version = newest_version(BODIES[*body]) + 1;
                write!(
                    items,
                    "  - extend: {}\n    fields:\n      invented{nth}: {{type: {field}, \
                     doc: a thing, version: {version}}}\n",
                    BODIES[*body]
                )
                .expect("text");
            }
            Growth::Flag { chain, bit } if flags.insert((*chain, *bit)) => {
                items += &flag(nth, &CHAINS[*chain], *bit);
            }
            Growth::Field { chain, bit } if grown.insert(*chain) => {
                items += &flag(nth, &CHAINS[*chain], *bit);
                items += &field(nth, &CHAINS[*chain]);
            }
            Growth::Feature => {
                write!(
                    items,
                    "  - extend: device_feature\n    values:\n      \
                     VFIO_DEVICE_FEATURE_INVENTED{nth}: {}, a thing\n",
                    0x8000 + nth
                )
                .expect("text");
            }
            _ => {}
        }
    }
    items
}

fn capability(nth: usize, chain: &Chain, fields: &[&str], array: Option<&str>) -> String {
    let Chain { name, ids, .. } = chain;
    let mut text = format!(
        "  - capability: {ids}INVENTED{nth}\n    id: {}\n    chain: {name}\n    \
         doc: An invention.\n",
        0x7000 + nth
    );
    if fields.is_empty() && array.is_none() {
        return text;
    }
    write!(text, "    struct: vfio_invented{nth}\n    fields:\n").expect("text");
    // An array stands alone, so that no field before it leaves a hole.
    let mut fields = if array.is_some() { Vec::new() } else { fields.to_vec() };
    fields.sort_by_key(|field| TYPES.iter().position(|one| one == field));
    for (index, field) in fields.iter().enumerate() {
        writeln!(text, "      part{index}: {field}, a thing").expect("text");
    }
    if let Some(array) = array {
        text += "      nr_parts: u32, number of parts\n      pad: reserved u32, zero\n";
        writeln!(text, "      parts: {array}[nr_parts], the parts").expect("text");
    }
    text
}

fn flag(nth: usize, chain: &Chain, bit: u32) -> String {
    let Chain { host, flags, .. } = chain;
    format!("  - extend: {host}.flags\n    bits:\n      {flags}INVENTED{nth}: bit {bit}, a thing\n")
}

/// A field after the fixed part, and handlers that start the chain after it.
fn field(nth: usize, chain: &Chain) -> String {
    let Chain { host, flags, .. } = chain;
    let field = format!(
        "  - extend: {host}\n    fields:\n      invented{nth}: {{type: out aligned_u64, \
         doc: a thing, valid_if: {flags}INVENTED{nth}}}\n"
    );
    let (ioctl, handler, minsz, at) = match chain.name {
        "region" => ("VFIO_DEVICE_GET_REGION_INFO", "core", "offset", 40),
        "device" => ("VFIO_DEVICE_GET_INFO", "vfio_pci", "num_irqs", 32),
        _ => ("VFIO_IOMMU_GET_INFO", "type1", "iova_pgsizes", 32),
    };
    field
        + &format!(
            "  - extend: {ioctl}\n    handlers:\n      {handler}:\n        \
             source: an invention\n        minsz: {minsz}\n        writes: fitting\n        \
             unset: zero\n        chain: {{offset: {at}, align: 8, when_too_small: offset_zero}}\n"
        )
}

/// The specification of today with an overlay of these items.
pub(crate) fn side(name: &str, items: &str) -> Side {
    let overlay = (!items.is_empty()).then(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("invented.yaml");
        let head = "title: Inventions\ndoc: What could come.\nheader: vfio\n\
                    source: an invention\n\nitems:\n";
        std::fs::write(&path, [head, items].concat()).expect("a file");
        (folder, path)
    });
    let paths: Vec<PathBuf> = overlay.iter().map(|(_, path)| path.clone()).collect();
    let opened = capchain::open(&Origin::Folder(fixtures::root().join("spec/vfio")), &paths);
    let problems = opened.problems.render(&opened.sources, false);
    let spec = opened.spec.unwrap_or_else(|| panic!("{problems}\n{items}"));
    fixtures::side(name, lower(&spec, None))
}

/// Has every handler with a chain give the invented capabilities, and of the
/// known ones no more than two, so that all sets can be tried.
pub(crate) fn give(abi: &mut Abi) {
    let chains: Vec<(_, Vec<_>)> = abi
        .chains
        .iter()
        .map(|chain| {
            let names = abi.capabilities_of(chain).map(|cap| cap.name.clone());
            (chain.offset_host().map(|host| host.struct_), names.collect())
        })
        .collect();
    for ioctl in &mut abi.ioctls {
        let capchain::ir::Arg::Struct(id) = ioctl.arg else { continue };
        let Some((_, names)) = chains.iter().find(|(host, _)| *host == Some(id)) else { continue };
        let invented = |name: &&String| name.contains("INVENTED");
        let known = names.iter().filter(|name| !invented(name)).take(2);
        let gives: Vec<_> = names.iter().filter(invented).chain(known).cloned().collect();
        for rules in ioctl.handlers.iter_mut().filter_map(|handler| handler.chain.as_mut()) {
            rules.capabilities.clone_from(&gives);
        }
    }
}
