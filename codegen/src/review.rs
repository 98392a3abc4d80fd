//! Reviews a patch of a kernel header, as it is found in a mail, a mailbox or a file: reads
//! the patch, applies it to the header of a release or to a given one, and compares the
//! two. Input is not trusted.

mod fragment;
mod header_text;
mod hunk;
mod mail;
mod patch;
mod place;
mod quote;
mod scan;
mod scopes;
mod sides;

pub use header_text::Origin;
pub use mail::{Mail, mails};
