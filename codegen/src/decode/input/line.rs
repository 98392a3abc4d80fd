//! One line with a reply: text of any form, or a JSON object with such text.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::dump;

/// A line.
#[derive(Debug)]
pub struct InputLine {
    /// The text of the bytes.
    pub text: String,
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
/// A sentence that says why there is no text of bytes.
pub fn line(text: &[u8]) -> Result<InputLine, String> {
    let text = text.trim_ascii();
    let object: Option<LineObject> = match text.starts_with(b"{") {
        true => match serde_json::from_slice(text) {
            Ok(object) => Some(object),
            Err(_) if !text.contains(&b':') => None,
            Err(error) => return Err(format!("the JSON cannot be read: {error}")),
        },
        false => None,
    };
    match object {
        Some(LineObject { bytes, struct_, id }) => match dump::text(bytes.as_bytes()).is_some() {
            true => Ok(InputLine { text: bytes, struct_, id }),
            false => Err("`bytes` is not text".to_owned()),
        },
        None if dump::text(text).is_some() => {
            let text = String::from_utf8_lossy(text).into_owned();
            Ok(InputLine { text, struct_: None, id: None })
        }
        None => Err("the line is not text".to_owned()),
    }
}
