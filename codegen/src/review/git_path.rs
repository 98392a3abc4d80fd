//! Paths as the heads of a diff name them.

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
    let mut rest = text.strip_prefix('"')?.strip_suffix('"')?.bytes();
    let mut bytes = Vec::new();
    while let Some(byte) = rest.next() {
        let one = match byte {
            b'\\' => match rest.next()? {
                b'a' => 7,
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                first @ b'0'..=b'3' => {
                    let digits = [first, rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 8).ok()?
                }
                other => other,
            },
            other => other,
        };
        bytes.push(one);
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
