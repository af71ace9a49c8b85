//! Words, values and blocks that every section uses.

use crate::model::{Block, Style, Text, Tone};
use jiff::civil::Date;
use wcc_core::scale::ScaleStep;
pub(crate) use wcc_core::words::capitalised;
use wcc_core::{Scale, Step};

/// The longest key that stands for its step in a heading; others are identifiers.
const LONGEST_KEY: usize = 2;

/// A day as people write it: "31 May 2010".
pub(crate) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// What stands for a step in a heading and in a mark: its key if that is short, else its title.
pub(crate) fn step_label(step: &ScaleStep) -> &str {
    if step.key.chars().count() <= LONGEST_KEY {
        &step.key
    } else {
        &step.title
    }
}

/// A value of a scale as people read it: "3", "Green", "0.75".
pub(crate) fn value(scale: &Scale, step: Step) -> String {
    match scale.definition(step) {
        Some(definition) => step_label(definition).to_owned(),
        None => scale.key(step).into_owned(),
    }
}

/// What a step means, by the colour that the framework gives it.
pub(crate) fn tone(scale: &Scale, step: Option<Step>) -> Tone {
    let colour = step
        .and_then(|step| scale.definition(step))
        .and_then(|definition| definition.colour.as_deref());
    tone_of_colour(colour)
}

/// The meaning of a colour's name.
pub(crate) fn tone_of_colour(colour: Option<&str>) -> Tone {
    match colour {
        Some("red") => Tone::Bad,
        Some("amber") => Tone::Middling,
        Some("green") => Tone::Good,
        Some("blue") => Tone::Notable,
        _ => Tone::Neutral,
    }
}

pub(crate) fn paragraph(text: impl Into<Text>) -> Block {
    Block::Paragraph(text.into())
}

pub(crate) fn strong(text: impl AsRef<str>) -> Text {
    Text::styled(text, Style::Strong)
}

pub(crate) fn quiet(text: impl AsRef<str>) -> Block {
    Block::Paragraph(Text::styled(text, Style::Quiet))
}

pub(crate) fn nothing(text: impl Into<Text>) -> Block {
    Block::Nothing(text.into())
}

/// A list without numbers.
pub(crate) fn bullets(items: Vec<Vec<Block>>) -> Block {
    Block::List {
        ordered: false,
        markers: Vec::new(),
        items,
    }
}

/// A list of lines.
pub(crate) fn lines(items: impl IntoIterator<Item = impl Into<Text>>) -> Block {
    bullets(
        items
            .into_iter()
            .map(|item| vec![paragraph(item)])
            .collect(),
    )
}
