//! Files that have no end, or that never come to one: whatever the program reads, it stops,
//! with an error that names the file.
#![cfg(unix)]

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::fixtures;
use support::process::{finish, succeed, with_input};
use support::program::binary;
use support::spec_folder::SpecFolder;
use tempfile::TempDir;

/// Kinds of files that cannot be read to their end.
#[derive(Clone, Copy, Debug)]
enum Endless {
    Device,
    Pipe,
    Folder,
    Large,
}

const ALL: [Endless; 4] = [Endless::Device, Endless::Pipe, Endless::Folder, Endless::Large];

impl Endless {
    fn make(self, path: &Path) {
        let _ = fs::remove_file(path);
        match self {
            Self::Device => symlink("/dev/zero", path).expect("a link"),
            Self::Pipe => {
                succeed(Command::new("mkfifo").arg(path));
            }
            Self::Folder => fs::create_dir(path).expect("a folder"),
            // It takes no space on the disk.
            Self::Large => {
                let file = File::create(path).expect("a file");
                file.set_len(1 << 40).expect("a length");
            }
        }
    }
}

/// The program, which may take 1 GB of memory and 60 seconds of processor time.
fn limited(folder: &Path, args: &[&str]) -> Command {
    let mut shell = Command::new("sh");
    shell.current_dir(folder).args(["-c", "ulimit -v 1000000; ulimit -t 60; exec \"$@\"", "sh"]);
    shell.arg(binary()).args(args).stdin(Stdio::null());
    shell
}

/// Fails if the program does not refuse a file of this name.
fn refuses(folder: &Path, args: &[&str], name: &str) {
    let output = finish(&mut limited(folder, args));
    let errors = [output.stdout, output.stderr].concat();
    let errors = String::from_utf8_lossy(&errors);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {errors}");
    assert!(errors.contains(name), "{args:?}: {errors}");
}

#[test]
fn endless_files_of_a_specification_are_refused() {
    for name in ["abi.yaml", "common.yaml", "proposals/one.yaml", "code/rust/one.rs"] {
        for kind in ALL {
            let copy = SpecFolder::demo();
            copy.write_example(
                "- struct: demo_first\n  doc: Is first.\n  fields:\n    a: u32, is a number\n",
            );
            let path = copy.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            // Code can have folders.
            if name.ends_with(".rs") && matches!(kind, Endless::Folder) {
                continue;
            }
            kind.make(&path);
            let spec = copy.path().display().to_string();
            refuses(copy.path(), &["--spec", &spec, "lint"], name);
        }
    }
}

#[test]
fn a_folder_that_links_back_has_an_end() {
    let copy = SpecFolder::vfio();
    symlink(".", copy.path().join("code/rust/again")).expect("a link");
    let spec = copy.path().display().to_string();
    refuses(copy.path(), &["--spec", &spec, "lint"], "it is a link to a folder");
}

/// A folder with an endless file `endless.h`.
fn with(kind: Endless) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("endless.h");
    kind.make(&path);
    (folder, path)
}

#[test]
fn endless_files_on_the_command_line_are_refused() {
    std::thread::scope(|scope| {
        for kind in ALL {
            for args in [
                &["drift", "endless.h"][..],
                &["import", "endless.h"],
                &["compat", "v6.1", "endless.h"],
                &["compat", "v6.1", "v6.2", "--rules", "endless.h"],
                &["--overlay", "endless.h", "lint"],
                &["review", "endless.h"],
                &["review", "--base", "endless.h", "some.patch"],
                &["decode", "vfio_irq_info", "endless.h"],
                &["decode", "vfio_irq_info", "--lines", "endless.h"],
            ] {
                // A folder can be a side: a specification.
                if matches!(kind, Endless::Folder) && args[0] == "compat" && args.len() == 3 {
                    continue;
                }
                scope.spawn(move || {
                    let (folder, _path) = with(kind);
                    fs::write(folder.path().join("some.patch"), PATCH).expect("a file");
                    refuses(folder.path(), args, "endless.h");
                });
            }
        }
    });
}

const PATCH: &str = "--- a/include/uapi/linux/vfio.h\n+++ b/include/uapi/linux/vfio.h\n\
                     @@ -1,2 +1,3 @@\n #define VFIO_IRQ_INFO_NORESIZE\t\t(1 << 3)\n\
                     +#define VFIO_IRQ_INFO_NEW\t(1 << 4)\n \t__u32\tindex;\t\t/* IRQ index */\n";

#[test]
fn endless_standard_input_is_refused() {
    for args in
        [&["review"][..], &["decode", "vfio_irq_info"], &["decode", "vfio_irq_info", "--lines"]]
    {
        let mut command = limited(&fixtures::root(), args);
        let zero = File::open("/dev/zero").expect("a device");
        let output = finish(command.stdin(Stdio::from(zero)));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {errors}");
        assert!(errors.contains("input"), "{errors}");
    }
}

/// What is written to a pipe is read, also if the writer is late.
#[test]
fn pipes_are_read_to_their_end() {
    let header = fixtures::root().join("generated/vfio-abi/include/vfio_abi.h");
    let bytes = fs::read(header).expect("a header");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("vfio.h");
    Endless::Pipe.make(&path);
    let through = finish(Command::new("sh").current_dir(folder.path()).args([
        "-c",
        "(sleep 0.3; printf '10000000070000000000000001000000') > vfio.h & \"$0\" decode vfio_irq_info vfio.h",
    ]).arg(binary()));
    let text = String::from_utf8_lossy(&through.stdout);
    assert!(through.status.success() && text.contains("input: 16 bytes, hex"), "{text}");

    let mut drift = Command::new(binary());
    drift.current_dir(fixtures::root()).args(["drift", "/dev/stdin"]);
    let output = with_input(&mut drift, &bytes);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("no drift: "), "{text}");
}
