//! Emits the files that make the outputs a crate: Cargo.toml, README.md and the
//! licences; and copies hand-written code.

use askama::Template;

use super::{OutputFile, banner, docs, escape, render};
use crate::ir::requests::RequestPlan;
use crate::ir::{Abi, Chain};
use crate::names;
use crate::output::{CodeFile, CodeLanguage, LICENCES};

/// `Cargo.toml`.
#[derive(Template)]
#[template(path = "package/Cargo.toml.jinja", escape = "none")]
struct Manifest {
    banner: String,
    package: String,
    version: String,
    description: String,
    keywords: String,
    calls: bool,
    programs: Vec<CrateProgram>,
}

/// A program of hand-written code, `code/rust/bin/NAME/main.rs`; the feature NAME builds it.
struct CrateProgram {
    feature: String,
    name: String,
    /// The first comment of the main file.
    doc: String,
}

/// `README.md`.
#[derive(Template)]
#[template(path = "package/README.md.jinja", escape = "none")]
struct Readme {
    banner: String,
    package: String,
    stem: String,
    title: String,
    version: String,
    release: String,
    doc: String,
    example: String,
    readers: &'static str,
    calls: bool,
    programs: Vec<CrateProgram>,
}

pub(super) fn emit(abi: &Abi) -> Vec<OutputFile> {
    let licences = LICENCES.map(|(name, text)| (name, text.to_owned()));
    let mut files = vec![("Cargo.toml", manifest(abi)), ("README.md", readme(abi))];
    files.extend(licences);
    let files = files.into_iter().map(|(path, contents)| {
        let contents = contents.trim_end().to_owned() + "\n";
        OutputFile { path: path.to_owned(), contents }
    });
    files.collect()
}

/// The copies of hand-written code.
pub(super) fn code(abi: &Abi) -> Vec<OutputFile> {
    abi.copied_code().iter().map(|file| copy(abi, file)).collect()
}

fn manifest(abi: &Abi) -> String {
    let views = match (abi.chains.is_empty(), reads_replies(abi)) {
        (true, _) if example_request(abi).is_some() => ", and typed requests",
        (true, _) => "",
        (false, true) => ", and safe readers of its replies",
        (false, false) => ", and safe readers of its capabilities",
    };
    let about = format!("{}: types, constants and layouts{views}", abi.title);
    let manifest = Manifest {
        banner: banner::line(abi),
        package: names::package(&abi.name),
        version: abi.version.clone(),
        description: escape::in_toml(&about),
        keywords: keywords(abi),
        calls: has_calls(abi),
        programs: programs(abi),
    };
    render::text(&manifest)
}

/// At most five words, each of at most 20 characters, as the registry asks for.
fn keywords(abi: &Abi) -> String {
    let name = (abi.name.len() <= 20).then_some(abi.name.as_str());
    let ioctl = abi.ioctl_numbers.is_some().then_some("ioctl");
    let words = name.into_iter().chain(["uapi", "linux", "no-std"]).chain(ioctl);
    words.map(|word| ["\"", &escape::in_toml(word), "\""].concat()).collect::<Vec<_>>().join(", ")
}

/// The programs in the hand-written code.
fn programs(abi: &Abi) -> Vec<CrateProgram> {
    let rust = abi.copied_code().iter().filter(|file| file.language == CodeLanguage::Rust);
    let programs = rust.filter_map(|file| {
        let feature = names::feature_of_program(&file.path)?;
        let doc = file.text.lines().map_while(|line| line.strip_prefix("//!"));
        Some(CrateProgram {
            feature: feature.to_owned(),
            name: names::program(&abi.name, feature),
            doc: doc.map(str::trim).collect::<Vec<_>>().join("\n"),
        })
    });
    programs.collect()
}

fn readme(abi: &Abi) -> String {
    let unlinked = |text: &String| escape::in_markdown(text, |_| None);
    let readme = Readme {
        banner: docs::banner(abi),
        package: names::package(&abi.name),
        stem: names::c_stem(&abi.name),
        title: unlinked(&abi.title),
        version: abi.version.clone(),
        release: abi.release.bare(),
        doc: abi.doc.iter().map(unlinked).collect::<Vec<_>>().join("\n\n"),
        example: example(abi),
        readers: match (abi.chains.is_empty(), reads_replies(abi)) {
            (true, _) if example_request(abi).is_some() => "requests and readers of their results",
            (true, _) => "",
            (false, true) => "readers and writers of replies and their capability chains",
            (false, false) => "readers of the capability chains in a space",
        },
        calls: has_calls(abi),
        programs: programs(abi),
    };
    render::text(&readme)
}

