//! The reply builder of the C header against real kernels: a program reads a
//! sweep's full reply and writes it again under the profile of the handler, for
//! every argsz and fill of the sweep. Every byte must equal the kernel's.

use std::collections::BTreeMap;

use support::captures::Row;
use support::compilers::Workdir;
use support::process::{succeed, succeed_with_input};
use support::{captures, fixtures};

/// The program that builds them.
const PROGRAM: &str = include_str!("../programs/built.c");

#[test]
fn what_c_builds_is_what_the_kernels_wrote() {
    let mut sweeps = BTreeMap::<_, Vec<Row>>::new();
    for row in captures::rows() {
        sweeps.entry(row.group()).or_default().push(row);
    }
    let (mut lines, mut covered) = (String::new(), Vec::new());
    for rows in sweeps.values() {
        let Some((profile, size, index_at)) = rules(&rows[0]) else { continue };
        let Some(full) = full(rows) else { continue };
        lines += &format!("{profile} {}\n", hex(&full));
        for row in rows {
            lines += &format!("row {}\n", hex(&row.before(size, index_at)));
            covered.push((profile, row));
        }
    }
    let built = build(lines);
    assert_eq!(built.len(), covered.len(), "an answer for every row");
    for (answer, (profile, row)) in built.iter().zip(&covered) {
        let expected = if row.ret == 0 { "built" } else { "refused" };
        let expected = format!("{expected} {}", hex(&row.out()));
        assert_eq!(*answer, expected, "{profile}, argsz {}: {row:?}", row.argsz_in);
    }
    println!("{} rows covered, all of them equal", covered.len());
    assert!(covered.len() > 500, "few rows");
}

/// The profile of a row's handler, the size of its struct and the offset of the
/// index; none for an ioctl without a chain.
fn rules(row: &Row) -> Option<(&'static str, usize, Option<usize>)> {
    let old = row.is_old();
    Some(match row.ioctl.as_str() {
        "VFIO_DEVICE_GET_REGION_INFO" => ("region", 32, Some(8)),
        // A mediated device has a handler of its own, without a chain.
        "VFIO_DEVICE_GET_INFO" if row.device.contains("-1111-") => return None,
        "VFIO_DEVICE_GET_INFO" if old => ("device_v5_10", 24, None),
        "VFIO_DEVICE_GET_INFO" => ("device", 24, None),
        "VFIO_IOMMU_GET_INFO" if ["compat", "cdev"].contains(&row.path.as_str()) => {
            ("iommufd", 24, None)
        }
        "VFIO_IOMMU_GET_INFO" if old => ("type1_v5_4", 24, None),
        "VFIO_IOMMU_GET_INFO" => ("type1", 24, None),
        _ => return None,
    })
}

/// The full reply of a sweep, if a call of it worked.
fn full(rows: &[Row]) -> Option<Vec<u8>> {
    // The sweep also has argsz values far beyond the buffer.
    let honest = rows.iter().filter(|row| row.ret == 0 && row.argsz_in as usize <= row.out().len());
    honest.max_by_key(|row| row.argsz_in).map(Row::out)
}

/// The answer of the program.
fn build(lines: String) -> Vec<String> {
    let abi = capchain::lower::lower(&fixtures::spec(), None);
    let workdir = Workdir::new(&capchain::emit::c_header(&abi).contents);
    workdir.write("built.c", PROGRAM);
    let mut compile = workdir.command("gcc");
    compile.args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-o", "built", "built.c"]);
    succeed(&mut compile);
    let answers = succeed_with_input(&mut workdir.command("./built"), lines.as_bytes());
    answers.lines().map(str::to_owned).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
