//! Loading a library and calling its three functions: the host's only unsafe code.
#![allow(
    unsafe_code,
    reason = "a foreign library is loaded and called through the C interface; nowhere else here"
)]

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW, Symbol};
use std::error::Error;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::ptr;

type Abi = unsafe extern "C" fn() -> u32;
type Call = unsafe extern "C" fn(*const u8, usize, *mut *mut u8, *mut usize) -> i32;
type Free = unsafe extern "C" fn(*mut u8, usize);

/// A loaded library. Never unloaded: code of it may still be referred to by thread-local
/// destructors.
pub(crate) struct Loaded {
    _library: ManuallyDrop<Library>,
    call: Call,
    free: Free,
}

/// Why a library was not loaded.
pub(crate) enum LoadFault {
    /// The loader's words, or the missing function.
    Refused(String),
    /// Another interface.
    Abi(u32),
}

impl Loaded {
    /// Loads the library at `path`, which must stay the same file for good.
    pub(crate) fn load(path: &Path) -> Result<Self, LoadFault> {
        // SAFETY: loading runs the library's constructors, and calling it runs its code. That is
        // what an operator allows by naming the digest; in a worker it concerns nobody else.
        let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) };
        let library = ManuallyDrop::new(library.map_err(|error| refused(path, &error))?);
        // SAFETY: the three functions have these types, by the header that plugins are built
        // against; the number says which header that was, and is asked first.
        let (abi, call, free) = unsafe {
            let abi: Symbol<Abi> = symbol(&library, "wcc_plugin_abi")?;
            let found = abi();
            if found != wcc_plugin::ABI {
                return Err(LoadFault::Abi(found));
            }
            let call: Symbol<Call> = symbol(&library, "wcc_plugin_call")?;
            let free: Symbol<Free> = symbol(&library, "wcc_plugin_free")?;
            (abi, call, free)
        };
        let _ = abi;
        Ok(Self {
            _library: library,
            call: *call,
            free: *free,
        })
    }

    /// Asks the library and lends its answer to `use_answer`.
    ///
    /// # Errors
    /// The number that it returned instead of an answer.
    pub(crate) fn call<T>(
        &mut self,
        request: &[u8],
        use_answer: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, i32> {
        let mut output = ptr::null_mut();
        let mut length = 0;
        // SAFETY: the request outlives the call, both places may be written to, and `&mut self`
        // keeps a second call out.
        let code = unsafe {
            (self.call)(
                request.as_ptr(),
                request.len(),
                &raw mut output,
                &raw mut length,
            )
        };
        if code != 0 || output.is_null() || isize::try_from(length).is_err() {
            return Err(code);
        }
        // SAFETY: on 0 the library owns `length` bytes at `output` until they are freed.
        let used = use_answer(unsafe { std::slice::from_raw_parts(output, length) });
        // SAFETY: called once, with both values as they were handed out.
        unsafe { (self.free)(output, length) };
        Ok(used)
    }
}

/// Ends this process without running anything of a loaded library (destructors, exit handlers).
pub(crate) fn end_process(status: i32) -> ! {
    // SAFETY: takes a number and does not return.
    unsafe { libc::_exit(status) }
}

/// Looks a function up.
///
/// # Safety
/// The function has the type `F`.
unsafe fn symbol<F>(library: &Library, name: &str) -> Result<Symbol<F>, LoadFault> {
    // SAFETY: promised by the caller.
    let found = unsafe { library.get(name.as_bytes()) };
    found.map_err(|_| LoadFault::Refused(format!("it has no function `{name}`")))
}

fn refused(path: &Path, error: &libloading::Error) -> LoadFault {
    // libloading keeps the loader's own words in the source, after the path of our copy.
    let words = error
        .source()
        .map_or(error.to_string(), ToString::to_string);
    let prefix = format!("{}: ", path.display());
    LoadFault::Refused(words.strip_prefix(&prefix).unwrap_or(&words).to_owned())
}
