//! Changes the constants, fields, structs, ioctls, capabilities and handlers of the
//! newest release, one at a time. `compat` must find each change. Of the constants and the
//! structs every fourth is changed; with CAPCHAIN_WHOLE all of them.

use capchain::compat::{Affected, Class, Finding, Side, compare};
use capchain::ir::{
    Abi, Arg, CapabilityId, Chain, Field, Literal, Role, StructId, StructRole, Type,
};
use capchain::layout::{Int, Span};
use capchain::lower::lower;
use capchain::reply::Count;
use capchain::spec::load::Origin;
use support::comparisons::exit_code;
use support::fixtures::{self, side};
use support::sample::takes;

/// The newest release, and copies of it with one change.
struct Mutations {
    today: Side,
    tried: usize,
}

impl Mutations {
    fn new() -> Self {
        Self { today: side("today", lower(&fixtures::spec(), None)), tried: 0 }
    }

    /// Makes one change; a finding with one of these codes, and with this class and victim,
    /// must be about it.
    fn slip(&mut self, what: &str, codes: &[&str], due: Due, change: impl Fn(&mut Abi)) {
        let mut abi = self.today.abi.clone();
        change(&mut abi);
        let found = compare(&self.today, &side("slipped", abi));
        let named = found.iter().any(|one| codes.contains(&one.code.0) && due.is(one));
        assert!(named, "{what}: {codes:?} {due:?} not among {found:#?}");
        assert_eq!(exit_code(&found), i32::from(due.class.breaks()), "{what}: {found:#?}");
        let wire = found.iter().filter(|one| one.class.breaks() && one.class != Class::Source);
        for one in wire {
            assert!(one.witness.is_some(), "{what}: {one:#?}");
        }
        self.tried += 1;
    }
}

/// A class and the programs that it affects.
#[derive(Clone, Copy, Debug)]
struct Due {
    class: Class,
    affected: Option<Affected>,
}

impl Due {
    fn is(self, finding: &Finding) -> bool {
        (finding.class, finding.affected) == (self.class, self.affected)
    }
}

const fn due(class: Class, affected: Affected) -> Due {
    Due { class, affected: Some(affected) }
}

const SOURCE: Due = Due { class: Class::Source, affected: None };
const NOTE: Due = Due { class: Class::Note, affected: None };
const GROWTH: Due = Due { class: Class::Growth, affected: None };
const WIRE: Due = due(Class::Wire, Affected::Both);
const WIRE_OF_OLD_PROGRAMS: Due = due(Class::Wire, Affected::OldProgram);
const WIRE_OF_NEW_PROGRAMS: Due = due(Class::Wire, Affected::NewProgram);
const WIRE_ON_32_BIT: Due = due(Class::Wire32, Affected::Both);
const COLLISION: Due = due(Class::Ids, Affected::OldProgram);

#[test]
fn constants() {
    let mut mutations = Mutations::new();
    let groups = mutations.today.abi.groups.clone();
    for (group, values) in groups.iter().map(|group| &group.values).enumerate() {
        for (index, value) in values.iter().enumerate() {
            if !takes(group + index, 4) {
                continue;
            }
            let name = &value.name;
            mutations.slip(&format!("{name} removed"), &["C11"], SOURCE, |abi| {
                abi.groups[group].values.remove(index);
            });
            if let Literal::Text(_) = value.literal {
                mutations.slip(&format!("{name} rewritten"), &["C10"], WIRE, |abi| {
                    abi.groups[group].values[index].literal = Literal::Text("other".to_owned());
                });
                continue;
            }
            let moves = value.count == Some(Count::Moves);
            let (code, due) = if moves { ("C20", NOTE) } else { ("C10", WIRE) };
            mutations.slip(&format!("{name} renumbered"), &[code], due, |abi| {
                abi.groups[group].values[index].number ^= 0x5000_0001;
                abi.groups[group].values[index].literal = Literal::Hex;
            });
        }
    }
    println!("{} changes of constants were named", mutations.tried);
}

