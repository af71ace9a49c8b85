//! What surrounds the contents of every page.

use crate::assets;
use crate::error::PageError;
use crate::page::{Block, Link, Page};
use crate::table::Order;
use jiff::civil::Date;
use maud::{DOCTYPE, Markup, html};

/// What the frame says about the request.
pub(crate) struct Frame<'a> {
    /// The address of the page, with what makes it this one: without the order of tables.
    pub(crate) address: &'a str,
    /// The path of the page.
    pub(crate) path: &'a str,
    pub(crate) order: Option<&'a Order>,
    pub(crate) as_of: Option<Date>,
    /// Who looks, in words; `None` for the public.
    pub(crate) viewer: Option<&'a str>,
}

/// A whole page.
pub(crate) fn page(page: &Page, frame: &Frame<'_>) -> Markup {
    let contents = html! {
        @if let Some(caption) = &page.caption {
            h1.nhsuk-heading-l {
                span.nhsuk-caption-l { (caption) span.nhsuk-u-visually-hidden { ": " } }
                (page.title)
            }
        } @else {
            h1.nhsuk-heading-l { (page.title) }
        }
        @if let Some(day) = frame.as_of {
            div.nhsuk-inset-text.wcc-as-of {
                p { "As it was recorded at the end of " (long_date(day)) ". "
                    a href=(frame.path) { "Show the present" } }
            }
        }
        @if let Some(sentence) = &page.illustrative {
            p.wcc-illustrative { strong { "Invented figures. " } (sentence) }
        }
        @if !page.beside.is_empty() { (beside(&page.beside, frame.path)) }
        @for block in &page.blocks {
            @match block {
                Block::Markup(markup) => (markup),
                Block::Table(table) => (table.html(frame.address, frame.order)),
            }
        }
    };
    document(&page.title, &page.above, frame.viewer, &contents)
}

/// The page that says why another cannot be shown.
pub(crate) fn failure(error: &PageError, viewer: Option<&str>) -> Markup {
    let heading = error.heading();
    let contents = html! {
        h1.nhsuk-heading-l { (heading) }
        p { (sentence(&error.to_string())) }
        @if matches!(error, PageError::Missing | PageError::NotFound(_)) {
            p { "If you typed the address, check it. Some pages open only to those whose work needs them, "
                "and results open when they are released." }
        }
        p { a href="/" { "Go to the first page" } }
    };
    document(heading, &[], viewer, &contents)
}

fn document(title: &str, above: &[Link], viewer: Option<&str>, contents: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                title { (title) " - Assurance" }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="theme-color" content="#005eb8";
                link rel="stylesheet" href=(assets::address("nhsuk-frontend.css"));
                link rel="stylesheet" href=(assets::address("pages.css"));
                link rel="icon" type="image/svg+xml" href=(assets::address("favicon.svg"));
            }
            body {
                a.nhsuk-skip-link href="#contents" { "Skip to main content" }
                header.wcc-header {
                    div.nhsuk-width-container.wcc-header__row {
                        a.wcc-header__name href="/" { "Assurance" }
                        nav.wcc-header__links aria-label="Service" {
                            a href="/frameworks" { "Rule books" }
                            " "
                            a href="/plugins" { "Regional checks" }
                            " "
                            a href="/graphiql" { "GraphQL" }
                        }
                        @if let Some(viewer) = viewer {
                            p.wcc-header__viewer { (viewer) }
                        }
                    }
                }
                @if !above.is_empty() { (breadcrumb(above)) }
                div.nhsuk-width-container {
                    main.nhsuk-main-wrapper id="contents" { (contents) }
                }
                footer.wcc-footer {
                    div.nhsuk-width-container {
                        p { "What a page shows can be queried too: "
                            a href="/graphiql" { "GraphQL" } ". "
                            a href="/accessibility" { "Accessibility" } }
                    }
                }
            }
        }
    }
}

fn breadcrumb(above: &[Link]) -> Markup {
    html! {
        nav.nhsuk-breadcrumb.nhsuk-width-container aria-label="Breadcrumb" {
            div {
                ol.nhsuk-breadcrumb__list {
                    @for link in above {
                        li.nhsuk-breadcrumb__list-item {
                            a.nhsuk-breadcrumb__link href=(link.address) { (link.text) }
                        }
                    }
                }
                @if let Some(last) = above.last() {
                    a.nhsuk-back-link href=(last.address) {
                        span.nhsuk-u-visually-hidden { "Back to " } (last.text)
                    }
                }
            }
        }
    }
}

fn beside(links: &[Link], path: &str) -> Markup {
    html! {
        nav.wcc-beside aria-label="Pages on this subject" {
            ul {
                @for link in links {
                    @let address = link.address.split('?').next().unwrap_or_default();
                    @let is_here = address == path;
                    li { a href=(link.address) aria-current=[is_here.then_some("page")] { (link.text) } }
                }
            }
        }
    }
}

/// A day in words: 30 November 2009.
pub(crate) fn long_date(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// A sentence of words that may start small and end without a full stop.
pub(crate) fn sentence(words: &str) -> String {
    let mut signs = words.chars();
    let Some(first) = signs.next() else {
        return String::new();
    };
    let mut sentence: String = first.to_uppercase().chain(signs).collect();
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}
