//! Queues of page faults and of events.

use core::mem::offset_of;

use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;

use super::{Object, Owned, Viommu, object};
use crate::calls::{self, CallError, CallErrorCause, Iommufd};
use crate::uapi::{
    iommu_hwpt_page_response, iommu_hwpt_pgfault, iommu_hwpt_pgfault_flags,
    iommu_hwpt_pgfault_perm, iommu_veventq_flag, iommu_veventq_type, iommufd_vevent_header,
};
use crate::wire::Wire;

/// A queue of page faults or of events: the descriptor from which it is read, and an object
/// of the iommufd, which page tables name by its id.
///
/// The object is in use as long as the descriptor is open. [`owned`](Self::owned) makes a
/// queue that closes the descriptor and destroys the object when it is dropped.
#[derive(Debug)]
pub struct EventQueue<Q, O> {
    // Fields are dropped in this order: an open descriptor would keep the object in use.
    queue: Q,
    id: u32,
    object: O,
}

/// The object of a queue.
#[derive(Clone, Copy, Debug)]
pub struct QueueObject<F> {
    iommufd: Iommufd<F>,
    id: u32,
}

object!(QueueObject);

impl<F: AsFd> EventQueue<calls::Faults<OwnedFd>, QueueObject<F>> {
    /// Creates a queue of page faults.
    pub fn faults(iommufd: Iommufd<F>) -> Result<Self, CallError> {
        let (reply, queue) = iommufd.fault_queue_alloc()?;
        let queue = queue.ok_or_else(|| no_descriptor("IOMMU_FAULT_QUEUE_ALLOC"))?;
        let id = reply.out_fault_id;
        Ok(Self { queue, id, object: QueueObject { iommufd, id } })
    }
}

impl<O> EventQueue<calls::Faults<OwnedFd>, O> {
    /// Reads faults into `buffer`; returns as many as there were. The kernel returns whole
    /// groups: EINVAL if the buffer is too small for the next one.
    pub fn read<'b>(&self, buffer: &'b mut [u8]) -> rustix::io::Result<Faults<'b>> {
        let size = size_of::<iommu_hwpt_pgfault>();
        let whole = buffer.len() - buffer.len() % size;
        let bytes = buffer.get_mut(..whole).unwrap_or_default();
        let read = rustix::io::read(&self.queue, &mut *bytes)?;
        Ok(Faults { bytes: bytes.get(..read).unwrap_or_default() })
    }

    /// Answers a group of faults.
    pub fn respond(&self, response: &iommu_hwpt_page_response) -> rustix::io::Result<()> {
        let [cookie, code] = [response.cookie, response.code.0].map(u32::to_ne_bytes);
        let [[a, b, c, d], [e, f, g, h]] = [cookie, code];
        let bytes = [a, b, c, d, e, f, g, h];
        rustix::io::write(&self.queue, &bytes).map(|_| ())
    }
}

impl<F: AsFd> EventQueue<calls::Events<OwnedFd>, QueueObject<F>> {
    /// Creates a queue for the events of a virtual IOMMU, of which at most `depth` wait.
    pub fn events(
        viommu: &Viommu<F>,
        type_: iommu_veventq_type,
        depth: u32,
    ) -> Result<Self, CallError>
    where
        F: Clone,
    {
        let iommufd = viommu.iommufd().clone();
        let (reply, queue) = iommufd.veventq_alloc(viommu.id(), type_, depth)?;
        let queue = queue.ok_or_else(|| no_descriptor("IOMMU_VEVENTQ_ALLOC"))?;
        let id = reply.out_veventq_id;
        Ok(Self { queue, id, object: QueueObject { iommufd, id } })
    }
}

impl<O> EventQueue<calls::Events<OwnedFd>, O> {
    /// Reads events into `buffer`; `size` is that of the data of one event.
    pub fn read<'b>(
        &self,
        buffer: &'b mut [u8],
        size: usize,
    ) -> rustix::io::Result<VirtualEvents<'b>> {
        let read = rustix::io::read(&self.queue, &mut *buffer)?;
        Ok(VirtualEvents { bytes: buffer.get(..read).unwrap_or_default(), size })
    }
}

