//! Hostile inputs of `decode`: the limits that docs/decode.md states.

use capchain::decode::log;
use capchain::dump::{self, MOST_BYTES, labelled};
use support::fixtures;
use support::hostile_dumps::KINDS;
use support::program::run_with_input;

fn knows(word: &str, _: bool) -> bool {
    word == "vfio_region_info"
}

#[test]
fn every_kind_has_bounded_bytes_or_an_error() {
    let mut refused = 0;
    for kind in KINDS {
        let text = kind.text(16 << 10);
        let read = dump::read(text.as_bytes(), false);
        refused += usize::from(read.is_err());
        for reading in read.iter().flat_map(|dump| &dump.readings) {
            assert!((1..=MOST_BYTES).contains(&reading.bytes.len()), "{}", kind.name);
        }
        for parts in [log::calls(&text, knows), log::dumps(&text)] {
            let bytes: usize = parts.iter().flatten().map(|part| part.bytes).sum();
            assert!(bytes <= MOST_BYTES, "{}", kind.name);
        }
        let _ = labelled::blocks(text.as_bytes());
    }
    assert!(refused > KINDS.len() / 2 && refused < KINDS.len(), "{refused} of {}", KINDS.len());
}

fn error(args: &[&str], input: &str) -> String {
    let args = [&["decode"], args].concat();
    let found = run_with_input(&fixtures::root(), &args, input.as_bytes());
    assert_eq!(found.code, 2, "{}", found.stdout);
    found.stderr
}

#[test]
fn short_texts_for_many_bytes_are_refused() {
    let far = "vfio_region_info\n0000: 00\n*\n80000: 00\n";
    let log = |count| log::calls(&far.repeat(count), knows);
    assert_eq!(log(1).map(|parts| parts[0].bytes), Ok((1 << 19) + 1));
    assert!(log(2).is_err_and(|error| error.contains("at most 1048576 bytes in 32768")));
    assert!(error(&[], &far.repeat(2)).contains("too many dumps"));
    // A name before a dump that is read again for each line after it.
    let tried = [far, "x\n", "vfio_region_info\n0000: 00\n*\nfffff: 00\nx\n"].concat();
    assert!(log::calls(&tried, knows).is_err());
    for list in ["[1 <repeats 1000000 times>]", "[1 <repeats 1000000 times>, x] "] {
        assert!(error(&["vfio_region_info"], &list.repeat(2)).contains("too many bytes"), "{list}");
    }
    let empty = "'' <repeats 18446744073709551615 times>";
    assert!(error(&["vfio_region_info"], empty).contains("empty"));
}

#[test]
fn bytes_without_a_name_have_smaller_limits() {
    let dumps = |count| "0000: 00 00 00 00\n\n".repeat(count);
    assert!(error(&[], &dumps(1025)).contains("name the struct or the ioctl"));
    let (zeros, more) = ("00".repeat(64 << 10), "00".repeat((64 << 10) + 1));
    let read = run_with_input(&fixtures::root(), &["decode"], zeros.as_bytes());
    assert!(!read.stderr.contains("without a name"), "{}", read.stderr);
    assert!(error(&[], &more).contains("65537 bytes without a name"));
    let blocks = "00:00.0 x\n00: 00\n".repeat((1 << 15) + 1);
    assert!(error(&["--lines"], &blocks).contains("32769 blocks are too many"));
}

#[test]
fn indexes_of_elements_are_removed_in_order() {
    let bytes = |text: &str| dump::read(text.as_bytes(), false).map(|dump| dump.bytes().to_vec());
    assert_eq!(bytes("{[0] = 1, [1] = 2, [0x2] = 3}"), Ok(vec![1, 2, 3]));
    assert_eq!(
        bytes("unsigned char reply[4] = {[0] = 1, [1] = 2, [2] = 3, [3] = 4}"),
        Ok(vec![1, 2, 3, 4])
    );
    assert_eq!(bytes("{[7] = 1, [8] = 2}"), Ok(vec![1, 2]));
}
