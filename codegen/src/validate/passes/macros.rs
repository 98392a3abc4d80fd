//! Macros: C text that can only be one expression, and Rust text that is one function.

use proc_macro2::{TokenStream, TokenTree};
use syn::{FnArg, ItemFn, Visibility};

use crate::spec::{ItemSpec, MacroSpec};
use crate::validate::Check;
use crate::validate::codes::BAD_MACRO;

/// The most characters of a text.
const MOST_TEXT: usize = 2000;

/// The most tokens of a function; a parser needs a stack for them.
const MOST_TOKENS: usize = 400;

pub(super) fn check(check: &mut Check<'_>) {
    for item in check.spec.files.iter().flat_map(|file| file.items.iter()) {
        let ItemSpec::Macro(item) = item else { continue };
        let former = item.before.iter().filter_map(|(_, before)| before.c.as_ref());
        for c in former.chain([&item.c]) {
            if let Err(why) = expression(c.trim()) {
                check.refuse_because(BAD_MACRO, c.place, "the C text is not an expression", &why);
            }
        }
        if let Err(why) = twin(item) {
            check.refuse_because(
                BAD_MACRO,
                item.rust.place,
                "the Rust text is not a function like the macro",
                &why,
            );
        }
    }
}

/// Whether C text consists of names, numbers, operators and balanced parentheses,
/// so that it can neither end early nor hide anything. Lines are joined when it is
/// emitted.
fn expression(text: &str) -> Result<(), String> {
    if text.is_empty() || text.len() > MOST_TEXT {
        return Err(format!("it has 1 to {MOST_TEXT} characters"));
    }
    let allowed =
        |letter: char| letter.is_ascii_alphanumeric() || " \n_+-*/%&|^~!<>=?:,.()".contains(letter);
    if let Some(letter) = text.chars().find(|letter| !allowed(*letter)) {
        return Err(format!("it cannot have {letter:?}"));
    }
    // Comments, digraphs and trigraphs are made of operators as well.
    let pairs = ["//", "/*", "*/", "<:", ":>", "<%", "%>", "%:", "??"];
    if let Some(pair) = pairs.into_iter().find(|pair| text.contains(pair)) {
        return Err(format!("`{pair}` means something else in C"));
    }
    let mut open = 0_usize;
    for letter in text.chars() {
        match letter {
            '(' => open += 1,
            ')' => open = open.checked_sub(1).ok_or("a `)` closes nothing")?,
            _ => {}
        }
    }
    if open == 0 { Ok(()) } else { Err("a `(` is not closed".to_owned()) }
}

/// Whether the Rust text is one public constant function of as many arguments.
fn twin(item: &MacroSpec) -> Result<(), String> {
    let text = item.rust.trim();
    if text.len() > MOST_TEXT {
        return Err(format!("it has at most {MOST_TEXT} characters"));
    }
    let tokens: TokenStream = text.parse().map_err(|error| format!("{error}"))?;
    let mut count = 0;
    plain(tokens.clone(), &mut count)?;
    let function: ItemFn = syn::parse2(tokens).map_err(|error| format!("{error}"))?;
    let sig = &function.sig;
    let public = matches!(function.vis, Visibility::Public(_)) && sig.constness.is_some();
    let special = sig.asyncness.is_some() || sig.abi.is_some() || sig.variadic.is_some();
    let generic = !sig.generics.params.is_empty() || sig.generics.where_clause.is_some();
    let documented = |attribute: &syn::Attribute| attribute.path().is_ident("doc");
    if !public || special || generic || !function.attrs.iter().all(documented) {
        return Err("it must be a plain `pub const fn`".to_owned());
    }
    let (name, macro_) = (sig.ident.to_string(), item.macro_.to_lowercase());
    if name != macro_ {
        return Err(format!("it must be called `{macro_}`"));
    }
    let typed = sig.inputs.iter().filter(|input| matches!(input, FnArg::Typed(_))).count();
    if typed != item.args.len() || typed != sig.inputs.len() {
        return Err(format!("it must have as many arguments as the macro, {}", item.args.len()));
    }
    Ok(())
}

/// Whether there are few tokens, without deep nesting, and only tokens that the crate allows.
fn plain(tokens: TokenStream, count: &mut usize) -> Result<(), String> {
    let mut open = vec![tokens.into_iter()];
    while let Some(innermost) = open.last_mut() {
        match innermost.next() {
            None => drop(open.pop()),
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
            Some(TokenTree::Ident(word)) if word == "unsafe" => {
                return Err("the crate has no unsafe code".to_owned());
            }
            Some(_) => {}
        }
        *count += 1;
        if *count > MOST_TOKENS {
            return Err(format!("it has more than {MOST_TOKENS} tokens"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_text_cannot_leave_its_macro() {
        for text in ["(x & FLAG ? (x) == 1UL : 1)", "((state) &\n ~MASK)", "x"] {
            assert_eq!(expression(text), Ok(()), "{text}");
        }
        for text in [
            "", "a; b", "{a}", "\"a\"", "'a'", "a \\ b", "#a", "a // b", "a /* b", "(a", "a)",
            ")a(", "a ??= b", "a <: b", "é", "a\u{0}",
        ] {
            assert!(expression(text).is_err(), "{text}");
        }
    }

    #[test]
    fn deep_text_is_refused_before_it_is_parsed() {
        let tokens = "!".repeat(MOST_TOKENS + 1).parse().expect("tokens");
        assert!(plain(tokens, &mut 0).is_err());
    }
}