impl<Q, O> EventQueue<Q, O> {
    /// Its id.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The descriptor, for `poll`.
    pub const fn queue(&self) -> &Q {
        &self.queue
    }

    /// The object.
    pub const fn object(&self) -> &O {
        &self.object
    }
}

impl<Q, O: Object> EventQueue<Q, O> {
    /// Closes the descriptor and destroys the object when it is dropped.
    pub fn owned(self) -> EventQueue<Q, Owned<O>> {
        EventQueue { queue: self.queue, id: self.id, object: Owned::new(self.object) }
    }

    /// Closes the descriptor and destroys the object.
    pub fn destroy(self) -> Result<(), CallError> {
        drop(self.queue);
        self.object.destroy()
    }
}

fn no_descriptor(ioctl: &'static str) -> CallError {
    CallError { ioctl, cause: CallErrorCause::Errno(Errno::BADF) }
}

/// Page faults that were read.
#[derive(Clone, Copy, Debug)]
pub struct Faults<'b> {
    bytes: &'b [u8],
}

impl<'b> Faults<'b> {
    /// Faults in bytes that were read from a queue.
    pub const fn parse(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }
}

impl Iterator for Faults<'_> {
    type Item = iommu_hwpt_pgfault;

    fn next(&mut self) -> Option<iommu_hwpt_pgfault> {
        let (fault, rest) = self.bytes.split_at_checked(size_of::<iommu_hwpt_pgfault>())?;
        self.bytes = rest;
        let number = |at: usize, width| Wire::HOST.number(fault, at as u32, width).unwrap_or(0);
        let word = |at: usize| number(at, 4) as u32;
        Some(iommu_hwpt_pgfault {
            flags: iommu_hwpt_pgfault_flags(word(offset_of!(iommu_hwpt_pgfault, flags))),
            dev_id: word(offset_of!(iommu_hwpt_pgfault, dev_id)),
            pasid: word(offset_of!(iommu_hwpt_pgfault, pasid)),
            grpid: word(offset_of!(iommu_hwpt_pgfault, grpid)),
            perm: iommu_hwpt_pgfault_perm(word(offset_of!(iommu_hwpt_pgfault, perm))),
            __reserved: word(offset_of!(iommu_hwpt_pgfault, __reserved)),
            addr: number(offset_of!(iommu_hwpt_pgfault, addr), 8),
            length: word(offset_of!(iommu_hwpt_pgfault, length)),
            cookie: word(offset_of!(iommu_hwpt_pgfault, cookie)),
        })
    }
}

/// Events that were read: the header of each, and its data, which are empty if events were
/// lost.
#[derive(Clone, Copy, Debug)]
pub struct VirtualEvents<'b> {
    bytes: &'b [u8],
    size: usize,
}

impl<'b> VirtualEvents<'b> {
    /// Events in bytes that were read from a queue; `size` is that of the data of one event.
    pub const fn parse(bytes: &'b [u8], size: usize) -> Self {
        Self { bytes, size }
    }
}

impl<'b> Iterator for VirtualEvents<'b> {
    type Item = (iommufd_vevent_header, &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (header, rest) = self.bytes.split_at_checked(size_of::<iommufd_vevent_header>())?;
        let word = |at: usize| Wire::HOST.number(header, at as u32, 4).unwrap_or(0) as u32;
        let header = iommufd_vevent_header {
            flags: iommu_veventq_flag(word(offset_of!(iommufd_vevent_header, flags))),
            sequence: word(offset_of!(iommufd_vevent_header, sequence)),
        };
        let lost = header.flags.contains(iommu_veventq_flag::LOST_EVENTS);
        let (data, rest) = rest.split_at_checked(if lost { 0 } else { self.size })?;
        self.bytes = rest;
        Some((header, data))
    }
}
