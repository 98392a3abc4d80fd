//! The picture of an enum of states, as SVG: two rows of boxes, and an arrow for each
//! transition. The order of the boxes is the one with the shortest arrows and the fewest
//! crossings. The same transitions are a table for readers who do not see pictures.

use std::collections::BTreeSet;
use std::iter;
use std::sync::LazyLock;

use askama::Template;

use super::page::Page;
use super::phrases::list;
use super::picture;
use super::table::{Align, Table};
use crate::emit::{banner, escape};
use crate::ir::{Abi, Group, Value};
use crate::output::OutputFile;

/// The most states for which all orders are tried.
const MOST: usize = 7;
/// The size of a box.
const BOX: (usize, usize) = (150, 52);
/// The distance from a box to the next one, sideways and down.
const STEP: (usize, usize) = (196, 128);
/// The left edge and the top of the boxes.
const ORIGIN: (usize, usize) = (31, 56);

/// The rules of the style.
static STYLE: LazyLock<String> =
    LazyLock::new(|| picture::style(include_str!("../../../templates/transitions.css")));

/// The data of the template.
#[derive(Template)]
#[template(path = "transitions.svg.jinja", escape = "none")]
struct TransitionsView {
    banner: String,
    style: &'static str,
    name: String,
    description: String,
    height: usize,
    card: usize,
    arrows: Vec<ArrowView>,
    states: Vec<StateView>,
    note: Option<&'static str>,
    note_y: usize,
}

/// An arrow, which can have two tips.
struct ArrowView {
    class: &'static str,
    path: String,
}

/// The box of a state.
struct StateView {
    class: &'static str,
    x: usize,
    y: usize,
    width: usize,
    height: usize,
    middle: usize,
    name: String,
    name_y: usize,
    number: i128,
    number_y: usize,
}

/// The path of the picture, below the folder of the reference.
pub(super) fn svg_path(group: &Group) -> String {
    format!("pictures/{}.svg", group.name)
}

/// The pictures of all enums with transitions.
pub(super) fn files(abi: &Abi) -> Vec<OutputFile> {
    let groups = abi.groups.iter().filter(|group| !group.transitions.is_empty());
    groups.map(|group| file(abi, group)).collect()
}

/// The table of transitions.
pub(super) fn table(page: &Page<'_>, group: &Group) -> Option<String> {
    let mut table = Table::new([("state", Align::Left), ("can change directly to", Align::Left)]);
    for value in &group.values {
        let next = group.transitions.iter().filter(|(from, _)| *from == value.name);
        let next: Vec<_> = next.map(|(_, to)| page.name(to)).collect();
        if !next.is_empty() {
            table.row([page.name(&value.name), list(&next)]);
        }
    }
    table.finish()
}

fn file(abi: &Abi, group: &Group) -> OutputFile {
    let states: Vec<&Value> = group.values.iter().filter(|value| value.count.is_none()).collect();
    let named = |value: &Value| {
        group.transitions.iter().any(|(from, to)| *from == value.name || *to == value.name)
    };
    let (joined, alone): (Vec<&Value>, Vec<&Value>) = states.iter().partition(|value| named(value));
    let edges = edges(group, &joined);
    let order = best_order(joined.len(), &edges);
    let cells = cells(&order);
    let mut boxes: Vec<_> =
        joined.iter().zip(&cells).map(|(one, cell)| state(one, "box", *cell)).collect();
    let rest = alone.iter().enumerate();
    boxes.extend(rest.map(|(at, value)| state(value, "alone", (at, 2))));
    let bottom = if alone.is_empty() { 1 } else { 2 };
    let height = ORIGIN.1 + bottom * STEP.1 + BOX.1 + 24 + 12 * bottom;
    let view = TransitionsView {
        banner: escape::in_xml_comment(&banner::line(abi)),
        style: &STYLE,
        name: group.name.clone(),
        description: description(group),
        height,
        card: height - 1,
        arrows: edges.iter().map(|edge| arrow(edge, &cells)).collect(),
        states: boxes,
        note: (!alone.is_empty()).then_some("dashed: no direct transition"),
        note_y: height - 12,
    };
    super::output(&svg_path(group), &view)
}

