//! Limits: while some parts are at or below a value, a larger part is at most another.

use super::{Evaluation, Known, fallback};
use crate::combine::{Combined, Range, RuleResult, Value};
use crate::framework::{FrameworkPart, Limit};
use crate::record::{Method, Subject};

/// What is known of a limit's condition.
struct Condition {
    /// It holds whatever the missing values are.
    is_certain: bool,
    /// It can hold.
    is_possible: bool,
    /// Whether any of the values was inferred.
    inferred: bool,
}

impl Evaluation<'_> {
    /// Applies the limits on a part to its rule's result.
    pub(super) fn limit(
        &self,
        level: FrameworkPart,
        method: Method,
        evaluated: (RuleResult, Option<Range>),
    ) -> (RuleResult, Option<Range>) {
        if self.framework.limits.is_empty() {
            return evaluated;
        }
        let (result, range) = evaluated;
        let Some((limited, inferred, _)) = self.limited(level, method, range) else {
            return (result, range);
        };
        let inferred = inferred || result.inferred;
        (limited.result(inferred), Some(limited))
    }

    /// Applies the limits on a part to its rule's result with figures.
    pub(super) fn limit_combined(
        &self,
        level: FrameworkPart,
        method: Method,
        combined: Combined,
    ) -> Combined {
        if self.framework.limits.is_empty() {
            return combined;
        }
        let scale = self.framework.scale_at(level);
        let range = combined.possible.map(|(worst, best)| Range {
            worst: Value::of_step(worst, scale),
            best: Value::of_step(best, scale),
        });
        let Some((limited, inferred, limit)) = self.limited(level, method, range) else {
            return combined;
        };
        let result = limited.result(inferred || combined.inferred);
        Combined {
            step: result.step,
            possible: result.possible,
            inferred: result.inferred,
            not_applicable: false,
            limit,
            ..combined
        }
    }

    /// The range of a result under its limits, whether one of these depends on an inferred value,
    /// and the position of the limit that decides. `None` if no limit changes anything.
    fn limited(
        &self,
        level: FrameworkPart,
        method: Method,
        range: Option<Range>,
    ) -> Option<(Range, bool, Option<u16>)> {
        // Without anything calibrated there is no calibrated result to limit.
        let is_missing =
            method == Method::Calibrated && range.is_none() && !self.limit_is_calibrated(level);
        if is_missing {
            return None;
        }
        let scale = self.framework.scale_at(level);
        let mut limited = None::<Range>;
        let (mut any_inferred, mut deciding) = (false, None);
        for (position, limit) in self.framework.limits_on(level) {
            let condition = self.condition(limit, method);
            // A limit that only might hold says nothing of a result of which nothing is known.
            let applies = condition.is_certain || condition.is_possible && range.is_some();
            if !applies {
                continue;
            }
            let mut now = limited.or(range).unwrap_or_else(|| Range::whole(scale));
            let cap = Value::of_step(limit.at_most, scale);
            let mut changes = false;
            if cap.step < now.worst.step {
                (now.worst, changes) = (cap, true);
            }
            if condition.is_certain && cap.step < now.best.step {
                (now.best, changes) = (cap, true);
                deciding = Some(position);
            }
            if changes {
                any_inferred |= condition.inferred;
                limited = Some(now);
            }
        }
        limited.map(|limited| (limited, any_inferred, deciding))
    }

    fn condition(&self, limit: &Limit, method: Method) -> Condition {
        let (mut certain, mut possible, mut inferred) = (0_u16, 0_u16, false);
        for source in &limit.sources {
            let known = self
                .known(*source, method)
                .or(self.known(*source, fallback(method)));
            if known.not_applicable {
                continue;
            }
            match known.range {
                Some(range) => {
                    let holds = range.best.step <= limit.at_or_below;
                    certain += u16::from(holds);
                    possible += u16::from(range.worst.step <= limit.at_or_below);
                    inferred |= holds && known.inferred;
                }
                None => possible += 1,
            }
        }
        Condition {
            is_certain: certain >= limit.at_least,
            is_possible: possible >= limit.at_least,
            inferred,
        }
    }

    /// Whether a limit on a part looks at anything that was calibrated.
    pub(super) fn limit_is_calibrated(&self, level: FrameworkPart) -> bool {
        let limits = self.framework.limits_on(level);
        let mut sources = limits.flat_map(|(_, limit)| &limit.sources);
        sources.any(|source| self.known(*source, Method::Calibrated).is_judged)
    }

    fn known(&self, source: Subject, method: Method) -> Known {
        let known = match source {
            Subject::Measure(measure) => {
                let scale = self.framework.scale_of(measure);
                return Known::of_mark(self.cell(measure).mark(method), scale);
            }
            Subject::Component(index) => self.components.get(usize::from(index.0)),
            Subject::Area(area) => self.areas.get(usize::from(area)),
            Subject::Overall => None,
        };
        known.map_or(Known::NOTHING, |known| *method.of(known))
    }
}
