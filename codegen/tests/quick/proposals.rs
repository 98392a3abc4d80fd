//! The proposals of the specification: each loads as an overlay, and the number spaces
//! know what they claim.

use capchain::ir::{Abi, Chain, Holder, NumberSpace, SpaceKind};
use capchain::lower::lower;
use capchain::spec::load::Origin;
use support::fixtures;

fn space<'a>(abi: &'a Abi, kind: SpaceKind, name: &str) -> NumberSpace<'a> {
    let mut spaces = abi.number_spaces().into_iter();
    spaces.find(|space| space.kind == kind && space.name == name).expect("a space")
}

#[test]
fn every_proposal_loads_and_its_successor_exists() {
    for (abi, least) in [("vfio", 14), ("iommufd", 2)] {
        let folder = fixtures::root().join("spec").join(abi);
        let spec = fixtures::open(&folder);
        let proposals = &spec.spec().proposals;
        let files = fixtures::yaml_files(&folder.join("proposals"));
        assert!(files.len() == proposals.len() && files.len() >= least, "{}", files.len());
        for path in files {
            let origin = Origin::Folder(folder.clone());
            let opened = capchain::open(&origin, std::slice::from_ref(&path));
            let problems = opened.problems.render(&opened.sources, false);
            let is_clean = opened.spec.is_some() && problems.is_empty();
            assert!(is_clean, "{}: {problems}", path.display());
        }
        for one in proposals {
            let Some(new) = &one.file.replaced_by else { continue };
            let exists = proposals.iter().any(|other| other.file.name == new.value);
            assert!(exists, "{} is replaced by {}", one.file.name, new.value);
        }
    }
}

/// The chain of this design starts after its host, without an offset that leads to it.
#[test]
fn a_struct_hosts_a_chain_without_an_offset_as_well() {
    let folder = fixtures::root().join("spec/vfio");
    let design = folder.join("proposals/irq_info_caps_implied.yaml");
    let opened = capchain::open(&Origin::Folder(folder), &[design]);
    let abi = lower(&opened.spec.expect("a specification"), None);
    let host = |name: &str| abi.find_struct(name).expect("a struct");
    let found = [host("vfio_irq_info"), host("vfio_region_info"), host("vfio_irq_set")].map(|id| {
        let name = |chain: Option<&Chain>| chain.map(|chain| chain.name.clone());
        (name(abi.chain_of(id)), name(abi.hosted_chain(id)))
    });
    let [irq, region] = ["irq", "region"].map(|name| Some(name.to_owned()));
    assert_eq!(found, [(None, irq), (region.clone(), region), (None, None)]);
}

#[test]
fn three_commands_of_iommufd_claim_one_number() {
    let abi = lower(&fixtures::open(&fixtures::root().join("spec/iommufd")), None);
    let mut contended = Vec::new();
    for space in abi.number_spaces() {
        for uses in space.contended() {
            let names: Vec<_> = uses.iter().map(|one| one.name.to_owned()).collect();
            contended.push((space.name.clone(), uses[0].number, names.join(" ")));
        }
    }
    let names = |prefix: &str| {
        ["IOAS_NOIOMMU_GET_PA", "HWPT_LU_SET_PRESERVE", "VDEVICE_TSM_OP"]
            .map(|name| [prefix, name].concat())
            .join(" ")
    };
    let expected = [
        ("iommufd".to_owned(), 21, names("IOMMU_")),
        ("iommufd_command".to_owned(), 0x95, names("IOMMUFD_CMD_")),
    ];
    assert_eq!(contended, expected);
}

#[test]
fn contentions_are_those_that_the_lists_know() {
    let abi = lower(&fixtures::spec(), None);
    let mut contended = Vec::new();
    for space in abi.number_spaces() {
        for uses in space.contended() {
            let names: Vec<_> = uses.iter().map(|one| one.name.to_owned()).collect();
            contended.push((space.name.clone(), uses[0].number, names));
        }
    }
    let expected = [
        "VFIO_DEVICE_FEATURE_ZPCI_ERROR",
        "VFIO_DEVICE_FEATURE_DMA_BUF_TPH",
        "VFIO_DEVICE_FEATURE_ZPCI_FMB_ENABLE",
    ];
    let expected = expected.map(str::to_owned).to_vec();
    assert_eq!(contended, [("device_feature".to_owned(), 13, expected)]);
}

#[test]
fn the_next_free_number_passes_over_claims_and_reservations() {
    let abi = lower(&fixtures::spec(), None);
    let free = |kind, name| space(&abi, kind, name).next_free;
    assert_eq!(free(SpaceKind::Ids, "device_feature"), Some(15));
    assert_eq!(free(SpaceKind::Ioctls, "device"), Some(23));
    assert_eq!(free(SpaceKind::Flags, "vfio_device_info.flags"), Some(10));
    // 6 and 7 are reserved by other trees.
    assert_eq!(free(SpaceKind::Capabilities, "region"), Some(8));
    assert_eq!(free(SpaceKind::Ids, "region_type"), Some(4));
}

#[test]
fn an_older_release_has_no_claims() {
    let abi = lower(&fixtures::spec(), Some("v5.10".parse().expect("a release")));
    let claimed = abi
        .number_spaces()
        .into_iter()
        .any(|space| space.uses.iter().any(|one| matches!(one.holder, Holder::Proposal(..))));
    assert!(!claimed);
    assert_eq!(space(&abi, SpaceKind::Ids, "device_feature").next_free, Some(1));
}
