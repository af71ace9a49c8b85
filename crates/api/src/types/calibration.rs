//! `Calibration`: whether panels, authorities and methods judge alike.

use super::body::Body;
use super::count;
use super::cycle::Cycle;
use super::measure::Measure;
use crate::project::leaves::Id;
use crate::project::page::MAX_PAGE;
use crate::project::{Code, Failure, object};
use std::borrow::Cow;
use wcc_core::calibration as core;
use wcc_core::calibration::{
    Coefficient, Decisions, Group, GroupBy, Selection, Undefined, member_agreements,
    method_agreements, spreads, unlike_pairs,
};
use wcc_core::scale::Step;
use wcc_core::{BodyKind, Fraction, MeasureIndex};

/// The statistics of a cycle for calibration.
#[derive(Debug)]
pub(crate) struct Calibration<'a> {
    cycle: Cycle<'a>,
    decisions: Decisions<'a>,
}

impl<'a> Calibration<'a> {
    /// The statistics of one measure or all, of one authority or all.
    pub(crate) fn of(
        cycle: Cycle<'a>,
        measure: Option<Id<'_>>,
        authority: Option<Id<'_>>,
    ) -> Result<Calibration<'a>, Failure> {
        let framework = cycle.framework();
        let measure = measure.map(|id| framework.find_measure(id.0)).transpose()?;
        let body = |id: Id<'_>| cycle.body(id.0, Some(BodyKind::Sha));
        let selection = Selection {
            measures: measure.map(|measure| vec![measure]),
            authority: authority.map(body).transpose()?,
        };
        let assured = cycle.assured;
        let decisions = Decisions::of(&assured.cycle, &assured.assurance, &selection);
        Ok(Calibration { cycle, decisions })
    }

    fn spreads(&self, by: GroupBy) -> Vec<MeasureSpread<'a>> {
        let cycle = self.cycle;
        let spreads = spreads(&self.decisions, by).into_iter();
        spreads.map(|data| MeasureSpread { cycle, data }).collect()
    }

    fn agreements(&self) -> Vec<MethodAgreement<'a>> {
        let cycle = self.cycle;
        let agreements = method_agreements(&self.decisions).into_iter();
        let each = agreements.map(|data| MethodAgreement { cycle, data });
        each.collect()
    }

    fn member_agreements(&self) -> Vec<MemberAgreement<'a>> {
        let cycle = self.cycle;
        let agreements = member_agreements(&self.decisions).into_iter();
        let each = agreements.map(|data| MemberAgreement { cycle, data });
        each.collect()
    }

    fn unlike_pairs(&self, distance: f64, first: i32) -> Result<UnlikePairs<'a>, Failure> {
        let exact = Fraction::from_written(distance).filter(|_| distance >= 0.0);
        let exact = exact.ok_or_else(|| {
            let message = "`distance` must be a number that is not negative, such as 0.1";
            Failure::new(Code::BadInput, message)
        })?;
        let most = usize::try_from(first).ok().filter(|_| first <= MAX_PAGE);
        let most = most.ok_or_else(|| {
            let message = format!("`first` is {first}: it must be between 0 and {MAX_PAGE}");
            Failure::new(Code::BadInput, message)
        })?;
        let cycle = self.cycle;
        let pairs = unlike_pairs(&self.decisions, exact);
        let total = count(pairs.len());
        let pairs = pairs.into_iter().take(most);
        Ok(UnlikePairs {
            total,
            pairs: pairs.map(|data| UnlikePair { cycle, data }).collect(),
        })
    }
}

fn value<'a>(cycle: Cycle<'a>, measure: MeasureIndex, step: Step) -> Cow<'a, str> {
    cycle.assured.cycle.framework.scale_of(measure).key(step)
}

