//! The workflows name existing scripts only, the script for a new kernel makes the intended
//! change, and scripts notice every job that fails.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::emit::kernel_header;
use capchain::lower::lower;
use serde_yaml::Value;
use support::fixtures::{self, copy_folder};
use support::groups::{Group, has};
use support::program::{Outcome, shell};
use tempfile::TempDir;

/// The workflows, with their texts.
fn workflows() -> Vec<(PathBuf, Value)> {
    let folder = fs::read_dir(fixtures::root().join(".github/workflows")).expect("the workflows");
    let parsed = folder.map(|entry| {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("text");
        let value = serde_yaml::from_str(&text);
        (path.clone(), value.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    });
    parsed.collect()
}

#[test]
fn no_job_that_fails_is_missed() {
    let head = ". .ci/jobs; nproc() { echo 2; }; job() { sleep 0.0$1; return $2; }; ";
    // The jobs, as their times and exit codes, and what is done before they are waited for.
    for (jobs, before, expected) in [
        ("5-0 5-0 5-0", "", 0),
        ("5-0 5-0 5-1", "", 1),
        ("1-1 5-0 5-0", "", 1),
        ("1-0 1-1 1-0 1-0 5-0", "", 1),
        ("1-1 1-0", "sleep 0.2; ", 1),
        ("1-0 1-1", "sleep 0.2; ", 1),
        // The shell has forgotten how they ended.
        ("1-0 1-0", "sleep 0.2; disown -a; ", 0),
        ("1-0 1-1", "sleep 0.2; disown -a; ", 1),
        ("", "", 0),
    ] {
        let starts = jobs.split(' ').filter(|job| !job.is_empty());
        let starts: String =
            starts.map(|job| format!("start job {}; ", job.replace('-', " "))).collect();
        let lines = format!("{head}{starts}{before}all_ended; echo $?; all_ended; echo $?");
        let output = Command::new("bash")
            .current_dir(fixtures::root())
            .args(["-uc", &lines])
            .output()
            .expect("bash");
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{expected}\n0\n"), "{lines}");
    }
}

/// Every step of a workflow.
fn steps(workflow: &Value) -> Vec<&Value> {
    let jobs = workflow["jobs"].as_mapping().expect("jobs");
    let steps = jobs.values().map(|job| job["steps"].as_sequence().expect("steps"));
    steps.flatten().collect()
}

#[test]
fn workflows_name_scripts_that_exist() {
    let (workflows, mut scripts) = (workflows(), Vec::new());
    assert_eq!(workflows.len(), 4);
    for (path, workflow) in &workflows {
        for step in steps(workflow) {
            let run = step["run"].as_str().unwrap_or_default();
            let words = run.split_whitespace().filter(|word| word.starts_with(".ci/"));
            scripts.extend(words.map(str::to_owned));
            let uses = step["uses"].as_str().unwrap_or("actions/checkout@");
            let known = ["checkout", "upload-pages-artifact", "deploy-pages"];
            let known = known.iter().any(|name| uses.starts_with(&format!("actions/{name}@")));
            assert!(known, "{}: {uses}", path.display());
        }
    }
    scripts.sort();
    let expected =
        [".ci/kernel-headers", ".ci/long", ".ci/new-kernel-change", ".ci/run", ".ci/site"];
    assert_eq!(scripts, expected);
    for script in scripts {
        let data = fs::metadata(fixtures::root().join(&script)).expect("the script");
        assert!(data.permissions().mode() & 0o111 != 0, "{script} cannot be run");
    }
}

#[test]
fn workflows_may_do_only_what_they_say() {
    for (path, workflow) in workflows() {
        let allowed = workflow["permissions"].as_mapping().expect("permissions");
        let opens = path.ends_with("kernel.yml");
        let (contents, changes) = match opens {
            true => ("write", Some("write")),
            false => ("read", None),
        };
        let of = |name: &str| allowed.get(name).and_then(Value::as_str);
        assert_eq!((of("contents"), of("pull-requests")), (Some(contents), changes));
        assert_eq!(allowed.len(), 1 + usize::from(opens), "{}", path.display());
        let on = workflow["on"].as_mapping().expect("what starts it");
        let scheduled = !path.ends_with("ci.yml") && !path.ends_with("site.yml");
        assert_eq!(on.contains_key("schedule"), scheduled);
        for (name, job) in workflow["jobs"].as_mapping().expect("jobs") {
            let own = job["permissions"].as_mapping().map_or(0, |own| own.len());
            let publishes = path.ends_with("site.yml") && name.as_str() == Some("publish");
            assert_eq!(own, if publishes { 2 } else { 0 }, "{}: {name:?}", path.display());
        }
        assert!(!on.contains_key("pull_request_target"), "strangers' code would run with rights");
    }
}

/// The files of the repository that the script needs, and the headers of a kernel.
struct Repository {
    folder: TempDir,
}

impl Repository {
    fn new(release: (u32, u32), change: impl Fn(String) -> String) -> Self {
        let repository = Self { folder: tempfile::tempdir().expect("a folder") };
        let (repo, linux) = (repository.repo(), repository.folder.path().join("headers/linux"));
        for folder in [&repo.join("generated"), &repo.join(".ci"), &linux] {
            fs::create_dir_all(folder).expect("a folder");
        }
        copy_folder(&fixtures::root().join("spec"), &repo.join("spec"));
        for file in ["CHANGELOG.md", ".ci/new-kernel-change"] {
            fs::copy(fixtures::root().join(file), repo.join(file)).expect("copied");
        }
        let header = capchain::emit::c_header(&lower(&fixtures::spec(), None)).contents;
        fs::write(linux.join("vfio.h"), change(header)).expect("a header");
        let code = release.0 << 16 | release.1 << 8 | 5;
        let version = format!("#define LINUX_VERSION_CODE {code}\n");
        fs::write(linux.join("version.h"), version).expect("a header");
        repository
    }

    fn repo(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    fn script(&self) -> Outcome {
        shell(&self.repo(), "CAPCHAIN=capchain .ci/new-kernel-change ../headers ../change")
    }

    /// A file of the change, or of the clone.
    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.repo().join(path)).unwrap_or_else(|_| panic!("no {path}"))
    }

    /// Checks that the repository could be merged.
    fn assert_fit(&self) {
        for line in ["capchain lint", "capchain generate --check"] {
            let Outcome { code, stdout, stderr } = shell(&self.repo(), line);
            assert_eq!(code, 0, "{line}: {stdout}{stderr}");
        }
    }
}

