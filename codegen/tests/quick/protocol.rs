//! The protocol plan: on a small specification, both languages get the same
//! sizes, strides, arrays and rules from it.

use capchain::emit;
use capchain::ir::Abi;
use capchain::ir::protocol::ElementPlan;
use capchain::layout::Int;
use capchain::lower::lower;
use support::fixtures;
use support::spec_folder::{SpecFolder, cap_keys, ioctl_keys};

/// A reply with a chain of which a capability ends in an array of integers.
const ITEMS: &str = "
  - constants: numbers
    doc: What ioctl numbers are made of.
    prefix: DEMO_
    values: {DEMO_TYPE: '0x3b, the type', DEMO_BASE: '100, the base'}
  - struct: demo_cap_header
    doc: Heads a capability.
    fields: {id: 'u16, id', version: 'u16, version', next: 'u32, the next'}
  - struct: demo_heat_info
    doc: The fixed part.
    minsz: late
    fields:
      argsz: inout argsz u32, size
      flags: {type: out flags u32, doc: flags, bits: {DEMO_HEAT_CAPS: 'bit 0, a chain'}}
      cap_offset: out cap_offset u32, the first
      late: out u32, a number
  - ioctl: DEMO_GET_HEAT_INFO
    number: 1
    fd: device
    arg: struct demo_heat_info
    doc: Asks.
    handlers:
      one:
        source: demo.c
        writes: minsz
        unset: echo
        chain: {offset: 16, align: 8, when_too_small: partial}
        capabilities: [TOUCHED, BYTES]
        profile: one
  - chain: heat
    doc: Capabilities of heat.
    header: cap
    host: demo_heat_info
    flag: DEMO_HEAT_CAPS
    prefix: DEMO_HEAT_
  - capability: DEMO_HEAT_TOUCHED
    id: 1
    doc: An array of integers.
    struct: demo_heat_touched
    fields:
      nr_parts: u32, number of parts
      reserved: reserved u32, zero
      touched: 'aligned_u64[nr_parts], how often each part was touched'
  - capability: DEMO_HEAT_BYTES
    id: 2
    doc: An array of shorts up to the end.
    struct: demo_heat_bytes
    fields:
      level: u32, a number
      shorts: 's16[], numbers'
";

fn demo() -> Abi {
    let more = ioctl_keys("demo") + &cap_keys("demo");
    SpecFolder::small("demo", "demo", &more, ITEMS).abi()
}

/// The text of all Rust views.
fn views(abi: &Abi) -> String {
    let files = emit::all(abi);
    let views = files.iter().filter(|file| file.path.contains("src/views/"));
    views.map(|file| file.contents.as_str()).collect()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_array_of_integers_has_the_stride_of_its_integer() {
    let abi = demo();
    let arrays = abi.protocol.capabilities.iter().filter_map(|cap| cap.array.as_ref());
    let strides: Vec<_> = arrays
        .map(|array| {
            let ElementPlan::Int(int) = array.element else { panic!("an integer") };
            (int, array.offset.kernel(), array.stride.kernel(), array.count.is_some())
        })
        .collect();
    assert_eq!(strides, [(Int::AlignedU64, 16, 8, true), (Int::S16, 12, 2, false)]);
}

#[test]
fn an_array_of_integers_has_an_accessor_in_both_languages() {
    let abi = demo();
    let rust = squeezed(&views(&abi));
    assert!(rust.contains("pub fn touched(&self) -> Array<'a, u64>"), "{rust}");
    assert!(rust.contains("pub fn shorts(&self) -> Array<'a, i16>"), "{rust}");
    let c = squeezed(&emit::c_header(&abi).contents);
    assert!(c.contains("demo_abi_heat_touched_nth( const struct demo_abi_heat_touched *from, __u32 nth, __u64 *out)"));
    assert!(c.contains(
        "demo_abi_heat_bytes_shorts( const struct demo_abi_heat_bytes *from, __u32 nth, __s16 *out)"
    ));
}

#[test]
fn partial_replies_are_cut_between_elements_in_both_languages() {
    let abi = demo();
    let rust = squeezed(&views(&abi));
    assert!(rust.contains("ARRAYS: &[(u16, u32, u32)] = &[(1, 16, 8), (2, 12, 2)]"), "{rust}");
    let c = squeezed(&emit::c_header(&abi).contents);
    assert!(c.contains("{ 1, 16, 8 }, /* DEMO_HEAT_TOUCHED */ { 2, 12, 2 }"));
}

#[test]
fn a_server_appends_capabilities_with_their_types_in_both_languages() {
    let abi = demo();
    let rust = squeezed(&views(&abi));
    assert!(rust.contains("Touched(&'a uapi::demo_heat_touched, &'a [u64])"), "{rust}");
    assert!(rust.contains("Bytes(&'a uapi::demo_heat_bytes, &'a [i16])"), "{rust}");
    let c = emit::c_header(&abi).contents;
    assert!(c.contains("demo_abi_heat_touched_append("));
    assert!(c.contains("demo_abi_heat_bytes_append("));
}

#[test]
fn a_profile_means_the_same_in_both_languages() {
    let abi = demo();
    let rust = squeezed(&views(&abi));
    let rules = [
        "minsz: 16,",
        "fixed_ends: &[16],",
        "fixed_size: 16,",
        "echo: true,",
        "first_cap: 16,",
        "align: 8,",
        "when_too_small: WhenTooSmall::Partial,",
        "preserves_padding: false,",
        "always_sets_argsz: false,",
    ];
    assert!(rust.contains(&rules.join(" ")), "{rust}");
    let c = squeezed(&emit::c_header(&abi).contents);
    let rules = [
        "16, /* minsz */",
        "16, /* fixed_size */",
        "16, /* first_cap */",
        "8, /* align */",
        "DEMO_ABI__PARTIAL,",
        "0, /* preserves_padding */",
        "0, /* always_sets_argsz */",
        "DEMO_ABI__ECHO",
    ];
    assert!(c.contains(&rules.join(" ")), "{c}");
}

/// The number that says the type of a record is in the field that the stream names.
#[test]
fn the_type_of_a_record_is_in_its_own_field() {
    let spec = fixtures::open(&fixtures::root().join("codegen/tests/specs/records"));
    let abi = lower(&spec, None);
    let mut offsets = Vec::new();
    for plan in &abi.protocol.streams {
        let stream = abi.fds[plan.fd].stream.as_ref().expect("a stream");
        let (_, field) = plan.types.clone().unzip();
        let is_own = stream.type_by.as_ref().is_some_and(|by| by.struct_.is_none());
        let field = field.flatten();
        assert_eq!(field.is_some(), is_own);
        offsets.extend(field.map(|field| field.offset.kernel()));
    }
    // Those of rec_frame and rec_mark.
    assert_eq!(offsets, [0, 2]);
}
