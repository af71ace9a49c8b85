//! Who is judged: single PCTs and clusters, in an order that only looks random.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

/// The unit that shares competencies and strategy: a cluster, or a PCT in none.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// Code of the cluster or PCT.
    pub(crate) code: String,
    /// Codes of its PCTs.
    pub(crate) pcts: Vec<String>,
}

/// Reads the units from the shipped organisation tables, sorted by code.
pub(crate) fn units(configs: &Path) -> Result<Vec<Unit>, Box<dyn Error>> {
    let folder = configs.join("organisations");
    let mut cluster_of: BTreeMap<String, String> = BTreeMap::new();
    for row in rows(&folder.join("memberships.csv"))? {
        cluster_of.insert(row["pct"].clone(), row["cluster"].clone());
    }
    let mut units: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows(&folder.join("pct.csv"))? {
        let pct = row["code"].clone();
        let code = cluster_of.get(&pct).unwrap_or(&pct).clone();
        units.entry(code).or_default().push(pct);
    }
    Ok(units
        .into_iter()
        .map(|(code, pcts)| Unit { code, pcts })
        .collect())
}

/// The rows of a CSV table, each by column.
pub(crate) fn rows(path: &Path) -> Result<Vec<BTreeMap<String, String>>, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}

/// A number that looks random and is always the same for the same words (FNV-1a with a final
/// mix): figures must not change with the version of a library.
pub(crate) fn chance(words: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

/// A number from 0 up to 99 for the same words.
pub(crate) fn percent(words: &[&str]) -> u64 {
    chance(words) % 100
}

/// Codes shuffled by a word, always the same way.
pub(crate) fn shuffled<'a>(codes: impl IntoIterator<Item = &'a str>, word: &str) -> Vec<String> {
    let mut codes: Vec<String> = codes.into_iter().map(str::to_owned).collect();
    codes.sort_by_key(|code| (chance(&[word, code]), code.clone()));
    codes
}

/// Takes the first `count` codes that are not taken yet.
pub(crate) fn take(codes: &mut Vec<String>, count: usize) -> Vec<String> {
    codes.drain(..count.min(codes.len())).collect()
}
