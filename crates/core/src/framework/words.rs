//! The words of a regime: what its sentences call bodies, groups and what is assured.

use crate::body::BodyKind;
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

/// Which names of options, files and columns messages use. The program accepts both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// `--pct`, `pct.csv`.
    WorldClassCommissioning,
    /// `--body`, `bodies.csv`.
    Neutral,
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
    /// The comparable bodies whose rates are a benchmark: the ONS cluster.
    pub peers: Noun,
    /// The heading of their column: `ONS`.
    pub peers_in_short: String,
    /// What headings call work that bodies share: a delegated function.
    pub function_in_full: Noun,
    /// What a topic about outcomes in general is called: `health outcomes`.
    pub all_outcomes: String,
    /// Everyone that a function serves, as a sentence says it: `the whole region`.
    pub everyone: String,
    /// Which names of options, files and columns messages use.
    pub names: Names,
    /// The words for one component of any area; `None` if they are those of the areas.
    pub any_component: Option<String>,
    /// A result taken over from the previous cycle: `the result of last year's cycle`.
    pub previous_result: String,
    /// A meeting at which evidence is shown: a panel day.
    pub hearing: String,
}

impl Words {
    /// The words of World Class Commissioning: those of a file in format 1.
    pub fn world_class_commissioning() -> Self {
        Self {
            body: Noun::regular("PCT"),
            group: Noun::regular("cluster"),
            authority: Some(Noun::regular("SHA")),
            function: Noun::regular("function"),
            measure: Noun::regular("measure"),
            outcome: Noun::regular("outcome"),
            cycle: Noun::regular("cycle"),
            peers: Noun::regular("ONS cluster"),
            peers_in_short: "ONS".to_owned(),
            function_in_full: Noun::regular("delegated function"),
            all_outcomes: "health outcomes".to_owned(),
            everyone: "the whole region".to_owned(),
            names: Names::WorldClassCommissioning,
            any_component: Some("competency or strand".to_owned()),
            previous_result: "the result of last year's cycle".to_owned(),
            hearing: "panel day".to_owned(),
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
            peers: Noun::regular("comparison group"),
            peers_in_short: "similar".to_owned(),
            function_in_full: Noun::regular("shared function"),
            all_outcomes: String::new(),
            everyone: String::new(),
            names: Names::Neutral,
            any_component: None,
            previous_result: String::new(),
            hearing: "hearing".to_owned(),
        }
        .rephrased()
    }

    /// The words with the phrases that are made from the nouns, after nouns were replaced.
    pub fn rephrased(self) -> Self {
        Self {
            function_in_full: self.function.clone(),
            all_outcomes: self.outcome.many.clone(),
            everyone: format!("all {}", self.body.many),
            previous_result: format!("the result of the previous {}", self.cycle.one),
            ..self
        }
    }

    /// The kinds of body that can be judged, in the singular: "PCT, cluster or function".
    pub fn any_judged(&self) -> String {
        words::any_of([&*self.body.one, &*self.group.one, &*self.function.one])
    }

    /// The kinds of body that can be judged, in the plural: "PCTs, clusters and functions".
    pub fn all_judged(&self) -> String {
        words::all_of([&*self.body.many, &*self.group.many, &*self.function.many])
    }

    /// The name of a kind of body in options and columns: `pct`, or else `body`.
    pub fn name(&self, kind: BodyKind) -> &'static str {
        match self.names {
            Names::WorldClassCommissioning => kind.name(),
            Names::Neutral => match kind {
                BodyKind::Sha => "authority",
                BodyKind::Cluster => "group",
                BodyKind::Pct => "body",
                BodyKind::Function => "function",
            },
        }
    }

    /// The noun for a kind of body.
    pub fn kind(&self, kind: BodyKind) -> &str {
        match kind {
            BodyKind::Sha => self
                .authority
                .as_ref()
                .map_or("authority", |noun| &noun.one),
            BodyKind::Cluster => &self.group.one,
            BodyKind::Pct => &self.body.one,
            BodyKind::Function => &self.function.one,
        }
    }
}
