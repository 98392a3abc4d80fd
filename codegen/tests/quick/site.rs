//! The site's own pages and data: the search knows every name of `abi.json`, every place that
//! it leads to exists, and every name of generated code that the reference states is
//! declared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use capchain::emit;
use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::output::OutputFile;
use capchain::site::{self, AbiHistory, SourcePage};
use serde_json::Value;
use support::fixtures;

fn at(release: Option<&str>) -> Abi {
    lower(&fixtures::spec(), release.map(|release| release.parse().expect("a release")))
}

fn pci() -> Abi {
    lower(&fixtures::open(&fixtures::root().join("spec/pci")), None)
}

/// All outputs and the pages of the site, by path. Two releases give all kinds of pages.
static FILES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let history = AbiHistory::new(vec![at(Some("v5.10")), at(None)]).expect("releases");
    let outputs = capchain::outputs(&at(None));
    let pages = outputs.iter().filter(|file| file.path.ends_with(".md"));
    let page =
        |file: &OutputFile| SourcePage { path: file.path.clone(), text: file.contents.clone() };
    let mut pages: Vec<_> = pages.map(page).collect();
    for path in ["README.md", "docs/compat.md"] {
        let text = std::fs::read_to_string(fixtures::root().join(path)).expect("a page");
        pages.push(SourcePage { path: path.to_owned(), text });
    }
    let own = site::files(&[history], &pages);
    let files = outputs.into_iter().chain(own).map(|file| (file.path, file.contents));
    files.chain(pages.into_iter().map(|page| (page.path, page.text))).collect()
});

/// The data that a script of the site hands over.
fn data(path: &str) -> Value {
    let script = &FILES[path];
    let (_, rest) = script.split_once('(').expect("a call");
    serde_json::from_str(rest.trim_end().trim_end_matches(");")).expect("JSON")
}

/// Every string under a key `name`.
fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("name").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|one| names(one, found));
        }
        Value::Array(all) => all.iter().for_each(|one| names(one, found)),
        _ => {}
    }
}

#[test]
fn the_search_knows_every_name_of_the_document() {
    let document = FILES.get("generated/vfio-abi/abi.json").expect("the document");
    let mut expected = BTreeSet::new();
    names(&serde_json::from_str(document).expect("JSON"), &mut expected);
    assert!(expected.len() > 500, "{} names", expected.len());
    let index = data("names.js");
    let rows = index.as_array().expect("rows").iter();
    let known: BTreeSet<&str> = rows.filter_map(|row| row[0].as_str()).collect();
    expected.retain(|name| !known.contains(name.as_str()));
    assert!(expected.is_empty(), "the search does not know {expected:?}");
}

#[test]
fn every_place_of_the_search_exists() {
    let mut missing = Vec::new();
    for (file, target) in [("names.js", 5), ("prose.js", 3)] {
        for row in data(file).as_array().expect("rows") {
            let target = row[target].as_str().expect("a place");
            let (page, anchor) = target.split_once('#').unwrap_or((target, ""));
            let text = FILES.get(&page.replace(".html", ".md"));
            let id = [format!("<a id=\"{anchor}\">"), format!("{{#{anchor}}}")];
            let found = text.is_some_and(|text| {
                let headings = text.lines().filter(|line| line.starts_with('#'));
                anchor.is_empty()
                    || id.iter().any(|id| text.contains(id))
                    || headings.into_iter().any(|heading| slug(heading) == anchor)
            });
            if !found && !anchor.ends_with(|last: char| last.is_ascii_digit()) {
                missing.push(target.to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "{} places: {:?}", missing.len(), &missing[..missing.len().min(9)]);
}

/// The anchor of a heading.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|one| one.is_alphanumeric() || " -_".contains(*one));
    kept.map(|one| if one == ' ' { '-' } else { one }).collect()
}

#[test]
fn pages_of_code_have_examples_and_declarations() {
    for (page, function, least) in [
        ("api/vfio/rust.md", "let info = RegionInfo::parse(reply)?;", 60),
        ("api/vfio/c.md", "vfio_abi_region_info_parse(", 200),
    ] {
        let text = &FILES[page];
        let links: Vec<_> = text.split("](#use-").skip(1).collect();
        for link in &links {
            let name = link.split(')').next().unwrap_or_default();
            assert!(text.contains(&format!("<a id=\"use-{name}\"></a>")), "{page}: {name}");
        }
        assert!(!text.contains("](crate::"), "{page}: a path of the crate is no link");
        let (_, code) = text.split_once("## How programs use them").expect("a part");
        assert!(code.contains(function) && !code.contains("\n# "), "{page}");
        assert!(links.len() > least, "{page}: {}", links.len());
    }
}

#[test]
fn every_page_is_listed_once() {
    let contents = &FILES["SUMMARY.md"];
    let listed: Vec<&str> =
        contents.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let once: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(listed.len(), once.len(), "a page is listed twice");
    let own = |path: &str| {
        ["docs/", "codes/", "changes/", "api/"].iter().any(|top| path.starts_with(top))
    };
    for path in FILES.keys().filter(|path| path.ends_with(".md") && own(path)) {
        assert!(once.contains(path.as_str()), "{path} is not listed");
    }
    for path in once {
        assert!(FILES.contains_key(path), "{path} does not exist");
    }
}

#[test]
fn names_of_code_on_pages_are_declared() {
    for (abi, least) in [(at(None), 800), (pci(), 2000)] {
        let files = capchain::outputs(&abi);
        let words = |ending: &str| -> BTreeSet<&str> {
            let part = |one: char| !one.is_alphanumeric() && one != '_';
            let files = files.iter().filter(|file| file.path.ends_with(ending));
            files.flat_map(|file| file.contents.split(part)).collect()
        };
        let (rust, c) = (words(".rs"), words(".h"));
        let (mut undeclared, mut checked) = (Vec::new(), 0);
        for entry in abi.entries() {
            let names = abi.api_names(&entry.kind);
            let last = |path: &str| path.rsplit([':', ' ']).next().unwrap_or_default().to_owned();
            let lacks = |words: &BTreeSet<&str>, path: &String| !words.contains(&*last(path));
            undeclared.extend(names.rust.iter().filter(|path| lacks(&rust, path)).cloned());
            undeclared.extend(names.c.iter().filter(|name| lacks(&c, name)).cloned());
            checked += names.rust.len() + names.c.len();
        }
        assert!(checked > least, "{checked} names of {}", abi.name);
        assert!(undeclared.is_empty(), "{undeclared:?}");
    }
}

#[test]
fn a_comparison_has_the_findings_of_the_program() {
    let side = |abi: Abi| capchain::compat::Side::specified(abi.release.to_string(), abi);
    let findings = capchain::compat::compare(&side(at(Some("v5.10"))), &side(at(None)));
    let data = data("compare/vfio/v5.10.js");
    let shown = data["to"][at(None).release.to_string()].as_array().expect("findings");
    assert_eq!(shown.len(), findings.len());
    for (index, finding) in shown.iter().zip(&findings) {
        let shown = &data["findings"][index.as_u64().expect("an index") as usize];
        assert_eq!(shown["message"], finding.message.as_str());
        assert_eq!(shown["breaks"], finding.class.breaks());
    }
    assert!(findings.iter().any(|one| one.class.breaks()));
    let places = emit::permalinks(&at(None));
    assert!(places.iter().any(|one| one.target.ends_with("#vfio_region_info.argsz")));
}
