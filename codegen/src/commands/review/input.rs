//! Reads patches from files, from standard input or from a repository.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::header::MOST_BYTES as LONGEST_HEADER;
use capchain::ir::Abi;
use capchain::review::{BaseChoice, Mail, changed_headers, mails};

use crate::cli::ReviewArgs;

/// The most bytes that are read.
const MOST_BYTES: u64 = 64 << 20;

/// How git prints a difference: as it is, by no program of the repository's choice.
const DIFF: [&str; 4] = ["diff", "--no-color", "--no-ext-diff", "--no-textconv"];

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
            let file = fs::File::open(path);
            let file = file.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            found.extend(mails(&bytes(file, &path.display().to_string())?));
        }
        if args.files.is_empty() {
            found = mails(&bytes(io::stdin().lock(), "the input")?);
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
    let size = fs::metadata(path).map_err(|error| failed(&error))?.len();
    if size > LONGEST_HEADER as u64 {
        return Err(failed(&format!("it has {size} bytes, more than {LONGEST_HEADER}")));
    }
    let bytes = fs::read(path).map_err(|error| failed(&error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn bytes(reader: impl Read, shown: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = reader.take(MOST_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot read {shown}: {error}"))?;
    match bytes.len() as u64 > MOST_BYTES {
        true => Err(format!("{shown} has more than {MOST_BYTES} bytes")),
        false => Ok(bytes),
    }
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
