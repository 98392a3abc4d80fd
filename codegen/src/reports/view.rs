//! The report of `view`: the fate of every capability, and the bytes that differ.

use serde_json::{Value, json};

use super::{CommandResult, FINDINGS, Format, Output, SUCCESS, json, release_and_overlays};
use crate::hex;
use crate::ir::{Abi, BitsAt};
use crate::view::{
    self, CapFate, HiddenBecause, KeptRange, SeenCap, SeenChain, SpaceView, ViewProblem,
};

/// A device whose configuration is shown.
#[derive(Clone, Debug)]
pub struct ShownDevice {
    /// The form of the input, and its name in it, if there are several.
    pub form: String,
    /// The bytes of the device.
    pub bytes: Vec<u8>,
}

/// The bytes that a program reads of devices, in one release. The exit code says whether a
/// view is incomplete or hardly that of a device.
///
/// # Errors
///
/// The ABI has no rules for it, or they do not fit the ABI of the space.
pub fn views(abi: &Abi, space: &Abi, devices: &[ShownDevice], format: Format) -> CommandResult {
    let (region, handler) = view::handler(abi)?;
    let mut texts = Vec::new();
    let mut objects = Vec::new();
    let mut code = SUCCESS;
    for device in devices {
        let view = view::view(handler, space, abi.release, &device.bytes)?;
        code = code.max(code_of(&view));
        match format {
            Format::Text => texts.push(text(device, &view)),
            Format::Json => objects.push(object(device, &view)),
        }
    }
    let (release, handler) = (release_and_overlays(abi), &handler.name);
    match format {
        Format::Text => {
            let head = format!("{}, handler {handler} of {release}\n", region.name);
            Ok(Output { text: head + &texts.concat(), code })
        }
        Format::Json => object_with(
            code,
            &json!({
                "version": 1,
                "release": abi.release.to_string(),
                "overlays": abi.overlays,
                "region": region.name,
                "handler": handler,
                "devices": objects,
            }),
        ),
    }
}

/// The differences between the bytes that a program reads in two releases.
///
/// # Errors
///
/// Those of [`views`].
pub fn differences(
    [old, new]: [&Abi; 2],
    space: &Abi,
    devices: &[ShownDevice],
    format: Format,
) -> CommandResult {
    let handlers = [view::handler(old)?, view::handler(new)?];
    let mut text = format!("{} in {} and {}\n", handlers[0].0.name, old.release, new.release);
    let mut objects = Vec::new();
    let mut code = SUCCESS;
    for device in devices {
        let was = view::view(handlers[0].1, space, old.release, &device.bytes)?;
        let is = view::view(handlers[1].1, space, new.release, &device.bytes)?;
        code = code.max(code_of(&is));
        let caps = changed_caps(&was, &is);
        let bytes = is.changed(&was.bytes);
        let lines = caps.iter().map(|(chain, was, is)| {
            format!(
                "  {chain} {}: {} in {}, {} in {}\n",
                cap_text(is),
                fate_word(was.fate),
                old.release,
                fate_word(is.fate),
                new.release
            )
        });
        let lines = lines.chain(bytes.iter().map(|range| {
            change_text(range.start, &was.bytes[range.clone()], &is.bytes[range.clone()])
        }));
        let lines: String = lines.collect();
        text += &head(device, &is);
        text += if lines.is_empty() { "  no difference\n" } else { &lines };
        objects.push(json!({
            "input": device.form,
            "problems": problems(&is),
            "capabilities": caps.iter().map(|(chain, was, is)| json!({
                "chain": chain, "at": is.at, "id": is.id, "name": is.name,
                "old": fate_word(was.fate), "new": fate_word(is.fate),
            })).collect::<Vec<_>>(),
            "bytes": bytes.iter().map(|range| json!({
                "at": range.start,
                "old": hex::digits(&was.bytes[range.clone()]),
                "new": hex::digits(&is.bytes[range.clone()]),
            })).collect::<Vec<_>>(),
        }));
    }
    match format {
        Format::Text => Ok(Output { text, code }),
        Format::Json => object_with(
            code,
            &json!({
                "version": 1,
                "old": old.release.to_string(),
                "new": new.release.to_string(),
                "region": handlers[0].0.name,
                "devices": objects,
            }),
        ),
    }
}

/// The capabilities with different fates.
fn changed_caps<'a>(
    was: &'a SpaceView,
    is: &'a SpaceView,
) -> Vec<(&'a str, &'a SeenCap, &'a SeenCap)> {
    let chains = was.chains.iter().zip(&is.chains);
    let pairs = chains.flat_map(|(was, is)| {
        was.caps.iter().zip(&is.caps).map(|(was, cap)| (is.name.as_str(), was, cap))
    });
    pairs.filter(|(_, was, is)| fate_word(was.fate) != fate_word(is.fate)).collect()
}

/// The exit code of a view.
fn code_of(view: &SpaceView) -> u8 {
    if view.problems.is_empty() { SUCCESS } else { FINDINGS }
}

fn object_with(code: u8, object: &Value) -> CommandResult {
    Ok(Output { code, ..json(object)? })
}

fn head(device: &ShownDevice, view: &SpaceView) -> String {
    let problems = view.problems.iter();
    let problems = problems.map(|problem| format!("error: {}\n", problem.message()));
    let head = format!("\ninput: {} bytes, {}\n", device.bytes.len(), device.form);
    head + &problems.collect::<String>()
}

