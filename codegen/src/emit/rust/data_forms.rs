//! The forms of data whose type a number determines, in requests and in records.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::comment::Docs;
use super::tokens::ident;
use crate::emit::sentence::sentences;
use crate::ir::requests::DataForm;
use crate::ir::{Abi, GroupId};
use crate::names;

/// The type of the numbers.
pub(super) fn number_type(abi: &Abi, group: GroupId) -> TokenStream {
    let name = ident(abi.group(group).rust.as_deref().unwrap_or_default());
    quote!(uapi::#name)
}

/// The variant of a form in the enum of its data.
pub(super) fn variant(form: &DataForm) -> Ident {
    ident(&names::rust_type(&form.short))
}

/// The number of a form as a constant of its type.
pub(super) fn constant(abi: &Abi, form: &DataForm) -> TokenStream {
    let (type_, short) = (number_type(abi, form.number.0), ident(&form.value(abi).short));
    quote!(#type_::#short)
}

/// What a form is.
pub(super) fn form_doc(abi: &Abi, docs: &Docs<'_>, form: &DataForm) -> TokenStream {
    docs.paragraphs(&sentences(&form.value(abi).meta.doc))
}
