//! The answers as text: a line for each call and each number, with the names and the
//! releases after a `#`.

use std::fmt::Write;

use vfio_abi::RELEASE;
use vfio_abi::history::Release;

use crate::answer::{Answer, Capability, Field, Name};
use crate::compare::Comparison;

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
    for answer in answers {
        write_answer(text, answer)?;
    }
    let names = |names: &[Name]| names.iter().map(with_release).collect::<Vec<_>>();
    let lists = [
        ("newer than the kernel by the history", names(&comparison.newer)),
        ("not in the history", comparison.unknown.clone()),
        (
            "in the history, but refused by the kernel, the backend or the driver",
            names(&comparison.refused),
        ),
    ];
    for (title, names) in lists {
        writeln!(text, "# {title}:{}", if names.is_empty() { " nothing" } else { "" })?;
        for name in names {
            writeln!(text, "#   {name}")?;
        }
    }
    Ok(())
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
