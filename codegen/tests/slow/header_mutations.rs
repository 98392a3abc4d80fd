//! Changes of a real header, judged by gcc and by `compat`: gcc compiles the old and the
//! new header for each data model and says which sizes, offsets and values of the old names
//! are different. The whole count, which `.ci/long headers` runs, with its table in
//! `docs/compat.md`:
//!
//!     cargo test -p capchain --test slow header_mutations -- --ignored --nocapture

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use capchain::compat::{Side, compare};
use capchain::diagnostic::Sources;
use capchain::header::{Facts, Outside, Spelt, TypeFact, conventions, read};
use capchain::validate::ValidSpec;
use support::comparisons::{exit_code, header_side};
use support::fixtures;
use support::groups::{Group, skip};
use support::process::is_installed;
use support::random::Random;

/// The options for gcc by which it has each data model. The last one aligns a `u64`
/// as arm does.
const MODELS: [&[&str]; 3] = [&["-m64"], &["-m32"], &["-m32", "-malign-double"]];

const HEADER: &str = "/usr/include/linux/vfio.h";
/// The seed, and the most changes of each kind: all, and in the sample.
const SEED: u64 = 2019;
const MOST: usize = 16;
const SAMPLE: usize = 1;

/// A kind of change: at a line, the lines that replace it.
type Change = fn(&[&str], usize) -> Option<String>;

/// What gcc says of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Judge {
    Break,
    /// Only the size of a struct changed.
    Growth,
    /// Only the alignment of a struct changed, and no size, offset or number: programs and
    /// kernels exchange the same bytes. Linux 6.7 made such changes on purpose.
    Alignment,
    Harmless,
}

impl Judge {
    /// Whether old programs and kernels still understand every byte.
    fn is_harmless(self) -> bool {
        matches!(self, Self::Alignment | Self::Harmless)
    }
}

fn indent(line: &str) -> Option<&str> {
    line.starts_with('\t').then(|| line.trim_start())
}

/// The type and the rest of a line that declares a field.
fn field(line: &str) -> Option<(&str, &str)> {
    let text = indent(line)?;
    let (type_, rest) = text.split_once([' ', '\t'])?;
    (type_.starts_with("__") && rest.contains(';')).then_some((type_, rest))
}

fn retyped(line: &str, from: &str, to: &str) -> Option<String> {
    let (type_, rest) = field(line)?;
    (type_ == from && !rest.contains('*')).then(|| format!("\t{to} {rest}"))
}

/// The name and the value of a `#define` on one line.
fn define(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("#define ")?;
    let (name, value) = rest.split_once([' ', '\t'])?;
    let value = value.split("/*").next()?.trim();
    let whole = !line.ends_with('\\') && !value.is_empty() && !value.starts_with('"');
    let comment = line.contains("/*") && !line.contains("*/");
    (whole && !name.contains('(') && !comment).then_some((name, value))
}

fn is_number(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}

