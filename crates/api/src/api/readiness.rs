//! What `/readyz` says.

use super::Api;
use std::sync::PoisonError;

impl Api {
    /// Sets the reason that `/readyz` gives for not being ready, or `None` if the server is ready.
    /// Requests are answered either way. The reason is public.
    pub fn set_not_ready(&self, reason: Option<String>) {
        let mut not_ready = self
            .0
            .not_ready
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *not_ready = reason;
    }

    /// The reason for not being ready; `None` if the server is ready.
    pub fn not_ready(&self) -> Option<String> {
        let not_ready = self.0.not_ready.read();
        not_ready.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets what `/readyz` says of a server that is ready, but not as well as it should be. Each is a
    /// sentence, and public.
    pub fn set_warnings(&self, warnings: Vec<String>) {
        let known = self.0.warnings.write();
        *known.unwrap_or_else(PoisonError::into_inner) = warnings;
    }

    /// What `/readyz` says beside that the server is ready.
    pub fn warnings(&self) -> Vec<String> {
        let warnings = self.0.warnings.read();
        warnings.unwrap_or_else(PoisonError::into_inner).clone()
    }
}
