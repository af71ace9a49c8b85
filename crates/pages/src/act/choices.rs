//! What the codes of a form may be, so that people choose by title.

use crate::error::PageError;
use crate::parts::definition::{GroupOfBodies, Named, Titled};
use crate::reader::Reader;
use serde::Deserialize;
use serde_json::json;

/// The choices of a cycle.
#[derive(Default)]
pub(super) struct Choices(Vec<(&'static str, Vec<Titled>)>);

#[derive(Deserialize)]
struct Data {
    cycle: Option<Cycle>,
    authorities: Vec<Named>,
}

#[derive(Deserialize)]
struct Cycle {
    framework: Framework,
    assurances: Vec<GroupOfBodies>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Framework {
    methods: Vec<Titled>,
    measures: Option<Vec<Titled>>,
    phases: Vec<Titled>,
    plans: Vec<Titled>,
    areas_to_lead: Vec<Titled>,
    outcome_aims: Vec<Titled>,
}

impl Choices {
    /// Those of a cycle; none without one.
    ///
    /// # Errors
    /// The API does not answer.
    pub(super) async fn read(reader: &Reader, cycle: Option<&str>) -> Result<Choices, PageError> {
        let Some(cycle) = cycle else {
            return Ok(Choices::default());
        };
        let query = include_str!("../../queries/choices.graphql");
        let data: Data = match reader.ask(query, json!({ "cycle": cycle })).await {
            // The mutation says that there is no such cycle.
            Err(PageError::NotFound(_)) => return Ok(Choices::default()),
            answered => answered?,
        };
        let Some(Cycle {
            framework,
            assurances,
        }) = data.cycle
        else {
            return Ok(Choices::default());
        };
        let mut bodies = Vec::new();
        for assurance in &assurances {
            bodies.extend(assurance.each().map(titled));
        }
        // Phases open and results are released for whole regions.
        bodies.extend(data.authorities.iter().map(titled));
        Ok(Choices(vec![
            ("methodId", framework.methods),
            ("measure", framework.measures.unwrap_or_default()),
            ("phase", framework.phases),
            ("plan", framework.plans),
            ("area", framework.areas_to_lead),
            ("aim", framework.outcome_aims),
            ("body", bodies),
        ]))
    }

    /// The choices for a field; `None` if any code may be typed, or the one that is given is not among
    /// them.
    pub(super) fn of(&self, field: &str, given: &str) -> Option<&[Titled]> {
        let (_, choices) = self.0.iter().find(|(name, _)| *name == field)?;
        let fits = given.is_empty() || choices.iter().any(|choice| choice.code == given);
        (fits && !choices.is_empty()).then_some(choices.as_slice())
    }
}

fn titled(body: &Named) -> Titled {
    Titled {
        code: body.code.clone(),
        title: body.name.clone(),
    }
}
