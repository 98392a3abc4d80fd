//! Lowers ioctls, the reply rules of their handlers, and macros.

use super::{Lowering, known, parts};
use crate::ir::{
    Arg, Copied, Handler, Ioctl, IoctlId, Item, Limit, Macro, MacroId, ReplyArray, ReplyChain,
    Struct,
};
use crate::layout::Model;
use crate::release::Since;
use crate::reply::Unset;
use crate::spec::text::{List, Placed};
use crate::spec::{self, SpecFile};

/// The word that stands for "as much as fits argsz".
pub(crate) const FITTING: &str = "argsz";

impl<'a> Lowering<'a> {
    pub(super) fn ioctl(&mut self, file: &'a SpecFile, item: &'a spec::Ioctl) -> Item {
        let life = item.life(file.life());
        let fd = self.spec.abi.fds.iter().position(|(name, _)| name.value == item.fd.value);
        let arg = match item.arg.as_str() {
            "none" => Arg::None,
            "int" => Arg::Int,
            "fd" => Arg::Fd,
            "string" => Arg::Text,
            "u32" => Arg::U32,
            name => Arg::Struct(known(self.structs.get(name).copied())),
        };
        let handlers =
            item.handlers.iter().filter_map(|handler| self.handler(handler, item, life.since));
        let id = IoctlId(self.abi.ioctls.len());
        let ioctl = Ioctl {
            name: item.before.name_at(self.release, &item.ioctl).to_owned(),
            meta: self.meta(parts!(item, &item.ioctl), life, &file.source),
            number: known(u32::try_from(item.number.value.value).ok()),
            fd: known(fd),
            backends: item.backends.iter().map(|backend| backend.value.clone()).collect(),
            arg,
            returns: item.returns.as_ref().map(|doc| doc.paragraphs.clone()),
            handlers: handlers.collect(),
        };
        self.abi.ioctls.push(ioctl);
        Item::Ioctl(id)
    }

    /// A handler's rules in bytes; none where the release lacks a field that
    /// they name.
    fn handler(&self, item: &spec::Handler, ioctl: &spec::Ioctl, since: Since) -> Option<Handler> {
        let id = *self.structs.get(ioctl.arg.as_str())?;
        let struct_ = self.abi.structs.get(id.0)?;
        let minsz = end(struct_, &item.minsz)?;
        let writes = match &item.writes[..] {
            [word] if word.value == FITTING => Copied::Fitting,
            fields => Copied::Ends(ends(struct_, fields)?),
        };
        let reads = match ends(struct_, &item.reads)? {
            reads if reads.is_empty() => Copied::Ends(vec![minsz]),
            reads => Copied::Ends(reads),
        };
        let chain = match &item.capabilities {
            Some(chain) => Some(reply_chain(chain, struct_)?),
            None => None,
        };
        let array = match &item.array {
            Some(array) => Some(reply_array(array, struct_)?),
            None => None,
        };
        Some(Handler {
            name: item.handler.value.clone(),
            source: item.source.value.clone(),
            since: item.since.as_ref().map_or(since, |since| since.value),
            until: item.until.as_ref().map(|until| until.value),
            doc: item.doc.as_ref().map(|doc| doc.paragraphs.clone()).unwrap_or_default(),
            minsz,
            reads,
            writes,
            unset: item.untouched.unwrap_or(Unset::Echo),
            below: self.limits(item, struct_)?,
            array,
            chain,
            profile: item.profile.as_ref().map(|profile| profile.value.clone()),
            place: item.handler.place,
        })
    }

    fn limits(&self, item: &spec::Handler, struct_: &Struct) -> Option<Vec<(usize, Limit)>> {
        let limits = item.below.iter().map(|(field, constant)| {
            let number = u64::try_from(*self.numbers.get(constant.as_str())?).ok()?;
            let limit = Limit { name: self.spelt(constant), number };
            Some((position(struct_, field)?, limit))
        });
        limits.collect()
    }

    pub(super) fn macro_(&mut self, file: &'a SpecFile, item: &'a spec::Macro) -> Item {
        let life = item.life(file.life());
        let id = MacroId(self.abi.macros.len());
        let macro_ = Macro {
            name: item.before.name_at(self.release, &item.macro_).to_owned(),
            meta: self.meta(parts!(item, &item.macro_), life, &file.source),
            args: item.args.iter().map(|arg| arg.value.clone()).collect(),
            c: item.before.c_at(self.release).unwrap_or(&item.c).trim().to_owned(),
            rust: item.rust.trim().to_owned(),
        };
        self.abi.macros.push(macro_);
        Item::Macro(id)
    }
}

fn position(struct_: &Struct, field: &str) -> Option<usize> {
    struct_.fields.iter().position(|candidate| candidate.name == field)
}

/// The end of a field, in the 64-bit layout, which the kernel translates
/// nothing into.
fn end(struct_: &Struct, field: &str) -> Option<u64> {
    let index = position(struct_, field)?;
    Some(struct_.layouts[Model::Lp64.index()].fields[index].end())
}

fn ends(struct_: &Struct, fields: &[Placed<String>]) -> Option<Vec<u64>> {
    fields.iter().map(|field| end(struct_, field)).collect()
}

fn reply_array(item: &spec::ReplyArray, struct_: &Struct) -> Option<ReplyArray> {
    let sets = item.short.sets.iter().map(|field| position(struct_, field));
    let sets = sets.collect::<Option<Vec<_>>>()?;
    Some(ReplyArray {
        field: position(struct_, &item.field)?,
        error: item.short.error.0.clone(),
        sets: (!sets.is_empty()).then_some(sets),
    })
}

fn reply_chain(item: &spec::ReplyChain, struct_: &Struct) -> Option<ReplyChain> {
    let gives: &List<_> = &item.gives;
    Some(ReplyChain {
        offset: known(u64::try_from(item.at.value.value).ok()),
        align: known(u64::try_from(item.align.value.value).ok()),
        when_too_small: item.short,
        padding: item.padding,
        argsz: item.argsz,
        writes: ends(struct_, &item.writes)?,
        capabilities: gives.iter().map(|name| name.value.clone()).collect(),
    })
}
