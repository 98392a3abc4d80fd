//! Lines outside hunks by which a diff says that it changes a file in another way: a rename,
//! a binary file, a merge, a submodule, or a form of diff that is not read.

use super::changed_header::file_name;
use super::git_path;
use super::patch::{BadLine, FilePatch};

/// A line that starts the changes of a file.
#[derive(Debug, Default)]
pub(super) struct DiffHead {
    /// Whether `diff --git` was there.
    pub(super) by_git: bool,
    /// The path of the line.
    path: String,
    /// The number of the line in the mail.
    number: usize,
    /// What is wrong if no hunk follows.
    without_hunk: Option<&'static str>,
}

const NO_HUNK: &str = "no hunk of this file follows";
const REMOVED: &str = "the patch removes this file and does not show it";
const BINARY: &str = "a binary change is not read";
const SUBMODULE: &str = "a change of a submodule is not read";

impl DiffHead {
    /// What a line outside hunks starts.
    pub(super) fn of(line: &str, number: usize) -> Option<Self> {
        let (path, by_git) = match line.strip_prefix("diff --git ") {
            Some(paths) => (of_git(paths), true),
            None => (of_others(line)?, false),
        };
        Some(Self { by_git, path, number, without_hunk: Some(NO_HUNK) })
    }

    /// Whether a line starts the changes of a file, or says that it is changed.
    pub(super) fn starts(line: &str, next: &str) -> bool {
        Self::of(line, 0).is_some() || Self::default().change(line, next, 0).is_some()
    }

    /// Reads a line of the head of git, which can be all that the patch says of the file.
    pub(super) fn line(&mut self, line: &str) {
        let harmless = ["old mode ", "mode ", "new file mode ", "similarity index 100%"];
        match () {
            () if line.starts_with("deleted file mode ") => self.without_hunk = Some(REMOVED),
            () if self.without_hunk == Some(REMOVED) => {}
            () if harmless.iter().any(|start| line.starts_with(start)) => self.without_hunk = None,
            () => {}
        }
    }

    /// Whether the lines `---` and `+++` after it name the same file, perhaps by another path.
    pub(super) fn is_of(&self, file: &FilePatch) -> bool {
        let name = file_name(&self.path);
        [&file.path, &file.old_path].iter().any(|path| file_name(path) == name)
    }

    /// Notes that another line says what is wrong with the file.
    pub(super) fn is_reported(&mut self) {
        self.without_hunk = None;
    }

    /// The file, if the patch changes it and nothing of it is shown.
    pub(super) fn unshown(&self) -> Option<FilePatch> {
        let message = self.without_hunk.filter(|_| !self.path.is_empty())?;
        let file = self.changed(self.path.clone(), message, self.number);
        Some(FilePatch { gone: message == REMOVED, ..file })
    }

    fn changed(&self, path: String, message: &str, number: usize) -> FilePatch {
        FilePatch {
            old_path: path.clone(),
            path,
            by_git: self.by_git,
            problems: vec![BadLine { number, message: message.to_owned() }],
            ..FilePatch::default()
        }
    }

    /// The file that a line changes without a hunk. The next line distinguishes a context diff from
    /// other lines with asterisks.
    pub(super) fn change(&self, line: &str, next: &str, number: usize) -> Option<FilePatch> {
        let changed =
            |path: &str, message| Some(self.changed(git_path::path(path), message, number));
        if line == "GIT binary patch" && self.by_git {
            return changed(&self.path, BINARY);
        }
        if let Some(path) = line.strip_prefix("rename from ").filter(|_| self.by_git) {
            let file = changed(path, "the patch renames this file");
            return file.map(|file| FilePatch { gone: true, ..file });
        }
        if let Some(path) = line.strip_prefix("rename to ").filter(|_| self.by_git) {
            return changed(path, "the patch gives another file this name");
        }
        if let Some(path) = line.strip_prefix("*** ").filter(|_| next.starts_with("--- ")) {
            return changed(path, "a context diff is not read: `diff -u` writes one that is");
        }
        if let Some(rest) = line.strip_prefix("Only in ") {
            let (folder, name) = rest.split_once(": ")?;
            let file = changed(&[folder, "/", name].concat(), "only one side has this file");
            return file.map(|file| FilePatch { is_folder: !name.contains('.'), ..file });
        }
        if let Some(rest) = line.strip_prefix("Submodule ") {
            let (path, _) = rest.split_once(' ').filter(|(_, rest)| rest.ends_with([':', ')']))?;
            return changed(path, SUBMODULE).map(|file| FilePatch { is_folder: true, ..file });
        }
        let binary =
            line.strip_prefix("Binary file ").and_then(|rest| rest.strip_suffix(" has changed"));
        if let Some(path) = binary {
            return changed(path, BINARY);
        }
        let paths = two_files(line)?.map(git_path::path);
        let path = paths.into_iter().find(|path| path != "/dev/null")?;
        let message = if line.starts_with("Binary") { BINARY } else { "the change is not shown" };
        Some(self.changed(path, message, number))
    }
}

