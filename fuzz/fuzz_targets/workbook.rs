//! Any parts as a workbook, `.xlsx` and `.ods`, and its sheets as tables. Faults of the libraries that read
//! spreadsheets are contained in a process of its own and do not count here; the last line of a run says
//! how many there were.
#![no_main]

mod files;
mod small;

use libfuzzer_sys::fuzz_target;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use wcc_workbook::{FileKind, FilledWorkbook, read};

thread_local! {
    static IS_OURS: Cell<bool> = const { Cell::new(true) };
}
static FAULTS: AtomicU64 = AtomicU64::new(0);

fn without_faults_of_libraries<T>(work: impl FnOnce() -> T + std::panic::UnwindSafe) -> Option<T> {
    match std::panic::catch_unwind(work) {
        Ok(answer) => Some(answer),
        Err(fault) if IS_OURS.get() => std::panic::resume_unwind(fault),
        Err(_) => {
            let count = FAULTS.fetch_add(1, Ordering::Relaxed) + 1;
            if count.is_power_of_two() {
                eprintln!("{count} faults of the libraries");
            }
            None
        }
    }
}

fuzz_target!(
    init: {
        std::panic::set_hook(Box::new(|info| {
            let file = info.location().map_or("", |place| place.file());
            let ours = !["calamine", "quick-xml", "/zip-", "flate2", "miniz"]
                .iter()
                .any(|library| file.contains(library));
            IS_OURS.set(ours);
            if ours {
                eprintln!("{info}");
                std::process::abort();
            }
        }));
    },
    |bytes: &[u8]| {
        let packed = if bytes.starts_with(b"PK") {
            bytes.to_vec()
        } else {
            files::archive(bytes)
        };
        let framework = small::FRAMEWORKS
            .find("harbour-2002")
            .expect("a small framework");
        // A name of the archive says which reader has something to read.
        let is_ods = packed.windows(11).any(|name| name == b"content.xml");
        let kind = if is_ods { FileKind::Ods } else { FileKind::Xlsx };
        let book = without_faults_of_libraries(|| read(&packed, kind));
        let Some(Ok(book)) = book else { return };
        if let Ok(filled) = FilledWorkbook::of(book) {
            drop(filled.tables(framework));
        }
    }
);
