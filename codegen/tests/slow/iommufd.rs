//! The header and the crate of iommufd: compilers, the kernel's own headers of several years,
//! C against Rust, and calls that a tracer answers in the kernel's place.
#![allow(unsafe_code, reason = "a tracer answers the calls, which reach no kernel")]

use std::fmt::Write;
use std::fs::{self, File};
use std::os::fd::IntoRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::emit;
use capchain::lower::lower;
use iommufd_abi::calls::Iommufd;
use iommufd_abi::objects::{EventQueue, Ioas, Mapping};
use iommufd_abi::requests::*;
use iommufd_abi::uapi::*;
use support::compilers::{BITS, WARNINGS, Workdir, all_silent, in_every_standard};
use support::fixtures;
use support::groups::{Group, has, has_compiler, works};
use support::process::finish;

/// A folder with the header.
fn workdir() -> Workdir {
    let abi = lower(&fixtures::open(&fixtures::root().join("spec/iommufd")), None);
    let workdir = Workdir::new("");
    workdir.write("iommufd_abi.h", &emit::c_header(&abi).contents);
    workdir
}

#[test]
fn the_header_causes_no_warning_in_any_standard() {
    let workdir = workdir();
    let text = "#define IOMMUFD_ABI_WITH_IOCTL\n#include \"iommufd_abi.h\"\nint main(void);\n";
    let file = workdir.write("all.c", text);
    // The header of calls includes one of the C library, which has headers for each mode.
    let libc = workdir.write("libc.c", "#include <sys/ioctl.h>\n");
    let has_libc = |mode: &&&[&str]| {
        let mut command = workdir.command("gcc");
        command.args(**mode).arg("-fsyntax-only").arg(&libc);
        let group = if mode.contains(&"-mx32") { Group::CompilerFeatures } else { Group::Bits32 };
        works(group, &mut command, &format!("the C library with gcc {}", mode.join(" ")))
    };
    let modes: Vec<_> = BITS.iter().filter(has_libc).copied().collect();
    let commands = in_every_standard(&workdir, &file, &modes);
    assert!(!commands.is_empty());
    all_silent(commands);
}

/// The folders of CAPCHAIN_KERNEL_HEADERS, or of the distribution, that have iommufd.h.
fn kernels() -> Vec<PathBuf> {
    let listed = std::env::var("CAPCHAIN_KERNEL_HEADERS").unwrap_or_default();
    let folders = listed.split(':').chain(["/usr/include"]).filter(|path| !path.is_empty());
    folders.map(PathBuf::from).filter(|path| path.join("linux/iommufd.h").exists()).collect()
}

#[test]
fn the_header_is_included_before_and_after_kernel_headers_of_every_age() {
    let workdir = workdir();
    let ours = "#define IOMMUFD_ABI_WITH_IOCTL\n#include \"iommufd_abi.h\"\n";
    let theirs = "#include <linux/iommufd.h>\n";
    // Uses what every header must have in the end.
    let program = "\
int main(void)
{
	__u64 buf[8];
	const struct iommu_hwpt_arm_smmuv3 ste = { { 1, 2 } };
	struct iommufd_abi_hwpt_alloc_args alloc;
	struct iommu_hw_info info;
	struct iommu_hw_info_vtd vtd;

	__builtin_memset(&info, 0, sizeof(info));
	__builtin_memset(&alloc, 0, sizeof(alloc));
	alloc.dev_id = 1;
	alloc.pt_id = 2;
	return iommufd_abi_hwpt_alloc_arm_smmuv3(buf, sizeof(buf), &alloc, &ste) != 48 ||
	       iommufd_abi_get_hw_info_cut(&info, 0) ||
	       iommufd_abi_get_hw_info_intel_vtd(&info, buf, 0, &vtd) ||
	       IOMMU_HWPT_DATA_AMD_GUEST != 3 || IOMMUFD_ABI_HWPT_DATA_AMD_GUEST != 3 ||
	       IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED != 8 || IOMMU_IOAS_NOIOMMU_GET_PA != 0x3b95;
}
";
    let mut commands = Vec::new();
    for (number, kernel) in kernels().iter().enumerate() {
        // The header alone: other headers of this folder may not fit the compiler's.
        let header = fs::read_to_string(kernel.join("linux/iommufd.h")).expect("a header");
        workdir.write(&format!("kernel-{number}/linux/iommufd.h"), &header);
        for (order, includes) in [("before", [ours, theirs]), ("after", [theirs, ours])] {
            let text = [&includes.concat(), program].concat();
            let file = workdir.write(&format!("{order}-{number}.c"), &text);
            for (compiler, language, standard) in [
                ("gcc", "c", "c99"),
                ("clang", "c", "c17"),
                ("g++", "c++", "c++11"),
                ("clang++", "c++", "c++20"),
            ] {
                if !has_compiler(compiler) {
                    continue;
                }
                let mut command = workdir.command(compiler);
                command.args(["-fsyntax-only", "-x", language, &format!("-std={standard}")]);
                command.args(WARNINGS.iter().filter(|one| **one != "-Wpedantic"));
                command.arg(format!("-Ikernel-{number}")).arg(&file);
                commands.push(command);
            }
        }
    }
    println!("{} combinations of {} kernel headers", commands.len(), kernels().len());
    all_silent(commands);
}

