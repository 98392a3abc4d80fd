//! Random additions to `linux/vfio.h`, such as a later kernel may make.

use crate::random::Random;

/// The kinds of additions.
pub const KINDS: [(&str, Adder); 11] = [
    ("struct", Growing::struct_),
    ("field", Growing::field),
    ("flag", Growing::flag),
    ("enum", Growing::enumeration),
    ("enum value", Growing::enumerator),
    ("define", Growing::define),
    ("id", Growing::id),
    ("ioctl", Growing::ioctl),
    ("capability", Growing::capability),
    ("chain", Growing::chain),
    ("feature", Growing::feature),
];

type Adder = fn(&mut Growing);

/// A header with some random additions, and their kinds.
pub fn add(header: &str, count: usize, random: Random) -> (String, Vec<&'static str>) {
    let mut growing =
        Growing { text: header.to_owned(), added: String::new(), serial: 0, random, grown: false };
    let kinds: Vec<_> = (0..count).map(|_| growing.one()).collect();
    let Growing { text, added, .. } = growing;
    let text = match text.rfind("#endif") {
        Some(end) => [&text[..end], &added, &text[end..]].concat(),
        None => text + &added,
    };
    (text, kinds)
}

/// Structs that can grow, and the fields that they get: the size stays a multiple of 8.
const HOSTS: [&str; 4] =
    ["vfio_irq_info", "vfio_device_info", "vfio_region_info", "vfio_iommu_type1_info"];

/// Flags after which others can be defined, with the first bit of the new ones.
const FLAGS: [(&str, &str); 3] = [
    ("VFIO_REGION_INFO_FLAG_CAPS", "VFIO_REGION_INFO_FLAG_"),
    ("VFIO_IRQ_INFO_NORESIZE", "VFIO_IRQ_INFO_"),
    ("VFIO_DEVICE_FLAGS_CDX", "VFIO_DEVICE_FLAGS_"),
];

/// Names of fields, among them reserved words of other languages.
const WORDS: [&str; 14] = [
    "index", "type", "self", "super", "crate", "new", "class", "match", "gen", "len", "version",
    "count", "bytes", "this",
];

/// Chains, each with the prefix of its ids.
const CHAINS: [&str; 3] =
    ["VFIO_REGION_INFO_CAP_", "VFIO_DEVICE_INFO_CAP_", "VFIO_IOMMU_TYPE1_INFO_CAP_"];

/// A header that grows.
pub struct Growing {
    text: String,
    /// The items at its end.
    added: String,
    /// Counts additions: part of names, and of numbers.
    serial: u32,
    random: Random,
    /// Whether a known struct has grown, which each header does once.
    grown: bool,
}