/// All transitions in words.
fn description(group: &Group) -> String {
    let short = |name: &String| {
        let value = group.values.iter().find(|value| value.name == *name);
        value.map_or(name.as_str(), |value| value.short.as_str()).to_owned()
    };
    let pairs =
        group.transitions.iter().map(|(from, to)| format!("{} to {}", short(from), short(to)));
    escape::in_xml(&list(&pairs.collect::<Vec<_>>()))
}

/// Two states with a transition, and whether there is one back.
struct StateEdge {
    from: usize,
    to: usize,
    both: bool,
}

impl StateEdge {
    /// The end that gets its place later.
    fn latest(&self) -> usize {
        self.from.max(self.to)
    }
}

fn edges(group: &Group, states: &[&Value]) -> Vec<StateEdge> {
    let index = |name: &String| states.iter().position(|state| state.name == *name);
    let pairs = group.transitions.iter().filter_map(|(from, to)| Some((index(from)?, index(to)?)));
    let pairs: BTreeSet<(usize, usize)> = pairs.collect();
    let back = |(from, to): &(usize, usize)| pairs.contains(&(*to, *from));
    let kept = pairs.iter().filter(|pair| !back(pair) || pair.0 < pair.1);
    kept.map(|pair| StateEdge { from: pair.0, to: pair.1, both: back(pair) }).collect()
}

/// A column and a row.
type StateCell = (usize, usize);

/// The cells of two states with a transition.
type Arrow = (StateCell, StateCell);

/// The cell of each place in an order: the first row has the first half.
fn cell(place: usize, count: usize) -> StateCell {
    let first = count / 2;
    if place < first { (place, 0) } else { (place - first, 1) }
}

/// The cell of each state, from the places of the states.
fn cells(order: &[usize]) -> Vec<StateCell> {
    order.iter().map(|place| cell(*place, order.len())).collect()
}

/// The place of each state, so that arrows are short and do not cross: the first order of those
/// with the least cost.
fn best_order(count: usize, edges: &[StateEdge]) -> Vec<usize> {
    let order: Vec<usize> = (0..count).collect();
    if count > MOST {
        return order;
    }
    let found = |limit| {
        let mut search = OrderSearch { count, edges, limit, best: None };
        search.place_next(&mut Vec::new(), &mut Vec::new(), 0);
        search.best
    };
    // A low limit leaves most orders early, and most states have an order that costs little.
    let mut limits = iter::successors(Some(2 * edges.len() + 1), |limit| limit.checked_mul(2));
    limits.find_map(found).unwrap_or(order)
}

/// The search for the best order below a limit: it places one state after the other, and leaves
/// an order when that costs as much as the limit or the best one so far, even if each other
/// arrow costs only 1.
struct OrderSearch<'a> {
    count: usize,
    edges: &'a [StateEdge],
    limit: usize,
    best: Option<Vec<usize>>,
}

impl OrderSearch<'_> {
    /// Tries all places of the next state. `cost` is that of the states which have a place, and
    /// `arrows` are those between them.
    fn place_next(&mut self, order: &mut Vec<usize>, arrows: &mut Vec<Arrow>, cost: usize) {
        if order.len() == self.count {
            (self.limit, self.best) = (cost, Some(order.clone()));
            return;
        }
        let before = arrows.len();
        let others = self.edges.iter().filter(|edge| edge.latest() > order.len()).count();
        for place in 0..self.count {
            if order.contains(&place) {
                continue;
            }
            order.push(place);
            let cost = cost + added_cost(order, arrows, self.count, self.edges);
            if cost + others < self.limit {
                self.place_next(order, arrows, cost);
            }
            arrows.truncate(before);
            order.pop();
        }
    }
}

/// The cost that the last of some placed states adds: its arrows to other placed states, which
/// are added to those before, cost more if they are long or run over boxes, and each crossing
/// costs much.
fn added_cost(
    order: &[usize],
    arrows: &mut Vec<Arrow>,
    count: usize,
    edges: &[StateEdge],
) -> usize {
    let at = |state: usize| cell(order[state], count);
    let mut cost = 0;
    for edge in edges.iter().filter(|edge| edge.latest() == order.len() - 1) {
        let (a, b) = (at(edge.from), at(edge.to));
        let across = a.0.abs_diff(b.0);
        cost += if a.1 == b.1 { if across == 1 { 1 } else { 10 * across } } else { 1 + 2 * across };
        cost += 20 * arrows.iter().filter(|other| cross((a, b), **other)).count();
        arrows.push((a, b));
    }
    cost
}

