//! Prints the mappable parts of a region from a reply in a file.
use vfio_abi::uapi::RegionInfoFlags;
use vfio_abi::views::{RegionCap, RegionInfo};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: mappable FILE")?;
    let reply = std::fs::read(path)?;
    let info = RegionInfo::parse(&reply)?;
    let mut whole = info.flags().contains(RegionInfoFlags::MMAP);
    for cap in info.caps() {
        if let RegionCap::SparseMmap(cap) = cap? {
            whole = false;
            for area in cap.areas().iter() {
                println!("{:#x} bytes at {:#x}", area.size, area.offset);
            }
        }
    }
    if whole {
        println!("{:#x} bytes at 0x0", info.size());
    }
    info.required_size().map_or(Ok(()), |need| Err(format!("the reply needs {need} bytes").into()))
}
