//! Puts the sources of the site together in a folder: pages of the repository and the files
//! that they link to, at the same paths; the pages and data that the library makes; and the
//! files next to this one. `.ci/site` runs it, and then mdBook.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use capchain::lower::lower;
use capchain::site::{self, AbiHistory, SourcePage};
use capchain::spec::load::Origin;

/// Pages outside `docs/`.
const TOP: [&str; 3] = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"];

/// The folder of this file.
const OWN: &str = "codegen/site";

/// Pages next to this file. The last one needs the built playground.
const OWN_PAGES: [&str; 3] = ["compare.md", "find.md", "playground.md"];

/// Other files next to this one, and their paths in the sources of the site.
const OWN_FILES: [(&str, &str); 5] = [
    ("book.toml", "book.toml"),
    ("site.css", "site.css"),
    ("site.js", "site.js"),
    ("head.hbs", "theme/head.hbs"),
    ("compare.js", "src/compare.js"),
];

/// Marks in own pages, and the page of each ABI to which they become links.
const LISTS: [(&str, &str); 2] =
    [("{{#changes}}", "changes/ABI/README.html"), ("{{#names}}", "docs/reference/ABI/names.html")];

/// Languages of code that mdBook's highlighter does not know.
const UNKNOWN: [&str; 3] = ["```cmake", "```hex", "```meson"];

/// The folder of the built playground.
const PLAYGROUND: &str = "target/playground";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).ok_or("expected the folder for the sources of the site")?;
    let folder = PathBuf::from(folder);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sources = folder.join("src");
    let mut pages = pages(&root)?;
    let histories = histories(&root)?;
    let abis: Vec<_> = histories.iter().map(AbiHistory::name).collect();
    let playground = root.join(PLAYGROUND);
    let has_playground = playground.join("index.html").exists();
    for name in OWN_PAGES.iter().filter(|name| has_playground || **name != "playground.md") {
        let text = fs::read_to_string(root.join(OWN).join(name))?;
        let text = LISTS.iter().fold(text, |text, (mark, page)| {
            let links = abis.iter().map(|abi| {
                let path = page.replace("ABI", abi);
                format!("<a href=\"{path}\">{abi}</a>")
            });
            text.replace(mark, &links.collect::<Vec<_>>().join(", "))
        });
        pages.push(SourcePage { path: (*name).to_owned(), text });
    }
    if has_playground {
        copy(&playground, &sources.join("playground"))?;
    }
    for page in &pages {
        let text = without_missing_links(&root, page, &pages, &sources)?;
        let text = UNKNOWN.iter().fold(text, |text, language| text.replace(language, "```text"));
        write(&sources.join(&page.path), text.as_bytes())?;
    }
    for file in site::files(&histories, &pages) {
        write(&sources.join(file.path), file.contents.as_bytes())?;
    }
    for (own, path) in OWN_FILES {
        write(&folder.join(path), &fs::read(root.join(OWN).join(own))?)?;
    }
    Ok(())
}

/// The pages of the repository.
fn pages(root: &Path) -> Result<Vec<SourcePage>, Box<dyn Error>> {
    let mut paths: Vec<String> = TOP.map(str::to_owned).into();
    list(root, "docs", &mut paths)?;
    let read = |path: String| -> Result<SourcePage, Box<dyn Error>> {
        Ok(SourcePage { text: fs::read_to_string(root.join(&path))?, path })
    };
    paths.into_iter().map(read).collect()
}

/// The pages below a folder, in order.
fn list(root: &Path, folder: &str, paths: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    let entries = fs::read_dir(root.join(folder))?;
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().into_string().map_err(|_| "a name that is not text")?);
    }
    names.sort();
    for name in names {
        let path = format!("{folder}/{name}");
        if root.join(&path).is_dir() {
            list(root, &path, paths)?;
        } else if name.ends_with(".md") {
            paths.push(path);
        }
    }
    Ok(())
}

/// The text of a page with the files that it links to copied. A link to a folder,
/// or to a page that is not part of the site, becomes plain text.
fn without_missing_links(
    root: &Path,
    page: &SourcePage,
    pages: &[SourcePage],
    sources: &Path,
) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    let mut rest = page.text.as_str();
    while let Some((before, after)) = rest.split_once("](") {
        let (target, tail) = after.split_once(')').ok_or("a link without an end")?;
        let path = target.split('#').next().unwrap_or_default();
        let file = resolve(&page.path, path);
        let is_page = pages.iter().any(|page| page.path == file);
        if path.is_empty() || target.contains("://") || is_page {
            text += &format!("{before}]({target})");
        } else if root.join(&file).is_dir() || file.ends_with(".md") {
            let start = before.rfind('[').ok_or("a link without a start")?;
            text += &before[..start];
            text += &before[start + 1..];
        } else {
            write(&sources.join(&file), &fs::read(root.join(&file))?)?;
            text += &format!("{before}]({target})");
        }
        rest = tail;
    }
    Ok(text + rest)
}

/// The path of the target of a link on the page `from`, both from the root.
fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Every published specification as of each of its releases.
fn histories(root: &Path) -> Result<Vec<AbiHistory>, Box<dyn Error>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(root.join("spec"))? {
        folders.extend(Some(entry?.path()).filter(|path| path.join("abi.yaml").exists()));
    }
    folders.sort();
    let mut histories = Vec::new();
    for folder in folders {
        let opened = capchain::open(&Origin::Folder(folder.clone()), &[]);
        let spec = opened.spec.ok_or_else(|| format!("{} has errors", folder.display()))?;
        let releases = spec.releases().iter().map(|release| lower(&spec, Some(*release)));
        let releases: Vec<_> = releases.collect();
        let published = releases.last().is_some_and(|abi| abi.publish);
        histories.extend(AbiHistory::new(releases).filter(|_| published));
    }
    Ok(histories)
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().ok_or("a path without a name")?);
        if path.is_dir() { copy(&path, &target)? } else { write(&target, &fs::read(&path)?)? }
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(path.parent().ok_or("a file without a folder")?)?;
    Ok(fs::write(path, bytes)?)
}
