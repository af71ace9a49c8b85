//! Which other libraries a plugin's library needs. Its SHA-256 does not cover them, so only those
//! are accepted that belong to the system: the C library and the runtimes of compilers.
//!
//! In a worker this is also enforced: no file can be opened there, so a library that this module
//! failed to see cannot be loaded.

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

/// The most program headers and dynamic entries that are read. Real libraries have a few dozen.
const MOST_ENTRIES: usize = 4_096;

/// The most bytes of the name of a library.
const MOST_NAME: u64 = 256;

/// The libraries of [`SYSTEM`] that the library in a file needs.
///
/// # Errors
/// [`Cause::Load`] if the file is not an ELF library, [`Cause::Dependency`] if it needs or searches
/// for anything beyond the system's libraries.
pub(crate) fn of(file: &File) -> Result<Vec<&'static str>, Cause> {
    read(&ReadCache::new(file))
}

/// The library of [`SYSTEM`] with this name.
pub(crate) fn of_system(name: &str) -> Option<&'static str> {
    SYSTEM.into_iter().find(|system| *system == name)
}

fn read<'data>(data: impl ReadRef<'data>) -> Result<Vec<&'static str>, Cause> {
    let broken = |error: object::Error| not_a_library(&error.to_string());
    let header = elf::FileHeader64::<Endianness>::parse(data).map_err(broken)?;
    let endian = header.endian().map_err(broken)?;
    let segments = header.program_headers(endian, data).map_err(broken)?;
    if segments.len() > MOST_ENTRIES {
        return Err(not_a_library("it has too many program headers"));
    }
    let mut tables = segments
        .iter()
        .filter(|segment| segment.p_type(endian) == elf::PT_DYNAMIC);
    let (Some(table), None) = (tables.next(), tables.next()) else {
        return Err(not_a_library("it has no dynamic section, or several"));
    };
    // The loader reads the table by its address in memory, so that is what is read here.
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
        return Err(not_a_library("its dynamic section lies in two places"));
    }
    let entries = table.dynamic(endian, data).map_err(broken)?;
    let entries = entries.unwrap_or_default().iter();
    let entries: Vec<(i64, u64)> = entries
        .map(|entry| (entry.d_tag(endian), entry.d_val(endian)))
        .take_while(|(tag, _)| *tag != elf::DT_NULL)
        .take(MOST_ENTRIES + 1)
        .collect();
    if entries.len() > MOST_ENTRIES {
        return Err(not_a_library("its dynamic section has too many entries"));
    }
    let strings = entries.iter().rev().find(|(tag, _)| *tag == elf::DT_STRTAB);
    let Some((_, strings)) = strings else {
        return Err(not_a_library("its dynamic section has no names"));
    };
    let strings = at_address(*strings)?;
    let name = |offset: u64| {
        let start = strings.checked_add(offset);
        let range = start.and_then(|start| Some(start..start.checked_add(MOST_NAME)?));
        let bytes = range.and_then(|range| data.read_bytes_at_until(range, 0).ok());
        let bytes = bytes.ok_or_else(|| not_a_library("a name in it has no end"))?;
        // As it is, and fit to be shown only where it is shown: the loader reads every byte.
        Ok::<_, Cause>(String::from_utf8_lossy(bytes).into_owned())
    };
    let mut needed = Vec::new();
    for (tag, value) in &entries {
        match *tag {
            elf::DT_NEEDED => needed.push(accepted(&name(*value)?)?),
            elf::DT_RPATH => return Err(searches("RPATH", &name(*value)?)),
            elf::DT_RUNPATH => return Err(searches("RUNPATH", &name(*value)?)),
            elf::DT_FILTER => return Err(needs(&name(*value)?)),
            elf::DT_AUXILIARY => return Err(needs(&name(*value)?)),
            elf::DT_CONFIG | elf::DT_AUDIT | elf::DT_DEPAUDIT => {
                return Err(Cause::Dependency(
                    "it tells the loader to load more (audit or configuration)".to_owned(),
                ));
            }
            _ => {}
        }
    }
    Ok(needed)
}

fn accepted(name: &str) -> Result<&'static str, Cause> {
    of_system(name).ok_or_else(|| needs(name))
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
