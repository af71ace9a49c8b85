//! The local outcomes. Source: South Staffordshire PCT, panel report, May 2010. The report gives
//! rates of change, not values; the units are those in which the indicators are usually published.

use wcc_plugin::{Better, OutcomeDeclaration};

/// An upper bound on the number of people on a PCT's register.
const MAX_PEOPLE: f64 = 2_000_000.0;

/// Returns every local outcome, in the order of the report.
pub(crate) fn all() -> Vec<OutcomeDeclaration> {
    use Better::{Higher, Lower};
    let outcome = OutcomeDeclaration::new;
    vec![
        outcome(
            "infant-mortality",
            "Infant mortality",
            "deaths per 1,000 live births",
            Lower,
        )
        .between(0.0, 1_000.0),
        outcome(
            "obesity-year-6",
            "Prevalence of obesity in Year 6 children",
            "percent",
            Lower,
        )
        .between(0.0, 100.0),
        outcome(
            "cancer-mortality",
            "Cancer mortality rate",
            "deaths per 100,000, directly standardised",
            Lower,
        )
        .between(0.0, 100_000.0),
        outcome(
            "patient-experience",
            "Self-reported experience of patients and users",
            "score out of 100",
            Higher,
        )
        .between(0.0, 100.0),
        outcome(
            "alcohol-admissions",
            "Hospital admissions for alcohol-related harm",
            "admissions per 100,000",
            Lower,
        )
        .between(0.0, 100_000.0),
        outcome(
            "cvd-mortality",
            "CVD mortality",
            "deaths per 100,000, directly standardised",
            Lower,
        )
        .between(0.0, 100_000.0),
        outcome(
            "dementia-register",
            "Number of people on dementia register",
            "people",
            Higher,
        )
        .between(0.0, MAX_PEOPLE),
    ]
}
