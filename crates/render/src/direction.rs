//! Which way text is read. Browsers and terminals find it out themselves; Word has to be told.

/// Whether a character belongs to a script that is written from right to left.
fn is_right_to_left(one: char) -> bool {
    matches!(u32::from(one),
        0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF | 0x1_0800..=0x1_0FFF | 0x1_E800..=0x1_EFFF)
}

/// Whether text begins with a letter of a script that is written from right to left.
pub(crate) fn starts_right_to_left(text: &str) -> bool {
    let mut letters = text.chars().filter(|one| one.is_alphabetic());
    letters.next().is_some_and(is_right_to_left)
}

/// The parts of a text that are read in one direction, each with whether it is read from right to
/// left. Spaces and signs belong to the letters before them.
pub(crate) fn parts(text: &str) -> Vec<(bool, &str)> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut current = starts_right_to_left(text);
    for (at, one) in text.char_indices() {
        if one.is_alphabetic() && is_right_to_left(one) != current {
            parts.extend(text.get(start..at).map(|part| (current, part)));
            start = at;
            current = !current;
        }
    }
    parts.extend(text.get(start..).map(|part| (current, part)));
    parts.retain(|(_, part)| !part.is_empty());
    parts
}
