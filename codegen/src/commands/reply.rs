//! `capchain reply`: what a handler of a release answers to a request.

use capchain::lower::lower;
use capchain::reports::reply::{ReplyQuestion, replies, reply};
use capchain::validate::ValidSpec;

use super::decode::colour::painted;
use super::specs;
use super::{CommandResult, Output, at_release};
use crate::cli::{ReplyArgs, Source};

pub(super) fn run(source: &Source, args: &ReplyArgs) -> CommandResult {
    let ReplyArgs { ioctl, argsz, handler, capabilities, at, format } = args;
    let has_it = |spec: &ValidSpec| {
        let described = at.is_none_or(|at| spec.releases().contains(&at));
        described && lower(spec, *at).ioctls.iter().any(|found| found.name == *ioctl)
    };
    let found = specs::search_at(source, *at, has_it)?;
    let abi = at_release(&found.spec, *at)?;
    let question = |handler| ReplyQuestion { ioctl, handler, argsz: *argsz, capabilities };
    let output = match handler {
        Some(handler) => reply(&abi, &question(handler), *format),
        None => replies(&abi, &question(""), *format),
    }?;
    Ok(Output { text: painted(output.text), ..output })
}
