//! Requests that take other values than before. No byte changes for programs that exist, but
//! those that make the request by the functions of the crate or the header do not compile again.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::NAME_REMOVED;
use crate::compat::finding::{Bump, Class, Finding, VersionImpact};
use crate::ir::Abi;
use crate::ir::requests::{
    InlineCount, InputKind, MemoryLength, RequestElement, RequestInput, RequestPlan,
};
use crate::layout::Int;

pub(super) const RULE: CompatRule = CompatRule { keys: &[], judge };

/// A header does not say which fields are inputs.
fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    let matching = comparison.matching;
    if [matching.old, matching.new].iter().any(|side| side.knowledge.headers.is_some()) {
        return Vec::new();
    }
    let (before, now) = matching.abis();
    let findings = before.protocol.requests.iter().filter_map(|old| {
        let ioctl = &before.ioctl(old.ioctl).name;
        let Some(new) = now.protocol.requests.iter().find(|new| new.name == old.name) else {
            // Another finding is about an ioctl that is gone.
            let stays = now.ioctls.iter().any(|one| one.name == *ioctl);
            let gone = || breaking(ioctl, (true, true), &format!("`{}` is gone", old.name));
            return stays.then(gone);
        };
        let pair = RequestPair {
            gets_lifetime: !old.borrows() && new.borrows(),
            old: values(before, old),
            new: values(now, new),
        };
        pair.finding(ioctl)
    });
    findings.map(|finding| Judgement { claims: Vec::new(), findings: vec![finding] }).collect()
}

/// A finding about the functions that make a request in Rust, in C or in both.
fn breaking(ioctl: &str, (in_rust, in_c): (bool, bool), reasons: &str) -> Finding {
    let languages = match (in_rust, in_c) {
        (true, true) => "Rust and C",
        (true, false) => "Rust",
        _ => "C",
    };
    let step = |breaks| if breaks { Bump::Major } else { Bump::Patch };
    let versions = VersionImpact { crate_: step(in_rust), header: step(in_c), wire: Bump::Patch };
    let message = format!("functions for the request in {languages} are others: {reasons}");
    Finding::new(NAME_REMOVED, Class::Note, ioctl, message).versions(versions)
}

/// A value that a request takes.
#[derive(PartialEq, Eq)]
struct RequestValue<'a> {
    name: &'a str,
    /// Its type in C, and the names of its type in Rust if that is another one.
    type_: (String, Option<&'a str>),
    is_optional: bool,
}

/// The values of a request on both sides.
struct RequestPair<'a> {
    gets_lifetime: bool,
    old: Vec<RequestValue<'a>>,
    new: Vec<RequestValue<'a>>,
}

impl RequestPair<'_> {
    fn finding(&self, ioctl: &str) -> Option<Finding> {
        let breaks = (self.breaks_rust(), self.breaks_c());
        (breaks != (false, false)).then(|| breaking(ioctl, breaks, &self.reasons().join(", ")))
    }

    /// In Rust, an optional value is a field of its own, and all others are parameters.
    fn breaks_rust(&self) -> bool {
        let parameters = |values: &[RequestValue<'_>]| {
            let required = values.iter().filter(|value| !value.is_optional);
            required.map(|value| format!("{:?}", value.type_)).collect::<Vec<_>>()
        };
        self.gets_lifetime
            || parameters(&self.old) != parameters(&self.new)
            || self.old.iter().any(|value| !self.new.contains(value))
    }

    /// In C, every value is a parameter, and an optional one has an address.
    fn breaks_c(&self) -> bool {
        let parameters = |values: &[RequestValue<'_>]| {
            let parameter = |value: &RequestValue<'_>| (value.type_.0.clone(), value.is_optional);
            values.iter().map(parameter).collect::<Vec<_>>()
        };
        parameters(&self.old) != parameters(&self.new)
    }

    fn reasons(&self) -> Vec<String> {
        let named =
            |values: &[RequestValue<'_>], name: &str| values.iter().any(|one| one.name == name);
        let mut reasons = Vec::new();
        for value in self.new.iter().filter(|value| !self.old.contains(value)) {
            let how = if named(&self.old, value.name) { "has another type" } else { "is added" };
            reasons.push(format!("`{}` {how}", value.name));
        }
        let gone = self.old.iter().filter(|value| !named(&self.new, value.name));
        reasons.extend(gone.map(|value| format!("`{}` is gone", value.name)));
        if self.gets_lifetime {
            reasons.push("the type in Rust gets a lifetime".to_owned());
        }
        if reasons.is_empty() {
            reasons.push("the values have another order".to_owned());
        }
        reasons
    }
}

fn values<'a>(abi: &'a Abi, plan: &'a RequestPlan) -> Vec<RequestValue<'a>> {
    let value = |input: &'a RequestInput| RequestValue {
        name: &input.name,
        type_: type_of(abi, input),
        is_optional: input.present.is_some(),
    };
    plan.inputs.iter().map(value).collect()
}

/// The type of an input in C, and the name of a type that only Rust has.
fn type_of<'a>(abi: &'a Abi, input: &'a RequestInput) -> (String, Option<&'a str>) {
    let number = |int: Int| format!("{} bytes, signed: {}", int.size(), int.signed());
    let element = |element: &RequestElement| match element {
        RequestElement::Int(int) => number(*int),
        RequestElement::Struct(id, _) => abi.struct_(*id).name.clone(),
    };
    match &input.kind {
        InputKind::Number { int, group, .. } => {
            (number(*int), group.and_then(|id| abi.group(id).rust.as_deref()))
        }
        InputKind::Choice { int, type_name, .. } => (number(*int), Some(type_name)),
        InputKind::Struct { struct_, .. } => (abi.struct_(*struct_).name.clone(), None),
        InputKind::Inline { element: of, count, .. } => {
            let count = match count {
                InlineCount::Fixed(count) => Some(count),
                InlineCount::Field(..) | InlineCount::ToEnd => None,
            };
            (format!("{} of {}", many(count), element(of)), None)
        }
        InputKind::Memory { direction, element: of, length, .. } => {
            let count = match length {
                MemoryLength::Fixed(count) => many(Some(count)),
                MemoryLength::Unknown => "unknown".to_owned(),
                _ => many(None),
            };
            let written = direction.is_written();
            (format!("address of {count} of {}, written: {written}", element(of)), None)
        }
        InputKind::Typed(data) => {
            let written = data.direction.is_written();
            let stride = data.stride_field.is_some();
            (format!("address, written: {written}, {stride}"), Some(&data.type_name))
        }
    }
}

/// A number of elements, which is part of the type.
fn many(count: Option<&u64>) -> String {
    count.map_or("any".to_owned(), u64::to_string)
}
