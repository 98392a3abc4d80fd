//! The table of all ways and all chains.

use crate::build::ways;
use crate::count::{Cost, cost};
use crate::{CHAINS, Result, replies};

/// The largest ratios to the walk without checks that are allowed, by the number of
/// capabilities: of instructions, and of time.
const GOALS: [(usize, f64, Option<f64>); 2] = [(3, 2.3, None), (64, 1.9, Some(1.0))];

/// Prints the cost of every way on every chain.
pub(crate) fn print() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let ways = ways(folder.path())?;
    for count in CHAINS {
        let bytes = replies::region(count)?;
        let reply = folder.path().join("reply");
        std::fs::write(&reply, &bytes)?;
        println!("A region chain of {count}, {} bytes: one walk", bytes.len());
        println!("  {:<24} {:>12}  {:>9}", "", "instructions", "time");
        let costs = ways.iter().map(|way| cost(way, &reply, count, folder.path()));
        let costs: Vec<_> = costs.collect::<Result<_>>()?;
        for (way, cost) in ways.iter().zip(&costs) {
            if cost.sum != costs[0].sum {
                return Err(format!("{} came to another sum", way.title).into());
            }
            let peer = ways.iter().position(|other| Some(other.title) == way.peer);
            let remark = peer.map(|peer| remark(count, cost, &costs[peer]));
            row(way.title, cost, &remark.unwrap_or_default());
        }
        println!();
    }
    Ok(())
}

/// The cost compared with that of the walk without checks, and with the goals.
fn remark(count: usize, cost: &Cost, peer: &Cost) -> String {
    let goals = GOALS.iter().find(|goal| goal.0 == count);
    let time = ratio("time", cost.time / peer.time, goals.and_then(|goal| goal.2));
    match cost.instructions.zip(peer.instructions) {
        Some((ours, theirs)) => {
            let instructions = ratio("instructions", ours / theirs, goals.map(|goal| goal.1));
            format!("{instructions}, {time}")
        }
        None => time,
    }
}

/// A ratio to the walk without checks and, if it has a goal, whether that is reached.
fn ratio(unit: &str, ratio: f64, goal: Option<f64>) -> String {
    let verdict = if goal.is_none_or(|goal| ratio <= goal) { "reached" } else { "MISSED" };
    let goal = goal.map(|goal| format!(" (goal: at most {goal}, {verdict})"));
    format!("{ratio:.2} times the {unit} without checks{}", goal.unwrap_or_default())
}

fn row(title: &str, cost: &Cost, remark: &str) {
    let instructions = match cost.instructions {
        Some(instructions) => format!("{instructions:.0}"),
        None => "no valgrind".to_owned(),
    };
    println!("  {title:<24} {instructions:>12}  {:>6.1} ns  {remark}", cost.time);
}
