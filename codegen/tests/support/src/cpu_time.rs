//! Time that does not depend on what else the machine does.

use std::fs;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// How long this thread has been running on a processor; where the kernel does not
/// count it, the time since the first call.
pub fn cpu_time() -> Duration {
    static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
    let counts = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let running = counts.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok());
    running.map_or_else(|| FIRST.elapsed(), Duration::from_nanos)
}
