//! Writes Rust and C from the resolved ABI that build replies with every profile of
//! the generated crate and the C header.

use std::fmt::Write;

use capchain::ir::{Abi, Arg, Chain, Field, Handler, Ioctl, Role, Type};
use capchain::layout::Int;
use capchain::names::{self, c_name};

use crate::rust_program::{ident, raw};

/// A profile and the handler whose rules it follows.
pub struct Named<'a> {
    /// The name of the profile.
    pub name: &'a str,
    /// The chain that the profile writes.
    pub chain: &'a Chain,
    /// The ioctl of the handler.
    pub ioctl: &'a Ioctl,
    /// The handler.
    pub handler: &'a Handler,
}

/// The profiles of both languages, in the order of their numbers.
pub fn all(abi: &Abi) -> Vec<Named<'_>> {
    let mut all = Vec::new();
    for chain in &abi.chains {
        let host = chain.offset_host().map(|host| Arg::Struct(host.struct_));
        for ioctl in abi.ioctls.iter().filter(|ioctl| Some(&ioctl.arg) == host.as_ref()) {
            let handlers = ioctl.handlers.iter().filter(|handler| handler.chain.is_some());
            let names = handlers.filter_map(|handler| Some((handler, handler.profile.as_deref()?)));
            all.extend(names.map(|(handler, name)| Named { name, chain, ioctl, handler }));
        }
    }
    all
}

/// The fields of a chain's host that a server sets or reads from the input, each
/// with its index among the given values.
pub fn fields<'a>(abi: &'a Abi, chain: &'a Chain) -> impl Iterator<Item = (usize, &'a Field, Int)> {
    let host = chain.offset_host().expect("profiles have a host");
    let struct_ = abi.struct_(host.struct_);
    let own =
        move |index: &usize| Some(*index) == chain.cap_offset() || Some(*index) == struct_.argsz;
    let fields = struct_.fields.iter().enumerate().filter(move |(index, _)| !own(index));
    let fields = fields.filter(|(_, field)| field.role != Role::Reserved && field.version <= 1);
    let fields = fields.filter_map(|(_, field)| match field.type_ {
        Type::Int(int) => Some((field, int)),
        _ => None,
    });
    fields.enumerate().map(|(nth, (field, int))| (nth, field, int))
}

/// The module `profiles`: the names, and a function that builds with the nth profile.
pub fn rust_source(abi: &Abi) -> String {
    let all = all(abi);
    let names: Vec<_> = all.iter().map(|one| one.name).collect();
    let mut arms = String::new();
    for (index, Named { name, chain, .. }) in all.iter().enumerate() {
        let host = chain.offset_host().expect("profiles have a host");
        let struct_ = &abi.struct_(host.struct_).name;
        let mut sets = String::new();
        for (nth, field, int) in fields(abi, chain) {
            let (name, raw) = (ident(&field.name), raw(abi, field.group, int));
            writeln!(sets, "            host.{name}{raw} = values[{nth}] as _;").expect("text");
        }
        let constant = names::screaming(name);
        writeln!(
            arms,
            "        {index} => {{\n            let mut host = uapi::{struct_}::new();\n{sets}            \
             views::{constant}.reply(buffer, &host, caps)\n        }}"
        )
        .expect("text");
    }
    let chains = abi.chains.iter().map(|chain| &chain.name);
    let chains: Vec<_> = chains.collect();
    let of = |one: &Named<'_>| chains.iter().position(|name| **name == one.chain.name);
    let of: Vec<_> = all.iter().map(|one| of(one).expect("a chain")).collect();
    format!(
        "//! Replies by every profile.\n\n\
         use generated_abi::uapi;\n\
         use generated_abi::views::{{self, BuildError, NewCap}};\n\n\
         /// The profiles, by name.\n\
         pub(crate) const PROFILES: &[&str] = &{names:?};\n\n\
         /// The chain of each, by its index.\n\
         pub(crate) const CHAINS: &[usize] = &{of:?};\n\n\
         /// Writes a reply by a profile.\n\
         pub(crate) fn reply(\n    profile: usize,\n    buffer: &mut [u8],\n    \
         values: &[u64; 8],\n    caps: &[NewCap<'_>],\n) -> Result<u32, BuildError> {{\n    \
         match profile {{\n{arms}        other => panic!(\"{{other}}\"),\n    }}\n}}\n"
    )
}

/// The file `profiles.h`: the profiles in the same order, each with a function
/// that sets the fixed part.
pub fn c_source(abi: &Abi, stem: &str) -> String {
    let (mut functions, mut table) = (String::new(), String::new());
    for Named { name, chain, .. } in all(abi) {
        let view = c_name(stem, &[&chain.name, "info"]);
        let mut sets = String::new();
        for (nth, field, _) in fields(abi, chain) {
            let member = &field.name;
            writeln!(sets, "\tview.{member} = (__typeof__(view.{member}))values[{nth}];")
                .expect("text");
        }
        functions += &format!(
            "static void fixed_{name}(struct {stem}_reply_builder *to, const __u64 *values)\n{{\n\
             \tstruct {view} view;\n\n\tmemset(&view, 0, sizeof(view));\n{sets}\
             \t{view}_fixed(to, &view);\n}}\n"
        );
        let profile = c_name(stem, &["profile", name]);
        writeln!(table, "\t{{ &{profile}, fixed_{name} }},").expect("text");
    }
    format!(
        "{functions}static const struct {{\n\tconst struct {stem}_profile *profile;\n\
         \tvoid (*fixed)(struct {stem}_reply_builder *to, const __u64 *values);\n\
         }} profiles[] = {{\n{table}}};\n"
    )
}
