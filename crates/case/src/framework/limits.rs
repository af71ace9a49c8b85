//! Reads the `[[limit]]` tables.

use super::builder::{FrameworkBuilder, UniqueIds, identifier};
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::{Located, Reader};
use wcc_core::framework::{FrameworkPart, Limit, Overall, ScaleIndex};
use wcc_core::{ComponentIndex, MeasureIndex, Step, Subject};

/// Maximum number of limits.
const MAX_LIMITS: usize = 200;

pub(super) fn limits(
    build: &FrameworkBuilder,
    overall: Option<&Overall>,
    root: &Reader<'_>,
) -> Vec<Limit> {
    let tables = root.tables("limit");
    if tables.len() > MAX_LIMITS {
        root.document.add(&root.spot_of("limit"), |at| {
            at(format!("there are {} limits", tables.len()))
                .expecting(format!("at most {MAX_LIMITS}"))
        });
    }
    let parts = Parts { build, overall };
    let mut ids = UniqueIds::default();
    let each = tables.iter().take(MAX_LIMITS);
    each.filter_map(|table| parts.limit(table, &mut ids))
        .collect()
}

/// The parts of a framework that limits refer to.
struct Parts<'a> {
    build: &'a FrameworkBuilder,
    overall: Option<&'a Overall>,
}

