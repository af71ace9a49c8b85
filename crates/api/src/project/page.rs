//! Pages of long lists, as Relay has them: `first` and `after`, opaque cursors.

use super::cursor::{After, ListId, Listed, Place, encode};
use super::failure::{Code, Failure};
use super::macros::object;

/// Maximum number of items in one page.
pub(crate) const MOST: i32 = 200;

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// The list.
    pub(crate) list: ListId,
    items: Vec<T>,
    from: usize,
    total: usize,
}

impl<T: Listed> Page<T> {
    /// The page of `first` items behind `after` in a list of a parent. The list must be sorted by
    /// the places of its items.
    ///
    /// # Errors
    /// `first` is below 0 or above [`MOST`]; `after` is not a cursor of this list.
    pub(crate) fn of(
        list: impl IntoIterator<Item = T>,
        parent: &str,
        first: i32,
        after: After<'_>,
    ) -> Result<Page<T>, Failure> {
        let wanted = usize::try_from(first).ok().filter(|_| first <= MOST);
        let Some(wanted) = wanted else {
            let message = format!("`first` is {first}: it must be between 0 and {MOST}");
            return Err(Failure::new(Code::BadInput, message));
        };
        let id = after.list.within(parent);
        let place = after.place_in(id)?;
        let (mut from, mut total) = (0, 0);
        let mut items = Vec::new();
        let mut reached = place.is_none();
        for item in list {
            total += 1;
            // Items that share a place need not all be passed, so each of them is asked.
            if !reached && place.as_ref().is_some_and(|place| item.is_passed(place)) {
                from += 1;
                continue;
            }
            let beyond = |place: &Place| item.place().order > place.order;
            reached = reached || place.as_ref().is_none_or(beyond);
            if items.len() < wanted {
                items.push(item);
            }
        }
        Ok(Page {
            list: id,
            items,
            from,
            total,
        })
    }

    /// The items.
    pub(crate) fn each(&self) -> impl Iterator<Item = T> {
        self.items.iter().copied()
    }

    /// Length of the whole list.
    pub(crate) fn total(&self) -> i32 {
        i32::try_from(self.total).unwrap_or(i32::MAX)
    }

    /// Where the page is in its list.
    pub(crate) fn info(&self) -> PageInfo {
        let cursor = |item: Option<&T>| item.map(|item| encode(self.list, &item.place()));
        PageInfo {
            before: self.from > 0,
            behind: self.from + self.items.len() < self.total,
            start: cursor(self.items.first()),
            end: cursor(self.items.last()),
        }
    }
}

/// The position of a page in its list.
#[derive(Clone, Debug)]
pub(crate) struct PageInfo {
    before: bool,
    behind: bool,
    start: Option<String>,
    end: Option<String>,
}

object! {
    /// The position of a page in its list.
    PageInfo as "PageInfo", shareable true => |it| {
        /// Whether there are items after this page.
        hasNextPage: bool = it.behind;
        /// Whether there are items before this page.
        hasPreviousPage: bool = it.before;
        /// Cursor of the first item; null on an empty page.
        startCursor: Option<&str> = it.start.as_deref();
        /// Cursor of the last item: give it as `after` to continue. Null on an empty page.
        endCursor: Option<&str> = it.end.as_deref();
    }
}