/// Whether two arrows between the rows cross.
fn cross(one: Arrow, other: Arrow) -> bool {
    let down = |(a, b): Arrow| if a.1 == 0 { (a, b) } else { (b, a) };
    let between = one.0.1 != one.1.1 && other.0.1 != other.1.1;
    let ((top, bottom), (top2, bottom2)) = (down(one), down(other));
    let crossing =
        (top.0 < top2.0 && bottom.0 > bottom2.0) || (top.0 > top2.0 && bottom.0 < bottom2.0);
    between && crossing
}

fn corner((column, row): (usize, usize)) -> (usize, usize) {
    (ORIGIN.0 + column * STEP.0, ORIGIN.1 + row * STEP.1)
}

fn state(value: &Value, class: &'static str, cell: (usize, usize)) -> StateView {
    let (x, y) = corner(cell);
    StateView {
        class,
        x,
        y,
        width: BOX.0,
        height: BOX.1,
        middle: x + BOX.0 / 2,
        name: escape::in_xml(&value.short),
        name_y: y + 23,
        number: value.number,
        number_y: y + 41,
    }
}

fn arrow(edge: &StateEdge, cells: &[(usize, usize)]) -> ArrowView {
    let (from, to) = (cells[edge.from], cells[edge.to]);
    let ((x1, y1), (x2, y2)) = (corner(from), corner(to));
    let (middle1, middle2) = (x1 + BOX.0 / 2, x2 + BOX.0 / 2);
    let path = match (from.1 == to.1, from.0.abs_diff(to.0)) {
        (true, 1) if x1 < x2 => format!("M{} {} H{}", x1 + BOX.0, y1 + 26, x2),
        (true, 1) => format!("M{} {} H{}", x1, y1 + 26, x2 + BOX.0),
        (true, _) => {
            let top = y1 - 24;
            format!("M{middle1} {y1} C{middle1} {top} {middle2} {top} {middle2} {y2}")
        }
        (false, _) if y1 < y2 => format!("M{middle1} {} L{middle2} {y2}", y1 + BOX.1),
        (false, _) => format!("M{middle1} {y1} L{middle2} {}", y2 + BOX.1),
    };
    ArrowView { class: if edge.both { "arrow both" } else { "arrow" }, path }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cost of all states.
    fn cost(order: &[usize], edges: &[StateEdge]) -> usize {
        let mut arrows = Vec::new();
        let placed = (1..=order.len()).map(|placed| &order[..placed]);
        placed.map(|placed| added_cost(placed, &mut arrows, order.len(), edges)).sum()
    }

    #[test]
    fn a_ladder_is_drawn_without_crossings() {
        let edge = |(from, to)| StateEdge { from, to, both: true };
        let rungs = [(0, 5), (1, 3), (2, 4), (0, 1), (1, 2), (5, 3), (3, 4), (2, 6)].map(edge);
        let order = best_order(7, &rungs);
        assert_eq!(cost(&order, &rungs), 8, "{order:?}");
    }

    #[test]
    fn no_order_is_better() {
        let edge = |(from, to)| StateEdge { from, to, both: false };
        let edges = [(0, 3), (1, 2), (2, 0), (4, 1), (3, 4), (0, 4)].map(edge);
        let mut orders = vec![Vec::new()];
        for _ in 0..5 {
            let longer = orders.iter().flat_map(|order: &Vec<usize>| {
                let free = (0..5).filter(|place| !order.contains(place));
                free.map(|place| [order.as_slice(), &[place]].concat())
            });
            orders = longer.collect();
        }
        assert_eq!(orders.len(), 120);
        // The first of those with the least cost.
        let best = orders.into_iter().min_by_key(|order| cost(order, &edges));
        assert_eq!(Some(best_order(5, &edges)), best);
    }
}
