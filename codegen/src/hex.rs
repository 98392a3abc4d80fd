//! Bytes as hexadecimal digits.

/// Two digits per byte.
pub fn digits(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.extend(pair(*byte));
    }
    text
}

/// Two digits per byte, with spaces between the bytes.
pub fn spaced(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for (index, byte) in bytes.iter().enumerate() {
        text.extend((index > 0).then_some(' '));
        text.extend(pair(*byte));
    }
    text
}

fn pair(byte: u8) -> [char; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)]))
}
