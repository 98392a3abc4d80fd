//! Entries of the tables by which the runtime reads headers and capabilities.

use super::literal::literal;
use crate::ir::protocol::BitField;

/// The initializer of some bits; zeros without any.
pub(super) fn bit_field(bits: Option<BitField>) -> String {
    match bits {
        Some(BitField { offset, width, low, mask }) => {
            format!("{{ {offset}, {width}, {low}, {} }}", literal(mask))
        }
        None => "{ 0, 0, 0, 0 }".to_owned(),
    }
}

/// A size that depends on a version, one version a line, the newest last.
pub(super) fn by_version(version: &str, sizes: &[u64]) -> String {
    let (newest, older) = sizes.split_last().map_or((0, &[][..]), |(last, rest)| (*last, rest));
    if older.iter().all(|size| *size == newest) {
        return newest.to_string();
    }
    let older = (1..).zip(older).map(|(known, size)| format!("{version} == {known} ? {size} :"));
    let older = older.collect::<Vec<_>>().join("\n\t\t\t\t");
    format!("({older} {newest})")
}
