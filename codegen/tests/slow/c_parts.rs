//! The parts of the C header: each part compiles alone, every mixture and order of
//! parts, the whole header and kernel headers compiles and gives the same
//! declarations, and including only the types is cheap.

use std::path::Path;
use std::process::Command;

use capchain::emit::FAMILIES;
use capchain::ir::Abi;
use capchain::lower::lower;
use support::compilers::{WARNINGS, Workdir, all_silent, in_every_standard};
use support::fixtures;
use support::groups::{Group, has, has_compiler, skip};
use support::process::{finish, succeed};

use crate::c_header::declared::declared;
use crate::c_kernel_compat::stand_ins;

/// The whole header and its parts.
const FILES: [&str; 6] = [
    "vfio_abi.h",
    "vfio_abi/types.h",
    "vfio_abi/compat.h",
    "vfio_abi/names.h",
    "vfio_abi/chains.h",
    "vfio_abi/calls.h",
];

/// Uses of each part.
const PROGRAM: &str = "\
#if !VFIO_ABI_HAVE(vfio_device_mig_state) || VFIO_ABI_HAVE(VFIO_NOT_YET)
#error a feature test is wrong
#endif

int main(void)
{
	struct vfio_device_feature_dma_buf dma_buf;
	struct vfio_abi_region_info info;
	const struct vfio_abi_get_irq_info_args irq = { VFIO_PCI_MSIX_IRQ_INDEX };
	const struct vfio_abi_region_info_args region = { 0 };
	struct vfio_abi_request request = { 0, 0, 0, vfio_abi_grow, 0, 0, 0, 0 };
	enum vfio_device_mig_state state = VFIO_ABI_DEVICE_STATE_STOP;

	dma_buf.nr_ranges = VFIO_REGION_INFO_CAP_TYPE;
	return dma_buf.nr_ranges == 2 && state == VFIO_DEVICE_STATE_STOP &&
	       *vfio_abi_device_mig_state_name(state) == 'S' &&
	       vfio_abi_region_info_parse(&dma_buf, 0, &info) &&
	       vfio_abi_get_irq_info(&dma_buf, 0, &irq) &&
	       vfio_abi_call_get_region_info(-1, &request, &region, &info) &&
	       vfio_abi_call_set_mig_device_state(-1, VFIO_ABI_DEVICE_STATE_STOP, 0);
}
";

/// A folder with the whole header and its parts.
fn with_parts(abi: &Abi) -> Workdir {
    let family = FAMILIES.iter().find(|family| family.name == "C header").expect("a family");
    let workdir = Workdir::new("");
    for file in family.emit(abi) {
        let (_, below) = file.path.split_once("/include/").expect("below include");
        workdir.write(below, &file.contents);
    }
    workdir
}

fn include(file: &str) -> String {
    format!("#include \"{file}\"\n")
}

/// Every order of some things.
fn permutations<T: Copy>(things: &[T]) -> Vec<Vec<T>> {
    if things.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for index in 0..things.len() {
        let mut rest = things.to_vec();
        let first = rest.remove(index);
        all.extend(permutations(&rest).into_iter().map(|order| [vec![first], order].concat()));
    }
    all
}

/// A compilation without output, with every warning an error.
fn compiles(workdir: &Workdir, compiler: (&str, &str, &str), name: &str, source: &str) -> Command {
    let (compiler, language, standard) = compiler;
    let file = workdir.write(&format!("{name}-{standard}.c"), source);
    let mut command = workdir.command(compiler);
    command.args(["-fsyntax-only", "-I.", "-D__user=", "-x", language]);
    command.arg(format!("-std={standard}")).args(WARNINGS).arg(file);
    command
}

/// The compilers for long lists of sources.
const COMPILERS: [(&str, &str, &str); 2] = [("gcc", "c", "c99"), ("g++", "c++", "c++11")];

/// Those that this machine has.
fn compilers() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    COMPILERS.into_iter().filter(|(name, ..)| has_compiler(name))
}

#[test]
fn every_part_compiles_alone_in_every_standard() {
    let workdir = with_parts(&lower(&fixtures::spec(), None));
    for file in FILES {
        let name = file.replace('/', "-");
        let twice = format!(
            "#define VFIO_ABI_WITH_IOCTL\n{0}{0}int main(void) {{ return 0; }}\n",
            include(file)
        );
        let source = workdir.write(&format!("{name}.c"), &twice);
        all_silent(in_every_standard(&workdir, &source, &[&["-I."]]));
    }
}

/// Compilations of the parts and the whole in every order: alone, and before and after an
/// older kernel header, in C and in C++. Of the six of each order, `takes` chooses some.
fn orders(takes: impl Fn(usize, usize) -> bool) {
    let workdir = with_parts(&lower(&fixtures::spec(), None));
    let kernel = stand_ins(&workdir, "v4.12");
    let mut commands = Vec::new();
    // No other part includes the names, whose place in the order changes.
    let [whole, types, compat, names, chains, calls] = FILES;
    let orders = permutations(&[whole, types, compat, chains, calls]);
    for (count, mut order) in orders.into_iter().enumerate() {
        order.insert(count % FILES.len(), names);
        let ours: String = order.iter().map(|file| include(file)).collect();
        let theirs = "#include <linux/vfio.h>\n";
        let all = [ours.clone(), format!("{ours}{theirs}"), format!("{theirs}{ours}")];
        let all =
            all.iter().flat_map(|includes| compilers().map(move |compiler| (includes, compiler)));
        for (way, (includes, compiler)) in all.enumerate() {
            if takes(count, way) {
                let name = format!("{}-{count}-{way}", compiler.0);
                let source = format!("#define VFIO_ABI_WITH_IOCTL\n{includes}{PROGRAM}");
                let mut command = compiles(&workdir, compiler, &name, &source);
                command.arg("-isystem").arg(&kernel.folder);
                commands.push(command);
            }
        }
    }
    println!("{} compilations", commands.len());
    all_silent(commands);
}

