//! Counted statements: how many components met the own view or improved, and what reports state.

use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::framework::Area;
use super::output::Output;
use crate::project::object;
use wcc_core::counted::counted_statements;
use wcc_core::output as core;
use wcc_core::record::StatementKind;

/// The counted statements of one area.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts<'a> {
    /// The output.
    pub(crate) output: Output<'a>,
    /// The counts.
    pub(crate) data: &'a core::Counts,
}

impl<'a> Counts<'a> {
    fn area(&self) -> Area<'a> {
        Area {
            framework: self.output.cycle.framework(),
            at: self.data.area,
        }
    }

    fn published(&self) -> impl Iterator<Item = Statement<'a>> + use<'a> {
        let output = self.output;
        let area = self.data.area;
        Statement::of_output(output, Some(area))
    }

    fn in_words(&self, kind: StatementKind) -> String {
        let cycle = &self.output.cycle.assured.cycle;
        let statements = counted_statements(cycle, self.output.data);
        let mut matching = statements
            .into_iter()
            .filter(|statement| statement.kind == kind && statement.area == Some(self.data.area));
        matching
            .next()
            .and_then(|statement| statement.computed)
            .unwrap_or_default()
    }
}

object! {
    /// The two counted statements of the panel report, over the components of one area.
    Counts<'a> as "Counts" => |counts| {
        /// The area whose components are counted.
        area: Area<'a> = counts.area();
        /// The number of assessed components.
        components: i32 = i32::from(counts.data.components);
        /// The number at or above the body's own view.
        metOwnView: i32 = i32::from(counts.data.met_self);
        /// The number below the body's own view.
        belowOwnView: i32 = i32::from(counts.data.below_self);
        /// The number that cannot be compared with the body's own view because a value is not known.
        ownViewUnknown: i32 = i32::from(counts.data.self_unknown);
        /// The number of known comparisons with the own view that are based on an inferred mark.
        ownViewInferred: i32 = i32::from(counts.data.self_inferred);
        /// The number that improved on the previous cycle.
        improvedOnPrevious: i32 = i32::from(counts.data.improved);
        /// The number that did not improve on the previous cycle.
        notImprovedOnPrevious: i32 = i32::from(counts.data.not_improved);
        /// The number that are new in this cycle and cannot be compared.
        newThisCycle: i32 = i32::from(counts.data.new);
        /// The number that cannot be compared with the previous cycle because a value is not known.
        previousUnknown: i32 = i32::from(counts.data.last_year_unknown);
        /// The number of known comparisons with the previous cycle that are based on an inferred mark.
        previousInferred: i32 = i32::from(counts.data.last_year_inferred);
        /// The first count as a sentence, with the number not known.
        metOwnViewInWords: String = counts.in_words(StatementKind::MetSelfAssessment);
        /// The count of improvements as a sentence, with the numbers not known and new.
        improvedOnPreviousInWords: String = counts.in_words(StatementKind::ImprovedOnLastYear);
        /// "Met or went above its self-assessment on N competencies."
        #[deprecated = "Use `metOwnView`."]
        metSelfAssessment: i32 = i32::from(counts.data.met_self);
        /// The number below the self-assessment.
        #[deprecated = "Use `belowOwnView`."]
        belowSelfAssessment: i32 = i32::from(counts.data.below_self);
        /// The number that cannot be compared with the self-assessment because a value is not
        /// known.
        #[deprecated = "Use `ownViewUnknown`."]
        selfAssessmentUnknown: i32 = i32::from(counts.data.self_unknown);
        /// The number of known comparisons with the self-assessment that are based on an inferred
        /// mark.
        #[deprecated = "Use `ownViewInferred`."]
        selfAssessmentInferred: i32 = i32::from(counts.data.self_inferred);
        /// "Improved on last year in N competencies."
        #[deprecated = "Use `improvedOnPrevious`."]
        improvedOnLastYear: i32 = i32::from(counts.data.improved);
        /// The number that did not improve on last year.
        #[deprecated = "Use `notImprovedOnPrevious`."]
        notImprovedOnLastYear: i32 = i32::from(counts.data.not_improved);
        /// The number that are new this year and cannot be compared.
        #[deprecated = "Use `newThisCycle`."]
        newThisYear: i32 = i32::from(counts.data.new);
        /// The number that cannot be compared with last year because a value is not known.
        #[deprecated = "Use `previousUnknown`."]
        lastYearUnknown: i32 = i32::from(counts.data.last_year_unknown);
        /// The number of known comparisons with last year that are based on an inferred mark.
        #[deprecated = "Use `previousInferred`."]
        lastYearInferred: i32 = i32::from(counts.data.last_year_inferred);
        /// "Met or went above its self-assessment on ...", with the number not known, and `*` if
        /// based on an inferred mark.
        #[deprecated = "Use `metOwnViewInWords`."]
        metSelfAssessmentInWords: String = counts.in_words(StatementKind::MetSelfAssessment);
        /// "Improved on last year in ...", with the numbers not known and new.
        #[deprecated = "Use `improvedOnPreviousInWords`."]
        improvedOnLastYearInWords: String = counts.in_words(StatementKind::ImprovedOnLastYear);
        /// The same statements in published reports, for comparison; empty if none is recorded.
        published: [Statement<'a>; 2] = counts.published();
    }
}

/// A statement of a published report.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement<'a> {
    cycle: Cycle<'a>,
    data: &'a wcc_core::record::Statement,
}

impl<'a> Statement<'a> {
    /// The published statements on an output, about an area's components or about outcomes.
    pub(crate) fn of_output(
        output: Output<'a>,
        area: Option<usize>,
    ) -> impl Iterator<Item = Statement<'a>> + use<'a> {
        let cycle = output.cycle;
        let statements = cycle.assured.cycle.records.statements.iter();
        statements
            .filter(move |statement| statement.area == area && output.has(statement.body))
            .map(move |data| Statement { cycle, data })
    }
}

impl Statement<'_> {
    fn kind_id(&self) -> String {
        let methods = &self.cycle.assured.cycle.framework.methods;
        self.data.kind.file_word(methods)
    }
}

object! {
    /// A counted statement in a published report.
    Statement<'a> as "Statement" => |statement| {
        /// The statement, as files of the regime write it: `met-own`, `outcomes-slipped`.
        kindId: String = statement.kind_id();
        /// The kind of statement.
        #[deprecated = "Use `kindId`."]
        kind: StatementKind = statement.data.kind;
        /// The stated number.
        count: i32 = i32::from(statement.data.count);
        /// Its source.
        source: Option<&'a str> = statement.data.source.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read
        /// from a file.
        entry: Option<i32> = statement.cycle.entry(statement.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = statement.cycle.entered_by(statement.data);
        /// The file and row that it was read from, or the entry that recorded it.
        place: Option<String> = statement.cycle.source_of(statement.data.record);
    }
}
