//! The methods of a regime: how its judgements come about, and what people call them.

use crate::record::Method;
use crate::words;

/// A method that a framework declares. [`Method`] is its purpose; everything else is what people
/// call it and who uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodDefinition {
    /// What the method is for.
    pub purpose: Method,
    /// The word that files use: `self`.
    pub id: String,
    /// Its title as a sentence uses it: `self-assessment`.
    pub title: String,
    /// What the legend of a scorecard calls its mark: `self-assessment`.
    pub label: String,
    /// The heading of a column: `self`.
    pub short: String,
    /// Its mark on a scorecard, one character; `None` if the scorecard does not show it.
    pub mark: Option<char>,
    /// Who uses it, as a sentence says it: `the panel`.
    pub assessor: String,
    /// Identifier of the role that uses it.
    pub used_by: Option<String>,
    /// Identifier of the phase in which it is used.
    pub phase: Option<String>,
}

impl MethodDefinition {
    /// The method of results that a cycle takes over from the cycle before, in a framework that
    /// declares none for them.
    pub fn previous_result() -> Self {
        Self {
            purpose: Method::Previous,
            id: Method::Previous.name().to_owned(),
            title: neutral_title(Method::Previous).to_owned(),
            label: neutral_title(Method::Previous).to_owned(),
            short: Method::Previous.name().to_owned(),
            mark: Methods::usual_mark(Method::Previous),
            assessor: Methods::ASSESSOR.to_owned(),
            used_by: None,
            phase: None,
        }
    }
}

/// The methods of a framework, at most one for each purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Methods {
    /// In the order of [`Method::ALL`].
    definitions: Vec<MethodDefinition>,
    /// What a comparison with the previous result calls it: `last year`.
    pub previous: String,
    /// What happens to a value that is moderated: `calibrated`.
    pub moderated: String,
    /// The noun for it: `calibration`.
    pub moderation: String,
}

impl Methods {
    /// Methods of a regime. Of several with the same purpose, the first counts.
    pub fn new(mut definitions: Vec<MethodDefinition>) -> Self {
        definitions.sort_by_key(|definition| definition.purpose);
        definitions.dedup_by_key(|definition| definition.purpose);
        let title = |purpose, otherwise: &str| {
            let mut all = definitions.iter();
            let definition = all.find(|definition| definition.purpose == purpose);
            definition.map_or_else(|| otherwise.to_owned(), |found| found.title.clone())
        };
        Self {
            previous: format!("the {}", title(Method::Previous, "previous result")),
            moderation: title(Method::Calibrated, "moderation"),
            moderated: "moderated".to_owned(),
            definitions,
        }
    }

    /// The five methods of World Class Commissioning: those of a file in format 1.
    pub fn world_class_commissioning() -> Self {
        let texts = [
            (
                Method::Previous,
                "last year's rating",
                "last year",
                Some('●'),
            ),
            (
                Method::SelfAssessment,
                "self-assessment",
                "self-assessment",
                Some('□'),
            ),
            (Method::Analyst, "analysts' view", "analysts", None),
            (Method::Panel, "panel assessment", "panel", Some('✓')),
            (
                Method::Calibrated,
                "calibrated result",
                "calibrated",
                Some('◆'),
            ),
        ];
        let definitions = texts.map(|(purpose, title, label, mark)| MethodDefinition {
            purpose,
            id: purpose.name().to_owned(),
            title: title.to_owned(),
            label: label.to_owned(),
            short: match purpose {
                Method::SelfAssessment => "self".to_owned(),
                _ => label.to_owned(),
            },
            mark,
            assessor: match purpose {
                Method::Analyst => "the analysts".to_owned(),
                _ => "the panel".to_owned(),
            },
            used_by: None,
            phase: None,
        });
        Self {
            definitions: definitions.into(),
            previous: "last year".to_owned(),
            moderated: "calibrated".to_owned(),
            moderation: "calibration".to_owned(),
        }
    }

