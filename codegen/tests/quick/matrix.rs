//! Programs of every release on kernels of every release, by the model.

use std::collections::BTreeSet;

use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::release::Release;
use support::fixtures;
use support::matrix::{Counts, all};

/// The ABI of every release, in order.
fn abis() -> Vec<Abi> {
    let spec = fixtures::spec();
    spec.releases().iter().map(|release| lower(&spec, Some(*release))).collect()
}

#[test]
fn no_program_misreads_a_kernel_of_another_release() {
    let (counts, mismatches) = all(&abis());
    let Counts { pairs, distinct, replies, readings, sets, argsz, bytes } = counts;
    println!(
        "{pairs} pairs of releases, {distinct} of readers and writers that differ; \
         {sets} sets of capabilities, {argsz} values of argsz, {replies} replies, \
         {readings} readings, {bytes} bytes compared"
    );
    for mismatch in &mismatches {
        let told =
            |releases: &[Release]| releases.iter().map(Release::to_string).collect::<Vec<_>>();
        let (readers, writers) = (told(&mismatch.readers), told(&mismatch.writers));
        println!("{readers:?} reads {writers:?}, argsz {}: {}", mismatch.argsz, mismatch.what);
    }
    // The id that two capabilities had in one candidate: programs and kernels built
    // with its headers take one for the other.
    let others = mismatches.iter().filter(|one| {
        let candidate =
            |releases: &[Release]| releases.len() == 1 && releases[0].to_string() == "v5.8-rc2";
        !candidate(&one.readers) && !candidate(&one.writers)
    });
    assert_eq!(others.count(), 0);
    let ioctls: BTreeSet<_> = mismatches.iter().map(|one| one.ioctl.as_str()).collect();
    assert_eq!(ioctls, BTreeSet::from(["VFIO_IOMMU_GET_INFO"]));
    assert!(distinct > 100 && bytes > 1_000_000, "{counts:?}");
}
