//! Takes away what refers to something that a specification no longer has, after
//! headers removed it.

use crate::diagnostic::Place;
use crate::spec::handlers::{CopiedSpec, Rules};
use crate::spec::types::ArgExpr;
use crate::spec::wrappers::{LineOrMap, List, Map, Placed, ValueOrMap, WordOrNames};
use crate::spec::{
    CapabilitySpec, ChainSpec, FieldSpec, HandlerSpec, IoctlSpec, ItemSpec, PayloadSpec, Spec,
    StreamSpec, ValueSpec,
};

/// Takes away the smallest part of a specification that has its place here; whether
/// there is one.
pub(super) fn drop_at(spec: &mut Spec, place: Place) -> bool {
    let numbers = spec.abi.ioctls.as_ref();
    if numbers.is_some_and(|numbers| {
        [&numbers.type_, &numbers.base].iter().any(|name| name.place == place)
    }) {
        spec.abi.ioctls = None;
        return true;
    }
    if spec.abi.fds.0.iter_mut().any(|(_, kind)| without_stream(&mut kind.0.stream, place)) {
        return true;
    }
    for file in &mut spec.files {
        for index in 0..file.items.0.len() {
            match in_item(&mut file.items.0[index], place) {
                Repair::Elsewhere => {}
                Repair::Dropped => return true,
                Repair::Whole => {
                    file.items.0.remove(index);
                    return true;
                }
            }
        }
    }
    false
}

/// Takes away the records of a file descriptor if they refer to what is gone.
fn without_stream(stream: &mut Option<StreamSpec>, place: Place) -> bool {
    let gone = stream.take_if(|one| {
        let StreamSpec { record, type_by, len, total_len, no_data, last, answer } = one;
        let others = [type_by, len, total_len, no_data, last, answer].into_iter().flatten();
        others.chain([record]).any(|name| name.place == place)
    });
    gone.is_some()
}

/// Where a place is.
enum Repair {
    /// Not in this item.
    Elsewhere,
    /// In a part of it, which was taken away.
    Dropped,
    /// It is that of the item itself.
    Whole,
}

fn in_item(item: &mut ItemSpec, place: Place) -> Repair {
    let declared = item.declared_struct().is_some_and(|name| name.place == place);
    if item.name().place == place {
        return Repair::Whole;
    }
    let dropped = match item {
        ItemSpec::Constants(item) | ItemSpec::Enum(item) | ItemSpec::IdSpace(item) => {
            let dropped = in_values(&mut item.values, place);
            if dropped && item.values.is_empty() {
                return Repair::Whole;
            }
            dropped
                || in_transitions(&mut item.transitions, place)
                || without(&mut item.prefix.0, place)
                || clear(&mut item.suffix, place)
                || clear(&mut item.type_, place)
        }
        ItemSpec::Macro(item) => return whole_if([item.c.place, item.rust.place].contains(&place)),
        ItemSpec::Struct(item) => {
            let dropped = clear(&mut item.minsz, place) || in_fields(&mut item.fields, place);
            if item.fields.is_empty() {
                return Repair::Whole;
            }
            dropped
        }
        ItemSpec::Ioctl(item) if [item.number.place, item.fd.place].contains(&place) => {
            return Repair::Whole;
        }
        ItemSpec::Ioctl(item) => in_ioctl(item, place),
        ItemSpec::Chain(item) if chain_places(item).contains(&place) => return Repair::Whole,
        ItemSpec::Chain(item) => in_chain(item, place),
        ItemSpec::Capability(item) => return in_capability(item, place, declared),
    };
    if dropped { Repair::Dropped } else { Repair::Elsewhere }
}

fn whole_if(whole: bool) -> Repair {
    if whole { Repair::Whole } else { Repair::Elsewhere }
}

