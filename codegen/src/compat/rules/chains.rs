//! Chains that one side lacks, and chains that are found or read in another way.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{
    CHAIN_ADDED, FIELD_MOVED, ITEM_ADDED, NAME_REMOVED, PLACEMENT_CHANGED, SHORT_REPLY_CHANGED,
};
use crate::compat::diff::{AbiDifference, IrKey, Of, key};
use crate::compat::evidence::Witness;
use crate::compat::finding::{Affected, Bump, Class, Finding, Party, VersionImpact};
use crate::compat::matching::{Matching, handler_appending, handlers_appending};
use crate::compat::witness::{self, Maker};
use crate::ir::{Abi, CapHeader, Chain, Handler, Host, Ioctl, Role, Struct, Value};

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[
    key!(Abi.chains),
    key!(Chain.name),
    key!(Chain.header),
    key!(Chain.start),
    key!(Host.struct_),
    key!(Host.flag),
    key!(Chain.bound),
    key!(Space.end),
    key!(Space.struct_),
    key!(Space.flag),
    key!(Space.requires),
    key!(Abi.cap_headers),
    key!(CapHeader.struct_),
    key!(CapHeader.id),
    key!(CapHeader.version),
    key!(CapHeader.next),
    key!(CapHeader.from_reply),
    key!(CapHeader.mask),
    key!(CapHeader.empty),
    key!(CapHeader.end),
    key!(CapHeader.align),
];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    let matching = comparison.matching;
    comparison.each(KEYS, |difference| match difference.of {
        Of::Chain(index) => {
            let pair = matching.chains[index];
            Some(match (pair.old, pair.new) {
                (Some(old), None) => vec![removed(matching, old)],
                (None, Some(new)) => added(matching, new),
                (Some(old), Some(new)) => {
                    ChainChange { matching, old, new }.verdict(difference).into_iter().collect()
                }
                (None, None) => Vec::new(),
            })
        }
        Of::CapHeader(index) => {
            let pair = matching.cap_headers[index];
            Some(match pair.both() {
                Some((old, new)) => vec![format(matching, difference, old, new)],
                None => header_listed(matching, difference, pair.old.or(pair.new)),
            })
        }
        _ => None,
    })
}

fn removed(matching: &Matching<'_>, old: &Chain) -> Finding {
    let message = "the chain is gone, and with it all of its capabilities";
    let finding =
        Finding::new(NAME_REMOVED, Class::Wire, &old.name, message).affects(Affected::OldProgram);
    let witness = replies(matching, old, old).unwrap_or_else(|| {
        let said = format!("the chain {}", old.name);
        witness::understood(matching, Maker::Kernel, &old.name, None, &said, None)
    });
    finding.witness(witness).at(Party::Old, old.meta.place)
}

/// A format of capabilities that one side lacks; the chains that use it have findings.
fn header_listed(
    matching: &Matching<'_>,
    difference: &AbiDifference<'_>,
    header: Option<&CapHeader>,
) -> Vec<Finding> {
    let removal = difference.is_removal();
    let (abi, party) = match removal {
        true => (matching.abis().0, Party::Old),
        false => (matching.abis().1, Party::New),
    };
    let Some(header) = header else { return Vec::new() };
    let place = abi.struct_(header.struct_).meta.place;
    let (class, message) = match removal {
        true => (Class::Note, "the format of capabilities is gone"),
        false => (Class::Growth, "the format of capabilities is new"),
    };
    let finding = Finding::new(ITEM_ADDED, class, &header.name, message).off_the_wire();
    vec![finding.at(party, place)]
}

