//! What the source of a crate made by bindgen declares.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Fields, Item, UseTree};

/// The names of a module, by kind.
#[derive(Default)]
pub(crate) struct Declared {
    pub(crate) constants: BTreeSet<String>,
    pub(crate) aliases: BTreeSet<String>,
    /// Structs and unions with their fields and the traits that they implement.
    pub(crate) types: BTreeMap<String, DeclaredType>,
}

#[derive(Default)]
pub(crate) struct DeclaredType {
    pub(crate) generic: bool,
    pub(crate) fields: Vec<String>,
    pub(crate) traits: BTreeSet<String>,
}

impl Declared {
    /// Adds the items of a file.
    pub(crate) fn read(&mut self, text: &str) {
        let file = syn::parse_file(text).expect("Rust");
        for item in &file.items {
            match item {
                Item::Const(item) if item.ident != "_" => {
                    self.constants.insert(item.ident.to_string());
                }
                Item::Use(item) => reexported(&item.tree, &mut self.constants),
                Item::Type(item) => {
                    self.aliases.insert(item.ident.to_string());
                }
                Item::Struct(item) => {
                    let generic = !item.generics.params.is_empty();
                    let type_ = self.types.entry(item.ident.to_string()).or_default();
                    *type_ = DeclaredType {
                        generic,
                        fields: names(&item.fields),
                        traits: derived(&item.attrs),
                    };
                }
                Item::Union(item) => {
                    let type_ = self.types.entry(item.ident.to_string()).or_default();
                    type_.fields = names(&Fields::Named(item.fields.clone()));
                    type_.traits.extend(derived(&item.attrs));
                }
                _ => {}
            }
        }
        for item in &file.items {
            let Item::Impl(item) = item else { continue };
            let (Some((path, _)), syn::Type::Path(type_)) = (&item.trait_, &*item.self_ty) else {
                continue;
            };
            let last = |path: &syn::Path| path.segments.last().expect("a name").ident.to_string();
            let type_ = self.types.get_mut(&last(&type_.path)).expect("a type of the file");
            type_.traits.insert(last(path));
        }
    }

    /// Every name.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        let types = self.types.keys();
        self.constants.iter().chain(&self.aliases).chain(types).map(String::as_str).collect()
    }
}

/// The names of a list of imports.
fn reexported(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => reexported(&path.tree, names),
        UseTree::Group(group) => group.items.iter().for_each(|tree| reexported(tree, names)),
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            names.extend(["VFIO", "IOMMU"].iter().any(|word| name.contains(word)).then_some(name));
        }
        _ => {}
    }
}

/// The names of public fields.
fn names(fields: &Fields) -> Vec<String> {
    let public = fields.iter().filter(|field| matches!(field.vis, syn::Visibility::Public(_)));
    public.filter_map(|field| field.ident.as_ref()).map(ToString::to_string).collect()
}

/// The traits in `derive`.
fn derived(attributes: &[syn::Attribute]) -> BTreeSet<String> {
    let derives = attributes.iter().filter(|one| one.path().is_ident("derive"));
    let lists = derives.map(|one| one.meta.require_list().expect("traits").tokens.clone());
    let words = lists.flat_map(|list| {
        let text = list.to_string();
        text.split(',').map(|word| word.trim().to_owned()).collect::<Vec<_>>()
    });
    words.filter(|word| !word.is_empty()).collect()
}
