//! The roles that somebody is given: a row for each, with its body, cycle and days.

use super::super::change::Mistake;
use crate::error::PageError;
use crate::parameters::Parameters;
use crate::parts::definition::{Code, Titled};
use crate::reader::Reader;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use wcc_core::Actor;
use wcc_tokens::Grant;

/// Empty rows after those that are filled in.
const EMPTY_ROWS: usize = 2;
/// More rows than a form has are not read.
const MAX_ROWS: usize = 64;

#[derive(Deserialize)]
struct Data {
    frameworks: Vec<Framework>,
    cycles: Vec<Titled>,
}

#[derive(Deserialize)]
struct Framework {
    roles: Vec<Titled>,
}

#[derive(Deserialize)]
struct BodyData {
    body: Option<Code>,
}

/// What can be chosen.
pub(super) struct GrantChoices {
    roles: Vec<Titled>,
    cycles: Vec<Titled>,
}

/// A row as it is shown.
#[derive(Default)]
struct Row {
    role: String,
    body: String,
    cycle: String,
    from: String,
    until: String,
}

impl From<&Grant> for Row {
    fn from(grant: &Grant) -> Row {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Row {
            role: grant.role.clone(),
            body: grant.body.clone().unwrap_or_default(),
            cycle: grant.cycle.clone().unwrap_or_default(),
            from: day(grant.from),
            until: day(grant.until),
        }
    }
}

impl Row {
    fn typed(fields: &Parameters, number: usize) -> Row {
        let field = |name: &str| {
            let value = fields.get(&format!("{name}-{number}"));
            value.unwrap_or_default().to_owned()
        };
        Row {
            role: field("role"),
            body: field("body"),
            cycle: field("cycle"),
            from: field("from"),
            until: field("until"),
        }
    }

    fn is_empty(&self) -> bool {
        let Row {
            role,
            body,
            cycle,
            from,
            until,
        } = self;
        [role, body, cycle, from, until]
            .iter()
            .all(|value| value.is_empty())
    }
}

impl GrantChoices {
    /// The roles of every rule book that whoever asks may see, and the cycles.
    ///
    /// # Errors
    /// The API does not answer.
    pub(super) async fn read(reader: &Reader) -> Result<GrantChoices, PageError> {
        let query = include_str!("../../../queries/roles.graphql");
        let data: Data = reader.ask(query, json!({})).await?;
        let mut roles: Vec<Titled> = Vec::new();
        for role in data.frameworks.into_iter().flat_map(|one| one.roles) {
            if !roles.iter().any(|known| known.code == role.code) {
                roles.push(role);
            }
        }
        roles.push(Titled {
            code: Actor::OPERATOR.to_owned(),
            title: "operator: everything, also without the rule book".to_owned(),
        });
        Ok(GrantChoices {
            roles,
            cycles: data.cycles,
        })
    }

    /// The rows of a form: as they were typed, or those of some grants.
    pub(super) fn rows(
        &self,
        typed: Option<&Parameters>,
        grants: &[Grant],
        with_days: bool,
    ) -> Markup {
        let mut rows: Vec<Row> = match typed {
            // Each keeps its number, by which mistakes name it.
            Some(fields) => {
                let mut rows: Vec<Row> = (0..MAX_ROWS)
                    .map(|number| Row::typed(fields, number))
                    .collect();
                let filled_in = rows.iter().rposition(|row| !row.is_empty());
                rows.truncate(filled_in.map_or(0, |last| last + 1));
                rows
            }
            None => grants.iter().map(Row::from).collect(),
        };
        rows.extend((0..EMPTY_ROWS).map(|_| Row::default()));
        html! {
            @for (number, row) in rows.iter().enumerate() {
                fieldset.nhsuk-fieldset.wcc-filter id={ "roles-" (number) } {
                    legend.nhsuk-fieldset__legend.nhsuk-fieldset__legend--s { "Role " (number + 1)
                        @if row.role.is_empty() { " (leave it empty for none)" } }
                    (choose(("role", "Role", "None"), number, &self.roles, &row.role))
                    div.wcc-filter__field {
                        label.nhsuk-label for={ "body-" (number) } { "For (code of a body; empty for all)" }
                        input.nhsuk-input.nhsuk-input--width-10 id={ "body-" (number) } name={ "body-" (number) } type="text"
                            spellcheck="false" value=(row.body);
                    }
                    (choose(("cycle", "In", "Every year"), number, &self.cycles, &row.cycle))
                    @if with_days {
                        (day("from", "From", number, &row.from))
                        (day("until", "Until", number, &row.until))
                    }
                }
            }
        }
    }

