//! `capchain lint`.

use super::{FINE, Outcome, open, origin};
use crate::cli::{Lint, Source};

pub(super) fn run(source: &Source, _: &Lint) -> Outcome {
    let _ = open(&origin(source), source)?;
    Ok(FINE)
}
