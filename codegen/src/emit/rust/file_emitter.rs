//! Emits files of the crate side by side: tokens and syntax trees stay in their thread.

use crate::parallel;

/// A file, and the function that makes its text.
pub(super) struct FileEmitter<'a> {
    /// The path below `src`.
    pub(super) path: String,
    /// The text; none if the ABI has nothing for the file.
    emit: Box<dyn Fn() -> Option<String> + Send + Sync + 'a>,
}

impl<'a> FileEmitter<'a> {
    pub(super) fn new(path: &str, emit: impl Fn() -> String + Send + Sync + 'a) -> Self {
        Self::optional(path, move || Some(emit()))
    }

    pub(super) fn optional(
        path: &str,
        emit: impl Fn() -> Option<String> + Send + Sync + 'a,
    ) -> Self {
        Self { path: path.to_owned(), emit: Box::new(emit) }
    }
}

/// The path and the text of each file, in the given order.
pub(super) fn emit_all(files: &[FileEmitter<'_>]) -> Vec<(String, String)> {
    let texts = parallel::map(files, |file| Some((file.path.clone(), (file.emit)()?)));
    texts.into_iter().flatten().collect()
}
