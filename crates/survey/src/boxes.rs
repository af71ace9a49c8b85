//! Boxes of submitted sheets.
//!
//! A database keeps rows where they were written, so rows of single sheets would lie in the order of
//! their submission, and `wcc survey remind` tells who submitted when. Submitted sheets are therefore
//! kept many to a row, in random order, and the row is written anew as a whole: it says no more about
//! the last sheet than that it is one of the box.

use serde::{Deserialize, Serialize};
use wcc_core::survey::AnswerSheet;

/// Most sheets of a box. A box with more is divided into two halves, so no box has fewer than half as
/// many unless it is the only one.
const MOST: usize = 256;
/// Smallest size of a sealed box, in bytes: a longer comment does not show in its size.
pub(crate) const SMALLEST: usize = 64 * 1024;

/// A submitted sheet.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SubmittedSheet {
    /// Position of the group in the questionnaire.
    pub(crate) group: usize,
    pub(crate) answers: Vec<Option<u8>>,
    pub(crate) comments: Vec<Box<str>>,
}

/// Sheets in random order.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SheetBox(Vec<SubmittedSheet>);

impl SubmittedSheet {
    pub(crate) fn new(group: usize, sheet: &AnswerSheet) -> SubmittedSheet {
        SubmittedSheet {
            group,
            answers: sheet.answers.clone(),
            comments: sheet.comments.clone(),
        }
    }
}

impl SheetBox {
    /// Puts a sheet at a random place. Since each sheet was put so, every order of the sheets is
    /// equally likely.
    pub(crate) fn put(&mut self, sheet: SubmittedSheet) -> Result<(), getrandom::Error> {
        let place = below(self.0.len() + 1)?;
        self.0.insert(place, sheet);
        Ok(())
    }

    /// The box, or its two halves if it has too many sheets.
    pub(crate) fn divided(mut self) -> (SheetBox, Option<SheetBox>) {
        if self.0.len() <= MOST {
            return (self, None);
        }
        let half = self.0.split_off(self.0.len() / 2);
        (self, Some(SheetBox(half)))
    }

    pub(crate) fn into_sheets(self) -> impl Iterator<Item = (usize, AnswerSheet)> {
        self.0.into_iter().map(|sheet| {
            let SubmittedSheet {
                group,
                answers,
                comments,
            } = sheet;
            (group, AnswerSheet { answers, comments })
        })
    }
}

/// A random number below `end`, which is at least 1. Of 64 random bits, so the remainder favours no
/// number noticeably.
pub(crate) fn below(end: usize) -> Result<usize, getrandom::Error> {
    let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
    Ok(usize::try_from(getrandom::u64()? % end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests may panic")]

    use super::{MOST, SheetBox, SubmittedSheet};
    use wcc_core::survey::AnswerSheet;

    fn groups(sheets: SheetBox) -> Vec<usize> {
        sheets.into_sheets().map(|(group, _)| group).collect()
    }

    fn filled(count: usize) -> SheetBox {
        let mut sheets = SheetBox::default();
        for at in 0..count {
            let sheet = SubmittedSheet::new(at, &AnswerSheet::default());
            sheets.put(sheet).expect("random bytes");
        }
        sheets
    }

    #[test]
    fn a_box_is_divided_only_if_both_halves_are_large() {
        assert_eq!(filled(MOST).divided().1, None);
        let (first, second) = filled(MOST + 1).divided();
        let (mut first, second) = (groups(first), groups(second.expect("a second half")));
        assert!(first.len() >= MOST / 2 && second.len() >= MOST / 2);
        first.extend(second);
        first.sort_unstable();
        assert!(first.into_iter().eq(0..=MOST), "no sheet is lost");
    }

    /// Where the last sheet lies says nothing. The chance that a place stays empty in 4,000 boxes of
    /// eight is less than one in 10^200.
    #[test]
    fn the_last_sheet_may_be_anywhere() {
        let mut places = [0_u32; 8];
        for _ in 0..4_000 {
            let order = groups(filled(8));
            let last = order.iter().position(|group| *group == 7);
            *places.get_mut(last.expect("the last")).expect("a place") += 1;
        }
        assert!(
            places.iter().all(|count| (250..750).contains(count)),
            "{places:?}"
        );
    }
}
