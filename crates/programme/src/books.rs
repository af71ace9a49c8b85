//! Reads the rule books and bodies that entries of a ledger carry.

use std::sync::Arc;
use wcc_case::framework;
use wcc_case::organisations::{BodyTable, BodyTables};
use wcc_core::ledger::{FrameworkText, OrganisationTables, RuleBooks};
use wcc_core::{Framework, Organisations};

/// The formats of framework files and tables of bodies, for the fold of a ledger.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileFormats;

impl RuleBooks for FileFormats {
    fn framework(&self, text: &FrameworkText) -> Result<Framework, String> {
        let framework = framework::parse_recorded(&text.text, &format!("{}.toml", text.id));
        let framework = framework.map_err(|problems| problems.to_string())?;
        if *framework.id != *text.id {
            return Err(format!("its `id` is `{}`", framework.id));
        }
        Ok(framework)
    }

    fn organisations(&self, tables: &OrganisationTables) -> Result<Organisations, String> {
        recorded_tables(tables)?
            .recorded_organisations()
            .map_err(|problems| problems.to_string())
    }
}

/// Tables of bodies that an entry carries, unread.
///
/// # Errors
/// There is no table of such a name.
pub(crate) fn recorded_tables(tables: &OrganisationTables) -> Result<BodyTables, String> {
    let mut read = BodyTables::default();
    for table in &tables.tables {
        let known = read.set(
            &table.name,
            BodyTable {
                file: table.file.to_string(),
                bytes: Arc::from(table.text.as_bytes()),
                shipped: table.shipped,
            },
        );
        if !known {
            return Err(format!(
                "there is no table of bodies called `{}`",
                table.name
            ));
        }
    }
    Ok(read)
}