fn problems(view: &SpaceView) -> Vec<Value> {
    let object = |problem: &ViewProblem| {
        let place = problem.place();
        json!({
            "kind": problem.word(),
            "message": problem.message(),
            "chain": place.map(|(chain, _)| chain),
            "at": place.map(|(_, at)| at),
        })
    };
    view.problems.iter().map(object).collect()
}

fn text(device: &ShownDevice, view: &SpaceView) -> String {
    let mut text = head(device, view);
    for chain in &view.chains {
        text += &chain_text(chain);
    }
    let changed = view.changed(&device.bytes);
    if !changed.is_empty() {
        text += "bytes that read otherwise than the device has them\n";
    }
    for range in changed {
        let (was, is) = (&device.bytes[range.clone()], &view.bytes[range.clone()]);
        text += &change_text(range.start, was, is);
    }
    text += "bits that are not read from the device\n";
    view.ranges.iter().for_each(|range| text += &range_text(range));
    text
}

fn chain_text(chain: &SeenChain) -> String {
    let shown = chain.caps.iter().filter(|cap| is_found(cap.fate)).count();
    let mut text = format!("{}: {shown} of {} capabilities\n", chain.name, chain.caps.len());
    for cap in &chain.caps {
        let because = because(cap.fate).map(|reason| [": ", &reason].concat());
        let because = because.unwrap_or_default();
        text += &format!("  {} {}{because}\n", cap_text(cap), fate_word(cap.fate));
    }
    for one in &chain.relinked {
        text += &format!("  {} leads to {}, not to {}\n", at(one.at), at(one.to), at(one.from));
    }
    if chain.removed {
        text += "  nothing is shown, so there is no chain\n";
    }
    text
}

fn is_found(fate: CapFate) -> bool {
    matches!(fate, CapFate::Shown | CapFate::Reached(..))
}

fn cap_text(cap: &SeenCap) -> String {
    let name = cap.name.clone().unwrap_or_else(|| "unknown".to_owned());
    format!("{} {name} ({:#x})", at(cap.at), cap.id)
}

fn at(offset: u64) -> String {
    format!("{offset:#05x}")
}

fn fate_word(fate: CapFate) -> &'static str {
    match fate {
        CapFate::Shown => "shown",
        CapFate::Hidden(_) => "hidden",
        CapFate::Anchor(_) => "anchor",
        CapFate::Reached(..) => "reached",
    }
}

/// Why a program does not find the capability of the device.
fn because(fate: CapFate) -> Option<String> {
    let reason = |because: HiddenBecause| match because {
        HiddenBecause::NotShown => "the handler does not show this id",
        HiddenBecause::NoLength => "its length is 0",
    };
    match fate {
        CapFate::Shown => None,
        CapFate::Hidden(because) => Some(reason(because).to_owned()),
        CapFate::Anchor(because) => Some(format!(
            "{}; it is the first, so its header stays with id 0 and version 0",
            reason(because)
        )),
        CapFate::Reached(because, header) => Some(format!(
            "{}, but the header at {} leads to it, since its bytes touch those of a capability of the same id",
            reason(because),
            at(header)
        )),
    }
}

fn change_text(offset: usize, was: &[u8], is: &[u8]) -> String {
    format!("  {offset:#05x} {} instead of {}\n", hex::digits(is), hex::digits(was))
}

fn range_text(range: &KeptRange) -> String {
    let BitsAt { at: offset, size, mask } = range.bits;
    let whole = mask == u64::MAX >> (64 - 8 * size.clamp(1, 8));
    let bits = if whole { String::new() } else { format!(" bits {mask:#x}") };
    let cap = range.cap.as_ref().map(|cap| format!("{cap}: ")).unwrap_or_default();
    let host = if range.host { " (known to the host)" } else { "" };
    format!("  {}..{}{bits} {cap}{}{host}\n", at(offset), at(offset + size), range.doc)
}

fn object(device: &ShownDevice, view: &SpaceView) -> Value {
    let chains = view.chains.iter().map(|chain| {
        let caps = chain.caps.iter().map(|cap| {
            let fate = fate_word(cap.fate);
            let reason = because(cap.fate);
            json!({ "at": cap.at, "id": cap.id, "name": cap.name, "fate": fate, "reason": reason })
        });
        let relinked = chain.relinked.iter();
        let relinked = relinked.map(|one| json!({ "at": one.at, "from": one.from, "to": one.to }));
        json!({
            "name": chain.name,
            "capabilities": caps.collect::<Vec<_>>(),
            "found": chain.found.iter().map(|one| json!({ "at": one.at, "id": one.id }))
                .collect::<Vec<_>>(),
            "relinked": relinked.collect::<Vec<_>>(),
            "removed": chain.removed,
        })
    });
    let ranges = view.ranges.iter().map(|range| {
        json!({
            "at": range.bits.at, "size": range.bits.size, "bits": range.bits.mask,
            "capability": range.cap, "doc": range.doc, "host": range.host,
        })
    });
    json!({
        "input": device.form,
        "problems": problems(view),
        "bytes": hex::digits(&view.bytes),
        "kept": hex::digits(&view.kept),
        "host": hex::digits(&view.host),
        "chains": chains.collect::<Vec<_>>(),
        "ranges": ranges.collect::<Vec<_>>(),
    })
}
