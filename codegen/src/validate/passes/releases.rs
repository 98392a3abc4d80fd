//! Releases: the list of described releases, and histories in chronological order.

use crate::diagnostic::{Diagnostic, Place};
use crate::release::{Release, Since};
use crate::spec::history::Validity;
use crate::spec::regions::KeptBitsSpec;
use crate::spec::wrappers::{LineOrMap, Map, Placed};
use crate::spec::{Common, FieldSpec, IoctlSpec, ItemSpec, RegionSpec, ValueSpec};
use crate::validate::Check;
use crate::validate::codes::{BAD_RELEASE, UNKNOWN_HEADER};

/// The most releases that a specification can describe; Linux makes six a year.
const MOST_RELEASES: usize = 1000;

/// Checks every release that is named, and lists those that can be described.
pub(super) fn check(check: &mut Check<'_>) -> Vec<Release> {
    let (releases, whole) = listed(check);
    if releases.is_empty() && !check.incomplete {
        let problem = Diagnostic::error(BAD_RELEASE, "abi.yaml lists no release");
        check.problems.push(problem.at(check.spec.abi.abi.place, "of this ABI"));
    }
    // A bad list causes no further errors about missing releases.
    let known = if whole && !check.incomplete { releases.as_slice() } else { &[] };
    let mut times = Times { check, releases: known };
    times.files();
    releases
}

/// The list in `abi.yaml`, with its ranges expanded, and whether all of it could be read.
fn listed(check: &mut Check<'_>) -> (Vec<Release>, bool) {
    let mut releases = Vec::<Release>::new();
    let mut whole = true;
    for entry in check.spec.abi.releases.iter() {
        let range = match range(entry) {
            Ok(range) => range,
            Err(reason) => {
                check.refuse(BAD_RELEASE, entry.place, reason);
                whole = false;
                continue;
            }
        };
        if releases.last().is_some_and(|last| range.first().is_none_or(|first| first <= last)) {
            let problem =
                Diagnostic::error(BAD_RELEASE, format!("`{}` is out of order", entry.value));
            check.problems.push(problem.at(entry.place, "list releases from old to new"));
        }
        releases.extend(range);
        if releases.len() > MOST_RELEASES {
            let problem =
                Diagnostic::error(BAD_RELEASE, format!("more than {MOST_RELEASES} releases"));
            check.problems.push(problem.at(entry.place, "with these"));
            releases.truncate(MOST_RELEASES);
            whole = false;
            break;
        }
    }
    (releases, whole)
}

fn range(entry: &Placed<String>) -> Result<Vec<Release>, String> {
    let Some((first, last)) = entry.split_once("..") else {
        return entry.parse().map(|release| vec![release]);
    };
    let (first, last): (Release, Release) = (first.parse()?, last.parse()?);
    match first.through(last) {
        Some(range) => Ok(range.collect()),
        None => Err(format!("`{}` is not a range within one major release", entry.value)),
    }
}

/// The default release of an item.
#[derive(Clone, Copy)]
enum Outer {
    /// Its file; the item may be older.
    File(Validity),
    /// The item that it is part of; it cannot be older.
    Item(Validity),
}

struct Times<'a, 'b> {
    check: &'a mut Check<'b>,
    releases: &'a [Release],
}

impl Times<'_, '_> {
    fn files(&mut self) {
        let spec = self.check.spec;
        for file in &spec.files {
            self.since(&file.since.value, file.since.place);
            let header = &file.header;
            if spec.abi.headers.get(header).is_none() {
                let known = spec.abi.headers.iter().map(|(name, _)| name.as_str());
                let near = crate::names::nearest(header, known);
                let message = format!("abi.yaml has no header `{}`", header.value);
                let problem = Diagnostic::error(UNKNOWN_HEADER, message).at(header.place, "");
                let hint = near.map(|near| format!("did you mean `{near}`?"));
                self.check.problems.push(problem.maybe_help(hint));
            }
            for item in file.items.iter() {
                self.item(item, file.validity());
            }
            for (_, region) in file.regions.iter() {
                self.region(region, file.validity());
            }
        }
    }

    fn item(&mut self, item: &ItemSpec, outer: Validity) {
        self.times(item.common(), Outer::File(outer));
        let validity = item.validity(outer);
        match item {
            ItemSpec::Constants(item) | ItemSpec::Enum(item) | ItemSpec::IdSpace(item) => {
                self.values(&item.values, validity);
            }
            ItemSpec::Ioctl(item) => self.handlers(item, validity),
            _ => {}
        }
        if let Some(fields) = item.fields() {
            self.fields(fields, validity);
        }
    }

