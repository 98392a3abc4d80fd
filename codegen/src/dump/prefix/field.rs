//! Fields of an event, of which one has the bytes: `len=8 buf=28 00 00 00 0f 00 00 00`.

/// The value of the only field that has several numbers; none if the line has other text.
pub(super) fn only(line: &str) -> Option<&str> {
    let (first, mut rest) = line.split_once('=')?;
    if !is_name(first.trim()) {
        return None;
    }
    let mut found = None;
    loop {
        let (value, further) = match rest.split_once('=') {
            Some((before, further)) => {
                let before = before.trim_end();
                let name = before.rfind([' ', ',']).map_or(0, |at| at + 1);
                let (value, name) = before.split_at(name);
                (is_name(name).then_some(value)?, Some(further))
            }
            None => (rest, None),
        };
        let value = value.trim_matches([' ', ',']);
        let separates = |c: char| " ,:-".contains(c);
        let words = || value.split(separates).filter(|word| !word.is_empty());
        if words().count() > 1 {
            let numbers = words().all(|word| word.bytes().all(|byte| byte.is_ascii_hexdigit()));
            if !numbers || found.replace(value).is_some() {
                return None;
            }
        }
        match further {
            Some(further) => rest = further,
            None => return found,
        }
    }
}

fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(allowed)
}
