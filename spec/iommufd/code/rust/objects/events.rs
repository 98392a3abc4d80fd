//! Queues of page faults and of events.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;

use super::{Object, Owned, Viommu, object};
use crate::calls::{self, CallError, CallErrorCause, Iommufd};
use crate::streams::{Events, Faults};
use crate::uapi::{iommu_hwpt_page_response, iommu_hwpt_pgfault, iommu_veventq_type};

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

impl<Q: AsFd, O> EventQueue<calls::Faults<Q>, O> {
    /// Reads faults into `buffer`; returns as many as there were. The kernel returns whole
    /// groups: EINVAL if the buffer is too small for the next one.
    pub fn read<'b>(&self, buffer: &'b mut [u8]) -> rustix::io::Result<Faults<'b>> {
        let size = size_of::<iommu_hwpt_pgfault>();
        let whole = buffer.len() - buffer.len() % size;
        let bytes = buffer.get_mut(..whole).unwrap_or_default();
        let read = rustix::io::read(&self.queue, &mut *bytes)?;
        Ok(Faults::new(bytes.get(..read).unwrap_or_default()))
    }

    /// Answers a group of faults.
    pub fn respond(&self, response: &iommu_hwpt_page_response) -> rustix::io::Result<()> {
        let bytes = Faults::answer(response);
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

impl<Q: AsFd, O> EventQueue<calls::Events<Q>, O> {
    /// Reads events into `buffer`; `type_` is that with which the queue was created.
    pub fn read<'b>(
        &self,
        buffer: &'b mut [u8],
        type_: iommu_veventq_type,
    ) -> rustix::io::Result<Events<'b>> {
        let read = rustix::io::read(&self.queue, &mut *buffer)?;
        Ok(Events::new(buffer.get(..read).unwrap_or_default(), type_))
    }
}

impl<Q, F: AsFd> EventQueue<Q, QueueObject<F>> {
    /// A queue of its descriptor and its object, such as those of another program.
    #[must_use]
    pub const fn from_parts(queue: Q, object: QueueObject<F>) -> Self {
        let id = object.id();
        Self { queue, id, object }
    }

    /// The descriptor and the object.
    #[must_use]
    pub fn into_parts(self) -> (Q, QueueObject<F>) {
        (self.queue, self.object)
    }
}

impl<Q: AsFd, O> AsFd for EventQueue<Q, O> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.queue.as_fd()
    }
}

impl<Q, O> EventQueue<Q, O> {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The descriptor, for `poll`.
    #[must_use]
    pub const fn queue(&self) -> &Q {
        &self.queue
    }

    /// The object.
    #[must_use]
    pub const fn object(&self) -> &O {
        &self.object
    }
}

impl<Q, O: Object> EventQueue<Q, O> {
    /// Closes the descriptor and destroys the object when it is dropped.
    #[must_use]
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
