//! What the entries came to, kept beside the database, so that a start need not read them all.
//!
//! A checkpoint is a file that only grows: each segment says what a run of entries came to and
//! carries the SHA-256 of its bytes; the last one of a writing also has the hash of its last
//! entry, which the database must still have. Whatever does not fit is thrown away and made again
//! from the entries: a checkpoint is no record. [`crate::verify`] folds the entries anew and
//! compares.

use crate::chain::{Hash, Head};
use crate::format;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use wcc_core::ledger::{Misfit, Segment, State};

/// The layout of segments. A change of what they hold is a new number; a test shows when.
const LAYOUT: u32 = 2;
/// Entries after which a checkpoint grows, where nothing else is asked for.
const EVERY: u32 = 10_000;
/// Entries of one segment, at most.
const MOST_IN_SEGMENT: u32 = 20_000;
/// Bytes of one segment, at most: more is no segment of ours.
const MOST_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// Length and SHA-256 in front of each segment.
const FRONT: usize = 8 + 32;

/// Where a checkpoint is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointFile {
    path: PathBuf,
    every: u32,
}

impl CheckpointFile {
    /// A checkpoint in a file, which need not be there.
    pub fn new(path: PathBuf) -> CheckpointFile {
        CheckpointFile { path, every: EVERY }
    }

