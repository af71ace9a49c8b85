//! `inviteToSurvey`.

use super::form::{Form, SHORT};
use super::mutation;
use crate::project::input;
use crate::project::leaves::Id;
use crate::survey::{SurveyCommand, SurveyContact};
use crate::types::count;
use crate::types::survey::{NewInvitation, Survey};

/// Maximum number of people in one request: their invitations are shown in its answer alone.
const MAX_CONTACTS: usize = 500;

mutation! {
    /// Invites people to a survey. Their invitations are in this answer and nowhere else. Whoever is
    /// invited already keeps their invitation; if an answer was lost, send the same people with `renew`.
    inviteToSurvey: InviteToSurvey {
        /// The people.
        input InviteToSurveyInput<'q> as "InviteToSurveyInput" {
            /// Identifier of the survey: CYCLE/BODY/QUESTIONNAIRE.
            survey: Id<'q>,
            /// The people, at most 500. Send them as a variable.
            contacts: Vec<SurveyContactInput<'q>>,
            /// Gives a new invitation to those who have not answered, in the group that is given here;
            /// their old ones, and what they saved, no longer work.
            renew: Option<bool>,
        }
        drafts |input, form| {
            let found = input.contacts.len();
            if found == 0 || found > MAX_CONTACTS {
                form.malformed("contacts", format!("there are {found}: give 1 to {MAX_CONTACTS}"));
            }
            let survey = form.code("survey", input.survey.0);
            let contacts = input.contacts.iter().take(MAX_CONTACTS).enumerate();
            let contacts = contacts.map(|(at, contact)| self::contact(form, at, contact));
            let contacts: Vec<SurveyContact> = contacts.collect();
            form.survey = Some(SurveyCommand::Invite {
                survey,
                contacts,
                renew: input.renew.unwrap_or(false),
            });
            Vec::new()
        };
        /// The result of inviting people.
        payload InviteToSurveyPayload as "InviteToSurveyPayload" => |done| {
            /// The new invitations. They are shown here alone.
            invitations: [NewInvitation<'a>; 100] = done.invitations();
            /// The number of people who had been invited already, and whose invitations stay.
            known: i32 = count(done.known_people().0);
            /// The number of those who are invited in another group than the one given here.
            elsewhere: i32 = count(done.known_people().1);
            /// The survey; null if you may not follow it.
            survey: Option<Survey<'a>> = done.survey();
        }
    }
}

input! {
    /// Somebody to invite.
    SurveyContactInput<'q> as "SurveyContactInput" {
        /// Code of their group in the questionnaire: `local-authorities`.
        group: Id<'q>,
        /// Their e-mail address, or another reference by which you find them; at most 200 characters.
        contact: &'q str,
    }
}

fn contact(form: &mut Form, at: usize, contact: &SurveyContactInput<'_>) -> SurveyContact {
    SurveyContact {
        group: form.code(&format!("contacts[{at}].group"), contact.group.0),
        contact: form.needed(&format!("contacts[{at}].contact"), contact.contact, SHORT),
    }
}
