//! `capchain init`: a new specification that lints, generates and builds.

mod header;

use std::fs;
use std::path::Path;

use askama::Template;
use capchain::Opened;
use capchain::embedded;
use capchain::lint::lint;
use capchain::lower::lower;
use capchain::read;
use capchain::release::Release;
use capchain::spec::load::Origin;
use capchain::sync::{RealDisk, create_folder};

use super::headers::HeaderFiles;
use super::specs::{shown, workspace};
use super::{CommandResult, Output, stderr_is_terminal, to_stderr, waiting};
use crate::cli::InitArgs;
use header::HeaderParts;

/// The longest name of an ABI; names of items are made from it.
const MAX_NAME: usize = 32;

/// The most bytes of the workspace's manifest.
const MOST_BYTES: u64 = 1 << 20;

/// `abi.yaml`.
#[derive(Template)]
#[template(path = "init/abi.yaml.jinja", escape = "none")]
struct AbiYaml<'a> {
    name: &'a str,
    upper: &'a str,
    upper_article: &'a str,
    release: Release,
}

/// `abi.yaml` for a header.
#[derive(Template)]
#[template(path = "init/from_abi.yaml.jinja", escape = "none")]
struct HeaderAbiYaml<'a> {
    name: &'a str,
    article: &'a str,
    upper_article: &'a str,
    release: Release,
    parts: &'a HeaderParts,
}

/// `device.yaml` for a header.
#[derive(Template)]
#[template(path = "init/from_items.yaml.jinja", escape = "none")]
struct HeaderItemsYaml<'a> {
    name: &'a str,
    release: Release,
    parts: &'a HeaderParts,
}

/// `device.yaml`.
#[derive(Template)]
#[template(path = "init/device.yaml.jinja", escape = "none")]
struct DeviceYaml<'a> {
    name: &'a str,
    upper: &'a str,
    release: Release,
}

pub(super) fn run(args: &InitArgs) -> CommandResult {
    let name = args.name.as_str();
    check_name(name)?;
    let (root, folder) = (workspace(), shown(name));
    let path = root.join(&folder);
    if fs::symlink_metadata(&path).is_ok() {
        return Err(format!("{folder} already exists"));
    }
    if embedded::ABIS.iter().any(|abi| abi.name == name) {
        return Err(format!("`{name}` is the name of an ABI that is part of capchain"));
    }
    let parts = args.from.as_deref().map(parts).transpose()?;
    let files = files(name, parts.as_ref())?;
    check_specification(name, &files, parts.is_none())?;
    let place = (&*root, Path::new(&folder));
    create_folder(&RealDisk, place, &files, || waiting(&root))
        .map_err(|error| format!("{folder} cannot be written: {error}"))?;
    let mut text: String =
        files.iter().map(|(file, _)| format!("wrote {folder}/{file}\n")).collect();
    text += &next_steps(args, &folder, &root);
    Ok(Output::success(text))
}

/// Names of files, crates and C identifiers are made from the name.
fn check_name(name: &str) -> Result<(), String> {
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    match first && name.bytes().all(plain) && name.len() <= MAX_NAME {
        true => Ok(()),
        false => Err(format!(
            "`{name}` is not a usable name: expected at most {MAX_NAME} lower-case letters, \
             digits and `_`, a letter first"
        )),
    }
}

/// What a header says of its ABI as a whole.
fn parts(header: &Path) -> Result<HeaderParts, String> {
    let facts = HeaderFiles::open(&[header.to_owned()])?.facts()?;
    HeaderParts::of(&facts, header).ok_or_else(|| {
        format!(
            "{} has no include guard, or neither an ioctl `_IO(TYPE, BASE + n)` with constants nor \
             a header of capabilities; use `init` without --from",
            header.display()
        )
    })
}

/// The files of the specification, as of the newest release that is known.
fn files(name: &str, parts: Option<&HeaderParts>) -> Result<Vec<(&'static str, String)>, String> {
    let release = newest().ok_or("no release is known")?;
    let upper = &name.to_ascii_uppercase();
    let (article, upper_article) = match name.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => ("an", "An"),
        false => ("a", "A"),
    };
    let (abi, device) = match parts {
        Some(parts) => (
            HeaderAbiYaml { name, article, upper_article, release, parts }.render(),
            HeaderItemsYaml { name, release, parts }.render(),
        ),
        None => (
            AbiYaml { name, upper, upper_article, release }.render(),
            DeviceYaml { name, upper, release }.render(),
        ),
    };
    let text =
        |rendered: Result<String, askama::Error>| rendered.map_err(|error| error.to_string());
    let whole = |text: String| text.trim_end().to_owned() + "\n";
    Ok(vec![("abi.yaml", whole(text(abi)?)), ("device.yaml", whole(text(device)?))])
}

/// The newest kernel release in the embedded specifications.
fn newest() -> Option<Release> {
    let open = |abi: &embedded::EmbeddedAbi| capchain::open(&Origin::Embedded(abi.files), &[]).spec;
    embedded::ABIS.iter().filter_map(open).map(|spec| spec.newest()).max()
}

/// Opens the files before they are written, and lints those that are no drafts: a name can be
/// reserved by C, C++ or Rust, or have another meaning in a generated file.
fn check_specification(
    name: &str,
    files: &[(&'static str, String)],
    is_complete: bool,
) -> Result<(), String> {
    let files: Vec<(&str, &str)> =
        files.iter().map(|(file, text)| (*file, &*text.clone().leak())).collect();
    let Opened { spec, sources, mut problems } =
        capchain::open(&Origin::Embedded(files.leak()), &[]);
    if let Some(spec) = spec.as_ref().filter(|_| is_complete) {
        problems.append(lint(&lower(spec, None)));
    }
    if spec.is_none() || problems.has_errors() {
        to_stderr(&problems.render(&sources, stderr_is_terminal()));
        return Err(match is_complete {
            true => format!("`{name}` is not a usable name"),
            false => format!("`{name}` is not a usable name, or not one for this header"),
        });
    }
    Ok(())
}

fn next_steps(args: &InitArgs, folder: &str, root: &Path) -> String {
    let name = &args.name;
    let mut text = match &args.from {
        Some(header) => format!(
            "next: capchain --spec {folder} import --write {}\n\
             Then check the lines with `# guess:`, replace the drafts, and run\n\
             capchain lint --abi {name} && capchain generate\n",
            header.display()
        ),
        None => format!(
            "next: capchain lint --abi {name} && capchain generate\n\
             {folder}/abi.yaml says which header the ABI has, and how its ioctls are numbered; with\n\
             that, capchain --spec {folder} import HEADER prints the YAML of everything else.\n"
        ),
    };
    text += &format!("The crate and the header are then in generated/{name}-abi.\n");
    let manifest = read::regular(&root.join("Cargo.toml"), MOST_BYTES).unwrap_or_default();
    let manifest = String::from_utf8_lossy(&manifest);
    if manifest.contains("[workspace]") && !manifest.contains("generated/") {
        text += "Add \"generated/*-abi\" to `members` in Cargo.toml.\n";
    }
    text
}
