//! The reader on small headers.

use super::{Facts, Outside, Spelt, TypeFact, read};
use crate::diagnostic::Sources;
use crate::layout::Int;

/// The content of a header, and the codes of its errors.
fn of(text: &str) -> (Facts, Vec<&'static str>) {
    let mut sources = Sources::default();
    let file = sources.add("demo.h".to_owned(), text.to_owned());
    let header = read(&sources, &[file], &Outside::default());
    let codes = header.problems.sorted().iter().map(|problem| problem.code.0).collect();
    (header.facts, codes)
}

fn number(text: &str) -> (i128, Vec<&'static str>) {
    let (facts, codes) = of(&format!("#define X {text}\n"));
    (facts.constant("X").map_or(-1000, |constant| constant.number), codes)
}

#[test]
fn numbers_are_what_c_makes_of_them() {
    for (text, value) in [
        ("1 << 31", -0x8000_0000),
        ("1U << 31", 0x8000_0000),
        ("(1ULL << 63)", 1 << 63),
        ("~0", -1),
        ("~0U", 0xffff_ffff),
        ("0x80000000", 0x8000_0000),
        ("(';')", 59),
        ("_IO(';', 100 + 2)", 15206),
        ("_BITUL(3)", 8),
        ("1 ? 2 : 3", 2),
        ("2 + 3 * 4 - 6 / 2", 11),
        ("(1 | 2) & ~1", 2),
        ("017", 15),
        ("-1 < 0u", 0),
    ] {
        assert_eq!(number(text), (value, vec![]), "{text}");
    }
}

#[test]
fn what_has_no_value_is_told() {
    for text in ["1 << 32", "1 / 0", "Y", "X", "f(1)", "1 +", "(1", "1 2", "09"] {
        assert_eq!(number(text), (-1000, vec!["H5"]), "{text}");
    }
}

#[test]
fn macros_expand_as_text_does() {
    let (facts, codes) = of("#define A 1 + 2\n#define B A * 2\n#define C (A | B)\n");
    assert_eq!(codes, Vec::<&str>::new());
    assert_eq!(facts.constant("B").map(|one| one.number), Some(5));
    let or = vec!["A".to_owned(), "B".to_owned()];
    assert_eq!(facts.constant("C").map(|one| one.spelt.clone()), Some(Spelt::Or(or)));
}

#[test]
fn both_forms_of_headers_are_read() {
    let text = "#ifndef _UAPIDEMO_H\n#define _UAPIDEMO_H\n#ifdef __KERNEL__\nint hidden\n#else\n\
        struct demo_area {\n\t__u32 size; /* in bytes */\n} __packed;\n#endif\n\
        struct demo {\n\t__u32 nr, flags;\n#define DEMO_FLAG (1 << 0)\n\tconst __u64 __user *data;\n\
        \t__DECLARE_FLEX_ARRAY(__u8, name);\n} __attribute__((packed));\n\
        struct demo_list {\n\t__struct_group(demo_head, head, , __u32 nr; __u32 pad;);\n\
        \tunion { __u32 one; __s32 other; };\n\tstruct demo_area areas[] __counted_by(nr);\n};\n\
        #endif\n";
    let (facts, codes) = of(text);
    assert_eq!(codes, Vec::<&str>::new());
    let names: Vec<_> = facts.structs.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["demo_area", "demo", "demo_head", "demo_list"]);
    let flag = facts.constant("DEMO_FLAG").and_then(|one| one.within.clone()).expect("inside");
    assert_eq!((flag.struct_.as_str(), flag.field.as_deref()), ("demo", Some("flags")));
    let demo = facts.struct_("demo").expect("a struct");
    assert_eq!(demo.fields[2].type_, TypeFact::Pointer(Int::U64));
    assert_eq!(demo.layouts.each_ref().map(|layout| layout.size), [16, 12, 12]);
    let list = facts.struct_("demo_list").expect("a struct");
    let areas = TypeFact::Struct("demo_area".to_owned());
    assert_eq!(list.fields[3].type_, TypeFact::Flexible(Box::new(areas), Some("nr".to_owned())));
    assert_eq!(facts.struct_("demo_area").map(|one| one.fields[0].doc.as_str()), Some("in bytes"));
    assert_eq!(facts.guards.len(), 1);
}