#[test]
fn parts_and_the_whole_compile_in_every_order_with_an_older_kernel_header() {
    orders(|count, way| count % 2 == 0 && (count / 2 + count / 12) % 6 == way);
}

#[test]
#[ignore = "takes a minute; .ci/long parts runs it"]
fn parts_and_the_whole_compile_in_every_order_and_way() {
    orders(|_, _| true);
}

#[test]
fn parts_give_the_declarations_of_the_whole() {
    let workdir = with_parts(&lower(&fixtures::spec(), None));
    let [whole, types, compat, names, chains, calls] = FILES.map(include);
    let expected = declared(&workdir, &whole);
    for includes in [
        [compat.as_str(), &chains, &names, &calls].concat(),
        [names.as_str(), &calls, &types, &compat].concat(),
        [types.as_str(), &whole].concat(),
        [whole.as_str(), &chains, &compat].concat(),
    ] {
        let found = declared(&workdir, &includes);
        assert_eq!(found.constants, expected.constants, "{includes}");
        assert_eq!(found.functions, expected.functions, "{includes}");
        assert_eq!(found.enumerators, expected.enumerators, "{includes}");
        assert_eq!(found.structs, expected.structs, "{includes}");
    }
}

#[test]
fn parts_of_other_specifications_compile() {
    for name in ["hard_cases", "hostile"] {
        let folder = fixtures::root().join("codegen/tests/specs").join(name);
        let abi = lower(&fixtures::open(&folder), None);
        let family = FAMILIES.iter().find(|family| family.name == "C header").expect("a family");
        let workdir = with_parts(&abi);
        let mut commands = Vec::new();
        for file in family.emit(&abi) {
            let (_, below) = file.path.split_once("/include/").expect("below include");
            let source = format!("{}int main(void) {{ return 0; }}\n", include(below));
            for compiler in compilers() {
                commands.push(compiles(&workdir, compiler, &below.replace('/', "-"), &source));
            }
        }
        all_silent(commands);
    }
}

/// What gcc makes of a source without optimization, without the name of the source.
fn unoptimized(workdir: &Workdir, name: &str, source: &str) -> String {
    let file = workdir.write(&format!("{name}.c"), source);
    let text = succeed(workdir.command("gcc").args(["-O0", "-I.", "-S", "-o", "-"]).arg(file));
    text.lines().filter(|line| !line.contains(".file")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn names_that_a_program_does_not_use_cost_nothing() {
    let workdir = with_parts(&lower(&fixtures::spec(), None));
    let names = include("vfio_abi/names.h");
    let without = unoptimized(&workdir, "without", "int nothing;\n");
    assert_eq!(unoptimized(&workdir, "with", &format!("{names}int nothing;\n")), without);
    let use_ = "const char *name(int n) { return vfio_abi_pci_irq_index_name(n); }\n";
    let used = unoptimized(&workdir, "used", &format!("{names}{use_}"));
    assert!(used.contains("\"MSIX\"") && !used.contains("\"BAR0\""), "{used}");
}

/// The instructions of gcc, its compiler and its assembler for a source.
fn instructions(workdir: &Workdir, source: &Path) -> u64 {
    let mut command = workdir.command("valgrind");
    command.args(["--tool=callgrind", "--trace-children=yes"]);
    command.arg("--callgrind-out-file=callgrind.%p.out");
    succeed(command.args(["gcc", "-O2", "-c", "-I.", "-o", "cost.o"]).arg(source));
    let mut sum = 0;
    for entry in std::fs::read_dir(workdir.folder()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with("callgrind.") {
            let text = std::fs::read_to_string(&path).expect("a profile");
            let totals = text.lines().find_map(|line| line.strip_prefix("totals: "));
            sum += totals.map_or(0, |totals| totals.trim().parse().expect("a number"));
            std::fs::remove_file(&path).expect("it can be removed");
        }
    }
    sum
}

#[test]
fn the_types_cost_little_more_than_the_kernel_header() {
    if !has(Group::Tools, "valgrind") {
        return;
    }
    let workdir = with_parts(&lower(&fixtures::spec(), None));
    let theirs = workdir.write("theirs.c", "#include <linux/vfio.h>\n");
    if !finish(workdir.command("gcc").arg("-E").arg(&theirs)).status.success() {
        skip(Group::RealHeaders, "the distribution has no vfio.h");
        return;
    }
    let ours = workdir.write("ours.c", &include("vfio_abi/types.h"));
    let ratio = instructions(&workdir, &ours) as f64 / instructions(&workdir, &theirs) as f64;
    println!("types.h costs {ratio:.2} times the instructions of <linux/vfio.h>");
    assert!(ratio <= 1.3, "{ratio}");
}
