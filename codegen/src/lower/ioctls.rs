//! Lowers ioctls, the reply rules of their handlers, and macros.

use std::collections::HashMap;

use super::{Lowering, known, parts};
use crate::diagnostic::Place;
use crate::ir::{
    Arg, Copied, Handler, Ioctl, IoctlId, Item, Limit, Macro, MacroId, NewFd, RefusedNumber,
    ReplyArray, ReplyChain, Struct,
};
use crate::layout::Model;
use crate::release::Since;
use crate::spec::handlers::CopiedWord;
use crate::spec::history::Validity;
use crate::spec::types::{Amount, ArgExpr};
use crate::spec::wrappers::{List, Map, Placed, WordOrNames};
use crate::spec::{self, Spec, SpecFile};

/// A capability of a chain that has a host.
pub(super) struct HostedCapability<'a> {
    item: &'a spec::CapabilitySpec,
    /// Its name within the chain.
    short: &'a str,
    validity: Validity,
}

/// The capabilities of all releases, by the hosts of their chains.
pub(super) fn hosted(spec: &Spec) -> HashMap<&str, Vec<HostedCapability<'_>>> {
    let chains = spec.items().filter_map(|(file, item)| match item {
        spec::ItemSpec::Chain(chain) => Some((file, chain)),
        _ => None,
    });
    let (mut by_name, mut by_file) = (HashMap::new(), HashMap::new());
    for (file, chain) in chains {
        by_name.entry(chain.chain.as_str()).or_insert(chain);
        by_file.entry(file.name.as_str()).or_insert(chain);
    }
    let mut hosted = HashMap::<_, Vec<_>>::new();
    for (file, item) in spec.items() {
        let spec::ItemSpec::Capability(capability) = item else { continue };
        let chain = match &capability.chain {
            Some(name) => by_name.get(name.as_str()),
            None => by_file.get(file.name.as_str()),
        };
        let Some(chain) = chain else { continue };
        let Some(host) = &chain.host else { continue };
        let short = capability.name_in_chain(&chain.prefix);
        let validity = item.validity(file.validity());
        hosted.entry(host.as_str()).or_default().push(HostedCapability {
            item: capability,
            short,
            validity,
        });
    }
    hosted
}

impl<'a> Lowering<'a> {
    pub(super) fn ioctl(&mut self, file: &'a SpecFile, item: &'a spec::IoctlSpec) -> Item {
        let validity = item.validity(file.validity());
        let fd = self.spec.abi.fds.iter().position(|(name, _)| name.value == item.fd.value);
        let arg = match &item.arg.value {
            ArgExpr::None => Arg::None,
            ArgExpr::Int => Arg::Int,
            ArgExpr::Fd => Arg::Fd,
            ArgExpr::U32 => Arg::U32,
            ArgExpr::Text => Arg::Text,
            ArgExpr::Struct(name) => Arg::Struct(known(self.structs.get(name.as_str()).copied())),
        };
        let handlers = item.handlers();
        let handlers = handlers.filter_map(|handler| self.handler(handler, item, validity.since));
        let id = IoctlId(self.abi.ioctls.len());
        let ioctl = Ioctl {
            name: item.before.name_at(self.release, &item.ioctl).to_owned(),
            meta: self.meta(parts!(item, &item.ioctl), validity, &file.source),
            number: known(u32::try_from(item.number.value.value).ok()),
            fd: known(fd),
            backends: item.backends.iter().map(|backend| backend.value.clone()).collect(),
            arg,
            returns_fd: self.new_fd(item.returns_fd.as_ref()),
            returns: item.returns.as_ref().map(|doc| doc.paragraphs.clone()),
            handlers: handlers.collect(),
        };
        self.abi.ioctls.push(ioctl);
        Item::Ioctl(id)
    }

    /// The kind of a new file descriptor; every word that is no kind is `other`.
    pub(super) fn new_fd(&self, kind: Option<&Placed<String>>) -> Option<NewFd> {
        let kind = kind?;
        let index = self.spec.abi.fds.iter().position(|(name, _)| name.value == kind.value);
        Some(index.map_or(NewFd::Other, NewFd::Kind))
    }

