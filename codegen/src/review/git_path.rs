//! Paths as the heads of a diff name them.

use crate::dump::escape;

/// The path, without the time after a tab, quotes, and `a/` or `b/`.
pub(super) fn path(text: &str) -> String {
    let text = text.split('\t').next().unwrap_or_default().trim();
    let text = unquoted(text).unwrap_or_else(|| text.to_owned());
    match text.strip_prefix("a/").or_else(|| text.strip_prefix("b/")) {
        Some(path) => path.to_owned(),
        None => text,
    }
}

/// A path that git quotes as a string of C: one with spaces of any kind, or not in ASCII.
fn unquoted(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix('"')?.strip_suffix('"')?.as_bytes();
    let mut bytes = Vec::new();
    while let Some((first, after)) = rest.split_first() {
        let plain = || after.split_first().map(|(byte, tail)| (*byte, tail));
        let (byte, tail) = match first {
            b'\\' => escape(after).ok().or_else(plain)?,
            other => (*other, after),
        };
        bytes.push(byte);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_paths_and_others() {
        assert_eq!(path("a/include/uapi/linux/vfio.h\t2026-01-01"), "include/uapi/linux/vfio.h");
        assert_eq!(path("\"b/in clude/\\166fio.h\""), "in clude/vfio.h");
        assert_eq!(path("\"a/\\303\\274\\t\\\"\""), "\u{fc}\t\"");
        assert_eq!(path("\"a/\\9\""), "9");
        assert_eq!(path("\"a/\\3"), "\"a/\\3");
        assert_eq!(path("/dev/null"), "/dev/null");
    }
}
