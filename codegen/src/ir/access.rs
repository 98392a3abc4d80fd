//! Lookups by id and name, and simple facts derived from the data.

use super::{
    Abi, Capability, CapabilityId, Chain, ChainId, ChainStart, Field, Group, GroupId, GroupKind,
    Host, Ioctl, IoctlId, IoctlNumbers, Literal, Macro, MacroId, Role, Struct, StructId,
    StructRole, Type, UnionArm, Value,
};
use crate::layout::{Extent, Layout, Model, PerModel, Span};
use crate::output::CodeFile;
use crate::reply::Direction;

impl Group {
    /// The values by whose names a number is printed: single bits of flags, and all numbers
    /// but the one that only counts the others and second names.
    pub fn named(&self) -> impl Iterator<Item = &Value> {
        let is_flags = self.is_flags();
        self.values.iter().filter(move |value| match is_flags {
            true => matches!(value.literal, Literal::Bit { .. }),
            false => value.count.is_none() && !matches!(value.literal, Literal::Alias(_)),
        })
    }

    /// The masks of several bits among flags, whose numbers programs read: no set of flags that
    /// have names of their own, and no value of another mask.
    pub fn masks(&self) -> impl Iterator<Item = &Value> {
        let masks = self.values.iter().filter(|value| {
            let written = matches!(value.literal, Literal::Decimal | Literal::Hex);
            written && value.mask.is_none() && self.bits_of(value).count_ones() > 1
        });
        masks.filter(|_| self.is_flags())
    }

    /// A value as the bits of the integer.
    pub fn bits_of(&self, value: &Value) -> u64 {
        let unused = 64 - (self.int.size() * 8).clamp(1, 64);
        (value.number as u64) << unused >> unused
    }

    /// What the functions that name its numbers in C are called after: its type, or the name
    /// of an id space. Without named numbers there are no such functions.
    pub fn c_named(&self) -> Option<&str> {
        self.named().next()?;
        match self.kind {
            GroupKind::IdSpace => Some(&self.name),
            _ => self.rust.as_deref(),
        }
    }

    /// Whether the values are bits that can be set together: the flags of a field, or an enum
    /// of nothing but bits.
    pub fn is_flags(&self) -> bool {
        let is_bit = |value: &Value| match value.literal {
            Literal::Bit { .. } => true,
            Literal::Or(_) | Literal::Alias(_) => false,
            _ => value.mask.is_some(),
        };
        match self.kind {
            GroupKind::Flags => true,
            GroupKind::Enum | GroupKind::AnonymousEnum => {
                !self.values.is_empty() && self.values.iter().all(is_bit)
            }
            GroupKind::Constants | GroupKind::IdSpace | GroupKind::FieldValues => false,
        }
    }

    /// The value of which a value is another name.
    pub fn aliased(&self, value: &Value) -> Option<&Value> {
        let Literal::Alias(name) = &value.literal else { return None };
        self.values.iter().find(|other| other.name == *name)
    }
}

impl IoctlNumbers {
    /// The type and the number of an ioctl, the low half of its request.
    pub fn low_half(&self, number: u32) -> u32 {
        self.type_value << 8 | self.base_value.wrapping_add(number)
    }
}

impl Abi {
    /// The struct of this name.
    pub fn find_struct(&self, name: &str) -> Option<StructId> {
        self.structs.iter().position(|one| one.name == name).map(StructId)
    }

    /// The chain of this name.
    pub fn find_chain(&self, name: &str) -> Option<ChainId> {
        self.chains.iter().position(|one| one.name == name).map(ChainId)
    }

    /// The struct of this index.
    pub fn struct_(&self, id: StructId) -> &Struct {
        &self.structs[id.0]
    }

    /// The group of this index.
    pub fn group(&self, id: GroupId) -> &Group {
        &self.groups[id.0]
    }

