//! The parts of the C header: each compiles alone, any mixture and order of
//! parts, the whole and kernel headers compiles and gives the same declarations,
//! and a program that needs only the types does not pay for the rest.

use std::path::Path;
use std::process::Command;

use capchain::emit::FAMILIES;
use capchain::ir::Abi;
use capchain::lower::lower;
use support::compilers::{
    Bench, WARNINGS, all_silent, has, in_every_standard, outcome, skipped, succeed,
};
use support::fixtures;

use crate::c_header::declared::declared;
use crate::c_kernel_compat::stand_ins;

/// The whole header and its parts.
const FILES: [&str; 4] =
    ["vfio_abi.h", "vfio_abi/types.h", "vfio_abi/compat.h", "vfio_abi/chains.h"];

/// Uses of each part.
const PROGRAM: &str = "\
#if !VFIO_ABI_HAVE(vfio_device_mig_state) || VFIO_ABI_HAVE(VFIO_NOT_YET)
#error a feature test is wrong
#endif

int main(void)
{
	struct vfio_device_feature_dma_buf dma_buf;
	struct vfio_abi_region_info info;
	enum vfio_device_mig_state state = VFIO_ABI_DEVICE_STATE_STOP;

	dma_buf.nr_ranges = VFIO_REGION_INFO_CAP_TYPE;
	return dma_buf.nr_ranges == 2 && state == VFIO_DEVICE_STATE_STOP &&
	       vfio_abi_region_info_parse(&info, &dma_buf, 0);
}
";

/// A folder with the whole header and its parts.
fn bench(abi: &Abi) -> Bench {
    let family = FAMILIES.iter().find(|family| family.name == "C header").expect("a family");
    let bench = Bench::new("");
    for file in family.emit(abi) {
        let (_, below) = file.path.split_once("/include/").expect("below include");
        bench.write(below, &file.contents);
    }
    bench
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
fn compiles(bench: &Bench, compiler: (&str, &str, &str), name: &str, source: &str) -> Command {
    let (compiler, language, standard) = compiler;
    let file = bench.write(&format!("{name}-{standard}.c"), source);
    let mut command = bench.command(compiler);
    command.args(["-fsyntax-only", "-I.", "-D__user=", "-x", language]);
    command.arg(format!("-std={standard}")).args(WARNINGS).arg(file);
    command
}

/// The compilers for long lists of sources.
const COMPILERS: [(&str, &str, &str); 2] = [("gcc", "c", "c99"), ("g++", "c++", "c++11")];

#[test]
fn every_part_compiles_alone_in_every_standard() {
    let bench = bench(&lower(&fixtures::spec(), None));
    for file in FILES {
        let name = file.replace('/', "-");
        let twice = format!("{0}{0}int main(void) {{ return 0; }}\n", include(file));
        let source = bench.write(&format!("{name}.c"), &twice);
        all_silent(in_every_standard(&bench, &source, &[&["-I."]]));
    }
}

#[test]
fn parts_and_the_whole_compile_in_every_order_with_an_older_kernel_header() {
    let bench = bench(&lower(&fixtures::spec(), None));
    let kernel = stand_ins(&bench, "v4.12");
    let mut commands = Vec::new();
    for order in permutations(&FILES) {
        let ours: String = order.iter().map(|file| include(file)).collect();
        let theirs = "#include <linux/vfio.h>\n";
        for (place, includes) in [
            ("alone", ours.clone()),
            ("before", format!("{ours}{theirs}")),
            ("after", format!("{theirs}{ours}")),
        ] {
            let name = format!("{}-{place}", commands.len());
            for compiler in COMPILERS {
                let mut command =
                    compiles(&bench, compiler, &name, &format!("{includes}{PROGRAM}"));
                command.arg("-isystem").arg(&kernel.folder);
                commands.push(command);
            }
        }
    }
    println!("{} compilations", commands.len());
    all_silent(commands);
}

#[test]
fn parts_give_the_declarations_of_the_whole() {
    let bench = bench(&lower(&fixtures::spec(), None));
    let [whole, types, compat, chains] = FILES.map(include);
    let expected = declared(&bench, &whole);
    for includes in [
        [compat.as_str(), &chains].concat(),
        [chains.as_str(), &types, &compat].concat(),
        [types.as_str(), &whole].concat(),
        [whole.as_str(), &chains, &compat].concat(),
    ] {
        let found = declared(&bench, &includes);
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
        let bench = bench(&abi);
        let mut commands = Vec::new();
        for file in family.emit(&abi) {
            let (_, below) = file.path.split_once("/include/").expect("below include");
            let source = format!("{}int main(void) {{ return 0; }}\n", include(below));
            for compiler in COMPILERS {
                commands.push(compiles(&bench, compiler, &below.replace('/', "-"), &source));
            }
        }
        all_silent(commands);
    }
}

/// The instructions of gcc, its compiler and its assembler for a source.
fn instructions(bench: &Bench, source: &Path) -> u64 {
    let mut command = bench.command("valgrind");
    command.args(["--tool=callgrind", "--trace-children=yes"]);
    command.arg("--callgrind-out-file=callgrind.%p.out");
    succeed(command.args(["gcc", "-O2", "-c", "-I.", "-o", "cost.o"]).arg(source));
    let mut sum = 0;
    for entry in std::fs::read_dir(bench.folder()).expect("a folder") {
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
    if !has("valgrind") {
        return;
    }
    let bench = bench(&lower(&fixtures::spec(), None));
    let theirs = bench.write("theirs.c", "#include <linux/vfio.h>\n");
    if !outcome(bench.command("gcc").arg("-E").arg(&theirs)).status.success() {
        skipped("the distribution has no kernel headers of VFIO");
        return;
    }
    let ours = bench.write("ours.c", &include("vfio_abi/types.h"));
    let ratio = instructions(&bench, &ours) as f64 / instructions(&bench, &theirs) as f64;
    println!("types.h costs {ratio:.2} times the instructions of <linux/vfio.h>");
    assert!(ratio <= 1.3, "{ratio}");
}
