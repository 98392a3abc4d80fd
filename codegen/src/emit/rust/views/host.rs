//! The view of a reply: the fixed part, whether it fitted, and its chain.

use proc_macro2::TokenStream;
use quote::quote;

use super::{format_name, host_name};
use crate::emit::rust::aggregates;
use crate::emit::rust::comment::{Docs, marked};
use crate::emit::rust::debug;
use crate::emit::rust::integers::{bytes_of, getters, picked, put, typed};
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::protocol::{Aggregate, ByModel, HostPlan, InputPlan, IntField, ReplyField};
use crate::ir::{Abi, Chain, Struct};
use crate::names;

/// The lines of an example that reads a reply, which rustdoc compiles.
fn example(abi: &Abi, plan: &HostPlan) -> Vec<String> {
    let (stem, name) = (names::c_stem(&abi.name), host_name(abi, plan));
    let import = format!(" use {stem}::views::{name};");
    let parse = format!(" let info = {name}::parse(reply)?;");
    let lines = [
        "",
        " ```",
        &import,
        "",
        " # fn print(reply: &[u8]) -> Result<(), Box<dyn std::error::Error>> {",
        &parse,
        " for cap in info.caps() {",
        "     println!(\"{:?}\", cap?);",
        " }",
        " # Ok(())",
        " # }",
        " ```",
    ];
    lines.map(str::to_owned).into()
}

/// The view of a chain's host.
pub(super) fn view(abi: &Abi, docs: &Docs<'_>, chain: &Chain, plan: &HostPlan) -> TokenStream {
    let struct_ = abi.struct_(plan.struct_);
    let name = host_name(abi, plan);
    let name = ident(&name);
    let doc =
        format!(" A reply with [`{0}`](crate::uapi::{0}) and its capabilities.", struct_.name);
    let doc = marked(quote!(#[doc = #doc]), &struct_.meta);
    let example = example(abi, plan);
    let caps = ident(&names::caps(&chain.name));
    let format = format_name(&abi.cap_headers[chain.header]);
    let table = table(plan);
    let request = request(abi, struct_, plan);
    let fixed_part = fixed_part(abi, struct_, plan);
    let record = ident(&struct_.name);
    let copies = plan.fields.iter().map(|plan| {
        let field = &struct_.fields[plan.value.field];
        let getter = field.arms().first().map_or(field.name.as_str(), |arm| &arm.name);
        copy(field.stored_name(), getter, plan.is_appended)
    });
    let copies = copies.chain(plan.aggregates.iter().map(|plan| {
        let name = struct_.fields[plan.value.field].stored_name();
        copy(name, name, plan.is_appended)
    }));
    let shown = debug::integers(struct_, plan.fields.iter().map(|field| &field.value));
    let others = plan.aggregates.iter().map(|field| field.value.field);
    let debug = debug::of_view(&name, shown.chain(debug::others(struct_, others)));
    let getters = plan.fields.iter().map(|field| getter(abi, docs, struct_, field));
    let aggregates = plan.aggregates.iter().map(|field| aggregate(abi, docs, struct_, field));
    quote! {
        #table

        #doc
        #(#[doc = #example])*
        #[derive(Clone, Copy)]
        pub struct #name<'a> {
            reply: Reply<'a>,
        }

        #debug

        impl<'a> #name<'a> {
            /// Reads the reply in a buffer, as a 64-bit kernel of this machine writes it.
            #[inline]
            pub fn parse(buffer: &'a [u8]) -> Result<Self, ReplyError> {
                Self::parse_as(buffer, Wire::HOST)
            }

            /// Reads the reply in a buffer with another byte order or layout.
            #[inline]
            pub fn parse_as(buffer: &'a [u8], wire: Wire) -> Result<Self, ReplyError> {
                Ok(Self { reply: Reply::parse(&HOST, buffer, buffer.len(), wire)? })
            }

            #request

            /// The size of buffer that the full reply requires, if this one was too small for
            /// the chain. Such a reply has no capabilities here.
            #[inline]
            pub fn required_size(&self) -> Option<u32> {
                self.reply.required_size()
            }

            /// The capabilities in the order of the chain; none if the reply did not fit.
            #[inline]
            pub fn caps(&self) -> #caps<'a> {
                #caps { walk: self.reply.walk(&HOST, &#format) }
            }

            #(#getters)*
            #(#aggregates)*

            /// All fields but `cap_offset`, those that the reply does not have as 0. A server
            /// writes them again with stored capabilities.
            pub fn to_struct(&self) -> uapi::#record {
                let mut fixed = uapi::#record::new();
                #(#copies)*
                fixed
            }
        }

        #fixed_part
    }
}

/// Copies a field from the view.
fn copy(stored: &str, getter: &str, is_appended: bool) -> TokenStream {
    let (stored, getter) = (ident(stored), ident(getter));
    match is_appended {
        false => quote!(fixed.#stored = self.#getter();),
        true => quote! {
            if let Some(value) = self.#getter() {
                fixed.#stored = value;
            }
        },
    }
}

