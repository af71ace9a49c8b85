//! Finds sections that leave a page with a line or two: they are printed again a little smaller, so
//! that they end with the page before.

use typst::foundations::Label;
use typst::introspection::Tag;
use typst::layout::{Abs, Frame, FrameItem, Point};
use typst_layout::{Page, PagedDocument};

/// A section of a document that is in no other.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct TopSection {
    id: String,
    new_page: bool,
}

/// What is nearer to an edge belongs to the head or foot of the page.
const HEAD: f64 = 20.0;
const FOOT: f64 = 18.0;

/// Content that ends above this has left its page almost empty: a few lines, or a heading with one.
const ALMOST_EMPTY: f64 = 50.0;

/// The identifiers of the sections behind each page that is almost empty: from the one that last began
/// on a new page to the one that ends there. A page that a section begins by itself is as it should be.
pub(crate) fn spilling_sections(document: &PagedDocument, sections: &[TopSection]) -> Vec<String> {
    let mut spilling = Vec::new();
    // The position of the last section that has begun.
    let mut current: Option<usize> = None;
    for page in document.pages() {
        let content = BodyContent::of(page);
        let begins = |section: &TopSection| {
            let mut labels = content.labels.iter();
            labels.any(|label| label.resolve().as_str() == section.id)
        };
        let is_new = match sections.iter().find(|section| begins(section)) {
            Some(first) => first.new_page || current.is_none(),
            None => current.is_none(),
        };
        current = sections.iter().rposition(begins).or(current);
        let Some(last) = current.filter(|_| !is_new) else {
            continue;
        };
        if content
            .bottom
            .is_some_and(|bottom| bottom.to_mm() < ALMOST_EMPTY)
        {
            let until_last = sections.get(..=last).unwrap_or_default();
            let first = until_last.iter().rposition(|section| section.new_page);
            let run = until_last.get(first.unwrap_or(0)..).unwrap_or_default();
            spilling.extend(run.iter().map(|section| section.id.clone()));
        }
    }
    spilling
}

/// What stands between the head and the foot of a page.
#[derive(Default)]
struct BodyContent {
    /// Where the lowest text is, from the top.
    bottom: Option<Abs>,
    labels: Vec<Label>,
}

impl BodyContent {
    fn of(page: &Page) -> BodyContent {
        let mut content = BodyContent::default();
        let foot = page.frame.height() - Abs::mm(FOOT);
        content.add(&page.frame, Point::zero(), foot);
        content
    }

    fn add(&mut self, frame: &Frame, at: Point, foot: Abs) {
        for (position, item) in frame.items() {
            let position = at + *position;
            match item {
                // What is turned lies behind the text: the mark of a draft.
                FrameItem::Group(group) if group.transform.kx.is_zero() => {
                    self.add(&group.frame, position, foot);
                }
                FrameItem::Text(_) if position.y > Abs::mm(HEAD) && position.y < foot => {
                    self.bottom = self.bottom.max(Some(position.y));
                }
                FrameItem::Tag(Tag::Start(element, _)) => self.labels.extend(element.label()),
                _ => {}
            }
        }
    }
}
