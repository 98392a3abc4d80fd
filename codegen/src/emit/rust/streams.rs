//! Readers of records, one for each kind of file descriptor that has some.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::comment::{Docs, Names};
use super::data_forms::{constant, form_doc, number_type, variant};
use super::format;
use super::integers::picked;
use super::tokens::{decimal, ident};
use crate::emit::sentence::sentences;
use crate::ir::protocol::IntField;
use crate::ir::requests::DataForm;
use crate::ir::{Abi, RecordFlag, StreamPlan};
use crate::names;

/// Whether the ABI has records that are read.
pub(super) fn present(abi: &Abi) -> bool {
    !abi.protocol.streams.is_empty()
}

/// The module with all readers.
pub(super) fn module(abi: &Abi, names: &Names<'_>) -> String {
    let docs = Docs::new(names, "crate::uapi::");
    let readers =
        abi.protocol.streams.iter().map(|plan| StreamReader::new(abi, &docs, plan).items());
    format::file(quote! {
        //! Readers of the records that are read from file descriptors.
        //!
        //! A reader is an iterator over the bytes that `read` returned. A record that is cut, or
        //! of which the length is not known, is an error, and the last item.

        use crate::array::Element as _;
        use crate::stream::Records;
        use crate::uapi;

        pub use crate::stream::{RecordError, RecordErrorCause};
        pub use crate::wire::{CLayout, Wire};

        #(#readers)*
    })
}

/// The tokens of one reader.
struct StreamReader<'a> {
    abi: &'a Abi,
    docs: &'a Docs<'a>,
    plan: &'a StreamPlan,
    name: Ident,
    /// The enum of its data.
    data: Ident,
    /// The struct of a record.
    record: Ident,
}

impl<'a> StreamReader<'a> {
    fn new(abi: &'a Abi, docs: &'a Docs<'a>, plan: &'a StreamPlan) -> Self {
        let name = names::rust_type(&abi.fds[plan.fd].name);
        let data = ident(&names::stream_data(&name));
        let record = ident(&abi.struct_(plan.record).name);
        Self { abi, docs, plan, name: ident(&name), data, record }
    }