const KINDS: [(&str, Change); 36] = [
    ("u32 to u64", |lines, at| retyped(lines[at], "__u32", "__u64")),
    ("u32 to u16", |lines, at| retyped(lines[at], "__u32", "__u16")),
    ("u32 to u8", |lines, at| retyped(lines[at], "__u32", "__u8")),
    ("u64 to u32", |lines, at| retyped(lines[at], "__u64", "__u32")),
    ("u64 to aligned_u64", |lines, at| retyped(lines[at], "__u64", "__aligned_u64")),
    ("u64 to long", |lines, at| retyped(lines[at], "__u64", "unsigned long")),
    ("field inserted", |lines, at| {
        field(lines[at]).map(|_| format!("\t__u32 inserted;\n{}", lines[at]))
    }),
    ("field removed", |lines, at| field(lines[at]).map(|_| String::new())),
    ("field renamed", |lines, at| {
        let (type_, rest) = field(lines[at])?;
        Some(format!("\t{type_} other_{}", rest.trim_start().trim_start_matches('*')))
    }),
    ("field of another type inserted", |lines, at| {
        let next = lines.get(at + 1)?;
        field(lines[at]).and(field(next))?;
        // The next line itself stays, so that its first copy gets another name.
        let (type_, _) = field(next)?;
        Some(format!("\t{type_} first_of_two;\n{}", lines[at]))
    }),
    ("field aligned", |lines, at| {
        let (type_, rest) = field(lines[at])?;
        Some(format!("\t{type_} __attribute__((aligned(16))) {rest}"))
    }),
    ("field became an array", |lines, at| {
        let (type_, rest) = field(lines[at])?;
        (!rest.contains('[')).then(|| format!("\t{type_} {}", rest.replacen(';', "[2];", 1)))
    }),
    ("array element grown", |lines, at| {
        lines[at].strip_prefix("};")?;
        let open = lines[..at].iter().rposition(|line| line.ends_with('{'))?;
        let name = lines[open].strip_prefix("struct ")?.strip_suffix(" {")?;
        let holds = |line: &&str| {
            let (type_, rest) = indent(line)?.strip_prefix("struct ")?.split_once(['\t', ' '])?;
            (type_ == name && rest.contains('[')).then_some(())
        };
        lines.iter().find_map(holds)?;
        Some(format!("\t__aligned_u64 appended;\n{}", lines[at]))
    }),
    ("struct packed", |lines, at| {
        let after = lines[at].strip_prefix("};")?;
        let open = lines[..at].iter().rposition(|line| line.ends_with('{'))?;
        lines[open].starts_with("struct ").then(|| format!("}} __attribute__((packed));{after}"))
    }),
    ("pragma pack", |lines, at| {
        lines[at].starts_with("struct ").then_some(())?;
        lines[at].ends_with('{').then(|| format!("#pragma pack(1)\n{}", lines[at]))
    }),
    ("number changed", |lines, at| {
        let (name, value) = define(lines[at])?;
        is_number(value).then(|| format!("#define {name} ({value} + 100)"))
    }),
    ("bit moved", |lines, at| {
        let (name, value) = define(lines[at])?;
        let bit = value.strip_prefix("(1 << ")?.strip_suffix(')')?;
        is_number(bit).then(|| format!("#define {name} (1 << ({bit} + 12))"))
    }),
    ("ioctl renumbered", |lines, at| {
        let (name, value) = define(lines[at])?;
        value
            .contains("VFIO_BASE +")
            .then(|| format!("#define {name} {}", value.replace("VFIO_BASE +", "VFIO_BASE + 60 +")))
    }),
    ("ioctl with a direction", |lines, at| {
        let (name, value) = define(lines[at])?;
        let inside = value.strip_prefix("_IO(")?.strip_suffix(')')?;
        Some(format!("#define {name} _IOW({inside}, __u32)"))
    }),
    ("define removed", |lines, at| define(lines[at]).map(|_| String::new())),
    ("define renamed", |lines, at| {
        let (name, value) = define(lines[at])?;
        Some(format!("#define {name}_OTHER {value}"))
    }),
    ("struct removed", |lines, at| {
        lines[at].strip_prefix("struct ")?.strip_suffix(" {")?;
        Some(format!("#if 0\n{}", lines[at]))
    }),
    ("enumerator inserted", |lines, at| {
        let name = indent(lines[at])?.split([',', ' ', '=']).next()?;
        let upper =
            name.starts_with("VFIO_") && name.bytes().all(|byte| !byte.is_ascii_lowercase());
        // Before an explicit number, one more than the enumerator before can be taken.
        let number = if lines[at].contains('=') { " = 900" } else { "" };
        upper.then(|| format!("\t{name}_BEFORE{number},\n{}", lines[at]))
    }),
    ("array length", |lines, at| {
        let (type_, rest) = field(lines[at])?;
        let (name, length) = rest.split_once('[')?;
        let sized = !length.starts_with(']');
        sized.then(|| format!("\t{type_} {name}[4 + {length}"))
    }),
    ("comment", |lines, at| field(lines[at]).map(|_| format!("\t/* a comment */\n{}", lines[at]))),
    ("white space", |lines, at| {
        field(lines[at]).map(|(type_, rest)| format!("   {type_}     {rest}  "))
    }),
    ("unsigned int", |lines, at| retyped(lines[at], "__u32", "unsigned int")),
    ("alignment as it is", |lines, at| {
        retyped(lines[at], "__u32", "__u32 __attribute__((aligned(4)))")
    }),
    ("hexadecimal", |lines, at| {
        let (name, value) = define(lines[at])?;
        let number: u32 = value.parse().ok()?;
        Some(format!("#define {name} {number:#x}"))
    }),
    ("unsigned bit", |lines, at| {
        let (name, value) = define(lines[at])?;
        let bit = value.strip_prefix("(1 << ")?.strip_suffix(')')?;
        Some(format!("#define {name} (1U << {bit})"))
    }),
    ("cast", |lines, at| {
        let (name, value) = define(lines[at])?;
        is_number(value).then(|| format!("#define {name} ((__u32){value})"))
    }),
    ("condition on Linux", |lines, at| {
        define(lines[at]).map(|_| format!("#ifdef __linux__\n{}\n#endif", lines[at]))
    }),
    ("new define", |lines, at| {
        let (name, _) = define(lines[at])?;
        Some(format!("{}\n#define {name}_MORE_OF_IT 77", lines[at]))
    }),
    ("new struct", |lines, at| {
        let name = lines[at].strip_prefix("struct ")?.strip_suffix(" {")?;
        Some(format!("struct {name}_more {{ __u32 a; __u32 b; }};\n{}", lines[at]))
    }),
    ("prototype", |lines, at| {
        lines[at].strip_prefix("struct ")?.strip_suffix(" {")?;
        Some(format!("int vfio_prototype(int);\n{}", lines[at]))
    }),
    ("forward declaration", |lines, at| {
        lines[at].strip_prefix("struct ")?.strip_suffix(" {")?;
        Some(format!("struct vfio_forward;\n{}", lines[at]))
    }),
];

