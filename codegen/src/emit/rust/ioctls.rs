//! Ioctls: a constant for each next to its argument, and one table by kind of file
//! descriptor, because the same number has a different meaning on each.

use proc_macro2::TokenStream;
use quote::quote;

use super::comment::{Docs, Names};
use super::format;
use super::tokens::{decimal, ident};
use crate::ir::{Abi, Arg, Ioctl};

/// Whether the ABI has ioctls.
pub(super) fn present(abi: &Abi) -> bool {
    abi.ioctl_numbers.is_some() && !abi.ioctls.is_empty()
}

/// The number of an ioctl as a constant.
pub(super) fn item(abi: &Abi, docs: &Docs<'_>, ioctl: &Ioctl) -> TokenStream {
    let Some(numbers) = &abi.ioctl_numbers else {
        return TokenStream::new();
    };
    let doc = docs.item(&ioctl.meta);
    let name = ident(&ioctl.name);
    let (type_, base) = (ident(&numbers.type_name), ident(&numbers.base_name));
    let number = match ioctl.number {
        0 => quote!(#base),
        number => {
            let number = decimal(u64::from(number));
            quote!(#base + #number)
        }
    };
    quote!(#doc pub const #name: u32 = io(#type_, #number);)
}

/// The module with the table of all ioctls.
pub(super) fn table(abi: &Abi, names: &Names<'_>) -> String {
    let docs = Docs::new(names, "crate::uapi::");
    let kinds = abi.fds.iter().map(|kind| {
        let doc = docs.paragraphs(&kind.doc);
        let name = ident(&camel(&kind.name));
        quote!(#doc #name)
    });
    let rows = abi.ioctls.iter().map(|ioctl| row(abi, ioctl));
    format::file(quote! {
        //! Every ioctl, by the kind of file descriptor that it is for.
        //!
        //! A number alone does not identify an ioctl: several share one, and only
        //! the file descriptor and, on a container, the IOMMU backend distinguish
        //! them.

        use crate::uapi;

        /// A kind of file descriptor.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FdKind { #(#kinds),* }

        /// An ioctl.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Ioctl {
            /// The kernel's name.
            pub name: &'static str,
            /// Its number on this target.
            pub number: u32,
            /// The kind of file descriptor that it is for.
            pub fd: FdKind,
            /// The backends that serve it; empty if the kind has none, or all do.
            pub backends: &'static [&'static str],
            /// The struct that its argument points to, if it is one.
            pub arg: Option<&'static str>,
        }

        /// Every ioctl, in the order of the specification.
        pub const IOCTLS: &[Ioctl] = &[#(#rows),*];

        /// The ioctls that a number can mean on a kind of file descriptor.
        pub fn by_number(fd: FdKind, number: u32) -> impl Iterator<Item = &'static Ioctl> {
            IOCTLS.iter().filter(move |ioctl| ioctl.fd == fd && ioctl.number == number)
        }
    })
}

fn row(abi: &Abi, ioctl: &Ioctl) -> TokenStream {
    let (name, constant) = (&ioctl.name, ident(&ioctl.name));
    let fd = ident(&camel(&abi.fds[ioctl.fd].name));
    let backends = &ioctl.backends;
    let arg = match ioctl.arg {
        Arg::Struct(id) => {
            let name = &abi.struct_(id).name;
            quote!(Some(#name))
        }
        _ => quote!(None),
    };
    quote! {
        Ioctl {
            name: #name,
            number: uapi::#constant,
            fd: FdKind::#fd,
            backends: &[#(#backends),*],
            arg: #arg,
        }
    }
}

fn camel(name: &str) -> String {
    crate::names::rust_type(name)
}
