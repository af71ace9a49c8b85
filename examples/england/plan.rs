//! The assessed units, single PCTs and clusters, in a pseudo-random order.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

/// A unit that shares competencies and strategy: a cluster, or a PCT outside any cluster.
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

/// Returns a pseudo-random number that depends only on the words (FNV-1a with a final mix), so that
/// figures do not change with the version of a library.
pub(crate) fn chance(words: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

/// Returns a pseudo-random number from 0 to 99 that depends only on the words.
pub(crate) fn percent(words: &[&str]) -> u64 {
    chance(words) % 100
}

/// Shuffles codes in a way that depends only on the word.
pub(crate) fn shuffled<'a>(codes: impl IntoIterator<Item = &'a str>, word: &str) -> Vec<String> {
    let mut codes: Vec<String> = codes.into_iter().map(str::to_owned).collect();
    codes.sort_by_key(|code| (chance(&[word, code]), code.clone()));
    codes
}

/// Removes and returns the first `count` codes.
pub(crate) fn take(codes: &mut Vec<String>, count: usize) -> Vec<String> {
    codes.drain(..count.min(codes.len())).collect()
}
