//! The style of a server's documents, which follows the folder that it comes from.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wcc_render::{Style, StyleError};

/// A style, and how many came before it since the server started.
#[derive(Clone)]
pub(super) struct VersionedStyle {
    pub(super) style: Arc<Style>,
    pub(super) version: u64,
}

/// The style that is used now.
pub(super) struct CurrentStyle {
    /// Where it comes from; `None` if it is the one that comes with the program.
    folder: Option<PathBuf>,
    followed: Mutex<Followed>,
}

struct Followed {
    current: VersionedStyle,
    /// What the folder had last, if it could not be used. It is reported once.
    rejected: Option<Result<Style, StyleError>>,
}

impl CurrentStyle {
    pub(super) fn new(style: Style, folder: Option<PathBuf>) -> CurrentStyle {
        let current = VersionedStyle {
            style: Arc::new(style),
            version: 0,
        };
        CurrentStyle {
            folder,
            followed: Mutex::new(Followed {
                current,
                rejected: None,
            }),
        }
    }

    /// The style as its folder has it now. If that has a fault, or `fault` finds one in it, the style
    /// stays as it was. The files are read each time: that takes far less than making a document, and
    /// misses no change.
    pub(super) fn get(&self, fault: impl FnOnce(&Style) -> Option<String>) -> VersionedStyle {
        let mut followed = self.lock();
        if let Some(folder) = &self.folder {
            followed.follow(Style::read(folder), fault);
        }
        followed.current.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Followed {
    fn follow(
        &mut self,
        read: Result<Style, StyleError>,
        fault: impl FnOnce(&Style) -> Option<String>,
    ) {
        if read
            .as_ref()
            .is_ok_and(|style| *style == *self.current.style)
        {
            self.rejected = None;
            return;
        }
        if self.rejected.as_ref() == Some(&read) {
            return;
        }
        let found = match &read {
            Ok(style) => fault(style),
            Err(error) => Some(error.to_string()),
        };
        match (found, read) {
            (None, Ok(style)) => {
                tracing::info!("the style of documents has changed");
                self.current.style = Arc::new(style);
                self.current.version = self.current.version.saturating_add(1);
                self.rejected = None;
            }
            (found, read) => {
                let found = found.unwrap_or_default();
                tracing::error!(
                    "the style of documents was changed and has a fault; still using the previous one: \
                     {found}"
                );
                self.rejected = Some(read);
            }
        }
    }
}