/// A chain after a struct that had none.
fn added(matching: &Matching<'_>, new: &Chain) -> Vec<Finding> {
    let abi = matching.abis().1;
    let plain = || {
        let finding = Finding::new(CHAIN_ADDED, Class::Growth, &new.name, "the chain is new");
        vec![finding.at(Party::New, new.meta.place)]
    };
    let Some(Host { struct_, flag, .. }) = new.host() else { return plain() };
    let struct_ = abi.struct_(*struct_);
    let pair = matching.struct_named(&struct_.name);
    let Some(old) = pair.and_then(|pair| pair.structs.old) else { return plain() };
    let finding = |class, message: String| {
        Finding::new(CHAIN_ADDED, class, &struct_.name, message).at(Party::New, new.meta.place)
    };
    let mut findings = Vec::new();
    if let Some(value) = with_number(matching.abis().0, old, flag) {
        let message = format!("the flag of the chain existed before, as `{value}`");
        let witness = witness::understood(
            matching,
            Maker::Kernel,
            &struct_.name,
            i128::from(flag.1),
            &flag.0,
            Some(value),
        );
        findings.push(finding(Class::Wire, message).affects(Affected::OldProgram).witness(witness));
    }
    let used = new.cap_offset().map(|at| (at, &struct_.fields[at].name)).filter(|(_, name)| {
        old.fields.iter().any(|field| field.name == **name && field.role == Role::Data)
    });
    if let Some((at, name)) = used {
        let message = format!("the offset of the chain is in `{name}`, which was something else");
        let at = i128::from(struct_.kernel_span(at).offset);
        let said = "the offset of the chain";
        let witness =
            witness::understood(matching, Maker::Kernel, &struct_.name, at, said, Some(name));
        findings.push(finding(Class::Wire, message).affects(Affected::Both).witness(witness));
    }
    findings
        .extend(handler_appending(abi, new).and_then(|handler| ambiguous(matching, new, handler)));
    if findings.is_empty() {
        let message = format!("replies can have a chain of capabilities, `{}`", new.name);
        findings.push(finding(Class::Growth, message).gate(&flag.0));
    }
    findings
}

/// The name of an old flag of a struct that has the number of a new one.
fn with_number<'a>(abi: &'a Abi, old: &Struct, flag: &(String, u64)) -> Option<&'a str> {
    let groups = abi.groups.iter();
    let own =
        groups.filter(|group| group.field.is_some_and(|(id, _)| abi.struct_(id).name == old.name));
    let same = |value: &&Value| value.number == i128::from(flag.1) || value.name == flag.0;
    own.flat_map(|group| &group.values).find(same).map(|value| value.name.as_str())
}

/// A short reply that looks like one with a chain.
fn ambiguous(
    matching: &Matching<'_>,
    chain: &Chain,
    handler_appending: (&Ioctl, &Handler),
) -> Option<Finding> {
    let (witness, offset) = witness::short(matching, chain, handler_appending)?;
    let message = match chain.cap_offset() {
        Some(_) => format!(
            "a buffer that is too small for the chain `{}` gets no offset of 0: \
             a program takes its own bytes for the offset",
            chain.name
        ),
        None => format!(
            "nothing says whether the chain `{}` is present or did not fit: \
             a program takes its own bytes at {offset} for a capability",
            chain.name
        ),
    };
    let abi = matching.abis().1;
    let subject = &abi.struct_(chain.host()?.struct_).name;
    let code = if chain.cap_offset().is_some() { SHORT_REPLY_CHANGED } else { CHAIN_ADDED };
    let finding = Finding::new(code, Class::Wire, subject, message).affects(Affected::New);
    let help = "copy out as much of a zeroed reply as argsz covers, the offset included";
    Some(finding.witness(witness).help(help).at(Party::New, handler_appending.1.place))
}

/// A chain that both sides have.
struct ChainChange<'m, 'a> {
    matching: &'m Matching<'a>,
    old: &'a Chain,
    new: &'a Chain,
}

impl ChainChange<'_, '_> {
    fn verdict(&self, difference: &AbiDifference<'_>) -> Option<Finding> {
        let (was, is) = difference.texts();
        match difference.key {
            key!(Chain.name) => {
                let message = format!(
                    "the specification calls the chain {is}, {was} before: no byte changes, but \
                     the helpers of the crate and the header are called otherwise"
                );
                let versions = VersionImpact {
                    crate_: Bump::Major,
                    header: Bump::Major,
                    ..VersionImpact::NONE
                };
                let finding = self.finding(NAME_REMOVED, Class::Note, message);
                Some(finding.versions(versions))
            }
            key!(Host.flag) => self.flag(),
            key!(Chain.bound) => Some(self.bound()),
            key => {
                let what = match key {
                    key!(Chain.header) => "the capabilities have the format",
                    key!(Host.struct_) => "the chain follows",
                    key!(Space.end) => "the space of the chain ends at",
                    key!(Space.struct_) => "the space of the chain starts with",
                    key!(Space.flag) => "the flag that says there is a chain is",
                    key!(Space.requires) => "the chain requires one of",
                    _ => "the chain starts",
                };
                let message = format!("{what} {is}, {was} before");
                let code = if key == key!(Chain.header) { FIELD_MOVED } else { CHAIN_ADDED };
                Some(self.broken(code, message, &is, &was))
            }
        }
    }

