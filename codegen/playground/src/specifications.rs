//! The embedded specifications, each opened once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use capchain::diagnostic::Sources;
use capchain::embedded;
use capchain::spec::load::Origin;
use capchain::validate::ValidSpec;

/// A specification with its files.
pub(crate) struct Specification {
    pub(crate) spec: ValidSpec,
    pub(crate) sources: Sources,
}

thread_local! {
    static OPENED: RefCell<BTreeMap<String, Rc<Specification>>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// The specification of an ABI.
pub(crate) fn named(name: &str) -> Result<Rc<Specification>, String> {
    if let Some(opened) = OPENED.with_borrow(|opened| opened.get(name).cloned()) {
        return Ok(opened);
    }
    let opened = capchain::open(&Origin::Embedded(embedded::files(name)), &[]);
    let spec = opened.spec.ok_or_else(|| format!("no specification of an ABI `{name}`"))?;
    let specification = Rc::new(Specification { spec, sources: opened.sources });
    OPENED.with_borrow_mut(|opened| opened.insert(name.to_owned(), specification.clone()));
    Ok(specification)
}
