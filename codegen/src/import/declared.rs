//! Whole items: structs, enums, capabilities and lists of constants.

use super::Importer;
use super::ioctls::described;
use super::lists::common_prefix;
use super::yaml::Block;
use crate::header::conventions;
use crate::header::{Constant, StructFact, TypeFact};
use crate::ir::{Chain, Role};

impl Importer<'_> {
    pub(super) fn struct_(&self, fact: &StructFact) -> Block {
        let mut block = Block::default();
        block
            .put("struct", &fact.name)
            .doc(described(&fact.doc))
            .put("since", &self.since.to_string());
        self.body(fact, &mut block);
        block
    }

    /// The body of a struct.
    fn body(&self, fact: &StructFact, block: &mut Block) {
        if fact.packed {
            block.put("packed", "true");
        }
        let argsz = (0..fact.fields.len().min(1))
            .any(|index| conventions::role(self.abi, &fact.fields, index) == Role::Argsz);
        let fixed = fact.fields.iter().rev();
        let mut fixed = fixed.filter(|field| !matches!(field.type_, TypeFact::Flexible(..)));
        if let Some(last) = fixed.next().filter(|_| argsz) {
            block.put("minsz", &last.name);
        }
        block.nest("fields", self.fields(fact, self.kinds.way_of(&fact.name)));
    }

    pub(super) fn capability(&self, constant: &Constant, chain: &Chain) -> Block {
        let mut block = Block::default();
        block.put("capability", &constant.name).put("chain", &chain.name);
        if !constant.name.starts_with(&chain.prefix) {
            let short = constant.name.rsplit("_INFO_").next().unwrap_or(&constant.name);
            block.put("short_name", short);
        }
        block.put("id", &constant.number.to_string()).put("since", &self.since.to_string());
        let body = self.kinds.body_of(constant);
        let doc = match (&constant.doc, body) {
            (doc, Some(body)) if doc.is_empty() => &body.doc,
            (doc, _) => doc,
        };
        block.doc(described(doc));
        let Some(body) = body else { return block };
        block.put("struct", &body.name);
        // A body that another header declares is an item of its own.
        if body.place.file == constant.place.file {
            block.nest("fields", self.fields(body, None));
        }
        block
    }

    /// An unknown enum.
    pub(super) fn enumeration(&self, values: &[&Constant]) -> Block {
        let prefix = common_prefix(values.iter().map(|one| one.name.as_str()));
        let tag = values.first().and_then(|one| one.tag.clone()).unwrap_or_default();
        let mut block = Block::default();
        match tag.as_str() {
            "" => {
                let name = prefix.trim_end_matches('_').to_ascii_lowercase();
                block.put("enum", &name).put("anonymous", "true");
            }
            tag => {
                block.put("enum", tag);
            }
        }
        self.values(&mut block, values, &prefix);
        block
    }

    /// Unknown constants.
    pub(super) fn constants(&self, values: &[&Constant]) -> Block {
        let prefix = common_prefix(values.iter().map(|one| one.name.as_str()));
        let word = [&self.abi.prefix.to_ascii_lowercase(), "_"].concat();
        let name = prefix.trim_end_matches('_').to_ascii_lowercase();
        let name = name.strip_prefix(&word).unwrap_or(&name).to_owned();
        let mut block = Block::default();
        block.put("constants", if name.is_empty() { "others" } else { &name });
        self.values(&mut block, values, &prefix);
        block
    }

    fn values(&self, block: &mut Block, values: &[&Constant], prefix: &str) {
        block.doc("").put("since", &self.since.to_string());
        if !prefix.is_empty() {
            block.put("prefix", prefix);
        }
        let mut list = Block::default();
        for constant in values {
            list.lines.extend(self.value(constant, false, None, 6).lines);
        }
        block.nest("values", list);
    }
}
