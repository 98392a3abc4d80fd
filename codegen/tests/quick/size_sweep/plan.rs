//! The plans of the calls that `.ci/live-sweep` makes. codegen/tests/live/sweep.c describes
//! their form. What each call needs to work is written here; its number, its size, and the
//! changes of its argument come from the specification.

use std::fmt::Write;

use capchain::ir::{Abi, Arg, Field, Group, Ioctl, Member, PayloadLength, Role, Struct};
use capchain::layout::Span;
use capchain::reply::Direction;

/// Values of fields, by their names.
pub type Values = &'static [(&'static str, u64)];

/// Something that is done outside of a sweep.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// A line of the plan.
    Line(&'static str),
    /// A call on a descriptor.
    Call(u32, &'static str, Values),
    /// Destroys the object whose id is in a field of the reply.
    Destroy(u32, &'static str),
    /// Closes the descriptor that is in a field of the reply.
    CloseReply(&'static str),
    /// Makes the descriptor that is in a field of the reply to an ioctl another number.
    TakeReply(&'static str, &'static str, u32),
}

/// A call that is made with every size.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// The ioctl.
    pub ioctl: &'static str,
    /// What distinguishes the call from others of the ioctl.
    pub kind: &'static str,
    /// The descriptor that it is made on.
    pub fd: u32,
    /// The inputs with which it works.
    pub values: Values,
    /// What is done before and after each call.
    pub before: &'static [Action],
    pub after: &'static [Action],
    /// Memory that the call writes, and its length.
    pub watch: Option<(u64, u64)>,
    /// Calls with other inputs and the size of the struct.
    pub once: &'static [Values],
}

impl Call {
    /// A call that only needs values.
    pub const fn new(ioctl: &'static str, fd: u32, values: Values) -> Self {
        Self { ioctl, kind: "", fd, values, before: &[], after: &[], watch: None, once: &[] }
    }

    /// The name of the call in the plan.
    pub fn title(&self) -> String {
        if self.kind.is_empty() {
            self.ioctl.to_owned()
        } else {
            format!("{}/{}", self.ioctl, self.kind)
        }
    }
}

/// A change of an argument.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name in the plan.
    pub label: String,
    /// The bytes that differ, by their offsets.
    pub bytes: Vec<(usize, Vec<u8>)>,
    /// What is changed.
    pub change: Change,
}

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// None, or one that every handler must refuse.
    Checked,
    /// A number that an enum does not have.
    Number,
    /// A flag that exists: the kernel may accept it and do something else.
    Flag,
}

/// The ioctl of a name with its argument.
pub fn served<'a>(abis: &'a [Abi], name: &str) -> (&'a Abi, &'a Ioctl, &'a Struct) {
    let found = abis.iter().find_map(|abi| {
        let ioctl = abi.ioctls.iter().find(|ioctl| ioctl.name == name)?;
        let Arg::Struct(id) = ioctl.arg else { return None };
        Some((abi, ioctl, abi.struct_(id)))
    });
    found.unwrap_or_else(|| panic!("no {name}"))
}

/// The size of a struct.
pub fn size(struct_: &Struct) -> usize {
    struct_.kernel_layout().size as usize
}

/// The number that `ioctl` takes.
pub fn number(abi: &Abi, ioctl: &Ioctl) -> u32 {
    let numbers = abi.ioctl_numbers.as_ref().expect("numbers");
    numbers.type_value << 8 | (numbers.base_value + ioctl.number)
}

/// The argument of a call: outputs have the byte 0xa5, to show what is written.
pub fn argument(abi: &Abi, struct_: &Struct, values: Values) -> Vec<u8> {
    let mut bytes = vec![0; size(struct_)];
    for member in abi.members(struct_) {
        if member.direction == Some(Direction::Out) && member.union.is_none() {
            bytes[range(span(&member))].fill(0xa5);
        }
    }
    set(abi, struct_, values, &mut bytes);
    bytes
}

/// Sets fields of an argument.
pub fn set(abi: &Abi, struct_: &Struct, values: Values, bytes: &mut [u8]) {
    for (at, part) in changes(abi, struct_, values) {
        bytes[at..at + part.len()].copy_from_slice(&part);
    }
}

