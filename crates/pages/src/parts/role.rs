//! What a rule book opens to a role, and the way to the forms of it.

use super::definition::Titled;
use crate::act::{correction, form_address};
use crate::reader::Reader;
use maud::{Markup, html};
use serde::Deserialize;
use wcc_api::kebab_case;
use wcc_core::Actor;

/// A role of a framework.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Role {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) method_ids: Vec<String>,
    pub(crate) acts: Vec<String>,
    pub(crate) phases: Vec<RoleInPhase>,
}

/// What a role may do in a phase.
#[derive(Debug, Deserialize)]
pub(crate) struct RoleInPhase {
    pub(crate) phase: Titled,
    pub(crate) acts: Vec<String>,
}

impl Role {
    /// Whether an act is open to it, in every phase or in one.
    pub(crate) fn has(&self, act: &str) -> bool {
        let in_phases = self.phases.iter().flat_map(|phase| &phase.acts);
        self.acts.iter().chain(in_phases).any(|known| known == act)
    }
}

/// The forms that whoever looks at a page may have a use for.
pub(crate) struct Acts<'a> {
    /// `None` for those who have none.
    of: Option<Holder<'a>>,
    cycle: &'a str,
    /// The page to which a form leads back.
    back: &'a str,
}

enum Holder<'a> {
    /// Who runs the server may do everything.
    Operator,
    Role(&'a Role),
}

impl<'a> Acts<'a> {
    /// The forms of somebody who looks at the page with the address `back`.
    pub(crate) fn of(
        reader: &Reader,
        roles: &'a [Role],
        cycle: &'a str,
        back: &'a str,
    ) -> Acts<'a> {
        let code = reader.role();
        let of = if reader.as_of().is_some() {
            None
        } else if code == Actor::OPERATOR {
            Some(Holder::Operator)
        } else {
            let role = roles.iter().find(|role| role.code == code);
            role.map(Holder::Role)
        };
        Acts { of, cycle, back }
    }

    /// Whether a mutation is open to them.
    pub(crate) fn has(&self, mutation: &str) -> bool {
        match &self.of {
            None => false,
            Some(Holder::Operator) => true,
            Some(Holder::Role(role)) => role.has(&kebab_case(mutation)),
        }
    }

    /// The address of a form with these values, if its mutation is open to them.
    pub(crate) fn address<'v>(
        &self,
        mutation: &str,
        values: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) -> Option<String>
    where
        'a: 'v,
    {
        self.has(mutation)
            .then(|| form_address(mutation, self.cycle, self.back, values))
    }

    /// A link to a form; nothing if it is not open to them.
    pub(crate) fn link<'v>(
        &self,
        text: &str,
        mutation: &str,
        values: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) -> Markup
    where
        'a: 'v,
    {
        html! {
            @if let Some(address) = self.address(mutation, values) {
                a.wcc-act.wcc-no-print href=(address) { (text) }
            }
        }
    }

    /// A button to the form of a correction, which begins with all that was recorded; nothing if it is not
    /// open to them. The texts are sent in a request's body: an address is kept in logs and histories.
    pub(crate) fn correction<'v>(
        &self,
        text: &str,
        mutation: &str,
        values: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) -> Markup
    where
        'a: 'v,
    {
        html! {
            @if self.has(mutation) {
                (correction(text, mutation, self.cycle, self.back, values))
            }
        }
    }
}
