//! The result of `review`, in each format.

use serde_json::{Value, json};

use super::{
    CommandResult, FAILURE, FINDINGS, Output, ReviewFormat, SUCCESS, breaks, json, judged_breaks,
    plural, sarif,
};
use crate::diagnostic::{SarifLevel, SarifResult, github_annotation};
use crate::review::{Effect, Remark, Review, reply, text};

/// The result of a review.
///
/// # Errors
///
/// Those of [`json()`].
pub fn review(review: &Review, format: ReviewFormat) -> CommandResult {
    let output = match format {
        ReviewFormat::Text => Ok(Output::success(text(review) + &summary(review))),
        ReviewFormat::Mail => Ok(Output::success(reply(review))),
        ReviewFormat::Json => json(&object(review)),
        ReviewFormat::Github => Ok(Output::success(github(review))),
        ReviewFormat::Sarif => sarif(&results(review)),
    }?;
    let code = match () {
        () if review.count(Effect::Breaks) > 0 => FINDINGS,
        () if review.count(Effect::NotJudged) > 0 => FAILURE,
        () => SUCCESS,
    };
    Ok(Output { code, ..output })
}

fn summary(review: &Review) -> String {
    if review.series.is_empty() {
        return "nothing judged: no specified header changes\n".to_owned();
    }
    let count = |effect, noun| plural(review.count(effect), noun);
    let not_judged = review.count(Effect::NotJudged);
    format!(
        "{}, {not_judged} not judged, {}, {}\n",
        breaks(review.count(Effect::Breaks), not_judged),
        count(Effect::Question, "question"),
        count(Effect::Note, "note")
    )
}

fn object(review: &Review) -> Value {
    let subject = |mail: &usize| review.mails[*mail].subject.clone();
    let series = review.series.iter().map(|series| {
        json!({
            "patches": series.mails.iter().map(subject).collect::<Vec<_>>(),
            "base": series.base,
            "hunks": series.hunks,
            "findings": series.remarks.iter().map(|one| finding(review, one)).collect::<Vec<_>>(),
            "missing": series.missing.iter().map(|(at, message)| json!({
                "patch": review.mails[at.mail].subject, "line": at.line, "message": message,
            })).collect::<Vec<_>>(),
            "passed_over": series.other_files,
        })
    });
    let breaks = judged_breaks(review.count(Effect::Breaks), review.count(Effect::NotJudged));
    json!({
        "version": 1,
        "breaks": breaks.filter(|_| !review.series.is_empty()),
        "not_judged": review.count(Effect::NotJudged),
        "series": series.collect::<Vec<_>>(),
        "passed_over": review.passed.iter().map(|(mail, why)| json!({
            "patch": subject(mail), "reason": why,
        })).collect::<Vec<_>>(),
    })
}

fn finding(review: &Review, remark: &Remark) -> Value {
    let Remark { effect, code, subject, message, details, help, at, in_file } = remark;
    json!({
        "effect": effect,
        "code": code,
        "subject": subject,
        "message": message,
        "details": details,
        "help": help,
        "patch": at.map(|at| review.mails[at.mail].subject.clone()),
        "line": at.map(|at| at.line),
        "text": at.map(|at| review.line(at)),
        "file": in_file.as_ref().map(|(file, _)| file),
        "file_line": in_file.as_ref().map(|(_, line)| line),
    })
}

/// The finding in one sentence, with its subject and who is harmed.
fn sentence(remark: &Remark) -> String {
    let about = match remark.subject.as_str() {
        "" => String::new(),
        subject if remark.message.contains(subject) => String::new(),
        subject => format!("{subject}: "),
    };
    let harmed = remark.details.iter().find(|line| line.starts_with("harmed: "));
    let harmed = harmed.map(|line| format!("; {line}")).unwrap_or_default();
    format!("{about}{}{harmed}", remark.message)
}

fn place(remark: &Remark) -> Option<(&str, usize, usize)> {
    remark.in_file.as_ref().map(|(file, line)| (file.as_str(), *line, 1))
}

fn github(review: &Review) -> String {
    let mut text = String::new();
    for remark in review.series.iter().flat_map(|series| &series.remarks) {
        let kind = match remark.effect {
            Effect::Breaks | Effect::NotJudged => "error",
            Effect::Question => "warning",
            Effect::Note => "notice",
        };
        text += &github_annotation(kind, place(remark), remark.code, &sentence(remark));
    }
    text
}

fn results(review: &Review) -> Vec<SarifResult<'_>> {
    review.series.iter().flat_map(|series| &series.remarks).map(result).collect()
}

fn result(remark: &Remark) -> SarifResult<'_> {
    SarifResult {
        level: match remark.effect {
            Effect::Breaks | Effect::NotJudged => SarifLevel::Error,
            Effect::Question => SarifLevel::Warning,
            Effect::Note => SarifLevel::Note,
        },
        code: remark.code,
        message: sentence(remark),
        place: place(remark),
    }
}
