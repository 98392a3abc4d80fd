//! Data whose type a number of the argument determines: the plan of requests, the code that
//! is generated from it, and the model of the kernel's treatment, on the specification of
//! iommufd.

use std::sync::LazyLock;

use capchain::emit;
use capchain::ir::requests::{DataForm, InputKind, IntPlace, RequestPlan, TypedData, TypedLength};
use capchain::ir::{Abi, Payload, Value};
use capchain::lower::lower;
use capchain::model::pointer::PointerModel;
use capchain::reply::WhenShorter;
use capchain::validate::ValidSpec;
use support::fixtures;

static SPEC: LazyLock<ValidSpec> =
    LazyLock::new(|| fixtures::open(&fixtures::root().join("spec/iommufd")));

fn newest() -> Abi {
    lower(&SPEC, None)
}

fn request<'a>(abi: &'a Abi, name: &str) -> &'a RequestPlan {
    let found = abi.protocol.requests.iter().find(|plan| plan.name == name);
    found.unwrap_or_else(|| panic!("no request {name}"))
}

fn names(plan: &RequestPlan) -> Vec<&str> {
    plan.inputs.iter().map(|input| input.name.as_str()).collect()
}

fn data(plan: &RequestPlan) -> &TypedData {
    let found = plan.inputs.iter().find_map(|input| match &input.kind {
        InputKind::Typed(data) => Some(data),
        _ => None,
    });
    found.expect("data")
}

/// The short name, the struct and the least size of each form.
fn forms<'a>(abi: &'a Abi, forms: &'a [DataForm]) -> Vec<(&'a str, Option<&'a str>, u64)> {
    let name = |form: &DataForm| form.struct_().map(|id| abi.struct_(id).name.as_str());
    forms
        .iter()
        .map(|form| (form.short.as_str(), name(form), form.body.map_or(0, |body| body.minsz)))
        .collect()
}

#[test]
fn the_type_and_the_length_of_data_follow_from_the_data() {
    let abi = newest();
    let alloc = request(&abi, "hwpt_alloc");
    let inputs = names(alloc);
    assert!(inputs.contains(&"data_uptr") && inputs.contains(&"pt_id"), "{inputs:?}");
    assert!(!inputs.contains(&"data_type") && !inputs.contains(&"data_len"), "{inputs:?}");
    let found = data(alloc);
    assert_eq!((found.number.offset, found.address), (24, 32));
    assert!(
        matches!(found.length, TypedLength::Bytes(IntPlace { offset: 28, .. })),
        "{:?}",
        found.length
    );
    let expected = [
        ("none", None, 0),
        ("vtd_s1", Some("iommu_hwpt_vtd_s1"), 24),
        ("arm_smmuv3", Some("iommu_hwpt_arm_smmuv3"), 16),
        ("amd_guest", Some("iommu_hwpt_amd_guest"), 32),
    ];
    assert_eq!(forms(&abi, &found.forms), expected);
    let invalidate = data(request(&abi, "hwpt_invalidate"));
    let TypedLength::Strided { count, stride } = invalidate.length else {
        panic!("{:?}", invalidate.length)
    };
    assert_eq!(
        (invalidate.number.offset, invalidate.address, count.offset, stride.offset),
        (16, 8, 24, 20)
    );
    assert_eq!(names(request(&abi, "hwpt_invalidate")), ["hwpt_id", "data_uptr"]);
}

#[test]
fn a_release_has_the_data_that_it_knows() {
    let at = |release: &str| lower(&SPEC, Some(release.parse().expect("a release")));
    let first = at("v6.6");
    assert!(!names(request(&first, "hwpt_alloc")).contains(&"data_uptr"));
    let second = at("v6.8");
    let found = data(request(&second, "hwpt_alloc"));
    let expected = [("none", None, 0), ("vtd_s1", Some("iommu_hwpt_vtd_s1"), 24)];
    assert_eq!(forms(&second, &found.forms), expected);
}

#[test]
fn a_union_has_its_input_in_requests_and_its_output_in_replies() {
    let abi = newest();
    let inputs = names(request(&abi, "get_hw_info"));
    assert!(inputs.contains(&"in_data_type"), "{inputs:?}");
    assert!(!inputs.contains(&"type") && !inputs.contains(&"out_data_type"), "{inputs:?}");
    let results = abi.protocol.results.iter().find(|plan| plan.name == "hw_info_reply");
    let returned = results.and_then(|plan| plan.data.as_ref()).expect("data");
    assert_eq!((returned.number.as_str(), returned.is_member), ("out_data_type", true));
    assert_eq!((returned.length.as_str(), returned.memory.as_str()), ("data_len", "data_uptr"));
    // The second name of type 0 makes no second form.
    let shorts: Vec<_> = returned.forms.iter().map(|form| form.short.as_str()).collect();
    assert_eq!(shorts, ["none", "intel_vtd", "arm_smmuv3", "tegra241_cmdqv", "amd"]);
}

