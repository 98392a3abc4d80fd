//! What lspci prints about capabilities whose fields depend on bits, from the fields that `decode`
//! reads.

use std::collections::BTreeMap;

use capchain::decode::{Content, DecodedValue, WholeSpace, space_struct};
use capchain::ir::Abi;
use capchain::layout::TARGETS;

/// A capability with the numbers of its fields, those of elements as `array[0].field`.
pub(super) struct PrintedCap<'a> {
    pub(super) at: u64,
    pub(super) name: &'a str,
    pub(super) error: Option<String>,
    numbers: Numbers,
}

/// Each number and its text, by the name of its field.
type Numbers = BTreeMap<String, (u64, String)>;

/// The capabilities of a space in the order of lspci.
pub(super) fn caps<'a>(abi: &'a Abi, space: &[u8]) -> Vec<PrintedCap<'a>> {
    let struct_ = space_struct(abi).expect("a space");
    let whole = WholeSpace::read(abi, struct_, &TARGETS[0], space);
    let caps = whole.chains.iter().flat_map(|chain| chain.caps.iter().map(move |cap| (chain, cap)));
    let printed = caps.map(|(chain, cap)| {
        let mut numbers = BTreeMap::new();
        collect(&mut numbers, "", &chain.cap_fields(cap));
        // The abi outlives the bytes.
        let known = abi
            .capabilities
            .iter()
            .find(|one| cap.known.is_some_and(|known| std::ptr::eq(*one, known)));
        PrintedCap {
            at: cap.at,
            name: known.map_or("?", |known| known.short.as_str()),
            error: cap.error.as_ref().map(|error| error.message()),
            numbers,
        }
    });
    printed.collect()
}

