//! `capchain decode --lines`: a reply a line, without an end.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};

use serde_json::{Value, json};
use support::captures;
use support::fixtures;
use support::program::{Outcome, binary, run_with_input};

/// The objects and the exit code of `decode --lines`.
fn lines(subject: &str, input: &str) -> (i32, Vec<Value>) {
    let args = ["decode", subject, "--lines"];
    let Outcome { code, stdout, stderr } =
        run_with_input(&fixtures::root(), &args, input.as_bytes());
    assert_eq!(stderr, "");
    let object = |line: &str| serde_json::from_str(line).expect("an object a line");
    (code, stdout.lines().map(object).collect())
}

#[test]
fn a_line_is_decoded_as_a_file_is() {
    let mut rows = captures::rows();
    rows.retain(|row| row.ret == 0 && row.ioctl == "VFIO_DEVICE_GET_REGION_INFO");
    let replies: Vec<_> = rows.iter().step_by(rows.len() / 12).map(|row| row.own()).collect();
    assert!(replies.len() >= 10);
    let input: String = replies
        .iter()
        .enumerate()
        .map(|(at, bytes)| {
            let bytes = capchain::hex::digits(bytes);
            match at % 3 {
                0 => format!("{bytes}\n"),
                1 => format!("0x{bytes}\r\n"),
                _ => json!({ "id": at, "kernel": "6.1", "bytes": bytes }).to_string() + "\n",
            }
        })
        .collect();
    let (code, objects) = lines("vfio_region_info", &input);
    assert_eq!((code, objects.len()), (0, replies.len()), "{objects:?}");
    for (at, (mut object, bytes)) in objects.into_iter().zip(&replies).enumerate() {
        let args = ["decode", "vfio_region_info", "--format", "json"];
        let alone = run_with_input(&fixtures::root(), &args, bytes);
        let mut alone: Value = serde_json::from_str(&alone.stdout).expect("an object");
        let members = object.as_object_mut().expect("an object");
        assert_eq!(members.remove("line"), Some(json!(at + 1)));
        assert_eq!(members.remove("id"), (at % 3 == 2).then(|| json!(at)));
        assert_eq!(members["input"]["form"], "hex");
        members.remove("input");
        alone.as_object_mut().expect("an object").remove("input");
        assert_eq!(object, alone);
    }
}

#[test]
fn lines_that_name_their_structs_need_no_argument() {
    let line = |name, digits: &str| json!({ "bytes": digits, "struct": name }).to_string() + "\n";
    let irq = line("vfio_irq_info", "10000000070000000000000001000000");
    let map = "2800000007000000010000000000000000000000000000000010000000000000";
    let map = line("iommu_ioas_map", &[map, "0000200000000000"].concat());
    let none = "{\"bytes\": \"10000000\"}\n";
    let input = [irq.as_str(), &map, none].concat();
    let outcome = run_with_input(&fixtures::root(), &["decode", "--lines"], input.as_bytes());
    let (named_code, named) = lines("vfio_irq_info", &[irq.as_str(), &map].concat());
    assert_eq!(named_code, 0, "{named:?}");
    let objects = outcome.stdout.lines().map(serde_json::from_str::<Value>);
    let objects: Vec<_> = objects.map(|object| object.expect("an object")).collect();
    assert_eq!(objects[..2], named[..]);
    assert_eq!(named[1]["struct"], "iommu_ioas_map");
    let message = objects[2]["error"]["message"].as_str().expect("an error");
    assert!(message.contains("the line has no `struct`"), "{message}");
    assert_eq!(outcome.code, 1);
}

