//! The members of arguments that handlers refuse. The model, the errors on the pages of the
//! reference, and `compat` have to agree about them, for every handler.

use std::collections::BTreeSet;

use capchain::compat::{Side, compare};
use capchain::ir::{Abi, Arg, Field, Handler, Ioctl, Member, Role, Struct, TailCheck};
use capchain::lower::lower;
use capchain::model::HandlerModel;
use capchain::reply::Direction;
use support::fixtures::{self, side};

/// The faults of members on the pages.
const FAULTS: [&str; 3] = [" has a bit without a meaning", " is not zero", " is unknown"];

/// A name of handlers, a member, and the error for it.
type Refusal = (String, String, String);

/// The ABIs with many handlers, as of their newest release and of one in the middle.
fn abis() -> Vec<Abi> {
    let specs = ["vfio", "iommufd"].map(|name| fixtures::root().join("spec").join(name));
    let lowered = specs.iter().flat_map(|folder| {
        let spec = fixtures::open(folder);
        let releases = spec.releases();
        let releases = [releases.last(), releases.get(releases.len() * 3 / 4)];
        releases.map(|release| lower(&spec, release.copied()))
    });
    lowered.collect()
}

fn argument<'a>(abi: &'a Abi, ioctl: &Ioctl) -> Option<&'a Struct> {
    match ioctl.arg {
        Arg::Struct(id) => Some(abi.struct_(id)).filter(|struct_| struct_.argsz.is_some()),
        _ => None,
    }
}

/// The error of the model for an argument in which every bit of a member is set. Everything
/// else is valid, and so is the member by its condition.
fn refused<'a>(
    abi: &'a Abi,
    (ioctl, handler): (&Ioctl, &'a Handler),
    wrong: &Member<'_>,
) -> Option<&'a str> {
    let struct_ = argument(abi, ioctl)?;
    let layout = struct_.kernel_layout();
    let mut bytes = vec![0; layout.size as usize];
    let mut put = |span: capchain::layout::Span, number: u64| {
        let place = bytes.iter_mut().skip(span.offset as usize).take(span.size as usize);
        place.zip(number.to_le_bytes()).for_each(|(byte, part)| *byte = part);
    };
    put(layout.fields[struct_.argsz?], layout.size);
    for member in abi.members(struct_) {
        let Some(group) = member.group.map(|id| abi.group(id)) else { continue };
        let condition = group.values.iter().find(|value| Some(&*value.name) == wrong.valid_if);
        let valid = (!group.is_flags()).then(|| group.named().next()).flatten();
        if let Some(value) = condition.or(valid) {
            put(member.kernel_span(), value.number as u64);
        }
    }
    let span = wrong.kernel_span();
    bytes[span.offset as usize..span.end() as usize].fill(0xff);
    HandlerModel::new(abi, ioctl, handler)?.refused_with(&bytes)
}

/// What the model refuses of the handlers of an ioctl that have come.
fn by_model(abi: &Abi, ioctl: &Ioctl) -> BTreeSet<Refusal> {
    let Some(struct_) = argument(abi, ioctl) else { return BTreeSet::new() };
    let come = ioctl.handlers.iter().filter(|handler| handler.since.covers(abi.release));
    let mut refusals = BTreeSet::new();
    for handler in come {
        // The error for the tail has a fact of its own.
        let known = |member: &Member<'_>| match handler.tail {
            TailCheck::ZeroAfter(end) => member.kernel_span().offset < end,
            TailCheck::Ignored => true,
        };
        let members = abi.members(struct_).into_iter().filter(known);
        let members = members.filter(|member| member.role != Role::Argsz);
        refusals.extend(members.filter_map(|member| {
            let error = refused(abi, (ioctl, handler), &member)?;
            Some((handler.name.clone(), member.name.to_owned(), error.to_owned()))
        }));
    }
    refusals
}

/// The words in backquotes.
fn quoted(text: &str) -> impl Iterator<Item = String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned)
}

