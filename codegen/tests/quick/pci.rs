//! The specification of configuration space: offsets that the kernel names are those of the
//! fields, and every id of the kernel has a capability.

use std::fs;

use capchain::ir::{Abi, GroupKind, Struct};
use capchain::lower::lower;
use serde_json::Value;
use support::fixtures;
use support::program::{Outcome, run, run_with_input};

/// The bytes of the header before those that depend on its type.
const COMMON_HEADER: u64 = 16;

fn abi() -> Abi {
    lower(&fixtures::open(&fixtures::root().join("spec/pci")), None)
}

#[test]
fn offsets_are_those_of_the_fields() {
    let abi = abi();
    let mut compared = 0;
    for group in abi.groups.iter().filter(|group| group.kind == GroupKind::Constants) {
        let Some(name) = group.name.strip_suffix("_offsets") else { continue };
        let struct_ = abi.structs.iter().find(|one| one.name == name);
        let Some(struct_) = struct_ else { continue };
        let start = if name.starts_with("pci_header_") { COMMON_HEADER } else { 0 };
        for value in &group.values {
            let doc = value.meta.doc.concat();
            let field = doc.split('`').nth(1).unwrap_or_else(|| panic!("{}: {doc}", value.name));
            let offset_in = |one: &Struct| {
                let index = one.fields.iter().position(|one| one.name == field)?;
                Some(one.kernel_span(index).offset)
            };
            // Or those of the first element.
            let in_element = || {
                let array = struct_.fields.len() - 1;
                let element = abi.struct_(struct_.fields[array].element()?);
                Some(struct_.kernel_span(array).offset + offset_in(element)?)
            };
            let offset = offset_in(struct_).or_else(in_element);
            let offset = start + offset.unwrap_or_else(|| panic!("{name} has no field {field}"));
            assert_eq!(value.number, offset.into(), "{}", value.name);
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared} offsets");
}

/// A short name lacks no word that distinguishes it: `UNMASK_SBR` of a register of which it is
/// the only flag is not `SBR`.
#[test]
fn short_names_keep_what_follows_their_register() {
    let abi = abi();
    let offsets = abi.groups.iter().filter(|group| group.name.ends_with("_offsets"));
    let registers: Vec<_> = offsets.flat_map(|group| &group.values).collect();
    let mut compared = 0;
    let fields = abi.groups.iter().filter(|group| group.field.is_some());
    for value in fields.flat_map(|group| &group.values) {
        let rests = registers.iter().filter_map(|one| value.name.strip_prefix(&one.name));
        let rests = rests.filter_map(|rest| rest.strip_prefix('_'));
        let Some(rest) = rests.min_by_key(|rest| rest.len()) else { continue };
        assert!(value.short.ends_with(rest), "{} is {}", value.name, value.short);
        compared += 1;
    }
    assert!(compared > 300, "{compared} names");
}

/// Every function of the header that names numbers names one.
#[test]
fn no_function_names_nothing() {
    for abi in ["iommufd", "pci", "vfio"] {
        let path = format!("generated/{abi}-abi/include/{abi}_abi/names.h");
        let header = fs::read_to_string(fixtures::root().join(path)).expect("a header");
        let switches: Vec<_> = header.split("\tswitch (").skip(1).collect();
        assert!(switches.len() > 20, "{abi}: {} functions", switches.len());
        for switch in switches {
            let (_, body) = switch.split_once('\n').expect("a body");
            assert!(body.starts_with("\tcase "), "{abi}: {switch}");
        }
    }
}

#[test]
fn every_id_is_a_capability() {
    let abi = abi();
    for (chain, count, last) in [("standard", 20, 0x14), ("extended", 40, 0x31)] {
        let chain = abi.chain(abi.find_chain(chain).expect("a chain"));
        let own = abi.capabilities_of(chain).filter(|one| one.kind.is_none());
        let ids: Vec<_> = own.map(|one| one.id).collect();
        assert_eq!((ids.len(), ids.iter().max()), (count, Some(&last)), "{}", chain.name);
    }
}

/// The text of `lspci -xxx` for two devices with the same space.
fn dump() -> String {
    let space = support::config_space::virtio();
    let rows = space.chunks(16).enumerate().map(|(row, bytes)| {
        let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{:02x}: {}\n", row * 16, bytes.join(" "))
    });
    let rows: String = rows.collect();
    format!("00:02.0 Ethernet controller: a name\n{rows}\n0001:00:03.7 Unclassified\n{rows}")
}

#[test]
fn every_device_of_a_dump_is_decoded() {
    let decode = |args: &[&str]| {
        let args = [&["decode"], args].concat();
        run_with_input(&fixtures::root(), &args, dump().as_bytes())
    };
    let Outcome { code, stdout, stderr } = decode(&["--lines"]);
    assert_eq!(code, 0, "{stderr}");
    let lines: Vec<Value> =
        stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let labels: Vec<_> = lines.iter().map(|line| line["label"].as_str()).collect();
    assert_eq!(labels, [Some("00:02.0"), Some("0001:00:03.7")]);
    let caps = lines[0]["chains"][0]["caps"].as_array().expect("capabilities");
    let names: Vec<_> = caps.iter().map(|cap| cap["name"].as_str().expect("a name")).collect();
    let kinds = ["COMMON", "ISR", "DEVICE", "NOTIFY", "PCI"].map(|kind| ["VIRTIO_", kind].concat());
    assert_eq!(names[..5], kinds);
    assert_eq!(names[5..], ["MSIX"]);
    let whole: Value = serde_json::from_str(&decode(&["--format", "json"]).stdout).expect("JSON");
    assert_eq!(whole["spaces"].as_array().map(Vec::len), Some(2));
    let text = decode(&[]).stdout;
    assert!(text.contains("0001:00:03.7\nstruct pci_header, "), "{text}");
}

/// A dump without a label and without a name is a space, if no struct of an ioctl fits.
#[test]
fn a_dump_without_a_name_can_be_a_space() {
    let decode = |input: &[u8]| run_with_input(&fixtures::root(), &["decode"], input);
    let dump = fs::read(fixtures::root().join("docs/examples/cxl_memory.txt")).expect("a dump");
    let Outcome { code, stdout, stderr } = decode(&dump);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("PCI_CAP_ID_MSIX: id 17"), "{stdout}");
    // No device: no capability, or no id of a vendor.
    for bytes in [&[0; 256], &[0xff; 256], &[1; 256]] {
        let Outcome { code, stdout, .. } = decode(bytes);
        assert_ne!(code, 0, "{stdout}");
        assert!(!stdout.contains("struct pci_header"), "{stdout}");
    }
}

/// The numbers in masks are shifted, as lspci prints them; offsets and lists of bits stay in
/// their place.
#[test]
fn numbers_in_masks_are_shifted() {
    let dump = fixtures::root().join("docs/examples/cxl_memory.txt");
    let outcome = run(&fixtures::root(), &["decode", "standard", dump.to_str().expect("a path")]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    for text in [
        "lnkcap   le32  SLS_32_0GB | MLW=16 | ASPM_L0S (0x505)",
        "table  le32  BIR=4 (0x4)",
        "pba    le32  BIR=4 | OFFSET=0x800 (0x804)",
        "lnkcap2  le32  SLS=0x3e (0x3e)",
    ] {
        assert!(outcome.stdout.contains(text), "{text}: {}", outcome.stdout);
    }
}
