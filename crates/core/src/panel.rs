//! A panel as it was appointed: who sits on it, and what it lacks. The scores of its members beside the
//! value on which it agreed are in [`scores`].

pub mod scores;

use crate::body::BodyIndex;
use crate::cycle::Cycle;
use crate::framework::PanelCategoryIndex;
use crate::progress::cluster_of;
use crate::record::{Interest, InterestDeclaration, PanelDay, PanelMember};
use std::collections::BTreeSet;

/// The panel of a body.
#[derive(Clone, Copy, Debug)]
pub struct Panel<'a> {
    cycle: &'a Cycle,
    /// The body that it reviews.
    pub body: BodyIndex,
}

/// What a panel lacks, or what speaks against a member.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PanelGap<'a> {
    /// It does not have as many members as the framework says.
    Size {
        /// The number of members.
        members: usize,
        /// The number that the framework says.
        size: u16,
    },
    /// It has no member of a category of which every panel should have one.
    Category(PanelCategoryIndex),
    /// Nobody chairs it.
    NoChair,
    /// A member has not declared any interests, not even that there are none.
    NotDeclared(&'a PanelMember),
    /// A member has an interest in the body that the panel reviews, or in its group.
    Conflict {
        /// The member.
        member: &'a PanelMember,
        /// The interest.
        interest: &'a Interest,
        /// In which body.
        body: BodyIndex,
    },
}

impl<'a> Panel<'a> {
    /// The panel of the first of some bodies that has one: of a body itself, or of its group. With no
    /// member at all it is that of the last.
    pub fn of(cycle: &'a Cycle, bodies: impl IntoIterator<Item = BodyIndex>) -> Option<Panel<'a>> {
        let mut last = None;
        for body in bodies {
            let panel = Panel { cycle, body };
            last = Some(panel);
            if panel.members().next().is_some() || panel.day().is_some() {
                break;
            }
        }
        last
    }

    /// The panels of some bodies, each once: a group may have one for all of its bodies.
    pub fn of_each(
        cycle: &'a Cycle,
        bodies: impl IntoIterator<Item = BodyIndex>,
    ) -> Vec<Panel<'a>> {
        let mut found = BTreeSet::new();
        let panels = bodies.into_iter().filter_map(|body| {
            let group = cluster_of(&cycle.organisations, body, cycle.as_of);
            Panel::of(cycle, std::iter::once(body).chain(group))
        });
        panels.filter(|panel| found.insert(panel.body)).collect()
    }

    /// Its members, by category.
    pub fn members(self) -> impl Iterator<Item = &'a PanelMember> {
        let members = self.cycle.records.panel_members.iter();
        members.filter(move |member| member.body == self.body)
    }

    /// The day on which it reviews the body.
    pub fn day(self) -> Option<&'a PanelDay> {
        let mut days = self.cycle.records.panel_days.iter();
        days.find(|day| day.body == self.body)
    }

    /// What a member declared.
    pub fn declared_by(self, member: &PanelMember) -> Option<&'a InterestDeclaration> {
        let mut declared = self.cycle.records.interests.iter();
        declared.find(|declared| declared.body == self.body && declared.person == member.person)
    }

    /// What it lacks, and what speaks against its members; empty if it is complete.
    pub fn gaps(self) -> Vec<PanelGap<'a>> {
        let rule = &self.cycle.framework.panel;
        let members: Vec<&PanelMember> = self.members().collect();
        let mut gaps = Vec::new();
        let size = rule.size.filter(|size| usize::from(*size) != members.len());
        gaps.extend(size.map(|size| PanelGap::Size {
            members: members.len(),
            size,
        }));
        let categories = (0..).map(PanelCategoryIndex).zip(&rule.categories);
        let lacking = categories.filter(|(index, category)| {
            category.expected && !members.iter().any(|member| member.category == *index)
        });
        gaps.extend(lacking.map(|(index, _)| PanelGap::Category(index)));
        if !members.iter().any(|member| member.chairs) {
            gaps.push(PanelGap::NoChair);
        }
        for member in members {
            let Some(declared) = self.declared_by(member) else {
                gaps.push(PanelGap::NotDeclared(member));
                continue;
            };
            gaps.extend(declared.interests.iter().filter_map(|interest| {
                let body = reviewed_body(self.cycle, self.body, &interest.organisation)?;
                Some(PanelGap::Conflict {
                    member,
                    interest,
                    body,
                })
            }));
        }
        gaps
    }

    /// A gap in words: "4 of 5 members", "no local authority representative".
    pub fn in_words(self, gap: PanelGap<'_>) -> String {
        match gap {
            PanelGap::Size { members, size } => format!("{members} of {size} members"),
            PanelGap::Category(category) => {
                format!("no {}", self.cycle.framework.panel.category(category).title)
            }
            PanelGap::NoChair => "no chair".to_owned(),
            PanelGap::NotDeclared(member) => {
                format!("{} has not declared any interests", member.name)
            }
            PanelGap::Conflict {
                member,
                interest,
                body,
            } => format!(
                "{} declares an interest in {}: {}",
                member.name,
                self.cycle.organisations.body(body).name_and_code(),
                interest.nature
            ),
        }
    }
}

/// The body that an organisation is, by its code or name, if it is the reviewed body or in its group.
pub(crate) fn reviewed_body(
    cycle: &Cycle,
    reviewed: BodyIndex,
    organisation: &str,
) -> Option<BodyIndex> {
    let (organisations, day) = (&cycle.organisations, cycle.as_of);
    let group = organisations.cluster_of(reviewed, day).unwrap_or(reviewed);
    let members = organisations.members_of(group, day);
    let mut bodies = [reviewed, group].into_iter().chain(members);
    bodies.find(|body| {
        let body = organisations.body(*body);
        [&body.code, &body.name]
            .into_iter()
            .any(|name| name.eq_ignore_ascii_case(organisation.trim()))
    })
}
