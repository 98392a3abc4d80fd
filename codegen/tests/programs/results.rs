//! Prints the values that the views of results find in arguments. Compiled by the tests.
//!
//! Standard input has records: the index of the view, 1 for big endian, the layout, the
//! size of the argument in 4 bytes, the argument. An empty record lists the views.

mod requests;

use std::io::Read;

use requests::{VIEWS, View};
use generated_abi::requests::{CLayout, ReplyError, Wire};

fn main() {
    for View { struct_, start, flags, .. } in VIEWS {
        let flags = flags.map_or("none".to_owned(), |(at, value)| format!("{at},{value}"));
        println!("view {struct_} {start} {flags}");
    }
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input).expect("records");
    let mut rest = &input[..];
    while let Some(([view, order, layout, size @ ..], behind)) = rest.split_first_chunk::<7>() {
        let (bytes, behind) = behind.split_at(u32::from_le_bytes(*size) as usize);
        rest = behind;
        let layout = match layout {
            0 => CLayout::Lp64,
            1 => CLayout::Ilp32,
            _ => CLayout::Ilp32Aligned,
        };
        let wire = Wire { big_endian: *order != 0, layout };
        let mut text = String::new();
        let mut put = |name: &'static str, value: Option<u64>| {
            let value = value.map_or("none".to_owned(), |value| value.to_string());
            text += &format!(" {name}={value}");
        };
        match (VIEWS[usize::from(*view)].read)(&mut put, bytes, wire) {
            Ok(()) => println!("values{text}"),
            Err(ReplyError::TooShort { len, minsz }) => println!("short {len} {minsz}"),
            Err(other) => println!("{other:?}"),
        }
    }
}
