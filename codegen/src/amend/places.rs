//! Where the declarations of a header are in a specification.

use std::collections::HashMap;

use super::pieces::ItemAt;
use crate::release::Release;
use crate::spec::history::Validity;
use crate::spec::wrappers::{LineOrMap, Map};
use crate::spec::{FieldSpec, ItemSpec, Spec, ValueSpec};

/// The items of a specification by the names that they declare in a release.
pub struct Places<'p> {
    owners: HashMap<&'p str, ItemAt>,
    /// The item after which something without a neighbour comes.
    last: ItemAt,
}

impl<'p> Places<'p> {
    /// The places in a specification; those without a neighbour are in a file of
    /// one of the `given` headers.
    pub fn of(spec: &'p Spec, release: Release, given: &[usize]) -> Self {
        let mut owners = HashMap::new();
        let mut last = ItemAt { file: 0, item: 0 };
        for (file, one) in spec.files.iter().enumerate() {
            let header =
                spec.abi.headers.iter().position(|(name, _)| name.value == one.header.value);
            let is_given = header.is_some_and(|header| given.contains(&header));
            for (index, item) in one.items.iter().enumerate() {
                let at = ItemAt { file, item: index };
                if is_given && !one.overlay {
                    last = at;
                }
                each_name(item, one.validity(), release, &mut |name| {
                    owners.entry(name).or_insert(at);
                });
            }
        }
        Self { owners, last }
    }

    /// The item that declares a name.
    pub fn owner(&self, name: &str) -> Option<ItemAt> {
        self.owners.get(name).copied()
    }

    /// The last item of the given headers.
    pub fn last(&self) -> ItemAt {
        self.last
    }
}

/// Calls a function with every name that an item declares in a release for C. The
/// names of its groups and chains are not among them.
pub(super) fn each_name<'p>(
    item: &'p ItemSpec,
    around: Validity,
    release: Release,
    add: &mut impl FnMut(&'p str),
) {
    let validity = item.validity(around);
    match item {
        ItemSpec::Constants(item) | ItemSpec::Enum(item) | ItemSpec::IdSpace(item) => {
            values(&item.values, validity, release, add);
        }
        ItemSpec::Chain(_) => {}
        _ => add(item.common().before.name_at(release, item.name())),
    }
    // A struct has its own name already.
    if let (ItemSpec::Capability(_), Some(name)) = (item, item.declared_struct()) {
        add(name);
    }
    if let Some(list) = item.fields() {
        fields(list, validity, release, add);
    }
}

fn values<'p>(
    list: &'p Map<LineOrMap<ValueSpec>>,
    around: Validity,
    release: Release,
    add: &mut impl FnMut(&'p str),
) {
    let alive = list.iter().filter(|(_, value)| value.validity(around).covers(release));
    alive.for_each(|(name, value)| add(value.before.name_at(release, name)));
}

fn fields<'p>(
    list: &'p Map<LineOrMap<FieldSpec>>,
    around: Validity,
    release: Release,
    add: &mut impl FnMut(&'p str),
) {
    for (_, field) in list.iter() {
        let validity = field.validity(around);
        values(&field.bits, validity, release, add);
        values(&field.values, validity, release, add);
        fields(&field.union, validity, release, add);
    }
}
