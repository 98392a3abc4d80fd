//! Lists of parameters and arguments, broken into lines.

use crate::emit::c::tabs::WIDTH;

/// Items with commas between them, and `end` after the last, in lines that are indented
/// by two tabs.
pub(super) fn list(items: &[String], end: &str) -> Vec<String> {
    let room = WIDTH - 16;
    let mut lines: Vec<String> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let mark = if index + 1 == items.len() { end } else { "," };
        match lines.last_mut() {
            Some(line) if line.len() + 1 + item.len() + mark.len() <= room => {
                line.push(' ');
                line.push_str(item);
                line.push_str(mark);
            }
            _ => lines.push([item, mark].concat()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_broken_after_its_commas() {
        let items = ["void *buf", "vfio_abi_size len", "__u32 index", "const __s32 *eventfds"];
        let items = items.map(str::to_owned);
        assert_eq!(
            list(&items, ")"),
            ["void *buf, vfio_abi_size len, __u32 index,", "const __s32 *eventfds)"]
        );
    }
}
