//! The dumps of real tools with changes at random. Changes of form give the same bytes or
//! are refused, cuts give a part of them, and a changed digit is noticed where an offset or
//! a text column shows it.

use capchain::dump::{self, Dump};
use support::dumps::{Extent, ToolDump, dumps, reply};
use support::random::{Random, rounds};

/// A change of form.
type FormChange = fn(&str, &mut Random) -> Vec<u8>;

const FORM_CHANGES: [FormChange; 12] = [
    prefixed,
    indented,
    spaces_at_ends,
    spaces_between,
    words,
    without_tabs,
    crlf,
    blank_lines,
    wrapped,
    fenced,
    coloured,
    utf16,
];

const PREFIXES: [&str; 9] = [
    "> ",
    "> > ",
    ">>> ",
    "[   12.345678] ",
    "[Sat Nov 28 12:00:00 2026] ",
    "<6>[   12.345678] vfio-pci 0000:01:00.0: ",
    "Nov 28 12:00:00 host kernel: ",
    "2026-11-28T12:00:00+0100 host kernel: ",
    "log/kernel.txt:12:",
];

/// Every dump that is text and has the whole reply.
fn whole() -> Vec<(String, String)> {
    let whole = dumps().into_iter().filter(|dump| dump.extent == Extent::Whole);
    let text = |dump: ToolDump| Some((dump.file, String::from_utf8(dump.text).ok()?));
    whole.filter_map(text).filter(|(_, text)| !text.contains('\0')).collect()
}

fn has(dump: &Dump, test: impl Fn(&[u8]) -> bool) -> bool {
    dump.readings.iter().any(|reading| test(&reading.bytes))
}

#[test]
fn a_change_of_form_gives_the_reply_or_is_refused() {
    let (reply, dumps, mut random) = (reply(), whole(), Random(12));
    let (mut same, mut refused) = (0, 0);
    for _ in 0..rounds(300) {
        let (file, text) = &dumps[random.below(dumps.len())];
        let mut changed = text.clone().into_bytes();
        for _ in 0..=random.below(3) {
            let Ok(text) = str::from_utf8(&changed) else { break };
            if text.contains('\0') {
                break; // UTF-16
            }
            changed = FORM_CHANGES[random.below(FORM_CHANGES.len())](text, &mut random);
        }
        match dump::read(&changed, false) {
            Ok(dump) => {
                let shown = String::from_utf8_lossy(&changed);
                assert!(has(&dump, |bytes| bytes == reply), "{file}:\n{shown}\n{dump:?}");
                same += 1;
            }
            Err(_) => refused += 1,
        }
    }
    println!("changes of form: {same} give the reply, {refused} are refused");
    assert!(same > 3 * refused, "{same} the same, {refused} refused");
}

#[test]
fn a_cut_gives_a_part_of_the_reply_or_is_refused() {
    let (reply, dumps, mut random) = (reply(), whole(), Random(34));
    let (mut part, mut refused) = (0, 0);
    for _ in 0..rounds(300) {
        let (file, text) = &dumps[random.below(dumps.len())];
        let lines: Vec<_> = text.lines().collect();
        let start = random.below(2) * random.below(lines.len());
        let end = start + random.below(lines.len() - start + 1);
        let cut = lines[start..end].join("\n");
        let columns = cut.trim().starts_with("00 01 02 03") && !cut.trim().contains('\n');
        if cut.split_ascii_whitespace().count() < 2 || columns {
            continue; // The offset of the end, or the head, alone is numbers.
        }
        match dump::read(cut.as_bytes(), false) {
            Ok(dump) => {
                let within = |bytes: &[u8]| reply.windows(bytes.len()).any(|part| part == bytes);
                assert!(has(&dump, within), "{file}:\n{cut}\n{dump:?}");
                part += 1;
            }
            Err(_) => refused += 1,
        }
    }
    println!("cuts: {part} give a part, {refused} are refused");
    assert!(part > refused / 2, "{part} a part, {refused} refused");
}

