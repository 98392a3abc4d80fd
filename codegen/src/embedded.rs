//! The specifications that are part of the program.

/// An ABI with every file of its folder, proposals and code included.
#[derive(Debug)]
pub struct EmbeddedAbi {
    /// Its name.
    pub name: &'static str,
    /// The path below the ABI's folder and the text of each file.
    pub files: &'static [(&'static str, &'static str)],
}

/// Every ABI, by name.
pub static ABIS: &[EmbeddedAbi] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The files of an ABI; none if it is not embedded.
pub fn files(name: &str) -> &'static [(&'static str, &'static str)] {
    ABIS.iter().find(|abi| abi.name == name).map_or(&[], |abi| abi.files)
}
