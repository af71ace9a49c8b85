//! What the codes of a form may be, so that people choose by title.

mod records;

use crate::error::PageError;
use crate::parameters::Parameters;
use crate::parts::definition::{GroupOfBodies, Named, Titled};
use crate::reader::Reader;
use records::{Records, is_listed};
use serde::Deserialize;
use serde_json::{Value, json};
use wcc_api::MutationForm;
use wcc_core::Actor;

/// The fields that name entries: one that is replaced, and one that is withdrawn.
const SUPERSEDES: &str = "supersedes";
const ENTRY: &str = "entry";
/// The field that names what a text is about: parts of the rule book and outcomes.
const ABOUT: &str = "about";

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
    #[serde(flatten)]
    cycle: Titled,
    framework: Framework,
    approvals: Vec<Titled>,
    assurances: Vec<GroupOfBodies>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Framework {
    methods: Vec<Titled>,
    measures: Option<Vec<Titled>>,
    components: Option<Vec<Titled>>,
    phases: Vec<Titled>,
    plans: Vec<Titled>,
    areas_to_lead: Vec<Titled>,
    outcome_aims: Vec<Titled>,
    roles: Vec<Titled>,
}

impl Choices {
    /// Those of a form about a cycle, and about a body if one is given; none without a cycle.
    ///
    /// # Errors
    /// The API does not answer.
    pub(super) async fn read(
        reader: &Reader,
        form: &MutationForm,
        given: &Parameters,
    ) -> Result<Choices, PageError> {
        let Some(cycle) = given.get("cycle") else {
            return Ok(Choices::default());
        };
        let query = include_str!("../../queries/choices.graphql");
        let data: Data = match reader.ask(query, json!({ "cycle": cycle })).await {
            // The mutation says that there is no such cycle.
            Err(PageError::NotFound(_)) => return Ok(Choices::default()),
            answered => answered?,
        };
        let Some(of_cycle) = data.cycle else {
            return Ok(Choices::default());
        };
        let mut choices = Choices::of_cycle(of_cycle, &data.authorities);
        if let Some(body) = given.get("body") {
            let (records, recorded) = Records::read(reader, cycle, body).await?;
            choices.add_records(form.name, &records, &recorded);
        }
        Ok(choices)
    }

    fn of_cycle(cycle: Cycle, authorities: &[Named]) -> Choices {
        let Cycle {
            cycle,
            framework,
            approvals,
            assurances,
        } = cycle;
        let mut bodies = Vec::new();
        for assurance in &assurances {
            bodies.extend(assurance.each().map(titled));
        }
        // Phases open and results are released for whole regions.
        bodies.extend(authorities.iter().map(titled));
        let everybody = Titled {
            code: Actor::PUBLIC.to_owned(),
            title: "everybody".to_owned(),
        };
        let all_outcomes = Titled {
            code: "outcomes".to_owned(),
            title: "all outcomes".to_owned(),
        };
        let measures = framework.measures.unwrap_or_default();
        let components = framework.components.unwrap_or_default();
        let parts = components.iter().chain(&measures).cloned();
        Choices(vec![
            ("cycle", vec![cycle]),
            (ABOUT, parts.chain([all_outcomes]).collect()),
            ("measures", measures.clone()),
            ("components", components),
            ("methodId", framework.methods),
            ("measure", measures),
            ("phase", framework.phases),
            ("plan", framework.plans),
            ("area", framework.areas_to_lead),
            ("aim", framework.outcome_aims),
            ("approval", approvals),
            (
                "to",
                framework.roles.into_iter().chain([everybody]).collect(),
            ),
            ("body", bodies),
        ])
    }

    /// Adds what is recorded on the body that a form is about.
    fn add_records(&mut self, mutation: &str, records: &Records, recorded: &Value) {
        let titled = |list: &str, title: &str| {
            let items = recorded.pointer(&format!("/output/{list}"));
            let items = items.and_then(Value::as_array).into_iter().flatten();
            let items = items.filter_map(|item| {
                Some(Titled {
                    code: item.get("code")?.as_str()?.to_owned(),
                    title: item.get(title)?.as_str()?.to_owned(),
                })
            });
            items.collect::<Vec<Titled>>()
        };
        let mut outcomes = titled("outcomes", "title");
        outcomes.dedup_by(|one, before| one.code == before.code);
        if let Some((_, about)) = self.0.iter_mut().find(|(field, _)| *field == ABOUT) {
            about.extend(outcomes.into_iter().map(|outcome| Titled {
                code: format!("outcome:{}", outcome.code),
                ..outcome
            }));
        }
        self.0.extend([
            ("evidence", titled("evidence", "title")),
            ("comment", titled("factComments", "comment")),
            ("areaOfConcern", titled("areasOfConcern", "text")),
            (ENTRY, records.all()),
        ]);
        if is_listed(mutation) {
            self.0.push((SUPERSEDES, records.of_mutation(mutation)));
        }
    }

    /// The choices for a field; `None` if any code may be typed, or one that is given is not among
    /// them.
    pub(super) fn of(&self, field: &str, given: &[&str]) -> Option<&[Titled]> {
        let (_, choices) = self.0.iter().find(|(name, _)| *name == field)?;
        let mut given = given.iter();
        let fits = given.all(|given| choices.iter().any(|choice| choice.code == *given));
        (fits && !choices.is_empty()).then_some(choices.as_slice())
    }

    /// What people read of a choice for a field.
    pub(super) fn text_of(field: &str) -> fn(&Titled) -> String {
        match field {
            "measure" | "measures" | "components" => Titled::in_full,
            ABOUT => |part| match part.code.starts_with("outcome") {
                true => part.title.clone(),
                false => part.in_full(),
            },
            "body" => |body| format!("{} ({})", body.title, body.code),
            _ => |choice| choice.title.clone(),
        }
    }

    /// Whether a field has nothing to choose from: there is nothing to replace yet.
    pub(super) fn is_empty_for(&self, field: &str) -> bool {
        let mut known = self.0.iter();
        field == SUPERSEDES && known.any(|(name, choices)| *name == field && choices.is_empty())
    }
}

fn titled(body: &Named) -> Titled {
    Titled {
        code: body.code.clone(),
        title: body.name.clone(),
    }
}
