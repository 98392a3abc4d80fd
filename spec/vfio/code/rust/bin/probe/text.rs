//! The answers as text: a line for each call and each number, with the names and the
//! releases after a `#`.

use std::fmt::Write;

use vfio_abi::RELEASE;
use vfio_abi::history::Release;

use crate::answer::{Answer, Capability, Field, Name};
use crate::compare::{Compared, Comparison};

/// The kernel's name of its release, and how the answers compare with the history.
pub fn text(kernel: &str, answers: &[Answer], comparison: &Comparison) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut text, kernel, answers, comparison);
    text
}

fn write_all(
    text: &mut String,
    kernel: &str,
    answers: &[Answer],
    comparison: &Comparison,
) -> std::fmt::Result {
    let newest = RELEASE.trim_start_matches('v');
    writeln!(text, "# Linux {kernel}; the history ends with {newest}")?;
    let mut device = None;
    for answer in answers {
        if let Some(name) = answer.device.as_ref().filter(|_| answer.device != device) {
            writeln!(text, "# device {name}")?;
            device.clone_from(&answer.device);
        }
        write_answer(text, answer)?;
    }
    write_list(text, "newer than the kernel by the history", &comparison.newer, with_release)?;
    write_list(text, "not in the history", &comparison.unknown, String::clone)?;
    let refused = "in the history, but refused by the kernel, the backend or the driver";
    write_list(text, refused, &comparison.refused, with_release)
}

fn write_list<T>(
    text: &mut String,
    title: &str,
    list: &Compared<T>,
    name: impl Fn(&T) -> String,
) -> std::fmt::Result {
    match list {
        Ok(items) if items.is_empty() => writeln!(text, "# {title}: nothing"),
        Ok(items) => {
            writeln!(text, "# {title}:")?;
            items.iter().try_for_each(|item| writeln!(text, "#   {}", name(item)))
        }
        Err(reason) => writeln!(text, "# {title}: not compared, {reason}"),
    }
}

fn write_answer(text: &mut String, answer: &Answer) -> std::fmt::Result {
    text.push_str(answer.ioctl);
    if !answer.access.is_empty() {
        write!(text, " {}", answer.access)?;
    }
    if let Some(number) = answer.number {
        write!(text, " {number}")?;
    }
    let ioctl = Name::new("", answer.ioctl).since();
    let subject = answer.name.as_ref().map(with_release);
    let comment = comment([since(ioctl), subject]);
    match &answer.result {
        Ok(result) => writeln!(text, ": {result}{comment}")?,
        Err(failure) => writeln!(text, ": {failure}{comment}")?,
    }
    for field in &answer.contents.fields {
        write_field(text, field)?;
    }
    for omission in &answer.contents.omissions {
        writeln!(text, "  # {omission}")?;
    }
    for part in &answer.contents.mappable {
        writeln!(text, "  # mappable: {:#x}..{:#x}", part.start, part.end)?;
    }
    for cap in &answer.contents.caps {
        write_capability(text, cap)?;
    }
    match &answer.contents.damage {
        Some(error) => writeln!(text, "error {error}"),
        None => Ok(()),
    }
}

fn write_field(text: &mut String, field: &Field) -> std::fmt::Result {
    let mut names: Vec<_> = field.names.iter().map(with_release).collect();
    if field.unknown != 0 {
        names.push(format!("{:#x}", field.unknown));
    }
    let names = (!names.is_empty()).then(|| names.join(" | "));
    writeln!(text, "  {}={}{}", field.path, field.value, comment([since(field.since), names]))
}

fn write_capability(text: &mut String, cap: &Capability) -> std::fmt::Result {
    let Capability { at, id, version, name, fields, size } = cap;
    let short = name.as_ref().map_or("?", |name| name.short);
    let comment = comment([since(name.as_ref().and_then(Name::since)), None]);
    writeln!(text, "cap at={at} id={id} version={version} name={short}{comment}")?;
    for field in fields {
        write_field(text, field)?;
    }
    writeln!(text, "  bytes={size}")
}

/// A name with its first release.
fn with_release(name: &Name) -> String {
    match name.since() {
        Some(release) => format!("{} ({release})", name.short),
        None => name.short.to_owned(),
    }
}

fn since(release: Option<Release>) -> Option<String> {
    release.map(|release| format!("since {release}"))
}

fn comment(parts: [Option<String>; 2]) -> String {
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { ["  # ", &parts.join("; ")].concat() }
}
