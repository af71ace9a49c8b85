//! Reads the tables of bodies: which bodies exist, how they are linked, and when.

mod bodies;
mod links;
mod schemas;

use crate::files;
use crate::format::Version;
use crate::misnamed_files;
use crate::problem::{Problem, Problems};
use crate::problem_collector::ProblemCollector;
use std::path::Path;
use std::sync::Arc;
use wcc_core::framework::{Names, Words};
use wcc_core::ledger::FileFormat;
use wcc_core::{Framework, Organisations};

/// Names of the tables of bodies, in the order in which they are read.
pub const TABLES: [&str; 6] = [
    schemas::SHA.file,
    schemas::PCT.file,
    schemas::CLUSTERS.file,
    schemas::FUNCTIONS.file,
    schemas::MEMBERSHIPS.file,
    schemas::DELEGATIONS.file,
];

/// The neutral name of each table of [`TABLES`]. A folder may have either.
pub(crate) const NEUTRAL_TABLES: [&str; TABLES.len()] = [
    "authorities.csv",
    "bodies.csv",
    "groups.csv",
    schemas::FUNCTIONS.file,
    schemas::MEMBERSHIPS.file,
    schemas::DELEGATIONS.file,
];

/// The names that a table of bodies may have in a folder.
pub(crate) fn table_names() -> impl Iterator<Item = &'static str> {
    let neutral = NEUTRAL_TABLES.into_iter();
    neutral.chain(
        TABLES
            .into_iter()
            .filter(|name| !NEUTRAL_TABLES.contains(name)),
    )
}

/// Whether a folder has a table of bodies under its neutral name.
pub(crate) fn has_neutral_tables(folder: &Path) -> bool {
    let mut neutral = NEUTRAL_TABLES.iter().filter(|name| !TABLES.contains(name));
    neutral.any(|name| folder.join(name).is_file())
}

/// A table of bodies as it was written.
#[derive(Clone, Debug)]
pub struct BodyTable {
    /// Its name in problems: `pct.csv`.
    pub file: String,
    /// CSV.
    pub bytes: Arc<[u8]>,
    /// Whether it ships with the configuration. A row that refers to a missing body is left out of
    /// a shipped table; in any other table it is a problem.
    pub shipped: bool,
}

/// The tables of bodies: for each of [`TABLES`], the table if it is given.
#[derive(Clone, Debug, Default)]
pub struct BodyTables([Option<BodyTable>; TABLES.len()]);

impl BodyTables {
    /// The format of tables in files, which name none themselves.
    pub const FORMAT: FileFormat = FileFormat::FIRST;

    /// Sets a table, replacing any earlier one. Returns whether a table of this name exists.
    pub fn set(&mut self, name: &str, table: BodyTable) -> bool {
        let mut names = TABLES.into_iter().zip(NEUTRAL_TABLES);
        let at = names.position(|(known, neutral)| known == name || neutral == name);
        let place = at.and_then(|at| self.0.get_mut(at));
        place.is_some_and(|place| {
            *place = Some(table);
            true
        })
    }