object! {
    /// Statistics for calibration, over the bodies that the viewer may see: whether panels,
    /// authorities and methods judge alike. A judgement that several bodies inherit counts once.
    /// `docs/calibration.md` has the formulas and their sources.
    Calibration<'a> as "Calibration" => |calibration| {
        /// The number of bodies with an output: the population.
        bodyCount: i32 = count(calibration.decisions.bodies);
        /// The number of groups and bodies that were judged on their own.
        judgedCount: i32 = count(calibration.decisions.judged);
        /// The population as a sentence.
        populationInWords: String = calibration.decisions.population_in_words();
        /// The spread of current values (calibrated, or else the panel's), by group and measure.
        spreads(
            /// How judgements are grouped.
            by: GroupBy = ALL,
        ): [MeasureSpread<'a>; 100] = calibration.spreads(by).into_iter();
        /// How far each two methods agree on the measures of each scale. Each takes a thousand
        /// resamples, so its cost is that of many rows.
        agreements: [MethodAgreement<'a>; 5000] = calibration.agreements().into_iter();
        /// How far the members of panels agree on each measure that they scored before their panel agreed.
        /// Each takes a thousand resamples, so its cost is that of many rows.
        memberAgreements: [MemberAgreement<'a>; 5000] = calibration.member_agreements().into_iter();
        /// Pairs of bodies with like evidence and unlike values.
        unlikePairs(
            /// How far apart two survey scores may be to count as alike, on the survey's own scale.
            distance: f64 = 0.1,
            /// Maximum number of pairs, up to 200, the furthest apart first.
            first: i32 = 50,
        ): Option<UnlikePairs<'a>> = Some(calibration.unlike_pairs(distance, first)?);
    }
}

/// A part of a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share(pub(crate) core::Share);

object! {
    /// A part of a whole, both as counts.
    Share as "Share" => |share| {
        /// The number in question.
        count: i32 = count(share.0.count);
        /// The number of which it is a part.
        of: i32 = count(share.0.of);
        /// The share in percent; null of nothing.
        percent: Option<f64> = share.0.percent();
    }
}

/// The spread of a measure in a group.
#[derive(Debug)]
pub(crate) struct MeasureSpread<'a> {
    cycle: Cycle<'a>,
    data: core::Spread<'a>,
}

impl<'a> MeasureSpread<'a> {
    fn counts(&self) -> Vec<ValueCount<'a>> {
        let (cycle, measure) = (self.cycle, self.data.measure);
        let counts = self.data.counts.iter();
        let counts = counts.map(|(step, number)| ValueCount {
            value: value(cycle, measure, *step),
            number: *number,
        });
        counts.collect()
    }

    fn authority(&self) -> Option<Body<'a>> {
        match self.data.group {
            Group::Authority(Some(body)) => Some(Body::of(self.cycle.body_view(body))),
            _ => None,
        }
    }

    fn author(&self) -> Option<&'a str> {
        match self.data.group {
            Group::Panel(author) => author,
            _ => None,
        }
    }

    fn below_self(&self) -> Share {
        Share(self.data.against_self.share_below())
    }
}

object! {
    /// The spread of the current values of a measure.
    MeasureSpread<'a> as "MeasureSpread" => |spread| {
        /// The measure.
        measure: Measure<'a> = spread.cycle.framework().measure(spread.data.measure);
        /// The authority of the bodies, if judgements are grouped by authority.
        authority: Option<Body<'a>> = spread.authority();
        /// The author of the panel's judgements, if they are grouped by panel and it is recorded.
        author: Option<&'a str> = spread.author();
        /// The number of judgements, whether their value is known or not.
        judgements: i32 = count(spread.data.judgements);
        /// The number of judgements with each value, from the worst.
        counts: [ValueCount<'a>; 5] = spread.counts().into_iter();
        /// The number of values that are not known.
        notKnown: i32 = count(spread.data.not_known);
        /// The number of judgements that the measure does not apply.
        notApplicable: i32 = count(spread.data.not_applicable);
        /// The number of known values that were inferred.
        inferred: i32 = count(spread.data.inferred);
        /// The mean of the points of the known values.
        mean: Option<f64> = spread.data.mean;
        /// The value in the middle; of two, the worse.
        median: Option<Cow<'a, str>> = spread.data.median().map(|step| value(spread.cycle, spread.data.measure, step));
        /// Values above the self-assessment, of those with both known.
        aboveSelf: Share = Share(spread.data.against_self.share_above());
        /// Values below the self-assessment, of those with both known.
        belowSelf: Share = spread.below_self();
        /// Judgements that cannot be compared with the self-assessment.
        selfNotKnown: i32 = count(spread.data.against_self.not_known);
        /// Values above what the evidence supports, of the known ones that evidence limits.
        aboveEvidence: Share = Share(spread.data.against_evidence.share_above());
        /// Judgements that evidence limits and whose value is not known.
        evidenceNotKnown: i32 = count(spread.data.against_evidence.not_known);
        /// Judgements that no evidence limits.
        notLimited: i32 = count(spread.data.against_evidence.not_limited);
    }
}