    /// A handler's rules in bytes; none if the release lacks a field that they
    /// name.
    fn handler(
        &self,
        (name, place, item): (&Placed<String>, Place, &'a spec::HandlerSpec),
        ioctl: &'a spec::IoctlSpec,
        since: Since,
    ) -> Option<Handler> {
        let arg = ioctl.arg.struct_name()?;
        let id = *self.structs.get(arg)?;
        let struct_ = self.abi.structs.get(id.0)?;
        let rules = ioctl.rules(item);
        let minsz = match rules.minsz {
            Some(field) => end(struct_, field)?,
            None => end_at(struct_, struct_.minsz?),
        };
        let chain = match rules.chain {
            Some(chain) => Some(reply_chain(chain, struct_, self.capabilities_of(item, arg))?),
            None => None,
        };
        let array = match rules.array {
            Some(array) => Some(reply_array(array, struct_)?),
            None => None,
        };
        Some(Handler {
            name: name.value.clone(),
            source: item.source.value.clone(),
            since: item.since.as_ref().map_or(since, |since| since.value),
            until: item.until.as_ref().map(|until| until.value),
            doc: item.doc.as_ref().map(|doc| doc.paragraphs.clone()).unwrap_or_default(),
            minsz,
            reads: copied(rules.reads, CopiedWord::Minsz, struct_, minsz)?,
            writes: copied(rules.writes, CopiedWord::Nothing, struct_, minsz)?,
            unset: rules.unset.unwrap_or_default(),
            below: match rules.below {
                Some(below) => self.limits(below, struct_)?,
                None => Vec::new(),
            },
            may_refuse: match rules.may_refuse {
                Some(refused) => self.refused(refused, struct_)?,
                None => Vec::new(),
            },
            absent: rules.absent.map(|error| error.0.clone()),
            array,
            chain,
            profile: item.profile.as_ref().map(|profile| profile.value.clone()),
            place,
        })
    }

    /// The capabilities that a handler can append: those that it lists, or all
    /// that the release has in the chain of its argument.
    fn capabilities_of(&self, item: &spec::HandlerSpec, arg: &str) -> Vec<String> {
        let all = self.hosted.get(arg).map_or(&[][..], Vec::as_slice);
        if let Some(list) = &item.capabilities {
            let named = |name: &Placed<String>| {
                let found = all.iter().find(|one| one.short == name.value);
                known(found).item.capability.value.clone()
            };
            return list.iter().map(named).collect();
        }
        let id = |capability: &spec::CapabilitySpec| match capability.before.value_at(self.release)
        {
            Some(Amount::Number(number)) => number.value,
            _ => capability.id.value.value,
        };
        let alive = all.iter().filter(|one| one.validity.covers(self.release));
        let mut alive: Vec<_> = alive.map(|one| one.item).collect();
        alive.sort_by_key(|capability| id(capability));
        alive.into_iter().map(|capability| capability.capability.value.clone()).collect()
    }

    fn limits(&self, below: &Map<Placed<String>>, struct_: &Struct) -> Option<Vec<(usize, Limit)>> {
        let limits = below.iter().map(|(field, constant)| {
            let number = u64::try_from(*self.numbers.get(constant.as_str())?).ok()?;
            let limit = Limit { name: self.spelt(constant), number };
            Some((position(struct_, field)?, limit))
        });
        limits.collect()
    }

    fn refused(
        &self,
        refused: &Map<List<Placed<String>>>,
        struct_: &Struct,
    ) -> Option<Vec<(usize, RefusedNumber)>> {
        let named = refused.iter().flat_map(|(field, names)| {
            names.iter().map(move |constant| {
                let number = u64::try_from(*self.numbers.get(constant.as_str())?).ok()?;
                let refused = RefusedNumber { name: self.spelt(constant), number };
                Some((position(struct_, field)?, refused))
            })
        });
        named.collect()
    }

    pub(super) fn macro_(&mut self, file: &'a SpecFile, item: &'a spec::MacroSpec) -> Item {
        let validity = item.validity(file.validity());
        let id = MacroId(self.abi.macros.len());
        let macro_ = Macro {
            name: item.before.name_at(self.release, &item.macro_).to_owned(),
            meta: self.meta(parts!(item, &item.macro_), validity, &file.source),
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

/// The end of a field, in the LP64 layout: the kernel does not translate for
/// 32-bit callers.
fn end(struct_: &Struct, field: &str) -> Option<u64> {
    Some(end_at(struct_, position(struct_, field)?))
}

fn end_at(struct_: &Struct, field: usize) -> u64 {
    struct_.layouts[Model::Lp64.index()].fields[field].end()
}

/// How much is copied; the default if the rules say nothing.
fn copied(
    rule: Option<&spec::CopiedSpec>,
    default: CopiedWord,
    struct_: &Struct,
    minsz: u64,
) -> Option<Copied> {
    let word = match rule {
        Some(WordOrNames::Names(names)) => return Some(Copied::Ends(ends(struct_, names)?)),
        Some(WordOrNames::Word(word)) => *word,
        None => default,
    };
    Some(match word {
        CopiedWord::Nothing => Copied::Ends(Vec::new()),
        CopiedWord::Minsz => Copied::Ends(vec![minsz]),
        CopiedWord::Fitting => Copied::Fitting,
    })
}

fn ends(struct_: &Struct, fields: &[Placed<String>]) -> Option<Vec<u64>> {
    fields.iter().map(|field| end(struct_, field)).collect()
}

fn reply_array(item: &spec::ReplyArraySpec, struct_: &Struct) -> Option<ReplyArray> {
    let rules = &item.when_too_small;
    let sets = rules.sets.iter().map(|field| position(struct_, field));
    let sets = sets.collect::<Option<Vec<_>>>()?;
    Some(ReplyArray {
        field: position(struct_, &item.field)?,
        error: rules.error.0.clone(),
        sets: (!sets.is_empty()).then_some(sets),
    })
}

fn reply_chain(
    item: &spec::ReplyChainSpec,
    struct_: &Struct,
    capabilities: Vec<String>,
) -> Option<ReplyChain> {
    Some(ReplyChain {
        offset: known(u64::try_from(item.offset.value.value).ok()),
        align: known(u64::try_from(item.align.value.value).ok()),
        when_too_small: item.when_too_small,
        padding: item.padding,
        argsz: item.argsz,
        writes: ends(struct_, &item.writes)?,
        capabilities,
    })
}
