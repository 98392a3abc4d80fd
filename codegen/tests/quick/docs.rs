//! The reference, read by independent parsers of Markdown and XML: every link has
//! a target, every item has a page, and no text of a specification can break the
//! markup.

mod hostile;
mod reference;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use capchain::ir::{Abi, GroupKind};
use capchain::lower::lower;
use reference::{Reference, cells, tables};
use roxmltree::{Document, Node};
use support::fixtures;

/// The releases before and after each large change.
const RELEASES: [&str; 8] = ["v3.6", "v4.2", "v4.6", "v5.8-rc2", "v5.10", "v5.18", "v6.6", "v7.3"];

/// An ABI with its reference, which is made once for all tests.
struct Case {
    name: String,
    abi: Abi,
    reference: Reference,
}

impl Case {
    fn new((name, abi): (String, Abi)) -> Self {
        let reference = Reference::read(capchain::emit::reference(&abi));
        Self { name, abi, reference }
    }
}

/// The real ABI at some releases, the newest last, and ABIs of other shapes.
fn all() -> impl Iterator<Item = &'static Case> {
    static SHAPES: LazyLock<Vec<Case>> = LazyLock::new(|| {
        let shapes = ["hard_cases", "hostile"].map(|name| {
            let folder = fixtures::root().join("codegen/tests/specs").join(name);
            (name.to_owned(), lower(&fixtures::open(&folder), None))
        });
        shapes.map(Case::new).into()
    });
    real().iter().chain(SHAPES.iter())
}

fn real() -> &'static [Case] {
    static REAL: LazyLock<Vec<Case>> = LazyLock::new(|| {
        let spec = fixtures::spec();
        let at = |release: &str| {
            let abi = lower(&spec, Some(release.parse().expect("a release")));
            Case::new((release.to_owned(), abi))
        };
        RELEASES.into_iter().map(at).collect()
    });
    &REAL
}

/// The real ABI with texts that could break out of the markup.
fn hostile() -> &'static [Case] {
    static HOSTILE: LazyLock<Vec<Case>> =
        LazyLock::new(|| hostile::abis(&today().abi).into_iter().map(Case::new).collect());
    &HOSTILE
}

/// The real ABI as of today.
fn today() -> &'static Case {
    let newest = real().last().expect("a release");
    let spec = fixtures::spec();
    assert_eq!(newest.abi.release, spec.newest());
    newest
}

#[test]
fn no_link_leads_nowhere() {
    for Case { name, abi, reference } in all() {
        let links: usize = reference.pages.values().map(|page| page.links.len()).sum();
        assert!(links > abi.structs.len(), "{name}: {links} links");
        assert_eq!(reference.dead_links(), [""; 0], "{name}");
    }
}

#[test]
fn no_anchor_is_there_twice() {
    for Case { name, reference, .. } in all() {
        for (path, page) in &reference.pages {
            let mut seen = BTreeSet::new();
            for anchor in &page.anchors {
                assert!(seen.insert(anchor), "{name}: {path}#{anchor}");
            }
        }
    }
}

#[test]
fn everything_has_its_place() {
    for Case { name, abi, reference } in all() {
        let anchors: BTreeSet<&str> = reference
            .pages
            .values()
            .flat_map(|page| page.anchors.iter().map(String::as_str))
            .collect();
        for anchor in expected_anchors(abi) {
            assert!(anchors.contains(anchor.as_str()), "{name}: nothing explains {anchor}");
        }
        for struct_ in &abi.structs {
            let path = format!("svg/{}.svg", struct_.name);
            assert!(reference.files.contains_key(&path), "{name}: {path}");
            let shown = |page: &reference::Page| page.links.contains(&path);
            assert!(reference.pages.values().any(shown), "{name}: no page shows {path}");
        }
        let chains = abi.chains.iter().map(|chain| &chain.name);
        let spaces = abi.groups.iter().filter(|group| group.kind == GroupKind::IdSpace);
        for space in chains.chain(spaces.map(|group| &group.name)) {
            assert!(
                reference.pages.contains_key(&format!("registry/{space}.md")),
                "{name}: {space}"
            );
        }
    }
}

#[test]
fn every_release_has_a_page_or_is_listed_as_unchanged() {
    let Case { abi, reference, .. } = today();
    let matrix = &reference.files["releases/README.md"];
    let unchanged = matrix.lines().find_map(|line| line.strip_prefix("Nothing changed in "));
    let unchanged = unchanged.expect("a list").trim_end_matches('.').replace(" and ", ", ");
    let unchanged: BTreeSet<&str> = unchanged.split(", ").collect();
    for release in &abi.releases {
        let page = reference.pages.contains_key(&format!("releases/{release}.md"));
        assert_ne!(page, unchanged.contains(release.bare().as_str()), "{release}");
    }
}

