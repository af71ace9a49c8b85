//! Files read whole, under a limit of size.

use crate::problem::{Place, Problem, Problems};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

const MEBIBYTE: u64 = 1024 * 1024;
/// A TOML file may have this size.
pub(crate) const TOML_LIMIT: u64 = MEBIBYTE;
/// A CSV table may have this size.
pub(crate) const TABLE_LIMIT: u64 = 64 * MEBIBYTE;
/// A Markdown text may have this size.
pub(crate) const MARKDOWN_LIMIT: u64 = 16 * MEBIBYTE;

/// Reads a file; `None` where there is none. `shown` is its name in a problem.
pub(crate) fn read_if_there(
    path: &Path,
    shown: &str,
    limit: u64,
) -> Result<Option<Vec<u8>>, Problems> {
    let failed = |error| unreadable(shown, &error);
    match std::fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
        // Opening a pipe or a device would wait for whoever writes to it.
        Ok(found) if !found.is_file() => {
            return Err(Problem::of_file(shown, "is not a file").into());
        }
        Ok(_) => {}
    }
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    check_size(bytes.len(), shown, limit)?;
    Ok(Some(bytes))
}

fn unreadable(shown: &str, error: &std::io::Error) -> Problems {
    Problem::of_file(shown, format!("cannot be read: {error}")).into()
}

/// Reads a file that must be there.
pub(crate) fn read(path: &Path, shown: &str, limit: u64) -> Result<Vec<u8>, Problems> {
    read_if_there(path, shown, limit)?.ok_or_else(|| {
        let place = path.parent().filter(|parent| *parent != Path::new(""));
        let place = place.map_or_else(|| PathBuf::from("."), Path::to_owned);
        Problem::of_file(
            shown,
            format!("there is no such file in {}", place.display()),
        )
        .into()
    })
}

/// Refuses what is larger than the limit.
pub(crate) fn check_size(length: usize, shown: &str, limit: u64) -> Result<(), Problems> {
    if u64::try_from(length).is_ok_and(|length| length <= limit) {
        return Ok(());
    }
    let expected = format!("at most {} MiB", limit / MEBIBYTE);
    Err(Problem::of_file(shown, "is too large")
        .expecting(expected)
        .into())
}

/// The text without a byte order mark. UTF-16 is told apart from other bytes that are no text.
pub(crate) fn without_mark<'a>(bytes: &'a [u8], shown: &str) -> Result<&'a [u8], Problems> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Problem::of_file(shown, "is written in UTF-16")
            .expecting("UTF-8 (in a spreadsheet: save as \"CSV UTF-8\")")
            .into());
    }
    Ok(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
}

/// Bytes as text; a byte that is not UTF-8 is named by its line.
pub(crate) fn as_text<'a>(bytes: &'a [u8], shown: &str) -> Result<&'a str, Problems> {
    let bytes = without_mark(bytes, shown)?;
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let place = Place::Line(u32::try_from(line).unwrap_or(u32::MAX));
        Problem::at(shown, place, "a character is not UTF-8")
            .expecting("text saved as UTF-8")
            .into()
    })
}

/// Names of the entries of a folder, sorted; `None` where there is no such folder.
pub(crate) fn names_in(folder: &Path, shown: &str) -> Result<Option<Vec<String>>, Problems> {
    let failed = |error| unreadable(shown, &error);
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(Some(names))
}
