//! The tables of bodies and their columns.

use crate::schema::{Schema, optional, required};

pub(super) const SHA: Schema = Schema {
    file: "sha.csv",
    columns: &[
        required("code"),
        required("name").line(),
        optional("ons_code").or("area_code"),
        optional("from"),
        optional("until"),
        optional("note").prose(),
        optional("source").line(),
    ],
};

pub(super) const PCT: Schema = Schema {
    file: "pct.csv",
    columns: &[
        required("code"),
        required("name").line(),
        required("sha").or("authority"),
        optional("ons_code").or("area_code"),
        optional("ons_cluster").or("peers").line(),
        optional("population"),
        optional("from"),
        optional("until"),
        optional("succeeded_by"),
        optional("features"),
        optional("note").prose(),
        optional("source").line(),
    ],
};

pub(super) const CLUSTERS: Schema = Schema {
    file: "clusters.csv",
    columns: &[
        required("code"),
        required("name").line(),
        required("sha").or("authority"),
        optional("from"),
        optional("until"),
        optional("note").prose(),
        optional("source").line(),
    ],
};

pub(super) const FUNCTIONS: Schema = Schema {
    file: "functions.csv",
    columns: &[
        required("code"),
        required("name").line(),
        required("sha").or("authority"),
        optional("commissions"),
        optional("measures"),
        optional("effect"),
        optional("from"),
        optional("until"),
        optional("note").prose(),
        optional("source").line(),
    ],
};

pub(super) const MEMBERSHIPS: Schema = Schema {
    file: "memberships.csv",
    columns: &[
        required("cluster").or("group"),
        required("pct").or("body"),
        optional("from"),
        optional("until"),
        optional("note").prose(),
        optional("source").line(),
    ],
};

pub(super) const DELEGATIONS: Schema = Schema {
    file: "delegations.csv",
    columns: &[
        required("function"),
        required("pct").or("body"),
        optional("from"),
        optional("until"),
        optional("note").prose(),
        optional("source").line(),
    ],
};
