//! The only arithmetic of sizes, alignments and offsets, for every target at once.
//! Independent of YAML and of languages; `validate` refuses structs with it, and
//! `lower` stores its results.

mod c_type;
mod models;

pub use c_type::LiteralType;
pub use models::{ModelGroup, all_equal, groups, label, only_on, per_model};

/// How a family of targets lays out the types of a user ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Model {
    /// 64-bit pointers, u64 aligned to 8.
    Lp64,
    /// 32-bit pointers, u64 aligned to 4: i386.
    Ilp32,
    /// 32-bit pointers, u64 aligned to 8: arm and most others.
    Ilp32Aligned,
}

impl Model {
    /// All models, in the order of the values in [`PerModel`].
    pub const ALL: [Self; 3] = [Self::Lp64, Self::Ilp32, Self::Ilp32Aligned];

    /// The model of the bytes that a kernel reads and writes: it is a 64-bit one, and
    /// translates nothing for 32-bit programs.
    pub const KERNEL: Self = Self::Lp64;

    /// The index of this model in [`PerModel`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// Size and alignment of a pointer.
    pub fn pointer(self) -> Extent {
        match self {
            Self::Lp64 => Extent::natural(8),
            Self::Ilp32 | Self::Ilp32Aligned => Extent::natural(4),
        }
    }

    /// Size and alignment of an integer.
    pub fn int(self, int: Int) -> Extent {
        let natural = Extent::natural(int.size());
        match (self, int) {
            (Self::Ilp32, Int::U64 | Int::S64 | Int::Le64) => Extent { align: 4, ..natural },
            _ => natural,
        }
    }
}

/// A value for each of [`Model::ALL`].
pub type PerModel<T> = [T; 3];

/// The spans of fields of which some do not exist. If these take no room, the fields after them
/// move.
pub fn without(spans: &[Span], absent: impl Fn(usize) -> bool, compact: bool) -> Vec<Option<Span>> {
    let mut gap = 0;
    let spans = spans.iter().enumerate().map(|(index, span)| {
        if absent(index) {
            gap += if compact { span.size } else { 0 };
            return None;
        }
        Some(Span { offset: span.offset.saturating_sub(gap), ..*span })
    });
    spans.collect()
}

/// A machine that programs are built for.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// The usual name.
    pub name: &'static str,
    /// How it lays out types.
    pub model: Model,
    /// Whether it is big-endian.
    pub big_endian: bool,
    /// The direction bits of `_IO`, which are not 0 everywhere.
    pub ioc_none: u32,
}

/// Every target that is described, the reference first.
pub const TARGETS: [Target; 8] = [
    Target { name: "x86_64", model: Model::Lp64, big_endian: false, ioc_none: 0 },
    Target { name: "i686", model: Model::Ilp32, big_endian: false, ioc_none: 0 },
    Target { name: "aarch64", model: Model::Lp64, big_endian: false, ioc_none: 0 },
    Target { name: "arm", model: Model::Ilp32Aligned, big_endian: false, ioc_none: 0 },
    Target { name: "ppc64", model: Model::Lp64, big_endian: true, ioc_none: 1 << 29 },
    Target { name: "ppc64le", model: Model::Lp64, big_endian: false, ioc_none: 1 << 29 },
    Target { name: "s390x", model: Model::Lp64, big_endian: true, ioc_none: 0 },
    Target { name: "riscv64", model: Model::Lp64, big_endian: false, ioc_none: 0 },
];

/// An integer type of fixed width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Int {
    /// 8 bits.
    U8,
    /// 16 bits.
    U16,
    /// 32 bits.
    U32,
    /// 64 bits, with the target's alignment.
    U64,
    /// 8 bits, signed.
    S8,
    /// 16 bits, signed.
    S16,
    /// 32 bits, signed.
    S32,
    /// 64 bits, signed, with the target's alignment.
    S64,
    /// 64 bits, aligned to 8 everywhere.
    AlignedU64,
    /// 16 bits, little-endian on every target.
    Le16,
    /// 32 bits, little-endian on every target.
    Le32,
    /// 64 bits, little-endian on every target, with the target's alignment.
    Le64,
    /// 64 bits, little-endian on every target, aligned to 8 everywhere.
    AlignedLe64,
}

impl Int {
    /// Its size in bytes.
    pub fn size(self) -> u64 {
        match self {
            Self::U8 | Self::S8 => 1,
            Self::U16 | Self::S16 | Self::Le16 => 2,
            Self::U32 | Self::S32 | Self::Le32 => 4,
            Self::U64 | Self::S64 | Self::AlignedU64 | Self::Le64 | Self::AlignedLe64 => 8,
        }
    }

    /// Whether it is aligned to 8 even where other integers of its size are not.
    pub fn explicitly_aligned(self) -> bool {
        matches!(self, Self::AlignedU64 | Self::AlignedLe64)
    }

