//! Phrases shared by messages: lists, plurals, counts, ordinals.

/// Joins with commas and a final "or": `1, 2 or 3`.
pub fn any_of<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    joined(items, "or")
}

/// Joins with commas and a final "and": `1, 2 and 3`.
pub fn all_of<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    joined(items, "and")
}

/// The plural of a noun of this field: `competency`, `competencies`; `strand`, `strands`.
pub fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
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
