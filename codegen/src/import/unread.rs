//! Declarations that are left out because something that they need is not described.

use crate::amend::known_names::KnownNames;
use crate::diagnostic::Diagnostics;
use crate::header::{ConstantFact, Facts, Spelt};

/// Takes away what uses a struct that was not read, with the reason: structs that contain it,
/// ioctls whose argument it is, and the ids of capabilities and payloads that are called like
/// it. Without the struct they would be something else.
pub(super) fn forget_users(facts: &mut Facts, known: &KnownNames<'_>) -> Vec<(String, String)> {
    let mut left = Vec::new();
    loop {
        let structs = facts.structs.iter().filter_map(|one| {
            let mut inner = None;
            for field in &one.fields {
                field.type_.structs(&mut |name| {
                    inner = inner.take().or_else(|| unread(facts, name));
                });
            }
            Some((one.name.clone(), inner?))
        });
        let constants = facts.constants.iter();
        let constants = constants.filter_map(|one| Some((one.name.clone(), needed(facts, one)?)));
        let users = structs.chain(constants);
        let users: Vec<_> = users.filter(|(name, _)| !known.has(name)).collect();
        if users.is_empty() {
            return left;
        }
        for (name, missing) in users {
            let why = facts.unread.get(&missing).map_or("", |one| one.reason.as_str());
            // The first struct of several that contain each other has the cause.
            let reason = match why.starts_with("`struct ") {
                true => why.to_owned(),
                false => format!("`struct {missing}` is not read: {why}"),
            };
            facts.forget(&name, reason.clone());
            left.push((name, reason));
        }
    }
}

/// The struct without which a number cannot be described.
fn needed(facts: &Facts, constant: &ConstantFact) -> Option<String> {
    let own = || unread(facts, &constant.name.to_ascii_lowercase());
    match constant.spelt {
        Spelt::Ioctl { .. } => {
            let other = |one: char| !one.is_ascii_alphanumeric() && one != '_';
            let named = constant.doc.split("struct ").skip(1);
            let mut named = named.filter_map(|rest| unread(facts, rest.split(other).next()?));
            named.next().or_else(own)
        }
        // An enumerator stays what it is.
        _ if constant.enum_index.is_some() => None,
        _ => own(),
    }
}

fn unread(facts: &Facts, name: &str) -> Option<String> {
    facts.unread.contains_key(name).then(|| name.to_owned())
}

/// A declaration because of which a specification does not load, and the error.
pub(super) fn refused(facts: &Facts, problems: &Diagnostics) -> Option<(String, String)> {
    let mut errors = problems.errors();
    errors.find_map(|error| {
        let name = error.places().find_map(|place| facts.declaration_at(place))?;
        Some((name.to_owned(), error.message.clone()))
    })
}
