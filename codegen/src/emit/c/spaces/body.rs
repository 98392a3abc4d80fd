//! Bodies in a space whose layout depends on bits: their tables, and the values that need not
//! exist.

use super::SpaceEmitter;
use crate::emit::c::literal::literal;
use crate::emit::c::tables::bit_field;
use crate::emit::c::unique_names::UniqueNames;
use crate::ir::protocol::{
    ArrayPlan, BodyPlan, CapPlan, FixedArray, IntField, PartPlan, QuantityPlan, SpacePlan,
};
use crate::ir::{BitsOf, Chain, Struct, StructId};
use crate::names;

/// A field of a capability or of an element.
pub(super) struct SpaceValueView {
    pub(super) name: String,
    pub(super) type_: &'static str,
    /// The number of elements of an array, and the same in brackets.
    pub(super) count: u64,
    pub(super) length: String,
    pub(super) has: Option<HasView>,
    pub(super) load: String,
}

/// The member that says whether there is a value.
pub(super) struct HasView {
    pub(super) name: String,
    pub(super) comment: String,
    pub(super) test: String,
    /// The member that says whether this is unknown.
    pub(super) unknown: Option<UnknownView>,
}

/// The member that says whether it is unknown that there is a value.
pub(super) struct UnknownView {
    pub(super) name: String,
    pub(super) comment: String,
    pub(super) test: String,
}

/// The tables of a body, and the function that computes the bytes that it needs.
pub(super) struct BodyView {
    /// The table of fields that need not exist.
    pub(super) parts: Option<PartsView>,
    /// The table of the number of elements.
    pub(super) count: Option<QuantityView>,
    /// The table of the length of each element.
    pub(super) each: Option<QuantityView>,
    /// The function.
    pub(super) need: String,
    /// The offset by which the array is in the table of fields, if it need not exist.
    pub(super) array_part: Option<u64>,
    /// Whether there is an array with a number of elements.
    pub(super) counted: bool,
}

/// The table of fields that need not exist.
pub(super) struct PartsView {
    /// The table of rows, and the layout with it.
    pub(super) rows_name: String,
    pub(super) name: String,
    pub(super) rows: Vec<String>,
    /// 0 or 1.
    pub(super) compact: u32,
    pub(super) end: u64,
}

/// A number in bits.
pub(super) struct QuantityView {
    pub(super) name: String,
    pub(super) value: String,
}

/// A struct that is an element of arrays.
pub(super) struct ElementView {
    pub(super) struct_: StructId,
    pub(super) title: String,
    pub(super) name: String,
    /// Its member that says where it is.
    pub(super) place: String,
    pub(super) read: String,
    pub(super) parts: Option<PartsView>,
    pub(super) values: Vec<SpaceValueView>,
    /// Whether fields need not exist.
    pub(super) optional: bool,
}

impl BodyView {
    /// None for a body that has the same layout always.
    pub(super) fn of(
        emitter: &SpaceEmitter<'_>,
        name: &mut impl FnMut(&[&str]) -> String,
        plan: &CapPlan,
    ) -> Option<Self> {
        let array = plan.array.as_ref();
        let (counted, each) = (array.and_then(|one| one.counted), array.and_then(|one| one.each));
        if plan.body.parts.is_empty() && counted.is_none() && each.is_none() {
            return None;
        }
        let parts = emitter.parts(name, &plan.body);
        let mut table = |word: &str, quantity: Option<QuantityPlan>| {
            quantity.map(|QuantityPlan { bits, plus, unit }| QuantityView {
                name: name(&["", word]),
                value: format!(
                    "{{ {}, {}, {} }}",
                    bit_field(Some(bits)),
                    literal(plus),
                    literal(unit)
                ),
            })
        };
        Some(Self {
            parts,
            count: table("count", counted),
            each: table("each", each),
            need: name(&["", "need"]),
            array_part: array.and_then(|array| plan.body.part(array.field)).map(|part| part.offset),
            counted: array.is_some_and(|array| array.counted.is_some() || array.count.is_some()),
        })
    }
}

/// The end of the macro for what has the bits of a condition.
fn holder(of: BitsOf) -> &'static str {
    match of {
        BitsOf::Body => "_SPACE_OF_BODY",
        BitsOf::Start(_) => "_SPACE_OF_START",
        BitsOf::Companion(..) => "_SPACE_OF_OTHER",
    }
}

