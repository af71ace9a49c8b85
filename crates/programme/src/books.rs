//! Reads the rule books and bodies in the entries of a ledger.

use std::sync::Arc;
use wcc_case::framework;
use wcc_case::organisations::{BodyTable, BodyTables};
use wcc_core::ledger::{FrameworkText, OrganisationTables, RuleBooks};
use wcc_core::{Framework, Organisations};

/// The formats of framework files and tables of bodies, for the state of a ledger.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileFormats;

impl RuleBooks for FileFormats {
    fn framework(&self, text: &FrameworkText) -> Result<Framework, String> {
        let file = format!("{}.toml", text.id);
        let framework = framework::parse_recorded(&text.text, &file, text.format);
        let framework = framework.map_err(|problems| problems.to_string())?;
        if *framework.id != *text.id {
            return Err(format!("its `id` is `{}`", framework.id));
        }
        Ok(framework)
    }

    fn organisations(&self, tables: &OrganisationTables) -> Result<Organisations, String> {
        let recorded = recorded_tables(tables)?.recorded_organisations();
        recorded.map_err(|problems| problems.to_string())
    }
}

/// Returns the tables of bodies of an entry, unparsed.
///
/// # Errors
/// The format or the name of a table is unknown.
pub(crate) fn recorded_tables(tables: &OrganisationTables) -> Result<BodyTables, String> {
    let each = tables.tables.iter().map(|table| {
        let recorded = BodyTable {
            file: table.file.to_string(),
            bytes: Arc::from(table.text.as_bytes()),
            shipped: table.shipped,
        };
        (&*table.name, recorded)
    });
    let recorded = BodyTables::recorded(&tables.id, tables.format, each);
    recorded.map_err(|problems| problems.to_string())
}
