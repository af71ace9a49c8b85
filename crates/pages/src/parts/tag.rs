//! Short words about a state, in the tags of the design system.

use maud::{Markup, html};
use serde::Deserialize;

/// The colour of a tag. Its words say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    Blue,
    Green,
    Grey,
    Orange,
    Red,
}

/// A tag.
pub(crate) fn tag(words: &str, colour: Colour) -> Markup {
    let class = match colour {
        Colour::Blue => "nhsuk-tag nhsuk-tag--blue",
        Colour::Green => "nhsuk-tag nhsuk-tag--green",
        Colour::Grey => "nhsuk-tag nhsuk-tag--grey",
        Colour::Orange => "nhsuk-tag nhsuk-tag--orange",
        Colour::Red => "nhsuk-tag nhsuk-tag--red",
    };
    html! { strong class=(class) { (words) } }
}

/// The state of a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ChallengeState {
    Open,
    Answered,
    Corrected,
    Changed,
}

impl ChallengeState {
    pub(crate) fn words(self) -> &'static str {
        match self {
            ChallengeState::Open => "Open",
            ChallengeState::Answered => "Answered",
            ChallengeState::Corrected => "Corrected by the panel",
            ChallengeState::Changed => "Changed",
        }
    }

    pub(crate) fn tag(self) -> Markup {
        let colour = match self {
            ChallengeState::Open => Colour::Orange,
            ChallengeState::Answered => Colour::Blue,
            ChallengeState::Corrected | ChallengeState::Changed => Colour::Green,
        };
        tag(self.words(), colour)
    }
}

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Severity {
    Note,
    Warning,
    Error,
}

impl Severity {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Severity::Note => "Note",
            Severity::Warning => "Warning",
            Severity::Error => "Error",
        }
    }

    pub(crate) fn tag(self) -> Markup {
        let colour = match self {
            Severity::Note => Colour::Grey,
            Severity::Warning => Colour::Orange,
            Severity::Error => Colour::Red,
        };
        tag(self.words(), colour)
    }
}
