//! Profiles: the reply rules of a host's handlers, as constants for servers.

use proc_macro2::TokenStream;
use quote::quote;

use super::format_name;
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::{Abi, Arg, Chain, Copied, Handler, Host, ReplyChain, Type};
use crate::names;
use crate::reply::{ArgszReply, Padding, Unset, WhenTooSmall};

/// The handlers of a host's ioctls that are offered as profiles.
pub(super) fn of<'a>(
    abi: &'a Abi,
    host: &'a Host,
) -> impl Iterator<Item = (&'a Handler, &'a ReplyChain, &'a str)> {
    let ioctls = abi.ioctls.iter().filter(|ioctl| ioctl.arg == Arg::Struct(host.struct_));
    let handlers = ioctls.flat_map(|ioctl| &ioctl.handlers);
    handlers.filter_map(|one| Some((one, one.chain.as_ref()?, one.profile.as_deref()?)))
}

/// The profiles of a host.
pub(super) fn items(abi: &Abi, chain: &Chain, host: &Host) -> TokenStream {
    let arrays: Vec<_> = arrays(abi, chain).collect();
    let items = of(abi, host)
        .map(|(handler, rules, name)| profile(abi, chain, host, (handler, rules, name), &arrays));
    quote!(#(#items)*)
}

fn profile(
    abi: &Abi,
    chain: &Chain,
    host: &Host,
    (handler, rules, name): (&Handler, &ReplyChain, &str),
    arrays: &[TokenStream],
) -> TokenStream {
    let struct_ = abi.struct_(host.struct_);
    let host_type = ident(&struct_.name);
    let doc = [" The rules of ", &handler.source, "."].concat();
    let constant = ident(&names::screaming(name));
    let format = format_name(&abi.cap_headers[chain.header]);
    let (ends, fitting) = match &handler.writes {
        Copied::Ends(ends) => (ends.iter().copied().map(decimal).collect(), 0),
        Copied::Fitting => (Vec::new(), struct_.layouts[0].size),
    };
    let fitting = decimal(fitting);
    let echo = handler.unset == Unset::Echo;
    let (at, align) = (decimal(rules.offset), decimal(rules.align));
    let keeps_padding = rules.padding == Padding::Echo;
    let tells_need = rules.argsz == ArgszReply::Always;
    let short = match rules.when_too_small {
        WhenTooSmall::OffsetZero => quote!(OffsetZero),
        WhenTooSmall::Partial => quote!(Partial),
        WhenTooSmall::FlagClear => quote!(FlagClear),
    };
    quote! {
        #[doc = #doc]
        pub static #constant: Profile<uapi::#host_type> = Profile {
            rules: Rules {
                host: &HOST,
                format: &#format,
                ends: &[#(#ends),*],
                fitting: #fitting,
                echo: #echo,
                at: #at,
                align: #align,
                keeps_padding: #keeps_padding,
                short: Short::#short,
                tells_need: #tells_need,
                arrays: &[#(#arrays),*],
            },
            host: PhantomData,
        };
    }
}

/// The arrays of a chain's capabilities: id, start and size of an element.
fn arrays<'a>(abi: &'a Abi, chain: &'a Chain) -> impl Iterator<Item = TokenStream> + use<'a> {
    abi.capabilities_of(chain).filter_map(|capability| {
        let struct_ = abi.struct_(capability.struct_?);
        let index = struct_.fields.len().checked_sub(1)?;
        let Type::Flexible(element, _) = &struct_.fields[index].type_ else {
            return None;
        };
        let each = match **element {
            Type::Struct(id) => abi.struct_(id).layouts[0].size,
            _ => 1,
        };
        let (id, start) = (decimal(capability.id), decimal(struct_.spans(index)[0].offset));
        let each = decimal(each);
        Some(quote!((#id, #start, #each)))
    })
}
