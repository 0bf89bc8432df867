//! The `himozuke` command.
fn main() {}