/// The names that a reader may look up.
fn expected_anchors(abi: &Abi) -> Vec<String> {
    let heading = |word: &str, name: &str| format!("{word}-{}", name.to_lowercase());
    let mut anchors = Vec::new();
    anchors.extend(abi.structs.iter().map(|one| heading("struct", &one.name)));
    anchors.extend(abi.macros.iter().map(|one| heading("macro", &one.name)));
    anchors.extend(abi.ioctls.iter().map(|one| heading("ioctl", &one.name)));
    anchors.extend(abi.chains.iter().map(|one| heading("chain", &one.name)));
    anchors.extend(abi.capabilities.iter().map(|one| heading("capability", &one.name)));
    let values = abi.groups.iter().flat_map(|group| &group.values);
    anchors.extend(values.map(|value| value.name.clone()));
    anchors
}

#[test]
fn every_row_has_as_many_cells_as_its_head() {
    for Case { name, reference, .. } in all().chain(hostile()) {
        for (path, text) in reference.files.iter().filter(|(path, _)| path.ends_with(".md")) {
            for table in tables(text) {
                assert!(table.len() > 2, "{name}: {path}: an empty table: {}", table[0]);
                for row in &table {
                    assert_eq!(cells(row), cells(table[0]), "{name}: {path}: {row}");
                }
            }
        }
    }
}

/// The lines around an example.
const FOLD: [&str; 3] = ["<details>", "<summary>Example in Rust and C</summary>", "</details>"];

#[test]
fn no_text_of_the_specification_breaks_out() {
    for Case { name: text, abi, reference } in hostile() {
        assert_eq!(reference.dead_links(), [""; 0], "{text}");
        let titles = reference.pages.values().filter_map(|page| page.headings.first());
        let titles: BTreeSet<&str> =
            titles.filter_map(|(_, title)| title.split(' ').next()).collect();
        for (path, page) in &reference.pages {
            let html = page.html.iter().filter(|one| !FOLD.contains(&one.trim_end()));
            assert_eq!(html.collect::<Vec<_>>(), [""; 0], "{text}: {path}");
            let headings: BTreeSet<&str> =
                page.headings.iter().filter_map(|(_, title)| title.split(' ').next()).collect();
            let ours = "struct ioctl chain capability macro enum ids constants fd Pages Ioctls \
                Structs Registries How Ids New Changed Deprecated Handlers Different \
                Numbers: Spaces Numbers Claims Proposals region handler";
            for heading in headings {
                let known = ours.split_whitespace().any(|word| word == heading);
                assert!(known || titles.contains(heading), "{text}: {path}: a heading {heading}");
            }
        }
        let letters = hostile::letters;
        for section in &abi.sections {
            let page = &reference.pages[&format!("{}.md", section.name)];
            let shown = page.paragraphs.iter().filter(|one| letters(one) == letters(text));
            let told = 1 + section.items.len();
            assert_eq!(shown.count(), told, "{text}: not shown as it is in {}", section.name);
        }
    }
}

#[test]
fn pages_are_tidy() {
    for Case { name, reference, .. } in all() {
        for (path, text) in &reference.files {
            let place = format!("{name}: {path}");
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{place}: its end");
            assert!(!text.starts_with('\n'), "{place}: its start");
            assert!(!text.contains("\n\n\n"), "{place}: two empty lines");
            assert!(
                text.lines().take(5).any(|line| line.contains(capchain::output::MARK)),
                "{place}"
            );
            for line in text.lines() {
                assert_eq!(line.trim_end(), line, "{place}");
                let empty = line.starts_with('|') && line.split('|').all(|cell| cell.trim() == "");
                let filler = ["TODO", "TBD", "FIXME", "N/A"].iter().any(|word| line.contains(word));
                assert!(!empty && !filler, "{place}: {line}");
            }
        }
    }
}

#[test]
fn no_heading_stands_alone() {
    for Case { name, reference, .. } in all() {
        for (path, text) in reference.files.iter().filter(|(path, _)| path.ends_with(".md")) {
            let prose = text.split("\n```").step_by(2);
            let lines = prose.flat_map(str::lines).filter(|line| !line.is_empty());
            let lines: Vec<&str> = lines.collect();
            let deep = |line: &str| line.len() - line.trim_start_matches('#').len();
            for pair in lines.windows(2) {
                let alone =
                    deep(pair[0]) > 0 && deep(pair[1]) > 0 && deep(pair[1]) <= deep(pair[0]);
                assert!(!alone, "{name}: {path}: nothing stands under {}", pair[0]);
            }
        }
    }
}

