//! What the codes of a form may be, so that people choose by title.

mod records;

use crate::error::PageError;
use crate::parameters::Parameters;
use crate::parts::definition::{GroupOfBodies, Named, Titled};
use crate::reader::Reader;
use records::Records;
use serde::Deserialize;
use serde_json::{Value, json};
use wcc_api::MutationForm;
use wcc_core::Actor;

/// The fields that name entries: one that is replaced, and one that is withdrawn.
const SUPERSEDES: &str = "supersedes";
const ENTRY: &str = "entry";
/// The field that names what a text is about: parts of the rule book and outcomes.
const ABOUT: &str = "about";
/// The field that names an area.
const AREA: &str = "area";

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
    approvals: Vec<Approval>,
    assurances: Vec<GroupOfBodies>,
}

#[derive(Deserialize)]
struct Approval {
    #[serde(flatten)]
    approval: Titled,
    body: Coded,
}

#[derive(Deserialize)]
struct Coded {
    code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Framework {
    methods: Vec<Titled>,
    measures: Option<Vec<Titled>>,
    components: Option<Vec<Titled>>,
    phases: Vec<Titled>,
    plans: Vec<Titled>,
    areas: Vec<Titled>,
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
        let body = given.get("body");
        let mut choices = Choices::of_cycle(form.name, of_cycle, &data.authorities, body);
        if let Some(body) = body {
            let (records, recorded) = Records::read(reader, cycle, body).await?;
            choices.add_records(form.name, &records, &recorded);
        }
        Ok(choices)
    }

    fn of_cycle(
        mutation: &str,
        cycle: Cycle,
        authorities: &[Named],
        body: Option<&str>,
    ) -> Choices {
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
            (
                AREA,
                match mutation {
                    // What is counted is in an area of the rule book.
                    "recordStatement" => framework.areas,
                    _ => framework.areas_to_lead,
                },
            ),
            ("aim", framework.outcome_aims),
            ("approval", approvals_of(approvals, body)),
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
            (SUPERSEDES, records.of_mutation(mutation)),
        ]);
    }

    /// The choices for a field; `None` if there are none, or if one that is given is not among them,
    /// unless they are only suggestions.
    pub(super) fn of(&self, field: &str, given: &[&str]) -> Option<&[Titled]> {
        let (_, choices) = self.0.iter().find(|(name, _)| *name == field)?;
        let mut given = given.iter();
        let fits = given.all(|given| choices.iter().any(|choice| choice.code == *given));
        let fits = fits || Choices::are_suggestions(field);
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

    /// Whether anything else may be typed in a field as well: not every entry is listed.
    pub(super) fn are_suggestions(field: &str) -> bool {
        matches!(field, SUPERSEDES | ENTRY)
    }
}

/// Each approval once: those of a body, or of all if the body is not known or has none.
fn approvals_of(approvals: Vec<Approval>, body: Option<&str>) -> Vec<Titled> {
    let is_of_body = |approval: &Approval| body == Some(approval.body.code.as_str());
    let has_own = approvals.iter().any(is_of_body);
    let mut each: Vec<Titled> = Vec::new();
    for approval in approvals {
        let is_known = each.iter().any(|one| one.code == approval.approval.code);
        if !is_known && (!has_own || is_of_body(&approval)) {
            each.push(approval.approval);
        }
    }
    each
}

fn titled(body: &Named) -> Titled {
    Titled {
        code: body.code.clone(),
        title: body.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Approval, approvals_of};
    use serde_json::{from_value, json};

    #[test]
    fn each_approval_is_offered_once() {
        let offered = |body| {
            let approvals: Vec<Approval> = from_value(json!([
                { "code": "ratified", "title": "Ratified", "body": { "code": "5KF" } },
                { "code": "signed", "title": "Signed off", "body": { "code": "5KF" } },
                { "code": "ratified", "title": "Ratified", "body": { "code": "5KG" } },
            ]))
            .unwrap();
            let offered = approvals_of(approvals, body).into_iter();
            offered.map(|one| one.code).collect::<Vec<String>>()
        };
        assert_eq!(offered(None), ["ratified", "signed"]);
        assert_eq!(offered(Some("Q30")), ["ratified", "signed"]);
        assert_eq!(offered(Some("5KG")), ["ratified"]);
    }
}
