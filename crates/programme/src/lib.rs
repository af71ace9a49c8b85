//! One immutable picture of the assurance programme: its cycles, their plugins and results.
//!
//! Every face (terminal, GraphQL, later documents and pages) reads a [`Programme`] and adds no
//! rule of its own. It is built whole, shared without locks and replaced whole.

mod books;
mod enter;
mod revision;
mod standing;

use std::sync::Arc;
use wcc_case::{Case, Frameworks, ReadCycle, ShippedTables};
use wcc_core::{
    Assurance, CheckDocumentation, CheckedCycle, Framework, LastYear, Organisations,
    PluginIdentity, assure,
};
use wcc_host::Plugins;

pub use books::FileFormats;
pub use enter::{EnterError, entries_of};
pub use standing::{Contradiction, Standing};
pub use wcc_case::{Places, nearest};

/// The picture that all faces read.
#[derive(Debug)]
pub struct Programme {
    /// Names this picture: two with the same revision answer every query alike. Lower-case
    /// hexadecimal.
    pub revision: String,
    /// Every framework that the configuration or a case offers, in the order of identifiers.
    pub frameworks: Vec<Arc<Framework>>,
    /// The shipped organisations (a cycle may carry its own).
    pub organisations: Arc<Organisations>,
    /// The plugins that are configured, in the order of their identifiers.
    pub plugins: Vec<ConfiguredPlugin>,
    /// The cycles, in the order of their identifiers.
    pub cycles: Vec<AssuredCycle>,
}

/// A plugin as the programme shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfiguredPlugin {
    /// Which plugin.
    pub identity: PluginIdentity,
    /// Codes of the SHAs that it speaks for; empty where it could not be asked.
    pub regions: Vec<String>,
    /// Identifiers of the frameworks that it understands.
    pub frameworks: Vec<String>,
    /// What its checks say of themselves.
    pub checks: Vec<CheckDocumentation>,
    /// Why it cannot be used, where it cannot.
    pub unavailable: Option<String>,
}

/// One cycle and what assurance made of it.
#[derive(Debug)]
pub struct AssuredCycle {
    /// What was said.
    pub cycle: CheckedCycle,
    /// What follows from it.
    pub assurance: Assurance,
    /// Position of last year's cycle among the cycles, where it is part of the programme.
    pub previous: Option<usize>,
    /// Where each record comes from, in words: `judgements.csv, row 12`.
    pub places: Places,
}

/// Why a programme cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgrammeError {
    /// Two cycles of the same identifier.
    #[error(
        "the cycle `{0}` comes twice: two cases have folders of the same name; rename one, or \
         leave one out"
    )]
    RepeatedCycle(String),
    /// Two different frameworks of the same identifier.
    #[error("two different frameworks are called `{0}`: give one of them another `id`")]
    RepeatedFramework(String),
}

impl Programme {
    /// Assures every cycle of the cases, each with the plugins that speak for its bodies.
    ///
    /// # Errors
    /// Two cycles or two different frameworks of the same identifier.
    pub async fn assure(
        frameworks: &Frameworks,
        shipped: &ShippedTables,
        cases: Vec<Case>,
        plugins: &Plugins,
    ) -> Result<Programme, ProgrammeError> {
        let cycles = assure_cases(cases, plugins).await;
        let frameworks = all_frameworks(frameworks, &cycles)?;
        let organisations = Arc::clone(shipped.organisations());
        let mut programme = Programme::of(frameworks, organisations, cycles, plugins)?;
        programme.revision = revision::of(&programme);
        Ok(programme)
    }

    /// Assures what stood in a ledger. Its rule books and bodies come before those of the
    /// configuration.
    ///
    /// # Errors
    /// Never two cycles of the same identifier: a ledger has each once.
    pub async fn assure_standing(
        standing: Standing,
        frameworks: &Frameworks,
        shipped: &ShippedTables,
        plugins: &Plugins,
    ) -> Result<Programme, ProgrammeError> {
        let mut all = standing.frameworks;
        for framework in frameworks.each() {
            if all.iter().all(|one| one.id != framework.id) {
                all.push(Arc::clone(framework));
            }
        }
        all.sort_by(|one, other| one.id.cmp(&other.id));
        let organisations = standing.organisations;
        let organisations = organisations.unwrap_or_else(|| Arc::clone(shipped.organisations()));
        let cycles = assure_cases(vec![standing.case], plugins).await;
        let mut programme = Programme::of(all, organisations, cycles, plugins)?;
        programme.revision = revision::of_standing(&standing.moment, &programme);
        Ok(programme)
    }

