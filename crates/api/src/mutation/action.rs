//! `recordAction`.

use super::form::{Form, LONG, SHORT};
use super::record_mutation;
use crate::project::input;
use crate::project::leaves::Id;
use jiff::civil::Date;
use wcc_core::record::{ActionFact, ActionOrigin, ActionState, Horizon, OriginKind, RecordFact};

record_mutation! {
    /// Records an action of a body's action plan, or how far it has come.
    recordAction: RecordAction {
        /// An action.
        input RecordActionInput<'q> as "RecordActionInput" {
            /// Identifier that the action gets within the cycle.
            id: Id<'q>,
            /// Code of the body; a cluster's action is shared by its PCTs.
            body: Id<'q>,
            /// What is to be done, as Markdown; at most 20,000 bytes.
            text: &'q str,
            /// Identifiers of the measures and components that it is about; `outcomes`, or
            /// `outcome:` and an identifier, for health outcomes. Leave it out if it is about the
            /// whole.
            about: Option<Vec<Id<'q>>>,
            /// Who is responsible for it.
            owner: Option<&'q str>,
            /// The last day on which it is to be done. An action that is neither done nor stopped
            /// needs it, or a `horizon`.
            due: Option<Date>,
            /// How far it has come; `NOT_STARTED` if omitted.
            state: Option<ActionState>,
            /// A note on its progress; needed if it is stopped. At most 20,000 bytes.
            progress: Option<&'q str>,
            /// The term in which it is to improve something.
            horizon: Option<Horizon>,
            /// Why there is such an action.
            origin: Option<ActionOriginInput<'q>>,
        }
        record |input, form| RecordFact::Action(ActionFact {
            id: form.code("id", input.id.0),
            body: form.code("body", input.body.0),
            text: form.needed("text", input.text, LONG),
            about: form.codes("about", input.about.as_deref()),
            owner: form.text("owner", input.owner, SHORT),
            due: input.due,
            state: input.state.unwrap_or_default(),
            progress: form.text("progress", input.progress, LONG),
            horizon: input.horizon,
            origin: input.origin.map(|origin| self::origin(form, &origin)),
        });
        /// The result of recording an action.
        payload RecordActionPayload as "RecordActionPayload";
    }
}

input! {
    /// Why there is an action.
    ActionOriginInput<'q> as "ActionOriginInput" {
        /// The kind of reason.
        kind: OriginKind,
        /// Identifier of the recommendation, if it is one; otherwise what was found, and where, in
        /// words.
        reference: Option<&'q str>,
    }
}

fn origin(form: &mut Form, input: &ActionOriginInput<'_>) -> ActionOrigin {
    form.name_paths(&[("reference", "origin.reference")]);
    ActionOrigin {
        kind: input.kind,
        reference: form.text("origin.reference", input.reference, SHORT),
    }
}
