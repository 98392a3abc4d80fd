//! What a change of a request means for the functions of the crate and of the header, by changes
//! of the plan itself.

use capchain::compat::{Bump, compare};
use capchain::ir::c_requests::CRequest;
use capchain::ir::protocol::{ChainPlan, InputPlan};
use capchain::ir::requests::{
    ChoiceOption, FixedFlags, InlineCount, InputKind, IntPlace, Meaning, MemoryLength,
    RequestElement, RequestInput, RequestPlan,
};
use capchain::ir::{Abi, Descriptor};
use capchain::layout::Int;
use capchain::lower::lower;
use capchain::reply::Direction;
use support::fixtures::{self, side};

fn abi(name: &str) -> Abi {
    lower(&fixtures::open(&fixtures::root().join("spec").join(name)), None)
}

/// What the findings state of functions for requests.
fn said(old: Abi, new: Abi) -> Vec<String> {
    let findings = compare(&side("old", old), &side("new", new));
    let said = findings.iter().filter_map(|finding| {
        let (languages, reasons) = finding.message.split_once(" are others: ")?;
        let languages = languages.strip_prefix("functions for the request in ")?;
        let major =
            [finding.versions.crate_, finding.versions.header].map(|one| one == Bump::Major);
        let expected = match languages {
            "Rust and C" => [true, true],
            "Rust" => [true, false],
            _ => [false, true],
        };
        assert_eq!(major, expected, "{}", finding.message);
        Some(format!("{languages}: {reasons}"))
    });
    said.collect()
}

/// What they state of a change of one request.
fn changed(name: &str, request: &str, change: impl FnOnce(&mut RequestPlan)) -> Vec<String> {
    let (old, mut new) = (abi(name), abi(name));
    let mut plans = new.protocol.requests.iter_mut();
    change(plans.find(|plan| plan.name == request).expect("a request"));
    said(old, new)
}

/// The same of VFIO_IOMMU_MAP_DMA, which has the inputs flags, vaddr, iova and size.
fn map(change: impl FnOnce(&mut RequestPlan)) -> Vec<String> {
    changed("vfio", "iommu_map_dma", change)
}

fn input(kind: InputKind) -> RequestInput {
    RequestInput {
        name: "new".to_owned(),
        doc: ["It is new.".to_owned()].into(),
        kind,
        present: None,
        is_original: false,
        meaning: Meaning::Value,
        foreign: 0,
    }
}

fn number() -> RequestInput {
    input(InputKind::Number { offset: 32, int: Int::U32, group: None })
}

fn memory(length: MemoryLength) -> RequestInput {
    let (address, direction) = (40, Direction::In);
    input(InputKind::Memory { address, direction, element: RequestElement::Int(Int::U64), length })
}