/// The offsets of the protocol's fields, which are the same on every model.
fn table(plan: &HostPlan) -> TokenStream {
    let [minsz, argsz, flags, caps_flag, cap_offset] =
        [plan.minsz, plan.argsz.1, plan.flags, plan.caps_flag.1, plan.cap_offset].map(decimal);
    let inputs = plan.inputs.iter().map(|input| {
        let (offset, size) = (decimal(input.offset), decimal(input.size));
        quote!((#offset, #size))
    });
    quote! {
        const HOST: Host = Host {
            minsz: #minsz,
            argsz: #argsz,
            flags: #flags,
            caps_flag: #caps_flag,
            cap_offset: #cap_offset,
            inputs: &[#(#inputs),*],
        };
    }
}

/// The call, with a parameter for each input field.
fn request(abi: &Abi, struct_: &Struct, plan: &HostPlan) -> TokenStream {
    let parameters = plan.inputs.iter().map(|input| parameter(abi, struct_, input));
    let inputs = plan.inputs.iter().map(|input| {
        let (offset, field) = (decimal(input.offset), &struct_.fields[input.field]);
        let name = ident(&field.name);
        let bytes = match input.int {
            Some(int) => bytes_of(abi, field, int, quote!(#name)),
            None => quote!(#name),
        };
        quote!((#offset, #bytes))
    });
    quote! {
        /// Calls `call`, and again with a larger buffer if the reply did not fit and the
        /// buffer can grow. `call` finds the request in the buffer, puts the reply there
        /// and returns how many bytes it wrote: all of them, for an ioctl. Before every
        /// call, the buffer is cleared and argsz is set.
        pub fn request<B: Buffer + ?Sized, E>(
            buffer: &'a mut B,
            #(#parameters,)*
            call: impl FnMut(&mut [u8]) -> Result<usize, E>,
        ) -> Result<Self, RequestError<E>> {
            let written = request(&HOST, buffer, &[#(#inputs),*], call)?;
            let reply = Reply::parse(&HOST, buffer.bytes(), written, Wire::HOST);
            Ok(Self { reply: reply.map_err(RequestError::Reply)? })
        }
    }
}

/// An integer parameter has the type of the field; any other parameter is bytes.
fn parameter(abi: &Abi, struct_: &Struct, input: &InputPlan) -> TokenStream {
    let field = &struct_.fields[input.field];
    let name = ident(&field.name);
    let type_ = match input.int {
        Some(int) => typed(abi, field.group, int, quote!()).0,
        None => {
            let size = decimal(input.size);
            quote!(&[u8; #size])
        }
    };
    quote!(#name: #type_)
}

/// The fields of the fixed part that a server writes.
fn fixed_part(abi: &Abi, struct_: &Struct, plan: &HostPlan) -> TokenStream {
    let name = ident(&struct_.name);
    let outputs = plan.fields.iter().filter(|field| field.is_output);
    let puts = outputs.map(|one| put(abi, struct_, &one.value, quote!(self)));
    let aggregates = plan.aggregates.iter().filter(|field| field.is_output);
    let aggregates = aggregates.map(|one| aggregates::put(struct_, &one.value, quote!(self)));
    quote! {
        impl FixedPart for uapi::#name {
            fn fields(&self, put: &mut dyn FnMut(u32, &[u8])) {
                #(#puts)*
                #(#aggregates)*
            }
        }
    }
}

fn getter(
    abi: &Abi,
    docs: &Docs<'_>,
    struct_: &Struct,
    plan: &ReplyField<IntField>,
) -> TokenStream {
    let ReplyField { value: IntField { field, int, offset, .. }, is_appended, .. } = plan;
    let field = &struct_.fields[*field];
    let offset = picked(*offset, quote!(self.reply.wire));
    let width = decimal(int.size());
    let number = match is_appended {
        false => quote!(self.reply.fixed(#offset, #width)),
        true => quote!(number),
    };
    let (type_, value) = typed(abi, field.group, *int, number);
    let getters = getters(field).into_iter().map(|(name, meta)| {
        let (name, doc) = (ident(name), docs.part(meta, &struct_.meta));
        match is_appended {
            false => quote! {
                #doc
                #[inline]
                pub fn #name(&self) -> #type_ {
                    #value
                }
            },
            true => quote! {
                #doc
                #[inline]
                pub fn #name(&self) -> Option<#type_> {
                    self.reply.appended(#offset, #width).map(|number| #value)
                }
            },
        }
    });
    quote!(#(#getters)*)
}

/// The getter of a struct or of an array.
fn aggregate(
    abi: &Abi,
    docs: &Docs<'_>,
    struct_: &Struct,
    plan: &ReplyField<Aggregate>,
) -> TokenStream {
    let ReplyField { value: aggregate, is_appended, .. } = plan;
    let field = &struct_.fields[aggregate.field];
    let (name, doc) = (ident(field.stored_name()), docs.part(&field.meta, &struct_.meta));
    let reply = (quote!(self.reply.wire), quote!(self.reply.bytes));
    let type_ = aggregates::type_(abi, aggregate);
    let value = aggregates::read(abi, aggregate, reply);
    match is_appended {
        false => quote! {
            #doc
            #[inline]
            pub fn #name(&self) -> #type_ {
                #value
            }
        },
        true => {
            // Its last byte is there if all are.
            let last = [0, 1, 2].map(|model| {
                let end = aggregate.offset.0[model] + aggregate.size.0[model];
                end.saturating_sub(1)
            });
            let last = picked(ByModel(last), quote!(self.reply.wire));
            quote! {
                #doc
                #[inline]
                pub fn #name(&self) -> Option<#type_> {
                    self.reply.appended(#last, 1).map(|_| #value)
                }
            }
        }
    }
}
