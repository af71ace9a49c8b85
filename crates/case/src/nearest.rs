//! Finds the valid word that is nearest to an invalid one.

/// The candidate that `word` was probably meant to be, if any is close enough.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 100;
    // A suggestion must stay cheap even in a table with a million identifiers.
    const MAX_CANDIDATES: usize = 20_000;
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let word = in_usual_width(word).to_lowercase();
    let mut best: Option<(usize, f64, &str)> = None;
    for candidate in candidates.into_iter().take(MAX_CANDIDATES) {
        if candidate.len() > LONGEST {
            continue;
        }
        let lower = candidate.to_lowercase();
        let distance = distance(&word, &lower);
        if distance > allowed(&word, &lower) {
            continue;
        }
        let likeness = strsim::jaro_winkler(&word, &lower);
        let better = best.is_none_or(|(least, most, _)| {
            distance < least || distance == least && likeness > most
        });
        if better {
            best = Some((distance, likeness, candidate));
        }
    }
    best.map(|(_, _, candidate)| candidate)
}

/// A word with full-width letters, as typed on Asian keyboards, changed to their usual width.
fn in_usual_width(word: &str) -> String {
    let usual = |character: char| match character {
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character)
        }
        '\u{3000}' => ' ',
        _ => character,
    };
    word.chars().map(usual).collect()
}

/// The number of edits between two words. Words that differ only in punctuation or in a missing
/// ending count as close.
fn distance(word: &str, candidate: &str) -> usize {
    let plain = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    if plain(word) == plain(candidate) {
        return usize::from(word != candidate);
    }
    let prefix = word.chars().count() >= 4 && candidate.starts_with(word)
        || candidate.chars().count() >= 4 && word.starts_with(candidate);
    if prefix {
        return 1;
    }
    strsim::osa_distance(word, candidate)
}

fn allowed(word: &str, candidate: &str) -> usize {
    match word.chars().count().max(candidate.chars().count()) {
        0..=3 => 1,
        4..=6 => 2,
        length => length / 3,
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_was_meant() {
        let cases = [
            ("judgments.csv", Some("judgements.csv")),
            ("Judgements.csv", Some("judgements.csv")),
            ("survey", Some("survey.csv")),
            ("zzzzzzzzzzzz", None),
            ("", None),
        ];
        for (word, expected) in cases {
            let found = nearest(word, ["judgements.csv", "survey.csv", "criteria.csv"]);
            assert_eq!(found, expected, "{word}");
        }
        assert_eq!(nearest("1d", ["10b", "1a", "2d"]), Some("1a"));
        assert_eq!(nearest("board5", ["board.4", "board.5"]), Some("board.5"));
    }
}
