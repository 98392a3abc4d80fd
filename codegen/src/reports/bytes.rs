//! The report of `decode` on an input: whole spaces, the calls of a log, several dumps, or
//! one dump. The work is bounded: `docs/decode.md` has the bounds.

use std::sync::Arc;

use super::calls::{self, LogCall};
use super::data::GivenData;
use super::decode::candidates;
use super::spaces::SpaceType;
use super::{Format, Output};
use crate::decode::{
    self, Candidate, Subject, SubjectNames, arguments, log, looks_like_space, space_struct,
};
use crate::dump::labelled::{self, LabelledBytes};
use crate::dump::{self, Dump};
use crate::ir::Abi;
use crate::layout::Target;
use crate::names::UnknownName;

/// The most bytes that are compared with all structs, in one dump or in several.
const MOST_UNNAMED: usize = 64 << 10;
/// The most dumps without names.
const MOST_UNNAMED_DUMPS: usize = 1024;

/// The types of an ABI that bytes can have.
#[derive(Clone, Debug)]
pub struct Types {
    /// The resolved ABI.
    pub abi: Arc<Abi>,
    /// The types.
    pub subjects: Vec<Subject>,
    /// Whether an argument names them.
    pub named: bool,
}

impl Types {
    /// All structs that ioctls take.
    pub fn all(abi: Abi) -> Self {
        Self { subjects: arguments(&abi), abi: Arc::new(abi), named: false }
    }

    /// The types of a name, or of the names in the line of a call.
    ///
    /// # Errors
    ///
    /// A sentence with a similar name, if there is one.
    pub fn named(abi: Abi, text: &str) -> Result<Self, UnknownName> {
        let subjects = named(&abi, text)?;
        Ok(Self { abi: Arc::new(abi), subjects, named: true })
    }

    /// The types that fit a dump, the best first.
    pub(super) fn candidates(&self, target: &'static Target, dump: &Dump) -> Vec<Candidate> {
        decode::candidates(&self.abi, &self.subjects, target, dump)
    }
}

/// The types of a name, of which records have several if it does not give that of their data,
/// or of the names in the line of a call.
///
/// # Errors
///
/// A sentence with a similar name, if there is one.
pub fn named(abi: &Abi, text: &str) -> Result<Vec<Subject>, UnknownName> {
    let error = match Subject::named(abi, text) {
        Ok(subject) => return Ok(vec![subject]),
        Err(error) => error,
    };
    let records = Subject::of_each_type(abi, text);
    if !records.is_empty() {
        return Ok(records);
    }
    let in_text = SubjectNames::of(abi).in_text(text).into_iter();
    let found: Vec<_> = in_text.filter_map(|(_, subject)| subject).collect();
    if found.is_empty() { Err(error) } else { Ok(found) }
}

/// The ABIs of inputs whose type no argument names.
pub trait KnownAbis {
    /// The ABIs that have names of a text.
    ///
    /// # Errors
    ///
    /// One cannot be loaded.
    fn with_names(&self, text: &str) -> Result<Vec<Abi>, String>;

    /// The other ABIs whose structs bytes without a name can be.
    ///
    /// # Errors
    ///
    /// One cannot be loaded.
    fn others(&self) -> Result<Vec<Abi>, String>;

    /// The ABI that has spaces.
    ///
    /// # Errors
    ///
    /// It cannot be loaded.
    fn with_space(&self) -> Result<Abi, String>;
}

/// A question about the bytes of an input.
#[derive(Clone, Copy)]
pub struct DecodeQuestion<'a> {
    /// The types that the bytes can have.
    pub types: &'a Types,
    /// The ABIs of other types.
    pub abis: &'a dyn KnownAbis,
    /// The machine that the bytes come from.
    pub target: &'static Target,
    /// The format of the result.
    pub format: Format,
    /// Whether each space of the result is a line.
    pub lines: bool,
    /// The memory that the argument has the address of, if some is given.
    pub data: &'a [GivenData],
}

/// The report, and the bytes of each decoded part.
#[derive(Clone, Debug)]
pub struct BytesReport {
    /// The report.
    pub output: Output,
    /// The bytes of each part, in their order; none for a part that cannot be read.
    pub bytes: Vec<Option<Vec<u8>>>,
}

/// Spaces of one ABI.
struct LabelledSpaces {
    abi: Arc<Abi>,
    blocks: Vec<LabelledBytes>,
}

