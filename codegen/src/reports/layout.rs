//! The result of `layout`: offsets, sizes and holes of structs, on every target.

use serde_json::{Value, json};

use super::{CommandResult, Format, Output, json, overlay_line, target};
use crate::ir::{Abi, Field, Struct};
use crate::layout::{self, Layout as StructLayout, Span, TARGETS, Target};
use crate::names::UnknownName;

/// The layouts of some structs, or of all, on a target, or on all.
///
/// # Errors
///
/// There is no such struct or target.
pub fn layout(
    abi: &Abi,
    structs: &[String],
    target: Option<&str>,
    format: Format,
) -> CommandResult {
    let targets = targets(target)?;
    let structs = self::structs(abi, structs)?;
    if format == Format::Json {
        let structs: Vec<_> =
            structs.iter().map(|struct_| object(abi, struct_, &targets)).collect();
        let release = abi.release.to_string();
        return json(
            &json!({ "version": 1, "release": release, "overlays": abi.overlays, "structs": structs }),
        );
    }
    let shown: Vec<_> = structs.iter().map(|struct_| text(abi, struct_, &targets)).collect();
    Ok(Output::success(overlay_line(abi) + &shown.join("\n")))
}

fn targets(name: Option<&str>) -> Result<Vec<&'static Target>, String> {
    match name {
        Some(name) => target(name).map(|target| vec![target]),
        None => Ok(TARGETS.iter().collect()),
    }
}

fn structs<'a>(abi: &'a Abi, names: &[String]) -> Result<Vec<&'a Struct>, String> {
    if names.is_empty() {
        return Ok(abi.structs.iter().collect());
    }
    names.iter().map(|name| Ok(struct_named(abi, name)?)).collect()
}

/// The struct of a name.
///
/// # Errors
///
/// The release has none.
pub fn struct_named<'a>(abi: &'a Abi, name: &str) -> Result<&'a Struct, UnknownName> {
    let found = abi.structs.iter().find(|struct_| struct_.name == name);
    found.ok_or_else(|| {
        let known = abi.structs.iter().map(|struct_| struct_.name.as_str());
        UnknownName::among(format!("{} has no struct `{name}`", abi.release), name, known)
    })
}

/// Targets that lay the struct out alike, with that layout.
fn alike<'a>(
    struct_: &'a Struct,
    targets: &[&'static Target],
) -> Vec<(&'a StructLayout, Vec<&'static str>)> {
    let groups = layout::groups(struct_.layouts.each_ref()).into_iter();
    let named = groups.map(|group| {
        let alike = targets.iter().filter(|target| group.models.contains(&target.model));
        (group.value, alike.map(|target| target.name).collect::<Vec<_>>())
    });
    named.filter(|(_, names)| !names.is_empty()).collect()
}

fn text(abi: &Abi, struct_: &Struct, targets: &[&'static Target]) -> String {
    let mut text = format!("struct {}\n", struct_.name);
    let groups = alike(struct_, targets);
    for (layout, names) in &groups {
        let names = match groups.len() {
            1 if targets.len() > 1 => "all targets".to_owned(),
            _ => names.join(", "),
        };
        text += &format!("  {names}: {} bytes, aligned to {}\n", layout.size, layout.align);
        text += "    offset  size  type and field\n";
        for row in rows(abi, struct_, layout) {
            text += &format!("    {row}\n");
        }
    }
    text
}

/// Fields and holes by offset.
fn rows(abi: &Abi, struct_: &Struct, layout: &StructLayout) -> Vec<String> {
    let row = |span: &Span, what: String| format!("{:>6} {:>5}  {what}", span.offset, span.size);
    let fields = struct_.fields.iter().zip(&layout.fields);
    let fields = fields.map(|(field, span)| {
        (span.offset, row(span, [&abi.type_text(&field.type_), " ", &field.name].concat()))
    });
    let holes = layout.holes.iter().map(|hole| {
        let tail = if hole.end() == layout.size { "tail padding" } else { "hole" };
        (hole.offset, row(hole, format!("-- {tail} --")))
    });
    let mut rows: Vec<_> = fields.chain(holes).collect();
    rows.sort_by_key(|(offset, _)| *offset);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn object(abi: &Abi, struct_: &Struct, targets: &[&'static Target]) -> Value {
    let layouts = targets.iter().map(|target| {
        let layout = &struct_.layouts[target.model.index()];
        let fields = struct_.fields.iter().zip(&layout.fields);
        let fields: Vec<_> = fields.map(|(field, span)| field_object(abi, field, span)).collect();
        let holes: Vec<_> = layout.holes.iter().map(span_object).collect();
        let layout = json!({
            "size": layout.size, "align": layout.align, "fields": fields, "holes": holes,
        });
        (target.name.to_owned(), layout)
    });
    let differs = alike(struct_, targets).len() > 1;
    let layouts: serde_json::Map<_, _> = layouts.collect();
    json!({ "name": struct_.name, "differs": differs, "targets": layouts })
}

fn field_object(abi: &Abi, field: &Field, span: &Span) -> Value {
    let type_ = abi.type_text(&field.type_);
    json!({ "name": field.name, "type": type_, "offset": span.offset, "size": span.size })
}

fn span_object(span: &Span) -> Value {
    json!({ "offset": span.offset, "size": span.size })
}
