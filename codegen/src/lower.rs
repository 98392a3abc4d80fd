//! Stage 3, lowering: selects the items of one release from a valid specification,
//! resolves names to indexes, computes layouts, spells names, and derives the plans of what
//! emitters print. It cannot fail:
//! `validate` has refused everything that could go wrong.

mod bodies;
mod chains;
mod groups;
mod handlers;
mod ioctls;
mod plans;
mod proposals;
mod regions;
mod streams;
mod structs;

use std::collections::HashMap;

use crate::ir::{
    Abi, ChainId, Deprecated, FdKind, GroupId, Header, History, Item, Meta, Protocol, RareHistory,
    Section, StructId,
};
use crate::release::Release;
use crate::spec::history::{HistorySpec, Validity};
use crate::spec::text::DocText;
use crate::spec::wrappers::{LineOrMap, Map, Placed};
use crate::spec::{self, DeprecatedSpec, Exception, Spec, SpecFile};
use crate::validate::ValidSpec;

/// The ABI as of `release`, or as of the newest one. In a release before the first that the
/// specification describes, it has no items.
pub fn lower(spec: &ValidSpec, release: Option<Release>) -> Abi {
    let release = release.unwrap_or(spec.newest());
    let mut lowering = Lowering::new(spec, release);
    lowering.number_items();
    lowering.constants();
    for index in 0..lowering.spec.files.len() {
        let section = lowering.section(index);
        lowering.abi.sections.push(section);
        lowering.regions(&spec.spec().files[index]);
    }
    lowering.finish()
}

/// The target of a reference by name. `validate` has checked all references.
#[track_caller]
fn resolved<T>(found: Option<T>) -> T {
    found.expect("validate has resolved every reference")
}

struct Lowering<'a> {
    spec: &'a Spec,
    release: Release,
    abi: Abi,
    /// The index of each struct by its current name, in the order of declaration.
    structs: HashMap<&'a str, StructId>,
    /// The index of each group at file level.
    groups: HashMap<&'a str, GroupId>,
    /// The index of each chain.
    chains: HashMap<&'a str, ChainId>,
    /// The chains in the order of their indexes.
    chain_items: Vec<&'a spec::ChainSpec>,
    /// The capabilities in the order of their indexes.
    capability_items: Vec<&'a spec::CapabilitySpec>,
    /// What the structs say about fields that need not exist, in the order of their indexes.
    bodies: Vec<bodies::BodySource<'a>>,
    /// The number of every plain constant.
    numbers: HashMap<&'a str, i128>,
    /// The capabilities of all releases, by the hosts of their chains.
    hosted: HashMap<&'a str, Vec<ioctls::HostedCapability<'a>>>,
    /// The name in the release of each constant or capability, by its current name.
    names: HashMap<&'a str, &'a str>,
}

impl<'a> Lowering<'a> {
    fn new(valid: &'a ValidSpec, release: Release) -> Self {
        let spec = valid.spec();
        let headers = spec.abi.headers.iter().map(|(_, header)| Header {
            path: header.path.value.clone(),
            guards: header.guards.iter().map(|guard| guard.value.clone()).collect(),
            structs: header.structs,
            complete: header.complete,
        });
        let argument_rules = handlers::argument_rules(&spec.abi.protocol);
        let fds = spec.abi.fds.iter().map(|(name, kind)| FdKind {
            name: name.value.clone(),
            doc: kind.doc.paragraphs.clone(),
            backends: backends(&kind.backends),
            unknown_command: match &kind.unknown_command {
                Some(error) => error.0.clone(),
                None => argument_rules.unknown_command.clone(),
            },
            stream: None,
        });
        let other_prefixes = spec.abi.prefix.iter().skip(1);
        let fds = fds.collect();
        let overlays = spec.files.iter().filter(|file| file.overlay);
        let abi = Abi {
            name: spec.abi.abi.value.clone(),
            title: spec.abi.title.value.clone(),
            doc: spec.abi.doc.paragraphs.clone(),
            prefix: spec.abi.short_prefix().to_owned(),
            other_prefixes: other_prefixes.map(|one| one.value.clone()).collect(),
            version: spec.abi.version.0.clone(),
            publish: spec.abi.publish,
            code: spec.code.clone(),
            release,
            releases: valid.releases().to_vec(),
            overlays: overlays.map(|file| file.name.clone()).collect(),
            headers: headers.collect(),
            ioctl_numbers: None,
            argument_rules,
            fds,
            cap_headers: Vec::new(),
            sections: Vec::new(),
            structs: Vec::new(),
            groups: Vec::new(),
            macros: Vec::new(),
            ioctls: Vec::new(),
            chains: Vec::new(),
            capabilities: Vec::new(),
            regions: Vec::new(),
            proposals: match release == valid.newest() {
                true => proposals::proposals(spec),
                false => Vec::new(),
            },
            protocol: Protocol::default(),
        };
        Self {
            spec,
            release,
            abi,
            structs: HashMap::new(),
            groups: HashMap::new(),
            chains: HashMap::new(),
            chain_items: Vec::new(),
            capability_items: Vec::new(),
            bodies: Vec::new(),
            numbers: HashMap::new(),
            hosted: ioctls::hosted(spec),
            names: HashMap::new(),
        }
    }

