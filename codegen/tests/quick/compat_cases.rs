//! Changes that concern several items at once, which the table of keys does not have: each
//! finding by its code, class, victim and subject.

use capchain::compat::{Class, Finding, Side, compare};
use capchain::lower::lower;
use support::fixtures::{self, side};
use support::spec_folder::SpecFolder;

/// The ABIs of two texts of items, compared.
fn compared(old: &str, new: &str) -> Vec<Finding> {
    let read = |name: &str, items: &str| {
        let spec = SpecFolder::demo();
        spec.write_example(items);
        side(name, spec.abi())
    };
    compare(&read("old", old), &read("new", new))
}

/// The findings from one text of items to another.
fn findings(old: &str, new: &str) -> Vec<String> {
    let finding = |one: &Finding| {
        let affected = one.affected.map_or(String::new(), |affected| format!(" {affected:?}"));
        format!("{} {:?}{affected} {}: {}", one.code.0, one.class, one.subject, one.message)
    };
    compared(old, new).iter().map(finding).collect()
}

const ASK: &str = "\
- struct: demo_ask
  doc: A question.
  minsz: size
  fields:
    argsz: inout argsz u32, size of the buffer
    flags:
      type: out flags u32
      doc: what the reply has
      prefix: DEMO_ASK_FLAG_
      bits:
        DEMO_ASK_FLAG_FAST: bit 0, the answer was quick
    size: out u32, the answer
    REST
- ioctl: DEMO_ASK
  number: 1
  fd: device
  arg: struct demo_ask
  doc: Asks.
";

#[test]
fn the_flag_of_a_new_chain_had_a_meaning() {
    let old = ASK.replace("REST", "resv: out reserved u32, zero");
    let chain = "\
- chain: ask
  doc: Capabilities of an answer.
  header: info
  host: demo_ask
  flag: DEMO_ASK_FLAG_CAPS
  prefix: DEMO_ASK_CAP_
- capability: DEMO_ASK_CAP_ONE
  id: 1
  doc: Has no body.
";
    let new = ASK
        .replace("REST", "cap_offset: out cap_offset u32, offset of the first capability")
        .replace(
            "DEMO_ASK_FLAG_FAST: bit 0, the answer was quick",
            "DEMO_ASK_FLAG_CAPS: bit 0, a chain follows",
        );
    let findings = findings(&old, &[&new, chain].concat());
    let expected = "C6 Wire OldProgram demo_ask: the flag of the chain existed before, as \
                    `DEMO_ASK_FLAG_FAST`";
    assert!(findings.iter().any(|finding| finding == expected), "{findings:?}");
}

#[test]
fn a_body_grows_with_its_version_and_in_its_padding() {
    let body = |fields: &str| {
        format!(
            "- capability: DEMO_INFO_CAP_RANGE\n  id: 7\n  doc: A range.\n  chain: info\n  struct: demo_cap_range\n  \
             fields:\n    start: aligned_u64, its start\n    count: u32, its length\n{fields}"
        )
    };
    let old = body("");
    // The padding at the end gets a name, and nothing else changes.
    let named = body("    reserved: {type: reserved u32, doc: zero}\n");
    assert_eq!(
        findings(&old, &named),
        ["C8 Note demo_cap_range.reserved: bytes that were padding have a name"]
    );
    // A field in the padding needs a version.
    let used = body("    step: u32, distance of its parts\n");
    assert_eq!(
        findings(&old, &used),
        ["C13 Wire NewProgram demo_cap_range.step: the body grew, and its version stayed 1: old \
         kernels never wrote this",]
    );
    let version = body("    step: {type: u32, doc: distance of its parts, version: 2}\n");
    assert_eq!(
        findings(&old, &version),
        [
            "C13 Growth demo_cap_range.step: the body grew at its end, together with its version: it \
         has 24 bytes, 24 before, and uses padding where the size is the same",
        ]
    );
}

#[test]
fn the_numbers_of_a_renamed_field_stay_its_own() {
    let fields = |second: &str, first: &str| {
        let bits = "{type: out u32, doc: bits, prefix: DEMO_ASK_FIRST_, bits: {DEMO_ASK_FIRST_A: 'bit 0, a'}}";
        ASK.replace("REST", &format!("second: {second}\n    {first}: {bits}"))
    };
    let old = fields("out u32, bits", "first");
    let new = fields(
        "{type: out u32, doc: bits, prefix: DEMO_ASK_SECOND_, bits: {DEMO_ASK_SECOND_A: 'bit 0, a'}}",
        "initial",
    );
    let expected = [
        "C24 Growth demo_ask.second: the field holds `demo_ask.second`: it has a type of its own in Rust",
        "C7 Source demo_ask.initial: the field was called `first`: programs that name it no longer compile",
        "C5 Growth demo_ask.second: the numbers are new: `DEMO_ASK_SECOND_A`",
        "C11 Source demo_ask.initial: the type in Rust is `AskInitial`, `AskFirst` before",
    ];
    assert_eq!(findings(&old, &new), expected);
}

