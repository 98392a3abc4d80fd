//! What `compat` accepts without a break, each next to a change that only looks like it.

use capchain::compat::{Class, Finding, Side, WitnessClaim, compare};
use capchain::lower::lower;
use support::comparisons::exit_code;
use support::fixtures::{self, side};
use support::spec_folder::SpecFolder;

/// A side of the small specification with these items.
fn demo(items: &str) -> Side {
    let folder = SpecFolder::demo();
    let items: Vec<_> =
        items.lines().map(|line| line.strip_prefix("  ").expect("an item")).collect();
    folder.write_example(&items.join("\n"));
    side("demo", lower(&fixtures::open(folder.path()), None))
}

fn classes(found: &[Finding], subject: &str) -> Vec<(&'static str, Class)> {
    let own = found.iter().filter(|one| one.subject == subject);
    own.map(|one| (one.code.0, one.class)).collect()
}

/// Values of a field with flags.
fn flags(values: &str) -> String {
    format!(
        "  - struct: demo_op\n    doc: Something to do.\n    fields:\n      flags:\n        \
         type: in flags u32\n        doc: what is given\n        prefix: DEMO_OP_\n        \
         bits:\n{values}"
    )
}

#[test]
fn a_mask_grows_and_a_flag_does_not() {
    let value = |name: &str, text: &str| format!("          DEMO_OP_{name}: {text}\n");
    let both = value("A", "bit 0, one") + &value("B", "bit 1, another");
    let all = |of: &str| flags(&(both.clone() + &value("ALL", &format!("{{of: {of}, doc: all}}"))));
    let [one, two] = ["[DEMO_OP_A]", "[DEMO_OP_A, DEMO_OP_B]"].map(|of| demo(&all(of)));
    let found = compare(&one, &two);
    assert_eq!(classes(&found, "DEMO_OP_ALL"), [("C10", Class::Note)], "{found:#?}");
    // A flag of its own that becomes a mask with other flags in it.
    let own = demo(&flags(&(both.clone() + &value("ALL", "bit 2, alone"))));
    let wide = demo(&flags(
        &(both.clone()
            + &value("C", "bit 2, alone")
            + &value("ALL", "{of: [DEMO_OP_B, DEMO_OP_C], doc: both}")),
    ));
    let found = compare(&own, &wide);
    assert_eq!(classes(&found, "DEMO_OP_ALL"), [("C10", Class::Wire)], "{found:#?}");
    // A number in the bits of a mask is no mask.
    let number = |number: u8| {
        let mask = value("A", "bit 0, one") + &value("MASK", "{value: 0xf0, doc: a number}");
        demo(&flags(
            &(mask + &value("N", &format!("{{value: {number:#x}, in: DEMO_OP_MASK, doc: it}}"))),
        ))
    };
    let found = compare(&number(0x30), &number(0x70));
    assert_eq!(classes(&found, "DEMO_OP_N"), [("C10", Class::Wire)], "{found:#?}");
}

#[test]
fn a_count_moves_only_if_it_did_before() {
    let count = |count: &str| {
        demo(&format!(
            "  - enum: part\n    anonymous: true\n    doc: Parts.\n    prefix: DEMO_\n    values:\n      \
             DEMO_CORE_PART: 0, the core\n      DEMO_CACHE_PART: 1, the cache\n      \
             DEMO_NUM_PARTS: {{{count}, doc: how many}}\n"
        ))
    };
    for (before, now, expected) in [
        ("value: 4, count: moves", "value: 5, count: moves", ("C20", Class::Note)),
        ("value: 4, count: frozen", "value: 5, count: frozen", ("C10", Class::Wire)),
        ("value: 4, count: moves", "value: 5, count: frozen", ("C20", Class::Note)),
        ("value: 4, count: frozen", "value: 5, count: moves", ("C10", Class::Wire)),
    ] {
        let found = compare(&count(before), &count(now));
        assert!(classes(&found, "DEMO_NUM_PARTS").contains(&expected), "{before}: {found:#?}");
        assert_eq!(exit_code(&found), i32::from(expected.1.breaks()), "{before}: {found:#?}");
    }
}

