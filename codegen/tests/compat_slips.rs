//! Nothing of the ABI can be changed unseen: every constant, field, struct,
//! ioctl, capability and handler of the newest release is changed for itself,
//! and `compat` must name that change.

#[path = "common/real.rs"]
mod real;

use capchain::compat::{Class, Side, compare};
use capchain::ir::{Abi, Literal};
use capchain::lower::lower;

/// The newest release, and copies of it with one thing changed.
struct Bench {
    today: Side,
    tried: usize,
}

fn side(name: &str, abi: Abi) -> Side {
    Side { name: name.to_owned(), abi, headers: None }
}

impl Bench {
    fn new() -> Self {
        Self { today: side("today", lower(&real::spec(), None)), tried: 0 }
    }

    /// Changes one thing; a finding of one of these codes must be about it, and break something
    /// unless only a note is due.
    fn slip(&mut self, what: &str, codes: &[&str], breaks: bool, change: impl Fn(&mut Abi)) {
        let mut abi = self.today.abi.clone();
        change(&mut abi);
        let found = compare(&self.today, &side("slipped", abi));
        let named =
            found.iter().any(|one| codes.contains(&one.code.0) && one.class.breaks() == breaks);
        assert!(named, "{what}: {codes:?} not among {found:#?}");
        let wire = found.iter().filter(|one| one.class.breaks() && one.class != Class::Source);
        for one in wire {
            assert!(one.witness.is_some(), "{what}: {one:#?}");
        }
        self.tried += 1;
    }
}

#[test]
fn constants() {
    let mut bench = Bench::new();
    let groups = bench.today.abi.groups.clone();
    for (group, values) in groups.iter().map(|group| &group.values).enumerate() {
        for (index, value) in values.iter().enumerate() {
            let name = &value.name;
            bench.slip(&format!("{name} removed"), &["C11"], true, |abi| {
                abi.groups[group].values.remove(index);
            });
            if let Literal::Text(_) = value.literal {
                bench.slip(&format!("{name} rewritten"), &["C10"], true, |abi| {
                    abi.groups[group].values[index].literal = Literal::Text("other".to_owned());
                });
                continue;
            }
            let (code, breaks) = if value.count.is_some() { ("C20", false) } else { ("C10", true) };
            bench.slip(&format!("{name} renumbered"), &[code], breaks, |abi| {
                abi.groups[group].values[index].number ^= 0x5000_0001;
                abi.groups[group].values[index].literal = Literal::Hex;
            });
        }
    }
    println!("{} changes of constants were named", bench.tried);
}

#[test]
fn fields() {
    let mut bench = Bench::new();
    let structs = bench.today.abi.structs.clone();
    for (at, struct_) in structs.iter().enumerate() {
        let name = &struct_.name;
        bench.slip(&format!("{name} gone"), &["C11"], true, |abi| {
            abi.structs[at].name += "_gone";
        });
        for (index, field) in struct_.fields.iter().enumerate() {
            let field = format!("{name}.{}", field.name);
            let moved = ["C2", "C3", "C13", "C19"];
            bench.slip(&format!("{field} moved"), &moved, true, |abi| {
                let layouts = &mut abi.structs[at].layouts;
                layouts.iter_mut().for_each(|layout| layout.fields[index].offset += 4);
            });
            bench.slip(&format!("{field} moved on i386"), &["C21"], true, |abi| {
                abi.structs[at].layouts[1].fields[index].offset += 4;
            });
            if struct_.fields[index].arms().is_empty() {
                bench.slip(&format!("{field} renamed"), &["C7"], true, |abi| {
                    abi.structs[at].fields[index].name += "_renamed";
                });
            }
        }
    }
    println!("{} changes of structs were named", bench.tried);
}

#[test]
fn ioctls_and_handlers() {
    let mut bench = Bench::new();
    let ioctls = bench.today.abi.ioctls.clone();
    let release = bench.today.abi.release;
    for (at, ioctl) in ioctls.iter().enumerate() {
        let name = &ioctl.name;
        bench.slip(&format!("{name} gone"), &["C22"], true, |abi| {
            abi.ioctls.remove(at);
        });
        bench.slip(&format!("{name} renumbered"), &["C22"], true, |abi| {
            abi.ioctls[at].number += 100;
        });
        bench.slip(&format!("{name} of another descriptor"), &["C22"], true, |abi| {
            abi.ioctls[at].fd = (ioctl.fd + 1) % abi.fds.len();
        });
        for (index, handler) in ioctl.handlers.iter().enumerate() {
            if !ioctl.served_at(release).any(|one| one.place == handler.place) {
                continue;
            }
            for more in [true, false] {
                bench.slip(&format!("minsz of {name}"), &["C1"], true, |abi| {
                    let minsz = &mut abi.ioctls[at].handlers[index].minsz;
                    *minsz = if more { *minsz + 4 } else { *minsz - 4 };
                });
            }
        }
    }
    println!("{} changes of ioctls were named", bench.tried);
}

#[test]
fn capabilities() {
    let mut bench = Bench::new();
    let capabilities = bench.today.abi.capabilities.clone();
    for (at, capability) in capabilities.iter().enumerate() {
        let name = &capability.name;
        bench.slip(&format!("{name} renumbered"), &["C10"], true, |abi| {
            abi.capabilities[at].id += 100;
        });
        bench.slip(&format!("{name} gone"), &["C11"], true, |abi| {
            abi.capabilities[at].name += "_GONE";
        });
        let shared = capabilities
            .iter()
            .position(|other| other.chain == capability.chain && other.id != capability.id);
        bench.slip(&format!("{name} under the id of another"), &["C12"], true, |abi| {
            let other = shared.expect("a chain has several");
            abi.capabilities[at].id = capabilities[other].id;
        });
        if capability.version > 1 {
            bench.slip(&format!("{name} in an older version"), &["C13"], true, |abi| {
                abi.capabilities[at].version -= 1;
            });
        }
    }
    println!("{} changes of capabilities were named", bench.tried);
}
