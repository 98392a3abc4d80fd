//! The C header together with kernel headers of every release: before, after and
//! instead of them. Generated headers stand for those of the releases with facts,
//! since `c_header` proves that both are equal. Real headers are those of
//! CAPCHAIN_KERNEL_HEADERS and of the distribution. The compilers take turns in the orders of
//! the headers; with CAPCHAIN_WHOLE each compiler takes each order.

use std::path::PathBuf;
use std::process::Command;

use capchain::release::Release;
use support::compilers::{WARNINGS, Workdir, all_silent};
use support::groups::has_compiler;
use support::sample::takes;
use support::{facts, fixtures, kernels};

const OURS: &str = "#include \"vfio_abi.h\"\n";
const THEIRS: [&str; 3] = ["linux/vfio.h", "linux/vfio_zdev.h", "linux/vfio_ccw.h"];

/// Uses recent items with every kernel header, and reads a device chain that starts at offset 20.
const PROGRAM: &str = include_str!("../programs/kernel_compat.c");

fn header(release: Option<&str>) -> String {
    let spec = fixtures::spec();
    let release = release.map(|name| name.parse::<Release>().expect("a release"));
    capchain::emit::c_header(&capchain::lower::lower(&spec, release)).contents
}

/// A folder with `linux/vfio.h` and possibly other kernel headers.
pub(crate) struct Kernel {
    name: String,
    pub(crate) folder: PathBuf,
}

impl Kernel {
    /// The headers that it has.
    fn headers(&self) -> impl Iterator<Item = &str> {
        THEIRS.into_iter().filter(|header| self.folder.join(header).exists())
    }

    /// The lines that include them.
    fn includes(&self) -> String {
        self.headers().map(|header| format!("#include <{header}>\n")).collect()
    }
}

/// Replacements for the three kernel headers of a release, cut from the generated header.
pub(crate) fn stand_ins(workdir: &Workdir, release: &str) -> Kernel {
    let text = header(Some(release));
    let folder = workdir.folder().join("kernel");
    for (header, after, guard, first) in [
        ("vfio.h", "VFIO_ABI__AFTER_VFIO_H", "VFIO_H", ""),
        (
            "vfio_zdev.h",
            "VFIO_ABI__AFTER_VFIO_ZDEV_H",
            "_VFIO_ZDEV_H_",
            "#include <linux/vfio.h>\n",
        ),
        ("vfio_ccw.h", "VFIO_ABI__AFTER_VFIO_CCW_H", "_VFIO_CCW_H_", ""),
    ] {
        let (open, close) =
            (format!("#ifndef {after}\n\n/* ---"), format!("#endif /* !{after} */"));
        let runs = text.split(&open).skip(1);
        let runs: String = runs
            .filter_map(|run| run.split_once(&close))
            .map(|(run, _)| format!("/* ---{run}"))
            .collect();
        if runs.is_empty() {
            continue;
        }
        let kernel = format!(
            "#ifndef {guard}\n#define {guard}\n{first}#include <linux/types.h>\n\
             #include <linux/ioctl.h>\n{runs}#endif\n"
        );
        workdir.write(&format!("kernel/linux/{header}"), &kernel);
    }
    Kernel { name: release.to_owned(), folder }
}

/// Every order in which the headers can be included.
fn orders(kernel: &Kernel) -> Vec<(String, String)> {
    let theirs = kernel.includes();
    let mut orders = vec![
        ("instead".to_owned(), OURS.to_owned()),
        ("before".to_owned(), format!("{OURS}{theirs}")),
        ("after".to_owned(), format!("{theirs}{OURS}{theirs}")),
    ];
    for header in kernel.headers() {
        let include = format!("#include <{header}>\n");
        orders.push((format!("after {header}"), format!("{include}{OURS}{theirs}")));
    }
    orders
}

/// Compiles the program with every order of headers, with every warning an
/// error; returns the number of compilations. Each order takes every second of two compilers,
/// or every fourth of more; `first` is the first of them for the first order.
fn compiles_with(
    workdir: &Workdir,
    kernel: &Kernel,
    compilers: &[(&str, &str, &str)],
    first: usize,
) -> usize {
    let mut commands = Vec::new();
    let every = if compilers.len() > 2 { 4 } else { 2 };
    for (row, (order, includes)) in orders(kernel).into_iter().enumerate() {
        let numbered = compilers.iter().enumerate();
        let numbered = numbered.filter(|(column, _)| takes(row + column + first, every));
        for (_, (compiler, language, standard)) in numbered {
            let name = format!("{}-{standard}.c", order.replace([' ', '/', '.'], "-"));
            let file = workdir.write(&name, &format!("{includes}{PROGRAM}"));
            let mut command = workdir.command(compiler);
            command.args([
                "-fsyntax-only",
                "-x",
                language,
                &format!("-std={standard}"),
                "-D__user=",
            ]);
            command.args(WARNINGS).arg("-isystem").arg(&kernel.folder).arg(file);
            commands.push(command);
        }
    }
    let count = commands.len();
    all_silent(commands);
    count
}

/// Runs the program with a kernel header before ours.
fn run_after(workdir: &Workdir, kernel: &Kernel) {
    let source = format!("{}{OURS}{PROGRAM}", kernel.includes());
    let file = workdir.write("run.c", &source);
    let program = workdir.folder().join("run");
    let mut command = workdir.command("gcc");
    command.args(["-std=gnu11", "-D__user=", "-isystem"]).arg(&kernel.folder);
    command.arg("-o").arg(&program).arg(file);
    all_silent(vec![command]);
    let output = Command::new(&program).output().expect("the program");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}: {said}", kernel.name);
}