    /// The only method of a file in format 2 that declares none: an assessment, which decides.
    pub fn assessment() -> Self {
        Self::new(vec![MethodDefinition {
            purpose: Method::Panel,
            id: "assessment".to_owned(),
            title: "assessment".to_owned(),
            label: "assessment".to_owned(),
            short: "assessment".to_owned(),
            mark: Self::usual_mark(Method::Panel),
            assessor: Self::ASSESSOR.to_owned(),
            used_by: None,
            phase: None,
        }])
    }

    /// Who uses a method that no role uses.
    pub const ASSESSOR: &'static str = "the assessor";

    /// The mark of a method that declares none.
    pub const fn usual_mark(purpose: Method) -> Option<char> {
        match purpose {
            Method::Previous => Some('●'),
            Method::SelfAssessment => Some('□'),
            Method::Analyst => None,
            Method::Panel => Some('✓'),
            Method::Calibrated => Some('◆'),
        }
    }

    /// Every method, in the order of the cycle.
    pub fn each(&self) -> impl Iterator<Item = &MethodDefinition> + Clone {
        self.definitions.iter()
    }

    /// These methods with one for previous results. A cycle that follows another has such results
    /// even if its framework declares no method for them.
    #[must_use]
    pub fn with_previous(&self) -> Self {
        let mut methods = self.clone();
        if !methods.has(Method::Previous) {
            let at = MethodDefinition::previous_result();
            methods.definitions.insert(0, at);
        }
        methods
    }

    /// Forgets the phases that a review leaves out.
    pub(super) fn keep_phases(&mut self, is_kept: impl Fn(&str) -> bool) {
        for definition in &mut self.definitions {
            definition.phase.take_if(|phase| !is_kept(phase));
        }
    }

    /// The identifiers of all methods, in the order of the cycle.
    pub fn ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.each().map(|definition| definition.id.as_str())
    }

    /// The method for a purpose, if the regime has one.
    pub fn get(&self, purpose: Method) -> Option<&MethodDefinition> {
        self.each().find(|definition| definition.purpose == purpose)
    }

    /// Whether the regime has a method for a purpose.
    pub fn has(&self, purpose: Method) -> bool {
        self.get(purpose).is_some()
    }

    /// The method with an identifier, ignoring case.
    pub fn named(&self, id: &str) -> Option<Method> {
        let mut all = self.each();
        all.find(|definition| definition.id.eq_ignore_ascii_case(id))
            .map(|definition| definition.purpose)
    }

    /// What sentences call the method for a purpose: `panel assessment`.
    pub fn title(&self, purpose: Method) -> &str {
        match self.get(purpose) {
            Some(definition) => &definition.title,
            None => neutral_title(purpose),
        }
    }

    /// What a legend and a comparison call the method for a purpose: `last year`.
    pub fn label(&self, purpose: Method) -> &str {
        match self.get(purpose) {
            Some(definition) => &definition.label,
            None => neutral_title(purpose),
        }
    }

    /// The identifier of the method for a purpose, as files write it.
    pub fn id(&self, purpose: Method) -> &str {
        match self.get(purpose) {
            Some(definition) => &definition.id,
            None => neutral_title(purpose),
        }
    }

    /// The mark of the method for a purpose on a scorecard.
    pub fn mark(&self, purpose: Method) -> Option<char> {
        self.get(purpose)?.mark
    }

    /// Who makes the result, as a sentence says it: `the panel`.
    pub fn assessor(&self) -> &str {
        match self.get(Method::Panel) {
            Some(definition) => &definition.assessor,
            None => Self::ASSESSOR,
        }
    }

    /// Whose the result is: `the panel's`.
    pub fn of_assessor(&self) -> String {
        words::possessive(self.assessor())
    }
}

/// What sentences call a value by a method that the regime does not have.
fn neutral_title(purpose: Method) -> &'static str {
    match purpose {
        Method::Previous => "previous result",
        Method::SelfAssessment => "own view",
        Method::Analyst => "analysis",
        Method::Panel => "result",
        Method::Calibrated => "moderated result",
    }
}
