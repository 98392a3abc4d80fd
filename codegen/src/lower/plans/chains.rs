//! The chains: the formats of their headers, the structs before them, their capabilities, and the
//! profiles of their writers.

use std::collections::HashMap;

use super::fields::{aggregates, bit_field, int_field, int_fields, is_array, offset};
use super::{bodies, hosts};
use crate::ir::protocol::{
    ArrayPlan, BitField, BodyPlan, ByModel, CapPlan, ChainPlan, CompanionPlan, ElementPlan,
    FirstPlan, HeaderFormat, HeldOffset, HostPlan, KindPlan, ProfilePlan, SpacePlan,
};
use crate::ir::{
    Abi, Arg, Bits, CapHeader, Capability, CapabilityId, Chain, ChainId, ChainStart, Copied, Field,
    Handler, IoctlId, ReplyChain, Role, Struct, Type,
};
use crate::layout::{Int, Span, round_up};
use crate::lower::resolved;
use crate::reply::{ArgszReply, Padding, WhenTooSmall};

/// The formats of all headers of capabilities.
pub(super) fn headers(abi: &Abi) -> Vec<HeaderFormat> {
    abi.cap_headers.iter().map(|header| header_format(abi, header)).collect()
}

/// All capabilities.
pub(super) fn capability_plans(abi: &Abi, headers: &[HeaderFormat]) -> Vec<CapPlan> {
    let mut kinds = kinds(abi);
    let capabilities = abi.capabilities.iter().enumerate();
    let plans = capabilities.map(|(index, cap)| {
        let kinds = kinds.remove(&CapabilityId(index)).unwrap_or_default();
        cap_plan(abi, headers, cap, kinds)
    });
    plans.collect()
}

/// All chains.
pub(super) fn chains(abi: &Abi) -> Vec<ChainPlan> {
    (0..abi.chains.len()).map(|id| chain_plan(abi, ChainId(id))).collect()
}

/// The chains in a space, each after those that its walk searches. `validate` refuses chains
/// that depend on themselves.
pub(super) fn space_order(plans: &[ChainPlan]) -> Vec<ChainId> {
    let mut order = Vec::new();
    for plan in plans {
        push_after_searched(plans, plan.chain, &mut order);
    }
    order
}

fn push_after_searched(plans: &[ChainPlan], id: ChainId, order: &mut Vec<ChainId>) {
    let Some(space) = plans[id.0].space.as_ref().filter(|_| !order.contains(&id)) else { return };
    for searched in space.searched() {
        push_after_searched(plans, searched, order);
    }
    order.push(id);
}

fn header_format(abi: &Abi, header: &CapHeader) -> HeaderFormat {
    let struct_ = abi.struct_(header.struct_);
    let size = struct_.kernel_layout().size;
    let bits = |bits: Bits| bit_field(struct_, bits);
    let empty = header.empty.iter().flat_map(|(place, values)| {
        values.iter().map(|value| (bit_field(struct_, *place), *value))
    });
    let next = bits(header.next);
    HeaderFormat {
        size,
        min_size: header.align.max(size).max(1),
        id: bits(header.id),
        version: header.version.map(bits),
        next: BitField { mask: next.mask & header.mask, ..next },
        end: header.end,
        from_reply: header.from_reply,
        empty: empty.collect(),
    }
}

fn chain_plan(abi: &Abi, id: ChainId) -> ChainPlan {
    let chain = abi.chain(id);
    let host = match &chain.start {
        ChainStart::AtOffsetField { host, cap_offset } => Some(hosts::plan(abi, host, *cap_offset)),
        _ => None,
    };
    let align = abi.cap_headers[chain.header].align.max(1);
    let capabilities = capabilities(abi, chain);
    let profiles = host.as_ref().map(|host| profiles(abi, host, align)).unwrap_or_default();
    ChainPlan {
        chain: id,
        header: chain.header,
        host,
        first: first(abi, chain),
        bound: chain.bound,
        space: space_plan(abi, chain, &capabilities),
        capabilities,
        profiles,
    }
}

/// What a walk in a space needs.
fn space_plan(abi: &Abi, chain: &Chain, capabilities: &[CapabilityId]) -> Option<SpacePlan> {
    let space = chain.space.as_ref()?;
    let struct_ = space.struct_.map(|id| abi.struct_(id));
    let flag = struct_.zip(space.flag.as_ref()).map(|(struct_, (field, _, number))| {
        let Span { offset, size } = struct_.kernel_span(*field);
        BitField { offset, width: size, low: 0, mask: *number }
    });
    let required = space.requires.first().map(|id| abi.capability(*id).chain);
    let ids = space.requires.iter().map(|id| abi.capability(*id).id).collect();
    let companion = space.companion.map(|id| abi.capability(id));
    let companion = companion.map(|one| CompanionPlan {
        chain: one.chain,
        id: one.id,
        length: one.struct_.zip(one.length).map(|(id, bits)| bit_field(abi.struct_(id), bits)),
    });
    let align = abi.cap_headers[chain.header].align.max(1);
    Some(SpacePlan {
        end: space.end,
        align,
        flag,
        requires: required.map(|chain| (chain, ids)),
        companion,
        slots: (space.end - chain.bound).div_ceil(align).div_ceil(32).max(1),
        elements: elements(abi, capabilities),
    })
}

