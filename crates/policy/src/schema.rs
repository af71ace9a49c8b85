//! The schema: the types that policies can use, and the acts.

use crate::problem::PolicyProblem;
use cedar_policy::{Schema, SchemaFragment};
use std::fmt::Write as _;
use wcc_core::policy::acts;

const TYPES: &str = include_str!("../../../configs/policies/wcc.cedarschema");

/// Returns the acts as a Cedar schema. `configs/policies/acts.cedarschema` has the same text for
/// editors and Cedar's own tools.
pub fn acts_schema() -> String {
    let mut text =
        "// Generated from the program's acts: UPDATE=1 cargo test -p wcc-policy.\n\naction\n"
            .to_owned();
    let names: Vec<String> = acts().map(|act| format!("  \"{act}\"")).collect();
    let _ = writeln!(text, "{}", names.join(",\n"));
    text.push_str(
        "in [Action::\"write\"] appliesTo {\n  principal: [Actor],\n  resource: [Programme, \
         Cycle, Body],\n  context: Details,\n};\n",
    );
    text
}

/// Returns the whole schema.
///
/// # Errors
/// The schema that ships is invalid, which is a bug in the program.
pub(crate) fn schema() -> Result<Schema, PolicyProblem> {
    let acts = acts_schema();
    let mut fragments = Vec::new();
    for (name, text) in [("wcc.cedarschema", TYPES), ("acts.cedarschema", &*acts)] {
        let read = SchemaFragment::from_cedarschema_str(text);
        let (fragment, _) =
            read.map_err(|error| PolicyProblem::of_diagnostic(name, text, &error))?;
        fragments.push(fragment);
    }
    Schema::from_schema_fragments(fragments)
        .map_err(|error| PolicyProblem::of_file("wcc.cedarschema", error.to_string()))
}
