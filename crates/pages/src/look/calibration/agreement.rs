//! How far methods agree with each other, and members of panels before they agree.

use super::Share;
use crate::look::heading::Framework;
use crate::parts::definition::{Titled, capitalised};
use crate::table::{Cell, Row, Table, columns};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MethodAgreement {
    scale: String,
    first_method_id: Option<String>,
    second_method_id: Option<String>,
    compared: u32,
    raised: u32,
    lowered: u32,
    same_value: Share,
    within_one_level: Option<Share>,
    quadratic_kappa: Coefficient,
    ordinal_alpha: Coefficient,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MemberAgreement {
    measure: Titled,
    members: u32,
    compared: u32,
    same_value: Share,
    within_one_level: Option<Share>,
    ordinal_alpha: Coefficient,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Coefficient {
    value: Option<f64>,
    not_defined: Option<String>,
    lower: Option<f64>,
    upper: Option<f64>,
    no_interval: Option<String>,
}

impl Coefficient {
    fn cell(&self) -> Cell {
        let text = match (self.value, self.lower, self.upper) {
            (Some(value), Some(lower), Some(upper)) => {
                format!("{value:.2} (95%: {lower:.2} to {upper:.2})")
            }
            (Some(value), ..) => match &self.no_interval {
                Some(reason) => format!("{value:.2} ({reason})"),
                None => format!("{value:.2}"),
            },
            (None, ..) => {
                let reason = self.not_defined.as_deref().unwrap_or("not defined");
                format!("n/a: {reason}")
            }
        };
        Cell {
            number: self.value,
            ..Cell::text(text)
        }
    }
}

/// How far each two methods agree.
pub(super) fn of_methods(framework: &Framework, agreements: &[MethodAgreement]) -> Table {
    let title = |id: Option<&String>| {
        let mut methods = framework.methods.iter();
        let method = methods.find(|method| Some(&method.code) == id);
        method.map_or("another", |method| method.title.as_str())
    };
    let rows = agreements.iter().map(|agreement| {
        let first = capitalised(title(agreement.first_method_id.as_ref()));
        let second = title(agreement.second_method_id.as_ref());
        Row::new(vec![
            Cell::text(format!("{first} and {second}")),
            Cell::text(&agreement.scale),
            Cell::count(agreement.compared),
            Cell::count(agreement.raised),
            Cell::count(agreement.lowered),
            agreement.same_value.cell(),
            share(agreement.within_one_level.as_ref()),
            agreement.quadratic_kappa.cell(),
            agreement.ordinal_alpha.cell(),
        ])
    });
    Table {
        name: "methods".into(),
        caption: "Agreement between methods".to_owned(),
        columns: columns(&[
            "Methods",
            "Scale",
            "Compared",
            "Raised",
            "Lowered",
            "Same value",
            "Within one level",
            "Kappa, quadratic weights",
            "Krippendorff's alpha, ordinal",
        ]),
        rows: rows.collect(),
        otherwise: "No two methods have values to compare.",
        is_grid: false,
    }
}

/// How far members of panels agree.
pub(super) fn of_members(framework: &Framework, agreements: &[MemberAgreement]) -> Table {
    let rows = agreements.iter().map(|agreement| {
        Row::new(vec![
            Cell::text(agreement.measure.in_full()),
            Cell::count(agreement.members),
            Cell::count(agreement.compared),
            agreement.same_value.cell(),
            share(agreement.within_one_level.as_ref()),
            agreement.ordinal_alpha.cell(),
        ])
    });
    Table {
        name: "members".into(),
        caption: "Agreement between members of panels, before they agreed".to_owned(),
        columns: columns(&[
            &capitalised(&framework.words.measure),
            "Members",
            "Compared",
            "Same value",
            "Within one level",
            "Krippendorff's alpha, ordinal",
        ]),
        rows: rows.collect(),
        otherwise: "No members gave scores, or none are open to you.",
        is_grid: false,
    }
}

fn share(share: Option<&Share>) -> Cell {
    share.map_or_else(|| Cell::text("n/a"), Share::cell)
}