const HEAD: &str = "\
#include <stdio.h>
#include <string.h>
#include \"iommufd_abi.h\"

static __u8 buf[64];

/* Prints an argument, without the address at an offset. */
static void show(const char *name, iommufd_abi_size size, iommufd_abi_size address)
{
	memset(buf + address, 0, 8);
	printf(\"%s \", name);
	for (iommufd_abi_size at = 0; at < size; at++)
		printf(\"%02x\", buf[at]);
	printf(\"\\n\");
}

int main(void)
{
	const __u32 fault = 9;
	const struct iommu_hwpt_vtd_s1 vtd = { 1, 0x1000, 48, 0 };
	const struct iommu_hwpt_vtd_s1 zeros = { 0, 0, 0, 0 };
	const struct iommu_hwpt_arm_smmuv3 arm = { { 0x1122334455667788ULL, 1 } };
	const struct iommu_hwpt_amd_guest amd = { { 1, 0, 0, 0 } };
	const struct iommu_hwpt_vtd_s1_invalidate two[2] = { { 1, 2, 0, 0 } };
	const struct iommu_viommu_arm_smmuv3_invalidate one = { { 1, 2 } };
	struct iommu_viommu_tegra241_cmdqv cmdqv = { 0, 0 };
	/* The functions of a type replace these data. */
	const struct iommufd_abi_hwpt_alloc_args alloc = {
		.flags = 1, .dev_id = 2, .pt_id = 3,
		.data_type = 7, .data = buf, .data_len = 7,
	};
	const struct iommufd_abi_hwpt_alloc_args faulting = {
		.flags = 1, .dev_id = 2, .pt_id = 3, .fault_id = &fault,
	};
	const struct iommufd_abi_hwpt_invalidate_args invalidate = {
		.hwpt_id = 5, .data_count = 7, .entry_len = 7,
	};
	const struct iommufd_abi_viommu_alloc_args viommu = { .dev_id = 7, .hwpt_id = 8 };

";

/// The argument of a request, without the address at an offset.
fn hex(mut request: impl Request, address: usize) -> String {
    let mut buffer = [0xee; 64];
    let bytes = request.write(&mut buffer).expect("a buffer that is large enough");
    bytes[address..address + 8].fill(0);
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("text");
        text
    })
}

#[test]
fn typed_functions_write_what_rust_writes() {
    let vtd = iommu_hwpt_vtd_s1::new().with(|it| {
        (it.flags, it.pgtbl_addr, it.addr_width) = (1, 0x1000, 48);
    });
    let arm = iommu_hwpt_arm_smmuv3::new().with(|it| it.ste = [0x1122_3344_5566_7788, 1]);
    let amd = iommu_hwpt_amd_guest::new().with(|it| it.dte = [1, 0, 0, 0]);
    let first = iommu_hwpt_vtd_s1_invalidate::new().with(|it| (it.addr, it.npages) = (1, 2));
    let one = iommu_viommu_arm_smmuv3_invalidate::new().with(|it| it.cmd = [1, 2]);
    let mut cmdqv = iommu_viommu_tegra241_cmdqv::new();
    let flags = iommufd_hwpt_alloc_flags::ALLOC_NEST_PARENT;
    let hwpt = |data| HwptAlloc::new(flags, 2, 3, data);
    let mut faulting = hwpt(HwptAllocData::VtdS1(&vtd));
    faulting.fault_id = Some(9);
    let zeros = iommu_hwpt_vtd_s1::new();
    let invalidate = |data| HwptInvalidate::new(5, data);
    let two = [first, iommu_hwpt_vtd_s1_invalidate::new()];
    let (vtd_two, arm_one) = (
        HwptInvalidateData::VtdS1(&two),
        HwptInvalidateData::ArmSmmuv3(std::slice::from_ref(&one)),
    );
    let viommu = ViommuAllocData::Tegra241Cmdqv(&mut cmdqv);
    let expected = [
        ("hwpt_alloc_none", "&alloc", 32, hex(hwpt(HwptAllocData::None), 32)),
        ("hwpt_alloc_vtd_s1", "&faulting, &vtd", 32, hex(faulting, 32)),
        ("hwpt_alloc_vtd_s1", "&alloc, &zeros", 32, hex(hwpt(HwptAllocData::VtdS1(&zeros)), 32)),
        (
            "hwpt_alloc_arm_smmuv3",
            "&alloc, &arm",
            32,
            hex(hwpt(HwptAllocData::ArmSmmuv3(&arm)), 32),
        ),
        ("hwpt_alloc_amd_guest", "&alloc, &amd", 32, hex(hwpt(HwptAllocData::AmdGuest(&amd)), 32)),
        ("hwpt_invalidate_vtd_s1", "&invalidate, two, 2", 8, hex(invalidate(vtd_two), 8)),
        ("hwpt_invalidate_arm_smmuv3", "&invalidate, &one, 1", 8, hex(invalidate(arm_one), 8)),
        (
            "viommu_alloc_tegra241_cmdqv",
            "&viommu, &cmdqv",
            32,
            hex(ViommuAlloc::new(7, 8, viommu), 32),
        ),
    ];
    let (mut program, mut text) = (HEAD.to_owned(), String::new());
    for (name, parameters, address, bytes) in expected {
        writeln!(
            program,
            "\tshow(\"{name}\", iommufd_abi_{name}(buf, sizeof(buf), {parameters}), {address});"
        )
        .expect("text");
        writeln!(text, "{name} {bytes}").expect("text");
    }
    assert_eq!(workdir().run(&(program + "\treturn 0;\n}\n")), text);
}

/// Data that a call returned: the type, the kernel's length, the room, and what is read of
/// VT-d's description.
const RETURNED: &str = "\
#include <stdio.h>
#include <string.h>
#include \"iommufd_abi.h\"

int main(void)
{
	__u8 room[40];
	struct iommu_hw_info reply = { 0 };
	struct iommu_hw_info_vtd vtd;
	__u32 type, length;
	iommufd_abi_size count;

	memset(room, 0x11, sizeof(room));
	for (type = 0; type < 3; type++)
		for (length = 0; length <= 40; length += 8)
			for (count = 0; count <= 40; count += 8) {
				reply.out_data_type = type;
				reply.data_len = length;
				memset(&vtd, 0xee, sizeof(vtd));
				printf(\"%u %u %lu: cut %d, \", type, length, count,
				       iommufd_abi_get_hw_info_cut(&reply, count));
				if (iommufd_abi_get_hw_info_intel_vtd(&reply, room, count, &vtd))
					printf(\"%x %llx %llx\\n\", vtd.flags, vtd.cap_reg, vtd.ecap_reg);
				else
					printf(\"no\\n\");
			}
	return 0;
}
";

#[test]
fn data_that_come_back_are_read_alike() {
    let room = [0x11; 40];
    let mut text = String::new();
    for type_ in 0..3 {
        for length in (0..=40).step_by(8) {
            for count in (0..=40).step_by(8) {
                let reply = [0, 0, 0, length, 0, 0, type_, 0, 0, 0];
                let bytes: Vec<_> =
                    reply.iter().flat_map(|word: &u32| word.to_ne_bytes()).collect();
                let mut bytes = bytes;
                bytes[..4].copy_from_slice(&40_u32.to_ne_bytes());
                let reply = GetHwInfo::reply(&bytes).expect("a reply").to_struct();
                let cut = GetHwInfoData::cut(&reply, &room[..count]);
                assert_eq!(cut, (length as usize > count).then_some(length as usize));
                let is_cut = u8::from(cut.is_some());
                write!(text, "{type_} {length} {count}: cut {is_cut}, ").expect("text");
                match GetHwInfoData::read(&reply, &room[..count]) {
                    GetHwInfoData::IntelVtd(vtd) => {
                        let (cap, ecap) = (vtd.cap_reg, vtd.ecap_reg);
                        writeln!(text, "{:x} {cap:x} {ecap:x}", vtd.flags.0).expect("text");
                    }
                    _ => text += "no\n",
                }
            }
        }
    }
    assert_eq!(workdir().run(RETURNED), text);
}

/// The environment variable that names the calls which [`called`] makes.
const CALLS: &str = "CAPCHAIN_TEST_CALLS";

/// Any file, with ioctls that a tracer answers.
fn any_file() -> Iommufd<File> {
    // SAFETY: no ioctl reaches the file.
    unsafe { Iommufd::new(File::open("/dev/null").expect("a file")) }
}

#[test]
#[ignore = "other tests run it under a tracer that answers its ioctls"]
fn called() {
    let iommufd = any_file();
    let text = match std::env::var(CALLS).expect("the calls").as_str() {
        "ranges" => {
            let mut ranges = [iommu_iova_range::new(); 2];
            let failed = iommufd.ioas_iova_ranges(7, &mut ranges).expect_err("an error");
            format!("{failed}; {:?}", failed.reply.map(|reply| reply.num_iovas))
        }
        "invalidate" => {
            let data = [iommu_hwpt_vtd_s1_invalidate::new(); 3];
            let data = HwptInvalidateData::VtdS1(&data);
            let failed = iommufd.hwpt_invalidate(7, data).expect_err("an error");
            format!("{failed}; {:?}", failed.reply.map(|reply| reply.entry_num))
        }
        "objects" => {
            let ioas = Ioas::alloc(iommufd.borrowed()).expect("an address space").owned();
            // SAFETY: no device has the memory.
            let iova = unsafe { ioas.map(std::ptr::null_mut(), 0, Mapping::at(0x1000)) };
            let left = Ioas::alloc(iommufd.borrowed()).expect("an address space").owned().leave();
            format!("{} {iova:?} {left}", ioas.id())
        }
        "faults" => {
            // The descriptor that the tracer returns; the queue closes it.
            let queue = rustix::io::fcntl_dupfd_cloexec(&iommufd, 900).expect("a descriptor");
            assert_eq!(queue.into_raw_fd(), 900);
            let queue = EventQueue::faults(iommufd.borrowed()).expect("a queue").owned();
            format!("{}", queue.id())
        }
        other => panic!("{other}"),
    };
    println!("[{text}]");
}

/// Runs [`called`] with a tracer; returns what it prints, and its system calls.
fn traced(calls: &str, inject: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o"]).arg(&log).args(["-e", "trace=ioctl,close"]);
    for one in inject {
        strace.args(["-e", one]);
    }
    strace.arg(std::env::current_exe().expect("this program"));
    strace.args(["--exact", "iommufd::called", "--ignored", "--nocapture"]).env(CALLS, calls);
    let output = String::from_utf8(finish(&mut strace).stdout).expect("text");
    let text = output.split_once('[').and_then(|(_, rest)| rest.split_once("]\n"));
    let text = text.unwrap_or_else(|| panic!("{output}")).0.to_owned();
    (text, read(&log))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a file")
}

/// Bytes in memory, as strace takes them.
fn poke(words: &[u32]) -> String {
    let bytes = words.iter().flat_map(|word| word.to_ne_bytes());
    bytes.fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("text");
        text
    })
}

#[test]
fn a_call_that_fails_has_its_reply_if_the_kernel_has_written_it() {
    if !has(Group::Tools, "strace") {
        return;
    }
    let answer = |error: &str, words: &[u32]| {
        format!("inject=ioctl:error={error}:poke_exit=@arg3={}", poke(words))
    };
    // Five ranges exist, where there is room for two.
    let ranges = |error| traced("ranges", &[&answer(error, &[32, 7, 5])]).0;
    assert!(ranges("EMSGSIZE").ends_with("; Some(5)"), "{}", ranges("EMSGSIZE"));
    assert!(ranges("EINVAL").ends_with("; None"));
    // One of three requests is carried out. A kernel without the command writes nothing, so
    // the number in the argument is that of the caller.
    let invalidate = |error| {
        let words = [32, 7, 0, 0, 0, 24, if ["ENOTTY", "EBADF"].contains(&error) { 3 } else { 1 }];
        traced("invalidate", &[&answer(error, &words)]).0
    };
    for error in ["EINVAL", "EIO", "EOPNOTSUPP", "EFAULT"] {
        assert!(invalidate(error).ends_with("; Some(1)"), "{error}: {}", invalidate(error));
    }
    for error in ["ENOTTY", "E2BIG", "EBADF"] {
        assert!(invalidate(error).ends_with("; None"), "{error}: {}", invalidate(error));
    }
}

/// Calls that fail with each error, with the number of results that the reply has then.
const FAILED: &str = "\
#include <sys/ioctl.h>

static int answer(void *argument);

#define ioctl(fd, number, argument) answer(argument)
#define IOMMUFD_ABI_WITH_IOCTL
#include <stdio.h>
#include <string.h>
#include \"iommufd_abi.h\"

static int error, at;

static int answer(void *argument)
{
	const __u32 one = 1;

	memcpy((char *)argument + at, &one, 4);
	errno = error;
	return -1;
}

int main(void)
{
	const int errors[] = { EINVAL, EMSGSIZE, EIO, ENOTTY, E2BIG, EBADF };
	const struct iommu_hwpt_vtd_s1_invalidate requests[3];
	struct iommu_iova_range room[3];
	struct iommu_ioas_iova_ranges ranges;
	struct iommu_hwpt_invalidate done;
	unsigned nth;

	for (nth = 0; nth < 6; nth++) {
		const struct iommufd_abi_ioas_iova_ranges_args ask = {
			.ioas_id = 7, .allowed_iovas = room, .allowed_iovas_count = 3,
		};
		const struct iommufd_abi_hwpt_invalidate_args args = { .hwpt_id = 7 };

		error = errors[nth];
		at = 8;
		iommufd_abi_call_ioas_iova_ranges(3, &ask, &ranges);
		at = 24;
		iommufd_abi_call_hwpt_invalidate_vtd_s1(3, &args, requests, 3, &done);
		printf(\"%d%d \", ranges.num_iovas, done.entry_num);
	}
	return 0;
}
";

#[test]
fn a_call_that_fails_in_c_has_its_reply_if_the_kernel_has_written_it() {
    assert_eq!(workdir().run(FAILED), "01 11 01 00 00 00 ");
}

#[test]
fn objects_are_destroyed_when_dropped_if_asked_for() {
    if !has(Group::Tools, "strace") {
        return;
    }
    let answer = format!("inject=ioctl:retval=0:poke_exit=@arg3={}", poke(&[40, 0, 77]));
    let (text, log) = traced("objects", &[&answer]);
    assert_eq!(text, "77 Ok(4096) 77");
    assert_eq!(commands(&log), [0x81, 0x85, 0x81, 0x80], "{log}");
    let answer = format!("inject=ioctl:retval=0:poke_exit=@arg3={}", poke(&[16, 0, 77, 900]));
    let (text, log) = traced("faults", &[&answer]);
    assert_eq!(text, "77");
    assert_eq!(commands(&log), [0x8e, 0x80], "{log}");
    let [close, destroy] = ["close(900", "0x3b, 0x80,"].map(|call| log.find(call));
    assert!(close.expect("it is closed") < destroy.expect("it is destroyed"), "{log}");
}

/// The numbers of iommufd's commands in a log.
fn commands(log: &str) -> Vec<u8> {
    let calls = log.split("_IOC(_IOC_NONE, 0x3b, 0x").skip(1);
    let number = |call: &str| u8::from_str_radix(call.split(',').next()?, 16).ok();
    calls.filter_map(number).collect()
}
