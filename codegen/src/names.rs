//! The only spelling of names. Names of the kernel stay the same in every language;
//! unnamed items get a name here, each language in a file of its own.
//!
//! | item | pattern | example |
//! |---|---|---|
//! | struct, tagged enum, constant, ioctl | the kernel's name | `vfio_region_info` |
//! | former name of a constant | the kernel's, in Rust as deprecated | `PCI_EXP_LTR_EN` |
//! | field | the kernel's name, raw if Rust reserves it | `r#type` |
//! | field whose name C++ reserves, or Rust even for raw names | the kernel's name and `_` | `new_` |
//! | flags or numbers of a field | struct and field in camel case | `RegionInfoFlags` |
//! | anonymous enum, id space | its name in the specification | `PciRegionIndex` |
//! | value of one of these types | its constant without prefix and suffix | `RegionInfoFlags::READ` |
//! | Rust view of a host | the struct without the prefix of the ABI | `RegionInfo` |
//! | Rust iterator of a chain | chain and `Caps` | `RegionCaps` |
//! | Rust capability of a chain | chain and `Cap`; `New` before it to append one, `Buf` after it to store one | `RegionCap`, `NewRegionCap`, `RegionCapBuf` |
//! | Rust kinds of a capability | its view and `Kind` | `StandardVndrKind` |
//! | Rust view of a capability | chain and short name | `RegionSparseMmap` |
//! | Rust view of an element in a space | chain and the struct without the prefix of the ABI | `StandardEaEntry` |
//! | Rust profile of a handler | its name in capital letters | `REGION` |
//! | Rust request and its results | the ioctl without what all names start with, the struct and `Reply` | `GetIrqInfo`, `IrqInfoReply` |
//! | Rust choice of flags | struct and choice | `IrqSetAction` |
//! | Rust data whose type a number determines | request and `Data` | `HwptAllocData` |
//! | Rust file descriptor and its records | the kind; `Data` after it for the data of a record | `Events`, `EventsData` |
//! | Rust variant of an enum | the short name; `Unknown` or `Other` for what has none | `RegionCap::SparseMmap` |
//! | Rust method that takes a whole request | that of the call and `_with` | `bind_iommufd_with` |
//! | Rust constant with the names of numbers | `NAMED` | `RegionInfoFlags::NAMED` |
//! | getter of a view | the field; `_field` after it if the view has such a method | `version_field` |
//! | Rust module of a kernel header's bindings | the header without folder and ending | `bindings::vfio` |
//! | field of a bindgen struct | the kernel's name, with `_` if Rust reserves it | `type_` |
//! | C struct and functions of a host | chain and `_info`; `_parse`, `_request`, `_fixed` after it | `vfio_abi_region_info_parse` |
//! | C functions of a chain | chain and `_caps`, `_next`, `_find` | `vfio_abi_region_next` |
//! | C struct and functions of a capability | chain and short name; `_read`, `_next`, `_find`, `_append` after it | `vfio_abi_region_type_read` |
//! | C function for an element of an array | the capability and the array, or `nth` | `vfio_abi_region_sparse_mmap_areas` |
//! | C struct and function of an element in a space | chain and struct; `_read` after it | `pci_abi_standard_ea_entry_read` |
//! | C struct and functions of a reply that ends in an array | the struct; `_parse`, `_request`, the array after it | `vfio_abi_pci_hot_reset_info_devices` |
//! | C functions of a request | the request; `_size`, `_reply`, `_cut`, and `_with` if later inputs need a second one | `vfio_abi_bind_iommufd_with` |
//! | C function of a call | `call_` and the request | `vfio_abi_call_bind_iommufd` |
//! | C function for data whose type a number determines | that of the request or of the call, and the short name | `iommufd_abi_hwpt_alloc_vtd_s1` |
//! | C struct with the inputs of a request | the request and `_args` | `vfio_abi_bind_iommufd_args` |
//! | C function for a record | the kind of file descriptor and `_next` | `iommufd_abi_events_next` |
//! | C member for whether a field exists, or whether that is unknown | `has_` or `unknown_`, and the field | `has_fh` |
//! | C member with the number of elements of an array | `nr_` and the array | `nr_entries` |
//! | C functions of flags or numbers | the Rust type in snake case and `_name`, `_text` | `vfio_abi_region_info_flags_name` |
//! | C macro with the number of a constant | `PREFIX_ABI_` and the constant without the prefix of the ABI | `VFIO_ABI_DEVICE_STATE_STOP` |
//! | C macro of the header | `PREFIX_ABI_` and a word | `VFIO_ABI_H` |
//! | C struct or function of the header | `prefix_abi_` and words | `vfio_abi_walk` |
//! | C name that is not API | the same with `__` | `VFIO_ABI__ASSERT` |
//! | program of the crate, feature that builds it | `prefix-feature`, its folder in `code/rust/bin` | `vfio-probe`, `probe` |
//! | Go type | the struct, or the Rust type of numbers, in camel case without the prefix of the ABI | `RegionInfo` |
//! | Go field | the field in camel case | `CapOffset` |
//! | Go function that reads a reply or a chain | `Parse` and the host, or chain and `Caps` | `ParseRegionInfo` |
//! | Go table | the item and its kind in camel case | `regionChain` |
//! | Go package | the stem without `_` | `vfioabi` |
//! | Python struct, constant, field | the kernel's name, with `_` if Python reserves it | `vfio_region_info` |
//! | Python type of numbers | that of Rust | `RegionInfoFlags` |
//! | Python function that reads a reply or a chain | `parse_` and the host, or chain and `_caps` | `parse_region_info` |
//! | Python table | the item and its kind in capital letters | `REGION_CHAIN` |
//! | Python package | the stem | `vfio_abi` |
//! | package, folder and file of the C header | `prefix-abi`, `prefix_abi` | `vfio-abi` |
//!
//! A type that would have a name of Rust's prelude keeps the prefix of the ABI, as do the types
//! that belong to it: `IommuOption`, `IommuOptionReply`.
//! Where two names are joined, words with which one ends and the other starts occur once:
//! `util` and `util_str` are `util_str`.

