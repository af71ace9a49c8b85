//! Reads what a cycle takes over from an earlier one.

use super::builder::UniqueIds;
use super::phases::check_word;
use crate::toml_reader::Reader;
use wcc_core::framework::{ChangedAnswers, StartRule};
use wcc_core::record::CarriedKind;

/// Reads `[start]`.
pub(super) fn start(root: &Reader<'_>) -> StartRule {
    let Some(table) = root.table("start") else {
        return StartRule::default();
    };
    table.only(&["carries", "of_changed"]);
    if !table.has("carries") {
        table.missing("carries");
    }
    let mut repeated = UniqueIds::default();
    let mut carries = Vec::new();
    for name in table.texts("carries").unwrap_or_default() {
        repeated.take(&table, &name, &name.spot);
        let mut kinds = CarriedKind::ALL.into_iter();
        match kinds.find(|kind| kind.name() == name.value) {
            Some(kind) => carries.push(kind),
            // A recorded text may name a kind of an earlier version.
            None if table.document.is_recorded() => {}
            None => {
                let known = || CarriedKind::ALL.into_iter().map(CarriedKind::name);
                check_word(&table, &name, "kind of record that is carried", known);
            }
        }
    }
    carries.sort();
    let of_changed = table.word("of_changed", &ChangedAnswers::NAMES);
    StartRule {
        carries,
        of_changed: of_changed.map_or_else(ChangedAnswers::default, |word| word.value),
    }
}
