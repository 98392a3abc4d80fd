//! Functions and calls of functions, broken into lines.

use super::tabs::{WIDTH, end_column};

/// A call of a function.
pub(super) struct Statement {
    pub(super) function: String,
    pub(super) arguments: Vec<String>,
}

impl Statement {
    /// Its lines, indented by tabs.
    pub(super) fn lines(&self, tabs: usize) -> Vec<String> {
        broken(tabs, &[&self.function, "("].concat(), &self.arguments, ");")
    }

    /// The head of the statement for the case that the function returns 0, in a function; if
    /// there is a pointer, only where it is not null.
    pub(super) fn refusal(&self, pointer: Option<&str>) -> Vec<String> {
        let pointer = pointer.map(|pointer| [pointer, " && "].concat()).unwrap_or_default();
        let head = ["if (", &pointer, "!", &self.function, "("].concat();
        broken(1, &head, &self.arguments, "))")
    }
}

/// `head`, the items with commas between them, and `end`: one line, indented by tabs, if
/// it fits; otherwise the items follow in lines with two tabs more, or with one if an item is
/// too long for that.
pub(super) fn broken(tabs: usize, head: &str, items: &[String], end: &str) -> Vec<String> {
    let indent = "\t".repeat(tabs);
    let line = [&indent, head, &items.join(", "), end].concat();
    if end_column(&line) <= WIDTH {
        return vec![line];
    }
    let wide = "\t".repeat(tabs + 2);
    let fits = |item: &String| end_column(&[&wide, item, end].concat()) <= WIDTH;
    let inner = if items.iter().all(fits) { wide } else { "\t".repeat(tabs + 1) };
    let mut lines = vec![[&indent, head].concat()];
    for (index, item) in items.iter().enumerate() {
        let mark = if index + 1 == items.len() { end } else { "," };
        match lines.last_mut() {
            Some(line) if index > 0 && end_column(line) + 1 + item.len() + mark.len() <= WIDTH => {
                line.push(' ');
                line.push_str(item);
                line.push_str(mark);
            }
            _ => lines.push([&inner, item, mark].concat()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_broken_after_its_commas_if_it_does_not_fit() {
        let items = ["void *buf", "vfio_abi_size len", "__u32 index", "const __s32 *eventfds"];
        let items = items.map(str::to_owned);
        assert_eq!(
            broken(0, "static inline int short(", &items[..2], ")"),
            ["static inline int short(void *buf, vfio_abi_size len)"]
        );
        assert_eq!(
            broken(0, "static inline int vfio_abi_call_long(", &items, ")"),
            [
                "static inline int vfio_abi_call_long(",
                "\t\tvoid *buf, vfio_abi_size len, __u32 index,",
                "\t\tconst __s32 *eventfds)"
            ]
        );
        let long = ["void *buf".to_owned(), "x".repeat(65)];
        assert_eq!(broken(0, "function(", &long, ")")[1], "\tvoid *buf,");
        let exact = Statement { function: "f".repeat(60), arguments: vec!["12345678".to_owned()] };
        assert_eq!(exact.lines(1).len(), 1);
        assert_eq!(exact.lines(2).len(), 2);
    }
}
