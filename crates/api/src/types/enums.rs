//! The enumerations of the schema.

use super::matrix::MatrixOf;
use crate::project::enumeration;
use wcc_core::BodyKind;
use wcc_core::ChallengeState;
use wcc_core::Severity;
use wcc_core::explain::ReasonKind;
use wcc_core::framework::{OverallInputs, Reach, YearOnYear};
use wcc_core::outcome::{Better, OutcomeScope, Series};
use wcc_core::output::{Comparison, Origin};
use wcc_core::record::{EvidenceKind, Method, StatementKind};

enumeration! {
    /// By which method a judgement was made.
    Method as "Method" {
        /// Last year's result.
        PREVIOUS = Method::Previous,
        /// This year's self-assessment.
        SELF = Method::SelfAssessment,
        /// The analysts' view before the panel day.
        ANALYST = Method::Analyst,
        /// The panel's assessment.
        PANEL = Method::Panel,
        /// The result after calibration.
        CALIBRATED = Method::Calibrated,
    }
}

enumeration! {
    /// Where the value of a mark comes from.
    Origin as "Origin" {
        /// Nobody judged.
        NOBODY = Origin::Nobody,
        /// The body's own judgement, with nothing shared beside it.
        OWN = Origin::Own,
        /// The PCT's own judgement where it differs from its cluster's.
        DEPARTURE = Origin::Departure,
        /// Inherited from the cluster, which was assured once.
        CLUSTER = Origin::Cluster,
        /// The result of last year's cycle, through the framework's mapping.
        LAST_YEAR = Origin::LastYear,
    }
}

enumeration! {
    /// What kind of body it is.
    BodyKind as "BodyKind" {
        /// A strategic health authority, which assures the PCTs of its region.
        SHA = BodyKind::Sha,
        /// Several PCTs that share management and are assured once.
        CLUSTER = BodyKind::Cluster,
        /// A primary care trust (or care trust), which gets an output of its own.
        PCT = BodyKind::Pct,
        /// A commissioning function that PCTs delegate to, assured once for all of them.
        FUNCTION = BodyKind::Function,
    }
}

enumeration! {
    /// How much a finding asks for.
    Severity as "Severity" {
        /// Worth knowing.
        NOTE = Severity::Note,
        /// Somebody should look.
        WARNING = Severity::Warning,
        /// Something is missing or contradicts itself.
        ERROR = Severity::Error,
    }
}

enumeration! {
    /// Whether a measure is assured once for a cluster or for each PCT in it.
    Reach as "Reach" {
        /// Assured once; every PCT of the cluster inherits the judgement.
        CLUSTER = Reach::Cluster,
        /// Assured for each PCT by itself.
        PCT = Reach::Pct,
    }
}

enumeration! {
    /// How a measure or component relates to the year before.
    YearOnYear as "YearOnYear" {
        /// The same: results compare.
        SAME = YearOnYear::Same,
        /// Reworked: results compare with care.
        CHANGED = YearOnYear::Changed,
        /// Not assessed the year before: nothing to compare.
        NEW = YearOnYear::New,
    }
}

enumeration! {
    /// How the current result compares with another one.
    Comparison as "Comparison" {
        /// Above the other.
        ABOVE = Comparison::Above,
        /// Level with the other.
        LEVEL = Comparison::Level,
        /// Below the other.
        BELOW = Comparison::Below,
        /// Not assessed the year before.
        NEW = Comparison::New,
        /// One of the two is not known.
        UNKNOWN = Comparison::Unknown,
    }
}

enumeration! {
    /// What became of a challenge.
    ChallengeState as "ChallengeState" {
        /// Nobody has answered it.
        OPEN = ChallengeState::Open,
        /// A reason was given why the value is kept.
        ANSWERED = ChallengeState::Answered,
        /// Closed: it is about a self-assessment, and the current value is within what the evidence
        /// supports.
        CORRECTED = ChallengeState::Corrected,
    }
}

enumeration! {
    /// What kind of evidence an item is.
    EvidenceKind as "EvidenceKind" {
        /// A document.
        DOCUMENT = EvidenceKind::Document,
        /// A survey.
        SURVEY = EvidenceKind::Survey,
        /// A metric.
        METRIC = EvidenceKind::Metric,
        /// Another body's rating, with its issuer and year.
        EXTERNAL_RATING = EvidenceKind::ExternalRating,
        /// Something said or shown on the panel day.
        PANEL_DAY = EvidenceKind::PanelDay,
    }
}