    /// The grants that were typed, if every role, body and cycle exists.
    ///
    /// # Errors
    /// The API does not answer. Mistakes are within.
    pub(super) async fn parse(
        &self,
        reader: &Reader,
        fields: &Parameters,
    ) -> Result<Result<Vec<Grant>, Vec<Mistake>>, PageError> {
        let mut grants = Vec::new();
        let mut mistakes = Vec::new();
        for number in 0..MAX_ROWS {
            let row = Row::typed(fields, number);
            if row.is_empty() {
                continue;
            }
            match self.grant(reader, &row).await? {
                Ok(grant) => grants.push(grant),
                Err(words) => {
                    let words = format!("role {}: {words}", number + 1);
                    mistakes.push(Mistake::of_field(&format!("roles-{number}"), &words));
                }
            }
        }
        Ok(if mistakes.is_empty() {
            Ok(grants)
        } else {
            Err(mistakes)
        })
    }

    async fn grant(&self, reader: &Reader, row: &Row) -> Result<Result<Grant, String>, PageError> {
        let is_known = |choices: &[Titled], code: &str| choices.iter().any(|one| one.code == code);
        if !is_known(&self.roles, &row.role) {
            return Ok(Err("choose a role".to_owned()));
        }
        if !row.cycle.is_empty() && !is_known(&self.cycles, &row.cycle) {
            return Ok(Err(format!("there is no year `{}`", row.cycle)));
        }
        let body = match row.body.as_str() {
            "" => None,
            code => match body(reader, code).await? {
                Some(code) => Some(code),
                None => return Ok(Err(format!("there is no body with the code `{code}`"))),
            },
        };
        let grant = Grant {
            role: row.role.clone(),
            body,
            cycle: Some(row.cycle.clone()).filter(|cycle| !cycle.is_empty()),
            from: None,
            until: None,
        };
        Ok(with_days(grant, row))
    }
}

fn with_days(mut grant: Grant, row: &Row) -> Result<Grant, String> {
    let day = |text: &str| match text {
        "" => Ok(None),
        text => text
            .parse::<Date>()
            .map(Some)
            .map_err(|_| format!("{text} is not a day: expected one such as 2009-11-30")),
    };
    grant.from = day(&row.from)?;
    grant.until = day(&row.until)?;
    grant.check().map_err(|error| error.to_string())?;
    grant.check_days().map_err(|error| error.to_string())?;
    Ok(grant)
}

/// The code of a body as its table writes it.
async fn body(reader: &Reader, code: &str) -> Result<Option<String>, PageError> {
    let query = "query Body($code: ID!) { body(code: $code) { code } }";
    match reader.ask::<BodyData>(query, json!({ "code": code })).await {
        Ok(data) => Ok(data.body.map(|body| body.code)),
        Err(PageError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A list to choose from; `none` is what it says if nothing of it is chosen.
fn choose(
    (name, title, none): (&str, &str, &str),
    number: usize,
    choices: &[Titled],
    chosen: &str,
) -> Markup {
    let id = format!("{name}-{number}");
    let is_known = chosen.is_empty() || choices.iter().any(|choice| choice.code == chosen);
    html! {
        div.wcc-filter__field {
            label.nhsuk-label for=(id) { (title) }
            select.nhsuk-select id=(id) name=(id) {
                option value="" { (none) }
                // A role or a year that is no longer there.
                @if !is_known { option value=(chosen) selected { (chosen) } }
                @for choice in choices {
                    option value=(choice.code) selected[choice.code == chosen] { (choice.title) }
                }
            }
        }
    }
}

fn day(name: &str, title: &str, number: usize, value: &str) -> Markup {
    let id = format!("{name}-{number}");
    html! {
        div.wcc-filter__field {
            label.nhsuk-label for=(id) { (title) }
            input.nhsuk-input.nhsuk-input--width-10 id=(id) name=(id) type="date" value=(value);
        }
    }
}
