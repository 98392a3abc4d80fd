//! Names in Rust: the short names within a type and the names of types. They are
//! derived from names of the specification, so two of them can be equal.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Place};
use crate::names::{
    field_type, group_type, is_in_prelude, is_name, is_rust_identifier, short, stream_data,
};
use crate::spec::history::Validity;
use crate::spec::wrappers::Placed;
use crate::validate::Check;
use crate::validate::codes::RUST_NAME;
use crate::validate::model::declarations::{
    NumberGroup, NumberGroupKind, OfChain, StructDeclaration,
};
use crate::validate::model::symbols::{SymbolKind, Symbols};
use crate::validate::model::uniqueness::{ALWAYS, Definition, conflicts};

/// Names that every type of numbers defines.
const METHODS: [&str; 10] =
    ["NAMED", "bits", "contains", "empty", "from", "fmt", "intersects", "name", "union", "unknown"];

/// Variants that the enums of every chain have, and their meaning.
const VARIANTS: [(&str, &str); 2] = [
    ("Unknown", "this name is used for capabilities of later kernels"),
    ("Other", "a server appends capabilities of other trees under this name"),
];

/// The language, in messages.
pub(super) const RUST: &str = "Rust";

/// Names that the readers of records use.
const READERS: [&str; 5] = ["CLayout", "RecordError", "RecordErrorCause", "Records", "Wire"];

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    for group in &index.groups {
        shorts(check, group);
    }
    variants(check);
    types(check);
    kinds(check);
    readers(check);
    for struct_ in &index.structs {
        accessors(check, struct_);
    }
}

/// A name for Rust, its origin and its releases.
pub(super) struct Made<'a> {
    pub(super) name: Cow<'a, str>,
    of: (&'a str, &'a str),
    place: Place,
    validity: Validity,
}

impl<'a> Made<'a> {
    pub(super) fn new(
        name: impl Into<Cow<'a, str>>,
        of: &'a Placed<String>,
        validity: Validity,
    ) -> Self {
        Self { name: name.into(), of: ("", &of.value), place: of.place, validity }
    }

    /// Whether the name that it is made from passes a test.
    pub(super) fn is_from(&self, test: impl Fn(&str) -> bool) -> bool {
        test(self.of.1)
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The same, with the name in another language.
    pub(super) fn called(self, name: impl FnOnce(&str) -> String) -> Self {
        Self { name: name(&self.name).into(), ..self }
    }

    /// The same, for an origin that needs a qualifier.
    pub(super) fn within(self, whole: &'a str) -> Self {
        Self { of: (whole, self.of.1), ..self }
    }

    /// The same, for one of several origins that are distinguished elsewhere.
    pub(super) fn one_of(self, whole: &'a str) -> Self {
        Self { of: (whole, ""), ..self }
    }
}

/// The names of numbers within their type.
fn shorts(check: &mut Check<'_>, group: &NumberGroup<'_>) {
    let suffix = group.suffix.map_or("", |suffix| &suffix.value);
    let made = group.values.iter().map(|(name, value)| {
        Made::new(short(name, group.short_prefixes(), suffix), name, value.validity(group.validity))
    });
    let made: Vec<_> = made.collect();
    distinct(check, &made, "short name");
    if !matches!(group.kind, NumberGroupKind::Constants | NumberGroupKind::IdSpace) {
        let taken = made.iter().filter(|short| METHODS.contains(&&*short.name));
        for made in taken {
            refuse(check, made, "short name", "every generated type defines this name");
        }
    }
}

/// The name of a capability in its chain.
pub(super) fn short_of<'a>(index: &Symbols<'a>, one: &OfChain<'a>) -> &'a str {
    let chain = one.chain.and_then(|chain| index.chains_named(chain).next());
    one.item.name_in_chain(chain.map_or("", |chain| &chain.item.prefix.value))
}

/// The names of the capabilities of a chain.
fn variants(check: &mut Check<'_>) {
    let index = check.index;
    let mut chains = HashMap::<&str, Vec<Made<'_>>>::new();
    for one in &index.capabilities {
        let Some(chain) = one.chain else { continue };
        let variant = group_type(short_of(index, one));
        let made = Made::new(variant, &one.item.capability, one.validity);
        chains.entry(chain).or_default().push(made);
    }
    for made in index.chains.iter().filter_map(|chain| chains.remove(chain.item.chain.as_str())) {
        distinct(check, &made, "short name");
        for (name, why) in VARIANTS {
            for made in made.iter().filter(|made| made.name == name) {
                refuse(check, made, "short name", why);
            }
        }
    }
}

/// The types of structs, enums and numbers of fields.
pub(super) fn type_names<'a>(index: &'a Symbols<'a>, prefix: &str) -> Vec<Made<'a>> {
    let structs = items(index, |kind| matches!(kind, SymbolKind::Struct));
    group_types(index, prefix).into_iter().chain(structs).collect()
}

/// The types of enums and of numbers of fields.
pub(super) fn group_types<'a>(index: &'a Symbols<'a>, prefix: &str) -> Vec<Made<'a>> {
    let of_fields = index.groups.iter().filter_map(|group| {
        let owner = group.owner?;
        let made = Made::new(field_type(prefix, owner, group.name), group.name, group.validity);
        Some(made.within(owner))
    });
    let enums = items(index, |kind| matches!(kind, SymbolKind::Anonymous | SymbolKind::Enum));
    of_fields.chain(enums).collect()
}

/// The types of items of some kinds.
fn items<'a>(
    index: &'a Symbols<'a>,
    is_chosen: fn(&SymbolKind) -> bool,
) -> impl Iterator<Item = Made<'a>> {
    index.all().flat_map(move |(text, targets)| {
        let chosen = targets.iter().filter(move |target| is_chosen(&target.kind));
        chosen.map(move |target| {
            let name = match target.kind {
                SymbolKind::Anonymous => Cow::from(group_type(text)),
                _ => Cow::from(text),
            };
            Made { name, of: ("", text), place: target.place, validity: target.validity }
        })
    })
}