/// How the first capability of a chain is found, unless a `cap_offset` leads to it.
fn first(abi: &Abi, chain: &Chain) -> Option<FirstPlan> {
    let CapHeader { mask, end, .. } = abi.cap_headers[chain.header];
    let held = |int: Int| HeldOffset { width: int.size(), mask, end };
    Some(match &chain.start {
        ChainStart::Fixed { offset } | ChainStart::After { offset, .. } => FirstPlan::At(*offset),
        ChainStart::FieldAt { offset, int } => FirstPlan::In(*offset, held(*int)),
        ChainStart::Chosen { by, offsets, int } => FirstPlan::Chosen {
            by: bit_field(abi.struct_(chain.space.as_ref()?.struct_?), *by),
            offsets: offsets.iter().map(|(_, number, offset)| (*number, *offset)).collect(),
            held: held(*int),
        },
        ChainStart::AtOffsetField { .. } | ChainStart::Unknown => return None,
    })
}

/// The capabilities of a chain, then their kinds, that end in an array of structs: one for each
/// struct.
fn elements(abi: &Abi, capabilities: &[CapabilityId]) -> Vec<CapabilityId> {
    let mut seen = Vec::new();
    let mut first = Vec::new();
    let is_kind = |id: &CapabilityId| {
        let kind = abi.capability(*id).kind.as_ref();
        kind.is_some_and(|kind| capabilities.contains(&kind.parent))
    };
    let kinds = (0..abi.capabilities.len()).map(CapabilityId).filter(is_kind);
    let mut kinds: Vec<_> = kinds.collect();
    let parent = |id: &CapabilityId| {
        let parent = abi.capability(*id).kind.as_ref().map(|kind| kind.parent);
        capabilities.iter().position(|one| Some(*one) == parent)
    };
    kinds.sort_by_key(parent);
    for id in capabilities.iter().copied().chain(kinds) {
        let body = abi.capability(id).struct_.map(|body| abi.struct_(body));
        let element = body.and_then(|body| body.fields.last()?.element());
        if let Some(element) = element.filter(|element| !seen.contains(element)) {
            seen.push(element);
            first.push(id);
        }
    }
    first
}

/// The kinds of each capability that has some.
fn kinds(abi: &Abi) -> HashMap<CapabilityId, Vec<KindPlan>> {
    let mut kinds = HashMap::<_, Vec<_>>::new();
    for (index, capability) in abi.capabilities.iter().enumerate() {
        let Some((kind, own)) = capability.kind.as_ref().zip(capability.struct_) else { continue };
        let (own, chain) = (abi.struct_(own), abi.chain(capability.chain));
        let body = kind.conditions(capability.id);
        let body = body.map(|(bits, value)| (bit_field(own, bits), value));
        let start = chain.space.as_ref().and_then(|space| space.struct_);
        let space = start.into_iter().flat_map(|start| {
            let start = abi.struct_(start);
            kind.space.iter().map(|(bits, value)| (bit_field(start, *bits), *value))
        });
        kinds.entry(kind.parent).or_default().push(KindPlan {
            capability: CapabilityId(index),
            body: body.collect(),
            space: space.collect(),
        });
    }
    kinds
}

/// The capabilities of a chain, each id once.
fn capabilities(abi: &Abi, chain: &Chain) -> Vec<CapabilityId> {
    let mut first = Vec::<CapabilityId>::new();
    for id in &chain.capabilities {
        let same = |other: &CapabilityId| abi.capability(*other).id == abi.capability(*id).id;
        if !first.iter().any(same) {
            first.push(*id);
        }
    }
    first
}