    /// The groups of numbers of the fields of a struct, in the order of the fields.
    pub fn held_groups(&self, id: StructId) -> impl Iterator<Item = &Group> {
        let fields = self.struct_(id).fields.iter();
        let groups = fields.flat_map(|field| {
            let arms = match &field.type_ {
                Type::Union(arms) => arms.as_slice(),
                _ => &[],
            };
            arms.iter().filter_map(|arm| arm.group).chain(field.group)
        });
        let groups = groups.map(|group| self.group(group));
        groups.filter(move |group| group.field.is_some_and(|(owner, _)| owner == id))
    }

    /// The macro of this index.
    pub fn macro_(&self, id: MacroId) -> &Macro {
        &self.macros[id.0]
    }

    /// The ioctl of this index.
    pub fn ioctl(&self, id: IoctlId) -> &Ioctl {
        &self.ioctls[id.0]
    }

    /// The hand-written files that are copied into the crate: it names the items of the
    /// newest release, so the crates of others have none.
    pub fn copied_code(&self) -> &[CodeFile] {
        match self.releases.last() == Some(&self.release) {
            true => &self.code,
            false => &[],
        }
    }

    /// The capability of this index.
    pub fn capability(&self, id: CapabilityId) -> &Capability {
        &self.capabilities[id.0]
    }

    /// The capabilities of a chain, sorted by id.
    pub fn capabilities_of<'a>(
        &'a self,
        chain: &'a Chain,
    ) -> impl Iterator<Item = &'a Capability> + Clone {
        chain.capabilities.iter().map(|id| self.capability(*id))
    }

    /// Whether a struct is the body of a capability in a space.
    pub fn is_in_space(&self, struct_: &Struct) -> bool {
        match struct_.role {
            StructRole::Capability(id) => self.chain(self.capability(id).chain).space.is_some(),
            StructRole::Argument | StructRole::Plain => false,
        }
    }

    /// The chain of this index.
    pub fn chain(&self, id: ChainId) -> &Chain {
        &self.chains[id.0]
    }

    /// The chain to which the `cap_offset` of a struct leads.
    pub fn chain_of(&self, host: StructId) -> Option<&Chain> {
        self.hosted_chain(host).filter(|chain| chain.cap_offset().is_some())
    }

    /// The chain after a struct, whether or not a `cap_offset` leads to it; a struct hosts one
    /// chain at most.
    pub fn hosted_chain(&self, host: StructId) -> Option<&Chain> {
        let is_host = |chain: &&Chain| chain.host().is_some_and(|one| one.struct_ == host);
        self.chains.iter().find(is_host)
    }

    /// A type as the specification writes it.
    pub fn type_text(&self, type_: &Type) -> String {
        match type_ {
            Type::Int(int) => int.name().to_owned(),
            Type::Struct(id) => self.struct_(*id).name.clone(),
            Type::Pointer(int) => [int.name(), "*"].concat(),
            Type::Array(element, length, _) => format!("{}[{length}]", self.type_text(element)),
            Type::Flexible(element, _) => [&self.type_text(element), "[]"].concat(),
            Type::Union(arms) => {
                let arms =
                    arms.iter().map(|arm| [&self.type_text(&arm.type_), " ", &arm.name].concat());
                format!("union {{ {} }}", arms.collect::<Vec<_>>().join("; "))
            }
        }
    }

    /// Size and alignment of a type whose structs already have layouts; `None` if
    /// it is larger than every struct may be.
    pub fn extent(&self, type_: &Type, model: Model) -> Option<Extent> {
        Some(match type_ {
            Type::Int(int) => model.int(*int),
            Type::Pointer(_) => model.pointer(),
            Type::Struct(id) => self.struct_(*id).layouts[model.index()].extent(),
            Type::Array(element, length, _) => self.extent(element, model)?.times(*length)?,
            Type::Flexible(element, _) => self.extent(element, model)?.times(0)?,
            Type::Union(arms) => {
                let arms = arms.iter().map(|arm| self.extent(&arm.type_, model));
                Extent::union(arms.collect::<Option<Vec<_>>>()?.into_iter())
            }
        })
    }
}

