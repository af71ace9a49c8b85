//! Checks which other libraries a plugin's library needs. Its SHA-256 does not cover them, so only
//! libraries of the system are accepted: the C library and the runtimes of compilers.
//!
//! Workers enforce this too: they cannot open a file, so a library that this module missed cannot
//! be loaded.

use crate::failure::Cause;
use crate::text::shown;
use object::read::elf::{Dyn, FileHeader, ProgramHeader};
use object::{Endianness, ReadCache, ReadRef, elf};
use std::fs::File;

/// The libraries that a plugin may need, by the names that linkers record: the C library, and the
/// runtimes of C, C++, Fortran and Rust compilers.
const SYSTEM: [&str; 18] = [
    "libc.so.6",
    "libm.so.6",
    "libmvec.so.1",
    "libdl.so.2",
    "librt.so.1",
    "libpthread.so.0",
    "libutil.so.1",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
    "libgcc_s.so.1",
    "libstdc++.so.6",
    "libc++.so.1",
    "libc++abi.so.1",
    "libunwind.so.1",
    "libatomic.so.1",
    "libgfortran.so.5",
    "libquadmath.so.0",
    "libubsan.so.1",
];

/// The maximum number of program headers and of dynamic entries. Real libraries have a few dozen.
const MAX_ENTRIES: usize = 4_096;

/// The maximum number of bytes in the name of a library.
const MAX_NAME: u64 = 256;

/// Returns the libraries of [`SYSTEM`] that the library in a file needs.
///
/// # Errors
/// [`Cause::Load`] if the file is not an ELF library, [`Cause::Dependency`] if it needs or searches
/// for anything beyond the system's libraries.
pub(crate) fn read_dependencies(file: &File) -> Result<Vec<&'static str>, Cause> {
    read(&ReadCache::new(file))
}

/// Finds the library of [`SYSTEM`] with this name.
pub(crate) fn find_system_library(name: &str) -> Option<&'static str> {
    SYSTEM.into_iter().find(|system| *system == name)
}

fn read<'data>(data: impl ReadRef<'data>) -> Result<Vec<&'static str>, Cause> {
    let invalid = |error: object::Error| not_a_library(&error.to_string());
    let header = elf::FileHeader64::<Endianness>::parse(data).map_err(invalid)?;
    let endian = header.endian().map_err(invalid)?;
    let segments = header.program_headers(endian, data).map_err(invalid)?;
    if segments.len() > MAX_ENTRIES {
        return Err(not_a_library("it has too many program headers"));
    }
    let mut tables = segments
        .iter()
        .filter(|segment| segment.p_type(endian) == elf::PT_DYNAMIC);
    let (Some(table), None) = (tables.next(), tables.next()) else {
        return Err(not_a_library("it has no dynamic section, or several"));
    };
    // The loader finds the table by its address in memory, so this code does the same.
    let at_address = |address: u64| {
        segments
            .iter()
            .filter(|segment| segment.p_type(endian) == elf::PT_LOAD)
            .find_map(|segment| {
                let inside = address.checked_sub(segment.p_vaddr(endian))?;
                let in_file = inside < segment.p_filesz(endian);
                in_file.then_some(segment.p_offset(endian).checked_add(inside)?)
            })
            .ok_or_else(|| not_a_library("its dynamic section points outside the file"))
    };
    if at_address(table.p_vaddr(endian))? != table.p_offset(endian) {
        return Err(not_a_library("its dynamic section is in two places"));
    }
    let entries = table.dynamic(endian, data).map_err(invalid)?;
    let entries = entries.unwrap_or_default().iter();
    let entries: Vec<(i64, u64)> = entries
        .map(|entry| (entry.d_tag(endian), entry.d_val(endian)))
        .take_while(|(tag, _)| *tag != elf::DT_NULL)
        .take(MAX_ENTRIES + 1)
        .collect();
    if entries.len() > MAX_ENTRIES {
        return Err(not_a_library("its dynamic section has too many entries"));
    }
    let strings = entries.iter().rev().find(|(tag, _)| *tag == elf::DT_STRTAB);
    let Some((_, strings)) = strings else {
        return Err(not_a_library("its dynamic section has no names"));
    };
    let strings = at_address(*strings)?;
    let name = |offset: u64| {
        let start = strings.checked_add(offset);
        let range = start.and_then(|start| Some(start..start.checked_add(MAX_NAME)?));
        let bytes = range.and_then(|range| data.read_bytes_at_until(range, 0).ok());
        let bytes = bytes.ok_or_else(|| not_a_library("a name in it is not terminated"))?;
        // The name is compared unchanged, because the loader reads every byte; messages clean it.
        Ok::<_, Cause>(String::from_utf8_lossy(bytes).into_owned())
    };
    let mut needed = Vec::new();
    for (tag, value) in &entries {
        match *tag {
            elf::DT_NEEDED => needed.push(require_system_library(&name(*value)?)?),
            elf::DT_RPATH => return Err(searches("RPATH", &name(*value)?)),
            elf::DT_RUNPATH => return Err(searches("RUNPATH", &name(*value)?)),
            elf::DT_FILTER => return Err(needs(&name(*value)?)),
            elf::DT_AUXILIARY => return Err(needs(&name(*value)?)),
            elf::DT_CONFIG | elf::DT_AUDIT | elf::DT_DEPAUDIT => {
                return Err(Cause::Dependency(
                    "it makes the loader load other files (audit or configuration)".to_owned(),
                ));
            }
            _ => {}
        }
    }
    Ok(needed)
}

fn require_system_library(name: &str) -> Result<&'static str, Cause> {
    find_system_library(name).ok_or_else(|| needs(name))
}

fn needs(name: &str) -> Cause {
    Cause::Dependency(format!(
        "it needs `{}`, which is not the C library or a compiler's runtime; link it in statically",
        shown(name)
    ))
}

fn searches(tag: &str, path: &str) -> Cause {
    Cause::Dependency(format!(
        "it looks for libraries in `{}` ({tag}); link it without -rpath",
        shown(path)
    ))
}

fn not_a_library(why: &str) -> Cause {
    Cause::Load(format!("not a 64-bit ELF library: {why}"))
}
