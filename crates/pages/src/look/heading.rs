//! What every page of a cycle says of it: its title, what the regime calls things, and the pages beside.

use super::navigation;
use crate::address::Place;
use crate::page::Page;
use crate::parts::definition::{Method, Named, Purpose, Words};
use crate::parts::role::Role;
use serde::Deserialize;

/// A query of a page, by its name, with the fragment that [`Heading`] reads.
macro_rules! headed_query {
    ($name:literal) => {
        concat!(
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/queries/",
                $name,
                ".graphql"
            )),
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/queries/heading.graphql"
            ))
        )
    };
}
pub(crate) use headed_query;

/// As [`headed_query`], with the fragment of what each role may do, which [`Framework::roles`] reads.
macro_rules! acting_query {
    ($name:literal) => {
        concat!(
            $crate::look::heading::headed_query!($name),
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/queries/acting.graphql"
            ))
        )
    };
}
pub(crate) use acting_query;

/// A cycle, as its pages head it.
#[derive(Deserialize)]
pub(crate) struct Heading<F = Framework> {
    pub(crate) title: String,
    pub(crate) illustrative: Option<String>,
    pub(crate) framework: F,
}

/// The rule book of a cycle, as its pages read it.
#[derive(Deserialize)]
pub(crate) struct Framework {
    pub(crate) methods: Vec<Method>,
    pub(crate) words: Words,
    /// Read only by pages that offer acts.
    #[serde(default)]
    pub(crate) roles: Vec<Role>,
}

impl AsRef<Framework> for Framework {
    fn as_ref(&self) -> &Framework {
        self
    }
}

impl Framework {
    /// The method with a purpose.
    pub(crate) fn method(&self, purpose: Purpose) -> Option<&Method> {
        self.methods.iter().find(|method| method.purpose == purpose)
    }

    /// A role.
    pub(crate) fn role(&self, code: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.code == code)
    }

    /// What people call a role.
    pub(crate) fn role_title<'f>(&'f self, code: &'f str) -> &'f str {
        self.role(code).map_or(code, |role| role.title.as_str())
    }
}

impl<F: AsRef<Framework>> Heading<F> {
    /// A page on the cycle.
    pub(crate) fn page(&self, place: &Place, title: impl Into<String>) -> Page {
        let mut page = self.page_below(place, title, self.title.clone());
        page.beside = navigation::of_cycle(place, &self.framework.as_ref().words);
        page
    }

    /// A page on a body in the cycle.
    pub(crate) fn body_page(&self, place: &Place, title: impl Into<String>, body: &Named) -> Page {
        let caption = format!("{}, {}", body.name, self.title);
        let mut page = self.page_below(place, title, caption);
        page.beside = navigation::of_body(place, &body.code);
        page
    }

    /// A page below that of the cycle, with none beside it.
    pub(crate) fn page_below(
        &self,
        place: &Place,
        title: impl Into<String>,
        caption: String,
    ) -> Page {
        let mut page = Page::new(title);
        page.caption = Some(caption);
        page.above = navigation::above_body(place, &self.title);
        page.illustrative.clone_from(&self.illustrative);
        page
    }
}
