//! Loading a library and calling its three functions, and what a worker does to its own process
//! around that: the host's only unsafe code.
#![allow(
    unsafe_code,
    reason = "a foreign library is loaded and called through the C interface; nowhere else here"
)]

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW, Symbol};
use std::error::Error;
use std::ffi::{OsStr, c_int, c_uint, c_void};
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::RawFd;
use std::path::Path;
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

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

/// Loads a library of the system by its name, for good, so that a plugin which needs it finds it
/// there and opens no file.
///
/// # Errors
/// The loader's words.
pub(crate) fn load_of_system(name: &'static str) -> Result<(), String> {
    // SAFETY: it is the C library or a compiler's runtime (see `dependencies.rs`), whose
    // constructors every program runs.
    match unsafe { Library::open(Some(OsStr::new(name)), RTLD_NOW | RTLD_LOCAL) } {
        Ok(library) => {
            std::mem::forget(library);
            Ok(())
        }
        Err(error) => Err(words(&error)),
    }
}

/// Ends this process without running anything of a loaded library (destructors, exit handlers).
pub(crate) fn end_process(status: i32) -> ! {
    // SAFETY: takes a number and does not return.
    unsafe { libc::_exit(status) }
}

/// Closes every descriptor but 0 to 2 and those to keep: what the server's own parent left open, or
/// a C library opened without the mark that closes it.
///
/// # Errors
/// Where the system cannot.
pub(crate) fn close_others(keep: impl Iterator<Item = RawFd>) -> io::Result<()> {
    let mut keep: Vec<c_uint> = keep.map(RawFd::unsigned_abs).collect();
    keep.sort_unstable();
    let mut first: c_uint = 3;
    for kept in keep.into_iter().chain([c_uint::MAX]) {
        if first < kept {
            // SAFETY: takes three numbers. The worker is single-threaded and has just begun: who
            // owns a descriptor that it needs has named it in `keep`.
            let closed = unsafe { libc::syscall(libc::SYS_close_range, first, kept - 1, 0) };
            if closed != 0 {
                return Err(io::Error::last_os_error());
            }
        }
        first = kept.saturating_add(1);
    }
    Ok(())
}

/// The descriptor that [`forbidden`] writes to.
static OUTPUT: AtomicI32 = AtomicI32::new(-1);

/// The descriptor that the next attempt to open a file is given; -1 for none.
static LIBRARY: AtomicI32 = AtomicI32::new(-1);

/// Makes a system call that the filters forbid report its number to `output` and end the process.
/// A library that installs a handler of its own is not reported, but its call is not made either.
///
/// A call that opens a file is answered with "operation not permitted", except for the first: that
/// is the loader's, before any code of the library has run, and it is given `library`.
///
/// # Errors
/// Where the system refuses the handler.
pub(crate) fn report_forbidden_calls(output: RawFd, library: Option<RawFd>) -> io::Result<()> {
    OUTPUT.store(output, Ordering::Relaxed);
    LIBRARY.store(library.unwrap_or(-1), Ordering::Relaxed);
    let handler: extern "C" fn(c_int, *const Forbidden, *mut c_void) = forbidden;
    // SAFETY: a `sigaction` of zeroes is one without flags and mask; the handler has the type that
    // `SA_SIGINFO` asks for, and does only what a signal handler may.
    let installed = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
        libc::sigaction(libc::SIGSYS, &raw const action, ptr::null_mut())
    };
    if installed == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// The part of `siginfo_t` that a forbidden call fills in, which `libc` does not offer.
#[repr(C)]
struct Forbidden {
    signal: c_int,
    error: c_int,
    code: c_int,
    address: *const c_void,
    call: c_int,
    architecture: c_uint,
}

extern "C" fn forbidden(_: c_int, information: *const Forbidden, context: *mut c_void) {
    // SAFETY: the kernel hands out a `siginfo_t`, whose part for SIGSYS has this layout.
    let call = unsafe { (*information).call };
    if crate::filter::opens(call.into()) {
        let library = LIBRARY.swap(-1, Ordering::Relaxed);
        let result = if library < 0 { -libc::EPERM } else { library };
        // SAFETY: the kernel hands out the state of the interrupted call, and takes it back.
        unsafe { set_result(context, result) };
        return;
    }
    let report = crate::report::forbidden(call);
    // SAFETY: the buffer lives; `write` is allowed in a signal handler.
    unsafe {
        libc::write(
            OUTPUT.load(Ordering::Relaxed),
            report.as_ptr().cast(),
            report.len(),
        )
    };
    end_process(0)
}

/// Makes the interrupted system call return `result`.
///
/// # Safety
/// `context` is what the kernel handed to a signal handler.
unsafe fn set_result(context: *mut c_void, result: c_int) {
    let context = context.cast::<libc::ucontext_t>();
    // SAFETY: promised by the caller.
    let machine = unsafe { &mut (*context).uc_mcontext };
    #[cfg(target_arch = "x86_64")]
    if let Ok(register) = usize::try_from(libc::REG_RAX) {
        machine.gregs[register] = result.into();
    }
    #[cfg(target_arch = "aarch64")]
    {
        // Errors are the last numbers of the range, as in two's complement.
        machine.regs[0] = i64::from(result).cast_unsigned();
    }
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
    let words = words(error);
    let prefix = format!("{}: ", path.display());
    LoadFault::Refused(words.strip_prefix(&prefix).unwrap_or(&words).to_owned())
}

/// The loader's own words, which libloading keeps in the source.
fn words(error: &libloading::Error) -> String {
    let source = error.source();
    source.map_or_else(|| error.to_string(), ToString::to_string)
}
