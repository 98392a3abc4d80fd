//! The ABI that is inferred from headers: an unchanged header gives the ABI of the
//! specification, and a changed header differs in the change only.

use std::fs;

use capchain::amend::{Amended, amend};
use capchain::diagnostic::Sources;
use capchain::ir::{Abi, Arg, Role, StructRole, Type};
use capchain::lower::lower;
use capchain::release::Release;
use capchain::validate::ValidSpec;
use support::random::{Random, rounds};
use support::{facts, fixtures, kernels};

/// The ABI of a text, as a change of a release.
fn of(spec: &ValidSpec, release: Release, text: String) -> Amended {
    let mut sources = Sources::default();
    let file = sources.add("vfio_abi.h".to_owned(), text);
    amended(spec, release, &sources, &[file])
}

/// The ABI of headers, as a change of a release.
fn amended(spec: &ValidSpec, release: Release, sources: &Sources, files: &[usize]) -> Amended {
    let amended = amend(spec, Some(release), sources, files).expect("headers of the ABI");
    let problems = &amended.problems;
    assert!(!problems.has_errors(), "{}", problems.render(sources, false));
    amended
}

fn generated(abi: &Abi) -> String {
    capchain::emit::c_header(abi).contents
}

/// An ABI without the handlers of later releases, and with nothing about later
/// capabilities.
fn without_later_handlers(mut abi: Abi) -> Abi {
    let names: Vec<_> = abi.capabilities.iter().map(|one| one.name.clone()).collect();
    let release = abi.release;
    for ioctl in &mut abi.ioctls {
        ioctl.handlers.retain(|handler| {
            let ended = handler.until.is_some_and(|until| until.opening() <= release);
            handler.since.covers(release) && !ended
        });
        ioctl.handlers.iter_mut().for_each(|handler| handler.place = Default::default());
        for chain in ioctl.handlers.iter_mut().filter_map(|handler| handler.chain.as_mut()) {
            chain.capabilities.retain(|name| names.contains(name));
        }
    }
    abi
}