#[test]
fn generated_code_reads_and_writes_all_of_the_data() {
    let abi = Abi { publish: true, ..newest() };
    let files = emit::all(&abi);
    let file = |end: &str| {
        let found = files.iter().find(|file| file.path.ends_with(end));
        found.map(|file| file.contents.as_str()).expect("a file")
    };
    let request = file("src/requests/hwpt.rs");
    assert!(request.contains("VtdS1(&'a uapi::iommu_hwpt_vtd_s1),"), "{request}");
    assert!(request.contains("argument.put_u32(28, used_size(*data, 24))?;"), "{request}");
    let reply = file("src/requests/hw_info.rs");
    assert!(reply.contains("pub fn out_data_type(&self) -> uapi::iommu_hw_info_type"), "{reply}");
    assert!(reply.contains("pub fn cut(reply: &uapi::iommu_hw_info, data_uptr: &[u8])"), "{reply}");
    // The registers of a description are an array.
    let records = file("src/records.rs");
    assert!(records.contains("for (nth, item) in element.idr.iter_mut().enumerate()"), "{records}");
    let calls = file("src/calls.rs");
    assert!(calls.contains("owned(reply.out_fault_fd as c_int)"), "{calls}");
    let c = file("include/iommufd_abi.h");
    assert!(c.contains("iommufd_abi__put(bytes + 24, 4, args->data_type);"), "{c}");
}

/// The rules for the memory that the field of a struct has the address of.
fn payload<'a>(abi: &'a Abi, (struct_, field): (&str, &str)) -> &'a Payload {
    let id = abi.find_struct(struct_).expect("a struct");
    let fields = &abi.struct_(id).fields;
    let field = fields.iter().find(|one| one.name == field).expect("a field");
    field.payload.as_ref().expect("memory")
}

fn value<'a>(abi: &'a Abi, name: &str) -> &'a Value {
    let mut values = abi.groups.iter().flat_map(|group| &group.values);
    values.find(|value| value.name == name).expect("a number")
}

/// The rules for the data of a number of the enum that the field of a struct holds.
fn model<'a>(abi: &'a Abi, field: (&str, &str), number: &str) -> PointerModel<'a> {
    PointerModel::new(abi, payload(abi, field), value(abi, number)).expect("data")
}

#[test]
fn the_model_treats_data_of_another_length_as_the_kernel_does() {
    let abi = newest();
    let alloc = ("iommu_hwpt_alloc", "data_uptr");
    let vtd = model(&abi, alloc, "IOMMU_HWPT_DATA_VTD_S1");
    let results = [0, 23, 24, 25, 32].map(|len| vtd.answer(&vec![0; len], &[]).result);
    let refused = Err("EINVAL");
    // More is refused even if it is zero.
    assert_eq!(results, [refused, refused, Ok(()), refused, refused]);
    let invalidate = ("iommu_hwpt_invalidate", "data_uptr");
    let arm = model(&abi, invalidate, "IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3");
    let short = arm.answer(&[1; 8], &[]);
    assert_eq!(short.result, Ok(()));
    assert_eq!(short.read, [[1; 8], [0; 8]].concat());
    assert_eq!(arm.answer(&[&[1; 16][..], &[0; 8]].concat(), &[]).result, Ok(()));
    assert_eq!(arm.answer(&[1; 17], &[]).result, Err("E2BIG"));
    let strict =
        Payload { shorter: Some(WhenShorter::Refused), ..payload(&abi, invalidate).clone() };
    let number = value(&abi, "IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3");
    let strict = PointerModel::new(&abi, &strict, number).expect("data");
    let results = [15, 16, 24].map(|len| strict.answer(&vec![0; len], &[]).result);
    assert_eq!(results, [refused, Ok(()), Ok(())]);
    let info = ("iommu_hw_info", "data_uptr");
    let intel = model(&abi, info, "IOMMU_HW_INFO_TYPE_INTEL_VTD");
    let cut = intel.answer(&[0xa5; 8], &[7; 24]);
    assert_eq!((cut.result, cut.returned, cut.memory), (Ok(()), Some(24), vec![7; 8]));
    let long = intel.answer(&[0xa5; 32], &[7; 24]);
    assert_eq!(long.memory, [&[7; 24][..], &[0; 8]].concat());
    assert_eq!((long.written, long.returned), (0..32, Some(24)));
}
