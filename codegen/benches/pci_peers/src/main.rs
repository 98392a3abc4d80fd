//! Walks the standard list of a configuration space with one of several crates.
//!
//!     pci-peers WALK ROUNDS [SPACE]
//!
//! Prints the offsets that the walk finds, up to MOST. Its instructions are the difference of
//! two runs with different ROUNDS.

use std::hint::black_box;

use pci_abi::views::{Space, StandardCaps};
use pci_types::{ConfigRegionAccess, EndpointHeader, PciAddress, PciHeader};

/// A walk that returns more capabilities than a list can have does not end.
const MOST: usize = 1000;

const WALKS: [(&str, fn(&[u8]) -> Vec<u32>); 5] = [
    ("pci-abi", own),
    ("pci-abi, read by functions", own_of_device),
    ("pci_types", types),
    ("pcics", pcics),
    ("pci-driver", driver),
];

fn main() {
    let args: Vec<_> = std::env::args().collect();
    let [_, name, rounds, space] = &args[..] else { panic!("WALK ROUNDS SPACE") };
    let space = match space.as_str() {
        "six" => six(),
        "cycle" => cycle(),
        "unaligned" => unaligned(),
        "into-header" => into_header(),
        other => panic!("no space {other}"),
    };
    let walk = WALKS.iter().find(|(own, _)| own == name).expect("a walk").1;
    let mut found = Vec::new();
    for _ in 0..rounds.parse::<u32>().expect("a number") {
        found = black_box(walk(black_box(&space)));
    }
    let text = if found.len() < MOST { format!("{found:x?}") } else { "does not end".to_owned() };
    println!("{text}");
}

/// A list of six capabilities, as a virtio device has it.
fn six() -> Vec<u8> {
    let mut space = vec![0; 256];
    space[..4].copy_from_slice(&[0xf4, 0x1a, 0x41, 0x10]);
    space[0x06] = 0x10;
    space[0x34] = 0x98;
    let caps = [(0x98, 0x11, 0x84), (0x84, 9, 0x70), (0x70, 9, 0x60), (0x60, 9, 0x50)];
    for (at, id, next) in caps.into_iter().chain([(0x50, 9, 0x40), (0x40, 9, 0)]) {
        space[at..at + 4].copy_from_slice(&[id, next, 16, 1]);
    }
    space
}

/// The last capability leads to the first one.
fn cycle() -> Vec<u8> {
    let mut space = six();
    space[0x41] = 0x98;
    space
}

/// Links with reserved bits, which a reader must ignore.
fn unaligned() -> Vec<u8> {
    let mut space = six();
    space[0x34] = 0x9b;
    space[0x51] = 0x43;
    space
}

/// The last capability leads into the header.
fn into_header() -> Vec<u8> {
    let mut space = six();
    space[0x41] = 0x04;
    space
}

fn own(space: &[u8]) -> Vec<u32> {
    walk(space)
}

fn own_of_device(space: &[u8]) -> Vec<u32> {
    walk(&Device(space))
}

fn walk<S: Space + ?Sized>(space: &S) -> Vec<u32> {
    use pci_abi::views::StandardCap::{Msix, Vndr};
    let caps = StandardCaps::of(space).map_while(Result::ok);
    let offset = |cap| match cap {
        Vndr(view) => view.offset(),
        Msix(view) => view.offset(),
        _ => 0,
    };
    caps.map(offset).take(MOST).collect()
}

/// A device whose registers are read one at a time.
struct Device<'a>(&'a [u8]);

impl Device<'_> {
    #[inline(never)]
    fn word(&self, at: u32) -> u32 {
        let bytes = self.0.get(at as usize..).and_then(<[u8]>::first_chunk);
        bytes.map_or(u32::MAX, |bytes| u32::from_le_bytes(*bytes))
    }
}

impl Space for Device<'_> {
    fn size(&self) -> u32 {
        self.0.len() as u32
    }

    fn read_u8(&self, at: u32) -> u8 {
        (self.word(at & !3) >> (8 * (at & 3))) as u8
    }

    fn read_u16(&self, at: u32) -> u16 {
        (self.word(at & !3) >> (8 * (at & 2))) as u16
    }

    fn read_u32(&self, at: u32) -> u32 {
        self.word(at)
    }
}

impl ConfigRegionAccess for Device<'_> {
    unsafe fn read(&self, _: PciAddress, offset: u16) -> u32 {
        self.word(offset.into())
    }

    unsafe fn write(&self, _: PciAddress, _: u16, _: u32) {}
}

fn types(space: &[u8]) -> Vec<u32> {
    let header = PciHeader::new(PciAddress::new(0, 0, 0, 0));
    let Some(header) = EndpointHeader::from_header(header, Device(space)) else {
        return Vec::new();
    };
    let caps = header.capabilities(Device(space));
    caps.map(|cap| cap.address().offset.into()).take(MOST).collect()
}

fn pcics(space: &[u8]) -> Vec<u32> {
    let Ok(header) = pcics::Header::try_from(&space[..0x40]) else { return Vec::new() };
    let caps = pcics::Capabilities::new(&space[0x40..0x100], &header);
    caps.map_while(Result::ok).map(|cap| cap.pointer.into()).take(MOST).collect()
}

fn driver(space: &[u8]) -> Vec<u32> {
    use pci_driver::config::PciConfig;
    use pci_driver::config::caps::{Capability, UnspecifiedCapability};
    use pci_driver::regions::{AsPciSubregion, BackedByPciSubregion, PciMemoryRegion};
    let region = PciMemoryRegion::new(space);
    let config = PciConfig::backed_by(&region);
    let Ok(caps) = config.capabilities() else { return Vec::new() };
    let offset = |cap: UnspecifiedCapability<'_>| {
        let header = cap.header();
        (&header).as_subregion().offset_in_underlying_region() as u32
    };
    caps.iter().map(offset).take(MOST).collect()
}
