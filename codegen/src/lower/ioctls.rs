//! Lowers ioctls and macros.

use std::collections::HashMap;

use super::{Lowering, parts, resolved};
use crate::ir::{Arg, Ioctl, IoctlId, Item, Macro, MacroId, NewFd};
use crate::spec::history::Validity;
use crate::spec::types::ArgExpr;
use crate::spec::wrappers::Placed;
use crate::spec::{self, Spec, SpecFile};

/// A capability of a chain that has a host.
pub(super) struct HostedCapability<'a> {
    pub(super) item: &'a spec::CapabilitySpec,
    /// Its name within the chain.
    pub(super) short: &'a str,
    pub(super) validity: Validity,
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
            ArgExpr::Struct(name) => {
                Arg::Struct(resolved(self.structs.get(name.as_str()).copied()))
            }
        };
        let handlers = item.handlers();
        let handlers = handlers.filter_map(|handler| self.handler(handler, item, validity.since));
        let id = IoctlId(self.abi.ioctls.len());
        let ioctl = Ioctl {
            name: item.before.name_at(self.release, &item.ioctl).to_owned(),
            meta: self.meta(parts!(item, &item.ioctl), validity, &file.source),
            number: resolved(u32::try_from(item.number.value.value).ok()),
            fd: resolved(fd),
            backends: item.backends.iter().map(|backend| backend.value.clone()).collect(),
            arg,
            returns_fd: self.new_fd(item.returns_fd.as_ref()),
            returns: item.returns.as_ref().map(|doc| doc.paragraphs.clone()),
            lasting: item.lasting.as_ref().map(|doc| doc.paragraphs.clone()),
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
