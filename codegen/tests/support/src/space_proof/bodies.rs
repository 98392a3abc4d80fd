//! The claims about bodies that depend on bits, each as a function in C that has no table and
//! no loop over fields: what exists, where it is, and what it is.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use capchain::ir::protocol::{
    ArrayPlan, BitField, BodyPlan, CapPlan, ElementPlan, IntField, PartPlan, QuantityPlan,
};
use capchain::ir::{Abi, BitsOf, Capability, Struct};
use capchain::layout::Int;
use capchain::names::{self, c_name};

use crate::c_program::c_element;
use crate::space_program::chains;
use crate::template::filled;

/// What a body requires, and that it is read exactly if it is complete.
const BODY: &str = r#"#include "@STEM@.h"

#define SPACE	struct @STEM@_space
#define CAP	struct @STEM@_space_cap
#define SPACE_OF	@STEM@_space_of
#define BODY_ID	@ID@
#define BODY_MOST	@MOST@

#define OTHER_MOST	@OTHER_MOST@

static void body(const CAP *cap, const __u8 *start, const __u8 *other,
		 const __u8 *bytes, __u32 size)
{
	struct @VIEW@ view;
	const int found = @VIEW@_read(cap, &view);
	__u64 need;

	(void)start;
	(void)other;
	if (size < @LEAST@) {
		PROVE(found == @LIMITED@, "bits that decide are required");
		return;
	}
@EXISTENCE@	need = @END@;
@PARTS@	PROVE(found == (need <= size ? 1 : @LIMITED@),
	      "a body is read exactly if it is complete");
	PROVE(view.place.need == (need <= size ? 0 : need),
	      "what an incomplete body needs");
	if (found != 1)
		return;
@VALUES@}
"#;

/// The value of a field that always exists.
const VALUE: &str = r#"	PROVE(@VALUE@, "@NAME@ is read from its place");
"#;

/// The value of a field that need not exist.
const VALUE_IF: &str = r#"	PROVE(!!@VIEW@.has_@NAME@ == (@EXISTS@), "whether @NAME@ exists");
	PROVE(!(@EXISTS@) || @VALUE@, "@NAME@ is read from its place");
"#;

/// The value of an element of an array of fixed length.
const FIXED: &str = r#"	PROVE(!(@EXISTS@) || view.@NAME@[@NTH@] == number(bytes, @AT@, @WIDTH@),
	      "@NAME@ is read from its place");
"#;

/// The number of elements of an array, and the end of the last one.
const UNCOUNTED: &str = "	const __u64 first = @FIRST@;
	const __u64 count = @EXISTS@ && first <= size ? (size - first) / @STRIDE@ : 0;
";
const COUNTED: &str = "	const __u64 first = @FIRST@;
	const __u64 count = @EXISTS@ ? @COUNT@ : 0;
	__u64 last = first;

@LAST@	if (@EXISTS@ && last > need)
		need = last;
";
const LAST_OF_LENGTHS: &str = "	for (__u64 nth = 0; nth < count && last <= size; nth++)
		last += last + @BITS@ > size ? @BITS@ : @LENGTH@;
";

/// The element of any index.
const ELEMENT: &str = r#"	@TYPE@ each;
	const __u32 nth = nondet_u32();
	const int is_there = @GET@(&view, nth, &each);

	PROVE(view.nr_@NAME@ == count, "the number of elements");
	PROVE(is_there == (nth < count), "an element exists up to the number");
	if (nth >= count)
		return;
	__u64 at = @WALK@;
@SKIP@	const __u64 length = @STRIDE@;

	(void)length;
@CLAIMS@"#;
const SKIP: &str = "	for (__u32 before = 0; before < nth; before++)
		at += @LENGTH@;
";

/// Writes a header for each body that depends on bits to a folder, and the list of these with
/// the steps that a loop has at most.
pub(super) fn write(folder: &Path, abi: &Abi) {
    let mut list = String::new();
    for plan in chains(abi) {
        for id in &plan.capabilities {
            let cap = &abi.protocol.capabilities[id.0];
            let claims = Claims::of(abi, abi.capability(*id), cap);
            let Some(claims) = claims.filter(Claims::depends_on_bits) else { continue };
            let name = format!("{}_{}", claims.chain, claims.cap.short.to_ascii_lowercase());
            fs::write(folder.join(format!("{name}.h")), claims.header()).expect("a file");
            writeln!(list, "{name} {}", claims.steps()).expect("text");
        }
    }
    fs::write(folder.join("bodies"), list).expect("a file");
}

