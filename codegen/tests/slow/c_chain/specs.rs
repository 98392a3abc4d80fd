//! Specifications and replies for the tests of chains.

use capchain::ir::Abi;
use support::spec_folder::{SpecFolder, cap_keys, ioctl_keys};

/// Chains without a host struct: the lists of capabilities in the
/// configuration space of PCI and PCIe.
pub(crate) fn config_space() -> Abi {
    SpecFolder::small("config", "vfio", PCI_HEADERS, CONFIG_SPACE).abi()
}

const PCI_HEADERS: &str = "\
cap_headers:
  pci:
    doc: Heads a capability of PCI.
    struct: pci_header
    id: id
    next: next
    relative_to: reply
    end: 0
    align: 4
  pcie:
    doc: Heads an extended capability.
    struct: pcie_header
    id: word[0..16]
    version: word[16..20]
    next: word[20..32]
    relative_to: reply
    end: 0
    align: 4
";

const CONFIG_SPACE: &str = "
  - struct: pci_header
    doc: Heads a capability of PCI.
    fields: {id: 'u8, the id', next: 'u8, the next'}
  - struct: pcie_header
    doc: Heads an extended capability.
    fields: {word: 'u32, id and version and the next'}
  - chain: pci
    doc: The list that every device has.
    header: pci
    first: {offset: 0x34, type: u8, bound: 0x40}
    prefix: PCI_CAP_ID_
  - chain: pcie
    doc: The list behind it.
    header: pcie
    first: {offset: 0x100}
    prefix: PCI_EXT_CAP_ID_
  - capability: PCI_CAP_ID_PM
    chain: pci
    id: 1
    doc: Power management.
    struct: pci_pm
    fields: {pmc: 'u16, what it can do', pmcsr: 'u16, its state'}
  - capability: PCI_EXT_CAP_ID_ERR
    chain: pcie
    id: 1
    doc: Errors.
    struct: pcie_err
    fields: {status: 'u32, what happened'}
";

/// Prints both lists of a configuration space.
pub(crate) const CONFIG_SPACE_PROGRAM: &str = r#"
#include <stdio.h>
int main(void)
{
	static unsigned char space[4096];
	struct config_abi_walk walk;
	struct config_abi_cap cap;
	struct config_abi_pci_pm pm;
	unsigned int word = 1u | 2u << 16 | 0x148u << 20;
	int found;

	space[0x34] = 0x40;
	__builtin_memcpy(space + 0x40, "\1\120", 2);
	__builtin_memcpy(space + 0x50, "\5\140", 2);
	__builtin_memcpy(space + 0x60, "\6\0", 2);
	__builtin_memcpy(space + 0x100, &word, 4);
	word = 11u | 1u << 16;
	__builtin_memcpy(space + 0x148, &word, 4);
	if (config_abi_pci_pm_find(space, 256, &pm) != 1 || pm.cap.at != 0x40)
		return 1;
	walk = config_abi_pci_caps(space, 256);
	while ((found = config_abi_pci_next(&walk, &cap)) > 0)
		printf("%x@%x ", cap.id, cap.at);
	printf(found ? "bad\n" : "end\n");
	walk = config_abi_pcie_caps(space, sizeof(space));
	while ((found = config_abi_pcie_next(&walk, &cap)) > 0)
		printf("%d.%d@%x ", cap.id, cap.version, cap.at);
	printf(found ? "bad\n" : "end\n");
	walk = config_abi_pci_caps(space, 0x34);
	return config_abi_pci_next(&walk, &cap) != 0;
}
"#;

/// An ABI with names that the header uses.
pub(crate) fn names() -> Abi {
    let more = ioctl_keys("vfio") + &cap_keys("vfio");
    SpecFolder::small("names", "vfio", &more, NAMES).abi()
}

const NAMES: &str = "
  - constants: numbers
    doc: What ioctl numbers are made of.
    prefix: VFIO_
    values: {VFIO_TYPE: '0x3b, the type', VFIO_BASE: '100, the base'}
  - struct: vfio_cap_header
    doc: Heads a capability.
    fields: {id: 'u16, id', version: 'u16, version', next: 'u32, the next'}
  - struct: vfio_reply_info
    doc: In front of a chain.
    minsz: has_late
    fields:
      argsz: inout argsz u32, size
      flags: {type: inout flags u32, doc: flags, bits: {VFIO_REPLY_CAPS: 'bit 0, a chain'}}
      cap_offset: out cap_offset u32, the first
      reply: out u64, called like what the protocol says
      has_late: out s32, called like what tells whether late is there
      late: {type: out u16, doc: appended, since: v1.1}
      later: {type: out u64, doc: appended, since: v1.1}
  - ioctl: VFIO_REPLY_GET_INFO
    number: 1
    fd: device
    arg: struct vfio_reply_info
    doc: Asks.
    handlers:
      one:
        source: names.c
        writes: fitting
        unset: zero
        chain: {offset: 40, align: 8, when_too_small: offset_zero}
        capabilities: [BEGIN]
        profile: reply
      plain: {source: names.c, writes: minsz, unset: echo}
  - chain: reply
    doc: Called like functions of the builder.
    header: cap
    host: vfio_reply_info
    flag: VFIO_REPLY_CAPS
    prefix: VFIO_REPLY_
  - struct: vfio_element
    doc: In an array.
    fields: {nth: 'u8, called like the index', bytes: 's16, called like the place'}
  - capability: VFIO_REPLY_BEGIN
    id: 1
    doc: Called like a function.
    struct: vfio_reply_begin
    fields:
      cap: s64, called like the capability itself
      version: u8, called like its version
      count: u64, number of elements
      elements: 'vfio_element[count], called like a parameter'
  - capability: VFIO_REPLY_FIXED
    id: 2
    doc: Called like another, with an array that is called like one too.
    struct: vfio_reply_fixed_body
    fields:
      bytes: u8, called like a member
      has_later: u8, called like what tells whether later is there
      later: {type: u16, doc: later, since: v1.0, version: 2}
      latest: {type: s32, doc: latest, since: v1.0, version: 3}
      read: 's16[], called like the function that reads'
  - capability: VFIO_REPLY_PASS
    id: 3
    doc: Has no body.
";
