//! Version 1: lines of text. The title comes first, then each entry, then the head.

use super::entries::{Entries, Lines};
use super::{BundleError, Flaw, check_title};
use crate::chain::Head;
use crate::store::Row;
use std::io::BufRead;

/// Reads the bundle to its end.
pub(super) fn read(
    entries: &mut Entries<impl FnMut(Row), impl FnMut(u32, u32)>,
    from: impl BufRead,
) -> Result<(), BundleError> {
    let mut lines = Lines::new(from, None);
    let title = lines.next()?.unwrap_or_default();
    check_title(&title, 1, entries.sha()).map_err(|flaw| flaw.at(lines.place()))?;
    loop {
        let Some(bytes) = lines.next()? else {
            return Err(Flaw::CutOff.at(lines.place()));
        };
        if bytes.starts_with(b"{") {
            entries.add(bytes, || lines.place())?;
            continue;
        }
        let text = std::str::from_utf8(&bytes).ok();
        let head = text.and_then(|text| text.parse::<Head>().ok());
        if head != Some(entries.head()) {
            return Err(Flaw::NotTheHead(entries.head()).at(lines.place()));
        }
        return match lines.next()? {
            Some(_) => Err(Flaw::Behind.at(lines.place())),
            None => Ok(()),
        };
    }
}
