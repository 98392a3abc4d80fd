//! Overlays: their additions to items of other files have the right place,
//! release and source. `errors` has the cases that are refused.

use capchain::ir::{Abi, Handler, Struct, Value};
use capchain::lower::lower;
use capchain::release::Release;
use capchain::validate::ValidSpec;
use support::fixtures;
use support::spec_folder::SpecFolder;

/// A further file that overlays extend.
const DEMO: &str = include_str!("../errors/V026_extensions_at_one_place/demo.yaml");

/// The ABI of the examples with overlays on it.
fn open(overlays: &[&str]) -> ValidSpec {
    let folder = SpecFolder::demo();
    folder.write("demo.yaml", DEMO);
    let paths = overlays.iter().enumerate().map(|(index, items)| {
        let head = "title: More\ndoc: More.\nheader: demo\nsource: tree/more.h\nitems:\n";
        // As `.yaml`, it would be a file that `abi.yaml` does not list.
        folder.write(&format!("more_{index}.overlay"), [head, items].concat())
    });
    let paths: Vec<_> = paths.collect();
    fixtures::loaded(folder.open(&paths))
}

fn release(text: &str) -> Release {
    text.parse().expect("a release")
}

fn struct_<'a>(abi: &'a Abi, name: &str) -> &'a Struct {
    abi.structs.iter().find(|one| one.name == name).expect("a struct")
}

fn fields(abi: &Abi, name: &str) -> Vec<String> {
    struct_(abi, name).fields.iter().map(|field| field.name.clone()).collect()
}

fn value<'a>(abi: &'a Abi, name: &str) -> &'a Value {
    let mut values = abi.groups.iter().flat_map(|group| &group.values);
    values.find(|value| value.name == name).expect("a value")
}

#[test]
fn fields_stand_where_they_are_put() {
    let one = "  - extend: demo_info\n    after: parts\n    fields:\n      one: out u32, one\n      \
        two: out u32, two\n  - extend: demo_info\n    fields:\n      last: out u32, the last\n";
    let two =
        "  - extend: demo_info\n    before: two\n    fields:\n      between: out u32, between\n";
    let spec = open(&[one, two]);
    let abi = lower(&spec, None);
    let expected = ["argsz", "flags", "parts", "one", "between", "two", "cap_offset", "last"];
    assert_eq!(fields(&abi, "demo_info"), expected);
    let before = lower(&spec, Some(release("v1.8")));
    assert_eq!(fields(&before, "demo_info"), ["argsz", "flags", "parts", "cap_offset"]);
    // The offsets in between have 4 bytes each.
    let offsets = struct_(&abi, "demo_info").layouts[0].fields.iter().map(|span| span.offset);
    assert!(offsets.eq((0..32).step_by(4)));
}

#[test]
fn what_is_added_has_the_release_and_the_source_of_its_overlay() {
    let items = "  - extend: demo_state\n    fields:\n      \
        more: {type: u32, doc: more, since: v1.7, source: tree/other.h}\n      most: u32, most\n  \
        - extend: demo_state.device\n    values: {DEMO_STATE_NONE: \"0, none\"}\n";
    let abi = lower(&open(&[items]), None);
    let state = struct_(&abi, "demo_state");
    let told =
        state.fields.iter().map(|field| (&*field.name, field.meta.since, &*field.meta.source));
    let told: Vec<_> = told.skip(2).map(|(name, since, by)| (name, since.first(), by)).collect();
    let expected =
        [("more", release("v1.7"), "tree/other.h"), ("most", release("v1.9"), "tree/more.h")];
    assert_eq!(told, expected);
    let none = value(&abi, "DEMO_STATE_NONE");
    assert_eq!((none.meta.since.first(), &*none.meta.source), (release("v1.9"), "tree/more.h"));
}

#[test]
fn what_counts_the_others_stays_last() {
    let items = "  - extend: mode\n    values:\n      DEMO_MODE_TURBO: 2, the fastest one\n";
    let spec = open(&[items]);
    assert_eq!(value(&lower(&spec, None), "DEMO_NUM_MODES").number, 3);
    let before = lower(&spec, Some(release("v1.8")));
    assert_eq!(value(&before, "DEMO_NUM_MODES").number, 2);
}

#[test]
fn a_handler_takes_over_from_the_one_of_its_name() {
    let items = "  - extend: DEMO_GET_INFO\n    since: v1.5\n    handlers:\n      \
        demo: {source: tree/demo.c, minsz: cap_offset}\n      \
        other: {source: tree/other.c, minsz: cap_offset}\n";
    let abi = lower(&open(&[items]), None);
    let ioctl = abi.ioctls.iter().find(|one| one.name == "DEMO_GET_INFO").expect("the ioctl");
    let told = |one: &Handler| (one.name.clone(), one.since.first().to_string(), one.until);
    let told: Vec<_> = ioctl.handlers.iter().map(told).collect();
    let at = |name: &str, since: &str, until: Option<&str>| {
        (name.to_owned(), since.to_owned(), until.map(release))
    };
    let expected =
        [at("demo", "v1.0", Some("v1.5")), at("demo", "v1.5", None), at("other", "v1.5", None)];
    assert_eq!(told, expected);
}

#[test]
fn numbers_can_be_reserved() {
    let items = "  - extend: info\n    reserved:\n      \
        DEMO_INFO_CAP_OURS: 5, ours\n  - extend: feature\n    reserved:\n      \
        DEMO_FEATURE_OURS: 6, ours\n";
    let abi = lower(&open(&[items]), None);
    let chain = abi.chains.iter().find(|one| one.name == "info").expect("the chain");
    assert_eq!(chain.reserved.iter().map(|one| one.value).collect::<Vec<_>>(), [5]);
    let space = abi.groups.iter().find(|one| one.name == "feature").expect("the space");
    assert_eq!(space.reserved.iter().map(|one| one.value).collect::<Vec<_>>(), [2, 6]);
}

#[test]
fn a_capability_gets_fields_by_either_name() {
    let base = "  - capability: DEMO_INFO_CAP_SIZE\n    chain: info\n    id: 3\n    doc: A size.\n    \
        struct: demo_info_cap_size\n    fields: {size: \"u32, the size\"}\n";
    for name in ["DEMO_INFO_CAP_SIZE", "demo_info_cap_size"] {
        let more = format!("  - extend: {name}\n    fields: {{unit: \"u32, its unit\"}}\n");
        let abi = lower(&open(&[base, &more]), None);
        assert_eq!(fields(&abi, "demo_info_cap_size"), ["header", "size", "unit"]);
    }
}
