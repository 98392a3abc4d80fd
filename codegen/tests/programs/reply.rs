//! Builds the same reply with the generated crate and with the C header over the
//! same request; both must give the same bytes and the same need.

#[path = "profiles.rs"]
mod profiles;

use generated_abi::views::NewCap;
use profiles::{CHAINS, PROFILES, reply};

/// A capability in C.
#[repr(C)]
struct CapOfC {
    id: u32,
    version: u32,
    body: *const u8,
    size: usize,
}

#[allow(unsafe_code, reason = "a function of C, which `reply.c` defines")]
unsafe extern "C" {
    fn build_reply(
        profile: usize,
        bytes: *mut u8,
        len: usize,
        values: *const u64,
        caps: *const CapOfC,
        count: usize,
    ) -> u32;
}

/// The largest number of capabilities in a reply.
const MOST: usize = 8;

/// A request and the contents of its reply, made from any bytes.
#[derive(Debug)]
struct Job<'a> {
    profile: usize,
    /// The caller's buffer.
    buffer: Vec<u8>,
    /// The fields of the fixed part.
    values: [u64; 8],
    caps: Vec<NewCap<'a>>,
}

impl<'a> Job<'a> {
    /// The profile, the size, fill byte and argsz of the buffer, the values, then
    /// capabilities: id, version, size and body.
    fn read(data: &'a [u8]) -> Option<Self> {
        let ([profile, len, fill, argsz], data) = data.split_first_chunk::<4>()?;
        let (values, mut data) = data.split_first_chunk::<8>()?;
        let mut buffer = vec![*fill; usize::from(*len)];
        let argsz = match argsz {
            255 => u32::MAX,
            argsz => u32::from(*argsz),
        };
        for (place, byte) in buffer.iter_mut().zip(argsz.to_ne_bytes()) {
            *place = byte;
        }
        let mut caps = Vec::new();
        while let Some(([id, version, size], rest)) = data.split_first_chunk::<3>() {
            let (body, rest) = rest.split_at(usize::from(size % 64).min(rest.len()));
            if caps.len() < MOST {
                caps.push(NewCap { id: (*id).into(), version: (*version).into(), body });
            }
            data = rest;
        }
        let values = values.map(|byte| u64::from(byte).wrapping_mul(0x0101_0101_0101_0101));
        Some(Self { profile: usize::from(*profile) % PROFILES.len(), buffer, values, caps })
    }

    fn of_c(&self, buffer: &mut [u8]) -> u32 {
        let cap = |cap: &NewCap<'_>| CapOfC {
            id: cap.id.into(),
            version: cap.version.into(),
            body: cap.body.as_ptr(),
            size: cap.body.len(),
        };
        let caps: Vec<_> = self.caps.iter().map(cap).collect();
        let (bytes, len) = (buffer.as_mut_ptr(), buffer.len());
        let (values, caps, count) = (self.values.as_ptr(), caps.as_ptr(), caps.len());
        #[allow(unsafe_code, reason = "all of it is there while the function runs")]
        unsafe {
            build_reply(self.profile, bytes, len, values, caps, count)
        }
    }
}

/// Builds a reply described by any bytes; returns it with its chain's index.
///
/// # Panics
///
/// If the two differ, or change bytes that they must not change.
pub(crate) fn build(data: &[u8]) -> Option<(usize, Vec<u8>)> {
    let job = Job::read(data)?;
    let (mut of_rust, mut of_c) = (job.buffer.clone(), job.buffer.clone());
    let built = reply(job.profile, &mut of_rust, &job.values, &job.caps);
    let need = job.of_c(&mut of_c);
    let name = PROFILES[job.profile];
    assert_eq!(built.unwrap_or(0), need, "{name}: need of {job:02x?}");
    assert_eq!(of_rust, of_c, "{name}: bytes of {job:02x?}");
    let argsz = job.buffer.first_chunk().map_or(0, |bytes| u32::from_ne_bytes(*bytes));
    let room = if need == 0 { 0 } else { job.buffer.len().min(argsz as usize) };
    assert_eq!(of_rust[room..], job.buffer[room..], "{name}: what lies behind in {job:02x?}");
    Some((CHAINS[job.profile], of_rust))
}
