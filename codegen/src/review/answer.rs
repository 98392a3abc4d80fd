//! A review as the answer to a mail: the mail quoted, each finding below the line that
//! causes it.

use super::header_text::MailLine;
use super::report::{Remark, Review, SeriesReview};
use super::text::{count, lines, title};

/// How many lines before a line with a finding are quoted.
const BEFORE: usize = 8;

/// One answer for each mail of each series, with its headers, as a mailbox without
/// separators: each answer is ready to be sent.
pub fn reply(review: &Review) -> String {
    let mut text = String::new();
    for series in &review.series {
        for mail in &series.mails {
            text += &answer(review, series, *mail);
            text.push('\n');
        }
    }
    text
}

fn answer(review: &Review, series: &SeriesReview, index: usize) -> String {
    let mail = &review.mails[index];
    let mut text = String::new();
    if !mail.from.is_empty() {
        text += &format!("To: {}\n", mail.from);
    }
    let subject = title(review, index);
    let prefix = if subject.to_ascii_lowercase().starts_with("re:") { "" } else { "Re: " };
    text += &format!("Subject: {prefix}{subject}\n");
    if !mail.message_id.is_empty() {
        text += &format!("In-Reply-To: {}\nReferences: {}\n", mail.message_id, mail.message_id);
    }
    text.push('\n');
    let own = |remark: &&Remark| remark.at.is_some_and(|at| at.mail == index);
    let remarks: Vec<_> = series.remarks.iter().filter(own).collect();
    text += &format!("{}, compared with {}.\n", count(remarks.len(), "finding"), series.base);
    let quoted: Vec<_> = mail.text.split('\n').map(|line| line.trim_end_matches('\r')).collect();
    let mut from = 0;
    for (position, remark) in remarks.iter().enumerate() {
        let line = remark.at.map_or(0, |at| at.line).min(quoted.len());
        if line > from {
            let start = from.max(line.saturating_sub(BEFORE));
            text += if start > from { "\n[...]\n" } else { "\n" };
            for quoted in &quoted[start..line] {
                let space = if quoted.starts_with('>') || quoted.is_empty() { "" } else { " " };
                text += &format!(">{space}{quoted}\n");
            }
            from = line;
        }
        text.push('\n');
        for line in lines(remark) {
            text += &format!("{line}\n");
        }
        let next = remarks.get(position + 1).and_then(|next| next.at);
        if next.is_none_or(|next: MailLine| next.line > line) {
            text.push('\n');
        }
    }
    let elsewhere: Vec<_> = series.remarks.iter().filter(|remark| remark.at.is_none()).collect();
    if Some(&index) == series.mails.last() && !elsewhere.is_empty() {
        text += "\nOn the series as a whole:\n";
        for line in elsewhere.into_iter().flat_map(lines) {
            text += &format!("{line}\n");
        }
    }
    text
}
