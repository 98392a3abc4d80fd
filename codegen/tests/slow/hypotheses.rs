//! The hypotheses under which added capabilities harm no reader. For each,
//! `programs/hypotheses` has a reader that breaks it and is harmed, and the same
//! reader corrected; `docs/proof.md` describes them.

use std::process::Command;

use capchain::lower::lower;
use support::fixtures;
use support::groups::has_compiler;
use support::process::{finish, succeed};

/// A program, and what it prints.
const WITNESSES: [(&str, &str); 3] = [
    (
        "h1",
        "naive, before: nothing behind the struct is written\n\
         naive, added: the bytes behind the struct are overwritten\n\
         keeps, before: nothing behind the struct is written\n\
         keeps, added: nothing behind the struct is written\n",
    ),
    (
        "h2",
        "naive, before: first id 2, which the server sent\n\
         naive, added: first id 64, which the server never sent\n\
         keeps, before: first id 2, which the server sent\n\
         keeps, added: first id 0, the reply is short\n",
    ),
    (
        "h3",
        "naive, before: TYPE is found\n\
         naive, added: TYPE is lost\n\
         keeps, before: TYPE is found\n\
         keeps, added: TYPE is found\n",
    ),
];

#[test]
fn who_breaks_a_hypothesis_is_harmed_and_who_keeps_it_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let header = capchain::emit::c_header(&lower(&fixtures::spec(), None)).contents;
    std::fs::write(folder.path().join("vfio_abi.h"), header).expect("a file");
    let sources = fixtures::root().join("codegen/tests/programs/hypotheses");
    for compiler in ["gcc", "clang"].into_iter().filter(|compiler| has_compiler(compiler)) {
        for (name, expected) in WITNESSES {
            let program = folder.path().join(name);
            let mut command = Command::new(compiler);
            command.args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-I"]);
            command.arg(folder.path()).arg(sources.join(format!("{name}.c")));
            succeed(command.arg("-o").arg(&program));
            let output = finish(&mut Command::new(&program));
            let printed = String::from_utf8_lossy(&output.stdout);
            assert_eq!(printed, expected, "{compiler} {name}");
        }
    }
}
