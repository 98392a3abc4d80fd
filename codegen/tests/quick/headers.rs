//! The reader of headers against facts from a compiler, against the
//! specification, and against text that is not a header.

use std::time::Duration;

use capchain::catalogue;
use capchain::diagnostic::{Diagnostics, Severity, Sources};
use capchain::header::{Facts, Outside, read};
use capchain::lower::lower;
use capchain::release::Release;
use support::cpu_time::cpu_time;
use support::declarations_text::{assert_equal, of_abi, of_facts};
use support::random::{Random, rounds};
use support::{declarations_text, facts, fixtures, kernels};

/// Reads one text.
fn of(text: &str) -> (Facts, Diagnostics, Sources) {
    let mut sources = Sources::default();
    let file = sources.add("demo.h".to_owned(), text.to_owned());
    let outside = Outside { ours: Some("vfio_abi_".to_owned()), ..Outside::default() };
    let header = read(&sources, &[file], &outside);
    (header.facts, header.problems, sources)
}

/// The generated headers of a release.
fn generated(release: Option<Release>) -> String {
    capchain::emit::c_header(&lower(&fixtures::spec(), release)).contents
}

#[test]
fn real_headers_are_read_as_a_compiler_reads_them() {
    let facts = facts::all();
    let (mut compared, mut judged) = (0, 0);
    let spec = fixtures::spec();
    for kernel in kernels::kernels() {
        let (sources, files) = kernel.sources();
        let header = read(&sources, &files, &Outside::default());
        let shown = header.problems.render(&sources, false);
        assert_eq!(shown, "", "{}", kernel.folder.display());
        let release = kernel.release.to_string();
        let found = declarations_text::of_header(&header.facts);
        compared += assert_equal(&release, &of_abi(&lower(&spec, Some(kernel.release))), &found);
        if let Some((_, facts)) = facts.iter().find(|(name, _)| *name == release) {
            assert_equal(&release, &of_facts(facts), &found);
            judged += 1;
        }
    }
    println!("{compared} facts compared, {judged} of the kernels with a compiler's");
}

#[test]
fn generated_headers_have_what_the_specification_says() {
    let spec = fixtures::spec();
    for (release, facts) in facts::all() {
        let release: Release = release.parse().expect("a release");
        let (found, problems, sources) = of(&generated(Some(release)));
        assert!(!problems.has_errors(), "{release}: {}", problems.render(&sources, false));
        let found = declarations_text::of_header(&found);
        assert_equal(&release.to_string(), &of_abi(&lower(&spec, Some(release))), &found);
        assert_equal(&release.to_string(), &of_facts(&facts), &found);
    }
}

/// An installed header in its form in the kernel's tree.
fn in_tree(text: &str) -> String {
    let guarded = text.replace("VFIO_H\n", "VFIO_H_\n").replace(" VFIO_H_", " _UAPIVFIO_H");
    let kernel = "#ifdef __KERNEL__\nextern int hidden(void);\n#else\n#define SEEN 1\n#endif\n";
    let (front, rest) = guarded.split_once("#include").expect("an include");
    let annotated = rest
        .replace("__attribute__((packed))", "__packed")
        .replace("__u64 *data", "__u64 __user *data")
        .replace("areas[];", "areas[] __counted_by(nr_areas);")
        .replace("__u8\tdata[];", "__DECLARE_FLEX_ARRAY(__u8, data);");
    format!("{front}{kernel}#include{annotated}")
}

#[test]
fn headers_of_the_kernels_tree_say_the_same_as_installed_ones() {
    let mut compared = 0;
    for kernel in kernels::kernels() {
        let (installed, files) = kernel.sources();
        let mut sources = Sources::default();
        for file in &files {
            let text = in_tree(installed.text(*file));
            sources.add(installed.path(*file).to_owned(), text);
        }
        let tree = read(&sources, &files, &Outside::default());
        assert_eq!(tree.problems.render(&sources, false), "", "{}", kernel.folder.display());
        let mut tree = declarations_text::of_header(&tree.facts);
        assert_eq!(tree.constants.remove("SEEN"), Some("1".to_owned()));
        let installed = read(&installed, &files, &Outside::default());
        assert_eq!(
            tree,
            declarations_text::of_header(&installed.facts),
            "{}",
            kernel.folder.display()
        );
        compared += 1;
    }
    println!("{compared} kernels compared");
}