#[test]
fn a_reserved_field_is_split() {
    let old = ASK.replace("REST", "resv: {type: out reserved u32, doc: zero}");
    let new = ASK.replace(
        "REST",
        "resv1: {type: out reserved u16, doc: zero}\n    resv2: {type: out reserved u16, doc: zero}",
    );
    assert_eq!(
        findings(&old, &new),
        [
            "C8 Note demo_ask.resv1: reserved bytes are divided anew",
            "C8 Note demo_ask.resv2: reserved bytes are divided anew",
            "C7 Source demo_ask.resv: the reserved field is gone: programs that clear it no longer \
         compile",
        ]
    );
    let kept = ASK.replace(
        "REST",
        "resv: {type: out reserved u16, doc: zero}\n    resv2: {type: out reserved u16, doc: zero}",
    );
    assert_eq!(
        findings(&old, &kept),
        [
            "C8 Note demo_ask.resv2: reserved bytes are divided anew",
            "C8 Note demo_ask.resv: reserved bytes are divided anew",
        ]
    );
}

#[test]
fn a_macro_becomes_an_enumerator_of_an_old_enum() {
    let items = |macros: &str, values: &str| {
        format!(
            "- constants: sorts\n  doc: Sorts.\n  prefix: DEMO_SORT_\n  values:\n    \
             DEMO_SORT_ONE: 1, the first\n{macros}\
             - enum: demo_sort\n  doc: Sorts.\n  prefix: DEMO_SORT_\n  values:\n    \
             DEMO_SORT_TWO: 2, the second\n{values}"
        )
    };
    let value = "    DEMO_SORT_THREE: 3, the third\n";
    let (macros, enum_) = (items(value, ""), items("", value));
    let hidden = "C10 Note DEMO_SORT_THREE: an enumerator now, which `#ifdef` does not see";
    assert_eq!(findings(&macros, &enum_), [hidden]);
    let moved = "C10 Note DEMO_SORT_THREE: it is one of `sorts`, of `demo_sort` before";
    assert_eq!(findings(&enum_, &macros), [moved]);
}

#[test]
fn groups_without_a_value_in_common_are_others() {
    let group = |name: &str| {
        format!(
            "- constants: {name}\n  doc: Sorts.\n  prefix: DEMO_\n  values:\n    \
             DEMO_{}: 1, the first\n",
            name.to_uppercase()
        )
    };
    assert_eq!(
        findings(&group("alpha"), &group("beta")),
        [
            "C11 Source DEMO_ALPHA: the name is gone: programs that use it no longer compile",
            "C24 Growth beta: the numbers are new: `DEMO_BETA`",
        ]
    );
}

#[test]
fn a_chain_without_capabilities_is_known_by_its_host() {
    let chain = |name: &str| {
        let ask = ASK
            .replace("REST", "cap_offset: out cap_offset u32, offset of the first capability")
            .replace(
                "DEMO_ASK_FLAG_FAST: bit 0, the answer was quick",
                "DEMO_ASK_FLAG_CAPS: bit 0, a chain follows",
            );
        format!(
            "{ask}- chain: {name}\n  doc: Capabilities.\n  header: info\n  host: demo_ask\n  \
             flag: DEMO_ASK_FLAG_CAPS\n  prefix: DEMO_ASK_CAP_\n"
        )
    };
    assert_eq!(
        findings(&chain("ask"), &chain("answer")),
        ["C11 Note answer: the specification calls the chain `answer`, `ask` before: no byte \
         changes, but the helpers of the crate and the header are called otherwise",]
    );
}

#[test]
fn a_struct_at_the_end_of_an_argument_grows() {
    let inner = |fields: &str| {
        let ask = ASK.replace("REST", "rest: out demo_rest, further answers");
        format!(
            "- struct: demo_rest\n  doc: Further answers.\n  fields:\n    one: out u32, the first\n{fields}{ask}"
        )
    };
    assert_eq!(
        findings(&inner(""), &inner("    two: out u32, the second\n")),
        ["C5 Wire NewProgram demo_rest.two: an output was appended without a flag: old kernels \
         never write it",]
    );
}

#[test]
fn a_field_becomes_an_input() {
    let old = ASK.replace("REST", "index: out u32, the part");
    let new = ASK.replace("REST", "index: in u32, the part");
    assert_eq!(
        findings(&old, &new),
        [
            "C2 Wire Both demo_ask.index: the field is an input, and was an output",
            "C11 Note DEMO_ASK: functions for the request in Rust are others: `index` is added",
            "C11 Note DEMO_ASK: functions for the request in C are others: the first inputs are added",
        ]
    );
}

