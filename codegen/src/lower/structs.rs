//! Lowers structs and their fields, and has `layout` lay them out.

use super::{Lowering, bodies, parts, resolved};
use crate::ir::{
    BitmapLength, Choice, Field, GroupId, Meta, Payload, PayloadLength, Role, Struct, StructId,
    StructRole, Type, TypeField, UnionArm,
};
use crate::layout::{Int, Layout, Model, PerModel};
use crate::reply::Direction;
use crate::spec::history::Validity;
use crate::spec::types::{Base, RoleWord, Shape, TypeExpr};
use crate::spec::wrappers::{LineOrMap, Map, Placed};
use crate::spec::{self, SpecFile};

/// A field of the specification with its name and validity.
struct FieldSource<'a> {
    name: &'a Placed<String>,
    field: &'a spec::FieldSpec,
    validity: Validity,
}

/// A struct as it is declared, on its own or inside a capability.
pub(super) struct StructSource<'a> {
    pub(super) name: &'a Placed<String>,
    /// The name in the release.
    pub(super) spelt: &'a str,
    pub(super) meta: Meta,
    pub(super) validity: Validity,
    pub(super) section: usize,
    pub(super) packed: bool,
    pub(super) compact: bool,
    pub(super) length: Option<&'a spec::QuantitySpec>,
    pub(super) minsz: Option<&'a str>,
    /// The header of a capability that declares its own fields.
    pub(super) header: Option<Field>,
    pub(super) fields: &'a Map<LineOrMap<spec::FieldSpec>>,
}

impl<'a> Lowering<'a> {
    pub(super) fn struct_(
        &mut self,
        file: &'a SpecFile,
        section: usize,
        item: &'a spec::StructSpec,
    ) -> StructId {
        let validity = item.validity(file.validity());
        let meta = self.meta(parts!(item, &item.struct_), validity, &file.source);
        self.declare(StructSource {
            name: &item.struct_,
            spelt: item.before.name_at(self.release, &item.struct_),
            meta,
            validity,
            section,
            packed: item.packed,
            compact: item.compact,
            length: item.length.as_deref(),
            minsz: item.minsz.as_ref().map(|field| field.as_str()),
            header: None,
            fields: &item.fields,
        })
    }

    pub(super) fn declare(&mut self, declaration: StructSource<'a>) -> StructId {
        let id = StructId(self.abi.structs.len());
        let mut fields: Vec<_> = declaration.header.into_iter().collect();
        let mut names: Vec<&str> = fields.iter().map(|_| "header").collect();
        for source in self.fields_of_release(declaration.fields, declaration.validity) {
            let owner = (id, fields.len(), declaration.name.as_str());
            let field = self.field(&source, owner, &names, &declaration.meta.source);
            names.push(source.name.as_str());
            fields.push(field);
        }
        count_fields(&mut fields);
        let layouts = self.layouts(&fields, declaration.packed);
        self.bodies.push(bodies::BodySource {
            struct_: id,
            length: declaration.length,
            fields: declaration.fields,
        });
        let position = |name: &str| names.iter().position(|field| *field == name);
        self.abi.structs.push(Struct {
            name: declaration.spelt.to_owned(),
            meta: declaration.meta,
            section: declaration.section,
            packed: declaration.packed,
            compact: declaration.compact,
            length: None,
            layouts,
            role: StructRole::Plain,
            argsz: fields.iter().position(|field| field.role == Role::Argsz),
            minsz: declaration.minsz.and_then(position),
            fields,
        });
        id
    }

