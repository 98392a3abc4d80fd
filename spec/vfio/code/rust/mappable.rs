//! The parts of a region that may be mapped.

use core::ops::Range;

use crate::uapi::{RegionInfoFlags, vfio_region_sparse_mmap_area};
use crate::views::{Array, ChainError, RegionCap, RegionInfo};

/// The parts of a region that a program may map, as ranges of bytes in the region.
///
/// A region without [`RegionInfoFlags::MMAP`] has none. With the capability
/// `SPARSE_MMAP` these are its areas, otherwise the whole region. If `msix_table`, the
/// range of the MSI-X table in the region, is given and the region does not have the
/// capability `MSIX_MAPPABLE`, the pages of the table are left out: such a kernel refuses
/// to map them (before 4.16, drivers/vfio/pci/vfio_pci.c, vfio_pci_mmap).
///
/// Parts start at multiples of `page_size`, which must be a power of two, and end at such
/// a multiple or at the end of the region. A chain that cannot be read is an error: its
/// areas could forbid what would be mapped.
pub fn mappable<'a>(
    region: &RegionInfo<'a>,
    page_size: u64,
    msix_table: Option<Range<u64>>,
) -> Result<Mappable<'a>, ChainError> {
    let (mut areas, mut table) = (None, msix_table);
    for cap in region.caps() {
        match cap? {
            RegionCap::SparseMmap(sparse) => areas = Some(sparse.areas()),
            RegionCap::MsixMappable(_) => table = None,
            _ => {}
        }
    }
    let size = if region.flags().contains(RegionInfoFlags::MMAP) { region.size() } else { 0 };
    Ok(Mappable { size, page_size: page_size.max(1), table, areas, next: 0, rest: None })
}

/// The parts of a region that may be mapped, in the order of the region's areas.
#[derive(Clone, Debug)]
pub struct Mappable<'a> {
    size: u64,
    page_size: u64,
    table: Option<Range<u64>>,
    areas: Option<Array<'a, vfio_region_sparse_mmap_area>>,
    next: usize,
    /// The part after the table.
    rest: Option<Range<u64>>,
}

impl Mappable<'_> {
    /// The next area, or the whole region.
    fn area(&mut self) -> Option<Range<u64>> {
        let index = self.next;
        self.next = index.checked_add(1)?;
        match &self.areas {
            Some(areas) => {
                let area = areas.get(index)?;
                Some(area.offset..area.offset.saturating_add(area.size))
            }
            None => (index == 0).then_some(0..self.size),
        }
    }

    /// The whole pages of a range within the region; the region's last page may be partial.
    fn pages(&self, range: Range<u64>) -> Range<u64> {
        let start = range.start.checked_next_multiple_of(self.page_size).unwrap_or(u64::MAX);
        let end = range.end.min(self.size);
        let end = if end == self.size { end } else { end - end % self.page_size };
        start..end
    }

    /// The part before the table; the part after it is kept for later.
    fn cut(&mut self, range: Range<u64>) -> Range<u64> {
        let Some(table) = self.table.clone().filter(|table| !table.is_empty()) else {
            return range;
        };
        let first = table.start - table.start % self.page_size;
        let last = table.end.checked_next_multiple_of(self.page_size).unwrap_or(u64::MAX);
        if last <= range.start || first >= range.end {
            return range;
        }
        self.rest = Some(last.max(range.start)..range.end);
        range.start..first.min(range.end)
    }
}

impl Iterator for Mappable<'_> {
    type Item = Range<u64>;

    fn next(&mut self) -> Option<Range<u64>> {
        loop {
            let range = match self.rest.take() {
                Some(rest) => rest,
                None => {
                    let area = self.area()?;
                    let pages = self.pages(area);
                    self.cut(pages)
                }
            };
            if !range.is_empty() {
                return Some(range);
            }
        }
    }
}

impl core::iter::FusedIterator for Mappable<'_> {}
