//! The assurance programme as an immutable snapshot: its cycles, their plugins and results.
//!
//! Every interface (terminal, GraphQL, later documents and pages) reads a [`Programme`] and adds no
//! rule of its own. A programme is built as a whole, shared without locks, and replaced as a whole.

mod assuring;
mod books;
mod enter;
mod import;
mod not_assured;
mod rebase;
mod reference;
mod revision;
mod standing;
mod start;
mod visible;

use assuring::{assure_each, cycle_inputs};
use jiff::civil::Date;
use revision::{Configuration, RunDigest};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use wcc_case::{Case, Frameworks, ShippedTables};
use wcc_core::framework::Review;
use wcc_core::indicator::{IndicatorGroups, IndicatorIndex};
use wcc_core::latest::{StandingLine, latest_results};
use wcc_core::reliance::Citations;
use wcc_core::what_if::{ProposedChange, WhatIf, WhatIfError, what_if};
use wcc_core::{
    Assurance, CheckDocumentation, CheckedCycle, Framework, LastYear, Organisations, PluginIdentity,
};
use wcc_host::{Patience, Plugins};

pub use books::FileFormats;
pub use enter::{EnterError, entries_of};
pub use import::{
    Import, ImportBasis, ImportError, ImportSource, ImportedRecord, ImportedValue, MadeFrom,
    Overtaken,
};
pub use not_assured::NotAssuredCycle;
pub use rebase::{CorrectedBodies, RebaseError};
pub use reference::ReferenceData;
pub use standing::{Beside, Standing};
pub use start::{ConfirmError, Start, StartError};
pub use visible::{Persons, ProgrammeView, Visibility};
pub use wcc_case::{Places, nearest};

/// The programme that all interfaces read. Cloning is cheap, because clones share their contents.
#[derive(Clone, Debug)]
pub struct Programme {
    /// Identifies the contents: two programmes with the same revision give the same answers to every
    /// query. Lower-case hexadecimal.
    pub revision: String,
    /// Every framework of the configuration and the cases, in the order of identifiers.
    pub frameworks: Vec<Arc<Framework>>,
    /// The organisations outside any cycle: the shipped ones if a cycle follows a framework that uses
    /// them, or if there is no cycle; otherwise none. A cycle may have its own.
    pub organisations: Arc<Organisations>,
    /// The configured plugins, in the order of their identifiers.
    pub plugins: Arc<[ConfiguredPlugin]>,
    /// The cycles, in the order of their identifiers.
    pub cycles: Vec<Arc<AssuredCycle>>,
    /// The cycles of a ledger whose records contradict each other, in the order of their identifiers.
    /// A cycle whose previous cycle is among them is assured without last year.
    pub not_assured: Vec<Arc<NotAssuredCycle>>,
    /// The parts of the revision that do not depend on cycles.
    configuration: Arc<Configuration>,
    /// The resources for assuring views.
    pub basis: Basis,
}

/// The resources that a [`ProgrammeView`] needs to assure a part of the programme.
#[derive(Clone, Debug, Default)]
pub struct Basis {
    /// The plugins for cycles with hidden objects; `None` for no plugin.
    pub plugins: Option<Plugins>,
    /// Identifiers of the configured frameworks.
    pub configured: BTreeSet<String>,
}

impl Basis {
    fn new(frameworks: &Frameworks, plugins: &Plugins) -> Basis {
        Basis {
            plugins: Some(plugins.clone()),
            configured: frameworks.each().map(|one| one.id.clone()).collect(),
        }
    }
}

/// A plugin of the programme.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfiguredPlugin {
    /// The identity of the plugin.
    pub identity: PluginIdentity,
    /// Codes of the SHAs that it checks; empty if it could not be loaded.
    pub regions: Vec<String>,
    /// Identifiers of the frameworks that it supports.
    pub frameworks: Vec<String>,
    /// The documentation of its checks.
    pub checks: Vec<CheckDocumentation>,
    /// Why it cannot be used, if it cannot.
    pub unavailable: Option<String>,
}