    /// Still without a revision.
    fn of(
        frameworks: Vec<Arc<Framework>>,
        organisations: Arc<Organisations>,
        cycles: Vec<AssuredCycle>,
        plugins: &Plugins,
    ) -> Result<Programme, ProgrammeError> {
        Ok(Programme {
            revision: String::new(),
            frameworks,
            organisations,
            plugins: configured(plugins),
            cycles: in_order(cycles)?,
        })
    }

    /// The cycle with this identifier.
    pub fn cycle(&self, id: &str) -> Option<&AssuredCycle> {
        self.cycles.iter().find(|one| one.cycle.id == id)
    }

    /// The framework with this identifier.
    pub fn framework(&self, id: &str) -> Option<&Arc<Framework>> {
        self.frameworks.iter().find(|one| one.id == id)
    }
}

async fn assure_cases(cases: Vec<Case>, plugins: &Plugins) -> Vec<AssuredCycle> {
    let mut cycles = Vec::new();
    for case in cases {
        let first = cycles.len();
        // Last year's cycle is assured before the one that looks back on it.
        let mut order: Vec<(usize, ReadCycle)> = case.cycles.into_iter().enumerate().collect();
        order.sort_by_key(|(_, read)| read.cycle.as_of);
        let places: Vec<usize> = order.iter().map(|(at, _)| *at).collect();
        for (_, read) in order {
            let previous = read
                .previous
                .and_then(|at| places.iter().position(|place| *place == at))
                .map(|at| first + at);
            let last_year = previous.and_then(|at| cycles.get(at)).map(last_year);
            let assurance = assure_with(&read.cycle, plugins, last_year).await;
            let ReadCycle { cycle, places, .. } = read;
            cycles.push(AssuredCycle {
                cycle,
                assurance,
                previous,
                places,
            });
        }
    }
    cycles
}

fn last_year(assured: &AssuredCycle) -> LastYear<'_> {
    LastYear {
        cycle: &assured.cycle,
        assurance: &assured.assurance,
    }
}

/// Assures one cycle: once without plugins, for the results that plugins are shown, then with
/// what they say.
async fn assure_with(
    cycle: &CheckedCycle,
    plugins: &Plugins,
    last_year: Option<LastYear<'_>>,
) -> Assurance {
    let base = assure(cycle, Vec::new(), last_year);
    let runs = plugins.evaluate(cycle, &base).await;
    if runs.is_empty() {
        base
    } else {
        assure(cycle, runs, last_year)
    }
}

/// The configured frameworks and those that cases bring, each once.
fn all_frameworks(
    configured: &Frameworks,
    cycles: &[AssuredCycle],
) -> Result<Vec<Arc<Framework>>, ProgrammeError> {
    let mut all: Vec<Arc<Framework>> = configured.each().cloned().collect();
    for assured in cycles {
        let framework = &assured.cycle.framework;
        match all.iter().find(|one| one.id == framework.id) {
            None => all.push(Arc::clone(framework)),
            Some(known) if Arc::ptr_eq(known, framework) || **known == **framework => {}
            Some(_) => return Err(ProgrammeError::RepeatedFramework(framework.id.clone())),
        }
    }
    all.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(all)
}

/// Sorts the cycles by identifier; links to last year's follow.
fn in_order(cycles: Vec<AssuredCycle>) -> Result<Vec<AssuredCycle>, ProgrammeError> {
    let mut order: Vec<usize> = (0..cycles.len()).collect();
    order.sort_by(|one, other| cycles[*one].cycle.id.cmp(&cycles[*other].cycle.id));
    for pair in order.windows(2) {
        if cycles[pair[0]].cycle.id == cycles[pair[1]].cycle.id {
            return Err(ProgrammeError::RepeatedCycle(
                cycles[pair[0]].cycle.id.clone(),
            ));
        }
    }
    let place = |at: usize| order.iter().position(|one| *one == at);
    let mut placed: Vec<(Option<usize>, AssuredCycle)> = cycles
        .into_iter()
        .enumerate()
        .map(|(at, mut assured)| {
            assured.previous = assured.previous.and_then(place);
            (place(at), assured)
        })
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    Ok(placed.into_iter().map(|(_, assured)| assured).collect())
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
