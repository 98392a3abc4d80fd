//! A reply that ends in an array, all of which fits or none.

use super::view::CountedView;
use crate::emit::c::aggregates::{Declaration, Transfer, TransferWay};
use crate::emit::c::comment::Comment;
use crate::emit::c::emitter::{Emitter, c_type};
use crate::emit::c::section;
use crate::emit::c::unique_names::UniqueNames;
use crate::ir::protocol::IntField;
use crate::ir::requests::{CountedReply, RequestElement};
use crate::names::{self, c_word};

impl Emitter<'_, '_> {
    pub(super) fn counted_reply(
        &self,
        plan: &CountedReply,
        names: &mut UniqueNames,
    ) -> CountedView {
        let struct_ = self.abi.struct_(plan.struct_);
        let bare = names::after_abi(&self.abi.name, &self.abi.prefix, &struct_.name);
        let array = &struct_.fields[plan.array].name;
        let mut name = |words: &[&str]| self.name(names, &[&[bare], words].concat());
        let own = name(&[]);
        let [parse, request, get] =
            [c_word::PARSE, c_word::REQUEST, array].map(|word| name(&[word]));
        let fields = plan.integers.iter().map(|IntField { field, int, offset, version: _ }| {
            let load = self.load(*int, "bytes", offset.kernel());
            let name = struct_.fields[*field].stored_name().to_owned();
            let read = vec![format!("\tinfo->{name} = {load};")];
            (Declaration { type_: c_type(*int).to_owned(), declarator: name }, read)
        });
        let aggregates = plan.aggregates.iter().map(|field| {
            let name = struct_.fields[field.field].stored_name();
            let read = Transfer { owner: "info->", way: TransferWay::Read("bytes"), tabs: 1 };
            (self.aggregate_member(name, field), self.transfer(struct_, field, &read))
        });
        let (fields, reads): (Vec<_>, Vec<_>) = fields.chain(aggregates).unzip();
        let mut members =
            UniqueNames::members(struct_.fields.iter().map(|field| field.stored_name()));
        let (element, assignments) = match plan.element {
            RequestElement::Int(int) => {
                (c_type(int).to_owned(), vec![format!("*out = {};", self.load(int, "bytes", 0))])
            }
            RequestElement::Struct(id, _) => (
                format!("struct {}", self.abi.struct_(id).name),
                self.fields_by_offset(id, "out->", "bytes"),
            ),
        };
        let title = format!("The results of {}.", self.abi.ioctl(plan.ioctl).name);
        let comment = Comment::of(&struct_.meta.doc).titled(&title);
        CountedView {
            comment: section::opening(comment.block(0)),
            table: self.internal(names, &[bare, "format"]),
            read: self.internal(names, &[bare, "read"]),
            name: own,
            size: plan.size.kernel(),
            argsz: plan.argsz.kernel(),
            count: plan.count.offset.kernel(),
            count_width: plan.count.int.size(),
            each: plan.element.size(),
            fields,
            reads: reads.concat(),
            array: array.clone(),
            need: members.reserve("need".to_owned()),
            parse,
            request,
            get,
            element,
            members: assignments,
        }
    }
}
