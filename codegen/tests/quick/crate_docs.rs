//! Documentation of the generated crate: each text of a capability is printed once.

use std::fs;

use capchain::emit::{self, FAMILIES};
use capchain::lower::lower;
use support::fixtures;

/// The text of a comment without links and marks of code.
fn plain(comment: &str) -> String {
    let parts = comment.split("](").enumerate().map(|(index, part)| match index {
        0 => part,
        _ => part.split_once(')').map_or(part, |(_, rest)| rest),
    });
    parts.collect::<String>().replace(['`', '['], "")
}

/// The doc comments of a file, each as one line.
fn comments(text: &str) -> Vec<String> {
    let mut comments = vec![String::new()];
    for line in text.lines().map(str::trim_start) {
        match (line.strip_prefix("///"), comments.last_mut()) {
            (Some(line), Some(comment)) => comment.push_str(line),
            _ => comments.push(String::new()),
        }
    }
    comments
}

#[test]
fn the_text_of_a_capability_stands_once() {
    let abi = lower(&fixtures::spec(), None);
    let family = FAMILIES.iter().find(|family| family.name == "Rust crate").expect("a family");
    let files = family.emit(&abi);
    let comments = files.iter().flat_map(|file| comments(&file.contents));
    let comments: Vec<_> = comments.map(|comment| plain(&comment)).collect();
    assert!(abi.capabilities.len() > 10);
    for capability in &abi.capabilities {
        let text = capability.meta.doc[0].replace('`', "");
        let start = text.split(' ').take(6).collect::<Vec<_>>().join(" ");
        let count = comments.iter().filter(|comment| comment.contains(&start)).count();
        assert_eq!(count, 1, "{}: {start}", capability.name);
    }
}

/// The source files of all generated crates.
fn sources() -> Vec<(String, String)> {
    let mut folders: Vec<_> = fs::read_dir(fixtures::root().join("generated"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path().join("src"))
        .filter(|path| path.is_dir())
        .collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("a file");
                found.push((path.display().to_string(), text));
            }
        }
    }
    found
}

/// The types that users start from have an example, which rustdoc compiles.
#[test]
fn types_that_users_start_from_have_examples() {
    // What declares such a type, with its name at the end.
    let marks =
        [" Request for ", "impl<F: AsFd> AsFd for ", "> Append<uapi::", "flags!(", "numbers!("];
    let mut counts = [0; 5];
    for (file, text) in sources().iter().filter(|(file, _)| !file.contains("bindings")) {
        for (count, mark) in counts.iter_mut().zip(marks) {
            for (_, rest) in text.lines().filter_map(|line| line.trim().split_once(mark)) {
                let rest = rest.split_once(" for ").map_or(rest, |(_, rest)| rest);
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                let declared = ["struct", "enum"].iter().find_map(|kind| {
                    let start = text.find(&format!("pub {kind} {name}"))?;
                    text.get(..start)
                });
                // A macro in `flags.rs`, or a type in another file.
                let Some(before) = declared else { continue };
                let item = before.rsplit("\n\n").next().unwrap_or_default();
                let numbers = mark.ends_with("!(") && !text.contains(&format!("{name}::"));
                assert!(item.contains("/// ```") || numbers, "{file}: {name} has no example");
                *count += 1;
            }
        }
    }
    assert!(counts[0] > 60 && counts[1] > 3 && counts[3] > 20, "{counts:?}");
}

/// A crate has no feature that changes nothing, and docs.rs shows which items need one.
#[test]
fn the_feature_for_calls_is_that_of_abis_with_ioctls() {
    let mut counts = [0; 2];
    for (name, abi) in fixtures::all().into_iter().filter(|(_, abi)| abi.publish) {
        let files = emit::all(&abi);
        let text = |path: &str| {
            let file = files.iter().find(|file| file.path.ends_with(path));
            file.map(|file| file.contents.as_str())
        };
        let (manifest, root) = (text("/Cargo.toml").expect(&name), text("/lib.rs").expect(&name));
        let calls = text("/calls.rs").is_some();
        for (text, word) in [(manifest, "\nioctl ="), (manifest, "rustix"), (root, "\"ioctl\"")] {
            assert_eq!(text.contains(word), calls, "{name}: {word}");
        }
        assert!(manifest.contains("[package.metadata.docs.rs]\nall-features = true"), "{name}");
        assert!(root.contains("#![cfg_attr(docsrs, feature(doc_cfg))]"), "{name}");
        counts[usize::from(calls)] += 1;
    }
    assert!(counts.iter().all(|count| *count > 1), "{counts:?}");
}
