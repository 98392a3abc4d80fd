//! Lines of an input without the parts that other tools add before them: quotes of
//! mails, time stamps of logs, names of files, labels, prompts and comments.

mod session;

/// A line and its number.
#[derive(Clone, Copy, Debug)]
pub(super) struct DumpLine<'a> {
    /// Its number in the input, from 1.
    pub(super) number: usize,
    /// The line without prefixes and without white space at its end.
    pub(super) text: &'a str,
}

/// The lines of an input that have content.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    pub(super) all: Vec<DumpLine<'a>>,
    /// Whether a prefix was removed.
    pub(super) prefixed: bool,
}

/// Prefixes that all lines have: each returns the rest of a line.
const PREFIXES: [fn(&str) -> Option<&str>; 6] =
    [quote, kernel_time, log_level, syslog, journal_time, file_and_line];

/// The deepest nesting of prefixes.
const MOST_PREFIXES: usize = 8;

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let numbered = text.lines().enumerate();
        let lines =
            numbered.map(|(index, line)| DumpLine { number: index + 1, text: line.trim_end() });
        let mut all: Vec<_> = lines.collect();
        let mut prefixed = false;
        for _ in 0..MOST_PREFIXES {
            all.retain(|line| !line.text.is_empty() && !line.text.trim_start().starts_with('#'));
            let Some(peeled) = peeled(&all) else { break };
            (all, prefixed) = (peeled, true);
        }
        if let Some(output) = session::output(&all) {
            (all, prefixed) = (output, true);
        }
        let prompts = |line: &&DumpLine<'_>| is_prompt(line.text);
        let first = all.iter().take_while(prompts).count();
        let first = first.min(all.len().saturating_sub(1));
        all.drain(..first);
        while all.last().is_some_and(|line| is_prompt(line.text)) && all.len() > 1 {
            all.pop();
        }
        Self { all, prefixed }
    }

    /// The lines as one text.
    pub(super) fn joined(&self) -> String {
        let lines: Vec<_> = self.all.iter().map(|line| line.text).collect();
        lines.join("\n")
    }
}

/// The lines without a prefix that all of them have.
fn peeled<'a>(lines: &[DumpLine<'a>]) -> Option<Vec<DumpLine<'a>>> {
    let all = |rest: &dyn Fn(&'a str) -> Option<&'a str>| -> Option<Vec<DumpLine<'a>>> {
        let line = |line: &DumpLine<'a>| rest(line.text).map(|text| DumpLine { text, ..*line });
        lines.iter().map(line).collect()
    };
    let kind = PREFIXES.iter().find_map(|prefix| all(&|text| prefix(text)));
    kind.or_else(|| {
        let label = label(lines.first()?.text)?;
        all(&|text| text.strip_prefix(label).or_else(|| (text == label.trim_end()).then_some("")))
    })
}

/// `> `, as mails quote.
fn quote(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('>')?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

/// `[   12.345678] ` or `[Sat Nov 28 12:00:00 2026] `, as dmesg prints.
fn kernel_time(line: &str) -> Option<&str> {
    let (time, rest) = line.trim_start().strip_prefix('[')?.split_once(']')?;
    let time = time.trim();
    let seconds =
        time.split_once('.').is_some_and(|(whole, part)| all_digits(whole) && all_digits(part));
    let words = time.split(' ').any(is_clock);
    let process = time.strip_prefix("pid").is_some_and(|id| all_digits(id.trim()));
    (seconds || words || process).then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// `<6>`, the level of a message of the kernel.
fn log_level(line: &str) -> Option<&str> {
    let (level, rest) = line.strip_prefix('<')?.split_once('>')?;
    (all_digits(level) && level.len() <= 3).then_some(rest)
}

/// `Nov 28 12:00:00 host kernel: `.
fn syslog(line: &str) -> Option<&str> {
    let mut words = line.splitn(4, ' ').filter(|word| !word.is_empty());
    let month = words.next()?;
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    if !months.contains(&month) {
        return None;
    }
    let rest = line.get(month.len()..)?.trim_start();
    let (day, rest) = rest.split_once(' ')?;
    let (time, rest) = rest.trim_start().split_once(' ')?;
    (all_digits(day) && is_clock(time)).then(|| after_host(rest)).flatten()
}

/// `2026-11-28T12:00:00+0100 host kernel: `, the host and the program only if present.
fn journal_time(line: &str) -> Option<&str> {
    let (time, rest) = line.split_once(' ')?;
    let (day, clock) = time.split_once('T')?;
    let date = day.len() == 10 && day.split('-').all(all_digits);
    let stamp = date && clock.get(..8).is_some_and(is_clock);
    stamp.then(|| after_host(rest).unwrap_or(rest))
}

/// The rest after `host program[pid]: `.
fn after_host(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(' ')?;
    let (program, rest) = rest.split_once(": ")?;
    let named = !program.contains(' ') && program.contains(|c: char| !c.is_ascii_hexdigit());
    named.then_some(rest)
}

/// `folder/file.log:12:`, as grep prints.
fn file_and_line(line: &str) -> Option<&str> {
    let (file, rest) = line.split_once(':')?;
    let is_path = |c: char| c.is_ascii_alphanumeric() || "._-/+".contains(c);
    let has_letter = |c: char| c.is_ascii_alphabetic() && !c.is_ascii_hexdigit();
    let named = file.contains(['.', '/']) && file.contains(has_letter) && file.chars().all(is_path);
    let (number, rest) = rest.split_once(':')?;
    (named && all_digits(number)).then_some(rest)
}

/// A label such as `vfio-pci 0000:01:00.0: `, which is no number, at the start of a line.
fn label(line: &str) -> Option<&str> {
    let end = line.find(": ").map(|at| at + 2)?;
    let label = line.get(..end)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || " _.:-/()#".contains(c);
    let has_letter = |c: char| c.is_ascii_alphabetic() && !c.is_ascii_hexdigit();
    let number = label.starts_with("0x") || label.starts_with(' ');
    (!number && label.chars().all(allowed) && label.contains(has_letter)).then_some(label)
}

/// A line of a shell or a debugger with a command, the heading of `lspci` or `tcpdump`, or
/// a mark of Markdown around code.
fn is_prompt(line: &str) -> bool {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    let slot = first.split_once('.').is_some_and(|(bus, function)| {
        let hex = |part: &str| part.len() >= 2 && part.chars().all(|c| c.is_ascii_hexdigit());
        bus.contains(':') && bus.split(':').all(hex) && function.len() == 1
    });
    let packet =
        first.split_once('.').is_some_and(|(time, part)| is_clock(time) && all_digits(part));
    let fence = ["```", "~~~"].iter().any(|mark| line.trim_start().starts_with(mark));
    let heading = line == "$" || line.starts_with("$ ") || line.starts_with("reading from file ");
    heading || fence || session::is_prompt(line) || (slot || packet) && !rest.is_empty()
}

fn is_clock(text: &str) -> bool {
    let mut parts = text.split(':');
    let two = |part: Option<&str>| part.is_some_and(|part| part.len() == 2 && all_digits(part));
    two(parts.next()) && two(parts.next()) && two(parts.next()) && parts.next().is_none()
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
