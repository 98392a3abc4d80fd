//! The report on whole spaces, such as those of all devices in a dump.

use serde_json::{Value, json};

use super::{CommandResult, FINDINGS, Format, Output, SUCCESS, json, overlay_line};
use crate::decode::{self, WholeSpace};
use crate::dump::labelled::LabelledBytes;
use crate::ir::{Abi, StructId};
use crate::layout::Target;

/// The type and the target of spaces.
#[derive(Clone, Copy, Debug)]
pub struct SpaceType<'a> {
    /// The resolved ABI.
    pub abi: &'a Abi,
    /// The struct at the start.
    pub struct_: StructId,
    /// The machine that the bytes come from.
    pub target: &'static Target,
}

impl<'a> SpaceType<'a> {
    /// The report on a dump of several spaces. Of JSON, an object with all of them or, of
    /// `lines`, a line for each.
    ///
    /// # Errors
    ///
    /// The result cannot be written as JSON.
    pub fn report(self, blocks: &[LabelledBytes], format: Format, lines: bool) -> CommandResult {
        let mut output = Output { text: String::new(), code: SUCCESS };
        let mut objects = Vec::new();
        if format == Format::Text && !lines {
            output.text += &overlay_line(self.abi);
        }
        for block in blocks {
            let space = WholeSpace::read(self.abi, self.struct_, self.target, &block.bytes);
            if space.problem().is_some() {
                output.code = FINDINGS;
            }
            match (lines, format) {
                (true, _) => output.text += &format!("{}\n", object(&block.label, &space)),
                (false, Format::Json) => objects.push(object(&block.label, &space)),
                (false, Format::Text) => output.text += &text(&block.label, &space),
            }
        }
        match format {
            Format::Json if !lines => {
                let whole = json(&json!({ "version": 1, "spaces": objects }))?;
                Ok(Output { code: output.code, ..whole })
            }
            _ => Ok(output),
        }
    }
}

fn text(label: &str, space: &WholeSpace<'_>) -> String {
    let parts = [&space.start].into_iter().chain(&space.chains);
    let parts: String = parts.map(decode::text).collect();
    match label.is_empty() {
        true => parts,
        false => format!("{label}\n{parts}\n"),
    }
}

/// The object of a space: that of its struct, with its label and its chains.
fn object(label: &str, space: &WholeSpace<'_>) -> Value {
    let mut object = decode::json(&space.start);
    object["label"] = match label.is_empty() {
        true => Value::Null,
        false => label.into(),
    };
    let chains = space.chains.iter().map(|chain| {
        let mut whole = decode::json(chain);
        json!({
            "chain": whole["chain"].take(),
            "caps": whole["caps"].take(),
            "error": whole["error"].take(),
        })
    });
    object["chains"] = chains.collect();
    if let Value::Object(members) = &mut object {
        members.retain(|key, _| key != "chain" && key != "caps");
    }
    object
}
