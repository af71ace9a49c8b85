//! Reads a case: a folder with `case.toml`, tables and Markdown.

mod folder;
mod settings;

use crate::cycle::{self, Books, CycleTable, ReadCycle, Settings};
use crate::files;
use crate::found::ProblemCollector;
use crate::framework::{self, Frameworks};
use crate::nearest::nearest;
use crate::organisations::{BodyTables, ShippedTables, read_with_overrides, with_article};
use crate::problem::{Place, Problem, Problems, quoted};
use crate::strays;
use settings::{CaseFile, CycleEntry, FrameworkName};
use std::path::Path;
use std::sync::Arc;
use wcc_core::{BodyIndex, BodyKind, Framework, Organisations};

/// A case that was read and checked.
#[derive(Clone, Debug)]
pub struct Case {
    /// Name of its folder.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// Where its figures come from.
    pub source: Option<String>,
    /// Set where its figures are invented: the sentence that every output shows.
    pub illustrative: Option<String>,
    /// Its cycles, in the order of `case.toml`.
    pub cycles: Vec<ReadCycle>,
}

/// Reads a case. What the frameworks know of the local outcomes that plugins declare need not be
/// repeated in it.
///
/// # Errors
/// Everything that is wrong with it; nothing of a broken case is used.
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
        if let Some(near) = strays::nearest_to_file(CASE_FILE, &names) {
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
        found: ProblemCollector::default(),
    };
    let cycles = reading.cycles();
    let Reading { id, found, .. } = reading;
    found.or(cycles.map(|cycles| Case {
        id,
        title: settings.title,
        source: settings.source,
        illustrative: settings.illustrative,
        cycles,
    }))
}

const CASE_FILE: &str = "case.toml";

/// The folder's own name, also for `.` and `..`.
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
    text: Arc<str>,
    warnings: Problems,
}

/// A case while it is read.
struct Reading<'a> {
    folder: &'a Path,
    id: String,
    frameworks: &'a Frameworks,
    shipped: &'a ShippedTables,
    settings: &'a CaseFile,
    found: ProblemCollector,
}

