//! The bytes that a handler copies in and out.

use super::handlers::HandlerChange;
use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{INPUT_ADDED, SHORT_REPLY_CHANGED};
use crate::compat::diff::{IrKey, key};
use crate::compat::finding::{Affected, Class, Finding};
use crate::compat::witness::{self, Maker};
use crate::ir::{Abi, Arg, Copied, Ioctl, Role, Struct, Type};
use crate::layout::Span;
use crate::reply::Direction;

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[key!(Handler.reads), key!(Handler.writes), key!(ReplyChain.writes)];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| {
        let change = HandlerChange::of(comparison, difference.of)?;
        Some(match difference.key {
            key!(Handler.reads) => change.reads(),
            key!(Handler.writes) => change.writes(),
            _ => change.chain_writes(),
        })
    })
}

/// The end of the bytes that are copied for an argsz.
fn copied(copied: &Copied, argsz: u64, size: u64) -> u64 {
    match copied {
        Copied::Ends(ends) => furthest(ends, argsz),
        Copied::Fitting => argsz.min(size),
        // The rule about these compares fields.
        Copied::Only(_) => 0,
    }
}

fn furthest(ends: &[u64], argsz: u64) -> u64 {
    ends.iter().copied().filter(|end| *end <= argsz).max().unwrap_or(0)
}

fn argument<'a>(abi: &'a Abi, ioctl: &Ioctl) -> Option<&'a Struct> {
    match ioctl.arg {
        Arg::Struct(id) => Some(abi.struct_(id)),
        _ => None,
    }
}

/// The fields of one direction that have a byte in a range, without reserved ones.
fn fields_in(struct_: &Struct, from: u64, to: u64, input: bool) -> Vec<&str> {
    let meets = |span: Span| span.offset < to && from < span.end();
    let travels = |direction: Option<Direction>| match direction {
        Some(Direction::InOut) => true,
        Some(Direction::In) => input,
        Some(Direction::Out) => !input,
        None => false,
    };
    let fields = struct_.fields.iter().enumerate();
    let fields = fields.filter(|(index, field)| {
        let has_meaning = field.role != Role::Reserved && travels(field.direction);
        has_meaning && meets(struct_.kernel_span(*index))
    });
    fields.map(|(_, field)| field.name.as_str()).collect()
}

/// An array without a fixed length.
struct LastArray<'a> {
    name: &'a str,
    end: u64,
}

impl LastArray<'_> {
    /// Whether its elements are copied.
    fn is_in(&self, copied: &Copied) -> bool {
        let Copied::Ends(ends) = copied else { return false };
        ends.iter().filter(|end| **end == self.end).count() > 1
    }
}

fn last_array(struct_: &Struct) -> Option<LastArray<'_>> {
    let mut fields = struct_.fields.iter().enumerate();
    let (at, field) = fields.find(|(_, field)| matches!(field.type_, Type::Flexible(..)))?;
    Some(LastArray { name: &field.name, end: struct_.kernel_span(at).end() })
}

impl HandlerChange<'_, '_> {
    /// The structs of both sides, and each argsz at which the number of bytes can differ.
    fn sizes(&self) -> Option<(&Struct, u64, u64, Vec<u64>)> {
        let abis = self.matching.abis();
        let before = argument(abis.0, self.old)?;
        let size = |struct_: &Struct| struct_.kernel_layout().size;
        let was = size(before);
        let is = size(argument(abis.1, self.new)?);
        let ends = |copied: &Copied| match copied {
            Copied::Ends(ends) => ends.clone(),
            Copied::Fitting | Copied::Only(_) => Vec::new(),
        };
        let (old, new) = (self.before, self.now);
        let mut all = vec![old.minsz, new.minsz, was, is];
        [&old.writes, &new.writes, &old.reads, &new.reads]
            .into_iter()
            .for_each(|one| all.extend(ends(one)));
        // Both kernels refuse less.
        all.retain(|argsz| *argsz >= old.minsz.max(new.minsz));
        all.sort_unstable();
        all.dedup();
        Some((before, was, is, all))
    }

