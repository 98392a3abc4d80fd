//! Runs a program and stops it at its system calls. Nothing is changed in it: the bytes of
//! an argument are read from its memory before and after the call.

use std::collections::{BTreeMap, HashMap};
use std::ffi::{CString, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;

use capchain::decode::calls::HEAD;

use super::printed::CallPrinter;
use super::system::{self, CallState, ThreadState};
use super::{FinishedCall, PointedMemory, machine};

/// Runs a command to its end; returns its exit code.
pub(super) fn run(command: &[OsString], printer: &mut CallPrinter<'_>) -> Result<u8, String> {
    let name = command.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let words: Result<Vec<_>, _> =
        command.iter().map(|word| CString::new(word.as_bytes())).collect();
    let words = words.map_err(|_| "an argument of the command contains a zero".to_owned())?;
    let child = system::start(&words).map_err(|error| {
        format!("cannot trace a program: {error}; the system must permit ptrace of child processes")
    })?;
    let mut tracer = Tracer { printer, open: HashMap::new() };
    let (mut code, mut started) = (0, false);
    while let Some((thread, state)) = system::wait().map_err(|error| error.to_string())? {
        match state {
            ThreadState::Exited(status) => {
                tracer.open.remove(&thread);
                if thread == child && !started {
                    let error = io::Error::from_raw_os_error(status.into());
                    return Err(format!("cannot run {name}: {error}"));
                }
                code = if thread == child { status } else { code };
            }
            ThreadState::Killed(signal) => {
                tracer.open.remove(&thread);
                code = if thread == child { 128 | signal } else { code };
            }
            ThreadState::GroupStop => system::listen(thread),
            ThreadState::Event(event) => {
                if event == system::PROGRAM_STARTED {
                    started = true;
                    tracer.open.remove(&thread);
                }
                system::resume(thread, 0);
            }
            ThreadState::Signal(signal) => system::resume(thread, signal),
            ThreadState::AtCall => {
                tracer.at_call(thread)?;
                system::resume(thread, 0);
            }
        }
    }
    tracer.printer.end();
    Ok(code)
}

struct Tracer<'p, 'a> {
    printer: &'p mut CallPrinter<'a>,
    /// The calls that have not ended, by thread.
    open: HashMap<i32, FinishedCall>,
}

impl Tracer<'_, '_> {
    fn at_call(&mut self, thread: i32) -> Result<(), String> {
        match system::call(thread) {
            Ok(CallState::Starts { machine, number, arguments }) => {
                self.open.remove(&thread);
                let call = self.starts(thread, machine, number, arguments);
                self.open.extend(call.map(|call| (thread, call)));
            }
            Ok(CallState::Ends { result }) => {
                if let Some(call) = self.open.remove(&thread) {
                    self.ends(call, result);
                }
            }
            Ok(CallState::Other) => {}
            // Killed while it was stopped.
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {}
            Err(error) => {
                return Err(format!("cannot read a system call: {error}; `trace` needs Linux 5.3"));
            }
        }
        Ok(())
    }

    /// The call if it is a known ioctl.
    fn starts(
        &self,
        thread: i32,
        machine: u32,
        number: u64,
        [descriptor, request, argument]: [u64; 3],
    ) -> Option<FinishedCall> {
        let target = machine::of_ioctl(machine, number)?;
        // The kernel takes both as 32-bit numbers.
        let (descriptor, request) = (descriptor as i32, request as u32);
        let kinds = self.printer.calls.with_number(target, request);
        if kinds.is_empty() {
            return None;
        }
        let head = memory(thread, argument, HEAD);
        let size = kinds.iter().map(|kind| kind.argument_size(target, &head)).max()?;
        let before = memory(thread, argument, size);
        let pointed = kinds.iter().flat_map(|kind| kind.memory(target, &before));
        let pointed = pointed.collect::<BTreeMap<_, _>>().into_iter().map(|(address, size)| {
            let before = memory(thread, address, size);
            PointedMemory { address, before, after: Vec::new() }
        });
        let pointed = pointed.collect();
        Some(FinishedCall {
            thread,
            target,
            request,
            descriptor,
            file: file(thread, descriptor),
            argument,
            before,
            after: Vec::new(),
            memory: pointed,
            result: 0,
            new_file: None,
        })
    }

    fn ends(&mut self, mut call: FinishedCall, result: i64) {
        call.after = memory(call.thread, call.argument, call.before.len() as u64);
        for one in &mut call.memory {
            one.after = memory(call.thread, one.address, one.before.len() as u64);
        }
        call.result = result;
        let descriptor = i32::try_from(result).ok().filter(|descriptor| *descriptor > 0);
        call.new_file = descriptor.map(|descriptor| file(call.thread, descriptor));
        self.printer.print(&call);
    }
}

/// The bytes at an address of a thread, up to the first that cannot be read.
fn memory(thread: i32, address: u64, size: u64) -> Vec<u8> {
    let Ok(memory) = File::open(format!("/proc/{thread}/mem")) else {
        return Vec::new();
    };
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
    let mut read = 0;
    while let Some(left) = bytes.get_mut(read..).filter(|left| !left.is_empty()) {
        match memory.read_at(left, address.saturating_add(read as u64)) {
            Ok(count) if count > 0 => read += count,
            _ => break,
        }
    }
    bytes.truncate(read);
    bytes
}

/// The name that the kernel gives the file of a descriptor.
fn file(thread: i32, descriptor: i32) -> String {
    let link = fs::read_link(format!("/proc/{thread}/fd/{descriptor}"));
    link.map_or(String::new(), |path| path.to_string_lossy().into_owned())
}
