//! What the generated header adds to the kernel's names, read from its own text.

use super::ApiItem;
use crate::emit;
use crate::ir::Abi;
use crate::names;

/// Every function, struct and macro of the header that programs may use: names with two
/// underscores after the prefix are internal.
pub(super) fn list(abi: &Abi) -> Vec<ApiItem> {
    let header = emit::c_header(abi);
    let stem = names::c_stem(&abi.name) + "_";
    let macros = names::c_macros(&abi.name);
    let file = format!("include/{}.h", names::c_stem(&abi.name));
    let lines: Vec<&str> = header.contents.lines().collect();
    let mut declared = Vec::<ApiItem>::new();
    for (at, line) in lines.iter().enumerate() {
        let (kind, rest) = match line {
            line if line.starts_with("static inline ") => ("function", line.split_once('(')),
            line if line.starts_with("struct ") => ("struct", line.split_once(" {")),
            line if line.starts_with("#define ") => {
                ("macro", line[8..].split_once([' ', '(', '\t']))
            }
            _ => continue,
        };
        let Some((before, _)) = rest else { continue };
        let name = before.rsplit([' ', '*']).next().unwrap_or_default();
        let prefix = if kind == "macro" { &macros } else { &stem };
        let usable = name.strip_prefix(prefix.as_str()).is_some_and(|rest| !rest.starts_with('_'));
        if usable && declared.iter().all(|one| one.name != name) {
            let (name, summary) = (name.to_owned(), summary(&lines[..at]));
            let usage = if kind == "function" { prototype(&lines[at..]) } else { String::new() };
            declared.push(ApiItem { name, kind, file: file.clone(), summary, usage });
        }
    }
    declared.sort_by(|a, b| a.name.cmp(&b.name));
    declared
}

/// The declaration of a function: its lines before its body.
fn prototype(lines: &[&str]) -> String {
    let before = lines.iter().take_while(|line| !line.starts_with('{'));
    let joined: String = before.map(|line| [line, "\n"].concat()).collect();
    [joined.trim_end().trim_start_matches("static inline "), ";\n"].concat()
}

/// The first sentence of the comment that ends directly before a declaration.
fn summary(before: &[&str]) -> String {
    let Some((last, _)) = before.split_last().filter(|(last, _)| last.trim().ends_with("*/"))
    else {
        return String::new();
    };
    let start = before.iter().rposition(|line| line.trim_start().starts_with("/*"));
    let lines = start.map_or(std::slice::from_ref(last), |start| &before[start..]);
    let bare = |line: &&str| {
        let line = line.trim().trim_start_matches("/*").trim_end_matches("*/");
        line.trim().trim_start_matches('*').trim().to_owned()
    };
    let text: Vec<String> = lines.iter().map(bare).filter(|line| !line.is_empty()).collect();
    emit::first_sentence(&text.join(" ")).to_owned()
}