mod bindgen;
mod c;
mod errors;
mod go;
mod prelude;
mod python;
mod rust;
mod tables;
mod unknown;

use heck::ToShoutySnakeCase;

pub use bindgen::{
    bindgen, bindgen_constant, bindgen_enum, bindgen_union_member, bindgen_union_type,
    header_module,
};
pub use c::{
    C_PLACE, C_REQUEST_WORDS, c_args, c_call, c_count, c_cut, c_element, c_folder, c_group, c_int,
    c_length, c_macros, c_member_count, c_name, c_pointed, c_presence, c_records, c_reply,
    c_request, c_results, c_size, c_stable, c_stem, c_unknown, c_with, c_word,
};
pub use errors::rust_error;
pub use go::{
    go_caps, go_field, go_offset, go_package, go_parse, go_size, go_table, go_type, is_go_name,
    is_go_word,
};
pub use prelude::is_in_prelude;
pub use python::{
    python_cap, python_caps, python_item, python_member, python_parse, python_table, python_union,
};
pub use rust::{
    call_with, cap, cap_buf, cap_kinds, cap_type, caps, field_type, is_rust_identifier,
    mask_getter, new_cap, reply, reply_view, rust_type, setter, space_element, stream_data,
    view_getter,
};
pub use tables::TableKind;
pub use unknown::{UnknownName, nearest};

use c::C_WORDS;
use rust::NEVER_RAW;

/// The mark of documentation that is a draft.
pub const DRAFT: &str = "(draft)";

/// The words of a name that do not repeat the end of the name before it.
fn unrepeated<'a>(before: &str, name: &'a str) -> &'a str {
    let ends = name.match_indices('_').map(|(at, _)| at).chain([name.len()]);
    let repeats = |head: &str| {
        let rest = before.strip_suffix(head);
        !head.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    };
    match ends.filter(|end| repeats(&name[..*end])).max() {
        Some(end) => name[end..].trim_start_matches('_'),
        None => name,
    }
}

/// Two names as one. Words with which one ends and the other starts occur once, unless
/// nothing else is in the other.
pub fn joined(before: &str, name: &str) -> String {
    let rest = unrepeated(before, name);
    [before, "_", if rest.is_empty() { name } else { rest }].concat()
}

