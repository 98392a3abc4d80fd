//! The conformance text of chains in a space by the views of the generated crate. The bytes
//! are read directly and through accessors, which must agree. Compiled by the tests.

#[path = "chains.rs"]
mod chains;

use generated_abi::views::{Space, SpaceCap, SpaceError};

pub(crate) use chains::NAMES;

/// Bytes that accessors read, which check that every access is aligned and inside.
struct Device<'a>(&'a [u8]);

impl Device<'_> {
    fn read(&self, at: u32, width: u32) -> u32 {
        assert!(at % width == 0 && at + width <= self.0.len() as u32, "{width} at {at}");
        (0..width).rev().fold(0, |number, index| {
            number << 8 | u32::from(self.0[(at + index) as usize])
        })
    }
}

impl Space for Device<'_> {
    fn size(&self) -> u32 {
        self.0.len() as u32
    }

    fn read_u8(&self, at: u32) -> u8 {
        self.read(at, 1) as u8
    }

    fn read_u16(&self, at: u32) -> u16 {
        self.read(at, 2) as u16
    }

    fn read_u32(&self, at: u32) -> u32 {
        self.read(at, 4)
    }
}

/// The text of a chain.
pub(crate) fn text(chain: &str, bytes: &[u8]) -> String {
    let start = "reply argsz=none need=none\n";
    let (mut direct, mut read) = (start.to_owned(), start.to_owned());
    chains::canonical(&mut direct, chain, bytes);
    chains::canonical(&mut read, chain, &Device(bytes));
    assert_eq!(direct, read);
    direct
}

/// A chain or a variant that the generated program does not have.
fn unexpected() {
    panic!("the program has no such chain or capability");
}

/// The number of a field, without its type.
trait Plain {
    fn plain(self) -> u64;
}

macro_rules! plain {
    ($($type:ty),*) => {
        $(impl Plain for $type {
            fn plain(self) -> u64 {
                self.into()
            }
        })*
    };
}

plain!(u8, u16, u32, u64);

fn head<S: Space + ?Sized>(text: &mut String, cap: SpaceCap<'_, S>, name: &str) {
    let (at, id, version) = (cap.offset(), cap.id(), cap.version());
    *text += &format!("cap at={at} id={id} version={version} name={name}\n");
}

fn unknown(text: &mut String, name: &str) {
    *text += &format!("  {name}=?\n");
}

/// Panics unless `Debug` prints each field of a view by its name.
fn shows(view: &impl std::fmt::Debug, fields: &[&str]) {
    let (text, mut at) = (format!("{view:?}"), 0);
    for field in fields {
        let found = text[at..].find(&format!("{field}: "));
        at += found.unwrap_or_else(|| panic!("{field} in {text}"));
    }
}

fn number(text: &mut String, name: &str, number: impl Plain) {
    *text += &format!("  {name}={}\n", number.plain());
}

fn elements<T: Plain>(text: &mut String, name: &str, numbers: impl Iterator<Item = T>) {
    for (nth, each) in numbers.enumerate() {
        number(text, &format!("{name}[{nth}]"), each);
    }
}

fn hex(text: &mut String, name: &str, bytes: impl Iterator<Item = u8>) {
    let hex: String = bytes.map(|byte| format!("{byte:02x}")).collect();
    *text += &format!("  {name}={hex}\n");
}

fn damage(text: &mut String, error: SpaceError) {
    *text += &match error {
        SpaceError::TooLow { at } => format!("error inside_fixed at={at}\n"),
        SpaceError::OutOfBounds { at } => format!("error out_of_bounds at={at}\n"),
        SpaceError::HeaderCut { at } => format!("error header_cut at={at}\n"),
        SpaceError::Cycle { at } => format!("error cycle at={at}\n"),
        SpaceError::BodyLimited { at, id, required_size, size } => {
            format!("error body_limited at={at} id={id} need={required_size} size={size}\n")
        }
        other => panic!("{other:?}"),
    };
}
