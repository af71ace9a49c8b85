//! Invitations and reminders.

use super::{SurveyError, Surveys};
use crate::roster::{Invitation, MOST};
use crate::store::{ChangeResult, SurveyChange};
use crate::token::Token;
use jiff::civil::Date;
use std::collections::HashMap;
use wcc_case::answers::Contact;

/// The numbers of people whom an invitation reached, by what it changed for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InviteResult {
    /// The number of new invitations, renewed ones included.
    pub new: usize,
    /// The number of people who had been invited already, and whose invitations stay.
    pub known: usize,
    /// How many of the new ones were invited in another group before.
    pub moved: usize,
    /// How many of those whose invitations stay were invited in another group than the table says.
    pub elsewhere: usize,
}

impl Surveys<'_> {
    /// Invites people. `deliver` gets the new invitations (group, contact, token) before anything is
    /// stored: the tokens exist nowhere else. It is called again with other tokens if another change
    /// came between, and those it got before are not those of any invitation. Who is invited already
    /// keeps their invitation, unless `renew` is set: then whoever has not answered gets a new token
    /// in the group that the table says, and the old one no longer works.
    ///
    /// # Errors
    /// The survey is not open, its last day is over, there are too many invitations, or `deliver`
    /// fails; then nothing is stored.
    pub async fn invite(
        &self,
        name: &str,
        contacts: &[Contact],
        renew: bool,
        today: Date,
        deliver: impl Fn(&[(&str, &str, Token)]) -> Result<(), String>,
    ) -> Result<InviteResult, SurveyError> {
        let mut tries = 0;
        loop {
            let survey = self.find_open(name).await?;
            let closes: Option<Date> = survey.row.closes.parse().ok();
            if closes.is_none_or(|closes| closes < today) {
                return Err(SurveyError::TooLateToInvite {
                    survey: survey.row.id,
                    closes: survey.row.closes,
                });
            }
            let mut roster = survey.roster.clone();
            let known = survey.roster.each();
            let known: HashMap<String, &Invitation> = known
                .map(|invitation| (invitation.contact.to_lowercase(), invitation))
                .collect();
            let mut invited = InviteResult::default();
            let mut delivered = Vec::new();
            for contact in contacts {
                let earlier = known.get(&contact.contact.to_lowercase());
                let is_elsewhere = earlier.is_some_and(|earlier| earlier.group != contact.group);
                if earlier.is_some_and(|earlier| earlier.has_answered || !renew) {
                    invited.known += 1;
                    invited.elsewhere += usize::from(is_elsewhere);
                    continue;
                }
                if earlier.is_some() {
                    roster.remove(&contact.contact);
                    invited.moved += usize::from(is_elsewhere);
                }
                let token = Token::new(&survey.row.tag)?;
                let invitation = Invitation {
                    group: contact.group,
                    contact: contact.contact.clone(),
                    has_answered: false,
                };
                roster.insert(&token, invitation);
                let group = survey.questionnaire.groups.get(contact.group);
                let group = group.map_or("", |group| &*group.code);
                delivered.push((group, &*contact.contact, token));
            }
            if roster.len() > MOST {
                return Err(SurveyError::TooMany);
            }
            invited.new = delivered.len();
            if delivered.is_empty() {
                return Ok(invited);
            }
            deliver(&delivered).map_err(SurveyError::Delivery)?;
            let change = SurveyChange::default();
            match self.change(&survey, &roster, change).await? {
                ChangeResult::Done => return Ok(invited),
                ChangeResult::Stale => self.pause(&mut tries).await?,
            }
        }
    }

    /// The group and contact of everybody who was invited and has not answered, by group and then
    /// in alphabetical order.
    ///
    /// # Errors
    /// The survey is not open, or cannot be read.
    pub async fn unanswered(&self, name: &str) -> Result<Vec<(String, String)>, SurveyError> {
        let survey = self.find_open(name).await?;
        let open = survey
            .roster
            .each()
            .filter(|invitation| !invitation.has_answered);
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