fn optional(input: RequestInput) -> RequestInput {
    let present = FixedFlags { offset: 4, int: Int::U32, value: 0x100 };
    RequestInput { present: Some(present), ..input }
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_new_input_breaks_c_only_if_it_must_be_set() {
    assert_eq!(map(|_| ()), NOTHING);
    assert_eq!(map(|plan| plan.inputs.push(optional(number()))), NOTHING);
    assert_eq!(map(|plan| plan.inputs.push(number())), ["Rust: `new` is added"]);
    assert_eq!(map(|plan| plan.inputs.insert(0, number())), ["Rust: `new` is added"]);
    let fixed = memory(MemoryLength::Fixed(2));
    assert_eq!(
        map(|plan| plan.inputs.push(optional(fixed))),
        ["Rust: the type in Rust gets a lifetime"]
    );
    let option = |value| ChoiceOption {
        short: "one".to_owned(),
        name: "ONE".to_owned(),
        value,
        doc: [].into(),
    };
    let choice = |values: &[u64]| {
        let options = values.iter().map(|value| option(*value)).collect();
        input(InputKind::Choice { offset: 4, int: Int::U32, type_name: "New".to_owned(), options })
    };
    assert_eq!(
        map(|plan| plan.inputs.push(choice(&[1, 2]))),
        ["Rust: `new` is added", "C: `new` must be set"]
    );
    assert_eq!(map(|plan| plan.inputs.push(choice(&[0, 1]))), ["Rust: `new` is added"]);
    let [range, page] = [24, 32].map(|offset| IntPlace { offset, int: Int::U64 });
    let bits = memory(MemoryLength::Bits { range, page, bytes: None });
    assert_eq!(map(|plan| plan.inputs.push(bits.clone()))[1..], ["C: `new` must be set"]);
    assert_eq!(map(|plan| plan.inputs.push(optional(bits))).len(), 1);
}

#[test]
fn an_input_that_programs_name_must_stay() {
    assert_eq!(map(|plan| drop(plan.inputs.remove(1))), ["Rust and C: `vaddr` is gone"]);
    assert_eq!(
        map(|plan| plan.inputs[1].name = "address".to_owned()),
        ["Rust: `address` is added, `vaddr` is gone", "C: `vaddr` is gone"]
    );
    let narrow = InputKind::Number { offset: 16, int: Int::U32, group: None };
    assert_eq!(map(|plan| plan.inputs[2].kind = narrow), ["Rust and C: `iova` has another type"]);
    assert_eq!(
        map(|plan| plan.inputs[1].meaning = Meaning::Value),
        ["C: `vaddr` has another type"]
    );
    assert_eq!(
        map(|plan| plan.inputs[3] = optional(plan.inputs[3].clone())),
        ["Rust and C: `size` has another type"]
    );
    // A type with names is the same integer in C, and so is one of another alignment.
    let plain = InputKind::Number { offset: 4, int: Int::U32, group: None };
    assert_eq!(map(|plan| plan.inputs[0].kind = plain), ["Rust: `flags` has another type"]);
    let aligned = InputKind::Number { offset: 16, int: Int::AlignedU64, group: None };
    assert_eq!(map(|plan| plan.inputs[2].kind = aligned), NOTHING);
}

/// Members are ordered as the argument has them, parameters as the plan has them.
#[test]
fn inputs_in_another_order() {
    let at = |offset| InputKind::Number { offset, int: Int::U64, group: None };
    let move_back = |plan: &mut RequestPlan| {
        (plan.inputs[1].kind, plan.inputs[2].kind) = (at(16), at(8));
    };
    assert_eq!(map(move_back), ["C: the inputs have another order"]);
    assert_eq!(map(|plan| plan.inputs.swap(1, 2)), ["Rust: the inputs have another order"]);
}

#[test]
fn functions_take_a_struct_if_there_are_members() {
    let added = |is_original: bool| {
        changed("vfio", "get_migration", |plan| {
            plan.inputs.push(RequestInput { is_original, ..optional(number()) });
        })
    };
    // Functions without the struct stay next to those for an input that a kernel adds.
    assert_eq!(added(false), NOTHING);
    assert_eq!(added(true), ["C: the first inputs are added"]);
    assert_eq!(
        changed("vfio", "get_irq_info", |plan| plan.inputs.clear()),
        ["Rust: `index` is gone", "C: all inputs are gone"]
    );
    let token = |is_original: bool| {
        let (mut old, mut new) = (abi("vfio"), abi("vfio"));
        for (abi, is_original) in [(&mut old, !is_original), (&mut new, is_original)] {
            let mut plans = abi.protocol.requests.iter_mut();
            let plan = plans.find(|plan| plan.name == "bind_iommufd").expect("a request");
            plan.inputs[1].is_original = is_original;
        }
        said(old, new)
    };
    assert_eq!(token(true), ["C: the functions without the struct of inputs are gone"]);
    assert_eq!(token(false), ["C: the functions with the struct of inputs have other names"]);
}

#[test]
fn parameters_stay() {
    let meaning = Meaning::File(Descriptor::Required);
    let file = |is_original| RequestInput { is_original, meaning, ..number() };
    let expected = ["Rust: `new` is added", "C: the parameters are others"];
    assert_eq!(map(|plan| plan.inputs.push(file(true))), expected);
    let files = |count| {
        let element = RequestElement::Int(Int::S32);
        let count = InlineCount::Fixed(count);
        let kind = InputKind::Inline { offset: 24, element, count };
        RequestInput { is_original: true, meaning, ..input(kind) }
    };
    assert_eq!(map(|plan| plan.inputs.push(files(1))), expected);
    // A pointer to several is a member.
    assert_eq!(map(|plan| plan.inputs.push(files(2))), expected[..1]);
    assert_eq!(map(|plan| plan.inputs.push(file(false))), expected[..1]);
    assert_eq!(
        changed("vfio", "set_bus_master", |plan| plan.inputs[0].meaning = Meaning::Value),
        ["C: the first inputs are added, the parameters are others"]
    );
}

/// The parameters are those of the first release of a request, whatever kernels add to it.
#[test]
fn every_release_has_the_parameters_of_the_newest_one() {
    let mut compared = 0;
    for name in ["vfio", "iommufd"] {
        let spec = fixtures::open(&fixtures::root().join("spec").join(name));
        let newest = lower(&spec, None);
        let parameters = |abi: &Abi, name: &str| {
            let plan = abi.protocol.requests.iter().find(|plan| plan.name == name)?;
            let request = CRequest::new(abi, plan);
            let all = request.parameters().into_iter();
            Some(all.map(|one| one.name.clone()).collect::<Vec<_>>())
        };
        for release in &newest.releases {
            let old = lower(&spec, Some(*release));
            for plan in &old.protocol.requests {
                let Some(now) = parameters(&newest, &plan.name) else { continue };
                assert_eq!(parameters(&old, &plan.name), Some(now), "{} {release}", plan.name);
                compared += 1;
            }
        }
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn functions_take_other_buffers_and_results() {
    assert_eq!(
        changed("vfio", "get_irq_info", |plan| plan.reply = None),
        ["C: the results are another struct"]
    );
    let inline = |plan: &mut RequestPlan| {
        for input in &mut plan.inputs {
            if let InputKind::Inline { count, .. } = &mut input.kind {
                *count = InlineCount::Fixed(2);
            }
        }
    };
    let said = changed("vfio", "set_irqs_eventfd", inline);
    assert_eq!(said[0], "Rust: `data` has another type");
    assert_eq!(
        said[1],
        "C: `data_count` is gone, the size of the argument is variable in one of them only"
    );
    let fewer = |plan: &mut RequestPlan| {
        for input in &mut plan.inputs {
            if let InputKind::Typed(data) = &mut input.kind {
                data.forms.pop();
            }
        }
    };
    assert_eq!(
        changed("iommufd", "hwpt_alloc", fewer),
        ["Rust and C: the data of `IOMMU_HWPT_DATA_AMD_GUEST` are others"]
    );
}

#[test]
fn requests_for_replies_with_chains_take_inputs_alike() {
    let changed = |chain: &str, change: fn(&mut Vec<InputPlan>)| {
        let (old, mut new) = (abi("vfio"), abi("vfio"));
        let number = new.chains.iter().position(|one| one.name == chain).expect("a chain");
        let is_it = |plan: &&mut ChainPlan| plan.chain.0 == number;
        let plan = new.protocol.chains.iter_mut().find(is_it).expect("its plan");
        change(&mut plan.host.as_mut().expect("a struct before it").inputs);
        said(old, new)
    };
    const NEW: InputPlan =
        InputPlan { field: 1, offset: 4, size: 4, int: Some(Int::U32), is_output: false };
    assert_eq!(changed("region", |inputs| inputs.push(NEW)), ["Rust: `flags` is added"]);
    assert_eq!(changed("region", Vec::clear), ["Rust: `index` is gone", "C: all inputs are gone"]);
    assert_eq!(
        changed("device", |inputs| inputs.push(NEW)),
        ["Rust: `flags` is added", "C: the first inputs are added"]
    );
}
