//! A review for a person: each finding under the line that causes it.

use super::report::{Remark, Review, SeriesReview};

/// The whole review.
pub fn text(review: &Review) -> String {
    let mut text = String::new();
    for series in &review.series {
        text += &one_series(review, series);
        text.push('\n');
    }
    for (mail, why) in &review.passed {
        text += &format!("passed over: {}: {why}\n", title(review, *mail));
    }
    text
}

fn one_series(review: &Review, series: &SeriesReview) -> String {
    let mut text = String::new();
    for mail in &series.mails {
        text += &format!("patch: {}\n", title(review, *mail));
    }
    text += &format!("base: {}, {}\n", series.base, count(series.hunks, "hunk"));
    for file in &series.other_files {
        text += &format!("passed over: {}\n", path(file));
    }
    for (at, message) in &series.missing {
        text += &format!("line {}: {message}\n", at.line);
    }
    let mut last = None;
    for remark in &series.remarks {
        if remark.at.is_none() || remark.at != last {
            text.push('\n');
            text += &cause(review, remark);
        }
        last = remark.at;
        for line in lines(remark) {
            text += &format!("  {line}\n");
        }
    }
    text
}

/// The subject of a mail.
pub(super) fn title(review: &Review, mail: usize) -> String {
    match review.mails[mail].subject.as_str() {
        "" => "(no subject)".to_owned(),
        subject => subject.to_owned(),
    }
}

fn path(file: &str) -> &str {
    if file.is_empty() { "a file without a name" } else { file }
}

fn cause(review: &Review, remark: &Remark) -> String {
    match remark.at {
        Some(at) => format!("line {}: {}\n", at.line, review.line(at).trim_end()),
        None => String::new(),
    }
}

/// A finding, line by line.
pub(super) fn lines(remark: &Remark) -> Vec<String> {
    let (word, code) = (remark.effect.word(), remark.code.0);
    let about = match remark.subject.as_str() {
        "" => String::new(),
        subject if remark.message.contains(&format!("`{subject}`")) => String::new(),
        subject => format!("{subject}: "),
    };
    let mut lines = vec![format!("{word}[{code}] {about}{}", remark.message)];
    lines.extend(remark.details.iter().map(|line| format!("  {line}")));
    lines.extend(remark.help.iter().map(|help| format!("  help: {help}")));
    lines
}

/// A number with a noun.
pub(super) fn count(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}