/// The number in a field of an argument.
pub fn number_in(abi: &Abi, struct_: &Struct, name: &str, bytes: &[u8]) -> u64 {
    let members = abi.members(struct_);
    let member = members.iter().find(|member| member.name == name).expect("a field");
    let part = bytes[range(span(member))].iter().take(8).rev();
    part.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The numbers that a field holds, or a member of a union.
pub fn group_of<'a>(abi: &'a Abi, struct_: &Struct, name: &str) -> Option<&'a Group> {
    let fields = struct_.fields.iter();
    let own = fields.clone().find(|field| field.name == name).and_then(|field| field.group);
    let arms = fields.flat_map(Field::arms);
    let group = own.or_else(|| arms.filter(|arm| arm.name == name).find_map(|arm| arm.group));
    group.map(|group| abi.group(group))
}

fn changes(abi: &Abi, struct_: &Struct, values: Values) -> Vec<(usize, Vec<u8>)> {
    let of = |(name, number): &(&str, u64)| {
        let members = abi.members(struct_);
        let member = members.iter().find(|member| member.name == *name);
        part(member.unwrap_or_else(|| panic!("{} has no {name}", struct_.name)), *number)
    };
    values.iter().map(of).collect()
}

/// The bytes of a number in a member.
fn part(member: &Member<'_>, number: u64) -> (usize, Vec<u8>) {
    let span = span(member);
    let mut bytes = number.to_le_bytes().to_vec();
    bytes.resize(span.size as usize, 0);
    (span.offset as usize, bytes)
}

fn span(member: &Member<'_>) -> Span {
    member.kernel_span()
}

fn range(span: Span) -> std::ops::Range<usize> {
    span.offset as usize..span.end() as usize
}

/// Each reserved byte that is set, each flag that is changed, and numbers that are unknown.
pub fn cases(abi: &Abi, struct_: &Struct, bytes: &[u8]) -> Vec<Case> {
    let mut cases = Vec::new();
    for member in abi.members(struct_) {
        let range = range(span(&member));
        let width = 8 * range.len().min(8);
        let group = group_of(abi, struct_, member.name);
        let old = number_in(abi, struct_, member.name, bytes);
        let mut add = |label: String, number: u64, change| {
            let mut bytes = vec![part(&member, number)];
            if change == Change::Number {
                bytes.extend(companion(abi, struct_, member.name));
            }
            cases.push(Case { label: format!("{}{label}", member.name), bytes, change });
        };
        match group {
            _ if member.role == Role::Reserved => {
                for at in range.clone() {
                    let bytes = vec![(at, vec![1])];
                    let label = format!("{}[{}]=1", member.name, at - range.start);
                    cases.push(Case { label, bytes, change: Change::Checked });
                }
            }
            _ if !member.is_input() => {}
            Some(group) if !group.is_flags() => {
                for number in unknown(group, width) {
                    add(format!("={number:#x}"), number, Change::Number);
                }
            }
            None if member.role != Role::Flags => {}
            _ => {
                let known = group.map_or(0, |group| {
                    group.values.iter().fold(0, |bits, value| bits | value.number as u64)
                });
                for bit in 0..width {
                    let is_known = known & 1 << bit != 0;
                    let change = if is_known { Change::Flag } else { Change::Checked };
                    add(format!("^{bit}"), old ^ 1 << bit, change);
                }
            }
        }
    }
    cases
}

/// Data of a type have a length and an address, which a kernel may want before it looks at the
/// type.
fn companion(abi: &Abi, struct_: &Struct, name: &str) -> Vec<(usize, Vec<u8>)> {
    let of = |field: &Field| {
        let payload = field.payload.as_ref()?;
        payload.type_by.as_ref().filter(|type_| type_.field == name)?;
        let mut values = vec![(field.name.clone(), 0x1000_0000)];
        match &payload.length {
            PayloadLength::Bytes(None, len) => values.push((len.clone(), 8)),
            PayloadLength::Strided { count, stride } => {
                values.extend([(count.clone(), 1), (stride.clone(), 8)]);
            }
            _ => {}
        }
        Some(values)
    };
    let values = struct_.fields.iter().filter_map(of).flatten();
    let members = abi.members(struct_);
    let part = |(name, number): (String, u64)| {
        part(members.iter().find(|member| member.name == name).expect("a field"), number)
    };
    values.map(part).collect()
}

