//! The checks of an argument by the model: which fields a handler looks at, and the error of
//! each check, on iommufd with errors that differ.

use capchain::ir::{Abi, Arg, GroupKind, Handler, Ioctl, Struct, Value};
use capchain::lower::lower;
use capchain::model::{Contents, HandlerModel};
use support::fixtures;

/// iommufd, whose handlers have an error of its own for each check.
fn iommufd() -> Abi {
    let mut abi = lower(&fixtures::open(&fixtures::root().join("spec/iommufd")), None);
    for handler in abi.ioctls.iter_mut().flat_map(|ioctl| &mut ioctl.handlers) {
        let errors = &mut handler.errors;
        errors.short = "short".to_owned();
        errors.tail = "tail".to_owned();
        errors.reserved = "reserved".to_owned();
        errors.flag = "flag".to_owned();
        errors.value = "value".to_owned();
    }
    abi
}

fn served<'a>(abi: &'a Abi, name: &str) -> (&'a Ioctl, &'a Struct, &'a Handler) {
    let ioctl = abi.ioctls.iter().find(|ioctl| ioctl.name == name).expect("an ioctl");
    let Arg::Struct(id) = ioctl.arg else { panic!("{name} has no struct") };
    (ioctl, abi.struct_(id), ioctl.served_at(abi.release).next().expect("a handler"))
}

/// The result for an argument of zeros with its size and some numbers.
fn result(abi: &Abi, name: &str, numbers: &[(&str, u64)]) -> Result<(), String> {
    let (ioctl, struct_, handler) = served(abi, name);
    let size = struct_.kernel_layout().size;
    let mut argument = vec![0; size as usize];
    argument[..4].copy_from_slice(&(size as u32).to_le_bytes());
    for (field, number) in numbers {
        let members = abi.members(struct_).into_iter();
        let member = members.into_iter().find(|member| member.name == *field).expect("a field");
        let span = member.kernel_span();
        let bytes = &mut argument[span.offset as usize..span.end() as usize];
        bytes.copy_from_slice(&number.to_le_bytes()[..bytes.len()]);
    }
    let model = HandlerModel::new(abi, ioctl, handler).expect("rules");
    let contents = Contents { fixed: vec![0; size as usize], ..Contents::default() };
    model.answer(&argument, &contents).result.map_err(str::to_owned)
}

fn refused(error: &str) -> Result<(), String> {
    Err(error.to_owned())
}

#[test]
fn a_field_counts_with_its_flag_only() {
    let abi = iommufd();
    let info = |numbers: &[_]| result(&abi, "IOMMU_GET_HW_INFO", numbers);
    assert_eq!(info(&[("in_data_type", 99)]), Ok(()));
    assert_eq!(info(&[("flags", 1), ("in_data_type", 99)]), refused("value"));
    assert_eq!(info(&[("flags", 1), ("in_data_type", 1)]), Ok(()));
    assert_eq!(info(&[("flags", 3), ("in_data_type", 1)]), refused("flag"));
    assert_eq!(info(&[("flags", 2)]), refused("flag"));
    // Outputs count for nothing.
    assert_eq!(info(&[("out_capabilities", u64::MAX), ("out_max_pasid_log2", 255)]), Ok(()));
}

#[test]
fn fields_that_the_kernel_does_not_check_can_have_any_number() {
    let abi = iommufd();
    let alloc = |numbers: &[_]| result(&abi, "IOMMU_HWPT_ALLOC", numbers);
    assert_eq!(alloc(&[("__reserved2", 1)]), Ok(()));
    assert_eq!(alloc(&[("__reserved", 1)]), refused("reserved"));
    assert_eq!(alloc(&[("data_type", 99)]), refused("value"));
    // All bits of 3 belong to flags of the enum's numbers, and 3 is one of them.
    assert_eq!(alloc(&[("data_type", 3)]), Ok(()));
    assert_eq!(alloc(&[("flags", 1 << 31)]), refused("flag"));
    assert_eq!(alloc(&[("flags", 1 << 31), ("__reserved", 1)]), refused("reserved"));
}

#[test]
fn a_second_name_of_a_flag_takes_nothing_away() {
    let mut abi = iommufd();
    let flags = abi
        .groups
        .iter_mut()
        .find(|group| group.kind != GroupKind::Flags && group.name == "iommufd_hwpt_alloc_flags");
    let flags = flags.expect("the flags");
    let first = flags.values[0].clone();
    assert_eq!(first.number, 1);
    flags.values.push(Value { name: "AGAIN".to_owned(), ..first });
    assert_eq!(result(&abi, "IOMMU_HWPT_ALLOC", &[("flags", 1)]), Ok(()));
}

#[test]
fn a_reserved_field_without_a_direction_is_checked() {
    let mut abi = iommufd();
    for field in abi.structs.iter_mut().flat_map(|struct_| &mut struct_.fields) {
        if field.name == "__reserved" {
            field.direction = None;
        }
    }
    assert_eq!(result(&abi, "IOMMU_HWPT_ALLOC", &[("__reserved", 1)]), refused("reserved"));
}
