//! The items of [`bindings::iommufd`](crate::bindings::iommufd), at the path that they have in
//! iommufd-bindings: a program that uses that crate changes the line of its dependency.
#![cfg(feature = "bindings")]

pub use crate::bindings::iommufd::*;