/// Texts that are not headers, or broken ones, with a part of the error.
fn hostile() -> Vec<(&'static str, String, &'static str)> {
    let deep = |open: &str, close: &str| open.repeat(200_000) + &close.repeat(200_000);
    let many = (0..5_000).map(|n| format!("#define M{n} (M{} + M{})\n", n + 1, n + 1));
    let chain: String = many.collect();
    vec![
        ("binary", "\u{7f}ELF\0\0".to_owned(), "H1"),
        ("too long", "#define A 1\n".repeat(900_000), "H1"),
        ("too many names", (0..9_000).map(|n| format!("#define M{n} 1\n")).collect(), "H1"),
        ("too many fields", format!("struct a {{ {} }};\n", "__u8 x; ".repeat(9_000)), "H1"),
        ("open brace", "struct a {\n\t__u32 x;\n".to_owned(), "H2"),
        ("brace too many", "struct a { __u32 x; };\n}\n".to_owned(), "H2"),
        ("open comment", "/* for ever\n".to_owned(), "H2"),
        ("open string", "#define A \"a\n".to_owned(), "H2"),
        ("open condition", "#ifdef A\n".to_owned(), "H2"),
        ("stray endif", "#endif\n".to_owned(), "H3"),
        ("deep brackets", format!("#define A {}\n", deep("(", ")")), "H5"),
        ("deep structs", format!("struct a {{ {} }};\n", deep("struct {", "};")), "H6"),
        ("deep tags", format!("struct a {{ {} }};\n", deep("struct b {", "} c;")), "H6"),
        ("deep groups", format!("struct a {{ {} }};\n", deep("__struct_group(,,,", ")")), "H6"),
        ("deep unions", format!("struct a {{ {} }};\n", deep("union {", "};")), "H4"),
        ("deep braces", deep("{", "}"), "H7"),
        ("macro of itself", "#define A B\n#define B A\n".to_owned(), "H5"),
        ("macros that double", chain, "H5"),
        ("huge shift", "#define A (1 << 99999999999)\n".to_owned(), "H5"),
        ("huge array", "struct a { __u8 x[0xffffffffffffffff]; };\n".to_owned(), "H6"),
        ("huge struct", "struct a { __u64 x[0x10000000], y[0x10000000]; };\n".to_owned(), "H6"),
        ("negative array", "struct a { __u8 x[-1]; };\n".to_owned(), "H6"),
        ("struct in itself", "struct a { struct a x; };\n".to_owned(), "H6"),
        ("bit field", "struct a { __u32 x:3; };\n".to_owned(), "H6"),
        ("attribute", "struct a { __u32 x __attribute__((mode(DI))); };\n".to_owned(), "H6"),
        ("two values", "#define A 1\n#define A 2\n".to_owned(), "H8"),
        ("two structs", "struct a { __u32 x; };\nstruct a { __u32 y; };\n".to_owned(), "H8"),
    ]
}

/// Structs without names nest as deep as programs write them.
#[test]
fn structs_nest_up_to_a_limit() {
    let nested = |levels: usize| {
        let (open, close) = ("struct { ".repeat(levels), "}; ".repeat(levels));
        format!("struct a {{ {open}__u32 count; {close} }};\n")
    };
    for (levels, is_read) in [(1, true), (64, true), (65, false), (2000, false)] {
        let (facts, ..) = of(&nested(levels));
        assert_eq!(facts.struct_("a").is_some(), is_read, "{levels}");
        assert_eq!(facts.unread.contains_key("a"), !is_read, "{levels}");
    }
}