fn in_capability(item: &mut CapabilitySpec, place: Place, declared: bool) -> Repair {
    let chain = item.chain.as_ref().is_some_and(|chain| chain.place == place);
    if declared || chain || item.id.place == place {
        return Repair::Whole;
    }
    let dropped = clear(&mut item.struct_, place)
        || clear(&mut item.short_name, place)
        || in_fields(&mut item.fields, place);
    if item.fields.is_empty() && dropped {
        item.struct_ = None;
    }
    if dropped { Repair::Dropped } else { Repair::Elsewhere }
}

/// A required capability, or a place of the first one, that is gone.
fn in_chain(item: &mut ChainSpec, place: Place) -> bool {
    let Some(first) = &mut item.first else { return without(&mut item.requires.0, place) };
    let count = first.offsets.len();
    first.offsets.0.retain(|(name, offset)| name.place != place && offset.place != place);
    first.offsets.len() < count || without(&mut item.requires.0, place)
}

/// The places in a chain without which it has no start.
fn chain_places(item: &ChainSpec) -> Vec<Place> {
    let names = [&item.host, &item.flag].into_iter().flatten().map(|name| name.place);
    let first = item.first.iter().flat_map(|first| {
        let numbers = [first.offset, first.bound].into_iter().flatten().map(|number| number.place);
        numbers.chain(first.by.as_ref().map(|by| by.place))
    });
    let space = item.space.iter().map(|name| name.place);
    let space = space.chain(item.within.as_ref().map(|within| within.place));
    names.chain(first).chain(space).chain([item.header.place, item.prefix.place]).collect()
}

fn in_ioctl(item: &mut IoctlSpec, place: Place) -> bool {
    if item.arg.place == place {
        item.arg.value = ArgExpr::Int;
        item.handlers.0.clear();
        item.replies.0.clear();
        return true;
    }
    let rules = item.replies.0.iter_mut().any(|(_, rules)| rules.leave_out(place));
    let mut handlers = item.handlers.0.iter_mut().flat_map(|(_, handlers)| &mut handlers.0);
    if rules
        || handlers.any(|one| one.value.0.leave_out(place))
        || without(&mut item.backends.0, place)
    {
        return true;
    }
    let count = item.replies.len();
    item.replies.0.retain(|(name, rules)| {
        let like = rules.like.as_ref().is_some_and(|like| like.place == place);
        name.place != place && !like && !in_rules(&rules.rules(), place)
    });
    let mut dropped = item.replies.len() != count;
    for (name, handlers) in &mut item.handlers.0 {
        let count = handlers.0.len();
        for handler in &mut handlers.0 {
            dropped |= handler
                .value
                .0
                .capabilities
                .as_mut()
                .is_some_and(|list| without(&mut list.0, place));
        }
        if dropped {
            break;
        }
        handlers.0.retain(|one| {
            one.place != place && name.place != place && !in_handler(&one.value.0, place)
        });
        dropped |= handlers.0.len() != count;
    }
    item.handlers.0.retain(|(_, handlers)| !handlers.is_empty());
    dropped
}

fn in_handler(handler: &HandlerSpec, place: Place) -> bool {
    let names = [&handler.like, &handler.profile];
    let mut names = names.into_iter().flatten().map(|name| name.place);
    names.any(|one| one == place) || in_rules(&handler.rules(), place)
}

fn in_rules(rules: &Rules<'_>, place: Place) -> bool {
    let copied = |copied: &CopiedSpec| match copied {
        WordOrNames::Names(names) => has(names, place),
        WordOrNames::Word(_) => false,
    };
    rules.minsz.is_some_and(|minsz| minsz.place == place)
        || rules.reads.is_some_and(copied)
        || rules.writes.is_some_and(|written| match written {
            ValueOrMap::Value(rule) => copied(rule),
            ValueOrMap::Map(only) => has(&only.only, place),
        })
        || matches!(rules.tail, Some(ValueOrMap::Map(tail)) if tail.zero_after.place == place)
        || rules.array.is_some_and(|array| {
            array.field.place == place || has(&array.when_too_small.sets, place)
        })
        || rules.chain.is_some_and(|chain| {
            [chain.offset.place, chain.align.place].contains(&place) || has(&chain.writes, place)
        })
}

