//! The enumerations of the schema.

use super::matrix::MatrixOf;
use crate::project::enumeration;
use wcc_core::BodyKind;
use wcc_core::ChallengeState;
use wcc_core::Severity;
use wcc_core::asked_evidence::AskState;
use wcc_core::calibration::GroupBy;
use wcc_core::delegation::FunctionEffect;
use wcc_core::explain::ReasonKind;
use wcc_core::framework::{PlanMaker, Reach, RequiredOf, RuleInputs, YearOnYear};
use wcc_core::indicator::SeriesRole;
use wcc_core::last_year::CarriedState;
use wcc_core::outcome::{Better, OutcomeScope};
use wcc_core::output::{Comparison, Origin};
use wcc_core::record::{
    ActionState, CarriedKind, ConsequenceKind, CriterionKind, EvidenceKind, Horizon, Method,
    OriginKind, StatementKind, SupportState,
};

enumeration! {
    /// The method by which a judgement was made.
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
        /// The body's own judgement, without one shared by the cluster.
        OWN = Origin::Own,
        /// The PCT's own judgement, which departs from its cluster's.
        DEPARTURE = Origin::Departure,
        /// Inherited from the cluster, which was assured once.
        CLUSTER = Origin::Cluster,
        /// Inherited from a function to which the body delegates, because its judgements stand for
        /// those that delegate to it.
        FUNCTION = Origin::Function,
        /// The result of last year's cycle, through the framework's mapping.
        LAST_YEAR = Origin::LastYear,
    }
}

enumeration! {
    /// The kind of body.
    BodyKind as "BodyKind" {
        /// A strategic health authority, which assures the PCTs of its region.
        SHA = BodyKind::Sha,
        /// Several PCTs that share management and are assured once.
        CLUSTER = BodyKind::Cluster,
        /// A primary care trust (or care trust), which has its own output.
        PCT = BodyKind::Pct,
        /// A commissioning function to which PCTs delegate, assured once for all of them.
        FUNCTION = BodyKind::Function,
    }
}

enumeration! {
    /// What a function's results mean for a PCT that delegates to it.
    FunctionEffect as "FunctionEffect" {
        /// The PCT's evidence supports at most the function's own level.
        CEILING = FunctionEffect::Ceiling,
        /// The judgements on the function are the PCT's own, by the same method, wherever neither
        /// the PCT nor its cluster has one.
        JUDGEMENT = FunctionEffect::Judgement,
    }
}

enumeration! {
    /// The bodies whose judgements a phase requires.
    RequiredOf as "RequiredOf" {
        /// Each PCT, which may inherit them from its cluster or from a function.
        BODIES = RequiredOf::Bodies,
        /// Each cluster: every measure that is assured once for it, and each PCT's own measures. A
        /// PCT in no cluster is a cluster of one.
        GROUPS = RequiredOf::Groups,
        /// Each function, on the measures that it performs.
        FUNCTIONS = RequiredOf::Functions,
    }
}

enumeration! {
    /// How far an action has come.
    ActionState as "ActionState" {
        /// Nobody has started.
        NOT_STARTED = ActionState::NotStarted,
        /// Somebody works on it.
        STARTED = ActionState::Started,
        /// It is done.
        DONE = ActionState::Done,
        /// It was given up.
        STOPPED = ActionState::Stopped,
    }
}

enumeration! {
    /// The term in which an action is to improve something.
    Horizon as "ActionHorizon" {
        /// The short term.
        SHORT = Horizon::Short,
        /// The medium term.
        MEDIUM = Horizon::Medium,
        /// The long term.
        LONG = Horizon::Long,
    }
}

enumeration! {
    /// The kind of reason for an action.
    OriginKind as "ActionOriginKind" {
        /// A recommendation of the cycle.
        RECOMMENDATION = OriginKind::Recommendation,
        /// An area for development, as a report or self-assessment names it.
        AREA_FOR_DEVELOPMENT = OriginKind::AreaForDevelopment,
        /// A finding of an earlier review, such as Fitness for Purpose.
        EARLIER_REVIEW = OriginKind::EarlierReview,
        /// A gap that the lead of the area found.
        GAP = OriginKind::Gap,
    }
}

enumeration! {
    /// What kind of record was carried from an earlier cycle.
    CarriedKind as "CarriedKind" {
        /// The body's own judgement of itself.
        OWN_JUDGEMENT = CarriedKind::OwnJudgement,
        /// A criterion or metric that was not met.
        CRITERION = CarriedKind::Criterion,
        /// The allocation of an area to a lead.
        LEAD = CarriedKind::Lead,
        /// A recommendation.
        RECOMMENDATION = CarriedKind::Recommendation,
        /// An action that was not finished.
        ACTION = CarriedKind::Action,
    }
}