/// A backslash joins lines before comments, names and numbers are found.
#[test]
fn lines_are_joined_before_everything_else() {
    let text = "// a comment \\\n#define HIDDEN 1\n#define TEN 1\\\n0\n#de\\ \nfine SPLIT\\\n_NAME 2\n\
                #define TEXT \"a\\\nb\"\n/* also *\\\n/\nstruct demo {\n\t// no \\\n\t__u32 count;\n\
                \t__u3\\\n2 siz\\\ne;\n};\n#define TWICE(a) (a + \\\n\ta)\n";
    let (facts, problems, sources) = of(text);
    assert_eq!(problems.render(&sources, false), "");
    let names: Vec<_> = facts.constants.iter().map(|one| (&*one.name, one.number)).collect();
    assert_eq!(names, [("TEN", 10), ("SPLIT_NAME", 2), ("TEXT", 0)]);
    let fields: Vec<_> =
        facts.struct_("demo").expect("a struct").fields.iter().map(|one| &*one.name).collect();
    assert_eq!(fields, ["size"]);
    assert_eq!(facts.macros[0].c, ["(a +", "a)"]);
    let place = |name: &str| sources.line_and_column(facts.constant(name).expect(name).place);
    assert_eq!((place("TEN"), place("SPLIT_NAME")), ((3, 9), (6, 6)));
}

/// In C++ a header can declare other things than in C.
#[test]
fn a_declaration_that_is_another_in_cplusplus_is_not_read() {
    let with = |part: &str, type_: &str| {
        format!(
            "#ifdef __cplusplus\nextern \"C\" {{\n#endif\n{part}\nstruct demo {{\n\t{type_}\n\ta;\n}};\n\
                 #ifdef __cplusplus\n}}\n#endif\n"
        )
    };
    let member = "#ifdef __cplusplus\n\t__u64\n#else\n\t__u32\n#endif";
    let define = "#ifndef __cplusplus\n#define TYPE __u32\n#else\n#define TYPE __u64\n#endif";
    for (text, is_read) in [
        (with("", "__u32"), true),
        (with("", member), false),
        (with(define, "TYPE"), false),
        (with("#ifdef __cplusplus\n#define ONLY 1\n#endif", "__u32"), true),
    ] {
        let (facts, problems, sources) = of(&text);
        assert_eq!(problems.render(&sources, false), "", "{text}");
        assert_eq!(facts.struct_("demo").is_some(), is_read, "{text}");
        let reason = facts.unread.get("demo").map(|item| item.reason.as_str());
        assert_eq!(reason, (!is_read).then_some("it is not the same in C++ as in C"), "{text}");
    }
}

#[test]
fn a_header_that_no_program_can_include_says_so() {
    let (facts, ..) = of("#ifndef DEMO\n#error \"define DEMO first\"\n#endif\n#define A 1\n");
    assert_eq!(facts.unread.keys().collect::<Vec<_>>(), ["#error"]);
    let (facts, ..) = of("#ifdef DEMO\n#error \"no DEMO\"\n#endif\n#define A 1\n");
    assert!(facts.unread.is_empty());
}

/// `typedef` gives a struct another name, and no tag.
#[test]
fn a_tag_and_a_name_by_typedef_are_not_the_same() {
    for (text, untagged) in [
        ("struct a { __u32 x; };\n", false),
        ("typedef struct a { __u32 x; } a;\n", false),
        ("struct a { __u32 x; };\ntypedef struct a a;\n", false),
        ("typedef struct { __u32 x; } a;\n", true),
    ] {
        let (facts, ..) = of(text);
        assert_eq!(facts.struct_("a").map(|one| one.untagged), Some(untagged), "{text}");
    }
}

/// A name after a struct is its own only after `typedef`; of a variable nothing is read.
#[test]
fn a_variable_is_no_name_of_its_struct() {
    let (facts, problems, sources) = of("typedef struct { __u32 x; } a;\n");
    assert!(facts.struct_("a").is_some(), "{}", problems.render(&sources, false));
    for text in ["struct { __u32 x; } a;\n", "struct b { __u32 x; } a;\n"] {
        let (facts, problems, sources) = of(text);
        assert!(facts.struct_("a").or(facts.struct_("b")).is_none(), "{text}");
        let shown = problems.render(&sources, false);
        assert!(shown.contains("what follows it is not understood"), "{shown}");
    }
}

