//! Loads a library, calls its three functions, and starts and restricts the worker's own process.
//! This is the host's only unsafe code.
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

/// A loaded library. It is never unloaded, because thread-local destructors may still refer to its
/// code.
pub(crate) struct Loaded {
    _library: ManuallyDrop<Library>,
    call: Call,
    free: Free,
}

/// Why a library was not loaded.
pub(crate) enum LoadError {
    /// The loader's message, or the missing function.
    Rejected(String),
    /// The library has another interface version.
    Abi(u32),
}

impl Loaded {
    /// Loads the library at `path`, which must never refer to another file later.
    pub(crate) fn load(path: &Path) -> Result<Self, LoadError> {
        // SAFETY: loading runs the library's constructors, and calling it runs its code. The
        // operator allows this by configuring the digest; in a worker it affects no other process.
        let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) };
        let library = ManuallyDrop::new(library.map_err(|error| load_error(path, &error))?);
        // SAFETY: the header that plugins are built against gives the three functions these types.
        // The interface number, which is checked first, identifies the header.
        let (abi, call, free) = unsafe {
            let abi: Symbol<Abi> = symbol(&library, "wcc_plugin_abi")?;
            let found = abi();
            if found != wcc_plugin::ABI {
                return Err(LoadError::Abi(found));
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

    /// Sends a request to the library and passes its answer to `use_answer`.
    ///
    /// # Errors
    /// The number that the library returned instead of an answer.
    pub(crate) fn call<T>(
        &mut self,
        request: &[u8],
        use_answer: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, i32> {
        let mut output = ptr::null_mut();
        let mut length = 0;
        // SAFETY: the request outlives the call, both outputs may be written to, and `&mut self`
        // prevents a concurrent call.
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
        let result = use_answer(unsafe { std::slice::from_raw_parts(output, length) });
        // SAFETY: this is called once, with both values as the library returned them.
        unsafe { (self.free)(output, length) };
        Ok(result)
    }
}

/// Loads a system library by its name and never unloads it, so that a plugin that needs it does not
/// open a file.
///
/// # Errors
/// The loader's message.
pub(crate) fn load_system_library(name: &'static str) -> Result<(), String> {
    // SAFETY: the library is the C library or a compiler's runtime (see `dependencies.rs`), whose
    // constructors ordinary programs run as well.
    match unsafe { Library::open(Some(OsStr::new(name)), RTLD_NOW | RTLD_LOCAL) } {
        Ok(library) => {
            std::mem::forget(library);
            Ok(())
        }
        Err(error) => Err(loader_message(&error)),
    }
}

/// Which of two processes this one is after a fork.
pub(crate) enum Fork {
    /// The process that forked, with the id of the copy.
    Parent(i32),
    /// The copy.
    Child,
}

/// Copies this process, which must have a single thread. The copy is a child of this process's
/// parent, which is told when it ends and can wait for it.
///
/// # Errors
/// If the system has no room for another process.
pub(crate) fn fork_beside() -> io::Result<Fork> {
    let flags = libc::c_long::from(libc::CLONE_PARENT | libc::SIGCHLD);
    let unused: libc::c_long = 0;
    // SAFETY: without a stack and shared memory this is a fork, and all other arguments are unused.
    // There is no other thread, so no lock is held in the copy. The C library's `fork` cannot choose
    // the parent; what else it does concerns threads and handlers, of which there are none.
    match unsafe { libc::syscall(libc::SYS_clone, flags, unused, unused, unused, unused) } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Fork::Child),
        process => i32::try_from(process)
            .map(Fork::Parent)
            .map_err(io::Error::other),
    }
}

/// Ends this process without running anything of a loaded library (destructors, exit handlers).
pub(crate) fn end_process(status: i32) -> ! {
    // SAFETY: the call takes a number and does not return.
    unsafe { libc::_exit(status) }
}

