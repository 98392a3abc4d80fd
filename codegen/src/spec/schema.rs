//! The JSON Schema of the format, from the types that read it, so that
//! editors complete and check specification files.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::AbiFile;
use super::file::ItemFile;
use crate::output::{self, OutputFile};

/// The schema of `abi.yaml`, and that of every other file.
pub fn files() -> Vec<OutputFile> {
    let mut items = closed::<ItemFile>("A file of a capchain specification");
    split_values(&mut items);
    let abi = closed::<AbiFile>("abi.yaml of a capchain specification");
    [("abi", abi), ("items", items)].map(|(name, schema)| output::schema(name, schema)).into()
}

fn closed<T: JsonSchema>(title: &str) -> Value {
    let generator = SchemaSettings::draft07().into_generator();
    let mut schema: Value = Schema::into(generator.into_root_schema_for::<T>());
    close(&mut schema);
    output::title(&mut schema, title, "codegen/src/spec/schema.rs");
    schema
}

/// Forbids keys that an object does not list, at every level.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("properties") {
                map.entry("additionalProperties").or_insert(json!(false));
            }
            map.values_mut().for_each(close);
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}

/// One type reads three kinds of items that differ in the key that names
/// them; the schema has one definition for each.
fn split_values(schema: &mut Value) {
    let Some(values) = schema.pointer("/definitions/Values").cloned() else {
        return;
    };
    let kinds = ["constants", "enum", "id_space"].map(|kind| renamed(&values, kind));
    let kinds = json!({ "anyOf": kinds });
    if let Some(definition) = schema.pointer_mut("/definitions/Values") {
        *definition = kinds;
    }
}

fn renamed(values: &Value, kind: &str) -> Value {
    let mut values = values.clone();
    if let Some(properties) = values.pointer_mut("/properties").and_then(Value::as_object_mut) {
        let name = properties.shift_remove("constants").unwrap_or_default();
        properties.shift_insert(0, kind.to_owned(), name);
    }
    if let Some(required) = values.pointer_mut("/required").and_then(Value::as_array_mut) {
        for key in required.iter_mut().filter(|key| *key == "constants") {
            *key = json!(kind);
        }
    }
    values
}
