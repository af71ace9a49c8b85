//! Pages of long lists, as Relay has them: `first` and `after`, opaque cursors.

use super::failure::{Code, Failure};
use super::macros::object;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Most items that one page can have.
pub(crate) const MOST: i32 = 200;

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    list: &'static str,
    items: Vec<T>,
    from: usize,
    total: usize,
}

impl<T: Copy> Page<T> {
    /// The page of `first` items behind `after` of the list with a name.
    ///
    /// # Errors
    /// `first` is below 0 or above [`MOST`]; `after` is no cursor of this list.
    pub(crate) fn of(
        name: &'static str,
        list: impl IntoIterator<Item = T>,
        first: i32,
        after: Option<&str>,
    ) -> Result<Page<T>, Failure> {
        let wanted = usize::try_from(first).ok().filter(|_| first <= MOST);
        let Some(wanted) = wanted else {
            let message = format!("`first` is {first}: it must be between 0 and {MOST}");
            return Err(Failure::new(Code::BadInput, message));
        };
        let from = after.map_or(Ok(0), |cursor| behind(name, cursor))?;
        let mut list = list.into_iter();
        let mut items = Vec::new();
        let mut total = 0;
        if from > 0 {
            total += list.by_ref().take(from).count();
        }
        items.extend(list.by_ref().take(wanted));
        total += items.len() + list.count();
        Ok(Page {
            list: name,
            items,
            from,
            total,
        })
    }

    /// The items with their positions in the whole list.
    pub(crate) fn each(&self) -> impl Iterator<Item = (usize, T)> {
        (self.from..).zip(self.items.iter().copied())
    }

    /// Length of the whole list.
    pub(crate) fn total(&self) -> i32 {
        i32::try_from(self.total).unwrap_or(i32::MAX)
    }

    /// Where the page stands.
    pub(crate) fn info(&self) -> PageInfo {
        let until = self.from + self.items.len();
        let bounds = (!self.items.is_empty()).then_some((self.from, until.saturating_sub(1)));
        PageInfo {
            list: self.list,
            before: self.from > 0 && self.total > 0,
            behind: until < self.total,
            bounds,
        }
    }
}

/// Where a page stands in its list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageInfo {
    list: &'static str,
    before: bool,
    behind: bool,
    bounds: Option<(usize, usize)>,
}

object! {
    /// Where a page stands in its list.
    PageInfo as "PageInfo", shareable true => |it| {
        /// Whether there are items behind this page.
        hasNextPage: bool = it.behind;
        /// Whether there are items before this page.
        hasPreviousPage: bool = it.before;
        /// Cursor of the first item; null on an empty page.
        startCursor: Option<String> = it.bounds.map(|(first, _)| cursor(it.list, first));
        /// Cursor of the last item: give it as `after` to read on. Null on an empty page.
        endCursor: Option<String> = it.bounds.map(|(_, last)| cursor(it.list, last));
    }
}

/// The cursor of the item at a position of the list with a name.
pub(crate) fn cursor(list: &str, position: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}:{position}"))
}

/// The position behind a cursor of the list with a name.
fn behind(list: &str, cursor: &str) -> Result<usize, Failure> {
    let decoded = URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let position = text
        .as_deref()
        .and_then(|text| text.strip_prefix(list))
        .and_then(|text| text.strip_prefix(':'))
        .and_then(|digits| digits.parse::<u32>().ok());
    let Some(position) = position else {
        return Err(Failure::new(
            Code::BadCursor,
            "`after` is not a cursor of this list: take it from `endCursor` or an edge",
        ));
    };
    Ok(position as usize + 1)
}