/// A capability about whose body something is claimed.
struct Claims<'a> {
    abi: &'a Abi,
    stem: String,
    chain: &'a str,
    cap: &'a Capability,
    plan: &'a CapPlan,
    struct_: &'a Struct,
}

/// How many elements of an array there can be in a proof: of those that have one length, and of
/// the shortest ones of others.
const ELEMENTS: u64 = 2;
const SHORTEST: u64 = 4;

impl<'a> Claims<'a> {
    fn of(abi: &'a Abi, cap: &'a Capability, plan: &'a CapPlan) -> Option<Self> {
        let struct_ = abi.struct_(plan.struct_?);
        let chain = abi.chain(cap.chain).name.as_str();
        Some(Self { abi, stem: names::c_stem(&abi.name), chain, cap, plan, struct_ })
    }

    fn depends_on_bits(&self) -> bool {
        let array = self.plan.array.as_ref();
        let counted = array.is_some_and(|one| one.counted.is_some() || one.each.is_some());
        counted || !self.plan.body.parts.is_empty()
    }

    fn view(&self) -> String {
        c_name(&self.stem, &[self.chain, &self.cap.short])
    }

    /// The end of all fields and of some elements.
    fn most(&self) -> u64 {
        let parts = self.plan.body.parts.iter().map(|part| part.offset + part.size);
        let array = self.plan.array.as_ref().map(|one| {
            one.offset.kernel()
                + match one.each {
                    None => ELEMENTS * one.stride.kernel(),
                    Some(each) => SHORTEST * each.plus * each.unit,
                }
        });
        parts.chain(array).chain([self.plan.body.end]).max().unwrap_or(0)
    }

    /// The steps of the longest loop: over the rows of a table, elements, or the bytes of a number.
    fn steps(&self) -> u64 {
        const BYTES: u64 = 8;
        let conditions = self.plan.body.parts.iter().flat_map(|part| &part.conditions);
        let rows = conditions.map(|condition| condition.numbers.len() as u64).sum::<u64>();
        let each = self.plan.array.as_ref().and_then(|array| array.each);
        let elements = each.map_or(0, |each| self.most() / (each.plus * each.unit).max(1));
        2 + rows.max(elements + 1).max(BYTES)
    }

    fn header(&self) -> String {
        let Self { stem, plan, .. } = self;
        let limited = [&stem.to_uppercase(), "_SPACE_BODY_LIMITED"].concat();
        let least = plan.required_size.first().map_or(0, |size| size.kernel());
        let mut parts = String::new();
        for (nth, part) in plan.body.parts.iter().enumerate().filter(|(_, part)| part.size > 0) {
            let end = format!("{} + {}", place(&plan.body, "part", part.offset), part.size);
            writeln!(parts, "\tif (part{nth} && {end} > need)\n\t\tneed = {end};").expect("text");
        }
        parts.extend(plan.array.as_ref().map(|array| self.elements_needed(array)));
        let value =
            |field| self.value(self.struct_, &plan.body, field, "view", "part", "bytes", "size");
        let fixed = plan.fixed_arrays.iter().map(|array| self.fixed(&array.first, array.count));
        let element = plan.array.as_ref().map(|array| self.element(array));
        let values: String = plan.fields.iter().map(value).chain(fixed).chain(element).collect();
        filled(
            BODY,
            &[
                ("STEM", stem),
                ("ID", &plan.id.to_string()),
                ("MOST", &self.most().to_string()),
                ("OTHER_MOST", &self.companion_most().to_string()),
                ("VIEW", &self.view()),
                ("LEAST", &least.to_string()),
                ("LIMITED", &limited),
                ("EXISTENCE", &existence(&plan.body, "part", "bytes", "size")),
                ("END", &place(&plan.body, "part", plan.body.end)),
                ("PARTS", &parts),
                ("VALUES", &values),
            ],
        )
    }

