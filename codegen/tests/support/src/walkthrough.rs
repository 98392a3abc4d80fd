//! Runs documents: writes the blocks that are files, runs the blocks of commands, and
//! compares their output with the block that follows. UPDATE_GOLDEN=1 writes the
//! output into the document.

use std::fs;
use std::path::Path;

use crate::program::shell;

/// Runs a document in a folder. Returns the exit codes of its commands.
pub fn follow(document: &Path, folder: &Path) -> Vec<i32> {
    let told = fs::read_to_string(document).expect("a document");
    let (mut anew, mut printed, mut codes) = (String::new(), None, Vec::new());
    for (index, part) in told.split("```").enumerate() {
        let part = match (index % 2, part.split_once('\n')) {
            (1, Some((info, text))) => block(folder, info, text, &mut printed, &mut codes),
            _ => part.to_owned(),
        };
        let fence = if index == 0 { "" } else { "```" };
        anew += &[fence, &part].concat();
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(document, &anew).expect("a document to write");
        return codes;
    }
    let (mut was, mut is) = (told.lines(), anew.lines());
    let wrong = was.by_ref().zip(is.by_ref()).find(|(was, is)| was != is);
    let shown = document.display();
    assert_eq!(wrong, None, "{shown}: UPDATE_GOLDEN=1 writes what is printed");
    assert_eq!(told.len(), anew.len(), "{shown}");
    codes
}

/// The expected text of a block. The output of a block of commands belongs in the
/// next block.
fn block(
    folder: &Path,
    info: &str,
    text: &str,
    printed: &mut Option<String>,
    codes: &mut Vec<i32>,
) -> String {
    let text = match (info.split_once(' '), printed.take()) {
        (_, Some(due)) if info == "text" => due,
        (Some((_, name)), None) => {
            fs::write(folder.join(name), text).expect("a file");
            text.to_owned()
        }
        (None, None) if info == "sh" => {
            let mut all = String::new();
            for line in text.lines() {
                let outcome = shell(folder, line);
                codes.push(outcome.code);
                all += &(outcome.stdout + &outcome.stderr);
            }
            *printed = Some(all);
            text.to_owned()
        }
        (_, due) => panic!("`{info}` is no block that is known; printed and not shown: {due:?}"),
    };
    format!("{info}\n{text}")
}