/// A constant of the generator.
pub fn screaming(name: &str) -> String {
    name.to_shouty_snake_case()
}

/// The functions of an ioctl: its name in lower case, without the words that all names of
/// the ABI, or all of the kind of file descriptor, start with. They stay if Rust's prelude has
/// a type of the shorter name.
pub fn request(prefix: &str, fd: &str, ioctl: &str) -> String {
    let name = ioctl.to_ascii_lowercase();
    let of_kind = without_prefix(prefix, &name);
    let short = if fd.is_empty() { of_kind } else { without_prefix(fd, of_kind) };
    let hides = |name: &&&str| is_in_prelude(&rust_type(name));
    let names = [short, of_kind];
    names.iter().find(|name| !hides(name)).map_or(name.clone(), |name| (*name).to_owned())
}

/// A flag or an id as a part of the name of a function: in lower case, without the name of
/// the choice that it belongs to.
pub fn option(choice: &str, short: &str) -> String {
    let name = short.to_ascii_lowercase();
    without_prefix(choice, &name).to_owned()
}

/// The short name of a number within its type: without the longest of the prefixes that it
/// starts with.
pub fn short<'a, 'p>(
    name: &'a str,
    prefixes: impl IntoIterator<Item = &'p str>,
    suffix: &str,
) -> &'a str {
    let rests = prefixes.into_iter().filter_map(|prefix| name.strip_prefix(prefix));
    let name = rests.min_by_key(|rest| rest.len()).unwrap_or(name);
    name.strip_suffix(suffix).unwrap_or(name)
}

/// The name without the word that all names of the ABI start with.
pub fn without_prefix<'a>(prefix: &str, name: &'a str) -> &'a str {
    let rest = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    rest.unwrap_or(name)
}

/// What follows the name of the ABI in a name: the name without that, or without the word
/// that all names of the ABI start with.
pub fn after_abi<'a>(abi: &str, prefix: &str, name: &'a str) -> &'a str {
    match without_prefix(prefix, name) {
        whole if whole == name => without_prefix(abi, name),
        rest => rest,
    }
}

/// The name by which programs that are built find the header: `vfio-abi`.
pub fn package(abi: &str) -> String {
    c_stem(abi).replace('_', "-")
}

/// A program of the generated crate, by the feature that builds it: `vfio-probe`.
pub fn program(abi: &str, feature: &str) -> String {
    format!("{abi}-{feature}").replace('_', "-")
}

/// The feature that builds a program, if the path of hand-written Rust is that of its main file.
pub fn feature_of_program(path: &str) -> Option<&str> {
    path.strip_prefix("bin/")?.strip_suffix("/main.rs")
}

/// Whether a name is that of a number that counts others.
pub fn counts_others(name: &str) -> bool {
    name.split('_').any(|word| ["NUM", "NR", "MAX", "COUNT", "LAST"].contains(&word))
}

/// The name by which a field of a header is described: its own, with `_` after it if C++
/// or Rust reserves it.
pub fn field_name(name: &str) -> String {
    let reserved = C_WORDS.contains(name) || NEVER_RAW.contains(&name);
    if reserved { [name, "_"].concat() } else { name.to_owned() }
}

/// Whether C, C++ and Rust accept a name, Rust possibly as a raw identifier.
pub fn is_name(name: &str) -> bool {
    let head = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let tail = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let lone = name == "_";
    head && tail
        && !lone
        && name.len() <= 100
        && !C_WORDS.contains(name)
        && !NEVER_RAW.contains(&name)
}