/// The end of the fields with the type, the length and the address of data; 0 for a call
/// without data of a type.
pub fn end_of_data(abi: &Abi, struct_: &Struct, values: Values) -> usize {
    let types = values.iter().filter(|(_, number)| *number != 0);
    let parts = types.flat_map(|(name, _)| companion(abi, struct_, name));
    parts.map(|(at, part)| at + part.len()).max().unwrap_or(0)
}

/// The number after the largest of an enum below the numbers that look like patterns, and the
/// largest number of the field.
fn unknown(group: &Group, width: usize) -> Vec<u64> {
    let small = group.values.iter().map(|value| value.number as u64).filter(|one| *one < 1 << 12);
    let all = if width < 64 { (1 << width) - 1 } else { u64::MAX };
    vec![small.max().map_or(1, |last| last + 1), all]
}

/// The text of a plan.
pub fn plan(abis: &[Abi], prepared: &[Action], calls: &[Call], unknown: &[u32]) -> String {
    let mut text = String::from(
        "# Written by the quick test size_sweep with UPDATE_GOLDEN=1; \
         codegen/tests/live/sweep.c runs it.\n",
    );
    for action in prepared {
        let _ = writeln!(text, "{}", line(abis, action, None));
    }
    for call in calls {
        let (abi, ioctl, struct_) = served(abis, call.ioctl);
        let bytes = argument(abi, struct_, call.values);
        let (title, fd, number) = (call.title(), call.fd, number(abi, ioctl));
        let (size, digits) = (size(struct_), hex(&bytes));
        let _ = writeln!(text, "\nsweep {title} {fd} {number:#x} {size} {digits}");
        for (word, actions) in [("before", call.before), ("after", call.after)] {
            for action in actions {
                let _ = writeln!(text, "{word} {}", line(abis, action, Some((abi, struct_))));
            }
        }
        if let Some((at, len)) = call.watch {
            let _ = writeln!(text, "watch {at:#x} {len}");
        }
        text += "tails base\n";
        for case in cases(abi, struct_, &bytes) {
            let _ = writeln!(text, "sizes {}{}", case.label, places(&case));
        }
        for case in call.once.iter().map(|values| other(abi, struct_, values)) {
            let _ = writeln!(text, "once {}{}", case.label, places(&case));
        }
    }
    for number in unknown {
        let zeros = "00".repeat(16);
        let _ = writeln!(text, "\nsweep {number:#x} 10 {number:#x} 16 {zeros}\nsizes unknown");
    }
    text
}

/// A call with other inputs.
pub fn other(abi: &Abi, struct_: &Struct, values: Values) -> Case {
    let label = values.iter().map(|(name, number)| format!("{name}={number:#x}"));
    let label = label.collect::<Vec<_>>().join("&");
    Case { label, bytes: changes(abi, struct_, values), change: Change::Flag }
}

fn places(case: &Case) -> String {
    case.bytes.iter().map(|(at, bytes)| format!(" {at}={}", hex(bytes))).collect()
}

/// The line of an action; `swept` is the argument whose reply it may use.
fn line(abis: &[Abi], action: &Action, swept: Option<(&Abi, &Struct)>) -> String {
    let offset = |name: &str| {
        let (abi, struct_) = swept.expect("a reply");
        let members = abi.members(struct_);
        span(members.iter().find(|member| member.name == name).expect("a field")).offset
    };
    let call = |fd: u32, name: &str, values: Values| {
        let (abi, ioctl, struct_) = served(abis, name);
        let mut bytes = argument(abi, struct_, values);
        bytes[..4].copy_from_slice(&(size(struct_) as u32).to_le_bytes());
        format!("call {fd} {:#x} {}", number(abi, ioctl), hex(&bytes))
    };
    match *action {
        Action::Line(text) => text.to_owned(),
        Action::Call(fd, name, values) => call(fd, name, values),
        Action::Destroy(fd, name) => {
            format!("{} 4<{}:4", call(fd, "IOMMU_DESTROY", &[]), offset(name))
        }
        Action::CloseReply(name) => format!("close-reply {}", offset(name)),
        Action::TakeReply(ioctl, name, fd) => {
            let (abi, _, struct_) = served(abis, ioctl);
            let members = abi.members(struct_);
            let member = members.iter().find(|member| member.name == name).expect("a field");
            format!("take-reply {} {fd}", span(member).offset)
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
