//! `capchain drift`: real kernel headers against the specification.

use std::io::{self, IsTerminal};

use capchain::diagnostic::Sources;
use capchain::drift::{Compared, Drift, drift};
use capchain::ir::Abi;
use capchain::lower::lower as lowered;
use capchain::release::Release;
use capchain::validate::ValidSpec;
use serde_json::json;

use super::headers::{Headers, read};
use super::{Done, FINE, FOUND, Outcome, counted, json, lower, origin, spec_of};
use crate::cli::{DriftArgs, LintFormat, Source};

pub(super) fn run(source: &Source, args: &DriftArgs) -> Outcome {
    let opened = capchain::open(&origin(source), &source.overlay);
    let (spec, mut sources) = spec_of(opened)?;
    let (abi, newest) = (lower(&spec, args.at)?, lowered(&spec, None));
    let headers = read(&args.headers, &newest, &mut sources)?;
    let mut found = drift(&headers.facts, &abi, &newest, &headers.given);
    let close = (1..MOST_DIFFERENCES).contains(&found.differences());
    let fits = (args.at.is_none() && close).then(|| fits(&spec, &headers, &newest)).flatten();
    let code = if found.differences() > 0 { FOUND } else { FINE };
    found.findings.append(headers.problems);
    let done = shown(&found, &abi, fits, &sources, args.format)?;
    Ok(Done { code, ..done })
}

/// How many differences make a header one of something else, which fits no
/// release.
const MOST_DIFFERENCES: usize = 1000;

/// The releases that a header fits best, and how many differences are left.
struct Fits {
    first: Release,
    last: Release,
    differences: usize,
}

fn fits(spec: &ValidSpec, headers: &Headers, newest: &Abi) -> Option<Fits> {
    let releases = spec.releases().iter().copied();
    let counts: Vec<_> = releases
        .map(|release| {
            let abi = lowered(spec, Some(release));
            (release, drift(&headers.facts, &abi, newest, &headers.given).differences())
        })
        .collect();
    let best = counts.iter().map(|(_, count)| *count).min()?;
    let mut fitting = counts.iter().rev().skip_while(|(_, count)| *count != best);
    let last = fitting.next()?.0;
    let before = fitting.take_while(|(_, count)| *count == best).last();
    let first = before.map_or(last, |(release, _)| *release);
    Some(Fits { first, last, differences: best })
}

fn shown(
    found: &Drift,
    abi: &Abi,
    fits: Option<Fits>,
    sources: &Sources,
    format: LintFormat,
) -> Outcome {
    match format {
        LintFormat::Json => json(&object(found, abi, fits, sources)),
        LintFormat::Github => Ok(Done::fine(found.findings.github(sources))),
        LintFormat::Text => {
            let text = found.findings.render(sources, io::stdout().is_terminal());
            let last = match found.differences() {
                0 => {
                    let compared = compared(found.compared);
                    format!("no drift: {compared} compared with {}\n", abi.release)
                }
                count => format!("{} from {}\n", counted(count, "difference"), abi.release),
            };
            Ok(Done::fine(text + &last + &fits.map(fitting).unwrap_or_default()))
        }
    }
}

fn compared(compared: Compared) -> String {
    let Compared { constants, macros, structs, fields } = compared;
    let parts =
        [(constants, "constant"), (macros, "macro"), (structs, "struct"), (fields, "field")];
    parts.map(|(count, thing)| counted(count, thing)).join(", ")
}

fn fitting(fits: Fits) -> String {
    let Fits { first, last, differences } = fits;
    let span = if first == last { first.to_string() } else { format!("{first} to {last}") };
    match differences {
        0 => format!("it is the header of {span}\n"),
        count => format!("{span} fits best, with {}\n", counted(count, "difference")),
    }
}

fn object(found: &Drift, abi: &Abi, fits: Option<Fits>, sources: &Sources) -> serde_json::Value {
    let Compared { constants, macros, structs, fields } = found.compared;
    let fits = fits.map(|fits| {
        let (first, last) = (fits.first.to_string(), fits.last.to_string());
        json!({ "first": first, "last": last, "differences": fits.differences })
    });
    json!({
        "version": 1,
        "release": abi.release.to_string(),
        "differences": found.differences(),
        "compared": {
            "constants": constants, "macros": macros, "structs": structs, "fields": fields,
        },
        "fits": fits,
        "findings": found.findings.records(sources),
    })
}
