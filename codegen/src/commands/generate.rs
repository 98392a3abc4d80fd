//! `capchain generate`.

use std::io;

use capchain::ir::Abi;
use capchain::output::OutputFile;
use capchain::release::Release;
use capchain::sync::{Change, OutputTree, RealDisk};

use super::specs::{self, Loaded, Specification, workspace};
use super::{
    CommandResult, FINDINGS, Output, SUCCESS, at_release, plural, release_and_overlays, waiting,
};
use crate::cli::{GenerateArgs, Source};

pub(super) fn run(source: &Source, args: &GenerateArgs) -> CommandResult {
    let specs = specs::all(source)?;
    if specs.iter().any(Specification::is_embedded) && args.out.is_none() {
        return Err("the embedded specification needs --out DIR".to_owned());
    }
    let abis = abis(source, args, &specs)?;
    let (mut outputs, mut folders) = (Vec::new(), Vec::new());
    for abi in &abis {
        outputs.extend(capchain::outputs(abi));
        folders.extend(capchain::folders(abi));
    }
    if !source.names_one() {
        outputs.extend(capchain::schemas());
        folders.push(capchain::output::SCHEMAS.to_owned());
    }
    let root = &args.out.clone().unwrap_or_else(workspace);
    let failed = |error: io::Error| error.to_string();
    let wait = || waiting(root);
    if args.check {
        let tree = OutputTree::open(root, folders, wait).map_err(failed)?;
        let changes = tree.compare(&outputs).map_err(failed)?;
        return Ok(report(&tree, &changes));
    }
    let tree = OutputTree::open_to_write(&RealDisk, root, folders, wait).map_err(failed)?;
    let changes = tree.compare(&outputs).map_err(failed)?;
    tree.write(&RealDisk, &changes).map_err(failed)?;
    Ok(Output::success(summary(&abis, &outputs, &changes)))
}

/// The ABIs to generate. With several, those that the release does not concern
/// are left out.
fn abis(source: &Source, args: &GenerateArgs, specs: &[Specification]) -> Result<Vec<Abi>, String> {
    let loaded: Vec<_> = specs.iter().map(|spec| spec.load_at(&source.overlay, args.at)).collect();
    let loaded = loaded.into_iter().collect::<Result<Vec<_>, _>>()?;
    let describes = |at| loaded.iter().filter(move |one| one.spec.releases().contains(&at));
    let chosen: Vec<_> = match args.at {
        Some(at) if describes(at).next().is_some() => describes(at).collect(),
        Some(at) if loaded.len() > 1 => return Err(described_by_none(at, &loaded)),
        _ => loaded.iter().collect(),
    };
    chosen.into_iter().map(|one| at_release(&one.spec, args.at)).collect()
}

/// No ABI describes a release: what each of them describes.
fn described_by_none(at: Release, loaded: &[Loaded]) -> String {
    let ranges = loaded.iter().filter_map(|one| {
        let (first, last) = (one.spec.releases().first()?, one.spec.newest());
        Some(format!("{} has {first} to {last}", one.spec.spec().abi.abi.value))
    });
    let ranges: Vec<_> = ranges.collect();
    format!("{at} is not described by any ABI: {}", ranges.join(", "))
}

fn summary(abis: &[Abi], outputs: &[OutputFile], changes: &[Change<'_>]) -> String {
    let mut text = String::new();
    for change in changes {
        let verb = if change.is_output() { "wrote" } else { "removed" };
        text += &format!("{verb} {}\n", change.path);
    }
    for abi in abis {
        text += &format!("{}: Linux {}", abi.name, release_and_overlays(abi));
        text += if abi.publish { "\n" } else { ", not published\n" };
    }
    let written = changes.iter().filter(|change| change.is_output()).count();
    let (files, unchanged) = (plural(outputs.len(), "file"), outputs.len() - written);
    text + &format!("{files}, {unchanged} of them unchanged\n")
}

/// The differences of the tree, with the command that removes them.
fn report(tree: &OutputTree, changes: &[Change<'_>]) -> Output {
    let mut text = String::new();
    for change in changes {
        text += &format!("{}: {}\n", change.path, change.difference.word());
        text += &tree.excerpt(change);
    }
    if changes.is_empty() {
        return Output { text, code: SUCCESS };
    }
    text += "run `cargo capchain generate` and commit the result\n";
    Output { text, code: FINDINGS }
}