    /// The fields that the release has. Before a union was added, its older members were fields.
    fn fields_of_release(
        &self,
        fields: &'a Map<LineOrMap<spec::FieldSpec>>,
        outer: Validity,
    ) -> Vec<FieldSource<'a>> {
        let mut present = Vec::new();
        for (name, field) in fields.iter() {
            let validity = field.validity(outer);
            if validity.covers(self.release) {
                present.push(FieldSource { name, field, validity });
                continue;
            }
            for (name, member) in field.union.iter() {
                let validity = member.validity(validity);
                if validity.covers(self.release) {
                    present.push(FieldSource { name, field: member, validity });
                }
            }
        }
        present
    }

    fn field(
        &mut self,
        source: &FieldSource<'a>,
        owner: (StructId, usize, &str),
        earlier: &[&str],
        inherited: &str,
    ) -> Field {
        let FieldSource { name, field, validity } = *source;
        let meta = self.meta(parts!(field, name), validity, inherited);
        let expr = field.before.type_at(self.release).or(field.type_.as_ref());
        let type_ = match expr {
            Some(expr) => self.type_(expr, earlier),
            None => Type::Union(self.arms(field, owner, validity, &meta.source)),
        };
        let group = self.group_of(owner, (name, field), (validity, &meta), &type_);
        let named = field.holds.as_ref();
        let named = named.and_then(|name| self.groups.get(name.as_str()).copied());
        let today = field.type_.as_ref().and_then(|expr| expr.direction);
        let role = role(expr.and_then(|expr| expr.role));
        // Earlier types have the current direction, except for reserved bytes, which have none.
        let direction = match field.before.type_at(self.release) {
            Some(_) if role == Role::Reserved => None,
            _ => today,
        };
        Field {
            name: field.before.name_at(self.release, name).to_owned(),
            meta,
            type_,
            direction: direction.or_else(|| shared_direction(field)),
            role,
            group,
            ids: named.filter(|named| group != Some(*named)),
            indexes: {
                let indexes = field.indexes.iter();
                indexes.filter_map(|name| self.groups.get(name.as_str()).copied()).collect()
            },
            payload: field.payload.as_ref().map(|payload| Box::new(self.pointer_payload(payload))),
            returns_fd: self.new_fd(field.returns_fd.as_ref()),
            choices: self.choices(field),
            valid_if: field.valid_if.as_ref().map(|gate| gate.value.clone()),
            exists_if: Vec::new(),
            count: None,
            version: field
                .version
                .map_or(1, |version| resolved(u16::try_from(version.value.value).ok())),
        }
    }

    fn pointer_payload(&self, payload: &spec::PayloadSpec) -> Payload {
        let named = |name: &Option<Placed<String>>| resolved(name.as_ref()).value.clone();
        let length = match (&payload.type_, &payload.bits, payload.length_fields().next()) {
            _ if payload.stride.is_some() => PayloadLength::Strided {
                count: named(&payload.count),
                stride: named(&payload.stride),
            },
            (_, Some(bits), _) => PayloadLength::Bits(BitmapLength {
                range: self.ranges(payload).collect(),
                page: bits.per.value.clone(),
                bytes: payload.len.as_ref().map(|len| len.value.clone()),
            }),
            (Some(Placed { value: TypeExpr { shape: Shape::Fixed(length), .. }, .. }), ..) => {
                PayloadLength::Fixed(*length)
            }
            (
                Some(Placed {
                    value: TypeExpr { shape: Shape::Flexible(Some(count)), .. }, ..
                }),
                ..,
            ) => PayloadLength::Elements(count.clone()),
            (_, _, length) => {
                let (item, field, _) = resolved(length);
                let item = item.map(|name| resolved(self.struct_of(name)));
                PayloadLength::Bytes(item, field.to_owned())
            }
        };
        let element = payload.type_.as_ref().map(|type_| self.base(&type_.value.base));
        Payload {
            direction: payload.direction,
            element: element.unwrap_or(Type::Int(Int::U8)),
            type_by: payload.type_field().map(|(item, field, _)| TypeField {
                struct_: item.map(|name| resolved(self.struct_of(name))),
                field: field.to_owned(),
            }),
            length,
            shorter: payload.shorter.map(|word| word.value),
            longer: payload.longer.map(|word| word.value),
            returns: payload.returns,
            too_small: payload.too_small.as_ref().map(|error| error.value.0.clone()),
            lasting: payload.lasting,
        }
    }

    /// The fields with the length of the range of a bitmap, as far as the release has their
    /// structs.
    fn ranges(
        &self,
        payload: &spec::PayloadSpec,
    ) -> impl Iterator<Item = (Option<StructId>, String)> {
        let ranges = payload.bits.iter().flat_map(|bits| &bits.of.0);
        ranges.filter_map(|range| match range.split_once('.') {
            Some((struct_, field)) => Some((Some(self.struct_of(struct_)?), field.to_owned())),
            None => Some((None, range.value.clone())),
        })
    }

    /// The sets of flags that exclude each other, as far as the release has them.
    fn choices(&self, field: &spec::FieldSpec) -> Vec<Choice> {
        let choices = field.one_of.iter().map(|(name, flags)| Choice {
            name: name.value.clone(),
            flags: flags
                .iter()
                .filter_map(|flag| self.names.get(flag.as_str()))
                .map(|name| (*name).to_owned())
                .collect(),
        });
        choices.filter(|choice| !choice.flags.is_empty()).collect()
    }

    /// A struct by its name or by that of the capability that it is the body of.
    fn struct_of(&self, name: &str) -> Option<StructId> {
        let body = self.spec.items().find_map(|(_, item)| match item {
            spec::ItemSpec::Capability(item) if item.capability.value == name => {
                item.struct_.as_ref()
            }
            _ => None,
        });
        self.structs.get(body.map_or(name, |body| body.as_str())).copied()
    }

    fn arms(
        &mut self,
        field: &'a spec::FieldSpec,
        owner: (StructId, usize, &str),
        validity: Validity,
        source: &str,
    ) -> Vec<UnionArm> {
        let mut arms = Vec::new();
        for (name, arm) in field.union.iter() {
            let validity = arm.validity(validity);
            if !validity.covers(self.release) {
                continue;
            }
            let meta = self.meta(parts!(arm, name), validity, source);
            let expr = arm.before.type_at(self.release).or(arm.type_.as_ref());
            let type_ = self.type_(resolved(expr), &[]);
            arms.push(UnionArm {
                name: arm.before.name_at(self.release, name).to_owned(),
                group: self.group_of(owner, (name, arm), (validity, &meta), &type_),
                meta,
                type_,
                direction: arm.type_.as_ref().and_then(|expr| expr.direction),
                valid_if: arm.valid_if.as_ref().map(|gate| gate.value.clone()),
            });
        }
        arms
    }

    /// The flags or numbers of a field: its own, or those of the group that it names.
    fn group_of(
        &mut self,
        owner: (StructId, usize, &str),
        (name, field): (&str, &'a spec::FieldSpec),
        (validity, meta): (Validity, &Meta),
        type_: &Type,
    ) -> Option<GroupId> {
        let named = field.holds.as_ref();
        // Without own numbers in this release, the field has the type of those that it holds.
        let mut values = field.bits.iter().chain(field.values.iter());
        let has_own = values.any(|(_, one)| one.validity(validity).covers(self.release));
        let own = match type_ {
            Type::Int(int) if has_own || named.is_none() => {
                self.field_group(owner, (name, field), (validity, meta), *int)
            }
            _ => None,
        };
        own.or_else(|| named.and_then(|name| self.groups.get(name.as_str()).copied()))
    }

    fn base(&self, base: &Base) -> Type {
        match base {
            Base::Int(int) => Type::Int(*int),
            Base::Struct(name) => Type::Struct(resolved(self.structs.get(name.as_str()).copied())),
        }
    }

    fn type_(&self, expr: &TypeExpr, earlier: &[&str]) -> Type {
        let base = self.base(&expr.base);
        match &expr.shape {
            Shape::One => base,
            Shape::Pointer => Type::Pointer(pointee(&expr.base)),
            Shape::Fixed(length) => Type::Array(Box::new(base), *length, None),
            Shape::Named(name) => {
                Type::Array(Box::new(base), self.number(name), Some(self.spelt(name)))
            }
            Shape::Flexible(count) => {
                let count = count.as_deref().map(|count| earlier.iter().position(|f| *f == count));
                Type::Flexible(Box::new(base), count.map(resolved))
            }
        }
    }

    fn layouts(&self, fields: &[Field], packed: bool) -> PerModel<Layout> {
        Model::ALL.map(|model| {
            let extents: Vec<_> =
                fields.iter().map(|field| resolved(self.abi.extent(&field.type_, model))).collect();
            resolved(Layout::of(&extents, packed))
        })
    }
}