impl Growing {
    fn one(&mut self) -> &'static str {
        self.serial += 1;
        let (name, adder) = KINDS[self.random.below(KINDS.len())];
        adder(self);
        name
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.random.below(texts.len())]
    }

    /// A comment, or none.
    fn comment(&mut self) -> String {
        let number = self.serial;
        let texts = ["", "", "/* a comment */", "/* with: marks, \"quotes\" & #5 */"];
        match self.pick(&texts) {
            "" => format!("\t/* number {number} */"),
            text => format!("\t{text}"),
        }
    }

    /// Members of a struct, without holes, in a multiple of 8 bytes.
    fn members(&mut self) -> String {
        let first = self.random.below(WORDS.len());
        let mut members = String::new();
        for index in 0..=self.random.below(4) {
            let name = WORDS[(first + index) % WORDS.len()];
            let number = self.serial;
            let comment = self.comment();
            members += &match self.random.below(7) {
                0 => format!("\t__aligned_u64\t{name};{comment}\n"),
                1 => format!("\t__u8\t{name}[8];{comment}\n"),
                2 => format!("\t__u32\t{name};{comment}\n\t__u32\treserved{index};\n"),
                3 => format!(
                    "\t__s32\t{name};{comment}\n\t__u16\tmore_{name};\n\t__u16\tpad{index};\n"
                ),
                4 => format!(
                    "\tunion {{\n\t\t__aligned_u64\t{name};\n\
                     \t\t__aligned_u64\tother_{name};\n\t}};\n"
                ),
                5 => format!(
                    "\t__u32\t{name};{comment}\n#define VFIO_N{number}_{index}_A\t(1 << 0)\n\
                     #define VFIO_N{number}_{index}_B\t(1 << 1)\n\t__u32\tend_{name};\n"
                ),
                _ => format!(
                    "\t__u32\t{name};{comment}\n#define VFIO_N{number}_{index}_NONE\t0\n\
                     #define VFIO_N{number}_{index}_SOME\t0x7\n\t__u32\t__resv{index};\n"
                ),
            };
        }
        members
    }

    fn struct_(&mut self) {
        let (number, members) = (self.serial, self.members());
        let comment = self.comment();
        self.added += &format!("\n{comment}\nstruct vfio_struct_{number} {{\n{members}}};\n");
    }

    fn field(&mut self) {
        let host = self.pick(&HOSTS);
        let number = self.serial;
        if std::mem::replace(&mut self.grown, true) {
            return;
        }
        let comment = self.comment();
        let fields = format!("\t__u32\tfield_{number};{comment}\n\t__u32\tlast_{number};\n");
        self.grow(&format!("struct {host} {{\n"), &fields);
    }

    /// Puts lines before the brace that closes a declaration.
    fn grow(&mut self, opening: &str, lines: &str) {
        let start = self.text.find(opening).unwrap_or_else(|| panic!("no `{opening}`"));
        let end = start + self.text[start..].find("\n};").expect("its end") + 1;
        self.text.insert_str(end, lines);
    }

    fn flag(&mut self) {
        let (after, prefix) = FLAGS[self.random.below(FLAGS.len())];
        let start = self.text.find(&format!("#define {after}\t")).expect("a flag");
        let end = start + self.text[start..].find('\n').expect("its end") + 1;
        let number = self.serial;
        let line = format!("#define {prefix}NEW{number}\t(1 << {})\n", 10 + number);
        self.text.insert_str(end, &line);
    }

    fn enumeration(&mut self) {
        let number = self.serial;
        let tag = if self.random.below(2) == 0 { "" } else { &format!("vfio_enum_{number} ") };
        let own = format!("VFIO_ENUM{number}");
        let values = match self.random.below(3) {
            0 => format!("\t{own}_A,\n\t{own}_B,\n\t{own}_NUM_ALL\n"),
            1 => format!("\t{own}_A = 1,\n\t{own}_B = 0x20,\t/* second */\n"),
            _ => format!("\t{own}_ONLY\n"),
        };
        self.added += &format!("\nenum {tag}{{\n{values}}};\n");
    }

    fn enumerator(&mut self) {
        let number = self.serial;
        let line = format!("\tVFIO_DEVICE_STATE_NEW{number} = {},\n", 20 + number);
        self.grow("enum vfio_device_mig_state {\n", &line);
    }

    fn define(&mut self) {
        let number = self.serial;
        let values = ["0x40", "7", "(1 << 5)", "0x100000000ULL", "\"a: text, #1\""];
        let value = self.pick(&values);
        let comment = self.comment();
        self.added += &format!("\n#define VFIO_DEFINE{number}_X\t{value}{comment}\n");
        if self.random.below(2) == 0 {
            self.added += &format!("#define VFIO_DEFINE{number}_Y\t{number}\n");
        }
    }

    fn id(&mut self) {
        let number = self.serial;
        self.added += &format!("\n#define VFIO_REGION_TYPE_NEW{number}\t({})\n", 100 + number);
        if self.random.below(2) == 0 {
            self.added += &format!("#define VFIO_REGION_SUBTYPE_NEW{number}_A\t(1)\n");
        }
    }

    /// The comment that starts the description of an ioctl.
    fn ioctl_comment(name: &str, number: u32, direction: &str, struct_: &str) -> String {
        format!(
            "\n/**\n * {name} - {direction}(VFIO_TYPE, VFIO_BASE + {number}, struct {struct_})\n \
             *\n * Does something. Return: 0 on success, -errno on failure.\n */\n"
        )
    }

    fn ioctl(&mut self) {
        let number = 60 + self.serial;
        let name = format!("VFIO_DEVICE_NEW{number}");
        if self.random.below(4) == 0 {
            self.added += &format!("\n#define {name}\t_IO(VFIO_TYPE, VFIO_BASE + {number})\n");
            return;
        }
        let direction = self.pick(&["_IOR", "_IOW", "_IOWR"]);
        let struct_ = name.to_ascii_lowercase();
        let (comment, members) =
            (Self::ioctl_comment(&name, number, direction, &struct_), self.members());
        let head = format!("struct {struct_} {{\n\t__u32\targsz;\n\t__u32\tflags;\n{members}}};\n");
        let define = format!("#define {name}\t_IO(VFIO_TYPE, VFIO_BASE + {number})\n");
        self.added += &match self.random.below(2) {
            0 => format!("{comment}{head}{define}"),
            _ => format!("{comment}{define}\n{head}"),
        };
    }

    fn capability(&mut self) {
        let (number, prefix) = (self.serial, self.pick(&CHAINS));
        let id = format!("{prefix}NEW{number}");
        self.added += &format!("\n#define {id}\t{}\n", 100 + number);
        let header = "\tstruct vfio_info_cap_header header;\n";
        let body = match self.random.below(3) {
            0 => return,
            1 => self.members(),
            _ => "\t__u32\tnr_areas;\n\t__u32\treserved;\n\t__aligned_u64\tareas[];\n".to_owned(),
        };
        let struct_ = id.to_ascii_lowercase();
        self.added += &format!("\nstruct {struct_} {{\n{header}{body}}};\n");
    }

    /// A chain of its own, with a flag, an ioctl and a capability.
    fn chain(&mut self) {
        let number = 60 + self.serial;
        let upper = format!("VFIO_NEW{number}_INFO");
        let struct_ = upper.to_ascii_lowercase();
        let name = format!("VFIO_DEVICE_GET_NEW{number}_INFO");
        let comment = Self::ioctl_comment(&name, number, "_IOWR", &struct_);
        let members = self.members();
        self.added += &format!(
            "{comment}struct {struct_} {{\n\t__u32\targsz;\n\t__u32\tflags;\n\
             #define {upper}_FLAG_CAPS\t(1 << 0)\t/* there are capabilities */\n{members}\
             \t__u32\tcap_offset;\n\t__u32\tpad;\n}};\n\
             #define {name}\t_IO(VFIO_TYPE, VFIO_BASE + {number})\n\n\
             #define {upper}_CAP_FIRST\t1\n\nstruct {struct_}_cap_first {{\n\
             \tstruct vfio_info_cap_header header;\n\t__aligned_u64\tvalue;\n}};\n\n\
             #define {upper}_CAP_SECOND\t2\n"
        );
    }

    fn feature(&mut self) {
        let number = 100 + self.serial;
        let id = format!("VFIO_DEVICE_FEATURE_NEW{number}");
        let members = self.members();
        let payload = format!("struct {} {{\n{members}}};\n", id.to_ascii_lowercase());
        self.added += &match self.random.below(3) {
            0 => format!("\n#define {id}\t{number}\n"),
            1 => format!("\n#define {id}\t{number}\n\n{payload}"),
            _ => format!("\n{payload}\n#define {id}\t{number}\n"),
        };
    }
}
