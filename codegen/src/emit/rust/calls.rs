//! The kinds of file descriptors, with a method for each ioctl.

pub(super) mod arguments;
mod methods;

use proc_macro2::TokenStream;
use quote::quote;

use super::comment::{Docs, Names};
use super::tokens::ident;
use super::{examples, format, ioctls, views};
use crate::ir::{Abi, FdKind};
use crate::names;

/// Whether the ABI has ioctls that can be called.
pub(in crate::emit) fn present(abi: &Abi) -> bool {
    ioctls::present(abi)
}

/// Whether the kernel writes the results of a call after some errors, too.
pub(super) fn has_failed_replies(abi: &Abi) -> bool {
    present(abi) && abi.protocol.requests.iter().any(|plan| plan.failed_reply.is_some())
}

/// The module with all kinds of file descriptors.
pub(super) fn module(abi: &Abi, names: &Names<'_>) -> String {
    let docs = Docs::new(names, "crate::uapi::");
    let kinds = abi.fds.iter().enumerate().map(|(index, kind)| descriptor(abi, &docs, index, kind));
    let kinds: Vec<_> = kinds.collect();
    let views = views::has_hosts(abi).then(|| {
        quote!(
            use crate::views;
        )
    });
    let failed = has_failed_replies(abi).then(|| {
        quote! {
            pub use crate::failed_call::FailedCall;
            use crate::failed_call::request_or_reply;
            use rustix::io::Errno;
        }
    });
    let growing = super::calls_grow(abi).then(|| {
        quote! {
            use crate::growing_call::buffer as call_buffer;
            use crate::request::Buffer;
        }
    });
    let several = abi.protocol.requests.iter().any(arguments::takes_several);
    let vec = several.then(|| {
        quote! {
            use alloc::vec::Vec;
        }
    });
    format::file(quote! {
        //! Calls of ioctls on Linux: a type for each kind of file descriptor, with a method
        //! for each ioctl.
        //!
        //! A method takes the values that every caller sets, and returns the results. File
        //! descriptors that a call returns are owned. Errors have the name of the ioctl.
        //! A method is `unsafe` if the kernel or a device accesses memory that the method
        //! does not borrow for that time.
        #![allow(unsafe_code, reason = "the kernel reads and writes memory by address")]
        #![allow(unused_imports, reason = "an ABI need not have every kind of argument")]

        #vec
        use core::ffi::{CStr, c_int, c_void};

        use rustix::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

        pub use crate::call::{CallError, CallErrorCause};
        use crate::call::{raw, request as call_request};
        #growing
        use crate::{requests, uapi};
        #failed
        #views

        #(#kinds)*

        /// Owns a new file descriptor; none if the number is negative.
        #[allow(dead_code, reason = "an ABI may return no descriptors in structs")]
        fn owned(fd: c_int) -> Option<OwnedFd> {
            if fd < 0 {
                return None;
            }
            safety!("the kernel has made the descriptor for this call");
            Some(unsafe { OwnedFd::from_raw_fd(fd) })
        }
    })
}

fn descriptor(abi: &Abi, docs: &Docs<'_>, index: usize, kind: &FdKind) -> TokenStream {
    let name = ident(&names::rust_type(&kind.name));
    let doc = docs.paragraphs(&kind.doc);
    let methods = methods::of_kind(abi, docs, index);
    let example = examples::block("no_run", &examples::descriptor(abi, index, kind));
    quote! {
        #doc
        #example
        #[derive(Clone, Copy, Debug)]
        pub struct #name<F>(F);

        impl<F: AsFd> #name<F> {
            /// Takes a descriptor.
            ///
            /// # Safety
            ///
            /// The descriptor is of this kind.
            pub const unsafe fn new(fd: F) -> Self {
                Self(fd)
            }

            /// The same descriptor, borrowed.
            pub fn borrowed(&self) -> #name<BorrowedFd<'_>> {
                #name(self.0.as_fd())
            }

            /// The descriptor.
            pub const fn get_ref(&self) -> &F {
                &self.0
            }

            /// Returns the descriptor.
            pub fn into_inner(self) -> F {
                self.0
            }

            #(#methods)*
        }

        impl<F: AsFd> AsFd for #name<F> {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.0.as_fd()
            }
        }

        impl<F: AsFd> AsRawFd for #name<F> {
            fn as_raw_fd(&self) -> RawFd {
                self.0.as_fd().as_raw_fd()
            }
        }

        impl From<#name<OwnedFd>> for OwnedFd {
            fn from(fd: #name<OwnedFd>) -> Self {
                fd.0
            }
        }
    }
}
