//! What the templates print: finished strings in the order of the header. A
//! vector of lines is printed line by line; all other strings are cells of one
//! line.

use askama::Template;

/// The whole header.
#[derive(Template)]
#[template(path = "header.h.jinja", escape = "none")]
pub(super) struct HeaderView {
    /// The comment that opens the header.
    pub(super) opening: Vec<String>,
    /// The include guard.
    pub(super) guard: String,
    /// What the names of our macros start with.
    pub(super) macro_prefix: String,
    /// What the names of our types start with.
    pub(super) stem: String,
    /// Whether ioctl numbers are built.
    pub(super) ioctls: bool,
    /// The kernel headers that this one takes the place of.
    pub(super) replaced: Vec<ReplacedView>,
    /// Subjects.
    pub(super) sections: Vec<SectionView>,
    /// Assertions.
    pub(super) layouts: Vec<LayoutView>,
    /// Whether some of them differ from target to target.
    pub(super) models: bool,
    /// What reads and writes chains, if there are any.
    pub(super) chains: String,
}

/// A kernel header that must not be included as well.
pub(super) struct ReplacedView {
    /// Whether one of its include guards is defined.
    pub(super) included: String,
    /// What to say then, as a string.
    pub(super) refusal: String,
    /// Its include guards.
    pub(super) guards: Vec<String>,
}

/// One subject.
pub(super) struct SectionView {
    /// Its title between rules.
    pub(super) title: String,
    /// The empty line and its comment.
    pub(super) comment: Vec<String>,
    /// What it declares.
    pub(super) items: Vec<ItemView>,
}

/// One declaration with what stands above it.
#[derive(Default)]
pub(super) struct ItemView {
    /// The empty line and the comment above it.
    pub(super) opening: Vec<String>,
    /// Constants.
    pub(super) defines: Vec<DefineView>,
    /// A function-like macro, line by line.
    pub(super) macro_: Vec<String>,
    /// An enum.
    pub(super) enum_: Option<EnumView>,
    /// A struct.
    pub(super) struct_: Option<StructView>,
}

/// A constant.
pub(super) struct DefineView {
    /// What stands above it: its comment, and maybe an empty line.
    pub(super) above: Vec<String>,
    /// Its name.
    pub(super) name: String,
    /// The white space behind its name.
    pub(super) gap: String,
    /// Its value, or the first line of it.
    pub(super) value: String,
    /// Its comment, or the backslash that goes on to the next line.
    pub(super) beside: String,
    /// Further lines of the value.
    pub(super) rest: Vec<String>,
}

/// An enum.
pub(super) struct EnumView {
    /// The space and the tag, if it has one.
    pub(super) tag: String,
    /// Its enumerators.
    pub(super) enumerators: Vec<EnumeratorView>,
}

/// An enumerator.
pub(super) struct EnumeratorView {
    /// Its comment, if that stands above it.
    pub(super) above: Vec<String>,
    /// Its name.
    pub(super) name: String,
    /// The equals sign and the value, where it does not follow by itself.
    pub(super) value: String,
    /// Its comment, if that stands beside it.
    pub(super) beside: String,
}

/// A struct.
pub(super) struct StructView {
    /// What quiets -Wpedantic, where the struct needs it.
    pub(super) extension: &'static str,
    /// Its tag.
    pub(super) name: String,
    /// Its members.
    pub(super) members: Vec<MemberView>,
    /// What stands behind the closing brace.
    pub(super) attribute: &'static str,
}

/// A member of a struct or of an anonymous union.
pub(super) struct MemberView {
    /// Its comment, if that stands above it.
    pub(super) above: Vec<String>,
    /// Its declaration; none of an anonymous union.
    pub(super) field: Option<FieldView>,
    /// The members of an anonymous union; none of all else.
    pub(super) arms: Option<Vec<MemberView>>,
    /// The constants that it holds.
    pub(super) defines: Vec<DefineView>,
}

/// A declaration of a member.
pub(super) struct FieldView {
    /// Its type.
    pub(super) type_: String,
    /// The white space behind the type.
    pub(super) gap: String,
    /// Its name, with what C puts around it.
    pub(super) name: String,
    /// Its comment, if that stands beside it.
    pub(super) beside: String,
}

/// The assertions of one struct.
pub(super) struct LayoutView {
    /// One assertion for its size and one for each field, line by line.
    pub(super) assertions: Vec<String>,
}
