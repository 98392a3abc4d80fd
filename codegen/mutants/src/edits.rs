//! The edits of a file that let a condition select each mutant.

use std::ops::Range;

use proc_macro2::{LineColumn, Span};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::{Mutant, Position};

/// A replacement of some bytes.
pub(super) struct Edit {
    range: Range<usize>,
    text: String,
}

/// A file with its edits.
pub(super) struct Edits {
    text: String,
    /// The first byte of each line.
    lines: Vec<usize>,
    nodes: Nodes,
    edits: Vec<Edit>,
}

/// The expressions that mutants change.
#[derive(Default)]
struct Nodes {
    binaries: Vec<syn::ExprBinary>,
    unaries: Vec<syn::ExprUnary>,
    arms: Vec<syn::Arm>,
    structs: Vec<syn::ExprStruct>,
}

impl<'ast> Visit<'ast> for Nodes {
    fn visit_expr_binary(&mut self, node: &'ast syn::ExprBinary) {
        self.binaries.push(node.clone());
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'ast syn::ExprUnary) {
        self.unaries.push(node.clone());
        visit::visit_expr_unary(self, node);
    }

    fn visit_arm(&mut self, node: &'ast syn::Arm) {
        self.arms.push(node.clone());
        visit::visit_arm(self, node);
    }

    fn visit_expr_struct(&mut self, node: &'ast syn::ExprStruct) {
        self.structs.push(node.clone());
        visit::visit_expr_struct(self, node);
    }
}

/// Whether an expression contains a `let`, which has to stay in its condition.
fn has_let(expr: &syn::Expr) -> bool {
    struct Lets(bool);
    impl Visit<'_> for Lets {
        fn visit_expr_let(&mut self, _: &syn::ExprLet) {
            self.0 = true;
        }
        fn visit_block(&mut self, _: &syn::Block) {}
        fn visit_expr_match(&mut self, _: &syn::ExprMatch) {}
    }
    let mut lets = Lets(false);
    lets.visit_expr(expr);
    lets.0
}

fn starts(span: Span, at: Position) -> bool {
    let LineColumn { line, column } = span.start();
    (line, column + 1) == (at.line, at.column)
}

impl Edits {
    pub(super) fn of(text: String) -> Self {
        let file = syn::parse_file(&text).expect("Rust");
        let mut nodes = Nodes::default();
        nodes.visit_file(&file);
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = [0].into_iter().chain(ends).collect();
        Self { text, lines, nodes, edits: Vec::new() }
    }

    /// Adds an edit, unless it is inside another one or contains it.
    pub(super) fn add(&mut self, edit: Edit) -> bool {
        let Range { start, end } = edit.range;
        let free = self.edits.iter().all(|one| one.range.end <= start || end <= one.range.start);
        if free {
            self.edits.push(edit);
        }
        free
    }

    pub(super) fn applied(mut self) -> String {
        // An insertion comes before the text that another edit replaces at its place.
        self.edits.sort_by_key(|edit| std::cmp::Reverse((edit.range.start, edit.range.end)));
        let mut text = self.text;
        for edit in self.edits {
            text.replace_range(edit.range, &edit.text);
        }
        text
    }

    fn byte(&self, line: usize, column: usize) -> usize {
        let start = self.lines[line - 1];
        let rest = self.text[start..].char_indices();
        start + rest.map(|(at, _)| at).nth(column).unwrap_or(self.text.len() - start)
    }

    fn range(&self, span: Span) -> Range<usize> {
        let (start, end) = (span.start(), span.end());
        self.byte(start.line, start.column)..self.byte(end.line, end.column)
    }

    fn source(&self, node: &impl Spanned) -> &str {
        &self.text[self.range(node.span())]
    }
}

impl Edit {
    /// The edit for a mutant; `None` if no condition can select it.
    pub(super) fn of(file: &Edits, number: usize, mutant: &Mutant) -> Option<Self> {
        let on = format!("crate::mutants::on({number})");
        let (at, new) = (mutant.span.start, &mutant.replacement);
        match mutant.genre.as_str() {
            // An `impl Iterator` has one type, which is not that of the replacement.
            "FnValue" if new.starts_with("::std::iter::") => None,
            "FnValue" => {
                let start = file.byte(at.line, at.column - 1);
                let inside = file.text[start..].starts_with('{');
                let start = start + usize::from(inside);
                let text = format!(" if {on} {{ return {new}; }} ");
                Some(Self { range: start..start, text })
            }
            "BinaryOperator" => {
                let node = file.nodes.binaries.iter().find(|one| starts(one.op.span(), at))?;
                let whole = syn::Expr::Binary(node.clone());
                if has_let(&whole) {
                    return None;
                }
                let (left, right) = (file.source(&node.left), file.source(&node.right));
                let old = file.source(&node.op);
                let text =
                    format!("(if {on} {{ {left} {new} {right} }} else {{ {left} {old} {right} }})");
                Some(Self { range: file.range(node.span()), text })
            }
            "UnaryOperator" => {
                let node = file.nodes.unaries.iter().find(|one| starts(one.op.span(), at))?;
                let (inside, whole) = (file.source(&node.expr), file.source(node));
                let text = format!("(if {on} {{ {new}{inside} }} else {{ {whole} }})");
                Some(Self { range: file.range(node.span()), text })
            }
            "MatchArm" => {
                let arm = file.nodes.arms.iter().find(|one| starts(one.span(), at))?;
                match &arm.guard {
                    Some((_, guard)) if has_let(guard) => None,
                    Some((_, guard)) => {
                        let text = format!("!{on} && ({})", file.source(guard));
                        Some(Self { range: file.range(guard.span()), text })
                    }
                    None => {
                        let end = file.range(arm.pat.span()).end;
                        Some(Self { range: end..end, text: format!(" if !{on}") })
                    }
                }
            }
            "MatchArmGuard" => {
                let guards = file.nodes.arms.iter().filter_map(|arm| arm.guard.as_ref());
                let (_, guard) = guards.into_iter().find(|(_, guard)| starts(guard.span(), at))?;
                let old = file.source(guard);
                let text = match (has_let(guard), new.as_str()) {
                    (true, _) => return None,
                    (_, "true") => format!("{on} || ({old})"),
                    _ => format!("!{on} && ({old})"),
                };
                Some(Self { range: file.range(guard.span()), text })
            }
            "StructField" => {
                let mut structs = file.nodes.structs.iter();
                let is_deleted = |field: &&syn::FieldValue| starts(field.span(), at);
                let node = structs.find(|node| node.fields.iter().any(|one| is_deleted(&one)))?;
                let kept = node.fields.iter().filter(|one| !is_deleted(one));
                let kept = kept.map(|one| format!("{}, ", file.source(one))).collect::<String>();
                let (path, rest) = (file.source(&node.path), file.source(node.rest.as_ref()?));
                let whole = file.source(node);
                let text =
                    format!("(if {on} {{ {path} {{ {kept}..{rest} }} }} else {{ {whole} }})");
                Some(Self { range: file.range(node.span()), text })
            }
            _ => None,
        }
    }
}
