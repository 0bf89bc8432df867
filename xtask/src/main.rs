//! Rebuilds the tables under data/ from registry packages.
fn main() {}
