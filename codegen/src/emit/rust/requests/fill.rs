//! The code that writes a request, and that reads its results.

use proc_macro2::TokenStream;
use quote::quote;

use super::typed_data::{self, put_length};
use super::{results, type_name};
use crate::emit::rust::tokens::{decimal, hex, ident, int_type};
use crate::ir::Abi;
use crate::ir::requests::{
    FixedFlags, InlineCount, InputKind, MemoryLength, RequestElement, RequestInput, RequestPlan,
    TypedLength,
};
use crate::layout::Int;
use crate::reply::Direction;

/// Whether a request has a bitmap whose size is checked.
pub(super) fn has_bitmap(plan: &RequestPlan) -> bool {
    plan.inputs.iter().any(|input| {
        matches!(input.kind, InputKind::Memory { length: MemoryLength::Bits { .. }, .. })
    })
}

/// Whether a request has a number whose bits are checked.
pub(super) fn has_checked_bits(plan: &RequestPlan) -> bool {
    plan.inputs.iter().any(|input| input.foreign != 0)
}

/// Whether a request has data that are passed as far as they are not zero.
pub(super) fn has_used_size(plan: &RequestPlan) -> bool {
    typed_data::of_request(plan)
        .is_some_and(|data| data.is_trimmed() && data.forms.iter().any(|form| form.body.is_some()))
}

/// Whether a request has elements of a size that the caller chooses.
pub(super) fn has_elements(plan: &RequestPlan) -> bool {
    typed_data::of_request(plan)
        .is_some_and(|data| matches!(data.length, TypedLength::Strided { .. }))
}

/// Whether a request has a number whose type is wider than its field.
pub(super) fn has_narrowed(abi: &Abi, plan: &RequestPlan) -> bool {
    plan.inputs.iter().any(|input| match input.kind {
        InputKind::Number { int, group: Some(id), .. } => abi.group(id).int.size() > int.size(),
        _ => false,
    })
}