#[test]
fn every_picture_is_xml_and_nothing_in_it_overlaps() {
    for Case { name, reference, .. } in all() {
        for (path, text) in reference.pictures() {
            let place = format!("{name}: {path}");
            let document = Document::parse(text).unwrap_or_else(|error| panic!("{place}: {error}"));
            let scripts = document.descendants().filter(|node| node.has_tag_name("script"));
            assert_eq!(scripts.count(), 0, "{place}");
            // Many viewers know no variables of CSS, and show black.
            assert!(!text.contains("var("), "{place}");
            let of_layout = |node: &Node<'_, '_>| node.attribute("transform").is_some();
            let layouts: Vec<_> = document.descendants().filter(of_layout).collect();
            if layouts.is_empty() {
                check_boxes(&place, document.root_element());
            }
            for layout in layouts {
                check_layout(&place, layout, document.root_element());
            }
        }
    }
}

/// The boxes of a picture that is not of a struct are apart, and so is everything inside it.
fn check_boxes(place: &str, svg: Node<'_, '_>) {
    let named = |node: &Node<'_, '_>, name: &str| node.has_tag_name(name);
    assert!(svg.children().any(|node| named(&node, "desc")), "{place}: no description");
    let boxes = svg.children().filter(|node| named(node, "rect"));
    let boxes: Vec<_> = boxes.filter(|node| node.attribute("class") != Some("card")).collect();
    assert!(!boxes.is_empty(), "{place}");
    for (at, one) in boxes.iter().enumerate() {
        let (x, y, width, height) = frame(*one);
        assert!(x >= 0.0 && x + width <= 800.0, "{place}: a box at {x}");
        assert!(y >= 0.0 && y + height <= number(svg, "height"), "{place}: a box at {y}");
        for other in &boxes[at + 1..] {
            let (left, top, wide, high) = frame(*other);
            let apart =
                x + width <= left || left + wide <= x || y + height <= top || top + high <= y;
            assert!(apart, "{place}: boxes at {x},{y} and {left},{top}");
        }
    }
    for text in svg.descendants().filter(|node| named(node, "text")) {
        let letters = text.text().unwrap_or_default().chars().count() as f64;
        let class = text.attribute("class").unwrap_or_default();
        let size = match class {
            "enum" | "head" | "kind" => 16.0,
            "state" => 14.0,
            _ => 12.0,
        };
        let (x, width) = (number(text, "x"), letters * size * 0.6);
        let middle = ["state", "number"].contains(&class);
        let start = if middle { x - width / 2.0 } else { x };
        assert!(start >= 0.0 && start + width <= 800.0, "{place}: {:?}", text.text());
    }
}

/// The arcs in the kernel's comment on the enum, as of Linux 7.3, without the two that it
/// forbids.
const ARCS: &str = "PRE_COPY PRE_COPY_P2P, PRE_COPY RUNNING, PRE_COPY_P2P PRE_COPY, \
    PRE_COPY_P2P RUNNING_P2P, PRE_COPY_P2P STOP_COPY, RESUMING STOP, RUNNING PRE_COPY, \
    RUNNING RUNNING_P2P, RUNNING_P2P PRE_COPY_P2P, RUNNING_P2P RUNNING, RUNNING_P2P STOP, \
    STOP RESUMING, STOP RUNNING_P2P, STOP STOP_COPY, STOP_COPY STOP";

#[test]
fn states_change_as_the_kernel_says() {
    let Case { abi, reference, .. } = today();
    let states = abi.groups.iter().find(|group| group.name == "vfio_device_mig_state");
    let transitions = &states.expect("the states").transitions;
    let bare = |name: &String| name.trim_start_matches("VFIO_DEVICE_STATE_").to_owned();
    let arcs = transitions.iter().map(|(from, to)| format!("{} {}", bare(from), bare(to)));
    let arcs: BTreeSet<String> = arcs.collect();
    assert_eq!(arcs, ARCS.split(", ").map(str::to_owned).collect());
    let page = &reference.files["migration.md"];
    assert!(page.contains("![Transitions of enum vfio_device_mig_state]"), "{page}");
    // The states for pre-copy came later.
    let old = real().iter().find(|case| case.name == "v5.18").expect("the release");
    let states = old.abi.groups.iter().find(|group| group.name == "vfio_device_mig_state");
    assert_eq!(states.expect("the states").transitions.len(), 8);
}

