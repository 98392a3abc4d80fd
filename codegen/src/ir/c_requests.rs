//! What the functions of a request take in C: parameters with the inputs that no caller may
//! forget, a struct whose members are the others, perhaps a buffer, and the struct of the
//! results. The emitter declares this, `compat` compares it.

use super::Abi;
use super::protocol::{HostPlan, InputPlan};
use super::requests::{
    InlineCount, InputKind, IntPlace, Meaning, MemoryLength, RequestElement, RequestInput,
    RequestPlan, TypedData, TypedLength,
};
use crate::layout::Int;
use crate::names;

/// What the functions of a request take.
#[derive(Clone, Debug)]
pub struct CRequest<'a> {
    /// The inputs with their parameters and members.
    pub inputs: Vec<CInput<'a>>,
    /// Whether the caller of the ioctl passes a buffer, since an input is as long as the
    /// caller wants.
    pub has_buffer: bool,
    /// The struct of the results.
    pub reply: Option<&'a str>,
}

/// The members of an input.
#[derive(Clone, Debug)]
pub struct CInput<'a> {
    /// The input.
    pub input: &'a RequestInput,
    /// The number of the type of data.
    pub number: Option<CMember<'a>>,
    /// The value, or where it is.
    pub value: CMember<'a>,
    /// The number of elements, or the length of data in bytes.
    pub count: Option<CMember<'a>>,
    /// The size of each element of data.
    pub stride: Option<CMember<'a>>,
}

/// A parameter, or a member of the struct with the inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CMember<'a> {
    /// Its name.
    pub name: String,
    /// Its type.
    pub type_: CType<'a>,
    /// The offset in the argument by which members are ordered, so that none is before
    /// another one in one release and after it in the next.
    pub offset: u64,
    /// Whether it is a parameter: a forgotten one would be a valid value.
    pub is_parameter: bool,
    /// Whether its struct has it in every release.
    pub is_original: bool,
}

/// What a member is of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberPart {
    /// The number of the type of data.
    Number,
    /// The value, or where it is.
    Value,
    /// The number of elements, or the length of data in bytes.
    Count,
    /// The size of each element of data.
    Stride,
}

/// The type of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CType<'a> {
    /// An integer.
    Int(Int),
    /// A number of bytes or elements.
    Size,
    /// A pointer.
    Pointer {
        /// What it leads to.
        to: Pointee<'a>,
        /// Whether the call writes there.
        is_written: bool,
    },
}

/// What a pointer leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointee<'a> {
    /// Bytes.
    Bytes,
    /// An integer, or several.
    Int(Int),
    /// A struct, or several.
    Struct(&'a str),
}

impl<'a> CRequest<'a> {
    /// What the functions of a request take.
    pub fn new(abi: &'a Abi, plan: &'a RequestPlan) -> Self {
        let mut taken = Vec::new();
        let fd = &abi.fds[abi.ioctl(plan.ioctl).fd].name;
        let inputs = plan.inputs.iter().map(|input| CInput::new(abi, fd, input, &mut taken));
        let any_size = |input: &RequestInput| matches!(input.kind, InputKind::Inline { count, .. } if count.is_any());
        Self {
            inputs: inputs.collect(),
            has_buffer: plan.inputs.iter().any(any_size),
            reply: plan.reply.map(|reply| abi.struct_(reply.struct_).name.as_str()),
        }
    }