    /// The same, growing each time that there are so many more entries; at least one.
    #[must_use]
    pub fn every(self, entries: u32) -> CheckpointFile {
        CheckpointFile {
            every: entries.max(1),
            ..self
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// What stands in front of a segment's content.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Heading {
    layout: u32,
    /// The version of the program, and of the entries that it writes.
    program: String,
    format: u32,
    /// Code of the authority that keeps the ledger.
    sha: String,
    /// Its last entry.
    last: u32,
    /// The hash of that entry; nothing where another segment of the same writing follows.
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

    fn is_ours(&self, sha: &str) -> bool {
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

/// Why a checkpoint is of no use from some segment on.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("{0}")]
    File(#[from] io::Error),
    #[error("a segment is cut off or was changed")]
    Damaged,
    #[error("it was made by another version of this program, or of another ledger")]
    Another,
    #[error("a segment cannot be read: {0}")]
    Content(#[from] postcard::Error),
    #[error("{0}")]
    Misfit(#[from] Misfit),
}

/// A segment as it is kept.
struct Kept {
    heading: Heading,
    content: Vec<u8>,
}

impl Kept {
    fn segment(&self) -> Result<Segment, Unusable> {
        Ok(postcard::from_bytes(&self.content)?)
    }
}

/// Reads segments one after another.
struct Segments {
    from: BufReader<File>,
    left: u64,
    /// Where the last one that was read ended.
    end: u64,
}

impl Segments {
    /// From the start of a file; nothing where there is none.
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

    fn next(&mut self) -> Result<Option<Kept>, Unusable> {
        if self.left == 0 {
            return Ok(None);
        }
        let (mut length, mut digest) = ([0; 8], [0; 32]);
        self.from.read_exact(&mut length)?;
        self.from.read_exact(&mut digest)?;
        let length = u64::from_le_bytes(length);
        let whole = length.saturating_add(FRONT as u64);
        if length > MOST_BYTES || whole > self.left {
            return Err(Unusable::Damaged);
        }
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| Unusable::Damaged)?];
        self.from.read_exact(&mut bytes)?;
        if Hash::of(&bytes).0 != digest {
            return Err(Unusable::Damaged);
        }
        let (heading, content) = postcard::take_from_bytes::<Heading>(&bytes)?;
        let content = content.to_vec();
        self.left -= whole;
        self.end += whole;
        Ok(Some(Kept { heading, content }))
    }
}

/// A checkpoint that grows with a ledger.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    file: CheckpointFile,
    sha: String,
    /// Bytes of the file that are of use.
    end: u64,
    /// The last entry that they cover.
    last: u32,
}

impl Checkpoint {
    /// Goes on in a fresh state with what the file says; tells the entry that it ends with.
    /// Whatever is of no use is cut off.
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

    fn read(&mut self, state: &mut State, head: &mut Head) -> Result<(), Unusable> {
        let Some(mut segments) = Segments::open(&self.file.path, 0)? else {
            return Ok(());
        };
        while let Some(kept) = segments.next()? {
            if !kept.heading.is_ours(&self.sha) {
                return Err(Unusable::Another);
            }
            state.resume(kept.segment()?)?;
            if state.last() != kept.heading.last {
                return Err(Unusable::Damaged);
            }
            if let Some(ended) = kept.heading.head() {
                *head = ended;
                (self.end, self.last) = (segments.end, ended.number);
            }
        }
        Ok(())
    }

    /// Forgets all of it: the database has another ledger.
    pub(crate) fn start_anew(&mut self) {
        (self.end, self.last) = (0, 0);
        self.cut_off();
    }

    /// Cuts off what is of no use, so that nobody takes it for something that was added since. Where
    /// that cannot be done, growing cannot either, and tells why.
    fn cut_off(&self) {
        if let Ok(file) = OpenOptions::new().write(true).open(&self.file.path)
            && file.try_lock().is_ok()
        {
            let _ = file.set_len(self.end);
        }
    }

    /// Whether enough was entered since it grew last.
    fn is_behind(&self, head: Head) -> bool {
        head.number.saturating_sub(self.last) >= self.file.every
    }

    /// Grows to a head, which the state has. What another process wrote meanwhile is kept.
    ///
    /// # Errors
    /// The file; the checkpoint is then used up to where it was before.
    fn grow(&mut self, state: &State, head: Head) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        // It holds what the ledger holds.
        let mut file = options.mode(0o600).open(&self.file.path)?;
        // Whoever else is writing it writes the same.
        if file.try_lock().is_err() {
            return Ok(());
        }
        if file.metadata()?.len() < self.end {
            (self.end, self.last) = (0, 0);
        }
        self.skip_what_others_wrote();
        if !self.is_behind(head) {
            return Ok(());
        }
        file.set_len(self.end)?;
        file.seek(SeekFrom::Start(self.end))?;
        let (mut after, mut end) = (self.last, self.end);
        while after < head.number {
            let last = head.number.min(after.saturating_add(MOST_IN_SEGMENT));
            let hash = (last == head.number).then_some(head.hash);
            let bytes = written(&Heading::new(&self.sha, last, hash), state, after)?;
            file.write_all(&bytes)?;
            (after, end) = (last, end + bytes.len() as u64);
        }
        (self.end, self.last) = (end, head.number);
        Ok(())
    }

    /// Goes to the end of what other processes added.
    fn skip_what_others_wrote(&mut self) {
        let Ok(Some(mut segments)) = Segments::open(&self.file.path, self.end) else {
            return;
        };
        let mut after = self.last;
        while let Ok(Some(kept)) = segments.next() {
            let follows = |segment: Segment| segment.after() == after;
            if !kept.heading.is_ours(&self.sha) || !kept.segment().is_ok_and(follows) {
                return;
            }
            after = kept.heading.last;
            if kept.heading.hash.is_some() {
                (self.end, self.last) = (segments.end, after);
            }
        }
    }
}

/// Has a checkpoint grow, where enough came since it did. Without one everything works as well,
/// only the next start takes longer.
pub(crate) fn keep(checkpoint: &mut Option<Checkpoint>, state: &State, head: Head) {
    if let Some(behind) = checkpoint.as_mut().filter(|one| one.is_behind(head))
        && let Err(error) = behind.grow(state, head)
    {
        tracing::warn!("no checkpoint is kept until the next start: {error}");
        *checkpoint = None;
    }
}

/// A segment as it is kept, with its length and SHA-256.
fn written(heading: &Heading, state: &State, after: u32) -> io::Result<Vec<u8>> {
    let bytes = vec![0; FRONT];
    let bytes = postcard::to_extend(heading, bytes).map_err(io::Error::other)?;
    let segment = state.segment(after, heading.last);
    let mut bytes = postcard::to_extend(&segment, bytes).map_err(io::Error::other)?;
    let (front, content) = bytes.split_at_mut(FRONT);
    front[..8].copy_from_slice(&(content.len() as u64).to_le_bytes());
    front[8..].copy_from_slice(&Hash::of(content).0);
    Ok(bytes)
}

/// A checkpoint that is not what the entries came to.
#[derive(Debug, thiserror::Error)]
#[error(
    "the checkpoint {} does not say what the entries up to {last} say: it was changed, and starts \
     from it were wrong. Remove it: the next start makes it anew",
    .path.display()
)]
pub struct Differs {
    /// The file.
    pub path: PathBuf,
    /// The last entry of the segment that differs.
    pub last: u32,
}

impl CheckpointFile {
    /// Compares the file with what the entries came to. What no start would use is not looked at,
    /// and neither is what was written after `state` was folded.
    pub(crate) fn compare(&self, sha: &str, state: &State) -> io::Result<Result<(), Differs>> {
        let Some(mut segments) = Segments::open(&self.path, 0)? else {
            return Ok(Ok(()));
        };
        let mut after = 0;
        while let Ok(Some(kept)) = segments.next() {
            let last = kept.heading.last;
            if !kept.heading.is_ours(sha) || last > state.last() {
                break;
            }
            let anew = postcard::to_stdvec(&state.segment(after, last));
            if anew.map_err(io::Error::other)? != kept.content {
                let path = self.path.clone();
                return Ok(Err(Differs { path, last }));
            }
            after = last;
        }
        Ok(Ok(()))
    }
}
