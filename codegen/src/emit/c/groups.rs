//! Groups of named values: `#define`s at file level or inside a struct, and enums.

use super::comment::{Comment, since_note};
use super::comment_layout::{Row, place};
use super::literal;
use super::tabs::{WIDTH, end_column, next_tab_stop, tabs};
use super::view::{DefineView, EnumView, EnumeratorView};
use crate::ir::{Abi, Group, GroupKind, Literal, Value};

/// The start of a definition.
const DEFINE: &str = "#define ";

/// The constants of a group, with their values in one column.
pub(super) fn defines(abi: &Abi, group: &Group) -> Vec<DefineView> {
    let ends = group.values.iter().map(|value| DEFINE.len() + value.name.len());
    let column = ends.map(next_tab_stop).max().unwrap_or(0);
    let bare: Vec<_> = group.values.iter().map(|value| define(value, column)).collect();
    let rows = group.values.iter().zip(&bare);
    let rows =
        rows.map(|(value, define)| Row { end: end(define), comment: comment(abi, value, group) });
    let comments = place(&rows.collect::<Vec<_>>(), 0);
    let defines = bare.into_iter().zip(comments).map(|(define, comment)| DefineView {
        above: comment.above,
        trailing: define.trailing + &comment.trailing,
        ..define
    });
    defines.collect()
}

/// Adds an empty line above and below every constant with a comment above it.
pub(super) fn set_apart(mut defines: Vec<DefineView>) -> Vec<DefineView> {
    let mut below_tall = false;
    for define in &mut defines {
        let tall = !define.above.is_empty();
        if tall || below_tall {
            define.above.insert(0, String::new());
        }
        below_tall = tall;
    }
    defines
}

/// A constant outside of a group.
pub(super) fn lone_define(name: &str, value: String) -> DefineView {
    let end = DEFINE.len() + name.len();
    DefineView {
        above: Vec::new(),
        name: name.to_owned(),
        gap: tabs(end, next_tab_stop(end)),
        value,
        trailing: String::new(),
        rest: Vec::new(),
    }
}

/// A value of a group without its comment, in no common column.
pub(super) fn bare_define(value: &Value) -> DefineView {
    define(value, next_tab_stop(DEFINE.len() + value.name.len()))
}

/// Aligns the values of constants in one column.
pub(super) fn aligned(mut defines: Vec<DefineView>) -> Vec<DefineView> {
    let end = |define: &DefineView| DEFINE.len() + define.name.len();
    let column = defines.iter().map(|define| next_tab_stop(end(define))).max().unwrap_or(0);
    for define in &mut defines {
        define.gap = tabs(end(define), column);
    }
    defines
}

/// Moves the value to the next line if the constant is too long for one.
pub(super) fn fitted(define: DefineView) -> DefineView {
    let line = [DEFINE, &define.name, &define.gap, &define.value].concat();
    if end_column(&line) <= WIDTH {
        return define;
    }
    let rest = vec![format!("\t{}", define.value)];
    DefineView {
        gap: String::new(),
        value: String::new(),
        trailing: CONTINUED.to_owned(),
        rest,
        ..define
    }
}

fn define(value: &Value, column: usize) -> DefineView {
    let end = DEFINE.len() + value.name.len();
    let mut lines = literal::value(value).into_iter();
    let first = lines.next().unwrap_or_default();
    // Continuation lines are aligned with the first name after the parenthesis.
    let margin = tabs(0, column) + " ";
    let rest: Vec<_> = lines.map(|line| margin.clone() + &line).collect();
    let count = rest.len();
    let rest = rest.into_iter().enumerate().map(|(index, line)| match index + 1 < count {
        true => line + CONTINUED,
        false => line,
    });
    DefineView {
        above: Vec::new(),
        name: value.name.clone(),
        gap: tabs(end, column),
        value: first,
        trailing: if count > 0 { CONTINUED.to_owned() } else { String::new() },
        rest: rest.collect(),
    }
}

/// The end of a line of a macro that continues on the next line.
pub(super) const CONTINUED: &str = " \\";

/// The column after a constant; none if it has several lines.
fn end(define: &DefineView) -> Option<usize> {
    let line = [DEFINE, &define.name, &define.gap, &define.value].concat();
    define.rest.is_empty().then(|| end_column(&line))
}

fn comment<'a>(abi: &Abi, value: &'a Value, group: &Group) -> Comment<'a> {
    let since = since_note(&abi.releases, value.meta.since, group.meta.since);
    let notes: Vec<_> = since.into_iter().collect();
    Comment::of(&value.meta.doc).notes(&notes).deprecated(value.meta.deprecated.as_deref())
}

