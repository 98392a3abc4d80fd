//! Where the running kernel and the history disagree.

use vfio_abi::history::{self, Item, Release};

use crate::answer::{Answer, Failure, Name};

/// ENOTTY, by which a kernel refuses an ioctl that it does not know.
const ENOTTY: i32 = 25;

/// The items that differ, or the reason why they were not compared.
pub type Compared<T> = Result<Vec<T>, &'static str>;

/// The differences, each by the kernel's names.
#[derive(Debug)]
pub struct Comparison {
    /// Items that the kernel has, but that came after its release.
    pub newer: Compared<Name>,
    /// Items that the history has at this release and does not deprecate, but that the
    /// kernel refuses. The backend or the driver of the device need not have each of them.
    pub refused: Compared<Name>,
    /// Flags and capabilities without a name in the history.
    pub unknown: Compared<String>,
}

/// Compares answers with the history of a release; without one, only unknown items are found.
pub fn compare(answers: &[Answer], release: Option<Release>) -> Comparison {
    let (mut present, mut unknown, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for answer in answers {
        seen(answer, &mut present, &mut unknown);
        refused.extend(absent(answer));
    }
    unknown.sort();
    unknown.dedup();
    refused.retain(|name| !present.contains(name));
    let called = if answers.is_empty() { Err("no call was made") } else { Ok(()) };
    let worked = match answers.iter().any(|answer| answer.result.is_ok()) {
        true => Ok(()),
        false => called.and(Err("no call worked")),
    };
    let release = release.ok_or("the name of the kernel does not start with a release");
    let newer = worked.and(release).map(|release| {
        let is_newer = |name: &Name| history::find(&name.whole)?.is_in(release);
        distinct(present, |name| is_newer(name) == Some(false))
    });
    let refused = called.and(release).map(|release| {
        distinct(refused, |name| {
            history::find(&name.whole).is_some_and(|item| current(item, release))
        })
    });
    Comparison { newer, refused, unknown: worked.map(|()| unknown) }
}

/// Whether a release surely has an item, which is not yet deprecated there.
fn current(item: &Item, release: Release) -> bool {
    let deprecated = item.deprecated.is_some_and(|since| release >= since);
    item.is_in(release) == Some(true) && !deprecated
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
    // The kinds of access to a numbered item depend on the item, not on the ioctl.
    let is_ioctl = answer.access.is_empty() || answer.number.is_none();
    match &answer.result {
        Ok(0) if is_extension(answer) => answer.name.clone(),
        Err(_) if answer.access == "PROBE" => answer.name.clone(),
        Err(Failure::Errno(ENOTTY)) if is_ioctl => Some(Name::new("", answer.ioctl)),
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

    fn newer(answers: &[Answer], major: u16, minor: u16) -> Vec<String> {
        names(compare(answers, Some(Release::new(major, minor))).newer)
    }

    fn refused(answers: &[Answer], major: u16, minor: u16) -> Vec<String> {
        names(compare(answers, Some(Release::new(major, minor))).refused)
    }

    fn names(list: Compared<Name>) -> Vec<String> {
        list.expect("a comparison").into_iter().map(|name| name.whole).collect()
    }

    #[test]
    fn an_item_of_a_later_release_is_newer() {
        let answers = [extension(1, "VFIO_UNMAP_ALL"), extension(1, "VFIO_TYPE1_IOMMU")];
        assert_eq!(newer(&answers, 5, 10), ["VFIO_UNMAP_ALL"]);
        assert!(newer(&answers, 6, 1).is_empty());
        assert!(refused(&answers, 5, 10).is_empty());
    }

    #[test]
    fn an_item_of_this_release_is_refused_unless_it_is_seen_elsewhere() {
        let (no, yes) = (extension(0, "VFIO_UNMAP_ALL"), extension(1, "VFIO_UNMAP_ALL"));
        assert_eq!(refused(std::slice::from_ref(&no), 6, 1), ["VFIO_UNMAP_ALL"]);
        assert!(refused(std::slice::from_ref(&no), 5, 10).is_empty());
        assert!(refused(&[no, yes], 6, 1).is_empty());
    }

    #[test]
    fn an_item_that_a_release_deprecates_is_not_refused_by_it() {
        let no = [extension(0, "__VFIO_RESERVED_TYPE1_NESTING_IOMMU")];
        assert_eq!(refused(&no, 6, 12), ["__VFIO_RESERVED_TYPE1_NESTING_IOMMU"]);
        assert!(refused(&no, 6, 13).is_empty());
    }

    #[test]
    fn an_ioctl_is_refused_by_its_errno() {
        let answer = |ioctl, errno| [Answer::new(ioctl, Err(Failure::Errno(errno)))];
        assert_eq!(refused(&answer("VFIO_DEVICE_RESET", ENOTTY), 6, 1), ["VFIO_DEVICE_RESET"]);
        assert!(refused(&answer("VFIO_DEVICE_RESET", 22), 6, 1).is_empty());
        let ioctl = "VFIO_DEVICE_QUERY_GFX_PLANE";
        let plane = answer(ioctl, ENOTTY).map(|plane| plane.access("PROBE|DMABUF"));
        assert_eq!(refused(&plane, 6, 1), [ioctl]);
    }

    #[test]
    fn a_feature_without_a_kind_of_access_refuses_nothing() {
        let probe = |access| {
            let name = Name::new("", "VFIO_DEVICE_FEATURE_MIGRATION");
            let answer = Answer::new("VFIO_DEVICE_FEATURE", Err(Failure::Errno(ENOTTY)));
            [answer.access(access).about(1, Some(name))]
        };
        assert!(refused(&probe("PROBE|SET"), 6, 1).is_empty());
        assert_eq!(refused(&probe("PROBE"), 6, 1), ["VFIO_DEVICE_FEATURE_MIGRATION"]);
    }

    #[test]
    fn an_item_without_a_name_is_unknown() {
        let mut answer = Answer::new("VFIO_DEVICE_GET_INFO", Ok::<_, Failure>(0));
        let field = crate::answer::Field::new("vfio_device_info", "flags", 0x8000_0001_u32);
        answer.contents.fields =
            vec![field.flags("VFIO_DEVICE_FLAGS_", ["RESET"].into_iter(), 0x8000_0000_u32)];
        let found = compare(&[answer], None);
        assert_eq!(found.unknown, Ok(vec!["VFIO_DEVICE_GET_INFO flags 0x80000000".to_owned()]));
        assert!(found.newer.is_err() && found.refused.is_err());
    }

    #[test]
    fn without_answers_nothing_is_compared() {
        let release = Some(Release::new(6, 1));
        let found = compare(&[], release);
        assert!(found.newer.is_err() && found.refused.is_err() && found.unknown.is_err());
        let failed = [Answer::new("VFIO_DEVICE_RESET", Err(Failure::Errno(ENOTTY)))];
        let found = compare(&failed, release);
        assert!(found.newer.is_err() && found.unknown.is_err() && found.refused.is_ok());
    }
}
