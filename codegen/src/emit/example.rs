//! An example of an item: a function, of which pages show all and rustdoc the statements.

use crate::ir::{Abi, Field, Group, Role, Struct, Type, Value};
use crate::layout::Int;

/// A function that shows how an item is used.
#[derive(Clone)]
pub(super) struct Example {
    /// The declarations that it uses.
    pub(super) uses: Vec<String>,
    /// Declarations that only its signature uses.
    pub(super) modules: Vec<String>,
    /// Its signature.
    pub(super) signature: String,
    /// Its statements.
    pub(super) statements: Vec<String>,
    /// The last lines of its body.
    pub(super) end: Vec<String>,
}

impl Example {
    /// The text with the function whose first lines are `opening`.
    fn text(&self, opening: &str, indent: &str) -> String {
        let mut text = String::new();
        for line in self.uses.iter().chain(&self.modules) {
            text.extend([line, "\n"]);
        }
        text.extend(["\n", opening, "\n"]);
        for line in self.statements.iter().chain(&self.end) {
            text.extend([if line.is_empty() { "" } else { indent }, line, "\n"]);
        }
        text + "}"
    }

    /// As Rust.
    pub(super) fn rust(&self) -> String {
        self.text(&[&self.signature, " {"].concat(), "    ")
    }

    /// As C.
    pub(super) fn c(&self) -> String {
        self.text(&[&self.signature, "\n{"].concat(), "\t")
    }

    /// Lines for rustdoc, which hides those that start with `# `.
    pub(super) fn rustdoc(&self) -> Vec<String> {
        let hidden = |line: &str| ["# ", line].concat();
        let mut lines = self.uses.clone();
        lines.extend(self.modules.iter().map(|line| hidden(line)));
        lines.push(String::new());
        if self.signature == MAIN {
            lines.extend(self.statements.iter().cloned());
            return lines;
        }
        lines.extend([&self.signature, " {"].concat().lines().map(hidden));
        lines.extend(self.statements.iter().cloned());
        lines.extend(self.end.iter().map(|line| hidden(line)));
        lines.push("# }".to_owned());
        lines
    }
}

/// The signature of a whole program in Rust.
pub(super) const MAIN: &str = "fn main()";

/// A statement in C that prints a member of `value`; flags and long numbers in hexadecimal.
pub(super) fn printf(abi: &Abi, value: &str, field: &Field, int: Int) -> String {
    let (member, group) = (&field.name, field.group.map(|id| abi.group(id)));
    let is_flags = group.is_some_and(Group::is_flags);
    let format = match (int.size(), int.signed()) {
        (8, false) => "%#llx",
        (8, true) => "%lld",
        (_, false) if is_flags => "%#x",
        (_, false) => "%u",
        (_, true) => "%d",
    };
    format!("printf(\"{member} {format}\\n\", {value}.{member});")
}

/// A field of a struct with a number that means something, if there is one; else any number
/// that a program sets.
pub(super) fn shown_field<'a>(
    abi: &'a Abi,
    struct_: &'a Struct,
) -> Option<(&'a Field, Option<(&'a Group, &'a Value)>)> {
    let integers = struct_.fields.iter().filter(|field| match &field.type_ {
        Type::Int(int) => int.value() == *int,
        _ => false,
    });
    let named = integers.clone().find_map(|field| {
        let group = abi.group(field.group?);
        let value = usual(group.named()).into_iter().next()?;
        Some((field, Some((group, value))))
    });
    let data = |field: &&Field| {
        let is_number = matches!(field.role, Role::Data | Role::Count);
        (is_number || field.role.descriptor().is_some()) && field.group.is_none()
    };
    named.or_else(|| Some((integers.clone().find(data)?, None)))
}

/// The numbers that are not deprecated; all, if all are.
pub(super) fn usual<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<&'a Value> {
    let all: Vec<_> = values.collect();
    let current = |value: &&Value| value.meta.deprecated.is_none();
    match all.iter().copied().any(|value| current(&value)) {
        true => all.into_iter().filter(current).collect(),
        false => all,
    }
}