/// A cycle with the results of its assurance.
#[derive(Debug)]
pub struct AssuredCycle {
    /// The cycle and its records.
    pub cycle: CheckedCycle,
    /// The results.
    pub assurance: Assurance,
    /// Identifier of last year's cycle, if it is part of the programme: assured, or not assured.
    pub previous: Option<String>,
    /// Where each record comes from, in words: `judgements.csv, row 12`.
    pub places: Places,
    /// Digests of the answers of each plugin.
    runs: Vec<RunDigest>,
    /// What cites each item of evidence, once somebody has asked.
    citations: OnceLock<Citations>,
    /// Where the series of each indicator are, once somebody has asked.
    indicators: OnceLock<IndicatorIndex>,
}

impl AssuredCycle {
    /// The records that cite each item of evidence. They are collected when first asked for.
    pub fn citations(&self) -> &Citations {
        self.citations.get_or_init(|| Citations::of(&self.cycle))
    }

    /// The indicators of the cycle. Their series are found when first asked for.
    pub fn indicators(&self) -> IndicatorGroups<'_> {
        let index = &self.indicators;
        let index = index.get_or_init(|| IndicatorIndex::of(&self.cycle));
        index.groups(&self.cycle)
    }

    /// An assured cycle.
    pub fn new(
        cycle: CheckedCycle,
        assurance: Assurance,
        previous: Option<String>,
        places: Places,
    ) -> AssuredCycle {
        let runs = revision::digests_of(&assurance.plugins, None);
        AssuredCycle {
            cycle,
            assurance,
            previous,
            places,
            runs,
            citations: OnceLock::new(),
            indicators: OnceLock::new(),
        }
    }
}

/// Why a programme cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgrammeError {
    /// Two cycles have the same identifier.
    #[error(
        "the cycle `{0}` comes twice: two cases have folders of the same name; rename one, or \
         leave one out"
    )]
    RepeatedCycle(String),
    /// Two different frameworks have the same identifier.
    #[error("two different frameworks are called `{0}`: give one of them another `id`")]
    RepeatedFramework(String),
}

impl Programme {
    /// Assures every cycle of the cases, each with the plugins for its regions. Waits until each plugin
    /// has answered.
    ///
    /// # Errors
    /// Two cycles or two different frameworks of the same identifier.
    pub async fn assure(
        frameworks: &Frameworks,
        shipped: &ShippedTables,
        cases: Vec<Case>,
        plugins: &Plugins,
    ) -> Result<Programme, ProgrammeError> {
        let patience = Patience::UntilAnswered;
        Programme::assure_within(frameworks, shipped, cases, plugins, patience).await
    }

    /// Like [`Programme::assure`], but limits the time of waiting for plugins: see
    /// [`Programme::is_being_checked`].
    ///
    /// # Errors
    /// Two cycles or two different frameworks of the same identifier.
    pub async fn assure_within(
        frameworks: &Frameworks,
        shipped: &ShippedTables,
        cases: Vec<Case>,
        plugins: &Plugins,
        patience: Patience,
    ) -> Result<Programme, ProgrammeError> {
        let cycles = cases.into_iter().flat_map(cycle_inputs).collect();
        let cycles = assure_each(Vec::new(), cycles, plugins, patience).await;
        let basis = Basis::new(frameworks, plugins);
        let frameworks = all_frameworks(frameworks, &cycles)?;
        let followed = cycles.iter().map(|assured| &*assured.cycle.framework);
        let organisations = Arc::clone(shipped.used_by(followed));
        let configuration = Configuration::new(frameworks, organisations, configured(plugins));
        let mut programme = Programme::of(Arc::new(configuration), cycles, Vec::new(), basis)?;
        programme.revision = revision::of(&programme);
        Ok(programme)
    }

