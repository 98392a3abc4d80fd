//! Regions that contain a space of another ABI, as their handlers show it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::history::Validity;
use super::text::{DocText, Number};
use super::wrappers::{FromLine, LineOrMap, List, Map, Placed};
use crate::diagnostic::Place;
use crate::release::{Release, Since};
use crate::reply::{FirstHidden, KeptValue};

/// A region whose content is a space of another ABI.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct RegionSpec {
    /// Its content.
    pub doc: Placed<DocText>,
    /// The ABI that describes the space and its chains.
    pub space: Placed<String>,
    /// The kernel's handlers of reads, by name.
    pub handlers: Map<RegionHandlerSpec>,
}

/// The changes of a handler to the space that a device has.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct RegionHandlerSpec {
    /// Its kernel file and functions.
    pub source: Placed<String>,
    /// Notes about it.
    pub doc: Option<Placed<DocText>>,
    /// The first release that has it; by default that of the file.
    pub since: Option<Placed<Since>>,
    /// The first release that no longer has it.
    pub until: Option<Placed<Release>>,
    /// Bits at fixed places that are not read from the device. Of several entries for a
    /// bit, the last one whose condition holds counts.
    #[serde(default)]
    pub keeps: List<KeptBitsSpec>,
    /// The chains of the space whose capabilities it hides, by name.
    #[serde(default)]
    pub chains: Map<ShownChainSpec>,
}

/// Bits that a handler does not read from the device.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct KeptBitsSpec {
    /// Their offset in the space, or in the capability.
    pub at: Placed<Number>,
    /// The bytes of the number that has them: 1, 2 or 4; by default 1.
    pub size: Option<Placed<Number>>,
    /// The bits of that number; by default all.
    pub bits: Option<Placed<Number>>,
    /// Their content: `device`, a copy of the device's bits, which is the default; `zero`; `one`; or `host`, a value that only the host knows.
    #[serde(default)]
    pub reads: KeptValue,
    /// The bits of the device that decide whether the entry applies.
    pub when: Option<BitsAreSpec>,
    /// The first release that keeps them; by default that of the handler or the capability.
    pub since: Option<Placed<Since>>,
    /// The first release that reads them from the device again.
    pub until: Option<Placed<Release>>,
    /// The content and the reason.
    pub doc: Placed<DocText>,
}

/// A condition on bits of the device.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct BitsAreSpec {
    /// Their offset in the space, or in the capability.
    pub at: Placed<Number>,
    /// The bytes of the number that has them: 1, 2 or 4; by default 1.
    pub size: Option<Placed<Number>>,
    /// The bits of that number; by default all.
    pub bits: Option<Placed<Number>>,
    /// The number that these bits must be; by default any other than 0.
    pub is: Option<Placed<Number>>,
}

/// Bits of a number at a place.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct BitsAtSpec {
    /// The offset in the space, or in the capability.
    pub at: Placed<Number>,
    /// The bytes of the number: 1, 2 or 4; by default 1.
    pub size: Option<Placed<Number>>,
    /// The bits of that number; by default all.
    pub bits: Option<Placed<Number>>,
}

/// A chain of which a handler hides capabilities.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ShownChainSpec {
    /// The bits of the header of each shown capability that are not read from the device.
    #[serde(default)]
    pub keeps: List<KeptBitsSpec>,
    /// The treatment of a hidden capability that is the first of the chain.
    pub first_hidden: FirstHidden,
    /// The bits that read 0 if no capability is shown.
    pub none: Option<BitsAtSpec>,
    /// The capabilities that are shown, by their constants.
    pub shows: Map<LineOrMap<ShownCapSpec>>,
}

/// A capability that a handler shows. One line is its length.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct ShownCapSpec {
    /// The bytes that it has at least, for the handler.
    pub length: Option<Placed<Number>>,
    /// The bits that hold its length; it is hidden if they are 0.
    pub length_in: Option<BitsAtSpec>,
    /// Bits of it that are not read from the device.
    #[serde(default)]
    pub keeps: List<KeptBitsSpec>,
    /// The first release that shows it; by default that of the handler.
    pub since: Option<Placed<Since>>,
    /// The first release that hides it again.
    pub until: Option<Placed<Release>>,
}

impl FromLine for ShownCapSpec {
    const FORM: &'static str = "length";
    const PATTERN: &'static str = "^[0-9]+$|^0x[0-9a-f]+$";

    fn from_line(line: &str, place: Place) -> Result<Self, String> {
        Ok(Self { length: Some(Placed { value: line.parse()?, place }), ..Self::default() })
    }
}

impl RegionHandlerSpec {
    /// The releases that have it, within those of its file.
    pub fn validity(&self, around: Validity) -> Validity {
        within(around, &self.since, &self.until)
    }
}

impl KeptBitsSpec {
    /// The releases that keep them, within those of the handler or the capability.
    pub fn validity(&self, around: Validity) -> Validity {
        within(around, &self.since, &self.until)
    }
}

impl ShownCapSpec {
    /// The releases that show it, within those of the handler.
    pub fn validity(&self, around: Validity) -> Validity {
        within(around, &self.since, &self.until)
    }
}

fn within(
    around: Validity,
    since: &Option<Placed<Since>>,
    until: &Option<Placed<Release>>,
) -> Validity {
    around.within(since.as_ref().map(|one| &one.value), until.as_ref().map(|one| &one.value))
}

/// The offset, the size and the bits of an entry, as written.
pub type WrittenBits<'a> =
    (&'a Placed<Number>, Option<&'a Placed<Number>>, Option<&'a Placed<Number>>);

macro_rules! written {
    ($($spec:ident),+) => {$(
        impl $spec {
            /// The offset, the size and the bits, as written.
            pub fn written(&self) -> WrittenBits<'_> {
                (&self.at, self.size.as_ref(), self.bits.as_ref())
            }
        }
    )+};
}
written!(KeptBitsSpec, BitsAreSpec, BitsAtSpec);
