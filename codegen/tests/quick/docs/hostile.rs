//! The ABI of VFIO with texts that could end a comment, a table cell, a paragraph
//! or a template.

use capchain::ir::{Abi, Doc, Meta, Type};

/// Texts with a meaning in some format.
const TEXTS: [&str; 24] = [
    "*/ ends /* and ??/ goes on \\",
    "a | b `c | d` e \\| f `g \\| h\\`",
    "<script>alert(1)</script> <b>",
    "[x](javascript:alert(1)) ![y](https://example.org/z.png) [z]: w",
    "one ` alone",
    "`` two `` three ``` four",
    "`<i>` and `` `<u>` ``",
    "{{ name }} {% if x %} {# y #}",
    "- item",
    "+ item",
    "* item",
    "12. item",
    "7) item",
    "# title",
    "=== ===",
    "--- ---",
    "> quote",
    "&lt; &copy; &#124;",
    "__a__ _b_ (_c_) *d* ~~e~~ $f$ __ __",
    "<!-- comment --> <a id=\"x\"></a>",
    "[//]: # \"hidden\" [^1]",
    "``` fence",
    "~~~ fence",
    "| a | b |",
];

/// The ABI with each of the texts in place of all its texts.
pub(crate) fn abis(abi: &Abi) -> Vec<(String, Abi)> {
    TEXTS.into_iter().map(|text| (text.to_owned(), hostile(abi.clone(), text))).collect()
}

/// The visible text, without backticks and white space, and with dashes of one length.
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|one| *one != '`' && !one.is_whitespace()).collect()
}

fn hostile(mut abi: Abi, text: &str) -> Abi {
    let doc: Doc = [text.to_owned(), format!("Second. {text}")].into();
    abi.title = text.to_owned();
    abi.doc = doc.clone();
    abi.overlays = vec![text.to_owned()];
    for fd in &mut abi.fds {
        fd.doc = doc.clone();
        fd.backends.iter_mut().for_each(|(_, told)| *told = doc.clone());
    }
    for section in &mut abi.sections {
        section.title = text.to_owned();
        section.doc = doc.clone();
    }
    let structs = abi.structs.iter_mut().flat_map(|one| {
        let fields = one.fields.iter_mut().flat_map(|field| {
            let arms = match &mut field.type_ {
                Type::Union(arms) => arms.as_mut_slice(),
                _ => &mut [],
            };
            arms.iter_mut().map(|arm| &mut arm.meta).chain([&mut field.meta])
        });
        fields.chain([&mut one.meta])
    });
    structs.for_each(|meta| of_meta(meta, text, &doc));
    for group in &mut abi.groups {
        group.values.iter_mut().for_each(|value| of_meta(&mut value.meta, text, &doc));
        group.reserved.iter_mut().for_each(|one| one.doc = doc.clone());
        of_meta(&mut group.meta, text, &doc);
    }
    for ioctl in &mut abi.ioctls {
        ioctl.returns = Some(doc.clone());
        for handler in &mut ioctl.handlers {
            handler.doc = doc.clone();
            handler.source = text.to_owned();
        }
        of_meta(&mut ioctl.meta, text, &doc);
    }
    for macro_ in &mut abi.macros {
        macro_.c = text.to_owned();
        macro_.rust = text.to_owned();
        of_meta(&mut macro_.meta, text, &doc);
    }
    for chain in &mut abi.chains {
        chain.reserved.iter_mut().for_each(|one| one.doc = doc.clone());
        of_meta(&mut chain.meta, text, &doc);
    }
    for capability in &mut abi.capabilities {
        of_meta(&mut capability.meta, text, &doc);
    }
    abi
}

fn of_meta(meta: &mut Meta, text: &str, doc: &Doc) {
    meta.doc = doc.clone();
    meta.source = text.to_owned();
    if let Some(deprecated) = &mut meta.deprecated {
        deprecated.doc = doc.clone();
    }
}
