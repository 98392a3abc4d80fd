//! Prints the contents of a region's reply in a file.

use vfio_abi::views::{RegionCap, RegionInfo};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("of which file?")?;
    let reply = std::fs::read(path)?;
    let info = RegionInfo::parse(&reply)?;
    println!("region {}: {:#x} bytes at {:#x}", info.index(), info.size(), info.offset());
    for cap in info.caps() {
        match cap? {
            RegionCap::SparseMmap(cap) => {
                println!("capability 1, version {}", cap.version());
                for area in cap.areas().iter() {
                    println!("  {:#x} bytes at {:#x}", area.size, area.offset);
                }
            }
            RegionCap::Type(cap) => {
                println!("capability 2, version {}", cap.version());
                println!("  type {:#x}, subtype {}", cap.r#type(), cap.subtype());
            }
            RegionCap::MsixMappable(cap) => println!("capability 3, version {}", cap.version()),
            RegionCap::Unknown(cap) => {
                println!("capability {}, version {}", cap.id(), cap.version());
            }
            _ => return Err("a capability that no kernel of today tells of".into()),
        }
    }
    info.required_size().map_or(Ok(()), |need| Err(format!("the reply needs {need} bytes").into()))
}