    /// Assures the cycles of a ledger. Its rule books and bodies take precedence over those of the
    /// configuration. Cycles that [`Standing::gather_beside`] took from another programme keep their
    /// results.
    ///
    /// # Errors
    /// Two different frameworks have the same identifier. Cycles of a ledger cannot.
    pub async fn assure_standing(
        standing: Standing,
        frameworks: &Frameworks,
        shipped: &ShippedTables,
        plugins: &Plugins,
    ) -> Result<Programme, ProgrammeError> {
        let patience = Patience::UntilAnswered;
        Programme::assure_standing_within(standing, frameworks, shipped, plugins, patience).await
    }

    /// Like [`Programme::assure_standing`], but limits the time of waiting for plugins.
    ///
    /// # Errors
    /// As for [`Programme::assure_standing`].
    pub async fn assure_standing_within(
        standing: Standing,
        frameworks: &Frameworks,
        shipped: &ShippedTables,
        plugins: &Plugins,
        patience: Patience,
    ) -> Result<Programme, ProgrammeError> {
        let mut all = standing.frameworks;
        for framework in frameworks.each() {
            if all.iter().all(|one| one.id != framework.id) {
                all.push(Arc::clone(framework));
            }
        }
        all.sort_by(|one, other| one.id.cmp(&other.id));
        let organisations = standing.organisations;
        let cycles = assure_each(standing.as_before, standing.cycles, plugins, patience).await;
        let not_assured = standing.not_assured.iter();
        let followed = not_assured.map(|cycle| &*cycle.cycle.framework);
        let followed = followed.chain(cycles.iter().map(|assured| &*assured.cycle.framework));
        let organisations = organisations.unwrap_or_else(|| Arc::clone(shipped.used_by(followed)));
        // The other programme was assured with the same plugins.
        let configuration = standing.configuration;
        let configuration = configuration.filter(|known| known.has(&all, &organisations));
        let new = || Arc::new(Configuration::new(all, organisations, configured(plugins)));
        let basis = Basis::new(frameworks, plugins);
        let configuration = configuration.unwrap_or_else(new);
        let mut programme = Programme::of(configuration, cycles, standing.not_assured, basis)?;
        programme.revision = revision::of_standing(&standing.moment, &programme);
        Ok(programme)
    }

    /// Builds a programme of assured cycles.
    ///
    /// # Errors
    /// Two cycles have the same identifier.
    pub fn of_assured(
        frameworks: Vec<Arc<Framework>>,
        organisations: Arc<Organisations>,
        plugins: Vec<ConfiguredPlugin>,
        cycles: Vec<Arc<AssuredCycle>>,
    ) -> Result<Programme, ProgrammeError> {
        let configuration = Configuration::new(frameworks, organisations, plugins);
        let (configuration, basis) = (Arc::new(configuration), Basis::default());
        let mut programme = Programme::of(configuration, cycles, Vec::new(), basis)?;
        programme.revision = revision::of(&programme);
        Ok(programme)
    }

    /// Builds a programme without a revision.
    fn of(
        configuration: Arc<Configuration>,
        cycles: Vec<Arc<AssuredCycle>>,
        mut not_assured: Vec<Arc<NotAssuredCycle>>,
        basis: Basis,
    ) -> Result<Programme, ProgrammeError> {
        not_assured.sort_by(|one, other| one.cycle.id.cmp(&other.cycle.id));
        Ok(Programme {
            revision: String::new(),
            frameworks: configuration.frameworks.clone(),
            organisations: Arc::clone(&configuration.organisations),
            plugins: Arc::clone(&configuration.plugins),
            configuration,
            cycles: in_order(cycles)?,
            not_assured,
            basis,
        })
    }

    /// The date for bodies outside any cycle: that of the latest cycle.
    pub fn day(&self) -> Date {
        let days = self.cycles.iter().map(|assured| assured.cycle.as_of);
        days.max().unwrap_or(Date::MAX)
    }

    /// The cycle with this identifier.
    pub fn cycle(&self, id: &str) -> Option<&Arc<AssuredCycle>> {
        self.cycles.iter().find(|one| one.cycle.id == id)
    }

    /// The cycle with this identifier, assured or not.
    pub fn any_cycle(&self, id: &str) -> Option<&wcc_core::Cycle> {
        let assured = self.cycle(id).map(|assured| &*assured.cycle);
        assured.or_else(|| self.not_assured(id).map(|one| &one.cycle))
    }

