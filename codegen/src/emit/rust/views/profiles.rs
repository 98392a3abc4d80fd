//! Profiles: the reply rules of a host's handlers, as constants for servers.

use proc_macro2::TokenStream;
use quote::quote;

use super::format_name;
use crate::emit::rust::tokens::{decimal, ident};
use crate::ir::Abi;
use crate::ir::protocol::{ChainPlan, HostPlan, ProfilePlan};
use crate::names;
use crate::reply::{ArgszReply, Padding, Unset, WhenTooSmall};

/// The profiles of a host.
pub(super) fn items(abi: &Abi, chain: &ChainPlan, host: &HostPlan) -> TokenStream {
    let items = chain.profiles.iter().map(|profile| item(abi, chain, host, profile));
    quote!(#(#items)*)
}

fn item(abi: &Abi, chain: &ChainPlan, host: &HostPlan, plan: &ProfilePlan) -> TokenStream {
    let host_type = ident(&abi.struct_(host.struct_).name);
    let (ioctl, handler) = plan.handler;
    let doc = [" The rules of ", &abi.ioctl(ioctl).handlers[handler].source, "."].concat();
    let constant = ident(&names::screaming(&plan.name));
    let format = format_name(&abi.cap_headers[chain.header]);
    let fixed_ends = plan.fixed_ends.iter().copied().map(decimal);
    let [minsz, fixed_size, first_cap, align] =
        [plan.minsz, plan.fixed_size, plan.first_cap, plan.align].map(decimal);
    let echo = plan.unset == Unset::Echo;
    let preserves_padding = plan.padding == Padding::Echo;
    let always_sets_argsz = plan.argsz == ArgszReply::Always;
    let when_too_small = match plan.when_too_small {
        WhenTooSmall::OffsetZero => quote!(OffsetZero),
        WhenTooSmall::Partial => quote!(Partial),
        WhenTooSmall::FlagClear => quote!(FlagClear),
        WhenTooSmall::OffsetSet => quote!(OffsetSet),
    };
    quote! {
        #[doc = #doc]
        pub static #constant: Profile<uapi::#host_type> = Profile {
            rules: Rules {
                host: &HOST,
                format: &#format,
                arrays: ARRAYS,
                minsz: #minsz,
                fixed_ends: &[#(#fixed_ends),*],
                fixed_size: #fixed_size,
                echo: #echo,
                first_cap: #first_cap,
                align: #align,
                when_too_small: WhenTooSmall::#when_too_small,
                preserves_padding: #preserves_padding,
                always_sets_argsz: #always_sets_argsz,
            },
            host: PhantomData,
        };
    }
}

/// The arrays of a chain's capabilities: id, offset and stride.
pub(super) fn arrays(abi: &Abi, chain: &ChainPlan) -> TokenStream {
    let plans = chain.capabilities.iter().map(|id| &abi.protocol.capabilities[id.0]);
    let arrays = plans.filter_map(|plan| {
        let array = plan.array.as_ref()?;
        let id = decimal(plan.id);
        let [offset, stride] = [array.offset, array.stride].map(|one| decimal(one.kernel()));
        Some(quote!((#id, #offset, #stride)))
    });
    quote! {
        /// The id of each capability that ends in an array, the offset of the array, and the size
        /// of an element.
        const ARRAYS: &[(u16, u32, u32)] = &[#(#arrays),*];
    }
}