    /// The claim about the value of a field: of the body, or of an element with a length.
    #[allow(clippy::too_many_arguments, reason = "the names in C differ")]
    fn value(
        &self,
        owner: &Struct,
        body: &BodyPlan,
        field: &IntField,
        view: &str,
        part: &str,
        bytes: &str,
        size: &str,
    ) -> String {
        let (name, width) = (&owner.fields[field.field].name, field.int.size());
        let at = place(body, part, field.offset.kernel());
        let value = format!("{view}.{name} == number({bytes}, {at}, {width})");
        let nth = body.parts.iter().position(|one| one.field == field.field);
        let is_short = view == "each" && self.is_short(field);
        let mut exists: Vec<String> = nth.map(|nth| format!("{part}{nth}")).into_iter().collect();
        exists.extend(is_short.then(|| format!("{at} + {width} <= {size}")));
        if exists.is_empty() {
            return filled(VALUE, &[("VALUE", &value), ("NAME", name)]);
        }
        let values =
            [("VIEW", view), ("NAME", name), ("EXISTS", &exists.join(" && ")), ("VALUE", &value)];
        let unknown = nth.map_or(String::new(), |nth| unknown(body, nth, name));
        filled(VALUE_IF, &values) + &unknown
    }

    /// Whether an element can end before a field.
    fn is_short(&self, field: &IntField) -> bool {
        let array = self.plan.array.as_ref();
        let each = array.and_then(|array| array.each);
        let end = field.offset.kernel() + field.int.size();
        each.is_some_and(|each| end > each.plus * each.unit)
    }

    fn fixed(&self, first: &IntField, count: u64) -> String {
        let name = &self.struct_.fields[first.field].name;
        let width = first.int.size();
        let at = place(&self.plan.body, "part", first.offset.kernel());
        let exists = exists(&self.plan.body, first.field);
        let values = (0..count).map(|nth| {
            filled(
                FIXED,
                &[
                    ("EXISTS", &exists),
                    ("NAME", name),
                    ("NTH", &nth.to_string()),
                    ("AT", &format!("{at} + {}", nth * width)),
                    ("WIDTH", &width.to_string()),
                ],
            )
        });
        let nth = self.plan.body.parts.iter().position(|part| part.field == first.field);
        let unknown = nth.map(|nth| unknown(&self.plan.body, nth, name));
        values.chain(unknown).collect()
    }

    /// The end of the bits of the companion.
    fn companion_most(&self) -> u64 {
        let conditions = self.plan.body.parts.iter().flat_map(|part| &part.conditions);
        let of_companion = conditions.filter(|one| matches!(one.of, BitsOf::Companion(..)));
        of_companion.map(|one| one.bits.offset + one.bits.width).max().unwrap_or(0)
    }

    /// The number of elements, and the end of the last one.
    fn elements_needed(&self, array: &ArrayPlan) -> String {
        let body = &self.plan.body;
        let first = place(body, "part", array.offset.kernel());
        let exists = exists(body, array.field);
        let count = match (&array.count, &array.counted) {
            (Some(count), _) => {
                format!("number(bytes, {}, {})", count.offset.kernel(), count.int.size())
            }
            (None, Some(counted)) => quantity("bytes", counted),
            (None, None) => {
                let stride = array.stride.kernel().to_string();
                let values = [("FIRST", &*first), ("EXISTS", &exists), ("STRIDE", &stride)];
                return filled(UNCOUNTED, &values);
            }
        };
        let last = match &array.each {
            None => format!("\tlast += count * {};\n", array.stride.kernel()),
            Some(each) => {
                let bits = (each.bits.offset + each.bits.width).to_string();
                let length = quantity("(bytes + last)", each);
                filled(LAST_OF_LENGTHS, &[("BITS", &bits), ("LENGTH", &length)])
            }
        };
        let values = [("FIRST", &*first), ("EXISTS", &exists), ("COUNT", &count), ("LAST", &last)];
        filled(COUNTED, &values)
    }