fn cap_plan(
    abi: &Abi,
    headers: &[HeaderFormat],
    capability: &Capability,
    kinds: Vec<KindPlan>,
) -> CapPlan {
    let plan = |required_size, fixed_size| CapPlan {
        id: capability.id,
        newest: capability.version,
        struct_: capability.struct_,
        required_size,
        fixed_size,
        fields: Vec::new(),
        aggregates: Vec::new(),
        fixed_arrays: Vec::new(),
        array: None,
        body: BodyPlan::default(),
        length: None,
        kinds,
    };
    let Some(struct_) = capability.struct_.map(|id| abi.struct_(id)) else {
        let size = headers[abi.chain(capability.chain).header].size;
        return plan(vec![ByModel([size; 3])], vec![size]);
    };
    let in_space = abi.chain(capability.chain).space.is_some();
    let array = array_plan(abi, struct_, in_space);
    let align = struct_.kernel_layout().align;
    let body = bodies::plan(abi, struct_);
    let least = bodies::least(&body, array.as_ref());
    let required = (1..=capability.version).map(|version| match least {
        Some(least) => ByModel([least; 3]),
        None => required_size(struct_, version),
    });
    let required: Vec<_> = required.collect();
    let fixed = required.iter().map(|size| match &array {
        Some(array) => array.offset.kernel(),
        None => round_up(size.kernel(), align),
    });
    let fixed = fixed.collect();
    let fields = int_fields(struct_, &[Role::Header, Role::Reserved]);
    let length = capability.length.map(|bits| bit_field(struct_, bits));
    let (aggregates, fixed_arrays) = match in_space {
        true => (Vec::new(), bodies::fixed_arrays(struct_)),
        false => (aggregates(abi, struct_, &[Role::Header, Role::Reserved]), Vec::new()),
    };
    CapPlan { fields, aggregates, fixed_arrays, array, body, length, ..plan(required, fixed) }
}

/// The end of the last field of fixed size that a version has.
fn required_size(struct_: &Struct, version: u16) -> ByModel {
    let has = |field: &Field| !is_array(field) && field.version <= version;
    let last = resolved(struct_.fields.iter().rposition(has));
    ByModel(struct_.spans(last).map(|span| span.end()))
}

/// The array of integers or structs that a struct ends with.
fn array_plan(abi: &Abi, struct_: &Struct, in_space: bool) -> Option<ArrayPlan> {
    let field = struct_.fields.len().checked_sub(1)?;
    let Type::Flexible(element, count) = &struct_.fields[field].type_ else { return None };
    let (stride, element) = match **element {
        Type::Int(int) => ([int.size(); 3], ElementPlan::Int(int)),
        Type::Struct(id) => {
            let element = abi.struct_(id);
            let stride = element.layouts.each_ref().map(|layout| layout.size.max(1));
            // A record has all fields, and the view of an element those with a meaning.
            let excluded: &[Role] = if in_space { &[Role::Reserved] } else { &[] };
            (stride, ElementPlan::Struct(id, int_fields(element, excluded)))
        }
        _ => return None,
    };
    let body = struct_.fields[field].element().map(|id| abi.struct_(id));
    let each = body.and_then(|own| own.length.map(|each| bodies::quantity(abi, own, &each)));
    let plan = body.map(|own| bodies::plan(abi, own)).unwrap_or_default();
    let cut = match (&element, each) {
        (ElementPlan::Struct(_, fields), Some(each)) => bodies::cut(&plan, fields, each),
        _ => Vec::new(),
    };
    Some(ArrayPlan {
        field,
        offset: offset(struct_, field),
        stride: ByModel(stride),
        count: count.and_then(|count| int_field(struct_, count)),
        counted: struct_.fields[field].count.map(|count| bodies::quantity(abi, struct_, &count)),
        each,
        element,
        body: plan,
        cut,
    })
}

/// The handlers of calls with this host that have a profile.
fn profiles(abi: &Abi, host: &HostPlan, align: u64) -> Vec<ProfilePlan> {
    let mut profiles = Vec::new();
    for (id, ioctl) in abi.ioctls.iter().enumerate() {
        if ioctl.arg != Arg::Struct(host.struct_) {
            continue;
        }
        for (index, handler) in ioctl.handlers.iter().enumerate() {
            let place = (IoctlId(id), index);
            let name = handler.profile.as_deref();
            profiles.extend(name.map(|name| profile(name, place, handler, host, align)));
        }
    }
    profiles
}

fn profile(
    name: &str,
    place: (IoctlId, usize),
    handler: &Handler,
    host: &HostPlan,
    align: u64,
) -> ProfilePlan {
    let fixed_ends = match &handler.writes {
        Copied::Ends(ends) => ends.clone(),
        Copied::Fitting | Copied::Only(_) => Vec::new(),
    };
    let fixed_size = fixed_ends.iter().copied().max().unwrap_or(host.size);
    // A handler without a chain would start one after its fixed part.
    let rules = handler.chain.clone().unwrap_or(ReplyChain {
        offset: round_up(fixed_size, align),
        align,
        when_too_small: WhenTooSmall::OffsetZero,
        padding: Padding::default(),
        argsz: ArgszReply::default(),
        writes: Vec::new(),
        capabilities: Vec::new(),
    });
    ProfilePlan {
        name: name.to_owned(),
        handler: place,
        minsz: handler.minsz,
        fixed_ends,
        fixed_size,
        first_cap: rules.offset,
        align: rules.align.max(1),
        when_too_small: rules.when_too_small,
        padding: rules.padding,
        argsz: rules.argsz,
        unset: handler.unset,
    }
}
