//! What a generated report says, and which of it its damaged text still shows.

use super::chance::Chance;
use std::collections::BTreeMap;

/// A value and whether the text still shows it.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) value: String,
    pub(crate) legible: bool,
}

impl Fact {
    pub(crate) fn new(value: impl Into<String>) -> Fact {
        Fact {
            value: value.into(),
            legible: true,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Measure {
    pub(crate) id: String,
    pub(crate) title: String,
    /// Position of each mark on the scale: panel, self, previous.
    pub(crate) marks: [usize; 3],
    pub(crate) legible: [bool; 3],
    pub(crate) rationale: Fact,
    /// The score that the rationale quotes.
    pub(crate) score: Option<Fact>,
}

#[derive(Clone, Debug)]
pub(crate) struct Component {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) number: Option<usize>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) overall: Option<(usize, bool)>,
    pub(crate) recommendation: String,
}

impl Component {
    pub(crate) fn steps(&self) -> &'static [&'static str] {
        if self.number.is_some() {
            &["1", "2", "3", "4"]
        } else {
            &["red", "amber", "green"]
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) slot: usize,
    pub(crate) title: String,
    pub(crate) tag: &'static str,
    /// Series and its five rates.
    pub(crate) series: Vec<(&'static str, Vec<Fact>)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Truth {
    pub(crate) framework: &'static str,
    pub(crate) name: String,
    pub(crate) code: String,
    pub(crate) month: &'static str,
    pub(crate) year: usize,
    pub(crate) components: Vec<Component>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) met: usize,
    pub(crate) improved: usize,
}

const OPENINGS: &[&str] = &[
    "The PCT has set out",
    "On panel day, the PCT evidenced",
    "The Board receives",
    "There is clear evidence of",
    "The PCT was able to describe",
    "Partners confirmed",
    "The strategic plan links",
    "A NED described",
    "The PCT’s JSNA covers",
    "The panel noted",
    "Analysts did not find",
    "The PCT commissions",
];
const MIDDLES: &[&str] = &[
    "a well-developed approach to",
    "joint work with the LA on",
    "detailed plans for",
    "a pro-active programme (since 2007) for",
    "monthly monitoring of",
    "only high-level assumptions about",
    "examples of redesign – such as",
    "the 18-week target and",
    "£4.5m of savings from",
    "benchmarking information, e.g. SHA averages, on",
    "training; this includes",
    "real-time data on",
];
const ENDS: &[&str] = &[
    "urgent care and long term conditions",
    "practice based commissioning",
    "patient experience across all settings",
    "end of life care in 2009/10",
    "procurement with the 3rd sector",
    "the financial position of providers",
    "smoking cessation in wards 3 and 4",
    "clinical engagement",
    "office efficiency and staff flow",
    "its top 3 priorities",
    "CQUIN schemes",
    "the downside scenario",
];

pub(crate) fn sentence(chance: &mut Chance) -> String {
    format!(
        "{} {} {}.",
        chance.pick(OPENINGS),
        chance.pick(MIDDLES),
        chance.pick(ENDS)
    )
}

pub(crate) fn prose(chance: &mut Chance, least: usize) -> String {
    let count = least + chance.below(4);
    (0..count)
        .map(|_| sentence(chance))
        .collect::<Vec<_>>()
        .join(" ")
}

fn wording(score: f64) -> &'static str {
    match score {
        score if score < 3.5 => "somewhat disagree",
        score if score < 4.5 => "somewhat agree",
        score if score < 5.5 => "agree",
        _ => "strongly agree",
    }
}