    /// The claims about the element of any index.
    fn element(&self, array: &ArrayPlan) -> String {
        let name = &self.struct_.fields[array.field].name;
        let view = self.view();
        let (type_, claims) = match &array.element {
            ElementPlan::Int(int) => (
                names::c_int(int.value()).to_owned(),
                format!(
                    "\tPROVE(each == number(bytes, at, {}), \"an element is read from its place\");\n",
                    Int::size(*int)
                ),
            ),
            ElementPlan::Struct(id, fields) => {
                let element = self.abi.struct_(*id);
                let short = names::without_prefix(&self.abi.prefix, &element.name);
                let mut claims = existence(&array.body, "own", "(bytes + at)", "length");
                for field in fields {
                    claims += &self.value(
                        element,
                        &array.body,
                        field,
                        "each",
                        "own",
                        "(bytes + at)",
                        "length",
                    );
                }
                (format!("struct {}", c_name(&self.stem, &[self.chain, short])), claims)
            }
        };
        let (stride, walk) = match &array.each {
            None => (
                array.stride.kernel().to_string(),
                format!("first + nth * {}", array.stride.kernel()),
            ),
            Some(each) => (quantity("(bytes + at)", each), "first".to_owned()),
        };
        let skip = match &array.each {
            None => String::new(),
            Some(each) => filled(SKIP, &[("LENGTH", &quantity("(bytes + at)", each))]),
        };
        let get = c_element(&view, name);
        filled(
            ELEMENT,
            &[
                ("TYPE", &type_),
                ("GET", &get),
                ("NAME", name),
                ("WALK", &walk),
                ("SKIP", &skip),
                ("STRIDE", &stride),
                ("CLAIMS", &claims),
            ],
        )
    }
}

/// Which fields exist: a variable for each field that need not.
fn existence(body: &BodyPlan, name: &str, bytes: &str, size: &str) -> String {
    let part = |(nth, part): (usize, &PartPlan)| {
        let conditions = part.conditions.iter().map(|condition| {
            let BitField { offset, width, .. } = condition.bits;
            let (bytes, room) = match condition.of {
                BitsOf::Body => (bytes, size),
                BitsOf::Start(_) => ("start", "BODY_START"),
                BitsOf::Companion(..) => ("other", "cap->other_size"),
            };
            let value = bits(bytes, condition.bits);
            let numbers = condition
                .numbers
                .iter()
                .map(|(first, last)| format!("({value} >= {first} && {value} <= {last})"));
            let numbers: Vec<_> = numbers.collect();
            let end = offset + width;
            let holds = format!("({end} <= {room} && ({}))", numbers.join(" || "));
            // Nothing contradicts a condition whose bits are not in the companion.
            let may_hold = match condition.of {
                BitsOf::Companion(..) => format!("({end} > {room} || {holds})"),
                BitsOf::Body | BitsOf::Start(_) => holds.clone(),
            };
            (holds, may_hold)
        });
        let (holds, may_hold): (Vec<_>, Vec<_>) = conditions.unzip();
        let mut text = format!("\tconst int {name}{nth} = {};\n", holds.join(" && "));
        if part.has_companion() {
            writeln!(
                text,
                "\tconst int {name}{nth}_unknown = !{name}{nth} && {};",
                may_hold.join(" && ")
            )
            .expect("text");
        }
        text
    };
    body.parts.iter().enumerate().map(part).collect()
}

/// The claim about a field that exists by bits of another capability: whether it is unknown.
fn unknown(body: &BodyPlan, nth: usize, name: &str) -> String {
    match body.parts[nth].has_companion() {
        true => format!(
            "\tPROVE(!!view.unknown_{name} == part{nth}_unknown, \"whether that is unknown\");\n"
        ),
        false => String::new(),
    }
}

/// Whether a field of the body exists, in C.
fn exists(body: &BodyPlan, field: usize) -> String {
    let nth = body.parts.iter().position(|part| part.field == field);
    nth.map_or("1".to_owned(), |nth| format!("part{nth}"))
}

/// The place of what is at an offset if every field exists.
fn place(body: &BodyPlan, name: &str, offset: u64) -> String {
    let parts = body.parts.iter().enumerate();
    let before = parts.filter(|(_, part)| body.compact && part.size > 0 && part.offset < offset);
    let gaps = before.map(|(nth, part)| format!(" - !{name}{nth} * {}", part.size));
    format!("({offset}{})", gaps.collect::<String>())
}

fn bits(bytes: &str, BitField { offset, width, low, mask }: BitField) -> String {
    format!("(number({bytes}, {offset}, {width}) >> {low} & {mask:#x})")
}

fn quantity(bytes: &str, one: &QuantityPlan) -> String {
    format!("(({} + {}) * {})", bits(bytes, one.bits), one.plus, one.unit)
}
