//! Emits files of the crate side by side: tokens and syntax trees stay in their thread.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread;

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

/// The path and the text of each file, in the given order. Each processor takes the next
/// file when it has finished one.
pub(super) fn emit_all(files: &[FileEmitter<'_>]) -> Vec<(String, String)> {
    let next = Mutex::new(0..files.len());
    let take = || next.lock().expect("no emitter fails").next();
    let work = || {
        let texts = std::iter::from_fn(take).map(|index| (index, (files[index].emit)()));
        texts.collect::<Vec<_>>()
    };
    let count = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(files.len());
    let mut texts = thread::scope(|scope| {
        let workers: Vec<_> = (1..count).map(|_| scope.spawn(work)).collect();
        let mut texts = work();
        for worker in workers {
            texts.extend(worker.join().expect("no emitter fails"));
        }
        texts
    });
    texts.sort_by_key(|(index, _)| *index);
    let files = texts.into_iter().map(|(index, text)| Some((files[index].path.clone(), text?)));
    files.flatten().collect()
}
