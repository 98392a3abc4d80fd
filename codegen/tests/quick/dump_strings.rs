//! Strings, lists and fields after names and time stamps: what is before them is no data.

use capchain::dump::{self, Dump};
use support::fixtures;
use support::program::run_with_input;

fn read(text: &str) -> Dump {
    dump::read(text.as_bytes(), false).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn bytes(text: &str) -> Vec<u8> {
    read(text).bytes().to_vec()
}

/// `buf()` of bpftrace, without quotes.
#[test]
fn the_name_before_a_string_is_no_data() {
    for name in [
        "@buf: ",
        "@buf[KEY]: ",
        "@buf[KEY, 3]: ",
        "@b[\"k\", 'x']: ",
        "NAME: ",
        "NAME = ",
        "r=",
        "buf ",
    ] {
        for data in [r"\x28\x00\x00\x01", r"(\x00\x00\x01", r"(\0\0\1"] {
            let dump = read(&format!("{name}{data}\n"));
            assert_eq!(dump.bytes(), [0x28, 0, 0, 1], "{name}{data}");
            let manner = &dump.readings[0].manner;
            // A label that all lines have is removed in every form.
            let label = name == "NAME: " && manner == "bytes in order";
            assert!(label || manner == &format!("the string after `{name}`"), "{manner}");
        }
    }
    // The whole line is a reading as well, and one without a name is data.
    assert_eq!(read(r"a: \x00").readings.last().map(|whole| whole.bytes.len()), Some(4));
    assert_eq!(bytes(r":\x00\x00\x00"), [0x3a, 0, 0, 0]);
    assert_eq!(bytes(r" \x00\x00\x00"), [0x20, 0, 0, 0]);
    assert_eq!(bytes(r"P\x00\x00\x00"), [0x50, 0, 0, 0]);
    assert!(dump::read(b"Path: C:\\reply.bin\n", false).is_err());
    assert_eq!(bytes("Attaching 1 probe...\n\n@b: \\x28\\x00\n"), [0x28, 0]);
    let note = read("lost 3 events\n@b: \\x28\\x00\n").note;
    assert!(note.is_some_and(|note| note.contains("only the line")), "{note:?}");
    let two = dump::read(b"@b[1]: \\x28\\x00\n@b[2]: \\x29\\x00\n", false);
    assert!(two.is_err_and(|error| error.contains("more than one string")));
}

/// The struct decides whether a name was before the string: argsz is 40 or 58, `:`.
#[test]
fn the_plausible_reading_of_a_string_is_said() {
    let rest = r"\x00\x00\x00\x01\x00\x00\x00\x03\x00\x00\x00\x10\x00\x00\x00";
    let decode = |text: &str| {
        let args = ["decode", "vfio_irq_info"];
        run_with_input(&fixtures::root(), &args, text.as_bytes()).stdout
    };
    let named = decode(&format!(r"@buf: \x10{rest}"));
    assert!(named.contains("16 bytes, strace: the string after `@buf: `"), "{named}");
    assert!(named.contains("argsz") && named.contains("16 (0x10)"), "{named}");
}

/// Erlang and Elixir, and the signed bytes of Java.
#[test]
fn lists_in_double_angles_are_decimal() {
    assert_eq!(bytes("<<40,0,0,15>>"), [40, 0, 0, 15]);
    assert_eq!(bytes("<<40, 0, 10, 15>>"), [40, 0, 10, 15]);
    assert_eq!(bytes("iex(1)> reply\n<<40, 0, 0, 255>>"), [40, 0, 0, 255]);
    assert!(read("<<40, 0, 0, ...>>").cut);
    assert_eq!(bytes("[40, 0, -1, -128]"), [40, 0, 0xff, 0x80]);
}

/// The number of the processor is no size of a list.
#[test]
fn the_prefix_of_an_event_is_removed() {
    for prefix in [
        "           qemu-1234  [001] ....  1234.567890: name: ",
        "          <...>-1234    [001] d..1.  1234.567890: name: ",
        "qemu-1234  [001]  1234.567890: name:   ",
        "qemu  1234 [001]  1234.567890: vfio:name: ",
    ] {
        for field in
            ["{0x28,0x0,0x0,0xf}", "28 00 00 0f", "buf=28,00,00,0f", "len=4 buf=28 00 00 0f"]
        {
            assert_eq!(bytes(&format!("{prefix}{field}\n")), [40, 0, 0, 15], "{prefix}{field}");
        }
        let array = format!("{prefix}len=4 buf={{0x28,0x0,0x0,0xf}} flags=0x1");
        assert_eq!(bytes(&array), [40, 0, 0, 15]);
    }
    let after_command = "$ trace-cmd report\n[    1.5] qemu-1234  [001]  4.5: name: buf=28 00 00\n";
    assert!(dump::read(after_command.as_bytes(), false).is_err());
    for wrong in ["a=28 00 b=0f 00", "buf=28 00 zz", "len=28 flags=0f"] {
        assert!(dump::read(wrong.as_bytes(), false).is_err(), "{wrong}");
    }
}

#[test]
fn the_time_stamps_of_logs_are_removed() {
    for prefix in [
        "2026-11-28T12:00:00.123456789Z ",
        "2026-11-28T12:00:00.123456789Z stdout F ",
        "2026-11-28T12:00:00.123456+01:00 host kernel: demo: ",
        "2026-11-28 12:00:00,123 ",
        "Nov 28 12:00:00.123456 host kernel: ",
        "1732795200.123456 host kernel: ",
        "[   12.345678] host kernel: ",
        "vm-1  | ",
        "// ",
        ".  ",
    ] {
        let text = format!("{prefix}00000000: 28 00  (.\n{prefix}00000002: 00 0f  ..\n");
        assert_eq!(bytes(&text), [40, 0, 0, 15], "{prefix}");
        assert!(dump::read(text.replace(" 28", " 29").as_bytes(), false).is_err(), "{prefix}");
    }
}

/// Unknown flags say more against bytes than an argsz of a larger buffer, which comes first.
#[test]
fn the_strongest_reason_against_bytes_is_said() {
    let args = ["decode", "vfio_irq_info"];
    let bytes = b"14000000 0000f0ff 00000000 01000000";
    let text = run_with_input(&fixtures::root(), &args, bytes).stdout;
    let note = "note: these bytes are not plausible: flags has the unknown flags";
    assert!(text.contains(note), "{text}");
}
