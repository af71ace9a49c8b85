//! The frameworks and tables of bodies that ship.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use wcc_case::{Frameworks, ShippedTables};

pub fn configs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs")
}

pub static FRAMEWORKS: LazyLock<Frameworks> = LazyLock::new(|| {
    Frameworks::read(&configs().join("frameworks")).expect("the shipped frameworks")
});

#[allow(dead_code, reason = "not every target needs them")]
pub static TABLES: LazyLock<ShippedTables> = LazyLock::new(|| {
    ShippedTables::read(&configs().join("organisations")).expect("the shipped tables")
});
