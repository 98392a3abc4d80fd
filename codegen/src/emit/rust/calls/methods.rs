//! The methods of a kind of file descriptor.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::arguments::MethodArgument;
use crate::emit::rust::comment::Docs;
use crate::emit::rust::integers::typed;
use crate::emit::rust::requests::{type_name, types};
use crate::emit::rust::tokens::ident;
use crate::emit::rust::views::host_name;
use crate::emit::sentence::sentences;
use crate::ir::protocol::HostPlan;
use crate::ir::requests::{CountedReply, FailedReply, Hazard, RequestPlan, Returns};
use crate::ir::{Abi, Arg, Field, Ioctl, IoctlId, NewFd};
use crate::layout::Int;
use crate::names;

/// A method for each ioctl of a kind, or for each of its requests.
pub(super) fn of_kind(abi: &Abi, docs: &Docs<'_>, kind: usize) -> Vec<TokenStream> {
    let mut methods = Vec::new();
    for (index, ioctl) in abi.ioctls.iter().enumerate() {
        if ioctl.fd != kind {
            continue;
        }
        let id = IoctlId(index);
        let method = Method { abi, docs, ioctl, name: ident(&abi.protocol.names[index]) };
        methods.extend(match ioctl.arg {
            Arg::Struct(struct_) => abi.protocol.host(struct_).map(|host| method.host(host)),
            _ => Some(method.plain()),
        });
        let counted = abi.protocol.counted.iter().filter(|plan| plan.ioctl == id);
        methods.extend(counted.map(|plan| method.counted(plan)));
        let requests = abi.protocol.requests_of(id);
        methods.extend(requests.iter().map(|plan| method.request(plan)));
    }
    methods
}

struct Method<'a> {
    abi: &'a Abi,
    docs: &'a Docs<'a>,
    ioctl: &'a Ioctl,
    name: Ident,
}

