//! The numbers of ioctls.

use askama::Template;

use super::comment;
use super::names::GoNames;
use crate::emit::document::AbiDocument;
use crate::emit::{plain_doc, render};

/// All ioctls.
#[derive(Template)]
#[template(path = "go/ioctls.go.jinja", escape = "none")]
struct GoIoctls {
    package: String,
    ioctls: Vec<GoIoctl>,
}

struct GoIoctl {
    doc: String,
    name: String,
    code: String,
}

pub(super) fn file(document: &AbiDocument<'_>, names: &GoNames<'_>) -> String {
    let ioctls = document.ioctls.iter().filter_map(|ioctl| {
        let doc = plain_doc::ioctl(ioctl, |name| names.struct_(name));
        Some(GoIoctl {
            doc: comment::of("\t", &doc),
            name: ioctl.name.to_owned(),
            code: format!("{:#x}", ioctl.code?),
        })
    });
    render::file(&GoIoctls { package: names.package.clone(), ioctls: ioctls.collect() })
}