    /// The parameters, in order.
    pub fn parameters(&self) -> Vec<&CMember<'a>> {
        let all = self.all().into_iter().map(|(_, _, member)| member);
        all.filter(|member| member.is_parameter).collect()
    }

    /// The members of the struct, in order; without any, the functions take no struct.
    pub fn members(&self) -> Vec<(&CInput<'a>, MemberPart, &CMember<'a>)> {
        let mut members = self.all();
        members.retain(|(_, _, member)| !member.is_parameter);
        members
    }

    /// Whether there are functions without the struct next to those with it: later kernels
    /// added all of its members, and programs of older headers call those.
    pub fn has_short_form(&self) -> bool {
        let members = self.members();
        !members.is_empty() && members.iter().all(|(_, _, member)| !member.is_original)
    }

    fn all(&self) -> Vec<(&CInput<'a>, MemberPart, &CMember<'a>)> {
        let members = self.inputs.iter().flat_map(|input| {
            let parts = [
                (MemberPart::Number, input.number.as_ref()),
                (MemberPart::Value, Some(&input.value)),
                (MemberPart::Count, input.count.as_ref()),
                (MemberPart::Stride, input.stride.as_ref()),
            ];
            parts.into_iter().filter_map(move |(part, member)| Some((input, part, member?)))
        });
        let mut members: Vec<_> = members.collect();
        members.sort_by_key(|(_, _, member)| member.offset);
        members
    }
}

impl<'a> CInput<'a> {
    fn new(abi: &'a Abi, fd: &str, input: &'a RequestInput, taken: &mut Vec<String>) -> Self {
        let mut member = |name: &str, type_, offset, (is_parameter, is_original)| {
            let is_local = |name: &str| name == fd || names::C_REQUEST_WORDS.contains(&name);
            let is_taken =
                |name: &str| taken.iter().any(|one| one == name) || is_parameter && is_local(name);
            let name = names::free(name, is_taken);
            taken.push(name.clone());
            CMember { name, type_, offset, is_parameter, is_original }
        };
        let offset = offset_of(input);
        let is_required = |is_original| is_original && input.present.is_none();
        let number = match &input.kind {
            InputKind::Typed(data) => {
                let IntPlace { offset, int } = data.number;
                let is_original = data.number_field.is_original;
                let is_parameter = is_required(is_original) && !abi.group(data.group).is_flags();
                let kind = (is_parameter, is_original);
                Some(member(&data.number_field.name, CType::Int(int.value()), offset, kind))
            }
            _ => None,
        };
        let type_ = value_type(abi, input);
        let name = match type_ {
            CType::Pointer { .. } => names::c_pointed(&input.name),
            _ => &input.name,
        };
        let is_choice = matches!(input.meaning, Meaning::File(_) | Meaning::Selector);
        let is_single = matches!(type_, CType::Int(_));
        let is_parameter = is_choice && is_single && is_required(input.is_original);
        let value = member(name, type_, offset, (is_parameter, input.is_original));
        let own = (false, input.is_original);
        let is_strided = matches!(
            input.kind,
            InputKind::Typed(TypedData { length: TypedLength::Strided { .. }, .. })
        );
        let count = is_counted(input).then(|| {
            let name = match type_ {
                CType::Pointer { to: Pointee::Bytes, .. } if !is_strided => {
                    names::c_length(&value.name)
                }
                _ => names::c_count(&value.name),
            };
            member(&name, CType::Size, offset, own)
        });
        let stride = match &input.kind {
            InputKind::Typed(TypedData {
                length: TypedLength::Strided { stride, .. },
                stride_field: Some(field),
                ..
            }) => Some(member(&field.name, CType::Size, stride.offset, own)),
            _ => None,
        };
        Self { input, number, value, count, stride }
    }

    /// Whether nothing is written for a null pointer: the value is absent, or all zeros, since
    /// programs of older headers do not know it.
    pub fn is_skipped_if_null(&self) -> bool {
        self.is_pointer() && (self.input.present.is_some() || self.is_later())
    }

    /// Whether a null pointer is refused.
    pub fn is_refused_if_null(&self) -> bool {
        self.is_pointer() && self.count.is_none() && !self.is_skipped_if_null()
    }

    /// Whether it is a pointer to one value or several, and not an address that is passed on.
    fn is_pointer(&self) -> bool {
        let is_address = self.input.meaning == Meaning::Address;
        matches!(self.value.type_, CType::Pointer { .. }) && !is_address
    }

