//! What is assessed, and what was recorded of it.

use super::SCORE;
use crate::address::Place;
use crate::error::PageError;
use crate::look::heading::{Heading, headed_query};
use crate::page::{Link, Page};
use crate::parameters::with_query;
use crate::parts::definition::{Code, MeasureScale, Name, Named};
use crate::reader::Reader;
use crate::respond::PageRequest;
use crate::viewer::Viewer;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct Data {
    pub(super) cycle: Option<Heading>,
    pub(super) assurance: Option<Assurance>,
}

#[derive(Deserialize)]
pub(super) struct Assurance {
    pub(super) group: Option<Named>,
    pub(super) result: Option<Output>,
    pub(super) outputs: Vec<Output>,
}

#[derive(Deserialize)]
pub(super) struct Output {
    pub(super) body: Named,
    pub(super) cells: Option<Vec<Cell>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cell {
    pub(super) measure: Measure,
    pub(super) marks: Vec<Mark>,
    pub(super) supported: Option<String>,
    pub(super) ceilings: Vec<Ceiling>,
    pub(super) member_scores: Option<Scores>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Measure {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) reach_id: String,
    pub(super) looked_for: Option<String>,
    pub(super) component: Component,
    pub(super) scale: MeasureScale,
    pub(super) descriptors: Vec<Descriptor>,
}

#[derive(Deserialize)]
pub(super) struct Component {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) area: Area,
}

#[derive(Deserialize)]
pub(super) struct Area {
    pub(super) title: String,
}

#[derive(Deserialize)]
pub(super) struct Descriptor {
    pub(super) value: String,
    pub(super) text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Mark {
    pub(super) method_id: Option<String>,
    pub(super) value: Option<String>,
    pub(super) rationale: Option<String>,
    pub(super) entry: Option<u32>,
    pub(super) body: Option<Code>,
}

#[derive(Deserialize)]
pub(super) struct Ceiling {
    pub(super) supports: String,
    pub(super) reason: String,
}

#[derive(Deserialize)]
pub(super) struct Scores {
    pub(super) scores: Vec<Score>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Score {
    pub(super) member: Option<Name>,
    pub(super) value: String,
    pub(super) rationale: Option<String>,
    pub(super) entry: Option<u32>,
    pub(super) entered_by: Option<EnteredBy>,
}

#[derive(Deserialize)]
pub(super) struct EnteredBy {
    pub(super) person: Option<String>,
}

/// What somebody recorded on a measure.
#[derive(Clone, Copy, Default)]
pub(super) struct Recorded<'c> {
    pub(super) value: Option<&'c str>,
    pub(super) rationale: Option<&'c str>,
    pub(super) entry: Option<u32>,
}

/// What part a body has in its group.
pub(super) enum Part {
    /// It is the group.
    Group,
    /// It is a member of this group.
    Member(Named),
    /// It has none.
    Alone,
}

/// What is assessed: a body or a group, by a method.
pub(super) struct Subject {
    pub(super) cycle: Heading,
    pub(super) part: Part,
    pub(super) output: Output,
    /// The identifier of the method, or [`SCORE`].
    pub(super) method: String,
    /// The person who looks, whose scores these are.
    pub(super) person: String,
}

impl Subject {
    pub(super) async fn read(
        asked: &PageRequest<'_>,
        place: &Place,
        body: &str,
    ) -> Result<Subject, PageError> {
        let method = asked.parameters.get("method").unwrap_or("self");
        Subject::of(asked.reader, asked.viewer, place, body, method).await
    }

