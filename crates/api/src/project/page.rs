//! Pages of long lists, as in Relay: `first` and `after`, with opaque cursors.

use super::cursor::{After, ListId, ListItem, Place, encode};
use super::failure::{Code, Failure};
use super::macros::object;

/// Maximum number of items in one page.
pub(crate) const MAX_PAGE: i32 = 200;

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// The list.
    pub(crate) list: ListId,
    items: Vec<T>,
    from: usize,
    total: usize,
}

impl<T: ListItem> Page<T> {
    /// The page of `first` items after the cursor `after` in a parent's list. The list must be
    /// sorted by the places of its items.
    ///
    /// # Errors
    ///
    /// `first` is negative or above [`MAX_PAGE`], or `after` is not a cursor of this list.
    pub(crate) fn of(
        list: impl IntoIterator<Item = T>,
        parent: &str,
        first: i32,
        after: After<'_>,
    ) -> Result<Page<T>, Failure> {
        let page_size = usize::try_from(first).ok().filter(|_| first <= MAX_PAGE);
        let Some(page_size) = page_size else {
            let message = format!("`first` is {first}: it must be between 0 and {MAX_PAGE}");
            return Err(Failure::new(Code::BadInput, message));
        };
        let id = after.list.of_parent(parent);
        let place = after.place_in(id)?;
        let (mut from, mut total) = (0, 0);
        let mut items = Vec::new();
        let mut reached = place.is_none();
        for item in list {
            total += 1;
            // Items with the same sort keys are checked one by one, because only some may precede
            // the cursor.
            if !reached
                && place
                    .as_ref()
                    .is_some_and(|place| item.is_at_or_before(place))
            {
                from += 1;
                continue;
            }
            let beyond = |place: &Place| item.place().order > place.order;
            reached = reached || place.as_ref().is_none_or(beyond);
            if items.len() < page_size {
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

    /// The items of the page.
    pub(crate) fn each(&self) -> impl Iterator<Item = T> {
        self.items.iter().copied()
    }

    /// The length of the whole list.
    pub(crate) fn total(&self) -> i32 {
        i32::try_from(self.total).unwrap_or(i32::MAX)
    }

    /// The position of the page in its list.
    pub(crate) fn info(&self) -> PageInfo {
        let cursor = |item: Option<&T>| item.map(|item| encode(self.list, &item.place()));
        PageInfo {
            has_previous: self.from > 0,
            has_next: self.from + self.items.len() < self.total,
            start: cursor(self.items.first()),
            end: cursor(self.items.last()),
        }
    }
}

/// The position of a page in its list.
#[derive(Clone, Debug)]
pub(crate) struct PageInfo {
    has_previous: bool,
    has_next: bool,
    start: Option<String>,
    end: Option<String>,
}

object! {
    /// The position of a page in its list.
    PageInfo as "PageInfo", shareable true => |it| {
        /// Whether there are items after this page.
        hasNextPage: bool = it.has_next;
        /// Whether there are items before this page.
        hasPreviousPage: bool = it.has_previous;
        /// Cursor of the first item; null on an empty page.
        startCursor: Option<&str> = it.start.as_deref();
        /// Cursor of the last item: give it as `after` to continue. Null on an empty page.
        endCursor: Option<&str> = it.end.as_deref();
    }
}
