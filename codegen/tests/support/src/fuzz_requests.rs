//! The fuzz target of requests: a peer that answers with any bytes.

use vfio_abi::views::{Buffer, DeviceInfo, IommuType1Info, RegionInfo, ReplyError, RequestError};

/// The largest size of a buffer, as the documentation of the views promises.
const MOST_BYTES: usize = 1 << 20;

/// A peer that answers every request with bytes of a script.
struct Peer<'a> {
    script: &'a [u8],
    calls: usize,
}

impl Peer<'_> {
    /// Answers a call: the first byte of the script is the number of bytes to write,
    /// the second chooses the returned length or error.
    fn answer(&mut self, buffer: &mut [u8]) -> Result<usize, u8> {
        self.calls += 1;
        let argsz = buffer.first_chunk().map(|argsz| u32::from_ne_bytes(*argsz));
        assert!(argsz.is_none_or(|argsz| argsz as usize == buffer.len()), "argsz {argsz:?}");
        assert!(buffer.len() <= MOST_BYTES, "{} bytes", buffer.len());
        let Some(([count, result], script)) = self.script.split_first_chunk::<2>() else {
            return Err(0);
        };
        let (answer, script) = script.split_at(usize::from(*count).min(script.len()));
        self.script = script;
        let count = answer.len().min(buffer.len());
        buffer[..count].copy_from_slice(&answer[..count]);
        match result {
            0..=3 => Err(*result),
            4..=100 => Ok(buffer.len()),
            101..=200 => Ok(count),
            result => Ok(usize::from(*result) << 32 | usize::from(*result)),
        }
    }
}

/// Requests a struct from a peer that answers with any bytes: the first byte chooses
/// the struct, the second the size of the buffer and whether it can grow.
pub fn request(data: &[u8]) {
    let Some(([host, size], script)) = data.split_first_chunk::<2>() else { return };
    let mut buffer = vec![0x5a; usize::from(size / 2)];
    match size % 2 {
        0 => ask(*host, &mut buffer, script),
        _ => ask(*host, &mut buffer[..], script),
    }
}

fn ask<B: Buffer + ?Sized>(host: u8, buffer: &mut B, script: &[u8]) {
    let mut peer = Peer { script, calls: 0 };
    let answer = |bytes: &mut [u8]| peer.answer(bytes);
    let error = match host % 3 {
        0 => RegionInfo::request(buffer, 7, answer).map(|info| info.caps().count()).err(),
        1 => DeviceInfo::request(buffer, answer).map(|info| info.caps().count()).err(),
        _ => IommuType1Info::request(buffer, answer).map(|info| info.caps().count()).err(),
    };
    assert!(peer.calls <= 8, "{} calls", peer.calls);
    match error {
        Some(RequestError::Reply(ReplyError::TooShort { len, minsz })) => assert!(len < minsz),
        Some(RequestError::Transport(error)) => {
            assert!(error <= 3, "an error that the peer did not return")
        }
        _ => {}
    }
}