    /// Every table that is given, with its name.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, &BodyTable)> {
        let named = TABLES.into_iter().zip(&self.0);
        named.filter_map(|(name, table)| Some((name, table.as_ref()?)))
    }

    /// Sets the tables that a folder has. `shown` is the prefix of their names in problems.
    /// Returns whether there were any.
    fn take_folder(&mut self, folder: &Path, shown: &str, shipped: bool) -> Result<bool, Problems> {
        let collector = ProblemCollector::default();
        let mut any = false;
        for (name, neutral) in TABLES.into_iter().zip(NEUTRAL_TABLES) {
            let is_there = |name: &str| folder.join(name).is_file();
            let written = if is_there(neutral) { neutral } else { name };
            let file = format!("{shown}{written}");
            if name != neutral && is_there(name) && is_there(neutral) {
                collector.add(|| {
                    let message = format!("the folder also has {name}, which is the same table");
                    Problem::of_file(&*file, message).expecting("one of the two")
                });
                continue;
            }
            match files::read_if_there(&folder.join(written), &file, files::TABLE_LIMIT) {
                Ok(None) => {}
                Ok(Some(bytes)) => {
                    let plain = files::plain(&bytes, &file).map(Arc::from);
                    let bytes = match plain {
                        Ok(plain) => plain,
                        Err(problems) => {
                            collector.extend(problems);
                            continue;
                        }
                    };
                    any |= self.set(
                        name,
                        BodyTable {
                            file,
                            bytes,
                            shipped,
                        },
                    );
                }
                Err(problems) => collector.extend(problems),
            }
        }
        collector.into_result(Some(any))
    }

    /// Reads the organisations from the tables. Problems are in the words of a framework, which
    /// also says whether bodies have an authority.
    ///
    /// # Errors
    /// All problems of the tables.
    pub fn organisations(&self, words: &Words) -> Result<Organisations, Problems> {
        self.read(false, words, None)
    }

    /// Reads the organisations of a cycle under a framework, which must have every measure that the
    /// tables name.
    ///
    /// # Errors
    /// All problems of the tables.
    pub fn organisations_under(&self, framework: &Framework) -> Result<Organisations, Problems> {
        self.read(false, &framework.words, Some(framework))
    }

    /// The tables of a set that was recorded in a ledger earlier, each with its name, unread.
    /// `set` is what their entry calls them, and `format` the version that it names.
    ///
    /// # Errors
    /// This program does not know the format, or a table of such a name.
    pub fn recorded<'a>(
        set: &str,
        format: FileFormat,
        tables: impl IntoIterator<Item = (&'a str, BodyTable)>,
    ) -> Result<BodyTables, Problems> {
        Version::of_entry(format, Version::BODIES, set)?;
        let mut recorded = BodyTables::default();
        for (name, table) in tables {
            if !recorded.set(name, table) {
                let problem = Problem::of_file(name, "is not the name of a table of bodies");
                return Err(problem.expecting_one_of(TABLES).into());
            }
        }
        Ok(recorded)
    }

    /// Reads tables that were recorded in a ledger earlier: whatever an earlier version of the
    /// program accepted can still be read.
    ///
    /// # Errors
    /// All problems of the tables.
    pub fn recorded_organisations(&self) -> Result<Organisations, Problems> {
        self.read(true, &Words::neutral(), None)
    }

    fn read(
        &self,
        recorded: bool,
        words: &Words,
        framework: Option<&Framework>,
    ) -> Result<Organisations, Problems> {
        let collector = ProblemCollector::default();
        let [sha, pct, clusters, functions, memberships, delegations] = &self.0;
        let replaced = self.0.iter().flatten().any(|table| !table.shipped);
        let mut bodies = bodies::Bodies::new(&collector, replaced, recorded, words);
        bodies.shas(sha.as_ref());
        bodies.pcts(pct.as_ref());
        bodies.clusters(clusters.as_ref());
        bodies.functions(functions.as_ref(), framework);
        bodies.check_successors();
        let memberships = links::memberships(&bodies, memberships.as_ref());
        let delegations = links::delegations(&bodies, delegations.as_ref());
        let organisations = Organisations::new(bodies.list, memberships, delegations);
        collector.into_result(Some(organisations))
    }
}

/// The tables of bodies that ship with the configuration, read once for all cases.
#[derive(Clone, Debug, Default)]
pub struct ShippedTables {
    tables: BodyTables,
    organisations: Arc<Organisations>,
    /// No bodies: what frameworks have that bring their own.
    none: Arc<Organisations>,
}

impl ShippedTables {
    /// Reads the tables of a folder.
    ///
    /// # Errors
    /// All problems of the tables.
    pub fn read(folder: &Path) -> Result<Self, Problems> {
        let shown = folder.display().to_string();
        let Some(names) = files::names_in(folder, &shown)? else {
            let expected = "a folder of tables of bodies (bodies.csv, memberships.csv, ...)";
            let problem = Problem::of_file(shown, "there is no such folder");
            return Err(problem.expecting(expected).into());
        };
        refuse_misnamed_files(&names)?;
        let mut tables = BodyTables::default();
        tables.take_folder(folder, "", true)?;
        let words = Words::world_class_commissioning();
        let organisations = Arc::new(tables.organisations(&words)?);
        Ok(Self {
            tables,
            organisations,
            none: Arc::default(),
        })
    }

