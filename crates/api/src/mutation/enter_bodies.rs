//! `enterBodies`.

use super::form::{FILE, Form};
use super::mutation;
use crate::project::input;
use crate::project::leaves::Id;
use wcc_core::ledger::{Draft, Fact, FileFormat, OrganisationTable, OrganisationTables};

/// Maximum number of tables in a set of bodies.
const MAX_TABLES: usize = 20;
/// Maximum length of the name of a table, in bytes.
const MAX_NAME: usize = 200;

mutation! {
    /// Enters tables of bodies: who there is, which groups they belong to and to which functions they
    /// delegate, with dates. Cycles that are opened from now on can use them; `rebaseCycle` moves an
    /// open one to them.
    enterBodies: EnterBodies {
        /// A set of tables.
        input EnterBodiesInput<'q> as "EnterBodiesInput" {
            /// The identifier of the set, by which cycles name it.
            id: Id<'q>,
            /// The tables, each given once; see `docs/case-files.md`.
            tables: Vec<BodyTableInput<'q>>,
            /// Number of the entry with the earlier version of the set.
            supersedes: Option<i32>,
        }
        drafts |input, form| {
            let id = form.code("id", input.id.0);
            let tables = tables(form, &input.tables);
            vec![Draft {
                fact: Fact::Organisations(OrganisationTables {
                    id,
                    format: FileFormat::FIRST,
                    tables,
                }),
                supersedes: form.supersedes(input.supersedes),
                origin: None,
            }]
        };
        /// The result of entering tables of bodies.
        payload EnterBodiesPayload as "EnterBodiesPayload" => |done| {}
    }
}

input! {
    /// A table of bodies.
    BodyTableInput<'q> as "BodyTableInput" {
        /// Which table: `pct.csv`, `sha.csv`, `clusters.csv`, `memberships.csv`, `functions.csv` or
        /// `delegations.csv`.
        name: &'q str,
        /// Its text, as CSV. At most 1,000,000 bytes.
        text: &'q str,
        /// Whether it is a table that comes with the program, beside others that replace some of those: its rows
        /// about bodies that the set does not have are then left out, not refused. False if omitted.
        shipped: Option<bool>,
    }
}

fn tables(form: &mut Form, given: &[BodyTableInput<'_>]) -> Vec<OrganisationTable> {
    if given.is_empty() || given.len() > MAX_TABLES {
        let found = given.len();
        let message = format!("there are {found}: give 1 to {MAX_TABLES}");
        form.malformed("tables", message);
        return Vec::new();
    }
    let tables = given.iter().enumerate();
    tables
        .map(|(at, table)| {
            let name = form.needed(&format!("tables[{at}].name"), table.name, MAX_NAME);
            OrganisationTable {
                file: name.clone(),
                name,
                shipped: table.shipped.unwrap_or_default(),
                text: form.needed(&format!("tables[{at}].text"), table.text, FILE),
            }
        })
        .collect()
}