/// The only line of the changelog about a kernel, which must be below its heading.
fn entry(changelog: &str) -> &str {
    let (_, rest) = changelog.split_once("### Added\n\n").expect("the heading");
    assert_eq!(changelog.matches("\n- Linux v").count(), 1);
    rest.lines().next().expect("an entry")
}

fn newest() -> (u32, u32) {
    let (major, minor) = fixtures::spec().newest().numbers();
    (major.into(), minor.into())
}

#[test]
fn of_a_known_kernel_nothing_is_changed() {
    let repository = Repository::new(newest(), |header| header);
    let ran = repository.script();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("nothing is new in the headers of v"), "{}", ran.stdout);
    assert!(!repository.folder.path().join("change").exists());
    let ours = fs::read_to_string(fixtures::root().join("CHANGELOG.md")).expect("text");
    assert_eq!(repository.text("CHANGELOG.md"), ours);
}

#[test]
fn a_release_that_changes_nothing_is_added() {
    let (major, minor) = newest();
    for release in [(major, minor + 1), (major + 1, 1)] {
        let repository = Repository::new(release, |header| header);
        let ran = repository.script();
        let new = format!("v{}.{}", release.0, release.1);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        repository.assert_fit();
        assert_eq!(
            repository.text("../change/title"),
            format!("Add Linux {new}, which changes nothing\n")
        );
        assert_eq!(repository.text("../change/branch"), format!("linux-{new}\n"));
        let changelog = repository.text("CHANGELOG.md");
        assert_eq!(entry(&changelog), format!("- Linux {new}, which leaves the ABI as it was."));
        let body = repository.text("../change/body.md");
        assert!(body.contains("no drift: ") && !body.contains("## What to paste"), "{body}");
        let line = format!("capchain compat v{major}.{minor} {new}");
        assert_eq!(shell(&repository.repo(), &line).code, 0);
    }
}

#[test]
fn what_a_kernel_adds_and_breaks_is_in_the_change() {
    let (major, minor) = newest();
    let flag = "#define VFIO_REGION_INFO_FLAG_CAPS\t";
    let repository = Repository::new((major, minor + 1), |header| {
        let more = format!("#define VFIO_REGION_INFO_FLAG_FAST\t(1 << 4)\n{flag}");
        let count = "\t__u32\tcount;\t/* number of interrupts in the block */\n";
        assert!(header.contains(flag) && header.contains(count));
        header.replacen(flag, &more, 1).replacen(count, &["\t__u32\tkind;\n", count].concat(), 1)
    });
    let ran = repository.script();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    repository.assert_fit();
    let body = repository.text("../change/body.md");
    for said in [
        "has no constant `VFIO_REGION_INFO_FLAG_FAST` in the specification",
        " --> linux/vfio.h:",
        "# spec/vfio/region_info.yaml, vfio_region_info.flags, bits, ",
        "(draft)",
        "error[C3] vfio_irq_info: `count` moves from 12 to 16",
        "growth[C5] vfio_region_info.flags",
    ] {
        assert!(body.contains(said), "`{said}` is not in\n{body}");
    }
    let title = format!("Take over what Linux v{major}.{} changes\n", minor + 1);
    assert_eq!(repository.text("../change/title"), title);
    assert!(entry(&repository.text("CHANGELOG.md")).ends_with("with what it changes of the ABI."));
}

