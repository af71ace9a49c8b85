//! Generates the illustrative case of all England: every PCT, both years.
//!
//! `cargo run --example england` writes the tables beside this file. No figure is the real result of a
//! PCT: only national totals were published. The figures match those totals, and the same command
//! always writes the same figures.

#![allow(
    clippy::indexing_slicing,
    reason = "an example stops at the first surprise"
)]

mod governance;
mod levels;
mod outcomes;
mod plan;
mod tables;

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let case = root.join("examples/england");
    for (name, text) in tables::all(&root.join("configs"))? {
        let path = case.join(&name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, text)?;
        println!("wrote {}", path.display());
    }
    Ok(())
}
