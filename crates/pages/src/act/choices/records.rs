//! The entries that a form may replace or withdraw, so that people choose by what was recorded and not by a number.

use crate::error::PageError;
use crate::parts::definition::Titled;
use crate::reader::Reader;
use serde_json::{Value, json};

/// What is recorded on a body that has a scorecard, and on a group.
const OF_BODY: &str = concat!(
    include_str!("../../../queries/records.graphql"),
    include_str!("../../../queries/recorded.graphql")
);
const OF_GROUP: &str = concat!(
    include_str!("../../../queries/group-records.graphql"),
    include_str!("../../../queries/recorded.graphql")
);

/// The longest title of an entry, in characters.
const LONGEST: usize = 90;

/// Where the answer of a query has the records of a kind.
struct RecordList {
    /// The mutation that records them.
    mutation: &'static str,
    /// What people call such a record, where its title alone does not say so.
    kind: &'static str,
    /// The fields that lead to them, through objects and lists.
    path: &'static str,
    /// The field with the number of the entry.
    entry: &'static str,
    /// The fields that make its title: of the record, or of what it is in.
    title: &'static [&'static str],
    /// Whether a record without a body of its own may be that of the group.
    may_be_of_group: bool,
}

const fn list(
    mutation: &'static str,
    kind: &'static str,
    path: &'static str,
    title: &'static [&'static str],
) -> RecordList {
    RecordList {
        mutation,
        kind,
        path,
        entry: "entry",
        title,
        may_be_of_group: false,
    }
}

const LISTS: [RecordList; 29] = [
    list(
        "recordJudgement",
        "",
        "output.cells.marks",
        &["measure.code", "measure.title", "methodTitle", "value"],
    ),
    list(
        "recordJudgement",
        "",
        "output.components.results.recorded",
        &["component.title", "methodTitle", "value"],
    ),
    RecordList {
        may_be_of_group: true,
        ..list(
            "scoreMeasure",
            "score",
            "output.cells.memberScores.scores",
            &["measure.code", "measure.title", "member.name", "value"],
        )
    },
    list("fileEvidence", "evidence", "output.evidence", &["title"]),
    RecordList {
        entry: "answerEntry",
        ..list(
            "answerChallenge",
            "answer to a challenge",
            "output.challenges",
            &["measure.code", "measure.title", "methodTitle"],
        )
    },
    list(
        "recordSurveyResult",
        "survey result",
        "output.surveys",
        &["question", "measure.code", "measure.title"],
    ),
    list(
        "recordOutcome",
        "outcome",
        "output.outcomes",
        &["title", "seriesTitle"],
    ),
    list(
        "recordIndicator",
        "indicator",
        "output.indicators",
        &["title"],
    ),
    RecordList {
        may_be_of_group: true,
        ..list(
            "recordStatement",
            "count of a report",
            "output.outcomeStatements",
            &["kindId", "count"],
        )
    },
    list(
        "recordCriterion",
        "criterion",
        "output.criteria",
        &["measure.code", "reason"],
    ),
    list(
        "recordCommentary",
        "commentary",
        "output.commentary",
        &["headings"],
    ),
    list(
        "recordRecommendation",
        "recommendation",
        "output.recommendations",
        &["text"],
    ),
    list("recordAction", "action", "output.actions", &["text"]),
    list(
        "commentOnFacts",
        "comment",
        "output.factComments",
        &["comment"],
    ),
    list(
        "replyToComment",
        "reply",
        "output.factComments.reply",
        &["comment", "reason"],
    ),
    list(
        "allocateLead",
        "lead for an area",
        "output.leads",
        &["area.title", "person"],
    ),
    list(
        "filePlan",
        "plan",
        "output.plans.versions",
        &["plan.title", "version"],
    ),
    list(
        "recordPlanLine",
        "line of a plan",
        "output.plans.lines",
        &["plan.title", "title"],
    ),
    list(
        "shareAreaOfConcern",
        "area of concern",
        "output.areasOfConcern",
        &["text"],
    ),
    list("recordSupport", "support", "output.support", &["text"]),
    list(
        "recordConsequence",
        "consequence",
        "output.consequences",
        &["text"],
    ),
    list(
        "planPanelDay",
        "panel day",
        "output.review.day",
        &["date", "venue"],
    ),
    list(
        "appointPanelMember",
        "member of the panel",
        "output.review.members",
        &["name"],
    ),
    list(
        "declareInterests",
        "declaration of interests",
        "output.review.members.interests",
        &["name"],
    ),
    list("approve", "approval", "output.approvals", &["title"]),
    list(
        "carryRecord",
        "carried over",
        "output.carried",
        &["text", "detail"],
    ),
    list(
        "openPhase",
        "phase opened",
        "cycle.phaseOpenings",
        &["phase.title", "body.name"],
    ),
    list(
        "setTimetable",
        "dates of a phase",
        "cycle.timetable",
        &["phase.title", "body.name"],
    ),
    list(
        "releaseResults",
        "release",
        "cycle.releases",
        &["body.name", "from"],
    ),
];

