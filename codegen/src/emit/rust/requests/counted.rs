//! Views of replies that end in an array.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::element_type;
use crate::emit::rust::comment::Docs;
use crate::emit::rust::tokens::{decimal, ident};
use crate::emit::rust::views::fields::typed;
use crate::ir::requests::CountedReply;
use crate::ir::{Abi, Role, Type};
use crate::layout::Model;
use crate::names;

/// What the file of a view uses.
pub(super) fn imports() -> TokenStream {
    quote! {
        use crate::array::Array;
        use crate::counted::Counted;
        use crate::request::{Buffer, RequestError};
    }
}

/// The view: `PciHotResetInfo` of `vfio_pci_hot_reset_info`.
pub(super) fn reply(abi: &Abi, docs: &Docs<'_>, plan: &CountedReply) -> TokenStream {
    let struct_ = abi.struct_(plan.struct_);
    let bare = names::without_prefix(&abi.prefix, &struct_.name);
    let name = ident(&names::group_type(bare));
    let constant = ident(&names::screaming(bare));
    let [size, argsz, count] = [plan.size, plan.argsz, plan.count.0].map(decimal);
    let doc = docs.item(&struct_.meta);
    let ioctl = [" The results of `", &abi.ioctl(plan.ioctl).name, "`."].concat();
    let getters = struct_.fields.iter().enumerate().filter_map(|(index, field)| {
        let Type::Int(int) = field.type_ else { return None };
        if matches!(field.role, Role::Argsz | Role::Reserved) {
            return None;
        }
        let doc = docs.part(&field.meta, &struct_.meta);
        let (getter, width) = (ident(&field.name), decimal(int.size()));
        let at = decimal(struct_.layouts[Model::Lp64.index()].fields[index].offset);
        let number = quote!(Wire::HOST.number(self.bytes, #at, #width).unwrap_or(0));
        let (type_, value) = typed(abi, field, int, number);
        Some(quote! {
            #doc
            pub fn #getter(&self) -> #type_ {
                #value
            }
        })
    });
    let array = &struct_.fields[plan.array];
    let (array_name, array_doc) = (ident(&array.name), docs.part(&array.meta, &struct_.meta));
    let element = element_type(abi, plan.element);
    quote! {
        const #constant: Counted = Counted { size: #size, argsz: #argsz, count: #count };

        #doc
        ///
        #[doc = #ioctl]
        #[derive(Clone, Copy, Debug)]
        pub struct #name<'a> {
            bytes: &'a [u8],
        }

        impl<'a> #name<'a> {
            /// Reads the reply in a buffer.
            pub fn parse(buffer: &'a [u8]) -> Result<Self, ReplyError> {
                Ok(Self { bytes: #constant.parse(buffer)? })
            }

            /// Calls `call`, and again with a larger buffer if the elements did not fit and
            /// the buffer can grow. `call` finds the request in the buffer and puts the
            /// reply there. Before every call, the buffer is cleared and argsz is set.
            pub fn request<B: Buffer + ?Sized, E>(
                buffer: &'a mut B,
                call: impl FnMut(&mut [u8]) -> Result<(), E>,
            ) -> Result<Self, RequestError<E>> {
                #constant.request::<#element, B, E>(buffer, call)?;
                Self::parse(buffer.bytes()).map_err(RequestError::Reply)
            }

            /// The size of buffer that the full reply requires; none if that is more than
            /// argsz can say.
            pub fn required_size(&self) -> Option<u32> {
                #constant.required_size::<#element>(self.bytes)
            }

            #(#getters)*

            #array_doc
            ///
            /// Empty if they did not fit.
            pub fn #array_name(&self) -> Array<'a, #element> {
                Array::new(#constant.elements::<#element>(self.bytes), Wire::HOST)
            }
        }
    }
}
