//! Reads a case: a folder with `case.toml`, tables and Markdown.

mod folder;
mod link;
mod settings;

use crate::cycle::{
    self, Books, CycleTable, EarlierEvidence, PublishedFiles, ReadCycle, RecordedOutcomes, Settings,
};
use crate::files;
use crate::framework::{self, FrameworkSource, Frameworks};
use crate::misnamed_files;
use crate::nearest::nearest;
use crate::organisations::{self, BodyTables, ShippedTables, read_with_overrides};
use crate::problem::{Place, Problem, Problems, quoted};
use crate::problem_collector::ProblemCollector;
use settings::{CaseFile, CycleEntry, FrameworkName};
use std::path::Path;
use std::sync::Arc;
use wcc_core::cycle::{PctError, check_pcts};
use wcc_core::framework::Words;
use wcc_core::words::with_article;
use wcc_core::{BodyIndex, BodyKind, Framework, Organisations};

/// A case that was read and checked.
#[derive(Clone, Debug)]
pub struct Case {
    /// The name of its folder.
    pub id: String,
    /// The title as printed.
    pub title: String,
    /// The source of its figures.
    pub source: Option<String>,
    /// The notice that every output shows if figures are invented.
    pub illustrative: Option<String>,
    /// Its cycles, in the order of `case.toml`.
    pub cycles: Vec<ReadCycle>,
}

/// Reads a case. It need not repeat the definitions of local outcomes that the frameworks have
/// from plugins.
///
/// # Errors
/// All problems of the case; a case with a problem is not used at all.
pub fn read(
    folder: &Path,
    frameworks: &Frameworks,
    shipped: &ShippedTables,
) -> Result<Case, Problems> {
    let shown = folder.display().to_string();
    if !folder.is_dir() {
        let problem = Problem::of_file(shown, "there is no such folder");
        return Err(problem
            .expecting("the folder of a case, with a case.toml in it")
            .into());
    }
    let Some(bytes) = files::read_if_there(&folder.join(CASE_FILE), CASE_FILE, files::TOML_LIMIT)?
    else {
        let names = files::names_in(folder, &shown)?.unwrap_or_default();
        let mut message = "the folder has no case.toml".to_owned();
        if let Some(near) = misnamed_files::nearest_to_file(CASE_FILE, &names) {
            message.push_str(&format!(", but a file {}", quoted(near)));
        }
        return Err(Problem::of_file(shown, message)
            .expecting("case.toml with a title and a [[cycle]]")
            .into());
    };
    let settings = settings::parse(&files::as_text(&bytes, CASE_FILE)?)?;
    let reading = Reading {
        folder,
        id: name_of(folder),
        frameworks,
        shipped,
        settings: &settings,
        collector: ProblemCollector::default(),
    };
    let cycles = reading.cycles();
    let Reading { id, collector, .. } = reading;
    collector.into_result(cycles.map(|cycles| Case {
        id,
        title: settings.title,
        source: settings.source,
        illustrative: settings.illustrative,
        cycles,
    }))
}

const CASE_FILE: &str = "case.toml";

