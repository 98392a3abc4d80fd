//! Names must be unique within each release; former names count for the releases
//! in which they were used.

use crate::diagnostic::{Diagnostic, Place};
use crate::spec::ItemSpec;
use crate::spec::wrappers::Placed;
use crate::validate::Check;
use crate::validate::codes::DUPLICATE_NAME;
use crate::validate::model::declarations::StructDeclaration;
use crate::validate::model::refs::span;
use crate::validate::model::symbols::{Symbol, SymbolKind, Symbols};
use crate::validate::model::uniqueness::{ALWAYS, Definition, conflicts};

pub(super) fn check(check: &mut Check<'_>) {
    idents(check);
    titles(check);
    profiles(check);
    lists(check);
    let index = check.index;
    for struct_ in &index.structs {
        fields(check, struct_);
    }
}

/// Names that C and Rust see.
fn idents(check: &mut Check<'_>) {
    let index = check.index;
    let seen = |kind: SymbolKind| {
        !matches!(
            kind,
            SymbolKind::Chain | SymbolKind::Constants | SymbolKind::IdSpace | SymbolKind::Anonymous
        )
    };
    let mut definitions = Vec::new();
    for (key, targets) in index.all() {
        let targets = targets.iter().filter(|target| seen(target.kind));
        definitions.extend(targets.map(|target| Definition {
            key,
            validity: target.validity,
            place: target.place,
            owner: target.order,
        }));
    }
    let former = index.former.iter().filter(|former| seen(former.kind));
    definitions.extend(former.map(|former| Definition {
        key: former.name.as_str(),
        validity: former.validity,
        place: former.name.place,
        owner: former.order,
    }));
    let twins: Vec<_> = twins(index).collect();
    definitions.extend(twins.iter().map(|(key, target)| Definition {
        key: key.as_str(),
        validity: target.validity,
        place: target.place,
        owner: target.order,
    }));
    let guards = check.spec.abi.headers.iter().flat_map(|(_, header)| header.guards.iter());
    // Orders start at 1, so that no item has one of these.
    definitions.extend(guards.map(|guard| always(guard, 0)));
    report(check, &definitions);
}

/// The names of the Rust functions of macros.
fn twins<'b>(index: &'b Symbols<'_>) -> impl Iterator<Item = (String, &'b Symbol)> {
    index.all().flat_map(|(name, targets)| {
        let macros = targets.iter().filter(|target| target.kind == SymbolKind::Macro);
        macros.map(move |target| (name.to_lowercase(), target))
    })
}

/// Names that only the specification has: groups and chains, each with a page of its own.
fn titles(check: &mut Check<'_>) {
    let index = check.index;
    let ours = |kind: SymbolKind| {
        matches!(
            kind,
            SymbolKind::Chain
                | SymbolKind::Constants
                | SymbolKind::IdSpace
                | SymbolKind::Enum
                | SymbolKind::Anonymous
        )
    };
    let definitions = index.all().flat_map(|(key, targets)| {
        let targets = targets.iter().filter(|target| ours(target.kind));
        targets.map(move |target| Definition {
            key,
            validity: target.validity,
            place: target.place,
            // Enums with the same tag have been reported already.
            owner: if target.kind == SymbolKind::Enum { 0 } else { target.order },
        })
    });
    report(check, &definitions.collect::<Vec<_>>());
}

/// Names of reply rules; those of one handler follow each other in time.
fn profiles(check: &mut Check<'_>) {
    let mut definitions = Vec::new();
    for (ioctl, validity) in check.spec.ioctls() {
        for (.., handler) in ioctl.handlers() {
            let since = handler.since.as_ref().map(|since| &since.value);
            let validity = validity.within(since, handler.until.as_ref().map(|until| &until.value));
            let owner = definitions.len();
            let profile = handler.profile.as_ref();
            definitions.extend(profile.map(|name| Definition { validity, ..always(name, owner) }));
        }
    }
    report(check, &definitions);
}

