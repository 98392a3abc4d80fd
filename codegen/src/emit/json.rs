//! Emits `abi.json`: the document of an ABI as JSON. `docs/abi-json.md` describes it; its
//! JSON Schema is an output too.

use schemars::Schema;
use schemars::generate::SchemaSettings;

use super::document::AbiDocument;
use crate::output::{self, OutputFile};

/// The name of the schema's file, without its ending.
const SCHEMA: &str = "document";

/// `abi.json`.
pub(super) fn emit(document: &AbiDocument<'_>) -> Vec<OutputFile> {
    let text = serde_json::to_string_pretty(document);
    let text = text.expect("names, strings and integers can be printed");
    vec![OutputFile { path: "abi.json".to_owned(), contents: text + "\n" }]
}

/// The schema of the document.
pub(super) fn schema() -> OutputFile {
    let generator = SchemaSettings::draft07().for_serialize().into_generator();
    let mut schema = Schema::into(generator.into_root_schema_for::<AbiDocument<'_>>());
    output::title(&mut schema, "abi.json", "codegen/src/emit/document.rs");
    output::schema(SCHEMA, schema)
}
