//! The documents of a framework: which sections a report has, in which order.

use super::{Framework, FrameworkPart};
use crate::body::BodyKind;
use crate::record::{Method, Topic};
use crate::words::capitalised;
use serde::{Deserialize, Serialize};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// The report of the panel on one body.
    PanelReport,
    /// The results of one body on a page.
    Scorecard,
    /// A group that was assured once: its bodies side by side.
    Cluster,
    /// A delegated function, with what it means for those who delegate to it.
    Function,
    /// All bodies of a region.
    Region,
}

impl DocumentKind {
    /// All kinds.
    pub const ALL: [DocumentKind; 5] = [
        DocumentKind::PanelReport,
        DocumentKind::Scorecard,
        DocumentKind::Cluster,
        DocumentKind::Function,
        DocumentKind::Region,
    ];

    /// Its name in commands, file names and frameworks: `panel-report`.
    pub fn name(self) -> &'static str {
        match self {
            DocumentKind::PanelReport => "panel-report",
            DocumentKind::Scorecard => "scorecard",
            DocumentKind::Cluster => "cluster",
            DocumentKind::Function => "function",
            DocumentKind::Region => "region",
        }
    }

    /// The documents on a body of a kind, the usual one first.
    pub fn on(body: BodyKind) -> &'static [DocumentKind] {
        match body {
            BodyKind::Pct => &[DocumentKind::PanelReport, DocumentKind::Scorecard],
            BodyKind::Cluster => &[DocumentKind::Cluster],
            BodyKind::Function => &[DocumentKind::Function],
            BodyKind::Sha => &[DocumentKind::Region],
        }
    }

    /// The kind with a name.
    pub fn named(name: &str) -> Option<DocumentKind> {
        DocumentKind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// A kind of document as a framework lays it out.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentDefinition {
    /// What it is.
    pub kind: DocumentKind,
    /// Its name: `Panel report`.
    pub title: String,
    /// Whether its pages lie on their side.
    pub landscape: bool,
    /// Its sections, in order.
    pub sections: Vec<DocumentSection>,
}

/// A section of a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocumentSection {
    /// What it shows.
    pub content: DocumentContent,
    /// Its heading, with placeholders; `None` for the usual heading of its content. A section with
    /// an empty heading belongs to the one around it.
    pub title: Option<String>,
    /// Text before its content, as Markdown with placeholders.
    pub text: Option<String>,
    /// Text in place of its content if there is none, with placeholders.
    pub otherwise: Option<String>,
    /// Whether it is left out if there is nothing in it.
    pub optional: bool,
    /// Whether it begins on a new page.
    pub new_page: bool,
    /// Which commentary it shows: paths of headings, outermost first, each of which may be only the
    /// beginning of a heading. Empty for all that no other section shows.
    pub headings: Vec<Vec<String>>,
    /// Which parts it is about; empty for all.
    pub of: Vec<Topic>,
    /// The methods whose marks it shows; empty for all.
    pub methods: Vec<Method>,
    /// Sections in it. Those of [`DocumentContent::Components`] are repeated for each component.
    pub sections: Vec<DocumentSection>,
}

/// What a section of a document shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentContent {
    /// Only its own text and sections.
    #[default]
    Text,
    /// Commentary under the section's headings.
    Commentary,
    /// Commentary, each piece with the recommendations that follow from it.
    Headlines,
    /// The results of components, areas and the whole, as marks.
    Results,
    /// One section for each component.
    Components,
    /// The marks on each measure of a component.
    Marks,
    /// Why each measure of a component was judged as it was.
    Rationale,
    /// Recommendations.
    Recommendations,
    /// The action plan.
    Actions,
    /// Areas in which the body asks for support, with the support that it gets.
    AreasOfConcern,
    /// The incentives and consequences that the results have.
    Consequences,
    /// The counted statements.
    Statements,
    /// Outcomes with their rates and benchmarks.
    Outcomes,
    /// Charts of outcomes over years.
    Trends,
    /// The most serious challenges and findings.
    Concerns,
    /// Values above what the evidence supports, with the answers.
    Challenges,
    /// What checks found: those of the program, then those of plugins.
    Findings,
    /// The functions to which the body delegates, and what they mean for it.
    Functions,
    /// What was not checked, with the reason.
    NotChecked,
    /// What is illustrative, and what was inferred rather than read.
    Inferred,
    /// To whom the results are released, and what they may be used for.
    Uses,
    /// Items of evidence.
    Evidence,
    /// Results of surveys.
    Surveys,
    /// The check of facts: what the body said about the draft, and the replies.
    CheckOfFacts,
    /// The bodies of a group side by side.
    Members,
    /// Where the bodies of a group differ from it and from each other.
    Departures,
    /// The marks of a function by assessor.
    Assessors,
    /// Which bodies delegate to a function, and the ceilings that it causes.
    Ceilings,
    /// A table of all bodies.
    Bodies,
    /// How many bodies are at each step.
    Spread,
}

