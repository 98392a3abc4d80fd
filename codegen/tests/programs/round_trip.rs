//! Prints for each line, which has a chain and the bytes of a reply in hexadecimal, the bytes
//! that are written again. The tests write functions for each chain next to it.

mod chains;

fn main() {
    for line in std::io::stdin().lines() {
        let line = line.expect("a line");
        let (chain, text) = line.split_once(' ').expect("a chain");
        let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("two digits");
        let bytes: Vec<u8> = (0..text.len() / 2).map(|index| byte(index * 2)).collect();
        let hex = chains::written(chain, &bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        println!("{hex}");
    }
}