    /// Output fields that are no longer written.
    fn writes(&self) -> Option<Finding> {
        let (struct_, was, is, sizes) = self.sizes()?;
        if [&self.before.writes, &self.now.writes].iter().any(|one| matches!(one, Copied::Only(_)))
        {
            return self.written_fields();
        }
        let lost = sizes.iter().find_map(|argsz| {
            let before = copied(&self.before.writes, *argsz, was);
            let now = copied(&self.now.writes, *argsz, is);
            let fields = fields_in(struct_, now, before, false);
            (now < before && !fields.is_empty()).then_some((*argsz, before, now, fields))
        });
        if let Some((argsz, before, now, fields)) = lost {
            let message = format!(
                "with an argsz of {argsz} the handler `{}` writes {now} bytes, {before} before, \
                 and no longer sets {}",
                self.now.name,
                fields.join(", ")
            );
            return Some(self.broken(SHORT_REPLY_CHANGED, message));
        }
        // More bytes are those of new fields, which have findings of their own.
        let newly = sizes.iter().find_map(|argsz| {
            let before = copied(&self.before.writes, *argsz, was);
            let now = copied(&self.now.writes, *argsz, is).min(was);
            let fields = fields_in(struct_, before, now, false);
            (!fields.is_empty()).then_some(fields)
        });
        let Some(newly) = newly else {
            return self.otherwise(
                [(&self.before.writes, 0), (&self.now.writes, 0)],
                was,
                "writes",
            );
        };
        let message = format!("the handler `{}` sets {} now", self.now.name, newly.join(", "));
        Some(self.finding(SHORT_REPLY_CHANGED, Class::Note, message))
    }

    /// Other bytes of the old struct, in which no field and no array is. Those before the offset
    /// of each side are copied in any case.
    fn otherwise(&self, sides: [(&Copied, u64); 2], size: u64, does: &str) -> Option<Finding> {
        let shown = |(copied, least): (&Copied, u64)| {
            let none = if least > 0 { "only its minsz" } else { "nothing" };
            match copied {
                Copied::Ends(ends) => {
                    let ends = ends.iter().map(|end| *end.min(&size));
                    let mut ends: Vec<_> = ends.filter(|end| *end > least).collect();
                    ends.dedup();
                    let ends: Vec<_> = ends.iter().map(u64::to_string).collect();
                    if ends.is_empty() { none.to_owned() } else { ends.join(" or ") + " bytes" }
                }
                Copied::Fitting if size <= least => none.to_owned(),
                Copied::Fitting => "as much as argsz covers".to_owned(),
                Copied::Only(_) => "some fields".to_owned(),
            }
        };
        let [was, is] = sides.map(shown);
        let name = &self.now.name;
        let message = format!("the handler `{name}` {does} {is} of the old struct, {was} before");
        (was != is).then(|| self.finding(SHORT_REPLY_CHANGED, Class::Note, message))
    }

