//! Calls without a request of their own: ioctls without a struct, and those whose reply
//! has an unknown size.

use super::examples::ExampleCall;
use super::view::{CountedView, GrowingCallView, PlainCallView};
use crate::emit::c::args::ArgsView;
use crate::emit::c::chains::HostView;
use crate::emit::c::comment::Comment;
use crate::emit::c::emitter::Emitter;
use crate::emit::c::section;
use crate::emit::c::statements::broken;
use crate::emit::c::unique_names::UniqueNames;
use crate::ir::requests::Returns;
use crate::ir::{Arg, IoctlId};
use crate::names::{self, c_word};

impl Emitter<'_, '_> {
    /// The parameter with the file descriptor of an ioctl.
    pub(super) fn fd(&self, ioctl: IoctlId) -> String {
        self.abi.fds[self.abi.ioctl(ioctl).fd].name.clone()
    }

    /// The ioctls without a struct.
    pub(super) fn plain_calls(&self, names: &mut UniqueNames) -> Vec<PlainCallView> {
        let calls = self.abi.ioctls.iter().zip(&self.abi.protocol.names).enumerate();
        let calls = calls.filter_map(|(index, (ioctl, name))| {
            let (parameter, argument) = match ioctl.arg {
                Arg::Struct(_) => return None,
                Arg::None => (None, format!("{}_NULL", self.macro_prefix)),
                Arg::Int => (Some(("unsigned long ", "value")), "value".to_owned()),
                Arg::Fd => (Some(("__s32 ", "fd")), "&fd".to_owned()),
                Arg::U32 => (Some(("__u32 ", "value")), "&value".to_owned()),
                Arg::Text => (Some(("const char *", "text")), "text".to_owned()),
            };
            let mut comment = Comment::of(&ioctl.meta.doc).titled(&format!("{}.", ioctl.name));
            if let Some(returns) = &ioctl.returns {
                comment = comment.label("Return", &returns.join(" "));
            }
            let (fd, name) = (
                self.fd(IoctlId(index)),
                self.name(names, &names::c_call(self.request_name(name))),
            );
            let own = parameter.map(|(type_, name)| [type_, name].concat());
            let parameters: Vec<_> = [format!("int {fd}")].into_iter().chain(own).collect();
            let passed = parameter.map(|(_, name)| name.to_owned());
            let example = self.example(ExampleCall {
                ioctl: IoctlId(index),
                function: &name,
                parameters: parameters.clone(),
                variables: Vec::new(),
                arguments: [fd.clone()].into_iter().chain(passed).collect(),
                returns: ioctl.result(),
                prints: Vec::new(),
                cleanup: None,
            });
            let arguments = [fd, ioctl.name.clone(), argument];
            Some(PlainCallView {
                example,
                comment: section::opening(comment.block(0)),
                signature: broken(0, &format!("static inline int {name}("), &parameters, ")"),
                ioctl: broken(1, "return ioctl(", &arguments, ");"),
            })
        });
        calls.collect()
    }

    /// The ioctls whose reply has an unknown size: those with a chain, then those that
    /// end in an array.
    pub(super) fn growing_calls(
        &self,
        hosts: &[&HostView<'_>],
        counted: &[CountedView],
        names: &mut UniqueNames,
    ) -> Vec<GrowingCallView> {
        let mut calls = Vec::new();
        for host in hosts {
            for (index, ioctl) in self.abi.ioctls.iter().enumerate() {
                if matches!(ioctl.arg, Arg::Struct(struct_) if struct_ == host.plan.struct_) {
                    let need = [&host.reply, ".need"].concat();
                    let functions = (&*host.name, &*host.request, &*need);
                    let args = host.args.as_ref();
                    calls.push(self.growing_call(IoctlId(index), functions, args, names));
                }
            }
        }
        let plans = self.abi.protocol.counted.iter().zip(counted);
        calls.extend(plans.map(|(plan, view)| {
            let functions = (&*view.name, &*view.request, &*view.need);
            self.growing_call(plan.ioctl, functions, None, names)
        }));
        calls
    }

    /// A call with the struct of its results and the function that does the whole protocol.
    fn growing_call(
        &self,
        ioctl: IoctlId,
        (info, request, need): (&str, &str, &str),
        args: Option<&ArgsView>,
        names: &mut UniqueNames,
    ) -> GrowingCallView {
        let function = self.request_name(&self.abi.protocol.names[ioctl.0]);
        let name = &self.abi.ioctl(ioctl).name;
        let fd = self.fd(ioctl);
        let text = format!(
            "Calls {name} until the reply fits into the buffer of the request, whose call and \
             fd this function sets; see {request}(). Returns 0, or -1 with errno: ENOBUFS if \
             the buffer does not grow to the size in {need}, EPROTO if the answer is no reply, \
             otherwise that of ioctl()."
        );
        let (once, call) = (
            self.internal(names, &[&names::c_call(function)[..], &["once"]].concat()),
            self.name(names, &names::c_call(function)),
        );
        let buffer = format!("struct {}_request *request", self.stem);
        let own = [format!("int {fd}")].into_iter();
        let given = args.map(|_| ["&", c_word::ARGS].concat());
        let (shown_parameters, set) = args.map(|args| args.example(&fd)).unwrap_or_default();
        let shown = match self.abi.ioctl(ioctl).arg {
            Arg::Struct(id) => self.printed(id, "info"),
            _ => Vec::new(),
        };
        let example = self.example(ExampleCall {
            ioctl,
            function: &call,
            parameters: own.chain(shown_parameters).collect(),
            variables: [
                format!("struct {}_request request = {{ .grow = {}_grow }};", self.stem, self.stem),
                format!("struct {info} info;"),
            ]
            .into_iter()
            .chain(set)
            .collect(),
            arguments: [fd.clone(), "&request".to_owned()]
                .into_iter()
                .chain(given)
                .chain(["&info".to_owned()])
                .collect(),
            returns: Returns::Nothing,
            prints: shown,
            cleanup: Some("free(request.buf);"),
        });
        let ioctl = ["request->fd", name, "request->buf"].map(str::to_owned);
        let fixed = [format!("int {fd}"), buffer.clone()].into_iter();
        let parameters = fixed.chain(args.map(ArgsView::parameter));
        let parameters: Vec<_> = parameters.chain([format!("struct {info} *info")]).collect();
        let passed = args.map(|_| c_word::ARGS);
        let arguments = ["request"].into_iter().chain(passed).chain(["info"]);
        let arguments: Vec<_> = arguments.map(str::to_owned).collect();
        GrowingCallView {
            example,
            once_signature: broken(0, &format!("static inline int {once}("), &[buffer], ")"),
            once,
            ioctl: broken(1, "return ioctl(", &ioctl, ");"),
            comment: section::opening(Comment::of(&[text]).block(0)),
            signature: broken(0, &format!("static inline int {call}("), &parameters, ")"),
            request: broken(
                1,
                &format!("return {}__called({request}(", self.stem),
                &arguments,
                "));",
            ),
            fd,
        }
    }
}
