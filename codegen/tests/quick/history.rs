//! The `history` module of the generated crate against the headers of every
//! release: an item exists under the name that it had, and in no other release.

use std::collections::BTreeSet;

use support::facts;
use support::facts::Facts;
use vfio_abi::history::{ITEMS, Item, Kind, Release, find};

/// Every name that the headers of a release have.
fn names(facts: &Facts) -> BTreeSet<String> {
    let mut names: BTreeSet<_> = facts.constants.keys().cloned().collect();
    names.extend(facts.enums.keys().cloned());
    names.extend(facts.function_macros.iter().cloned());
    for (name, struct_) in &facts.structs {
        names.insert(name.clone());
        for field in &struct_.fields {
            let arms = field.fields.iter().flatten().map(|arm| format!("{name}.{}", arm.name));
            names.extend(arms);
            names.insert(format!("{name}.{}", field.name));
        }
    }
    names
}

/// Whether facts have the kind of item: they have no tags of enums.
fn is_told(item: &Item) -> bool {
    item.kind != Kind::Enum
}

/// Whether something else had an item's name in a release.
fn was_another(item: &Item, release: Release) -> bool {
    let mut others = ITEMS.iter().filter(|other| other.name != item.name);
    others.any(|other| other.is_in(release) == Some(true) && other.name_in(release) == item.name)
}

#[test]
fn items_are_in_the_releases_whose_headers_have_them() {
    let (mut compared, mut unknown) = (0, 0);
    for (name, facts) in facts::all() {
        let release = Release::parse(name.trim_start_matches('v')).expect("a release");
        let names = names(&facts);
        let mut expected = BTreeSet::new();
        for item in ITEMS.iter().filter(|item| is_told(item)) {
            let there = names.contains(item.name_in(release));
            match item.is_in(release) {
                Some(false) if there => {
                    assert!(was_another(item, release), "{item:?} in {release}")
                }
                Some(is_in) => assert_eq!(is_in, there, "{} in {release}", item.name),
                None => unknown += 1,
            }
            expected.insert(item.name_in(release).to_owned());
            compared += 1;
        }
        let untold: Vec<_> = names.iter().filter(|name| !expected.contains(*name)).collect();
        // The header of a capability belongs to its chain; a union has no name in C.
        let told = |name: &&String| !name.ends_with(".header") && !name.ends_with('.');
        let untold: Vec<_> = untold.into_iter().filter(told).collect();
        assert!(untold.is_empty(), "{release} has what history does not know: {untold:?}");
    }
    println!("{compared} items compared, {unknown} of them unknown");
    assert!(compared > 1000 && unknown * 20 < compared);
}

#[test]
fn former_names_find_what_had_them() {
    let nesting = find("VFIO_TYPE1_NESTING_IOMMU").expect("renamed in 6.13");
    assert_eq!(nesting.name, "__VFIO_RESERVED_TYPE1_NESTING_IOMMU");
    assert_eq!(nesting.deprecated, Some(Release::new(6, 13)));
    assert_eq!(nesting.name_in(Release::new(6, 12)), "VFIO_TYPE1_NESTING_IOMMU");
    let stop = find("VFIO_DEVICE_STATE_STOP").expect("an enumerator");
    assert_eq!((stop.kind, stop.since), (Kind::Enumerator, Release::new(5, 18)));
    let offset = find("vfio_region_info.resv").expect("renamed in 4.6");
    assert_eq!(offset.name, "vfio_region_info.cap_offset");
    assert_eq!(find("VFIO_NO_SUCH_THING"), None);
}

#[test]
#[expect(deprecated, reason = "that is what is tested")]
fn former_names_are_the_new_ones() {
    use vfio_abi::uapi::{
        __VFIO_RESERVED_TYPE1_NESTING_IOMMU, VFIO_REGION_TYPE_MIGRATION,
        VFIO_REGION_TYPE_MIGRATION_DEPRECATED, VFIO_TYPE1_NESTING_IOMMU,
    };
    assert_eq!(VFIO_TYPE1_NESTING_IOMMU, __VFIO_RESERVED_TYPE1_NESTING_IOMMU);
    assert_eq!(VFIO_REGION_TYPE_MIGRATION, VFIO_REGION_TYPE_MIGRATION_DEPRECATED);
}

#[test]
fn releases_are_read_as_uname_prints_them() {
    assert_eq!(Release::parse("6.1.0-13-amd64"), Some(Release::new(6, 1)));
    assert_eq!(Release::parse("5.10"), Some(Release::new(5, 10)));
    assert_eq!(Release::parse("7.2-rc1"), Some(Release::new(7, 2)));
    for text in ["", "6", "6.", "x.1", "6.x", "-6.1", "99999.1", "+5.4", "5.+4"] {
        assert_eq!(Release::parse(text), None, "{text}");
    }
}