/// The expressions that gcc evaluates: sizes of structs, their alignments, then offsets and
/// sizes of fields and values; and the number of structs.
fn expressions(facts: &Facts) -> (Vec<String>, usize) {
    let sizes: Vec<_> =
        facts.structs.iter().map(|one| format!("sizeof(struct {})", one.name)).collect();
    let count = sizes.len();
    let mut all = sizes;
    all.extend(facts.structs.iter().map(|one| format!("_Alignof(struct {})", one.name)));
    for one in &facts.structs {
        for field in &one.fields {
            let arms = field.type_.arms().iter().map(|(name, type_)| (name, type_));
            for (name, type_) in
                arms.chain([(&field.name, &field.type_)]).filter(|(name, _)| !name.is_empty())
            {
                all.push(format!("__builtin_offsetof(struct {}, {name})", one.name));
                // Reserved bytes have no meaning, so programs do not use their number.
                let reserved = conventions::is_reserved(name);
                // The size of an element is where a program looks for the next one.
                let element = match type_ {
                    TypeFact::Flexible(..) => "[0]",
                    _ => "",
                };
                if !reserved {
                    all.push(format!("sizeof(((struct {} *)0)->{name}{element})", one.name));
                }
            }
        }
    }
    // An enumerator that counts the others moves with them.
    let counts = |name: &str| name.contains("_NUM_");
    let numbers = facts.constants.iter().filter(|one| !matches!(one.spelt, Spelt::Text(_)));
    let numbers = numbers.filter(|one| !counts(&one.name));
    all.extend(numbers.map(|one| one.name.clone()));
    (all, count)
}

