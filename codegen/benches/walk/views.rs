//! The walk by the generated views, every check on.

use vfio_abi::views::{RegionCap, RegionInfo};

use crate::mix;

/// Mixes the fields of the capabilities.
#[inline(never)]
pub(crate) fn measured_views(reply: &[u8]) -> u64 {
    let Ok(info) = RegionInfo::parse(reply) else {
        return 0;
    };
    let mut sum = 0;
    for cap in info.caps() {
        match cap {
            Ok(RegionCap::SparseMmap(cap)) => {
                for area in cap.areas().iter() {
                    sum = mix(mix(sum, area.offset), area.size);
                }
            }
            Ok(RegionCap::Type(cap)) => {
                sum = mix(mix(sum, cap.r#type().into()), cap.subtype().into());
            }
            Ok(RegionCap::MsixMappable(_)) => sum = mix(sum, 1),
            Ok(_) => {}
            Err(_) => return 0,
        }
    }
    sum
}
