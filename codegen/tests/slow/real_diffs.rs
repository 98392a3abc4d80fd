//! Differences of real headers, as `diff` prints them, and headers with changed numbers: the
//! ABI that `review` and `compat` judge is that of the headers.

use std::path::Path;
use std::process::Command;

use capchain::compat::{Class, Finding, compare};
use capchain::diagnostic::Sources;
use capchain::drift::drift;
use capchain::emit::kernel_header;
use capchain::header::{Outside, given, read};
use capchain::ir::{Arg, Role, Struct, StructRole, Type};
use capchain::lower::lower;
use capchain::names::c_int;
use capchain::review::{BaseChoice, mails, patched};
use capchain::validate::ValidSpec;
use support::comparisons::header_side;
use support::fixtures::{self, side};
use support::groups::{Group, has};
use support::kernels::kernels;
use support::sample::{takes, whole};

/// Every specification, by the name of its folder.
fn specifications() -> Vec<(String, ValidSpec)> {
    let folders = std::fs::read_dir(fixtures::root().join("spec")).expect("a folder");
    let mut folders: Vec<_> = folders.map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    folders.iter().map(|path| (name(path), fixtures::open(path))).collect()
}

/// The difference of two files, with some lines of context.
fn diff(context: u32, path: &str, old: &Path, new: &Path) -> String {
    let label = |side: &str| format!("--label={side}/include/uapi/{path}");
    let output = Command::new("diff")
        .args([format!("-U{context}"), label("a"), label("b")])
        .args([old, new])
        .output()
        .expect("diff");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_difference_of_two_headers_leads_from_one_to_the_other() {
    if !has(Group::Tools, "diff") {
        return;
    }
    let kernels = kernels();
    let contexts = if whole() { &[1, 3, 10][..] } else { &[3] };
    let mut tried = 0;
    for (name, spec) in specifications() {
        for header in &lower(&spec, None).headers {
            let files = kernels.iter().map(|kernel| kernel.folder.join(&header.path));
            let files: Vec<_> = files.filter(|file| file.exists()).collect();
            let pairs = files.iter().flat_map(|old| files.iter().map(move |new| (old, new)));
            let pairs = pairs.filter(|(old, new)| old != new).enumerate();
            for (_, (old, new)) in pairs.filter(|(number, _)| takes(*number, 4)) {
                let text = |file: &Path| std::fs::read_to_string(file).expect("a header");
                let choice = BaseChoice::Headers(vec![(header.path.clone(), text(old))]);
                let wanted = header_side(&spec, &header.path, &text(new)).expect("a header");
                for context in contexts {
                    let patch = diff(*context, &header.path, old, new);
                    if patch.is_empty() {
                        continue;
                    }
                    let what = format!("{name}, {context}: {} {}", old.display(), new.display());
                    let headers =
                        patched(&spec, &Sources::default(), &choice, &mails(patch.as_bytes()));
                    let headers = headers.unwrap_or_else(|remarks| panic!("{what}: {remarks:#?}"));
                    let found = header_side(&spec, &header.path, &headers[0].1).expect("a header");
                    for (one, other) in [(&wanted, &found), (&found, &wanted)] {
                        let findings = compare(one, other);
                        let messages = findings.iter().map(|one| (&one.subject, &one.message));
                        let messages: Vec<_> = messages.collect();
                        assert!(messages.is_empty(), "{what}: {messages:?}");
                    }
                    tried += 1;
                }
            }
        }
    }
    assert!(kernels.len() < 3 || tried > 10, "{tried} patches of {} kernels", kernels.len());
}

/// Lines of a header that give a number to a name, each with another number or left out.
fn changed(text: &str) -> impl Iterator<Item = (String, String)> {
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    (0..lines.len()).flat_map(move |at| {
        let code = lines[at].split("/*").next().unwrap_or_default().trim_end();
        let end = code.trim_end_matches([',', ')']).len();
        let number = code[..end].rsplit(['\t', ' ']).next().unwrap_or_default();
        let is_number = number.starts_with(|c: char| c.is_ascii_digit());
        let is_enumerator = code.contains(" = ") && code.ends_with(',');
        let is_named = is_enumerator || code.starts_with("#define ") && is_number;
        let with = |line: Option<String>| {
            let before = lines[..at].iter().cloned().chain(line);
            let all: Vec<_> = before.chain(lines[at + 1..].iter().cloned()).collect();
            (lines[at].clone(), all.join("\n"))
        };
        let other = format!("{}61{}", &code[..end - number.len()], &code[end..]);
        let changes = [Some(with(None)), is_number.then(|| with(Some(other)))];
        changes.into_iter().flatten().filter(move |_| is_named)
    })
}

#[test]
fn the_abi_of_a_changed_header_has_what_the_header_declares() {
    let (mut tried, mut wrong) = (0, Vec::new());
    for (name, spec) in specifications() {
        let newest = lower(&spec, None);
        for (index, header) in newest.headers.iter().enumerate() {
            for (number, (line, text)) in changed(&kernel_header(&newest, index)).enumerate() {
                if !takes(number, 128) {
                    continue;
                }
                let mut sources = Sources::default();
                let files = [sources.add(header.path.clone(), text.clone())];
                let given = given(&newest, &sources, &files).expect("a header of the ABI");
                let facts = read(&sources, &files, &Outside::of(&newest, &given)).facts;
                // A length that is gone, for example.
                if !facts.unread.is_empty() {
                    continue;
                }
                tried += 1;
                let Some(side) = header_side(&spec, &header.path, &text) else {
                    wrong.push(format!("{name}, {line}: not read"));
                    continue;
                };
                let abi = side.abi;
                let found = drift(&facts, &abi, &abi, &given).findings;
                let found: Vec<_> = found.sorted().iter().map(|one| one.message.clone()).collect();
                if !found.is_empty() {
                    let some = &found[..found.len().min(2)];
                    wrong.push(format!("{name}, {line}: {}: {some:?}", found.len()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 15, "{tried} changes");
}

/// Where the kernel of a distribution has more than its release, or less.
const CHANGED: [(&str, &str); 4] =
    [("v5.10", "pci"), ("v6.1", "pci"), ("v6.12", "pci"), ("v6.12", "iommufd")];

#[test]
fn a_release_and_its_own_header_are_the_same() {
    let mut compared = 0;
    for (name, spec) in specifications() {
        let newest = lower(&spec, None);
        for kernel in kernels() {
            let path = &newest.headers[0].path;
            let Ok(text) = std::fs::read_to_string(kernel.folder.join(path)) else { continue };
            let release = kernel.release.to_string();
            if !newest.releases.contains(&kernel.release) || CHANGED.contains(&(&release, &name)) {
                continue;
            }
            let old = side(&release, lower(&spec, Some(kernel.release)));
            let new = header_side(&spec, path, &text).expect("a header");
            let findings = compare(&old, &new);
            let messages: Vec<_> =
                findings.iter().map(|one| (&one.subject, &one.message)).collect();
            assert!(messages.is_empty(), "{name} {release}: {messages:?}");
            compared += 1;
        }
    }
    assert!(kernels().len() < 3 || compared > 5, "{compared} headers");
}

/// A header with another text for the declaration of one field.
fn with_declaration(text: &str, struct_: &str, field: &str, new: &[String]) -> Option<String> {
    let start = text.find(&format!("\nstruct {struct_} {{"))? + 1;
    let end = start + text[start..].find("\n}")?;
    let declares = |line: &&str| {
        let declaration = line.split(';').next().unwrap_or_default();
        let name = declaration.split_whitespace().next_back().unwrap_or_default();
        line.contains(';') && name.split('[').next() == Some(field)
    };
    let line = text[start..end].lines().find(declares)?;
    let new: String = new.iter().map(|line| format!("\t{line}\n")).collect();
    let edited = text[start..end].replacen(&format!("{line}\n"), &new, 1);
    (edited != text[start..end]).then(|| [&text[..start], &edited, &text[end..]].concat())
}

/// Every integer of every struct of the newest headers, with the header's text.
fn integers(each: &mut dyn FnMut(&ValidSpec, &str, &str, &Struct, usize)) {
    for (_, spec) in specifications() {
        let abi = lower(&spec, None);
        for (index, header) in abi.headers.iter().enumerate().filter(|(_, one)| one.structs) {
            let text = kernel_header(&abi, index);
            let own = abi.structs.iter().filter(|one| abi.sections[one.section].header == index);
            for struct_ in own {
                for (at, field) in struct_.fields.iter().enumerate() {
                    if matches!(field.type_, Type::Int(_)) {
                        each(&spec, &header.path, &text, struct_, at);
                    }
                }
            }
        }
    }
}

/// The findings about a header that was edited.
fn of_edit(spec: &ValidSpec, path: &str, old: &str, new: &str) -> Vec<Finding> {
    let side = |text: &str| header_side(spec, path, text).expect("a header");
    compare(&side(old), &side(new))
}

#[test]
fn a_field_that_is_only_called_otherwise_breaks_no_bytes() {
    let mut tried = 0;
    integers(&mut |spec, path, text, struct_, at| {
        let field = &struct_.fields[at];
        if field.role == Role::Reserved || matches!(struct_.role, StructRole::Capability(_)) {
            return;
        }
        let Type::Int(int) = field.type_ else { return };
        let line = format!("{} fresh_{};", c_int(int), field.name);
        let Some(new) = with_declaration(text, &struct_.name, &field.name, &[line]) else { return };
        tried += 1;
        if !takes(tried, 16) {
            return;
        }
        let findings = of_edit(spec, path, text, &new);
        let found: Vec<_> = findings.iter().map(|one| (one.code.0, one.subject.as_str())).collect();
        let subject = format!("{}.fresh_{}", struct_.name, field.name);
        assert_eq!(found, [("C7", subject.as_str())], "{findings:#?}");
    });
    assert!(tried > 60, "{tried} fields");
}

#[test]
fn reserved_bytes_that_are_put_to_use_move_nothing() {
    let (mut tried, mut changed) = (0, 0);
    integers(&mut |spec, path, text, struct_, at| {
        let field = &struct_.fields[at];
        let is_word = matches!(field.type_, Type::Int(int) if int.size() == 4);
        if field.role != Role::Reserved || !is_word {
            return;
        }
        let whole = vec!["__u32 fresh;".to_owned()];
        let halves = vec!["__u16 fresh;".to_owned(), format!("__u16 {};", field.name)];
        for lines in [whole, halves] {
            let Some(new) = with_declaration(text, &struct_.name, &field.name, &lines) else {
                continue;
            };
            tried += 1;
            let findings = of_edit(spec, path, text, &new);
            let own = [".fresh".to_owned(), [".", &field.name].concat()];
            for one in &findings {
                let about = own.iter().any(|name| one.subject == format!("{}{name}", struct_.name));
                assert!(about && one.code.0 != "C2", "{lines:?}: {one:#?}");
            }
            changed += usize::from(!findings.is_empty());
        }
    });
    assert!(tried > 4 && changed == tried, "{changed} of {tried} edits");
}

#[test]
fn an_integer_with_another_byte_order_is_not_passed_over() {
    let mut tried = 0;
    integers(&mut |spec, path, text, struct_, at| {
        let field = &struct_.fields[at];
        let (Type::Int(int), Role::Data) = (&field.type_, field.role) else { return };
        if int.size() == 1 || int.little_endian() || int.signed() {
            return;
        }
        let type_ = c_int(*int).replacen('u', "be", 1);
        let line = format!("{type_} {};", field.name);
        let Some(new) = with_declaration(text, &struct_.name, &field.name, &[line]) else { return };
        tried += 1;
        if !takes(tried, 16) {
            return;
        }
        let findings = of_edit(spec, path, text, &new);
        let about = findings.iter().find(|one| one.subject == struct_.name);
        let class = about.map(|one| one.class);
        assert_eq!(class, Some(Class::NotJudged), "{}.{}", struct_.name, field.name);
    });
    assert!(tried > 40, "{tried} fields");
}

#[test]
fn an_ioctl_that_gets_a_direction_is_not_said_to_be_gone() {
    for (_, spec) in specifications() {
        let abi = lower(&spec, None);
        let Some(ioctl) = abi.ioctls.iter().find(|one| matches!(one.arg, Arg::Struct(_))) else {
            continue;
        };
        let define = format!("#define {}", ioctl.name);
        let texts = abi.headers.iter().enumerate();
        let mut texts = texts.map(|(at, header)| (&header.path, kernel_header(&abi, at)));
        let (path, text) = texts.find(|(_, text)| text.contains(&define)).expect("the ioctl");
        let start = text.find(&define).expect("the ioctl");
        let end = start + text[start..].find('\n').expect("a line");
        let line = text[start..end].replace("_IO(", "_IOW(").replacen(')', ", int)", 1);
        let new = [&text[..start], &line, &text[end..]].concat();
        let findings = of_edit(&spec, path, &text, &new);
        let message = findings.iter().find(|one| one.code.0 == "C22").map(|one| &one.message);
        let message = message.unwrap_or_else(|| panic!("{line}: {findings:#?}"));
        assert!(message.contains("no longer that of `_IO`"), "{line}: {message}");
        assert!(!message.contains("compile"), "{line}: {message}");
    }
}

#[test]
fn the_highest_id_of_a_chain_moves_as_capabilities_come() {
    let mut tried = 0;
    for (name, spec) in specifications() {
        let abi = lower(&spec, None);
        for chain in &abi.chains {
            let own = abi.capabilities.iter().filter(|one| abi.chain(one.chain).name == chain.name);
            let Some(highest) = own.map(|one| one.id).max() else { continue };
            let mut values = abi.groups.iter().flat_map(|group| &group.values);
            let top = values
                .find(|one| one.number == i128::from(highest) && one.name.ends_with("_ID_MAX"));
            let Some(top) = top else { continue };
            let findings = |number: i128, fresh: i128| {
                let header = abi.headers.iter().enumerate().find_map(|(at, header)| {
                    let text = kernel_header(&abi, at);
                    text.contains(&top.name).then_some((&header.path, text))
                });
                let (path, text) = header.expect("the header");
                let start = text.find(&format!("{}\t", top.name));
                let start = start.or_else(|| text.find(&format!("{} ", top.name))).expect("a name");
                let start = text[..start].rfind('\n').expect("a line") + 1;
                let end = start + text[start..].find('\n').expect("a line");
                let prefix = top.name.trim_end_matches("MAX");
                let lines = format!("#define {prefix}FRESH {fresh}\n#define {} {number}", top.name);
                of_edit(&spec, path, &text, &[&text[..start], &lines, &text[end..]].concat())
            };
            let highest = i128::from(highest);
            let codes = |findings: Vec<Finding>| {
                let own = findings.into_iter().filter(|one| one.subject == top.name);
                own.map(|one| (one.code.0, one.class)).collect::<Vec<_>>()
            };
            let moved = codes(findings(highest + 1, highest + 1));
            assert_eq!(moved, [("C20", Class::Note)], "{name}: {}", top.name);
            // A number that is not the highest id means something else.
            let other = codes(findings(highest + 2, highest + 1));
            assert_eq!(other, [("C10", Class::Wire)], "{name}: {}", top.name);
            tried += 1;
        }
    }
    assert_eq!(tried, 2);
}

#[test]
fn a_mask_that_gets_wider_is_the_same_mask() {
    let specs = specifications();
    let (_, spec) = specs.iter().find(|(name, _)| name == "pci").expect("the ABI with masks");
    let abi = lower(spec, None);
    let text = kernel_header(&abi, 0);
    let path = &abi.headers[0].path;
    let judged = |number: &str| {
        let lines: Vec<_> = text.lines().collect();
        let define = |line: &&str| line.split_whitespace().nth(1) == Some("PCI_REBAR_CAP_SIZES");
        let line = lines.iter().find(|line| define(line)).expect("the mask");
        let new = text.replacen(line, &format!("#define PCI_REBAR_CAP_SIZES {number}"), 1);
        let findings = of_edit(spec, path, &new, &text);
        findings.iter().map(|one| (one.code.0, one.class)).collect::<Vec<_>>()
    };
    assert_eq!(judged("0x00fffff0"), [("C10", Class::Note)]);
    assert_eq!(judged("0x00fffff8"), [("C10", Class::Wire)]);
}
