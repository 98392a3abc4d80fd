//! The objects of an iommufd, each with the descriptor that has it and its id, on Linux.
//!
//! An object is a descriptor and a number: it can be copied if the descriptor can, and
//! nothing happens when it is dropped. [`Owned`] destroys an object when it is dropped.
//! `F` is any descriptor: `BorrowedFd` as
//! [`borrowed`](crate::calls::Iommufd::borrowed) makes it, or an `Arc` of a file in a struct
//! that outlives its origin.
//!
//! Devices are bound and attached through their own descriptor: `bind_iommufd` of the
//! `Device` of vfio-abi takes the descriptor and returns the id that
//! [`Hwpt::alloc`], [`Viommu::alloc`] and [`Viommu::vdevice`] take as `dev_id`;
//! `attach_iommufd_pt` takes the id of an [`Ioas`] or an [`Hwpt`].
#![cfg(all(feature = "ioctl", any(target_os = "linux", target_os = "android")))]
#![allow(unsafe_code, reason = "devices access mapped memory")]

mod events;
mod ioas;
mod tables;

use core::fmt;
use core::ops::Deref;

use crate::calls::CallError;

pub use events::{EventQueue, QueueObject};
pub use ioas::{Ioas, Mapping};
pub use tables::{HwQueue, Hwpt, HwptOptions, Vdevice, Viommu};

/// An object of an iommufd.
pub trait Object {
    /// Its id.
    fn id(&self) -> u32;

    /// Destroys it. EBUSY is returned while another object uses it.
    fn destroy(&self) -> Result<(), CallError>;
}

/// Destroys an object when it is dropped.
///
/// The object stays if destroying it fails, as it does while a device or another object
/// uses it: drop those first, or call [`destroy`](Self::destroy), which returns the error.
#[derive(Debug)]
pub struct Owned<O: Object> {
    object: O,
    /// Whether the object is destroyed when this is dropped.
    armed: bool,
}

impl<O: Object> Owned<O> {
    /// Owns an object.
    #[must_use]
    pub const fn new(object: O) -> Self {
        Self { object, armed: true }
    }

    /// Destroys it; the error has the object if this fails, as it does while another one uses it.
    pub fn destroy(mut self) -> Result<(), NotDestroyed<O>> {
        match self.object.destroy() {
            Ok(()) => {
                self.armed = false;
                Ok(())
            }
            Err(error) => Err(NotDestroyed { object: self, error }),
        }
    }

    /// Leaves the object in the iommufd, and returns its id.
    pub fn leave(mut self) -> u32 {
        self.armed = false;
        self.object.id()
    }
}

/// An object that could not be destroyed.
///
/// `?` turns it into a [`CallError`]. The object is dropped then, and with it destroyed if
/// nothing uses it any more.
#[derive(Debug)]
#[non_exhaustive]
pub struct NotDestroyed<O: Object> {
    /// The object.
    pub object: Owned<O>,
    /// The error.
    pub error: CallError,
}

impl<O: Object> From<NotDestroyed<O>> for CallError {
    fn from(failed: NotDestroyed<O>) -> Self {
        failed.error
    }
}

impl<O: Object> fmt::Display for NotDestroyed<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<O: Object + fmt::Debug> core::error::Error for NotDestroyed<O> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.error.source()
    }
}

impl<O: Object> Deref for Owned<O> {
    type Target = O;

    fn deref(&self) -> &O {
        &self.object
    }
}

impl<O: Object> Drop for Owned<O> {
    fn drop(&mut self) {
        if self.armed {
            // Nobody can receive the error here.
            let _ = self.object.destroy();
        }
    }
}

/// Implements [`Object`] and the constructor of an id for a struct with `iommufd` and `id`.
macro_rules! object {
    ($name:ident) => {
        impl<F: rustix::fd::AsFd> $name<F> {
            /// The object with an id.
            #[must_use]
            pub const fn from_id(iommufd: crate::calls::Iommufd<F>, id: u32) -> Self {
                Self { iommufd, id }
            }

            /// Its id.
            #[must_use]
            pub const fn id(&self) -> u32 {
                self.id
            }

            /// The iommufd that has it.
            #[must_use]
            pub const fn iommufd(&self) -> &crate::calls::Iommufd<F> {
                &self.iommufd
            }

            /// Destroys it. EBUSY is returned while another object uses it.
            pub fn destroy(&self) -> Result<(), crate::calls::CallError> {
                self.iommufd.destroy(self.id)
            }

            /// Destroys it when it is dropped.
            #[must_use]
            pub fn owned(self) -> super::Owned<Self> {
                super::Owned::new(self)
            }
        }

        impl<F: rustix::fd::AsFd> super::Object for $name<F> {
            fn id(&self) -> u32 {
                self.id
            }

            fn destroy(&self) -> Result<(), crate::calls::CallError> {
                self.destroy()
            }
        }
    };
}
use object;
