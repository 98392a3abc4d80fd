//! The only spelling of names. What the kernel names keeps the kernel's name
//! in both languages; what it leaves unnamed gets a name here.
//!
//! | of | pattern | example |
//! |---|---|---|
//! | struct, tagged enum, constant, ioctl | the kernel's | `vfio_region_info` |
//! | field | the kernel's, raw where Rust reserves it | `r#type` |
//! | flags of a field | struct and field, in camel case | `RegionInfoFlags` |
//! | numbers of a field | the same | `RegionGfxEdidLinkState` |
//! | anonymous enum, id space | its name in the specification | `PciRegionIndex` |
//! | one of them | without prefix and suffix | `RegionInfoFlags::READ` |
//! | C macro of ours | `PREFIX_ABI_` and a word | `VFIO_ABI_H` |
//! | C struct or function of ours | `prefix_abi_` and words | `vfio_abi_region_next` |

use heck::{ToShoutySnakeCase, ToUpperCamelCase};

/// The type of the flags or numbers that a field holds.
pub fn field_type(prefix: &str, struct_name: &str, field: &str) -> String {
    let struct_name = without_prefix(prefix, struct_name);
    format!("{struct_name}_{field}").to_upper_camel_case()
}

/// The type of an anonymous enum or an id space.
pub fn group_type(name: &str) -> String {
    name.to_upper_camel_case()
}

/// A constant of ours.
pub fn screaming(name: &str) -> String {
    name.to_shouty_snake_case()
}

/// What a number is called within its type.
pub fn short(name: &str, prefix: &str, suffix: &str) -> String {
    let name = name.strip_prefix(prefix).unwrap_or(name);
    name.strip_suffix(suffix).unwrap_or(name).to_owned()
}

/// The name without the word that all names of the ABI start with.
pub fn without_prefix<'a>(prefix: &str, name: &'a str) -> &'a str {
    let rest = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    rest.unwrap_or(name)
}

/// The stem of the generated header and the prefix of what it adds: `vfio_abi`.
pub fn c_stem(prefix: &str) -> String {
    format!("{prefix}_abi")
}

/// A C struct or function of ours.
pub fn c_name(stem: &str, words: &[&str]) -> String {
    let words = [&[stem], words].concat().join("_");
    words.to_ascii_lowercase()
}

/// Whether a name is one in C, C++ and Rust, if need be as a raw identifier.
pub fn is_name(name: &str) -> bool {
    let head = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let tail = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let lone = name == "_";
    head && tail && !lone && name.len() <= 100 && !is_c_keyword(name) && !NEVER_RAW.contains(&name)
}

/// Whether Rust takes the name as it is.
pub fn is_rust_identifier(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok() && name != "gen"
}

/// What Rust reserves even for raw identifiers.
const NEVER_RAW: [&str; 4] = ["crate", "self", "super", "Self"];

/// Words that C23 or C++23 reserve and a member or macro cannot be called.
fn is_c_keyword(name: &str) -> bool {
    const WORDS: &str = " alignas alignof and and_eq asm auto bitand bitor bool break case catch \
        char char16_t char32_t char8_t class co_await co_return co_yield compl concept const \
        const_cast consteval constexpr constinit continue decltype default delete do double \
        dynamic_cast else enum explicit export extern false float for friend goto if inline int \
        long mutable namespace new noexcept not not_eq nullptr operator or or_eq private \
        protected public register reinterpret_cast requires restrict return short signed sizeof \
        static static_assert static_cast struct switch template this thread_local throw true try \
        typedef typeid typename typeof typeof_unqual union unsigned using virtual void volatile \
        wchar_t while xor xor_eq ";
    WORDS.split_whitespace().any(|word| word == name)
}

/// The known name that a misspelt one is most likely meant to be.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.map(|known| (strsim::damerau_levenshtein(name, known), known));
    let (distance, nearest) = scored.min()?;
    let tolerated = (name.chars().count() / 3).max(1);
    (distance <= tolerated).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_above_holds() {
        assert_eq!(field_type("vfio", "vfio_region_info", "flags"), "RegionInfoFlags");
        assert_eq!(
            field_type("vfio", "vfio_region_gfx_edid", "link_state"),
            "RegionGfxEdidLinkState"
        );
        assert_eq!(group_type("pci_region_index"), "PciRegionIndex");
        assert_eq!(short("VFIO_PCI_BAR0_REGION_INDEX", "VFIO_PCI_", "_REGION_INDEX"), "BAR0");
        assert_eq!(c_stem("vfio"), "vfio_abi");
        let words = ["region", "SPARSE_MMAP", "find"];
        assert_eq!(c_name("vfio_abi", &words), "vfio_abi_region_sparse_mmap_find");
    }

    #[test]
    fn names_must_be_names_in_every_language() {
        for name in ["argsz", "type", "__resv1", "gen", "VFIO_API_VERSION"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "1x", "a-b", "class", "self", "_", "naïve", "a b"] {
            assert!(!is_name(name), "{name}");
        }
        assert!(!is_rust_identifier("type") && !is_rust_identifier("gen"));
    }

    #[test]
    fn a_typo_finds_its_name_and_nonsense_finds_none() {
        let known = ["minsz", "struct", "fields"];
        assert_eq!(nearest("minzs", known.into_iter()), Some("minsz"));
        assert_eq!(nearest("feilds", known.into_iter()), Some("fields"));
        assert_eq!(nearest("colour", known.into_iter()), None);
    }
}
