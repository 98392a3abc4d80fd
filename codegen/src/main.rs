//! x
use std::path::PathBuf;
fn main(){
    let dir=std::env::args().nth(1).unwrap_or("spec/vfio".into());
    let l=capchain::open(&capchain::spec::load::Origin::Folder(PathBuf::from(dir)),&[]);
    print!("{}", l.problems.render(&l.sources,false));
    if let Some(s)=l.spec { 
        let rel=std::env::args().nth(2).map(|r| r.parse().unwrap());
        let abi=capchain::lower::lower(&s,rel); println!("{} structs {} groups {} ioctls {} caps", abi.structs.len(), abi.groups.len(), abi.ioctls.len(), abi.capabilities.len());
        if std::env::args().nth(3).is_some(){println!("{abi:#?}");}
    }
}
