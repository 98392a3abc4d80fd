//! The keys of the IR that are not compared, each with the reason. All other keys are
//! compared: a test reads the types of the IR and the keys of the rules.

/// A key that is not compared: its type, its name, and the reason.
pub type Reason = (&'static str, &'static str, &'static str);

/// Texts and places, and data that follows from other keys.
pub const CANNOT_BREAK: &[Reason] = &[
    ("Abi", "title", DOC),
    ("Abi", "doc", DOC),
    ("Abi", "version", "it follows from the verdict"),
    ("Abi", "release", RELEASES),
    ("Abi", "releases", RELEASES),
    ("Abi", "overlays", "the overlays are part of the ABI that is compared"),
    ("Abi", "sections", "the files of a specification; their headers are compared"),
    (
        "Abi",
        "protocol",
        "it follows from structs, chains, capabilities and handlers; its profiles are compared as `Handler.profile`",
    ),
    ("Abi", "proposals", PROPOSED),
    ("Proposal", "*", PROPOSED),
    ("Claim", "*", PROPOSED),
    ("Meta", "doc", DOC),
    ("Meta", "since", RELEASES),
    ("Meta", "source", DOC),
    ("Meta", "deprecated", "a compiler warns at most"),
    ("Meta", "history", "compared as `History`"),
    ("Meta", "allow", "it is about lint"),
    ("Meta", "place", PLACE),
    ("History", "types", "only the reference prints former types"),
    ("History", "texts", "only the reference prints that a macro was rewritten"),
    ("Deprecated", "since", "a compiler warns at most"),
    ("Deprecated", "doc", DOC),
    ("IoctlNumbers", "type_name", "compared as a constant"),
    ("IoctlNumbers", "base_name", "compared as a constant"),
    ("FdKind", "doc", DOC),
    ("CapHeader", "name", "only the specification uses the name"),
    ("CapHeader", "doc", DOC),
    ("Bits", "field", BITS),
    ("Bits", "low", BITS),
    ("Bits", "count", BITS),
    ("Section", "name", "the modules of the crate are private"),
    ("Section", "title", DOC),
    ("Section", "doc", DOC),
    ("Section", "items", "the order of declarations; the items are compared"),
    ("Struct", "meta", META),
    ("Struct", "section", "compared as `Section.header`"),
    ("Struct", "layouts", "compared as `Layout`"),
    ("Struct", "role", "it follows from ioctls and capabilities"),
    ("Struct", "argsz", "compared as `Field.role`"),
    ("Layout", "holes", "they follow from the fields and the size"),
    ("Span", "offset", "compared as `Layout.fields`"),
    ("Span", "size", "compared as `Layout.fields`"),
    ("Field", "meta", META),
    ("Field", "indexes", "names that are only printed; the enums are compared"),
    ("Field", "payload", "compared as `Payload`"),
    ("BitmapLength", "*", "compared as `Payload.length`"),
    ("Choice", "*", "compared as `Field.choices`"),
    ("UnionArm", "name", ARM),
    ("UnionArm", "meta", META),
    ("UnionArm", "type_", ARM),
    ("UnionArm", "group", ARM),
    ("UnionArm", "valid_if", ARM),
    ("Group", "meta", META),
    ("Group", "field", "it follows from the field's own `group`"),
    ("Value", "meta", META),
    ("Value", "absent", ERROR),
    ("Reserved", "value", RESERVED),
    ("Reserved", "name", RESERVED),
    ("Reserved", "doc", DOC),
    ("Macro", "meta", META),
    ("Ioctl", "meta", META),
    (
        "Handler",
        "name",
        "only the specification uses the name; a handler without a successor of its name is compared with each new one",
    ),
    ("Handler", "source", DOC),
    ("Handler", "since", "it decides which handlers are compared"),
    ("Handler", "until", "it decides which handlers are compared"),
    ("Handler", "doc", DOC),
    ("Handler", "absent", ERROR),
    ("Handler", "array", "compared as `ReplyArray`"),
    ("Handler", "chain", "compared as `ReplyChain`"),
    ("Handler", "place", PLACE),
    ("Limit", "name", "the number is compared, as `Handler.below`"),
    ("Limit", "number", "compared as `Handler.below`"),
    ("RefusedNumber", "name", "the number is compared, as `Handler.may_refuse`"),
    ("RefusedNumber", "number", "compared as `Handler.may_refuse`"),
    ("Chain", "meta", META),
    ("Chain", "section", "compared as `Section.header`"),
    ("Chain", "prefix", "compared as `Capability.short`"),
    ("Chain", "capabilities", "compared as `Capability.chain`"),
    ("Host", "flags", "the flag's group is compared"),
    ("Capability", "meta", META),
    ("Capability", "inline", "it says where the body is declared"),
    ("CodeFile", "path", "files are paired by it"),
];

const PROPOSED: &str = "proposals are not part of the ABI";
const DOC: &str = "documentation";
const ERROR: &str = "a call that fails fails with another error, and changes no byte";
const META: &str = "compared as `Meta`";
const PLACE: &str = "a place in a file";
const RELEASES: &str = "it decides which items are compared";
const BITS: &str = "compared as `CapHeader.id`, `.version` and `.next`";
const ARM: &str = "compared as the same key of `Field`";
const RESERVED: &str = "compared as `Group.reserved` and `Chain.reserved`";
