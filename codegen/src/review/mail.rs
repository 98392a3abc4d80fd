//! Splits an input into mails and decodes them: a mailbox, a single mail, or the plain
//! text of a patch. The input is not trusted.

use mailparse::{MailHeaderMap, ParsedMail, parse_mail};

/// The most parts of a mail that are looked at. A mail with more is read as plain text.
const MOST_PARTS: usize = 64;

/// How deep a mail can be inside of others.
const DEEPEST: usize = 3;

/// A mail, or a text that is none.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// Its subject; empty for a plain text.
    pub subject: String,
    /// Its author.
    pub from: String,
    /// Its `Message-ID`, with angle brackets.
    pub message_id: String,
    /// Its text, decoded.
    pub text: String,
    /// Whether lines are `format=flowed`, so that some start with one more space.
    pub flowed: bool,
    /// Whether its text ends in the middle of a line.
    pub cut: bool,
}

/// The mails of an input, in order.
pub fn mails(input: &[u8]) -> Vec<Mail> {
    match input.contains(&b'\n') {
        true => split(input).into_iter().map(mail).collect(),
        // Lines of an old system end with a carriage return.
        false => vec![mail(&input.iter().map(|byte| newline(*byte)).collect::<Vec<_>>())],
    }
}

fn newline(byte: u8) -> u8 {
    if byte == b'\r' { b'\n' } else { byte }
}

/// The pieces of a mailbox: each starts with a line `From ` that a header follows.
fn split(input: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let (mut at, mut after_blank) = (0, true);
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        let next = at + line.len();
        if after_blank && line.starts_with(b"From ") && is_header_line(&input[next..]) {
            starts.push((at, next));
        }
        after_blank = line.trim_ascii().is_empty();
        at = next;
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([input.len()]);
    let mut pieces: Vec<_> =
        starts.iter().zip(ends).map(|((_, body), end)| &input[*body..end]).collect();
    let first = starts.first().map_or(input.len(), |(start, _)| *start);
    if pieces.is_empty() || !input[..first].trim_ascii().is_empty() {
        pieces.insert(0, &input[..first]);
    }
    pieces
}

/// Whether a text starts with a line `Name: value`.
fn is_header_line(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_prefix(b">").unwrap_or(line);
    match line.iter().position(|byte| *byte == b':') {
        Some(0) | None => line.starts_with(b"From "),
        Some(end) => line[..end].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-'),
    }
}

fn mail(piece: &[u8]) -> Mail {
    let plain = || {
        let text = without_colors(&String::from_utf8_lossy(piece));
        Mail { cut: !text.ends_with('\n'), text, ..Mail::default() }
    };
    let parts = piece.windows(9).filter(|bytes| bytes.eq_ignore_ascii_case(b"boundary=")).count();
    if !is_header_line(piece) || parts > MOST_PARTS {
        return plain();
    }
    let Ok(parsed) = parse_mail(piece) else { return plain() };
    let header = |name| parsed.headers.get_first_value(name).unwrap_or_default();
    let named = ["From", "Subject", "Date", "Message-ID"].map(header);
    if named.iter().all(String::is_empty) {
        return plain();
    }
    let [from, subject, _, message_id] = named;
    let mut mail = Mail { subject: one_line(&subject), from, message_id, ..Mail::default() };
    mail.add(&parsed, 0);
    mail
}

impl Mail {
    /// Adds the texts of a mail, those of forwarded mails in it too.
    fn add(&mut self, parsed: &ParsedMail<'_>, depth: usize) {
        for part in parsed.parts().take(MOST_PARTS) {
            let inner = part.get_body_raw().unwrap_or_default();
            match parse_mail(&inner) {
                Ok(inner) if is_mail(part) && depth < DEEPEST => self.add(&inner, depth + 1),
                _ if is_text(part) => {
                    self.text += &body(part);
                    self.cut = !self.text.ends_with('\n');
                    self.text.push('\n');
                    let format = part.ctype.params.get("format");
                    self.flowed |= format.is_some_and(|format| format == "flowed");
                }
                _ => {}
            }
        }
    }
}

/// Whether a part is a mail that was forwarded.
fn is_mail(part: &ParsedMail<'_>) -> bool {
    part.subparts.is_empty() && part.ctype.mimetype == "message/rfc822"
}

/// A text without the colors that `git diff --color` writes.
fn without_colors(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        plain += rest.strip_prefix(['m', 'K']).unwrap_or(piece);
    }
    plain
}

/// Whether a part is a text in which a patch can be.
fn is_text(part: &ParsedMail<'_>) -> bool {
    let kind = part.ctype.mimetype.as_str();
    let name = part.get_content_disposition().params.remove("filename");
    let name = name.or_else(|| part.ctype.params.get("name").cloned()).unwrap_or_default();
    let named = name.ends_with(".patch") || name.ends_with(".diff");
    let is_patch = named || kind == "application/octet-stream" && body(part).contains("\n@@ -");
    part.subparts.is_empty() && (is_patch || (kind.starts_with("text/") && kind != "text/html"))
}

fn body(part: &ParsedMail<'_>) -> String {
    part.get_body().unwrap_or_else(|_| String::from_utf8_lossy(part.raw_bytes).into_owned())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_split_at_its_separators_only() {
        let input =
            b"From a Mon\nSubject: one\n\nFrom here on prose\n\nFrom b Tue\nSubject: two\n\nx\n";
        let mails = mails(input);
        let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(subjects, ["one", "two"]);
        assert!(mails[0].text.contains("From here on"));
    }

    #[test]
    fn encodings_are_undone() {
        let input = b"Subject: =?utf-8?q?caf=C3=A9?=\nContent-Transfer-Encoding: quoted-printable\n\n=2B__u32=\n a;\n";
        let mail = mails(input).remove(0);
        assert_eq!(mail.subject, "caf\u{e9}");
        assert!(mail.text.starts_with("+__u32 a;"), "{:?}", mail.text);
        let input = b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\nno\n--b\nContent-Transfer-Encoding: base64\n\nK2E7\n--b--\n";
        assert_eq!(mails(input)[0].text.trim(), "+a;");
    }

    #[test]
    fn colors_are_taken_off() {
        let mail = mails(b"\x1b[1mdiff --git a/x b/x\x1b[m\n\x1b[32m+\x1b[m\x1b[32ma[3];\x1b[K\n")
            .remove(0);
        assert_eq!(mail.text, "diff --git a/x b/x\n+a[3];\n");
    }

    #[test]
    fn a_text_without_headers_is_a_text() {
        let mail = mails(b"diff --git a/x b/x\n--- a/x\n").remove(0);
        assert_eq!((mail.subject.as_str(), mail.text.len()), ("", 27));
        assert_eq!(mails(b"").len(), 1);
        assert_eq!(mails(&[0xff; 99]).len(), 1);
    }
}