/// Closes every descriptor except 0 to 2 and those to keep. Others may have been left open by the
/// server's parent, or by a C library that did not set close-on-exec.
///
/// # Errors
/// If the system call fails.
pub(crate) fn close_others(keep: impl Iterator<Item = RawFd>) -> io::Result<()> {
    let mut keep: Vec<c_uint> = keep.map(RawFd::unsigned_abs).collect();
    keep.sort_unstable();
    let mut first: c_uint = 3;
    for kept in keep.into_iter().chain([c_uint::MAX]) {
        if first < kept {
            // SAFETY: the call takes three numbers. The worker is single-threaded and has just
            // started, and every descriptor in use is in `keep`.
            let closed = unsafe { libc::syscall(libc::SYS_close_range, first, kept - 1, 0) };
            if closed != 0 {
                return Err(io::Error::last_os_error());
            }
        }
        first = kept.saturating_add(1);
    }
    Ok(())
}

/// The descriptor to which [`forbidden`] writes.
static OUTPUT: AtomicI32 = AtomicI32::new(-1);

/// The descriptor to return for the next attempt to open a file; -1 for none.
static LIBRARY: AtomicI32 = AtomicI32::new(-1);

/// Installs a signal handler that reports the number of a forbidden system call to `output` and
/// ends the process. If a library installs its own handler, its calls are not reported, but they
/// are still blocked.
///
/// A call that opens a file fails with "operation not permitted", except for the first one: the
/// loader makes it before any code of the library has run, and receives `library`.
///
/// # Errors
/// If the system refuses the handler.
pub(crate) fn report_forbidden_calls(output: RawFd, library: Option<RawFd>) -> io::Result<()> {
    OUTPUT.store(output, Ordering::Relaxed);
    LIBRARY.store(library.unwrap_or(-1), Ordering::Relaxed);
    let handler: extern "C" fn(c_int, *const Forbidden, *mut c_void) = forbidden;
    // SAFETY: a zeroed `sigaction` has no flags and no mask; the handler has the type that
    // `SA_SIGINFO` requires, and does only what a signal handler may do.
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

/// The part of `siginfo_t` for a forbidden call, which `libc` does not define.
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
    // SAFETY: the kernel passes a `siginfo_t`, whose part for SIGSYS has this layout.
    let call = unsafe { (*information).call };
    if crate::filter::opens(call.into()) {
        let library = LIBRARY.swap(-1, Ordering::Relaxed);
        let result = if library < 0 { -libc::EPERM } else { library };
        // SAFETY: the kernel passes the state of the interrupted call and restores it afterwards.
        unsafe { set_result(context, result) };
        return;
    }
    let report = crate::report::forbidden(call);
    // SAFETY: the buffer is valid, and `write` is allowed in a signal handler.
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
/// `context` is the pointer that the kernel passed to a signal handler.
#[allow(
    clippy::indexing_slicing,
    reason = "the constant is a register of the machine"
)]
unsafe fn set_result(context: *mut c_void, result: c_int) {
    let context = context.cast::<libc::ucontext_t>();
    // SAFETY: the caller guarantees it.
    let machine = unsafe { &mut (*context).uc_mcontext };
    #[cfg(target_arch = "x86_64")]
    if let Ok(register) = usize::try_from(libc::REG_RAX) {
        machine.gregs[register] = result.into();
    }
    #[cfg(target_arch = "aarch64")]
    {
        // Errors are negative numbers in two's complement.
        machine.regs[0] = i64::from(result).cast_unsigned();
    }
}

/// Looks up a function.
///
/// # Safety
/// The function has the type `F`.
unsafe fn symbol<F>(library: &Library, name: &str) -> Result<Symbol<F>, LoadError> {
    // SAFETY: the caller guarantees it.
    let symbol = unsafe { library.get(name.as_bytes()) };
    symbol.map_err(|_| LoadError::Rejected(format!("it has no function `{name}`")))
}

fn load_error(path: &Path, error: &libloading::Error) -> LoadError {
    let message = loader_message(error);
    let prefix = format!("{}: ", path.display());
    LoadError::Rejected(message.strip_prefix(&prefix).unwrap_or(&message).to_owned())
}

/// Returns the loader's own message, which libloading keeps as the source of its error.
fn loader_message(error: &libloading::Error) -> String {
    let source = error.source();
    source.map_or_else(|| error.to_string(), ToString::to_string)
}
