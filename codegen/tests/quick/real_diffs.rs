//! Differences of real headers, as `diff` prints them, and headers with changed numbers: the
//! ABI that `review` and `compat` judge is that of the headers.

use std::path::Path;
use std::process::Command;

use capchain::compat::compare;
use capchain::diagnostic::Sources;
use capchain::drift::drift;
use capchain::emit::kernel_header;
use capchain::header::{Outside, given, read};
use capchain::lower::lower;
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
