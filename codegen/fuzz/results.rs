//! The views of results and of counted replies against `decode`; the tests' own such
//! comparison is in `tests/slow/results.rs`.

use capchain::layout::TARGETS;
use generated_abi::requests::ReplyError;
use support::results::{Place, Values};

use crate::requests::{VIEWS, View};
use crate::views::{abi, wire};

/// Any bytes as an argument after a call; the first byte chooses the machine, the second
/// the view.
pub(crate) fn results(data: &[u8]) {
    let Some(([target, view], bytes)) = data.split_first_chunk::<2>() else { return };
    let index = usize::from(*view) % VIEWS.len();
    let View { struct_, start, flags, read } = &VIEWS[index];
    let target = &TARGETS[usize::from(*target) % TARGETS.len()];
    let mut bytes = bytes.to_vec();
    // Counted replies are read as whole buffers.
    if index >= abi().protocol.results.len() {
        bytes.resize(bytes.len().max(4), 0);
        let size = u32::try_from(bytes.len()).expect("a short argument");
        let size = if target.big_endian { size.to_be_bytes() } else { size.to_le_bytes() };
        bytes[..4].copy_from_slice(&size);
    }
    let place = Place { struct_, start: *start, flags: *flags };
    place.set_flags(&mut bytes, target);
    let mut values = Values::new();
    let mut put = |name: &str, value| values.entry(name.to_owned()).or_default().push(value);
    let found = read(&mut put, &bytes, wire(target)).map_err(|error| match error {
        ReplyError::TooShort { len, minsz } => (len, minsz),
        other => panic!("{other:?}"),
    });
    place.compare(abi(), target, &bytes, found.map(|()| values));
}
