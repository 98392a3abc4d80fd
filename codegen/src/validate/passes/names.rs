//! Names that every output can print unchanged: identifiers in C, C++ and Rust, and
//! file names on every system.

use crate::diagnostic::{Diagnostic, Place};
use crate::names::{c_stem, is_name};
use crate::output::{CodeFile, CodeLanguage};
use crate::runtime;
use crate::spec::wrappers::{LineOrMap, Map, OneOrMany, Placed};
use crate::spec::{AbiFile, ItemSpec, ReservedSpec};
use crate::validate::Check;
use crate::validate::codes::{BAD_NAME, KEY_CONFLICT};
use crate::validate::model::symbols::SymbolKind;

/// Names that outputs already have, or that are invalid file names on some systems.
const TAKEN_FILES: [&str; 8] = ["abi", "aux", "con", "lib", "mod", "nul", "prn", "readme"];

/// Crates that the generated crate names; a module of the same name would hide them.
const CRATES: [&str; 6] = ["alloc", "bytemuck", "core", "serde", "std", "zerocopy"];

pub(super) fn check(check: &mut Check<'_>) {
    abi(check);
    for file in &check.spec.files {
        file_name(check, &file.name, file.title.place);
        for item in file.items.iter() {
            parts(check, item);
        }
    }
    for file in &check.spec.code {
        code(check, file);
    }
    items(check);
    fields(check);
}

fn abi(check: &mut Check<'_>) {
    let abi = &check.spec.abi;
    file_name(check, &abi.abi, abi.abi.place);
    for (index, prefix) in abi.prefix.iter().enumerate() {
        name(check, prefix, prefix.place);
        if abi.prefix[..index].iter().any(|one| one.value == prefix.value) {
            let message = format!("the prefix `{}` is listed twice", prefix.value);
            check.refuse(KEY_CONFLICT, prefix.place, message);
        }
    }
    if abi.prefix.is_empty() {
        let problem = Diagnostic::error(KEY_CONFLICT, "`prefix` needs at least one word");
        check.problems.push(problem.at(abi.abi.place, "the ABI"));
    }
    for listed in abi.files.iter() {
        file_name(check, listed, listed.place);
    }
    for (key, header) in abi.headers.iter() {
        name(check, key, key.place);
        path(check, &header.path);
        for guard in header.guards.iter() {
            name(check, guard, guard.place);
        }
    }
    keys(check, abi);
}

/// The path of a hand-written file, which its copies have too.
fn code(check: &mut Check<'_>, file: &CodeFile) {
    let (folder, ending) = match file.language {
        CodeLanguage::Rust => ("code/rust/", ".rs"),
        CodeLanguage::C => ("code/c/", ".h"),
    };
    let stem = file.path.strip_suffix(ending);
    let parts = stem.into_iter().flat_map(|stem| stem.split('/'));
    let plain = stem.is_some() && parts.clone().all(|part| is_name(part) && is_lower(part));
    let why = if !plain || file.language == CodeLanguage::C && parts.count() > 1 {
        "a path consists of names in lower case"
    } else if stem.is_some_and(runtime::is_module) {
        "the generated crate has a file of this name"
    } else {
        return;
    };
    let path = [folder, &file.path].concat();
    let problem = Diagnostic::error(BAD_NAME, format!("`{path}` is not a usable path"));
    check.problems.push(problem.in_file(path).help(why));
}

