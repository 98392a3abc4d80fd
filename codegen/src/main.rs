use std::path::PathBuf;
fn main() {
    let dir = std::env::args().nth(1).unwrap_or("spec/vfio".into());
    let l =
        capchain::spec::load::load(&capchain::spec::load::Origin::Folder(PathBuf::from(dir)), &[]);
    print!("{}", l.problems.render(&l.sources, false));
    println!("{}", l.spec.map_or(0, |s| s.files.iter().map(|f| f.items.len()).sum::<usize>()));
    if std::env::args().nth(2).is_some() {
        std::fs::write(
            "spec/abi.schema.json",
            serde_json::to_string_pretty(&capchain::spec::schema::abi_file()).unwrap(),
        )
        .unwrap();
        std::fs::write(
            "spec/items.schema.json",
            serde_json::to_string_pretty(&capchain::spec::schema::spec_file()).unwrap(),
        )
        .unwrap();
    }
}
