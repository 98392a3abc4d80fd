//! Examples of ioctls, and of structs that end in an array: call the function of the header,
//! and print what it returns.

use super::view::CallsView;
use crate::emit::c::emitter::Emitter;
use crate::emit::c::examples::ExampleWriter;
use crate::emit::c::statements::broken;
use crate::emit::example::{Example, printf};
use crate::ir::requests::Returns;
use crate::ir::{IoctlId, Item, StructId, Type};

/// How many fields of a result are printed.
const SHOWN: usize = 3;

/// A call of a function of the header.
pub(super) struct ExampleCall<'a> {
    pub(super) ioctl: IoctlId,
    pub(super) function: &'a str,
    /// The parameters of the example.
    pub(super) parameters: Vec<String>,
    pub(super) variables: Vec<String>,
    /// What it passes.
    pub(super) arguments: Vec<String>,
    pub(super) returns: Returns,
    /// What it prints.
    pub(super) prints: Vec<String>,
    /// What it does in the end, also after an error.
    pub(super) cleanup: Option<&'static str>,
}

impl Emitter<'_, '_> {
    /// The examples of ioctls, and of structs that end in an array.
    pub(in crate::emit::c) fn call_examples(
        &self,
        writer: &ExampleWriter<'_>,
        view: &CallsView,
    ) -> Vec<(Item, Example)> {
        let calls = view.requests.iter().map(|request| &request.call.example);
        let plain = view.plain.iter().map(|call| &call.example);
        let growing = view.growing.iter().map(|call| &call.example);
        let calls = calls.chain(plain).chain(growing).cloned();
        let counted = self.abi.protocol.counted.iter().zip(&view.counted).map(|(plan, reply)| {
            let mut statements = vec![
                format!("struct {} info;", reply.name),
                String::new(),
                format!("if ({}(buf, len, &info))", reply.parse),
                "\treturn -1;".to_owned(),
            ];
            statements.extend(self.printed(plan.struct_, "info"));
            let example = writer.function(&writer.bytes(), statements);
            (Item::Struct(plan.struct_), example)
        });
        calls.chain(counted).collect()
    }

    /// Prints the results in a struct.
    pub(super) fn printed(&self, id: StructId, variable: &str) -> Vec<String> {
        let fields = self.abi.struct_(id).fields.iter().filter_map(|field| match field.type_ {
            Type::Int(int) if field.is_result() => {
                Some(printf(self.abi, variable, field, int.value()))
            }
            _ => None,
        });
        fields.take(SHOWN).collect()
    }

    /// The example of a call.
    pub(super) fn example(&self, call: ExampleCall<'_>) -> (Item, Example) {
        let writer = ExampleWriter { stem: self.stem, macro_prefix: self.macro_prefix };
        let is_number = call.returns != Returns::Nothing;
        let mut statements = call.variables;
        let (head, end) = match is_number {
            true => (["result = ", call.function, "("].concat(), ");"),
            false => (["if (", call.function, "("].concat(), ")) {"),
        };
        if is_number {
            statements.push("int result;".to_owned());
        }
        if !statements.is_empty() {
            statements.push(String::new());
        }
        let lines = broken(1, &head, &call.arguments, end).into_iter();
        statements.extend(lines.map(|line| line[1..].to_owned()));
        statements.extend(is_number.then(|| "if (result < 0) {".to_owned()));
        statements.push(format!("\tperror(\"{}\");", self.abi.ioctl(call.ioctl).name));
        statements.extend(call.cleanup.map(|line| ["\t", line].concat()));
        statements.extend(["\treturn -1;".to_owned(), "}".to_owned()]);
        statements.extend(is_number.then(|| "printf(\"%d\\n\", result);".to_owned()));
        statements.extend(call.prints);
        statements.extend(call.cleanup.map(str::to_owned));
        (Item::Ioctl(call.ioctl), writer.caller(&call.parameters, statements))
    }
}