enumeration! {
    /// What has become of a record that was carried from an earlier cycle.
    CarriedState as "CarriedState" {
        /// Nobody has recorded it in this cycle yet.
        UNCONFIRMED = CarriedState::Unconfirmed,
        /// It was recorded as it was.
        CONFIRMED = CarriedState::Confirmed,
        /// It was recorded with another value, text or person.
        CHANGED = CarriedState::Changed,
    }
}

enumeration! {
    /// How far an option to support a body has come.
    SupportState as "SupportState" {
        /// It is one of the options.
        PROPOSED = SupportState::Proposed,
        /// It was chosen.
        CHOSEN = SupportState::Chosen,
        /// It was declined.
        DECLINED = SupportState::Declined,
        /// The body has received it.
        GIVEN = SupportState::Given,
    }
}

enumeration! {
    /// Whether a body gains by what its results mean.
    ConsequenceKind as "ConsequenceKind" {
        /// Something that the body gains.
        INCENTIVE = ConsequenceKind::Incentive,
        /// Something that the body has to bear.
        CONSEQUENCE = ConsequenceKind::Consequence,
    }
}

enumeration! {
    /// Who makes a plan.
    PlanMaker as "PlanMaker" {
        /// Each PCT, or its cluster for all of its PCTs.
        BODIES = PlanMaker::Bodies,
        /// Each SHA with the PCTs that it assures.
        AUTHORITIES = PlanMaker::Authorities,
    }
}

enumeration! {
    /// How urgent a finding is.
    Severity as "Severity" {
        /// Worth knowing.
        NOTE = Severity::Note,
        /// Needs attention.
        WARNING = Severity::Warning,
        /// Something is missing or contradictory.
        ERROR = Severity::Error,
    }
}

enumeration! {
    /// Whether a measure is assured once for a cluster or for each PCT in it.
    Reach as "Reach" {
        /// Assured once; every PCT of the cluster inherits the judgement.
        CLUSTER = Reach::Cluster,
        /// Assured for each PCT separately.
        PCT = Reach::Pct,
    }
}

enumeration! {
    /// How a measure or component relates to the previous year.
    YearOnYear as "YearOnYear" {
        /// The same: results can be compared.
        SAME = YearOnYear::Same,
        /// Reworked: compare results with care.
        CHANGED = YearOnYear::Changed,
        /// Not assessed in the previous year: cannot be compared.
        NEW = YearOnYear::New,
    }
}

enumeration! {
    /// How the current result compares with another.
    Comparison as "Comparison" {
        /// Above the other.
        ABOVE = Comparison::Above,
        /// Level with the other.
        LEVEL = Comparison::Level,
        /// Below the other.
        BELOW = Comparison::Below,
        /// Not assessed in the previous year.
        NEW = Comparison::New,
        /// One of the two is not known.
        UNKNOWN = Comparison::Unknown,
    }
}

enumeration! {
    /// The state of a challenge.
    ChallengeState as "ChallengeState" {
        /// Nobody has answered it.
        OPEN = ChallengeState::Open,
        /// A reason was given why the value is kept.
        ANSWERED = ChallengeState::Answered,
        /// Closed: it is about a self-assessment, and the current value is within what the evidence
        /// supports.
        CORRECTED = ChallengeState::Corrected,
        /// Closed: the same method has a value within what the evidence supports now.
        CHANGED = ChallengeState::Changed,
    }
}

enumeration! {
    /// The kind of an item of evidence.
    EvidenceKind as "EvidenceKind" {
        /// A document.
        DOCUMENT = EvidenceKind::Document,
        /// A survey.
        SURVEY = EvidenceKind::Survey,
        /// A metric.
        METRIC = EvidenceKind::Metric,
        /// A rating by another body, with its issuer and year.
        EXTERNAL_RATING = EvidenceKind::ExternalRating,
        /// Evidence from the panel day.
        PANEL_DAY = EvidenceKind::PanelDay,
    }
}

enumeration! {
    /// What evidence is asked for on a measure. The first that applies holds.
    AskState as "AskState" {
        /// The measure does not apply to the body, so nothing is asked.
        NOT_APPLICABLE = AskState::NotApplicable,
        /// A criterion is not met: some evidence supports less than the highest value.
        UNMET = AskState::Unmet,
        /// Evidence that is relied on has expired: it has to be renewed.
        EXPIRED = AskState::Expired,
        /// Nothing was filed for it, nobody cites anything for it, and no survey asked about it.
        NO_EVIDENCE = AskState::NoEvidence,
        /// Every criterion is met by evidence that holds: nothing more is asked.
        NOTHING_MORE = AskState::NothingMore,
    }
}