impl SpaceEmitter<'_> {
    /// The table of the fields that need not exist.
    fn parts(
        &self,
        name: &mut impl FnMut(&[&str]) -> String,
        plan: &BodyPlan,
    ) -> Option<PartsView> {
        let holder = |of| [self.macro_prefix, holder(of)].concat();
        let rows = plan.parts.iter().flat_map(|part| {
            let conditions = (1_u32..).zip(&part.conditions);
            conditions.flat_map(move |(nth, condition)| {
                let of = holder(condition.of);
                condition.numbers.iter().map(move |(first, last)| {
                    let (at, size) = (part.offset, part.size);
                    let bits = bit_field(Some(condition.bits));
                    let (first, last) = (literal(*first), literal(*last));
                    format!("{{ {at}, {size}, {nth}, {of}, {bits}, {first}, {last} }}")
                })
            })
        });
        let rows: Vec<_> = rows.collect();
        (!rows.is_empty()).then(|| PartsView {
            rows_name: name(&["", "parts"]),
            name: name(&["", "layout"]),
            rows,
            compact: u32::from(plan.compact),
            end: plan.end,
        })
    }

    /// Where a field of `cap` is.
    pub(super) fn place(
        &self,
        plan: &BodyPlan,
        tables: Option<&BodyView>,
        cap: &str,
        offset: u64,
    ) -> String {
        let layout = tables.and_then(|body| body.parts.as_ref()).map(|parts| &*parts.name);
        self.place_by(plan, layout, cap, offset)
    }

    fn place_by(&self, plan: &BodyPlan, layout: Option<&str>, cap: &str, offset: u64) -> String {
        match layout.filter(|_| plan.moves(offset)) {
            Some(layout) => {
                format!("{}__space_place({cap},\n\t\t\t\t&{layout}, {offset})", self.stem)
            }
            None => offset.to_string(),
        }
    }

    /// The values of a body or of an element.
    pub(super) fn values(
        &self,
        (struct_, fields, arrays): (&Struct, &[IntField], &[FixedArray]),
        plan: &BodyPlan,
        tables: Option<&BodyView>,
        members: &mut UniqueNames,
    ) -> Vec<SpaceValueView> {
        let layout = tables.and_then(|body| body.parts.as_ref()).map(|parts| &*parts.name);
        let whole = |_: &IntField| None;
        let values = self.integers((struct_, fields), plan, layout, whole, members);
        let arrays: Vec<_> = arrays
            .iter()
            .map(|array| self.fixed_array((struct_, array), plan, layout, members))
            .collect();
        values.into_iter().chain(arrays).collect()
    }

    /// The integers; `short` is the test that an element reaches the end of a field.
    fn integers(
        &self,
        (struct_, fields): (&Struct, &[IntField]),
        plan: &BodyPlan,
        layout: Option<&str>,
        short: impl Fn(&IntField) -> Option<String>,
        members: &mut UniqueNames,
    ) -> Vec<SpaceValueView> {
        let values = fields.iter().map(|field| {
            let name = struct_.fields[field.field].name.clone();
            let (at, width) = (field.offset.kernel(), field.int.size());
            let type_ = names::c_int(field.int.value());
            let part = layout.filter(|_| plan.part(field.field).is_some());
            let (test, comment) = match (part, short(field), field.version) {
                (Some(layout), ..) => (
                    Some(format!(
                        "{}__space_optional(cap,\n\t\t\t&{layout}, {at}, {width}, &number)",
                        self.stem
                    )),
                    format!("whether there is {name}"),
                ),
                (None, Some(test), _) => (Some(test), format!("whether there is {name}")),
                (None, None, 0 | 1) => (None, String::new()),
                (None, None, version) => {
                    let (test, comment) = since(version);
                    (Some(test), comment)
                }
            };
            let get = match part {
                Some(_) => "number".to_owned(),
                None => {
                    let place = self.place_by(plan, layout, "cap", at);
                    format!("{}_space_get(cap, {place}, {width})", self.stem)
                }
            };
            let load = match field.int.size() {
                8 if !field.int.signed() => get,
                _ => format!("{}_CAST({type_},\n\t\t\t{get})", self.macro_prefix),
            };
            let has = test.map(|test| HasView {
                name: members.reserve(names::c_presence(&name)),
                comment,
                test,
                unknown: plan
                    .part(field.field)
                    .zip(layout)
                    .and_then(|(part, layout)| self.unknown((&name, part), layout, members)),
            });
            SpaceValueView { name, type_, count: 1, length: String::new(), has, load }
        });
        values.collect()
    }

    /// The member for a field that exists by bits of a capability of another chain.
    fn unknown(
        &self,
        (name, part): (&str, &PartPlan),
        layout: &str,
        members: &mut UniqueNames,
    ) -> Option<UnknownView> {
        part.has_companion().then(|| UnknownView {
            name: members.reserve(names::c_unknown(name)),
            comment: "whether that is unknown".to_owned(),
            test: format!(
                "{}__space_presence(cap,\n\t\t\t&{layout}, {}) < 0",
                self.stem, part.offset
            ),
        })
    }

    fn fixed_array(
        &self,
        (struct_, array): (&Struct, &FixedArray),
        plan: &BodyPlan,
        layout: Option<&str>,
        members: &mut UniqueNames,
    ) -> SpaceValueView {
        let FixedArray { first, count } = array;
        let name = struct_.fields[first.field].name.clone();
        let (at, width) = (first.offset.kernel(), first.int.size());
        let type_ = names::c_int(first.int.value());
        let part = layout.zip(plan.part(first.field));
        let test = match (part, first.version) {
            (Some((layout, _)), _) => Some((
                format!("{}__space_exists(cap,\n\t\t\t&{layout}, {at})", self.stem),
                format!("whether there is {name}"),
            )),
            (None, 0 | 1) => None,
            (None, version) => Some(since(version)),
        };
        let has = test.map(|(test, comment)| HasView {
            name: members.reserve(names::c_presence(&name)),
            comment,
            test,
            unknown: part.and_then(|(layout, part)| self.unknown((&name, part), layout, members)),
        });
        let place = self.place_by(plan, layout, "cap", at);
        let get =
            format!("{}_space_get(cap,\n\t\t\t\t{place} + nth * {width}, {width})", self.stem);
        let load = match width {
            8 => get,
            _ => format!("{}_CAST({type_},\n\t\t\t{get})", self.macro_prefix),
        };
        SpaceValueView { name, type_, count: *count, length: format!("[{count}]"), has, load }
    }

    /// The structs that are elements of arrays of a chain, each once.
    pub(super) fn elements(
        &self,
        chain: &Chain,
        space: &SpacePlan,
        names: &mut UniqueNames,
    ) -> Vec<ElementView> {
        let plans = space.elements.iter().map(|id| &self.abi.protocol.capabilities[id.0]);
        let elements = plans.filter_map(CapPlan::elements);
        elements
            .map(|(array, id, fields)| self.element(chain, (id, fields), array, names))
            .collect()
    }

    fn element(
        &self,
        chain: &Chain,
        (id, fields): (StructId, &[IntField]),
        array: &ArrayPlan,
        names: &mut UniqueNames,
    ) -> ElementView {
        let struct_ = self.abi.struct_(id);
        let short = names::after_abi(&self.abi.name, &self.abi.prefix, &struct_.name);
        let mut name = |words: &[&str]| {
            let words = [&[chain.name.as_str(), short][..], words].concat();
            names.reserve(names::c_name(self.stem, &words))
        };
        let (own, read) = (name(&[]), name(&["read"]));
        let parts = self.parts(&mut name, &array.body);
        let mut members =
            UniqueNames::members(struct_.fields.iter().map(|field| field.name.as_str()));
        let place = members.reserve(names::C_PLACE.to_owned());
        let layout = parts.as_ref().map(|parts| parts.name.clone());
        let short = |field: &IntField| {
            if !array.ends_before(field) {
                return None;
            }
            let end = field.offset.kernel() + field.int.size();
            Some(match array.body.moves(field.offset.kernel()) {
                false => format!("cap->size >= {end}"),
                true => {
                    let layout = layout.as_deref();
                    let at = field.offset.kernel();
                    let place = self.place_by(&array.body, layout, "cap", at);
                    format!("cap->size >= {place} + {}", field.int.size())
                }
            })
        };
        let values =
            self.integers((struct_, fields), &array.body, layout.as_deref(), short, &mut members);
        let optional = fields.iter().any(|field| array.body.part(field.field).is_some());
        ElementView {
            struct_: id,
            title: format!("An element with the values of a struct {}.", struct_.name),
            name: own,
            place,
            read,
            parts,
            values,
            optional,
        }
    }
}

/// The test that a capability has what a version added, and what that is called.
fn since(version: u16) -> (String, String) {
    (format!("cap->version >= {version}"), format!("since version {version}"))
}