/// The values of expressions for a model; `None` if some do not compile.
fn values(header: &str, expressions: &[String], model: &[&str]) -> Option<Vec<i64>> {
    let list = expressions.iter().map(|one| format!("(long long)({one}) + 0x100000000000LL,\n"));
    let program = format!("{header}\nlong long values[] = {{\n{}}};\n", list.collect::<String>());
    let mut child = Command::new("gcc")
        .args(model)
        .args(["-w", "-S", "-x", "c", "-", "-o", "-", "-I/usr/include/x86_64-linux-gnu"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("gcc");
    child.stdin.take().expect("a pipe").write_all(program.as_bytes()).expect("a program");
    let output = child.wait_with_output().expect("gcc");
    output.status.success().then_some(())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers = |word: &str| {
        let lines = text.lines().filter_map(move |line| line.trim().strip_prefix(word));
        lines.filter_map(|number| number.trim().parse::<i64>().ok()).collect::<Vec<_>>()
    };
    Some(match model {
        ["-m64"] => numbers(".quad"),
        _ => numbers(".long").chunks(2).map(|pair| pair.iter().sum()).collect(),
    })
}

#[test]
fn gcc_and_compat_agree_on_a_sample() {
    let Some((counts, wrong)) = counted(SAMPLE) else { return };
    print(&counts, &wrong);
    for ((kind, judge), exits) in &counts {
        assert!(*judge != Judge::Break || exits[0] == 0, "{kind}: breaks with exit 0: {wrong:?}");
        assert!(!judge.is_harmless() || exits[1] == 0, "{kind}: false alarms: {wrong:?}");
    }
}

#[test]
#[ignore = "takes minutes; .ci/long headers runs it"]
fn gcc_and_compat_agree_on_changed_headers() {
    let (counts, wrong) = counted(MOST).expect("gcc and a header");
    print(&counts, &wrong);
    require(&counts);
    compare_with_page(&table(&counts));
}

/// The number of changes by kind, judge and exit code.
type Counts = BTreeMap<(&'static str, Judge), [usize; 3]>;

/// Judges changes of each kind, and lists those with another verdict.
fn counted(most: usize) -> Option<(Counts, Vec<String>)> {
    let Ok(text) = fs::read_to_string(HEADER) else {
        skip(Group::RealHeaders, &format!("there is no {HEADER}"));
        return None;
    };
    if !is_installed("gcc") {
        skip(Group::RealHeaders, "there is no gcc");
        return None;
    }
    let mut sources = Sources::default();
    let file = sources.add("linux/vfio.h".to_owned(), text.clone());
    let facts = read(&sources, &[file], &Outside::default()).facts;
    let (expressions, sizes) = expressions(&facts);
    let models: Vec<&[&str]> =
        MODELS.into_iter().filter(|model| values(&text, &expressions, model).is_some()).collect();
    assert!(models.contains(&MODELS[0]), "gcc compiles the header");
    let before: Vec<_> = models.iter().map(|model| values(&text, &expressions, model)).collect();
    let spec = fixtures::spec();
    let old = header_side(&spec, "linux/vfio.h", &text).expect("the header is read");
    let lines: Vec<_> = text.lines().collect();
    let changes = changes(&lines, most);
    let judged = in_parallel(&changes, |change| {
        let judge = judge(&change.text, &expressions, sizes, (&models, &before))?;
        Some((judge, verdict(&spec, &old, &change.text)))
    });
    let mut counts = Counts::new();
    let mut wrong = Vec::new();
    for (HeaderChange { kind, at, .. }, judged) in changes.iter().zip(judged) {
        let Some((judge, exit)) = judged else { continue };
        counts.entry((kind, judge)).or_default()[exit] += 1;
        let fine = match judge {
            Judge::Break => exit == 1,
            Judge::Harmless | Judge::Alignment => exit == 0,
            Judge::Growth => true,
        };
        if !fine {
            let line = lines[*at];
            wrong.push(format!("{kind}, line {}: {judge:?}, exit {exit}: {line}", at + 1));
        }
    }
    Some((counts, wrong))
}

/// A header with one change.
struct HeaderChange {
    kind: &'static str,
    /// The index of the line that changed.
    at: usize,
    text: String,
}

/// At most so many changes of each kind.
fn changes(lines: &[&str], most: usize) -> Vec<HeaderChange> {
    let mut random = Random(SEED);
    let mut changes = Vec::new();
    for (kind, change) in KINDS {
        let mut places: Vec<_> =
            (0..lines.len()).filter(|at| change(lines, *at).is_some()).collect();
        while places.len() > most {
            places.swap_remove(random.below(places.len()));
        }
        for at in places {
            let mut changed: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
            let Some(new) = change(lines, at) else { continue };
            changed[at] = new;
            let after = match kind {
                "pragma pack" => "\n#pragma pack()",
                "struct removed" => "\n#endif",
                _ => "",
            };
            if !after.is_empty() {
                let end = (at..lines.len()).find(|line| lines[*line].starts_with('}'));
                changed[end.expect("an end")] += after;
            }
            changes.push(HeaderChange { kind, at, text: changed.join("\n") + "\n" });
        }
    }
    changes
}

/// The results for all items, in their order, each computed by one of the processors.
fn in_parallel<T: Sync, R: Send>(items: &[T], of: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    let result = of(item);
                    results.lock().expect("no thread panics").push((at, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("no thread panics");
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// What gcc says of a changed header; `None` if it is not C.
fn judge(
    changed: &str,
    expressions: &[String],
    sizes: usize,
    (models, before): (&[&[&str]], &[Option<Vec<i64>>]),
) -> Option<Judge> {
    let mut found = Judge::Harmless;
    for (model, before) in models.iter().zip(before) {
        let (Some(before), Some(after)) = (before, values(changed, expressions, model)) else {
            return values(changed, &[], model).map(|_| Judge::Break);
        };
        let differs = |from: usize, to: usize| before[from..to] != after[from..to];
        let judge = match () {
            () if differs(2 * sizes, before.len()) => return Some(Judge::Break),
            () if differs(0, sizes) => Judge::Growth,
            () if differs(sizes, 2 * sizes) => Judge::Alignment,
            () => Judge::Harmless,
        };
        found = found.min(judge);
    }
    Some(found)
}

/// The exit code of `compat`.
fn verdict(spec: &ValidSpec, old: &Side, changed: &str) -> usize {
    let Some(new) = header_side(spec, "linux/vfio.h", changed) else { return 2 };
    usize::try_from(exit_code(&compare(old, &new))).expect("a code")
}

/// The counts of each judgement.
fn totals(counts: &Counts) -> BTreeMap<Judge, [usize; 3]> {
    let mut totals = BTreeMap::<Judge, [usize; 3]>::new();
    for ((_, judge), exits) in counts {
        let total = totals.entry(*judge).or_default();
        total.iter_mut().zip(exits).for_each(|(total, count)| *total += count);
    }
    totals
}

/// The counts by kind.
fn table(counts: &Counts) -> String {
    let mut table = String::new();
    let totals = totals(counts);
    let totals = totals.iter().map(|(judge, exits)| (&"all", judge, exits));
    for (kind, judge, exits) in
        counts.iter().map(|((kind, judge), exits)| (kind, judge, exits)).chain(totals)
    {
        let judge = format!("{judge:?}").to_lowercase();
        table += &format!("| {kind} | {judge} | {} | {} | {} |\n", exits[0], exits[1], exits[2]);
    }
    table
}

fn print(counts: &Counts, wrong: &[String]) {
    println!("{HEAD}{}", table(counts));
    println!("{}", wrong.join("\n"));
}

const HEAD: &str = "| change | gcc | exit 0 | exit 1 | exit 2 |\n|---|---|---|---|---|\n";

/// The page has the counts for the header of one release. `UPDATE_GOLDEN=1` writes them.
fn compare_with_page(table: &str) {
    let path = fixtures::root().join("docs/compat.md");
    let page = fs::read_to_string(&path).expect("the page");
    let version = fs::read_to_string("/usr/include/linux/version.h").unwrap_or_default();
    let code = version.lines().find_map(|line| line.strip_prefix("#define LINUX_VERSION_CODE "));
    let code: u32 = code.and_then(|code| code.trim().parse().ok()).unwrap_or_default();
    let header = format!("`linux/vfio.h` of Linux {}.{}", code >> 16, code >> 8 & 255);
    let from = page.find(HEAD).expect("the table") + HEAD.len();
    let to = from + page[from..].find("\n\n").expect("the end of the table") + 1;
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, [&page[..from], table, &page[to..]].concat()).expect("the page");
    } else if page.contains(&header) {
        assert_eq!(&page[from..to], table, "UPDATE_GOLDEN=1 writes the table");
    }
}

/// Compares the counts with the numbers to reach.
fn require(counts: &Counts) {
    let totals = totals(counts);
    let total = |judge| totals.get(&judge).copied().unwrap_or_default();
    let (breaks, harmless) = (total(Judge::Break), total(Judge::Harmless));
    let alignment = total(Judge::Alignment);
    let all = |exits: [usize; 3]| exits.iter().sum::<usize>();
    assert!(all(breaks) + all(harmless) >= 400, "{breaks:?} {harmless:?}");
    assert_eq!(breaks[0], 0, "breaks with exit 0");
    assert!(breaks[1] * 100 >= all(breaks) * 95, "{breaks:?}");
    assert_eq!(harmless[1], 0, "harmless changes with exit 1");
    assert_eq!(alignment[1], 0, "changes of the alignment alone with exit 1");
    assert!(harmless[0] * 100 >= all(harmless) * 97, "{harmless:?}");
}
