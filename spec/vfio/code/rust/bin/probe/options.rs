//! The arguments of the program.

/// The usage.
pub const USAGE: &str = "\
Queries a VFIO device, its group and a container with every ioctl that changes no
state, and prints the answers by name, with the first release of each item.

Usage: vfio-probe [OPTIONS] <PLACE>

  <PLACE>  the address of a PCI device, such as 0000:06:0d.0; the UUID of a mediated
           device; a group, /dev/vfio/N; or a node, /dev/vfio/devices/vfioN

Options:
  --json            print one JSON object
  --captures FILE   write the replies to calls with many sizes of the buffer; an old
                    FILE stays if no device can be asked
  --iommufd         use an iommufd, /dev/iommu, as the container of the group; not for
                    a node
  --node            open the device by its own node, not through its group; not for a
                    group
  --reset           reset each device at the end
  --help            print this text

The kernel resets a device when it is opened. A group joins a container, and a node
an iommufd, until the program ends. Exit 0: at least one device was asked; 1: a file
could not be opened, or a required call failed; 2: wrong usage, or an output cannot
be written.
";

/// The arguments.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The address, the group or the node.
    pub place: String,
    /// Whether to print JSON.
    pub json: bool,
    /// The file for captures.
    pub captures: Option<String>,
    /// Whether an iommufd is the container.
    pub iommufd: bool,
    /// Whether a device is opened by its own node.
    pub node: bool,
    /// Whether to reset devices.
    pub reset: bool,
}

/// The requested action.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish {
    /// To print the usage.
    Help,
    /// To ask.
    Ask(Options),
}

/// Reads the arguments; the error is why they are wrong.
pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Wish, String> {
    let mut arguments = arguments.into_iter();
    let (mut options, mut place) = (Options::default(), None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(Wish::Help),
            "--json" => options.json = true,
            "--iommufd" => options.iommufd = true,
            "--node" => options.node = true,
            "--reset" => options.reset = true,
            "--captures" => {
                let file = arguments.next().ok_or("--captures needs a file")?;
                options.captures = Some(file);
            }
            option if option.starts_with('-') => return Err(format!("unknown option {option}")),
            _ if place.is_some() => return Err("more than one PLACE".to_owned()),
            _ => place = Some(argument),
        }
    }
    let place = place.ok_or("PLACE is missing")?;
    if options.node && options.iommufd {
        return Err("--iommufd is for a group, and --node opens none".to_owned());
    }
    Ok(Wish::Ask(Options { place, ..options }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &str) -> Result<Wish, String> {
        read(arguments.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_accepted_anywhere() {
        let wish = of("--json /dev/vfio/1 --captures out --reset");
        let expected = Options {
            place: "/dev/vfio/1".to_owned(),
            json: true,
            captures: Some("out".to_owned()),
            iommufd: false,
            node: false,
            reset: true,
        };
        assert_eq!(wish, Ok(Wish::Ask(expected)));
        assert_eq!(of("--json --help"), Ok(Wish::Help));
    }

    #[test]
    fn wrong_arguments_are_refused() {
        for arguments in ["", "--json", "--captures", "--map 1", "one two", "--node --iommufd one"]
        {
            assert!(of(arguments).is_err(), "{arguments}");
        }
    }
}
