//! `capchain review`: the verdict on patches of kernel headers.

mod input;

use std::path::Path;

use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::release::Release;
use capchain::reports;
use capchain::review::{BaseChoice, Review, changed_headers, review};
use capchain::spec::ItemSpec;
use capchain::validate::ValidSpec;

use super::specs::{self, Loaded};
use super::{CommandResult, to_stderr};
use crate::cli::{ReviewArgs, Source};
use input::PatchInput;

pub(super) fn run(source: &Source, args: &ReviewArgs) -> CommandResult {
    let input = PatchInput::read(args)?;
    let changes = |spec: &ValidSpec| !changed_headers(&lower(spec, None), &input.mails).is_empty();
    let mut whole: Option<Review> = None;
    let loaded = specs::matching(source, changes)?;
    let all: Vec<_> = loaded.iter().map(|one| lower(&one.spec, None)).collect();
    let headers = given_headers(args)?;
    check_headers(&all, &input, &headers)?;
    for Loaded { spec, sources, .. } in loaded {
        let choice = base(&spec, &input, args, &headers)?;
        if has_handlers_of_overlays(&spec) {
            to_stderr(
                "note: handlers of overlays are not judged, because a patch of a header has none; \
                 `capchain compat` compares them\n",
            );
        }
        let reviewed = review(&spec, &sources, &choice, input.mails.clone())?;
        match &mut whole {
            Some(whole) => whole.merge(reviewed),
            None => whole = Some(reviewed),
        }
    }
    let reviewed = whole.unwrap_or_default();
    if !reviewed.has_patch && args.repo.is_none() && !args.staged {
        return Err("the input has no patch: no file names followed by a line `@@`".to_owned());
    }
    reports::review::review(&reviewed, args.format)
}

/// Whether an overlay states what a handler does.
fn has_handlers_of_overlays(spec: &ValidSpec) -> bool {
    let overlays = spec.spec().files.iter().filter(|file| file.overlay);
    let overlays: Vec<_> = overlays.map(|file| file.title.place.file()).collect();
    spec.spec().items().any(|(_, item)| {
        let ItemSpec::Ioctl(ioctl) = item else { return false };
        let handlers = ioctl.handlers.iter().flat_map(|(_, handlers)| handlers.0.iter());
        let files = handlers.map(|handler| handler.place.file());
        let files = files.chain(ioctl.replies.iter().map(|(name, _)| name.place.file()));
        files.into_iter().any(|file| overlays.contains(&file))
    })
}

/// The headers that are given as the base, each with its path and text. Each is read once, since
/// it can be a pipe.
fn given_headers(args: &ReviewArgs) -> Result<Vec<(String, String)>, String> {
    let paths = match &args.base[..] {
        [only] if only.parse::<Release>().is_ok() => &[],
        paths => paths,
    };
    paths.iter().map(|path| Ok((path.clone(), input::header(Path::new(path))?))).collect()
}

/// Checks that each given header is one of these ABIs, or is named by the patch or by another one.
fn check_headers(
    abis: &[Abi],
    input: &PatchInput,
    given: &[(String, String)],
) -> Result<(), String> {
    for (path, _) in given {
        let name = Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path);
        let mut headers = abis.iter().flat_map(|abi| &abi.headers);
        let is_own = headers.any(|header| header.path.rsplit('/').next() == Some(name));
        let mut mails = input.mails.iter();
        let mut others = given.iter().filter(|(other, _)| other != path);
        if !is_own
            && !mails.any(|mail| mail.text.contains(name))
            && !others.any(|(_, text)| text.contains(name))
        {
            return Err(format!("{path} is not a specified header, and nothing includes it"));
        }
    }
    Ok(())
}

/// The wanted base: named releases and headers, or else the headers of the repository.
fn base(
    spec: &ValidSpec,
    input: &PatchInput,
    args: &ReviewArgs,
    headers: &[(String, String)],
) -> Result<BaseChoice, String> {
    let [first, ..] = &args.base[..] else { return input.base(&lower(spec, None)) };
    if let (Ok(release), [_]) = (first.parse(), &args.base[..]) {
        let newest = spec.newest();
        return match spec.releases().contains(&release) {
            true => Ok(BaseChoice::Release(release)),
            false => {
                let abi = &spec.spec().abi.abi.value;
                Err(format!("{release} is not described by {abi}; its newest release is {newest}"))
            }
        };
    }
    Ok(BaseChoice::Headers(headers.to_vec()))
}
