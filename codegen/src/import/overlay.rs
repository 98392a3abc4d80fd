//! Additions as an overlay.

use super::Import;
use super::items::ItemYaml;
use super::yaml::Block;
use crate::amend::pieces::Addition;
use crate::spec::wrappers::Placed;
use crate::spec::{ItemSpec, Spec};

/// The text of an overlay, whose items come from `source`.
pub(super) fn text(import: &Import<'_>, source: &str) -> Result<String, String> {
    let Import { spec, pieces, .. } = import;
    let mut headers: Vec<_> = pieces.iter().map(|piece| header(spec, piece)).collect();
    headers.sort_unstable();
    headers.dedup();
    let header = match headers.as_slice() {
        [] => return Ok(String::new()),
        [header] => *header,
        several => {
            let several = several.join(", ");
            return Err(format!(
                "an overlay belongs to one header, and there are additions to {several}; \
                 give one header at a time"
            ));
        }
    };
    let mut block = Block::default();
    block.put("title", "Additions of a header").doc("").put("header", header).put("source", source);
    let mut text = lines(block);
    text.push_str("\nitems:\n");
    let parts = pieces.iter().map(|piece| lines(entry(import, piece).item()));
    text.push_str(&parts.collect::<Vec<_>>().join("\n"));
    Ok(text)
}

fn lines(block: Block) -> String {
    block.lines.iter().map(|line| [line, "\n"].concat()).collect()
}

/// The header that a piece belongs to.
fn header<'s>(spec: &'s Spec, piece: &Addition) -> &'s str {
    let (Addition::Item { after: at, .. }
    | Addition::Values { group: at, .. }
    | Addition::Held { owner: at, .. }
    | Addition::Fields { owner: at, .. }) = piece;
    spec.files[at.file].header.as_str()
}

/// An item, or an extension of one.
fn entry(import: &Import<'_>, piece: &Addition) -> Block {
    let yaml = ItemYaml(&import.marks);
    let mut block = Block::default();
    match piece {
        Addition::Item { item, .. } => return yaml.item(item),
        Addition::Values { group, after, values: list } => {
            let group = import.item(*group);
            block.put("extend", group.name());
            let first = match group {
                ItemSpec::Constants(group) | ItemSpec::Enum(group) | ItemSpec::IdSpace(group) => {
                    group.values.first().map(|(name, _)| name)
                }
                _ => None,
            };
            anchor(&mut block, after, first);
            block.nest("values", yaml.values(list, 6));
        }
        Addition::Held { owner, field, arm, flags, after, values: list } => {
            let struct_ = import.struct_name(*owner);
            let name = arm.as_ref().unwrap_or(field);
            block.put("extend", &[struct_, ".", name].concat());
            anchor(&mut block, after, None);
            block.nest(if *flags { "bits" } else { "values" }, yaml.values(list, 6));
        }
        Addition::Fields { owner, after, fields } => {
            let (struct_, owner) = (import.struct_name(*owner), import.item(*owner));
            block.put("extend", struct_);
            let first = owner.fields().and_then(|fields| fields.first()).map(|(name, _)| name);
            anchor(&mut block, after, first);
            block.nest("fields", yaml.fields(struct_, fields, 6));
        }
    }
    block
}

/// The entry after which the new ones come, or the first one, before which they come.
fn anchor(block: &mut Block, after: &Option<String>, first: Option<&Placed<String>>) {
    match (after, first) {
        (Some(after), _) => {
            block.put("after", after);
        }
        (None, Some(first)) => {
            block.put("before", first);
        }
        (None, None) => {}
    }
}
