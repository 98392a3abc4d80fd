//! Calls without a request of their own: ioctls without a struct, and those whose reply
//! has an unknown size.

use super::view::{CountedView, GrowingCallView, PlainCallView};
use crate::emit::c::chains::Emitter;
use crate::emit::c::chains::unique_names::UniqueNames;
use crate::emit::c::comment::Comment;
use crate::emit::c::section;
use crate::ir::{Arg, IoctlId};

impl Emitter<'_> {
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
                Arg::Int => (Some("unsigned long argument"), "argument".to_owned()),
                Arg::Fd => (Some("__s32 argument"), "&argument".to_owned()),
                Arg::U32 => (Some("__u32 argument"), "&argument".to_owned()),
                Arg::Text => (Some("const char *argument"), "argument".to_owned()),
            };
            let mut comment = Comment::of(&ioctl.meta.doc).titled(&format!("{}.", ioctl.name));
            if let Some(returns) = &ioctl.returns {
                comment = comment.label("Return", &returns.join(" "));
            }
            Some(PlainCallView {
                comment: section::opening(comment.block(0)),
                name: self.name(names, &["call", name]),
                ioctl: ioctl.name.clone(),
                fd: self.fd(IoctlId(index)),
                parameter,
                argument,
            })
        });
        calls.collect()
    }

    /// The ioctls whose reply has an unknown size.
    pub(super) fn growing_calls(
        &self,
        counted: &[CountedView],
        names: &mut UniqueNames,
    ) -> Vec<GrowingCallView> {
        let plans = self.abi.protocol.counted.iter().zip(counted);
        let calls = plans.map(|(plan, view)| {
            let name = &self.abi.protocol.names[plan.ioctl.0];
            GrowingCallView {
                once: self.internal(names, &["call", name, "once"]),
                name: self.name(names, &["call", name]),
                ioctl: self.abi.ioctl(plan.ioctl).name.clone(),
                fd: self.fd(plan.ioctl),
                info: view.name.clone(),
                request: view.request.clone(),
                parameters: Vec::new(),
                arguments: Vec::new(),
            }
        });
        calls.collect()
    }
}
