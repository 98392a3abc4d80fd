//! `capchain trace`: runs a program and prints its ioctls, both sides decoded.

#[cfg(target_os = "linux")]
mod machine;
mod printed;
#[cfg(target_os = "linux")]
mod system;
#[cfg(target_os = "linux")]
mod tracer;

use std::fs::File;
use std::io::{self, BufWriter, Write};

use capchain::ir::Abi;
use capchain::layout::Target;

use super::{CommandResult, at_release, specs};
use crate::cli::{Source, TraceArgs};

/// A call that ended.
pub(super) struct FinishedCall {
    /// The thread.
    thread: i32,
    target: &'static Target,
    request: u32,
    descriptor: i32,
    /// The name that the kernel gives the file.
    file: String,
    argument: u64,
    before: Vec<u8>,
    after: Vec<u8>,
    /// The memory that the argument has the address of.
    memory: Vec<PointedMemory>,
    /// The result, or the negative error number.
    result: i64,
    /// The file that the result is a descriptor of, if there is one.
    new_file: Option<String>,
}

/// Memory that an argument has the address of.
struct PointedMemory {
    address: u64,
    before: Vec<u8>,
    after: Vec<u8>,
}

pub(super) fn run(source: &Source, args: &TraceArgs) -> CommandResult {
    let mut abis = Vec::new();
    let mut error = None;
    for specification in specs::all(source)? {
        let spec = specification.load_at(&source.overlay, args.at)?.spec;
        match at_release(&spec, args.at) {
            Ok(abi) => abis.push(abi),
            Err(other) => error = Some(other),
        }
    }
    if let Some(error) = error.filter(|_| abis.is_empty()) {
        return Err(error);
    }
    abis.retain(|abi: &Abi| abi.ioctl_numbers.is_some());
    let to: Box<dyn Write> = match &args.output {
        Some(path) => {
            let file = File::create(path);
            let file = file.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(io::stderr()),
    };
    traced(&abis, args, to)
}

#[cfg(target_os = "linux")]
fn traced(abis: &[Abi], args: &TraceArgs, to: Box<dyn Write>) -> CommandResult {
    use super::Output;
    let mut printer = printed::CallPrinter::new(abis, args.format, to);
    let code = tracer::run(&args.command, &mut printer)?;
    Ok(Output { text: String::new(), code })
}

#[cfg(not(target_os = "linux"))]
fn traced(_: &[Abi], _: &TraceArgs, _: Box<dyn Write>) -> CommandResult {
    Err("`trace` needs Linux".to_owned())
}
