//! Documentation: present wherever it is required, and without characters that are
//! displayed differently in a terminal, a browser or an editor.

use crate::diagnostic::Place;
use crate::spec::text::DocText;
use crate::spec::wrappers::{LineOrMap, Map, OneOrMany};
use crate::spec::{
    AbiFile, Common, FieldSpec, IoctlSpec, ItemSpec, RegionSpec, ReservedSpec, SpecFile, ValueSpec,
};
use crate::validate::Check;
use crate::validate::codes::BAD_TEXT;

/// The most characters between two backquotes.
const MOST_QUOTED: usize = 80;

pub(super) fn check(check: &mut Check<'_>) {
    let spec = check.spec;
    let mut texts = Texts { check };
    texts.abi(&spec.abi);
    for file in &spec.files {
        texts.file(file);
    }
}

struct Texts<'c, 'a> {
    check: &'c mut Check<'a>,
}

impl Texts<'_, '_> {
    fn abi(&mut self, abi: &AbiFile) {
        self.line(&abi.title, abi.title.place);
        self.doc(&abi.doc, abi.doc.place);
        for (_, kind) in abi.fds.iter() {
            self.doc(&kind.doc, kind.doc.place);
            for (name, doc) in kind.backends.iter() {
                self.doc(doc, name.place);
            }
        }
        for (_, header) in abi.cap_headers.iter() {
            self.doc(&header.doc, header.doc.place);
        }
    }

    fn file(&mut self, file: &SpecFile) {
        self.line(&file.title, file.title.place);
        self.doc(&file.doc, file.doc.place);
        self.line(&file.source, file.source.place);
        for item in file.items.iter() {
            self.item(item);
        }
        for (_, region) in file.regions.iter() {
            self.region(region);
        }
    }

    fn item(&mut self, item: &ItemSpec) {
        self.common(item.common());
        match item {
            ItemSpec::Constants(item) | ItemSpec::Enum(item) | ItemSpec::IdSpace(item) => {
                self.values(&item.values);
                self.reserved(&item.reserved);
            }
            ItemSpec::Chain(item) => self.reserved(&item.reserved),
            ItemSpec::Ioctl(item) => self.ioctl(item),
            _ => {}
        }
        if let Some(fields) = item.fields() {
            self.fields(fields);
        }
    }

    fn common(&mut self, common: Common<'_>) {
        self.doc(common.doc, common.doc.place);
        if let Some(source) = common.source {
            self.line(source, source.place);
        }
        if let Some(deprecated) = common.deprecated {
            self.doc(&deprecated.doc, deprecated.doc.place);
        }
        for (rule, reason) in common.allow.iter() {
            self.shown(&reason.reason, rule.place);
        }
    }

    fn values(&mut self, values: &Map<LineOrMap<ValueSpec>>) {
        for (_, value) in values.iter() {
            self.common(value.common());
            if let Some(string) = &value.string {
                self.line(string, string.place);
            }
        }
    }

    fn reserved(&mut self, reserved: &Map<OneOrMany<LineOrMap<ReservedSpec>>>) {
        for (_, _, number) in reserved.flat() {
            self.doc(&number.doc, number.doc.place);
        }
    }

    fn fields(&mut self, fields: &Map<LineOrMap<FieldSpec>>) {
        for (_, field) in fields.iter() {
            self.common(field.common());
            self.values(&field.bits);
            self.values(&field.values);
            self.fields(&field.union);
        }
    }

    fn ioctl(&mut self, item: &IoctlSpec) {
        if let Some(returns) = &item.returns {
            self.doc(returns, returns.place);
        }
        for (_, _, handler) in item.handlers() {
            self.line(&handler.source, handler.source.place);
            if let Some(doc) = &handler.doc {
                self.doc(doc, doc.place);
            }
        }
    }

    fn region(&mut self, item: &RegionSpec) {
        self.doc(&item.doc, item.doc.place);
        for (_, handler) in item.handlers.iter() {
            self.line(&handler.source, handler.source.place);
            if let Some(doc) = &handler.doc {
                self.doc(doc, doc.place);
            }
            let chains = || handler.chains.iter().map(|(_, chain)| chain);
            let caps = chains().flat_map(|chain| chain.shows.iter());
            let keeps = handler.keeps.iter().chain(chains().flat_map(|chain| chain.keeps.iter()));
            for kept in keeps.chain(caps.flat_map(|(_, cap)| cap.keeps.iter())) {
                self.doc(&kept.doc, kept.doc.place);
            }
        }
    }

    fn doc(&mut self, doc: &DocText, place: Place) {
        if doc.paragraphs.is_empty() {
            self.check.refuse(BAD_TEXT, place, "the documentation is empty");
        }
        for text in doc.paragraphs.iter() {
            self.shown(text, place);
        }
    }

    /// A text that stays on one line.
    fn line(&mut self, text: &str, place: Place) {
        if text.trim().is_empty() {
            self.check.refuse(BAD_TEXT, place, "the text is empty");
        }
        self.shown(text, place);
    }

    /// An optional text that readers see.
    fn shown(&mut self, text: &str, place: Place) {
        if let Some(fault) = fault(text) {
            self.check.refuse(BAD_TEXT, place, fault);
        }
    }
}

/// The error in a text.
fn fault(text: &str) -> Option<String> {
    // Most texts are plain, and checking all of a text is faster than an early exit.
    let plain = text.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'));
    if !plain && text.contains('\n') {
        return Some("the text has a line break; it must stay on one line".to_owned());
    }
    let hidden = (!plain).then(|| text.chars().find(|character| is_hidden(*character))).flatten();
    if let Some(hidden) = hidden {
        let number = u32::from(hidden);
        return Some(format!("the text has the invisible character U+{number:04X}"));
    }
    if text.contains('`') { quotes(text) } else { None }
}

/// The error in a text between backquotes.
fn quotes(text: &str) -> Option<String> {
    let mut parts = text.split('`').skip(1);
    while let Some(quoted) = parts.next() {
        if parts.next().is_none() {
            return Some("a backquote has no closing backquote".to_owned());
        }
        let length = quoted.trim().chars().count();
        if length == 0 {
            return Some("nothing is between two backquotes".to_owned());
        }
        if length > MOST_QUOTED {
            let most = format!("at most {MOST_QUOTED} are allowed");
            return Some(format!("{length} characters are between two backquotes; {most}"));
        }
    }
    None
}

/// Characters that are invisible or change the direction of others, so that a text
/// could look different from its content.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            u32::from(character),
            0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfe00..=0xfe0f
                | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe0fff
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_found() {
        for text in ["a\u{1b}[31mb", "\u{202e}b", "a\u{200b}b", "a\tb", "a\u{2066}", "\u{feff}a"] {
            assert!(fault(text).is_some(), "{text:?}");
        }
        for text in ["plain", "Grüße, `vfio` — µs", "`a` and `b`"] {
            assert_eq!(fault(text), None, "{text:?}");
        }
    }

    #[test]
    fn backquotes_come_in_pairs_around_something_short() {
        let long = format!("`{}`", "x".repeat(MOST_QUOTED + 1));
        for text in ["a ` b", "``", "` `", long.as_str()] {
            assert!(fault(text).is_some(), "{text:?}");
        }
    }
}
