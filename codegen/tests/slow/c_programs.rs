//! The C header in programs that have macros and headers of their own, and the names
//! that it has for logs.

use capchain::lower::lower;
use support::compilers::{WARNINGS, Workdir, all_silent};
use support::fixtures;
use support::groups::has_compiler;

use crate::c_kernel_compat::stand_ins;

const OURS: &str = "#include \"vfio_abi.h\"\n";

/// Compilers, languages and standards.
const COMPILERS: [(&str, &str, &str); 4] = [
    ("gcc", "c", "-std=c99"),
    ("g++", "c++", "-std=c++11"),
    ("clang", "c", "-std=c99"),
    ("clang++", "c++", "-std=c++11"),
];

/// Names of attributes, and usual names of macros, that a program may define.
const MACROS: &str = "access alias aligned always_inline barrier cold container_of deprecated \
    extension fallthrough gnu_inline hot likely malloc max min mode noinline nonnull \
    noreturn null offsetof packed pure section unlikely unused used vector_size visibility \
    warn_unused_result weak";

/// A <linux/types.h> without `__aligned_u64`, as some programs have it.
const OLD_TYPES: &str = "\
#ifndef OLD_TYPES_H
#define OLD_TYPES_H
typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef signed short __s16;
typedef unsigned int __u32;
typedef signed int __s32;
__extension__ typedef unsigned long long __u64;
__extension__ typedef signed long long __s64;
#endif
";

fn newest() -> String {
    capchain::emit::c_header(&lower(&fixtures::spec(), None)).contents
}

/// Compiles a program with every compiler and every warning.
fn compiles(workdir: &Workdir, name: &str, source: &str, includes: &[&str]) {
    let file = workdir.write(&format!("{name}.c"), source);
    let compilers = COMPILERS.iter().filter(|(compiler, ..)| has_compiler(compiler));
    let commands = compilers.map(|(compiler, language, standard)| {
        let mut command = workdir.command(compiler);
        command.args(["-fsyntax-only", "-x", language, standard]).args(WARNINGS);
        if *language == "c++" {
            command.args(["-Wzero-as-null-pointer-constant", "-Wold-style-cast"]);
        }
        for include in includes {
            command.arg("-isystem").arg(workdir.folder().join(include));
        }
        command.arg(&file);
        command
    });
    all_silent(commands.collect());
}

#[test]
fn macros_of_programs_do_not_reach_into_the_header() {
    let workdir = Workdir::new(&newest());
    workdir.write("types/linux/types.h", OLD_TYPES);
    let macros: String =
        MACROS.split_whitespace().map(|name| format!("#define {name} 1\n")).collect();
    compiles(&workdir, "macros", &format!("{macros}{OURS}"), &["types"]);
    let inlines =
        "#ifndef __clang__\n#define inline inline __attribute__((__always_inline__))\n#endif\n";
    compiles(&workdir, "inline", &format!("{inlines}{OURS}"), &[]);
}

#[test]
fn attributes_have_underscores() {
    for (number, line) in newest().lines().enumerate() {
        for attribute in line.split("__attribute__((").skip(1) {
            assert!(attribute.starts_with("__"), "line {}: {line}", number + 1);
        }
    }
}

#[test]
fn the_types_of_a_program_may_lack_aligned_u64() {
    let workdir = Workdir::new(&newest());
    workdir.write("types/linux/types.h", OLD_TYPES);
    stand_ins(&workdir, "v4.20");
    let theirs = "#include <linux/vfio.h>\n";
    let assertion = "typedef char right[sizeof(struct vfio_device_feature_dma_logging_range) == 16 ? 1 : -1];\n";
    for (name, source) in [
        ("instead", format!("{OURS}{assertion}")),
        ("before", format!("{OURS}{theirs}{assertion}")),
        ("after", format!("{theirs}{OURS}{assertion}")),
    ] {
        compiles(&workdir, name, &source, &["types", "kernel"]);
    }
}

/// Prints texts of flags and names of numbers.
const NAMES: &str = r#"
#include <stdio.h>
#include <string.h>

int main(void)
{
	const char *const none = vfio_abi_device_mig_state_name(99);
	char text[24];

	printf("%s\n", vfio_abi_device_mig_state_name(VFIO_DEVICE_STATE_PRE_COPY));
	printf("%s %d\n", vfio_abi_pci_irq_index_name(2), none != NULL);
	printf("%s\n", vfio_abi_region_info_flags_name(VFIO_REGION_INFO_FLAG_MMAP));
	for (__u64 flags = 0; flags < 0x200; flags = flags * 4 + 1) {
		memset(text, 'x', sizeof(text));
		printf("%zu ", vfio_abi_region_info_flags_text(flags, text, sizeof(text)));
		printf("%s\n", text);
	}
	vfio_abi_region_info_flags_text(0xfedcba9876543210, text, sizeof(text));
	printf("%s\n", text);
	printf("%zu\n", vfio_abi_region_info_flags_text(5, NULL, 0));
	vfio_abi_region_info_flags_text(5, text, 3);
	printf("%s\n", text);
	return 0;
}
"#;

#[test]
fn flags_and_states_have_names() {
    let workdir = Workdir::new(&newest());
    let printed = workdir.run(&format!("{OURS}{NAMES}"));
    let expected = "\
PRE_COPY
MSIX 0
MMAP
1 0
4 READ
11 READ | MMAP
18 READ | MMAP | 0x10
18 READ | MMAP | 0x50
19 READ | MMAP | 0x150
0xfedcba9876543210
11
RE
";
    assert_eq!(printed, expected);
}