#[test]
fn a_bad_line_has_an_error_and_the_next_lines_are_decoded() {
    let input = "10000000 07000000 00000000 01000000\n\
                 1000000\n\
                 \n\
                 not hex\n\
                 {\"bytes\": \"10\n\
                 {\"bytes\": \"10000000\", \"struct\": \"vfio_nothing\", \"id\": [7]}\n\
                 {\"struct\": \"vfio_irq_info\"}\n\
                 \x01\n\
                 \"\\x10\\x00\\x00\\x00\\x07\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x01\\x00\\x00\\x00\"\n\
                 {\"struct\": \"vfio_bitmap\", \"bytes\": \"00\"}\n\
                 10000000 07000000 00000000 01000000";
    let (code, objects) = lines("vfio_irq_info", input);
    assert_eq!(code, 1);
    let found: Vec<_> = objects
        .iter()
        .map(|object| {
            (object["line"].as_u64().expect("a number"), object["error"]["kind"].as_str())
        })
        .collect();
    let input = Some("input");
    assert_eq!(
        found,
        [
            (1, None),
            (2, input),
            (4, input),
            (5, input),
            (6, input),
            (7, input),
            (8, input),
            (9, None),
            (10, Some("too_short")),
            (11, None)
        ]
    );
    assert_eq!(objects[4]["id"], json!([7]));
    let message = |at: usize| objects[at]["error"]["message"].as_str().expect("a message");
    assert!(message(1).contains("odd number"), "{}", message(1));
    assert!(message(4).contains("no struct or ioctl `vfio_nothing`"), "{}", message(4));
    assert!(message(5).contains("missing field `bytes`"), "{}", message(5));
    assert_eq!(lines("vfio_irq_info", ""), (0, vec![]));
}

#[test]
fn only_the_bytes_of_an_object_must_be_plain_text() {
    let bytes = "20000000".to_owned() + &"00".repeat(12);
    let input = json!({ "comm": "qemu-ä", "bytes": bytes }).to_string()
        + "\n"
        + &json!({ "bytes": bytes + "\u{2026}" }).to_string()
        + "\n";
    let (code, objects) = lines("vfio_irq_info", &input);
    assert_eq!((code, objects.len()), (1, 2), "{objects:?}");
    assert!(objects[0]["error"]["kind"] != "input", "{}", objects[0]);
    assert_eq!(objects[1]["error"]["message"], "`bytes` is not text");
}

#[test]
fn a_line_without_an_end_is_refused() {
    let input = "00".repeat(5 << 20);
    let args = ["decode", "vfio_irq_info", "--lines"];
    let found = run_with_input(&fixtures::root(), &args, input.as_bytes());
    assert_eq!(found.code, 2);
    assert!(found.stderr.contains("line 1 is too long"), "{}", found.stderr);
    assert!(found.stdout.contains("\"kind\":\"input\""), "{}", found.stdout);
}

#[test]
fn a_format_cannot_be_chosen() {
    let args = ["decode", "vfio_irq_info", "--lines", "--format", "text"];
    assert_eq!(run_with_input(&fixtures::root(), &args, b"").code, 2);
}

/// A line is decoded when it arrives, and memory does not grow with their number.
#[cfg(target_os = "linux")]
#[test]
fn lines_are_decoded_as_they_come_in_constant_memory() {
    const REPLY: &[u8] =
        b"280000000f0000000000000020000000000010000000000000000000000000000300010000000000\n";
    let mut decode = Command::new(binary());
    decode.current_dir(fixtures::root()).args(["decode", "vfio_region_info", "--lines"]);
    let mut child = decode.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process");
    let status = format!("/proc/{}/status", child.id());
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    let mut most = |stdin: &mut ChildStdin, count: usize| {
        for _ in 0..count / 25 {
            stdin.write_all(&REPLY.repeat(25)).expect("written");
            for _ in 0..25 {
                line.clear();
                stdout.read_line(&mut line).expect("an object");
                assert!(line.contains("\"caps\":[{"), "{line}");
            }
        }
        resident(Path::new(&status))
    };
    let (few, many) = (most(&mut stdin, 250), most(&mut stdin, 2500));
    assert!(many < few + 300, "{few} kB after 250 lines, {many} kB after 2750");
    drop(stdin);
    assert!(child.wait().expect("an end").success());
}

/// The most memory that a process had, in kB.
#[cfg(target_os = "linux")]
fn resident(status: &Path) -> u64 {
    let status = fs::read_to_string(status).expect("a process");
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
    most.trim().trim_end_matches(" kB").parse().expect("a number")
}
