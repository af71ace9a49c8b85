//! Names of sheets.

use std::collections::BTreeSet;

/// Name of the first sheet.
pub(super) const COVER: &str = "Summary";

/// How many characters a name may have.
const MOST: usize = 31;

/// A name for each title: short enough, without the characters that names may not have, and each
/// of its own.
pub(super) fn distinct<'a>(titles: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::from([COVER.to_lowercase(), "history".to_owned()]);
    let mut names = Vec::new();
    for title in titles {
        let clean = clean(title);
        let mut name = shortened(&clean, "");
        let mut number = 2;
        while !taken.insert(name.to_lowercase()) {
            name = shortened(&clean, &format!(" {number}"));
            number += 1;
        }
        names.push(name);
    }
    names
}

fn clean(title: &str) -> String {
    let is_forbidden =
        |one: char| one.is_control() || ['[', ']', ':', '*', '?', '/', '\\'].contains(&one);
    let name: String = title
        .chars()
        .map(|one| if is_forbidden(one) { ' ' } else { one })
        .collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_matches('\'').trim().to_owned();
    if name.is_empty() {
        "Section".to_owned()
    } else {
        name
    }
}

/// A name with an ending, cut where it would be too long.
fn shortened(name: &str, ending: &str) -> String {
    // Excel counts characters beyond the first plane twice.
    let most = MOST - ending.len();
    if name.encode_utf16().count() <= most {
        return format!("{name}{ending}");
    }
    let mut short = String::new();
    let mut length = 1;
    for one in name.chars() {
        length += one.len_utf16();
        if length > most {
            break;
        }
        short.push(one);
    }
    format!("{}…{ending}", short.trim_end())
}
