//! Samples of products: every release with every compiler, every program in every mode. A
//! test numbers the members of a product so that consecutive numbers differ in each factor,
//! and takes one in a few. With CAPCHAIN_WHOLE, which `.ci/long products` sets, it takes all.

/// Whether the whole of each product is asked for.
pub fn whole() -> bool {
    std::env::var_os("CAPCHAIN_WHOLE").is_some()
}

/// Whether the member with this number is taken, if the sample is one member in `every`.
pub fn takes(number: usize, every: usize) -> bool {
    whole() || number % every == 0
}
