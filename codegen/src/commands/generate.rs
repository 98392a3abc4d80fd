//! `capchain generate`.

use std::path::Path;

use capchain::spec::load::Origin;
use capchain::sync::{self, Change};

use super::{Done, FINE, FOUND, Outcome, edition, lower, open, origin, workspace};
use crate::cli::{Generate, Source};

pub(super) fn run(source: &Source, args: &Generate) -> Outcome {
    let origin = origin(source);
    if matches!(origin, Origin::Embedded(_)) && args.out.is_none() {
        return Err("the embedded specification needs --out DIR".to_owned());
    }
    let spec = open(&origin, source)?;
    let abi = lower(&spec, args.at)?;
    let (outputs, folders) = (capchain::outputs(&abi), capchain::folders(&abi));
    let root = &args.out.clone().unwrap_or_else(workspace);
    let changes = sync::compare(root, &outputs, &folders).map_err(|error| error.to_string())?;
    if args.check {
        return Ok(report(root, &changes));
    }
    sync::write(root, &changes).map_err(|error| error.to_string())?;
    let kept = outputs.len() - changes.iter().filter(|change| change.is_output()).count();
    let mut text = String::new();
    for change in &changes {
        let did = if change.is_output() { "wrote" } else { "removed" };
        text += &format!("{did} {}\n", change.path);
    }
    text +=
        &format!("Linux {}: {} files, {kept} of them unchanged\n", edition(&abi), outputs.len());
    Ok(Done::fine(text))
}

/// Tells how the tree differs, and what to do about it.
fn report(root: &Path, changes: &[Change<'_>]) -> Done {
    let mut text = String::new();
    for change in changes {
        text += &format!("{}: {}\n", change.path, change.difference.word());
        text += &sync::excerpt(root, change);
    }
    if changes.is_empty() {
        return Done { text, code: FINE };
    }
    text += "run `cargo capchain generate` and commit the result\n";
    Done { text, code: FOUND }
}