/// The implementation of `Request`.
pub(super) fn implementation(abi: &Abi, plan: &RequestPlan) -> TokenStream {
    let name = type_name(plan);
    let lifetime = plan.borrows().then(|| quote!(<'_>));
    let ioctl = ident(&abi.ioctl(plan.ioctl).name);
    let text = &abi.ioctl(plan.ioctl).name;
    let size = size(plan);
    let argsz = plan.argsz.map(|at| {
        let at = decimal(at);
        quote!(argument.put_argsz(#at)?;)
    });
    let fixed = plan.fixed.map(flags);
    let new_fds = plan.new_fds.iter().map(|new| {
        let (at, type_) = (decimal(new.offset), int_type(new.int));
        quote!(argument.put(#at, &#type_::to_ne_bytes(!0));)
    });
    let inputs = plan.inputs.iter().map(|input| fill(abi, plan, input));
    let (reply, argument, read) = match results::of_request(abi, plan) {
        Some(results) => {
            let view = results::type_name(results);
            (quote!(#view<'a>), quote!(argument), quote!(#view::parse(argument)))
        }
        None => (quote!(()), quote!(_), quote!(Ok(()))),
    };
    quote! {
        impl Request for #name #lifetime {
            const IOCTL: u32 = uapi::#ioctl;
            const NAME: &'static str = #text;
            type Reply<'a> = #reply;

            fn size(&self) -> usize {
                #size
            }

            fn fill(&mut self, argument: &mut Argument<'_>) -> Result<(), ArgumentError> {
                #argsz
                #fixed
                #(#new_fds)*
                #(#inputs)*
                Ok(())
            }

            fn reply(#argument: &[u8]) -> Result<Self::Reply<'_>, ReplyError> {
                #read
            }
        }
    }
}

/// The size of the argument; elements of a slice are not part of the planned size.
fn size(plan: &RequestPlan) -> TokenStream {
    let fixed = decimal(plan.size);
    let slice = plan.inputs.iter().find_map(|input| match input.kind {
        InputKind::Inline { element, count, .. } if count.is_any() => Some((input, element)),
        _ => None,
    });
    match slice {
        Some((input, element)) => {
            let (name, size) = (ident(&input.name), decimal(element.size()));
            quote!(self.#name.len().saturating_mul(#size).saturating_add(#fixed))
        }
        None => quote!(#fixed),
    }
}

fn flags(fixed: FixedFlags) -> TokenStream {
    let (at, int) = (decimal(fixed.offset), int_type(fixed.int));
    let value = format!("{:#x}_{int}", fixed.value);
    let value: TokenStream = value.parse().expect("a number with its type is a literal");
    quote!(argument.put(#at, &#value.to_ne_bytes());)
}

/// The code that puts an input.
fn fill(abi: &Abi, plan: &RequestPlan, input: &RequestInput) -> TokenStream {
    let name = ident(&input.name);
    match input.present {
        Some(present) => {
            let flag = flags(present);
            let put = put(abi, plan, input, (&quote!(#name), &quote!(*#name)));
            let by = match input.kind {
                InputKind::Memory { direction, .. } if direction.is_written() => quote!(&mut),
                _ => quote!(&),
            };
            quote! {
                if let Some(#name) = #by self.#name {
                    #flag
                    #put
                }
            }
        }
        None => put(abi, plan, input, (&quote!(self.#name), &quote!(self.#name))),
    }
}

/// `place` is the input, `value` its value if it is a number.
fn put(
    abi: &Abi,
    plan: &RequestPlan,
    input: &RequestInput,
    (place, value): (&TokenStream, &TokenStream),
) -> TokenStream {
    match &input.kind {
        InputKind::Number { offset, int, group } => {
            let at = decimal(*offset);
            let number = group.map_or_else(|| place.clone(), |_| quote!(#place.0));
            let foreign = input.foreign & (u64::MAX >> (64 - 8 * int.size()));
            let check = (foreign != 0).then(|| {
                let foreign = hex(foreign);
                quote!(check_bits(u64::from(#number), #foreign)?;)
            });
            let bytes = match group.is_some_and(|id| abi.group(id).int.size() > int.size()) {
                true => {
                    let int = int_type(*int);
                    quote!(narrowed::<#int, _>(#number)?)
                }
                false => number,
            };
            quote!(#check argument.put(#at, &#bytes.to_ne_bytes());)
        }
        InputKind::Choice { offset, int, .. } => {
            let (at, int) = (decimal(*offset), int_type(*int));
            quote!(argument.put(#at, &(#value as #int).to_ne_bytes());)
        }
        InputKind::Struct { offset, .. } => {
            let at = decimal(*offset);
            quote!(argument.put_elements(#at, 0, &[#value]);)
        }
        InputKind::Inline { offset, element, count } => {
            let (at, size) = (decimal(*offset), decimal(element.size()));
            match count {
                InlineCount::Fixed(1) => quote!(argument.put_elements(#at, 0, &[#value]);),
                InlineCount::Fixed(_) => quote!(argument.put_elements(#at, #size, &#place);),
                InlineCount::ToEnd => quote!(argument.put_elements(#at, #size, #place);),
                InlineCount::Field(count) => {
                    let count = put_length(*count, quote!(#place.len()));
                    quote!(#count argument.put_elements(#at, #size, #place);)
                }
            }
        }
        InputKind::Typed(data) => typed_data::fill(abi, data, place),
        InputKind::Memory { address, direction, element, length } => {
            let pointer = match direction {
                Direction::In => quote!(#place.as_ptr()),
                _ => quote!(#place.as_mut_ptr()),
            };
            let bytes = match element {
                RequestElement::Int(Int::U8 | Int::S8) => quote!(#place.len()),
                _ => quote!(size_of_val(&*#place)),
            };
            let length = match length {
                MemoryLength::Fixed(_) | MemoryLength::Unknown => quote!(),
                MemoryLength::Elements(at) => put_length(*at, quote!(#place.len())),
                MemoryLength::Bytes(at) => put_length(*at, bytes),
                MemoryLength::Bits { range, page, bytes: field } => {
                    let [range, page] = [range, page].map(|one| by_offset(plan, one.offset));
                    let length = field.map(|at| put_length(at, bytes.clone()));
                    quote!(check_bitmap(#bytes, #range, #page)?; #length)
                }
            };
            let at = decimal(*address);
            quote!(#length argument.put_u64(#at, #pointer as usize);)
        }
    }
}

/// The input at an offset.
fn by_offset(plan: &RequestPlan, at: u64) -> TokenStream {
    let input = plan.inputs.iter().find(|input| input.is_number_at(at));
    let is_wide = |input: &&RequestInput| matches!(input.kind, InputKind::Number { int, .. } if int.size() == 8);
    let wide = input.is_some_and(|input| is_wide(&input));
    let name = input.map(|input| ident(&input.name));
    if wide { quote!(self.#name) } else { quote!(u64::from(self.#name)) }
}
