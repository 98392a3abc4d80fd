//! The hard cases of history, each once in `specs/hard_cases`: the ABI before and
//! after the release that changed it, to the last offset.

use capchain::ir::{Abi, Capability, Group, GroupKind, Literal, Role, Struct, Type, Value};
use capchain::layout::{Int, Layout, Model, Span};
use capchain::lower::lower;
use capchain::release::{Release, Since};
use capchain::reply::Count;
use support::fixtures;

/// The demonstration ABI as of a release.
fn at(release: &str) -> Abi {
    let folder = fixtures::root().join("codegen/tests/specs/hard_cases");
    lower(&fixtures::open(&folder), Some(parsed(release)))
}

fn parsed(release: &str) -> Release {
    release.parse().expect("a release")
}

fn find_struct<'a>(abi: &'a Abi, name: &str) -> &'a Struct {
    abi.structs.iter().find(|struct_| struct_.name == name).expect("a struct")
}

/// A number with the group that it belongs to, if the release has it.
fn find<'a>(abi: &'a Abi, name: &str) -> Option<(&'a Group, &'a Value)> {
    let values = abi.groups.iter().flat_map(|group| group.values.iter().map(move |v| (group, v)));
    values.into_iter().find(|(_, value)| value.name == name)
}

fn number(release: &str, name: &str) -> Option<i128> {
    find(&at(release), name).map(|(_, value)| value.number)
}

fn capability<'a>(abi: &'a Abi, name: &str) -> Option<&'a Capability> {
    abi.capabilities.iter().find(|capability| capability.name == name)
}

fn names(struct_: &Struct) -> Vec<&str> {
    struct_.fields.iter().map(|field| field.name.as_str()).collect()
}

fn layout(struct_: &Struct, model: Model) -> &Layout {
    &struct_.layouts[model.index()]
}

fn offsets(struct_: &Struct, model: Model) -> Vec<u64> {
    layout(struct_, model).fields.iter().map(|span| span.offset).collect()
}

#[test]
fn a_field_is_renamed() {
    let (before, after) = (at("v1.2"), at("v1.3"));
    let (before, after) = (find_struct(&before, "demo_info"), find_struct(&after, "demo_info"));
    assert_eq!(names(before), ["argsz", "flags", "index", "resv", "size"]);
    assert_eq!(names(after), ["argsz", "flags", "index", "cap_offset", "size"]);
    assert_eq!((before.fields[3].role, after.fields[3].role), (Role::Reserved, Role::CapOffset));
    assert_eq!(before.fields[3].meta.history.names, []);
    assert_eq!(after.fields[3].meta.history.names, [("resv".to_owned(), parsed("v1.3"))]);
    for model in Model::ALL {
        assert_eq!(offsets(before, model), [0, 4, 8, 12, 16]);
        assert_eq!(offsets(after, model), [0, 4, 8, 12, 16]);
    }
}

#[test]
fn whatever_has_a_name_is_renamed() {
    let renamed = [
        ("v1.1", "v1.2", "demo_set_member", "demo_member"),
        ("v1.1", "v1.2", "DEMO_REWIND", "DEMO_STREAM_REWIND"),
        ("v1.5", "v1.6", "demo_states", "demo_state"),
        ("v1.6", "v1.7", "DEMO_WORD_SPARE", "DEMO_WORD_OLD"),
    ];
    for (before, after, old, new) in renamed {
        let known = |release, name: &&str| every_name(&at(release)).iter().any(|one| one == name);
        assert_eq!([old, new].map(|name| known(before, &name)), [true, false], "{before}");
        assert_eq!([old, new].map(|name| known(after, &name)), [false, true], "{after}");
    }
}

fn every_name(abi: &Abi) -> Vec<String> {
    let structs = abi.structs.iter().map(|struct_| &struct_.name);
    let groups = abi.groups.iter().map(|group| &group.name);
    let values = abi.groups.iter().flat_map(|group| &group.values).map(|value| &value.name);
    let ioctls = abi.ioctls.iter().map(|ioctl| &ioctl.name);
    structs.chain(groups).chain(values).chain(ioctls).cloned().collect()
}

#[test]
fn a_u64_becomes_aligned() {
    let (before, after) = (at("v1.5"), at("v1.6"));
    let (before, after) = (find_struct(&before, "demo_info"), find_struct(&after, "demo_info"));
    assert!(matches!(before.fields[4].type_, Type::Int(Int::U64)));
    assert!(matches!(after.fields[4].type_, Type::Int(Int::AlignedU64)));
    for (model, align) in [(Model::Lp64, 8), (Model::Ilp32, 4)] {
        assert_eq!((layout(before, model).size, layout(before, model).align), (24, align));
        assert_eq!((layout(after, model).size, layout(after, model).align), (24, 8));
        assert_eq!(offsets(before, model), offsets(after, model));
    }
}