/// A new capability, and each other constant of the ABI at the same time from the old highest
/// id to the new one: only one that is specified to move does that, and if it is called like
/// the ids of a chain, with those of that chain.
#[test]
fn constants_that_equal_the_highest_id() {
    let (mut broken, mut moving) = (0, 0);
    for name in ["vfio", "iommufd", "pci", "fwctl", "liveupdate"] {
        let spec = fixtures::open(&fixtures::root().join("spec").join(name));
        let today = lower(&spec, None);
        for (at_chain, chain) in today.chains.iter().enumerate() {
            let Some(last) = today.capabilities_of(chain).max_by_key(|one| one.id) else {
                continue;
            };
            let mut next = last.clone();
            (next.name, next.short, next.id) =
                (last.name.clone() + "_NEXT", last.short.clone() + "_NEXT", last.id + 1);
            let [mut old, mut new] = [today.clone(), today.clone()];
            new.chains[at_chain].capabilities.push(CapabilityId(new.capabilities.len()));
            new.capabilities.push(next);
            let mut names = Vec::new();
            for (at, group) in today.groups.iter().enumerate() {
                for (index, value) in group.values.iter().enumerate() {
                    // The number of a mask or of a second name is that of others.
                    if matches!(
                        value.literal,
                        Literal::Text(_) | Literal::Or(_) | Literal::Alias(_)
                    ) {
                        continue;
                    }
                    for (abi, id) in [(&mut old, last.id), (&mut new, last.id + 1)] {
                        abi.groups[at].values[index].number = id.into();
                    }
                    let counts = |chain: &Chain| value.name.starts_with(&chain.prefix);
                    let own = counts(chain) || !today.chains.iter().any(counts);
                    names.push((value.name.as_str(), value.count == Some(Count::Moves) && own));
                }
            }
            let found = compare(&side("old", old), &side("new", new));
            for (name, moves) in names {
                let own = found.iter().filter(|one| one.subject == name);
                let numbers = own.filter(|one| ["C10", "C20"].contains(&one.code.0));
                let classes: Vec<_> = numbers.map(|one| one.class).collect();
                let expected = if moves { Class::Note } else { Class::Wire };
                assert_eq!(classes, [expected], "{name} with {}", last.name);
                *if moves { &mut moving } else { &mut broken } += 1;
            }
        }
    }
    println!("{broken} constants broke, {moving} moved");
    assert!(broken > 1000 && moving > 10, "{broken} {moving}");
}

#[test]
fn fields() {
    let mut mutations = Mutations::new();
    let structs = mutations.today.abi.structs.clone();
    for (at, struct_) in structs.iter().enumerate() {
        if !takes(at, 4) {
            continue;
        }
        let name = &struct_.name;
        mutations.slip(&format!("{name} gone"), &["C11"], SOURCE, |abi| {
            abi.structs[at].name += "_gone";
        });
        for (index, field) in struct_.fields.iter().enumerate() {
            let field = format!("{name}.{}", field.name);
            let moved = ["C2", "C3", "C13", "C19"];
            let reserved = struct_.fields[index].role == Role::Reserved;
            if reserved {
                continue;
            }
            mutations.slip(&format!("{field} moved"), &moved, WIRE, |abi| {
                let layouts = &mut abi.structs[at].layouts;
                layouts.iter_mut().for_each(|layout| layout.fields[index].offset += 4);
            });
            mutations.slip(&format!("{field} moved on i386"), &["C21"], WIRE_ON_32_BIT, |abi| {
                abi.structs[at].layouts[1].fields[index].offset += 4;
            });
            if struct_.fields[index].arms().is_empty() {
                mutations.slip(&format!("{field} renamed"), &["C7"], SOURCE, |abi| {
                    abi.structs[at].fields[index].name += "_renamed";
                });
            }
        }
    }
    println!("{} changes of structs were named", mutations.tried);
}

/// Whether an ABI has an array of a struct, in a field or in memory.
fn has_array_of(abi: &Abi, id: StructId) -> bool {
    let is = |type_: &Type| matches!(type_, Type::Struct(own) if *own == id);
    let fields = abi.structs.iter().flat_map(|one| &one.fields);
    let has = |field: &Field| match &field.type_ {
        Type::Array(element, ..) | Type::Flexible(element, _) => is(element),
        _ => field.payload.as_ref().is_some_and(|payload| is(&payload.element)),
    };
    fields.into_iter().any(has)
}