/// A group as an enum.
pub(super) fn enumeration(abi: &Abi, group: &Group) -> EnumView {
    let written = enumerator_values(&group.values);
    let rows = group.values.iter().zip(&written).map(|(value, written)| {
        let line = ["\t", &value.name, written, ","].concat();
        Row { end: Some(end_column(&line)), comment: comment(abi, value, group) }
    });
    let comments = place(&rows.collect::<Vec<_>>(), 8);
    let enumerators = group.values.iter().zip(written).zip(comments);
    let enumerators = enumerators.map(|((value, written), comment)| EnumeratorView {
        above: comment.above,
        name: value.name.clone(),
        value: written,
        trailing: comment.trailing,
    });
    let tag = match group.kind {
        GroupKind::Enum => format!(" {}", group.name),
        _ => String::new(),
    };
    EnumView { tag, enumerators: enumerators.collect() }
}

/// The `= value` of each enumerator. It is left out if the value is that of the
/// previous one plus 1, unless the enumerator is a frozen count, or the enum
/// does not start at 0, or some value is hexadecimal.
fn enumerator_values(values: &[Value]) -> Vec<String> {
    let throughout = values.first().is_some_and(|first| first.number != 0)
        || values.iter().any(|value| value.literal == Literal::Hex);
    let mut next = 0;
    let written = values.iter().map(|value| {
        let follows = value.number == std::mem::replace(&mut next, value.number + 1);
        let frozen = value.count.is_some() && value.literal != Literal::Next;
        let alias = matches!(value.literal, Literal::Alias(_));
        match follows && !throughout && !frozen && !alias {
            true => String::new(),
            false => format!(" = {}", literal::value(value).concat()),
        }
    });
    written.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Meta, RareHistory};
    use crate::release::{Release, Since};

    fn values(numbers: &[(i128, Literal)]) -> Vec<Value> {
        let meta = Meta {
            doc: ["a number".to_owned()].into(),
            since: Since::Known(Release::new(3, 6)),
            source: String::new(),
            deprecated: None,
            history: RareHistory::default(),
            allow: Vec::new(),
            place: Default::default(),
        };
        let values = numbers.iter().enumerate().map(|(index, (number, literal))| Value {
            name: format!("A{index}"),
            short: String::new(),
            meta: meta.clone(),
            literal: literal.clone(),
            number: *number,
            count: None,
            payload: None,
            payload_fds: None,
            mask: None,
            in_place: false,
            c_type: None,
            counted_by: None,
            without_payload: false,
            shorter: None,
            longer: None,
            reads: false,
            returns_fd: None,
            gates: Vec::new(),
            absent: None,
        });
        values.collect()
    }

    fn written(numbers: &[i128]) -> Vec<String> {
        let decimal: Vec<_> = numbers.iter().map(|number| (*number, Literal::Decimal)).collect();
        enumerator_values(&values(&decimal))
    }

    #[test]
    fn enumerators_have_values_where_they_do_not_follow() {
        assert_eq!(written(&[0, 1, 2]), ["", "", ""]);
        assert_eq!(written(&[0, 1, 5, 6]), ["", "", " = 5", ""]);
        assert_eq!(written(&[1, 2]), [" = 1", " = 2"]);
        let hex = values(&[(0, Literal::Decimal), (1, Literal::Hex)]);
        assert_eq!(enumerator_values(&hex), [" = 0", " = 0x1"]);
    }

    #[test]
    fn a_mask_continues_under_its_parenthesis() {
        let names = ["FIRST", "SECOND"].map(str::to_owned).to_vec();
        let values = values(&[(3, Literal::Or(names))]);
        let view = define(&values[0], 16);
        assert_eq!((&view.value[..], &view.trailing[..]), ("(FIRST |", " \\"));
        assert_eq!(view.rest, ["\t\t SECOND)"]);
        assert_eq!(end(&view), None);
    }

    #[test]
    fn a_constant_below_a_comment_is_set_apart() {
        let bare = || lone_define("A", "1".to_owned());
        let tall = DefineView { above: vec!["/* tall */".to_owned()], ..bare() };
        let apart = set_apart(vec![bare(), tall, bare(), bare()]);
        let above: Vec<_> = apart.iter().map(|define| define.above.len()).collect();
        assert_eq!(above, [0, 2, 1, 0]);
    }
}