/// The path of `diff --git OLD NEW`, with or without prefixes.
fn of_git(paths: &str) -> String {
    let new = paths.rfind(" b/").or_else(|| paths.rfind(" \"b/"));
    let same = || Some(paths.len() / 2).filter(|at| paths.as_bytes().get(*at) == Some(&b' '));
    let at = new.or_else(same).or_else(|| paths.rfind(' '));
    at.map(|at| git_path::path(&paths[at + 1..])).unwrap_or_default()
}

/// The path of a line with which other programs start a file: GNU diff, CVS, Subversion,
/// Mercurial, Bazaar, and git for a merge.
fn of_others(line: &str) -> Option<String> {
    if let Some(path) = line.strip_prefix("Index: ") {
        return Some(git_path::path(path.strip_suffix(" (deleted)").unwrap_or(path)));
    }
    if let Some(file) = line.strip_prefix("=== ") {
        return Some(git_path::path(file.split_once(" file '")?.1.split('\'').next()?));
    }
    let rest = line.strip_prefix("diff -")?;
    let (_, path) = rest.rsplit_once(' ')?;
    Some(git_path::path(path))
}

/// The files of which GNU diff says only that they differ.
fn two_files(line: &str) -> Option<[&str; 2]> {
    let differ = ["Binary files ", "Files ", "Symbolic links "];
    let (old, new) = match differ.iter().find_map(|start| line.strip_prefix(start)) {
        Some(rest) => rest.strip_suffix(" differ")?.split_once(" and ")?,
        None => {
            let (old, new) = line.strip_prefix("File ")?.split_once(" while file ")?;
            (old.split_once(" is a ")?.0, new.split_once(" is a ")?.0)
        }
    };
    let path = |text: &'_ str| -> usize { text.find('\t').unwrap_or(text.len()) };
    Some([&new[..path(new)], &old[..path(old)]])
}

/// What is wrong with a line that starts a hunk of several parents, as `git show MERGE` prints
/// it.
pub(super) fn merge(line: &str, number: usize) -> Option<BadLine> {
    let message =
        "a hunk of several parents is not read: `git diff MERGE^1 MERGE` prints those of one";
    line.starts_with("@@@").then(|| BadLine { number, message: message.to_owned() })
}

/// Makes the change of a submodule, of which git shows a line with the commit, one that is not
/// read.
pub(super) fn submodule(file: &mut FilePatch) {
    let names_commit = |text: &str| text.starts_with("Subproject commit ");
    let mut lines = file.hunks.iter().flat_map(|hunk| &hunk.lines);
    if let Some(line) = lines.find(|line| names_commit(&line.text)) {
        let problem = BadLine { number: line.number, message: SUBMODULE.to_owned() };
        file.is_folder = true;
        file.hunks.clear();
        file.problems.push(problem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_without_hunks() {
        let git = |line: &str| DiffHead::of(line, 1).expect("a head");
        let head = git("diff --git a/x/vfio.h b/x/vfio.h");
        let path = |head: &DiffHead, line| head.change(line, "", 3).map(|file| file.path);
        assert_eq!(path(&head, "GIT binary patch").as_deref(), Some("x/vfio.h"));
        assert_eq!(path(&head, "rename from x/a.h").as_deref(), Some("x/a.h"));
        let prose = DiffHead::default();
        assert_eq!(path(&prose, "rename from x/a.h"), None);
        assert_eq!(path(&prose, "Binary files a/x.h and b/x.h differ").as_deref(), Some("x.h"));
        let removed = "Binary files a/x.h and /dev/null differ";
        assert_eq!(path(&prose, removed).as_deref(), Some("x.h"));
        for (line, path) in [
            ("diff --git \"a/\\303\\274.h\" \"b/\\303\\274.h\"", "\u{fc}.h"),
            ("diff --git x/a.h x/a.h", "x/a.h"),
            ("diff --git i/x/a.h w/x/a.h", "w/x/a.h"),
            ("diff --git old.h x/new.h", "x/new.h"),
        ] {
            assert_eq!(git(line).path, path);
        }
    }

    #[test]
    fn what_a_head_alone_says() {
        let alone = |lines: &str| {
            let mut lines = lines.lines();
            let mut head = DiffHead::of(lines.next().expect("a line"), 1).expect("a head");
            lines.for_each(|line| head.line(line));
            head.unshown().map(|file| file.problems[0].message.clone())
        };
        let git = "diff --git a/x.h b/x.h\n";
        assert_eq!(alone(&[git, "old mode 100644\nnew mode 100755"].concat()), None);
        let removed = [git, "deleted file mode 100644\nindex 1..0"].concat();
        assert_eq!(alone(&removed).as_deref(), Some(REMOVED));
        assert_eq!(alone(&[git, "index 1..2 100644"].concat()).as_deref(), Some(NO_HUNK));
        assert_eq!(alone("diff -r a/x.h b/x.h").as_deref(), Some(NO_HUNK));
    }
}