impl DocumentContent {
    /// Every content.
    pub const ALL: [DocumentContent; 30] = [
        DocumentContent::Text,
        DocumentContent::Commentary,
        DocumentContent::Headlines,
        DocumentContent::Results,
        DocumentContent::Components,
        DocumentContent::Marks,
        DocumentContent::Rationale,
        DocumentContent::Recommendations,
        DocumentContent::Actions,
        DocumentContent::AreasOfConcern,
        DocumentContent::Consequences,
        DocumentContent::Statements,
        DocumentContent::Outcomes,
        DocumentContent::Trends,
        DocumentContent::Concerns,
        DocumentContent::Challenges,
        DocumentContent::Findings,
        DocumentContent::Functions,
        DocumentContent::NotChecked,
        DocumentContent::Inferred,
        DocumentContent::Uses,
        DocumentContent::Evidence,
        DocumentContent::Surveys,
        DocumentContent::CheckOfFacts,
        DocumentContent::Members,
        DocumentContent::Departures,
        DocumentContent::Assessors,
        DocumentContent::Ceilings,
        DocumentContent::Bodies,
        DocumentContent::Spread,
    ];

    /// Its name in framework files.
    pub fn name(self) -> &'static str {
        match self {
            DocumentContent::Text => "text",
            DocumentContent::Commentary => "commentary",
            DocumentContent::Headlines => "headlines",
            DocumentContent::Results => "results",
            DocumentContent::Components => "components",
            DocumentContent::Marks => "marks",
            DocumentContent::Rationale => "rationale",
            DocumentContent::Recommendations => "recommendations",
            DocumentContent::Actions => "actions",
            DocumentContent::AreasOfConcern => "areas-of-concern",
            DocumentContent::Consequences => "consequences",
            DocumentContent::Statements => "statements",
            DocumentContent::Outcomes => "outcomes",
            DocumentContent::Trends => "trends",
            DocumentContent::Concerns => "concerns",
            DocumentContent::Challenges => "challenges",
            DocumentContent::Findings => "findings",
            DocumentContent::Functions => "functions",
            DocumentContent::NotChecked => "not-checked",
            DocumentContent::Inferred => "inferred",
            DocumentContent::Uses => "uses",
            DocumentContent::Evidence => "evidence",
            DocumentContent::Surveys => "surveys",
            DocumentContent::CheckOfFacts => "check-of-facts",
            DocumentContent::Members => "members",
            DocumentContent::Departures => "departures",
            DocumentContent::Assessors => "assessors",
            DocumentContent::Ceilings => "ceilings",
            DocumentContent::Bodies => "bodies",
            DocumentContent::Spread => "spread",
        }
    }

    /// Whether documents of a kind can show it.
    pub fn suits(self, kind: DocumentKind) -> bool {
        use DocumentContent as Content;
        match self {
            Content::Text | Content::NotChecked | Content::Inferred => true,
            Content::Bodies | Content::Spread => kind == DocumentKind::Region,
            Content::Members | Content::Departures => kind == DocumentKind::Cluster,
            Content::Assessors | Content::Ceilings => kind == DocumentKind::Function,
            _ => kind != DocumentKind::Region,
        }
    }

    /// Whether it is about single components, and belongs into a section of
    /// [`DocumentContent::Components`].
    pub fn is_of_component(self) -> bool {
        matches!(self, DocumentContent::Marks | DocumentContent::Rationale)
    }

    /// Whether the section's `headings` select from it.
    pub fn has_headings(self) -> bool {
        matches!(
            self,
            DocumentContent::Commentary | DocumentContent::Headlines
        )
    }
}

impl DocumentSection {
    /// The placeholders of headings and texts: `{body}`.
    pub const PLACEHOLDERS: [&'static str; 7] = [
        "body",
        "code",
        "group",
        "authority",
        "cycle",
        "year",
        "assessor",
    ];

