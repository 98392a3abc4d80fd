//! Examples of ioctls: each calls the method of the descriptor.

use super::{compact, fallible, signature, stem};
use crate::emit::example::Example;
use crate::emit::rust::calls::arguments::MethodArgument;
use crate::emit::rust::requests::types::taken_by_new;
use crate::emit::rust::tokens::{ident, int_type};
use crate::ir::protocol::HostPlan;
use crate::ir::requests::{Hazard, RequestPlan, Returns};
use crate::ir::{Abi, Arg, Ioctl, IoctlId};
use crate::names;

/// A call of one method.
struct Call {
    /// The parameters of the function, with the arguments of the method that they are.
    inputs: Vec<(String, String)>,
    /// Whether the method takes a buffer, which it enlarges.
    buffer: bool,
    /// Why it is unsafe, if it is.
    safety: Option<&'static str>,
    /// Whether it returns a value.
    returns: bool,
    /// Statements with the result, if it is not only printed.
    then: Vec<String>,
}

/// The example of an ioctl.
pub(super) fn ioctl(abi: &Abi, id: IoctlId) -> Example {
    let (ioctl, name) = (abi.ioctl(id), &abi.protocol.names[id.0]);
    let host = match ioctl.arg {
        Arg::Struct(struct_) => abi.protocol.host(struct_),
        _ => None,
    };
    match (host, abi.protocol.requests_of(id).first()) {
        (Some(host), _) => example(abi, ioctl, name, &chain(abi, host)),
        (None, Some(plan)) => example(abi, ioctl, &plan.name, &request(abi, plan)),
        (None, None) => example(abi, ioctl, name, &plain(ioctl)),
    }
}

/// A call whose reply has a chain.
fn chain(abi: &Abi, host: &HostPlan) -> Call {
    let struct_ = abi.struct_(host.struct_);
    let inputs = host.inputs.iter().filter_map(|input| {
        let field = &struct_.fields[input.field];
        let type_ = match field.group.and_then(|id| abi.group(id).rust.as_deref()) {
            Some(group) => format!("uapi::{group}"),
            None => int_type(input.int?).to_string(),
        };
        let name = ident(&field.name).to_string();
        Some((format!("{name}: {type_}"), name))
    });
    let walk = ["for cap in result.caps() {", "    println!(\"{:?}\", cap?);", "}"];
    Call {
        inputs: inputs.collect(),
        buffer: true,
        safety: None,
        returns: true,
        then: walk.map(str::to_owned).to_vec(),
    }
}

/// A call with an argument that is no struct, or whose reply ends in an array.
fn plain(ioctl: &Ioctl) -> Call {
    let input = |parameter: &str, argument: &str| vec![(parameter.to_owned(), argument.to_owned())];
    let inputs = match ioctl.arg {
        Arg::None | Arg::Struct(_) => Vec::new(),
        Arg::Int | Arg::U32 => input("value: u32", "value"),
        Arg::Fd => input("other: std::os::fd::BorrowedFd<'_>", "other"),
        Arg::Text => input("text: &std::ffi::CStr", "text"),
    };
    let counted = matches!(ioctl.arg, Arg::Struct(_));
    let returns = counted || ioctl.result() != Returns::Nothing;
    Call { inputs, buffer: counted, safety: None, returns, then: Vec::new() }
}

/// The call of a request.
fn request(abi: &Abi, plan: &RequestPlan) -> Call {
    let inputs = taken_by_new(plan).map(|input| {
        let argument = MethodArgument::new(abi, input);
        let type_ = compact(&argument.type_)
            .replace("impl AsFd", "impl rustix::fd::AsFd")
            .replace("BorrowedFd", "rustix::fd::BorrowedFd");
        let name = argument.name.to_string();
        (format!("{name}: {type_}"), name)
    });
    Call {
        inputs: inputs.collect(),
        buffer: false,
        safety: plan.hazard.as_ref().map(|hazard| match hazard {
            Hazard::Lasting => "the memory stays valid as long as the kernel uses it.",
            Hazard::Elsewhere(_) => "the memory that is meant stays valid as long as it is used.",
            Hazard::UnknownLength => "the memory is as long as the kernel expects.",
        }),
        returns: plan.reply.is_some() || plan.returns != Returns::Nothing,
        then: Vec::new(),
    }
}

fn example(abi: &Abi, ioctl: &Ioctl, method: &str, call: &Call) -> Example {
    let fd = &abi.fds[ioctl.fd].name;
    let (kind, fd, stem) = (names::rust_type(fd), ident(fd), stem(abi));
    let parameters = [format!("{fd}: &{kind}<impl rustix::fd::AsFd>")].into_iter();
    let parameters = parameters.chain(call.inputs.iter().map(|(parameter, _)| parameter.clone()));
    let parameters: Vec<_> = parameters.collect();
    let used = |module: &str| {
        let module = [module, "::"].concat();
        parameters.iter().any(|parameter| parameter.contains(&module))
    };
    let modules: Vec<_> = ["requests", "uapi"].into_iter().filter(|module| used(module)).collect();
    let mut uses = vec![format!("use {stem}::calls::{kind};")];
    uses.extend(match &modules[..] {
        [] => None,
        [one] => Some(format!("use {stem}::{one};")),
        all => Some(format!("use {stem}::{{{}}};", all.join(", "))),
    });
    let buffer = call.buffer.then(|| "&mut buffer".to_owned());
    let arguments = buffer.into_iter().chain(call.inputs.iter().map(|(_, name)| name.clone()));
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    let mut expression = format!("{fd}.{}({arguments})", ident(method));
    if call.safety.is_some() {
        expression = format!("unsafe {{ {expression} }}");
    }
    let mut statements = Vec::new();
    statements.extend(call.buffer.then(|| "let mut buffer = Vec::new();".to_owned()));
    statements.extend(call.safety.map(|reason| format!("// SAFETY: {reason}")));
    match call.returns {
        true => {
            statements.push(format!("let result = {expression}?;"));
            statements.push("println!(\"{result:?}\");".to_owned());
        }
        false => statements.push(format!("{expression}?;")),
    }
    statements.extend(call.then.iter().cloned());
    let statements: Vec<_> = statements.iter().map(String::as_str).collect();
    fallible(&uses, &signature("call", &parameters), &statements)
}
