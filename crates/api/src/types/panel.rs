//! `Panel`: who reviews a body and when, what its members declared, and how they scored.

use super::body::Body;
use super::calibration::Share;
use super::cell::{key, title};
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::output::Output;
use crate::project::leaves::Id;
use crate::project::object;
use jiff::civil::Date;
use std::borrow::Cow;
use wcc_core::framework::PanelCategory as CoreCategory;
use wcc_core::panel as core;
use wcc_core::record::{self, Subject};
use wcc_core::scale::Scale;

/// The panel that reviews the body of an output, or its group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panel<'a> {
    cycle: Cycle<'a>,
    data: core::Panel<'a>,
}

impl<'a> Panel<'a> {
    /// The panel of an output; `None` if the framework has no panels.
    pub(crate) fn of_output(output: Output<'a>) -> Option<Panel<'a>> {
        let cycle = output.cycle;
        let of: &wcc_core::Cycle = &cycle.assured.cycle;
        if of.framework.panel.categories.is_empty() {
            return None;
        }
        let data = core::Panel::of(of, output.data.bodies())?;
        Some(Panel { cycle, data })
    }

    fn members(self) -> impl Iterator<Item = PanelMember<'a>> {
        let members = self.data.members();
        members.map(move |data| PanelMember { panel: self, data })
    }

    fn day(self) -> Option<PanelDay<'a>> {
        let data = self.data.day()?;
        let cycle = self.cycle;
        Some(PanelDay { cycle, data })
    }

    fn gaps(self) -> impl Iterator<Item = String> {
        let gaps = self.data.gaps().into_iter();
        gaps.map(move |gap| self.data.in_words(gap))
    }
}

object! {
    /// The panel that reviews a body, or its group.
    Panel<'a> as "Panel" => |panel| {
        /// The body that it reviews.
        body: Body<'a> = Body::of(panel.cycle.body_view(panel.data.body));
        /// Its members, by category.
        members: [PanelMember<'a>; 5] = panel.members();
        /// The number of members that the framework says a panel has; null if it says none.
        size: Option<i32> = panel.cycle.framework().data.panel.size.map(i32::from);
        /// What it lacks and what speaks against its members, each in words: "4 of 5 members", "no local
        /// authority representative", "A. Reader has not declared any interests". Empty if it is
        /// complete.
        gaps: [String; 3] = panel.gaps();
        /// The day on which it reviews the body; null if none is planned.
        day: Option<PanelDay<'a>> = panel.day();
    }
}

/// A member of a panel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PanelMember<'a> {
    panel: Panel<'a>,
    data: &'a record::PanelMember,
}

impl<'a> PanelMember<'a> {
    fn cycle(&self) -> Cycle<'a> {
        self.panel.cycle
    }

    fn category(&self) -> PanelCategory<'a> {
        let panel = &self.cycle().framework().data.panel;
        PanelCategory(panel.category(self.data.category))
    }

    /// As whom they sign in, if the viewer may know.
    fn person(&self) -> Option<&'a str> {
        let shown = self.cycle().shows_persons_on(self.data.body);
        shown.then_some(&self.data.person)
    }

    fn interests(&self) -> Option<InterestDeclaration<'a>> {
        let data = self.panel.data.declared_by(self.data)?;
        let cycle = self.cycle();
        Some(InterestDeclaration { cycle, data })
    }
}

object! {
    /// A member of a panel.
    PanelMember<'a> as "PanelMember" => |member| {
        /// As whom they sign in; null if the policy does not show it to you.
        person: Option<Id<'a>> = member.person().map(Id);
        /// Their name.
        name: &'a str = &*member.data.name;
        /// What they are on the panel for.
        category: PanelCategory<'a> = member.category();
        /// Whether they chair the panel.
        chairs: bool = member.data.chairs;
        /// Whom they work for: the code of a body, or a name.
        organisation: Option<&'a str> = member.data.organisation.as_deref();
        /// The interests that they declared. Null if they have not declared anything: that is not the
        /// same as having nothing to declare.
        interests: Option<InterestDeclaration<'a>> = member.interests();
        /// Number of the ledger's entry; give it as `supersedes` to correct the appointment. Null if it
        /// was read from a file.
        entry: Option<i32> = member.cycle().entry(member.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = member.cycle().entered_by(member.data);
    }
}

/// What a member is on a panel for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PanelCategory<'a>(&'a CoreCategory);

object! {
    /// What a member is on a panel for.
    PanelCategory<'a> as "PanelCategory" => |PanelCategory(category)| {
        /// Identifier: `local-authority`.
        code: Id<'a> = Id(&category.id);
        /// Title as printed: `local authority representative`.
        title: &'a str = category.title.as_str();
        /// Whether every panel should have such a member.
        expected: bool = category.expected;
    }
}

/// What a member of a panel declared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InterestDeclaration<'a> {
    cycle: Cycle<'a>,
    data: &'a record::InterestDeclaration,
}

