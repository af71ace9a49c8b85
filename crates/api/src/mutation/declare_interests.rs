//! `declareInterests`.

use super::form::{Form, LONG, SHORT};
use super::record_mutation;
use crate::project::input;
use crate::project::leaves::Id;
use wcc_core::record::{Interest, InterestDeclarationFact, RecordFact};

input! {
    /// An interest of a member of a panel.
    InterestInput<'q> as "InterestInput" {
        /// In whom: the code of a body, or a name.
        organisation: &'q str,
        /// What the interest is; at most 20,000 bytes.
        nature: &'q str,
    }
}

record_mutation! {
    /// Declares the interests of a member of a panel, or that there are none. A member declares their
    /// own, before they score.
    declareInterests: DeclareInterests {
        /// What a member declares.
        input DeclareInterestsInput<'q> as "DeclareInterestsInput" {
            /// Code of the body that the panel reviews.
            body: Id<'q>,
            /// The member, as `appointPanelMember` names them; you yourself if omitted.
            person: Option<Id<'q>>,
            /// The interests, at most 200.
            interests: Option<Vec<InterestInput<'q>>>,
            /// Set this to state that there is nothing to declare. Give either this or `interests`.
            nothingToDeclare: Option<bool>,
        }
        record |input, form| RecordFact::InterestDeclaration(InterestDeclarationFact {
            body: form.code("body", input.body.0),
            person: form.own_name("person", input.person),
            interests: interests(input.interests.as_deref(), form),
            nothing_to_declare: input.nothingToDeclare.unwrap_or_default(),
        });
        /// The result of declaring interests.
        payload DeclareInterestsPayload as "DeclareInterestsPayload";
    }
}

fn interests(given: Option<&[InterestInput<'_>]>, form: &mut Form) -> Vec<Interest> {
    let given = form.limited("interests", given.unwrap_or_default());
    let each = given.iter().enumerate().map(|(at, interest)| Interest {
        organisation: form.needed(
            &format!("interests[{at}].organisation"),
            interest.organisation,
            SHORT,
        ),
        nature: form.needed(&format!("interests[{at}].nature"), interest.nature, LONG),
    });
    each.collect()
}
