//! Edits the known items of a specification so that they are as headers declare them,
//! and takes away those that the headers lack.

mod structs;
mod values;

pub(super) use values::{fix_flags, fix_positions};

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::header::{DEFINED_TWICE, Facts, Spelt};
use crate::ir::{self, Abi};
use crate::release::Release;
use crate::spec::wrappers::Placed;
use crate::spec::{ItemSpec, Spec};

/// The declarations of headers, compared with a specification.
pub(super) struct Editor<'e> {
    pub(super) facts: &'e Facts,
    /// The ABI that the specification describes.
    pub(super) abi: &'e Abi,
    pub(super) release: Release,
    pub(super) given: &'e [usize],
    /// The files of the overlays, which headers need not contain.
    pub(super) overlays: HashSet<usize>,
    /// The values of the ABI by name.
    pub(super) values: HashMap<&'e str, &'e ir::Value>,
    /// Whether the header of the present file declares structs. Those of another header are
    /// the specification's own.
    pub(super) declares_structs: bool,
    /// Names of macros that are enumerators now, and the reverse.
    pub(super) moved: HashSet<String>,
    pub(super) problems: &'e mut Diagnostics,
}

impl Editor<'_> {
    /// Edits a specification.
    pub(super) fn edit(&mut self, spec: &mut Spec) {
        for index in 0..spec.files.len() {
            let file = &mut spec.files[index];
            let header = self.abi.sections[index].header;
            if !self.given.contains(&header) {
                continue;
            }
            self.declares_structs = self.abi.headers[header].structs;
            let items = std::mem::take(&mut file.items.0);
            file.items.0 = items.into_iter().flat_map(|item| self.item(item)).collect();
        }
    }

    /// An item as the headers declare it.
    fn item(&mut self, mut item: ItemSpec) -> Vec<ItemSpec> {
        let keep = match &mut item {
            ItemSpec::Constants(group) | ItemSpec::IdSpace(group) => {
                self.values(group, false);
                !group.values.is_empty()
            }
            ItemSpec::Enum(group) => {
                self.values(group, true);
                !group.values.is_empty()
            }
            ItemSpec::Macro(item) => self.macro_(item),
            ItemSpec::Struct(item) => {
                let name = item.before.name_at(self.release, &item.struct_).to_owned();
                self.struct_(item, &name)
            }
            ItemSpec::Ioctl(item) => self.ioctl(item),
            ItemSpec::Chain(_) => true,
            ItemSpec::Capability(_) => return self.capability(item),
        };
        if keep { vec![item] } else { Vec::new() }
    }

    /// Whether headers declare a name, or may do so; items of overlays are added to
    /// those of the headers.
    fn stays(&self, name: &str, place: Place) -> bool {
        self.facts.unread.contains_key(name) || self.overlays.contains(&place.file())
    }

    /// Reports that an overlay differs from the headers about an item.
    fn conflict(&mut self, name: &Placed<String>, place: Place, message: String) {
        if self.overlays.contains(&name.place.file()) {
            let problem =
                Diagnostic::warning(DEFINED_TWICE, message).at(place, "the header counts");
            self.problems.push(problem.and(name.place, "in the overlay"));
        }
    }

    fn macro_(&mut self, item: &mut crate::spec::MacroSpec) -> bool {
        let name = item.before.name_at(self.release, &item.macro_);
        let Some(found) = self.facts.macros.iter().find(|one| one.name == name) else {
            return self.stays(name, item.macro_.place);
        };
        let black = |text: &str| text.split_whitespace().collect::<String>();
        let args = item.args.iter().map(|arg| arg.value.as_str());
        if black(&item.c) != black(&found.c.concat())
            || !args.eq(found.args.iter().map(String::as_str))
        {
            let message = format!("the overlay has another text of `{name}`");
            self.conflict(&item.macro_, found.place, message);
            let place = found.place;
            item.c = Placed { value: found.c.join("\n"), place };
            let args = found.args.iter().cloned();
            item.args.0 = args.map(|value| Placed { value, place }).collect();
        }
        true
    }

    fn ioctl(&mut self, item: &mut crate::spec::IoctlSpec) -> bool {
        let name = item.before.name_at(self.release, &item.ioctl).to_owned();
        let Some(found) = self.facts.constant(&name) else {
            return self.stays(&name, item.ioctl.place);
        };
        let numbers = self.abi.ioctl_numbers.as_ref();
        let type_ = numbers.map_or(0, |numbers| i128::from(numbers.type_value));
        let number = match found.spelt {
            Spelt::Ioctl { number, .. } => number,
            // `_IO` written in another way.
            _ if found.number >> 8 == type_ => found.number & 0xff,
            _ => return false,
        };
        let number = number - i128::from(numbers.map_or(0, |numbers| numbers.base_value));
        if number != item.number.value.value {
            let message =
                format!("the overlay has the number {} for `{name}`", item.number.value.value);
            self.conflict(&item.ioctl, found.place, message);
            item.number.value.value = number;
            item.number.place = found.place;
        }
        true
    }

    fn capability(&mut self, item: ItemSpec) -> Vec<ItemSpec> {
        let ItemSpec::Capability(mut capability) = item else { return vec![item] };
        let name = capability.before.name_at(self.release, &capability.capability).to_owned();
        let id = self.facts.constant(&name);
        if let Some(found) = id.filter(|found| found.number != capability.id.value.value) {
            let message =
                format!("the overlay has the id {} for `{name}`", capability.id.value.value);
            self.conflict(&capability.capability, found.place, message);
            capability.id.value.value = found.number;
            capability.id.place = found.place;
        }
        let there = id.is_some() || self.stays(&name, capability.capability.place);
        let separate = self.body(&mut capability);
        let mut items: Vec<_> = separate.map(ItemSpec::Struct).into_iter().collect();
        match (there, capability.fields.is_empty()) {
            (true, _) => items.push(ItemSpec::Capability(capability)),
            // Its numbers, or its body, can stay without it.
            (false, false) if !self.declares_structs => {
                items.extend(self.bare_numbers(&capability))
            }
            (false, false) => items.extend(self.bare_body(capability).map(ItemSpec::Struct)),
            (false, true) => {}
        }
        items
    }
}
