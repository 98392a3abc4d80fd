//! Tests that run compilers, build packages, or enumerate millions of replies.

mod abidiff;
mod c_built_replies;
mod c_chain;
mod c_header;
mod c_kernel_compat;
mod c_modes;
mod c_parts;
mod captures;
mod compat_page;
mod consumers;
mod crate_facts;
mod differential;
mod examples;
mod exhaustive;
mod future;
mod fuzz;
mod guides;
mod hypotheses;
mod matrix_compiled;
mod no_panic;
mod pci_abi;
mod proofs;
mod proposals;
mod publishing;
mod vectors;