/// A member more at the end of a struct, as wide as its alignment.
fn append(abi: &mut Abi, at: usize) {
    let struct_ = &mut abi.structs[at];
    let last = struct_.fields.last().expect("a field").clone();
    let name = "appended".to_owned();
    let plain = Field { name, type_: Type::Int(Int::U64), role: Role::Data, ..last };
    struct_.fields.push(Field { group: None, ids: None, payload: None, ..plain });
    for layout in &mut struct_.layouts {
        layout.fields.push(Span { offset: layout.size, size: 8 });
        layout.size += 8;
    }
}

/// A struct that the other side finds by the size that it knows cannot grow. Others can, under
/// a condition.
#[test]
fn elements_of_arrays() {
    let (mut elements, mut others) = (0, 0);
    let iommufd = fixtures::open(&fixtures::root().join("spec/iommufd"));
    for abi in [lower(&fixtures::spec(), None), lower(&iommufd, None)] {
        let mut mutations = Mutations { today: side("today", abi), tried: 0 };
        let abi = mutations.today.abi.clone();
        for (at, struct_) in abi.structs.iter().enumerate() {
            let what = format!("{} grown", struct_.name);
            let plain = struct_.role == StructRole::Plain;
            match has_array_of(&abi, StructId(at)) {
                true => {
                    mutations.slip(&what, &["C19"], WIRE, |abi| append(abi, at));
                    elements += 1;
                }
                false if plain && is_alone(&abi, StructId(at)) => {
                    mutations.slip(&what, &["C3"], GROWTH, |abi| append(abi, at));
                    others += 1;
                }
                false => {}
            }
        }
    }
    assert!(elements >= 6 && others >= 2, "{elements} elements, {others} others");
}

/// Whether nothing contains a struct or passes it.
fn is_alone(abi: &Abi, id: StructId) -> bool {
    let is = |type_: &Type| matches!(type_, Type::Struct(own) if *own == id);
    let of_fields = abi
        .structs
        .iter()
        .flat_map(|one| &one.fields)
        .any(|field| is(&field.type_) || field.arms().iter().any(|arm| is(&arm.type_)));
    let of_values = abi.groups.iter().flat_map(|one| &one.values);
    let mut of_values = of_values.filter(|value| value.payload.as_ref().is_some_and(is));
    let streams = abi.fds.iter().filter_map(|kind| kind.stream.as_ref());
    let mut records = streams.flat_map(|one| [Some(one.record), one.answer]);
    !of_fields && of_values.next().is_none() && !records.any(|one| one == Some(id))
}

/// An edit of the specification, and the code, class and victim of the expected finding; none
/// if there may be no finding.
type Edit = (&'static str, &'static str, &'static str, Option<(&'static str, Due)>);

/// Typical edits: the file, the old text and the new text.
const EDITS: [Edit; 19] = [
    ("irq_info", "reads: [count, data]", "reads: [count]", Some(("C4", WIRE_OF_OLD_PROGRAMS))),
    (
        "pci_hot_reset",
        "reads: [count, group_fds]",
        "reads: [count]",
        Some(("C4", WIRE_OF_OLD_PROGRAMS)),
    ),
    ("irq_info", "count: out u32", "count: in u32", Some(("C2", WIRE))),
    (
        "irq_info",
        "index:\n        type: in u32",
        "index:\n        type: out u32",
        Some(("C2", WIRE)),
    ),
    ("irq_info", "count: out u32", "count: out reserved u32", Some(("C9", WIRE))),
    (
        "gfx_plane",
        "valid_if: VFIO_GFX_PLANE_TYPE_REGION",
        "valid_if: VFIO_GFX_PLANE_TYPE_PROBE",
        Some(("C9", WIRE)),
    ),
    (
        "region_info",
        "flag: VFIO_REGION_INFO_FLAG_CAPS",
        "flag: VFIO_REGION_INFO_FLAG_MMAP",
        Some(("C6", WIRE)),
    ),
    (
        "device_feature",
        "payload: vfio_device_feature_bus_master",
        "payload: vfio_device_feature_mig_data_size",
        Some(("C19", WIRE)),
    ),
    ("device_info", "writes: fitting", "writes: [num_irqs]", Some(("C16", WIRE_OF_OLD_PROGRAMS))),
    ("device_info", "unset: zero", "unset: echo", Some(("C16", WIRE_OF_OLD_PROGRAMS))),
    ("pci_hot_reset", "sets: [count]", "sets: [flags]", Some(("C23", WIRE_OF_OLD_PROGRAMS))),
    ("pci_hot_reset", "error: ENOSPC", "error: EINVAL", Some(("C23", WIRE_OF_OLD_PROGRAMS))),
    (
        "migration",
        "VFIO_DEVICE_STATE_ERROR: 0",
        "VFIO_DEVICE_STATE_BROKEN: 0",
        Some(("C12", COLLISION)),
    ),
    (
        "dma_logging",
        "length: in aligned_u64, ",
        "more: in aligned_u64, more\n      length: in aligned_u64, ",
        Some(("C3", WIRE)),
    ),
    (
        "region_info",
        "reserved: reserved u32, zero",
        "reserved: {type: u32, doc: kind, version: 2, since: v7.2}",
        Some(("C9", GROWTH)),
    ),
    (
        "device_info",
        "capabilities: [ZPCI_BASE, ZPCI_GROUP,",
        "capabilities: [ZPCI_GROUP, ZPCI_BASE,",
        Some(("C14", NOTE)),
    ),
    ("irq_info", "number of interrupts in the block", "how many there are", None),
    (
        "irq_info",
        "VFIO_IRQ_INFO_NORESIZE: bit 3",
        "VFIO_IRQ_INFO_NORESIZE: bit 4",
        Some(("C10", WIRE)),
    ),
    ("zdev", "      imaxstbl:", "      longest:", Some(("C7", SOURCE))),
];

