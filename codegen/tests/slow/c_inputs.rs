//! Requests in C take parameters and a struct of inputs: a program of an older release compiles
//! with the header of a newer one that has more inputs, and makes the same request. One that
//! forgets a parameter does not compile.

use std::path::Path;

use capchain::emit;
use capchain::lower::lower;
use support::compilers::Workdir;
use support::fixtures;
use support::groups::has_compiler;
use support::process::{finish, succeed};

/// How a program sets the members.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    /// By initializers with their names.
    Named,
    /// After the whole struct was set to zero.
    Assigned,
}

/// A compiler, a language, a standard, and how members are set.
type Way = (&'static str, &'static str, &'static str, Style);

const WAYS: [Way; 13] = [
    ("gcc", "c", "gnu89", Style::Named),
    ("gcc", "c", "gnu89", Style::Assigned),
    ("gcc", "c", "c99", Style::Named),
    ("gcc", "c", "c2x", Style::Named),
    ("clang", "c", "gnu89", Style::Assigned),
    ("clang", "c", "c99", Style::Named),
    ("clang", "c", "c2x", Style::Named),
    ("g++", "c++", "c++11", Style::Assigned),
    ("g++", "c++", "c++20", Style::Assigned),
    ("g++", "c++", "c++20", Style::Named),
    ("clang++", "c++", "c++11", Style::Assigned),
    ("clang++", "c++", "c++20", Style::Assigned),
    ("clang++", "c++", "c++20", Style::Named),
];

/// A release after which a request got an input, and the parameters and members that it had,
/// with values.
struct Step {
    abi: &'static str,
    release: &'static str,
    request: &'static str,
    parameters: &'static [&'static str],
    members: &'static [(&'static str, &'static str)],
    added: &'static str,
}

const STEPS: [Step; 7] = [
    Step {
        abi: "vfio",
        release: "v6.14",
        request: "attach_iommufd_pt",
        parameters: &[],
        members: &[("pt_id", "5")],
        added: "pasid",
    },
    Step {
        abi: "vfio",
        release: "v6.16",
        request: "bind_iommufd",
        parameters: &["7"],
        members: &[],
        added: "token_uuid",
    },
    Step {
        abi: "vfio",
        release: "v5.11",
        request: "iommu_unmap_dma",
        parameters: &[],
        members: &[("iova", "0x1000"), ("size", "0x2000")],
        added: "flags",
    },
    Step {
        abi: "vfio",
        release: "v4.1",
        request: "eeh_pe_op",
        parameters: &["5"],
        members: &[],
        added: "arg",
    },
    Step {
        abi: "iommufd",
        release: "v6.6",
        request: "hwpt_alloc",
        parameters: &[],
        members: &[("dev_id", "1"), ("pt_id", "2")],
        added: "data_len",
    },
    Step {
        abi: "vfio",
        release: "v6.14",
        request: "detach_iommufd_pt",
        parameters: &[],
        members: &[],
        added: "pasid",
    },
    Step {
        abi: "iommufd",
        release: "v6.13",
        request: "viommu_alloc",
        parameters: &["1"],
        members: &[("dev_id", "2"), ("hwpt_id", "3")],
        added: "data_len",
    },
];

impl Step {
    fn program(&self, style: Style) -> String {
        let Self { abi, request, parameters, members, .. } = self;
        let type_ = format!("struct {abi}_abi_{request}_args");
        let set = |line: &dyn Fn(&str, &str) -> String| -> String {
            members.iter().map(|(name, value)| line(name, value)).collect()
        };
        let (start, end) = match style {
            _ if members.is_empty() => Default::default(),
            Style::Named => (
                format!(
                    "\tconst {type_} args = {{ {}}};\n",
                    set(&|name, value| format!(".{name} = {value}, "))
                ),
                String::new(),
            ),
            Style::Assigned => (
                format!(
                    "#ifdef __cplusplus\n\t{type_} args = {{}};\n#else\n\t{type_} args = {{ 0 }};\n#endif\n"
                ),
                set(&|name, value| format!("\targs.{name} = {value};\n")),
            ),
        };
        let args = (!members.is_empty()).then_some("&args");
        let inputs = parameters.iter().copied().chain(args);
        let inputs: String = inputs.map(|input| [", ", input].concat()).collect();
        format!(
            "#include <stdio.h>\n#include \"{abi}_abi.h\"\n\nint main(void)\n{{\n\
             \tunsigned char buf[64];\n\tunsigned long size, at;\n{start}\n{end}\
             \tsize = {abi}_abi_{request}(buf, sizeof(buf){inputs});\n\
             \tfor (at = 0; at < size; at++)\n\t\tprintf(\"%02x\", buf[at]);\n\treturn 0;\n}}\n"
        )
    }

