//! What a plugin says of itself.

use super::PROTOCOL;
use serde::{Deserialize, Serialize};

/// A plugin's description of itself.
///
/// Identifiers inside are without prefix: the host shows a check as `once-north-east/not-assured`.
/// What the operator decides (trust, limits, order) is not in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Manifest {
    /// Version of the messages that the plugin was written for: [`PROTOCOL`].
    pub protocol: String,
    /// Identifier: lower-case letters, digits and hyphens, at most 60.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Version of the plugin, as in semantic versioning: `1.2.0`.
    pub version: String,
    /// Codes of the SHAs that it speaks for; at least one. It is sent the bodies of no other.
    pub regions: Vec<String>,
    /// Identifiers of the frameworks that it understands; at least one. It is not asked about others.
    pub frameworks: Vec<String>,
    /// Local outcomes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<OutcomeDeclaration>,
    /// Delegated functions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<FunctionDeclaration>,
    /// Checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckDocumentation>,
    /// The data groups that it reads (see [`need`]); a batch holds no other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// True where what it says of a PCT depends on more than the PCT, its cluster and the functions
    /// that it delegates to, so that it must always be asked about all of a region at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole_region: bool,
    /// True if each result depends on one group of bodies alone. For a PCT or a cluster that is the
    /// cluster with its PCTs and the functions that they delegate to (for a PCT in no cluster, the
    /// PCT and its functions); for a function or an SHA, that body by itself. When something
    /// changes, such a plugin is asked about the groups that changed, not about the whole region.
    /// Since 1.2.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_cluster: bool,
    /// JSON Schema of the settings that an operator may give; without it none may be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<serde_json::Value>,
}

impl Manifest {
    /// A manifest that declares nothing yet, to be filled with `..Manifest::new(...)`.
    pub fn new(id: &str, title: &str, version: &str) -> Self {
        Self {
            protocol: PROTOCOL.to_owned(),
            id: id.to_owned(),
            title: title.to_owned(),
            version: version.to_owned(),
            regions: Vec::new(),
            frameworks: Vec::new(),
            outcomes: Vec::new(),
            functions: Vec::new(),
            checks: Vec::new(),
            needs: Vec::new(),
            whole_region: false,
            by_cluster: false,
            settings: None,
        }
    }
}

/// The data groups of [`Manifest::needs`]. A plugin that names a group which the host does not
/// know is refused, so that no plugin misses data silently.
pub mod need {
    /// [`Body::judgements`](crate::Body::judgements).
    pub const JUDGEMENTS: &str = "judgements";
    /// [`Body::results`](crate::Body::results).
    pub const RESULTS: &str = "results";
    /// [`Body::surveys`](crate::Body::surveys).
    pub const SURVEYS: &str = "surveys";
    /// [`Body::outcomes`](crate::Body::outcomes).
    pub const OUTCOMES: &str = "outcomes";
    /// [`Body::delegations`](crate::Body::delegations).
    pub const DELEGATIONS: &str = "delegations";
    /// [`Body::commentary`](crate::Body::commentary).
    pub const COMMENTARY: &str = "commentary";
    /// [`Body::criteria`](crate::Body::criteria). Since 1.1.
    pub const CRITERIA: &str = "criteria";
    /// [`Body::challenges`](crate::Body::challenges). Since 1.1.
    pub const CHALLENGES: &str = "challenges";
    /// [`Body::answers`](crate::Body::answers). Since 1.1.
    pub const ANSWERS: &str = "answers";

    /// Every group of this protocol version.
    pub const ALL: [&str; 9] = [
        JUDGEMENTS,
        RESULTS,
        SURVEYS,
        OUTCOMES,
        DELEGATIONS,
        COMMENTARY,
        CRITERIA,
        CHALLENGES,
        ANSWERS,
    ];
}

/// Whether more or less of an outcome is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// More is better: life expectancy.
    Higher,
    /// Less is better: mortality.
    Lower,
}

/// A local outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutcomeDeclaration {
    /// Identifier, as case files write it: `dementia-register`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// Unit of its values: `per 100,000, directly standardised`.
    pub unit: String,
    /// Direction.
    pub better: Better,
    /// The series that it is given in: `persons`, `males`, `females`; empty means `persons`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<String>,
    /// Lowest possible value, in the unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Highest possible value, in the unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

impl OutcomeDeclaration {
    /// An outcome for all persons, without bounds.
    pub fn new(id: &str, title: &str, unit: &str, better: Better) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            unit: unit.to_owned(),
            better,
            series: Vec::new(),
            min: None,
            max: None,
        }
    }

    /// The same with the lowest and highest possible value.
    #[must_use]
    pub fn between(mut self, min: f64, max: f64) -> Self {
        self.min = Some(min);
        self.max = Some(max);
        self
    }
}

/// A function that PCTs delegate to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FunctionDeclaration {
    /// Code, as the tables of bodies write it: `cancer-network`.
    pub code: String,
    /// Title for people.
    pub title: String,
    /// Whether it has commissioning responsibility.
    pub commissions: bool,
    /// Measures, or components for all of their measures, that its own level bears on. What the
    /// framework does not have is left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reaches: Vec<String>,
}

impl FunctionDeclaration {
    /// A function with commissioning responsibility that bears on these measures or components.
    pub fn commissioning(code: &str, title: &str, reaches: &[&str]) -> Self {
        Self {
            code: code.to_owned(),
            title: title.to_owned(),
            commissions: true,
            reaches: reaches.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    /// A function without commissioning responsibility; it bears on nothing.
    pub fn other(code: &str, title: &str) -> Self {
        Self {
            code: code.to_owned(),
            title: title.to_owned(),
            commissions: false,
            reaches: Vec::new(),
        }
    }
}

/// What a check is; the command line, documents and GraphQL show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckDocumentation {
    /// Identifier: lower-case letters, digits and hyphens, at most 60.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it is about: `outcome`, `competency`, `governance`, `delegation`.
    pub about: String,
    /// What it looks at.
    pub what: String,
    /// Why that matters.
    pub why: String,
    /// An example.
    pub example: String,
}