    fn values(&mut self, values: &Map<LineOrMap<ValueSpec>>, outer: Validity) {
        for (_, value) in values.iter() {
            self.times(value.common(), Outer::Item(outer));
        }
    }

    fn fields(&mut self, fields: &Map<LineOrMap<FieldSpec>>, outer: Validity) {
        for (_, field) in fields.iter() {
            self.times(field.common(), Outer::Item(outer));
            let validity = field.validity(outer);
            self.values(&field.bits, validity);
            self.values(&field.values, validity);
            // A member of a union can be older than the union.
            self.fields(&field.union, outer);
        }
    }

    fn handlers(&mut self, ioctl: &IoctlSpec, outer: Validity) {
        for (.., handler) in ioctl.handlers() {
            let times = (handler.since.as_ref(), handler.until.as_ref());
            self.span(times, Outer::Item(outer));
        }
    }

    fn region(&mut self, region: &RegionSpec, outer: Validity) {
        for (_, handler) in region.handlers.iter() {
            self.span((handler.since.as_ref(), handler.until.as_ref()), Outer::File(outer));
            let validity = handler.validity(outer);
            self.kept_bits(&handler.keeps, validity);
            for (_, chain) in handler.chains.iter() {
                self.kept_bits(&chain.keeps, validity);
                for (_, cap) in chain.shows.iter() {
                    self.span((cap.since.as_ref(), cap.until.as_ref()), Outer::Item(validity));
                    self.kept_bits(&cap.keeps, cap.validity(validity));
                }
            }
        }
    }

    fn kept_bits(&mut self, keeps: &[KeptBitsSpec], outer: Validity) {
        for kept in keeps {
            self.span((kept.since.as_ref(), kept.until.as_ref()), Outer::Item(outer));
        }
    }

    fn times(&mut self, common: Common<'_>, outer: Outer) {
        let first = self.span((common.since, common.until), outer);
        if let Some(deprecated) = common.deprecated {
            self.since(&deprecated.since.value, deprecated.since.place);
        }
        let (Outer::File(around) | Outer::Item(around)) = outer;
        let own = Outer::Item(common.validity(around));
        for (_, exception) in common.allow.iter() {
            self.span((exception.since.as_ref(), exception.until.as_ref()), own);
        }
        let mut last = first;
        for (end, _) in common.before.iter() {
            if end.opening() <= last.opening() {
                let message = format!("a change in {} follows one in {last}", end.value);
                self.check.refuse(BAD_RELEASE, end.place, message);
            }
            last = end.value;
        }
    }

    /// Checks the first and the last release of an item; returns the first.
    fn span(
        &mut self,
        (since, until): (Option<&Placed<Since>>, Option<&Placed<Release>>),
        outer: Outer,
    ) -> Release {
        let (Outer::File(around) | Outer::Item(around)) = outer;
        let validity =
            around.within(since.map(|since| &since.value), until.map(|until| &until.value));
        let first = validity.since.first();
        if let Some(since) = since {
            self.since(&since.value, since.place);
            if matches!(outer, Outer::Item(_))
                && since.first().opening() < around.since.first().opening()
            {
                let message =
                    format!("older than its enclosing item, which was added in {}", around.since);
                self.check.refuse(BAD_RELEASE, since.place, message);
            }
        }
        if let Some(until) = until {
            self.release(until.value, until.place);
            if until.opening() <= first.opening() {
                let message = format!("removed in {} but added in {first}", until.value);
                self.check.refuse(BAD_RELEASE, until.place, message);
            }
        }
        first
    }

    fn since(&mut self, since: &Since, place: Place) {
        if let Since::Between(without, _) = since {
            self.release(*without, place);
        }
        self.release(since.first(), place);
    }

    /// A release must be one of the list, or a candidate of one.
    fn release(&mut self, release: Release, place: Place) {
        let known =
            self.releases.iter().any(|known| *known == release || known.is_final_of(release));
        if !known && !self.releases.is_empty() {
            let message = format!("abi.yaml does not list {release} among the releases");
            let problem = Diagnostic::error(BAD_RELEASE, message).at(place, "");
            let overlays = self.check.spec.files.iter().filter(|file| file.overlay);
            let in_overlay =
                overlays.map(|file| file.title.place.file()).any(|one| one == place.file());
            let help = "leave it out: items of an overlay count from the described release";
            self.check.problems.push(problem.maybe_help(in_overlay.then(|| help.to_owned())));
        }
    }
}
