//! The table of all ways and all chains.

use crate::build::ways;
use crate::count::{Cost, cost};
use crate::{CHAINS, Result, replies};

/// The largest allowed ratio to the instructions of the unchecked walk.
const MOST_INSTRUCTIONS: f64 = 2.0;

/// The smallest allowed ratio to the speed of the allocating walk.
const LEAST_SPEED: f64 = 8.0;

/// The chain of the goals: the two most common capabilities of a region and one more.
const GOAL: usize = 3;

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
            let ours = way.title.starts_with("generated");
            let remark = if ours { remark(count, cost, &costs) } else { String::new() };
            row(way.title, cost, &remark);
        }
        println!();
    }
    Ok(())
}

/// Our cost compared with the first and the last way, and with the goal.
fn remark(count: usize, cost: &Cost, costs: &[Cost]) -> String {
    let (Some(unchecked), Some(allocating)) = (costs.first(), costs.last()) else {
        return String::new();
    };
    let faster = allocating.time / cost.time;
    let speed = goal(count, faster >= LEAST_SPEED, &format!("at least {LEAST_SPEED}"));
    let speed = format!("{faster:.1} times faster than the last{speed}");
    match cost.instructions.zip(unchecked.instructions).filter(|_| costs.len() == 4) {
        Some((ours, unchecked)) => {
            let ratio = ours / unchecked;
            let goal =
                goal(count, ratio <= MOST_INSTRUCTIONS, &format!("at most {MOST_INSTRUCTIONS}"));
            format!("{ratio:.2} times the first{goal}, {speed}")
        }
        None => speed,
    }
}

/// The goal, if there is one, and whether it is reached.
fn goal(count: usize, kept: bool, goal: &str) -> String {
    let verdict = if kept { "kept" } else { "MISSED" };
    if count == GOAL { format!(" (goal: {goal}, {verdict})") } else { String::new() }
}

fn row(title: &str, cost: &Cost, remark: &str) {
    let instructions = match cost.instructions {
        Some(instructions) => format!("{instructions:.0}"),
        None => "no valgrind".to_owned(),
    };
    println!("  {title:<24} {instructions:>12}  {:>6.1} ns  {remark}", cost.time);
}
