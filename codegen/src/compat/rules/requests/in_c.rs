//! In C, inputs are parameters, which must stay, or members of a struct that programs
//! initialize by names. A member that is new is zero in them, so only what they name must stay.

use super::forms;
use crate::ir::Abi;
use crate::ir::c_requests::{CMember, CRequest, CType};
use crate::ir::protocol::HostPlan;
use crate::ir::requests::RequestPlan;

/// Why programs that make a request do not compile, or are refused.
pub(super) fn request(
    (before, old): (&Abi, &RequestPlan),
    (now, new): (&Abi, &RequestPlan),
) -> Vec<String> {
    let of_forms = forms((before, old), (now, new));
    let (old, new) = (CRequest::new(before, old), CRequest::new(now, new));
    let [before, now] = [&old, &new]
        .map(|one| one.members().into_iter().map(|(_, _, member)| member).collect::<Vec<_>>());
    let mut reasons = match (old.has_short_form(), new.has_short_form()) {
        // Programs call the functions without the struct.
        (false, true) if before.is_empty() => Vec::new(),
        _ => changes(&before, &now),
    };
    if !before.is_empty() && !now.is_empty() {
        reasons.extend(match (old.has_short_form(), new.has_short_form()) {
            (true, false) => Some("the functions without the struct of inputs are gone".to_owned()),
            (false, true) => {
                Some("the functions with the struct of inputs have other names".to_owned())
            }
            _ => None,
        });
    }
    if parameters(&old) != parameters(&new) {
        reasons.push("the parameters are others".to_owned());
    }
    reasons.extend(of_forms);
    if old.has_buffer != new.has_buffer {
        reasons.push("the size of the argument is variable in one of them only".to_owned());
    }
    if old.reply != new.reply {
        reasons.push("the results are another struct".to_owned());
    }
    let unknown = |name: &str| before.iter().all(|member| member.name != name);
    let required = new.inputs.iter().filter(|input| input.input.must_be_set());
    let required = required.filter(|input| !input.value.is_parameter);
    let required = required.filter(|input| unknown(&input.value.name));
    reasons.extend(required.map(|input| format!("`{}` must be set", input.value.name)));
    reasons
}

/// The names and the types of the parameters.
fn parameters<'a>(request: &CRequest<'a>) -> Vec<(String, CType<'a>)> {
    let all = request.parameters().into_iter();
    all.map(|member| (member.name.clone(), member.type_)).collect()
}

/// The same of a request for a reply with a chain.
pub(super) fn reply(
    (before, old): (&Abi, &HostPlan),
    (now, new): (&Abi, &HostPlan),
) -> Vec<String> {
    let (old, new) = (old.c_members(before), new.c_members(now));
    let [old, new] =
        [&old, &new].map(|all| all.iter().map(|(_, member)| member).collect::<Vec<_>>());
    changes(&old, &new)
}

/// What programs notice of other members.
fn changes(old: &[&CMember<'_>], new: &[&CMember<'_>]) -> Vec<String> {
    match (old, new) {
        ([], []) => return Vec::new(),
        ([], _) => return vec!["the first inputs are added".to_owned()],
        (_, []) => return vec!["all inputs are gone".to_owned()],
        _ => {}
    }
    let place = |name: &str| new.iter().position(|member| member.name == name);
    let mut reasons = Vec::new();
    let mut places = Vec::new();
    for member in old {
        match place(&member.name) {
            None => reasons.push(format!("`{}` is gone", member.name)),
            Some(at) if new[at].type_ != member.type_ => {
                reasons.push(format!("`{}` has another type", member.name));
            }
            Some(at) => places.push(at),
        }
    }
    // C++ refuses initializers in another order than that of the members.
    if !places.is_sorted() {
        reasons.push("the inputs have another order".to_owned());
    }
    reasons
}