/// What is recorded on a body, and may be replaced or withdrawn.
#[derive(Default)]
pub(super) struct Records(Vec<(&'static str, Titled)>);

impl Records {
    /// The current records on a body in a cycle that the reader may see; none if there is no such body.
    ///
    /// # Errors
    /// The API does not answer.
    pub(super) async fn read(
        reader: &Reader,
        cycle: &str,
        body: &str,
    ) -> Result<(Records, Value), PageError> {
        // Apart, because regions have phases and releases, and no output.
        let query = include_str!("../../../queries/cycle-records.graphql");
        let of_cycle = part(reader, query, json!({ "cycle": cycle })).await?;
        let variables = json!({ "cycle": cycle, "body": body });
        let of_body = part(reader, OF_BODY, variables.clone()).await?;
        let mut output = of_body.get("output").cloned().unwrap_or_default();
        if output.is_null() {
            let of_group = part(reader, OF_GROUP, variables).await?;
            let group = of_group.pointer("/assurance/group/code");
            if group.and_then(Value::as_str) == Some(body) {
                let result = of_group.pointer("/assurance/result");
                output = result.cloned().unwrap_or_default();
            }
        }
        let mut data = json!({ "cycle": of_cycle.get("cycle"), "output": output });
        name_indicators(&mut data);
        Ok((Records::of(&data, body), data))
    }

    fn of(data: &Value, body: &str) -> Records {
        let mut found = Vec::new();
        for list in &LISTS {
            let path: Vec<&str> = list.path.split('.').collect();
            gather(list, &path, &mut vec![data], body, &mut found);
        }
        Records(found)
    }

    /// Those that a mutation may take the place of.
    pub(super) fn of_mutation(&self, mutation: &str) -> Vec<Titled> {
        let own = self.0.iter().filter(|(of, _)| *of == mutation);
        own.map(|(_, record)| record.clone()).collect()
    }

    /// All of them, each of which may be withdrawn.
    pub(super) fn all(&self) -> Vec<Titled> {
        self.0.iter().map(|(_, record)| record.clone()).collect()
    }
}

/// The answer to a query; null if there is no such cycle or body, or the body is not assured, which the mutation
/// says.
async fn part(reader: &Reader, query: &str, variables: Value) -> Result<Value, PageError> {
    match reader.ask(query, variables).await {
        Err(PageError::NotFound(_) | PageError::Refused(_)) => Ok(Value::Null),
        answered => answered,
    }
}

/// Gives each series of a body the title of its indicator; its code if the cycle does not say.
fn name_indicators(data: &mut Value) {
    let known = data.pointer("/cycle/indicators/edges");
    let known = known.and_then(Value::as_array).cloned().unwrap_or_default();
    let series = data.pointer_mut("/output/indicators");
    let series = series.and_then(Value::as_array_mut).into_iter().flatten();
    for series in series.filter_map(Value::as_object_mut) {
        let Some(code) = series.get("indicator").cloned() else {
            continue;
        };
        let mut nodes = known.iter().filter_map(|edge| edge.get("node"));
        let named = nodes.find(|node| node.get("code") == Some(&code));
        let title = named.and_then(|node| node.get("title")).cloned();
        series.insert("title".to_owned(), title.unwrap_or(code));
    }
}

/// Follows a path from the last of some values, each of which is in the one before.
fn gather(
    list: &RecordList,
    path: &[&str],
    within: &mut Vec<&Value>,
    body: &str,
    found: &mut Vec<(&'static str, Titled)>,
) {
    let Some(last) = within.last().copied() else {
        return;
    };
    if let Value::Array(items) = last {
        for item in items {
            within.push(item);
            gather(list, path, within, body, found);
            within.pop();
        }
        return;
    }
    let Some((next, rest)) = path.split_first() else {
        found.extend(record(list, within, body).map(|record| (list.mutation, record)));
        return;
    };
    if let Some(next) = last.get(next).filter(|next| !next.is_null()) {
        within.push(next);
        gather(list, rest, within, body, found);
        within.pop();
    }
}

/// The record that the last of some values is, if it is an entry of the ledger on this very body.
fn record(list: &RecordList, within: &[&Value], body: &str) -> Option<Titled> {
    let last = within.last()?;
    let entry = last.get(list.entry)?.as_u64()?;
    let mut groups = within.iter().filter_map(|one| text(one, "group.code"));
    if list.may_be_of_group && groups.any(|group| group != body) {
        return None;
    }
    let of = |one: &&Value| text(one, "body.code").or_else(|| text(one, "givenFor.code"));
    let of = within.iter().rev().find_map(of);
    if of.is_some_and(|of| of != body) {
        return None;
    }
    let parts = list.title.iter();
    let parts = parts.filter_map(|field| {
        let text = within.iter().rev().find_map(|one| text(one, field))?;
        Some(if *field == "kindId" {
            counted(&text)
        } else {
            text
        })
    });
    let parts: Vec<String> = parts.collect();
    let title = parts.join(", ");
    let title = match title.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", title.get(..end).unwrap_or_default()),
        None => title,
    };
    let kind = match list.kind {
        "" => String::new(),
        kind => format!("{kind}: "),
    };
    Some(Titled {
        code: entry.to_string(),
        title: format!("{kind}{title} (entry {entry})"),
    })
}

/// What a count of a report counts, by its kind.
fn counted(kind: &str) -> String {
    let words = kind.replace('-', " ");
    match words.strip_prefix("met ") {
        Some(method) => format!("met or went above {method}"),
        None => words,
    }
}

/// The text at some fields of an object.
fn text(of: &Value, fields: &str) -> Option<String> {
    let mut value = of;
    for field in fields.split('.') {
        value = value.get(field)?;
    }
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let items = items.iter().filter_map(Value::as_str);
            Some(items.collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{LISTS, Records, name_indicators};
    use serde_json::{Value, json};
    use std::collections::BTreeSet;
    use wcc_api::mutation_forms;

    #[test]
    fn records_are_found_with_what_they_are_about() {
        let data = json!({ "output": {
            "cells": [{
                "measure": { "code": "1a", "title": "Reputation" },
                "marks": [
                    { "entry": 7, "methodTitle": "self-assessment", "value": "2", "body": { "code": "5KF" } },
                    { "entry": 8, "methodTitle": "panel assessment", "value": "3", "body": { "code": "cluster" } },
                    { "entry": null, "methodTitle": "calibrated", "value": null, "body": null },
                ],
            }],
            "actions": [{ "code": "a", "text": "Ask again. ".repeat(20), "entry": 9, "body": { "code": "5KF" } }],
        }});
        let records = Records::of(&data, "5KF");
        let judgements = records.of_mutation("recordJudgement");
        assert_eq!(judgements.len(), 1, "{judgements:?}");
        assert_eq!(judgements[0].code, "7");
        let expected = "1a, Reputation, self-assessment, 2 (entry 7)";
        assert_eq!(judgements[0].title, expected);
        let actions = records.of_mutation("recordAction");
        let title = &actions[0].title;
        assert!(title.starts_with("action: Ask again."), "{title}");
        assert!(title.ends_with("… (entry 9)"), "{title}");
        assert_eq!(records.all().len(), 2);
    }

    #[test]
    fn records_of_the_group_are_not_the_bodys_own() {
        let of = |group: Value| {
            let data = json!({ "output": {
                "body": { "code": "5KF" },
                "group": group,
                "outcomes": [{ "entry": 1, "title": "Smoking", "seriesTitle": "all" }],
                "outcomeStatements": [{ "entry": 2, "kindId": "outcomes-slipped", "count": 3 }],
                "approvals": [
                    { "entry": 3, "title": "Ratified", "givenFor": { "code": "cluster" } },
                    { "entry": 4, "title": "Signed off", "givenFor": { "code": "5KF" } },
                ],
            }});
            let all = Records::of(&data, "5KF").all().into_iter();
            all.map(|record| record.code).collect::<Vec<String>>()
        };
        assert_eq!(of(json!({ "code": "cluster" })), ["1", "4"]);
        assert_eq!(of(Value::Null), ["1", "2", "4"]);
        assert_eq!(of(json!({ "code": "5KF" })), ["1", "2", "4"]);
    }

    #[test]
    fn indicators_are_called_by_their_titles() {
        let mut data = json!({
            "cycle": { "indicators": { "edges": [{ "node": { "code": "cvd", "title": "Deaths" } }] } },
            "output": { "indicators": [
                { "entry": 1, "indicator": "cvd" },
                { "entry": 2, "indicator": "own" },
            ]},
        });
        name_indicators(&mut data);
        let titles = Records::of(&data, "5KF").all().into_iter();
        let titles: Vec<String> = titles.map(|record| record.title).collect();
        assert_eq!(
            titles,
            ["indicator: Deaths (entry 1)", "indicator: own (entry 2)"]
        );
    }

    /// Every field that a query selects, behind those that lead to it: `output.cells.marks.entry`.
    fn selected(query: &str, root: &str) -> BTreeSet<String> {
        let (_, fields) = query.split_once('{').unwrap();
        let spaced = fields.replace('{', " { ").replace('}', " } ");
        let (mut path, mut last) = (vec![root.to_owned()], String::new());
        let mut found = BTreeSet::new();
        for word in spaced.split_whitespace() {
            match word {
                "{" => path.push(std::mem::take(&mut last)),
                "}" => drop(path.pop()),
                field => {
                    last = field.split('(').next().unwrap().to_owned();
                    let within: Vec<&str> = path
                        .iter()
                        .map(String::as_str)
                        .filter(|one| !one.is_empty())
                        .collect();
                    found.insert(format!("{}.{last}", within.join(".")));
                }
            }
        }
        found
    }

    #[test]
    fn every_list_is_of_a_mutation_and_is_read() {
        let forms = mutation_forms();
        let of_output = include_str!("../../../queries/recorded.graphql");
        let of_cycle = include_str!("../../../queries/cycle-records.graphql");
        let (_, of_cycle) = of_cycle.split_once('{').unwrap();
        let mut read = selected(of_output, "output");
        read.extend(selected(
            &of_cycle.replace("first: 200", "first:200"),
            "cycle",
        ));
        // `name_indicators` adds it.
        read.insert("output.indicators.title".to_owned());
        for list in &LISTS {
            let is_known = forms.iter().any(|form| form.name == list.mutation);
            assert!(is_known, "{}", list.mutation);
            let entry = format!("{}.{}", list.path, list.entry);
            assert!(read.contains(&entry), "{entry} is not in {read:?}");
            for title in list.title {
                let path: Vec<&str> = list.path.split('.').collect();
                let mut around = (1..=path.len()).map(|length| path[..length].join("."));
                let is_read = around.any(|around| read.contains(&format!("{around}.{title}")));
                assert!(is_read, "{title} of {} is not read", list.path);
            }
        }
    }
}
