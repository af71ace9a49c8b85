//! Phrases shared by messages: lists, plurals, counts, ordinals.

/// Joins with commas and a final "or": `1, 2 or 3`.
pub fn any_of<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    joined(items, "or")
}

/// Joins with commas and a final "and": `1, 2 and 3`.
pub fn all_of<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    joined(items, "and")
}

/// The number of a month, 1 to 12, from its English name or the first three letters of it, in any
/// case.
pub fn month_named(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_ascii_lowercase();
    let named = |month: &str| month == word || month.get(..3) == Some(&*word);
    (1..)
        .zip(MONTHS)
        .find_map(|(number, month)| named(month).then_some(number))
}

/// The regular plural of a noun: `competency`, `competencies`; `strand`, `strands`; `practice`,
/// `practices`; `process`, `processes`.
pub fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => return format!("{stem}ies"),
        _ => {}
    }
    let hisses = ["s", "x", "z", "ch", "sh"];
    if hisses.iter().any(|ending| noun.ends_with(ending)) {
        format!("{noun}es")
    } else {
        format!("{noun}s")
    }
}

/// The possessive of a noun: "the panel's", "the inspectors'".
pub fn possessive(noun: &str) -> String {
    let mark = if noun.ends_with('s') { "'" } else { "'s" };
    format!("{noun}{mark}")
}

/// A title as a sentence uses it: "Inspection" becomes "inspection"; an abbreviation stays.
pub fn in_sentence(title: &str) -> String {
    let mut letters = title.chars();
    match (letters.next(), letters.next()) {
        (Some(first), second) if second.is_none_or(|letter| !letter.is_uppercase()) => {
            first.to_lowercase().chain(title.chars().skip(1)).collect()
        }
        _ => title.to_owned(),
    }
}

/// A text with a capital: a sentence, or a noun as a heading.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// A noun with its indefinite article: `a council`, `an authority`, `an SHA`, `a unit`.
pub fn with_article(noun: &str) -> String {
    let first = noun.split([' ', '-']).next().unwrap_or(noun);
    let is_spelt_out = first.len() > 1 && first.chars().all(|letter| letter.is_ascii_uppercase())
        || first.chars().count() == 1;
    let lower = first.to_lowercase();
    let begins = |starts: &[&str]| starts.iter().any(|start| lower.starts_with(start));
    let has_vowel = if is_spelt_out {
        // The names of these letters begin with a vowel: "an NHS trust", "an ICB".
        lower.starts_with(['a', 'e', 'f', 'h', 'i', 'l', 'm', 'n', 'o', 'r', 's', 'x'])
    } else if begins(&["uni", "use", "usu", "uti", "eu", "one", "once"]) {
        begins(&["unin", "unim", "unid"])
    } else {
        begins(&["a", "e", "i", "o", "u", "hour", "honest", "honour", "heir"])
    };
    format!("{} {noun}", if has_vowel { "an" } else { "a" })
}

/// A count with its noun: "1 theme", "3 competencies", "0 checks".
pub fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {}", plural(noun)),
    }
}

/// A number of years: "one year", "three years", "12 years".
pub fn years(count: i32) -> String {
    const SMALL: [&str; 10] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    let small = usize::try_from(count).ok().and_then(|at| SMALL.get(at));
    let number = small.map_or_else(|| count.to_string(), |word| (*word).to_owned());
    let noun = if count == 1 { "year" } else { "years" };
    format!("{number} {noun}")
}

/// A number as people read it: `3.5`; in scientific notation if it would have many digits (`1e300`,
/// `2.5e-9`).
pub fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-6..1e15).contains(&size) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// An ordinal number: `1st`, `2nd`, `3rd`, `11th`, `22nd`.
pub fn ordinal(place: u32) -> String {
    let ending = match (place % 100, place % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{place}{ending}")
}

fn joined<'a>(items: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    let items: Vec<&str> = items.into_iter().collect();
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((end, before)) => format!("{} {last} {end}", before.join(", ")),
    }
}

/// The first of some items in words, at most `limit`, separated by semicolons, and how many more there
/// are.
pub(crate) fn first_of<T>(
    items: impl ExactSizeIterator<Item = T>,
    limit: usize,
    in_words: impl Fn(T) -> String,
) -> String {
    let more = items.len().saturating_sub(limit);
    let mut named: Vec<String> = items.take(limit).map(in_words).collect();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named.join("; ")
}

#[cfg(test)]
mod tests {
    use super::{plural, with_article};

    #[test]
    fn articles_follow_the_sound() {
        let nouns = [
            "a council",
            "an authority",
            "an SHA",
            "a PCT",
            "an NHS trust",
            "a unit",
            "a university",
            "an uninsured body",
            "an hour",
            "an ICB",
            "a UTC",
            "an X",
            "a one-stop shop",
            "a European body",
        ];
        for noun in nouns {
            let (_, bare) = noun.split_once(' ').unwrap_or_default();
            assert_eq!(with_article(bare), noun);
        }
    }

    #[test]
    fn plurals_follow_the_ending() {
        let nouns = [
            ("competency", "competencies"),
            ("survey", "surveys"),
            ("process", "processes"),
            ("branch", "branches"),
            ("box", "boxes"),
            ("SHA", "SHAs"),
        ];
        for (one, many) in nouns {
            assert_eq!(plural(one), many);
        }
    }
}
