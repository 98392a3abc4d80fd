//! The capabilities of configuration spaces, as `decode` and as lspci list them: of the
//! devices in the test suite of pciutils, and of damaged copies of them.

mod printed;

use std::collections::BTreeMap;
use std::fs;

use capchain::decode::{DecodeErrorKind, DecodedCap, WholeSpace, space_struct};
use capchain::dump::{self, labelled};
use capchain::ir::Abi;
use capchain::layout::TARGETS;
use capchain::lower::lower;
use support::fixtures;
use support::lspci::{self, ListedCapability, Pciutils};
use support::random::{Random, rounds};

use crate::spaces::Programs;

/// A capability: its offset, its id, and its version if it is an extended one.
type Place = (u64, u64, Option<u16>);

/// The capabilities that `decode` finds, and the errors that end the chains.
#[derive(Debug, Default)]
struct Walked {
    places: Vec<Place>,
    errors: Vec<DecodeErrorKind>,
}

fn abi() -> Abi {
    lower(&fixtures::open(&fixtures::root().join("spec/pci")), None)
}

fn walked(abi: &Abi, space: &[u8]) -> Walked {
    let mut walked = Walked::default();
    let struct_ = space_struct(abi).expect("a space");
    let whole = WholeSpace::read(abi, struct_, &TARGETS[0], space);
    for chain in &whole.chains {
        let extended = chain.name() == "extended";
        let place = |cap: &DecodedCap<'_>| (cap.at, cap.id, extended.then_some(cap.version));
        walked.places.extend(chain.caps.iter().map(place));
        walked.errors.extend(chain.error.as_ref().map(|error| error.kind));
    }
    walked
}

/// What lspci lists, and whether it says that the chain returns or is broken.
#[derive(Debug, Default)]
struct Listed {
    places: Vec<(u64, Option<u16>, String)>,
    /// The lines about each of them.
    lines: Vec<Vec<String>>,
    end: Option<String>,
}

impl Listed {
    fn new(capabilities: Vec<ListedCapability>) -> Self {
        let mut listed = Self::default();
        for ListedCapability { at, version, text, lines } in capabilities {
            match text.starts_with('<') {
                true => listed.end = Some(text),
                false => {
                    listed.places.push((at, version, text));
                    listed.lines.push(lines);
                }
            }
        }
        listed
    }
}

/// Whether both list the same capability.
fn same(&(at, id, version): &Place, listed: &(u64, Option<u16>, String)) -> bool {
    let text = if version.is_some() { extended_text(id) } else { standard_text(id) };
    (at, version) == (listed.0, listed.1) && listed.2.starts_with(text)
}

/// How the list of `decode` differs from that of lspci, by the errors that end the chains.
fn difference(walked: &Walked, listed: &Listed) -> Option<String> {
    let pairs = walked.places.iter().zip(&listed.places);
    let common = pairs.take_while(|(place, listed)| same(place, listed)).count();
    if common == walked.places.len() && common == listed.places.len() {
        return None;
    }
    let errors: Vec<_> = walked.errors.iter().map(|error| error.word()).collect();
    Some(format!("{}; lspci: {}", errors.join(", "), listed.end.as_deref().unwrap_or("no error")))
}

/// The lists of lspci for some spaces.
fn listed(pciutils: &Pciutils, spaces: &[Vec<u8>]) -> Option<Vec<Listed>> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("dump");
    fs::write(&file, lspci::dump(spaces)).expect("a dump");
    let listed = pciutils.capabilities(&file)?;
    assert_eq!(listed.len(), spaces.len());
    Some(listed.into_iter().map(Listed::new).collect())
}

/// The space of every device of the test suite, with the name of its dump.
fn spaces(pciutils: &Pciutils) -> Vec<(String, Vec<u8>)> {
    let dumps = pciutils.dumps();
    let spaces = dumps.iter().flat_map(|(name, text)| {
        let devices = lspci::devices(text).into_iter();
        devices.map(move |device| (format!("{name} {}", device.address), device.space))
    });
    spaces.collect()
}

