//! The checks, each in its own file.

pub(crate) mod clusters_disagree;
pub(crate) mod delegation_not_judged;
pub(crate) mod does_not_commission;
pub(crate) mod not_assured;

/// Builds a small region for the checks' tests: the cluster `tees` of 5D9 and 5E1, which delegate
/// to the cancer network. Its framework has the measures 5a, 7a, 7b and board.5.
#[cfg(test)]
pub(crate) fn region(
    cluster: &'static [(&'static str, &'static str)],
    function: &'static [(&'static str, &'static str, &'static str)],
) -> wcc_plugin::Batch<'static> {
    use wcc_plugin::{Batch, Body, Component, Framework, Judgement, Measure, Scale};
    let measure = |id: &'static str| Measure {
        id: id.into(),
        scale: "level".into(),
        reach: "cluster".into(),
    };
    let component = |(id, measures): (&'static str, &[&'static str])| Component {
        id: id.into(),
        area: "competencies".into(),
        scale: "level".into(),
        measures: measures.iter().map(|id| measure(id)).collect(),
    };
    let panel = |subject: &'static str, value: &'static str, assessor: &'static str| Judgement {
        subject: subject.into(),
        method: "panel".into(),
        value: Some(value.into()),
        assessor: (!assessor.is_empty()).then(|| assessor.into()),
        ..Judgement::default()
    };
    let body = |code: &'static str, kind: &'static str| Body {
        code: code.into(),
        kind: kind.into(),
        ..Body::default()
    };
    let pct = |code| Body {
        cluster: Some("tees".into()),
        delegations: vec!["cancer-network".into()],
        ..body(code, "pct")
    };
    Batch {
        framework: Framework {
            scales: vec![Scale {
                id: "level".into(),
                steps: ["1", "2", "3", "4"].map(Into::into).to_vec(),
            }],
            components: [
                ("5", &["5a"][..]),
                ("7", &["7a", "7b"]),
                ("board", &["board.5"]),
            ]
            .map(component)
            .to_vec(),
            ..Framework::default()
        },
        bodies: vec![
            pct("5D9"),
            pct("5E1"),
            Body {
                judgements: cluster
                    .iter()
                    .map(|(subject, value)| panel(subject, value, ""))
                    .collect(),
                ..body("tees", "cluster")
            },
            Body {
                judgements: function
                    .iter()
                    .map(|(subject, value, assessor)| panel(subject, value, assessor))
                    .collect(),
                ..body("cancer-network", "function")
            },
        ],
        ..Batch::default()
    }
}
