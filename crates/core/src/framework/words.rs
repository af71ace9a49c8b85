//! The words of a regime: what its sentences call bodies, groups and what is assured.

use crate::words;

/// A noun in the singular and the plural: `council`, `councils`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noun {
    /// One of them: `council`.
    pub one: String,
    /// Several: `councils`.
    pub many: String,
}

impl Noun {
    /// A noun with a regular plural: `body`, `bodies`; `trust`, `trusts`.
    pub fn regular(one: &str) -> Self {
        Self {
            one: one.to_owned(),
            many: words::plural(one),
        }
    }

    /// With its article: `a council`, `an SHA`.
    pub fn with_article(&self) -> String {
        words::with_article(&self.one)
    }

    /// With a number: `1 council`, `3 councils`.
    pub fn counted(&self, count: usize) -> String {
        format!("{count} {}", self.of(count))
    }

    /// The form that follows a number: the singular after 1, otherwise the plural.
    pub fn of(&self, count: usize) -> &str {
        if count == 1 { &self.one } else { &self.many }
    }
}

/// The nouns that the sentences of a regime use. The field names are neutral; the comments give the
/// word of World Class Commissioning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What is assured and gets an output of its own: a PCT.
    pub body: Noun,
    /// Several bodies that are assured together: a cluster.
    pub group: Noun,
    /// What assures them: an SHA. `None` if the regime has no assuring authority above the bodies.
    pub authority: Option<Noun>,
    /// Work that several bodies share: a commissioning function.
    pub function: Noun,
    /// The smallest unit that is judged: a measure.
    pub measure: Noun,
    /// A result among the population: a health outcome.
    pub outcome: Noun,
    /// One round of assurance: a cycle.
    pub cycle: Noun,
}

impl Words {
    /// The words of World Class Commissioning: those of a file in format 1.
    pub fn world_class_commissioning() -> Self {
        Self {
            body: Noun::regular("PCT"),
            group: Noun::regular("cluster"),
            authority: Some(Noun::regular("SHA")),
            function: Noun::regular("function"),
            ..Self::neutral()
        }
    }

    /// Words that suit any regime: those of a file in format 2 that declares none.
    pub fn neutral() -> Self {
        Self {
            body: Noun::regular("body"),
            group: Noun::regular("group"),
            authority: None,
            function: Noun::regular("shared function"),
            measure: Noun::regular("measure"),
            outcome: Noun::regular("outcome"),
            cycle: Noun::regular("cycle"),
        }
    }
}
