//! The field with somebody's e-mail address.

use maud::{Markup, html};

/// The field, with the address that it starts with, and what is wrong with it.
pub(super) fn mail_field(address: Option<&str>, mistake: Option<&str>) -> Markup {
    let described = match mistake {
        Some(_) => "mail-hint mail-error",
        None => "mail-hint",
    };
    html! {
        div.nhsuk-form-group.nhsuk-form-group--error[mistake.is_some()] {
            label.nhsuk-label for="mail" { "E-mail address" }
            div.nhsuk-hint id="mail-hint" { "Where we send messages about assessments and deadlines. Leave it empty to get none." }
            @if let Some(words) = mistake {
                span.nhsuk-error-message id="mail-error" { span.nhsuk-u-visually-hidden { "Error: " } (words) }
            }
            input.nhsuk-input.nhsuk-input--width-20 id="mail" name="mail" type="email" autocomplete="email" spellcheck="false"
                maxlength=(wcc_accounts::MAX_MAIL_BYTES) aria-describedby=(described) value=[address];
        }
    }
}
