//! The functions by which page and module exchange bytes. Only one request is processed at
//! a time, so one buffer holds the request and then its answer.

use std::cell::RefCell;
use std::panic;

use crate::question;

/// The longest request.
const MOST_BYTES: usize = 2 << 20;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

#[link(wasm_import_module = "page")]
#[cfg(target_arch = "wasm32")]
unsafe extern "C" {
    /// Passes the message of a panic to the page.
    safe fn panicked(start: *const u8, length: usize);
}

/// Sends messages of panics to the page.
#[unsafe(no_mangle)]
pub extern "C" fn start() {
    panic::set_hook(Box::new(|information| {
        let message = information.to_string();
        #[cfg(target_arch = "wasm32")]
        panicked(message.as_ptr(), message.len());
        #[cfg(not(target_arch = "wasm32"))]
        eprintln!("{message}");
    }));
}

/// The memory for a request of this length; null if it is too long.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(length: usize) -> *mut u8 {
    if length > MOST_BYTES {
        return std::ptr::null_mut();
    }
    BUFFER.with_borrow_mut(|buffer| {
        buffer.clear();
        buffer.resize(length, 0);
        buffer.as_mut_ptr()
    })
}

/// Processes the request. Returns the length of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn ask() -> usize {
    let request = BUFFER.take();
    let answer = question::answer(&request).to_string().into_bytes();
    let length = answer.len();
    BUFFER.set(answer);
    length
}

/// The start of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> *const u8 {
    BUFFER.with_borrow(|buffer| buffer.as_ptr())
}
