//! The system calls of a tracer, each with the reason why it is sound.
#![allow(unsafe_code, reason = "ptrace, fork and wait have no safe interface")]

use std::ffi::CString;
use std::io;
use std::ptr;

use libc::{c_int, c_void, pid_t};

/// How a traced thread stopped or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ThreadState {
    Exited(u8),
    Killed(u8),
    /// Before or after a system call.
    AtCall,
    /// By a signal to the whole process, which stays stopped.
    GroupStop,
    /// A new thread, a new process, or a new program.
    Event(c_int),
    /// A signal is about to be delivered.
    Signal(c_int),
}

/// A system call, when it starts and when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallState {
    Starts { machine: u32, number: u64, arguments: [u64; 3] },
    Ends { result: i64 },
    Other,
}

pub(super) const PROGRAM_STARTED: c_int = libc::PTRACE_EVENT_EXEC;
const CALL_STOP: c_int = libc::SIGTRAP | 0x80;
const EVENT_STOP: c_int = 128;

/// Starts a program that is traced with all its threads and children, in a process that
/// stops before the program starts.
pub(super) fn start(command: &[CString]) -> io::Result<pid_t> {
    let mut arguments: Vec<_> = command.iter().map(|argument| argument.as_ptr()).collect();
    arguments.push(ptr::null());
    // SAFETY: the process has one thread, and the child calls nothing but system calls and
    // `execvp`, on strings that were made before.
    let child = unsafe { libc::fork() };
    match child {
        -1 => return Err(io::Error::last_os_error()),
        0 => stop_and_run(&arguments),
        _ => {}
    }
    let mut status = 0;
    // SAFETY: `status` is a valid place for the result.
    check(unsafe { libc::waitpid(child, &raw mut status, libc::WUNTRACED) })?;
    let options = libc::PTRACE_O_TRACESYSGOOD
        | libc::PTRACE_O_TRACECLONE
        | libc::PTRACE_O_TRACEFORK
        | libc::PTRACE_O_TRACEVFORK
        | libc::PTRACE_O_TRACEEXEC;
    if let Err(error) = request(libc::PTRACE_SEIZE, child, options as usize) {
        // SAFETY: `kill` and `waitpid` touch no memory of this process but `status`.
        unsafe {
            libc::kill(child, libc::SIGKILL);
            libc::waitpid(child, &raw mut status, 0);
        }
        return Err(error);
    }
    // SAFETY: neither touches memory. A signal of the terminal is for the program.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_IGN);
        libc::signal(libc::SIGQUIT, libc::SIG_IGN);
        libc::kill(child, libc::SIGCONT);
    }
    Ok(child)
}

/// In the new process: waits for the tracer, and becomes the program. Its exit code is
/// the error number if that fails.
fn stop_and_run(arguments: &[*const libc::c_char]) -> ! {
    // SAFETY: `arguments` are strings that end with 0, and end with a null pointer.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        libc::raise(libc::SIGSTOP);
        libc::execvp(arguments[0], arguments.as_ptr());
        libc::_exit(*libc::__errno_location())
    }
}

/// Waits for any thread; `None` if there is none any more.
pub(super) fn wait() -> io::Result<Option<(pid_t, ThreadState)>> {
    let mut status = 0;
    loop {
        // SAFETY: `status` is a valid place for the result.
        match check(unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL) }) {
            Ok(thread) => return Ok(Some((thread, state(status)))),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.raw_os_error() == Some(libc::ECHILD) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

fn state(status: c_int) -> ThreadState {
    let byte = |number: c_int| u8::try_from(number & 0xff).unwrap_or(u8::MAX);
    if libc::WIFEXITED(status) {
        return ThreadState::Exited(byte(libc::WEXITSTATUS(status)));
    }
    if libc::WIFSIGNALED(status) {
        return ThreadState::Killed(byte(libc::WTERMSIG(status)));
    }
    let (signal, event) = (libc::WSTOPSIG(status), status >> 16);
    match (signal, event) {
        (CALL_STOP, 0) => ThreadState::AtCall,
        (libc::SIGTRAP, EVENT_STOP) => ThreadState::Event(event),
        (_, EVENT_STOP) => ThreadState::GroupStop,
        (_, 0) => ThreadState::Signal(signal),
        _ => ThreadState::Event(event),
    }
}

/// Lets a thread run to its next stop, and delivers a signal, or none for 0.
pub(super) fn resume(thread: pid_t, signal: c_int) {
    // The thread can have been killed meanwhile, which the next `wait` reports.
    let _ = request(libc::PTRACE_SYSCALL, thread, signal as usize);
}

/// Leaves a thread stopped, and reports when it continues.
pub(super) fn listen(thread: pid_t) {
    let _ = request(libc::PTRACE_LISTEN, thread, 0);
}

/// The system call at which a thread stopped.
pub(super) fn call(thread: pid_t) -> io::Result<CallState> {
    let mut info = [0_u64; 11];
    let size = size_of_val(&info);
    // SAFETY: the kernel writes at most `size` bytes to `info`.
    check(unsafe {
        libc::ptrace(
            libc::PTRACE_GET_SYSCALL_INFO,
            thread,
            size,
            info.as_mut_ptr().cast::<c_void>(),
        )
    })?;
    // struct ptrace_syscall_info: the kind of stop and the machine, two addresses, and from
    // byte 24 the number and the arguments, or the result.
    let head = info[0].to_ne_bytes();
    let machine = [head[4], head[5], head[6], head[7]];
    Ok(match head[0] {
        1 => CallState::Starts {
            machine: u32::from_ne_bytes(machine),
            number: info[3],
            arguments: [info[4], info[5], info[6]],
        },
        2 => CallState::Ends { result: i64::from_ne_bytes(info[3].to_ne_bytes()) },
        _ => CallState::Other,
    })
}

fn request(request: libc::c_uint, thread: pid_t, data: usize) -> io::Result<()> {
    let nothing = ptr::null_mut::<c_void>();
    // SAFETY: these requests take a number, and no pointer into this process.
    check(unsafe { libc::ptrace(request, thread, nothing, data) }).map(|_| ())
}

fn check<T: Copy + PartialEq + From<i8>>(result: T) -> io::Result<T> {
    if result == T::from(-1) { Err(io::Error::last_os_error()) } else { Ok(result) }
}
