//! What a framework declares, as pages read it.

use crate::address::Place;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// A scale.
#[derive(Debug, Deserialize)]
pub(crate) struct Scale {
    pub(crate) steps: Vec<Step>,
    /// Which end of the scale is better.
    pub(crate) better: Better,
}

/// The scale of a measure.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MeasureScale {
    #[serde(flatten)]
    pub(crate) scale: Scale,
    /// Whether its values are texts, which nobody compares.
    pub(crate) is_text: bool,
}

/// A measure with its scale.
#[derive(Debug, Deserialize)]
pub(crate) struct RatedMeasure {
    #[serde(flatten)]
    pub(crate) measure: Titled,
    pub(crate) scale: MeasureScale,
}

/// A step of a scale.
#[derive(Debug, Deserialize)]
pub(crate) struct Step {
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) colour: Option<String>,
}

/// Which values are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Better {
    Higher,
    Lower,
}

/// The purpose of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Purpose {
    Previous,
    #[serde(rename = "SELF")]
    Own,
    Analyst,
    Panel,
    Calibrated,
}

/// A method of a framework.
#[derive(Debug, Deserialize)]
pub(crate) struct Method {
    #[serde(rename = "method")]
    pub(crate) purpose: Purpose,
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) short: String,
}

/// What a regime calls things.
#[derive(Debug, Deserialize)]
pub(crate) struct Words {
    pub(crate) body: String,
    pub(crate) bodies: String,
    pub(crate) group: String,
    pub(crate) groups: String,
    pub(crate) authority: Option<String>,
    pub(crate) measure: String,
    pub(crate) outcome: String,
}

/// Who made an entry, and when.
#[derive(Debug, Deserialize)]
pub(crate) struct EnteredBy {
    /// Their name, if the viewer may see it.
    #[serde(default)]
    pub(crate) person: Option<String>,
    /// Identifier of the role.
    pub(crate) role: String,
    at: Timestamp,
}

impl EnteredBy {
    /// The day, in UTC.
    pub(crate) fn day(&self) -> Date {
        TimeZone::UTC.to_datetime(self.at).date()
    }
}

/// Something with a code and a title.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Titled {
    pub(crate) code: String,
    pub(crate) title: String,
}

impl Titled {
    /// The title behind its code.
    pub(crate) fn in_full(&self) -> String {
        with_code(&self.code, &self.title)
    }
}

/// A title behind its code, unless they say the same.
pub(crate) fn with_code(code: &str, title: &str) -> String {
    if code.eq_ignore_ascii_case(title) {
        title.to_owned()
    } else {
        format!("{code} {title}")
    }
}

/// Something with a code and a name.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) code: String,
    pub(crate) name: String,
}

/// A group with its bodies, or bodies without one.
#[derive(Debug, Deserialize)]
pub(crate) struct GroupOfBodies {
    group: Option<Named>,
    outputs: Vec<OutputOf>,
}

#[derive(Debug, Deserialize)]
struct OutputOf {
    body: Named,
}

impl GroupOfBodies {
    /// The group, if it is one, and then each body.
    pub(crate) fn each(&self) -> impl Iterator<Item = &Named> {
        let bodies = self.outputs.iter().map(|output| &output.body);
        self.group.iter().chain(bodies)
    }
}

/// A body of any kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AnyBody {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) kind_id: String,
}

impl AnyBody {
    /// The address of what is shown of it in a cycle; an authority has no page.
    pub(crate) fn address(&self, place: &Place) -> Option<String> {
        match self.kind_id.as_str() {
            "body" => Some(place.body(&self.code)),
            "group" => Some(place.group(&self.code)),
            "function" => Some(place.page(&["functions", &self.code])),
            _ => None,
        }
    }
}

/// The text with a capital letter at its start.
pub(crate) fn capitalised(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(signs).collect()
    })
}

/// Something of which only the code is read.
#[derive(Debug, Deserialize)]
pub(crate) struct Code {
    pub(crate) code: String,
}

/// Something of which only the name is read.
#[derive(Debug, Deserialize)]
pub(crate) struct Name {
    pub(crate) name: String,
}

/// Something of which only the title is read.
#[derive(Debug, Deserialize)]
pub(crate) struct Title {
    pub(crate) title: String,
}

/// A figure or an age, in the words of the API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InWords {
    pub(crate) in_words: String,
}
