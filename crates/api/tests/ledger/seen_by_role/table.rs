//! The table of who sees which field when, as Markdown.

use super::Field;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The moments at which each role sees something in a field.
pub(super) struct Table<'t> {
    pub(super) roles: &'t [&'t str],
    pub(super) moments: &'t [String],
    /// The fields in which whoever sees everything sees something.
    pub(super) all: BTreeSet<Field>,
    pub(super) seen: BTreeMap<Field, BTreeMap<String, BTreeSet<usize>>>,
}

/// A letter for each moment, or a point.
fn cell_of(at: Option<&BTreeSet<usize>>, moments: usize) -> String {
    let cell = (0..moments).map(|moment| match at.is_some_and(|at| at.contains(&moment)) {
        true => letter(moment),
        false => '.',
    });
    cell.collect()
}

fn letter(at: usize) -> char {
    char::from(b'a' + u8::try_from(at).unwrap())
}

impl Table<'_> {
    /// The table: for each type the fields that everybody sees alike are in one row.
    pub(super) fn written(&self, types: &BTreeSet<String>, not_asked: &BTreeSet<String>) -> String {
        let mut text = "# Who sees which field, and when\n\n\
            Written by a test (`crates/api/tests/ledger/seen_by_role.rs`) from what each role is answered on a small cycle of\n\
            World Class Commissioning 2008/09 in which something of every kind is recorded. A letter says that the role sees\n\
            something in the field at that moment, a point that it does not. People of a PCT act for 5KF, the others for its SHA, and\n\
            the national calibrator for everybody. Each type is asked for once, by the shortest path to it. Whoever runs the server sees\n\
            all of it.\n\n"
            .to_owned();
        for (at, moment) in self.moments.iter().enumerate() {
            let _ = writeln!(text, "- {}: {moment}", letter(at));
        }
        for name in types {
            let mut rows: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
            for field in self.all.iter().filter(|(of, _)| of == name) {
                let by_role = self.seen.get(field);
                let cells = self.roles.iter().map(|role| {
                    let at = by_role.and_then(|by_role| by_role.get(*role));
                    cell_of(at, self.moments.len())
                });
                rows.entry(cells.collect()).or_default().push(&field.1);
            }
            if rows.is_empty() {
                continue;
            }
            let _ = writeln!(
                text,
                "\n## {name}\n\n| fields | {} |",
                self.roles.join(" | ")
            );
            let _ = writeln!(text, "|{}", "---|".repeat(self.roles.len() + 1));
            for (cells, fields) in rows {
                let _ = writeln!(
                    text,
                    "| `{}` | {} |",
                    fields.join("`, `"),
                    cells.join(" | ")
                );
            }
        }
        let is_empty = |name: &&String| !self.all.iter().any(|(of, _)| of == *name);
        let quoted = |names: Vec<&String>| {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(", ")
        };
        let _ = writeln!(
            text,
            "\n## Not in the table\n\nNothing of this cycle is of the types {}.\n\nNot asked for: {}.",
            quoted(types.iter().filter(is_empty).collect()),
            quoted(not_asked.iter().collect())
        );
        text
    }
}
