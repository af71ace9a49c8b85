//! Files that are written completely or not at all.

use std::fs::Permissions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file that is written beside its place and moved there when it is complete, so that nobody reads
/// half of it. Until then the file that was there stays. It is readable by its owner alone, unless
/// told otherwise.
pub(crate) struct WholeFile {
    temporary: NamedTempFile,
    place: PathBuf,
}

impl WholeFile {
    /// A file that will be at a place.
    ///
    /// # Errors
    /// The folder of the place does not exist or may not be written to.
    pub(crate) fn create(place: &Path) -> io::Result<WholeFile> {
        WholeFile::build(&tempfile::Builder::new(), place)
    }

    /// The same for everybody whom the user's mask lets read a new file.
    ///
    /// # Errors
    /// As [`WholeFile::create`].
    pub(crate) fn create_shared(place: &Path) -> io::Result<WholeFile> {
        use std::os::unix::fs::PermissionsExt as _;
        let mut builder = tempfile::Builder::new();
        builder.permissions(Permissions::from_mode(0o666));
        WholeFile::build(&builder, place)
    }

    fn build(builder: &tempfile::Builder<'_, '_>, place: &Path) -> io::Result<WholeFile> {
        let folder = place.parent().filter(|folder| *folder != Path::new(""));
        Ok(WholeFile {
            temporary: builder.tempfile_in(folder.unwrap_or(Path::new(".")))?,
            place: place.to_owned(),
        })
    }

    /// Gives it permissions.
    ///
    /// # Errors
    /// The system refuses them.
    pub(crate) fn set_permissions(&self, permissions: Permissions) -> io::Result<()> {
        self.temporary.as_file().set_permissions(permissions)
    }

    /// Waits until what was written is on the disk.
    ///
    /// # Errors
    /// The disk fails.
    #[cfg(feature = "server")]
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.temporary.as_file().sync_all()
    }

    /// Moves it to its place.
    ///
    /// # Errors
    /// The place is a folder, or may not be written to.
    pub(crate) fn finish(self) -> io::Result<()> {
        let moved = self.temporary.persist(&self.place);
        moved.map(drop).map_err(|error| error.error)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.temporary.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.flush()
    }
}
