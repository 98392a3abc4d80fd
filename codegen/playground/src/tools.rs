//! The tools: each opens a specification and returns the reports of the library, as text and
//! as JSON, with the exit code that the command line gives.

use capchain::compat::{SeverityRules, Side, compare};
use capchain::embedded;
use capchain::ir::Abi;
use capchain::layout::TARGETS;
use capchain::lower::lower;
use capchain::reports::bytes::{DecodeQuestion, KnownAbis, Types};
use capchain::reports::comparison::ComparisonReport;
use capchain::reports::reply::{ReplyQuestion, handlers};
use capchain::reports::{self, AbiAtRelease, CommandResult, Format, LintFormat, ReviewFormat};
use capchain::review::{BaseChoice, Review, changed_headers, mails};
use serde_json::{Value, json};

use crate::question::Question;
use crate::specifications::{self, Specification};

/// The ABI that a patch is compared with if it changes no specified header.
const DEFAULT: &str = "vfio";

/// The ABIs with their releases, and the targets.
pub(crate) fn start() -> Value {
    let abis = embedded::ABIS.iter().filter_map(|abi| {
        let opened = specifications::named(abi.name).ok()?;
        let releases: Vec<_> = opened.spec.releases().iter().map(ToString::to_string).collect();
        Some(json!({ "name": abi.name, "releases": releases }))
    });
    let targets: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    json!({ "abis": abis.collect::<Vec<_>>(), "targets": targets })
}

/// The structs and ioctls of a release, and the handlers that the model knows.
pub(crate) fn names(question: &Question) -> Result<Value, String> {
    let AbiAtRelease { abi, .. } = at_release(question)?;
    let ioctls = abi.ioctls.iter().map(|ioctl| {
        let handlers = handlers(&abi, ioctl).into_iter();
        let handlers = handlers
            .map(|(name, capabilities)| json!({ "name": name, "capabilities": capabilities }));
        json!({ "name": ioctl.name, "handlers": handlers.collect::<Vec<_>>() })
    });
    let chains = abi.chains.iter().filter(|chain| chain.offset_host().is_none());
    Ok(json!({
        "release": abi.release.to_string(),
        "structs": abi.structs.iter().map(|struct_| &struct_.name).collect::<Vec<_>>(),
        "chains": chains.map(|chain| &chain.name).collect::<Vec<_>>(),
        "ioctls": ioctls.collect::<Vec<_>>(),
    }))
}

/// The bytes of an input with their names and values.
pub(crate) fn decode(question: &Question, input: &[u8]) -> Result<Value, String> {
    let AbiAtRelease { abi, warnings } = at_release(question)?;
    let target = reports::target(&question.target)?;
    let types = match question.name.as_str() {
        "" => Types::all(abi),
        name => Types::named(abi, name)?,
    };
    let asked = |format| {
        let abis = &OneAbi(&types.abi);
        DecodeQuestion { types: &types, abis, target, format, lines: false, data: &[] }.report(input)
    };
    let (text, object) = (asked(Format::Text)?, asked(Format::Json)?);
    let mut answer = both(Ok(text.output), Ok(object.output))?;
    answer["warnings"] = warnings.into();
    answer["bytes"] = object.bytes.into();
    Ok(answer)
}

/// The chosen ABI, as `--abi` of the command line chooses it.
struct OneAbi<'a>(&'a Abi);

impl KnownAbis for OneAbi<'_> {
    fn with_names(&self, _: &str) -> Result<Vec<Abi>, String> {
        Ok(vec![self.0.clone()])
    }

    fn others(&self) -> Result<Vec<Abi>, String> {
        Ok(Vec::new())
    }

    fn with_space(&self) -> Result<Abi, String> {
        Ok(self.0.clone())
    }
}

/// The layout of a struct, or of all.
pub(crate) fn layout(question: &Question) -> Result<Value, String> {
    let AbiAtRelease { abi, warnings } = at_release(question)?;
    let target = Some(question.target.as_str()).filter(|target| !target.is_empty());
    let structs: Vec<_> =
        [&question.name].into_iter().filter(|name| !name.is_empty()).cloned().collect();
    let report = |format| reports::layout::layout(&abi, &structs, target, format);
    let mut answer = both(report(Format::Text), report(Format::Json))?;
    answer["warnings"] = warnings.into();
    Ok(answer)
}

/// The findings on two releases.
pub(crate) fn compat(question: &Question) -> Result<Value, String> {
    let opened = specifications::named(&question.abi)?;
    let side = |written: &str| {
        let release = written.parse()?;
        let AbiAtRelease { abi, .. } = reports::at_release(&opened.spec, Some(release))?;
        Ok::<_, String>(Side::specified(written, abi))
    };
    let (old, new) = (side(&question.old)?, side(&question.new)?);
    let located = |_, place| {
        let (line, column) = opened.sources.line_and_column(place);
        let file = opened.sources.path(place.file()).to_owned();
        Some(capchain::compat::Location { file, line, column })
    };
    let (judged, _) = SeverityRules::default().judge(compare(&old, &new), located);
    let comparison = ComparisonReport { old: &old, new: &new, judged: &judged };
    both(comparison.shown(LintFormat::Text), comparison.shown(LintFormat::Json))
}

/// The review of a patch or of mails.
pub(crate) fn review(input: &[u8]) -> Result<Value, String> {
    let mails = mails(input);
    let changed =
        |opened: &Specification| !changed_headers(&lower(&opened.spec, None), &mails).is_empty();
    let all = embedded::ABIS.iter().filter_map(|abi| specifications::named(abi.name).ok());
    let mut concerned: Vec<_> = all.filter(|opened| changed(opened)).collect();
    if concerned.is_empty() {
        concerned.push(specifications::named(DEFAULT)?);
    }
    let mut whole: Option<Review> = None;
    for opened in concerned {
        let Specification { spec, sources } = &*opened;
        let choice = BaseChoice::BestFit;
        let reviewed = capchain::review::review(spec, sources, &choice, mails.clone())?;
        match &mut whole {
            Some(whole) => whole.merge(reviewed),
            None => whole = Some(reviewed),
        }
    }
    let reviewed = whole.unwrap_or_default();
    if !reviewed.has_patch {
        return Err("the input has no patch: no file names followed by a line `@@`".to_owned());
    }
    let report = |format| reports::review::review(&reviewed, format);
    both(report(ReviewFormat::Text), report(ReviewFormat::Json))
}

/// The reply of a handler by the model.
pub(crate) fn reply(question: &Question) -> Result<Value, String> {
    let AbiAtRelease { abi, warnings } = at_release(question)?;
    let Question { name, handler, argsz, capabilities, .. } = question;
    let asked = ReplyQuestion { ioctl: name, handler, argsz: *argsz, capabilities };
    let report = |format| reports::reply::reply(&abi, &asked, format);
    let mut answer = both(report(Format::Text), report(Format::Json))?;
    answer["warnings"] = warnings.into();
    Ok(answer)
}

/// The ABI and the release of a question.
fn at_release(question: &Question) -> Result<AbiAtRelease, String> {
    let opened = specifications::named(&question.abi)?;
    reports::at_release(&opened.spec, question.release()?)
}

/// A report as text and as JSON.
fn both(text: CommandResult, object: CommandResult) -> Result<Value, String> {
    let (text, object) = (text?, object?);
    let parsed: Value = serde_json::from_str(&object.text).map_err(|error| error.to_string())?;
    Ok(json!({ "code": text.code, "text": text.text, "json": parsed }))
}
