//! Which lines of new YAML are guesses, for the reader of the output of `import`.

use std::collections::HashMap;

/// Marks of lines, by the name of an item, of a number or of `struct.field`, and by the key.
#[derive(Clone, Debug, Default)]
pub struct Marks(HashMap<(String, &'static str), Vec<String>>);

impl Marks {
    /// Marks the line of a key.
    pub(super) fn add(&mut self, name: &str, key: &'static str, guess: impl Into<String>) {
        self.0.entry((name.to_owned(), key)).or_default().push(guess.into());
    }

    /// What is guessed in the line of a key; empty if nothing is.
    pub fn of(&self, name: &str, key: &'static str) -> String {
        self.0.get(&(name.to_owned(), key)).map(|guesses| guesses.join(", ")).unwrap_or_default()
    }
}
