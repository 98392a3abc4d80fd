//! The part of the header that walks chains in a space. It has a runtime of its own, since
//! the bytes of a space can be in a device.

mod body;
mod examples;
mod view;

use super::comment::Comment;
use super::emitter::Emitter;
use super::literal::literal;
use super::part_text::PartText;
use super::tables::{bit_field, by_version};
use super::unique_names::UniqueNames;
use super::{runtime, section};
use crate::ir::protocol::{
    ArrayPlan, BitField, ChainPlan, CompanionPlan, ElementPlan, FirstPlan, IntField, KindPlan,
    SpacePlan,
};
use crate::ir::{Abi, CapabilityId, Chain, ChainId};
use crate::names::{self, c_word};
use body::{BodyView, ElementView};
pub(super) use examples::examples;
pub(super) use view::SpacesView;
use view::{
    BitsView, ChosenView, CompanionView, ConditionView, HeldView, SearchView, SpaceArrayView,
    SpaceCapView, SpaceChainView, SpaceFormatView, SpaceStartView,
};

/// Whether the ABI has chains in a space.
pub(super) fn present(abi: &Abi) -> bool {
    abi.chains.iter().any(|chain| chain.space.is_some())
}

/// Readers of the chains in a space; `before` are the parts before this one.
pub(super) fn view(emitter: &Emitter<'_, '_>, before: &[&PartText]) -> SpacesView {
    let Emitter { abi, stem, macro_prefix, starts, .. } = *emitter;
    let runtime = own_runtime(abi, stem, macro_prefix);
    let names = UniqueNames::after(before, starts, [runtime.as_str()].into_iter());
    SpacesView {
        stem: stem.to_owned(),
        macro_prefix: macro_prefix.to_owned(),
        chains: chains(abi, stem, macro_prefix, names),
        runtime,
    }
}

/// The runtime of the part, with room for the longest chain.
fn own_runtime(abi: &Abi, stem: &str, macro_prefix: &str) -> String {
    let slots = abi.protocol.spaces().map(|(_, space)| space.slots);
    let slots = slots.max().unwrap_or(1).to_string();
    let runtime = runtime::SPACE.replace("CAPCHAIN_SLOTS", &slots);
    runtime::renamed(&runtime, stem, macro_prefix)
}

/// The chains under their names in the header.
fn chains(
    abi: &Abi,
    stem: &str,
    macro_prefix: &str,
    mut names: UniqueNames,
) -> Vec<SpaceChainView> {
    let named = abi.protocol.spaces().map(|(plan, _)| {
        let chain = &abi.chain(plan.chain).name;
        let start = names.reserve(names::c_name(stem, &[chain, c_word::CAPS]));
        let format = names.reserve(names::c_name(stem, &["", chain, "format"]));
        NamedChain { id: plan.chain, start, format }
    });
    let named: Vec<_> = named.collect();
    let emitter = SpaceEmitter { abi, stem, macro_prefix, named: &named };
    let chains = abi.protocol.spaces().zip(&named);
    chains.map(|((plan, space), own)| emitter.chain(plan, space, own, &mut names)).collect()
}

/// What functions of other chains use of a chain.
struct NamedChain {
    id: ChainId,
    /// The function that starts a walk.
    start: String,
    /// The table of its rules.
    format: String,
}

struct SpaceEmitter<'a> {
    abi: &'a Abi,
    stem: &'a str,
    macro_prefix: &'a str,
    named: &'a [NamedChain],
}

