//! Marks functions whose result is all that they give, so that a call without a use of the result
//! is a warning: `info.with(..)` changes nothing but what it returns.

use syn::{ImplItem, Item, ReturnType, Signature, Type, Visibility};

/// Marks the public functions of an item.
pub(super) fn mark(item: &mut Item) {
    match item {
        Item::Fn(function) if is_public(&function.vis) && wants(&function.sig) => {
            function.attrs.push(syn::parse_quote!(#[must_use]));
        }
        Item::Impl(block) if block.trait_.is_none() => {
            for item in &mut block.items {
                let ImplItem::Fn(function) = item else { continue };
                if is_public(&function.vis) && wants(&function.sig) {
                    function.attrs.push(syn::parse_quote!(#[must_use]));
                }
            }
        }
        _ => {}
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whether a function returns something of a type that is not marked itself, as `Result` and
/// iterators are.
fn wants(signature: &Signature) -> bool {
    match &signature.output {
        ReturnType::Default => false,
        ReturnType::Type(_, type_) => match &**type_ {
            Type::ImplTrait(_) => false,
            Type::Path(path) => path.path.segments.last().is_none_or(|last| last.ident != "Result"),
            _ => true,
        },
    }
}
