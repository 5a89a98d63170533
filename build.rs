//! Rebuilds the program when a rule changes: the rules are embedded in the binary.

fn main() {
    println!("cargo::rerun-if-changed=rules");
}
