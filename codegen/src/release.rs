//! Kernel releases: their text form, their order and ranges of them. Independent of
//! YAML and of languages.

use std::fmt;
use std::str::FromStr;

/// A kernel release, `v5.10` or, for a release candidate, `v5.8-rc2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    major: u16,
    minor: u16,
    /// The candidate's number; `u16::MAX` for the release itself, which
    /// comes after all its candidates.
    candidate: u16,
}

impl Release {
    /// The release `vMAJOR.MINOR`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor, candidate: u16::MAX }
    }

    /// The major and minor number.
    pub const fn numbers(self) -> (u16, u16) {
        (self.major, self.minor)
    }

    /// The release as kernels print it, without the `v`.
    pub fn bare(self) -> String {
        let Self { major, minor, candidate } = self;
        match candidate {
            u16::MAX => format!("{major}.{minor}"),
            _ => format!("{major}.{minor}-rc{candidate}"),
        }
    }

    /// Whether this is a candidate.
    pub fn is_candidate(self) -> bool {
        self.candidate != u16::MAX
    }

    /// Whether `candidate` is a candidate of this release.
    pub fn is_final_of(self, candidate: Self) -> bool {
        let same = (self.major, self.minor) == (candidate.major, candidate.minor);
        same && self.candidate == u16::MAX && candidate.candidate != u16::MAX
    }

    /// The first candidate of the release. New items arrive in the merge window, so
    /// this candidate has them already.
    pub fn opening(self) -> Self {
        match self.candidate {
            u16::MAX => Self { candidate: 1, ..self },
            _ => self,
        }
    }

    /// Every release from `self` to `last`; none if their major numbers differ.
    pub fn through(self, last: Self) -> Option<impl Iterator<Item = Self>> {
        let same_line = self.major == last.major && self.minor <= last.minor;
        let released = self.candidate == u16::MAX && last.candidate == u16::MAX;
        (same_line && released)
            .then(move || (self.minor..=last.minor).map(move |minor| Self::new(self.major, minor)))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v")?;
        f.write_str(&self.bare())
    }
}

impl FromStr for Release {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse(text).ok_or_else(|| {
            let with_letter = ["v", text.trim_start_matches('V')].concat();
            let hint = match parse(&with_letter) {
                Some(_) => format!("did you mean `{with_letter}`?"),
                None => "they are written v5.10 or v5.8-rc2".to_owned(),
            };
            format!("`{text}` is not a kernel release; {hint}")
        })
    }
}

fn parse(text: &str) -> Option<Release> {
    let text = text.strip_prefix('v')?;
    let (version, candidate) = match text.split_once("-rc") {
        Some((version, candidate)) => (version, number(candidate)?),
        None => (text, u16::MAX),
    };
    let (major, minor) = version.split_once('.')?;
    Some(Release { major: number(major)?, minor: number(minor)?, candidate })
}

/// A decimal number without sign and without leading zeros.
fn number(text: &str) -> Option<u16> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (canonical && digits).then(|| text.parse().ok()).flatten()
}

/// The first release of an item: a known release, or a range of releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Since {
    /// The first release that has it.
    Known(Release),
    /// The last release known not to have it, and the first one known to have it.
    Between(Release, Release),
}

impl Since {
    /// The first release that is known to have the item.
    pub fn first(self) -> Release {
        match self {
            Self::Known(first) | Self::Between(_, first) => first,
        }
    }

    /// Whether `release` is known to have the item.
    pub fn covers(self, release: Release) -> bool {
        self.first().opening() <= release
    }

    /// Whether it is unknown whether `release` has the item.
    pub fn is_uncertain_at(self, release: Release) -> bool {
        matches!(self, Self::Between(without, with) if without < release && release < with.opening())
    }
}

impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(first) => first.fmt(f),
            Self::Between(without, with) => write!(f, "{without}..{with}"),
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((without, with)) = text.split_once("..") else {
            return text.parse().map(Self::Known);
        };
        let (without, with) = (without.parse()?, with.parse()?);
        if without < with {
            Ok(Self::Between(without, with))
        } else {
            Err(format!("`{text}` ends before it starts"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(text: &str) -> Release {
        text.parse().expect("a release")
    }

    #[test]
    fn candidates_come_before_their_release() {
        assert!(release("v5.7") < release("v5.8-rc2"));
        assert!(release("v5.8-rc2") < release("v5.8-rc3"));
        assert!(release("v5.8-rc3") < release("v5.8"));
        assert!(release("v5.9") < release("v5.10"));
    }

    #[test]
    fn what_is_not_a_release_is_refused() {
        for text in ["5.10", "v5", "v5.x", "v5.10.3", "v05.1", "v5.8-rc", "v5.8rc2", "v+5.1"] {
            assert!(text.parse::<Release>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_bracket_counts_as_absent_until_its_end() {
        let since: Since = "v4.18..v5.0".parse().expect("a bracket");
        assert!(!since.covers(release("v4.19")));
        assert!(since.is_uncertain_at(release("v4.19")));
        assert!(since.covers(release("v5.0")));
        assert!(!since.is_uncertain_at(release("v4.18")));
        assert!("v5.0..v4.18".parse::<Since>().is_err());
    }

    #[test]
    fn what_is_printed_reads_back() {
        for text in ["v3.6", "v5.8-rc2", "v4.18..v5.0"] {
            assert_eq!(text.parse::<Since>().expect("a span").to_string(), text);
        }
    }
}
