//! Places pieces on rows of 8 bytes. A piece of more than two whole rows is folded:
//! it is drawn as one row with a tear, and the offsets continue after it. Heights
//! are in the units of the picture, everything else is in bytes.

use super::pieces::{Piece, PieceKind};

/// Bytes in a row.
const ROW: u64 = 8;
/// The height of a row.
const HEIGHT: u64 = 46;
/// The height that a tear adds to a row.
const TEAR: u64 = 26;

/// A box: a piece, or its part on one row.
#[derive(Debug)]
pub(super) struct Cell<'a> {
    pub(super) piece: &'a Piece,
    /// Its first byte on the row.
    pub(super) column: u64,
    /// How many bytes wide it is drawn.
    pub(super) columns: u64,
    pub(super) y: u64,
    pub(super) height: u64,
    /// Whether this part of the piece has its name and type.
    pub(super) label: bool,
}

/// The positions of all boxes.
#[derive(Debug, Default)]
pub(super) struct Grid<'a> {
    pub(super) cells: Vec<Cell<'a>>,
    /// The offset of each row's first byte, and the row's top.
    pub(super) offsets: Vec<(u64, u64)>,
    /// The middle of each tear.
    pub(super) tears: Vec<u64>,
    /// The offset after the last placed byte.
    pub(super) end: u64,
    /// Whether a flexible array continues after it.
    pub(super) open: bool,
    /// The height of all rows.
    pub(super) height: u64,
    /// Offsets at which rows end, and their bottoms.
    bottoms: Vec<(u64, u64)>,
}

impl<'a> Grid<'a> {
    /// The pieces, which follow each other without a gap.
    pub(super) fn new(pieces: &'a [Piece]) -> Self {
        let mut grid = Self::default();
        for piece in pieces {
            match piece.kind {
                PieceKind::Flexible => grid.tail(piece),
                _ => grid.piece(piece),
            }
        }
        if grid.end % ROW != 0 && !grid.open {
            grid.close_row();
        }
        grid
    }

    /// The bottom of the row of the bytes before `offset`.
    pub(super) fn bottom_of(&self, offset: u64) -> u64 {
        let row = self.bottoms.iter().find(|(end, _)| offset <= *end);
        row.map_or(self.height, |(_, bottom)| *bottom)
    }

    fn piece(&mut self, piece: &'a Piece) {
        let (from, end) = (self.cells.len(), piece.span.end());
        self.end = piece.span.offset;
        while self.end < end {
            match self.end % ROW {
                0 if end - self.end >= ROW => self.whole_rows(piece, (end - self.end) / ROW),
                _ => self.part(piece, end),
            }
        }
        let parts = &mut self.cells[from..];
        let largest = parts.iter().map(|cell| cell.columns * cell.height).max();
        let labelled = parts.iter_mut().find(|cell| Some(cell.columns * cell.height) == largest);
        if let Some(cell) = labelled {
            cell.label = true;
        }
    }

    /// Whole rows of a piece.
    fn whole_rows(&mut self, piece: &'a Piece, rows: u64) {
        let height = match rows {
            1 | 2 => rows * HEIGHT,
            _ => HEIGHT + TEAR,
        };
        let drawn = if rows == 2 { 2 } else { 1 };
        self.offsets
            .extend((0..drawn).map(|row| (self.end + row * ROW, self.height + row * HEIGHT)));
        if rows > 2 {
            self.tears.push(self.height + HEIGHT + TEAR / 2 - 2);
        }
        self.cell(piece, (0, ROW), height);
        self.end += rows * ROW;
        self.height += height;
        self.bottoms.push((self.end, self.height));
    }

    /// A piece, or the end of one, in a row that it shares.
    fn part(&mut self, piece: &'a Piece, end: u64) {
        let column = self.end % ROW;
        let columns = (end - self.end).min(ROW - column);
        self.open_row(column);
        self.cell(piece, (column, columns), HEIGHT);
        self.end += columns;
        if self.end % ROW == 0 {
            self.close_row();
        }
    }

    /// A flexible array: the rest of the row, and a continuation.
    fn tail(&mut self, piece: &'a Piece) {
        self.end = piece.span.offset;
        let column = self.end % ROW;
        self.open_row(column);
        self.cell(piece, (column, ROW - column), HEIGHT);
        if let Some(cell) = self.cells.last_mut() {
            cell.label = true;
        }
        self.close_row();
        self.open = true;
    }

    fn open_row(&mut self, column: u64) {
        if column == 0 {
            self.offsets.push((self.end, self.height));
        }
    }

    fn close_row(&mut self) {
        self.height += HEIGHT;
        self.bottoms.push((self.end, self.height));
    }

    fn cell(&mut self, piece: &'a Piece, (column, columns): (u64, u64), height: u64) {
        let y = self.height;
        self.cells.push(Cell { piece, column, columns, y, height, label: false });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Span;

    /// A piece without a name.
    fn piece(offset: u64, size: u64, kind: PieceKind) -> Piece {
        let span = Span { offset, size };
        Piece { span, kind, name: String::new(), type_: String::new() }
    }

    #[test]
    fn a_long_piece_is_folded_and_offsets_continue_after_it() {
        let pieces = [
            piece(0, 4, PieceKind::Data),
            piece(4, 100, PieceKind::Data),
            piece(104, 8, PieceKind::Data),
        ];
        let grid = Grid::new(&pieces);
        let offsets: Vec<u64> = grid.offsets.iter().map(|(offset, _)| *offset).collect();
        assert_eq!(offsets, [0, 8, 104]);
        assert_eq!((grid.tears.len(), grid.end), (1, 112));
        assert_eq!(grid.height, 3 * HEIGHT + TEAR);
    }

    #[test]
    fn a_piece_on_two_rows_is_labelled_once() {
        let pieces = [piece(0, 4, PieceKind::Data), piece(4, 8, PieceKind::Data)];
        let grid = Grid::new(&pieces);
        let labels: Vec<bool> = grid.cells.iter().map(|cell| cell.label).collect();
        assert_eq!(labels, [true, true, false]);
        assert_eq!((grid.height, grid.bottom_of(8), grid.bottom_of(12)), {
            (2 * HEIGHT, HEIGHT, 2 * HEIGHT)
        });
    }

    #[test]
    fn no_box_overlaps_another() {
        let pieces = [
            piece(0, 1, PieceKind::Data),
            piece(1, 30, PieceKind::Data),
            piece(31, 17, PieceKind::Hole),
            piece(48, 0, PieceKind::Flexible),
        ];
        let grid = Grid::new(&pieces);
        for (at, one) in grid.cells.iter().enumerate() {
            for other in &grid.cells[at + 1..] {
                let apart = one.column + one.columns <= other.column
                    || other.column + other.columns <= one.column;
                let above = one.y + one.height <= other.y || other.y + other.height <= one.y;
                assert!(apart || above, "{one:?} {other:?}");
            }
        }
    }
}
