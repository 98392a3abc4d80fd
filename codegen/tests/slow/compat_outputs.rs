//! The steps of versions that `compat` advises, held against the text of the crates and the
//! headers of neighbouring releases: a request that is gone, or that takes other values, is a
//! major step.

use std::collections::BTreeMap;

use capchain::compat::{Bump, Side, VersionImpact, compare};
use capchain::emit;
use capchain::ir::Abi;
use capchain::lower::lower;
use quote::ToTokens;
use support::fixtures;

/// The type of a request in Rust, as its users see it.
#[derive(Default, PartialEq, Eq)]
struct RequestType {
    generics: String,
    parameters: Vec<String>,
    fields: BTreeMap<String, String>,
}

impl RequestType {
    /// Whether programs that use this type compile with another one.
    fn is_kept_by(&self, new: &Self) -> bool {
        self.generics == new.generics
            && self.parameters == new.parameters
            && self.fields.iter().all(|(name, type_)| new.fields.get(name) == Some(type_))
    }
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

/// The types of requests in the crate, as syn reads them.
fn request_types(abi: &Abi) -> BTreeMap<String, RequestType> {
    let mut types = BTreeMap::<String, RequestType>::new();
    let files = emit::some(abi, |family| family.name == "Rust crate");
    for file in files.iter().filter(|file| file.path.contains("/src/requests/")) {
        for item in syn::parse_file(&file.contents).expect("Rust").items {
            match item {
                syn::Item::Struct(item) => {
                    let known = types.entry(item.ident.to_string()).or_default();
                    known.generics = text(&item.generics);
                    let named = item
                        .fields
                        .iter()
                        .filter_map(|field| Some((field.ident.as_ref()?, &field.ty)));
                    known.fields =
                        named.map(|(name, type_)| (name.to_string(), text(type_))).collect();
                }
                syn::Item::Impl(item) if item.trait_.is_none() => {
                    let syn::Type::Path(of) = &*item.self_ty else { continue };
                    let name = of.path.segments.last().expect("a name").ident.to_string();
                    for member in &item.items {
                        let syn::ImplItem::Fn(function) = member else { continue };
                        if function.sig.ident == "new" {
                            types.entry(name.clone()).or_default().parameters =
                                function.sig.inputs.iter().map(parameter_type).collect();
                        }
                    }
                }
                _ => {}
            }
        }
    }
    types.retain(|_, one| !one.generics.is_empty() || !one.fields.is_empty());
    types
}

fn parameter_type(parameter: &syn::FnArg) -> String {
    match parameter {
        syn::FnArg::Typed(typed) => text(&typed.ty),
        syn::FnArg::Receiver(receiver) => text(receiver),
    }
}

/// The types of the parameters of the functions of the header for requests.
fn functions(abi: &Abi) -> BTreeMap<String, Vec<String>> {
    let header = emit::c_header(abi).contents;
    let declarations = header.split("\nstatic inline ").skip(1);
    let function = declarations.filter_map(|rest| {
        let (head, _) = rest.split_once("\n{")?;
        let (start, parameters) = head.split_once('(')?;
        let name = start.split([' ', '*']).next_back()?;
        let words = parameters.trim_end().trim_end_matches(')').split(',');
        let type_ = |one: &str| {
            let one = one.split_whitespace().collect::<Vec<_>>().join(" ");
            one.trim_end_matches(|letter: char| letter.is_alphanumeric() || letter == '_')
                .to_owned()
        };
        Some((name.to_owned(), words.map(type_).collect()))
    });
    let requests: Vec<_> =
        abi.protocol.requests.iter().map(|plan| format!("_{}", plan.name)).collect();
    function
        .filter(|(name, _): &(String, _)| requests.iter().any(|request| name.ends_with(request)))
        .collect()
}

#[test]
fn another_form_of_a_request_is_a_major_step() {
    let mut found = BTreeMap::new();
    for name in ["vfio", "iommufd"] {
        let spec = fixtures::open(&fixtures::root().join("spec").join(name));
        let sides: Vec<_> = spec
            .releases()
            .iter()
            .map(|release| Side::specified(release.to_string(), lower(&spec, Some(*release))))
            .collect();
        for two in sides.windows(2) {
            let [old, new] = two else { unreachable!("windows of two") };
            let findings = compare(old, new);
            let advice = VersionImpact::of_all(findings.iter());
            let steps = format!("{name} {} to {}: {advice:?}", old.name, new.name);
            if findings.is_empty() || old.abi.ioctls.is_empty() {
                continue;
            }
            let types = [old, new].map(|side| request_types(&side.abi));
            let kept = |name: &String, old: &RequestType| {
                types[1].get(name).is_some_and(|new| old.is_kept_by(new))
            };
            let others = types[0].iter().filter(|(name, old)| !kept(name, old)).count();
            let functions = [old, new].map(|side| functions(&side.abi));
            let same = |name: &String, old: &Vec<_>| functions[1].get(name) == Some(old);
            let other_functions =
                functions[0].iter().filter(|(name, old)| !same(name, old)).count();
            for (language, others, step) in
                [("Rust", others, advice.crate_), ("C", other_functions, advice.header)]
            {
                assert!(others == 0 || step == Bump::Major, "{steps}, {language}");
                let stated = findings.iter().any(|finding| {
                    let start = finding.message.split(" are others: ").next().unwrap_or_default();
                    start.starts_with("functions for the request in")
                        && start.split(' ').any(|word| word == language)
                });
                assert!(others > 0 || !stated, "{steps}, {language}");
                *found.entry(language).or_insert(0) += others;
            }
        }
    }
    println!("{found:?}");
    assert!(found["Rust"] >= 4 && found["C"] >= 8, "{found:?}");
}