/// The rows that lspci itself prints, with each of its options: of all devices of a dump, and
/// of each alone.
#[test]
fn the_rows_of_lspci_are_read() {
    let Some(pciutils) = Pciutils::find() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("dump");
    let spaces: Vec<_> = spaces(&pciutils).into_iter().map(|(_, space)| space).collect();
    let mut read = 0;
    for (option, most) in [("-x", 64), ("-xxx", 256), ("-xxxx", 4096)] {
        for spaces in [&spaces[..], &spaces[..1], &spaces[1..2]] {
            fs::write(&file, lspci::dump(spaces)).expect("a dump");
            let text = pciutils.printed(&file, option);
            let blocks = labelled::blocks(text.as_bytes()).expect("blocks");
            assert_eq!(blocks.len(), spaces.len(), "{option}");
            for (block, space) in blocks.iter().zip(spaces) {
                let printed = space.len().min(most).max(64);
                let bytes = &space[..printed.min(space.len())];
                assert!(block.bytes.starts_with(bytes), "{option} {}", block.label);
                assert!(block.bytes.len() >= bytes.len(), "{option} {}", block.label);
                read += 1;
            }
            if let [space] = spaces {
                let found = dump::read(text.as_bytes(), false).expect("a dump");
                assert_eq!((found.form, found.bytes()), ("lspci", &blocks[0].bytes[..]), "{text}");
                assert!(found.bytes().starts_with(&space[..64]), "{text}");
            }
        }
    }
    println!("{read} devices");
    assert!(read > 300, "{read} devices");
}

#[test]
fn the_capabilities_of_every_device_are_those_of_lspci() {
    let Some(pciutils) = Pciutils::find() else { return };
    let (abi, devices) = (abi(), spaces(&pciutils));
    assert!(devices.len() >= 160, "{} devices", devices.len());
    let spaces: Vec<_> = devices.iter().map(|(_, space)| space.clone()).collect();
    let listed = listed(&pciutils, &spaces).expect("lists");
    let mut different = Vec::new();
    for ((name, space), listed) in devices.iter().zip(&listed) {
        let walked = walked(&abi, space);
        if let Some(difference) = difference(&walked, listed) {
            different.push(format!("{name}: {difference}: {walked:x?} {listed:x?}"));
        }
    }
    println!("{} devices, {} differ:\n{}", devices.len(), different.len(), different.join("\n"));
    assert_eq!(different.len(), 0);
}

#[test]
fn fields_that_depend_on_bits_have_the_values_of_lspci() {
    let Some(pciutils) = Pciutils::find() else { return };
    let (abi, devices) = (abi(), spaces(&pciutils));
    let spaces: Vec<_> = devices.iter().map(|(_, space)| space.clone()).collect();
    let listed = listed(&pciutils, &spaces).expect("lists");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for ((name, space), listed) in devices.iter().zip(&listed) {
        for (cap, (place, lines)) in
            printed::caps(&abi, space).iter().zip(listed.places.iter().zip(&listed.lines))
        {
            let Some(own) = cap.printed() else { continue };
            assert_eq!(cap.error, None, "{name} {:#x}", cap.at);
            for line in &own {
                let found = place.2.contains(line) || lines.iter().any(|one| one.contains(line));
                assert!(
                    found,
                    "{name} {:#x} {}: no {line:?} in {place:?} {lines:#?}",
                    cap.at, cap.name
                );
            }
            for (word, expected) in cap.presence() {
                let found = lines.iter().any(|line| line.starts_with(word));
                assert_eq!(found, expected, "{name} {:#x} {}: {word} {lines:#?}", cap.at, cap.name);
            }
            *counts.entry(cap.name).or_default() += 1;
            *counts.entry("lines").or_default() += own.len() + cap.presence().len();
        }
    }
    println!("{counts:?}");
    for (name, least) in [
        ("MSI", 60),
        ("EXP", 70),
        ("EA", 1),
        ("REBAR", 2),
        ("VC", 10),
        ("ERR", 40),
        ("MCAST", 2),
        ("VIRTIO_NOTIFY", 1),
    ] {
        assert!(counts.get(name).is_some_and(|count| *count >= least), "{name}: {counts:?}");
    }
}