fn assert_same(what: &str, abi: Abi, told: &Amended) {
    assert!(told.guesses.is_empty(), "{what}: {:?}", told.guesses);
    // A group whose numbers all came later is a group of the specification only.
    let whole = abi.groups.iter().all(|group| !group.values.is_empty());
    let shown = |abi: &Abi| {
        let abi = without_later_handlers(abi.clone());
        match whole {
            true => format!("{abi:#?}"),
            false => format!("{:#?}", (&abi.chains, &abi.capabilities, &abi.ioctls, &abi.macros)),
        }
    };
    let (expected, found) = (shown(&abi), shown(&told.abi));
    let pairs = expected.lines().zip(found.lines()).enumerate();
    for (line, (one, other)) in pairs {
        let near = |text: &str| {
            let lines: Vec<_> = text.lines().skip(line.saturating_sub(200)).take(230).collect();
            lines.into_iter().filter(|one| one.contains("name: \"")).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(one, other, "{what}: line {line} of the ABI, near\n{}", near(&expected));
    }
    assert_eq!(expected.len(), found.len(), "{what}");
}

#[test]
fn unchanged_headers_give_the_abi_of_their_release() {
    let spec = fixtures::spec();
    for kernel in kernels::kernels() {
        let abi = lower(&spec, Some(kernel.release));
        let (sources, files) = kernel.sources();
        let what = kernel.folder.display().to_string();
        let release = kernel.release;
        assert_same(&what, abi.clone(), &amended(&spec, release, &sources, &files));
        // One header does not change the items of the others.
        assert_same(&what, abi.clone(), &amended(&spec, release, &sources, &files[..1]));
        let fitting = amend(&spec, None, &sources, &files).expect("headers");
        assert_eq!(format!("{:?}", fitting.abi.structs.len()), format!("{:?}", abi.structs.len()));
        assert!(fitting.guesses.is_empty(), "{what}: {:?}", fitting.guesses);
    }
    for (release, _) in facts::all() {
        let at = release.parse().expect("a release");
        let abi = lower(&spec, Some(at));
        let told = of(&spec, at, generated(&abi));
        assert_same(&release, abi, &told);
    }
}

#[test]
fn a_header_of_another_release_gives_the_abi_of_that_release() {
    let spec = fixtures::spec();
    let (old, new) = (lower(&spec, Some("v5.10".parse().expect("a release"))), lower(&spec, None));
    for (reference, other) in [(&new, &old), (&old, &new)] {
        let told = of(&spec, reference.release, generated(other));
        let layouts = |abi: &Abi| {
            let all = abi.structs.iter().map(|one| (one.name.clone(), one.layouts.clone()));
            let mut all: Vec<_> = all.collect();
            all.sort_by(|one, other| one.0.cmp(&other.0));
            all
        };
        assert_eq!(layouts(&told.abi), layouts(other));
        let names = |abi: &Abi| {
            let values = abi.groups.iter().flat_map(|group| &group.values);
            let values = values.map(|value| (value.name.clone(), value.number));
            let ids = abi.capabilities.iter().map(|one| (one.name.clone(), one.id.into()));
            let ioctls = abi.ioctls.iter().map(|one| (one.name.clone(), one.number.into()));
            let mut all: Vec<(String, i128)> = values.chain(ids).chain(ioctls).collect();
            all.sort();
            all
        };
        let (told_names, names) = (names(&told.abi), names(other));
        let lacks: Vec<_> = names.iter().filter(|one| !told_names.contains(one)).collect();
        assert!(lacks.is_empty() && told_names.len() == names.len(), "{lacks:?}");
        usable(&told.abi);
    }
}

/// Every reader of an ABI can read it: all indexes are valid.
fn usable(abi: &Abi) {
    capchain::lint::lint(abi);
    let decode = abi.structs.iter().filter(|one| one.argsz.is_some());
    assert!(decode.count() > 5);
    for (index, chain) in abi.chains.iter().enumerate() {
        for at in &chain.capabilities {
            assert_eq!(abi.capability(*at).chain.0, index);
        }
        let host = chain.offset_host().map(|host| abi.struct_(host.struct_));
        assert!(host.is_none_or(|host| host.role == StructRole::Argument), "{}", chain.name);
    }
    for group in &abi.groups {
        if let Some((id, field)) = group.field {
            assert!(field < abi.struct_(id).fields.len(), "{}", group.name);
        }
    }
    for ioctl in &abi.ioctls {
        if let Arg::Struct(id) = ioctl.arg {
            assert!(id.0 < abi.structs.len(), "{}", ioctl.name);
        }
    }
}

/// Texts of a header that can be left out: declarations with the comments before them.
fn is_declaration(part: &str) -> bool {
    !["#if", "#else", "#endif", "#include", "inline"].iter().any(|word| part.contains(word))
}

/// The numbers of an enum as macros, as kernels have them in some releases; other texts stay.
fn as_macros(part: &str) -> String {
    if !part.contains("\nenum ") {
        return part.to_owned();
    }
    let lines = part.lines().filter(|line| !line.starts_with("enum ") && *line != "};");
    let macros = lines.map(|line| match line.trim().split_once(" = ") {
        Some((name, rest)) => {
            let number = rest.split_once(',').map_or(rest, |(number, _)| number);
            format!("#define {name} {number}\n")
        }
        None => format!("{line}\n"),
    });
    macros.collect()
}

#[test]
fn any_part_of_a_header_amends_any_release() {
    let mut random = Random(11);
    for name in ["vfio", "iommufd"] {
        let spec = fixtures::open(&fixtures::root().join("spec").join(name));
        let types = format!("generated/{name}-abi/include/{name}_abi/types.h");
        let header = fs::read_to_string(fixtures::root().join(types)).expect("a header");
        let (mut whole, mut partial) = (0, 0);
        for _ in 0..rounds(20) {
            let most = random.below(10);
            let parts = header.split("\n\n").filter_map(|part| {
                let left_out = is_declaration(part) && random.below(10) < most;
                let text = match random.below(2) {
                    0 => part.to_owned(),
                    _ => as_macros(part),
                };
                (!left_out).then_some(text)
            });
            let text = parts.collect::<Vec<_>>().join("\n\n");
            let mut sources = Sources::default();
            let file = sources.add(format!("{name}_abi.h"), text);
            let release = spec.releases()[random.below(spec.releases().len())];
            let amended = amend(&spec, Some(release), &sources, &[file]).expect("a header");
            capchain::lint::lint(&amended.abi);
            match amended.knowledge.unread.is_empty() {
                true => whole += 1,
                false => partial += 1,
            }
        }
        println!("{name}: {whole} headers read whole, {partial} in part");
    }
}

#[test]
fn changes_are_inferred_and_guesses_are_named() {
    let spec = fixtures::spec();
    let abi = lower(&spec, None);
    let text = generated(&abi);
    let changed = text.replacen(
        "\t__u32\tcount;\t/* number of interrupts in the block */\n",
        "\t__u32\tcount;\n\t__u32\tcap_offset;\n\t__u32\treserved;\n",
        1,
    );
    assert_ne!(text, changed);
    let told = of(&spec, abi.release, changed);
    let names: Vec<_> = told.knowledge.guessed.iter().collect();
    assert_eq!(names, ["vfio_irq_info.cap_offset", "vfio_irq_info.reserved"]);
    let info = told.abi.structs.iter().find(|one| one.name == "vfio_irq_info").expect("a struct");
    let roles: Vec<_> = info.fields.iter().rev().take(2).map(|field| field.role).collect();
    assert_eq!(roles, [Role::Reserved, Role::CapOffset]);
    assert_eq!((info.layouts[0].size, info.minsz), (24, Some(3)));
    usable(&told.abi);
}

#[test]
fn handlers_follow_the_fields_that_they_name() {
    let spec = fixtures::spec();
    let abi = lower(&spec, None);
    let text = generated(&abi);
    let argsz = "struct vfio_irq_info {\n";
    let (front, rest) = text.split_once(argsz).expect("a struct");
    let changed = rest.replacen("\t__u32\tindex;", "\t__u32\textra;\n\t__u32\tindex;", 1);
    let told = of(&spec, abi.release, format!("{front}{argsz}{changed}"));
    let handlers = |abi: &Abi| {
        let ioctl = abi.ioctls.iter().find(|one| one.name == "VFIO_DEVICE_GET_IRQ_INFO");
        ioctl.expect("an ioctl").handlers.iter().map(|one| one.minsz).collect::<Vec<_>>()
    };
    let (before, after) = (handlers(&abi), handlers(&told.abi));
    assert!(!before.is_empty());
    assert_eq!(after, before.iter().map(|end| end + 4).collect::<Vec<_>>());
}

#[test]
fn a_new_capability_joins_its_chain() {
    let spec = fixtures::spec();
    let abi = lower(&spec, None);
    let text = generated(&abi);
    let (front, rest) =
        text.split_once("#endif /* !VFIO_ABI__AFTER_VFIO_H */").expect("the kernel's part");
    let more = include_str!("../specs/tomorrow.h");
    let told = of(
        &spec,
        abi.release,
        format!("{front}{more}\n#endif /* !VFIO_ABI__AFTER_VFIO_H */{rest}"),
    );
    usable(&told.abi);
    let found = told.abi.capabilities.iter().find(|one| one.name == "VFIO_REGION_INFO_CAP_HOURS");
    let found = found.expect("a capability");
    assert_eq!((found.id, told.abi.chain(found.chain).name.as_str()), (8, "region"));
    let body = told.abi.struct_(found.struct_.expect("a body"));
    assert!(matches!(body.role, StructRole::Capability(_)));
    assert!(matches!(
        body.fields.last().map(|field| &field.type_),
        Some(Type::Flexible(_, Some(1)))
    ));
    let new = told.abi.structs.iter().find(|one| one.name == "vfio_device_tomorrow");
    assert_eq!(new.map(|one| one.role), Some(StructRole::Argument));
    for name in ["VFIO_DEVICE_TOMORROW", "vfio_device_tomorrow", "VFIO_REGION_INFO_CAP_HOURS"] {
        assert!(told.knowledge.guessed.contains(name), "{name}");
    }
}
