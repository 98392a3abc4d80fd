//! `docs/spec-format.md` against the program: it explains every key and word of
//! the format, its examples load and agree with `spec/vfio`, and its excerpts are
//! in the generated files.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use capchain::emit;
use capchain::ir::{Abi, Arg, Literal};
use capchain::lower::lower;
use capchain::output::OutputFile;
use capchain::spec::load::Origin;
use capchain::validate::ValidSpec;
use serde_json::Value;
use support::fixtures;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    fs::read_to_string(fixtures::root().join("docs/spec-format.md")).expect("the document")
});

/// A fenced block: the words after the fence, the text, and the place.
struct Block {
    info: Vec<&'static str>,
    lines: Vec<&'static str>,
    number: usize,
}

impl Block {
    fn is(&self, info: &[&str]) -> bool {
        self.info == info
    }
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in DOCUMENT.lines().enumerate() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => {
                let info = info.split_whitespace().collect();
                open = Some(Block { info, lines: Vec::new(), number: index + 1 });
            }
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some(mut block)) => {
                block.lines.push(line);
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The examples as one specification: the first is its `abi.yaml`, the others
/// follow each other in the file that it lists.
fn examples() -> ValidSpec {
    let folder = tempfile::tempdir().expect("a folder");
    write_examples(&blocks(), folder.path());
    fixtures::open(folder.path())
}

fn write_examples(blocks: &[Block], folder: &Path) {
    let mut examples = blocks.iter().filter(|block| block.is(&["yaml"]));
    let abi = examples.next().expect("abi.yaml").lines.join("\n");
    let items: Vec<_> = examples.flat_map(|block| &block.lines).copied().collect();
    fs::write(folder.join("abi.yaml"), abi).expect("a file");
    fs::write(folder.join("pieces.yaml"), items.join("\n")).expect("a file");
}

/// The examples with the example of an overlay on them.
fn with_overlay() -> ValidSpec {
    let blocks = blocks();
    let overlay = blocks.iter().find(|block| block.is(&["yaml", "overlay"])).expect("an overlay");
    let folder = tempfile::tempdir().expect("a folder");
    write_examples(&blocks, folder.path());
    let path = folder.path().join("ours.overlay");
    fs::write(&path, overlay.lines.join("\n")).expect("a file");
    fixtures::loaded(capchain::open(&Origin::Folder(folder.path().to_owned()), &[path]))
}

#[test]
fn the_overlay_extends_the_examples() {
    let (examples, extended) = (examples(), with_overlay());
    let (before, after) = (lower(&examples, None), lower(&extended, None));
    let info = |abi: &Abi| {
        let found = abi.structs.iter().find(|one| one.name == "vfio_device_info");
        found.expect("the struct").layouts[0].size
    };
    assert_eq!((info(&before), info(&after)), (24, 32));
    let (before, after) = (facts(&before), facts(&after));
    let new: Vec<_> = after.keys().filter(|name| !before.contains_key(*name)).collect();
    let expected =
        ["VFIO_DEVICE_FEATURE_BLINK", "VFIO_DEVICE_FLAGS_SERIAL", "VFIO_REGION_INFO_CAP_COLOR"];
    assert_eq!(new, expected);
    let old = "v7.1".parse().expect("a release");
    let then = |spec: &ValidSpec| facts(&lower(spec, Some(old)));
    assert_eq!(then(&examples), then(&extended), "an overlay came with the newest release");
}

/// The properties or words that the JSON Schema has in a place of this name.
fn collect(schema: &Value, name: &str, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            match map.get(name) {
                Some(Value::Object(keys)) if name == "properties" => {
                    found.extend(keys.keys().cloned());
                }
                Some(Value::Array(words)) => {
                    found.extend(words.iter().filter_map(|word| word.as_str()).map(str::to_owned));
                }
                Some(Value::String(word)) => found.extend([word.clone()]),
                _ => {}
            }
            map.values().for_each(|value| collect(value, name, found));
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, name, found)),
        _ => {}
    }
}

fn in_schema(names: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in capchain::spec::schema::files() {
        let schema = serde_json::from_str(&file.contents).expect("a schema");
        names.iter().for_each(|name| collect(&schema, name, &mut found));
    }
    found
}

#[test]
fn every_key_and_word_is_explained() {
    let keys = in_schema(&["properties"]);
    let words = in_schema(&["enum", "const"]);
    assert!(keys.len() > 60 && words.contains("offset_zero"), "{keys:?} {words:?}");
    let missing = |name: &&String| !DOCUMENT.contains(&format!("`{name}`"));
    let missing: Vec<_> = keys.iter().chain(&words).filter(missing).collect();
    assert!(missing.is_empty(), "the document does not explain {missing:?}");
}