impl Chain {
    /// The struct before the chain.
    pub fn host(&self) -> Option<&Host> {
        match &self.start {
            ChainStart::AtOffsetField { host, .. } | ChainStart::After { host, .. } => Some(host),
            ChainStart::Fixed { .. }
            | ChainStart::FieldAt { .. }
            | ChainStart::Chosen { .. }
            | ChainStart::Unknown => None,
        }
    }

    /// The struct before the chain, if its `cap_offset` leads to the chain.
    pub fn offset_host(&self) -> Option<&Host> {
        self.cap_offset().and(self.host())
    }

    /// Index of the field `cap_offset` that leads to the chain.
    pub fn cap_offset(&self) -> Option<usize> {
        match self.start {
            ChainStart::AtOffsetField { cap_offset, .. } => Some(cap_offset),
            _ => None,
        }
    }
}

impl Value {
    /// The struct that is passed together with this id or flag.
    pub fn payload_struct(&self) -> Option<StructId> {
        match self.payload {
            Some(Type::Struct(id)) => Some(id),
            _ => None,
        }
    }
}

impl Field {
    /// Whether the kernel sets it.
    pub fn is_output(&self) -> bool {
        matches!(self.direction, Some(Direction::Out | Direction::InOut))
    }

    /// Whether it is a result of a call that says something about its subject.
    pub fn is_result(&self) -> bool {
        let is_own = matches!(self.role, Role::Argsz | Role::CapOffset | Role::Reserved);
        !is_own && self.direction != Some(Direction::In)
    }

    /// The name of the member with its bytes: its own, or that of a union's first member.
    pub fn stored_name(&self) -> &str {
        self.arms().first().map_or(&self.name, |arm| &arm.name)
    }

    /// The type of its bytes: its own, or that of a union's first member.
    pub fn stored_type(&self) -> &Type {
        self.arms().first().map_or(&self.type_, |arm| &arm.type_)
    }

    /// The member of a union that is an input, if others are outputs.
    pub fn input_arm(&self) -> Option<&UnionArm> {
        self.arm_of(Direction::In).filter(|_| self.arm_of(Direction::Out).is_some())
    }

    /// The member of a union that is an output, if others are inputs.
    pub fn output_arm(&self) -> Option<&UnionArm> {
        self.arm_of(Direction::Out).filter(|_| self.arm_of(Direction::In).is_some())
    }

    fn arm_of(&self, direction: Direction) -> Option<&UnionArm> {
        self.arms().iter().find(|arm| arm.direction == Some(direction))
    }

    /// The members of an anonymous union; none of any other field.
    pub fn arms(&self) -> &[UnionArm] {
        match &self.type_ {
            Type::Union(arms) => arms,
            _ => &[],
        }
    }
}

impl Struct {
    /// Whether it has integers that are little-endian on every target.
    pub fn has_little_endian(&self) -> bool {
        fn is(type_: &Type) -> bool {
            match type_ {
                Type::Int(int) => int.little_endian(),
                Type::Array(element, ..) | Type::Flexible(element, _) => is(element),
                Type::Union(arms) => arms.iter().any(|arm| is(&arm.type_)),
                Type::Struct(_) | Type::Pointer(_) => false,
            }
        }
        self.fields.iter().any(|field| is(&field.type_))
    }

    /// The span of a field on each model.
    pub fn spans(&self, field: usize) -> PerModel<Span> {
        self.layouts.each_ref().map(|layout| layout.fields[field])
    }

    /// The layout of the bytes that a kernel reads and writes.
    pub fn kernel_layout(&self) -> &Layout {
        &self.layouts[Model::KERNEL.index()]
    }

    /// The span of a field in them.
    pub fn kernel_span(&self, field: usize) -> Span {
        self.kernel_layout().fields[field]
    }
}
