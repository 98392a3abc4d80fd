//! How the time of each stage grows with the specification.

use std::path::Path;

use crate::Result;
use crate::scale::Scaled;
use crate::stages::{Medians, measure};

/// Sizes, as multiples of the specification, and the number of runs of each.
const SIZES: [(usize, usize); 3] = [(1, 101), (10, 21), (100, 5)];

/// The largest allowed ratio of the times for 100 copies and for one.
const GOAL: f64 = 110.0;

/// Prints the times of each stage at each size, and the ratio of the last to
/// the first.
pub(crate) fn print(spec: &Path) -> Result<()> {
    let scaled = Scaled::new(spec)?;
    let mut columns = Vec::new();
    for (copies, runs) in SIZES {
        let folder = scaled.folder(copies)?;
        columns.push(measure(folder.path(), runs)?);
    }
    println!("Growth: 1, 10 and 100 times the specification, in ms, medians");
    println!("  {:<24} {:>10} {:>10} {:>10} {:>10}", "", "1x", "10x", "100x", "100x/1x");
    for (stage, (name, _)) in columns[0].stages.iter().enumerate() {
        row(name, columns.iter().map(|column| column.stages[stage].1));
    }
    row("sum", columns.iter().map(|column: &Medians| column.sum));
    Ok(())
}

fn row(name: &str, times: impl Iterator<Item = std::time::Duration>) {
    let times: Vec<_> = times.map(|time| time.as_secs_f64() * 1e3).collect();
    print!("  {name:<24}");
    for time in &times {
        print!(" {time:>10.2}");
    }
    let ratio = times[times.len() - 1] / times[0];
    let verdict = if ratio <= GOAL { "kept" } else { "MISSED" };
    println!(" {ratio:>10.1}  goal: at most {GOAL} ({verdict})");
}