    /// Its name in a specification.
    pub fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::S8 => "s8",
            Self::S16 => "s16",
            Self::S32 => "s32",
            Self::S64 => "s64",
            Self::AlignedU64 => "aligned_u64",
            Self::Le16 => "le16",
            Self::Le32 => "le32",
            Self::Le64 => "le64",
            Self::AlignedLe64 => "aligned_le64",
        }
    }

    /// The integer of a variable with its value.
    pub fn value(self) -> Self {
        match self {
            Self::Le16 => Self::U16,
            Self::Le32 => Self::U32,
            Self::Le64 | Self::AlignedU64 | Self::AlignedLe64 => Self::U64,
            other => other,
        }
    }

    /// Whether it is little-endian on every target.
    pub fn little_endian(self) -> bool {
        matches!(self, Self::Le16 | Self::Le32 | Self::Le64 | Self::AlignedLe64)
    }

    /// Whether it can be negative.
    pub fn signed(self) -> bool {
        matches!(self, Self::S8 | Self::S16 | Self::S32 | Self::S64)
    }

    /// The smallest and the largest value.
    pub fn range(self) -> std::ops::RangeInclusive<i128> {
        let bits = self.size() * 8;
        match self.signed() {
            true => -(1 << (bits - 1))..=(1 << (bits - 1)) - 1,
            false => 0..=(1 << bits) - 1,
        }
    }
}

/// Size and alignment of a type, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Its size.
    pub size: u64,
    /// Its alignment, a power of two.
    pub align: u64,
}

impl Extent {
    /// A type that is aligned to its size.
    fn natural(size: u64) -> Self {
        Self { size, align: size }
    }

    /// An array of `count` elements; `None` if it is larger than [`MOST_BYTES`].
    pub fn times(self, count: u64) -> Option<Self> {
        let size = self.size.checked_mul(count).filter(|size| *size <= MOST_BYTES)?;
        Some(Self { size, ..self })
    }

    /// A union of these.
    pub fn union(arms: impl Iterator<Item = Self>) -> Self {
        let (size, align) =
            arms.fold((0, 1), |(size, align), arm| (arm.size.max(size), arm.align.max(align)));
        Self { size: round_up(size, align), align }
    }
}

/// The largest type. The number of an ioctl has room for sizes of up to 16 KiB, and every report
/// about a struct holds its bytes.
pub const MOST_BYTES: u64 = 1 << 16;

/// What is wrong with a type that has no layout.
pub fn too_large() -> String {
    format!("is larger than {MOST_BYTES} bytes")
}

/// The position of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first byte.
    pub offset: u64,
    /// Its size in bytes.
    pub size: u64,
}

impl Span {
    /// The end, exclusive.
    pub fn end(self) -> u64 {
        self.offset + self.size
    }
}

/// The layout of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its size, tail padding included.
    pub size: u64,
    /// Its alignment.
    pub align: u64,
    /// The span of each field, in order.
    pub fields: Vec<Span>,
    /// The bytes that no field covers, in order.
    pub holes: Vec<Span>,
}

impl Layout {
    /// Lays out fields one after the other, each at its alignment unless `packed`.
    /// `None` if the struct is larger than [`MOST_BYTES`].
    pub fn of(fields: &[Extent], packed: bool) -> Option<Self> {
        let (mut end, mut struct_align) = (0, 1);
        let (mut spans, mut holes) = (Vec::new(), Vec::new());
        for field in fields {
            let align = if packed { 1 } else { field.align };
            let offset = round_up(end, align);
            holes.extend(gap(end, offset));
            spans.push(Span { offset, size: field.size });
            end = offset.checked_add(field.size).filter(|end| *end <= MOST_BYTES)?;
            struct_align = align.max(struct_align);
        }
        let size = round_up(end, struct_align);
        holes.extend(gap(end, size));
        Some(Self { size, align: struct_align, fields: spans, holes })
    }

    /// Size and alignment of the whole.
    pub fn extent(&self) -> Extent {
        Extent { size: self.size, align: self.align }
    }
}

/// The bytes between two offsets, if there are any.
fn gap(from: u64, to: u64) -> Option<Span> {
    (from < to).then(|| Span { offset: from, size: to - from })
}

