//! Template data of the header: finished strings. The template prints each
//! element of a vector of strings as a line.

use askama::Template;

/// The whole header: all parts in one file.
#[derive(Template)]
#[template(path = "header.h.jinja", escape = "none")]
pub(super) struct HeaderView<'a> {
    /// The comment at the start.
    pub(super) opening: Vec<String>,
    /// The include guard.
    pub(super) guard: String,
    pub(super) parts: &'a [PartView],
}

/// A part as a file of its own.
#[derive(Template)]
#[template(path = "part.h.jinja", escape = "none")]
pub(super) struct PartFileView<'a> {
    /// The comment at the start.
    pub(super) opening: Vec<String>,
    pub(super) part: &'a PartView,
}

/// A part of the header.
pub(super) struct PartView {
    /// The include guard, which is the same in the whole header.
    pub(super) guard: String,
    /// The files of other parts that this one needs.
    pub(super) includes: Vec<String>,
    /// The declarations.
    pub(super) body: String,
}

/// The part with the declarations of the newest release.
#[derive(Template)]
#[template(path = "types.h.jinja", escape = "none")]
pub(super) struct TypesView {
    /// The start of the header's own macros.
    pub(super) macro_prefix: String,
    /// The start of the header's own types and functions.
    pub(super) stem: String,
    /// The macros that every part uses.
    pub(super) base: String,
    /// Whether ioctl numbers are built.
    pub(super) ioctls: bool,
    /// The types of members that old kernel headers lack, with the types without alignment.
    pub(super) aligned: Vec<(&'static str, &'static str)>,
    /// The kernel headers that declare the same names.
    pub(super) kernel_headers: Vec<KernelHeaderView>,
    /// Sections, grouped by kernel header.
    pub(super) runs: Vec<RunView>,
    /// Assertions, grouped by kernel header.
    pub(super) assertions: Vec<AssertionsView>,
    /// Whether an assertion has a number for each data model.
    pub(super) models: bool,
}

/// The part with names of flags and numbers.
#[derive(Template)]
#[template(path = "value_names.h.jinja", escape = "none")]
pub(super) struct ValueNamesView {
    /// The start of the header's own types and functions.
    pub(super) stem: String,
    /// The start of the header's own macros.
    pub(super) macro_prefix: String,
    /// The function that prints flags.
    pub(super) runtime: Option<String>,
    pub(super) groups: Vec<NamedGroupView>,
}

/// Flags or numbers that have names.
pub(super) struct NamedGroupView {
    /// An empty line and the comment.
    pub(super) comment: Vec<String>,
    /// The function that returns a name.
    pub(super) name: String,
    /// The function that prints flags.
    pub(super) text: Option<String>,
    /// The type of the parameter.
    pub(super) type_: &'static str,
    pub(super) values: Vec<NamedValueView>,
}

/// A number and its names.
pub(super) struct NamedValueView {
    /// A literal.
    pub(super) number: String,
    pub(super) constant: String,
    pub(super) short: String,
}

/// The part with declarations for older kernel headers and feature tests.
#[derive(Template)]
#[template(path = "compat.h.jinja", escape = "none")]
pub(super) struct CompatView {
    /// The start of the header's own macros.
    pub(super) macro_prefix: String,
    /// Missing declarations, by kernel header.
    pub(super) backfills: Vec<BackfillView>,
    /// Feature macros of names that are always declared.
    pub(super) features: Vec<String>,
    /// Feature macros of later fields and counts, grouped by kernel header.
    pub(super) field_features: Vec<FieldFeaturesView>,
    /// Stable names for values that differ between releases.
    pub(super) stable: Vec<DefineView>,
    /// Former names.
    pub(super) former: Vec<DefineView>,
}

/// A kernel header that declares the same names.
pub(super) struct KernelHeaderView {
    /// Its path in an `#include`.
    pub(super) path: String,
    /// The condition that one of its include guards is defined.
    pub(super) included: String,
    /// The macro that is defined if the kernel header was included before.
    pub(super) after: String,
    /// Its include guards.
    pub(super) guards: Vec<String>,
}

/// The declarations of one kernel header as a file of its own, for readers of
/// headers.
#[derive(Template)]
#[template(path = "kernel_header.h.jinja", escape = "none")]
pub(super) struct KernelHeaderText {
    /// Its include guards.
    pub(super) guards: Vec<String>,
    pub(super) sections: Vec<SectionView>,
}

/// The sections of one kernel header.
pub(super) struct RunView {
    /// The macro that is defined if the kernel header was included before; none
    /// if it has no include guard.
    pub(super) after: Option<String>,
    pub(super) sections: Vec<SectionView>,
    /// Structs that sections of other kernel headers need and that an older
    /// kernel header may lack, and all structs of a kernel header that declares none.
    pub(super) needed: Vec<MissingDeclsView>,
}

