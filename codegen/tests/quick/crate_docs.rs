//! Documentation of the generated crate: each text of a capability is printed once.

use capchain::emit::FAMILIES;
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
