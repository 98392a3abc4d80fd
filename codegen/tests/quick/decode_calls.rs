//! `capchain decode` by the names of ioctls, of logs with many calls, and without a name.

use serde_json::{Value, json};
use support::captures;
use support::fixtures;
use support::program::{Outcome, run_with_input};

/// argsz 16, flags EVENTFD | AUTOMASKED, index 0, count 1.
const IRQ: &str = "10 00 00 00 05 00 00 00 00 00 00 00 01 00 00 00";
/// argsz 20, no flags, 9 regions, 5 interrupts, no chain.
const DEVICE: &str = "14 00 00 00 02 00 00 00 09 00 00 00 05 00 00 00 00 00 00 00";

fn decode(args: &[&str], input: &str) -> (i32, Value, String) {
    let args = [&["decode"], args, &["--format", "json"]].concat();
    let Outcome { code, stdout, stderr } =
        run_with_input(&fixtures::root(), &args, input.as_bytes());
    (code, serde_json::from_str(&stdout).unwrap_or_default(), stderr)
}

/// The lines, structs and values of `argsz` of the calls of a log.
fn calls(args: &[&str], input: &str) -> Vec<(u64, String, Value)> {
    let (_, found, stderr) = decode(args, input);
    let calls = found["calls"].as_array().unwrap_or_else(|| panic!("{found} {stderr}"));
    let call = |call: &Value| {
        let line = call["line"].as_u64().expect("a line");
        let name = call["struct"].as_str().unwrap_or("error").to_owned();
        (line, name, call["fields"][0]["value"].clone())
    };
    calls.iter().map(call).collect()
}

#[test]
fn an_ioctl_names_its_struct() {
    for name in [
        "VFIO_DEVICE_GET_IRQ_INFO",
        "ioctl(14, VFIO_DEVICE_GET_IRQ_INFO, 0x7ffc0b2ce4b0) = 0",
        "ioctl(14, 0x3b6d, 0x7ffc0b2ce4b0) = 0",
        "[pid  1234] ioctl(14, VFIO_DEVICE_GET_IRQ_INFO or VFIO_IOMMU_GET_INFO, 0x7ffc) = 0",
    ] {
        let (code, found, stderr) = decode(&[name], IRQ);
        assert_eq!((code, &found["struct"]), (0, &json!("vfio_irq_info")), "{name}: {stderr}");
    }
    let (code, _, stderr) = decode(&["VFIO_GROUP_GET_DEVICE_FD"], IRQ);
    assert_eq!(code, 2);
    assert!(stderr.contains("is no struct"), "{stderr}");
    let (code, _, stderr) = decode(&["VFIO_DEVICE_GET_IRQ_INF"], IRQ);
    assert_eq!(code, 2);
    assert!(stderr.contains("did you mean `VFIO_DEVICE_GET_IRQ_INFO`?"), "{stderr}");
}

/// A struct of any ABI: bytes without a name are compared with those of all.
#[test]
fn bytes_without_a_name_are_compared_with_every_abi() {
    // size 48, no flags, device 1, page table 2.
    let alloc = ["300000000000000001000000", "02000000", &"00".repeat(32)].concat();
    let (code, found, stderr) = decode(&[], &alloc);
    assert_eq!((code, &found["struct"]), (0, &json!("iommu_hwpt_alloc")), "{stderr}");
    assert_eq!(decode(&[], DEVICE).1["struct"], "vfio_device_info");
    let both = format!("00000000: {DEVICE}\n\n00000000: {alloc}\n");
    let structs: Vec<_> = calls(&[], &both).into_iter().map(|(_, name, _)| name).collect();
    assert_eq!(structs, ["vfio_device_info", "iommu_hwpt_alloc"]);
}

/// Bytes after a call of an unknown ioctl are neither those of the call before it nor lost.
#[test]
fn bytes_of_an_unknown_ioctl_are_reported() {
    let log = format!(
        "ioctl(14, VFIO_DEVICE_GET_IRQ_INFO, 0x7ffc) = 0\n00000000: {IRQ}\n\
         ioctl(14, VFIO_DEVICE_GET_INFOO, 0x7ffc) = 0\n00000000: {DEVICE}\n\
         ioctl(14, KVM_RUN, 0) = 0\n\
         ioctl(14, TCGETS, {{c_iflag=ICRNL}}) = 0\n\
         ioctl(14, 0xae80, \"\\1\\0\\0\\0\") = 0\n\
         ioctl(14, VFIO_DEVICE_GET_INFO, 0x7ffc) = 0\n00000000: {DEVICE}\n"
    );
    let (code, found, _) = decode(&[], &log);
    let calls = found["calls"].as_array().expect("calls").iter();
    let facts = calls.map(|call| (call["line"].clone(), call["error"]["message"].clone()));
    let unknown = "`VFIO_DEVICE_GET_INFOO` is no specified ioctl; did you mean \
                   `VFIO_DEVICE_GET_INFO`?";
    let expected = [
        (json!(1), Value::Null),
        (json!(3), json!(unknown)),
        (json!(7), json!("`0xae80` is no specified ioctl")),
        (json!(8), Value::Null),
    ];
    assert_eq!((code, facts.collect::<Vec<_>>()), (1, expected.to_vec()));
    // With a name, only its calls are decoded.
    assert_eq!(decode(&["VFIO_DEVICE_GET_IRQ_INFO"], &log).0, 0);
}

