//! Views in a space whose layout depends on bits: the tables of their fields, and the views of
//! the elements of arrays.

use proc_macro2::TokenStream;
use quote::quote;

use super::bits;
use super::body::ChainBytes;
use super::capability::PlannedCap;
use crate::emit::rust::comment::Docs;
use crate::emit::rust::debug;
use crate::emit::rust::integers::typed;
use crate::emit::rust::tokens::{decimal, hex, ident, int_type};
use crate::ir::protocol::{
    ArrayPlan, BodyPlan, CapPlan, FixedArray, IntField, PartPlan, QuantityPlan,
};
use crate::ir::{Abi, BitsOf, Chain, Struct, StructId};
use crate::names;

/// The name of the view of an element.
pub(super) fn element_name(abi: &Abi, chain: &Chain, element: StructId) -> String {
    names::space_element(&abi.prefix, &chain.name, &abi.struct_(element).name)
}

/// The tables that the view of a capability reads its body by.
pub(super) fn tables(plan: &CapPlan) -> Option<TokenStream> {
    let body = (!plan.body.parts.is_empty()).then(|| body(&plan.body));
    let count = plan.array.as_ref().and_then(|array| array.counted);
    let count = count.map(|count| named(quote!(COUNT), &count));
    let each = plan.array.as_ref().and_then(|array| array.each);
    let each = each.map(|each| named(quote!(EACH), &each));
    let any = body.is_some() || count.is_some() || each.is_some();
    any.then(|| quote!(#body #count #each))
}

fn named(name: TokenStream, quantity: &QuantityPlan) -> TokenStream {
    let QuantityPlan { bits: place, plus, unit } = *quantity;
    let (place, plus, unit) = (bits(place), decimal(plus), decimal(unit));
    quote! {
        const #name: SpaceQuantity = SpaceQuantity { bits: #place, plus: #plus, unit: #unit };
    }
}

fn body(plan: &BodyPlan) -> TokenStream {
    let parts = plan.parts.iter().map(|part| {
        let (offset, size) = (decimal(part.offset), decimal(part.size));
        let conditions = part.conditions.iter().map(|condition| {
            let (of, place) = (bits_of(condition.of), bits(condition.bits));
            let numbers = condition.numbers.iter().map(|(first, last)| {
                let (first, last) = (hex(*first), hex(*last));
                quote!((#first, #last))
            });
            quote! {
                SpaceCondition { of: #of, bits: #place, numbers: &[#(#numbers),*] }
            }
        });
        quote!(SpacePart { offset: #offset, size: #size, conditions: &[#(#conditions),*] })
    });
    let (compact, end) = (plan.compact, decimal(plan.end));
    quote! {
        const BODY: SpaceBody =
            SpaceBody { parts: &[#(#parts),*], compact: #compact, end: #end };
    }
}

fn bits_of(of: BitsOf) -> TokenStream {
    match of {
        BitsOf::Body => quote!(SpaceBitsOf::Body),
        BitsOf::Start(_) => quote!(SpaceBitsOf::Start),
        BitsOf::Companion(..) => quote!(SpaceBitsOf::Companion),
    }
}

/// Where a field is in `cap`.
pub(super) fn place(plan: &BodyPlan, cap: &TokenStream, offset: u64) -> TokenStream {
    let at = decimal(offset);
    match plan.moves(offset) {
        true => quote!(#cap.place(&Self::BODY, #at)),
        false => quote!(#at),
    }
}

/// The number of elements of an array; none if it ends with the capability.
pub(super) fn count(plan: &BodyPlan, array: &ArrayPlan, cap: &TokenStream) -> Option<TokenStream> {
    let counted = match (&array.counted, &array.count) {
        (Some(_), _) => Some(quote!(#cap.quantity(&Self::COUNT))),
        (None, Some(count)) => Some(ChainBytes::Space.number(cap, count)),
        (None, None) => None,
    };
    match plan.part(array.field) {
        None => counted,
        Some(part) => {
            let at = decimal(part.offset);
            let counted = counted.unwrap_or_else(|| quote!(u64::MAX));
            Some(quote!(#cap.count(&Self::BODY, #at, #counted)))
        }
    }
}

/// The number of elements for a getter: a statement before it, and an expression.
pub(super) fn counted(plan: &BodyPlan, array: &ArrayPlan) -> (Option<TokenStream>, TokenStream) {
    match count(plan, array, &quote!(self.cap)) {
        None => (None, quote!(None)),
        Some(count) if array.counted.is_none() && plan.part(array.field).is_none() => {
            (None, quote!(Some(#count)))
        }
        Some(count) => (Some(quote!(let count = #count;)), quote!(Some(count))),
    }
}

/// The checks of a body besides the bytes that it has at least.
pub(super) fn checks(plan: &CapPlan) -> Option<TokenStream> {
    let cap = quote!(cap);
    let parts = (!plan.body.parts.is_empty()).then(|| quote!(cap.parts(&Self::BODY)));
    let array = plan.array.as_ref();
    let array =
        array.filter(|array| array.counted.is_some() || array.each.is_some() || parts.is_some());
    let array = array.and_then(|array| {
        let start = place(&plan.body, &cap, array.offset.kernel());
        let count = count(&plan.body, array, &cap)?;
        let all = match array.each {
            Some(_) => quote!(cap.elements(#start, #count, &Self::EACH)),
            None => {
                let stride = decimal(array.stride.kernel());
                quote!(cap.array(#start, #count, #stride))
            }
        };
        Some(match plan.body.part(array.field) {
            Some(part) => {
                let at = decimal(part.offset);
                quote!(cap.check_part(&Self::BODY, #at, #all))
            }
            None => all,
        })
    });
    match (parts, array) {
        (Some(parts), Some(array)) => Some(quote!(#parts?; #array)),
        (parts, array) => parts.or(array),
    }
}

/// The getter of a field that need not exist, or that others move.
pub(super) fn getter(
    docs: &Docs<'_>,
    abi: &Abi,
    struct_: &Struct,
    body: &BodyPlan,
    plan: &IntField,
) -> TokenStream {
    let field = &struct_.fields[plan.field];
    let doc = docs.part(&field.meta, &struct_.meta);
    let name = ident(&names::view_getter(&field.name));
    let (at, width) = (plan.offset.kernel(), decimal(plan.int.size()));
    match body.part(plan.field) {
        Some(part) if part.has_companion() => {
            let (type_, value) = typed(abi, field.group, plan.int, quote!(number));
            let at = decimal(at);
            let typed = (value.to_string() != "number").then(|| quote!(.map(|number| #value)));
            quote! {
                #doc
                #[inline]
                pub fn #name(&self) -> SpacePresence<#type_> {
                    self.cap.part_if(&Self::BODY, #at, #width) #typed
                }
            }
        }
        Some(_) => {
            let (type_, value) = typed(abi, field.group, plan.int, quote!(number));
            let at = decimal(at);
            quote! {
                #doc
                #[inline]
                pub fn #name(&self) -> Option<#type_> {
                    self.cap.part(&Self::BODY, #at, #width).map(|number| #value)
                }
            }
        }
        None => {
            let at = place(body, &quote!(self.cap), at);
            let number = quote!(self.cap.number(#at, #width));
            let (type_, value) = typed(abi, field.group, plan.int, number);
            quote!(#doc #[inline] pub fn #name(&self) -> #type_ { #value })
        }
    }
}

/// The getter of an array of fixed length.
pub(super) fn fixed_array(
    docs: &Docs<'_>,
    struct_: &Struct,
    body: &BodyPlan,
    plan: &FixedArray,
) -> TokenStream {
    let field = &struct_.fields[plan.first.field];
    let doc = docs.part(&field.meta, &struct_.meta);
    let (name, type_) = (ident(&names::view_getter(&field.name)), int_type(plan.first.int));
    let offset = plan.first.offset.kernel();
    let (at, each) = (place(body, &quote!(self.cap), offset), decimal(plan.first.int.size()));
    let count = decimal(plan.count);
    let numbers = match plan.first.int.size() {
        8 => quote!(self.cap.fixed(#at, #each)),
        _ => quote!(self.cap.fixed(#at, #each).map(|number| number as #type_)),
    };
    match body.part(plan.first.field) {
        Some(part) if part.has_companion() => {
            let offset = decimal(offset);
            quote! {
                #doc
                #[inline]
                pub fn #name(&self) -> SpacePresence<[#type_; #count]> {
                    self.cap.presence(&Self::BODY, #offset).map(|()| #numbers)
                }
            }
        }
        Some(_) => {
            let offset = decimal(offset);
            quote! {
                #doc
                #[inline]
                pub fn #name(&self) -> Option<[#type_; #count]> {
                    self.cap.has_part(&Self::BODY, #offset).then(|| #numbers)
                }
            }
        }
        None => {
            let value = (quote!([#type_; #count]), numbers);
            ChainBytes::Space.value(doc, &field.name, value, plan.first.version)
        }
    }
}

/// The getter of the structs after the body.
pub(super) fn structs(
    docs: &Docs<'_>,
    abi: &Abi,
    chain: &Chain,
    (struct_, plan): (&Struct, &CapPlan),
) -> Option<TokenStream> {
    let (array, element, _) = plan.elements()?;
    let field = &struct_.fields[array.field];
    let doc = docs.part(&field.meta, &struct_.meta);
    let name = ident(&names::view_getter(&field.name));
    let view = ident(&element_name(abi, chain, element));
    let cap = quote!(self.cap);
    let start = place(&plan.body, &cap, array.offset.kernel());
    let (before, count) = counted(&plan.body, array);
    let stride = match array.each {
        Some(_) => quote!(SpaceStride::Own(Self::EACH)),
        None => {
            let stride = decimal(array.stride.kernel());
            quote!(SpaceStride::Fixed(#stride))
        }
    };
    Some(quote! {
        #doc
        #[inline]
        pub fn #name(&self) -> SpaceItems<'a, S, #view<'a, S>> {
            #before
            self.cap.items(#start, #count, #stride)
        }
    })
}

/// The view of an element.
pub(super) fn element(
    docs: &Docs<'_>,
    abi: &Abi,
    chain: &Chain,
    (array, id, fields): (&ArrayPlan, StructId, &[IntField]),
) -> TokenStream {
    let struct_ = abi.struct_(id);
    let name = ident(&element_name(abi, chain, id));
    let doc = [
        " An element with the fields of [`",
        &struct_.name,
        "`](crate::uapi::",
        &struct_.name,
        ").",
    ];
    let doc = doc.concat();
    let body = (!array.body.parts.is_empty()).then(|| body(&array.body));
    let getters = fields.iter().map(|plan| match array.ends_before(plan) {
        false => getter(docs, abi, struct_, &array.body, plan),
        true => shortened(docs, abi, struct_, &array.body, plan),
    });
    let names = debug::integers(struct_, fields);
    let names = names.map(|(field, name)| (field, names::view_getter(&name)));
    let debug = debug::of_space_view(&name, names);
    quote! {
        #[doc = #doc]
        pub struct #name<'a, S: ?Sized = [u8]> {
            cap: SpaceCap<'a, S>,
        }

        space_element!(#name);

        #debug

        impl<S: Space + ?Sized> #name<'_, S> {
            #body
            #(#getters)*
        }
    }
}

/// The getter of a field after the end of the shortest element.
fn shortened(
    docs: &Docs<'_>,
    abi: &Abi,
    struct_: &Struct,
    body: &BodyPlan,
    plan: &IntField,
) -> TokenStream {
    let field = &struct_.fields[plan.field];
    let doc = docs.part(&field.meta, &struct_.meta);
    let name = ident(&names::view_getter(&field.name));
    let at = place(body, &quote!(self.cap), plan.offset.kernel());
    let width = decimal(plan.int.size());
    let (type_, value) = typed(abi, field.group, plan.int, quote!(number));
    quote! {
        #doc
        #[inline]
        pub fn #name(&self) -> Option<#type_> {
            self.cap.get(#at, #width).map(|number| #value)
        }
    }
}

/// Whether fields of a body exist by bits of a capability of another chain.
pub(super) fn has_companion(plan: &CapPlan) -> bool {
    plan.body.parts.iter().any(PartPlan::has_companion)
}

/// The imports for bodies whose layout depends on bits.
pub(super) fn imports(
    caps: &[PlannedCap<'_>],
    elements: &[(&ArrayPlan, StructId, &[IntField])],
) -> Option<TokenStream> {
    let parts = caps.iter().any(|cap| !cap.plan.body.parts.is_empty())
        || elements.iter().any(|(array, ..)| !array.body.parts.is_empty());
    let arrays = caps.iter().filter_map(|cap| cap.plan.array.as_ref());
    let quantities = arrays.clone().any(|array| array.counted.is_some() || array.each.is_some());
    let mut names = Vec::new();
    if parts {
        names.extend(["SpaceBody", "SpaceCondition", "SpaceBitsOf"]);
    }
    if !elements.is_empty() {
        names.push("SpaceItems");
    }
    if parts {
        names.push("SpacePart");
    }
    if caps.iter().any(|cap| has_companion(cap.plan)) {
        names.push("SpacePresence");
    }
    if quantities {
        names.push("SpaceQuantity");
    }
    if !elements.is_empty() {
        names.extend(["SpaceStride", "space_element"]);
    }
    let names = names.into_iter().map(ident);
    let names: Vec<_> = names.collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(quote!(use crate::space_body::#one;)),
        _ => Some(quote!(use crate::space_body::{#(#names),*};)),
    }
}
