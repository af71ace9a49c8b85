//! Checkpoints: the folded state in a file, so that a start need not read every entry.
//!
//! A checkpoint is a file that only grows. Each segment has the folded state of a range of entries,
//! and the SHA-256 of its own bytes. The last segment of each write also has the hash of its last
//! entry, which the database must still have. A segment that does not match is discarded and
//! rebuilt from the entries: a checkpoint is only a cache. [`crate::verify`] folds the entries
//! again and compares.

use crate::chain::{Hash, Head};
use crate::format;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use wcc_core::ledger::{Segment, SegmentError, State};

/// Version of the layout of segments. Increase it when the layout changes; a test detects that.
const LAYOUT: u32 = 10;
/// Default number of new entries after which a checkpoint grows.
const EVERY: u32 = 10_000;
/// Maximum number of entries in a segment.
const MAX_IN_SEGMENT: u32 = 20_000;
/// Maximum size of a segment in bytes. A larger size means that the file is damaged.
const MAX_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// Size of the length and SHA-256 before each segment.
const FRONT: usize = 8 + 32;

/// The file of a checkpoint, and how often it grows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointFile {
    path: PathBuf,
    every: u32,
}

impl CheckpointFile {
    /// Names the file, which need not exist.
    pub fn new(path: PathBuf) -> CheckpointFile {
        CheckpointFile { path, every: EVERY }
    }

    /// Sets after how many new entries the checkpoint grows; at least one.
    #[must_use]
    pub fn every(self, entries: u32) -> CheckpointFile {
        CheckpointFile {
            every: entries.max(1),
            ..self
        }
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The heading of a segment.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Heading {
    layout: u32,
    /// Version of the program that wrote it.
    program: String,
    format: u32,
    /// Code of the authority that keeps the ledger.
    sha: String,
    /// Number of its last entry.
    last: u32,
    /// The hash of that entry; `None` if another segment of the same write follows.
    hash: Option<[u8; 32]>,
}

impl Heading {
    fn new(sha: &str, last: u32, hash: Option<Hash>) -> Heading {
        Heading {
            layout: LAYOUT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            format: format::VERSION,
            sha: sha.to_owned(),
            last,
            hash: hash.map(|hash| hash.0),
        }
    }

    fn is_current(&self, sha: &str) -> bool {
        *self == Heading::new(sha, self.last, self.hash.map(Hash))
    }

    fn head(&self) -> Option<Head> {
        let hash = Hash(self.hash?);
        Some(Head {
            number: self.last,
            hash,
        })
    }
}

/// Why a checkpoint cannot be used from some segment on.
#[derive(Debug, thiserror::Error)]
enum CheckpointError {
    #[error("{0}")]
    File(#[from] io::Error),
    #[error("a segment is cut off or was changed")]
    Damaged,
    #[error("it belongs to another ledger or was written by another version of this program")]
    Another,
    #[error("a segment cannot be read: {0}")]
    Content(#[from] postcard::Error),
    #[error("{0}")]
    SegmentError(#[from] SegmentError),
}

/// A segment as stored in the file.
struct StoredSegment {
    heading: Heading,
    content: Vec<u8>,
}

impl StoredSegment {
    fn segment(&self) -> Result<Segment, CheckpointError> {
        Ok(postcard::from_bytes(&self.content)?)
    }
}

/// Reads the segments of a file in order.
struct Segments {
    from: BufReader<File>,
    left: u64,
    /// The end of the last segment read.
    end: u64,
}

impl Segments {
    /// Opens a file at an offset; `None` if it does not exist.
    fn open(path: &Path, start: u64) -> io::Result<Option<Segments>> {
        let mut file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(start))?;
        Ok(Some(Segments {
            from: BufReader::new(file),
            left: length.saturating_sub(start),
            end: start,
        }))
    }

    fn next(&mut self) -> Result<Option<StoredSegment>, CheckpointError> {
        if self.left == 0 {
            return Ok(None);
        }
        let (mut length, mut digest) = ([0; 8], [0; 32]);
        self.from.read_exact(&mut length)?;
        self.from.read_exact(&mut digest)?;
        let length = u64::from_le_bytes(length);
        let whole = length.saturating_add(FRONT as u64);
        if length > MAX_BYTES || whole > self.left {
            return Err(CheckpointError::Damaged);
        }
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| CheckpointError::Damaged)?];
        self.from.read_exact(&mut bytes)?;
        if Hash::of(&bytes).0 != digest {
            return Err(CheckpointError::Damaged);
        }
        let (heading, content) = postcard::take_from_bytes::<Heading>(&bytes)?;
        let content = content.to_vec();
        self.left -= whole;
        self.end += whole;
        Ok(Some(StoredSegment { heading, content }))
    }
}

/// A checkpoint that grows with a ledger.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    file: CheckpointFile,
    sha: String,
    /// Size in bytes of the usable part of the file.
    end: u64,
    /// The last entry that it covers.
    last: u32,
}

impl Checkpoint {
    /// Loads the file into an empty state, and returns the head that it covers. Segments that
    /// cannot be used are cut off.
    pub(crate) fn resume(file: CheckpointFile, sha: &str, state: &mut State) -> (Checkpoint, Head) {
        let mut checkpoint = Checkpoint {
            file,
            sha: sha.to_owned(),
            end: 0,
            last: 0,
        };
        let mut head = Head::START;
        if let Err(why) = checkpoint.read(state, &mut head) {
            let path = checkpoint.file.path.display();
            tracing::info!(
                "the checkpoint {path} is used up to entry {}: {why}",
                head.number
            );
            checkpoint.cut_off();
        }
        state.truncate(head.number);
        (checkpoint, head)
    }