fn compilers(all: bool) -> Vec<(&'static str, &'static str, &'static str)> {
    let every = [
        ("gcc", "c", "c99"),
        ("g++", "c++", "c++11"),
        ("gcc", "c", "gnu11"),
        ("gcc", "c", "c17"),
        ("g++", "c++", "c++20"),
        ("clang", "c", "c99"),
        ("clang", "c", "c11"),
        ("clang++", "c++", "c++17"),
    ];
    let count = if all { every.len() } else { 2 };
    every.into_iter().take(count).filter(|(compiler, ..)| has_compiler(compiler)).collect()
}

#[test]
fn works_with_the_headers_of_every_release() {
    let ours = header(None);
    let compilers = compilers(false);
    let mut count = 0;
    for (number, (release, _)) in facts::all().into_iter().enumerate() {
        let workdir = Workdir::new(&ours);
        let kernel = stand_ins(&workdir, &release);
        count += compiles_with(&workdir, &kernel, &compilers, number);
        if takes(number, 3) {
            run_after(&workdir, &kernel);
        }
    }
    println!("{count} compilations beside the headers of {} releases", facts::all().len());
}

#[test]
fn works_with_real_headers() {
    let ours = header(None);
    let compilers = compilers(true);
    for (number, kernels::Kernel { folder, .. }) in kernels::kernels().into_iter().enumerate() {
        let kernel = Kernel { name: folder.display().to_string(), folder };
        let workdir = Workdir::new(&ours);
        let count = compiles_with(&workdir, &kernel, &compilers, number);
        run_after(&workdir, &kernel);
        println!("{}: {count} compilations", kernel.name);
    }
}

#[test]
fn older_headers_of_ours_work_with_newer_kernel_headers() {
    let workdir = Workdir::new(&header(Some("v5.4")));
    let kernel = stand_ins(&workdir, "v7.3");
    let includes = kernel.includes();
    for (name, order) in
        [("before", format!("{OURS}{includes}")), ("after", format!("{includes}{OURS}"))]
    {
        let file = workdir.write(&format!("{name}.c"), &order);
        let mut command = workdir.command("gcc");
        command.args(["-fsyntax-only", "-std=c99"]).args(WARNINGS);
        command.arg("-isystem").arg(&kernel.folder).arg(file);
        all_silent(vec![command]);
    }
}

#[test]
fn both_spellings_of_a_guard_are_honoured_and_set() {
    let workdir = Workdir::new(&header(None));
    for (number, guard) in ["VFIO_H", "_UAPIVFIO_H"].into_iter().enumerate() {
        let kernel = stand_ins(&workdir, "v7.3");
        let path = kernel.folder.join(THEIRS[0]);
        let text = std::fs::read_to_string(&path).expect("a header");
        let spelt = text.replacen("VFIO_H", guard, 2);
        workdir.write("kernel/linux/vfio.h", &spelt);
        compiles_with(&workdir, &kernel, &compilers(false), number);
    }
}

/// Parts that a distribution may have backported to an old kernel, one commit of the kernel each.
const CARRIED_BACK: [&str; 2] = [
    "#define VFIO_DEVICE_FEATURE_DMA_LOGGING_START 6\n\
     struct vfio_device_feature_dma_logging_control { __aligned_u64 page_size; \
     __u32 num_ranges; __u32 __reserved; __aligned_u64 ranges; };\n\
     struct vfio_device_feature_dma_logging_range { __aligned_u64 iova, length; };\n",
    "#define VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY 3\n",
];

#[test]
fn what_was_carried_back_is_not_declared_again() {
    let workdir = Workdir::new(&header(None));
    let kernel = stand_ins(&workdir, "v5.10");
    let path = kernel.folder.join(THEIRS[0]);
    let old = std::fs::read_to_string(&path).expect("a header");
    for (number, pieces) in CARRIED_BACK.into_iter().enumerate() {
        let body = old.trim_end().strip_suffix("#endif").expect("a guard");
        workdir.write("kernel/linux/vfio.h", &format!("{body}{pieces}#endif\n"));
        compiles_with(&workdir, &kernel, &compilers(false), number);
    }
}

#[test]
fn former_names_are_there_for_those_who_ask() {
    let workdir = Workdir::new(&header(None));
    let program = "int main(void)\n{\n\treturn VFIO_TYPE1_NESTING_IOMMU == 6 && \
        VFIO_REGION_TYPE_MIGRATION == 3 ? 0 : 1;\n}\n";
    let wanted = workdir.write("compat.c", &format!("#define VFIO_ABI_COMPAT\n{OURS}{program}"));
    let mut command = workdir.command("gcc");
    command.args(["-fsyntax-only", "-std=c99"]).arg(wanted);
    all_silent(vec![command]);
    let unasked = workdir.write("unasked.c", &format!("{OURS}{program}"));
    let mut command = workdir.command("gcc");
    let status = command.args(["-fsyntax-only", "-std=c99"]).arg(unasked).output().expect("gcc");
    assert!(!status.status.success(), "former names are there unasked");
}

#[test]
fn every_later_struct_has_a_detecting_macro() {
    let text = header(None);
    let (_, backfill) = text.split_once("#ifdef VFIO_ABI__AFTER_VFIO_H").expect("missing structs");
    let all = facts::all();
    let of = |release: &str| {
        let (_, facts) = all.iter().find(|(name, _)| name == release).expect("facts");
        facts.structs.keys().cloned().collect::<Vec<_>>()
    };
    let (old, new) = (of("v3.10"), of("v7.3"));
    for name in new.iter().filter(|name| !old.contains(name)) {
        let zdev_or_ccw = name.starts_with("ccw_") || name.contains("info_cap_zpci");
        let declared = backfill.contains(&format!("struct {name} {{"));
        assert!(declared || zdev_or_ccw, "struct {name} cannot be added to an older header");
    }
}