    fn items(&self) -> TokenStream {
        let (name, record) = (&self.name, &self.record);
        let kind = &self.abi.fds[self.plan.fd];
        let title = [format!("Records of a descriptor of the kind `{}`.", kind.name)];
        let doc = self.docs.paragraphs(&[&title, &sentences(&kind.doc)[..]].concat());
        let types = self.outer_type().map(|numbers| quote!(type_: #numbers,));
        let (parameter, field) = match self.outer_type() {
            Some(numbers) => (quote!(, type_: #numbers), quote!(, type_)),
            None => (quote!(), quote!()),
        };
        let item = self.item_type();
        let (enum_, read, answer) = (self.data_enum(), self.read(), self.answer());
        quote! {
            #doc
            #[derive(Clone, Copy, Debug)]
            pub struct #name<'b> {
                records: Records<'b>,
                #types
            }

            impl<'b> #name<'b> {
                /// The records in bytes that were read, as a 64-bit kernel of this machine
                /// writes them.
                pub const fn new(bytes: &'b [u8] #parameter) -> Self {
                    Self::new_as(bytes #field, Wire::HOST)
                }

                /// The records in bytes with another byte order or layout.
                pub const fn new_as(bytes: &'b [u8] #parameter, wire: Wire) -> Self {
                    Self { records: Records::new(bytes, wire) #field }
                }

                /// The bytes that have not been read yet.
                pub const fn rest(&self) -> &'b [u8] {
                    self.records.bytes
                }

                fn record(&mut self) -> Result<#item, RecordError> {
                    let wire = self.records.wire;
                    let size = uapi::#record::size(wire);
                    let bytes = self.records.head(size)?;
                    let record = uapi::#record::read(wire, bytes);
                    #read
                }

                #answer
            }

            impl<'b> Iterator for #name<'b> {
                type Item = Result<#item, RecordError>;

                fn next(&mut self) -> Option<Self::Item> {
                    (!self.records.bytes.is_empty()).then(|| self.record())
                }
            }

            impl core::iter::FusedIterator for #name<'_> {}

            #enum_
        }
    }

    /// The type of the number that the program has to say.
    fn outer_type(&self) -> Option<TokenStream> {
        match self.plan.types {
            Some((group, None)) => Some(number_type(self.abi, group)),
            _ => None,
        }
    }

    /// A record with its data.
    fn item_type(&self) -> TokenStream {
        let (record, data) = (&self.record, self.data_type());
        match (self.plan.has_data(), &self.plan.no_data) {
            (false, _) => quote!(uapi::#record),
            (true, None) => quote!((uapi::#record, #data)),
            (true, Some(_)) => quote!((uapi::#record, Option<#data>)),
        }
    }

    fn data_type(&self) -> TokenStream {
        let data = &self.data;
        match (&self.plan.types, &self.plan.length) {
            (None, _) => quote!(&'b [u8]),
            (Some(_), None) => quote!(#data),
            (Some(_), Some(_)) => quote!(#data<'b>),
        }
    }

    /// The bytes of a record that was written, if the program answers.
    fn answer(&self) -> Option<TokenStream> {
        let id = self.plan.answer?;
        let mut records = self.abi.protocol.records.iter();
        let size = decimal(records.find(|record| record.struct_ == id)?.size.kernel());
        let struct_ = ident(&self.abi.struct_(id).name);
        Some(quote! {
            /// The bytes of an answer, which a program writes to the descriptor.
            pub fn answer(answer: &uapi::#struct_) -> [u8; #size] {
                let mut bytes = [0; #size];
                answer.write(&mut |at, field| {
                    let place = bytes.iter_mut().skip(at as usize);
                    place.zip(field).for_each(|(byte, value)| *byte = *value);
                });
                bytes
            }
        })
    }

    /// The statements that take the data and return the record.
    fn read(&self) -> TokenStream {
        if !self.plan.has_data() {
            return quote! {
                self.records.take(size, 0)?;
                Ok(record)
            };
        }
        let (number, data) = (self.number(), self.take());
        let Some(RecordFlag { field, name: _, value }) = &self.plan.no_data else {
            return quote! {
                #number
                #data
                Ok((record, data))
            };
        };
        let (flags, flag) = (self.load(field), decimal(*value));
        quote! {
            if #flags & #flag != 0 {
                self.records.take(size, 0)?;
                return Ok((record, None));
            }
            #number
            #data
            Ok((record, Some(data)))
        }
    }

    /// The number of the type as `type_`.
    fn number(&self) -> TokenStream {
        match &self.plan.types {
            None => quote!(),
            Some((_, None)) => quote!(let type_ = self.type_;),
            Some((group, Some(field))) => {
                let (numbers, load) = (number_type(self.abi, *group), self.load(field));
                let int = super::tokens::int_type(self.abi.group(*group).int);
                let cast = (self.abi.group(*group).int.size() < 8).then(|| quote!(as #int));
                quote!(let type_ = #numbers(#load #cast);)
            }
        }
    }

    /// Takes the record, and makes `data`.
    fn take(&self) -> TokenStream {
        let name = &self.data;
        let Some((field, total)) = &self.plan.length else {
            if self.plan.types.is_none() {
                return quote!();
            }
            let arms = self.arms(|variant, struct_| match struct_ {
                Some(struct_) => quote! {{
                    let length = uapi::#struct_::size(wire).into();
                    let data = self.records.take(size, length)?;
                    #name::#variant(uapi::#struct_::read(wire, data))
                }},
                None => quote! {{
                    self.records.take(size, 0)?;
                    #name::#variant
                }},
            });
            return quote! {
                let data = match type_ {
                    #(#arms,)*
                    _ => {
                        let number = type_.0.into();
                        return Err(self.records.end(RecordErrorCause::UnknownType { number }));
                    }
                };
            };
        };
        let load = self.load(field);
        let length = match total {
            true => quote!(self.records.after(size, #load)?),
            false => load,
        };
        let typed = self.plan.types.is_some().then(|| {
            let arms = self.arms(|variant, struct_| match struct_ {
                Some(struct_) => quote!(#name::#variant(uapi::#struct_::read(wire, data))),
                None => quote!(#name::#variant),
            });
            quote! {
                let data = match type_ {
                    #(#arms,)*
                    _ => #name::Other(type_, data),
                };
            }
        });
        quote! {
            let length = #length;
            let data = self.records.take(size, length)?;
            #typed
        }
    }

    /// An arm of a match for each form, from its variant and the struct of its data.
    fn arms(&self, value: impl Fn(Ident, Option<Ident>) -> TokenStream) -> Vec<TokenStream> {
        let arm = |form: &DataForm| {
            let struct_ = form.struct_().map(|id| ident(&self.abi.struct_(id).name));
            let (number, value) = (constant(self.abi, form), value(variant(form), struct_));
            quote!(#number => #value)
        };
        self.plan.forms.iter().map(arm).collect()
    }

    /// An integer of the record.
    fn load(&self, field: &IntField) -> TokenStream {
        let (at, width) = (picked(field.offset, quote!(wire)), decimal(field.int.size()));
        quote!(wire.number(bytes, #at, #width).unwrap_or(0))
    }

    /// The enum of the data.
    fn data_enum(&self) -> Option<TokenStream> {
        let (group, _) = self.plan.types.as_ref()?;
        let name = &self.data;
        let doc = format!(" Data of a record of [`{}`].", self.name);
        let variants = self.plan.forms.iter().map(|form| {
            let (doc, variant) = (form_doc(self.abi, self.docs, form), variant(form));
            let body = form.struct_().map(|id| {
                let struct_ = ident(&self.abi.struct_(id).name);
                quote!((uapi::#struct_))
            });
            quote!(#doc #variant #body)
        });
        let numbers = number_type(self.abi, *group);
        let (lifetime, other) = match self.plan.length {
            None => (quote!(), quote!()),
            Some(_) => (
                quote!(<'b>),
                quote! {
                    /// Data of another type: its number, and their bytes.
                    Other(#numbers, &'b [u8])
                },
            ),
        };
        Some(quote! {
            #[doc = #doc]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            #[non_exhaustive]
            pub enum #name #lifetime {
                #(#variants,)*
                #other
            }
        })
    }
}