/// The number of judgements with a value.
#[derive(Debug)]
pub(crate) struct ValueCount<'a> {
    value: Cow<'a, str>,
    number: u32,
}

object! {
    /// The number of judgements with a value.
    ValueCount<'a> as "ValueCount" => |value_count| {
        /// The value: `3`, `green`.
        value: &'_ str = &*value_count.value;
        /// The number of judgements with it.
        count: i32 = count(value_count.number);
    }
}

/// How far two methods agree.
#[derive(Debug)]
pub(crate) struct MethodAgreement<'a> {
    cycle: Cycle<'a>,
    data: core::MethodAgreement<'a>,
}

object! {
    /// How far two methods agree on the measures of one scale.
    MethodAgreement<'a> as "MethodAgreement" => |agreement| {
        /// Identifier of the scale.
        scale: Id<'a> = Id(&agreement.data.scale.id);
        /// Identifier of the first method.
        firstMethodId: Option<Id<'a>> = agreement.cycle.method_id(agreement.data.first);
        /// Identifier of the second method.
        secondMethodId: Option<Id<'a>> = agreement.cycle.method_id(agreement.data.second);
        /// The number of judgements with a value by both.
        compared: i32 = count(agreement.data.agreement.items);
        /// The number of judgements without one of the two.
        notCompared: i32 = count(agreement.data.agreement.unpaired);
        /// The number of values by the second method above those by the first.
        raised: i32 = count(agreement.data.raised);
        /// The number of values by the second method below those by the first.
        lowered: i32 = count(agreement.data.lowered);
        /// Judgements with the same value by both.
        sameValue: Share = Share(agreement.data.agreement.exact);
        /// Judgements with values at most one level apart; null if numbers have no levels.
        withinOneLevel: Option<Share> = agreement.data.agreement.within_one.ok().map(Share);
        /// Cohen's kappa, unweighted.
        kappa: AgreementCoefficient = AgreementCoefficient(agreement.data.agreement.kappa);
        /// Cohen's kappa with linear weights.
        linearKappa: AgreementCoefficient = AgreementCoefficient(agreement.data.agreement.linear_kappa);
        /// Cohen's kappa with quadratic weights.
        quadraticKappa: AgreementCoefficient = AgreementCoefficient(agreement.data.agreement.quadratic_kappa);
        /// Krippendorff's alpha for values without an order.
        nominalAlpha: AgreementCoefficient = AgreementCoefficient(agreement.data.agreement.nominal_alpha);
        /// Krippendorff's alpha for levels.
        ordinalAlpha: AgreementCoefficient = AgreementCoefficient(agreement.data.agreement.ordinal_alpha);
        /// Krippendorff's alpha for the points of the scale.
        intervalAlpha: AgreementCoefficient = AgreementCoefficient(agreement.data.agreement.interval_alpha);
    }
}

/// How far the members of panels agree on a measure.
#[derive(Debug)]
pub(crate) struct MemberAgreement<'a> {
    cycle: Cycle<'a>,
    data: core::MemberAgreement,
}

object! {
    /// How far the members of panels agree on a measure, over the bodies that they scored.
    MemberAgreement<'a> as "MemberAgreement" => |agreement| {
        /// The measure.
        measure: Measure<'a> = agreement.cycle.framework().measure(agreement.data.measure);
        /// The number of members who scored it, on any panel.
        members: i32 = count(agreement.data.agreement.raters);
        /// The number of bodies with two scores or more.
        compared: i32 = count(agreement.data.agreement.items);
        /// The number of bodies with one score.
        notCompared: i32 = count(agreement.data.agreement.unpaired);
        /// Pairs of scores of one body with the same value, of all such pairs.
        sameValue: Share = Share(agreement.data.agreement.exact);
        /// Pairs of scores of one body at most one level apart; null if numbers have no levels.
        withinOneLevel: Option<Share> = agreement.data.agreement.within_one.ok().map(Share);
        /// Krippendorff's alpha for values without an order.
        nominalAlpha: AgreementCoefficient = AgreementCoefficient(agreement.data.agreement.nominal_alpha);
        /// Krippendorff's alpha for levels.
        ordinalAlpha: AgreementCoefficient = AgreementCoefficient(agreement.data.agreement.ordinal_alpha);
        /// Krippendorff's alpha for the points of the scale.
        intervalAlpha: AgreementCoefficient = AgreementCoefficient(agreement.data.agreement.interval_alpha);
    }
}

