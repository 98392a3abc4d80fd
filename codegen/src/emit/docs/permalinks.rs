//! The place of every name: items, members, and what only the specification names, such as
//! handlers, backends and claims of proposals. The page of names prints them, and the site
//! searches them.

use std::collections::BTreeSet;

use super::links::{Links, registry_path};
use super::numbers;
use super::phrases::{first_sentence, since};
use crate::ir::{Abi, ClaimedSpace, Entry, EntryKind, Group, GroupKind, Reserved};
use crate::names;

/// A name and the place that explains it.
#[derive(Clone, Debug)]
pub struct Permalink {
    /// The name.
    pub name: String,
    /// The word for its kind.
    pub kind: &'static str,
    /// The struct, ioctl or space that it belongs to.
    pub owner: Option<String>,
    /// Its first release, for a reader.
    pub since: Option<String>,
    /// One sentence of plain text, with names in backticks.
    pub summary: String,
    /// Its page and anchor, from the folder of the reference.
    pub target: String,
}

/// Every name of the ABI with its place, in the order of the specification.
pub(super) fn all(abi: &Abi, links: &Links<'_>) -> Vec<Permalink> {
    let mut lister = PermalinkLister { abi, links, found: Vec::new() };
    lister.package();
    lister.descriptors();
    for (at, section) in abi.sections.iter().enumerate() {
        let place = links.page(at).to_owned();
        lister.add(&section.name, "section", None, &section.doc, place);
    }
    abi.entries().iter().for_each(|entry| lister.entry(entry));
    lister.handlers();
    lister.headers_of_capabilities();
    lister.groups();
    lister.reserved();
    lister.proposals();
    lister.found
}

/// The anchor of a member of a struct.
pub(super) fn member_anchor(struct_: &str, member: &str) -> String {
    [struct_, ".", member].concat()
}

/// Collects names.
struct PermalinkLister<'a> {
    abi: &'a Abi,
    links: &'a Links<'a>,
    found: Vec<Permalink>,
}

impl<'a> PermalinkLister<'a> {
    fn add(
        &mut self,
        name: &str,
        kind: &'static str,
        owner: Option<&str>,
        doc: &[String],
        target: String,
    ) {
        let first = doc.first().map(|paragraph| first_sentence(paragraph));
        self.found.push(Permalink {
            name: name.to_owned(),
            kind,
            owner: owner.map(str::to_owned),
            since: None,
            summary: first.unwrap_or_default().to_owned(),
            target,
        });
    }

    fn package(&mut self) {
        let abi = self.abi;
        let home = || "README.md".to_owned();
        self.add(&abi.name, "ABI", None, &abi.doc, home());
        self.add(&names::package(&abi.name), "crate", None, &[], home());
        self.add(&(names::c_stem(&abi.name) + ".h"), "header", None, &[], home());
        for header in &abi.headers {
            self.add(&header.path, "header", None, &[], home());
        }
    }

    fn descriptors(&mut self) {
        for kind in &self.abi.fds {
            let place = format!("README.md#fd-{}", kind.name);
            self.add(&kind.name, "file descriptor", None, &kind.doc, place.clone());
            for (backend, doc) in &kind.backends {
                self.add(backend, "backend", Some(&kind.name), doc, place.clone());
            }
        }
    }

    fn entry(&mut self, entry: &Entry<'a>) {
        let place = self.place(entry);
        let own = (entry.name, entry.kind_name(), self.owner(entry));
        let former = entry.meta.history.names.iter();
        let former = former.map(|(name, _)| (name.as_str(), "former name", Some(entry.name)));
        for (name, kind, owner) in [own].into_iter().chain(former) {
            self.add(name, kind, owner, &entry.meta.doc, place.clone());
            if let Some(added) = self.found.last_mut() {
                added.since = Some(since(self.abi, entry.meta.since));
            }
        }
    }