enumeration! {
    /// Whether more or less of an outcome is better.
    Better as "Better" {
        /// More is better, as with life expectancy.
        HIGHER = Better::Higher,
        /// Less is better, as with mortality.
        LOWER = Better::Lower,
    }
}

enumeration! {
    /// Whether an outcome is set nationally or chosen locally.
    OutcomeScope as "OutcomeScope" {
        /// Every PCT has it.
        NATIONAL = OutcomeScope::National,
        /// A PCT chooses it.
        LOCAL = OutcomeScope::Local,
    }
}

enumeration! {
    /// The people that a series counts.
    Series as "Series" {
        /// Everyone.
        PERSONS = Series::Persons,
        /// Males.
        MALES = Series::Males,
        /// Females.
        FEMALES = Series::Females,
    }
}

enumeration! {
    /// What kind of link a reason is in the chain behind a value.
    ReasonKind as "ReasonKind" {
        /// A mark: whose judgement, by which method, inherited or not.
        MARK = ReasonKind::Mark,
        /// A ceiling.
        CEILING = ReasonKind::Ceiling,
        /// What the ceilings leave.
        SUPPORTED = ReasonKind::Supported,
        /// A value above what is supported.
        CHALLENGE = ReasonKind::Challenge,
        /// A combination rule.
        RULE = ReasonKind::Rule,
        /// A part that could not be checked.
        NOT_CHECKED = ReasonKind::NotChecked,
        /// What the panel looks for.
        LOOKED_FOR = ReasonKind::LookedFor,
        /// An item of evidence, behind the mark or ceiling before it or on the measure itself.
        EVIDENCE = ReasonKind::Evidence,
        /// A survey result that limits nothing.
        SURVEY = ReasonKind::Survey,
        /// The values that the rule before it was given, and which of them decided.
        INPUTS = ReasonKind::Inputs,
        /// A figure of a health outcome.
        OUTCOME = ReasonKind::Outcome,
        /// What a check found.
        FINDING = ReasonKind::Finding,
    }
}

enumeration! {
    /// Which counted statement of a panel report it is.
    StatementKind as "StatementKind" {
        /// "Met or went above its self-assessment on N competencies."
        MET_SELF_ASSESSMENT = StatementKind::MetSelfAssessment,
        /// "Improved on last year in N competencies."
        IMPROVED_ON_LAST_YEAR = StatementKind::ImprovedOnLastYear,
        /// "N outcomes are at the bottom quartile rate of improvement."
        OUTCOMES_IN_BOTTOM_QUARTILE = StatementKind::OutcomesInBottomQuartile,
        /// "N outcomes have slipped."
        OUTCOMES_SLIPPED = StatementKind::OutcomesSlipped,
    }
}

enumeration! {
    /// What an overall result is made from.
    OverallInputs as "OverallInputs" {
        /// The result of each area.
        AREAS = OverallInputs::Areas,
        /// The result of each competency and strand.
        COMPONENTS = OverallInputs::Components,
        /// The judgement on each measure.
        MEASURES = OverallInputs::Measures,
    }
}

enumeration! {
    /// What the columns of a matrix are.
    MatrixOf as "MatrixOf" {
        /// One for each measure.
        MEASURES = MatrixOf::Measures,
        /// One for each competency and governance strand.
        COMPONENTS = MatrixOf::Components,
    }
}

/// What a ceiling rests on, as the schema names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CeilingKind {
    /// A survey result.
    Survey,
    /// An unmet criterion.
    Criterion,
    /// A metric.
    Metric,
    /// A delegated function's own level.
    Function,
    /// A plugin's check.
    Plugin,
}

enumeration! {
    /// What a ceiling rests on.
    CeilingKind as "CeilingKind" {
        /// A survey result.
        SURVEY = CeilingKind::Survey,
        /// A criterion of a level that is not met.
        CRITERION = CeilingKind::Criterion,
        /// A metric below what the level asks.
        METRIC = CeilingKind::Metric,
        /// The level at which a delegated function was itself assured.
        FUNCTION = CeilingKind::Function,
        /// A check of a region's plugin.
        PLUGIN = CeilingKind::Plugin,
    }
}