#[test]
fn edits_of_the_specification() {
    let files = capchain::embedded::files("vfio");
    let today = Mutations::new().today;
    for (name, from, to, expected) in EDITS {
        let file = format!("{name}.yaml");
        let edited: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| {
                let text =
                    if *path == file { text.replacen(from, to, 1) } else { (*text).to_owned() };
                (*path, &*Box::leak(text.into_boxed_str()))
            })
            .collect();
        assert_ne!(edited, files, "{from}");
        let opened = capchain::open(&Origin::Embedded(edited.leak()), &[]);
        let problems = opened.problems.render(&opened.sources, false);
        let spec = opened.spec.unwrap_or_else(|| panic!("{problems}"));
        let found = compare(&today, &side("edited", lower(&spec, None)));
        let Some((code, due)) = expected else {
            assert!(found.is_empty(), "{from}: {found:#?}");
            continue;
        };
        let named = found.iter().any(|one| one.code.0 == code && due.is(one));
        assert!(named, "{from}: {code} {due:?} not among {found:#?}");
        assert_eq!(exit_code(&found), i32::from(due.class.breaks()), "{from}: {found:#?}");
    }
}

#[test]
fn renames_are_no_collisions_in_either_direction() {
    let spec = fixtures::spec();
    let at = |release: &str| side(release, lower(&spec, Some(release.parse().expect("a release"))));
    for (old, new) in [("v5.18", "v5.17"), ("v6.13", "v6.12"), ("v4.6", "v4.5")] {
        let found = compare(&at(old), &at(new));
        let collisions: Vec<_> = found.iter().filter(|one| one.class == Class::Ids).collect();
        assert!(collisions.is_empty(), "{old} to {new}: {collisions:#?}");
    }
}

#[test]
fn ioctls_and_handlers() {
    let mut mutations = Mutations::new();
    let ioctls = mutations.today.abi.ioctls.clone();
    let release = mutations.today.abi.release;
    for (at, ioctl) in ioctls.iter().enumerate() {
        let name = &ioctl.name;
        mutations.slip(&format!("{name} gone"), &["C22"], WIRE_OF_OLD_PROGRAMS, |abi| {
            abi.ioctls[at].name += "_GONE";
        });
        mutations.slip(&format!("{name} renumbered"), &["C22"], WIRE, |abi| {
            abi.ioctls[at].number += 100;
        });
        mutations.slip(&format!("{name} of another descriptor"), &["C22"], WIRE, |abi| {
            abi.ioctls[at].fd = (ioctl.fd + 1) % abi.fds.len();
        });
        for (index, handler) in ioctl.handlers.iter().enumerate() {
            if !ioctl.served_at(release).any(|one| one.place == handler.place) {
                continue;
            }
            for more in [true, false] {
                let due = if more { WIRE_OF_OLD_PROGRAMS } else { WIRE_OF_NEW_PROGRAMS };
                mutations.slip(&format!("minsz of {name}"), &["C1"], due, |abi| {
                    let minsz = &mut abi.ioctls[at].handlers[index].minsz;
                    *minsz = if more { *minsz + 4 } else { *minsz - 4 };
                });
            }
        }
    }
    println!("{} changes of ioctls were named", mutations.tried);
}