#[test]
fn linux_c_is_read() {
    let text = include_str!("../specs/linux_c.h");
    let (facts, problems, sources) = of(text);
    let shown = problems.render(&sources, false);
    let numbers = [
        ("VFIO_CASTED", 0xffff_ffff),
        ("VFIO_SIZED", 9),
        ("VFIO_MASKED", 0xff00),
        ("VFIO_TWICE_TWO", 4),
        ("VFIO_IOR", 0x8008_3b8c),
        ("VFIO_OWN", 0x4004_3b8d),
    ];
    for (name, number) in numbers {
        assert_eq!(facts.constant(name).map(|one| one.number), Some(number), "{name}\n{shown}");
    }
    // Sizes and alignments on x86_64 and i386, as gcc gives them.
    let sizes = [
        ("vfio_pair", [8, 4], [8, 4]),
        ("vfio_nested", [48, 4], [48, 4]),
        ("vfio_nested_range", [8, 4], [8, 4]),
        ("vfio_packed_last", [9, 1], [9, 1]),
        ("vfio_packed_first", [9, 1], [9, 1]),
        ("vfio_packed_aligned", [24, 8], [24, 8]),
        ("vfio_packed_inner", [12, 1], [12, 1]),
        ("vfio_packed_macro", [9, 1], [9, 1]),
        ("vfio_pragma", [9, 1], [9, 1]),
        ("vfio_after_pragma", [16, 8], [12, 4]),
        ("vfio_unions", [24, 8], [20, 4]),
        ("vfio_counted", [16, 8], [16, 8]),
        ("vfio_long", [8, 8], [4, 4]),
    ];
    for (name, lp64, ilp32) in sizes {
        let one = facts.struct_(name).unwrap_or_else(|| panic!("{name} is not read\n{shown}"));
        let found = |index: usize| [one.layouts[index].size, one.layouts[index].align];
        assert_eq!((found(0), found(1)), (lp64, ilp32), "{name}");
    }
    let unread: Vec<_> = facts.unread.keys().map(String::as_str).collect();
    assert_eq!(unread, ["#if __FOO ( 1 )", "vfio_bits", "vfio_by_target"]);
}

#[test]
fn broken_headers_get_a_clear_error_quickly() {
    for (what, text, code) in hostile() {
        let start = cpu_time();
        let (facts, problems, sources) = of(&text);
        let shown = problems.render(&sources, false);
        let codes: Vec<_> = problems.sorted().iter().map(|problem| problem.code.0).collect();
        assert!(codes.contains(&code), "{what}: {codes:?}");
        // What is wrong with an item costs the item only.
        let item = ["H4", "H5", "H6"].contains(&code);
        assert_eq!(problems.has_errors(), !item && code != "H7", "{what}: {shown}");
        assert!(!item || !facts.unread.is_empty(), "{what}: {shown}");
        let took = cpu_time() - start;
        assert!(took < Duration::from_secs(20), "{what}: {took:?}");
    }
}

/// Real headers, or generated ones if there are none.
fn seeds() -> Vec<String> {
    let kernels = kernels::kernels();
    let read = |kernel: &kernels::Kernel| {
        std::fs::read_to_string(kernel.folder.join(kernels::HEADERS[0])).expect("a header")
    };
    let real: Vec<_> = kernels.iter().map(read).collect();
    if real.is_empty() { vec![generated(None)] } else { real }
}

#[test]
fn headers_that_change_at_random_are_read_or_refused() {
    let seeds = seeds();
    let pieces = ["{", "}", "(", ")", ";", "#", "/*", "*/", "\"", "\\\n", "[", "]", "union ", "\n"];
    let mut random = Random(6);
    let (mut read, mut refused) = (0, 0);
    let rounds = rounds(100);
    for round in 0..rounds {
        let mut bytes = seeds[round % seeds.len()].clone().into_bytes();
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len());
            let end = (at + random.below(30)).min(bytes.len());
            match random.below(3) {
                0 => drop(bytes.drain(at..end)),
                1 => {
                    let piece = pieces[random.below(pieces.len())];
                    drop(bytes.splice(at..at, piece.bytes()));
                }
                _ => {
                    let copied = bytes[at..end].to_vec();
                    let to = random.below(bytes.len());
                    drop(bytes.splice(to..to, copied));
                }
            }
        }
        let (facts, problems, sources) = of(&String::from_utf8_lossy(&bytes));
        // Every report can be shown, and omissions are reported.
        let shown = problems.render(&sources, false);
        assert_eq!(problems.has_errors(), shown.contains("error["), "{shown}");
        match problems.count(Severity::Error) {
            0 => read += 1,
            _ => refused += 1,
        }
        drop(facts);
    }
    println!("{read} headers read, {refused} refused");
    assert!(read.min(refused) > rounds / 20);
}

