//! Prints the reply as Rust formats it.

fn main() {
    let reply = include_bytes!("reply.bin");
    match std::env::args().nth(1).as_deref() {
        Some("debug") => println!("{reply:?}"),
        Some("pretty") => println!("{reply:#?}"),
        Some("hex") => println!("{reply:x?}"),
        Some("hex02") => println!("{reply:02x?}"),
        Some("alternate-hex") => println!("{reply:#04X?}"),
        _ => println!("b\"{}\"", reply.escape_ascii()),
    }
}