/// The witness has the member by the field that declares it.
#[test]
fn a_member_of_the_second_union_moves() {
    let items = |pad: &str| {
        let unions = format!(
            "one:\n      doc: the first\n      union:\n        a: {{type: out u32, doc: a}}\n        \
             b: {{type: out u32, doc: b}}\n{pad}    two:\n      doc: the second\n      union:\n        \
             c: {{type: out u32, doc: c}}\n        d: {{type: out u32, doc: d}}"
        );
        ASK.replace("REST", &unions)
    };
    let findings = compared(&items(""), &items("    pad: out u32, another number\n"));
    let claims = findings.iter().filter_map(|one| one.witness.as_ref()).flat_map(|one| &one.claims);
    let claims: Vec<_> = claims.map(|claim| format!("{claim:?}")).collect();
    assert!(claims.iter().any(|claim| claim.contains("piece: \"two\"")), "{claims:?}");
    assert!(claims.iter().all(|claim| !claim.contains("piece: \"one\"")), "{claims:?}");
}

/// `pci` has masks of several bits: 0 is a number in each of them, and the number with all bits
/// equals its mask.
#[test]
fn numbers_in_masks_do_not_collide() {
    let spec = fixtures::open(&fixtures::root().join("spec/pci"));
    let at = |release: &str| side(release, lower(&spec, Some(release.parse().expect("a release"))));
    for (old, new, mask) in [
        ("v3.12", "v4.1", "PCI_EXP_SLTCTL_AIC"),
        ("v5.10", "v5.16", "PCI_EXP_DEVCTL_PAYLOAD"),
        ("v6.6", "v6.12", "PCI_EXP_DPC_STATUS_TRIGGER_RSN"),
    ] {
        let (old, new) = (at(old), at(new));
        let values = |side: &Side| {
            let all = side.abi.groups.iter().flat_map(|group| &group.values);
            all.filter(|one| one.mask.as_deref() == Some(mask)).count()
        };
        assert!(values(&new) > values(&old), "{mask}");
        let found = compare(&old, &new);
        let collisions = found.iter().filter(|one| one.class == Class::Ids);
        let collisions: Vec<_> = collisions.map(|one| (&one.subject, &one.message)).collect();
        assert!(collisions.is_empty(), "{collisions:?}");
    }
}

/// The gate, or else the condition, of a new number in a group that `holder` holds: a field of
/// an ioctl's argument, or of a payload.
fn guard(values: [&str; 2], holder: &str, is_argument: bool) -> Option<String> {
    let items = |values: &str| {
        let ioctl =
            "- ioctl: DEMO_ASK\n  number: 1\n  fd: device\n  arg: struct demo_ask\n  doc: Asks.\n";
        let ioctl = if is_argument { ioctl } else { "" };
        format!(
            "- enum: demo_numbers\n  doc: Numbers.\n  prefix: DEMO_NUMBERS_\n  values:\n{values}\
             - struct: demo_ask\n  doc: A question.\n  fields:\n    size: in u32, its size\n{holder}{ioctl}"
        )
    };
    let [old, more] = values;
    let findings = compared(&items(old), &items(&[old, more].concat()));
    let mut here = findings.into_iter().filter(|one| one.subject == "demo_numbers");
    let finding = here.next().expect("a finding about the numbers");
    assert!(here.next().is_none() && finding.class == Class::Growth, "{finding:?}");
    finding.gate.or(finding.condition)
}

#[test]
fn a_new_number_is_guarded_by_those_that_read_it() {
    let field = |direction: &str| {
        format!("    held: {{type: {direction} u32, doc: one of them, holds: demo_numbers}}\n")
    };
    let union = "    choice:\n      doc: one of two\n      union:\n        held: {type: in u32, \
        doc: one of them, holds: demo_numbers}\n        other: in u32, another\n";
    let flags = [
        "    DEMO_NUMBERS_A: {bit: 0, doc: one}\n",
        "    DEMO_NUMBERS_B: {bit: 1, doc: another}\n",
    ];
    let numbers = ["    DEMO_NUMBERS_A: 0, one\n", "    DEMO_NUMBERS_B: 1, another\n"];
    let refused = "old kernels refuse flags they do not know";
    for (values, holder, is_argument, expected) in [
        (flags, field("in"), true, refused),
        (flags, field("inout"), true, refused),
        (flags, union.to_owned(), true, refused),
        (flags, field("in"), false, "safe if old drivers refuse flags they do not know"),
        (flags, field("out"), true, "old programs ignore flags they do not know"),
        (numbers, field("out"), true, "old programs pass over numbers they do not know"),
        (numbers, field("in"), true, "programs that do not ask for them do not get them"),
        (numbers, field("inout"), true, "programs that do not ask for them do not get them"),
        (numbers, union.to_owned(), true, "programs that do not ask for them do not get them"),
        (
            numbers,
            union.replace("in u32", "out u32"),
            true,
            "old programs pass over numbers they do not know",
        ),
    ] {
        assert_eq!(guard(values, &holder, is_argument).as_deref(), Some(expected), "{holder}");
    }
}