/// The next multiple of `align`, a power of two.
pub fn round_up(offset: u64, align: u64) -> u64 {
    offset.next_multiple_of(align)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The layout of a struct of integers.
    fn ints(model: Model, fields: &[Int]) -> Layout {
        let extents: Vec<_> = fields.iter().map(|int| model.int(*int)).collect();
        Layout::of(&extents, false).expect("a small struct")
    }

    #[test]
    fn a_plain_u64_moves_on_i386_only() {
        let fields = [Int::U64, Int::U32, Int::U64, Int::U64];
        let offsets =
            |model| ints(model, &fields).fields.iter().map(|f| f.offset).collect::<Vec<_>>();
        assert_eq!(offsets(Model::Lp64), [0, 8, 16, 24]);
        assert_eq!(offsets(Model::Ilp32), [0, 8, 12, 20]);
        assert_eq!(offsets(Model::Ilp32Aligned), [0, 8, 16, 24]);
    }

    #[test]
    fn an_aligned_u64_is_the_same_everywhere() {
        for model in Model::ALL {
            let layout = ints(model, &[Int::U32, Int::AlignedU64, Int::U32]);
            assert_eq!((layout.size, layout.align), (24, 8), "{model:?}");
            let holes = [Span { offset: 4, size: 4 }, Span { offset: 20, size: 4 }];
            assert_eq!(layout.holes, holes, "{model:?}");
        }
    }

    #[test]
    fn packed_fields_leave_no_hole() {
        let fields = [Model::Lp64.int(Int::U8), Model::Lp64.int(Int::U32)];
        let layout = Layout::of(&fields, true).expect("a small struct");
        assert_eq!((layout.size, layout.align, layout.holes.len()), (5, 1, 0));
    }

    #[test]
    fn integers_have_a_size_a_range_and_an_alignment() {
        let wide = (1 << 64) - 1;
        let ints = [
            (Int::U8, "u8", 1, false, (0, 0xff), [1, 1, 1]),
            (Int::U16, "u16", 2, false, (0, 0xffff), [2, 2, 2]),
            (Int::U32, "u32", 4, false, (0, 0xffff_ffff), [4, 4, 4]),
            (Int::U64, "u64", 8, false, (0, wide), [8, 4, 8]),
            (Int::S8, "s8", 1, true, (-0x80, 0x7f), [1, 1, 1]),
            (Int::S16, "s16", 2, true, (-0x8000, 0x7fff), [2, 2, 2]),
            (Int::S32, "s32", 4, true, (-0x8000_0000, 0x7fff_ffff), [4, 4, 4]),
            (Int::S64, "s64", 8, true, (-(1 << 63), (1 << 63) - 1), [8, 4, 8]),
            (Int::AlignedU64, "aligned_u64", 8, false, (0, wide), [8, 8, 8]),
            (Int::Le16, "le16", 2, false, (0, 0xffff), [2, 2, 2]),
            (Int::Le32, "le32", 4, false, (0, 0xffff_ffff), [4, 4, 4]),
            (Int::Le64, "le64", 8, false, (0, wide), [8, 4, 8]),
            (Int::AlignedLe64, "aligned_le64", 8, false, (0, wide), [8, 8, 8]),
        ];
        for (int, name, size, signed, (least, most), aligns) in ints {
            assert_eq!((int.name(), int.size(), int.signed()), (name, size, signed));
            assert_eq!(int.range(), least..=most, "{name}");
            let extents = Model::ALL.map(|model| model.int(int));
            assert_eq!(extents, aligns.map(|align| Extent { size, align }), "{name}");
        }
        assert_eq!(Model::ALL.map(Model::pointer), [8, 4, 4].map(Extent::natural));
        assert_eq!(Model::ALL.map(Model::index), [0, 1, 2]);
    }

    #[test]
    fn the_size_of_a_layout_is_limited() {
        let byte = Model::Lp64.int(Int::U8);
        let all = byte.times(MOST_BYTES).expect("the largest array");
        assert_eq!(all, Extent { size: MOST_BYTES, align: 1 });
        assert_eq!(byte.times(MOST_BYTES + 1), None);
        let layout = Layout::of(&[all], false).expect("the largest struct");
        assert_eq!((layout.size, layout.extent()), (MOST_BYTES, all));
        assert_eq!(layout.fields[0].end(), MOST_BYTES);
        assert_eq!(Layout::of(&[all, byte], false), None);
        let word = Model::Lp64.int(Int::U32);
        assert_eq!(
            Layout::of(&[word.times(MOST_BYTES / 4 - 1).expect("an array"), byte], false)
                .map(|layout| layout.size),
            Some(MOST_BYTES)
        );
    }

    #[test]
    fn holes_are_before_fields_and_at_the_end() {
        let layout = ints(Model::Lp64, &[Int::U8, Int::U32, Int::U16]);
        let span = |offset, size| Span { offset, size };
        assert_eq!(layout.fields, [span(0, 1), span(4, 4), span(8, 2)]);
        assert_eq!(layout.holes, [span(1, 3), span(10, 2)]);
        assert_eq!((layout.size, layout.align), (12, 4));
        assert_eq!([0, 1, 7, 8, 9].map(|at| round_up(at, 8)), [0, 8, 8, 8, 16]);
    }

    #[test]
    fn a_union_holds_its_largest_arm() {
        let arms = [Extent { size: 12, align: 4 }, Extent { size: 8, align: 8 }];
        assert_eq!(Extent::union(arms.into_iter()), Extent { size: 16, align: 8 });
    }
}
