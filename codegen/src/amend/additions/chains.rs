//! Chains that a header brings: a struct with `cap_offset`, a flag of that struct for
//! the chain, and ids with the prefix of the struct. And capabilities, new ones too.

use super::{Finder, placed, text};
use crate::amend::pieces::ItemAt;
use crate::header::{ConstantFact, StructFact};
use crate::ir::Role;
use crate::names::counts_others;
use crate::spec::wrappers::Map;
use crate::spec::{self, ItemSpec};

/// The chain of a capability.
#[derive(Clone, Debug)]
pub(super) struct ChainName {
    pub(super) name: String,
    pub(super) prefix: String,
    /// The reason, if the name of the id does not say so.
    pub(super) guess: Option<&'static str>,
}

/// A chain that the headers bring.
#[derive(Clone, Debug)]
pub(super) struct NewChain<'f> {
    pub(super) name: String,
    pub(super) prefix: String,
    host: &'f StructFact,
}

/// The end of the name of a flag that says there is a chain.
const FLAG: &str = "_CAPS";

impl<'f> Finder<'f> {
    /// Finds structs that have a chain now.
    pub(super) fn new_chains(&mut self) {
        for host in &self.facts.structs {
            let at = host.fields.iter().position(|field| field.name == "cap_offset");
            let has_role = |role| {
                let fields = 0..host.fields.len();
                fields.clone().any(|at| self.kinds.role(host, at) == role)
            };
            let reference = self.base.abi.find_struct(&host.name);
            let hosts = reference.and_then(|id| self.base.abi.chain_of(id)).is_some();
            if at.is_none() || hosts {
                continue;
            }
            let prefix = [&host.name.to_ascii_uppercase(), "_CAP_"].concat();
            let flag = self.chain_flag(host);
            let header = self.chain_header(&prefix);
            let complete =
                has_role(Role::Argsz) && has_role(Role::Flags) && has_role(Role::CapOffset);
            let (Some(flag), Some(header), true) = (flag, header, complete) else {
                let reason =
                    "it looks like the start of a chain, but no flag says that there is one";
                self.guess([&host.name, ".cap_offset"].concat(), reason);
                continue;
            };
            self.new_chain(host, prefix, flag, header);
        }
    }

    fn new_chain(
        &mut self,
        host: &'f StructFact,
        prefix: String,
        flag: &ConstantFact,
        header: String,
    ) {
        let short = crate::names::without_prefix(&self.base.abi.prefix, &host.name);
        let short = short.strip_suffix("_info").unwrap_or(short);
        let name = self.own_name(short);
        let place = host.place;
        let reason = format!(
            "`cap_offset`, the flag `{}` and the names that start with `{prefix}` look like a \
             chain of capabilities",
            flag.name
        );
        self.found.marks.add(&name, "name", "that there is a chain, by `cap_offset` and names");
        self.guess(&name, reason.clone());
        self.guess([&host.name, ".cap_offset"].concat(), reason);
        let chain = spec::ChainSpec {
            chain: placed(&name, place),
            doc: text::draft("", place),
            header: placed(header, place),
            host: Some(placed(&host.name, place)),
            flag: Some(placed(&flag.name, place)),
            prefix: placed(&prefix, place),
            since: self.since(place),
            ..spec::ChainSpec::default()
        };
        self.chains.push(NewChain { name: name.clone(), prefix, host });
        let near = self.base.places.owner(&host.name).unwrap_or(self.base.places.last());
        self.item(near, vec![name], vec![host.name.clone()], ItemSpec::Chain(chain));
    }

