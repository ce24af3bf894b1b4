//! The house rules. They hold as a test: `cargo test -p lamella-xtask`.