impl DecodeQuestion<'_> {
    /// The report on an input.
    ///
    /// # Errors
    ///
    /// A sentence that says why nothing can be decoded.
    pub fn report(self, input: &[u8]) -> Result<BytesReport, String> {
        if !self.data.is_empty() {
            return self.one_argument(input);
        }
        if let Some(spaces) = self.spaces(input)? {
            return self.of_spaces(spaces);
        }
        if self.lines {
            return Err("--lines needs a STRUCT or an IOCTL with one struct, or a dump of \
                labelled blocks"
                .to_owned());
        }
        let named = &self.types.named;
        let dump = dump::read(input, self.target.big_endian);
        if let Some(text) = dump::text(input).as_deref() {
            let mut calls = self.calls(text)?;
            if *named && calls.len() == 1 && dump.is_ok() {
                calls.clear();
            }
            if calls.is_empty() && dump.is_err() {
                calls = self.dumps(text)?;
            }
            if !calls.is_empty() {
                return calls::report(&calls, self.target, self.format);
            }
        }
        self.of_dump(self.types, &dump?)
    }

    /// The report on spaces.
    fn of_spaces(
        self,
        LabelledSpaces { abi, blocks }: LabelledSpaces,
    ) -> Result<BytesReport, String> {
        let struct_ = space_struct(&abi).ok_or("no specification has spaces")?;
        let type_ = SpaceType { abi: &abi, struct_, target: self.target };
        let output = type_.report(&blocks, self.format, self.lines)?;
        let bytes = blocks.into_iter().map(|block| Some(block.bytes)).collect();
        Ok(BytesReport { output, bytes })
    }

    /// The report on an argument with the memory that it has the address of.
    fn one_argument(self, input: &[u8]) -> Result<BytesReport, String> {
        let text = dump::text(input);
        let mut calls = text.map_or(Ok(Vec::new()), |text| self.calls(&text))?;
        let dump = match &calls[..] {
            [] => dump::read(input, self.target.big_endian)?,
            [call] => dump::read(call.part.text.as_bytes(), self.target.big_endian)?,
            _ => return Err("the input has several calls, and --data is that of one".to_owned()),
        };
        let named = calls.pop().and_then(|call| call.types.ok()?.first().cloned());
        let types = named.unwrap_or_else(|| Arc::new(self.types.clone()));
        self.of_dump(&types, &dump)
    }

    /// The report on a dump.
    fn of_dump(self, types: &Types, dump: &Dump) -> Result<BytesReport, String> {
        if !types.named && dump.bytes().len() > MOST_UNNAMED {
            return Err(too_many(dump.bytes().len()));
        }
        let (types, found) = self.best(types, dump)?;
        if found.is_empty() && !types.named {
            if let Some(space) = self.space_of(dump) {
                return self.of_spaces(space);
            }
        }
        let output = candidates(&types.abi, self.target, &found, self.format, self.data)?;
        let bytes = found.into_iter().take(1).map(|best| Some(best.input.bytes)).collect();
        Ok(BytesReport { output, bytes })
    }

    /// The named types, or all types of the ABI that has the most plausible one; of equal ones,
    /// the first ABI.
    fn best(self, types: &Types, dump: &Dump) -> Result<(Arc<Types>, Vec<Candidate>), String> {
        let mut all = Vec::new();
        for types in self.all_types(types)? {
            let found = types.candidates(self.target, dump);
            let well = found.first().filter(|best| all.is_empty() || best.fits_well());
            let weight = well.map(|best| best.weight);
            all.push((weight.unwrap_or(u32::MAX), types, found));
        }
        let best = all.into_iter().min_by_key(|(weight, ..)| *weight);
        best.map(|(_, types, found)| (types, found)).ok_or_else(no_struct)
    }

    /// The named types, or those that bytes without a name can have.
    fn all_types(self, types: &Types) -> Result<Vec<Arc<Types>>, String> {
        let mut all = vec![Arc::new(types.clone())];
        if !types.named {
            all.extend(self.abis.others()?.into_iter().map(|abi| Arc::new(Types::all(abi))));
        }
        Ok(all)
    }

    /// The space that a dump without a name is, if it is one.
    fn space_of(self, dump: &Dump) -> Option<LabelledSpaces> {
        let abi = self.abis.with_space().ok()?;
        looks_like_space(&abi, dump.bytes()).then(|| LabelledSpaces {
            abi: Arc::new(abi),
            blocks: vec![LabelledBytes::unlabelled(dump)],
        })
    }

    /// The spaces of an input, if it has some.
    fn spaces(self, input: &[u8]) -> Result<Option<LabelledSpaces>, String> {
        let blocks = labelled::blocks(input)?;
        let Types { abi, subjects, named } = self.types;
        if *named {
            let wanted = space_struct(abi).is_some_and(|id| *subjects == [Subject::Struct(id)]);
            let blocks = match (wanted, blocks.is_empty()) {
                (false, _) => return Ok(None),
                (true, false) => blocks,
                (true, true) => {
                    vec![LabelledBytes::unlabelled(&dump::read(input, self.target.big_endian)?)]
                }
            };
            return Ok(Some(LabelledSpaces { abi: abi.clone(), blocks }));
        }
        match blocks.is_empty() {
            true => Ok(None),
            false => {
                let abi = Arc::new(self.abis.with_space()?);
                Ok(Some(LabelledSpaces { abi, blocks }))
            }
        }
    }

    /// The calls of a log that have bytes, with the types that their lines name. If an argument
    /// names types, only calls of these.
    fn calls(self, text: &str) -> Result<Vec<LogCall>, String> {
        let asked = self.types;
        let abis: Vec<_> = match asked.named {
            true => vec![asked.abi.clone()],
            false => self.abis.with_names(text)?.into_iter().map(Arc::new).collect(),
        };
        let names: Vec<_> = abis.iter().map(|abi| SubjectNames::of(abi)).collect();
        let knows = |word: &str, call| names.iter().any(|names| names.knows(word, call));
        let calls = log::calls(text, knows)?;
        let mut known = calls.iter().filter(|call| call.unknown.is_none());
        if known.all(|call| call.text.is_empty()) && !calls.is_empty() && !asked.named {
            let count = calls.iter().filter(|call| call.unknown.is_none()).count();
            return Err(format!(
                "the text names {count} calls or structs, but has no bytes: strace prints none of \
                 these ioctls, `capchain trace` does"
            ));
        }
        let mut found = Vec::new();
        for part in calls.into_iter().filter(|call| !call.text.is_empty()) {
            if let Some(request) = &part.unknown {
                if !asked.named {
                    let near = names.iter().find_map(|names| names.nearest(request));
                    let hint = near.map(|near| format!("; did you mean `{near}`?"));
                    let hint = hint.unwrap_or_default();
                    let problem = format!("`{request}` is no specified ioctl{hint}");
                    found.push(LogCall { part, types: Err(problem) });
                }
                continue;
            }
            let of_abi = |(abi, names): (&Arc<Abi>, &SubjectNames<'_>)| {
                let named = names.in_text(&part.head).into_iter().filter_map(|(_, found)| found);
                let wanted = |subject: &Subject| {
                    !asked.named || asked.subjects.contains(subject) && abi.name == asked.abi.name
                };
                let subjects: Vec<_> = named.filter(wanted).collect();
                let none = subjects.is_empty();
                let types = Types { abi: abi.clone(), subjects, named: true };
                (!none).then(|| Arc::new(types))
            };
            let types: Vec<_> = abis.iter().zip(&names).filter_map(of_abi).collect();
            if !types.is_empty() {
                found.push(LogCall { part, types: Ok(types) });
            }
        }
        Ok(found)
    }

    /// The dumps of a text without names.
    fn dumps(self, text: &str) -> Result<Vec<LogCall>, String> {
        let dumps = log::dumps(text)?;
        let bytes: usize = dumps.iter().map(|dump| dump.bytes).sum();
        if !self.types.named && (dumps.len() > MOST_UNNAMED_DUMPS || bytes > MOST_UNNAMED) {
            return Err(too_many(bytes));
        }
        let types = self.all_types(self.types)?;
        let call = |part| LogCall { part, types: Ok(types.clone()) };
        Ok(dumps.into_iter().map(call).collect())
    }
}

/// The error for bytes that no struct fits.
pub(super) fn no_struct() -> String {
    "no struct fits these bytes".to_owned()
}

/// The error for bytes that are too many for a comparison with all structs.
fn too_many(bytes: usize) -> String {
    format!(
        "{bytes} bytes without a name are too many: up to {MOST_UNNAMED} in {MOST_UNNAMED_DUMPS} dumps are \
         compared with all structs; name the struct or the ioctl"
    )
}
