//! Invitations and reminders.

use super::{SurveyError, Surveys};
use crate::roster::{Invitation, MOST};
use crate::store::{SurveyChange, Written};
use crate::token::Token;
use wcc_case::answers::Contact;

/// What inviting came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The number of new invitations.
    pub new: usize,
    /// The number of people who had been invited already, and whose invitations stay.
    pub known: usize,
}

impl Surveys<'_> {
    /// Invites people. `deliver` gets each new invitation (group, contact, token) before anything
    /// is stored: the tokens exist nowhere else. Who is invited already keeps their invitation,
    /// unless `renew` is set: then whoever has not answered gets a new token, and the old one no
    /// longer works.
    ///
    /// # Errors
    /// The survey is not open, there are too many invitations, or `deliver` fails; then nothing is
    /// stored.
    pub async fn invite(
        &self,
        name: &str,
        contacts: &[Contact],
        renew: bool,
        deliver: impl Fn(&[(&str, &str, Token)]) -> Result<(), String>,
    ) -> Result<Invited, SurveyError> {
        let survey = self.find_open(name).await?;
        let mut roster = survey.roster()?;
        let answered: Vec<(String, bool)> = roster
            .each()
            .map(|invitation| (invitation.contact.to_lowercase(), invitation.has_answered))
            .collect();
        let known: std::collections::HashMap<String, bool> = answered.into_iter().collect();
        let mut delivered = Vec::new();
        for contact in contacts {
            match known.get(&contact.contact.to_lowercase()) {
                Some(has_answered) if *has_answered || !renew => continue,
                Some(_) => roster.remove(&contact.contact),
                None => {}
            }
            let token = Token::new(&survey.row.tag)?;
            roster.insert(
                &token,
                Invitation {
                    group: contact.group,
                    contact: contact.contact.clone(),
                    has_answered: false,
                },
            );
            let group = survey.questionnaire.groups.get(contact.group);
            let group = group.map_or("", |group| &*group.code);
            delivered.push((group, &*contact.contact, token));
        }
        if roster.len() > MOST {
            return Err(SurveyError::TooMany);
        }
        let invited = Invited {
            new: delivered.len(),
            known: contacts.len() - delivered.len(),
        };
        if delivered.is_empty() {
            return Ok(invited);
        }
        deliver(&delivered).map_err(SurveyError::Delivery)?;
        let roster = survey.sealed_roster(&roster)?;
        let change = SurveyChange {
            roster: Some(&roster),
            ..SurveyChange::default()
        };
        match self.store.change(&survey.row, &change).await? {
            Written::Done => Ok(invited),
            // The tokens are delivered already, so this is not tried again.
            Written::Stale => Err(SurveyError::Busy),
        }
    }

    /// The group and contact of everybody who was invited and has not answered, by group and then
    /// in alphabetical order.
    ///
    /// # Errors
    /// The survey is not open, or cannot be read.
    pub async fn unanswered(&self, name: &str) -> Result<Vec<(String, String)>, SurveyError> {
        let survey = self.find_open(name).await?;
        let roster = survey.roster()?;
        let open = roster.each().filter(|invitation| !invitation.has_answered);
        let mut open: Vec<(usize, String)> = open
            .map(|invitation| (invitation.group, invitation.contact.to_string()))
            .collect();
        open.sort();
        let groups = &survey.questionnaire.groups;
        let named = open.into_iter().map(|(group, contact)| {
            let group = groups.get(group);
            (
                group.map_or_else(String::new, |group| group.code.to_string()),
                contact,
            )
        });
        Ok(named.collect())
    }
}