#[test]
fn every_specification_with_headers_is_handled() {
    let (major, minor) = newest();
    let repository = Repository::new((major, minor + 1), |header| header);
    let demo = fixtures::root().join("codegen/tests/specs/hard_cases");
    copy_folder(&demo, &repository.repo().join("spec/demo"));
    // A specification whose headers the kernel does not have is left alone.
    let space = repository.repo().join("spec/space");
    copy_folder(&fixtures::root().join("codegen/tests/specs/space"), &space);
    let header = kernel_header(&lower(&fixtures::open(&demo), None), 0);
    let folder = repository.folder.path().join("headers/demo");
    fs::create_dir(&folder).expect("a folder");
    let text = format!("#define DEMO_H\n{header}\n#define DEMO_LATER\t77\n");
    fs::write(folder.join("demo.h"), text).expect("a header");
    let ran = repository.script();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let body = repository.text("../change/body.md");
    for said in ["## `spec/vfio`", "## `spec/demo`", "no constant `DEMO_LATER`"] {
        assert!(body.contains(said), "`{said}` is not in\n{body}");
    }
    assert!(!body.contains("spec/space"), "{body}");
    let new = format!("v{major}.{}", minor + 1);
    assert!(repository.text("spec/demo/abi.yaml").contains(&new));
    assert!(repository.text("spec/vfio/abi.yaml").contains(&new));
}

#[test]
fn what_is_no_header_fails_and_so_does_a_folder_that_is_there() {
    let repository = Repository::new(newest(), |_| "struct vfio_region_info {\n".to_owned());
    let ran = repository.script();
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("cannot parse the header"), "{}", ran.stderr);
    let again = repository.script();
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("is there already"), "{}", again.stderr);
    assert!(Path::new(&repository.repo()).join("CHANGELOG.md").exists());
}

/// The action's step and the hook run `capchain review` on a repository.
#[test]
fn the_action_reviews_a_commit() {
    let root = fixtures::root();
    let text = fs::read_to_string(root.join(".github/actions/review/action.yml")).expect("text");
    let action: Value = serde_yaml::from_str(&text).expect("YAML");
    let step = &action["runs"]["steps"][0];
    assert_eq!(step["run"].as_str(), Some("\"$GITHUB_ACTION_PATH/review\""));
    let variables = step["env"].as_mapping().expect("variables");
    let inputs = action["inputs"].as_mapping().expect("inputs");
    assert_eq!(variables.len(), inputs.len());
    if !has(Group::Tools, "git") {
        return;
    }

    let folder = tempfile::tempdir().expect("a folder");
    let header = kernel_header(&lower(&fixtures::spec(), None), 0);
    let moved =
        header.replacen("struct vfio_irq_info {", "struct vfio_irq_info {\n\t__u32 first;", 1);
    assert_ne!(moved, header);
    fs::create_dir(folder.path().join("linux")).expect("a folder");
    let commit = "git add . && git -c user.name=a -c user.email=a@b commit -qm x";
    fs::write(folder.path().join("linux/vfio.h"), header).expect("a file");
    assert_eq!(shell(folder.path(), &format!("git init -q . && {commit}")).code, 0);
    fs::write(folder.path().join("linux/vfio.h"), moved).expect("a file");
    assert_eq!(shell(folder.path(), commit).code, 0);
    let step = root.join(".github/actions/review/review");
    let run = format!(
        "DIRECTORY=. RANGE=HEAD~..HEAD SARIF=out.sarif GITHUB_OUTPUT=outputs {}",
        step.canonicalize().expect("the step").display()
    );
    let Outcome { code, stdout, stderr } = shell(folder.path(), &run);
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(stdout.contains("::error file=linux/vfio.h,line="), "{stdout}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("a file");
    assert_eq!(read("outputs"), "breaks=true\n");
    assert!(read("out.sarif").contains("\"uri\": \"linux/vfio.h\""));

    let hooks = fs::read_to_string(root.join(".pre-commit-hooks.yaml")).expect("the hook");
    let hooks: Value = serde_yaml::from_str(&hooks).expect("YAML");
    assert_eq!(hooks[0]["language"].as_str(), Some("script"));
    let entry = root.join(hooks[0]["entry"].as_str().expect("a script"));
    let entry = entry.canonicalize().expect("the script").display().to_string();
    assert_eq!(shell(folder.path(), &entry).code, 0, "nothing is staged");
    let staged = format!("git reset -q --soft HEAD~ && {entry}");
    let Outcome { code, stdout, .. } = shell(folder.path(), &staged);
    assert!(code == 1 && stdout.contains("break[C3]"), "{stdout}");
}
