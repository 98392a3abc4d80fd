//! Lines outside hunks by which a diff says that it changes a file in another way: a rename,
//! a binary file, or a merge.

use super::git_path;
use super::patch::{BadLine, FilePatch};

/// What the lines of a mail have said of a file that has no hunk yet.
#[derive(Debug, Default)]
pub(super) struct GitHead {
    /// Whether `diff --git` was there.
    pub(super) by_git: bool,
    /// The path of that line, if both sides have the same.
    path: String,
}

impl GitHead {
    /// What a line outside hunks starts.
    pub(super) fn of(line: &str) -> Option<Self> {
        let paths = line.strip_prefix("diff --git ")?;
        let new = paths.rfind(" b/").or_else(|| paths.rfind(" \"b/"));
        let path = new.map(|at| git_path::path(&paths[at + 1..]));
        Some(Self { by_git: true, path: path.unwrap_or_default() })
    }

    /// The file that a line changes without a hunk.
    pub(super) fn change(&self, line: &str, number: usize) -> Option<FilePatch> {
        let changed = |path: String, message: &str| FilePatch {
            old_path: path.clone(),
            path,
            by_git: self.by_git,
            problems: vec![BadLine { number, message: message.to_owned() }],
            ..FilePatch::default()
        };
        if line == "GIT binary patch" && self.by_git {
            return Some(changed(self.path.clone(), "a binary change is not read"));
        }
        if let Some(path) = line.strip_prefix("rename from ").filter(|_| self.by_git) {
            return Some(changed(git_path::path(path), "the patch renames this file"));
        }
        let (old, new) =
            line.strip_prefix("Binary files ")?.strip_suffix(" differ")?.split_once(" and ")?;
        let paths = [new, old].map(git_path::path);
        let path = paths.into_iter().find(|path| path != "/dev/null")?;
        Some(changed(path, "a binary change is not read"))
    }
}

/// What is wrong with a line that starts a hunk of several parents, as `git show MERGE` prints
/// it.
pub(super) fn merge(line: &str, number: usize) -> Option<BadLine> {
    let message =
        "a hunk of several parents is not read: `git diff MERGE^1 MERGE` prints those of one";
    line.starts_with("@@@").then(|| BadLine { number, message: message.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_without_hunks() {
        let head = GitHead::of("diff --git a/x/vfio.h b/x/vfio.h").expect("a head");
        let path = |head: &GitHead, line| head.change(line, 3).map(|file| file.path);
        assert_eq!(path(&head, "GIT binary patch").as_deref(), Some("x/vfio.h"));
        assert_eq!(path(&head, "rename from x/a.h").as_deref(), Some("x/a.h"));
        let prose = GitHead::default();
        assert_eq!(path(&prose, "rename from x/a.h"), None);
        assert_eq!(path(&prose, "Binary files a/x.h and b/x.h differ").as_deref(), Some("x.h"));
        let removed = "Binary files a/x.h and /dev/null differ";
        assert_eq!(path(&prose, removed).as_deref(), Some("x.h"));
        let quoted = GitHead::of("diff --git \"a/\\303\\274.h\" \"b/\\303\\274.h\"");
        assert_eq!(quoted.expect("a head").path, "\u{fc}.h");
    }
}
