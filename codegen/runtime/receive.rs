//! Arguments on the side of a kernel or a server, which can be older or newer than the
//! program that wrote them.

use core::fmt;

/// Why an argument is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It ends before the bytes that every argument has.
    Short,
    /// A byte that the receiver does not know is not zero.
    Tail,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Short => "the argument ends before its smallest size",
            Self::Tail => "a byte that the receiver does not know is not zero",
        })
    }
}

impl core::error::Error for Refusal {}

/// Takes an argument as a kernel does that knows as many bytes of it as `known` has.
///
/// Bytes that the argument lacks are zero in `known`, and bytes that `known` lacks must be
/// zero in the argument. `minsz` is the number of bytes that every argument has. If the
/// argument is not accepted, `known` stays as it was.
///
/// ```ignore
/// let mut known = [0; 24];
/// assert_eq!(receive(&mut known, 16, &[1; 20]), Ok(()));
/// assert_eq!((known[19], known[20]), (1, 0));
/// assert_eq!(receive(&mut known, 16, &[1; 25]), Err(Refusal::Tail));
/// ```
pub fn receive(known: &mut [u8], minsz: usize, argument: &[u8]) -> Result<(), Refusal> {
    if argument.len() < minsz {
        return Err(Refusal::Short);
    }
    if argument.iter().skip(known.len()).any(|byte| *byte != 0) {
        return Err(Refusal::Tail);
    }
    let bytes = argument.iter().copied().chain(core::iter::repeat(0));
    known.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
    Ok(())
}