impl SpaceEmitter<'_> {
    fn chain(
        &self,
        plan: &ChainPlan,
        space: &SpacePlan,
        own: &NamedChain,
        names: &mut UniqueNames,
    ) -> SpaceChainView {
        let chain = self.abi.chain(plan.chain);
        let next = names.reserve(names::c_name(self.stem, &[&chain.name, c_word::NEXT]));
        let empty = names.reserve(names::c_name(self.stem, &["", &chain.name, "empty"]));
        let of = |id: &CapabilityId| (*id, &self.abi.protocol.capabilities[id.0]);
        let plans: Vec<_> = plan.capabilities.iter().map(of).collect();
        let elements = self.elements(chain, space, names);
        let mut capability = |id, kind| self.capability((chain, &elements), id, kind, &mut *names);
        let caps = plans.iter().map(|(id, _)| capability(*id, None)).collect();
        let kinds = plans.iter().flat_map(|(id, plan)| plan.kinds.iter().map(|kind| (*id, kind)));
        let kinds =
            kinds.map(|(parent, kind)| capability(kind.capability, Some((parent, kind)))).collect();
        SpaceChainView {
            format: self.format(plan, space, own, empty),
            start: self.start(plan, space, own),
            next,
            elements,
            caps,
            kinds,
        }
    }

    fn format(
        &self,
        plan: &ChainPlan,
        space: &SpacePlan,
        own: &NamedChain,
        empty: String,
    ) -> SpaceFormatView {
        let header = &self.abi.protocol.headers[plan.header];
        let empty_values = header.empty.iter();
        let empty_values = empty_values.map(|(bits, value)| value_initializer(*bits, *value));
        SpaceFormatView {
            name: own.format.clone(),
            empty,
            empty_values: empty_values.collect(),
            size: header.size,
            id: bit_field(Some(header.id)),
            version: bit_field(header.version),
            next: bit_field(Some(header.next)),
            end: literal(header.end),
            from_space: u32::from(header.from_reply),
            first: plan.bound,
            limit: space.end,
            align: space.align,
        }
    }

    fn start(&self, plan: &ChainPlan, space: &SpacePlan, own: &NamedChain) -> SpaceStartView {
        let chain = &self.abi.chain(plan.chain).name;
        let text = format!("Starts a walk over the {chain} chain of a space.");
        let requires = space.requires.as_ref();
        let requires = requires.and_then(|(chain, ids)| self.search(*chain, ids));
        let companion = space.companion.map(|CompanionPlan { chain, id, length }| {
            let found = space.requires_its_companion();
            CompanionView {
                search: if found { None } else { self.search(chain, &[id]) },
                length: length.map(|bits| bit_field(Some(bits))),
            }
        });
        let value = || Some("value".to_owned());
        let (chosen, held, first) = match &plan.first {
            Some(FirstPlan::At(at)) => (None, None, Some(at.to_string())),
            Some(FirstPlan::In(at, held)) => (None, Some(HeldView::of(Some(*at), *held)), value()),
            Some(FirstPlan::Chosen { by, offsets, held }) => {
                let chosen = ChosenView { by: BitsView::of(*by), offsets: offsets.clone() };
                (Some(chosen), Some(HeldView::of(None, *held)), value())
            }
            None => (None, None, None),
        };
        SpaceStartView {
            comment: section::opening(Comment::of(&[text]).above(0)),
            name: own.start.clone(),
            flag: space.flag.map(BitsView::of),
            requires,
            companion,
            chosen,
            held,
            first,
        }
    }

    /// A search for one of some ids in another chain.
    fn search(&self, chain: ChainId, ids: &[u64]) -> Option<SearchView> {
        let NamedChain { start, format, .. } = self.named.iter().find(|one| one.id == chain)?;
        let tests = ids.iter().map(|id| format!("cap.id == {id}"));
        let test = tests.collect::<Vec<_>>().join(" || ");
        Some(SearchView { start: start.clone(), format: format.clone(), test })
    }

    fn capability(
        &self,
        (chain, elements): (&Chain, &[ElementView]),
        id: CapabilityId,
        kind: Option<(CapabilityId, &KindPlan)>,
        names: &mut UniqueNames,
    ) -> SpaceCapView {
        let (item, plan) = (self.abi.capability(id), &self.abi.protocol.capabilities[id.0]);
        let words = [chain.name.as_str(), &item.short];
        let mut name =
            |word: &[&str]| names.reserve(names::c_name(self.stem, &[&words[..], word].concat()));
        let (own, read) = (name(&[]), name(&[c_word::READ]));
        let (next, find) = (name(&[c_word::NEXT]), name(&[c_word::FIND]));
        let struct_ = plan.struct_.map(|id| self.abi.struct_(id));
        let fields = struct_.iter().flat_map(|struct_| &struct_.fields);
        let mut members = UniqueNames::members(fields.map(|field| field.name.as_str()));
        let place = members.reserve(names::C_PLACE.to_owned());
        let body = BodyView::of(self, &mut name, plan);
        let tables = body.as_ref();
        let array = plan.array.as_ref().zip(struct_).map(|(array, struct_)| {
            let field = &struct_.fields[array.field].name;
            let count_name = members.reserve(names::c_member_count(field));
            let get = name(&[names::c_element(&item.short, field)]);
            let element = match array.element {
                ElementPlan::Int(_) => None,
                ElementPlan::Struct(id, _) => elements.iter().find(|one| one.struct_ == id),
            };
            let start = |cap: &str| self.place(&plan.body, tables, cap, array.offset.kernel());
            SpaceArrayView {
                name: field.clone(),
                count_name,
                get,
                type_: array_type(array, element),
                start: start("cap"),
                start_of: start(&format!("&from->{place}")),
                stride: array.stride.kernel(),
                counted: array.count.as_ref().map(|count| self.get(count)),
                read: element.map(|element| element.read.clone()),
                each: tables.and_then(|body| body.each.as_ref()).map(|each| each.name.clone()),
            }
        });
        let title = match struct_ {
            Some(struct_) => format!("The values of a struct {}.", struct_.name),
            None => format!("A {}, which is only a header.", item.name),
        };
        let required: Vec<_> = plan.required_size.iter().map(|size| size.kernel()).collect();
        let counted = plan.array.as_ref().and_then(|array| {
            let count = self.get(array.count.as_ref()?);
            let (offset, stride) = (array.offset.kernel(), array.stride.kernel());
            Some(format!("{offset}, {count}, {stride}"))
        });
        SpaceCapView {
            id: kind.map_or(item.id, |(parent, _)| self.abi.capability(parent).id),
            constant: item.name.clone(),
            title,
            name: own,
            place,
            read,
            next,
            find,
            length: plan.length.map(|bits| bit_field(Some(bits))),
            required_size: by_version("cap->version", &required),
            optional: plan.fields.iter().any(|field| plan.body.part(field.field).is_some()),
            fixed: !plan.fixed_arrays.is_empty(),
            counted,
            values: struct_
                .map(|one| {
                    self.values(
                        (one, &plan.fields, &plan.fixed_arrays),
                        &plan.body,
                        tables,
                        &mut members,
                    )
                })
                .unwrap_or_default(),
            body,
            array,
            conditions: kind.map(|(_, kind)| self.conditions(kind)).unwrap_or_default(),
        }
    }

    fn conditions(&self, kind: &KindPlan) -> Vec<ConditionView> {
        let stem = self.stem;
        let body = kind.body.iter().map(|one| (one, format!("{stem}__space_cap_bits(cap, ")));
        let space = kind.space.iter();
        let space =
            space.map(|one| (one, format!("{stem}__space_start_bits(cap->space,\n\t\t\t\t")));
        let all = body.chain(space).enumerate().map(|(nth, ((bits, value), call))| {
            let test = format!("{call}&conditions[{nth}].bits, &value)");
            ConditionView { value: value_initializer(*bits, *value), test }
        });
        all.collect()
    }

    /// The number at a field of `cap`.
    fn get(&self, field: &IntField) -> String {
        let (offset, width) = (field.offset.kernel(), field.int.size());
        format!("{}_space_get(cap, {offset}, {width})", self.stem)
    }
}

/// The type of the elements of an array; `element` is the view of a struct.
fn array_type(array: &ArrayPlan, element: Option<&ElementView>) -> String {
    match (&array.element, element) {
        (ElementPlan::Int(int), _) => names::c_int(int.value()).to_owned(),
        (ElementPlan::Struct(..), element) => {
            element.map_or(String::new(), |element| format!("struct {}", element.name))
        }
    }
}

fn value_initializer(bits: BitField, value: u64) -> String {
    format!("{{ {}, {} }}", bit_field(Some(bits)), literal(value))
}