/// A coefficient of agreement, or why there is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AgreementCoefficient(Result<Coefficient, Undefined>);

impl AgreementCoefficient {
    fn interval(&self) -> Result<core::Interval, Undefined> {
        self.0.and_then(|coefficient| coefficient.interval)
    }
}

object! {
    /// A coefficient of agreement: 1 is full agreement, 0 what chance alone would give.
    AgreementCoefficient as "AgreementCoefficient" => |coefficient| {
        /// Its value; null if it is not defined.
        value: Option<f64> = coefficient.0.ok().map(|coefficient| coefficient.value);
        /// Why it is not defined.
        notDefined: Option<&'static str> = coefficient.0.err().map(Undefined::in_words);
        /// Lower end of the 95% confidence interval.
        lower: Option<f64> = coefficient.interval().ok().map(|interval| interval.lower);
        /// Upper end of the 95% confidence interval.
        upper: Option<f64> = coefficient.interval().ok().map(|interval| interval.upper);
        /// Why there is no interval.
        noInterval: Option<&'static str> = coefficient.interval().err().map(Undefined::in_words);
    }
}

/// Pairs of bodies with like evidence and unlike values.
#[derive(Debug)]
pub(crate) struct UnlikePairs<'a> {
    total: i32,
    pairs: Vec<UnlikePair<'a>>,
}

object! {
    /// Pairs of bodies with like evidence and unlike values.
    UnlikePairs<'a> as "UnlikePairs" => |unlike_pairs| {
        /// The number of pairs.
        totalCount: i32 = unlike_pairs.total;
        /// The first pairs, the furthest apart first.
        pairs: [UnlikePair<'a>; 1] = unlike_pairs.pairs.iter().cloned();
    }
}

/// A pair of bodies with like evidence and unlike values.
#[derive(Clone, Debug)]
pub(crate) struct UnlikePair<'a> {
    cycle: Cycle<'a>,
    data: core::UnlikePair<'a>,
}

impl<'a> UnlikePair<'a> {
    fn value(&self, step: Step) -> Cow<'a, str> {
        value(self.cycle, self.data.measure, step)
    }

    fn figures(&self) -> Vec<EvidenceFigure<'a>> {
        self.data
            .figures
            .iter()
            .copied()
            .map(EvidenceFigure)
            .collect()
    }
}

object! {
    /// Two bodies whose evidence on a measure is alike, and whose values differ.
    UnlikePair<'a> as "UnlikePair" => |pair| {
        /// The measure.
        measure: Measure<'a> = pair.cycle.framework().measure(pair.data.measure);
        /// The body with the better value.
        better: Body<'a> = Body::of(pair.cycle.body_view(pair.data.better.body));
        /// The better value.
        betterValue: Cow<'a, str> = pair.value(pair.data.better_value);
        /// The body with the worse value.
        worse: Body<'a> = Body::of(pair.cycle.body_view(pair.data.worse.body));
        /// The worse value.
        worseValue: Cow<'a, str> = pair.value(pair.data.worse_value);
        /// What the evidence of both supports; null if nothing limits either.
        supported: Option<Cow<'a, str>> = pair.data.supported.map(|step| pair.value(step));
        /// The survey scores of both.
        figures: [EvidenceFigure<'a>; 2] = pair.figures().into_iter();
    }
}

/// A survey score of both bodies of a pair.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EvidenceFigure<'a>(core::EvidenceFigure<'a>);

object! {
    /// A survey score of both bodies of a pair.
    EvidenceFigure<'a> as "EvidenceFigure" => |figure| {
        /// Identifier of the survey.
        survey: Id<'a> = Id(figure.0.survey);
        /// The question, in short.
        question: Option<&'a str> = figure.0.question;
        /// The score of the body with the better value.
        better: f64 = figure.0.better;
        /// The score of the body with the worse value.
        worse: f64 = figure.0.worse;
    }
}