    /// The organisations of the shipped tables.
    pub fn organisations(&self) -> &Arc<Organisations> {
        &self.organisations
    }

    /// The bodies that exist outside any cycle if cycles follow these frameworks: the shipped ones
    /// if one of the frameworks uses them, or if there is no cycle yet; otherwise none.
    pub fn used_by<'a>(
        &self,
        frameworks: impl IntoIterator<Item = &'a Framework>,
    ) -> &Arc<Organisations> {
        let mut frameworks = frameworks.into_iter().peekable();
        if frameworks.peek().is_none() || frameworks.any(|framework| uses_shipped(&framework.words))
        {
            &self.organisations
        } else {
            &self.none
        }
    }

    /// The tables themselves.
    pub fn tables(&self) -> &BodyTables {
        &self.tables
    }
}

/// Reads the tables of bodies of a folder.
///
/// # Errors
/// All problems of the tables.
pub fn read(folder: &Path) -> Result<Arc<Organisations>, Problems> {
    ShippedTables::read(folder).map(|shipped| shipped.organisations)
}

/// Reads the shipped tables, each replaced as a whole by a table of the same name in the last
/// folder that has one. With each folder comes the prefix of its tables' names in problems (`""`,
/// `"2009-10/"`). Returns the organisations and the tables that they were read from. Without a
/// framework, the measures that tables name are not looked up.
///
/// # Errors
/// All problems of the tables together.
pub fn read_with_overrides(
    shipped: &ShippedTables,
    folders: &[(&Path, &str)],
    words: &Words,
    framework: Option<&Framework>,
) -> Result<(Arc<Organisations>, BodyTables), Problems> {
    let is_shipped = uses_shipped(words);
    let mut tables = if is_shipped {
        shipped.tables.clone()
    } else {
        BodyTables::default()
    };
    let mut any = false;
    for (folder, shown) in folders {
        any |= tables.take_folder(folder, shown, false)?;
    }
    let organisations = if any || !is_shipped {
        Arc::new(tables.read(false, words, framework)?)
    } else {
        Arc::clone(&shipped.organisations)
    };
    Ok((organisations, tables))
}

/// Whether a regime with these words uses the shipped bodies, which are those of World Class
/// Commissioning. Any other regime brings its own.
fn uses_shipped(words: &Words) -> bool {
    words.names == Names::WorldClassCommissioning
}

/// Reads corrected tables of a cycle under a framework: those of a folder, each in place of the table
/// of the same name. Returns the organisations and all tables.
///
/// # Errors
/// All problems of the folder and its tables; a folder without any table.
pub fn read_corrected(
    mut tables: BodyTables,
    folder: &Path,
    framework: &Framework,
) -> Result<(Organisations, BodyTables), Problems> {
    let shown = folder.display().to_string();
    let expected = "a folder of tables of bodies (bodies.csv, memberships.csv, ...)";
    let Some(names) = files::names_in(folder, &shown)? else {
        let problem = Problem::of_file(shown, "there is no such folder");
        return Err(problem.expecting(expected).into());
    };
    refuse_misnamed_files(&names)?;
    if !tables.take_folder(folder, "", false)? {
        let problem = Problem::of_file(shown, "the folder has no table of bodies");
        return Err(problem.expecting(expected).into());
    }
    Ok((tables.organisations_under(framework)?, tables))
}

/// Refuses tables with wrong names, because nobody would notice that they are not read.
fn refuse_misnamed_files(names: &[String]) -> Result<(), Problems> {
    let collector = ProblemCollector::default();
    let known: Vec<&str> = table_names().collect();
    for name in names.iter().filter(|name| !known.contains(&name.as_str())) {
        if let Some(misnamed) = misnamed_files::find(name, names, &known) {
            collector.add(|| {
                misnamed.problem(
                    name.clone(),
                    "is not read: no table of bodies has this name",
                    NEUTRAL_TABLES,
                )
            });
        }
    }
    collector.into_result(Some(()))
}
