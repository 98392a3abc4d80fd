//! Groups the mails of an input to series: the patches that one author posted as one
//! version, in their order. Cover letters and replies to patches of the same input are
//! passed over.

use std::collections::{HashMap, HashSet};

use super::mail::Mail;

/// Mails that are reviewed together, by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Series {
    pub(super) mails: Vec<usize>,
}

/// The position of a patch, from the words in brackets of its subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Tag {
    /// The words other than the position: `RFC PATCH v4`.
    words: String,
    /// `1/6`.
    position: Option<(u32, u32)>,
    reply: bool,
    title: String,
}

/// The series of some mails, in the order of their first mails, and the mails that are
/// passed over, each with the reason.
pub(super) fn series(mails: &[Mail]) -> (Vec<Series>, Vec<(usize, &'static str)>) {
    let tags: Vec<_> = mails.iter().map(|mail| tag(&mail.subject)).collect();
    let posted: HashSet<_> = tags
        .iter()
        .filter(|tag| !tag.reply && !tag.title.is_empty())
        .map(|tag| (tag.words.as_str(), tag.title.as_str()))
        .collect();
    let (mut all, mut passed) = (Vec::<Series>::new(), Vec::new());
    let mut open: HashMap<(&str, &str, u32), usize> = HashMap::new();
    for (index, (mail, tag)) in mails.iter().zip(&tags).enumerate() {
        if tag.reply && posted.contains(&(tag.words.as_str(), tag.title.as_str())) {
            passed.push((index, "a reply to a patch of the same input"));
            continue;
        }
        match tag.position.filter(|_| !tag.reply) {
            Some((0, _)) => passed.push((index, "a cover letter")),
            Some((_, total)) => {
                let key = (mail.from.as_str(), tag.words.as_str(), total);
                let at = *open.entry(key).or_insert_with(|| {
                    all.push(Series { mails: Vec::new() });
                    all.len() - 1
                });
                all[at].mails.push(index);
            }
            None => all.push(Series { mails: vec![index] }),
        }
    }
    for one in &mut all {
        one.mails.sort_by_key(|index| tags[*index].position.unwrap_or_default().0);
    }
    (all, passed)
}

/// Reads `Re: [RFC PATCH v4 1/6] title`.
fn tag(subject: &str) -> Tag {
    let mut rest = subject.trim();
    let mut tag = Tag::default();
    while let Some((start, after)) = rest.split_once(':') {
        if !["re", "aw", "fwd", "fw", "sv"].contains(&start.to_ascii_lowercase().as_str()) {
            break;
        }
        tag.reply |= !start.to_ascii_lowercase().starts_with("fw");
        rest = after.trim_start();
    }
    if let Some((inside, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let (position, words): (Vec<_>, Vec<_>) =
            inside.split_whitespace().partition(|word| position(word).is_some());
        tag.position = position.first().and_then(|word| self::position(word));
        tag.words = words.join(" ");
        rest = after.trim_start();
    }
    tag.title = rest.to_owned();
    tag
}

fn position(word: &str) -> Option<(u32, u32)> {
    let (at, of) = word.split_once('/')?;
    Some((at.parse().ok()?, of.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(subject: &str) -> Mail {
        Mail { subject: subject.to_owned(), ..Mail::default() }
    }

    #[test]
    fn the_words_of_a_subject() {
        let tag = tag("RE: [RFC PATCH v4 01/6] vfio: a thing");
        assert_eq!((tag.position, tag.reply), (Some((1, 6)), true));
        assert_eq!((tag.words.as_str(), tag.title.as_str()), ("RFC PATCH v4", "vfio: a thing"));
    }

    #[test]
    fn patches_are_put_in_order_and_versions_apart() {
        let subjects = [
            "[PATCH 2/2] b",
            "[PATCH 0/2] cover",
            "[PATCH 1/2] a",
            "Re: [PATCH 1/2] a",
            "[PATCH v2 1/2] a",
            "alone",
            "Re: [PATCH] elsewhere",
        ];
        let (all, passed) = series(&subjects.map(mail));
        let mails: Vec<_> = all.into_iter().map(|one| one.mails).collect();
        assert_eq!(mails, [vec![2, 0], vec![4], vec![5], vec![6]]);
        assert_eq!(passed.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 3]);
    }
}
