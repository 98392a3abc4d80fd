//! Numbers that new items take although they are reserved for others.

use crate::amend::pieces::Addition;
use crate::diagnostic::shared_codes::{ID_REUSED, NUMBER_REUSED};
use crate::spec::types::Amount;
use crate::spec::wrappers::{LineOrMap, Map, OneOrMany, Placed};
use crate::spec::{Exception, ItemSpec, ReservedSpec, Spec};

type Reservations = Map<OneOrMany<LineOrMap<ReservedSpec>>>;

/// Allows such items, each with the reason; returns a sentence about each.
pub(super) fn allow(spec: &Spec, pieces: &mut [Addition]) -> Vec<String> {
    let mut sentences = Vec::new();
    for piece in pieces {
        match piece {
            Addition::Values { group, values, .. } => {
                let item = &spec.files[group.file].items[group.item];
                let (ItemSpec::Constants(group) | ItemSpec::Enum(group) | ItemSpec::IdSpace(group)) =
                    item
                else {
                    continue;
                };
                for (name, LineOrMap(value)) in values {
                    let Some(Amount::Number(number)) = value.value else { continue };
                    let others = users(&group.reserved, number.value, name);
                    exception(
                        &mut value.allow,
                        NUMBER_REUSED.0,
                        name,
                        number.value,
                        &others,
                        &mut sentences,
                    );
                }
            }
            Addition::Item { item, .. } => {
                let ItemSpec::Capability(capability) = &mut **item else { continue };
                let chain = capability.chain.as_ref().map(|chain| chain.value.clone());
                let chains = spec.items().filter_map(|(_, item)| match item {
                    ItemSpec::Chain(one) => Some(one),
                    _ => None,
                });
                let Some(chain) =
                    chains.into_iter().find(|one| Some(&one.chain.value) == chain.as_ref())
                else {
                    continue;
                };
                let (name, id) = (capability.capability.clone(), capability.id.value.value);
                let others = users(&chain.reserved, id, &name);
                exception(&mut capability.allow, ID_REUSED.0, &name, id, &others, &mut sentences);
            }
            Addition::Held { .. } | Addition::Fields { .. } => {}
        }
    }
    sentences
}

/// The other names for which a number is reserved.
fn users(reserved: &Reservations, number: i128, name: &Placed<String>) -> Vec<String> {
    let same = reserved
        .flat()
        .filter(|(other, _, one)| one.value.value.value == number && other.value != name.value);
    same.map(|(other, ..)| other.value.clone()).collect()
}

fn exception(
    allow: &mut Map<LineOrMap<Exception>>,
    rule: &str,
    name: &Placed<String>,
    number: i128,
    others: &[String],
    sentences: &mut Vec<String>,
) {
    if others.is_empty() {
        return;
    }
    let others = others.join(", ");
    sentences.push(format!(
        "`{}` takes {number}, which is reserved for {others}; delete these reservations and \
         the `allow` of the new item",
        name.value
    ));
    let reason = format!("the kernel took the number that was reserved for {others}");
    let exception = Exception { reason, since: None, until: None };
    allow.0.push((Placed { value: rule.to_owned(), place: name.place }, LineOrMap(exception)));
}