#[test]
fn the_number_of_a_field_is_not_given_to_another_name() {
    let values = |second: &str| {
        demo(&format!(
            "  - struct: demo_op\n    doc: Something to do.\n    fields:\n      op:\n        \
             type: in u32\n        doc: which\n        prefix: DEMO_OP_\n        values:\n          \
             DEMO_OP_START: 1, starts\n          {second}: 2, does it\n"
        ))
    };
    let found = compare(&values("DEMO_OP_STOP"), &values("DEMO_OP_ERASE"));
    assert!(classes(&found, "DEMO_OP_ERASE").contains(&("C12", Class::Ids)), "{found:#?}");
    let found = compare(&values("DEMO_OP_STOP"), &values("DEMO_OP_STOP"));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_macro_that_names_an_ioctl_was_usable_before() {
    let macro_ = |body: &str| {
        demo(&format!(
            "  - macro: DEMO_IS_UNDO\n    doc: Compares.\n    args: [number]\n    c: \"{body}\"\n    \
             rust: |\n      pub const fn demo_is_undo(number: u32) -> bool {{\n          \
             number == 1\n      }}\n  \
             - struct: demo_op\n    doc: Something to do.\n    minsz: flags\n    fields:\n      \
             argsz: in argsz u32, its size\n      flags: in flags u32, its flags\n  \
             - ioctl: DEMO_UNDO\n    number: 1\n    fd: device\n    arg: struct demo_op\n    \
             doc: Undoes it.\n"
        ))
    };
    for (before, now, class) in [
        ("((number) == DEMO_UNDO)", "((number) != DEMO_UNDO)", Class::Source),
        ("((number) == DEMO_NEVER)", "((number) == DEMO_UNDO)", Class::Note),
        ("(sizeof number)", "(sizeofnumber)", Class::Source),
        ("((number)  == DEMO_UNDO)", "((number) ==DEMO_UNDO)", Class::Note),
    ] {
        let found = compare(&macro_(before), &macro_(now));
        assert_eq!(classes(&found, "DEMO_IS_UNDO"), [("C10", class)], "{before}: {found:#?}");
    }
}

#[test]
fn a_struct_of_the_same_names_and_places_is_another_one() {
    let uses = |name: &str, type_: &str| {
        demo(&format!(
            "  - struct: {name}\n    doc: A part.\n    fields:\n      key: {type_}, its key\n  \
             - struct: demo_op\n    doc: Something to do.\n    fields:\n      \
             part: in {name}, the part\n"
        ))
    };
    let before = uses("demo_part", "u64");
    let found = compare(&before, &uses("demo_piece", "u64"));
    assert!(classes(&found, "demo_op").iter().all(|(_, class)| !class.breaks()), "{found:#?}");
    let found = compare(&before, &uses("demo_piece", "u8[8]"));
    assert!(classes(&found, "demo_op").iter().any(|(_, class)| class.breaks()), "{found:#?}");
}

/// A reader looks at the size first, and then at the rest.
#[test]
fn a_witness_starts_with_a_real_size() {
    let op = |more: &str| {
        demo(&format!(
            "  - struct: demo_op\n    doc: Something to do.\n    minsz: flags\n    fields:\n      \
             argsz: in argsz u32, its size\n      flags: in flags u32, its flags\n{more}      \
             last: in u32, the last\n  \
             - ioctl: DEMO_DO\n    number: 1\n    fd: device\n    arg: struct demo_op\n    \
             doc: Does it.\n"
        ))
    };
    let appended = compare(&op(""), &op("      last_but_one: in u32, not the last\n"));
    let witnesses: Vec<_> = appended.iter().filter_map(|one| one.witness.as_ref()).collect();
    assert!(!witnesses.is_empty(), "{appended:#?}");
    for witness in witnesses {
        let size = u32::from_le_bytes(witness.bytes[..4].try_into().expect("four bytes"));
        assert_eq!(size, 12, "{witness:?}");
    }
}

/// Two capabilities of one id, in an ABI without a handler.
#[test]
fn a_collision_of_ids_is_in_the_bytes() {
    let spec = fixtures::spec();
    let abi = lower(&spec, None);
    let mut shown = 0;
    for at in 0..abi.capabilities.len() {
        let chain = abi.capabilities[at].chain;
        let mut others = abi.capabilities.iter().filter(|one| one.chain == chain);
        let Some(id) = others.find(|one| one.id != abi.capabilities[at].id).map(|one| one.id)
        else {
            continue;
        };
        let [mut old, mut new] = [abi.clone(), abi.clone()];
        for abi in [&mut old, &mut new] {
            abi.ioctls.iter_mut().for_each(|ioctl| ioctl.handlers.clear());
        }
        new.capabilities[at].id = id;
        let found = compare(&side("old", old), &side("new", new));
        let collision = found.iter().find(|one| one.class == Class::Ids).expect("a collision");
        let witness = collision.witness.as_ref().expect("a witness");
        let Some(WitnessClaim::TakenFor { offset, id: said, .. }) = witness.claims.first() else {
            panic!("{collision:#?}");
        };
        let place = *offset as usize;
        let bytes: [u8; 2] = witness.bytes[place..place + 2].try_into().expect("two bytes");
        assert_eq!((u64::from(u16::from_le_bytes(bytes)), *said), (id, id), "{witness:?}");
        let size = u32::from_le_bytes(witness.bytes[..4].try_into().expect("four bytes"));
        assert_eq!(size as usize, witness.bytes.len(), "{witness:?}");
        shown += 1;
    }
    assert!(shown > 5, "{shown}");
}
