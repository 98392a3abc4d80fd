//! Larger specifications: copies of every file, with the number of the copy in each
//! name that the specification declares.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use capchain::spec::load::{Origin, load};
use capchain::spec::wrappers::{LineOrMap, Map, Placed};
use capchain::spec::{FieldSpec, ItemSpec, Spec, ValueSpec};
use tempfile::TempDir;

use crate::Result;

/// Keys of `abi.yaml` with entries for every copy.
const PER_COPY: [&str; 4] = ["files", "headers", "fds", "cap_headers"];

/// A specification that can be copied several times.
pub(crate) struct Scaled {
    names: Names,
    abi: String,
    files: Vec<(String, String)>,
}

impl Scaled {
    /// Reads the specification in a folder.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let loaded = load(&Origin::Folder(folder.to_owned()), &[], None);
        let spec = loaded.spec.ok_or("the specification does not load")?;
        let read = |name: &str| fs::read_to_string(folder.join(name).with_extension("yaml"));
        let files = spec.files.iter().map(|file| Ok((file.name.clone(), read(&file.name)?)));
        Ok(Self {
            names: Names::of(&spec),
            abi: read("abi")?,
            files: files.collect::<Result<_>>()?,
        })
    }

    /// A folder with `copies` copies of the specification.
    pub(crate) fn folder(&self, copies: usize) -> Result<TempDir> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("abi.yaml"), self.abi(copies))?;
        for copy in 0..copies {
            for (name, text) in &self.files {
                let path = folder.path().join(self.names.marked(name, copy));
                fs::write(path.with_extension("yaml"), self.names.marked(text, copy))?;
            }
        }
        Ok(folder)
    }

    /// `abi.yaml` with the entries of every copy; keys that can occur only once are
    /// those of the first copy.
    fn abi(&self, copies: usize) -> String {
        let mut text = String::new();
        for block in blocks(&self.abi) {
            let (key, entries) = block.split_once(":\n").unwrap_or((block, ""));
            if PER_COPY.contains(&key) {
                text += key;
                text += ":\n";
                text.extend((0..copies).map(|copy| self.names.marked(entries, copy)));
            } else if key == "ioctls" {
                text += &self.names.marked(block, 0);
            } else {
                text += block;
            }
        }
        text
    }
}

/// The text of each top-level key, and the text between them.
fn blocks(text: &str) -> Vec<&str> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with(|first: char| first.is_ascii_lowercase() || first == '#') {
            starts.push(at);
        }
        at += line.len();
    }
    starts.push(text.len());
    starts.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect()
}

/// The names that differ between copies.
struct Names {
    /// The word that most names start with.
    prefix: String,
    declared: HashSet<String>,
}

impl Names {
    fn of(spec: &Spec) -> Self {
        let mut names =
            Self { prefix: spec.abi.short_prefix().to_owned(), declared: HashSet::new() };
        let abi = &spec.abi;
        for (name, header) in abi.headers.iter() {
            names.add(name);
            header.guards.iter().for_each(|guard| names.add(guard));
        }
        abi.fds.iter().for_each(|(name, _)| names.add(name));
        abi.cap_headers.iter().for_each(|(name, _)| names.add(name));
        for file in &spec.files {
            names.declared.insert(file.name.clone());
            file.items.iter().for_each(|item| names.item(item));
        }
        names
    }

    fn add(&mut self, name: &Placed<String>) {
        self.declared.insert(name.value.clone());
    }

    fn item(&mut self, item: &ItemSpec) {
        self.add(item.name());
        match item {
            ItemSpec::Constants(item) | ItemSpec::Enum(item) | ItemSpec::IdSpace(item) => {
                item.prefix.iter().for_each(|prefix| self.add(prefix));
                self.values(&item.values);
            }
            ItemSpec::Struct(item) => self.fields(&item.fields),
            ItemSpec::Ioctl(item) => {
                let profiles = item.handlers().filter_map(|(.., handler)| handler.profile.as_ref());
                profiles.for_each(|profile| self.add(profile));
            }
            ItemSpec::Capability(item) => {
                item.struct_.iter().for_each(|name| self.add(name));
                self.fields(&item.fields);
            }
            ItemSpec::Macro(_) | ItemSpec::Chain(_) => {}
        }
    }

    fn fields(&mut self, fields: &Map<LineOrMap<FieldSpec>>) {
        for (_, field) in fields.iter() {
            field.prefix.iter().for_each(|prefix| self.add(prefix));
            self.values(&field.bits);
            self.values(&field.values);
            self.fields(&field.union);
        }
    }

    fn values(&mut self, values: &Map<LineOrMap<ValueSpec>>) {
        values.iter().for_each(|(name, _)| self.add(name));
    }

    /// The text with the number of a copy in every declared name:
    /// `vfio_x07_region_info`, `x07_ccw_io_region`.
    fn marked(&self, text: &str, copy: usize) -> String {
        let mut marked = String::with_capacity(text.len() + text.len() / 8);
        let mut rest = text;
        let in_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        while let Some(start) = rest.find(in_word) {
            let (between, words) = rest.split_at(start);
            let (word, behind) = words.split_at(words.find(|c| !in_word(c)).unwrap_or(words.len()));
            marked += between;
            marked += &self.marked_word(word, copy);
            rest = behind;
        }
        marked + rest
    }

    fn marked_word(&self, word: &str, copy: usize) -> String {
        let upper = word.bytes().any(|byte| byte.is_ascii_uppercase());
        let mark = if upper { 'X' } else { 'x' };
        let head = word.get(..self.prefix.len()).unwrap_or_default();
        let tail = word.get(self.prefix.len()..).unwrap_or_default();
        match (head.eq_ignore_ascii_case(&self.prefix), tail.strip_prefix('_')) {
            (true, Some(tail)) => format!("{head}_{mark}{copy:02}_{tail}"),
            _ if self.declared.contains(word) => format!("{mark}{copy:02}_{word}"),
            _ => word.to_owned(),
        }
    }
}