/// A limit and a refused number are those of one field.
#[test]
fn inputs_that_another_field_refuses() {
    let mut mutations = Mutations::new();
    let ioctls = mutations.today.abi.ioctls.clone();
    let release = mutations.today.abi.release;
    let (mut limits, mut numbers) = (0, 0);
    for (at, ioctl) in ioctls.iter().enumerate() {
        let Arg::Struct(id) = ioctl.arg else { continue };
        let fields = mutations.today.abi.struct_(id).fields.len();
        for (index, handler) in ioctl.handlers.iter().enumerate() {
            if !ioctl.served_at(release).any(|one| one.place == handler.place) {
                continue;
            }
            let what = format!("another field of {}", ioctl.name);
            if let [(field, limit)] = handler.below.as_slice() {
                mutations.slip(&what, &["C23"], WIRE_OF_OLD_PROGRAMS, |abi| {
                    let handler = &mut abi.ioctls[at].handlers[index];
                    handler.below.push(((field + 1) % fields, limit.clone()));
                });
                limits += 1;
            }
            if let Some((field, refused)) = handler.may_refuse.first() {
                mutations.slip(&what, &["C23"], WIRE_OF_OLD_PROGRAMS, |abi| {
                    let handler = &mut abi.ioctls[at].handlers[index];
                    handler.may_refuse.push(((field + 1) % fields, refused.clone()));
                });
                numbers += 1;
            }
        }
    }
    assert!(limits > 0 && numbers > 0, "{limits} {numbers}");
}

/// Another error without room for an array, and other fields that are set with it, are one
/// finding.
#[test]
fn the_error_without_room_for_an_array_is_found_once() {
    let today = side("today", lower(&fixtures::spec(), None));
    let release = today.abi.release;
    let mut tried = 0;
    for (at, ioctl) in today.abi.ioctls.iter().enumerate() {
        for (index, handler) in ioctl.handlers.iter().enumerate() {
            let served = ioctl.served_at(release).any(|one| one.place == handler.place);
            if !served || handler.array.as_ref().is_none_or(|array| array.error == "E2BIG") {
                continue;
            }
            let mut abi = today.abi.clone();
            let array = abi.ioctls[at].handlers[index].array.as_mut().expect("an array");
            (array.error, array.sets) = ("E2BIG".to_owned(), Some(Vec::new()));
            let found = compare(&today, &side("another error", abi));
            let of_error: Vec<_> = found.iter().filter(|one| one.code.0 == "C23").collect();
            assert_eq!(of_error.len(), 1, "{}: {found:#?}", ioctl.name);
            assert_eq!(of_error[0].class, Class::Wire);
            assert!(of_error[0].message.contains("fails with E2BIG"), "{}", of_error[0].message);
            tried += 1;
        }
    }
    assert!(tried > 0);
}

#[test]
fn capabilities() {
    let mut mutations = Mutations::new();
    let capabilities = mutations.today.abi.capabilities.clone();
    for (at, capability) in capabilities.iter().enumerate() {
        let name = &capability.name;
        mutations.slip(&format!("{name} renumbered"), &["C10"], WIRE, |abi| {
            abi.capabilities[at].id += 100;
        });
        mutations.slip(&format!("{name} gone"), &["C11"], SOURCE, |abi| {
            abi.capabilities[at].name += "_GONE";
        });
        let shared = capabilities
            .iter()
            .position(|other| other.chain == capability.chain && other.id != capability.id);
        mutations.slip(&format!("{name} under the id of another"), &["C12"], COLLISION, |abi| {
            let other = shared.expect("a chain has several");
            abi.capabilities[at].id = capabilities[other].id;
        });
        if capability.version > 1 {
            mutations.slip(&format!("{name} in an older version"), &["C13"], WIRE, |abi| {
                abi.capabilities[at].version -= 1;
            });
        }
    }
    println!("{} changes of capabilities were named", mutations.tried);
}
