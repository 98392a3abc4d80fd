//! Finds the group and the devices, or the node, that an argument means.

use std::fs;
use std::io;
use std::path::Path;

use vfio_abi::open;

/// How the devices are opened.
pub enum Place {
    /// Through an IOMMU group.
    Group(Members),
    /// Through the node of a device, by its name.
    Node(String),
}

/// Devices of an IOMMU group.
pub struct Members {
    /// The number of the group.
    pub number: u32,
    /// Whether the group is one of devices without an IOMMU.
    pub noiommu: bool,
    /// The names of the devices, such as PCI addresses.
    pub devices: Vec<String>,
}

/// Why nothing is found.
pub enum Unfound {
    /// The argument is not of a known form.
    Usage,
    /// The machine has no such thing.
    Missing(String),
}

/// Finds what an argument means: the name of a device, a group or a node. `own_node` prefers
/// the node of a device to its group.
pub fn find(argument: &str, own_node: bool) -> Result<Place, Unfound> {
    if let Some(name) = argument.strip_prefix("/dev/vfio/devices/") {
        return Ok(Place::Node(name.to_owned()));
    }
    if let Some(name) = argument.strip_prefix("/dev/vfio/") {
        let number = name.strip_prefix("noiommu-").unwrap_or(name);
        let number = number.parse().map_err(|_| Unfound::Usage)?;
        return Ok(Place::Group(members(number, None)?));
    }
    if argument.contains('/') {
        return Err(Unfound::Usage);
    }
    let number = open::group_of(argument).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => Unfound::Usage,
        _ => missing(argument, &error),
    })?;
    if !own_node && node(number).is_some() {
        return Ok(Place::Group(members(number, Some(argument))?));
    }
    match open::node_of(argument) {
        Ok(name) => Ok(Place::Node(name)),
        Err(error) if own_node => Err(missing(argument, &error)),
        Err(_) => Err(Unfound::Missing(format!(
            "{argument}: neither group {number} nor the device is in /dev/vfio; is its driver vfio-pci?"
        ))),
    }
}

fn missing(subject: &str, error: &dyn std::error::Error) -> Unfound {
    Unfound::Missing(format!("{subject}: {error}"))
}

/// Whether the node of a group is one of devices without an IOMMU; none if there is no node.
fn node(group: u32) -> Option<bool> {
    let exists = |prefix: &str| Path::new(&format!("/dev/vfio/{prefix}{group}")).exists();
    if exists("") { Some(false) } else { exists("noiommu-").then_some(true) }
}

/// One device of a group, or all of them.
fn members(number: u32, only: Option<&str>) -> Result<Members, Unfound> {
    let path = format!("/dev/vfio/{number}");
    let absent = || Unfound::Missing(format!("{path}: no such group"));
    let noiommu = node(number).ok_or_else(absent)?;
    if let Some(device) = only {
        return Ok(Members { number, noiommu, devices: vec![device.to_owned()] });
    }
    let folder = format!("/sys/kernel/iommu_groups/{number}/devices");
    let entries = fs::read_dir(&folder).map_err(|error| missing(&folder, &error))?;
    let names = entries.map(|entry| entry.map(|entry| entry.file_name()));
    let names = names.collect::<io::Result<Vec<_>>>().map_err(|error| missing(&folder, &error))?;
    let mut devices: Vec<_> =
        names.into_iter().filter_map(|name| name.into_string().ok()).collect();
    devices.sort();
    Ok(Members { number, noiommu, devices })
}

/// The device of a node, such as its PCI address.
pub fn device_of(node: &str) -> Option<String> {
    let link = fs::read_link(format!("/sys/class/vfio-dev/{node}/device")).ok()?;
    Some(link.file_name()?.to_str()?.to_owned())
}
