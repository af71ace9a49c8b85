//! The tables of a cycle and their columns.

use crate::schema::{Schema, optional, required};

pub(super) const JUDGEMENTS: Schema = Schema {
    file: "judgements.csv",
    columns: &[
        required("body"),
        required("measure"),
        required("method"),
        optional("value"),
        optional("reason").prose(),
        optional("inferred").line(),
        optional("rationale").prose(),
        optional("evidence"),
        optional("assessor"),
        optional("author").line(),
        optional("date"),
        optional("source").line(),
    ],
};

pub(super) const EVIDENCE: Schema = Schema {
    file: "evidence.csv",
    columns: &[
        required("id"),
        required("body"),
        optional("kind"),
        optional("title").line(),
        optional("measures"),
        optional("issuer").line(),
        optional("dated").line(),
        optional("covers_from"),
        optional("date"),
        optional("valid_until"),
        optional("carried_from"),
        optional("source").line(),
    ],
};

pub(super) const EXTERNAL_RATINGS: Schema = Schema {
    file: "external_ratings.csv",
    columns: &[
        required("body"),
        required("scheme"),
        required("year").line(),
        required("rating").line(),
        optional("issuer").line(),
        optional("measures"),
        optional("date"),
        optional("valid_until"),
        optional("source").line(),
    ],
};

pub(super) const SURVEY: Schema = Schema {
    file: "survey.csv",
    columns: &[
        required("body"),
        required("survey"),
        required("measure"),
        optional("question").line(),
        optional("score"),
        optional("wording").line(),
        optional("source").line(),
    ],
};

pub(super) const CRITERIA: Schema = Schema {
    file: "criteria.csv",
    columns: &[
        required("body"),
        required("measure"),
        optional("kind"),
        required("supports"),
        required("reason").prose(),
        optional("evidence"),
        optional("inferred").line(),
        optional("source").line(),
    ],
};

pub(super) const ANSWERS: Schema = Schema {
    file: "answers.csv",
    columns: &[
        required("body"),
        required("measure"),
        optional("method"),
        required("reason").prose(),
    ],
};

pub(super) const OUTCOMES: Schema = Schema {
    file: "outcomes.csv",
    columns: &[
        required("body"),
        required("slot"),
        required("outcome"),
        optional("title").line(),
        optional("series"),
        optional("better"),
        optional("scope"),
        optional("newly_selected"),
        optional("selected").line(),
        optional("replaces"),
        optional("selection_reason").line(),
        optional("aim"),
        optional("goal").line(),
        optional("historic"),
        optional("historic_from"),
        optional("historic_to"),
        optional("national"),
        optional("ons_cluster").or("peers").line(),
        optional("top_decile"),
        optional("aspiration"),
        optional("stated_position"),
        optional("stated_change"),
        optional("stated_change_source").line(),
        optional("rate_quartile"),
        optional("previous_rate_quartile"),
        optional("level_quartile"),
        optional("previous_level_quartile"),
        optional("panel_view").or("assessor_view").prose(),
        optional("inferred").line(),
        optional("source").line(),
    ],
};

pub(super) const OUTCOME_VALUES: Schema = Schema {
    file: "outcome_values.csv",
    columns: &[
        required("body"),
        required("outcome"),
        optional("series"),
        required("year"),
        optional("value"),
        optional("break"),
        optional("source").line(),
    ],
};

pub(super) const INDICATORS: Schema = Schema {
    file: "indicators.csv",
    columns: &[
        required("id"),
        required("title").line(),
        required("unit").line(),
        required("better"),
        optional("outcome"),
        optional("min"),
        optional("max"),
        optional("source").line(),
    ],
};

pub(super) const INDICATOR_VALUES: Schema = Schema {
    file: "indicator_values.csv",
    columns: &[
        required("indicator"),
        required("body"),
        optional("series"),
        optional("of"),
        required("period"),
        optional("value"),
        optional("lower"),
        optional("upper"),
        optional("confidence"),
        optional("break"),
        optional("inferred").line(),
        optional("source").line(),
    ],
};

pub(super) const RECOMMENDATIONS: Schema = Schema {
    file: "recommendations.csv",
    columns: &[
        required("id"),
        required("body"),
        required("text").prose(),
        optional("about"),
        optional("owner").line(),
        optional("due"),
        optional("state"),
        optional("source").line(),
    ],
};

pub(super) const STATEMENTS: Schema = Schema {
    file: "statements.csv",
    columns: &[
        required("body"),
        required("statement"),
        optional("area"),
        required("count"),
        optional("source").line(),
    ],
};

pub(super) const RATIONALES: &str = "rationales.md";
pub(super) const COMMENTARY: &str = "commentary.md";