#[test]
fn every_example_of_the_catalogue_gives_its_code_and_is_mended() {
    let entries: Vec<_> =
        catalogue::entries().iter().filter(|entry| entry.code.starts_with('H')).collect();
    let known: Vec<_> = capchain::header::codes().iter().map(|code| code.0).collect();
    assert_eq!(entries.iter().map(|entry| entry.code.as_str()).collect::<Vec<_>>(), known);
    for entry in entries.into_iter().filter(|entry| entry.code != "H1") {
        let codes = |text: &str| {
            let (_, problems, _) = of(text);
            problems.sorted().iter().map(|problem| problem.code.0).collect::<Vec<_>>()
        };
        assert_eq!(codes(&entry.bad), [entry.code.as_str()], "{}", entry.code);
        assert_eq!(codes(&entry.good), [""; 0], "{}", entry.code);
    }
}

#[test]
fn big_endian_integers_are_told_from_native_ones() {
    let text = "struct demo {\n\t__be16 a;\n\t__u8 b;\n\t__be32 c[2];\n\t__be64 d;\n\t\
                __aligned_be64 e;\n\t__be64 f __attribute__((aligned(8)));\n};\n\
                struct outer {\n\tstruct demo demo;\n};\n";
    let (facts, problems, sources) = of(text);
    assert_eq!(problems.render(&sources, false), "");
    let demo = facts.struct_("demo").expect("a struct");
    let types: Vec<_> = demo.fields.iter().map(|field| field.type_.text()).collect();
    assert_eq!(types, ["be16", "u8", "be32[2]", "be64", "aligned_be64", "aligned_be64"]);
    let offsets = |model: usize| {
        let fields = &demo.layouts[model].fields;
        fields.iter().map(|span| span.offset).collect::<Vec<_>>()
    };
    assert_eq!(offsets(0), [0, 2, 4, 16, 24, 32]);
    assert_eq!(offsets(1), [0, 2, 4, 12, 24, 32]);
    let reasons = facts.not_describable();
    let reason = "`a` is big-endian, which no specification describes";
    assert_eq!(reasons.values().collect::<Vec<_>>(), [reason, reason]);
    assert_eq!(reasons.keys().collect::<Vec<_>>(), ["demo", "outer"]);
}

#[test]
fn a_part_of_a_struct_that_only_a_kernel_has_is_not_read() {
    let with = |part: &str| format!("struct demo {{\n\t__u32 a;\n{part}\n\t__u32 b;\n}};\n");
    for (part, name) in [
        ("#ifdef __KERNEL__\n\t__u32 c;\n#endif", "#if __KERNEL__"),
        ("#ifdef CONFIG_DEMO\n\t__u32 c;\n#endif", "#if CONFIG_DEMO"),
        ("#ifndef CONFIG_DEMO\n\t__u32 c;\n#endif", "#if CONFIG_DEMO"),
        ("#if defined(CONFIG_DEMO)\n\t__u32 c;\n#endif", "#if defined ( CONFIG_DEMO )"),
    ] {
        let (facts, problems, sources) = of(&with(part));
        assert_eq!(problems.render(&sources, false), "", "{part}");
        assert_eq!(facts.unread.keys().collect::<Vec<_>>(), [name], "{part}");
    }
    // Numbers alone leave the layout as it is, and so do declarations of their own.
    let outside = "#ifdef __KERNEL__\nstruct other {\n\t__u32 a;\n};\n#endif\n";
    for text in [with("#ifdef __KERNEL__\n#define ONE 1\n#endif"), with("") + outside] {
        let (facts, ..) = of(&text);
        assert!(facts.unread.is_empty(), "{text}: {:?}", facts.unread);
    }
}