    /// The flag of a struct that says that there is a chain.
    fn chain_flag(&self, host: &StructFact) -> Option<&'f ConstantFact> {
        let upper = host.name.to_ascii_uppercase() + "_";
        let named = |one: &&ConstantFact| one.name.ends_with(FLAG) && one.number.count_ones() == 1;
        let inside = |one: &&ConstantFact| {
            let within = one.within.as_ref();
            within.is_some_and(|within| within.struct_ == host.name)
                || within.is_none() && one.name.starts_with(&upper)
        };
        let listed = |one: &&ConstantFact| self.is_flag_of(one, host);
        self.facts.constants.iter().filter(inside).filter(named).find(listed)
    }

    /// Whether a constant is among the flags of a struct.
    fn is_flag_of(&self, constant: &ConstantFact, host: &StructFact) -> bool {
        let flags = |field: &str| {
            let at = host.fields.iter().position(|one| one.name == field);
            at.is_some_and(|at| self.kinds.role(host, at) == Role::Flags)
        };
        match self.group_of(constant) {
            Some(id) => self.base.abi.group(id).field.is_some_and(|(owner, field)| {
                let owner = self.base.abi.struct_(owner);
                owner.name == host.name && flags(&owner.fields[field].name)
            }),
            None => {
                let after = constant.within.as_ref().and_then(|within| within.field.as_deref());
                self.base.abi.find_struct(&host.name).is_none() && after.is_some_and(flags)
            }
        }
    }

    /// The header of the capabilities whose ids have a prefix; the only header that
    /// the specification has, if none of them has a body.
    fn chain_header(&self, prefix: &str) -> Option<String> {
        let headers = &self.base.abi.cap_headers;
        let ids = self.facts.constants.iter().filter(|one| one.name.starts_with(prefix));
        let bodies = ids.filter_map(|one| self.kinds.body_of(one));
        let mut firsts = bodies.filter_map(|body| body.fields.first());
        let named = firsts.find_map(|first| {
            headers
                .iter()
                .find(|header| self.base.abi.struct_(header.struct_).name == first.type_.text())
        });
        let header = named.or_else(|| headers.first().filter(|_| headers.len() == 1))?;
        Some(header.name.clone())
    }

    /// The chain of an id, if it is the id of a capability.
    pub(super) fn chain_of(&self, constant: &ConstantFact) -> Option<ChainName> {
        let is_id = constant.tag.is_none() && constant.within.is_none() && constant.number >= 0;
        if !is_id || self.counts_ids(constant) {
            return None;
        }
        let named = self.prefixes().filter(|(_, prefix)| constant.name.starts_with(*prefix));
        if let Some((name, prefix)) = named.max_by_key(|(_, prefix)| prefix.len()) {
            return Some(ChainName { name: name.clone(), prefix: prefix.clone(), guess: None });
        }
        self.kinds.body_of(constant)?;
        if self.is_of_struct_without_chain(&constant.name) {
            return None;
        }
        let shared = |prefix: &str| {
            let same = constant.name.chars().zip(prefix.chars()).take_while(|(a, b)| a == b);
            let same: String = same.map(|(one, _)| one).collect();
            same.matches('_').count()
        };
        let chains = self.base.abi.chains.iter().filter(|chain| shared(&chain.prefix) > 1);
        let chain = chains.max_by_key(|chain| shared(&chain.prefix))?;
        let guess =
            Some("its struct is a capability, and its name is most like those of this chain");
        Some(ChainName { name: chain.name.clone(), prefix: chain.prefix.clone(), guess })
    }

    /// The chains of the headers and of the specification, each with the prefix of its ids.
    fn prefixes(&self) -> impl Iterator<Item = (&String, &String)> {
        let new = self.chains.iter().map(|chain| (&chain.name, &chain.prefix));
        let known = self.base.abi.chains.iter().map(|chain| (&chain.name, &chain.prefix));
        new.chain(known)
    }

    /// Whether a macro is the highest id of a chain, or one more: it is called like the ids,
    /// with a word for a count, and has that number.
    pub(super) fn counts_ids(&self, constant: &ConstantFact) -> bool {
        let is_macro = |one: &ConstantFact| one.tag.is_none() && one.within.is_none();
        let counts = |prefix: &str| {
            let word = constant.name.strip_prefix(prefix).filter(|word| !word.contains('_'));
            let ids = self.facts.constants.iter().filter(|one| {
                is_macro(one) && one.name != constant.name && one.name.starts_with(prefix)
            });
            let highest = ids.map(|one| one.number).max();
            let is_next = |highest: i128| [highest, highest + 1].contains(&constant.number);
            word.is_some_and(counts_others) && highest.is_some_and(is_next)
        };
        is_macro(constant) && self.prefixes().any(|(_, prefix)| counts(prefix))
    }

    /// Whether an id is named after a struct that has no chain.
    fn is_of_struct_without_chain(&self, id: &str) -> bool {
        let Some((host, _)) = id.split_once("_CAP_") else { return false };
        let host = host.to_ascii_lowercase();
        self.facts.struct_(&host).is_some() || self.base.abi.find_struct(&host).is_some()
    }

    pub(super) fn capability(&mut self, id: &'f ConstantFact, chain: &ChainName, near: ItemAt) {
        let (kinds, place) = (self.kinds, id.place);
        let body = kinds.body_of(id);
        let short = (!id.name.starts_with(&chain.prefix)).then(|| {
            let short = id.name.rsplit("_INFO_").next().unwrap_or(&id.name);
            placed(short, place)
        });
        let comment = match (id.doc.as_str(), body) {
            ("", Some(body)) => body.doc.as_str(),
            (doc, _) => doc,
        };
        let inline = body.filter(|body| !self.is_separate(id, body));
        let mut names = vec![id.name.clone()];
        let mut uses = self.chain_uses(chain);
        let fields = match inline {
            Some(body) => {
                names.push(body.name.clone());
                uses.extend(self.uses(body));
                self.fields(body, None, 1..body.fields.len())
            }
            None => Vec::new(),
        };
        let reason = chain.guess.unwrap_or("the prefix of its name is that of the chain");
        self.guess(&id.name, format!("it counts as a capability of `{}`: {reason}", chain.name));
        self.found.marks.add(&id.name, "chain", "by its name");
        if let Some(body) = body {
            self.found.marks.add(&id.name, "struct", "by its name");
            self.guess(&body.name, format!("it counts as the body of `{}` by its name", id.name));
        }
        let item = spec::CapabilitySpec {
            capability: placed(&id.name, place),
            doc: text::draft(text::described(comment), place),
            short_name: short,
            id: self.number(id),
            chain: Some(placed(&chain.name, place)),
            struct_: body.map(|body| placed(&body.name, body.place)),
            packed: inline.is_some_and(|body| body.packed),
            fields: Map(fields),
            since: self.since(place),
            ..spec::CapabilitySpec::default()
        };
        self.item(near, names, uses, ItemSpec::Capability(item));
    }

    /// The new chain, which is declared before its capabilities.
    fn chain_uses(&self, chain: &ChainName) -> Vec<String> {
        let new = self.chains.iter().find(|new| new.name == chain.name);
        new.map(|new| vec![new.name.clone(), new.host.name.clone()]).unwrap_or_default()
    }
}
