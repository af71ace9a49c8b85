//! Text with emphasis.

use serde::{Deserialize, Serialize};

/// A line or paragraph of text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text(pub Vec<Run>);

/// A run of text in one style.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its characters: no control characters, no line breaks.
    pub text: String,
    /// Its style.
    pub style: Style,
    /// Identifier of the section that it links to, if any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link: Option<String>,
}

/// The style of a run of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// As the text around it.
    #[default]
    Plain,
    /// Strong: bold.
    Strong,
    /// Emphasis: italics.
    Emphasis,
    /// Secondary: smaller or grey.
    Quiet,
    /// A code: in a fixed width.
    Code,
}

/// What a value means for its reader; renderers give it a colour, always beside a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// No meaning.
    #[default]
    Neutral,
    /// Good: green.
    Good,
    /// Between: amber.
    Middling,
    /// Bad: red.
    Bad,
    /// Of note, neither good nor bad.
    Notable,
}

impl Text {
    /// Plain text. Control characters and line breaks become spaces.
    pub fn plain(text: impl AsRef<str>) -> Text {
        Text::styled(text, Style::Plain)
    }

    /// Text in one style. Control characters and line breaks become spaces.
    pub fn styled(text: impl AsRef<str>, style: Style) -> Text {
        Text::default().and(text, style)
    }

    /// This text followed by a run in a style. Control characters and line breaks become spaces.
    #[must_use]
    pub fn and(mut self, text: impl AsRef<str>, style: Style) -> Text {
        let clean = |one: char| if one.is_control() { ' ' } else { one };
        let text: String = text.as_ref().chars().map(clean).collect();
        if !text.is_empty() {
            self.0.push(Run {
                text,
                style,
                link: None,
            });
        }
        self
    }

    /// This text followed by another.
    #[must_use]
    pub fn followed_by(mut self, other: Text) -> Text {
        self.0.extend(other.0);
        self
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|run| run.text.trim().is_empty())
    }

    /// The characters without their styles.
    pub fn to_plain(&self) -> String {
        self.0.iter().map(|run| run.text.as_str()).collect()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::plain(text)
    }
}
