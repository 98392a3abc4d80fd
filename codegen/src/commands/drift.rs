//! `capchain drift`: real kernel headers against the specification.

use std::io::{self, IsTerminal};

use capchain::diagnostic::Sources;
use capchain::drift::{BestFit, Compared, Drift, best_fit, drift};
use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::reports::LintFormat;
use serde_json::json;

use super::headers::{HeaderFiles, Headers};
use super::specs::{self, Loaded};
use super::{CommandResult, FINDINGS, Output, SUCCESS, at_release, json, plural, sarif};
use crate::cli::{DriftArgs, Source};

/// With so many differences, a header describes something else and fits no
/// release.
const MAX_DIFFERENCES: usize = 1000;

pub(super) fn run(source: &Source, args: &DriftArgs) -> CommandResult {
    let files = HeaderFiles::open(&args.headers)?;
    let Loaded { spec, mut sources, .. } = specs::search(source, |spec| files.are_of(spec))?;
    let (abi, newest) = (at_release(&spec, args.at)?, lower(&spec, None));
    let Headers { facts, given, problems } = files.read(&newest, &mut sources)?;
    let mut found = drift(&facts, &abi, &newest, &given);
    let search = args.at.is_none() && (1..MAX_DIFFERENCES).contains(&found.differences());
    let fit = search.then(|| {
        let abis = spec.releases().iter().map(|release| lower(&spec, Some(*release)));
        best_fit(&facts, abis, &newest, &given)
    });
    let code = if found.differences() > 0 { FINDINGS } else { SUCCESS };
    found.findings.append(problems);
    let output = shown(&found, &abi, fit.flatten(), &sources, args.format)?;
    Ok(Output { code, ..output })
}

fn shown(
    found: &Drift,
    abi: &Abi,
    fit: Option<BestFit>,
    sources: &Sources,
    format: LintFormat,
) -> CommandResult {
    match format {
        LintFormat::Json => json(&object(found, abi, fit, sources)),
        LintFormat::Sarif => sarif(&found.findings.sarif_results(sources)),
        LintFormat::Github => Ok(Output::success(found.findings.github(sources))),
        LintFormat::Text => {
            let text = found.findings.render(sources, io::stdout().is_terminal());
            let summary = match found.differences() {
                0 => {
                    let compared = compared(found.compared);
                    format!("no drift: {compared} compared with {}\n", abi.release)
                }
                count => format!("{} from {}\n", plural(count, "difference"), abi.release),
            };
            Ok(Output::success(text + &summary + &fit.map(fit_line).unwrap_or_default()))
        }
    }
}

fn compared(compared: Compared) -> String {
    let Compared { constants, macros, structs, fields } = compared;
    let parts =
        [(constants, "constant"), (macros, "macro"), (structs, "struct"), (fields, "field")];
    parts.map(|(count, thing)| plural(count, thing)).join(", ")
}

fn fit_line(fit: BestFit) -> String {
    let BestFit { first, last, differences } = fit;
    let range = if first == last { first.to_string() } else { format!("{first} to {last}") };
    match differences {
        0 => format!("it is the header of {range}\n"),
        count => format!("{range} fits best, with {}\n", plural(count, "difference")),
    }
}

fn object(found: &Drift, abi: &Abi, fit: Option<BestFit>, sources: &Sources) -> serde_json::Value {
    let Compared { constants, macros, structs, fields } = found.compared;
    let fit = fit.map(|fit| {
        let (first, last) = (fit.first.to_string(), fit.last.to_string());
        json!({ "first": first, "last": last, "differences": fit.differences })
    });
    json!({
        "version": 1,
        "release": abi.release.to_string(),
        "differences": found.differences(),
        "compared": {
            "constants": constants, "macros": macros, "structs": structs, "fields": fields,
        },
        "fits": fit,
        "findings": found.findings.records(sources),
    })
}
