//! Cycles whose rule book or bodies this program cannot read.
//!
//! A newer program may have written them in a newer format. Replaying accepts their entries without
//! resolving their codes, so that every other cycle can be served. A program that reads the format
//! can use all entries. No new entries are admitted in such a cycle.

use super::{Book, Sight, State};
use crate::framework::{Framework, Methods, OutcomeRule, PanelRule, StartRule, Words};
use crate::ledger::Draft;
use crate::ledger::entry_error::EntryError;
use crate::ledger::fact::Fact;
use crate::outcome::Series;

/// A rule book or set of bodies that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadBook {
    /// Its entry.
    pub entry: u32,
    /// `framework` or `set of bodies`.
    pub what: &'static str,
    /// Its identifier.
    pub id: Box<str>,
    /// Why it cannot be read, for people.
    pub problem: Box<str>,
}

/// Stands for a framework that cannot be read: its year is not known, and it has no measures.
pub(super) fn without_content(id: &str) -> Framework {
    Framework {
        id: id.to_owned(),
        title: id.to_owned(),
        year: "not known".to_owned(),
        previous: None,
        note: None,
        words: Words::world_class_commissioning(),
        methods: Methods::world_class_commissioning(),
        scales: Vec::new(),
        areas: Vec::new(),
        components: Vec::new(),
        measures: Vec::new(),
        rating_schemes: Vec::new(),
        surveys: Vec::new(),
        series: Series::by_sex(),
        outcomes: OutcomeRule::default(),
        roles: Vec::new(),
        phases: Vec::new(),
        panel: PanelRule::default(),
        overall: None,
        approvals: Vec::new(),
        limits: Vec::new(),
        areas_to_lead: Vec::new(),
        plans: Vec::new(),
        start: StartRule::default(),
        reviews: Vec::new(),
        review: None,
        documents: Vec::new(),
        text_sha256: String::new(),
    }
}

impl UnreadBook {
    fn refused(&self) -> EntryError {
        EntryError::Unreadable {
            what: self.what,
            id: self.id.clone(),
            problem: self.problem.to_string(),
        }
    }
}

impl State {
    /// The rule book or set of bodies because of which a cycle could not be read after an entry, if
    /// there is one.
    pub fn unread_book_of(&self, cycle: &str, entry: u32) -> Option<&UnreadBook> {
        self.opened(cycle)?.unread_book_at(entry)
    }

    /// Refuses a draft that needs an unreadable rule book or set of bodies, in a visible cycle.
    pub(in crate::ledger) fn check_read(
        &self,
        draft: &Draft,
        sight: &dyn Sight,
    ) -> Result<(), EntryError> {
        let unread_now = |cycle: &str| {
            let opened = self.opened(cycle);
            opened
                .filter(|cycle| sight.shows_cycle(cycle))?
                .unread_book()
        };
        let unread = match &draft.fact {
            // Nobody is shown an entry whose body is not known, so none is withdrawn.
            Fact::Framework(_) | Fact::Organisations(_) | Fact::Withdrawn { .. } => None,
            Fact::Cycle(fact) => {
                let framework = self.framework_of(fact).ok().and_then(Book::unread);
                let organisations = self.organisations_of(&fact.organisations);
                let organisations = organisations.ok().and_then(Book::unread);
                unread_now(&fact.id).or(framework).or(organisations)
            }
            Fact::Rebase(fact) => {
                let organisations = self.organisations_of(&fact.organisations);
                unread_now(&fact.cycle).or(organisations.ok().and_then(Book::unread))
            }
            Fact::Record { cycle, .. } => unread_now(cycle),
        };
        match unread {
            Some(book) => Err(book.refused()),
            None => Ok(()),
        }
    }

    /// Refuses the newest entry if it is a rule book or set of bodies that cannot be read.
    pub(in crate::ledger) fn check_newest_read(&self) -> Result<(), EntryError> {
        let frameworks = self
            .frameworks
            .last()
            .map(|(version, _)| version.book.unread());
        let organisations = self.organisations.last();
        let organisations = organisations.map(|(version, _)| version.book.unread());
        let mut unread = frameworks.into_iter().chain(organisations).flatten();
        match unread.find(|book| book.entry == self.last()) {
            Some(book) => Err(book.refused()),
            None => Ok(()),
        }
    }
}
