//! Runs the differential fuzz targets on records from standard input: a letter for
//! the target, the record's size in 4 bytes, the record. Prints the number of
//! records. Compiled by the tests.

mod agree;
mod reply;
mod targets;
mod trace;

use std::io::Read;

fn main() {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input).expect("records");
    let (mut rest, mut counts) = (&input[..], [0_u64; 2]);
    while let Some(([target, size @ ..], behind)) = rest.split_first_chunk::<5>() {
        let (record, behind) = behind.split_at(u32::from_le_bytes(*size) as usize);
        rest = behind;
        match target {
            b'w' => targets::walk(record),
            b'r' => targets::reply(record),
            other => panic!("there is no target {other}"),
        }
        counts[usize::from(*target == b'r')] += 1;
    }
    println!("walk {}, reply {}", counts[0], counts[1]);
}
