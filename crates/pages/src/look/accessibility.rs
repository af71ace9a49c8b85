//! The statement on accessibility.

use crate::page::{Link, Page};
use maud::html;

/// The page.
pub(crate) fn page() -> Page {
    let mut page = Page::new("Accessibility");
    page.above = vec![Link::new("All years", "/")];
    page.push(html! {
        p { "These pages aim at level AA of the Web Content Accessibility Guidelines 2.2." }
        ul {
            li { "They work with a keyboard alone, without scripts, at any zoom, and on a screen 320 pixels wide." }
            li { "No meaning depends on colour: each mark has a shape and a word too." }
            li { "Every chart has a table of its figures, and every table can be downloaded." }
            li { "They follow your settings for contrast, and print on paper." }
        }
        p { "Wide tables scroll within themselves. If something does not work for you, tell whoever runs this server." }
    });
    page
}