impl Parts<'_> {
    fn limit(&self, table: &Reader<'_>, ids: &mut UniqueIds) -> Option<Limit> {
        table.only(&[
            "id",
            "title",
            "on",
            "while",
            "at_least",
            "at_or_below",
            "at_most",
            "gives",
        ]);
        let id = identifier(table, "id");
        if let Some(id) = &id {
            ids.take(table, id, &table.spot);
        }
        let title = table.required_owned("title");
        let target = self.target(table)?;
        let sources = self.sources(table, target)?;
        let scale = self.scale_of_sources(table, &sources)?;
        let at_or_below = table.required_text("at_or_below");
        let at_or_below = at_or_below.and_then(|key| self.build.step_named(table, scale, &key));
        let at_most = self.at_most(table, target);
        let count = i64::try_from(sources.len()).unwrap_or(i64::MAX);
        let at_least = table
            .integer("at_least", 1..=count)
            .map_or(1, |number| number.value);
        let (at_or_below, at_most) = (at_or_below?, at_most?);
        self.warn_of_no_effect(table, scale, at_or_below, target, at_most);
        Some(Limit {
            id: id?.value.to_owned(),
            title,
            target,
            sources,
            at_or_below,
            at_least: u16::try_from(at_least).unwrap_or(u16::MAX),
            at_most,
        })
    }

    /// Warns of a limit that allows every result, or whose condition every value meets.
    fn warn_of_no_effect(
        &self,
        table: &Reader<'_>,
        scale: ScaleIndex,
        at_or_below: Step,
        target: FrameworkPart,
        at_most: Step,
    ) {
        let is_best = |scale: Option<ScaleIndex>, step: Step| {
            let scale = scale.and_then(|scale| self.build.scale(scale));
            scale.is_some_and(|scale| scale.best() == step)
        };
        if is_best(self.scale(target.subject()), at_most) {
            table.document.warn(&table.spot_of("at_most"), |at| {
                at("this is the best result, so the limit has no effect".to_owned())
                    .expecting("a result below the best")
            });
        }
        if is_best(Some(scale), at_or_below) {
            table.document.warn(&table.spot_of("at_or_below"), |at| {
                at("every value is at or below the best, so the limit always holds".to_owned())
                    .expecting("a value below the best")
            });
        }
    }

    /// The part whose result is limited: the whole unless the table says otherwise.
    fn target(&self, table: &Reader<'_>) -> Option<FrameworkPart> {
        let on = table.text("on");
        let name = on.as_ref().map_or(Subject::OVERALL, |on| on.value);
        let spot = on.as_ref().map_or(&table.spot, |on| &on.spot);
        let level = self.find(name).and_then(Subject::part);
        let Some(level) = level else {
            table.document.add(spot, |at| {
                at(format!(
                    "{} is not a component, an area or the overall result",
                    quoted(name)
                ))
                .expecting("`on`, the identifier of one, or `overall` if there is an [overall]")
            });
            return None;
        };
        if self.has_rule(level) {
            return Some(level);
        }
        table.document.add(spot, |at| {
            at(format!(
                "{} has no rule, so there is no result to limit",
                quoted(name)
            ))
            .expecting("a component, an area or an overall result with a rule")
        });
        None
    }

    fn has_rule(&self, level: FrameworkPart) -> bool {
        let rating = match level {
            FrameworkPart::Component(ComponentIndex(index)) => self
                .build
                .components
                .get(usize::from(index))
                .map(|component| &component.rating),
            FrameworkPart::Area(area) => self.build.areas.get(area).map(|area| &area.rating),
            FrameworkPart::Overall => self.overall.map(|overall| &overall.rating),
        };
        rating.is_some_and(|rating| rating.rule().is_some())
    }

    /// What the limit looks at: one part, or a list of them, each smaller than the target.
    fn sources(&self, table: &Reader<'_>, target: FrameworkPart) -> Option<Vec<Subject>> {
        if !table.has("while") {
            table.missing("while");
            return None;
        }
        let names = if table.count("while").is_some() {
            table.texts("while")?
        } else {
            vec![table.text("while")?]
        };
        if names.is_empty() {
            table.document.add(&table.spot_of("while"), |at| {
                at("the list is empty".to_owned()).expecting("a measure, a component or an area")
            });
            return None;
        }
        let mut repeated = UniqueIds::default();
        let mut sources = Vec::new();
        for name in &names {
            repeated.take(table, name, &name.spot);
            sources.push(self.source(table, name, target)?);
        }
        Some(sources)
    }

    fn source(
        &self,
        table: &Reader<'_>,
        name: &Located<&str>,
        target: FrameworkPart,
    ) -> Option<Subject> {
        let Some(source) = self.find(name.value) else {
            let ids: Vec<&str> = self.build.ids().collect();
            table.document.add(&name.spot, |at| {
                at(format!(
                    "there is no measure, component or area {}",
                    quoted(name.value)
                ))
                .expecting("the identifier of one")
                .nearest_to(nearest(name.value, ids.iter().copied()))
            });
            return None;
        };
        if size(source) < size(target.subject()) {
            return Some(source);
        }
        table.document.add(&name.spot, |at| {
            at(format!(
                "{} is not smaller than what is limited",
                quoted(name.value)
            ))
            .expecting(
                "a measure for a component; a measure or component for an area; any of the three \
                 for the whole",
            )
        });
        None
    }

    fn find(&self, id: &str) -> Option<Subject> {
        self.build.find(id).or_else(|| {
            let is_overall = id.eq_ignore_ascii_case(Subject::OVERALL);
            (is_overall && self.overall.is_some()).then_some(Subject::Overall)
        })
    }

    fn scale(&self, subject: Subject) -> Option<ScaleIndex> {
        match subject {
            Subject::Measure(MeasureIndex(at)) => {
                Some(self.build.measures.get(usize::from(at))?.scale)
            }
            Subject::Component(ComponentIndex(at)) => {
                let component = self.build.components.get(usize::from(at))?;
                component.rating.scale()
            }
            Subject::Area(at) => self.build.areas.get(usize::from(at))?.rating.scale(),
            Subject::Overall => self.overall?.rating.scale(),
        }
    }

    /// The scale that all sources share.
    fn scale_of_sources(&self, table: &Reader<'_>, sources: &[Subject]) -> Option<ScaleIndex> {
        let spot = table.spot_of("while");
        let scales: Vec<Option<ScaleIndex>> =
            sources.iter().map(|source| self.scale(*source)).collect();
        let first = scales.first().copied().flatten();
        let is_rated = |scale: &Option<ScaleIndex>| {
            let scale = scale.and_then(|scale| self.build.scale(scale));
            scale.is_some_and(|scale| !scale.is_text())
        };
        if !scales.iter().all(is_rated) {
            table.document.add(&spot, |at| {
                at("what the limit looks at is not rated on a scale".to_owned())
                    .expecting("measures, components or areas with a rating")
            });
            return None;
        }
        if scales.iter().any(|scale| *scale != first) {
            table.document.add(&spot, |at| {
                at("what the limit looks at is rated on several scales".to_owned())
                    .expecting("one scale, or a limit for each")
            });
            return None;
        }
        first
    }

    /// The best result that the limit allows. `gives` is for the worst one, so that a better input
    /// never gives a worse result.
    fn at_most(&self, table: &Reader<'_>, target: FrameworkPart) -> Option<Step> {
        let scale = self.scale(target.subject())?;
        match (table.has("at_most"), table.has("gives")) {
            (true, false) => {
                let key = table.text("at_most")?;
                self.build.step_named(table, scale, &key)
            }
            (false, true) => {
                let key = table.text("gives")?;
                let step = self.build.step_named(table, scale, &key)?;
                if step == Step::WORST {
                    return Some(step);
                }
                table.document.add(&key.spot, |at| {
                    at(
                        "only the worst result can be given: any other could be better than the \
                        result without the limit"
                            .to_owned(),
                    )
                    .expecting(format!("at_most = {}", quoted(key.value)))
                });
                None
            }
            _ => {
                table.document.add(&table.spot, |at| {
                    at("the limit does not say what it allows".to_owned())
                        .expecting("either `at_most`, or `gives` for the worst result")
                });
                None
            }
        }
    }
}

/// Orders parts by size.
fn size(subject: Subject) -> u8 {
    match subject {
        Subject::Measure(_) => 0,
        Subject::Component(_) => 1,
        Subject::Area(_) => 2,
        Subject::Overall => 3,
    }
}
