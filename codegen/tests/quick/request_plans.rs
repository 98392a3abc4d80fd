//! The plans of requests, for arguments that no published ABI has.

use std::collections::BTreeSet;

use capchain::ir::Abi;
use capchain::ir::requests::{InputKind, RequestPlan};
use support::spec_folder::SpecFolder;

/// A struct with features whose ids are in its flags, and its ioctl.
const FEATURES: &str = "\
- struct: demo_NAME
  doc: A feature.
  minsz: flags
  fields:
    argsz: in argsz u32, size of the struct and the payload
    flags:
      type: in flags u32
      doc: the feature and the access
      holds: NAME
      prefix: DEMO_NAME_
      bits:
        DEMO_NAME_MASK: {value: 0xffff, doc: the bits of the feature}
        DEMO_NAME_SET: bit 17, write the feature
    data: {type: 'in u8[]', doc: payload, allow: {L16: its length follows from argsz}}
- ioctl: DEMO_SET_NAME
  number: NUMBER
  fd: device
  arg: struct demo_NAME
  doc: Sets a feature.
- id_space: NAME
  doc: Features.
  prefix: DEMO_NAME_
  values:
    DEMO_NAME_SPEED:
      value: 3
      doc: the speed
      payload: demo_speed
      gates: [DEMO_NAME_SET]
";

fn features(name: &str, number: u32) -> String {
    FEATURES
        .replace("DEMO_NAME", &format!("DEMO_{}", name.to_uppercase()))
        .replace("DEMO_SET_NAME", &format!("DEMO_SET_{}", name.to_uppercase()))
        .replace("NAME", name)
        .replace("NUMBER", &number.to_string())
}

/// A payload with an array at its end, which starts before the size of the struct.
const SPEED: &str = "\
- struct: demo_speed
  doc: The speed of each part.
  fields:
    from: in aligned_u64, the first part
    count: in u32, number of parts
    speeds: {type: 'in u32[count]', doc: the speeds}
";

fn plan<'a>(abi: &'a Abi, name: &str) -> &'a RequestPlan {
    let plans = &abi.protocol.requests;
    let names = || plans.iter().map(|plan| plan.name.as_str()).collect::<Vec<_>>();
    plans.iter().find(|plan| plan.name == name).unwrap_or_else(|| panic!("{name}: {:?}", names()))
}

fn abi(items: &str) -> Abi {
    let spec = SpecFolder::demo();
    spec.write_example(items);
    spec.abi()
}

#[test]
fn requests_of_one_name_get_the_name_of_their_ioctl() {
    let abi = abi(&[&features("mode", 1), &features("option", 2), SPEED].concat());
    let names = ["set_speed", "set_option_set_speed"];
    let ioctls = names.map(|name| abi.ioctl(plan(&abi, name).ioctl).name.as_str());
    assert_eq!(ioctls, ["DEMO_SET_MODE", "DEMO_SET_OPTION"]);
}

#[test]
fn the_fixed_part_of_a_payload_ends_where_its_array_starts() {
    let abi = abi(&[&features("mode", 1), SPEED].concat());
    let plan = plan(&abi, "set_speed");
    // argsz and flags, `from` and `count`; the payload alone has 16 bytes.
    assert_eq!((plan.size, plan.fixed.map(|fixed| fixed.value)), (8 + 12, Some(1 << 17 | 3)));
}

/// The flag of a result says what the kernel wrote; the flag of an input belongs to it.
#[test]
fn the_flag_of_an_input_is_no_input_of_its_own() {
    let abi = abi("\
- struct: demo_ask
  doc: A question.
  minsz: answer
  fields:
    argsz: in argsz u32, size of this struct
    flags:
      type: inout flags u32
      doc: options
      prefix: DEMO_ASK_
      bits:
        DEMO_ASK_LIMIT: bit 0, limit is valid
        DEMO_ASK_ANSWER: bit 1, ask for the answer
    limit: {type: in u32, doc: a limit, valid_if: DEMO_ASK_LIMIT}
    answer: {type: out u32, doc: the answer, valid_if: DEMO_ASK_ANSWER}
- ioctl: DEMO_ASK
  number: 1
  fd: device
  arg: struct demo_ask
  doc: Asks.
");
    let plan = &abi.protocol.requests[0];
    let inputs: Vec<_> = plan.inputs.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(inputs, ["flags", "limit"]);
    assert!(matches!(plan.inputs[0].kind, InputKind::Number { offset: 4, .. }), "{plan:?}");
    assert_eq!(plan.inputs[1].present.map(|present| present.value), Some(1));
}

/// Two inputs of one name, and one of the name that the second would get.
const SAME_NAMES: &str = "\
- struct: demo_inner
  doc: A part.
  fields:
    rate_2: in u32, the second rate
    rate: in u32, the rate of the part
- struct: demo_outer
  doc: A whole.
  minsz: inner
  fields:
    argsz: in argsz u32, size
    rate: in u32, the rate
    inner: in demo_inner, the part
- ioctl: DEMO_SET_OUTER
  number: 3
  fd: device
  arg: struct demo_outer
  doc: Sets the rates.
";

#[test]
fn every_input_has_a_name_of_its_own() {
    let folder = SpecFolder::demo();
    folder.write_example(SAME_NAMES);
    let abi = folder.abi();
    let inputs = plan(&abi, "set_outer").inputs.iter().map(|input| input.name.as_str());
    assert_eq!(inputs.collect::<Vec<_>>(), ["rate", "rate_2", "rate_3"]);
}

/// An ioctl whose function would have the name of a function that names the numbers of an enum.
const COLORS: &str = "\
- enum: demo_color
  doc: Colors.
  prefix: DEMO_COLOR_
  values:
    DEMO_COLOR_RED: 1, red
- struct: demo_paint
  doc: Paint.
  minsz: color
  fields:
    argsz: in argsz u32, size
    color: {type: in u32, doc: the color, holds: demo_color}
- ioctl: DEMO_COLOR_NAME
  number: 3
  fd: device
  arg: struct demo_paint
  doc: Sets the color.
";

#[test]
fn no_two_parts_of_the_header_declare_one_function() {
    let folder = SpecFolder::demo();
    folder.write_example(COLORS);
    let header = capchain::emit::c_header(&folder.abi()).contents;
    let mut declared = BTreeSet::new();
    for line in header.lines().filter(|line| line.starts_with("static ")) {
        let name = line.split('(').next().and_then(|head| head.split([' ', '*']).next_back());
        let name = name.expect("a name");
        assert!(declared.insert(name), "{name} is declared twice");
    }
    assert!(declared.contains("demo_abi_color_name") && declared.contains("demo_abi_color_name_"));
}