fn collect(numbers: &mut Numbers, prefix: &str, values: &[DecodedValue<'_>]) {
    for value in values {
        content(numbers, &[prefix, value.name].concat(), &value.content);
    }
}

fn content(numbers: &mut Numbers, name: &str, value: &Content<'_>) {
    match value {
        Content::Number(number) => {
            numbers.insert(name.to_owned(), (number.bits, number.text()));
        }
        Content::Fields(_, fields, _) => collect(numbers, &[name, "."].concat(), fields),
        Content::Array(array) => {
            for (nth, element) in array.iter().enumerate() {
                content(numbers, &format!("{name}[{nth}]"), &element.content);
            }
        }
        _ => {}
    }
}

fn sign(number: u64, bit: u32) -> char {
    if number >> bit & 1 == 1 { '+' } else { '-' }
}

impl PrintedCap<'_> {
    fn get(&self, name: &str) -> Option<u64> {
        self.numbers.get(name).map(|number| number.0)
    }

    fn number(&self, name: &str) -> u64 {
        self.get(name).unwrap_or_else(|| panic!("{} at {:#x} has no {name}", self.name, self.at))
    }

    /// The number in a mask of a field, as its text has it: `NLW=12`, or by name `NLW_X4`.
    fn in_mask(&self, name: &str, mask: &str) -> String {
        let (_, text) = &self.numbers[name];
        let mut parts = text.split([' ', '|']).filter_map(|part| part.strip_prefix(mask));
        let number = parts.find_map(|part| part.strip_prefix('=').or(part.strip_prefix("_X")));
        number.unwrap_or("0").to_owned()
    }

    /// Parts of lines that lspci prints; none for a capability that is not compared.
    pub(super) fn printed(&self) -> Option<Vec<String>> {
        match self.name {
            "MSI" => Some(self.msi()),
            "EXP" => Some(self.express()),
            "EA" => Some(self.allocation()),
            "REBAR" | "VF_REBAR" => Some(self.sizes()),
            "VC" | "VC9" => Some(self.channels()),
            "ERR" => Some(self.errors()),
            "MCAST" => Some(self.multicast()),
            name => self.virtio(name.strip_prefix("VIRTIO_")?),
        }
    }

    /// A vendor-specific capability of virtio.
    fn virtio(&self, kind: &str) -> Option<Vec<String>> {
        let kind = match kind {
            "COMMON" => "CommonCfg",
            "NOTIFY" => "Notify",
            "ISR" => "ISR",
            "DEVICE" => "DeviceCfg",
            _ => return None,
        };
        let [bar, offset, size] = ["bar", "offset", "length"].map(|name| self.number(name));
        let multiplier = self.get("notify_off_multiplier");
        let multiplier = multiplier.map(|number| format!(" multiplier={number:08x}"));
        Some(vec![
            format!("Vendor Specific Information: VirtIO: {kind}"),
            format!("BAR={bar} offset={offset:08x} size={size:08x}")
                + &multiplier.unwrap_or_default(),
        ])
    }

    /// Words with which a line starts or does not start.
    pub(super) fn presence(&self) -> Vec<(&'static str, bool)> {
        let has = |field: &str| self.get(field).is_some();
        match self.name {
            "MSI" => vec![("Masking:", has("mask"))],
            "EXP" => vec![
                ("LnkCap:", has("lnkcap")),
                ("LnkSta:", has("lnksta")),
                ("SltCap:", has("sltcap")),
                ("SltSta:", has("sltsta")),
                ("RootCap:", has("rtcap")),
                ("RootSta:", has("rtsta")),
                ("DevCap2:", has("devcap2")),
                ("DevCtl2:", has("devctl2")),
                ("LnkSta2:", has("lnksta2")),
            ],
            "ERR" => vec![
                ("RootCmd:", has("root_command")),
                ("RootSta:", has("root_status")),
                ("ErrorSrc:", has("cor_source")),
            ],
            "MCAST" => vec![("McastOverlayBAR:", has("overlay"))],
            _ => Vec::new(),
        }
    }

    fn msi(&self) -> Vec<String> {
        let flags = self.number("flags");
        let [used, wanted] = ["FLAGS_QSIZE", "FLAGS_QMASK"].map(|mask| self.in_mask("flags", mask));
        let count = |power: String| 1 << power.parse::<u32>().expect("a power of two");
        let (lo, data) = (self.number("address_lo"), self.number("data"));
        let address = match self.get("address_hi") {
            Some(hi) => format!("{hi:08x}{lo:08x}"),
            None => format!("{lo:08x}"),
        };
        let mut lines = vec![
            format!(
                "MSI: Enable{} Count={}/{} Maskable{} 64bit{}",
                sign(flags, 0),
                count(used),
                count(wanted),
                sign(flags, 8),
                sign(flags, 7)
            ),
            format!("Address: {address}  Data: {data:04x}"),
        ];
        if let (Some(mask), Some(pending)) = (self.get("mask"), self.get("pending")) {
            lines.push(format!("Masking: {mask:08x}  Pending: {pending:08x}"));
        }
        lines
    }

    fn express(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let payload = |number: u64| format!("MaxPayload {} bytes", 128_u64 << (number & 7));
        lines.push(payload(self.number("devcap")));
        lines.push(payload(self.number("devctl") >> 5));
        if self.get("lnkcap").is_some() {
            lines.push(format!("Port #{}, ", self.in_mask("lnkcap", "PN")));
            lines.push(format!("Width x{}, ASPM", self.in_mask("lnkcap", "MLW")));
            lines.push(format!("Width x{}", self.in_mask("lnksta", "NLW")));
        }
        if self.get("sltcap").is_some() {
            lines.push(format!("Slot #{}, ", self.in_mask("sltcap", "PSN")));
        }
        if let Some(status) = self.get("rtsta") {
            let (pme, pending) = (sign(status, 16), sign(status, 17));
            lines.push(format!(
                "PME ReqID {:04x}, PMEStatus{pme} PMEPending{pending}",
                status & 0xffff
            ));
        }
        if let Some(control) = self.get("devctl2") {
            lines.push(format!(
                "IDOReq{} IDOCompl{} LTR{}",
                sign(control, 8),
                sign(control, 9),
                sign(control, 10)
            ));
        }
        if let Some(status) = self.get("lnksta2") {
            lines.push(format!(
                "EqualizationComplete{} EqualizationPhase1{}",
                sign(status, 1),
                sign(status, 2)
            ));
        }
        lines
    }

    fn errors(&self) -> Vec<String> {
        let words = (0..4).map(|nth| self.number(&format!("header_log[{nth}]")));
        let words: String = words.map(|word| format!(" {word:08x}")).collect();
        let mut lines = vec![format!("HeaderLog:{words}")];
        if let Some(command) = self.get("root_command") {
            let [correctable, other, fatal] = [0, 1, 2].map(|bit| sign(command, bit));
            lines.push(format!("CERptEn{correctable} NFERptEn{other} FERptEn{fatal}"));
        }
        if let Some(status) = self.get("root_status") {
            let [fatal, other, message] = [4, 5, 6].map(|bit| sign(status, bit));
            lines.push(format!("FirstFatal{fatal} NonFatalMsg{other} FatalMsg{message}"));
        }
        if let (Some(correctable), Some(other)) = (self.get("cor_source"), self.get("uncor_source"))
        {
            lines.push(format!("ERR_COR: {correctable:04x} ERR_FATAL/NONFATAL: {other:04x}"));
        }
        lines
    }

    fn multicast(&self) -> Vec<String> {
        let mut lines = vec![format!("McastReceiveVec:      {:016x}", self.number("receive"))];
        if let Some(overlay) = self.get("overlay") {
            lines.push(format!("BaseAddr {:016x}", overlay & !0x3f));
        }
        lines
    }

    fn allocation(&self) -> Vec<String> {
        let count = self.number("num_ent") & 0x3f;
        let mut lines = vec![format!("NumEntries={count}")];
        for nth in 0..count {
            let field = |name: &str| format!("entries[{nth}].{name}");
            let half = |name: &str| {
                self.get(&field(name)).map(|number| format!("{number:x}")).unwrap_or_default()
            };
            let (entry, base) = (self.number(&field("entry")), self.number(&field("base")));
            lines.push(format!(
                "Entry {nth}: Enable{} Writable{} EntrySize={}",
                sign(entry, 31),
                sign(entry, 30),
                entry & 7
            ));
            lines.push(format!("Base: {}{:08x}", half("base_hi"), base & !3));
            let offset = self.number(&field("max_offset")) | 3;
            lines.push(format!("MaxOffset: {}{offset:08x}", half("max_offset_hi")));
        }
        lines
    }

    fn sizes(&self) -> Vec<String> {
        let size = |power: u64| match power {
            0..10 => format!("{}MB", 1_u64 << power),
            10..20 => format!("{}GB", 1_u64 << (power - 10)),
            _ => format!("{}TB", 1_u64 << (power - 20)),
        };
        let count = self.number("entries[0].ctrl") >> 5 & 7;
        assert_eq!(self.get(&format!("entries[{count}].ctrl")), None);
        let entries = (0..count).map(|nth| {
            let cap = self.number(&format!("entries[{nth}].cap"));
            let ctrl = self.number(&format!("entries[{nth}].ctrl"));
            let more = ctrl >> 16 << 28;
            let all = (0..44).filter(|power| (cap >> 4 | more) >> power & 1 == 1);
            let all: String = all.map(|power| format!(" {}", size(power))).collect();
            format!("BAR {}: current size: {}, supported:{all}", ctrl & 7, size(ctrl >> 8 & 0x3f))
        });
        entries.collect()
    }

    fn channels(&self) -> Vec<String> {
        let count = (self.number("port_cap1") & 7) + 1;
        assert_eq!(self.get(&format!("resources[{count}].cap")), None);
        let channels = (0..count).flat_map(|nth| {
            let cap = self.number(&format!("resources[{nth}].cap"));
            let ctrl = self.number(&format!("resources[{nth}].ctrl"));
            let status = self.number(&format!("resources[{nth}].status"));
            [
                format!("VC{nth}:\tCaps:\tPATOffset={:02x}", cap >> 24),
                format!("Enable{} ID={} ArbSelect=", sign(ctrl, 31), ctrl >> 24 & 7),
                format!("TC/VC={:02x}", ctrl & 0xff),
                format!("NegoPending{} InProgress{}", sign(status, 1), sign(status, 0)),
            ]
        });
        channels.collect()
    }
}
