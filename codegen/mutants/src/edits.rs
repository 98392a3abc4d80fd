//! The edits of a file that let a condition select each mutant.

use std::cmp::Reverse;
use std::ops::Range;

use proc_macro2::{LineColumn, Span};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::{Mutant, Position};

/// Texts around some bytes, which stay.
pub(super) struct Edit {
    range: Range<usize>,
    before: String,
    after: String,
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

    pub(super) fn add(&mut self, edit: Edit) {
        self.edits.push(edit);
    }

    /// The text with all edits, of which one can be around others.
    pub(super) fn applied(mut self) -> String {
        self.edits.sort_by_key(|edit| (edit.range.start, Reverse(edit.range.end)));
        let (mut text, mut at) = (String::new(), 0);
        let mut open: Vec<&Edit> = Vec::new();
        let last = self.text.len();
        let starts = self.edits.iter().map(|edit| (edit.range.start, Some(edit)));
        for (start, edit) in starts.chain([(last, None)]) {
            while open.last().is_some_and(|one| one.range.end <= start) {
                let Some(inner) = open.pop() else { break };
                text += &self.text[at..inner.range.end];
                text += &inner.after;
                at = inner.range.end;
            }
            text += &self.text[at..start];
            at = start;
            if let Some(edit) = edit {
                text += &edit.before;
                open.push(edit);
            }
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

    /// Another text in place of a node while a condition holds.
    fn choice(&self, node: &impl Spanned, on: &str, other: &str) -> Edit {
        let before = format!("(if {on} {{ {other} }} else {{ ");
        Edit { range: self.range(node.span()), before, after: " })".to_owned() }
    }

    /// A condition before a guard.
    fn condition(&self, guard: &syn::Expr, before: String) -> Edit {
        let before = before + " (";
        Edit { range: self.range(guard.span()), before, after: ")".to_owned() }
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
                let before = format!(" if {on} {{ return {new}; }} ");
                Some(Self { range: start..start, before, after: String::new() })
            }
            "BinaryOperator" => {
                let node = file.nodes.binaries.iter().find(|one| starts(one.op.span(), at))?;
                let whole = syn::Expr::Binary(node.clone());
                if has_let(&whole) {
                    return None;
                }
                let (left, right) = (file.source(&node.left), file.source(&node.right));
                Some(file.choice(node, &on, &format!("{left} {new} {right}")))
            }
            "UnaryOperator" => {
                let node = file.nodes.unaries.iter().find(|one| starts(one.op.span(), at))?;
                Some(file.choice(node, &on, &[new, file.source(&node.expr)].concat()))
            }
            "MatchArm" => {
                let arm = file.nodes.arms.iter().find(|one| starts(one.span(), at))?;
                match &arm.guard {
                    Some((_, guard)) if has_let(guard) => None,
                    Some((_, guard)) => Some(file.condition(guard, format!("!{on} &&"))),
                    None => {
                        let end = file.range(arm.pat.span()).end;
                        let before = format!(" if !{on}");
                        Some(Self { range: end..end, before, after: String::new() })
                    }
                }
            }
            "MatchArmGuard" => {
                let guards = file.nodes.arms.iter().filter_map(|arm| arm.guard.as_ref());
                let (_, guard) = guards.into_iter().find(|(_, guard)| starts(guard.span(), at))?;
                match (has_let(guard), new.as_str()) {
                    (true, _) => None,
                    (_, "true") => Some(file.condition(guard, format!("{on} ||"))),
                    _ => Some(file.condition(guard, format!("!{on} &&"))),
                }
            }
            "StructField" => {
                let mut structs = file.nodes.structs.iter();
                let is_deleted = |field: &&syn::FieldValue| starts(field.span(), at);
                let node = structs.find(|node| node.fields.iter().any(|one| is_deleted(&one)))?;
                let kept = node.fields.iter().filter(|one| !is_deleted(one));
                let kept = kept.map(|one| format!("{}, ", file.source(one))).collect::<String>();
                let (path, rest) = (file.source(&node.path), file.source(node.rest.as_ref()?));
                Some(file.choice(node, &on, &format!("{path} {{ {kept}..{rest} }}")))
            }
            _ => None,
        }
    }
}