    /// The items of a file that the release has.
    fn alive(&self, file: &'a SpecFile) -> impl Iterator<Item = &'a spec::ItemSpec> + use<'a> {
        let (validity, release) = (file.validity(), self.release);
        file.items.iter().filter(move |item| item.validity(validity).covers(release))
    }

    /// Assigns the indexes of structs and chains first, so that items can refer to later ones.
    fn number_items(&mut self) {
        for file in &self.spec.files {
            for item in self.alive(file) {
                if let Some(name) = item.declared_struct() {
                    let id = StructId(self.structs.len());
                    self.structs.insert(name, id);
                }
                if let spec::ItemSpec::Chain(chain) = item {
                    let id = ChainId(self.chains.len());
                    self.chains.insert(&chain.chain, id);
                    self.chain_items.push(chain);
                }
            }
        }
    }

    fn section(&mut self, index: usize) -> Section {
        let file = &self.spec.files[index];
        let header = file.header.value.as_str();
        let header = self.spec.abi.headers.iter().position(|(name, _)| name.value == header);
        let items: Vec<_> = self.alive(file).collect();
        let mut section = Section {
            name: file.name.clone(),
            title: file.title.value.clone(),
            doc: file.doc.paragraphs.clone(),
            header: resolved(header),
            items: Vec::new(),
        };
        for item in items {
            let item = self.item(file, index, item);
            section.items.push(item);
        }
        section
    }

    fn item(&mut self, file: &'a SpecFile, section: usize, item: &'a spec::ItemSpec) -> Item {
        match item {
            spec::ItemSpec::Constants(values)
            | spec::ItemSpec::Enum(values)
            | spec::ItemSpec::IdSpace(values) => {
                Item::Group(resolved(self.groups.get(values.name.as_str()).copied()))
            }
            spec::ItemSpec::Macro(item) => self.macro_(file, item),
            spec::ItemSpec::Struct(item) => Item::Struct(self.struct_(file, section, item)),
            spec::ItemSpec::Ioctl(item) => self.ioctl(file, item),
            spec::ItemSpec::Chain(item) => Item::Chain(self.chain(file, section, item)),
            spec::ItemSpec::Capability(item) => self.capability(file, section, item),
        }
    }

    /// The metadata of an item; `validity` is its own, `source` may be inherited.
    fn meta(&self, item: ItemParts<'a>, validity: Validity, source: &str) -> Meta {
        let former = item.before.former_names(self.release);
        let renumbered = item.before.former_numbers(self.release);
        Meta {
            doc: item.doc.paragraphs.clone(),
            since: validity.since,
            source: item.source.as_ref().map_or(source, |source| &source.value).to_owned(),
            deprecated: self.deprecated(item.deprecated),
            history: RareHistory::from(History {
                names: former.map(|(name, end)| (name.value.clone(), end)).collect(),
                numbers: renumbered.collect(),
                types: item.before.former_types(self.release).collect(),
                texts: item.before.rewritten(self.release).collect(),
            }),
            allow: self.exceptions(item.allow, validity),
            place: item.name.place,
        }
    }

    /// The rules that the item may break in the release, with the reasons.
    fn exceptions(
        &self,
        allow: &Map<LineOrMap<Exception>>,
        validity: Validity,
    ) -> Vec<(String, String)> {
        let alive = allow.iter().filter(|(_, one)| one.validity(validity).covers(self.release));
        alive.map(|(rule, one)| (rule.value.clone(), one.reason.clone())).collect()
    }

    fn deprecated(&self, item: Option<&DeprecatedSpec>) -> Option<Box<Deprecated>> {
        let item = item.filter(|item| item.since.covers(self.release))?;
        let doc = item.doc.paragraphs.clone();
        Some(Box::new(Deprecated { since: item.since.value, doc }))
    }
}

/// The keys that every kind of item has.
#[derive(Clone, Copy)]
struct ItemParts<'a> {
    name: &'a Placed<String>,
    doc: &'a DocText,
    source: Option<&'a Placed<String>>,
    deprecated: Option<&'a DeprecatedSpec>,
    before: &'a HistorySpec,
    allow: &'a Map<LineOrMap<Exception>>,
}

/// Collects the keys that every kind of item has.
macro_rules! parts {
    ($item:expr, $name:expr) => {
        $crate::lower::ItemParts {
            name: $name,
            doc: &$item.doc,
            source: $item.source.as_ref(),
            deprecated: $item.deprecated.as_ref(),
            before: &$item.before,
            allow: &$item.allow,
        }
    };
}
use parts;

fn backends(backends: &Map<DocText>) -> Vec<(String, crate::ir::Doc)> {
    let pairs = backends.iter().map(|(name, doc)| (name.value.clone(), doc.paragraphs.clone()));
    pairs.collect()
}
