//! Any files as the folder of a case: `case.toml`, frameworks, bodies, tables and texts.
#![no_main]

mod files;
mod small;

use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let parent = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    parent.join(format!("wcc-fuzz-{}", std::process::id()))
});

fuzz_target!(|bytes: &[u8]| {
    let case = FOLDER.join("case");
    let _ = std::fs::remove_dir_all(&case);
    std::fs::create_dir_all(&case).expect("a folder");
    for (name, content) in files::files(bytes) {
        // Names that lead out of the folder are not this target's business.
        let plain = name
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || "-_.".contains(sign));
        if plain && !name.is_empty() && !name.starts_with('.') && name.len() < 100 {
            let _ = std::fs::write(case.join(name), content);
        }
    }
    if let Err(problems) = wcc_case::case::read(&case, &small::FRAMEWORKS, &small::TABLES) {
        assert!(!problems.to_string().is_empty());
    }
});