/// What the part of a page about an ioctl says.
fn by_page(part: &str) -> BTreeSet<Refusal> {
    let mut refusals = BTreeSet::new();
    for line in part.lines().filter_map(|line| line.strip_prefix("- Fails with ")) {
        // The error for a small argsz is that of all handlers.
        let Some((cause, handlers)) = line.split_once(" (handler") else { continue };
        let (error, members) = cause.split_once(" if ").expect("a cause");
        let Some(members) = FAULTS.iter().find_map(|fault| members.strip_suffix(fault)) else {
            continue;
        };
        let error = quoted(error).next().expect("an error");
        for handler in quoted(handlers) {
            let refusal = |member| (handler.clone(), member, error.clone());
            refusals.extend(quoted(members).map(refusal));
        }
    }
    refusals
}

#[test]
fn pages_list_the_members_that_the_model_refuses() {
    let mut seen = 0;
    for abi in abis() {
        let pages: String =
            capchain::emit::reference(&abi).into_iter().map(|file| file.contents).collect();
        for ioctl in &abi.ioctls {
            let title = format!("\n## ioctl `{}`\n", ioctl.name);
            let (_, part) = pages.split_once(&title).expect("a page with the ioctl");
            let part = part.split("\n## ").next().unwrap_or_default();
            let model = by_model(&abi, ioctl);
            assert_eq!(by_page(part), model, "{}", ioctl.name);
            seen += model.len();
        }
    }
    assert!(seen > 60, "{seen} refusals");
}

/// A field by the index of its struct and its name.
struct Place<'a> {
    at: usize,
    name: &'a str,
}

impl Place<'_> {
    fn field<'b>(&self, abi: &'b mut Abi) -> &'b mut Field {
        let fields = abi.structs[self.at].fields.iter_mut();
        fields.into_iter().find(|field| field.name == self.name).expect("no member of a union")
    }

    /// Makes the field larger, over the bytes after it.
    fn widen(&self, abi: &mut Abi, size: u64) {
        let struct_ = &mut abi.structs[self.at];
        let index = struct_.fields.iter().position(|field| field.name == self.name);
        let index = index.expect("the field");
        struct_.layouts.iter_mut().for_each(|layout| layout.fields[index].size += size);
    }
}

/// A request that uses a member of reserved bytes fails on the kernels that check them.
#[test]
fn compat_finds_the_reserved_members_that_the_model_refuses() {
    let mut seen = [0; 2];
    for abi in abis() {
        let old = side("old", abi.clone());
        for (at, struct_) in abi.structs.iter().enumerate() {
            let takes = |ioctl: &&Ioctl| {
                argument(&abi, ioctl).is_some_and(|one| std::ptr::eq(one, struct_))
            };
            let served = abi.ioctls.iter().filter(takes).flat_map(|ioctl| {
                ioctl.served_at(abi.release).map(move |handler| (ioctl, handler))
            });
            let served: Vec<_> = served.collect();
            let members = abi.members(struct_).into_iter();
            for member in members.filter(|member| member.role == Role::Reserved) {
                let errors = served.iter().map(|served| refused(&abi, *served, &member));
                let errors: Option<BTreeSet<_>> = errors.collect();
                let errors = errors.filter(|errors| !errors.is_empty());
                let path = member.path(struct_);
                let said = |old: &Side, mut used: Abi, size: u64| {
                    let place = Place { at, name: member.name };
                    let field = place.field(&mut used);
                    field.role = Role::Data;
                    field.direction = Some(Direction::In);
                    place.widen(&mut used, size);
                    let found = compare(old, &side("new", used)).into_iter();
                    let mut found = found.filter(|one| one.code.0 == "C26" && one.subject == path);
                    Some(found.next()?.message.rsplit(' ').next()?.to_owned())
                };
                let found = said(&old, abi.clone(), 0);
                assert_eq!(found.is_some(), errors.is_some(), "{path}: {errors:?}");
                let is_of_model = |error: &String| {
                    errors.as_ref().is_some_and(|errors| errors.contains(error.as_str()))
                };
                assert!(found.iter().all(is_of_model), "{path}: {found:?}");
                // Nothing checks all bytes of a wider field, or a field without its condition.
                assert_eq!(said(&old, abi.clone(), 4), None, "{path}");
                let mut gated = abi.clone();
                Place { at, name: member.name }.field(&mut gated).valid_if =
                    Some("GATE".to_owned());
                assert_eq!(said(&side("old", gated.clone()), gated, 0), None, "{path}");
                seen[usize::from(found.is_some())] += 1;
            }
        }
    }
    assert!(seen.iter().all(|seen| *seen > 3), "{seen:?}");
}