impl Reading<'_> {
    /// Every cycle; `None` where one could not be read.
    fn cycles(&self) -> Option<Vec<ReadCycle>> {
        folder::refuse_strays(self.folder, self.settings, &self.found);
        let each = self.settings.cycles.iter().map(|entry| self.cycle(entry));
        // All are read before one that failed ends it, so that all problems are told.
        let each: Vec<Option<ReadCycle>> = each.collect();
        let mut cycles = each.into_iter().collect::<Option<Vec<_>>>()?;
        link_years(&mut cycles);
        Some(cycles)
    }

    fn cycle(&self, entry: &CycleEntry) -> Option<ReadCycle> {
        let read = self.framework(entry);
        let organisations = self.organisations(entry);
        let tables = self.tables(entry);
        let (organisations, body_tables) = organisations?;
        let pcts = entry.pcts.as_ref();
        let pcts = pcts.map(|codes| self.pcts(codes, &organisations));
        let ReadBook {
            framework,
            text,
            mut warnings,
        } = read?;
        let settings = Settings {
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
            pcts,
        };
        let mut read = self.kept(cycle::build(&settings, &tables?))?;
        read.books = Some(Books {
            framework: text,
            organisations: body_tables,
        });
        warnings.append(read.warnings);
        read.warnings = warnings;
        Some(read)
    }

    /// The value, or its problems told.
    fn kept<T>(&self, read: Result<T, Problems>) -> Option<T> {
        read.map_err(|problems| self.found.extend(problems)).ok()
    }

    fn tell(&self, place: &Place, message: String, more: impl FnOnce(Problem) -> Problem) {
        self.found
            .add(|| more(Problem::at(CASE_FILE, place.clone(), message)));
    }

    /// The rule book, with what is most probably a mistake in one that the case brings.
    fn framework(&self, entry: &CycleEntry) -> Option<ReadBook> {
        match &entry.framework {
            FrameworkName::Configured(id) => {
                let framework = self.frameworks.find(id);
                if framework.is_none() {
                    let message = format!("there is no framework {}", quoted(id));
                    self.tell(&entry.framework_place, message, |problem| {
                        problem
                            .expecting_one_of(self.frameworks.ids())
                            .nearest_to(self.frameworks.nearest(id))
                    });
                }
                let text = Arc::clone(self.frameworks.text(id)?);
                framework.map(|framework| ReadBook {
                    framework: Arc::clone(framework),
                    text,
                    warnings: Problems::default(),
                })
            }
            FrameworkName::Beside(file) => {
                let path = self.folder.join(file);
                if !path.is_file() {
                    let names = files::names_in(self.folder, "").ok().flatten();
                    let names = names.unwrap_or_default();
                    let near = strays::nearest_to_file(file, &names);
                    let near = near.map(|near| format!("./{near}"));
                    let message = format!("there is no file {} beside case.toml", quoted(file));
                    self.tell(&entry.framework_place, message, |problem| {
                        problem
                            .expecting("a framework file there")
                            .nearest_to(near.as_deref())
                    });
                    return None;
                }
                let read = framework::read_among(&path, self.frameworks);
                self.kept(read).map(|read| ReadBook {
                    framework: Arc::new(read.framework),
                    text: read.text,
                    warnings: read.warnings,
                })
            }
        }
    }

    fn organisations(&self, entry: &CycleEntry) -> Option<(Arc<Organisations>, BodyTables)> {
        let of_cycle = self.folder.join(&entry.folder);
        let shown = folder::shown(&entry.folder);
        let mut folders = vec![(self.folder, "")];
        if !shown.is_empty() {
            folders.push((&of_cycle, &shown));
        }
        self.kept(read_with_overrides(self.shipped, &folders))
    }

    fn tables(&self, entry: &CycleEntry) -> Option<Vec<CycleTable>> {
        let folder = self.folder.join(&entry.folder);
        if !folder.is_dir() {
            let message = format!("there is no folder {}", quoted(&entry.folder));
            self.tell(&entry.folder_place, message, |problem| {
                problem.expecting("the folder with this cycle's tables")
            });
            return None;
        }
        self.kept(folder::tables(&folder, &folder::shown(&entry.folder)))
    }

    fn pcts(&self, codes: &[(String, Place)], organisations: &Organisations) -> Vec<BodyIndex> {
        let mut pcts = Vec::new();
        for (code, place) in codes {
            let found = organisations.find(code);
            let kind = found.map(|body| organisations.body(body).kind);
            match (found, kind) {
                (Some(body), Some(BodyKind::Pct)) if pcts.contains(&body) => {
                    self.tell(place, format!("{} is listed twice", quoted(code)), |one| {
                        one
                    });
                }
                (Some(body), Some(BodyKind::Pct)) => pcts.push(body),
                (_, Some(kind)) => {
                    let message = format!("{} is {}", quoted(code), with_article(kind));
                    self.tell(place, message, |problem| problem.expecting("codes of PCTs"));
                }
                _ => {
                    let of_kind = organisations
                        .each()
                        .filter(|(_, body)| body.kind == BodyKind::Pct);
                    let codes = of_kind.map(|(_, body)| body.code.as_str());
                    let message = format!("there is no PCT {}", quoted(code));
                    self.tell(place, message, |problem| {
                        problem
                            .expecting("codes of PCTs")
                            .nearest_to(nearest(code, codes))
                    });
                }
            }
        }
        pcts
    }
}

/// Finds for each cycle the one of the year before: the latest with the framework that its own
/// framework names as `previous`.
fn link_years(cycles: &mut [ReadCycle]) {
    for at in 0..cycles.len() {
        let this = &cycles[at].cycle;
        let Some(previous) = this.framework.previous.as_deref() else {
            continue;
        };
        let before = cycles.iter().enumerate().filter(|(_, other)| {
            other.cycle.framework.id == previous && other.cycle.as_of < this.as_of
        });
        let latest = before.max_by_key(|(_, other)| other.cycle.as_of);
        cycles[at].previous = latest.map(|(at, _)| at);
    }
}