fn quoted_score(chance: &mut Chance) -> (String, String) {
    let score = 2.6 + chance.below(320) as f64 / 100.0;
    let text = format!("{score:.2}");
    let sentence = match chance.below(4) {
        0 => format!(
            "In the key stakeholder survey, respondents {} that the PCT is a leader (score of {text} out of 6).",
            wording(score)
        ),
        1 => format!(
            "In the key stakeholder survey respondents {} the PCT engages clinicians, feedback score {text} out of 6.",
            wording(score)
        ),
        2 => format!(
            "The stakeholder survey shows that partners {} on this ({text} out of 6).",
            wording(score)
        ),
        _ => format!(
            "Respondents to the key stakeholder survey {} that the PCT is effective. (score of {text} out of 6).",
            wording(score)
        ),
    };
    (text, sentence)
}

fn rate(chance: &mut Chance) -> Fact {
    if chance.percent(6) {
        return Fact::new("n/a");
    }
    let tenths = chance.below(400) as i64 - 200;
    Fact::new(format!("{:.1}", tenths as f64 / 10.0).replace("-0.0", "0.0"))
}

/// The titles of a framework: component, title, and its measures.
pub(crate) type Titles = Vec<(String, String, Vec<(String, String)>)>;

pub(crate) fn draw(
    chance: &mut Chance,
    titles: &BTreeMap<&'static str, Titles>,
    outcomes: &[String],
    bodies: &[(String, String)],
) -> Truth {
    let framework = if chance.percent(35) {
        "wcc-2008-09"
    } else {
        "wcc-2009-10"
    };
    let (month, year) = if framework == "wcc-2008-09" {
        *chance.pick(&[&("December", 2008), &("January", 2009), &("March", 2009)])
    } else {
        *chance.pick(&[&("March", 2010), &("April", 2010), &("May", 2010)])
    };
    let (code, name) = bodies[chance.below(bodies.len())].clone();
    let surveyed = ["1a", "1b", "2b", "2c", "3a", "4c"];
    let components = titles[framework]
        .iter()
        .filter(|(_, _, measures)| !measures.is_empty())
        .map(|(id, title, measures)| {
            let number: Option<usize> = id.parse().ok();
            let steps = if number.is_some() { 4 } else { 3 };
            let measures = measures
                .iter()
                .map(|(id, title)| {
                    let mut rationale = prose(chance, 1);
                    let mut score = None;
                    if surveyed.contains(&id.as_str()) {
                        let (value, quoted) = quoted_score(chance);
                        rationale = format!("{quoted} {rationale}");
                        score = Some(Fact::new(value));
                    }
                    Measure {
                        id: id.clone(),
                        title: title.clone(),
                        marks: [
                            chance.below(steps),
                            chance.below(steps),
                            chance.below(steps),
                        ],
                        legible: [true; 3],
                        rationale: Fact::new(rationale),
                        score,
                    }
                })
                .collect();
            let overall = number.is_none().then(|| (chance.below(3), true));
            Component {
                id: id.clone(),
                title: title.clone(),
                number,
                measures,
                overall,
                recommendation: sentence(chance),
            }
        })
        .collect();
    let mut pool: Vec<String> = outcomes.to_vec();
    chance.shuffle(&mut pool);
    let mut chosen = vec![
        ("Health inequalities".to_owned(), "National", true),
        ("Life expectancy".to_owned(), "National", true),
    ];
    chosen.extend(pool.into_iter().take(8).map(|title| {
        (
            title,
            *chance.pick(&[&"Local", &"Local", &"Newly Selected"]),
            false,
        )
    }));
    let outcomes = chosen
        .into_iter()
        .enumerate()
        .map(|(at, (title, tag, pair))| {
            let series = if pair {
                vec!["males", "females"]
            } else {
                vec!["persons"]
            };
            let series = series
                .into_iter()
                .map(|series| (series, (0..5).map(|_| rate(chance)).collect()))
                .collect();
            Outcome {
                slot: at + 1,
                title,
                tag,
                series,
            }
        })
        .collect();
    Truth {
        framework,
        name,
        code,
        month,
        year,
        components,
        outcomes,
        met: chance.below(11),
        improved: chance.below(11),
    }
}