/// Whether the crate has calls, and the feature for them.
fn has_calls(abi: &Abi) -> bool {
    super::rust::calls::present(abi)
}

/// Whether a chain is in a reply and not in a space.
fn reads_replies(abi: &Abi) -> bool {
    abi.chains.iter().any(|chain| chain.space.is_none())
}

/// A program that reads the chain with the most capabilities; chains with a host
/// are preferred.
fn example(abi: &Abi) -> String {
    let stem = names::c_stem(&abi.name);
    let size = |chain: &&Chain| (chain.host().is_some(), chain.capabilities.len());
    let Some(chain) = abi.chains.iter().max_by_key(size) else {
        return example_request(abi)
            .map_or_else(|| of_history(&stem), |plan| of_request(abi, &stem, plan));
    };
    match chain.host() {
        Some(host) => {
            of_host(&stem, &names::reply_view(&abi.prefix, &abi.struct_(host.struct_).name))
        }
        None => {
            let caps = names::caps(&chain.name);
            of_chain(&stem, &caps, if chain.space.is_some() { "SpaceError" } else { "ChainError" })
        }
    }
}

/// The request with results that has the fewest inputs.
fn example_request(abi: &Abi) -> Option<&RequestPlan> {
    let plans = abi.protocol.requests.iter().filter(|plan| plan.reply.is_some());
    plans.min_by_key(|plan| plan.inputs.len()).filter(|plan| plan.inputs.is_empty())
}

fn of_request(abi: &Abi, stem: &str, plan: &RequestPlan) -> String {
    let (request, ioctl) = (names::rust_type(&plan.name), &abi.ioctl(plan.ioctl).name);
    let size = plan.size;
    format!(
        "\
use {stem}::requests::{{{request}, Request}};

/// The argument of {ioctl}, for a call over any transport.
fn argument() -> [u8; {size}] {{
    let mut argument = [0; {size}];
    {request}::new().write(&mut argument).expect(\"a buffer of its size\");
    argument
}}

/// Prints its results after the call.
fn print(argument: &[u8]) {{
    println!(\"{{:?}}\", {request}::reply(argument).map(|reply| reply.to_struct()));
}}"
    )
}

fn of_host(stem: &str, host: &str) -> String {
    format!(
        "\
use {stem}::views::{host};

/// Prints a reply and its capabilities.
fn print(reply: &[u8]) -> Result<(), Box<dyn std::error::Error>> {{
    let info = {host}::parse(reply)?;
    println!(\"{{info:?}}\");
    for cap in info.caps() {{
        println!(\"{{:?}}\", cap?);
    }}
    Ok(())
}}"
    )
}

fn of_chain(stem: &str, caps: &str, error: &str) -> String {
    format!(
        "\
use {stem}::views::{{{caps}, {error}}};

/// Prints the capabilities in these bytes.
fn print(bytes: &[u8]) -> Result<(), {error}> {{
    for cap in {caps}::parse(bytes) {{
        println!(\"{{:?}}\", cap?);
    }}
    Ok(())
}}"
    )
}

fn of_history(stem: &str) -> String {
    format!(
        "\
/// Prints the name of every item.
fn print() {{
    for item in {stem}::history::ITEMS {{
        println!(\"{{}}\", item.name);
    }}
}}"
    )
}

/// The copy of a hand-written file.
fn copy(abi: &Abi, file: &CodeFile) -> OutputFile {
    let line = banner::line(abi);
    let (folder, banner) = match file.language {
        CodeLanguage::Rust => ("src".to_owned(), format!("// {line}\n\n")),
        CodeLanguage::C => (names::c_folder(&abi.name), format!("/* {line} */\n\n")),
    };
    let path = [&folder, "/", &file.path].concat();
    OutputFile { path, contents: banner + &file.text }
}