    /// Output fields that are no longer written, if a side writes no fields before them.
    fn written_fields(&self) -> Option<Finding> {
        let abis = self.matching.abis();
        let of = |abi: &'_ Abi, ioctl: &Ioctl, writes: &Copied| -> Option<Vec<String>> {
            let struct_ = argument(abi, ioctl)?;
            let size = struct_.kernel_layout().size;
            let names = match writes {
                Copied::Only(fields) => {
                    fields.iter().map(|at| struct_.fields[*at].name.as_str()).collect()
                }
                other => fields_in(struct_, 0, copied(other, size, size), false),
            };
            Some(names.into_iter().map(str::to_owned).collect())
        };
        let before = of(abis.0, self.old, &self.before.writes)?;
        let now = of(abis.1, self.new, &self.now.writes)?;
        let lost: Vec<_> = before.iter().filter(|name| !now.contains(name)).cloned().collect();
        let name = &self.now.name;
        Some(match lost.is_empty() {
            true => {
                let message = format!("the handler `{name}` writes other bytes of the fixed part");
                self.finding(SHORT_REPLY_CHANGED, Class::Note, message)
            }
            false => {
                let message = format!("the handler `{name}` no longer sets {}", lost.join(", "));
                self.broken(SHORT_REPLY_CHANGED, message)
            }
        })
    }

    /// Input fields that are no longer read, or that are read although programs may not set them.
    fn reads(&self) -> Option<Finding> {
        let (struct_, was, is, sizes) = self.sizes()?;
        let end = |minsz: u64, reads: &Copied, argsz: u64, size: u64| {
            copied(reads, argsz, size).max(minsz)
        };
        for argsz in sizes {
            let before = end(self.before.minsz, &self.before.reads, argsz, was);
            let now = end(self.now.minsz, &self.now.reads, argsz, is);
            let lost = fields_in(struct_, now, before, true);
            if now < before && !lost.is_empty() {
                let message = format!(
                    "the handler `{}` reads {now} bytes, {before} before: {} is ignored",
                    self.now.name,
                    lost.join(", ")
                );
                return Some(self.misread(message, Affected::OldProgram));
            }
            let newly = fields_in(struct_, before, now.min(was), true);
            let open = newly.iter().find(|name| {
                let mut fields = struct_.fields.iter();
                let field = fields.find(|field| field.name == **name);
                field.is_some_and(|one| {
                    one.valid_if.is_none() && one.arms().iter().all(|arm| arm.valid_if.is_none())
                })
            });
            if let Some(name) = open {
                let message = format!(
                    "the handler `{}` reads {now} bytes, {before} before: `{name}` counts now, \
                     whatever old programs left in it",
                    self.now.name
                );
                return Some(self.misread(message, Affected::OldProgram));
            }
            if !newly.is_empty() {
                let message =
                    format!("the handler `{}` reads {} now", self.now.name, newly.join(", "));
                return Some(self.finding(INPUT_ADDED, Class::Growth, message).gate("its flag"));
            }
        }
        self.array_read().or_else(|| {
            let sides =
                [(&self.before.reads, self.before.minsz), (&self.now.reads, self.now.minsz)];
            self.otherwise(sides, was, "reads")
        })
    }

    /// An array that ends the argument on both sides, and that only one of them reads.
    fn array_read(&self) -> Option<Finding> {
        let abis = self.matching.abis();
        let old = last_array(argument(abis.0, self.old)?)?;
        let new = last_array(argument(abis.1, self.new)?)?;
        let name = &self.now.name;
        let message = match (old.is_in(&self.before.reads), new.is_in(&self.now.reads)) {
            (true, false) => {
                format!("the handler `{name}` no longer reads the elements of `{}`", old.name)
            }
            (false, true) => format!(
                "the handler `{name}` reads the elements of `{}` now, whatever old programs left \
                 there",
                new.name
            ),
            _ => return None,
        };
        Some(self.misread(message, Affected::OldProgram))
    }

    fn misread(&self, message: String, affected: Affected) -> Finding {
        let name = argument(self.matching.abis().1, self.new).map_or("", |one| &one.name);
        let said = format!("the input of {}", self.new.name);
        let witness = witness::understood(self.matching, Maker::Program, name, None, &said, None);
        self.finding(INPUT_ADDED, Class::Wire, message).affects(affected).witness(witness)
    }

    /// The bytes of the fixed part that are written together with a chain.
    fn chain_writes(&self) -> Option<Finding> {
        let (before, now) = (self.before.chain.as_ref()?, self.now.chain.as_ref()?);
        let (struct_, was, is, mut sizes) = self.sizes()?;
        sizes.extend(before.writes.iter().chain(&now.writes));
        let lost = sizes.into_iter().find_map(|argsz| {
            let was = copied(&self.before.writes, argsz, was).max(furthest(&before.writes, argsz));
            let is = copied(&self.now.writes, argsz, is).max(furthest(&now.writes, argsz));
            let fields = fields_in(struct_, is, was, false);
            (is < was && !fields.is_empty()).then_some((was, is, fields))
        });
        match lost {
            Some((before, now, fields)) => {
                let message = format!(
                    "with a chain the handler `{}` writes {now} bytes, {before} before, and no \
                     longer sets {}",
                    self.now.name,
                    fields.join(", ")
                );
                Some(self.broken(SHORT_REPLY_CHANGED, message))
            }
            None => {
                let message = "with a chain, other bytes of the fixed part are written".to_owned();
                Some(self.finding(SHORT_REPLY_CHANGED, Class::Note, message))
            }
        }
    }
}