fn in_fields(fields: &mut Map<LineOrMap<FieldSpec>>, place: Place) -> bool {
    let count = fields.len();
    fields.0.retain(|(name, _)| name.place != place);
    if fields.len() != count {
        return true;
    }
    for index in 0..fields.0.len() {
        let field = &mut fields.0[index].1.0;
        let dropped = clear(&mut field.valid_if, place)
            || clear(&mut field.holds, place)
            || without(&mut field.indexes.0, place)
            || clear(&mut field.prefix, place)
            || in_payload(&mut field.payload, place)
            || in_choices(&mut field.one_of, place)
            || in_values(&mut field.bits, place)
            || in_values(&mut field.values, place);
        if dropped {
            if field.bits.is_empty() && field.values.is_empty() {
                field.prefix = None;
            }
            return true;
        }
        if field.version.is_some_and(|version| version.place == place) {
            field.version = None;
            return true;
        }
        // Without the bits of a condition, the field never exists.
        if field.exists_if.iter().any(|(bits, _)| bits.place == place) {
            fields.0.remove(index);
            return true;
        }
        if in_fields(&mut field.union, place) {
            if field.union.is_empty() {
                fields.0.remove(index);
            }
            return true;
        }
    }
    false
}

/// A payload whose struct or length is gone is memory of unknown content.
fn in_payload(payload: &mut Option<Box<PayloadSpec>>, place: Place) -> bool {
    let here = payload.as_ref().is_some_and(|payload| {
        let type_ = payload.type_.as_ref().map(|type_| type_.place);
        let named = payload.length_fields().chain(payload.type_field());
        let mut places = named.map(|(.., place)| place).chain(type_);
        places.any(|one| one == place)
    });
    if here {
        *payload = None;
    }
    here
}

/// A flag that excludes others.
fn in_choices(choices: &mut Map<List<Placed<String>>>, place: Place) -> bool {
    choices.0.iter_mut().any(|(_, flags)| without(&mut flags.0, place))
}

/// A state that a header does not have.
fn in_transitions(transitions: &mut Map<List<Placed<String>>>, place: Place) -> bool {
    let count = transitions.0.len();
    transitions.0.retain(|(from, _)| from.place != place);
    transitions.0.len() < count || transitions.0.iter_mut().any(|(_, to)| without(&mut to.0, place))
}

fn in_values(values: &mut Map<LineOrMap<ValueSpec>>, place: Place) -> bool {
    for index in 0..values.0.len() {
        let (name, LineOrMap(value)) = &mut values.0[index];
        if clear(&mut value.payload, place)
            || clear(&mut value.mask, place)
            || without(&mut value.gates.0, place)
        {
            return true;
        }
        if without(&mut value.of.0, place) && !value.of.is_empty() {
            return true;
        }
        let alias = clear(&mut value.alias, place);
        let bit = value.bit.is_some_and(|bit| bit.place == place);
        let empty = value.definitions().all(|(_, is_given)| !is_given);
        if name.place == place || alias || bit || empty {
            values.0.remove(index);
            return true;
        }
    }
    false
}

/// Clears a reference that has this place.
fn clear<T>(reference: &mut Option<Placed<T>>, place: Place) -> bool {
    let here = reference.as_ref().is_some_and(|name| name.place == place);
    if here {
        *reference = None;
    }
    here
}

fn has(names: &List<Placed<String>>, place: Place) -> bool {
    names.iter().any(|name| name.place == place)
}

/// Takes the name with this place out of a list.
fn without(names: &mut Vec<Placed<String>>, place: Place) -> bool {
    let count = names.len();
    names.retain(|name| name.place != place);
    names.len() != count
}