object! {
    /// What a member of a panel declared.
    InterestDeclaration<'a> as "InterestDeclaration" => |declared| {
        /// Whether they stated that there is nothing to declare.
        nothingToDeclare: bool = declared.data.nothing_to_declare;
        /// The interests.
        interests: [Interest<'a>; 1] = declared.data.interests.iter().map(Interest);
        /// Number of the ledger's entry; give it as `supersedes` to change it. Null if it was read from
        /// a file.
        entry: Option<i32> = declared.cycle.entry(declared.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = declared.cycle.entered_by(declared.data);
    }
}

/// An interest of a member of a panel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interest<'a>(&'a record::Interest);

object! {
    /// An interest of a member of a panel.
    Interest<'a> as "Interest" => |Interest(interest)| {
        /// In whom: the code of a body, or a name.
        organisation: &'a str = &*interest.organisation;
        /// What the interest is.
        nature: &'a str = &*interest.nature;
    }
}

/// The day on which a panel reviews a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PanelDay<'a> {
    cycle: Cycle<'a>,
    data: &'a record::PanelDay,
}

object! {
    /// The day on which a panel reviews a body.
    PanelDay<'a> as "PanelDay" => |day| {
        /// The day.
        date: Date = day.data.date;
        /// Where the panel meets.
        venue: Option<&'a str> = day.data.venue.as_deref();
        /// Whom the panel meets, in the order of the day.
        interviews: [Interview<'a>; 6] = day.data.interviews.iter().map(Interview);
        /// Number of the ledger's entry; give it as `supersedes` to change the plan. Null if it was read
        /// from a file.
        entry: Option<i32> = day.cycle.entry(day.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = day.cycle.entered_by(day.data);
    }
}

/// An interview on a panel day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interview<'a>(&'a record::Interview);

object! {
    /// An interview on a panel day.
    Interview<'a> as "Interview" => |Interview(interview)| {
        /// When it begins: `09:30`.
        starts: String = interview.starts.strftime("%H:%M").to_string();
        /// With whom.
        with: &'a str = &*interview.with;
        /// What about.
        topic: Option<&'a str> = interview.topic.as_deref();
    }
}

/// The scores that members gave before the panel agreed.
#[derive(Clone, Debug)]
pub(crate) struct MemberScores<'a> {
    output: Output<'a>,
    scale: &'a Scale,
    data: core::scores::MemberScores<'a>,
}

impl<'a> MemberScores<'a> {
    /// The scores on a subject of the body of an output, or of its group.
    pub(crate) fn of(output: Output<'a>, subject: Subject) -> Option<MemberScores<'a>> {
        let cycle = &output.cycle.assured.cycle;
        let data = core::scores::MemberScores::of(cycle, output.data.bodies(), subject)?;
        let scale = subject.scale(&cycle.framework);
        Some(MemberScores {
            output,
            scale,
            data,
        })
    }

    fn scores(&self) -> Vec<MemberScore<'a>> {
        let scores = self.data.scores.iter();
        let scores = scores.map(|data| MemberScore {
            output: self.output,
            scale: self.scale,
            above_agreed: self.data.above_agreed(data),
            data,
        });
        scores.collect()
    }
}

object! {
    /// The scores that members gave on one measure or component before the panel agreed, as far as the
    /// viewer may see them: a member sees those of others once they have given their own, or once the
    /// panel has recorded its value.
    MemberScores<'a> as "MemberScores" => |member_scores| {
        /// The scores, in the order in which they were given.
        scores: [MemberScore<'a>; 5] = member_scores.scores().into_iter();
        /// The value on which the panel agreed; null if it has none yet.
        agreed: Option<Cow<'a, str>> = key(member_scores.scale, member_scores.data.agreed);
        /// How many levels the highest score is above the lowest; null if numbers have no levels.
        spread: Option<i32> = member_scores.data.spread().map(i32::from);
        /// Scores at most one level from the agreed value, of all; null if there is no agreed value.
        withinOneLevel: Option<Share> = member_scores.data.within_one().map(Share);
    }
}

/// The score of one member of a panel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemberScore<'a> {
    output: Output<'a>,
    scale: &'a Scale,
    above_agreed: Option<i32>,
    data: &'a record::Score,
}

impl<'a> MemberScore<'a> {
    fn member(&self) -> Option<PanelMember<'a>> {
        let cycle = self.output.cycle;
        let data = core::Panel::of(&cycle.assured.cycle, [self.data.body])?;
        let panel = Panel { cycle, data };
        let mut members = panel.members();
        members.find(|member| member.data.person == self.data.member)
    }
}

object! {
    /// The score that one member of a panel gave before the panel agreed.
    MemberScore<'a> as "MemberScore" => |score| {
        /// The member; null if their appointment was withdrawn.
        member: Option<PanelMember<'a>> = score.member();
        /// The value: a level such as `3` or a rating such as `green`.
        value: Cow<'a, str> = score.scale.key(score.data.value);
        /// The value in words for people.
        title: Option<&'a str> = title(score.scale, Some(score.data.value));
        /// The member's reasons.
        rationale: Option<&'a str> = score.data.rationale.as_deref();
        /// How many levels it is above the agreed value, or below it if negative; null if there is no
        /// agreed value.
        aboveAgreed: Option<i32> = score.above_agreed;
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read from
        /// a file.
        entry: Option<i32> = score.output.cycle.entry(score.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = score.output.cycle.entered_by(score.data);
    }
}
