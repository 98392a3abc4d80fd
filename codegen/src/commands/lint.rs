//! `capchain lint`: the findings of loading and, if it loads, those of the
//! rules.

use std::io::{self, IsTerminal};

use capchain::Opened;
use capchain::diagnostic::{Diagnostics, Severity, Sources};
use capchain::lint::lint;
use capchain::reports::LintFormat;
use serde_json::json;

use super::{CommandResult, FAILURE, FINDINGS, Output, SUCCESS, json, plural, sarif, specs};
use crate::cli::{LintArgs, Source};

pub(super) fn run(source: &Source, args: &LintArgs) -> CommandResult {
    let Opened { spec, sources, mut problems } =
        capchain::open(&specs::one(source)?.origin(), &source.overlay);
    let loads = spec.is_some();
    if let Some(spec) = spec {
        problems.append(lint(&capchain::lower::lower(&spec, None)));
    }
    let code = match problems.has_errors() {
        _ if !loads => FAILURE,
        true => FINDINGS,
        false => SUCCESS,
    };
    let output = shown(&problems, &sources, args.format)?;
    Ok(Output { code, ..output })
}

fn shown(problems: &Diagnostics, sources: &Sources, format: LintFormat) -> CommandResult {
    let (errors, warnings) = (problems.count(Severity::Error), problems.count(Severity::Warning));
    match format {
        LintFormat::Json => json(&json!({
            "version": 1,
            "errors": errors,
            "warnings": warnings,
            "findings": problems.records(sources),
        })),
        LintFormat::Sarif => sarif(&problems.sarif_results(sources)),
        LintFormat::Github => Ok(Output::success(problems.github(sources))),
        LintFormat::Text => {
            let text = problems.render(sources, io::stdout().is_terminal());
            let (errors, warnings) = (plural(errors, "error"), plural(warnings, "warning"));
            Ok(Output::success(text + &format!("{errors}, {warnings}\n")))
        }
    }
}