/// The direction of a union: that of its members, or both if they differ.
fn shared_direction(field: &spec::FieldSpec) -> Option<Direction> {
    let directions = field.union.iter().map(|(_, arm)| arm.type_.as_ref()?.direction);
    let both = |one: Option<Direction>, other| match one? == other? {
        true => one,
        false => Some(Direction::InOut),
    };
    directions.reduce(both).flatten()
}

fn pointee(base: &Base) -> Int {
    match base {
        Base::Int(int) => *int,
        Base::Struct(_) => Int::U8,
    }
}

pub(super) fn role(word: Option<RoleWord>) -> Role {
    match word {
        Some(RoleWord::Argsz) => Role::Argsz,
        Some(RoleWord::Flags) => Role::Flags,
        Some(RoleWord::CapOffset) => Role::CapOffset,
        Some(RoleWord::Reserved) => Role::Reserved,
        Some(RoleWord::Fd) => Role::Fd,
        Some(RoleWord::OptionalFd) => Role::OptionalFd,
        None => Role::Data,
    }
}

/// Sets the role of the fields that count a flexible array.
fn count_fields(fields: &mut [Field]) {
    let counts = fields.iter().filter_map(|field| match field.type_ {
        Type::Flexible(_, count) => count,
        _ => None,
    });
    for count in counts.collect::<Vec<_>>() {
        fields[count].role = Role::Count;
    }
}
