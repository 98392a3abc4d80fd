//! Matches the given headers with those of a known ABI.

use super::declared::Declarations;
use super::externals::Outside;
use crate::diagnostic::Sources;
use crate::ir::Abi;
use crate::layout::Layout;
use crate::names;

/// The headers of an ABI to which the files belong, by their include guards or,
/// without guards, by their names. The error says which file matches none.
pub fn given(abi: &Abi, sources: &Sources, files: &[usize]) -> Result<Vec<usize>, String> {
    let mut given = Vec::new();
    for file in files {
        let (path, text) = (sources.path(*file), sources.text(*file));
        let guarded = |guard: &String| text.lines().any(|line| defines(line, guard));
        let headers = abi.headers.iter().enumerate();
        let by_guard = headers.clone().filter(|(_, header)| header.guards.iter().any(guarded));
        let mut found: Vec<_> = by_guard.map(|(index, _)| index).collect();
        if found.is_empty() {
            let named = headers.filter(|(_, header)| base(&header.path) == base(path));
            found.extend(named.map(|(index, _)| index));
        }
        if found.is_empty() {
            let known: Vec<_> = abi.headers.iter().map(|header| header.path.as_str()).collect();
            return Err(format!(
                "{path} is not a specified header: it has neither the include guard nor the \
                 name of {}",
                known.join(" or ")
            ));
        }
        given.extend(found);
    }
    given.sort_unstable();
    given.dedup();
    Ok(given)
}

/// The files that are headers of an ABI, each with these; the others only declare what they use.
pub fn own(abi: &Abi, sources: &Sources, files: &[usize]) -> Vec<(usize, Vec<usize>)> {
    let own = |file: &usize| Some((*file, given(abi, sources, &[*file]).ok()?));
    files.iter().filter_map(own).collect()
}

/// Whether a line defines a name without a value.
fn defines(line: &str, name: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix('#') else { return false };
    let mut words = rest.split_whitespace();
    words.next() == Some("define") && words.next() == Some(name)
}

/// The last part of a path.
fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

impl Outside {
    /// The facts of an ABI about headers that are not given.
    pub fn of(abi: &Abi, given: &[usize]) -> Self {
        let mut outside = Self { ours: Some(names::c_stem(&abi.name) + "_"), ..Self::default() };
        let elsewhere = |section: usize| !given.contains(&abi.sections[section].header);
        for struct_ in abi.structs.iter().filter(|one| elsewhere(one.section)) {
            let extents = struct_.layouts.each_ref().map(Layout::extent);
            outside.structs.insert(struct_.name.clone(), extents);
        }
        let others: Vec<_> = (0..abi.headers.len()).filter(|one| !given.contains(one)).collect();
        let constants = Declarations::of(abi, &others).constants;
        let numbers = constants.into_iter().filter(|one| one.text.is_none());
        outside.constants = numbers.map(|one| (one.name.to_owned(), one.number)).collect();
        outside
    }
}