    /// The placeholders of sections that are repeated for each component, in addition: `{label}`.
    pub const OF_COMPONENT: [&'static str; 4] = ["id", "title", "label", "area"];

    /// The placeholders in a text, without their braces.
    pub fn placeholders(text: &str) -> impl Iterator<Item = &str> {
        let after = text.split('{').skip(1);
        after.filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
    }

    /// A text with its placeholders filled in. One that `value` does not know stays.
    pub fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
        let mut parts = text.split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let known = part
                .split_once('}')
                .and_then(|(name, rest)| Some((value(name)?, rest)));
            match known {
                Some((value, rest)) => {
                    filled.push_str(&value);
                    filled.push_str(rest);
                }
                None => {
                    filled.push('{');
                    filled.push_str(part);
                }
            }
        }
        filled
    }

    /// A section with the usual heading of its content, left out if there is nothing in it.
    fn of_content(content: DocumentContent) -> DocumentSection {
        DocumentSection {
            content,
            optional: true,
            ..DocumentSection::default()
        }
    }

    fn titled(self, title: &str) -> DocumentSection {
        DocumentSection {
            title: Some(title.to_owned()),
            ..self
        }
    }
}

impl Framework {
    /// How a kind of document is laid out: as the framework says, or else with its areas in order.
    pub fn document(&self, kind: DocumentKind) -> DocumentDefinition {
        let mut own = self.documents.iter();
        let own = own.find(|definition| definition.kind == kind);
        own.cloned().unwrap_or_else(|| self.usual_document(kind))
    }

    fn usual_document(&self, kind: DocumentKind) -> DocumentDefinition {
        use DocumentContent as Content;
        let words = &self.words;
        let contents: &[Content] = match kind {
            DocumentKind::PanelReport => return self.usual_report(),
            DocumentKind::Scorecard => &[
                Content::Outcomes,
                Content::Results,
                Content::Statements,
                Content::Concerns,
                Content::Recommendations,
                Content::NotChecked,
            ],
            DocumentKind::Cluster => &[
                Content::Members,
                Content::Departures,
                Content::Functions,
                Content::Commentary,
                Content::Recommendations,
                Content::Actions,
                Content::AreasOfConcern,
                Content::Consequences,
                Content::Challenges,
                Content::NotChecked,
            ],
            DocumentKind::Function => &[
                Content::Assessors,
                Content::Ceilings,
                Content::Commentary,
                Content::Recommendations,
                Content::Findings,
                Content::NotChecked,
            ],
            DocumentKind::Region => &[Content::Spread, Content::Bodies, Content::NotChecked],
        };
        let title = match kind {
            DocumentKind::PanelReport => "Report".to_owned(),
            DocumentKind::Scorecard => "Scorecard".to_owned(),
            DocumentKind::Cluster => capitalised(&words.group.one),
            DocumentKind::Function => capitalised(&words.function_in_full.one),
            DocumentKind::Region => "Overview".to_owned(),
        };
        DocumentDefinition {
            kind,
            title,
            landscape: matches!(kind, DocumentKind::Cluster | DocumentKind::Region),
            sections: contents
                .iter()
                .map(|content| DocumentSection::of_content(*content))
                .collect(),
        }
    }

    fn usual_report(&self) -> DocumentDefinition {
        use DocumentContent as Content;
        let section = DocumentSection::of_content;
        let mut sections = vec![section(Content::Results), section(Content::Statements)];
        for (at, area) in self.areas.iter().enumerate() {
            let components = DocumentSection {
                of: vec![Topic::Subject(FrameworkPart::Area(at).subject())],
                ..section(Content::Components)
            };
            sections.push(DocumentSection {
                new_page: true,
                sections: vec![components],
                ..section(Content::Text).titled(&area.title)
            });
        }
        let rest = [
            Content::Outcomes,
            Content::Trends,
            Content::Commentary,
            Content::Recommendations,
            Content::Actions,
            Content::AreasOfConcern,
            Content::Consequences,
            Content::Challenges,
            Content::Functions,
            Content::Findings,
            Content::NotChecked,
            Content::Inferred,
            Content::Uses,
            Content::CheckOfFacts,
        ];
        sections.extend(rest.map(section));
        DocumentDefinition {
            kind: DocumentKind::PanelReport,
            title: "Report".to_owned(),
            landscape: false,
            sections,
        }
    }
}