/// Boxes are apart and inside the picture, and texts are inside their boxes.
fn check_layout(place: &str, layout: Node<'_, '_>, svg: Node<'_, '_>) {
    let boxes: Vec<_> = layout.children().filter(|node| node.has_tag_name("rect")).collect();
    for (at, one) in boxes.iter().enumerate() {
        let (x, y, width, height) = frame(*one);
        assert!(x >= 56.0 && x + width <= 696.0, "{place}: a box beside the rows");
        assert!(y + height <= number(svg, "height"), "{place}: a box below the card");
        for other in &boxes[at + 1..] {
            let (left, top, wide, high) = frame(*other);
            let apart =
                x + width <= left || left + wide <= x || y + height <= top || top + high <= y;
            assert!(apart, "{place}: boxes at {x},{y} and {left},{top}");
        }
    }
    for text in layout.descendants().filter(|node| node.has_tag_name("text")) {
        let letters = text.text().unwrap_or_default().chars().count() as f64;
        let size = text.attribute("font-size").map_or(14.0, |size| size.parse().expect("a size"));
        let (x, width) = (number(text, "x"), letters * size * 0.6);
        let room = match text.attribute("class").unwrap_or_default() {
            "name" | "type" | "more" => {
                let around = boxes.iter().map(|one| frame(*one)).find(|(left, top, wide, high)| {
                    let y = number(text, "y");
                    *left <= x && x <= left + wide && *top <= y && y <= top + high
                });
                around.expect("a box around the text").2
            }
            "note" => 800.0 - x,
            class if class.starts_with("offset") => x,
            _ => 768.0,
        };
        assert!(width <= room, "{place}: {:?} is wider than {room}", text.text());
    }
}

fn frame(node: Node<'_, '_>) -> (f64, f64, f64, f64) {
    (number(node, "x"), number(node, "y"), number(node, "width"), number(node, "height"))
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|text| text.parse().ok()).expect("a number")
}

#[test]
fn every_field_is_in_its_picture() {
    let Case { abi, reference, .. } = today();
    for struct_ in &abi.structs {
        let picture = &reference.files[&format!("svg/{}.svg", struct_.name)];
        let document = Document::parse(picture).expect("XML");
        let texts = document.descendants().filter(|node| node.has_tag_name("text"));
        let texts: Vec<&str> = texts.filter_map(|node| node.text()).collect();
        for field in struct_.fields.iter().filter(|field| field.arms().is_empty()) {
            let header = format!("{}.", field.name);
            let found = texts.iter().any(|text| *text == field.name || text.starts_with(&header));
            assert!(found, "{}.{}", struct_.name, field.name);
        }
    }
}

#[test]
fn both_layouts_are_drawn_where_targets_differ() {
    let Case { reference, .. } = today();
    let page = &reference.files["iommu_type1_info.md"];
    let anchor = "<a id=\"vfio_iommu_type1_info_cap_migration.pgsize_bitmap\"></a>";
    let row = format!("| 16\u{a0}/\u{a0}12 | 8 | `__u64` | {anchor}`pgsize_bitmap` |");
    assert!(page.contains(&row), "{page}");
    let picture = &reference.files["svg/vfio_iommu_type1_info_cap_migration.svg"];
    assert!(picture.contains("64-bit and other 32-bit: 32 bytes"));
    assert!(picture.contains("i386: 28 bytes"));
}

#[test]
fn a_long_array_is_folded() {
    let Case { abi, reference, .. } = today();
    let long =
        |name: &str| abi.structs.iter().any(|one| one.name == name && one.layouts[0].size > 100);
    assert!(long("ccw_io_region"));
    let document = Document::parse(&reference.files["svg/ccw_io_region.svg"]).expect("XML");
    assert!(number(document.root_element(), "height") < 400.0);
}

#[test]
fn registries_show_history_and_free_numbers() {
    let Case { reference, .. } = today();
    let type1 = &reference.pages["registry/type1.md"].text;
    let renumbered = "VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION was 1 before Linux 5.8-rc3; \
        VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE holds that.";
    assert!(type1.contains(renumbered), "{type1}");
    assert!(type1.contains("The next free number is 4."), "{type1}");
    let extension = &reference.pages["registry/extension.md"].text;
    let renamed = "was called VFIO_TYPE1_NESTING_IOMMU before Linux 6.13";
    assert!(extension.contains(renamed), "{extension}");
    assert!(extension.contains("VFIO_PKVM_PVIOMMU"), "{extension}");
}