impl Method<'_> {
    /// A call whose argument is no struct.
    fn plain(&self) -> TokenStream {
        let doc = self.docs.paragraphs(&self.ioctl.meta.doc);
        let (method, constant) = (&self.name, &self.ioctl.name);
        let number = ident(constant);
        let (parameter, prepare, argument) = match self.ioctl.arg {
            Arg::None | Arg::Struct(_) => (quote!(), quote!(), quote!(core::ptr::null_mut())),
            Arg::Int => (quote!(, value: u32), quote!(), quote!(value as usize as *mut c_void)),
            Arg::Fd => (
                quote!(, fd: impl AsFd),
                quote!(let mut fd: c_int = fd.as_fd().as_raw_fd();),
                quote!((&raw mut fd).cast()),
            ),
            Arg::U32 => (
                quote!(, value: u32),
                quote!(let mut value = value;),
                quote!((&raw mut value).cast()),
            ),
            Arg::Text => (quote!(, text: &CStr), quote!(), quote!(text.as_ptr().cast_mut().cast())),
        };
        let returns = self.ioctl.result();
        let (type_, value) = self.result(returns);
        let owned = new_fd(returns);
        let bound = match returns {
            Returns::Nothing => quote!(),
            Returns::Number | Returns::Fd(_) => quote!(let result =),
        };
        quote! {
            #doc
            pub fn #method(&self #parameter) -> Result<#type_, CallError> {
                let ioctl = (#constant, uapi::#number);
                #prepare
                let argument = #argument;
                safety!("the descriptor has this ioctl, and the argument is of its type");
                #bound unsafe { raw(self.as_fd(), ioctl, argument) }?;
                #owned
                Ok(#value)
            }
        }
    }

    /// The type of a result, and its value made of `result`.
    fn result(&self, returns: Returns) -> (TokenStream, TokenStream) {
        match returns {
            Returns::Nothing => (quote!(()), quote!(())),
            Returns::Number => (quote!(u32), quote!(result as u32)),
            Returns::Fd(NewFd::Other) => {
                (quote!(OwnedFd), quote!(unsafe { OwnedFd::from_raw_fd(result) }))
            }
            Returns::Fd(NewFd::Kind(kind)) => {
                let kind = ident(&names::rust_type(&self.abi.fds[kind].name));
                let value = quote!(unsafe { #kind(OwnedFd::from_raw_fd(result)) });
                (quote!(#kind<OwnedFd>), value)
            }
        }
    }

    /// What the ioctl does, and what the method does if the buffer is too small.
    fn growing_doc(&self) -> TokenStream {
        let mut doc = self.ioctl.meta.doc.to_vec();
        doc.push(
            "If the reply does not fit, this method calls again with a buffer that has grown. If \
             the buffer cannot grow, the error is `CallErrorCause::Short`, with the size that the \
             reply requires."
                .to_owned(),
        );
        self.docs.paragraphs(&doc)
    }

    /// A call whose reply has a chain.
    fn host(&self, host: &HostPlan) -> TokenStream {
        let doc = self.growing_doc();
        let (method, constant) = (&self.name, &self.ioctl.name);
        let number = ident(constant);
        let view = ident(&host_name(self.abi, host));
        let struct_ = self.abi.struct_(host.struct_);
        let inputs = host.inputs.iter().filter_map(|input| {
            let field = &struct_.fields[input.field];
            let type_ = typed(self.abi, field.group, input.int?, quote!()).0;
            Some((ident(&field.name), type_))
        });
        let (inputs, types): (Vec<_>, Vec<_>) = inputs.unzip();
        quote! {
            #doc
            pub fn #method<'b, B: Buffer + ?Sized>(
                &self,
                buffer: &'b mut B,
                #(#inputs: #types),*
            ) -> Result<views::#view<'b>, CallError> {
                let ioctl = (#constant, uapi::#number);
                let call = |bytes: &mut [u8]| {
                    safety!("the descriptor has this ioctl, and argsz is set");
                    unsafe { call_buffer(self.as_fd(), ioctl, bytes) }
                };
                let reply = views::#view::request(buffer, #(#inputs,)* call);
                reply.map_err(|error| CallError::of_request(ioctl, error))
            }
        }
    }

    /// A call whose reply ends in an array.
    fn counted(&self, plan: &CountedReply) -> TokenStream {
        let doc = self.growing_doc();
        let (method, constant) = (&self.name, &self.ioctl.name);
        let number = ident(constant);
        let struct_ = &self.abi.struct_(plan.struct_).name;
        let view = ident(&names::reply_view(&self.abi.prefix, struct_));
        quote! {
            #doc
            pub fn #method<'b, B: Buffer + ?Sized>(
                &self,
                buffer: &'b mut B,
            ) -> Result<requests::#view<'b>, CallError> {
                let ioctl = (#constant, uapi::#number);
                let call = |bytes: &mut [u8]| {
                    safety!("the descriptor has this ioctl, and argsz is set");
                    unsafe { call_buffer(self.as_fd(), ioctl, bytes) }?;
                    Ok(())
                };
                let reply = requests::#view::request(buffer, call);
                reply.map_err(|error| CallError::of_request(ioctl, error))
            }
        }
    }

    /// The call of a request; a second method takes the request with its optional values.
    fn request(&self, plan: &RequestPlan) -> TokenStream {
        let (name, request) = (ident(&plan.name), type_name(plan));
        let argument = |input| MethodArgument::new(self.abi, input);
        let inputs: Vec<_> = types::taken_by_new(plan).map(argument).collect();
        let parameters = parameters(&inputs);
        let prepare = inputs.iter().map(|input| &input.prepare);
        let values = inputs.iter().map(|input| &input.value);
        let new = quote! {
            #(#prepare)*
            let request = requests::#request::new(#(#values),*);
        };
        let plain = self.request_method(plan, &name, parameters, new);
        let optional = plan.inputs.len() > inputs.len();
        let whole = optional.then(|| {
            let name = ident(&names::call_with(&plan.name));
            let lifetime = plan.borrows().then(|| quote!(<'_>));
            // The numbers in the request could be those of files that are closed.
            let fds: Vec<_> = plan
                .inputs
                .iter()
                .filter(|input| input.descriptor().is_some())
                .map(argument)
                .collect();
            let parameters = self::parameters(&fds);
            let parameters = quote!(#parameters, request: requests::#request #lifetime);
            let set = fds.iter().map(|MethodArgument { name, prepare, value, .. }| {
                quote!(#prepare request.#name = #value;)
            });
            let prepare = match fds.is_empty() {
                true => quote!(),
                false => quote!(let mut request = request; #(#set)*),
            };
            self.request_method(plan, &name, parameters, prepare)
        });
        quote!(#plain #whole)
    }

    /// A method that calls `request`, which is a parameter or made by `prepare`.
    fn request_method(
        &self,
        plan: &RequestPlan,
        name: &Ident,
        parameters: TokenStream,
        prepare: TokenStream,
    ) -> TokenStream {
        let mut doc = self.request_doc(plan);
        doc.extend(plan.failed_reply.as_ref().map(failed_doc));
        let doc = self.docs.paragraphs(&doc);
        let new = self.fd_field(plan);
        let reads = plan.reply.map(|reply| {
            let name = ident(&self.abi.struct_(reply.struct_).name);
            quote!(uapi::#name)
        });
        let (result_type, result) = self.result(plan.returns);
        let (type_, value_of, bound) = match (&reads, plan.returns, &new) {
            (Some(reply), Returns::Nothing, None) => {
                (reply.clone(), quote!(reply), quote!(let (_, reply) =))
            }
            (Some(reply), Returns::Nothing, Some(new)) => {
                let (type_, field, kind) = (&new.type_, &new.value, &new.kind);
                (
                    quote!((#reply, Option<#type_>)),
                    quote!({ let fd = owned(#field) #kind; (reply, fd) }),
                    quote!(let (_, reply) =),
                )
            }
            (None, Returns::Nothing, _) => (quote!(()), quote!(()), quote!()),
            (Some(reply), ..) => (
                quote!((#result_type, #reply)),
                quote!((#result, reply)),
                quote!(let (result, reply) =),
            ),
            (None, ..) => (result_type, result, quote!(let (result, ()) =)),
        };
        let owned = new_fd(plan.returns);
        let own = match reads {
            Some(_) => quote!(|reply| reply.to_struct()),
            None => quote!(|()| ()),
        };
        let (call, error) = match &plan.failed_reply {
            Some(failed) => {
                let replies = replies(failed);
                let call = quote!(request_or_reply(self.as_fd(), request, #own, #replies));
                (call, quote!(FailedCall<#reads>))
            }
            None => (quote!(call_request(self.as_fd(), request, #own)), quote!(CallError)),
        };
        match &plan.hazard {
            Some(hazard) => {
                let contract = self.docs.paragraphs(&contract(hazard));
                quote! {
                    #doc
                    ///
                    /// # Safety
                    ///
                    #contract
                    pub unsafe fn #name(&self #parameters) -> Result<#type_, #error> {
                        #prepare
                        safety!("the caller guarantees what the ioctl needs");
                        #bound unsafe { #call }?;
                        #owned
                        Ok(#value_of)
                    }
                }
            }
            None => quote! {
                #doc
                pub fn #name(&self #parameters) -> Result<#type_, #error> {
                    #prepare
                    safety!("the ioctl accesses only memory that the request borrows");
                    #bound unsafe { #call }?;
                    #owned
                    Ok(#value_of)
                }
            },
        }
    }

    /// What the ioctl does, or what the id or the flag of the request says.
    fn request_doc(&self, plan: &RequestPlan) -> Vec<String> {
        match plan.doc.is_empty() {
            true => self.ioctl.meta.doc.to_vec(),
            false => sentences(&plan.doc),
        }
    }

    /// The field of the results that is a new file descriptor.
    fn fd_field(&self, plan: &RequestPlan) -> Option<FdField> {
        let fields = &self.abi.struct_(plan.reply?.struct_).fields;
        let new = plan.new_fds.first()?;
        Some(self.new_fd(&fields[new.field], new.int))
    }

    fn new_fd(&self, field: &Field, int: Int) -> FdField {
        let name = ident(&field.name);
        let (type_, kind) = match field.returns_fd {
            Some(NewFd::Kind(kind)) => {
                let kind = ident(&names::rust_type(&self.abi.fds[kind].name));
                (quote!(#kind<OwnedFd>), quote!(.map(#kind)))
            }
            Some(NewFd::Other) | None => (quote!(OwnedFd), quote!()),
        };
        let value = match int.signed() {
            true => quote!(reply.#name),
            false => quote!(reply.#name as c_int),
        };
        FdField { value, type_, kind }
    }
}

/// Inputs as parameters after another one.
fn parameters(inputs: &[MethodArgument]) -> TokenStream {
    let (names, types) = (inputs.iter().map(|one| &one.name), inputs.iter().map(|one| &one.type_));
    quote!(#(, #names: #types)*)
}

/// A field of the results that is a new file descriptor.
struct FdField {
    /// Its number.
    value: TokenStream,
    /// The type of what owns it.
    type_: TokenStream,
    /// What makes this type of an `Option<OwnedFd>`.
    kind: TokenStream,
}

/// The reason why a result can be owned, if it is a file descriptor.
fn new_fd(returns: Returns) -> TokenStream {
    match returns {
        Returns::Fd(_) => quote!(safety!("the kernel has made the descriptor for this call");),
        Returns::Nothing | Returns::Number => quote!(),
    }
}

/// Whether the kernel writes the results with an error.
fn replies(failed: &FailedReply) -> TokenStream {
    let (FailedReply::Only(errors) | FailedReply::AllBut(errors)) = failed;
    let errors = errors.iter().map(|name| ident(names::rust_error(name).unwrap_or(name)));
    let listed = quote!(matches!(errno, #(Errno::#errors)|*));
    match failed {
        FailedReply::Only(_) => quote!(|errno| #listed),
        FailedReply::AllBut(_) => quote!(|errno| !#listed),
    }
}

fn failed_doc(failed: &FailedReply) -> String {
    let after = match failed {
        FailedReply::Only(_) => "After",
        FailedReply::AllBut(_) => "After every error but",
    };
    format!("{after} {} the error has the reply, too.", failed.list())
}

fn contract(hazard: &Hazard) -> Vec<String> {
    let text = match hazard {
        Hazard::Lasting => {
            "The memory at the address stays valid as long as the kernel or a device can access \
             it, and nothing relies on its contents in that time."
        }
        Hazard::Elsewhere(until) => {
            let mut contract = sentences(until);
            contract.push(
                "Until then the memory stays valid, and nothing relies on its contents.".to_owned(),
            );
            return contract;
        }
        Hazard::UnknownLength => {
            "The memory is as long as the kernel assumes, which the request does not carry."
        }
    };
    vec![text.to_owned()]
}
