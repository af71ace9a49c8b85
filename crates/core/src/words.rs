//! Small phrases that several messages share.

/// Joins with commas and a last "or": `1, 2 or 3`.
pub fn any_of<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    joined(items, "or")
}

/// Joins with commas and a last "and": `1, 2 and 3`.
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

fn joined<'a>(items: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    let items: Vec<&str> = items.into_iter().collect();
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((end, before)) => format!("{} {last} {end}", before.join(", ")),
    }
}
