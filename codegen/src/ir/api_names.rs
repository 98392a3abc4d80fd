//! The names of the generated crate and header by which programs use an item, so that pages
//! and commands can list them. Emitters make the items; a test finds each name there.

use super::c_requests::CRequest;
use super::{Abi, Capability, Chain, EntryKind, Group, IoctlId, StructId};
use crate::names::{self, c_word};

/// The names of an item in the generated code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiNames {
    /// Paths in the crate.
    pub rust: Vec<String>,
    /// Types and functions of the header.
    pub c: Vec<String>,
}

impl Abi {
    /// The names of an entry in the generated code; none for one that only the specification
    /// names. The kernel's own names come first.
    pub fn api_names(&self, kind: &EntryKind<'_>) -> ApiNames {
        let same = |name: &str, api: ApiNames| self.with_own_name(name, name, api);
        match kind {
            EntryKind::Struct(id) => {
                let name = &self.struct_(*id).name;
                self.with_own_name(name, &["struct ", name].concat(), self.of_struct(*id))
            }
            EntryKind::Enum(group) => {
                let mut api = self.type_names(group);
                api.c.insert(0, ["enum ", &group.name].concat());
                api
            }
            EntryKind::Group(group) => self.type_names(group),
            EntryKind::Constant(group, value) | EntryKind::Enumerator(group, value) => {
                let type_ = group.rust.iter();
                let rust = type_.map(|type_| self.path(&["uapi", type_, &value.short])).collect();
                same(&value.name, ApiNames { rust, c: Vec::new() })
            }
            EntryKind::Macro(item) => {
                let function = item.name.to_ascii_lowercase();
                self.with_own_name(&function, &item.name, ApiNames::default())
            }
            EntryKind::Ioctl(id) => same(&self.ioctl(*id).name, self.of_ioctl(*id)),
            EntryKind::Chain(chain) => self.of_chain(chain),
            EntryKind::Capability(one) => {
                let api = match self.chain(one.chain).space {
                    None => self.of_capability(self.chain(one.chain), &one.short),
                    Some(_) => self.of_capability_in_space(one),
                };
                same(&one.name, api)
            }
            EntryKind::Member(..) | EntryKind::Union(..) => ApiNames::default(),
        }
    }

    fn with_own_name(&self, rust: &str, c: &str, mut api: ApiNames) -> ApiNames {
        api.rust.insert(0, self.path(&["uapi", rust]));
        api.c.insert(0, c.to_owned());
        api
    }

    /// The type of the numbers of a group, and the functions that print them.
    pub fn type_names(&self, group: &Group) -> ApiNames {
        let rust = group.rust.iter().map(|type_| self.path(&["uapi", type_])).collect();
        let function = |named| names::c_group(&self.name, &self.prefix, named, "name");
        ApiNames { rust, c: group.c_named().map(function).into_iter().collect() }
    }

    fn path(&self, parts: &[&str]) -> String {
        [&[names::c_stem(&self.name).as_str()], parts].concat().join("::")
    }

    fn c_function(&self, words: &[&str]) -> String {
        names::c_name(&names::c_stem(&self.name), words)
    }

    /// The view of a struct before a chain or an array, and the functions that read it.
    fn of_struct(&self, id: StructId) -> ApiNames {
        let mut api = ApiNames::default();
        let view = names::reply_view(&self.prefix, &self.struct_(id).name);
        if let Some(chain) = self.chain_of(id) {
            api.rust.push(self.path(&["views", &view]));
            let own = names::c_reply(&chain.name);
            let words = [c_word::PARSE, c_word::REQUEST, c_word::FIXED];
            api.c.extend(words.map(|word| self.c_function(&[&own[..], &[word]].concat())));
            let has_inputs = self.protocol.host(id).is_some_and(|host| !host.inputs.is_empty());
            let args = self.c_function(&[&own[..], &[c_word::ARGS]].concat());
            api.c.extend(has_inputs.then(|| ["struct ", &args].concat()));
        }
        if self.protocol.counted.iter().any(|plan| plan.struct_ == id) {
            api.rust.push(self.path(&["requests", &view]));
            let bare = names::after_abi(&self.name, &self.prefix, &self.struct_(id).name);
            api.c.push(self.c_function(&[bare, c_word::PARSE]));
        }
        let results = self.protocol.results_of(id);
        let results = results.map(|plan| self.path(&["requests", &names::rust_type(&plan.name)]));
        api.rust.extend(results);
        api
    }

