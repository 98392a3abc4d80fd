//! The hand-written modules of the generated crate: their texts, and the types that they define,
//! which nothing that is generated can have the name of.

/// How the root of the crate declares a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleDeclaration {
    /// As private.
    Private,
    /// As public.
    Public,
    /// With its macros, for the modules after it.
    Macros,
    /// As private, with the feature `bindings`.
    PrivateBindings,
    /// As public, with the feature `bindings`.
    PublicBindings,
    /// As private, with the feature `ioctl`.
    PrivateCalls,
    /// As public, with the feature `ioctl`.
    PublicCalls,
}

/// Makes the enum of the modules: each with its file, its declaration and its types.
macro_rules! modules {
    ($($variant:ident $file:literal $declared:ident [$($type_:ident)*])+) => {
        /// A hand-written module.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum RuntimeModule {
            $(
                #[doc = concat!("`", $file, "`.")]
                $variant,
            )+
        }

        impl RuntimeModule {
            /// All of them, by name.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name of the file.
            pub const fn file(self) -> &'static str {
                match self {
                    $(Self::$variant => $file,)+
                }
            }

            /// The text.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("../runtime/", $file)),)+
                }
            }

            /// How the crate declares it.
            pub const fn declared(self) -> ModuleDeclaration {
                match self {
                    $(Self::$variant => ModuleDeclaration::$declared,)+
                }
            }

            /// The types and traits that other modules can name.
            pub const fn types(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$(stringify!($type_)),*],)+
                }
            }
        }
    };
}

modules! {
    Argument "argument.rs" Private [Argument ArgumentError Request]
    Array "array.rs" Private [Array Element]
    Bindgen "bindgen.rs" PrivateBindings [
        __IncompleteArrayField __le16 __le32 __le64 __s16 __s32 __s64 __s8 __u16 __u32 __u64 __u8
    ]
    Bits "bits.rs" Private [BitField]
    Call "call.rs" PrivateCalls [CallError CallErrorCause NamedNumber]
    Chain "chain.rs" Private [ChainError HeaderFormat RawCap UnknownCap Walk]
    Counted "counted.rs" Private [Counted CountedFormat]
    Debug "debug.rs" Private []
    FailedCall "failed_call.rs" PrivateCalls [FailedCall]
    FixedArray "fixed_array.rs" Private []
    Flags "flags.rs" Macros []
    GrowingCall "growing_call.rs" PrivateCalls []
    History "history.rs" Public [Item Kind Release]
    Profile "profile.rs" Private [
        Append BuildError CapShape FixedPart NewCap Profile Rules WhenTooSmall
    ]
    Receive "receive.rs" Public [Refusal]
    Reply "reply.rs" Private [Host Reply]
    ReplyError "reply_error.rs" Private [ReplyError]
    Request "request.rs" Private [Buffer RequestError]
    Results "results.rs" Private [Results]
    Space "space.rs" Private [Space]
    SpaceBody "space_body.rs" Private [
        SpaceBitsOf SpaceBody SpaceCondition SpaceItems SpacePart SpacePresence SpaceQuantity
        SpaceStride
    ]
    SpaceCap "space_cap.rs" Private [SpaceCap SpaceCompanion SpaceNumbers]
    SpaceWalk "space_walk.rs" Private [SpaceError SpaceFormat SpaceWalk]
    Stream "stream.rs" Private [RecordError RecordErrorCause Records]
    Target "target.rs" Private []
    Wire "wire.rs" Private [CLayout Wire]
}

impl RuntimeModule {
    /// The name of the module.
    pub fn name(self) -> &'static str {
        self.file().trim_end_matches(".rs")
    }
}

/// The modules that are generated, and how the root declares them.
pub const GENERATED_MODULES: [(&str, ModuleDeclaration); 8] = [
    ("bindings", ModuleDeclaration::PublicBindings),
    ("calls", ModuleDeclaration::PublicCalls),
    ("ioctls", ModuleDeclaration::Public),
    ("records", ModuleDeclaration::Private),
    ("requests", ModuleDeclaration::Public),
    ("streams", ModuleDeclaration::Public),
    ("uapi", ModuleDeclaration::Public),
    ("views", ModuleDeclaration::Public),
];

/// Types of the language and of other crates that generated modules import.
const IMPORTED: [&str; 9] =
    ["AsFd", "AsRawFd", "BorrowedFd", "CStr", "Errno", "FromRawFd", "OwnedFd", "RawFd", "Vec"];

/// Whether a file of the generated crate has the name, without its ending. Cargo gives `test` a
/// meaning.
pub fn is_module(name: &str) -> bool {
    ["lib", "test"].contains(&name)
        || GENERATED_MODULES.iter().any(|(module, _)| *module == name)
        || RuntimeModule::ALL.iter().any(|module| module.name() == name)
}

/// Whether generated modules import a type of the name.
pub fn is_type(name: &str) -> bool {
    let mut own = RuntimeModule::ALL.iter().flat_map(|module| module.types());
    name == "PhantomData" || IMPORTED.contains(&name) || own.any(|type_| *type_ == name)
}

/// Names that every type of numbers defines.
pub const NUMBER_ITEMS: [&str; 26] = [
    "NAMED",
    "all",
    "bits",
    "complement",
    "contains",
    "difference",
    "empty",
    "fmt",
    "from",
    "from_bits",
    "from_bits_retain",
    "from_bits_truncate",
    "insert",
    "intersection",
    "intersects",
    "is_all",
    "is_empty",
    "iter",
    "iter_names",
    "name",
    "remove",
    "set",
    "symmetric_difference",
    "toggle",
    "union",
    "unknown",
];

/// Names that the hand-written Go declares or imports.
pub const GO_NAMES: [&str; 38] = [
    "Cap",
    "Caps",
    "ChainBodyShort",
    "ChainCountOutOfBounds",
    "ChainCycle",
    "ChainError",
    "ChainErrorKind",
    "ChainHeaderCut",
    "ChainInsideFixed",
    "ChainOutOfBounds",
    "ChainOverlap",
    "Elements",
    "Native",
    "Reply",
    "ReplyError",
    "binary",
    "bits",
    "bytes",
    "capArray",
    "chain",
    "ended",
    "flagText",
    "fmt",
    "headerFormat",
    "host",
    "iocNone",
    "knownCap",
    "looping",
    "math",
    "named",
    "newCaps",
    "newCapsByField",
    "numberText",
    "place",
    "readStruct",
    "strings",
    "walkState",
    "walking",
];
