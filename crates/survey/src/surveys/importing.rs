//! Answers that were collected elsewhere, as counts.

use super::{OpenSurvey, SurveyError, Surveys};
use crate::roster::{Import, RowDigest, RowKey};
use crate::seal;
use crate::store::{ChangeResult, SealedTable, SurveyChange};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use wcc_core::survey::Tally;

/// An import as it is sealed.
#[derive(Debug, Serialize, Deserialize)]
struct StoredImport {
    counts: Vec<u64>,
    sheets: Vec<u64>,
    comments: Vec<(usize, usize, Box<str>)>,
}

impl Surveys<'_> {
    /// Adds answers that were collected elsewhere, or puts them in place of all that were imported
    /// before. `digest` identifies the file: a file that was imported already changes nothing.
    /// Returns the number of earlier imports that stay; `None` if this file is one of them.
    ///
    /// # Errors
    /// The survey is not open, or cannot be read.
    pub async fn import(
        &self,
        name: &str,
        digest: &[u8; 32],
        tally: &Tally,
        replace: bool,
    ) -> Result<Option<usize>, SurveyError> {
        let file = HEXLOWER.encode(digest);
        let mut tries = 0;
        loop {
            let survey = self.find_open(name).await?;
            let mut roster = survey.roster.clone();
            let is_known = roster.imports.values().any(|import| import.file == file);
            if is_known && !(replace && roster.imports.len() > 1) {
                return Ok(None);
            }
            let earlier = match replace {
                true => std::mem::take(&mut roster.imports),
                false => std::collections::BTreeMap::new(),
            };
            let stay = roster.imports.len();
            let stored = StoredImport {
                counts: tally.counts().to_vec(),
                sheets: tally.sheets().to_vec(),
                comments: tally.comments().to_vec(),
            };
            let key = RowKey::random()?;
            let place = survey.place("import", key.bytes());
            let sealed = survey.sealed("an import", &place, &stored, seal::SMALLEST)?;
            let import = Import {
                file: file.clone(),
                row: RowDigest::of(&sealed),
            };
            roster.imports.insert(key.clone(), import);
            let removed = earlier.keys();
            let change = SurveyChange {
                removed: removed
                    .map(|key| (SealedTable::Imports, key.bytes()))
                    .collect(),
                written: vec![(SealedTable::Imports, (key.bytes(), &sealed))],
                ..SurveyChange::default()
            };
            match self.change(&survey, &roster, change).await? {
                ChangeResult::Done => return Ok(Some(stay)),
                ChangeResult::Stale => self.pause(&mut tries).await?,
            }
        }
    }

    /// The counts of all imports.
    pub(super) async fn imported(&self, survey: &OpenSurvey) -> Result<Tally, SurveyError> {
        let mut tally = Tally::new(&survey.questionnaire);
        for (key, import) in &survey.roster.imports {
            let text = self.listed(survey, SealedTable::Imports, key, &import.row);
            let stored = serde_json::from_slice(&text.await?);
            let StoredImport {
                counts,
                sheets,
                comments,
            } = stored.map_err(|error| survey.unreadable("an import", error))?;
            let own = Tally::from_parts(&survey.questionnaire, counts, sheets, comments);
            let other = || survey.unreadable("an import", "it is of another questionnaire");
            tally.merge(own.ok_or_else(other)?);
        }
        Ok(tally)
    }
}
