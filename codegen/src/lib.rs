//! The schema, the compiler and the compatibility prover for capability-chain
//! ABIs: structures that carry `argsz` and `flags`, and behind them a chain of
//! `{id, version, next}` capabilities.

pub mod diagnostic;
pub mod emit;
pub mod ir;
pub mod layout;
pub mod names;
pub mod release;
pub mod reply;
pub mod spec;