    pub(super) async fn of(
        reader: &Reader,
        viewer: &Viewer,
        place: &Place,
        body: &str,
        method: &str,
    ) -> Result<Subject, PageError> {
        if viewer.session.is_none() {
            return Err(PageError::NotSignedIn);
        }
        let query = headed_query!("assess");
        let variables = json!({ "cycle": place.cycle, "body": body });
        let data: Data = reader.ask(query, variables).await?;
        let cycle = data.cycle.ok_or(PageError::Missing)?;
        let assurance = data.assurance.ok_or(PageError::Missing)?;
        let part = match assurance.group {
            Some(group) if group.code == body => Part::Group,
            Some(group) => Part::Member(group),
            None => Part::Alone,
        };
        let mut outputs = assurance.outputs.into_iter();
        let output = match part {
            Part::Group => assurance.result,
            Part::Member(_) | Part::Alone => outputs.find(|output| output.body.code == body),
        };
        let mut methods = cycle.framework.methods.iter();
        let is_known = method == SCORE || methods.any(|known| known.code == method);
        Ok(Subject {
            output: output.filter(|_| is_known).ok_or(PageError::Missing)?,
            part,
            method: method.to_owned(),
            person: viewer.actor.person.to_string(),
            cycle,
        })
    }

    pub(super) fn method_title(&self) -> String {
        let mut methods = self.cycle.framework.methods.iter();
        let method = methods.find(|method| method.code == self.method);
        method.map_or_else(|| "your scores".to_owned(), |method| method.title.clone())
    }

    /// The measures that are judged for it: a group's shared ones, or a body's own.
    pub(super) fn cells(&self) -> impl Iterator<Item = &Cell> {
        let cells = self.output.cells.iter().flatten();
        cells.filter(|cell| {
            let is_shared = cell.measure.reach_id == "group";
            let is_asked = match self.part {
                Part::Group => is_shared,
                Part::Member(_) => !is_shared,
                Part::Alone => true,
            };
            is_asked && !cell.measure.scale.is_text
        })
    }

    pub(super) fn recorded<'c>(&self, cell: &'c Cell) -> Recorded<'c> {
        if self.method == SCORE {
            let scores = cell.member_scores.iter().flat_map(|scores| &scores.scores);
            let mut own = scores.filter(|score| {
                let by = score.entered_by.as_ref();
                by.and_then(|by| by.person.as_deref()) == Some(self.person.as_str())
            });
            return own.next().map_or_else(Recorded::default, |score| Recorded {
                value: Some(&score.value),
                rationale: score.rationale.as_deref(),
                entry: score.entry,
            });
        }
        let mut marks = cell.marks.iter();
        let mark = marks.find(|mark| {
            let of = mark.body.as_ref().map(|body| body.code.as_str());
            mark.method_id.as_deref() == Some(&*self.method) && of == Some(&*self.output.body.code)
        });
        mark.map_or_else(Recorded::default, |mark| Recorded {
            value: mark.value.as_deref(),
            rationale: mark.rationale.as_deref(),
            entry: mark.entry,
        })
    }

    /// The components in order, each with its measures.
    pub(super) fn components(&self) -> Vec<(&Component, Vec<&Cell>)> {
        let mut components: Vec<(&Component, Vec<&Cell>)> = Vec::new();
        for cell in self.cells() {
            match components.last_mut() {
                Some((component, cells)) if component.code == cell.measure.component.code => {
                    cells.push(cell);
                }
                _ => components.push((&cell.measure.component, vec![cell])),
            }
        }
        components
    }

    pub(super) fn list(&self, place: &Place) -> String {
        let address = place.page(&["bodies", &self.output.body.code, "assess"]);
        with_query(&address, [("method", self.method.as_str())])
    }

    pub(super) fn task(&self, place: &Place, component: &str) -> String {
        let address = place.page(&["bodies", &self.output.body.code, "assess", component]);
        with_query(&address, [("method", self.method.as_str())])
    }

    pub(super) fn page(&self, title: String) -> Page {
        let mut page = Page::new(title);
        page.caption = Some(format!("{}, {}", self.output.body.name, self.cycle.title));
        page.above = vec![Link::new("Your desk", "/desk")];
        page.illustrative.clone_from(&self.cycle.illustrative);
        page
    }
}
