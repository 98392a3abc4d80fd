//! The example of an item on its page. Functions of the header are named as the parts of the
//! header name them.

use std::collections::HashMap;

use super::statements::broken;
use super::{HeaderEmitter, spaces};
use crate::emit::example::{Example, shown_field, usual};
use crate::ir::{Abi, Group, GroupId, Item, Literal, Macro, MacroId, Struct, StructId};
use crate::names;

/// The examples of all items.
pub(in crate::emit) struct Examples {
    found: HashMap<Item, Example>,
}

impl Examples {
    /// Those of an ABI.
    pub(in crate::emit) fn new(header: &HeaderEmitter<'_>) -> Self {
        let (abi, emitter) = (header.context.abi, header.emitter());
        let writer = ExampleWriter { stem: emitter.stem, macro_prefix: emitter.macro_prefix };
        let groups =
            abi.groups.iter().enumerate().filter_map(|(at, group)| {
                Some((Item::Group(GroupId(at)), writer.group(abi, group)?))
            });
        let macros = abi.macros.iter().enumerate();
        let macros = macros.map(|(at, one)| (Item::Macro(MacroId(at)), writer.macro_(one)));
        let structs = (0..abi.structs.len()).map(StructId);
        let structs = structs.map(|id| (Item::Struct(id), writer.struct_(abi, abi.struct_(id))));
        let chains = emitter.chain_examples(&writer, header.chains());
        let spaces = spaces::examples(abi, &writer, header.spaces());
        let calls = emitter.call_examples(&writer, header.calls());
        let mut found: HashMap<_, _> = groups.chain(macros).chain(structs).collect();
        // Of several examples of an item, the first; it replaces the one that each struct has.
        found.extend(chains.into_iter().chain(spaces).chain(calls).rev());
        Self { found }
    }

    /// The example of an item; none if it has nothing that a program can use.
    pub(in crate::emit) fn of(&self, item: Item) -> Option<&Example> {
        self.found.get(&item)
    }
}

/// Writes functions that use the header.
pub(super) struct ExampleWriter<'a> {
    pub(super) stem: &'a str,
    pub(super) macro_prefix: &'a str,
}

impl ExampleWriter<'_> {
    /// A function that returns 0.
    pub(super) fn function(&self, parameters: &[String], statements: Vec<String>) -> Example {
        let parameters = match parameters {
            [] => "void".to_owned(),
            all => all.join(", "),
        };
        Example {
            uses: vec!["#include <stdio.h>".to_owned(), format!("#include \"{}.h\"", self.stem)],
            modules: Vec::new(),
            signature: format!("int example({parameters})"),
            statements,
            end: vec!["return 0;".to_owned()],
        }
    }

    /// A function that makes a call.
    pub(super) fn caller(&self, parameters: &[String], statements: Vec<String>) -> Example {
        let mut example = self.function(parameters, statements);
        example.uses.insert(1, format!("#define {}WITH_IOCTL", self.macro_prefix));
        example
    }

    /// The parameters with the bytes of a reply.
    pub(super) fn bytes(&self) -> [String; 2] {
        ["const void *buf".to_owned(), format!("{}_size len", self.stem)]
    }

    /// A struct with its size and a field set.
    fn struct_(&self, abi: &Abi, one: &Struct) -> Example {
        let argsz = one.argsz.map(|at| format!(".{} = sizeof(value)", one.fields[at].name));
        let field = shown_field(abi, one).map(|(field, named)| {
            let number = named.map_or("1", |(_, value)| &value.name);
            format!(".{} = {number}", field.name)
        });
        let fields: Vec<_> = argsz.into_iter().chain(field).collect();
        let statements = match fields.is_empty() {
            true => vec![format!("printf(\"%zu bytes\\n\", sizeof(struct {}));", one.name)],
            false => {
                let mut lines = vec![format!("const struct {} value = {{", one.name)];
                lines.extend(fields.iter().map(|field| format!("\t{field},")));
                let print = "printf(\"%zu bytes\\n\", sizeof(value));";
                lines.extend(["};", "", print].map(str::to_owned));
                lines
            }
        };
        self.function(&[], statements)
    }

    /// Names a number of a group, or prints one.
    fn group(&self, abi: &Abi, group: &Group) -> Option<Example> {
        let Some(type_) = &group.rust else {
            let value = usual(group.values.iter()).into_iter().next()?;
            let name = &value.name;
            let (format, cast) = match value.literal {
                Literal::Text(_) => ("%s", ""),
                Literal::Hex | Literal::Bit { .. } => ("%#llx", "(unsigned long long)"),
                _ => ("%lld", "(long long)"),
            };
            let text = format!("\"{name} = {format}\\n\"");
            let print = call("printf", &[text, [cast, name].concat()]);
            return Some(self.function(&[], print));
        };
        let name = |word| names::c_group(&abi.name, &abi.prefix, type_, word);
        let values: Vec<_> = usual(group.named()).into_iter().map(|value| &value.name).collect();
        let statements = match &values[..] {
            [] => return None,
            [first, second, ..] if group.is_flags() => {
                let flags = format!("{first} | {second}");
                let arguments = [flags, "text".to_owned(), "sizeof(text)".to_owned()];
                let mut lines = vec!["char text[256];".to_owned(), String::new()];
                lines.extend(call(&name("text"), &arguments));
                lines.push("puts(text);".to_owned());
                lines
            }
            [first, ..] => {
                call("printf", &["\"%s\\n\"".to_owned(), format!("{}({first})", name("name"))])
            }
        };
        Some(self.function(&[], statements))
    }

    /// Calls a macro.
    fn macro_(&self, one: &Macro) -> Example {
        let arguments = vec!["1"; one.args.len()].join(", ");
        let call = format!("{}({arguments})", one.name);
        let print = format!("printf(\"%#llx\\n\", (unsigned long long){call});");
        self.function(&[], vec![print])
    }
}

/// A call of a function as a statement of an example, which `Example` indents.
fn call(function: &str, arguments: &[String]) -> Vec<String> {
    let lines = broken(1, &[function, "("].concat(), arguments, ");").into_iter();
    lines.map(|line| line[1..].to_owned()).collect()
}