/// The capabilities in the conformance text of a chain.
fn places(chain: &str, text: &str) -> Vec<Place> {
    let caps = text.lines().filter_map(|line| line.strip_prefix("cap "));
    let place = |line: &str| {
        let number = |key: &str| {
            let word = line.split(' ').find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
            word.and_then(|word| word.parse::<u64>().ok()).expect("a number")
        };
        let version = (chain == "extended").then(|| number("version") as u16);
        (number("at"), number("id"), version)
    };
    caps.map(place).collect()
}

#[test]
#[ignore = "compiles the crate and the header of PCI; .ci/long lspci runs it"]
fn the_generated_walks_list_the_capabilities_that_lspci_lists() {
    let Some(pciutils) = Pciutils::find() else { return };
    let (abi, devices) = (abi(), spaces(&pciutils));
    let chains = ["standard", "extended"];
    let cases = devices.iter().flat_map(|(_, space)| {
        chains.iter().map(move |chain| ((*chain).to_owned(), space.clone()))
    });
    let spaces: Vec<_> = devices.iter().map(|(_, space)| space.clone()).collect();
    let listed = listed(&pciutils, &spaces).expect("lists");
    let (programs, cases) = (Programs::new(&abi), cases.collect::<Vec<_>>());
    programs.agree(&abi, &cases);
    for (program, texts) in programs.texts(&cases) {
        let mut count = 0;
        for ((name, _), (texts, listed)) in devices.iter().zip(texts.chunks(2).zip(&listed)) {
            let own = chains.iter().zip(texts).flat_map(|(chain, text)| places(chain, text));
            let own: Vec<_> = own.collect();
            let alike = own.iter().zip(&listed.places).all(|(own, listed)| same(own, listed));
            let alike = alike && own.len() == listed.places.len();
            assert!(alike, "{program}, {name}: {own:x?} {listed:x?}");
            count += own.len();
        }
        println!("{program}: {} devices with {count} capabilities", devices.len());
        assert!(count > 500, "{count}");
    }
}

