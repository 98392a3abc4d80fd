//! The module of the playground. The page reserves memory for a request, writes it, asks,
//! and reads the answer, an object of JSON.
//!
//! A panic ends the module: the page shows the message that [`exchange`] passes to it, and
//! starts the module again.

mod exchange;
mod question;
mod specifications;
mod tools;
