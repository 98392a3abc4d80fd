//! `capchain view`: the bytes that a program reads of a device through a region.

use std::io;

use capchain::decode::log;
use capchain::dump::labelled::{self, LabelledBytes};
use capchain::dump::{self, MOST_INPUT};
use capchain::ir::Abi;
use capchain::read;
use capchain::release::Release;
use capchain::reports::view::{ShownDevice, differences, views};
use capchain::view;

use super::{CommandResult, at_release, specs, to_stderr};
use crate::cli::{Source, ViewArgs};

pub(super) fn run(source: &Source, args: &ViewArgs) -> CommandResult {
    let described = specs::search_at(source, args.at, |spec| {
        spec.spec().files.iter().any(|file| !file.regions.is_empty())
    })?;
    let devices = devices(args)?;
    let release = |at: Option<Release>| -> Result<Abi, String> {
        let abi = at_release(&described.spec, at)?;
        for warning in view::uncertain(view::handler(&abi)?.1, abi.release) {
            to_stderr(&format!("warning: {warning}\n"));
        }
        Ok(abi)
    };
    let space = |abi: &Abi| -> Result<Abi, String> {
        let name = &view::handler(abi)?.0.space;
        at_release(&specs::by_name(name)?.load(&[])?.spec, None)
    };
    match args.diff[..] {
        [old, new] => {
            let (old, new) = (release(Some(old))?, release(Some(new))?);
            differences([&old, &new], &space(&new)?, &devices, args.format)
        }
        _ => {
            let abi = release(args.at)?;
            views(&abi, &space(&abi)?, &devices, args.format)
        }
    }
}

/// The devices of the input: one, or several paragraphs that are dumps.
fn devices(args: &ViewArgs) -> Result<Vec<ShownDevice>, String> {
    const MOST: u64 = MOST_INPUT as u64;
    let (name, bytes) = match &args.file {
        Some(path) => (path.display().to_string(), read::file(path, MOST)),
        None => ("standard input".to_owned(), read::stream(io::stdin(), MOST)),
    };
    let bytes = bytes.map_err(|error| format!("cannot read {name}: {error}"))?;
    let dump = dump::read(&bytes, false);
    // One device alone is a dump of that form.
    if !dump.as_ref().is_ok_and(|dump| dump.form == "lspci") {
        // With `-v`, lspci prints lines between a device and its rows.
        let blocks = labelled::blocks(&bytes).or_else(|error| match &dump {
            Ok(_) => Ok(Vec::new()),
            Err(_) => Err(error),
        })?;
        let devices = blocks.into_iter().map(|LabelledBytes { label, bytes }| ShownDevice {
            form: format!("lspci, {label}"),
            bytes,
        });
        let devices: Vec<_> = devices.collect();
        if !devices.is_empty() {
            return Ok(devices);
        }
    }
    if let (Err(_), Some(text)) = (&dump, dump::text(&bytes)) {
        let parts = log::dumps(&text)?.into_iter().filter_map(|part| {
            let dump = dump::read(part.text.as_bytes(), false).ok()?;
            let form = format!("{}, line {}", dump.form, part.line);
            Some(ShownDevice { form, bytes: dump.bytes().to_vec() })
        });
        let parts: Vec<_> = parts.collect();
        if !parts.is_empty() {
            return Ok(parts);
        }
    }
    let dump = dump.map_err(|error| format!("{name}: {error}"))?;
    Ok(vec![ShownDevice { form: dump.form.to_owned(), bytes: dump.bytes().to_vec() }])
}