#[test]
fn a_changed_digit_is_noticed_where_the_dump_shows_it() {
    let reply = reply();
    let rows = ["xxd", "hexdump", "od", "gdb", "lldb", "tcpdump"];
    let in_rows = |text: &str| {
        let dump = dump::read(text.as_bytes(), false).expect("a dump");
        rows.contains(&dump.form) && !text.lines().any(|line| line == "*")
    };
    let dumps: Vec<_> = whole().into_iter().filter(|(_, text)| in_rows(text)).collect();
    let mut random = Random(56);
    let (mut noticed, mut unseen) = (0, 0);
    for _ in 0..rounds(300) {
        let (file, text) = &dumps[random.below(dumps.len())];
        let changed = changed_digit(text, &mut random);
        let Ok(dump) = dump::read(changed.as_bytes(), false) else {
            noticed += 1;
            continue;
        };
        unseen += 1;
        assert!(has(&dump, |bytes| bytes.len() == reply.len()), "{file}:\n{changed}\n{dump:?}");
        // The text column of the first bytes: the size of the reply is `@`.
        if text.contains("@...") {
            let hidden = |bytes: &[u8]| {
                let mut pairs = bytes.iter().zip(&reply);
                let space = !file.starts_with("tcpdump"); // which prints a dot
                let graphic = |byte: &u8| byte.is_ascii_graphic() || space && *byte == b' ';
                pairs.all(|(new, old)| new == old || !graphic(new) && !graphic(old))
            };
            assert!(has(&dump, hidden), "{file}:\n{changed}\n{dump:?}");
        }
    }
    println!("changed digits: {noticed} are refused, {unseen} change bytes that are shown once");
    assert!(noticed > 0 && unseen > 0);
}

fn changed_digit(text: &str, random: &mut Random) -> String {
    let digits: Vec<_> =
        text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
    let at = digits[random.below(digits.len())];
    let old = text.as_bytes()[at] - b'0';
    // Octal numbers stay octal.
    let new = (old + 1 + random.below(7) as u8) % 8;
    let new = if new == old { (new + 1) % 8 } else { new };
    [&text[..at], &new.to_string(), &text[at + 1..]].concat()
}

fn each_line(text: &str, change: impl FnMut(&str) -> String) -> Vec<u8> {
    text.lines().map(change).collect::<String>().into_bytes()
}

fn prefixed(text: &str, random: &mut Random) -> Vec<u8> {
    let prefix = PREFIXES[random.below(PREFIXES.len())];
    each_line(text, |line| format!("{prefix}{line}\n"))
}

fn indented(text: &str, random: &mut Random) -> Vec<u8> {
    let spaces = " ".repeat(1 + random.below(8));
    each_line(text, |line| format!("{spaces}{line}\n"))
}

fn spaces_at_ends(text: &str, random: &mut Random) -> Vec<u8> {
    each_line(text, |line| format!("{line}{}\n", " ".repeat(random.below(4))))
}

/// One more space where a line has two.
fn spaces_between(text: &str, random: &mut Random) -> Vec<u8> {
    let pairs: Vec<_> = text.match_indices("  ").map(|(at, _)| at).collect();
    let Some(at) = pairs.get(random.below(pairs.len())) else { return text.into() };
    [&text[..*at], " ", &text[*at..]].concat().into_bytes()
}

/// One space between words, as chats and forms leave it.
fn words(text: &str, _: &mut Random) -> Vec<u8> {
    each_line(text, |line| line.split_ascii_whitespace().collect::<Vec<_>>().join(" ") + "\n")
}

fn without_tabs(text: &str, random: &mut Random) -> Vec<u8> {
    text.replace('\t', &" ".repeat(1 + random.below(8))).into_bytes()
}

fn crlf(text: &str, _: &mut Random) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

fn blank_lines(text: &str, random: &mut Random) -> Vec<u8> {
    each_line(text, |line| format!("{line}{}", "\n".repeat(1 + random.below(3))))
}

/// A line that a mailer wrapped at a space.
fn wrapped(text: &str, random: &mut Random) -> Vec<u8> {
    let spaces: Vec<_> = text.match_indices(' ').map(|(at, _)| at).collect();
    let Some(at) = spaces.get(random.below(spaces.len())) else { return text.into() };
    [&text[..*at], "\n", &text[*at + 1..]].concat().into_bytes()
}

/// Between the marks of Markdown, or after the prompt of a shell.
fn fenced(text: &str, random: &mut Random) -> Vec<u8> {
    match random.below(3) {
        0 => format!("```\n{text}\n```\n"),
        1 => format!("~~~text\n{text}\n~~~\n"),
        _ => format!("$ print-it reply.bin\n{text}$ \n"),
    }
    .into_bytes()
}

fn coloured(text: &str, random: &mut Random) -> Vec<u8> {
    let colour = 31 + random.below(7);
    each_line(text, |line| format!("\x1b[1;{colour}m{line}\x1b[0m\n"))
}

fn utf16(text: &str, random: &mut Random) -> Vec<u8> {
    let mark = ["", "\u{feff}"][random.below(2)];
    let units = [mark, text].concat();
    let order = [u16::to_le_bytes, u16::to_be_bytes][random.below(2)];
    units.encode_utf16().flat_map(order).collect()
}