    /// The item that contains an entry.
    fn owner(&self, entry: &Entry<'a>) -> Option<&'a str> {
        match entry.kind {
            EntryKind::Member(id, _) | EntryKind::Union(id, _) => Some(&self.abi.struct_(id).name),
            EntryKind::Constant(group, _) | EntryKind::Enumerator(group, _) => Some(&group.name),
            EntryKind::Capability(one) => Some(&self.abi.chain(one.chain).name),
            EntryKind::Ioctl(id) => Some(&self.abi.fds[self.abi.ioctl(id).fd].name),
            _ => None,
        }
    }

    fn place(&self, entry: &Entry<'_>) -> String {
        let page = self.links.page(entry.section);
        let member = |id, name: &str| member_anchor(&self.abi.struct_(id).name, name);
        let anchor = match entry.kind {
            EntryKind::Member(id, one) => member(id, one.name),
            EntryKind::Union(id, field) => member(id, &field.name),
            EntryKind::Group(group) => self.links.heading_of_group(group),
            EntryKind::Chain(chain) => self.links.heading_of_chain(chain),
            _ => return self.named(entry.name).unwrap_or_else(|| page.to_owned()),
        };
        [page, "#", &anchor].concat()
    }

    /// The place of an item that has one, otherwise the first page.
    fn place_of(&self, name: &str) -> String {
        self.named(name).unwrap_or_else(|| "README.md".to_owned())
    }

    fn named(&self, name: &str) -> Option<String> {
        let target = self.links.find(name)?;
        Some([self.links.page(target.section), "#", &target.anchor].concat())
    }

    fn handlers(&mut self) {
        for ioctl in &self.abi.ioctls {
            let place = self.place_of(&ioctl.name);
            for (at, handler) in ioctl.handlers.iter().enumerate() {
                // A handler is listed again for each change of its rules.
                if ioctl.handlers[..at].iter().any(|one| one.name == handler.name) {
                    continue;
                }
                self.add(&handler.name, "handler", Some(&ioctl.name), &handler.doc, place.clone());
                if let Some(profile) = &handler.profile {
                    let owner = Some(ioctl.name.as_str());
                    self.add(profile, "profile", owner, &handler.doc, place.clone());
                }
            }
        }
    }

    fn headers_of_capabilities(&mut self) {
        for header in &self.abi.cap_headers {
            let struct_ = &self.abi.struct_(header.struct_).name;
            let place = self.place_of(struct_);
            self.add(&header.name, "capability header", Some(struct_), &[], place);
        }
    }

    /// The flags and values of fields.
    fn groups(&mut self) {
        for group in &self.abi.groups {
            if let Some((id, _)) = group.field {
                let struct_ = self.abi.struct_(id);
                let page = self.links.page(struct_.section);
                let kind = if group.kind == GroupKind::Flags { "flags" } else { "values" };
                let place = [page, "#", &group.name].concat();
                self.add(&group.name, kind, Some(&struct_.name), &group.meta.doc, place);
            }
        }
    }

    fn reserved(&mut self) {
        let abi = self.abi;
        for chain in &abi.chains {
            let place = registry_path(&chain.name);
            chain.reserved.iter().for_each(|one| self.reserved_name(one, &chain.name, &place));
        }
        for group in &abi.groups {
            let place = self.place_of_numbers(group);
            group.reserved.iter().for_each(|one| self.reserved_name(one, &group.name, &place));
        }
    }

    fn reserved_name(&mut self, one: &Reserved, space: &str, place: &str) {
        self.add(&one.name, "reserved", Some(space), &one.doc, place.to_owned());
    }

    fn place_of_numbers(&self, group: &Group) -> String {
        match (group.kind, group.field) {
            (GroupKind::IdSpace, _) => registry_path(&group.name),
            (_, Some((id, _))) => {
                let page = self.links.page(self.abi.struct_(id).section);
                [page, "#", &group.name].concat()
            }
            _ => self.place_of(&group.name),
        }
    }

    fn proposals(&mut self) {
        let mut spaces = BTreeSet::new();
        for proposal in &self.abi.proposals {
            let place = [numbers::PATH, "#proposals"].concat();
            let doc = vec![proposal.title.clone()];
            self.add(&proposal.name, "proposal", None, &doc, place.clone());
            for claim in &proposal.claims {
                let space = match &claim.space {
                    ClaimedSpace::Chain(name)
                    | ClaimedSpace::Numbers(name)
                    | ClaimedSpace::Ioctls(name, _) => name,
                };
                self.add(&claim.name, "proposed", Some(space), &claim.doc, place.clone());
                spaces.insert(space);
            }
        }
        // A proposal can have numbers in spaces that the ABI does not have.
        for space in spaces {
            if self.found.iter().all(|one| one.name != *space) {
                let place = [numbers::PATH, "#proposals"].concat();
                self.add(space, "proposed space", None, &[], place);
            }
        }
    }
}
