//! Agreement between methods: the self-assessment and the panel, the panel and the calibration.

use super::{Agreement, Decisions, Ratings};
use crate::record::Method;
use crate::scale::Scale;

/// The methods that are compared, in the order of a cycle.
const COMPARED: [Method; 4] = [
    Method::SelfAssessment,
    Method::Analyst,
    Method::Panel,
    Method::Calibrated,
];

/// How far two methods agree on the measures of one scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MethodAgreement<'a> {
    /// The scale. Only values on one scale are compared.
    pub scale: &'a Scale,
    /// The first method.
    pub first: Method,
    /// The second method.
    pub second: Method,
    /// How far they agree.
    pub agreement: Agreement,
    /// The number of judgements whose value by the second method is above that by the first.
    pub raised: u32,
    /// The number of judgements whose value by the second method is below that by the first.
    pub lowered: u32,
}

/// How far each two methods agree: by scale, then by method. Methods that gave no value on a scale
/// are left out.
pub fn method_agreements<'a>(decisions: &Decisions<'a>) -> Vec<MethodAgreement<'a>> {
    let framework = &decisions.cycle.framework;
    let mut scales: Vec<&'a Scale> = Vec::new();
    for measure in &decisions.measures {
        let scale = framework.scale_of(*measure);
        if !scales.iter().any(|known| known.id == scale.id) {
            scales.push(scale);
        }
    }
    let mut agreements = Vec::new();
    for scale in scales {
        let cells: Vec<_> = decisions
            .each
            .iter()
            .filter(|decision| framework.scale_of(decision.measure).id == scale.id)
            .map(|decision| decision.cell)
            .collect();
        let has_value =
            |method: &Method| cells.iter().any(|cell| cell.mark(*method).value.is_some());
        let methods: Vec<Method> = COMPARED.into_iter().filter(has_value).collect();
        for (at, first) in methods.iter().enumerate() {
            for second in methods.iter().skip(at + 1) {
                let mut ratings = Ratings::new(scale, 2);
                let (mut raised, mut lowered) = (0, 0);
                for cell in &cells {
                    let (before, after) = (cell.mark(*first).value, cell.mark(*second).value);
                    let both = before.zip(after);
                    raised += u32::from(both.is_some_and(|(before, after)| after > before));
                    lowered += u32::from(both.is_some_and(|(before, after)| after < before));
                    ratings.push([before, after]);
                }
                agreements.push(MethodAgreement {
                    scale,
                    first: *first,
                    second: *second,
                    agreement: ratings.agreement(),
                    raised,
                    lowered,
                });
            }
        }
    }
    agreements
}
