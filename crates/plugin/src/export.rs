//! The three C functions of a plugin: the only unsafe code that a plugin contains.
#![allow(
    unsafe_code,
    reason = "memory crosses the C interface as pointer and length; nowhere else in this crate"
)]

use crate::Plugin;
use crate::respond::respond;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

/// Exports a value as the plugin of this library: `export!(NorthWest);`. Use it once in a library.
#[macro_export]
macro_rules! export {
    ($plugin:expr) => {
        /// Returns the version number of the C interface.
        #[unsafe(no_mangle)]
        pub extern "C" fn wcc_plugin_abi() -> u32 {
            $crate::ABI
        }

        /// Answers one request; see `wcc_plugin.h`.
        ///
        /// # Safety
        /// `input` holds `input_length` bytes; `output` and `output_length` may be written to.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn wcc_plugin_call(
            input: *const u8,
            input_length: usize,
            output: *mut *mut u8,
            output_length: *mut usize,
        ) -> i32 {
            unsafe { $crate::export::call(&$plugin, input, input_length, output, output_length) }
        }

        /// Frees an answer; see `wcc_plugin.h`.
        ///
        /// # Safety
        /// `output` is null, or pointer and length are those of one answer of `wcc_plugin_call` that has not been freed.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn wcc_plugin_free(output: *mut u8, output_length: usize) {
            unsafe { $crate::export::free(output, output_length) }
        }
    };
}

/// The body of `wcc_plugin_call`. Returns 0 with an answer in `output`, else 1 with null there.
///
/// # Safety
/// `input` is null or holds `input_length` bytes; `output` and `output_length` are null or may be
/// written to.
#[doc(hidden)]
pub unsafe fn call(
    plugin: &impl Plugin,
    input: *const u8,
    input_length: usize,
    output: *mut *mut u8,
    output_length: *mut usize,
) -> i32 {
    if output.is_null() || output_length.is_null() {
        return 1;
    }
    let request = if input.is_null() {
        &[]
    } else {
        // SAFETY: the caller promises `input_length` bytes, borrowed for the duration of this call.
        unsafe { std::slice::from_raw_parts(input, input_length) }
    };
    // `respond` catches the plugin's own panics; this catches a panic in describing one.
    let answer = catch_unwind(AssertUnwindSafe(|| respond(plugin, request)));
    let (pointer, length, code) = match answer {
        Ok(answer) => {
            let answer = answer.into_boxed_slice();
            let length = answer.len();
            (Box::into_raw(answer).cast::<u8>(), length, 0)
        }
        Err(_) => (ptr::null_mut(), 0, 1),
    };
    // SAFETY: both are not null, and the caller promises that they may be written to.
    unsafe {
        output.write(pointer);
        output_length.write(length);
    }
    code
}

/// The body of `wcc_plugin_free`.
///
/// # Safety
/// `output` is null, or it and `output_length` were returned by one [`call`] and have not been freed.
#[doc(hidden)]
pub unsafe fn free(output: *mut u8, output_length: usize) {
    if !output.is_null() {
        let answer = ptr::slice_from_raw_parts_mut(output, output_length);
        // SAFETY: `call` created it from a boxed slice of this length.
        drop(unsafe { Box::from_raw(answer) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Batch, Contribution, Manifest};

    struct PanickingPlugin;

    impl Plugin for PanickingPlugin {
        fn manifest(&self) -> Manifest {
            panic!("on purpose")
        }

        fn evaluate(&self, _: &Batch<'_>) -> Result<Contribution, String> {
            Err("not today".to_owned())
        }
    }

    fn answer_to(request: &[u8]) -> String {
        let mut output = ptr::null_mut();
        let mut length = 0;
        // SAFETY: the pointers are valid, and the answer is freed once.
        unsafe {
            let code = call(
                &PanickingPlugin,
                request.as_ptr(),
                request.len(),
                &raw mut output,
                &raw mut length,
            );
            assert_eq!(code, 0);
            let answer = std::slice::from_raw_parts(output, length).to_vec();
            free(output, length);
            String::from_utf8(answer).unwrap()
        }
    }

    #[test]
    fn a_panic_becomes_an_answer() {
        assert_eq!(
            answer_to(br#""describe""#),
            r#"{"error":{"code":"panicked","message":"on purpose"}}"#
        );
    }

    #[test]
    fn garbage_is_a_bad_request() {
        for garbage in [&b""[..], b"{", b"\xff\xfe", br#""dance""#] {
            assert!(answer_to(garbage).contains("bad_request"));
        }
    }

    #[test]
    fn null_is_accepted() {
        // SAFETY: both functions allow null.
        unsafe {
            free(ptr::null_mut(), 0);
            let code = call(
                &PanickingPlugin,
                ptr::null(),
                0,
                ptr::null_mut(),
                ptr::null_mut(),
            );
            assert_eq!(code, 1);
        }
    }
}
