//! PCI's capabilities, an ABI with chains of another kind, of bytes and of words.
//! The generated walk reads the configuration space of a device.

use std::path::Path;

use support::{fixtures, rustc};

/// What the program prints of a capability, whatever it is.
const PROGRAM: &str = r#"
use pci_abi::views::{ExtendedCap, ExtendedCaps, StandardCap, StandardCaps};

fn main() {
    let text = std::env::args().nth(1).expect("a space in hex");
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hex");
    let space: Vec<u8> = (0..text.len()).step_by(2).map(byte).collect();
    for cap in StandardCaps::parse(&space) {
        match cap {
            Ok(StandardCap::Vndr(cap)) => {
                println!("{} vendor type {} bar {}", cap.offset(), cap.cfg_type(), cap.bar());
            }
            Ok(StandardCap::Msix(cap)) => println!("{} msix {:#x}", cap.offset(), cap.control()),
            Ok(StandardCap::Unknown(cap)) => println!("{} id {}", cap.offset(), cap.id()),
            Ok(_) => unreachable!(),
            Err(error) => println!("{error}"),
        }
    }
    for cap in ExtendedCaps::parse(&space) {
        match cap {
            Ok(ExtendedCap::Dsn(cap)) => println!("{} serial {:x} {:x}", cap.offset(), cap.high(), cap.low()),
            Ok(ExtendedCap::Unknown(cap)) => {
                println!("{} extended {} version {}", cap.offset(), cap.id(), cap.version());
            }
            Ok(_) => unreachable!(),
            Err(error) => println!("{error}"),
        }
    }
}
"#;

#[test]
fn the_walk_of_pci_reads_a_captured_configuration_space() {
    let space = captured("virtio_net.txt");
    assert_eq!(space.len(), 256);
    let printed = walk(&[space]);
    let standard = "64 vendor type 1 bar 0\n80 vendor type 3 bar 0\n96 vendor type 4 bar 0\n\
                    112 vendor type 2 bar 0\n132 vendor type 5 bar 0\n152 msix 0x8002\n";
    // A space of 256 bytes ends where the extended chain would start.
    assert_eq!(printed, [[standard, "no capability can start at 256, after the reply\n"].concat()]);
}

#[test]
fn the_walk_of_pci_express_reads_words_and_bounds_them() {
    let mut express = vec![0; 4096];
    put(&mut express, 0x100, 0x0001_0003 | 0x150 << 20);
    put(&mut express, 0x104, 0x1234);
    put(&mut express, 0x108, 0xabcd);
    put(&mut express, 0x150, 0x0002_0001 | 0x140 << 20);
    put(&mut express, 0x140, 0x0001_0018);
    let mut looped = express.clone();
    put(&mut looped, 0x150, 0x0002_0001 | 0x100 << 20);
    let mut back = vec![0; 256];
    back[0x34] = 0x40;
    back[0x40..0x42].copy_from_slice(&[1, 0x20]);

    let printed = walk(&[express, looped, back]);
    assert_eq!(
        printed[0],
        "256 serial abcd 1234\n336 extended 1 version 2\n320 extended 24 version 1\n"
    );
    assert!(printed[1].ends_with("the chain returns to 256\n"), "{}", printed[1]);
    assert!(
        printed[2].starts_with("64 id 1\nno capability can start at 32, in the fixed part\n"),
        "{}",
        printed[2]
    );
}

fn put(space: &mut [u8], at: usize, word: u32) {
    space[at..at + 4].copy_from_slice(&word.to_le_bytes());
}

/// What the generated walk prints of each space.
fn walk(spaces: &[Vec<u8>]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = fixtures::open(&fixtures::root().join("codegen/tests/specs/pci"));
    let abi = capchain::lower::lower(&spec, None);
    let program = rustc::program(folder.path(), &abi, "pci_abi", PROGRAM);
    let hex = |space: &Vec<u8>| space.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    spaces.iter().map(|space| rustc::run(&program, &[&hex(space)])).collect()
}

/// The bytes of a dump that `xxd -g1` made.
fn captured(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config_space").join(name);
    let text = std::fs::read_to_string(path).expect("a dump");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let bytes = lines.flat_map(|line| line[10..57].split_whitespace());
    bytes.map(|byte| u8::from_str_radix(byte, 16).expect("hex")).collect()
}
