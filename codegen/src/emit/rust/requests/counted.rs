//! Views of replies that end in an array.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::element_type;
use crate::emit::rust::aggregates;
use crate::emit::rust::comment::Docs;
use crate::emit::rust::debug;
use crate::emit::rust::integers::{getters, picked, typed};
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::Abi;
use crate::ir::protocol::{Aggregate, IntField};
use crate::ir::requests::CountedReply;
use crate::names;

/// What the file of a view uses.
pub(super) fn imports() -> TokenStream {
    quote! {
        use crate::array::Array;
        use crate::counted::{Counted, CountedFormat, request_counted};
        use crate::debug::debug_by_getters;
        use crate::request::{Buffer, RequestError};
    }
}

/// The view: `PciHotResetInfo` of `vfio_pci_hot_reset_info`.
pub(super) fn reply(abi: &Abi, docs: &Docs<'_>, plan: &CountedReply) -> TokenStream {
    let struct_ = abi.struct_(plan.struct_);
    let name = ident(&names::reply_view(&abi.prefix, &struct_.name));
    let doc = docs.item(&struct_.meta);
    let ioctl = [" The results of `", &abi.ioctl(plan.ioctl).name, "`."].concat();
    let getters = plan.fields.iter().map(|int| getter(abi, docs, plan, int));
    let aggregates = plan.aggregates.iter().map(|field| aggregate(abi, docs, plan, field));
    let others = plan.aggregates.iter().map(|field| field.field).chain([plan.array]);
    let shown = debug::integers(struct_, &plan.fields).chain(debug::others(struct_, others));
    let debug = debug::of_view(&name, shown);
    let array = &struct_.fields[plan.array];
    let (array_name, array_doc) = (ident(&array.name), docs.part(&array.meta, &struct_.meta));
    let element = element_type(abi, plan.element);
    let [host, wired] = [quote!(Wire::HOST), quote!(wire)].map(|wire| format(plan, &wire));
    quote! {
        #doc
        ///
        #[doc = #ioctl]
        #[derive(Clone, Copy)]
        pub struct #name<'a> {
            counted: Counted<'a>,
        }

        #debug

        impl<'a> #name<'a> {
            /// Reads the reply in a buffer, as a 64-bit kernel of this machine writes it.
            pub fn parse(buffer: &'a [u8]) -> Result<Self, ReplyError> {
                Self::parse_as(buffer, Wire::HOST)
            }

            /// Reads a reply with another byte order or layout.
            pub fn parse_as(buffer: &'a [u8], wire: Wire) -> Result<Self, ReplyError> {
                let format = #wired;
                Ok(Self { counted: Counted::parse(buffer, wire, format)? })
            }

            /// Calls `call`, and again with a larger buffer if the elements did not fit and
            /// the buffer can grow. `call` finds the request in the buffer and puts the
            /// reply there. Before every call, the buffer is cleared and argsz is set.
            pub fn request<B: Buffer + ?Sized, E>(
                buffer: &'a mut B,
                call: impl FnMut(&mut [u8]) -> Result<(), E>,
            ) -> Result<Self, RequestError<E>> {
                let format = #host;
                request_counted::<#element, B, E>(format, buffer, call)?;
                Self::parse(buffer.bytes()).map_err(RequestError::Reply)
            }

            /// The size of buffer that the full reply requires; none if that is more than
            /// argsz can say.
            pub fn required_size(&self) -> Option<u32> {
                self.counted.required_size::<#element>()
            }

            #(#getters)*
            #(#aggregates)*

            #array_doc
            ///
            /// Empty if they did not fit.
            pub fn #array_name(&self) -> Array<'a, #element> {
                self.counted.elements()
            }
        }
    }
}

/// The offsets of a layout.
fn format(plan: &CountedReply, wire: &TokenStream) -> TokenStream {
    let [size, argsz, count] =
        [plan.size, plan.argsz, plan.count.offset].map(|bytes| picked(bytes, wire.clone()));
    let width = decimal(plan.count.int.size());
    quote!(CountedFormat { size: #size, argsz: #argsz, count: (#count, #width) })
}

fn getter(abi: &Abi, docs: &Docs<'_>, plan: &CountedReply, int: &IntField) -> TokenStream {
    let struct_ = abi.struct_(plan.struct_);
    let field = &struct_.fields[int.field];
    let width = decimal(int.int.size());
    let offset = picked(int.offset, quote!(self.counted.wire));
    let (type_, value) =
        typed(abi, field.group, int.int, quote!(self.counted.number(#offset, #width)));
    let getters = getters(field).into_iter().map(|(name, meta)| {
        let (name, doc) = (ident(name), docs.part(meta, &struct_.meta));
        quote! {
            #doc
            pub fn #name(&self) -> #type_ {
                #value
            }
        }
    });
    quote!(#(#getters)*)
}

/// The getter of a struct or of an array of fixed length.
fn aggregate(abi: &Abi, docs: &Docs<'_>, plan: &CountedReply, of: &Aggregate) -> TokenStream {
    let struct_ = abi.struct_(plan.struct_);
    let field = &struct_.fields[of.field];
    let (name, doc) = (ident(field.stored_name()), docs.part(&field.meta, &struct_.meta));
    let counted = (quote!(self.counted.wire), quote!(self.counted.bytes));
    let (type_, value) = (aggregates::type_(abi, of), aggregates::read(abi, of, counted));
    quote! {
        #doc
        pub fn #name(&self) -> #type_ {
            #value
        }
    }
}
