//! The picture of the releases, as SVG: a bar for each release, as high as it has new items.

use std::sync::LazyLock;

use askama::Template;

use super::changelog::{self, ItemHistory};
use super::phrases::linux;
use super::picture;
use crate::emit::{banner, escape};
use crate::ir::Abi;
use crate::output::OutputFile;
use crate::release::Release;

/// Its path, below the folder of the reference.
pub(super) const PATH: &str = "pictures/releases.svg";

/// The line on which the bars are, their left edge and their room.
const AXIS: usize = 210;
const LEFT: usize = 24;
const WIDTH: usize = 752;
const HEIGHT: usize = 150;
/// The least number that is printed at its bar.
const PRINTED: usize = 5;

/// The rules of the style.
static STYLE: LazyLock<String> =
    LazyLock::new(|| picture::style(include_str!("../../../templates/timeline.css")));

/// The data of the template.
#[derive(Template)]
#[template(path = "timeline.svg.jinja", escape = "none")]
struct TimelineView {
    banner: String,
    style: &'static str,
    description: String,
    axis: usize,
    width: usize,
    bars: Vec<BarView>,
    marks: Vec<MarkView>,
    mark_y: usize,
}

/// The bar of a release.
struct BarView {
    x: usize,
    y: usize,
    height: usize,
    middle: usize,
    number: Option<usize>,
    number_y: usize,
}

/// A release that is named below the line.
struct MarkView {
    x: usize,
    text: String,
}

/// The picture; none for a single release.
pub(super) fn file(abi: &Abi, histories: &[ItemHistory<'_>]) -> Option<OutputFile> {
    let releases: Vec<Release> = abi
        .releases
        .iter()
        .copied()
        .filter(|release| !release.is_candidate() && *release <= abi.release)
        .collect();
    if abi.releases.len() < 2 {
        return None;
    }
    let came: Vec<_> = histories
        .iter()
        .filter(|history| !history.with_owner)
        .filter_map(|history| changelog::shown_in(abi, history.meta.since.first()))
        .collect();
    let counts: Vec<(Release, usize)> = releases
        .iter()
        .map(|release| (*release, came.iter().filter(|one| *one == release).count()))
        .collect();
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
    let step = WIDTH / counts.len();
    let width = step.saturating_sub(2).clamp(1, 40);
    let bars = counts.iter().enumerate().filter(|(_, (_, count))| *count > 0);
    let bars = bars.map(|(at, (_, count))| {
        let height = (count * HEIGHT).div_ceil(most).max(2);
        let x = LEFT + at * step;
        BarView {
            x,
            y: AXIS - height,
            height,
            middle: x + width / 2,
            number: (*count >= PRINTED).then_some(*count),
            number_y: AXIS - height - 5,
        }
    });
    let view = TimelineView {
        banner: escape::in_xml_comment(&banner::line(abi)),
        style: &STYLE,
        description: description(&counts),
        axis: AXIS,
        width,
        bars: bars.collect(),
        marks: marks(&releases, step),
        mark_y: AXIS + 22,
    };
    Some(super::output(PATH, &view))
}

/// The first release, and the first one of each series.
fn marks(releases: &[Release], step: usize) -> Vec<MarkView> {
    let series = |release: &Release| release.bare().split('.').next().map(str::to_owned);
    let first = |at: usize| at == 0 || series(&releases[at]) != series(&releases[at - 1]);
    let marks = (0..releases.len()).filter(|at| first(*at));
    marks.map(|at| MarkView { x: LEFT + at * step, text: releases[at].bare() }).collect()
}

/// The same in words.
fn description(counts: &[(Release, usize)]) -> String {
    let new = counts.iter().filter(|(_, count)| *count > 0);
    let words: Vec<_> =
        new.map(|(release, count)| format!("{}: {count}", linux(*release))).collect();
    escape::in_xml(&words.join(", "))
}
