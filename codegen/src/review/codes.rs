//! The codes of findings about the patch itself.

use super::header_text::MailLine;
use super::report::{Effect, Remark};
use crate::diagnostic::Code;

pub(super) const UNREADABLE_LINE: Code = Code("R1");
pub(super) const NO_PLACE: Code = Code("R2");

/// The codes that a review can give besides those of other modules, in order.
pub fn codes() -> Vec<Code> {
    vec![UNREADABLE_LINE, NO_PLACE]
}

/// A line that cannot be read or placed.
pub(super) fn unplaced(code: Code, at: MailLine, message: String) -> Remark {
    let help = match code {
        UNREADABLE_LINE => "send the patch as an attachment, or give the patch file itself",
        _ => "name the release or the header that the patch is for with --base",
    };
    Remark {
        effect: Effect::NotJudged,
        code,
        subject: String::new(),
        message,
        details: Vec::new(),
        help: Some(help.to_owned()),
        at: Some(at),
        in_file: None,
    }
}
