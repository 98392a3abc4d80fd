//! The kernel's side: one handler of one release, and all its replies.

use capchain::ir::{Abi, Arg, CapabilityId, Handler, Ioctl, Role, Struct, TailCheck};
use capchain::model::{Contents, HandlerModel, sample};
use capchain::reply::Direction;

/// How far the values of argsz exceed the full reply.
const SLACK: u64 = 9;

/// The number of elements of each array.
const ELEMENTS: u64 = 2;

/// The most capabilities of which every subset is tried.
const MOST: usize = 10;

/// The size of argsz itself, which the handler reads first.
const ARGSZ: u64 = 4;

/// The content of the buffer before the call.
pub(super) const STALE: u8 = 0xaa;

/// A handler with the facts that determine its replies.
pub(super) struct Writer {
    /// The handler's name.
    pub(super) handler: String,
    /// Every set of capabilities that it can emit.
    pub(super) sets: Vec<Set>,
    minsz: u64,
}

/// A device with some capabilities, and the replies about it, by argsz.
pub(super) struct Set {
    /// The capabilities, in their order.
    caps: Vec<WrittenCap>,
    /// The size of the full reply.
    need: u64,
    /// The buffer after the call; `None` if the call fails.
    replies: Vec<Option<Vec<u8>>>,
}

/// A capability of a reply.
#[derive(Clone, Debug)]
pub(super) struct WrittenCap {
    pub(super) name: String,
    pub(super) version: u16,
    /// The fields that it sets, with the number of their bytes.
    pub(super) fields: Vec<(String, u64)>,
}

/// One reply.
pub(super) struct Reply<'a> {
    /// The buffer before the call.
    pub(super) argsz: u64,
    /// The size of the full reply.
    pub(super) need: u64,
    /// The bytes that argsz has to cover.
    pub(super) minsz: u64,
    /// The capabilities of the device.
    pub(super) caps: &'a [WrittenCap],
    /// The buffer after the call, a little longer than argsz; `None` if the call fails.
    pub(super) bytes: Option<&'a [u8]>,
}

/// Two writers with the same replies have the same text.
impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.handler, self.minsz)?;
        for Set { caps, need, replies } in &self.sets {
            write!(f, " {caps:?} {need} {replies:x?}")?;
        }
        Ok(())
    }
}

impl Writer {
    /// The handlers of an ioctl in the release of the ABI whose rules determine all their replies.
    pub(super) fn all(abi: &Abi, ioctl: &Ioctl) -> Vec<Self> {
        let writers = ioctl.served_at(abi.release).filter_map(|handler| {
            let model = HandlerModel::new(abi, ioctl, handler)?;
            let Arg::Struct(id) = ioctl.arg else { return None };
            let chain = abi.chain_of(id);
            let given = handler.chain.as_ref().map(|chain| &chain.capabilities);
            let caps: Vec<_> = chain.map_or(Vec::new(), |chain| {
                let can_append = |id: &CapabilityId| {
                    given.is_some_and(|given| given.contains(&abi.capability(*id).name))
                };
                chain.capabilities.iter().copied().filter(can_append).collect()
            });
            let struct_ = abi.struct_(id);
            let sets = sets(&caps);
            let sets = sets.iter().map(|caps| Set::new(abi, &model, (struct_, handler), caps));
            Some(Self { handler: handler.name.clone(), sets: sets.collect(), minsz: handler.minsz })
        });
        writers.collect()
    }

    /// The largest argsz.
    pub(super) fn most(&self) -> u64 {
        self.sets.iter().map(|set| set.replies.len() as u64).max().unwrap_or(1) - 1
    }

    /// All replies, of every set and argsz.
    pub(super) fn replies(&self) -> Vec<Reply<'_>> {
        let mut all = Vec::new();
        for set in &self.sets {
            for (argsz, bytes) in set.replies.iter().enumerate() {
                all.push(Reply {
                    argsz: argsz as u64,
                    need: set.need,
                    minsz: self.minsz,
                    caps: &set.caps,
                    bytes: bytes.as_deref(),
                });
            }
        }
        all
    }
}

/// Every subset, in the given order; of many capabilities none, each alone, all, and all but
/// each.
fn sets(caps: &[CapabilityId]) -> Vec<Vec<CapabilityId>> {
    let subset = |mask: u64| {
        let chosen = caps.iter().enumerate().filter(move |(index, _)| mask >> index & 1 == 1);
        chosen.map(|(_, cap)| *cap).collect()
    };
    let count = caps.len();
    assert!(count < 64, "{count} capabilities");
    if count <= MOST {
        return (0..1 << count).map(subset).collect();
    }
    let all = (1 << count) - 1;
    let alone = || (0..count).map(|index| 1 << index);
    let masks = alone().chain(alone().map(|one| all & !one)).chain([0, all]);
    masks.map(subset).collect()
}

impl Set {
    fn new(
        abi: &Abi,
        model: &HandlerModel<'_>,
        (struct_, handler): (&Struct, &Handler),
        caps: &[CapabilityId],
    ) -> Self {
        let contents = Contents {
            fixed: sample::quiet(struct_),
            array: sample::array(abi, struct_, ELEMENTS),
            caps: caps.iter().map(|id| sample::cap(abi, abi.capability(*id), ELEMENTS)).collect(),
        };
        let need = model.need(&contents.caps) + contents.array.len() as u64;
        let most = need + SLACK;
        let reply = |argsz: u64| {
            let before = request((struct_, handler), most + SLACK, argsz);
            let answer = model.answer(&before, &contents);
            let bytes = answer.bytes.into_iter().map(|byte| byte.unwrap_or(0x5c)).collect();
            (argsz >= handler.minsz).then_some(bytes)
        };
        let caps = caps.iter().map(|id| WrittenCap::new(abi, *id)).collect();
        Self { caps, need, replies: (0..=most).map(reply).collect() }
    }
}

/// The request of a program: inputs are 0, and so are bytes that the handler demands to be.
/// All other bytes, also those after argsz, have arbitrary values.
fn request((struct_, handler): (&Struct, &Handler), size: u64, argsz: u64) -> Vec<u8> {
    let mut bytes = vec![STALE; size as usize];
    for (field, span) in struct_.fields.iter().zip(&struct_.kernel_layout().fields) {
        let place = bytes.iter_mut().skip(span.offset as usize).take(span.size as usize);
        match field.role {
            Role::Argsz => place.zip(argsz.to_le_bytes()).for_each(|(byte, value)| *byte = value),
            _ if field.direction == Some(Direction::In) => place.for_each(|byte| *byte = 0),
            _ => {}
        }
    }
    if let TailCheck::ZeroAfter(end) = handler.tail {
        bytes.iter_mut().skip(end as usize).for_each(|byte| *byte = 0);
    }
    let beyond = bytes.iter_mut().skip(argsz.max(ARGSZ) as usize);
    beyond.for_each(|byte| *byte = STALE);
    bytes
}

impl WrittenCap {
    fn new(abi: &Abi, id: CapabilityId) -> Self {
        let (cap, plan) = (abi.capability(id), &abi.protocol.capabilities[id.0]);
        let struct_ = plan.struct_.map(|id| abi.struct_(id));
        let fields = struct_.iter().flat_map(|struct_| {
            struct_.fields.iter().enumerate().map(|(index, field)| {
                let size = match &plan.array {
                    Some(array) if array.field == index => array.stride.kernel() * ELEMENTS,
                    _ => struct_.kernel_span(index).size,
                };
                (field.name.clone(), size)
            })
        });
        Self { name: cap.name.clone(), version: cap.version, fields: fields.collect() }
    }
}