#[test]
fn a_pad_in_the_middle_moves_fields_on_i386_only() {
    let (before, after) = (at("v1.1"), at("v1.2"));
    let (before, after) = (find_struct(&before, "demo_window"), find_struct(&after, "demo_window"));
    assert_eq!(names(before), ["argsz", "flags", "shift", "length", "start"]);
    assert_eq!(names(after), ["argsz", "flags", "shift", "__resv", "length", "start"]);
    assert_eq!(offsets(before, Model::Lp64), [0, 4, 8, 16, 24]);
    assert_eq!(offsets(before, Model::Ilp32), [0, 4, 8, 12, 20]);
    assert_eq!(layout(before, Model::Lp64).holes, [Span { offset: 12, size: 4 }]);
    assert_eq!(layout(before, Model::Ilp32).holes, []);
    assert_eq!(layout(before, Model::Lp64).size, 32);
    assert_eq!(layout(before, Model::Ilp32).size, 28);
    for model in Model::ALL {
        assert_eq!(offsets(after, model), [0, 4, 8, 12, 16, 24]);
        assert_eq!((layout(after, model).size, layout(after, model).holes.len()), (32, 0));
    }
}

#[test]
fn a_scalar_becomes_a_member_of_a_union() {
    let (before, after) = (at("v1.4"), at("v1.5"));
    let (before, after) = (find_struct(&before, "demo_member"), find_struct(&after, "demo_member"));
    assert_eq!(names(before), ["group_id", "slot", "bus", "devfn"]);
    assert_eq!(names(after), ["id", "slot", "bus", "devfn"]);
    assert!(matches!(before.fields[0].type_, Type::Int(Int::U32)));
    let Type::Union(arms) = &after.fields[0].type_ else { panic!("no union") };
    let known: Vec<_> =
        arms.iter().map(|arm| (arm.name.as_str(), arm.valid_if.as_deref())).collect();
    assert_eq!(known, [("group_id", None), ("devid", Some("DEMO_INFO_FLAG_LOAD"))]);
    assert!(arms.iter().all(|arm| matches!(arm.type_, Type::Int(Int::U32))));
    assert_eq!(arms[0].meta.since, Since::Known(parsed("v1.0")));
    for model in Model::ALL {
        assert_eq!(offsets(before, model), [0, 4, 6, 7]);
        assert_eq!(layout(before, model), layout(after, model));
    }
}

#[test]
fn macros_become_enumerators() {
    let (before, after) = (at("v1.4"), at("v1.5"));
    for (name, old, new) in [("DEMO_STATE_STOP", 0, 1), ("DEMO_STATE_RESUMING", 4, 4)] {
        let (group, value) = find(&before, name).expect("a macro");
        assert_eq!((group.kind, value.number), (GroupKind::Constants, old), "{name}");
        let (group, value) = find(&after, name).expect("an enumerator");
        assert_eq!((group.kind, value.number), (GroupKind::Enum, new), "{name}");
    }
    assert_eq!(find(&before, "DEMO_STATE_RUNNING").map(|(_, value)| value.number), None);
}

#[test]
fn a_count_by_position_grows() {
    let counts = ["v1.0", "v1.1", "v1.2", "v1.9"].map(|at| number(at, "DEMO_NUM_IRQS"));
    assert_eq!(counts, [Some(1), Some(1), Some(2), Some(2)]);
    let newest = at("v1.9");
    let (_, value) = find(&newest, "DEMO_NUM_IRQS").expect("a count");
    assert_eq!((&value.literal, value.count), (&Literal::Next, Some(Count::Moves)));
}

#[test]
fn a_count_by_position_is_frozen() {
    let forms =
        [("v1.0", 1, Literal::Next), ("v1.2", 2, Literal::Next), ("v1.3", 2, Literal::Decimal)];
    for (release, count, literal) in forms {
        let abi = at(release);
        let (_, value) = find(&abi, "DEMO_NUM_REGIONS").expect("a count");
        assert_eq!((value.number, &value.literal), (count, &literal), "{release}");
        assert_eq!(value.count, Some(Count::Frozen));
    }
}

#[test]
fn the_body_of_a_macro_is_corrected() {
    let c = |release| at(release).macros.first().map(|macro_| macro_.c.clone());
    assert_eq!(c("v1.0"), None);
    let wrong = "(((word) & DEMO_WORD_MASK) == DEMO_WROD_FAILED)";
    assert_eq!(c("v1.2").as_deref(), Some(wrong));
    assert_eq!(c("v1.3").as_deref(), Some(wrong.replace("WROD", "WORD").as_str()));
}

