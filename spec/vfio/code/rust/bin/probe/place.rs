//! Finds the group and the devices, or the node, that an argument means.

use std::fs;
use std::io;
use std::path::Path;

use vfio_abi::open;

use crate::options::Options;

/// How the devices are opened.
#[derive(Debug)]
pub enum Place {
    /// Through an IOMMU group.
    Group(Members),
    /// Through the node of a device, by its name.
    Node(String),
}

/// Devices of an IOMMU group.
#[derive(Debug)]
pub struct Members {
    /// The number of the group.
    pub number: u32,
    /// Whether the group is one of devices without an IOMMU.
    pub noiommu: bool,
    /// The names of the devices, such as PCI addresses.
    pub devices: Vec<String>,
}

/// Why nothing is found.
#[derive(Debug, PartialEq, Eq)]
pub enum Unfound {
    /// The argument is not of a known form, or an option contradicts it.
    Usage(String),
    /// The machine has no such thing.
    Missing(String),
}

/// Finds the devices of the options' place, and how they are opened.
pub fn find(options: &Options) -> Result<Place, Unfound> {
    let argument = options.place.as_str();
    let usage = |error: &str| Unfound::Usage(format!("{argument} {error}"));
    let unknown = || usage("is not a device, group or node");
    if let Some(name) = argument.strip_prefix("/dev/vfio/devices/") {
        return match options.iommufd {
            true => Err(usage("is not a group, which --iommufd is for")),
            false => Ok(Place::Node(name.to_owned())),
        };
    }
    if let Some(name) = argument.strip_prefix("/dev/vfio/") {
        let number = name.strip_prefix("noiommu-").unwrap_or(name);
        let number = number.parse().map_err(|_| unknown())?;
        return match options.node {
            true => Err(usage("is a group; --node needs a device")),
            false => Ok(Place::Group(members(number, None)?)),
        };
    }
    if argument.contains('/') {
        return Err(unknown());
    }
    let number = open::group_of(argument).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => unknown(),
        _ => missing(argument, &error),
    })?;
    if !options.node && (options.iommufd || node(number).is_some()) {
        return Ok(Place::Group(members(number, Some(argument))?));
    }
    match open::node_of(argument) {
        Ok(name) => Ok(Place::Node(name)),
        Err(error) if options.node => Err(missing(argument, &error)),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(place: &str, node: bool, iommufd: bool) -> Result<Place, Unfound> {
        find(&Options { place: place.to_owned(), node, iommufd, ..Options::default() })
    }

    #[test]
    fn an_option_for_another_kind_of_place_is_wrong_usage() {
        let group = of("/dev/vfio/4294967295", true, false).expect_err("a group");
        assert!(matches!(&group, Unfound::Usage(error) if error.contains("--node")), "{group:?}");
        let node = of("/dev/vfio/devices/vfio0", false, true).expect_err("a node");
        assert!(matches!(&node, Unfound::Usage(error) if error.contains("--iommufd")), "{node:?}");
        assert!(matches!(of("/dev/vfio/devices/vfio0", true, false), Ok(Place::Node(_))));
    }

    #[test]
    fn an_unknown_form_is_wrong_usage_and_an_absent_group_is_missing() {
        for place in ["/dev/null", "/dev/vfio/vfio", "no device", "/dev/vfio/-1"] {
            let found = of(place, false, false);
            assert!(matches!(found, Err(Unfound::Usage(_))), "{place}: {found:?}");
        }
        let group = of("/dev/vfio/4294967295", false, false);
        assert!(matches!(group, Err(Unfound::Missing(_))), "{group:?}");
    }
}
