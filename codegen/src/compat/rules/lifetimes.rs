//! Requests that pass memory of the caller for the first time: their types in Rust get a
//! lifetime, so that programs that name them in a struct no longer compile.

use super::Comparison;
use crate::compat::finding::{Bump, Finding, VersionImpact};
use crate::ir::requests::RequestPlan;
use crate::ir::{Abi, Arg, Member, StructId};

impl Comparison<'_, '_> {
    /// A finding about a member that the new side added to a struct, with the step of the crate
    /// if a request gets a lifetime by it.
    pub(super) fn with_lifetime(
        &self,
        finding: Finding,
        argument: Option<StructId>,
        new: &Member<'_>,
    ) -> Finding {
        let (before, now) = self.matching.abis();
        let offset = new.kernel_span().offset;
        let gets_one = |plan: &RequestPlan| {
            let mut borrowed = plan.inputs.iter().filter_map(|input| input.borrowed());
            let was = before.protocol.requests.iter().find(|was| was.name == plan.name);
            borrowed.any(|at| at == offset) && was.is_some_and(|was| !was.borrows())
        };
        let mut plans = now.protocol.requests.iter();
        if !plans.any(|plan| argument == argument_of(now, plan) && gets_one(plan)) {
            return finding;
        }
        let message = format!("{}; its request has a lifetime in Rust now", finding.message);
        let versions = VersionImpact { crate_: Bump::Major, ..finding.versions };
        Finding { message, versions, ..finding }
    }
}

/// The struct that the ioctl of a request takes.
fn argument_of(abi: &Abi, plan: &RequestPlan) -> Option<StructId> {
    match abi.ioctl(plan.ioctl).arg {
        Arg::Struct(id) => Some(id),
        _ => None,
    }
}
