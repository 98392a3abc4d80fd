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
    /// The kernel headers that this one can live beside.
    pub(super) kernel_headers: Vec<KernelHeaderView>,
    /// Subjects, those of one kernel header together.
    pub(super) runs: Vec<RunView>,
    /// Assertions, those of one kernel header together.
    pub(super) layouts: Vec<LayoutsView>,
    /// Whether some of them differ from target to target.
    pub(super) models: bool,
    /// Macros that say what there is.
    pub(super) have: Vec<String>,
    /// The same of fields that came later than their structs, those of one
    /// kernel header together.
    pub(super) have_fields: Vec<HaveFieldsView>,
    /// Names for numbers that had, or have, others.
    pub(super) stable: Vec<DefineView>,
    /// Former names.
    pub(super) former: Vec<DefineView>,
    /// Whether nothing else brings the macro that casts.
    pub(super) casts: bool,
    /// What reads and writes chains, if there are any.
    pub(super) chains: String,
}

/// A kernel header that may be included as well.
pub(super) struct KernelHeaderView {
    /// Where it is included from.
    pub(super) path: String,
    /// Whether one of its include guards is defined.
    pub(super) included: String,
    /// The macro that says that it was included first.
    pub(super) beside: String,
    /// Its include guards.
    pub(super) guards: Vec<String>,
}

/// Subjects of one kernel header.
pub(super) struct RunView {
    /// The macro that says that it was included first, if it can be told.
    pub(super) beside: Option<String>,
    /// The subjects.
    pub(super) sections: Vec<SectionView>,
    /// What is added to the kernel header instead, if it was.
    pub(super) added: AddedView,
}

/// Assertions about the structs of one kernel header.
pub(super) struct LayoutsView {
    /// The macro that says that it was included first, if it can be told.
    pub(super) beside: Option<String>,
    /// The assertions of each struct.
    pub(super) structs: Vec<LayoutView>,
}

/// Macros that say that fields are there.
pub(super) struct HaveFieldsView {
    /// The macro that says that the kernel header was included first, if it can
    /// be told.
    pub(super) beside: Option<String>,
    /// The macros.
    pub(super) names: Vec<String>,
}

/// A macro that says that a field is there.
pub(super) struct HaveFieldView {
    /// Its name.
    pub(super) name: String,
    /// When the field is there, line by line.
    pub(super) when: Vec<String>,
}

/// What is added beside one kernel header.
#[derive(Default)]
pub(super) struct AddedView {
    /// A title between rules.
    pub(super) title: String,
    /// The fields that the kernel header may have.
    pub(super) fields: Vec<HaveFieldView>,
    /// Structs, enums and enumerators.
    pub(super) lacks: Vec<LackView>,
    /// What each release added to what the preprocessor knows.
    pub(super) releases: Vec<AdditionsView>,
}

/// What is declared where its companion lacks.
pub(super) struct LackView {
    /// The macro that came with it.
    pub(super) companion: String,
    /// What is declared.
    pub(super) types: Vec<LackingView>,
}

/// Something that the preprocessor does not see: one of these.
#[derive(Clone, Default)]
pub(super) struct LackingView {
    /// A struct.
    pub(super) struct_: Option<StructView>,
    /// An enum.
    pub(super) enum_: Option<EnumView>,
    /// An enumerator as a macro.
    pub(super) define: Option<DefineView>,
}

/// What a release added to what the preprocessor knows.
pub(super) struct AdditionsView {
    /// The release, in a comment.
    pub(super) title: String,
    /// Constants.
    pub(super) defines: Vec<DefineView>,
    /// Function-like macros: the name, and its lines.
    pub(super) macros: Vec<(String, Vec<String>)>,
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
#[derive(Clone)]
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
#[derive(Clone)]
pub(super) struct EnumView {
    /// The space and the tag, if it has one.
    pub(super) tag: String,
    /// Its enumerators.
    pub(super) enumerators: Vec<EnumeratorView>,
}

/// An enumerator.
#[derive(Clone)]
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
#[derive(Clone)]
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
#[derive(Clone)]
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
#[derive(Clone)]
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