fn is_lower(text: &str) -> bool {
    !text.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn keys(check: &mut Check<'_>, abi: &AbiFile) {
    for (key, kind) in abi.fds.iter() {
        name(check, key, key.place);
        for (backend, _) in kind.backends.iter() {
            name(check, backend, backend.place);
        }
    }
    for (key, _) in abi.cap_headers.iter() {
        name(check, key, key.place);
    }
}

/// Names of items, their present and their former ones.
fn items(check: &mut Check<'_>) {
    let index = check.index;
    let ours = c_stem(&check.spec.abi.abi) + "_";
    for (text, targets) in index.all() {
        for target in targets {
            ident(check, text, target.place, (target.kind, &ours));
        }
    }
    for former in &index.former {
        ident(check, former.name, former.name.place, (former.kind, &ours));
    }
}

/// A name that C and Rust see.
fn ident(check: &mut Check<'_>, text: &str, place: Place, (kind, ours): (SymbolKind, &str)) {
    if !name(check, text, place) {
        return;
    }
    let seen = !matches!(
        kind,
        SymbolKind::Chain | SymbolKind::Constants | SymbolKind::IdSpace | SymbolKind::Anonymous
    );
    let head = text.as_bytes().get(..ours.len());
    if head.is_some_and(|head| head.eq_ignore_ascii_case(ours.as_bytes())) {
        refuse_name(check, text, place, "the generated header uses names that start like this");
    } else if seen && is_spoken_for(text) {
        refuse_name(check, text, place, "the generated code uses this name");
    }
}

/// Names that generated Rust uses, and the format's own words for types.
fn is_spoken_for(name: &str) -> bool {
    const WORDS: &str = "Clone Copy Debug Default Err From Into Iterator None Ok Option Result Some \
        aligned_u64 bool by_model char f32 f64 fd i128 i16 i32 i64 i8 io isize none \
        offset_of s16 s32 s64 s8 size_of str string u128 u16 u32 u64 u8 usize";
    // Names of an ABI start with its prefix, so that hardly any name is this short.
    name.len() <= "aligned_u64".len()
        && (WORDS.split_whitespace().any(|word| word == name) || CRATES.contains(&name))
}

/// Names inside items, to which no reference through the index is possible.
fn parts(check: &mut Check<'_>, item: &ItemSpec) {
    match item {
        ItemSpec::Constants(item) | ItemSpec::Enum(item) | ItemSpec::IdSpace(item) => {
            reserved(check, &item.reserved)
        }
        ItemSpec::Chain(item) => reserved(check, &item.reserved),
        ItemSpec::Macro(item) => {
            for arg in item.args.iter() {
                name(check, arg, arg.place);
            }
        }
        ItemSpec::Ioctl(item) => {
            let handlers = item.handlers.iter().map(|(name, _)| name);
            let profiles = item.handlers().filter_map(|(.., handler)| handler.profile.as_ref());
            let replies = item.replies.iter().map(|(name, _)| name);
            for text in handlers.chain(profiles).chain(replies) {
                name(check, text, text.place);
            }
        }
        ItemSpec::Capability(item) => {
            if let Some(short) = &item.short_name {
                name(check, short, short.place);
            }
        }
        ItemSpec::Struct(_) => {}
    }
}

fn reserved(check: &mut Check<'_>, reserved: &Map<OneOrMany<LineOrMap<ReservedSpec>>>) {
    for (text, _) in reserved.iter() {
        name(check, text, text.place);
    }
}

fn fields(check: &mut Check<'_>) {
    for struct_ in &check.index.structs {
        for member in struct_.members() {
            name(check, member.name, member.name.place);
            let former = member.field.before.iter().filter_map(|(_, before)| before.name.as_ref());
            for former in former {
                name(check, former, former.place);
            }
        }
    }
}

fn name(check: &mut Check<'_>, text: &str, place: Place) -> bool {
    let good = is_name(text);
    if !good {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let why = match text.bytes().all(letters) && text.len() <= 100 {
            true => "C, C++ or Rust reserves it, or it starts with a digit",
            false => "a name is at most 100 letters, digits and `_`",
        };
        refuse_name(check, text, place, why);
    }
    good
}

/// A name that becomes the name of a file.
pub(super) fn file_name(check: &mut Check<'_>, text: &str, place: Place) {
    if !name(check, text, place) {
        return;
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        refuse_name(check, text, place, "names of files are in lower case");
    } else if TAKEN_FILES.contains(&text) {
        refuse_name(check, text, place, "a file of this name has another meaning");
    } else if CRATES.contains(&text) {
        refuse_name(check, text, place, "a module of this name hides a crate");
    }
}

/// The path of a kernel header, as `#include` has it.
fn path(check: &mut Check<'_>, path: &Placed<String>) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    let good =
        path.bytes().all(plain) && path.split('/').all(|part| !part.trim_matches('.').is_empty());
    if !good {
        refuse_name(
            check,
            path,
            path.place,
            "a path is words of letters, digits, `_`, `-` and `.` between `/`",
        );
    }
}

fn refuse_name(check: &mut Check<'_>, name: &str, place: Place, why: &str) {
    let shown: String = name.chars().take(40).collect();
    let message = format!("`{shown}` is not a usable name");
    check.refuse_because(BAD_NAME, place, message, why);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_another_meaning_are_found() {
        for word in ["Clone", "u8", "usize", "io", "aligned_u64", "string", "core", "zerocopy"] {
            assert!(is_spoken_for(word), "{word}");
        }
        assert!(!is_spoken_for("vfio_region_info"));
    }
}
