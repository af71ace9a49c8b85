//! The manifest: a plugin's description of itself.

use super::PROTOCOL;
use serde::{Deserialize, Serialize};

/// A plugin's description of itself.
///
/// Identifiers in a manifest have no prefix: the host shows a check as
/// `once-north-east/not-assured`. The manifest holds nothing that the operator decides, such as
/// trust, limits or order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Manifest {
    /// Version of the messages for which the plugin was written: [`PROTOCOL`].
    pub protocol: String,
    /// Identifier: lower-case letters, digits and hyphens, at most 60.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Semantic version of the plugin: `1.2.0`.
    pub version: String,
    /// Codes of the SHAs that the plugin covers; at least one. It receives only their bodies.
    pub regions: Vec<String>,
    /// Identifiers of the frameworks that the plugin supports; at least one. It is not asked about cycles of other frameworks.
    pub frameworks: Vec<String>,
    /// Local outcomes of the region.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<OutcomeDeclaration>,
    /// Functions to which the region's PCTs delegate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<FunctionDeclaration>,
    /// Documentation of the plugin's checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckDocumentation>,
    /// The data groups that the plugin reads (see [`need`]). A batch leaves out all others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// True if the result for a PCT depends on more than the PCT, its cluster and the functions to
    /// which it delegates. The host then always sends the whole region at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole_region: bool,
    /// True if each result depends only on one group of bodies. For a PCT or a cluster that is the
    /// cluster with its PCTs and the functions that they delegate to (for a PCT in no cluster, the
    /// PCT and its functions); for a function or an SHA, that body by itself. After a
    /// change, such a plugin is asked only about the groups that changed.
    /// Since 1.2.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_cluster: bool,
    /// JSON Schema of the settings that an operator may give. Without a schema, the plugin takes no settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<serde_json::Value>,
}

impl Manifest {
    /// Creates a manifest that declares nothing yet. Use it as `..Manifest::new(...)`.
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

/// The data groups of [`Manifest::needs`]. The host rejects a plugin that names a group that it
/// does not know, so that no plugin silently lacks data.
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

/// Whether higher or lower values of an outcome are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// Higher values are better: life expectancy.
    Higher,
    /// Lower values are better: mortality.
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
    /// Whether higher or lower values are better.
    pub better: Better,
    /// The series in which values are given, by their identifiers in the framework: `persons`,
    /// `males`, `females`, or those that it declares; empty means `persons`.
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
    /// Declares an outcome for all persons, without bounds.
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

    /// Sets the lowest and highest possible value.
    #[must_use]
    pub fn between(mut self, min: f64, max: f64) -> Self {
        self.min = Some(min);
        self.max = Some(max);
        self
    }
}

/// A function to which PCTs delegate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FunctionDeclaration {
    /// Code, as the tables of bodies write it: `cancer-network`.
    pub code: String,
    /// Title for people.
    pub title: String,
    /// Whether the function has commissioning responsibility.
    pub commissions: bool,
    /// Measures, or components for all of their measures, that the function's own level limits.
    /// Identifiers that the framework does not have are ignored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reaches: Vec<String>,
}

impl FunctionDeclaration {
    /// Declares a function with commissioning responsibility whose level limits these measures or components.
    pub fn commissioning(code: &str, title: &str, reaches: &[&str]) -> Self {
        Self {
            code: code.to_owned(),
            title: title.to_owned(),
            commissions: true,
            reaches: reaches.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    /// Declares a function without commissioning responsibility. It limits no measure.
    pub fn other(code: &str, title: &str) -> Self {
        Self {
            code: code.to_owned(),
            title: title.to_owned(),
            commissions: false,
            reaches: Vec::new(),
        }
    }
}

/// Documentation of a check, shown by the command line, in documents and in GraphQL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckDocumentation {
    /// Identifier: lower-case letters, digits and hyphens, at most 60.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// The subject area: `outcome`, `competency`, `governance`, `delegation`.
    pub about: String,
    /// What the check examines.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// An example of what triggers it.
    pub example: String,
}
