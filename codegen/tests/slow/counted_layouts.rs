//! Counted replies that a compiler laid out for 32 and for 64 bits, read by the view of
//! the generated crate with that layout.

use std::fs;

use capchain::ir::Abi;
use support::compilers::{BITS, Workdir};
use support::groups::{Group, works};
use support::process::succeed;
use support::rustc;
use support::spec_folder::{SpecFolder, ioctl_keys};

/// A reply that ends in an array, whose offsets differ between 32 and 64 bits.
const ITEMS: &str = "
  - constants: numbers
    doc: The parts of ioctl numbers.
    prefix: PARTS_
    values: {PARTS_TYPE: '0x3b, the type', PARTS_BASE: '100, the base'}
  - struct: parts_element
    doc: An element.
    fields: {mask: 'u64, mask', id: 'u32, id'}
  - struct: parts_list
    doc: A list.
    minsz: count
    fields:
      argsz: inout argsz u32, size of the buffer
      base: out u64, base of all elements
      kind: out u16, kind of all elements
      count: out u32, number of elements
      elements: 'out parts_element[count], the elements'
  - ioctl: PARTS_GET_LIST
    number: 1
    fd: device
    arg: struct parts_list
    doc: Lists the elements.
    handlers:
      core:
        source: parts.c, list
        minsz: count
        writes: [base, kind]
        unset: zero
        array: {field: elements, when_too_small: {error: ENOSPC, sets: [count]}}
";

/// Writes a reply with three elements, as the compiler lays it out.
const WRITER: &str = r#"
#include <stdio.h>
#include "parts_abi.h"

int main(void)
{
	static union {
		struct parts_list list;
		__u64 room[16];
	} reply;
	struct parts_list *list = &reply.list;

	list->argsz = sizeof(*list) + 3 * sizeof(list->elements[0]);
	list->base = 0x123456789abcdef0;
	list->kind = 7;
	list->count = 3;
	for (unsigned nth = 0; nth < 3; nth++) {
		list->elements[nth].mask = 0x1122334455667788 + nth;
		list->elements[nth].id = 40 + nth;
	}
	return fwrite(list, list->argsz, 1, stdout) != 1;
}
"#;

/// Prints a reply of a file; the argument before it is its layout.
const READER: &str = r#"
use generated_abi::requests::{CLayout, List, Wire};

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    let layout = if arguments[1] == "32" { CLayout::Ilp32 } else { CLayout::Lp64 };
    let wire = Wire { big_endian: cfg!(target_endian = "big"), layout };
    let reply = std::fs::read(&arguments[2]).expect("a file");
    let list = List::parse_as(&reply, wire).expect("a reply");
    let size = list.required_size().map(|size| size as usize);
    assert_eq!(size, Some(reply.len()));
    println!("{:#x} {} {}", list.base(), list.kind(), list.count());
    for element in list.elements().iter() {
        println!("{:#x} {}", element.mask, element.id);
    }
    let short = List::parse_as(&reply[..reply.len() - 1], wire).expect("a short reply");
    assert_eq!((short.count(), short.elements().len()), (3, 0));
}
"#;

const EXPECTED: &str = "\
0x123456789abcdef0 7 3
0x1122334455667788 40
0x1122334455667789 41
0x112233445566778a 42
";

#[test]
fn a_counted_reply_is_read_in_the_layout_of_its_compiler() {
    let abi: Abi = SpecFolder::small("parts", "parts", &ioctl_keys("parts"), ITEMS).abi();
    let folder = tempfile::tempdir().expect("a folder");
    let reader = rustc::program(folder.path(), &abi, "generated_abi", READER);
    let workdir = Workdir::new("");
    workdir.write("parts_abi.h", &capchain::emit::c_header(&abi).contents);
    workdir.write("empty.c", "#include <stdio.h>\nint main(void) { return 0; }\n");
    workdir.write("writer.c", WRITER);
    let mut sizes = Vec::new();
    for (bits, arguments) in ["64", "32"].into_iter().zip(BITS) {
        let mut empty = workdir.command("gcc");
        empty.args(*arguments).args(["empty.c", "-o", "empty"]);
        if bits == "32" && !works(Group::Bits32, &mut empty, "gcc -m32") {
            continue;
        }
        let mut compile = workdir.command("gcc");
        succeed(compile.args(*arguments).args(["-I.", "writer.c", "-o", "./writer"]));
        let reply = workdir.command("./writer").output().expect("a program that starts").stdout;
        let path = folder.path().join("reply");
        fs::write(&path, &reply).expect("a file");
        assert_eq!(rustc::run(&reader, &[bits, path.to_str().expect("a path")]), EXPECTED);
        sizes.push(reply.len());
    }
    assert!([&[72, 56][..], &[72]].contains(&&sizes[..]), "{sizes:?}");
}
