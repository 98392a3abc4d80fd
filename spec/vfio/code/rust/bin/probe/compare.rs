//! Where the running kernel and the history disagree.

use vfio_abi::history::{self, Release};

use crate::answer::{Answer, Failure, Name};

/// ENOTTY, by which a kernel refuses an ioctl that it does not know.
const ENOTTY: i32 = 25;

/// The differences, each by the kernel's names.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Items that the kernel has, but that came after its release.
    pub newer: Vec<Name>,
    /// Items that the history has at this release, but that the kernel refuses. The backend
    /// or the driver of the device need not have each of them.
    pub refused: Vec<Name>,
    /// Flags and capabilities without a name in the history.
    pub unknown: Vec<String>,
}

/// Compares answers with the history of a release; without one, only unknown items are found.
pub fn compare(answers: &[Answer], release: Option<Release>) -> Comparison {
    let mut comparison = Comparison::default();
    let mut present = Vec::new();
    let mut refused = Vec::new();
    for answer in answers {
        seen(answer, &mut present, &mut comparison.unknown);
        refused.extend(absent(answer));
    }
    comparison.unknown.sort();
    comparison.unknown.dedup();
    let has = |name: &Name| history::find(&name.whole)?.is_in(release?);
    refused.retain(|name| !present.contains(name));
    comparison.newer = distinct(present, |name| has(name) == Some(false));
    comparison.refused = distinct(refused, |name| has(name) == Some(true));
    comparison
}

/// Adds the items that an answer shows to be present.
fn seen(answer: &Answer, present: &mut Vec<Name>, unknown: &mut Vec<String>) {
    let Ok(result) = answer.result else { return };
    present.push(Name::new("", answer.ioctl));
    // An extension is present if the result is positive; everything else if the call works.
    if !is_extension(answer) || result > 0 {
        match (&answer.name, answer.number) {
            (Some(name), _) => present.push(name.clone()),
            (None, Some(number)) if answer.contents.fields.is_empty() => {
                unknown.push(format!("{} {number}", answer.ioctl));
            }
            _ => {}
        }
    }
    let contents = &answer.contents;
    for field in contents.fields.iter().chain(contents.caps.iter().flat_map(|cap| &cap.fields)) {
        present.extend(field.names.iter().cloned());
        if field.unknown != 0 {
            unknown.push(format!("{} {} {:#x}", answer.ioctl, field.path, field.unknown));
        }
    }
    for cap in &contents.caps {
        match &cap.name {
            Some(name) => present.push(name.clone()),
            None => unknown.push(format!("{} capability {}", answer.ioctl, cap.id)),
        }
    }
}

/// The item whose absence an answer shows.
fn absent(answer: &Answer) -> Option<Name> {
    match (&answer.result, answer.access) {
        (Ok(0), _) if is_extension(answer) => answer.name.clone(),
        (Err(_), "PROBE") => answer.name.clone(),
        (Err(Failure::Errno(ENOTTY)), "") => Some(Name::new("", answer.ioctl)),
        _ => None,
    }
}

fn is_extension(answer: &Answer) -> bool {
    answer.ioctl == "VFIO_CHECK_EXTENSION"
}

/// The names that meet a condition, each once.
fn distinct(names: Vec<Name>, meets: impl Fn(&Name) -> bool) -> Vec<Name> {
    let mut found = Vec::new();
    for name in names {
        if !found.contains(&name) && meets(&name) {
            found.push(name);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extension(result: u32, name: &'static str) -> Answer {
        let answer = Answer::new("VFIO_CHECK_EXTENSION", Ok::<_, Failure>(result));
        answer.about(9, Some(Name::new("", name)))
    }

    fn names(names: &[Name]) -> Vec<&str> {
        names.iter().map(|name| name.whole.as_str()).collect()
    }

    #[test]
    fn an_item_of_a_later_release_is_newer() {
        let answers = [extension(1, "VFIO_UNMAP_ALL"), extension(1, "VFIO_TYPE1_IOMMU")];
        let found = compare(&answers, Some(Release::new(5, 10)));
        assert_eq!(names(&found.newer), ["VFIO_UNMAP_ALL"]);
        assert!(found.refused.is_empty() && found.unknown.is_empty());
        assert!(compare(&answers, Some(Release::new(6, 1))).newer.is_empty());
    }

    #[test]
    fn an_item_of_this_release_is_refused_unless_it_is_seen_elsewhere() {
        let no = extension(0, "VFIO_UNMAP_ALL");
        let found = compare(std::slice::from_ref(&no), Some(Release::new(6, 1)));
        assert_eq!(names(&found.refused), ["VFIO_UNMAP_ALL"]);
        assert!(compare(std::slice::from_ref(&no), Some(Release::new(5, 10))).refused.is_empty());
        let found = compare(&[no, extension(1, "VFIO_UNMAP_ALL")], Some(Release::new(6, 1)));
        assert!(found.refused.is_empty());
    }

    #[test]
    fn an_ioctl_is_refused_by_its_errno() {
        let answer = |errno| Answer::new("VFIO_DEVICE_RESET", Err(Failure::Errno(errno)));
        let refused = |errno| compare(&[answer(errno)], Some(Release::new(6, 1))).refused;
        assert_eq!(names(&refused(ENOTTY)), ["VFIO_DEVICE_RESET"]);
        assert!(refused(22).is_empty());
    }

    #[test]
    fn what_has_no_name_is_unknown() {
        let mut answer = Answer::new("VFIO_DEVICE_GET_INFO", Ok::<_, Failure>(0));
        let field = crate::answer::Field::new("vfio_device_info", "flags", 0x8000_0001_u32);
        answer.contents.fields =
            vec![field.flags("VFIO_DEVICE_FLAGS_", ["RESET"].into_iter(), 0x8000_0000_u32)];
        let found = compare(&[answer], None);
        assert_eq!(found.unknown, ["VFIO_DEVICE_GET_INFO flags 0x80000000"]);
    }
}