enumeration! {
    /// What kind of test is not met.
    CriterionKind as "CriterionKind" {
        /// A criterion of a level.
        CRITERION = CriterionKind::Criterion,
        /// A metric.
        METRIC = CriterionKind::Metric,
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
        /// Every PCT has this outcome.
        NATIONAL = OutcomeScope::National,
        /// A PCT may choose this outcome.
        LOCAL = OutcomeScope::Local,
    }
}

enumeration! {
    /// Whose figures a series of an indicator holds.
    SeriesRole as "IndicatorRole" {
        /// What was measured for the body itself.
        OWN = SeriesRole::Own,
        /// What the body aims for, period by period.
        TARGET = SeriesRole::Target,
        /// The national figure that the source gives.
        NATIONAL = SeriesRole::National,
        /// The figure that the source gives for the body's comparison group.
        PEERS = SeriesRole::Peers,
        /// The figure that the source gives for the best tenth of all bodies.
        TOP_DECILE = SeriesRole::TopDecile,
    }
}

/// The series that the schema names: those of a framework that declares none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Series {
    /// Everyone.
    Persons,
    /// Males.
    Males,
    /// Females.
    Females,
}

impl Series {
    const ALL: [Series; 3] = [Series::Persons, Series::Males, Series::Females];

    /// Its identifier in files and entries.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Series::Persons => "persons",
            Series::Males => "males",
            Series::Females => "females",
        }
    }

    /// The series with an identifier; `None` for one that only its framework names.
    pub(crate) fn of_id(id: &str) -> Option<Series> {
        let mut all = Series::ALL.into_iter();
        all.find(|series| series.id() == id)
    }
}

enumeration! {
    /// The people that a series counts.
    Series as "Series" {
        /// All persons.
        PERSONS = Series::Persons,
        /// Males.
        MALES = Series::Males,
        /// Females.
        FEMALES = Series::Females,
    }
}

enumeration! {
    /// The kind of a reason in the explanation of a value.
    ReasonKind as "ReasonKind" {
        /// A mark: who judged, by which method, inherited or not.
        MARK = ReasonKind::Mark,
        /// A ceiling.
        CEILING = ReasonKind::Ceiling,
        /// The highest value that all ceilings allow.
        SUPPORTED = ReasonKind::Supported,
        /// A value above what the evidence supports.
        CHALLENGE = ReasonKind::Challenge,
        /// A combination rule.
        RULE = ReasonKind::Rule,
        /// A plugin's check that was not made.
        NOT_CHECKED = ReasonKind::NotChecked,
        /// What the panel looks for.
        LOOKED_FOR = ReasonKind::LookedFor,
        /// An item of evidence for the preceding mark or ceiling, or for the measure itself.
        EVIDENCE = ReasonKind::Evidence,
        /// A survey result that limits nothing.
        SURVEY = ReasonKind::Survey,
        /// The inputs of the preceding rule, and which of them decided.
        INPUTS = ReasonKind::Inputs,
        /// A figure of a health outcome.
        OUTCOME = ReasonKind::Outcome,
        /// A finding of a check.
        FINDING = ReasonKind::Finding,
    }
}

enumeration! {
    /// The kind of a counted statement.
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
    /// The inputs of an overall result.
    RuleInputs as "OverallInputs" {
        /// The result of each area.
        AREAS = RuleInputs::Areas,
        /// The result of each competency and strand.
        COMPONENTS = RuleInputs::Components,
        /// The judgement on each measure.
        MEASURES = RuleInputs::Measures,
    }
}

enumeration! {
    /// The kind of columns of a matrix.
    MatrixOf as "MatrixOf" {
        /// One for each measure.
        MEASURES = MatrixOf::Measures,
        /// One for each competency and governance strand.
        COMPONENTS = MatrixOf::Components,
        /// One for each part that is rated: components, areas and the overall result.
        RESULTS = MatrixOf::Results,
    }
}

/// The basis of a ceiling, as named in the schema.
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
    /// The kind of evidence behind a ceiling.
    CeilingKind as "CeilingKind" {
        /// A survey result.
        SURVEY = CeilingKind::Survey,
        /// A criterion of a level that is not met.
        CRITERION = CeilingKind::Criterion,
        /// A metric below what the level requires.
        METRIC = CeilingKind::Metric,
        /// The level at which a delegated function was assured.
        FUNCTION = CeilingKind::Function,
        /// A check of a region's plugin.
        PLUGIN = CeilingKind::Plugin,
    }
}

enumeration! {
    /// How judgements are grouped for comparison.
    GroupBy as "CalibrationGroup" {
        /// All together.
        ALL = GroupBy::All,
        /// By the authority of the body.
        AUTHORITY = GroupBy::Authority,
        /// By who recorded the panel's judgement.
        PANEL = GroupBy::Panel,
    }
}
