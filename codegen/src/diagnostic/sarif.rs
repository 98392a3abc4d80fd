//! Findings as SARIF 2.1.0, the format in which forges and editors take the results of
//! static analysis.

use serde_json::{Value, json};

use super::Code;

/// One result.
#[derive(Clone, Debug)]
pub struct SarifResult<'a> {
    /// How much it weighs.
    pub level: SarifLevel,
    /// The rule.
    pub code: Code,
    /// The finding in one sentence.
    pub message: String,
    /// File, line and column, both from 1.
    pub place: Option<(&'a str, usize, usize)>,
}

/// How much a result weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SarifLevel {
    /// The run fails.
    Error,
    /// Worth a look.
    Warning,
    /// For information.
    Note,
}

impl SarifLevel {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A log of one run. `title` gives the short description of a rule.
pub fn sarif(results: &[SarifResult<'_>], title: impl Fn(Code) -> Option<String>) -> Value {
    let mut codes: Vec<_> = results.iter().map(|result| result.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<_> = codes
        .iter()
        .map(|code| match title(*code) {
            Some(title) => json!({ "id": code, "shortDescription": { "text": title } }),
            None => json!({ "id": code }),
        })
        .collect();
    let results: Vec<_> = results.iter().map(|result| object(result, &codes)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn object(result: &SarifResult<'_>, codes: &[Code]) -> Value {
    let mut object = json!({
        "ruleId": result.code,
        "ruleIndex": codes.binary_search(&result.code).unwrap_or_default(),
        "level": result.level.word(),
        "message": { "text": result.message },
    });
    if let Some((file, line, column)) = result.place {
        object["locations"] = json!([{ "physicalLocation": {
            "artifactLocation": { "uri": uri(file) },
            "region": { "startLine": line, "startColumn": column },
        } }]);
    }
    object
}

/// A path as a relative reference.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' | b'+' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_has_its_rule_and_its_place() {
        let result = SarifResult {
            level: SarifLevel::Error,
            code: Code("C3"),
            message: "moves".to_owned(),
            place: Some(("a b/c.h", 7, 1)),
        };
        let log = sarif(&[result], |_| Some("title".to_owned()));
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "C3");
        let place = &run["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b/c.h");
        assert_eq!(place["region"]["startLine"], 7);
    }
}
