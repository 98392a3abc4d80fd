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

/// What a form is.
pub(super) fn form_doc(docs: &Docs<'_>, form: &DataForm) -> TokenStream {
    docs.paragraphs(&sentences(&form.doc))
}
