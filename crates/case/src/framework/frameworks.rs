//! Reads all frameworks of a folder.

use super::{FrameworkSource, LinkedFramework, read_linked_framework};
use crate::files;
use crate::misnamed_files;
use crate::nearest::nearest;
use crate::problem::{Place, Problem, Problems, quoted};
use crate::problem_collector::ProblemCollector;
use std::path::Path;
use std::sync::Arc;
use wcc_core::Framework;
use wcc_core::outcome::OutcomeDefinition;

/// The configured frameworks, and the local outcomes that regional plugins declare for them.
#[derive(Clone, Debug, Default)]
pub struct Frameworks {
    all: Vec<(Arc<Framework>, FrameworkSource)>,
    local_outcomes: Arc<[OutcomeDefinition]>,
}

impl Frameworks {
    /// Reads every `*.toml` file of a folder, in the order of the names.
    ///
    /// # Errors
    /// All problems of the files, including references to items that the previous year's framework
    /// does not have.
    pub fn read(folder: &Path) -> Result<Self, Problems> {
        let shown = folder.display().to_string();
        let Some(names) = files::names_in(folder, &shown)? else {
            let problem = Problem::of_file(shown, "there is no such folder");
            return Err(problem
                .expecting("a folder of framework files (*.toml)")
                .into());
        };
        let collector = ProblemCollector::default();
        let mut read = Vec::new();
        for name in names
            .iter()
            .filter(|name| misnamed_files::is_nearly(name, ".toml"))
        {
            collector.add(|| {
                Problem::of_file(name, "is not read: its name does not end in .toml")
                    .expecting("FRAMEWORK.toml, or the file in another folder")
            });
        }
        for name in names.iter().filter(|name| name.ends_with(".toml")) {
            match read_linked_framework(&folder.join(name)) {
                Ok(linked) => read.push(linked),
                Err(problems) => collector.extend(problems),
            }
        }
        let all = Self {
            all: read
                .iter()
                .map(|linked| (Arc::new(linked.framework.clone()), linked.source.clone()))
                .collect(),
            local_outcomes: Arc::default(),
        };
        for linked in &read {
            // A year may be configured without the previous one.
            all.check_links(linked, &collector, &ProblemCollector::default());
        }
        collector.into_result(Some(all))
    }

    /// A set of one framework.
    pub(super) fn one(framework: Framework, source: FrameworkSource) -> Self {
        Self {
            all: vec![(Arc::new(framework), source)],
            local_outcomes: Arc::default(),
        }
    }

    /// Adds the local outcomes that plugins declare. A case that chooses one of them need not
    /// repeat its title and direction.
    #[must_use]
    pub fn with_local_outcomes(self, declared: Vec<OutcomeDefinition>) -> Self {
        Self {
            local_outcomes: declared.into(),
            ..self
        }
    }

    /// The local outcomes that plugins declare.
    pub(crate) fn local_outcomes(&self) -> &Arc<[OutcomeDefinition]> {
        &self.local_outcomes
    }

    /// Every framework, in the order of the identifiers.
    pub fn each(&self) -> impl Iterator<Item = &Arc<Framework>> {
        self.all.iter().map(|(framework, _)| framework)
    }

    /// The framework with this identifier.
    pub fn find(&self, id: &str) -> Option<&Arc<Framework>> {
        self.each().find(|framework| framework.id == id)
    }

    /// What the framework with this identifier was read from.
    pub fn source(&self, id: &str) -> Option<&FrameworkSource> {
        let mut all = self.all.iter();
        all.find(|(framework, _)| framework.id == id)
            .map(|(_, source)| source)
    }

    /// The identifier that is nearest to an unknown one.
    pub fn nearest(&self, id: &str) -> Option<&str> {
        nearest(id, self.ids())
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.each().map(|framework| framework.id.as_str())
    }

    /// Checks a framework's references to the previous year, if that year's framework is here.
    pub(super) fn check_links(
        &self,
        linked: &LinkedFramework,
        collector: &ProblemCollector,
        warnings: &ProblemCollector,
    ) {
        let Some(previous) = linked.framework.previous.as_deref() else {
            return;
        };
        let Some(before) = self.find(previous) else {
            if let Some(place) = &linked.previous {
                warnings.add(|| self.no_previous(linked, place, previous));
            }
            return;
        };
        for link in &linked.links {
            let components = || {
                before
                    .components
                    .iter()
                    .map(|component| component.id.as_str())
            };
            let measures = || before.measures.iter().map(|measure| measure.id.as_str());
            let (what, known) = if link.of_component {
                ("component", before.find_component(&link.id).is_some())
            } else {
                ("measure", before.find_measure(&link.id).is_some())
            };
            if known {
                continue;
            }
            collector.add(|| {
                let nearest = if link.of_component {
                    nearest(&link.id, components())
                } else {
                    nearest(&link.id, measures())
                };
                let message = format!("{} has no {what} {}", before.id, quoted(&link.id));
                Problem::at(&linked.file, link.place.clone(), message)
                    .expecting(format!("the identifier of a {what} of {}", before.id))
                    .nearest_to(nearest)
            });
        }
    }

    fn no_previous(&self, linked: &LinkedFramework, place: &Place, previous: &str) -> Problem {
        let own = linked.framework.id.as_str();
        let others = || self.ids().filter(|id| *id != own);
        let message = format!(
            "neither a configured framework nor a file beside this one is called {}: references to \
             the previous year were not checked",
            quoted(previous)
        );
        Problem::at(&linked.file, place.clone(), message)
            .expecting_one_of(others())
            .nearest_to(nearest(previous, others()))
    }
}
