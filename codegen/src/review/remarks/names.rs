//! Misspelt words in new names.

use std::collections::{BTreeSet, HashMap};

use super::{AbiChange, Asked};
use crate::ir::EntryKind;
use crate::review::codes::MISSPELT_NAME;
use crate::review::report::Effect;

/// A word of at least so many letters can be recognised.
const SHORTEST: usize = 5;

/// A word that is in so many names is no mistake.
const FREQUENT: usize = 3;

/// New names with a word that is one mistake away from a frequent word of known names.
pub(super) fn misspelt(change: &AbiChange<'_>) -> Vec<Asked> {
    let frequency = frequencies(change.known.iter().copied());
    let newest = change.newest.entries();
    let newest = frequencies(newest.iter().map(|entry| entry.name));
    let entries = change.new.entries();
    let spelt = entries
        .iter()
        .filter(|entry| entry.is_declaration() || matches!(entry.kind, EntryKind::Member(..)));
    let new: BTreeSet<_> =
        spelt.map(|entry| entry.name).filter(|name| change.is_new(name)).collect();
    let repeated = frequencies(new.iter().copied());
    let is_right = |word: &String| {
        let is_known = frequency.contains_key(word) || newest.contains_key(word);
        is_known || repeated.get(word).is_some_and(|count| *count >= FREQUENT)
    };
    let mut asked = Vec::new();
    for name in new {
        for word in words(name).filter(|word| !is_right(word)) {
            let near = frequency
                .iter()
                .filter(|(known, count)| **count >= FREQUENT && one_mistake(&word, known));
            let Some((known, _)) = near.min_by_key(|(known, _)| known.as_str()) else { continue };
            asked.push(Asked {
                code: MISSPELT_NAME,
                effect: Effect::Question,
                subject: name.to_owned(),
                message: format!("`{word}` in the name looks like a misspelt `{known}`"),
                help: "a name in a released header stays; correct it now".to_owned(),
            });
        }
    }
    asked
}

/// The words of a name that are long enough.
fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split('_').filter(|word| word.len() >= SHORTEST).map(str::to_ascii_lowercase)
}

/// How many names have each word.
fn frequencies<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<String, usize> {
    let mut frequencies = HashMap::new();
    for word in names.flat_map(words) {
        *frequencies.entry(word).or_default() += 1;
    }
    frequencies
}

/// Whether a word is another one with two letters exchanged, or one missing or doubled.
/// A word with one letter replaced, with an ending, or after a letter (`vdevice`) is often
/// another word.
fn one_mistake(word: &str, known: &str) -> bool {
    let plural = |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.len() == 1);
    let ending = plural(word, known) || plural(known, word);
    let after_letter = word.strip_suffix(known).is_some_and(|letter| letter.len() == 1);
    let exchanged = word.len() == known.len() && {
        let sorted = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            bytes.sort_unstable();
            bytes
        };
        sorted(word) == sorted(known)
    };
    let length = word.len() != known.len();
    (exchanged || length && !ending && !after_letter) && strsim::osa_distance(word, known) == 1
}

#[cfg(test)]
mod tests {
    use super::one_mistake;

    #[test]
    fn mistakes_and_other_words() {
        for word in ["vdeice", "devcie", "deivce", "devce", "deviice"] {
            let known = if word.starts_with('v') { "vdevice" } else { "device" };
            assert!(one_mistake(word, known), "{word}");
        }
        for word in ["devices", "devise", "group", "device", "vdevice"] {
            assert!(!one_mistake(word, "device"), "{word}");
        }
    }
}
