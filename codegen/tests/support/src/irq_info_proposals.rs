//! The designs of a capability chain for `vfio_irq_info` in `spec/vfio/proposals`,
//! and the answers of the reply model for each.

use std::path::PathBuf;

use capchain::Opened;
use capchain::ir::{Abi, Arg, Handler, Ioctl, Struct, StructId};
use capchain::lower::lower;
use capchain::model::{Answer, Cap, Contents, HandlerModel};
use capchain::spec::load::Origin;

use crate::fixtures;

/// Every byte of memory that the caller has not set.
pub const FILL: u8 = 0xaa;

/// The first index that not all PCI devices have.
pub const FIRST_OF_DEVICE: u32 = 5;

/// The size of memory from the start of the caller's buffer.
const MEMORY: usize = 64;

/// A file of `spec/vfio/proposals`.
pub fn proposal(name: &str) -> PathBuf {
    fixtures::root().join("spec/vfio/proposals").join(name).with_extension("yaml")
}

/// VFIO with overlays.
pub fn open(overlays: &[PathBuf]) -> Opened {
    capchain::open(&Origin::Folder(fixtures::root().join("spec/vfio")), overlays)
}

/// The ABI of the newest release, with a proposal if given.
pub fn abi(proposal: Option<&str>) -> Abi {
    let overlays: Vec<_> = proposal.map(self::proposal).into_iter().collect();
    lower(&fixtures::loaded(open(&overlays)), None)
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// The index of the interrupt.
    pub index: u32,
    /// The argsz of the caller.
    pub argsz: u32,
    /// The size of the buffer.
    pub buffer: u64,
}

/// The ioctl `VFIO_DEVICE_GET_IRQ_INFO`.
pub fn ioctl(abi: &Abi) -> &Ioctl {
    let mut ioctls = abi.ioctls.iter();
    ioctls.find(|one| one.name == "VFIO_DEVICE_GET_IRQ_INFO").expect("the ioctl")
}

/// The argument of the ioctl.
pub fn struct_(abi: &Abi) -> (StructId, &Struct) {
    let Arg::Struct(id) = ioctl(abi).arg else { panic!("no struct") };
    (id, abi.struct_(id))
}

/// The handler of this name in the newest release.
pub fn handler<'a>(abi: &'a Abi, name: &str) -> &'a Handler {
    let mut handlers = ioctl(abi).handlers.iter().filter(|one| one.until.is_none());
    handlers.find(|one| one.name == name).unwrap_or_else(|| panic!("no handler {name}"))
}

impl Call {
    /// Memory from the start of the buffer on.
    pub fn memory(&self, abi: &Abi) -> Vec<u8> {
        let mut memory = vec![FILL; MEMORY];
        put(abi, &mut memory, "argsz", self.argsz);
        put(abi, &mut memory, "index", self.index);
        memory
    }

    /// The answer of a handler.
    pub fn answer<'a>(&self, abi: &'a Abi, name: &str) -> Answer<'a> {
        let model = HandlerModel::new(abi, ioctl(abi), handler(abi, name)).expect("rules");
        model.answer(&self.memory(abi), &self.contents(abi))
    }

    /// The contents of the reply: one interrupt with an eventfd and, after the
    /// fixed indexes, its type.
    fn contents(&self, abi: &Abi) -> Contents {
        let mut fixed = vec![0; MEMORY];
        put(abi, &mut fixed, "flags", 1);
        put(abi, &mut fixed, "count", 1);
        let kind = abi.capabilities.iter().find(|one| one.name == "VFIO_IRQ_INFO_CAP_TYPE");
        let kind = kind.filter(|_| self.index >= FIRST_OF_DEVICE).map(|one| Cap {
            id: one.id,
            version: one.version.into(),
            body: [1_u32, 2].iter().flat_map(|word| word.to_le_bytes()).collect(),
            array: None,
        });
        Contents { fixed, array: Vec::new(), caps: kind.into_iter().collect() }
    }
}

fn put(abi: &Abi, memory: &mut [u8], field: &str, number: u32) {
    let struct_ = struct_(abi).1;
    let at = struct_.fields.iter().position(|one| one.name == field).expect("a field");
    let at = struct_.layouts[0].fields[at].offset as usize;
    memory[at..at + 4].copy_from_slice(&number.to_le_bytes());
}
