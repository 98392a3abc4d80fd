//! The steps of versions that `compat` advises, held against the text of the crates and the
//! headers of neighbouring releases: a request that is gone, or that takes other inputs, is a
//! major step. In C, compilers judge a program of the old release with the new header.

mod c_program;

use std::collections::BTreeMap;

use capchain::compat::{Bump, Side, VersionImpact, compare};
use capchain::emit;
use capchain::ir::Abi;
use capchain::lower::lower;
use quote::ToTokens;
use support::fixtures;

use c_program::Requests;

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

/// The header of a release, and what it declares for requests.
fn c_requests(abi: &Abi) -> (String, Requests) {
    let header = emit::c_header(abi).contents;
    let plans = abi.protocol.requests.iter().map(|plan| format!("_{}", plan.name));
    let replies = plans.chain(["_info_request".to_owned(), "_get_region_info".to_owned()]);
    let requests = Requests::of_header(&header, &replies.collect::<Vec<_>>());
    (header, requests)
}

#[test]
fn another_form_of_a_request_is_a_major_step() {
    let (mut found, mut programs) = (BTreeMap::new(), 0);
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
            let [(_, before), (header, now)] = [old, new].map(|side| c_requests(&side.abi));
            let lost = before.lost_in(&now);
            if before != now {
                let compiled = before.compile_with(name, &header);
                assert_eq!(compiled.is_ok(), lost == 0, "{steps}: {compiled:?}");
                programs += 1;
            }
            for (language, others, step) in
                [("Rust", others, advice.crate_), ("C", lost, advice.header)]
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
    println!("{found:?}, {programs} programs");
    assert!(found["Rust"] >= 4 && found["C"] >= 4 && programs >= 20, "{found:?}, {programs}");
}