#[test]
fn damaged_dumps_are_read_as_lspci_reads_them() {
    const BATCH: usize = 500;
    const HEADER: usize = 64;
    let Some(pciutils) = Pciutils::find() else { return };
    let (abi, devices) = (abi(), spaces(&pciutils));
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut left = rounds(1000);
    while left > 0 {
        let count = left.min(BATCH);
        left -= count;
        let mut one = || {
            let (_, space) = &devices[random.below(devices.len())];
            damaged(&mut random, space)
        };
        let damaged: Vec<_> = (0..count).map(|_| one()).collect();
        for (space, listed) in damaged.iter().zip(lists(&pciutils, &damaged)) {
            let walked = walked(&abi, space);
            let kind = match listed {
                None => "lspci fails".to_owned(),
                Some(listed) => match difference(&walked, &listed) {
                    // No capability can be in such a space, and `decode` looks for none.
                    Some(_) if space.len() <= HEADER => "inside_fixed; header only".to_owned(),
                    Some(difference) => difference,
                    None => "none".to_owned(),
                },
            };
            *kinds.entry(kind).or_default() += 1;
        }
    }
    for (kind, count) in &kinds {
        println!("{count:8}  {kind}");
    }
    // lspci follows offsets into the header and out of the bytes, and `decode` does not.
    let known = |kind: &&String| {
        ["none", "lspci fails"].contains(&kind.as_str())
            || kind.starts_with("inside_fixed")
            || kind.starts_with("out_of_bounds")
            || kind.starts_with("header_cut")
            || kind.starts_with("cycle")
    };
    let unknown: Vec<_> = kinds.keys().filter(|kind| !known(kind)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// The lists of lspci for many spaces, without those on which it fails.
fn lists(pciutils: &Pciutils, spaces: &[Vec<u8>]) -> Vec<Option<Listed>> {
    match (listed(pciutils, spaces), spaces.len()) {
        (Some(lists), _) => lists.into_iter().map(Some).collect(),
        (None, 0 | 1) => spaces.iter().map(|_| None).collect(),
        (None, len) => {
            let (first, second) = spaces.split_at(len / 2);
            [lists(pciutils, first), lists(pciutils, second)].into_iter().flatten().collect()
        }
    }
}

/// A copy with changes at places that decide about chains, and elsewhere.
fn damaged(random: &mut Random, space: &[u8]) -> Vec<u8> {
    let mut space = space.to_vec();
    for _ in 0..=random.below(3) {
        let chained = [0x06, 0x0e, 0x14, 0x34, 0x100, 0x101, 0x102, 0x103];
        let at = match random.below(4) {
            0 => chained[random.below(chained.len())],
            1 => 0x40 + random.below(0x30) * 4 + random.below(4),
            2 => 0x100 + random.below(0xc0) * 4 + random.below(4),
            _ => random.below(space.len()),
        };
        let byte = match random.below(4) {
            0 => random.next() as u8,
            1 => [0, 1, 0xff, 0x10, 0x40, 0x80][random.below(6)],
            2 => random.next() as u8 & 0xfc,
            _ => [0x05, 0x07, 0x09, 0x0b, 0x10, 0x11, 0x23][random.below(7)],
        };
        if let Some(place) = space.get_mut(at) {
            *place = byte;
        }
    }
    if random.below(16) == 0 {
        let whole = space.len() / 16 * 16;
        space.truncate(64.max(random.below(whole / 16 + 1) * 16));
    }
    space
}

/// The start of the text of lspci for a standard capability.
fn standard_text(id: u64) -> &'static str {
    match id {
        0x00 => "Null",
        0x01 => "Power Management",
        0x02 => "AGP version",
        0x03 => "Vital Product Data",
        0x04 => "Slot ID",
        0x05 => "MSI:",
        0x06 => "CompactPCI hot-swap",
        0x07 => "PCI-X",
        0x08 => "HyperTransport",
        0x09 => "Vendor Specific Information",
        0x0a => "Debug port",
        0x0b => "CompactPCI central resource control",
        0x0c => "Hot-plug capable",
        0x0d => "Subsystem",
        0x0e => "AGP3",
        0x0f => "Secure device",
        0x10 => "Express",
        0x11 => "MSI-X",
        0x12 => "SATA HBA",
        0x13 => "PCI Advanced Features",
        0x14 => "Enhanced Allocation",
        _ => "Capability ID",
    }
}

/// The start of the text of lspci for an extended capability.
fn extended_text(id: u64) -> &'static str {
    match id {
        0x00 => "Null",
        0x01 => "Advanced Error Reporting",
        0x02 | 0x09 => "Virtual Channel",
        0x03 => "Device Serial Number",
        0x04 => "Power Budgeting",
        0x05 => "Root Complex Link",
        0x06 => "Root Complex Internal Link",
        0x07 => "Root Complex Event Collector",
        0x08 => "Multi-Function Virtual Channel",
        0x0a => "Root Complex Register Block",
        0x0b => "Vendor Specific Information",
        0x0d => "Access Control Services",
        0x0e => "Alternative Routing-ID Interpretation",
        0x0f => "Address Translation Service",
        0x10 => "Single Root I/O Virtualization",
        0x11 => "Multi-Root I/O Virtualization",
        0x12 => "Multicast",
        0x13 => "Page Request Interface",
        0x15 => "Physical Resizable BAR",
        0x16 => "Dynamic Power Allocation",
        0x17 => "Transaction Processing Hints",
        0x18 => "Latency Tolerance Reporting",
        0x19 => "Secondary PCI Express",
        0x1a => "Protocol Multiplexing",
        0x1b => "Process Address Space ID",
        0x1c => "LN Requester",
        0x1d => "Downstream Port Containment",
        0x1e => "L1 PM Substates",
        0x1f => "Precision Time Measurement",
        0x20 => "PCI Express over M_PHY",
        0x21 => "FRS Queueing",
        0x22 => "Readiness Time Reporting",
        0x23 => "Designated Vendor-Specific",
        0x24 => "Virtual Resizable BAR",
        0x25 => "Data Link Feature",
        0x26 => "Physical Layer 16.0 GT/s",
        0x27 => "Lane Margining at the Receiver",
        0x28 => "Hierarchy ID",
        0x29 => "Native PCIe Enclosure Management",
        0x2a => "Physical Layer 32.0 GT/s",
        0x2e => "Data Object Exchange",
        0x30 => "Integrity & Data Encryption",
        _ => "Extended Capability ID",
    }
}
