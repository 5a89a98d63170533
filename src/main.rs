//! The command line of gradatie.

fn main() {}
