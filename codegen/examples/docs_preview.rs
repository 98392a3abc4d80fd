//! Scratch.
use std::path::PathBuf;
fn main() {
    let out = PathBuf::from(std::env::args().nth(1).unwrap());
    let l = capchain::open(&capchain::spec::load::Origin::Folder(PathBuf::from("spec/vfio")), &[]);
    print!("{}", l.problems.render(&l.sources, false));
    let s = l.spec.unwrap();
    let rel = std::env::args().nth(2).map(|r| r.parse().unwrap());
    let abi = capchain::lower::lower(&s, rel);
    let t = std::time::Instant::now();
    let files = capchain::emit::all(&abi);
    eprintln!("{} files, {} bytes, {:?}", files.len(), files.iter().map(|f| f.contents.len()).sum::<usize>(), t.elapsed());
    for f in files {
        let p = out.join(&f.path);
        std::fs::create_dir_all(p.parent().unwrap()).unwrap();
        std::fs::write(p, f.contents).unwrap();
    }
}
