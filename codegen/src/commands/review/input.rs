//! Reads patches from files, from standard input or from a repository.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::header::MOST_BYTES as LONGEST_HEADER;
use capchain::ir::Abi;
use capchain::read;
use capchain::review::{BaseChoice, Mail, changed_headers, mails};

use crate::cli::ReviewArgs;

/// The most bytes that are read.
const MOST_BYTES: u64 = 64 << 20;

/// How git prints a difference: as it is, whole, by no program or setting of the repository's
/// choice.
const DIFF: [&str; 10] = [
    "diff",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--text",
    "--submodule=short",
    "--ignore-submodules=none",
    "--src-prefix=a/",
    "--dst-prefix=b/",
];

/// The mails of the input.
pub(super) struct PatchInput {
    pub(super) mails: Vec<Mail>,
    /// The repository and the commit before the change.
    repository: Option<(PathBuf, String)>,
}

impl PatchInput {
    pub(super) fn read(args: &ReviewArgs) -> Result<Self, String> {
        if let Some(folder) = &args.repo {
            return Self::of_repository(folder, &args.files);
        }
        if args.staged {
            return Self::staged(Path::new("."));
        }
        let mut found = Vec::new();
        for path in &args.files {
            let bytes = read::file(path, MOST_BYTES);
            let failed = |error| format!("cannot read {}: {error}", path.display());
            found.extend(mails(&bytes.map_err(failed)?));
        }
        if args.files.is_empty() {
            let bytes = read::stream(io::stdin().lock(), MOST_BYTES);
            found = mails(&bytes.map_err(|error| format!("cannot read the input: {error}"))?);
        }
        Ok(Self { mails: found, repository: None })
    }

    fn of_repository(folder: &Path, range: &[PathBuf]) -> Result<Self, String> {
        let [range] = range else { return Err("--repo takes one range, A..B".to_owned()) };
        let range = range.display().to_string();
        let ends = range.split_once("...").or_else(|| range.split_once(".."));
        let Some((old, new)) = ends.filter(|_| !range.starts_with('-')) else {
            return Err(format!("`{range}` is no range; write A..B"));
        };
        let new = if new.is_empty() { "HEAD" } else { new };
        // The changes of a branch start where it left the other one.
        let old = git(folder, &["merge-base", "--end-of-options", old, new])?;
        let old = old.trim().to_owned();
        let ends = ["--end-of-options", &old, new, "--"];
        let patch = git(folder, &[&DIFF[..], &ends].concat())?;
        let mail = Mail { subject: range, text: patch, ..Mail::default() };
        Ok(Self { mails: vec![mail], repository: Some((folder.to_owned(), old)) })
    }

    /// What a commit would change.
    fn staged(folder: &Path) -> Result<Self, String> {
        // Outside of a repository, `git diff` is another command with other options.
        git(folder, &["rev-parse", "--git-dir"])?;
        let patch = git(folder, &[&DIFF[..], &["--cached", "--"]].concat())?;
        let mail = Mail { subject: "staged".to_owned(), text: patch, ..Mail::default() };
        Ok(Self { mails: vec![mail], repository: Some((folder.to_owned(), "HEAD".to_owned())) })
    }

    /// The headers of the repository before the change; without a repository, whatever
    /// fits best.
    pub(super) fn base(&self, abi: &Abi) -> Result<BaseChoice, String> {
        let Some((folder, commit)) = &self.repository else { return Ok(BaseChoice::BestFit) };
        let mut headers = Vec::new();
        for path in changed_headers(abi, &self.mails) {
            match git(
                folder,
                &["show", "--no-textconv", "--end-of-options", &format!("{commit}:{path}")],
            ) {
                Ok(text) => headers.push((path, text)),
                // The header is new.
                Err(_) => return Ok(BaseChoice::BestFit),
            }
        }
        match headers.is_empty() {
            true => Ok(BaseChoice::BestFit),
            false => Ok(BaseChoice::Headers(headers)),
        }
    }
}

/// The text of a header.
pub(super) fn header(path: &Path) -> Result<String, String> {
    let failed = |error: &dyn std::fmt::Display| format!("cannot read {}: {error}", path.display());
    let bytes = read::file(path, LONGEST_HEADER as u64).map_err(|error| failed(&error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The output of a git command.
fn git(folder: &Path, args: &[&str]) -> Result<String, String> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output();
    let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        return Err(format!("git failed in {}: {}", folder.display(), error.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
