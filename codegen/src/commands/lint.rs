//! `capchain lint`: the findings of loading and, where that went well, those
//! of the rules.

use std::io::{self, IsTerminal};

use capchain::Opened;
use capchain::diagnostic::{Diagnostics, Severity, Sources};
use capchain::lint::lint;
use serde_json::json;

use super::{Done, FINE, FOUND, Outcome, UNUSABLE, counted, json, origin};
use crate::cli::{Lint, LintFormat, Source};

pub(super) fn run(source: &Source, args: &Lint) -> Outcome {
    let Opened { spec, sources, mut problems } = capchain::open(&origin(source), &source.overlay);
    let loads = spec.is_some();
    if let Some(spec) = spec {
        problems.append(lint(&capchain::lower::lower(&spec, None)));
    }
    let code = match problems.has_errors() {
        _ if !loads => UNUSABLE,
        true => FOUND,
        false => FINE,
    };
    let done = shown(&problems, &sources, args.format)?;
    Ok(Done { code, ..done })
}

fn shown(problems: &Diagnostics, sources: &Sources, format: LintFormat) -> Outcome {
    let (errors, warnings) = (problems.count(Severity::Error), problems.count(Severity::Warning));
    match format {
        LintFormat::Json => json(&json!({
            "version": 1,
            "errors": errors,
            "warnings": warnings,
            "findings": problems.records(sources),
        })),
        LintFormat::Github => Ok(Done::fine(problems.github(sources))),
        LintFormat::Text => {
            let text = problems.render(sources, io::stdout().is_terminal());
            let (errors, warnings) = (counted(errors, "error"), counted(warnings, "warning"));
            Ok(Done::fine(text + &format!("{errors}, {warnings}\n")))
        }
    }
}
