//! Links each cycle of a case to the one before, with whose results it is compared.

use super::Reading;
use super::settings::CycleEntry;
use crate::cycle::ReadCycle;
use crate::nearest::nearest;
use crate::problem::quoted;

impl Reading<'_> {
    /// Links each cycle to the cycle that it names as `previous`. A cycle that names none follows
    /// the latest earlier one under the same framework or under the `previous` of its framework.
    /// `cycles` are in the order of the entries.
    pub(super) fn link_cycles(&self, cycles: &mut [ReadCycle]) {
        let entries = || self.settings.cycles.iter();
        let mut links = Vec::with_capacity(cycles.len());
        for (entry, this) in entries().zip(&*cycles) {
            let link = match &entry.previous {
                Some((id, _)) => {
                    let at = entries().position(|other| other.id == *id);
                    let named = at.and_then(|at| Some((at, cycles.get(at)?)));
                    match named {
                        Some((at, before)) if self.can_follow(entry, this, before) => Some(at),
                        Some(_) => None,
                        None => {
                            self.report_unknown(entry, id);
                            None
                        }
                    }
                }
                None => {
                    let all = cycles.iter().enumerate();
                    let earlier = all.filter(|(_, before)| {
                        shares_line(this, before) && before.cycle.as_of < this.cycle.as_of
                    });
                    let latest = earlier.max_by_key(|(_, before)| before.cycle.as_of);
                    latest.map(|(at, _)| at)
                }
            };
            links.push(link);
        }
        for (cycle, link) in cycles.iter_mut().zip(links) {
            cycle.previous = link;
        }
    }

    /// Whether a cycle can follow the one that it names; reports why not.
    fn can_follow(&self, entry: &CycleEntry, this: &ReadCycle, before: &ReadCycle) -> bool {
        let Some((id, place)) = &entry.previous else {
            return false;
        };
        if !shares_line(this, before) {
            let (own, other) = (&this.cycle.framework, &before.cycle.framework);
            let previous = own.previous.as_deref();
            let previous = previous.map(|previous| format!(" or {}", quoted(previous)));
            let message = format!(
                "{} cannot be the previous cycle: it is under the framework {}",
                quoted(id),
                quoted(&other.id)
            );
            self.report(place, message, |problem| {
                problem.expecting(format!(
                    "a cycle under {}{}",
                    quoted(&own.id),
                    previous.unwrap_or_default()
                ))
            });
            return false;
        }
        if before.cycle.as_of >= this.cycle.as_of {
            let message = format!(
                "{} cannot be the previous cycle: its day, {}, must be before {}",
                quoted(id),
                before.cycle.as_of,
                this.cycle.as_of
            );
            self.report(place, message, |problem| {
                problem.expecting("an earlier cycle of this case")
            });
            return false;
        }
        true
    }

    fn report_unknown(&self, entry: &CycleEntry, id: &str) {
        let Some((_, place)) = &entry.previous else {
            return;
        };
        let others = || {
            let all = self.settings.cycles.iter();
            let others = all.filter(|other| other.id != entry.id);
            others.map(|other| other.id.as_str())
        };
        let message = format!("the case has no cycle {}", quoted(id));
        self.report(place, message, |problem| {
            problem
                .expecting("the identifier of an earlier cycle of this case")
                .nearest_to(nearest(id, others()))
        });
    }
}

/// Whether results of one cycle can be compared with those of another: its framework is the same,
/// or the one before.
fn shares_line(this: &ReadCycle, before: &ReadCycle) -> bool {
    let (framework, other) = (&this.cycle.framework, &before.cycle.framework.id);
    framework.id == *other || framework.previous.as_deref() == Some(other)
}
