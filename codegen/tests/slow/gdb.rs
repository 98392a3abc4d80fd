//! The printers of gdb, loaded into a real gdb that debugs a program with the kernel's header
//! and with ours: the names of numbers and the capabilities must be those that `decode` prints.

use std::fs;
use std::path::Path;
use std::process::Command;

use capchain::decode::{self, Content, Decoded, Subject};
use capchain::ir::Role;
use capchain::layout::TARGETS;
use capchain::lower::lower;
use support::captures;
use support::fixtures;
use support::groups::{Group, has};

/// The texts that gdb prints of replies, each of which is the struct with this name.
fn printed(folder: &Path, options: &[&str], replies: &[(String, Vec<u8>)]) -> Vec<String> {
    let (root, program) = (fixtures::root(), folder.join("printed"));
    let mut gcc = Command::new("gcc");
    gcc.args(["-g", "-O0", "-fno-eliminate-unused-debug-types", "-Wall", "-Werror"]).args(options);
    gcc.arg("-I").arg(root.join("generated/vfio-abi/include")).arg("-o").arg(&program);
    let built = gcc.arg(root.join("codegen/tests/programs/printed.c")).status().expect("gcc");
    assert!(built.success());
    let mut gdb = Command::new("gdb");
    gdb.args([
        "-nx",
        "-batch",
        "-iex",
        "set debuginfod enabled off",
        "-ex",
        "set print pretty off",
    ]);
    // The printers of another ABI, and a script with the same names, change nothing.
    for file in ["vfio-abi/gdb/vfio_abi.py", "iommufd-abi/gdb/iommufd_abi.py"] {
        gdb.arg("-ex").arg(format!("source {}/generated/{file}", root.display()));
    }
    gdb.args(["-ex", "python NAME = NUMBERS = STRUCTS = CHAINS = printers = None"]);
    gdb.args(["-ex", "break stop", "-ex", "run"]);
    for (index, (name, _)) in replies.iter().enumerate() {
        gdb.args(["-ex", &format!("print *(struct {name} *)buffers[{index}].bytes")]);
    }
    gdb.arg("--args").arg(&program);
    for (index, (_, bytes)) in replies.iter().enumerate() {
        let file = folder.join(index.to_string());
        fs::write(&file, bytes).expect("written");
        gdb.arg(file);
    }
    let output = gdb.output().expect("gdb");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let texts: Vec<_> = text.lines().filter(|line| line.starts_with('$')).collect();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(texts.len(), replies.len(), "{text}{errors}");
    texts.into_iter().map(str::to_owned).collect()
}

/// The numbers and the capabilities of a decoded struct, all of which the text must have.
fn compare(decoded: &Decoded<'_>, text: &str) -> (usize, usize) {
    let mut numbers = 0;
    for field in &decoded.fields {
        let Content::Number(number) = &field.content else { continue };
        if field.role != Role::Reserved || number.bits != 0 {
            let part = format!("{} = {}", field.name, number.text());
            assert!(text.contains(&part), "{part}: {text}");
            numbers += 1;
        }
    }
    for cap in &decoded.caps {
        let known = cap.known.map_or("unknown capability", |known| &known.name);
        assert!(text.contains(&format!("[{}] {known} = ", cap.at)), "{known}: {text}");
    }
    (numbers, decoded.caps.len())
}

#[test]
fn gdb_prints_the_names_that_decode_prints() {
    if !has(Group::Tools, "gdb") {
        return;
    }
    let abi = lower(&fixtures::spec(), None);
    let mut rows = captures::rows();
    rows.retain(|row| row.ret == 0 && row.argsz_in < 4096 && row.is_zero_filled());
    let (mut replies, mut seen) = (Vec::new(), std::collections::BTreeMap::new());
    // The largest replies of each ioctl contain whole chains.
    rows.sort_by_key(|row| std::cmp::Reverse(row.argsz_in));
    for row in rows {
        let count: &mut usize = seen.entry(row.ioctl.clone()).or_default();
        let Ok(Subject::Struct(id)) = Subject::named(&abi, &row.ioctl) else { continue };
        if *count < 2 {
            replies.push((abi.struct_(id).name.clone(), row.own()));
            *count += 1;
        }
    }
    assert!(replies.len() >= 8, "{}", replies.len());
    let set_irqs = "1c000000 04000000 02000000 00000000 02000000 07000000 ffffffff";
    let set_irqs = capchain::dump::read(set_irqs.as_bytes(), false).expect("bytes");
    replies.push(("vfio_irq_set".to_owned(), set_irqs.bytes().to_vec()));
    let folder = tempfile::tempdir().expect("a folder");
    let ours = printed(folder.path(), &[], &replies);
    let (mut numbers, mut capabilities) = (0, 0);
    for ((name, bytes), text) in replies.iter().zip(&ours) {
        let subject = Subject::named(&abi, name).expect("a struct");
        let decoded = decode::decode(&abi, subject, &TARGETS[0], bytes);
        let found = compare(&decoded, text);
        numbers += found.0;
        capabilities += found.1;
    }
    println!("{numbers} numbers and {capabilities} capabilities of {} replies", replies.len());
    assert!(numbers > 40 && capabilities >= 3, "{numbers} {capabilities}");
    // Older headers have fewer structs: of the others, the text is the same.
    let old = printed(folder.path(), &["-DKERNEL"], &replies);
    let index = replies.iter().position(|(name, _)| name == "vfio_irq_set").expect("the struct");
    assert_eq!(old[index], ours[index]);
    assert!(old[index].contains("flags = DATA_EVENTFD (0x4)"), "{}", old[index]);
    assert!(old[index].contains("index = 2 (VFIO_PCI_MSIX_IRQ_INDEX"), "{}", old[index]);
}

/// What gdb prints on a real kernel, in the order of the captures.
#[test]
#[ignore = "needs the output of .ci/live-gdb"]
fn the_probe_captures_what_gdb_prints() {
    let file = std::env::var("CAPCHAIN_PRINTED").expect("the file with what gdb printed");
    let text = fs::read_to_string(file).expect("what gdb printed");
    let printed = text.lines().map(|line| serde_json::from_str(line).expect("an object a line"));
    let printed: Vec<serde_json::Value> = printed.collect();
    let (abi, rows) = (lower(&fixtures::spec(), None), captures::rows());
    assert_eq!(printed.len(), rows.len());
    let (mut structs, mut numbers, mut capabilities) = (0, 0, 0);
    for (row, printed) in rows.iter().zip(&printed) {
        assert_eq!(
            (&printed["ioctl"], &printed["argsz"], printed["result"].as_i64() >= Some(0)),
            (&row.ioctl.as_str().into(), &row.argsz_in.into(), row.ret >= 0)
        );
        // Where the kernel wrote nothing, fields can have the guard of the probe.
        if row.ret < 0 || !row.is_zero_filled() {
            continue;
        }
        let subject = Subject::named(&abi, &row.ioctl).expect("a struct");
        let bytes = row.own();
        let decoded = decode::decode(&abi, subject, &TARGETS[0], &bytes);
        let found = compare(&decoded, printed["printed"].as_str().expect("a text"));
        structs += 1;
        numbers += found.0;
        capabilities += found.1;
    }
    println!("{numbers} numbers and {capabilities} capabilities of {structs} replies");
    assert!(structs > 50 && numbers > 200 && capabilities > 0);
}