    /// A flag with another name and the same number is renamed.
    fn flag(&self) -> Option<Finding> {
        let (was, is) = (&self.old.host()?.flag, &self.new.host()?.flag);
        let message = format!("the flag of the chain is {}, {} before", is.0, was.0);
        match was.1 == is.1 {
            true => None,
            false => Some(self.broken(CHAIN_ADDED, message, &is.0, &was.0)),
        }
    }

    /// New readers refuse offsets below the bound.
    fn bound(&self) -> Finding {
        let abis = self.matching.abis();
        let (was, is) = (self.old.bound, self.new.bound);
        let handlers = handlers_appending(abis.0, self.old);
        let first = handlers.iter().filter_map(|(_, one)| one.chain.as_ref()).map(|one| one.offset);
        let message = format!("readers refuse capabilities before {is}, before {was} until now");
        match first.min().filter(|first| *first < is) {
            Some(first) => {
                let message = format!("{message}, and old kernels put the first one at {first}");
                let said = format!("an offset of {first}");
                self.broken(PLACEMENT_CHANGED, message, &said, "an offset inside of the fixed part")
                    .affects(Affected::NewProgram)
            }
            None => self.finding(PLACEMENT_CHANGED, Class::Note, message),
        }
    }

    fn broken(
        &self,
        code: crate::diagnostic::Code,
        message: String,
        said: &str,
        understood: &str,
    ) -> Finding {
        let witness = replies(self.matching, self.old, self.new).unwrap_or_else(|| {
            let name = &self.new.name;
            witness::understood(self.matching, Maker::Kernel, name, None, said, Some(understood))
        });
        self.finding(code, Class::Wire, message).affects(Affected::Both).witness(witness)
    }

    fn finding(&self, code: crate::diagnostic::Code, class: Class, message: String) -> Finding {
        Finding::new(code, class, &self.new.name, message).at(Party::New, self.new.meta.place)
    }
}

/// The format of the capabilities of a chain.
fn format(
    matching: &Matching<'_>,
    difference: &AbiDifference<'_>,
    old: &CapHeader,
    new: &CapHeader,
) -> Finding {
    let (was, is) = difference.texts();
    let abis = matching.abis();
    let place = abis.1.struct_(new.struct_).meta.place;
    let smallest = |abi: &Abi, header: &CapHeader| {
        header.align.max(abi.struct_(header.struct_).kernel_layout().size)
    };
    let same = smallest(abis.0, old) == smallest(abis.1, new);
    let noted = match difference.key {
        key!(CapHeader.align) => {
            Some(format!("offsets of capabilities are multiples of {is}, of {was} before"))
        }
        key!(CapHeader.struct_) => {
            Some(format!("the header of the capabilities is {is}, {was} before"))
        }
        _ => None,
    };
    if let Some(message) = noted.filter(|_| same) {
        let finding = Finding::new(PLACEMENT_CHANGED, Class::Note, &new.name, message);
        return finding.at(Party::New, place);
    }
    let key = difference.key.name().trim_end_matches('_');
    let message =
        format!("the header of the capabilities is read otherwise: `{key}` is {is}, {was} before");
    let chain = |abi: &Abi, name: &str| {
        abi.chains.iter().position(|chain| abi.cap_headers[chain.header].name == name)
    };
    let chains = chain(abis.0, &old.name).zip(chain(abis.1, &new.name));
    let witness = chains
        .and_then(|(old, new)| replies(matching, &abis.0.chains[old], &abis.1.chains[new]))
        .unwrap_or_else(|| {
            witness::understood(matching, Maker::Kernel, &new.name, None, &is, Some(&was))
        });
    let finding = Finding::new(FIELD_MOVED, Class::Wire, &new.name, message);
    finding.affects(Affected::Both).witness(witness).at(Party::New, place)
}

/// How replies with a chain differ, of the first handlers that append it.
fn replies(matching: &Matching<'_>, old: &Chain, new: &Chain) -> Option<Witness> {
    let abis = matching.abis();
    let old = handler_appending(abis.0, old)?;
    let own = abis.1.chains.iter().find(|chain| chain.name == new.name);
    let new = own.and_then(|chain| handler_appending(abis.1, chain)).or_else(|| {
        let pair = matching
            .ioctls
            .iter()
            .find(|pair| pair.ioctls.old.is_some_and(|ioctl| ioctl.name == old.0.name))?;
        let ioctl = pair.ioctls.new?;
        Some((ioctl, ioctl.served_at(abis.1.release).next()?))
    });
    witness::answered(matching, old, new?)
}