/// The name, with a number after it if it is taken.
pub fn free(wanted: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut name = wanted.to_owned();
    let mut number = 2_u32;
    while taken(&name) {
        name = format!("{wanted}_{number}");
        number += 1;
    }
    name
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
        assert_eq!(rust_type("pci_region_index"), "PciRegionIndex");
        let index = "VFIO_PCI_BAR0_REGION_INDEX";
        assert_eq!(short(index, ["VFIO_", "VFIO_PCI_"], "_REGION_INDEX"), "BAR0");
        assert_eq!(c_stem("vfio"), "vfio_abi");
        assert_eq!(package("vfio"), "vfio-abi");
        assert_eq!(header_module("linux/vfio_zdev.h"), "vfio_zdev");
        assert_eq!(header_module("linux/9p-x.h"), "_9p_x_");
        assert_eq!(["type", "u8", "flags"].map(bindgen), ["type_", "u8_", "flags"]);
        assert_eq!(go_type("vfio", "vfio_region_info"), "RegionInfo");
        assert_eq!(go_type("vfio", "IommuType1InfoFlags"), "IommuType1InfoFlags");
        assert_eq!(go_field("cap_offset"), "CapOffset");
        assert_eq!(go_table("region", TableKind::Chain), "regionChain");
        assert_eq!(python_table("region", TableKind::Chain), "REGION_CHAIN");
        assert_eq!(go_package("vfio"), "vfioabi");
        assert_eq!(["type", "from"].map(python_member), ["type", "from_"]);
        let words = ["region", "SPARSE_MMAP", "find"];
        assert_eq!(c_name("vfio_abi", &words), "vfio_abi_region_sparse_mmap_find");
    }

    #[test]
    fn joined_names_do_not_repeat_words() {
        let same = |before, name| joined(before, name);
        assert_eq!(same("hwpt_invalidate", "hwpt_invalidate_vtd"), "hwpt_invalidate_vtd");
        assert_eq!(same("zpci_util", "util_str"), "zpci_util_str");
        assert_eq!(same("my_util", "utility_str"), "my_util_utility_str");
        assert_eq!(same("reutil", "util_str"), "reutil_util_str");
        assert_eq!(same("a_b_a", "b_a_b_a_c"), "a_b_a_b_a_c");
        assert_eq!(same("flags", "flags"), "flags_flags");
        assert_eq!(same("x", "__resv1"), "x___resv1");
        assert_eq!(field_type("pci", "header_bridge", "bridge_control"), "HeaderBridgeControl");
        assert_eq!(c_element("zpci_PFIP", "pfip"), "nth");
        assert_eq!(c_element("zpci_util", "util_str"), "util_str");
        assert_eq!(go_offset("vfio", "vfio_zpci_util", "util_str"), "OffsetofZpciUtilStr");
        assert_eq!(go_offset("vfio", "vfio_zpci_pfip", "pfip"), "OffsetofZpciPfip");
        assert_eq!(c_name("x_abi", &["", "Chain", "CHAIN_end"]), "x_abi__chain_end");
        assert_eq!(
            c_group("iommufd", "iommu", "iommufd_option", "name"),
            "iommufd_abi_option_name"
        );
        assert_eq!(c_group("iommufd", "iommu", "iommu_option", "name"), "iommufd_abi_option_name");
        assert_eq!(c_stable("iommufd", "iommu", "IOMMUFD_TYPE"), "IOMMUFD_ABI_TYPE");
    }

    #[test]
    fn names_must_be_names_in_every_language() {
        for name in ["argsz", "type", "__resv1", "gen", "VFIO_API_VERSION"] {
            assert!(is_name(name), "{name}");
        }
        for name in
            ["", "1x", "a-b", "class", "linux", "_Bool", "__typeof__", "self", "_", "naïve", "a b"]
        {
            assert!(!is_name(name), "{name}");
        }
        assert!(!is_rust_identifier("type") && !is_rust_identifier("gen"));
    }

    #[test]
    fn words_of_rust_and_c_are_names_in_go() {
        for name in ["self_", "int", "type", "_self"].map(go_field) {
            assert!(is_go_name(&name), "{name}");
        }
        for name in ["", "_1x", "1"].map(go_field) {
            assert!(!is_go_name(&name), "{name}");
        }
    }

    #[test]
    fn fields_with_reserved_names_get_others() {
        for (name, usable) in [("new", "new_"), ("self", "self_"), ("type", "type"), ("", "")] {
            assert_eq!(field_name(name), usable);
        }
    }

    #[test]
    fn a_taken_name_gets_the_next_number() {
        let taken = ["a", "a_2", "b"];
        for (wanted, free_name) in [("a", "a_3"), ("b", "b_2"), ("c", "c")] {
            assert_eq!(free(wanted, |name| taken.contains(&name)), free_name);
        }
    }
}
