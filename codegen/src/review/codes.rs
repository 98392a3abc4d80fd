//! The codes of findings about the patch itself, and of what reviewers ask for.

use super::header_text::MailLine;
use super::report::{Effect, Remark};
use crate::diagnostic::Code;

pub(super) const UNREADABLE_LINE: Code = Code("R1");
pub(super) const NO_PLACE: Code = Code("R2");
pub(super) const NUMBER_CLAIMED: Code = Code("R3");
pub(super) const SIZE_NOT_ALIGNED: Code = Code("R4");
pub(super) const MISSPELT_NAME: Code = Code("R5");
pub(super) const COUNT_FROZEN: Code = Code("R6");
pub(super) const VERSION_WITHOUT_RULE: Code = Code("R7");
pub(super) const POINTER_WITHOUT_LENGTH: Code = Code("R8");
pub(super) const CHAIN_DUTIES: Code = Code("R9");
pub(super) const MINSZ_IN_CODE: Code = Code("R10");
pub(super) const MINSZ_IS_SIZEOF: Code = Code("R11");

/// The codes that a review can give besides those of other modules, in order.
pub fn codes() -> Vec<Code> {
    vec![
        UNREADABLE_LINE,
        NO_PLACE,
        NUMBER_CLAIMED,
        SIZE_NOT_ALIGNED,
        MISSPELT_NAME,
        COUNT_FROZEN,
        VERSION_WITHOUT_RULE,
        POINTER_WITHOUT_LENGTH,
        CHAIN_DUTIES,
        MINSZ_IN_CODE,
        MINSZ_IS_SIZEOF,
    ]
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