    fn read(&mut self, state: &mut State, head: &mut Head) -> Result<(), CheckpointError> {
        let Some(mut segments) = Segments::open(&self.file.path, 0)? else {
            return Ok(());
        };
        while let Some(stored) = segments.next()? {
            if !stored.heading.is_current(&self.sha) {
                return Err(CheckpointError::Another);
            }
            state.resume(stored.segment()?)?;
            if state.last() != stored.heading.last {
                return Err(CheckpointError::Damaged);
            }
            if let Some(covered) = stored.heading.head() {
                *head = covered;
                (self.end, self.last) = (segments.end, covered.number);
            }
        }
        Ok(())
    }

    /// Discards the checkpoint, because the database has another ledger.
    pub(crate) fn discard(&mut self) {
        (self.end, self.last) = (0, 0);
        self.cut_off();
    }

    /// Cuts off the unusable part, so that nobody takes it for new segments. If this fails, growing
    /// the file fails as well and reports why.
    fn cut_off(&self) {
        if let Ok(file) = OpenOptions::new().write(true).open(&self.file.path)
            && file.try_lock().is_ok()
        {
            let _ = file.set_len(self.end);
        }
    }

    /// Whether there are enough new entries since it last grew.
    fn is_behind(&self, head: Head) -> bool {
        head.number.saturating_sub(self.last) >= self.file.every
    }

    /// Grows up to a head that the state has. Segments that another process has added are kept.
    ///
    /// # Errors
    /// The file cannot be written; the checkpoint then stays as it was.
    fn grow(&mut self, state: &State, head: Head) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        // The checkpoint is as confidential as the ledger.
        let mut file = options.mode(0o600).open(&self.file.path)?;
        // If another process holds the lock, it writes the same segments.
        if file.try_lock().is_err() {
            return Ok(());
        }
        if file.metadata()?.len() < self.end {
            (self.end, self.last) = (0, 0);
        }
        self.skip_segments_of_others();
        if !self.is_behind(head) {
            return Ok(());
        }
        file.set_len(self.end)?;
        file.seek(SeekFrom::Start(self.end))?;
        let (mut after, mut end) = (self.last, self.end);
        while after < head.number {
            let last = head.number.min(after.saturating_add(MAX_IN_SEGMENT));
            let hash = (last == head.number).then_some(head.hash);
            let bytes = encode_segment(&Heading::new(&self.sha, last, hash), state, after)?;
            file.write_all(&bytes)?;
            (after, end) = (last, end + bytes.len() as u64);
        }
        (self.end, self.last) = (end, head.number);
        Ok(())
    }

    /// Moves to the end of the segments that other processes have added.
    fn skip_segments_of_others(&mut self) {
        let Ok(Some(mut segments)) = Segments::open(&self.file.path, self.end) else {
            return;
        };
        let mut after = self.last;
        while let Ok(Some(stored)) = segments.next() {
            let follows = |segment: Segment| segment.after() == after;
            if !stored.heading.is_current(&self.sha) || !stored.segment().is_ok_and(follows) {
                return;
            }
            after = stored.heading.last;
            if stored.heading.hash.is_some() {
                (self.end, self.last) = (segments.end, after);
            }
        }
    }
}

/// Lets a checkpoint grow if there are enough new entries. If this fails, only the next start is
/// slower.
pub(crate) fn update(checkpoint: &mut Option<Checkpoint>, state: &State, head: Head) {
    if let Some(behind) = checkpoint.as_mut().filter(|file| file.is_behind(head))
        && let Err(error) = behind.grow(state, head)
    {
        tracing::warn!("the checkpoint is not updated until the next start: {error}");
        *checkpoint = None;
    }
}

/// Encodes a segment with its length and SHA-256.
fn encode_segment(heading: &Heading, state: &State, after: u32) -> io::Result<Vec<u8>> {
    let bytes = vec![0; FRONT];
    let bytes = postcard::to_extend(heading, bytes).map_err(io::Error::other)?;
    let segment = state.segment(after, heading.last);
    let mut bytes = postcard::to_extend(&segment, bytes).map_err(io::Error::other)?;
    let (front, content) = bytes.split_at_mut(FRONT);
    let (length, hash) = front.split_at_mut(8);
    length.copy_from_slice(&(content.len() as u64).to_le_bytes());
    hash.copy_from_slice(&Hash::of(content).0);
    Ok(bytes)
}

/// A checkpoint that does not match the entries.
#[derive(Debug, thiserror::Error)]
#[error(
    "the checkpoint {} does not match the entries up to {last}: it was changed, and servers \
     started from it served wrong results. Remove it; the next start creates it again",
    .path.display()
)]
pub struct CheckpointMismatch {
    /// Path of the file.
    pub path: PathBuf,
    /// The last entry of the segment that differs.
    pub last: u32,
}

impl CheckpointFile {
    /// Compares the file with the folded entries. Segments that no start would use, and segments
    /// after the last entry of `state`, are ignored.
    pub(crate) fn compare(
        &self,
        sha: &str,
        state: &State,
    ) -> io::Result<Result<(), CheckpointMismatch>> {
        let Some(mut segments) = Segments::open(&self.path, 0)? else {
            return Ok(Ok(()));
        };
        let mut after = 0;
        while let Ok(Some(stored)) = segments.next() {
            let last = stored.heading.last;
            if !stored.heading.is_current(sha) || last > state.last() {
                break;
            }
            let expected = postcard::to_stdvec(&state.segment(after, last));
            if expected.map_err(io::Error::other)? != stored.content {
                let path = self.path.clone();
                return Ok(Err(CheckpointMismatch { path, last }));
            }
            after = last;
        }
        Ok(Ok(()))
    }
}
