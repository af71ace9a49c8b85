//! The reference data that settings name: framework files and tables of bodies.

use std::path::Path;
use wcc_case::{Frameworks, Problems, ShippedTables};
use wcc_host::{Admission, Definitions, Plugins, Trust};

/// Frameworks and tables of bodies, read together.
#[derive(Clone, Debug)]
pub struct ReferenceData {
    /// The framework files.
    pub frameworks: Frameworks,
    /// The tables of bodies.
    pub tables: ShippedTables,
}

impl ReferenceData {
    /// Reads two folders: one of framework files, one of tables of bodies.
    ///
    /// # Errors
    /// The problems of the files, each with its place.
    pub fn read(frameworks: &Path, organisations: &Path) -> Result<ReferenceData, Problems> {
        Ok(ReferenceData {
            frameworks: Frameworks::read(frameworks)?,
            tables: ShippedTables::read(organisations)?,
        })
    }

    /// Adds the local outcomes that plugins declare, so that cases need not repeat them.
    #[must_use]
    pub fn with_local_outcomes(self, plugins: &Plugins) -> ReferenceData {
        ReferenceData {
            frameworks: self
                .frameworks
                .with_local_outcomes(plugins.local_outcomes()),
            ..self
        }
    }

    /// Returns the national definitions, which plugins may not repeat.
    pub fn definitions(&self) -> Definitions {
        let frameworks = self.frameworks.each().map(AsRef::as_ref);
        Definitions::new(frameworks, self.tables.organisations())
    }

    /// Decides whether a plugin is admitted under the given trust.
    pub fn admission(&self, trust: Trust) -> Admission {
        Admission::new(trust, self.definitions())
    }
}