/// Refuses equal names of types; files are modules next to them.
fn types(check: &mut Check<'_>) {
    let made = type_names(check.index, check.spec.abi.short_prefix());
    distinct(check, &made, "type");
    prelude(check, &made);
    let files: HashSet<_> = check.spec.files.iter().map(|file| file.name.as_str()).collect();
    for made in &made {
        if files.contains(&*made.name) {
            refuse(check, made, "type", "a file of the specification has this name");
        }
    }
}

/// Kinds of file descriptors, the variants of one type.
fn kinds(check: &mut Check<'_>) {
    let fds = check.spec.abi.fds.iter();
    let made: Vec<_> = fds.map(|(name, _)| Made::new(group_type(name), name, ALWAYS)).collect();
    distinct(check, &made, "variant");
    prelude(check, &made);
}

/// The reader of the records of each kind of file descriptor, and its data.
fn readers(check: &mut Check<'_>) {
    let fds = check.spec.abi.fds.iter().filter(|(_, kind)| kind.stream.is_some());
    let made = fds.flat_map(|(name, _)| {
        let reader = group_type(name);
        [Made::new(stream_data(&reader), name, ALWAYS), Made::new(reader, name, ALWAYS)]
    });
    let made: Vec<_> = made.collect();
    distinct(check, &made, "type");
    for made in made.iter().filter(|made| READERS.contains(&&*made.name)) {
        refuse(check, made, "type", "the generated code uses this name");
    }
}

/// Refuses types that would hide those of the language in programs that import all types.
pub(super) fn prelude(check: &mut Check<'_>, types: &[Made<'_>]) {
    for made in types.iter().filter(|made| is_in_prelude(&made.name)) {
        refuse(check, made, "type", "Rust has this name in every module");
    }
}

/// Members of unions are methods: one that reads, and one that sets.
fn accessors(check: &mut Check<'_>, struct_: &StructDeclaration<'_>) {
    let arms = struct_.members().filter(|member| member.union.is_some());
    let methods = arms.flat_map(|arm| {
        let both = [arm.name.value.clone(), ["set_", &arm.name.value].concat()];
        both.map(|method| Made::new(method, arm.name, arm.validity))
    });
    unique(check, &methods.collect::<Vec<_>>(), "method", RUST);
}

/// Refuses invalid identifiers, and the later of two equal ones.
pub(super) fn distinct(check: &mut Check<'_>, made: &[Made<'_>], what: &str) {
    // A name that is invalid in every language has been refused already.
    let named = |made: &&Made<'_>| made.is_from(is_name) && !is_rust_identifier(&made.name);
    for made in made.iter().filter(named) {
        refuse(check, made, what, "it is not a name in Rust; another prefix may help");
    }
    unique(check, made, what, RUST);
}

/// The names whose origins have not been refused for another language.
pub(super) fn unrefused<'a>(check: &Check<'_>, mut made: Vec<Made<'a>>) -> Vec<Made<'a>> {
    let refused = check.problems.errors().filter(|error| error.code == RUST_NAME);
    let refused: Vec<_> = refused.filter_map(Diagnostic::place).collect();
    made.retain(|made| !refused.contains(&made.place));
    made
}

/// Refuses the later of two names that are equal in a language.
pub(super) fn unique(check: &mut Check<'_>, made: &[Made<'_>], what: &str, language: &str) {
    let definitions = made.iter().enumerate().map(|(owner, made)| Definition {
        key: &*made.name,
        validity: made.validity,
        place: made.place,
        owner,
    });
    let definitions: Vec<_> = definitions.collect();
    // Another pass reports items that have the same name in C as well.
    for (one, other) in conflicts(&definitions, |one, other| made[one].of == made[other].of) {
        let (one, other) = (&definitions[one], &definitions[other]);
        let (first, again) = if other.place < one.place { (other, one) } else { (one, other) };
        let message = format!("two items have the {what} `{}` in {language}", again.key);
        let problem = Diagnostic::error(RUST_NAME, message).at(again.place, "again here");
        check.problems.push(problem.and(first.place, "first here"));
    }
}

pub(super) fn refuse(check: &mut Check<'_>, made: &Made<'_>, what: &str, why: &str) {
    let message = format!("`{}` cannot be a {what}", made.name);
    check.problems.push(Diagnostic::error(RUST_NAME, message).at(made.place, why));
}
