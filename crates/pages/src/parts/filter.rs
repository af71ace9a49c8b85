//! A form that chooses what a page shows. It is sent with a GET, so its address can be kept.

use crate::parameters::Parameters;
use maud::{Markup, html};

/// A filter of the page with this address, whose own parameters stay; `kept` are further ones that stay.
pub(crate) fn filter(address: &str, kept: &[(&str, Option<&str>)], fields: &Markup) -> Markup {
    // A browser replaces the parameters of the address by the fields.
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let own = Parameters::parse(query.as_bytes());
    html! {
        form.wcc-filter method="get" action=(path) {
            @for (name, value) in own.typed_texts() { input type="hidden" name=(name) value=(value); }
            @for (name, value) in kept {
                @if let Some(value) = value { input type="hidden" name=(name) value=(value); }
            }
            (fields)
            button.nhsuk-button.nhsuk-button--secondary.nhsuk-button--small type="submit" { "Show" }
        }
    }
}

/// A field in which one of several is chosen.
pub(crate) fn choose<'o>(
    name: &str,
    label: &str,
    options: impl IntoIterator<Item = (&'o str, &'o str)>,
    chosen: Option<&str>,
) -> Markup {
    html! {
        div.wcc-filter__field {
            label.nhsuk-label for=(name) { (label) }
            select.nhsuk-select id=(name) name=(name) {
                @for (value, title) in options {
                    option value=(value) selected[Some(value) == chosen] { (title) }
                }
            }
        }
    }
}
