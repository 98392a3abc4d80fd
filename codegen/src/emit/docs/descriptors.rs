//! The picture of the kinds of file descriptors, as SVG: a box for each kind with its ioctls,
//! and an arrow from each ioctl that returns a new file descriptor to the box of its kind.

use std::sync::LazyLock;

use askama::Template;

use super::phrases::{first_sentence, list};
use super::picture;
use crate::emit::{banner, escape};
use crate::ir::{Abi, Arg, Ioctl, NewFd};
use crate::output::OutputFile;

/// Its path, below the folder of the reference.
pub(super) const PATH: &str = "pictures/descriptors.svg";

/// The height of a line.
const LINE: usize = 20;
/// The left edges of the two columns of ioctls.
const COLUMNS: [usize; 2] = [34, 380];
/// The most letters of a line across the box.
const LETTERS: usize = 92;

/// The rules of the style.
static STYLE: LazyLock<String> =
    LazyLock::new(|| picture::style(include_str!("../../../templates/descriptors.css")));

/// The data of the template.
#[derive(Template)]
#[template(path = "descriptors.svg.jinja", escape = "none")]
struct DescriptorsView {
    banner: String,
    style: &'static str,
    description: String,
    height: usize,
    card: usize,
    kinds: Vec<KindBoxView>,
    arrows: Vec<String>,
}

/// The box of a kind.
struct KindBoxView {
    y: usize,
    height: usize,
    name: String,
    name_y: usize,
    about: String,
    about_y: usize,
    ioctls: Vec<IoctlLineView>,
}

/// The line of an ioctl.
struct IoctlLineView {
    x: usize,
    y: usize,
    text: String,
}

/// The picture; none without ioctls.
pub(super) fn file(abi: &Abi) -> Option<OutputFile> {
    if abi.ioctls.is_empty() {
        return None;
    }
    let (mut top, mut kinds, mut sources) = (20, Vec::new(), Vec::new());
    for (at, kind) in abi.fds.iter().enumerate() {
        let mut of_kind: Vec<&Ioctl> = abi.ioctls.iter().filter(|ioctl| ioctl.fd == at).collect();
        of_kind.sort_by_key(|ioctl| ioctl.number);
        let (opening, plain): (Vec<&Ioctl>, Vec<&Ioctl>) =
            of_kind.iter().partition(|ioctl| opened(abi, ioctl).is_some());
        let half = plain.len().div_ceil(2);
        let first = top + 68;
        let mut ioctls: Vec<_> = plain
            .iter()
            .enumerate()
            .map(|(index, ioctl)| {
                let (column, row) = if index < half { (0, index) } else { (1, index - half) };
                let text = escape::in_xml(&ioctl.name);
                IoctlLineView { x: COLUMNS[column], y: first + row * LINE, text }
            })
            .collect();
        for (index, ioctl) in opening.iter().enumerate() {
            let (y, kind) = (first + (half + index) * LINE, opened(abi, ioctl).unwrap_or_default());
            let text = format!("{} returns a new {}", ioctl.name, abi.fds[kind].name);
            ioctls.push(IoctlLineView { x: COLUMNS[0], y, text: escape::in_xml(&text) });
            sources.push((y - 4, kind));
        }
        let height = 58 + (half + opening.len()) * LINE + 6;
        let about = kind.doc.first().map(|doc| first_sentence(doc)).unwrap_or_default();
        kinds.push(KindBoxView {
            y: top,
            height,
            name: escape::in_xml(&kind.name),
            name_y: top + 24,
            about: escape::in_xml(&cut(about)),
            about_y: top + 44,
            ioctls,
        });
        top += height + 18;
    }
    let arrow = |(index, (y, kind)): (usize, &(usize, usize))| {
        format!("M720 {y} H{} V{} H722", 745 + 12 * index, kinds[*kind].y + 20)
    };
    let arrows = sources.iter().enumerate().map(arrow).collect();
    let view = DescriptorsView {
        banner: escape::in_xml_comment(&banner::line(abi)),
        style: &STYLE,
        description: description(abi),
        height: top + 2,
        card: top + 1,
        arrows,
        kinds,
    };
    Some(super::output(PATH, &view))
}

/// The kind of the file descriptor that an ioctl returns, as its result or in its argument.
fn opened(abi: &Abi, ioctl: &Ioctl) -> Option<usize> {
    let argument = match ioctl.arg {
        Arg::Struct(id) => &abi.struct_(id).fields[..],
        _ => &[],
    };
    let fields = argument.iter().map(|field| field.returns_fd);
    fields.chain([ioctl.returns_fd]).find_map(|new| match new? {
        NewFd::Kind(kind) => Some(kind),
        NewFd::Other => None,
    })
}

/// A text that fits one line.
fn cut(text: &str) -> String {
    if text.chars().count() <= LETTERS {
        return text.to_owned();
    }
    text.chars().take(LETTERS - 1).collect::<String>() + "…"
}

/// The same in words.
fn description(abi: &Abi) -> String {
    let kind = |(at, name): (usize, &String)| {
        let ioctls = abi.ioctls.iter().filter(|ioctl| ioctl.fd == at);
        let names: Vec<_> = ioctls.map(|ioctl| ioctl.name.clone()).collect();
        format!("{name}: {}.", list(&names))
    };
    let kinds = abi.fds.iter().map(|kind| &kind.name).enumerate().map(kind);
    escape::in_xml(&kinds.collect::<Vec<_>>().join(" "))
}