    /// The cycle with this identifier, if it is not assured.
    pub fn not_assured(&self, id: &str) -> Option<&Arc<NotAssuredCycle>> {
        self.not_assured.iter().find(|one| one.cycle.id == id)
    }

    /// The previous cycle of a cycle, if there is no last year to compare with because it is not
    /// assured.
    pub fn previous_not_assured(&self, assured: &AssuredCycle) -> Option<&Arc<NotAssuredCycle>> {
        self.not_assured(assured.previous.as_deref()?)
    }

    /// The effect of proposed changes on a cycle of this programme, which stays as it is.
    ///
    /// # Errors
    /// A change is not possible.
    pub fn what_if(
        &self,
        assured: &AssuredCycle,
        changes: &[ProposedChange],
    ) -> Result<WhatIf, WhatIfError> {
        let last_year = assured.previous.as_deref().and_then(|id| self.cycle(id));
        let last_year = last_year.map(|year| LastYear {
            cycle: &year.cycle,
            assurance: &year.assurance,
        });
        what_if(&assured.cycle, &assured.assurance, last_year, changes)
    }

    /// The standing result of each body on a day, by the positions of cycles.
    pub fn latest_results(&self, on: Date) -> Vec<StandingLine<'_>> {
        let cycles = self.cycles.iter();
        let cycles: Vec<_> = cycles
            .map(|assured| (&*assured.cycle, &assured.assurance))
            .collect();
        latest_results(&cycles, on)
    }

    /// Whether a plugin has not answered yet. Once it has, another programme replaces this one.
    pub fn is_being_checked(&self) -> bool {
        let mut cycles = self.cycles.iter();
        cycles.any(|one| one.assurance.is_being_checked())
    }

    /// The framework with this identifier.
    pub fn framework(&self, id: &str) -> Option<&Arc<Framework>> {
        self.frameworks.iter().find(|one| one.id == id)
    }
}

/// Returns the configured frameworks and those of the cases, without repetitions.
fn all_frameworks(
    configured: &Frameworks,
    cycles: &[Arc<AssuredCycle>],
) -> Result<Vec<Arc<Framework>>, ProgrammeError> {
    let mut all: Vec<Arc<Framework>> = configured.each().cloned().collect();
    for assured in cycles {
        let framework = Review::full_framework(&assured.cycle.framework);
        match all.iter().find(|one| one.id == framework.id) {
            None => all.push(Arc::clone(framework)),
            Some(known) if Arc::ptr_eq(known, framework) || **known == **framework => {}
            Some(_) => return Err(ProgrammeError::RepeatedFramework(framework.id.clone())),
        }
    }
    all.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(all)
}

/// Sorts the cycles by their identifiers.
fn in_order(mut cycles: Vec<Arc<AssuredCycle>>) -> Result<Vec<Arc<AssuredCycle>>, ProgrammeError> {
    cycles.sort_by(|one, other| one.cycle.id.cmp(&other.cycle.id));
    let mut pairs = cycles.array_windows();
    match pairs.find(|[left, right]| left.cycle.id == right.cycle.id) {
        Some([cycle, _]) => Err(ProgrammeError::RepeatedCycle(cycle.cycle.id.clone())),
        None => Ok(cycles),
    }
}

fn configured(plugins: &Plugins) -> Vec<ConfiguredPlugin> {
    let mut all: Vec<ConfiguredPlugin> = plugins
        .each()
        .map(|plugin| ConfiguredPlugin {
            identity: plugin.identity().clone(),
            regions: plugin
                .manifest()
                .map_or_else(Vec::new, |one| one.regions.clone()),
            frameworks: plugin
                .manifest()
                .map_or_else(Vec::new, |one| one.frameworks.clone()),
            checks: plugin.checks(),
            unavailable: plugin.failure().map(|failure| failure.cause.to_string()),
        })
        .collect();
    all.sort_by(|one, other| one.identity.id.cmp(&other.identity.id));
    all
}
