//! Time stamps of logs, with the host, the program or the task after them.

/// `[   12.345678] ` or `[Sat Nov 28 12:00:00 2026] `, as dmesg prints.
pub(super) fn kernel_time(line: &str) -> Option<&str> {
    let (time, rest) = line.trim_start().strip_prefix('[')?.split_once(']')?;
    let time = time.trim();
    let seconds = is_seconds(time);
    let words = time.split(' ').any(is_clock);
    let process = time.strip_prefix("pid").is_some_and(|id| all_digits(id.trim()));
    (seconds || words || process).then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// `<6>`, the level of a message of the kernel.
pub(super) fn log_level(line: &str) -> Option<&str> {
    let (level, rest) = line.strip_prefix('<')?.split_once('>')?;
    (all_digits(level) && level.len() <= 3).then_some(rest)
}

/// `Nov 28 12:00:00 host kernel: `.
pub(super) fn syslog(line: &str) -> Option<&str> {
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
    (all_digits(day) && is_precise_clock(time)).then(|| after_host(rest)).flatten()
}

/// `2026-11-28T12:00:00+0100 host kernel: ` or `2026-11-28 12:00:00,123 `, the host and the
/// program only if present.
pub(super) fn iso_time(line: &str) -> Option<&str> {
    let (day, rest) = line.split_at_checked(10)?;
    let (clock, rest) = rest.strip_prefix(['T', ' '])?.split_once(' ')?;
    let date = day.split('-').count() == 3 && day.split('-').all(all_digits);
    let rest = after_stream(rest).unwrap_or(rest);
    (date && is_precise_clock(clock)).then(|| after_host(rest).unwrap_or(rest))
}

/// `1732795200.123456 host kernel: `.
pub(super) fn unix_time(line: &str) -> Option<&str> {
    let (time, rest) = line.split_once(' ')?;
    if is_seconds(time) { after_host(rest) } else { None }
}

/// `qemu-1234  [001] d..1.  1234.567890: `, as ftrace and perf print.
pub(super) fn tracer(line: &str) -> Option<&str> {
    let (task, rest) = line.split_once(" [")?;
    let (cpu, rest) = rest.split_once("] ")?;
    let (time, rest) = rest.split_once(": ")?;
    let mut words = time.split_ascii_whitespace().rev();
    let timed = words.next().is_some_and(is_seconds) && words.count() <= 1;
    (timed && all_digits(cpu) && !task.trim().is_empty()).then_some(rest)
}

/// The rest after `stdout F `, as the logs of containers have.
fn after_stream(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("stdout ").or_else(|| text.strip_prefix("stderr "))?;
    rest.strip_prefix("F ").or_else(|| rest.strip_prefix("P "))
}

/// The rest after `host program[pid]: `.
fn after_host(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(' ')?;
    let (program, rest) = rest.split_once(": ")?;
    let named = !program.contains(' ') && program.contains(|c: char| !c.is_ascii_hexdigit());
    named.then_some(rest)
}

/// Whether a text is a number of seconds with a fraction.
fn is_seconds(text: &str) -> bool {
    text.split_once('.').is_some_and(|(whole, part)| all_digits(whole) && all_digits(part))
}

/// Whether a text is a time, possibly with a fraction and a time zone.
fn is_precise_clock(text: &str) -> bool {
    let further = |c: char| c.is_ascii_digit() || ".,+-:Z".contains(c);
    text.split_at_checked(8)
        .is_some_and(|(clock, rest)| is_clock(clock) && rest.chars().all(further))
}

pub(super) fn is_clock(text: &str) -> bool {
    let mut parts = text.split(':');
    let two = |part: Option<&str>| part.is_some_and(|part| part.len() == 2 && all_digits(part));
    two(parts.next()) && two(parts.next()) && two(parts.next()) && parts.next().is_none()
}

pub(super) fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
