//! The names that compilers and the kernel's basic headers define on each target.

use crate::layout::{Model, TARGETS, Target};

/// The target for which headers are read first.
pub(super) const REFERENCE: &Target = &TARGETS[0];

/// The name that only compilers of C++ define, and its number in C++17.
pub(super) const CPLUSPLUS: &str = "__cplusplus";
pub(super) const CPLUSPLUS_YEAR: i128 = 201_703;

/// Names that only some targets define, each with these targets.
const OF_TARGETS: [(&str, &[&str]); 32] = [
    ("__x86_64__", &["x86_64"]),
    ("__x86_64", &["x86_64"]),
    ("__amd64__", &["x86_64"]),
    ("__i386__", &["i686"]),
    ("__i386", &["i686"]),
    ("__i686__", &["i686"]),
    ("i386", &["i686"]),
    ("__aarch64__", &["aarch64"]),
    ("__AARCH64EL__", &["aarch64"]),
    ("__arm__", &["arm"]),
    ("__ARM_EABI__", &["arm"]),
    ("__ARMEL__", &["arm"]),
    ("__powerpc__", &["ppc64", "ppc64le"]),
    ("__powerpc64__", &["ppc64", "ppc64le"]),
    ("__PPC__", &["ppc64", "ppc64le"]),
    ("__PPC64__", &["ppc64", "ppc64le"]),
    ("__s390__", &["s390x"]),
    ("__s390x__", &["s390x"]),
    ("__riscv", &["riscv64"]),
    ("__BIG_ENDIAN__", &["ppc64"]),
    ("__LITTLE_ENDIAN__", &["ppc64le"]),
    ("__BIG_ENDIAN", &["ppc64", "s390x"]),
    ("__BIG_ENDIAN_BITFIELD", &["ppc64", "s390x"]),
    ("__LITTLE_ENDIAN", &["x86_64", "i686", "aarch64", "arm", "ppc64le", "riscv64"]),
    ("__LITTLE_ENDIAN_BITFIELD", &["x86_64", "i686", "aarch64", "arm", "ppc64le", "riscv64"]),
    ("__LP64__", &["x86_64", "aarch64", "ppc64", "ppc64le", "s390x", "riscv64"]),
    ("_LP64", &["x86_64", "aarch64", "ppc64", "ppc64le", "s390x", "riscv64"]),
    ("__ILP32__", &["i686", "arm"]),
    ("_ILP32", &["i686", "arm"]),
    ("__SIZEOF_INT128__", &["x86_64", "aarch64", "ppc64", "ppc64le", "s390x", "riscv64"]),
    ("__ARM_ARCH", &["aarch64", "arm"]),
    ("__riscv_xlen", &["riscv64"]),
];

/// Names with a number on every target, which is the same everywhere.
const EVERYWHERE: [(&str, i128); 24] = [
    ("__linux__", 1),
    ("__linux", 1),
    ("__gnu_linux__", 1),
    ("__unix__", 1),
    ("__STDC__", 1),
    ("__STDC_HOSTED__", 1),
    ("__STDC_VERSION__", 201_710),
    ("__GNUC__", 12),
    ("__GNUC_MINOR__", 2),
    ("__CHAR_BIT__", 8),
    ("__INT_MAX__", 0x7fff_ffff),
    ("__SIZEOF_INT__", 4),
    ("__SIZEOF_SHORT__", 2),
    ("__SIZEOF_LONG_LONG__", 8),
    ("__ORDER_LITTLE_ENDIAN__", 1234),
    ("__ORDER_BIG_ENDIAN__", 4321),
    ("__ELF__", 1),
    ("__USER_LABEL_PREFIX__", 0),
    ("_IOC_NRBITS", 8),
    ("_IOC_TYPEBITS", 8),
    ("_IOC_NRSHIFT", 0),
    ("_IOC_TYPESHIFT", 8),
    ("_IOC_SIZESHIFT", 16),
    ("_LINUX_TYPES_H", 1),
];

/// Macros of `<linux/types.h>` without a number. A header may define them where they are missing.
const TYPES: [&str; 3] = ["__aligned_u64", "__aligned_be64", "__aligned_le64"];

/// Whether `<linux/types.h>` defines a macro that has no number.
pub(super) fn is_type(name: &str) -> bool {
    TYPES.contains(&name)
}

/// The number of a predefined name, and whether it depends on the target.
pub(super) fn predefined(target: &Target, name: &str) -> (Option<i128>, bool) {
    if let Some((_, number)) = EVERYWHERE.iter().find(|(known, _)| *known == name) {
        return (Some(*number), false);
    }
    if let Some((_, targets)) = OF_TARGETS.iter().find(|(known, _)| *known == name) {
        let number = match name {
            "__LITTLE_ENDIAN" => 1234,
            "__BIG_ENDIAN" => 4321,
            "__riscv_xlen" => 64,
            "__ARM_ARCH" if target.name == "arm" => 7,
            "__ARM_ARCH" => 8,
            _ => 1,
        };
        return (targets.contains(&target.name).then_some(number), true);
    }
    let bits = if target.model == Model::Lp64 { 64 } else { 32 };
    let is_common = target.ioc_none == 0;
    let number = match name {
        "_IOC_NONE" => target.ioc_none.into(),
        "_IOC_READ" => 2,
        "_IOC_WRITE" if is_common => 1,
        "_IOC_WRITE" => 4,
        "_IOC_SIZEBITS" if is_common => 14,
        "_IOC_SIZEBITS" => 13,
        "_IOC_DIRSHIFT" if is_common => 30,
        "_IOC_DIRSHIFT" => 29,
        "__BITS_PER_LONG" => bits,
        "__SIZEOF_LONG__" | "__SIZEOF_POINTER__" | "__SIZEOF_SIZE_T__" => bits / 8,
        "__BYTE_ORDER__" | "__BYTE_ORDER" if target.big_endian => 4321,
        "__BYTE_ORDER__" | "__BYTE_ORDER" => 1234,
        _ => return (None, false),
    };
    (Some(number), true)
}
