//! What surrounds the contents of every page.

use crate::assets;
use crate::error::PageError;
use crate::moment::Moment;
use crate::page::{Block, Link, Page};
use crate::parameters::with_query;
use crate::table::Order;
use crate::viewer::Viewer;
use jiff::civil::Date;
use maud::{DOCTYPE, Markup, html};
use wcc_accounts::Session;

/// What the frame says about the request.
pub(crate) struct Frame<'a> {
    /// The address of the page, with what makes it this one: without the order of tables.
    pub(crate) address: &'a str,
    /// The path of the page.
    pub(crate) path: &'a str,
    pub(crate) order: Option<&'a Order>,
    pub(crate) as_of: Option<Moment>,
    /// Whether something was just recorded.
    pub(crate) saved: bool,
    /// Who looks.
    pub(crate) viewer: &'a Viewer,
    /// Whether anybody can sign in.
    pub(crate) can_sign_in: bool,
}

/// A whole page.
pub(crate) fn page(page: &Page, frame: &Frame<'_>) -> Markup {
    let contents = html! {
        @if frame.saved { (banner(("saved", "Saved"), "What you entered is recorded.", None)) }
        @if let Some(notice) = &page.notice { (banner(("done", "Done"), notice.words, Some(&notice.details))) }
        @if let Some(caption) = &page.caption {
            h1.nhsuk-heading-l {
                span.nhsuk-caption-l { (caption) span.nhsuk-u-visually-hidden { ": " } }
                (page.title)
            }
        } @else {
            h1.nhsuk-heading-l { (page.title) }
        }
        @if let Some(moment) = frame.as_of {
            div.nhsuk-inset-text.wcc-as-of {
                p { "As it was recorded " (moment.in_words()) ". "
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
    let around = Surroundings {
        is_live: page.is_live,
        title: &page.title,
        is_refused: page.is_refused,
        above: &page.above,
        viewer: frame.viewer,
        can_sign_in: frame.can_sign_in,
    };
    document(&around, &contents)
}

/// What has just been done.
fn banner((id, title): (&str, &str), words: &str, details: Option<&str>) -> Markup {
    html! {
        div.nhsuk-notification-banner.nhsuk-notification-banner--success role="alert" aria-labelledby=(id) {
            div.nhsuk-notification-banner__header {
                h2.nhsuk-notification-banner__title id=(id) { (title) }
            }
            div.nhsuk-notification-banner__content {
                p.nhsuk-notification-banner__heading { (words) }
                @if let Some(details) = details { p { (details) } }
            }
        }
    }
}

/// The page that says why another cannot be shown.
pub(crate) fn failure(
    error: &PageError,
    viewer: &Viewer,
    can_sign_in: bool,
    asked: Option<&str>,
) -> Markup {
    let heading = error.heading();
    let contents = html! {
        h1.nhsuk-heading-l { (heading) }
        p { (sentence(&error.to_string())) }
        @if matches!(error, PageError::Missing | PageError::NotFound(_)) {
            p { "If you typed the address, check it. Some pages open only to those whose work needs them, "
                "and results open when they are released." }
        }
        @if *error == PageError::NotSignedIn && can_sign_in {
            p { a href=(with_query("/sign-in", asked.map(|asked| ("return", asked)))) { "Sign in" } }
        }
        @if let (PageError::NotDone(_), Some(back)) = (error, asked) {
            p { a href=(back) { "Go back to the page" } }
        }
        p { a href="/" { "Go to the first page" } }
    };
    let around = Surroundings {
        is_live: false,
        title: heading,
        is_refused: false,
        above: &[],
        viewer,
        can_sign_in,
    };
    document(&around, &contents)
}

/// What a document says besides its contents.
struct Surroundings<'a> {
    is_live: bool,
    title: &'a str,
    is_refused: bool,
    above: &'a [Link],
    viewer: &'a Viewer,
    can_sign_in: bool,
}

fn document(around: &Surroundings<'_>, contents: &Markup) -> Markup {
    let Surroundings { title, above, .. } = around;
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                title { @if around.is_refused { "Error: " } (title) " - Assurance" }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="theme-color" content="#005eb8";
                link rel="stylesheet" href=(assets::address("nhsuk-frontend.css"));
                link rel="stylesheet" href=(assets::address("pages.css"));
                @if around.viewer.session.is_some() { script src=(assets::address("session.js")) defer {} }
                script src=(assets::address("pages.js")) defer {}
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
                        (viewer(around))
                    }
                }
                @if let Some(session) = &around.viewer.session { (session_warning(session)) }
                @if !above.is_empty() { (breadcrumb(above)) }
                div.nhsuk-width-container {
                    @if around.is_live { p.wcc-live.wcc-no-print id="live" role="status" {} }
                    main.nhsuk-main-wrapper id="contents" data-live[around.is_live] { (contents) }
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

/// What a script shows some minutes before the session ends.
fn session_warning(session: &Session) -> Markup {
    html! {
        div.nhsuk-width-container.wcc-session id="session-warning" role="alert" hidden data-seconds=(session.seconds_left()) {
            p {}
            button.nhsuk-button.nhsuk-button--small type="button" { "Stay signed in" }
        }
    }
}

/// Who looks, the way to their desk and out; or the way in.
fn viewer(around: &Surroundings<'_>) -> Markup {
    let Viewer { actor, session, .. } = around.viewer;
    html! {
        @match session {
            Some(session) => {
                p.wcc-header__viewer { a href="/desk" { "Desk of " (session.account().person) } }
                form method="post" action="/sign-out" {
                    input type="hidden" name="form-token" value=(session.form_token());
                    button.wcc-header__button type="submit" { "Sign out" }
                }
            },
            None if !around.viewer.is_public() => p.wcc-header__viewer { (actor) },
            None if around.can_sign_in => p.wcc-header__viewer { a href="/sign-in" { "Sign in" } },
            None => {},
        }
    }
}

fn breadcrumb(above: &[Link]) -> Markup {
    html! {
        div.nhsuk-width-container {
            nav.nhsuk-breadcrumb aria-label="Breadcrumb" {
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

/// Words in which titles stand between backticks, with the quotation marks that people use.
pub(crate) fn quoted(words: &str) -> String {
    let mut parts = words.split('`');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (number, part) in parts.enumerate() {
        text.push(if number % 2 == 0 {
            '\u{201c}'
        } else {
            '\u{201d}'
        });
        text.push_str(part);
    }
    text
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

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn titles_stand_between_quotation_marks() {
        let words = "approve `Self-assessment submitted` of Gateshead PCT (5KF)";
        assert_eq!(
            quoted(words),
            "approve \u{201c}Self-assessment submitted\u{201d} of Gateshead PCT (5KF)"
        );
        assert_eq!(quoted("plan the panel day"), "plan the panel day");
    }
}