#[test]
fn every_key_is_in_an_example() {
    let yaml: Vec<_> = blocks().into_iter().filter(|block| block.info[0] == "yaml").collect();
    let lines: Vec<_> = yaml.iter().flat_map(|block| &block.lines).collect();
    let starts = |line: &str, key: &str| {
        line.match_indices(key)
            .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let shown = |key: &&String| lines.iter().any(|line| starts(line, &format!("{key}:")));
    let keys = in_schema(&["properties"]);
    let missing: Vec<_> = keys.iter().filter(|key| !shown(key)).collect();
    assert!(missing.is_empty(), "no example has {missing:?}");
}

#[test]
fn tables_of_keys_have_keys_of_the_format() {
    let keys = in_schema(&["properties"]);
    let (mut inside, mut rows) = (false, 0);
    for line in DOCUMENT.lines() {
        inside = line.starts_with("| key |") || inside && line.starts_with('|');
        let first = line.split('|').nth(1).unwrap_or_default();
        for key in first.split('`').skip(1).step_by(2).filter(|_| inside) {
            assert!(keys.contains(key), "`{key}` is no key of the format");
            rows += 1;
        }
    }
    assert!(rows > 60, "{rows} rows");
}

#[test]
fn links_within_the_document_lead_somewhere() {
    let headings =
        DOCUMENT.lines().filter_map(|line| line.strip_prefix("## ").or(line.strip_prefix("### ")));
    let anchors: BTreeSet<_> = headings.map(anchor).collect();
    let links = DOCUMENT.split("](#").skip(1).filter_map(|rest| rest.split(')').next());
    let links: Vec<_> = links.collect();
    assert!(links.len() > 8, "{links:?}");
    for link in links {
        assert!(anchors.contains(link), "no heading #{link}");
    }
}

/// The anchor of a heading.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || [' ', '-', '_'].contains(c);
    heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

#[test]
fn examples_say_what_the_specification_says() {
    let (examples, vfio) = (examples(), fixtures::spec());
    // The document need not change with each release.
    assert!(vfio.releases().starts_with(examples.releases()));
    for release in examples.releases() {
        let known = facts(&lower(&vfio, Some(*release)));
        for (name, fact) in facts(&lower(&examples, Some(*release))) {
            assert_eq!(Some(&fact), known.get(&name), "{name} in {release}");
        }
    }
}

/// The properties of each name of an ABI, without documentation.
fn facts(abi: &Abi) -> BTreeMap<String, String> {
    let structs = abi.structs.iter().map(|struct_| {
        let names: Vec<_> = struct_.fields.iter().map(|field| &field.name).collect();
        (&struct_.name, format!("{names:?} {:?}", struct_.layouts))
    });
    let values = abi.groups.iter().flat_map(|group| &group.values).map(|value| {
        let text = matches!(value.literal, Literal::Text(_)).then_some(&value.literal);
        (&value.name, format!("{} {text:?} {:?}", value.number, value.meta.since))
    });
    let ioctls = abi.ioctls.iter().map(|ioctl| {
        let arg = match ioctl.arg {
            Arg::Struct(id) => abi.struct_(id).name.clone(),
            arg => format!("{arg:?}"),
        };
        let fd = &abi.fds[ioctl.fd].name;
        (&ioctl.name, format!("{} {fd} {:?} {arg}", ioctl.number, ioctl.backends))
    });
    let capabilities = abi.capabilities.iter().map(|capability| {
        let chain = &abi.chain(capability.chain).name;
        (&capability.name, format!("{chain} {} {}", capability.id, capability.version))
    });
    let macros = abi.macros.iter().map(|macro_| (&macro_.name, format!("{:?}", macro_.c)));
    let all = structs.chain(values).chain(ioctls).chain(capabilities).chain(macros);
    all.map(|(name, fact)| (name.clone(), fact)).collect()
}

#[test]
fn excerpts_are_generated() {
    let spec = examples();
    let mut outputs = HashMap::<Option<&str>, Vec<OutputFile>>::new();
    let mut checked = 0;
    for block in blocks() {
        let ending = match block.info[0] {
            "rust" => ".rs",
            "c" => ".h",
            _ => continue,
        };
        let files = outputs.entry(block.info.get(1).copied()).or_insert_with_key(|word| {
            emit::all(&match word.map(|word| (word, word.parse())) {
                None => lower(&spec, None),
                Some((_, Ok(release))) => lower(&spec, Some(release)),
                // The name of an ABI.
                Some((name, Err(_))) => {
                    let folder = fixtures::root().join("spec").join(name);
                    lower(&fixtures::open(&folder), None)
                }
            })
        });
        let mut files = files.iter().filter(|file| file.path.ends_with(ending));
        assert!(
            files.any(|file| holds(&file.contents, &block.lines)),
            "docs/spec-format.md:{}: no generated file has this excerpt:\n{}",
            block.number,
            block.lines.join("\n")
        );
        checked += 1;
    }
    assert!(checked > 40, "{checked} excerpts");
}

/// Whether a file has the runs of lines between ellipses, in their order.
fn holds(file: &str, excerpt: &[&str]) -> bool {
    let lines: Vec<_> = file.lines().filter(|line| !line.is_empty()).collect();
    let mut rest = lines.as_slice();
    let runs = excerpt.split(|line| ["// ...", "/* ... */"].contains(&line.trim()));
    for run in runs {
        let run: Vec<_> = run.iter().copied().filter(|line| !line.is_empty()).collect();
        let mut ends = (0..rest.len()).filter_map(|start| Some(start + end(&rest[start..], &run)?));
        let Some(end) = ends.next() else { return false };
        rest = &rest[end..];
    }
    true
}

/// The end of a run that starts with the first line; comments between its lines may be left out.
fn end(lines: &[&str], run: &[&str]) -> Option<usize> {
    let mut at = 0;
    for (index, expected) in run.iter().enumerate() {
        let comments = lines[at..].iter().take_while(|line| is_comment(line) && *line != expected);
        at += if index == 0 { 0 } else { comments.count() };
        (lines.get(at) == Some(expected)).then_some(())?;
        at += 1;
    }
    Some(at)
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("///") || line.starts_with("/*") || line.starts_with('*')
}

#[test]
fn an_excerpt_may_leave_out_comments_and_nothing_else() {
    let file = "a\n/// b\nc\n\nd\n/* e */\nf\n";
    for excerpt in [&["a", "c"][..], &["c", "", "d"], &["a", "// ...", "f"], &["a", "/// b", "c"]] {
        assert!(holds(file, excerpt), "{excerpt:?}");
    }
    for excerpt in [&["a", "d"][..], &["d", "// ...", "a"], &["c", "x"], &["f", "g"]] {
        assert!(!holds(file, excerpt), "{excerpt:?}");
    }
}
