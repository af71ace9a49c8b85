//! The documentation of checks in the words of a framework.
//!
//! Texts of checks hold the name of a word in braces: `every {body} must have`.

use crate::framework::{Framework, Methods, Words};
use crate::record::Method;
use crate::words::{capitalised, with_article};

/// The words that replace names in braces.
pub(super) struct Wording(Vec<(&'static str, String)>);

impl Wording {
    /// The words of a framework.
    pub(super) fn of(framework: &Framework) -> Self {
        let component = framework
            .areas
            .first()
            .map_or("component", |area| &area.component_word);
        let any_component = framework.component_words();
        Self::new(
            &framework.words,
            &framework.methods,
            component,
            &any_component,
        )
    }

    /// The words of no framework.
    pub(super) fn neutral() -> Self {
        let (words, methods) = (Words::neutral(), Methods::assessment());
        Self::new(&words, &methods, "component", "component")
    }

    fn new(words: &Words, methods: &Methods, component: &str, any_component: &str) -> Self {
        let assessor = methods.assessor();
        Wording(vec![
            ("{body}", words.body.one.clone()),
            ("{a body}", words.body.with_article()),
            ("{bodies}", words.body.many.clone()),
            ("{group}", words.group.one.clone()),
            ("{peers}", words.peers.one.clone()),
            ("{assessor}", assessor.to_owned()),
            ("{assessor's}", methods.of_assessor()),
            (
                "{own view}",
                methods.title(Method::SelfAssessment).to_owned(),
            ),
            ("{component}", component.to_owned()),
            ("{components}", crate::words::plural(component)),
            ("{any component}", any_component.to_owned()),
            ("{moderated}", methods.moderated.clone()),
            ("{a moderated}", with_article(&methods.moderated)),
            ("{moderating}", moderating(&methods.moderated)),
            ("{moderation}", methods.moderation.clone()),
        ])
    }

    /// A text with its words. A sentence begins with a capital letter.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (name, word) in &self.0 {
            filled = filled.replace(name, word);
        }
        let sentences: Vec<String> = filled.split(". ").map(capitalised).collect();
        sentences.join(". ")
    }
}

/// "calibrated" becomes "calibrating".
fn moderating(moderated: &str) -> String {
    match moderated.strip_suffix("ed") {
        Some(stem) => format!("{stem}ing"),
        None => "moderating".to_owned(),
    }
}