    /// The header of a release, or the newest one.
    fn header(&self, release: Option<&str>) -> String {
        let spec = fixtures::open(&fixtures::root().join("spec").join(self.abi));
        let release = release.map(|release| release.parse().expect("a release"));
        emit::c_header(&lower(&spec, release)).contents
    }
}

/// What the program prints, compiled with the header in a folder.
fn printed(workdir: &Workdir, step: &Step, (compiler, language, standard, style): Way) -> String {
    workdir.write("program.c", &step.program(style));
    let mut command = workdir.command(compiler);
    command.args(["-x", language, &format!("-std={standard}"), "-Wall", "-Werror"]);
    // GCC warns of members without an initializer in C++.
    if (language, style) != ("c++", Style::Named) {
        command.arg("-Wextra");
    }
    let program = workdir.folder().join("program");
    let output = finish(command.arg("program.c").arg("-o").arg(&program));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {compiler} {standard}:\n{errors}", step.request);
    run(workdir, &program)
}

fn run(workdir: &Workdir, program: &Path) -> String {
    succeed(&mut workdir.command(&program.to_string_lossy()))
}

#[test]
fn a_program_of_an_older_release_makes_the_same_request() {
    for step in &STEPS {
        let folder = |header: &str| {
            let workdir = Workdir::new("");
            workdir.write(&format!("{}_abi.h", step.abi), header);
            workdir
        };
        let (old, new) = (step.header(Some(step.release)), step.header(None));
        let inputs = |header: &str| -> String {
            let start = format!("\nstruct {}_abi_{}_args {{", step.abi, step.request);
            let Some((_, rest)) = header.split_once(&start) else { return String::new() };
            rest.split_once("\n};").expect("its end").0.to_owned()
        };
        assert!(!inputs(&old).contains(step.added), "{} is new", step.added);
        assert!(inputs(&new).contains(step.added), "{} was added", step.added);
        let (old, new) = (folder(&old), folder(&new));
        let expected = printed(&old, step, WAYS[2]);
        assert!(expected.len() >= 16, "{}: {expected}", step.request);
        for way in WAYS.into_iter().filter(|(compiler, ..)| has_compiler(compiler)) {
            assert_eq!(printed(&old, step, way), expected, "{}", way.2);
            let now = printed(&new, step, way);
            // All but argsz are the bytes from before, and zeros.
            let (same, rest) = now[8..].split_at(expected.len() - 8);
            assert_eq!(same, &expected[8..], "{}", step.request);
            assert!(rest.bytes().all(|digit| digit == b'0'), "{}: {rest}", step.request);
        }
    }
}

/// What a caller of each request of the newest headers forgets.
const FORGOTTEN: [(&str, &str, &str); 6] = [
    ("vfio", "ioeventfd", "VFIO_DEVICE_IOEVENTFD_8, &args"),
    ("vfio", "bind_iommufd", ""),
    ("vfio", "set_mig_device_state", ""),
    ("vfio", "set_bus_master", ""),
    ("iommufd", "vfio_ioas", "&args"),
    ("iommufd", "ioas_map_file", "&args"),
];

#[test]
fn a_forgotten_parameter_is_an_error_of_the_compiler() {
    for (abi, request, inputs) in FORGOTTEN {
        let workdir = Workdir::new("");
        let spec = fixtures::open(&fixtures::root().join("spec").join(abi));
        let header = emit::c_header(&lower(&spec, None)).contents;
        workdir.write(&format!("{abi}_abi.h"), &header);
        let args = match inputs.contains("args") {
            true => format!("\tstruct {abi}_abi_{request}_args args;\n"),
            false => String::new(),
        };
        let comma = if inputs.is_empty() { "" } else { ", " };
        workdir.write(
            "program.c",
            &format!(
                "#include \"{abi}_abi.h\"\n\nunsigned long f(char *buf)\n{{\n{args}\n\
                 \treturn {abi}_abi_{request}(buf, 64{comma}{inputs});\n}}\n"
            ),
        );
        for (compiler, language, standard, _) in
            WAYS.into_iter().filter(|(compiler, ..)| has_compiler(compiler))
        {
            let mut command = workdir.command(compiler);
            command.args(["-fsyntax-only", "-x", language, &format!("-std={standard}")]);
            let output = finish(command.arg("program.c"));
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success(), "{compiler} {standard}: {request}");
            let is_count = errors.contains("too few arguments") || errors.contains("no matching");
            assert!(is_count, "{compiler} {standard}: {errors}");
        }
    }
}
