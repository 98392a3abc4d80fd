//! The values that `decode` finds in the results of requests and in counted replies, to
//! compare them with those of the views.

use std::collections::BTreeMap;

use capchain::decode::{self, Content, DecodedValue, Subject};
use capchain::ir::Abi;
use capchain::layout::Target;

/// The bits of each value, by its name: several for an element of an array; none if the
/// bytes do not cover it.
pub type Values = BTreeMap<String, Vec<Option<u64>>>;

/// Where a view finds results.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The name of the argument.
    pub struct_: &'a str,
    /// Offset of the results in it.
    pub start: u32,
    /// Offset and value of the flags that the argument needs for these results.
    pub flags: Option<(u32, u32)>,
}

impl Place<'_> {
    /// Gives an argument the flags that it needs.
    pub fn set_flags(&self, bytes: &mut [u8], target: &Target) {
        let Some((at, value)) = self.flags else { return };
        let value = if target.big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        if let Some(place) = bytes.get_mut(at as usize..at as usize + 4) {
            place.copy_from_slice(&value);
        }
    }

    /// Panics unless `decode` finds the values of a view, or agrees that there are none:
    /// `view` is what the view returns, or the sizes in its error.
    pub fn compare(
        &self,
        abi: &Abi,
        target: &'static Target,
        bytes: &[u8],
        view: Result<Values, (u32, u32)>,
    ) {
        let id = abi.find_struct(self.struct_).expect("a struct");
        let found = decode::decode(abi, Subject::Struct(id), target, bytes);
        let text = || format!("{self:?} of {}: {bytes:02x?}", target.name);
        let values = match view {
            Ok(values) => values,
            Err((len, minsz)) => {
                assert!(len < minsz, "{}: {len} of {minsz}", text());
                assert_eq!(u64::from(len), found.size, "{}", text());
                return;
            }
        };
        let mut known = Values::new();
        match self.start {
            0 => found.fields.iter().for_each(|field| collect(&mut known, "", field)),
            _ => {
                let payload = found.fields.last().expect("a payload");
                let Content::Fields(_, fields, _) = &payload.content else {
                    panic!("{}: {:?}", text(), payload.content)
                };
                fields.iter().for_each(|field| collect(&mut known, "", field));
            }
        }
        for (name, values) in values {
            let decoded = known.get(&name).unwrap_or_else(|| panic!("{}: no {name}", text()));
            assert_eq!(decoded, &values, "{}: {name}", text());
        }
    }
}

/// Adds the integers of a field.
fn collect(values: &mut Values, prefix: &str, field: &DecodedValue<'_>) {
    let name = [prefix, field.name].concat();
    let inner = |name: &str| if name.is_empty() { String::new() } else { [name, "."].concat() };
    match &field.content {
        Content::Number(number) => values.entry(name).or_default().push(Some(number.bits)),
        Content::Absent | Content::Unknown(_) => values.entry(name).or_default().push(None),
        Content::Fields(_, fields, _) => {
            fields.iter().for_each(|field| collect(values, &inner(&name), field));
        }
        Content::Arms(arms) => {
            arms.iter().take(1).for_each(|arm| collect(values, prefix, arm));
        }
        Content::Array(array) => array.iter().for_each(|element| match &element.content {
            Content::Fields(_, fields, _) => {
                fields.iter().for_each(|field| collect(values, &inner(&name), field));
            }
            _ => collect(values, &name, &element),
        }),
        Content::Bytes(_) => {}
    }
}