    /// The requests of an ioctl, and the functions that call it.
    fn of_ioctl(&self, id: IoctlId) -> ApiNames {
        let mut api = ApiNames::default();
        let kind = names::rust_type(&self.fds[self.ioctl(id).fd].name);
        let requests = self.protocol.requests_of(id);
        for plan in requests {
            let type_ = names::rust_type(&plan.name);
            api.rust.push(self.path(&["requests", &type_]));
            api.rust.push(self.path(&["calls", &kind, &plan.name]));
            let own = names::c_request(&self.name, &self.prefix, &plan.name);
            let request = CRequest::new(self, plan);
            let functions = [self.c_function(&[own]), self.c_function(&names::c_call(own))];
            let with = functions.each_ref().map(|name| names::c_with(name));
            api.c.extend(request.has_buffer.then(|| names::c_size(&functions[0])));
            api.c.extend(functions);
            api.c.extend(with.into_iter().filter(|_| request.has_short_form()));
            let args = self.c_function(&names::c_args(own));
            api.c.extend((!request.members().is_empty()).then(|| ["struct ", &args].concat()));
        }
        if requests.is_empty() {
            let name = &self.protocol.names[id.0];
            api.rust.push(self.path(&["calls", &kind, name]));
            let own = names::c_request(&self.name, &self.prefix, name);
            api.c.push(self.c_function(&names::c_call(own)));
        }
        api
    }

    /// The views of a capability, and the functions that read and append it.
    fn of_capability(&self, of: &Chain, short: &str) -> ApiNames {
        let (chain, variant) = (of.name.as_str(), names::rust_type(short));
        let mut rust = vec![
            self.path(&["views", &names::cap_type(chain, short)]),
            self.path(&["views", &names::cap(chain), &variant]),
        ];
        let mut words = vec![c_word::READ, c_word::FIND];
        if of.cap_offset().is_some() {
            rust.push(self.path(&["views", &names::new_cap(chain), &variant]));
            words.push(c_word::APPEND);
        }
        let c = words.into_iter().map(|word| self.c_function(&[chain, short, word]));
        ApiNames { rust, c: c.collect() }
    }

    /// The view of a capability in a space, and the functions that read it. A kind of another
    /// capability is a variant below the view of that one.
    fn of_capability_in_space(&self, one: &Capability) -> ApiNames {
        let chain = &self.chain(one.chain).name;
        let enumeration = match &one.kind {
            None => names::cap(chain),
            Some(kind) => names::cap_kinds(chain, &self.capability(kind.parent).short),
        };
        let variant = self.path(&["views", &enumeration, &names::rust_type(&one.short)]);
        let rust = vec![self.path(&["views", &names::cap_type(chain, &one.short)]), variant];
        let words = [c_word::READ, c_word::FIND];
        let c = words.map(|word| self.c_function(&[chain, &one.short, word]));
        ApiNames { rust, c: c.into() }
    }

    /// The iterator of a chain, and the function that names ids.
    fn of_chain(&self, chain: &Chain) -> ApiNames {
        let rust = [names::caps(&chain.name), names::cap(&chain.name)];
        let rust = rust.map(|type_| self.path(&["views", &type_]));
        let words = match chain.space {
            Some(_) => &[c_word::CAPS, c_word::NEXT][..],
            None => &[c_word::CAPS, c_word::NEXT, c_word::FIND],
        };
        let name = (!chain.capabilities.is_empty()).then_some(c_word::CAP_NAME);
        let c = words.iter().chain(&name);
        let c = c.map(|word| self.c_function(&[&chain.name, word])).collect();
        ApiNames { rust: rust.into(), c }
    }
}