#[test]
fn a_log_is_decoded_by_the_names_in_its_lines() {
    let log = format!(
        "qemu: starting\n\
         VFIO_DEVICE_GET_INFO: {DEVICE}\n\
         VFIO_GROUP_GET_DEVICE_FD returned 14\n\
         [   12.345678] trace: ioctl(14, VFIO_DEVICE_GET_IRQ_INFO, 0x7ffc0b2ce4b0) = 0\n\
         [   12.345679] 00000000: {IRQ}  ................\n\
         done\n\
         struct vfio_irq_info after the call =\n{{0x10, 0, 0, 0, 5, 0, 0, 0,\n 0, 0, 0, 0, 1, 0, 0, 0}}\n\
         ioctl(3, VFIO_GROUP_GET_STATUS, \"\\10\\0\\0\\0\\1\\0\\0\\0\") = 0\n"
    );
    let irq = || "vfio_irq_info".to_owned();
    let all = [
        (2, "vfio_device_info".to_owned(), json!(20)),
        (4, irq(), json!(16)),
        (7, irq(), json!(16)),
        (10, "vfio_group_status".to_owned(), json!(8)),
    ];
    assert_eq!(calls(&[], &log), all);
    assert_eq!(calls(&["VFIO_DEVICE_GET_IRQ_INFO"], &log), all[1..3]);
    let twice = format!("VFIO_DEVICE_GET_IRQ_INFO: {IRQ}\n").repeat(2);
    assert_eq!(calls(&["vfio_irq_info"], &twice).len(), 2);
    // An error of one call does not hide the others.
    let damaged = log.replace(" 05 00 00 00 00 00 00 00 01 00 00 00  ....", " 05 00 00 zz  ....");
    let (code, found, _) = decode(&[], &damaged);
    assert_eq!((code, found["calls"].as_array().map(Vec::len)), (1, Some(4)), "{found}");
    assert_eq!(found["calls"][1]["error"]["kind"], "input");
}

#[test]
fn dumps_without_names_are_separated_by_blank_lines_or_are_lines() {
    let string = r#""\20\0\0\0\5\0\0\0\0\0\0\0\1\0\0\0""#;
    let strace = format!("read(7, {string}, 64) = 16\nread(7, {string}, 64) = 16\n");
    let dump = format!("00000000: {IRQ}\n");
    let irq = |line| (line, "vfio_irq_info".to_owned(), json!(16));
    assert_eq!(calls(&["vfio_irq_info"], &strace), [irq(1), irq(2)]);
    assert_eq!(calls(&["vfio_irq_info"], &[&*dump, &dump].join("\n")), [irq(1), irq(3)]);
}

#[test]
fn a_log_of_strace_has_no_bytes() {
    let log = "ioctl(14, VFIO_DEVICE_GET_INFO, 0x7ffc0b2ce4b0) = 0\n\
               ioctl(14, VFIO_DEVICE_GET_IRQ_INFO, 0x7ffc0b2ce4b0) = 0\n";
    let (code, _, stderr) = decode(&[], log);
    assert_eq!(code, 2);
    assert!(stderr.contains("2 calls") && stderr.contains("capchain trace"), "{stderr}");
}

#[test]
fn bytes_that_are_not_plausible_have_a_note_with_a_plausible_reading() {
    let notes = |args: &[&str], input: &str| decode(args, input).1["input"]["notes"].to_string();
    let words = "0000001000000005 0000000000000001";
    assert_eq!(notes(&["vfio_irq_info"], IRQ), "[]");
    let swapped = notes(&["vfio_irq_info"], &words.replace(' ', ""));
    assert!(swapped.contains("argsz is 268435456"), "{swapped}");
    assert!(swapped.contains("numbers of 4 bytes in the other order"), "{swapped}");
    let (code, _, stderr) = decode(&[], "ff".repeat(48).as_str());
    assert_eq!(code, 2);
    assert!(stderr.contains("no struct"), "{stderr}");
}

/// Of replies of real kernels, the struct that is called for is among the first.
#[test]
fn without_a_name_the_structs_that_fit_are_listed() {
    let mut rows = captures::rows();
    rows.retain(|row| row.ret == 0 && row.argsz_in <= 4096);
    // Whole replies: if the caller's own bytes follow, no struct is sure.
    rows.retain(|row| !row.own().ends_with(&[0xa5]));
    rows.retain(|row| {
        row.own().first_chunk().map(|argsz| u32::from_le_bytes(*argsz)) == Some(row.argsz_in)
    });
    let (mut first, mut listed, mut all) = (0, 0, 0);
    let abi = capchain::lower::lower(&fixtures::spec(), None);
    let subjects = capchain::decode::arguments(&abi);
    for row in rows.iter().step_by(rows.len().div_ceil(300)) {
        let dump = capchain::dump::read(capchain::hex::digits(&row.own()).as_bytes(), false);
        let dump = dump.expect("bytes");
        let target = &capchain::layout::TARGETS[0];
        let found = capchain::decode::candidates(&abi, &subjects, target, &dump);
        let name = abi.ioctls.iter().find(|ioctl| ioctl.name == row.ioctl).expect("an ioctl");
        let right = capchain::decode::Subject::argument(name).expect("a struct");
        let place = found.iter().position(|candidate| candidate.subject == right);
        let best = found.first().map(|candidate| candidate.weight);
        first += usize::from(place.is_some_and(|place| Some(found[place].weight) == best));
        if place.is_none_or(|place| found[place].weight > found[0].weight) {
            println!("{} {}", row.ioctl, capchain::hex::digits(&row.own()));
        }
        listed += usize::from(place.is_some());
        all += 1;
    }
    println!("{all} replies: the struct is among the best of {first} and listed of {listed}");
    assert_eq!(listed, all);
    assert!(first * 10 >= all * 9, "{first} of {all}");
}