/// The folder's own name, even if it is given as `.` or `..`.
fn name_of(folder: &Path) -> String {
    let name = folder.file_name().map(ToOwned::to_owned);
    let name = name.or_else(|| Some(folder.canonicalize().ok()?.file_name()?.to_owned()));
    name.map_or_else(
        || "case".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// The rule book of a cycle.
struct ReadBook {
    framework: Arc<Framework>,
    source: FrameworkSource,
    warnings: Problems,
}

/// A case during reading.
struct Reading<'a> {
    folder: &'a Path,
    id: String,
    frameworks: &'a Frameworks,
    shipped: &'a ShippedTables,
    settings: &'a CaseFile,
    collector: ProblemCollector,
}

impl Reading<'_> {
    /// Every cycle; `None` if one could not be read.
    fn cycles(&self) -> Option<Vec<ReadCycle>> {
        folder::refuse_misnamed_files(self.folder, self.settings, &self.collector);
        let entries = &self.settings.cycles;
        // In the order of their days, because a cycle can carry over evidence of an earlier one.
        let mut order: Vec<&CycleEntry> = entries.iter().collect();
        order.sort_by_key(|entry| entry.as_of);
        let mut read: Vec<(&str, Option<ReadCycle>)> = Vec::with_capacity(order.len());
        for entry in order {
            let cycle = self.cycle(entry, &read);
            read.push((&entry.id, cycle));
        }
        // All cycles are read even if one fails, so that all problems are reported.
        let each = entries.iter().map(|entry| {
            let at = read.iter().position(|(id, _)| *id == entry.id)?;
            read.swap_remove(at).1
        });
        let each: Vec<Option<ReadCycle>> = each.collect();
        let mut cycles = each.into_iter().collect::<Option<Vec<_>>>()?;
        self.link_cycles(&mut cycles);
        Some(cycles)
    }

    /// Reads a cycle. `before` are those with a day that is not later.
    fn cycle(&self, entry: &CycleEntry, before: &[(&str, Option<ReadCycle>)]) -> Option<ReadCycle> {
        let read = self.framework(entry);
        // Without the rule book, the names of the tables tell whose words to use.
        let otherwise = if organisations::has_neutral_tables(self.folder) {
            Words::neutral()
        } else {
            Words::world_class_commissioning()
        };
        let words = read
            .as_ref()
            .map_or(&otherwise, |read| &read.framework.words);
        let framework = read.as_ref().map(|read| &*read.framework);
        let organisations = self.organisations(entry, words, framework);
        let tables = self.tables(entry);
        let (organisations, body_tables) = organisations?;
        let pcts = entry.pcts.as_ref();
        let pcts = pcts.map(|codes| self.pcts(codes, &organisations, words));
        let ReadBook {
            framework,
            source,
            mut warnings,
        } = read?;
        let before = before.iter().filter_map(|(_, read)| read.as_ref());
        let earlier = before.filter(|read| read.cycle.as_of < entry.as_of);
        let earlier = earlier.map(|read| EarlierEvidence::of(&read.cycle, &framework));
        let settings = Settings {
            earlier: earlier.collect(),
            recorded: RecordedOutcomes::default(),
            published: PublishedFiles::All,
            id: format!("{}/{}", self.id, entry.id),
            title: entry
                .title
                .clone()
                .unwrap_or_else(|| self.settings.title.clone()),
            as_of: entry.as_of,
            illustrative: entry
                .illustrative
                .clone()
                .or_else(|| self.settings.illustrative.clone()),
            framework,
            organisations,
            local_outcomes: Arc::clone(self.frameworks.local_outcomes()),
            indicators: Vec::new(),
            pcts,
        };
        let mut read = self.value_or_report(cycle::build(&settings, &tables?))?;
        read.books = Some(Books {
            framework: source,
            organisations: body_tables,
        });
        warnings.append(read.warnings);
        read.warnings = warnings;
        Some(read)
    }

    /// The value, or `None` after reporting its problems.
    fn value_or_report<T>(&self, read: Result<T, Problems>) -> Option<T> {
        read.map_err(|problems| self.collector.extend(problems))
            .ok()
    }

    fn report(&self, place: &Place, message: String, more: impl FnOnce(Problem) -> Problem) {
        self.collector
            .add(|| more(Problem::at(CASE_FILE, place.clone(), message)));
    }

    /// The rule book, with warnings if it is the case's own.
    fn framework(&self, entry: &CycleEntry) -> Option<ReadBook> {
        let mut read = self.full_framework(entry)?;
        if let Some((id, place)) = &entry.review {
            let Some(limited) = read.framework.for_review(id) else {
                let known = || read.framework.reviews.iter().map(|review| &*review.id);
                let message = format!("{} has no review {}", read.framework.id, quoted(id));
                self.report(place, message, |problem| {
                    problem
                        .expecting_one_of(known())
                        .nearest_to(nearest(id, known()))
                });
                return None;
            };
            read.framework = Arc::new(limited);
        }
        Some(read)
    }

    /// The rule book of a full round.
    fn full_framework(&self, entry: &CycleEntry) -> Option<ReadBook> {
        match &entry.framework {
            FrameworkName::Configured(id) => {
                let framework = self.frameworks.find(id);
                if framework.is_none() {
                    let message = format!("there is no framework {}", quoted(id));
                    self.report(&entry.framework_place, message, |problem| {
                        problem
                            .expecting_one_of(self.frameworks.ids())
                            .nearest_to(self.frameworks.nearest(id))
                    });
                }
                let source = self.frameworks.source(id)?.clone();
                framework.map(|framework| ReadBook {
                    framework: Arc::clone(framework),
                    source,
                    warnings: Problems::default(),
                })
            }
            FrameworkName::Beside(file) => {
                let path = self.folder.join(file);
                if !path.is_file() {
                    let names = files::names_in(self.folder, "").ok().flatten();
                    let names = names.unwrap_or_default();
                    let near = misnamed_files::nearest_to_file(file, &names);
                    let near = near.map(|near| format!("./{near}"));
                    let message = format!("there is no file {} beside case.toml", quoted(file));
                    self.report(&entry.framework_place, message, |problem| {
                        problem
                            .expecting("a framework file there")
                            .nearest_to(near.as_deref())
                    });
                    return None;
                }
                let read = framework::read_among(&path, self.frameworks);
                self.value_or_report(read).map(|read| ReadBook {
                    framework: Arc::new(read.framework),
                    source: read.source,
                    warnings: read.warnings,
                })
            }
        }
    }

    fn organisations(
        &self,
        entry: &CycleEntry,
        words: &Words,
        framework: Option<&Framework>,
    ) -> Option<(Arc<Organisations>, BodyTables)> {
        let of_cycle = self.folder.join(&entry.folder);
        let shown = folder::shown(&entry.folder);
        let mut folders = vec![(self.folder, "")];
        if !shown.is_empty() {
            folders.push((&of_cycle, &shown));
        }
        let read = read_with_overrides(self.shipped, &folders, words, framework);
        self.value_or_report(read)
    }

    fn tables(&self, entry: &CycleEntry) -> Option<Vec<CycleTable>> {
        let folder = self.folder.join(&entry.folder);
        if !folder.is_dir() {
            let message = format!("there is no folder {}", quoted(&entry.folder));
            self.report(&entry.folder_place, message, |problem| {
                problem.expecting("the folder with this cycle's tables")
            });
            return None;
        }
        self.value_or_report(folder::tables(&folder, &folder::shown(&entry.folder)))
    }

    fn pcts(
        &self,
        codes: &[(String, Place)],
        organisations: &Organisations,
        words: &Words,
    ) -> Vec<BodyIndex> {
        let checked = check_pcts(organisations, codes.iter().map(|(code, _)| code.as_str()));
        let mut pcts = Vec::new();
        for ((code, place), checked) in codes.iter().zip(checked) {
            let error = match checked {
                Ok(pct) => {
                    pcts.push(pct);
                    continue;
                }
                Err(error) => error,
            };
            let message = match error {
                PctError::Repeated => format!("{} is listed twice", quoted(code)),
                PctError::Kind(kind) => {
                    format!("{} is {}", quoted(code), with_article(words.kind(kind)))
                }
                PctError::Unknown => format!("there is no {} {}", words.body.one, quoted(code)),
            };
            let codes_of = || format!("codes of {}", words.body.many);
            let codes = || {
                let bodies = organisations.each();
                let pcts = bodies.filter(|(_, body)| body.kind == BodyKind::Pct);
                pcts.map(|(_, body)| body.code.as_str())
            };
            self.report(place, message, |problem| match error {
                PctError::Repeated => problem,
                PctError::Kind(_) => problem.expecting(codes_of()),
                PctError::Unknown => problem
                    .expecting(codes_of())
                    .nearest_to(nearest(code, codes())),
            });
        }
        pcts
    }
}
