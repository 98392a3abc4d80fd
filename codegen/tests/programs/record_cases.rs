//! Prints the text of the records of each case in a file: the length of the bytes, the type,
//! the kind in 16 bytes, and the bytes. Compiled by the tests.

mod record_text;

fn main() {
    let path = std::env::args().nth(1).expect("a path");
    let all = std::fs::read(path).expect("a file");
    let mut rest = &all[..];
    while let Some((head, tail)) = rest.split_first_chunk::<24>() {
        let word = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().expect("a word"));
        let kind = std::str::from_utf8(&head[8..]).expect("a name").trim_end_matches('\0');
        let (bytes, after) = tail.split_at(word(0) as usize);
        print!("{}end\n", record_text::text(kind, word(4), bytes));
        rest = after;
    }
}