/// The layout assertions of one kernel header's structs.
pub(super) struct AssertionsView {
    /// As in [`RunView`].
    pub(super) after: Option<String>,
    pub(super) lines: Vec<String>,
}

/// Feature macros of one kernel header.
pub(super) struct FieldFeaturesView {
    /// As in [`RunView`].
    pub(super) after: Option<String>,
    pub(super) names: Vec<String>,
}

/// A feature macro of a field that an older kernel header may lack.
pub(super) struct ConditionalFeatureView {
    /// The macro.
    pub(super) name: String,
    /// The `#if` that the field is declared.
    pub(super) condition: Vec<String>,
}

/// Declarations that one kernel header may lack.
pub(super) struct BackfillView {
    /// The title in a rule.
    pub(super) title: String,
    /// The macro that is defined if the kernel header was included before.
    pub(super) after: String,
    /// The fields that the kernel header may have.
    pub(super) fields: Vec<ConditionalFeatureView>,
    /// Structs, enums and enumerators.
    pub(super) missing: Vec<MissingDeclsView>,
    /// Macros, by release.
    pub(super) releases: Vec<ReleaseMacrosView>,
}

/// Declarations that are missing if a macro is not defined.
pub(super) struct MissingDeclsView {
    /// The macro that the kernel introduced together with them; none for those that the kernel
    /// header never has.
    pub(super) detected_by: Option<String>,
    pub(super) decls: Vec<MissingDecl>,
}

/// A declaration that the preprocessor cannot test for.
#[derive(Clone)]
pub(super) enum MissingDecl {
    Struct(StructView),
    Enum(EnumView),
    /// An enumerator, as a macro.
    Enumerator(DefineView),
}

/// The macros that one release added.
pub(super) struct ReleaseMacrosView {
    /// The release, in a comment.
    pub(super) title: String,
    pub(super) defines: Vec<DefineView>,
    /// Function-like macros: the name and the lines of each.
    pub(super) macros: Vec<(String, Vec<String>)>,
}

/// A section of the specification.
pub(super) struct SectionView {
    /// The title in a rule.
    pub(super) title: String,
    /// An empty line and the comment.
    pub(super) comment: Vec<String>,
    pub(super) items: Vec<ItemView>,
}

/// A declaration with its comment.
#[derive(Default)]
pub(super) struct ItemView {
    /// An empty line and the comment.
    pub(super) opening: Vec<String>,
    pub(super) defines: Vec<DefineView>,
    /// A function-like macro, line by line.
    pub(super) macro_: Vec<String>,
    pub(super) enum_: Option<EnumView>,
    pub(super) struct_: Option<StructView>,
}

/// A constant.
#[derive(Clone)]
pub(super) struct DefineView {
    /// Lines above it: its comment, and possibly an empty line.
    pub(super) above: Vec<String>,
    pub(super) name: String,
    /// The white space after the name.
    pub(super) gap: String,
    /// The value, or its first line.
    pub(super) value: String,
    /// The comment after the value, or the backslash that continues it.
    pub(super) trailing: String,
    /// Further lines of the value.
    pub(super) rest: Vec<String>,
}

/// An enum.
#[derive(Clone)]
pub(super) struct EnumView {
    /// A space and the tag, if it has one.
    pub(super) tag: String,
    pub(super) enumerators: Vec<EnumeratorView>,
}

/// An enumerator.
#[derive(Clone)]
pub(super) struct EnumeratorView {
    /// Its comment, if that is above it.
    pub(super) above: Vec<String>,
    pub(super) name: String,
    /// The equals sign and the value, if it is written.
    pub(super) value: String,
    /// Its comment, if that is on its line.
    pub(super) trailing: String,
}

/// A struct.
#[derive(Clone)]
pub(super) struct StructView {
    /// `__extension__`, if the struct needs it.
    pub(super) extension: &'static str,
    /// Its tag.
    pub(super) name: String,
    pub(super) members: Vec<MemberView>,
    /// The attribute after the closing brace.
    pub(super) attribute: &'static str,
}

/// A member of a struct or of an anonymous union.
#[derive(Clone)]
pub(super) struct MemberView {
    /// Its comment, if that is above it.
    pub(super) above: Vec<String>,
    /// Its declaration; none for an anonymous union.
    pub(super) field: Option<FieldView>,
    /// The members of an anonymous union.
    pub(super) arms: Option<Vec<MemberView>>,
    /// The constants for its values.
    pub(super) defines: Vec<DefineView>,
}

/// The declaration of a member.
#[derive(Clone)]
pub(super) struct FieldView {
    pub(super) type_: String,
    /// The white space after the type.
    pub(super) gap: String,
    /// The declarator: the name with `*` or array lengths.
    pub(super) name: String,
    /// Its comment, if that is on its line.
    pub(super) trailing: String,
}
