//! Phrases of the specification as sentences.

/// A phrase as a sentence.
pub(in crate::emit) fn sentence(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let quoted = phrase.starts_with('`');
    let mut text = match letters.next() {
        Some(first) if !quoted => first.to_uppercase().chain(letters).collect(),
        _ => phrase.to_owned(),
    };
    if !text.ends_with(['.', '!', '?', ':']) {
        text.push('.');
    }
    text
}

/// Texts that may start with a small letter, as sentences.
pub(in crate::emit) fn sentences(doc: &[String]) -> Vec<String> {
    doc.iter().map(|text| sentence(text)).collect()
}
