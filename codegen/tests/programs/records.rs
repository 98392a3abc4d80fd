//! Runs the differential fuzz targets on records from standard input: a letter for
//! the target, the record's size in 4 bytes, the record. Prints the number of
//! records. Compiled by the tests.

mod agree;
mod reply;
mod requests;
mod targets;
mod trace;

use std::io::Read;

fn main() {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input).expect("records");
    let (mut rest, mut counts) = (&input[..], [0_u64; 3]);
    while let Some(([target, size @ ..], behind)) = rest.split_first_chunk::<5>() {
        let (record, behind) = behind.split_at(u32::from_le_bytes(*size) as usize);
        rest = behind;
        let (target, body): (_, fn(&[u8])) = match target {
            b'w' => (0, targets::walk),
            b'r' => (1, targets::reply),
            b'a' => (2, targets::argument),
            other => panic!("there is no target {other}"),
        };
        body(record);
        counts[target] += 1;
    }
    println!("walk {}, reply {}, argument {}", counts[0], counts[1], counts[2]);
}
