//! Proposals: overlays in the folder `proposals` of a specification. They are not part
//! of the ABI; the numbers that they claim are known nevertheless.

use super::extend::Extension;
use super::items::{ItemSpec, ValueSpec};
use super::text::DocText;
use super::types::Amount;
use super::wrappers::{LineOrMap, Map, Placed};
use super::{ChainSpec, FieldSpec, SpecFile};

/// A proposal and the numbers that it claims.
#[derive(Clone, Debug)]
pub struct ProposalSpec {
    /// The overlay.
    pub file: SpecFile,
    /// The numbers.
    pub claims: Vec<ClaimSpec>,
}

/// A number that a proposal claims.
#[derive(Clone, Debug)]
pub struct ClaimSpec {
    /// The space of the number.
    pub space: SpaceSpec,
    /// The number; of a flag, that of its bit.
    pub number: i128,
    /// The name of the number.
    pub name: Placed<String>,
    /// Its meaning.
    pub doc: DocText,
}

/// A space of numbers, each of which has one meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpaceSpec {
    /// The ids of a chain.
    Chain(String),
    /// The numbers of an id space or an enum, or of `struct.field`.
    Numbers(String),
    /// The ioctls of a kind of file descriptor, with the backends that serve one.
    Ioctls(String, Vec<String>),
}

impl ProposalSpec {
    /// A proposal by its overlay and what that adds to other items.
    pub(super) fn new(file: SpecFile, extensions: &[Extension]) -> Self {
        let mut claims = Claims::default();
        for item in file.items.iter() {
            claims.item(&file, item);
        }
        for extension in extensions {
            claims.extension(extension);
        }
        Self { file, claims: claims.0 }
    }
}

#[derive(Default)]
struct Claims(Vec<ClaimSpec>);

impl Claims {
    fn add(&mut self, space: SpaceSpec, number: i128, name: &Placed<String>, doc: &DocText) {
        self.0.push(ClaimSpec { space, number, name: name.clone(), doc: doc.clone() });
    }

    fn item(&mut self, file: &SpecFile, item: &ItemSpec) {
        match item {
            ItemSpec::Constants(_) | ItemSpec::Macro(_) | ItemSpec::Chain(_) => {}
            ItemSpec::Enum(item) | ItemSpec::IdSpace(item) => {
                let space = SpaceSpec::Numbers(item.name.value.clone());
                self.values(&space, &item.values);
            }
            ItemSpec::Struct(item) => self.fields(&item.struct_, &item.fields),
            ItemSpec::Ioctl(item) => {
                let backends = item.backends.iter().map(|backend| backend.value.clone()).collect();
                let space = SpaceSpec::Ioctls(item.fd.value.clone(), backends);
                self.add(space, item.number.value.value, &item.ioctl, &item.doc);
            }
            ItemSpec::Capability(item) => {
                if let Some(chain) = item.chain.as_ref().or_else(|| only_chain(file)) {
                    let space = SpaceSpec::Chain(chain.value.clone());
                    self.add(space, item.id.value.value, &item.capability, &item.doc);
                }
                if let Some(name) = &item.struct_ {
                    self.fields(name, &item.fields);
                }
            }
        }
    }

    fn extension(&mut self, extension: &Extension) {
        let name = &extension.extend.value;
        self.bits(&SpaceSpec::Numbers(name.clone()), &extension.bits);
        self.values(&SpaceSpec::Numbers(name.clone()), &extension.values);
        self.fields(&extension.extend, &extension.fields);
    }

    fn fields(&mut self, owner: &Placed<String>, fields: &Map<LineOrMap<FieldSpec>>) {
        for (name, field) in fields.iter() {
            let space = SpaceSpec::Numbers([&owner.value, ".", &name.value].concat());
            self.bits(&space, &field.bits);
            self.values(&space, &field.values);
        }
    }

    fn bits(&mut self, space: &SpaceSpec, bits: &Map<LineOrMap<ValueSpec>>) {
        for (name, value) in bits.iter() {
            if let Some(bit) = value.bit {
                self.add(space.clone(), bit.value.value, name, &value.doc);
            }
        }
    }

    fn values(&mut self, space: &SpaceSpec, values: &Map<LineOrMap<ValueSpec>>) {
        for (name, value) in values.iter() {
            if let (Some(Amount::Number(number)), None) = (value.value, value.count) {
                self.add(space.clone(), number.value, name, &value.doc);
            }
        }
    }
}

/// The chain of a file that has only one.
fn only_chain(file: &SpecFile) -> Option<&Placed<String>> {
    let chains = file.items.iter().filter_map(|item| match item {
        ItemSpec::Chain(ChainSpec { chain, .. }) => Some(chain),
        _ => None,
    });
    let mut chains = chains.fuse();
    chains.next().filter(|_| chains.next().is_none())
}
