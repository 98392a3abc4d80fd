//! Views of the results of requests.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::typed_data;
use crate::emit::rust::aggregates;
use crate::emit::rust::comment::Docs;
use crate::emit::rust::debug;
use crate::emit::rust::integers::{picked, typed};
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::protocol::{Aggregate, IntField, ReplyField};
use crate::ir::requests::{RequestPlan, ResultsPlan};
use crate::ir::{Abi, GroupId, Meta, Struct};
use crate::names;

/// What the file of a view uses.
pub(super) fn imports() -> TokenStream {
    quote! {
        use crate::array::Element as _;
        use crate::debug::debug_by_getters;
        use crate::results::Results;
    }
}

/// The name of a view.
pub(super) fn type_name(plan: &ResultsPlan) -> Ident {
    ident(&names::rust_type(&plan.name))
}

/// The results of a request.
pub(in crate::emit::rust) fn of_request<'a>(
    abi: &'a Abi,
    request: &RequestPlan,
) -> Option<&'a ResultsPlan> {
    let reply = request.reply?;
    abi.protocol.results_of(reply.struct_).find(|plan| plan.reply == reply)
}

/// The view: `IrqInfoReply` of `vfio_irq_info`.
pub(super) fn view(abi: &Abi, docs: &Docs<'_>, plan: &ResultsPlan) -> TokenStream {
    let struct_ = abi.struct_(plan.reply.struct_);
    let (name, record) = (type_name(plan), ident(&struct_.name));
    let doc = docs.item(&struct_.meta);
    let ioctl = &abi.ioctl(plan.ioctl).name;
    let results = format!(" Results of `{ioctl}`, in `{}`.", struct_.name);
    let [start, minsz] = [plan.start, plan.minsz].map(|size| picked(size, quote!(wire)));
    let argsz = match plan.argsz {
        Some(at) => {
            let at = decimal(at);
            quote!(Some(#at))
        }
        None => quote!(None),
    };
    let getters = plan.fields.iter().map(|field| getter(abi, docs, plan, field));
    let aggregates = plan.aggregates.iter().map(|one| aggregate_getter(abi, docs, plan, one));
    let shown = plan
        .fields
        .iter()
        .map(|one| &one.value)
        .map(|one| (one.field, getter_of(struct_, one).0.to_owned()));
    let others = plan.aggregates.iter().map(|one| one.value.field);
    let debug = debug::of_view(&name, shown.chain(debug::others(struct_, others)));
    let data = typed_data::returned(abi, docs, plan);
    quote! {
        #[doc = #results]
        ///
        #doc
        #[derive(Clone, Copy)]
        pub struct #name<'a> {
            results: Results<'a>,
        }

        #debug

        impl<'a> #name<'a> {
            /// Reads the results in an argument after the call, as a 64-bit kernel of this
            /// machine writes them.
            #[inline]
            pub fn parse(argument: &'a [u8]) -> Result<Self, ReplyError> {
                Self::parse_as(argument, Wire::HOST)
            }

            /// Reads the results in an argument with another byte order or layout.
            #[inline]
            pub fn parse_as(argument: &'a [u8], wire: Wire) -> Result<Self, ReplyError> {
                Ok(Self { results: Results::parse(argument, wire, #argsz, (#start, #minsz))? })
            }

            #(#getters)*
            #(#aggregates)*

            /// All fields, those that the argument does not cover as 0.
            #[inline]
            pub fn to_struct(&self) -> uapi::#record {
                uapi::#record::read(self.results.wire, self.results.bytes)
            }
        }

        #data
    }
}

fn aggregate_getter(
    abi: &Abi,
    docs: &Docs<'_>,
    plan: &ResultsPlan,
    ReplyField { value: aggregate, is_appended, .. }: &ReplyField<Aggregate>,
) -> TokenStream {
    let struct_ = abi.struct_(plan.reply.struct_);
    let field = &struct_.fields[aggregate.field];
    let (name, doc) = (ident(field.stored_name()), docs.part(&field.meta, &struct_.meta));
    let type_ = aggregates::type_(abi, aggregate);
    let [offset, size] =
        [aggregate.offset, aggregate.size].map(|bytes| picked(bytes, quote!(self.results.wire)));
    let read = aggregates::read_start(abi, aggregate, quote!(self.results.wire), quote!(bytes));
    match is_appended {
        false => quote! {
            #doc
            #[inline]
            pub fn #name(&self) -> #type_ {
                let bytes = self.results.part(#offset, #size).unwrap_or_default();
                #read
            }
        },
        true => quote! {
            #doc
            #[inline]
            pub fn #name(&self) -> Option<#type_> {
                self.results.part(#offset, #size).map(|bytes| #read)
            }
        },
    }
}

/// The name, the documentation and the numbers of an integer: of a union, those of the member that
/// the kernel sets.
fn getter_of<'a>(struct_: &'a Struct, plan: &IntField) -> (&'a str, &'a Meta, Option<GroupId>) {
    let field = &struct_.fields[plan.field];
    match field.output_arm() {
        Some(arm) => (&arm.name, &arm.meta, arm.group),
        None => (field.stored_name(), &field.meta, field.group),
    }
}

fn getter(
    abi: &Abi,
    docs: &Docs<'_>,
    plan: &ResultsPlan,
    field: &ReplyField<IntField>,
) -> TokenStream {
    let struct_ = abi.struct_(plan.reply.struct_);
    let ReplyField { value: int, is_appended, .. } = field;
    let (name, meta, group) = getter_of(struct_, int);
    let doc = docs.part(meta, &struct_.meta);
    let (name, width) = (ident(name), decimal(int.int.size()));
    let offset = picked(int.offset, quote!(self.results.wire));
    match is_appended {
        false => {
            let number = quote!(self.results.number(#offset, #width));
            let (type_, value) = typed(abi, group, int.int, number);
            quote! {
                #doc
                #[inline]
                pub fn #name(&self) -> #type_ {
                    #value
                }
            }
        }
        true => {
            let (type_, value) = typed(abi, group, int.int, quote!(number));
            let is_plain = value.to_string() == "number";
            let map = (!is_plain).then(|| quote!(.map(|number| #value)));
            quote! {
                #doc
                #[inline]
                pub fn #name(&self) -> Option<#type_> {
                    self.results.appended(#offset, #width) #map
                }
            }
        }
    }
}
