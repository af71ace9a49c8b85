//! The roles that a command gives to somebody.

use super::places::Places;
use super::{Failure, policy};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use wcc_tokens::{Grant, GrantError};

/// Roles with their limits, and where bodies and cycles are looked up.
#[derive(clap::Args)]
pub(super) struct GrantArguments {
    /// Their role: operator, public, or one that a framework declares or a policy names
    #[arg(long, value_name = "ROLE", required_unless_present = "grant")]
    role: Option<String>,
    /// Code of the body that they act for
    #[arg(long, value_name = "CODE", requires = "role")]
    body: Option<String>,
    /// Identifier of the only cycle in which they have the role
    #[arg(long, value_name = "ID", requires = "role")]
    cycle: Option<String>,
    /// Another role, with its body and cycle; may be repeated. They choose one of them
    #[arg(long, value_name = "ROLE;body=CODE;cycle=ID")]
    grant: Vec<String>,
    /// Folder of a case, `ledger:` or a point in the ledger: where cycles and bodies are looked up
    #[arg(long = "in", value_name = "CASE", default_value = "ledger:")]
    source: Source,
}

impl GrantArguments {
    /// The grants with codes as their tables write them, if every role, body and cycle exists. `read` reads
    /// one of `--grant`.
    pub(super) async fn known(
        &self,
        read: fn(&str) -> Result<Grant, GrantError>,
        settings: &Settings,
    ) -> Result<Vec<Grant>, Failure> {
        let grants = self.named(read)?;
        let policies = policy::read(None, settings)?;
        let reference = load::reference(settings)?;
        let known = |programme| {
            let places = Places {
                reference: &reference,
                programme,
            };
            let each = grants.iter().map(|grant| {
                let body = grant.body.as_deref().map(|code| places.body(code));
                let cycle = grant.cycle.as_deref().map(|id| places.cycle(id));
                Ok(Grant {
                    role: places.role(&grant.role, &policies)?.to_owned(),
                    body: body.transpose()?.map(str::to_owned),
                    cycle: cycle.transpose()?.map(|cycle| cycle.id.clone()),
                    from: grant.from,
                    until: grant.until,
                })
            });
            each.collect::<Result<Vec<Grant>, Failure>>()
        };
        let names_cycle = grants.iter().any(|grant| grant.cycle.is_some());
        match known(None) {
            Ok(grants) => Ok(grants),
            // Frameworks and bodies of the ledger may be others than those of the settings.
            Err(failure) => match load::programme(settings, &self.source).await {
                Ok(programme) => known(Some(&programme)),
                Err(unread) if names_cycle => Err(unread),
                Err(_) => Err(failure),
            },
        }
    }

    /// The grants as given on the command line.
    fn named(&self, read: fn(&str) -> Result<Grant, GrantError>) -> Result<Vec<Grant>, Failure> {
        let mut grants = Vec::new();
        if let Some(role) = &self.role {
            grants.push(Grant {
                body: self.body.clone(),
                cycle: self.cycle.clone(),
                ..Grant::of_role(role)
            });
        }
        for text in &self.grant {
            let grant = read(text);
            let refused = |error| Failure::refused(format!("--grant `{text}`: {error}"));
            grants.push(grant.map_err(refused)?);
        }
        Ok(grants)
    }
}