/// Lists without duplicates.
fn lists(check: &mut Check<'_>) {
    let abi = &check.spec.abi;
    let overlays = check.spec.files.iter().filter(|file| file.overlay);
    let overlays = overlays.map(|file| (file.name.as_str(), file.title.place));
    let files = abi.files.iter().map(|name| (name.as_str(), name.place));
    once(check, files.chain(overlays));
    let paths = abi.headers.iter().map(|(_, header)| (header.path.as_str(), header.path.place));
    once(check, paths);
    for file in &check.spec.files {
        for item in file.items.iter() {
            match item {
                ItemSpec::Macro(item) => once(check, placed(&item.args)),
                ItemSpec::Ioctl(item) => {
                    once(check, placed(&item.backends));
                    let lists = item.handlers().filter_map(|(.., one)| one.capabilities.as_ref());
                    lists.for_each(|list| once(check, placed(list)));
                }
                _ => {}
            }
        }
    }
}

fn placed(names: &[Placed<String>]) -> impl Iterator<Item = (&str, Place)> {
    names.iter().map(|name| (name.as_str(), name.place))
}

fn once<'b>(check: &mut Check<'_>, names: impl Iterator<Item = (&'b str, Place)>) {
    let definitions = names.enumerate();
    let definitions =
        definitions.map(|(owner, (key, place))| Definition { key, validity: ALWAYS, place, owner });
    report(check, &definitions.collect::<Vec<_>>());
}

/// Fields and the members of anonymous unions, which share a scope in C.
fn fields(check: &mut Check<'_>, struct_: &StructDeclaration<'_>) {
    let mut definitions = Vec::new();
    for (owner, member) in struct_.members().enumerate() {
        let (key, place) = (member.name.as_str(), member.name.place);
        definitions.push(Definition { key, validity: member.validity, place, owner });
        let former = member.names().filter(|(_, name)| *name != member.name.as_str());
        definitions.extend(former.map(|(validity, key)| Definition {
            key,
            validity,
            place,
            owner,
        }));
    }
    report(check, &definitions);
    for definition in &definitions {
        constant(check, definition);
        if struct_.capability.is_some() && definition.key == "header" {
            let problem = Diagnostic::error(DUPLICATE_NAME, "the name `header` is taken");
            let problem = problem.at(definition.place, "again here");
            check.problems.push(problem.and(struct_.name.place, "this starts with its header"));
        }
    }
}

/// The preprocessor would replace the field with the constant's value.
fn constant(check: &mut Check<'_>, definition: &Definition<&str>) {
    let replaced = |kind: SymbolKind| {
        matches!(
            kind,
            SymbolKind::Number
                | SymbolKind::Text
                | SymbolKind::Ioctl
                | SymbolKind::Macro
                | SymbolKind::Capability
        )
    };
    let targets = check.index.targets(definition.key).iter();
    let mut targets = targets.filter(|target| replaced(target.kind));
    if let Some(target) = targets.find(|target| target.validity.overlaps(definition.validity)) {
        let message = format!("the field `{}` has the name of a constant", definition.key);
        let problem = Diagnostic::error(DUPLICATE_NAME, message)
            .at(definition.place, "C would see its value here");
        check.problems.push(problem.and(target.place, "the constant"));
    }
}

fn report(check: &mut Check<'_>, definitions: &[Definition<&str>]) {
    for (one, other) in conflicts(definitions, |_, _| false) {
        let (one, other) = (&definitions[one], &definitions[other]);
        let (first, again) = if other.place < one.place { (other, one) } else { (one, other) };
        let message = format!("the name `{}` is taken", again.key);
        let problem = Diagnostic::error(DUPLICATE_NAME, message).at(again.place, "again here");
        let there = match first.validity {
            ALWAYS => "first here".to_owned(),
            validity => format!("first here, {}", span(validity)),
        };
        check.problems.push(problem.and(first.place, there));
    }
}

fn always(name: &Placed<String>, owner: usize) -> Definition<&str> {
    Definition { key: &name.value, validity: ALWAYS, place: name.place, owner }
}
