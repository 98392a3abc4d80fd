//! The pieces of a struct on one model: fields, the parts of a capability's header,
//! and holes, in the order of their offsets.

use super::super::page::Page;
use super::super::types;
use crate::ir::{Field, Role, Struct, Type};
use crate::layout::{Model, Span};

/// The kind of a piece, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// Ordinary data.
    Data,
    /// A field of the protocol.
    Protocol,
    /// A part of a capability's header.
    Header,
    /// A reserved field.
    Reserved,
    /// Padding that belongs to no field.
    Hole,
    /// An array without a fixed end.
    Flexible,
}

/// Some bytes that are drawn as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) span: Span,
    pub(super) kind: PieceKind,
    pub(super) name: String,
    pub(super) type_: String,
}

/// All pieces of a struct.
pub(super) fn pieces(page: &Page<'_>, struct_: &Struct, model: Model) -> Vec<Piece> {
    let layout = &struct_.layouts[model.index()];
    let mut pieces = Vec::new();
    for (field, span) in struct_.fields.iter().zip(&layout.fields) {
        match (field.role, &field.type_) {
            (Role::Header, Type::Struct(id)) => {
                let header = page.abi.struct_(*id);
                let parts = header.fields.iter().zip(&header.layouts[model.index()].fields);
                pieces.extend(parts.map(|(part, inner)| Piece {
                    span: Span { offset: span.offset + inner.offset, size: inner.size },
                    kind: PieceKind::Header,
                    name: format!("{}.{}", field.name, part.name),
                    type_: types::plain(page, &part.type_, &header.fields),
                }));
            }
            _ => pieces.push(piece(page, struct_, field, *span)),
        }
    }
    // A flexible array may start in the padding.
    let tail = pieces.iter().find(|piece| piece.kind == PieceKind::Flexible);
    let tail = tail.map_or(layout.size, |piece| piece.span.offset);
    let holes = layout.holes.iter().filter(|hole| hole.offset < tail);
    pieces.extend(holes.map(|hole| Piece {
        span: *hole,
        kind: PieceKind::Hole,
        name: "hole".to_owned(),
        type_: bytes(hole.size),
    }));
    pieces.sort_by_key(|piece| (piece.span.offset, piece.kind == PieceKind::Flexible));
    pieces
}

fn piece(page: &Page<'_>, struct_: &Struct, field: &Field, span: Span) -> Piece {
    let type_ = types::plain(page, &field.type_, &struct_.fields);
    let kind = match (&field.type_, field.role) {
        (Type::Flexible(..), _) => PieceKind::Flexible,
        (_, Role::Argsz | Role::Flags | Role::CapOffset | Role::Count) => PieceKind::Protocol,
        (_, Role::Header) => PieceKind::Header,
        (_, Role::Reserved) => PieceKind::Reserved,
        (_, Role::Data | Role::Fd | Role::OptionalFd) => PieceKind::Data,
    };
    match &field.type_ {
        Type::Union(arms) => {
            let names: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
            let types: Vec<String> =
                arms.iter().map(|arm| types::plain(page, &arm.type_, &[])).collect();
            Piece { span, kind, name: names.join(" or "), type_: common(&types) }
        }
        _ => Piece { span, kind, name: field.name.clone(), type_ },
    }
}

/// The type that all arms of a union have, or all of their types.
fn common(types: &[String]) -> String {
    match types {
        [first, rest @ ..] if rest.iter().all(|other| other == first) => first.clone(),
        _ => types.join(" or "),
    }
}

fn bytes(count: u64) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}