#[test]
fn an_id_is_another_in_one_candidate() {
    let id = |release| {
        let abi = at(release);
        capability(&abi, "DEMO_INFO_CAP_MIGRATION").map(|capability| capability.id)
    };
    let releases = ["v1.3", "v1.4-rc2", "v1.4-rc3", "v1.4", "v1.9"];
    assert_eq!(releases.map(id), [None, Some(1), Some(2), Some(2), Some(2)]);
}

#[test]
fn what_came_between_two_releases_counts_as_absent_in_between() {
    let releases = ["v1.6", "v1.7", "v1.8", "v1.9"];
    let numbers = releases.map(|release| number(release, "DEMO_WORD_LATE"));
    assert_eq!(numbers, [None, None, Some(16), Some(16)]);
    let newest = at("v1.9");
    let (_, value) = find(&newest, "DEMO_WORD_LATE").expect("a flag");
    assert_eq!(value.meta.since, Since::Between(parsed("v1.6"), parsed("v1.8")));
    assert!(value.meta.since.is_uncertain_at(parsed("v1.7")));
}

#[test]
fn a_constant_is_deprecated_and_another_is_removed() {
    let times = [("v1.6", "DEMO_WORD_SPARE", false), ("v1.7", "DEMO_WORD_OLD", true)];
    for (release, name, deprecated) in times {
        let abi = at(release);
        let (_, value) = find(&abi, name).expect("a flag");
        assert_eq!((value.number, value.meta.deprecated.is_some()), (4, deprecated), "{release}");
    }
    let gone = ["v1.7", "v1.8"].map(|release| number(release, "DEMO_WORD_GONE"));
    assert_eq!(gone, [Some(8), None]);
}

#[test]
fn a_capability_grows_by_a_version() {
    let (before, after) = (at("v1.6"), at("v1.7"));
    let version = |abi| capability(abi, "DEMO_INFO_CAP_LIMITS").expect("a capability").version;
    assert_eq!((version(&before), version(&after)), (1, 2));
    let name = "demo_info_cap_limits";
    let (before, after) = (find_struct(&before, name), find_struct(&after, name));
    assert_eq!(names(before), ["header", "most", "reserved"]);
    assert_eq!(names(after), ["header", "most", "reserved", "extra", "reserved2"]);
    let versions: Vec<_> = after.fields.iter().map(|field| field.version).collect();
    assert_eq!(versions, [1, 1, 1, 2, 2]);
    for model in Model::ALL {
        assert_eq!((layout(before, model).size, layout(after, model).size), (16, 24));
        assert_eq!(offsets(after, model), [0, 8, 12, 16, 20]);
    }
}

#[test]
fn references_have_the_names_of_the_release() {
    let references = |release| {
        let abi = at(release);
        let handlers = abi.ioctls.iter().flat_map(|ioctl| &ioctl.handlers);
        let chain = handlers.filter_map(|handler| handler.chain.as_ref()).next();
        let (_, feature) = find(&abi, "DEMO_FEATURE_PAUSE").expect("a feature");
        let mut names = feature.gates.clone();
        names.extend(chain.map(|chain| chain.capabilities[0].clone()));
        names
    };
    assert_eq!(references("v1.4"), ["DEMO_INFO_FLAG_LOAD", "DEMO_INFO_CAP_LIMIT"]);
    assert_eq!(references("v1.6"), ["DEMO_INFO_FLAG_LOAD", "DEMO_INFO_CAP_LIMITS"]);
    assert_eq!(references("v1.7"), ["DEMO_INFO_FLAG_READ", "DEMO_INFO_CAP_LIMITS"]);
}

#[test]
fn a_number_means_two_ioctls() {
    let abi = at("v1.9");
    let ioctl = |name: &str| abi.ioctls.iter().find(|ioctl| ioctl.name == name);
    let both = ["DEMO_GET_INFO", "DEMO_STREAM_REWIND"].map(|name| ioctl(name).expect("an ioctl"));
    let kinds = both.map(|ioctl| (ioctl.number, abi.fds[ioctl.fd].name.as_str()));
    assert_eq!(kinds, [(1, "device"), (1, "stream")]);
}

#[test]
fn an_id_of_another_tree_stays_reserved() {
    assert!(at("v1.2").chains.is_empty());
    let abi = at("v1.3");
    let reserved: Vec<_> =
        abi.chains[0].reserved.iter().map(|id| (id.value, id.name.as_str())).collect();
    assert_eq!(reserved, [(7, "DEMO_INFO_CAP_VENDOR")]);
}