    /// Whether a later kernel added it, without a count that says that it is absent.
    fn is_later(&self) -> bool {
        !self.input.is_original && self.count.is_none()
    }
}

fn offset_of(input: &RequestInput) -> u64 {
    match &input.kind {
        InputKind::Number { offset, .. }
        | InputKind::Choice { offset, .. }
        | InputKind::Struct { offset, .. }
        | InputKind::Inline { offset, .. } => *offset,
        InputKind::Memory { address, .. } => *address,
        InputKind::Typed(data) => data.address,
    }
}

fn is_counted(input: &RequestInput) -> bool {
    match &input.kind {
        InputKind::Inline { count, .. } => count.is_any(),
        InputKind::Memory { length, .. } => {
            !matches!(length, MemoryLength::Fixed(_) | MemoryLength::Unknown)
        }
        InputKind::Typed(_) => true,
        InputKind::Number { .. } | InputKind::Choice { .. } | InputKind::Struct { .. } => false,
    }
}

fn value_type<'a>(abi: &'a Abi, input: &RequestInput) -> CType<'a> {
    let read = |to| CType::Pointer { to, is_written: false };
    let number = |int: Int| match input.present {
        Some(_) => read(Pointee::Int(int.value())),
        None => CType::Int(int.value()),
    };
    let element = |element| match element {
        RequestElement::Int(int) => Pointee::Int(int.value()),
        RequestElement::Struct(id, _) => Pointee::Struct(&abi.struct_(id).name),
    };
    match &input.kind {
        InputKind::Number { .. } if input.meaning == Meaning::Address => {
            CType::Pointer { to: Pointee::Bytes, is_written: true }
        }
        InputKind::Number { int, .. } | InputKind::Choice { int, .. } => number(*int),
        InputKind::Struct { struct_, .. } => read(Pointee::Struct(&abi.struct_(*struct_).name)),
        InputKind::Inline { element: RequestElement::Int(int), count, .. }
            if *count == InlineCount::Fixed(1) =>
        {
            number(*int)
        }
        InputKind::Inline { element: of, .. } => read(element(*of)),
        InputKind::Memory { direction, element: of, .. } => {
            let to = match of {
                RequestElement::Int(int) if int.size() == 1 => Pointee::Bytes,
                _ => element(*of),
            };
            CType::Pointer { to, is_written: direction.is_written() }
        }
        InputKind::Typed(data) => {
            CType::Pointer { to: Pointee::Bytes, is_written: data.direction.is_written() }
        }
    }
}

impl RequestInput {
    /// Whether a request is refused if all members of this input are zero.
    pub fn must_be_set(&self) -> bool {
        let is_refused = match &self.kind {
            InputKind::Choice { options, .. } => options.iter().all(|option| option.value != 0),
            InputKind::Memory { length, .. } => matches!(length, MemoryLength::Bits { .. }),
            _ => false,
        };
        is_refused && self.present.is_none()
    }
}

impl HostPlan {
    /// The members of the struct with the inputs of a request for a reply with a chain.
    pub fn c_members<'a>(&'a self, abi: &Abi) -> Vec<(&'a InputPlan, CMember<'a>)> {
        let struct_ = abi.struct_(self.struct_);
        let mut taken = Vec::<String>::new();
        let members = self.inputs.iter().map(|input| {
            let type_ = match input.int {
                Some(int) => CType::Int(int.value()),
                None => CType::Pointer { to: Pointee::Bytes, is_written: false },
            };
            let field = &struct_.fields[input.field];
            let name = names::free(&field.name, |name: &str| taken.iter().any(|one| one == name));
            taken.push(name.clone());
            let is_original = field.meta.since == struct_.meta.since;
            let offset = input.offset;
            (input, CMember { name, type_, offset, is_parameter: false, is_original })
        });
        members.collect()
    }
}
