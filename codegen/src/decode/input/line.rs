//! One line with a reply: text of the usual formats, or a JSON object with such text.

use serde::Deserialize;
use serde_json::Value as Json;

use super::Input;

/// A line.
#[derive(Debug)]
pub struct InputLine {
    /// The bytes.
    pub input: Input,
    /// The type of the bytes, if the line names it.
    pub struct_: Option<String>,
    /// A value that identifies the line in the output.
    pub id: Option<Json>,
}

/// An object: other keys are ignored, so that records of other programs can be used.
#[derive(Deserialize)]
struct LineObject {
    bytes: String,
    #[serde(rename = "struct")]
    struct_: Option<String>,
    id: Option<Json>,
}

/// Reads a line.
///
/// # Errors
///
/// A sentence that says why there are no bytes.
pub fn line(text: &[u8]) -> Result<InputLine, String> {
    let text = text.trim_ascii();
    if !text.starts_with(b"{") {
        let text = super::text(text).ok_or("the line is not text")?;
        return Ok(InputLine { input: super::read(text.as_bytes())?, struct_: None, id: None });
    }
    let LineObject { bytes, struct_, id } = serde_json::from_slice(text)
        .map_err(|error| format!("the JSON cannot be read: {error}"))?;
    super::text(bytes.as_bytes()).ok_or("`bytes` is not text")?;
    Ok(InputLine { input: super::read(bytes.as_bytes())?, struct_, id })
}
