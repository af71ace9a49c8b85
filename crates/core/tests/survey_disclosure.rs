//! What is published of a survey concerns no fewer respondents than the minimum, by any sum or
//! difference of figures.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

use proptest::prelude::*;
use wcc_core::survey::disclosure::{RespondentCount, blocks};
use wcc_core::survey::{
    AnswerScale, AnswerSheet, Figures, Purpose, Question, Questionnaire, RespondentGroup,
    SurveyResults, Tally,
};

fn questionnaire(groups: usize, questions: usize, minimum: u32) -> Questionnaire {
    let group = |at| RespondentGroup {
        code: format!("group-{at}").into(),
        title: format!("Group {at}").into(),
    };
    let question = |at| Question {
        id: format!("question-{at}").into(),
        text: format!("Question {at}").into(),
        measures: vec!["1a".into()],
        components: Vec::new(),
        comment: true,
        expected: None,
    };
    Questionnaire {
        code: "survey".into(),
        title: "A survey".into(),
        purpose: Purpose::SurveyResults("key-stakeholder".into()),
        minimum_group: minimum,
        scale: AnswerScale {
            lowest: 1,
            wordings: ["a", "b", "c", "d", "e", "f"].map(Into::into).to_vec(),
        },
        groups: (0..groups).map(group).collect(),
        questions: (0..questions).map(question).collect(),
        source: None,
    }
}

/// A respondent: their group, their answer to each question, and whether these were imported.
type Respondent = (usize, Vec<Option<u8>>, bool);

fn results(questionnaire: &Questionnaire, respondents: &[Respondent]) -> SurveyResults {
    let (mut own, mut imported) = (Tally::new(questionnaire), Tally::new(questionnaire));
    for (at, (group, answers, is_imported)) in respondents.iter().enumerate() {
        let tally = if *is_imported {
            &mut imported
        } else {
            &mut own
        };
        tally.add(
            *group,
            &AnswerSheet {
                answers: answers.clone(),
                comments: answers
                    .iter()
                    .map(|_| format!("of respondent {at}").into())
                    .collect(),
            },
        );
    }
    SurveyResults::of(questionnaire, &own, &imported)
}

/// The sets of respondents whose figures on a question are published.
fn published(
    results: &SurveyResults,
    question: usize,
    respondents: &[Respondent],
) -> Vec<Vec<usize>> {
    let of = |groups: &dyn Fn(usize) -> bool| -> Vec<usize> {
        let numbered = respondents.iter().enumerate();
        let answered = numbered
            .filter(|(_, (group, answers, _))| groups(*group) && answers[question].is_some());
        answered.map(|(at, _)| at).collect()
    };
    let result = &results.questions[question];
    let mut sets: Vec<Vec<usize>> = result
        .groups
        .iter()
        .map(|shown| of(&|group| shown.groups.contains(&group)))
        .collect();
    for (set, shown) in sets.iter().zip(&result.groups) {
        assert_eq!(
            set.len() as u64,
            shown.figures.answers,
            "the figures are those of the groups"
        );
    }
    if let Some(overall) = &result.overall {
        let everybody = of(&|_| true);
        assert_eq!(
            everybody.len() as u64,
            overall.answers,
            "overall is everybody"
        );
        sets.push(everybody);
    }
    sets
}

/// Every set of respondents that a sum or difference of the sets, with small weights, singles out.
fn isolated(sets: &[Vec<usize>], respondents: usize) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    let combinations = 5_usize.pow(u32::try_from(sets.len()).expect("few sets"));
    for mut combination in 0..combinations {
        let mut weights = vec![0_i64; respondents];
        for set in sets {
            let weight = i64::try_from(combination % 5).expect("small") - 2;
            combination /= 5;
            for at in set {
                weights[*at] += weight;
            }
        }
        let support = (0..respondents).filter(|at| weights[*at] != 0);
        found.push(support.collect());
    }
    found
}

fn respondents(
    groups: usize,
    questions: usize,
    most: usize,
) -> impl Strategy<Value = Vec<Respondent>> {
    let answer = prop_oneof![3 => (0_u8..6).prop_map(Some), 1 => Just(None)];
    prop::collection::vec(
        (
            0..groups,
            prop::collection::vec(answer, questions),
            any::<bool>(),
        ),
        0..=most,
    )
}

proptest! {
    #[test]
    fn no_combination_of_figures_isolates_a_few(
        respondents in respondents(4, 2, 14),
        minimum in 2_u32..5,
    ) {
        let questionnaire = questionnaire(4, 2, minimum);
        let results = results(&questionnaire, &respondents);
        for question in 0..2 {
            let sets = published(&results, question, &respondents);
            for set in isolated(&sets, respondents.len()) {
                prop_assert!(set.is_empty() || set.len() >= minimum as usize, "{sets:?} give {set:?}");
                // Whoever has the imported table knows those answers, and can subtract them.
                let own = set.iter().filter(|at| !respondents[**at].2).count();
                prop_assert!(own == 0 || own >= minimum as usize, "{sets:?} give {set:?}");
            }
        }
    }

    /// What is published does not depend on who of a block gave which answer: two respondents who
    /// are not told apart may exchange theirs.
    #[test]
    fn answers_within_a_block_may_be_exchanged(
        respondents in respondents(4, 1, 14),
        minimum in 2_u32..5,
        first in any::<prop::sample::Index>(),
        second in any::<prop::sample::Index>(),
    ) {
        prop_assume!(!respondents.is_empty());
        let (first, second) = (first.index(respondents.len()), second.index(respondents.len()));
        prop_assume!(respondents[first].1[0].is_some() && respondents[second].1[0].is_some());
        let questionnaire = questionnaire(4, 1, minimum);
        let without_comments = |respondents: &[Respondent]| {
            let mut results = results(&questionnaire, respondents);
            results.questions.iter_mut().for_each(|question| question.comments.clear());
            results
        };
        let before = without_comments(&respondents);
        let together = |shown: &Vec<usize>| {
            [first, second].iter().all(|at| shown.contains(&respondents[*at].0))
        };
        let blocks: Vec<Vec<usize>> = match &before.questions[0] {
            question if question.overall.is_none() => vec![vec![0, 1, 2, 3]],
            question if question.groups.is_empty() => vec![vec![0, 1, 2, 3]],
            question => question.groups.iter().map(|shown| shown.groups.clone()).collect(),
        };
        prop_assume!(blocks.iter().any(together));
        let mut exchanged = respondents.clone();
        let answers = exchanged[first].1.clone();
        exchanged[first].1 = std::mem::replace(&mut exchanged[second].1, answers);
        prop_assert_eq!(without_comments(&exchanged), before);
    }

    #[test]
    fn comments_come_only_from_groups_that_are_shown(
        respondents in respondents(4, 2, 14),
        minimum in 2_u32..5,
    ) {
        let questionnaire = questionnaire(4, 2, minimum);
        for question in &results(&questionnaire, &respondents).questions {
            for comments in &question.comments {
                let shown = question.groups.iter().find(|shown| shown.groups == [comments.group]);
                prop_assert!(shown.is_some_and(|shown| shown.figures.answers >= u64::from(minimum)));
                prop_assert!(comments.comments.is_sorted());
            }
        }
    }

    /// The order of answers does not matter.
    #[test]
    fn results_do_not_depend_on_the_order(respondents in respondents(3, 2, 12)) {
        let questionnaire = questionnaire(3, 2, 3);
        let none = Tally::new(&questionnaire);
        let (mut tally, mut reversed) = (Tally::new(&questionnaire), Tally::new(&questionnaire));
        for (group, answers, _) in &respondents {
            tally.add_answers(*group, answers);
        }
        for (group, answers, _) in respondents.iter().rev() {
            reversed.add_answers(*group, answers);
        }
        prop_assert_eq!(
            SurveyResults::of(&questionnaire, &tally, &none),
            SurveyResults::of(&questionnaire, &reversed, &none)
        );
    }

    #[test]
    fn figures_are_those_of_the_answers(answers in prop::collection::vec(0_u8..6, 1..60)) {
        let mut distribution = vec![0; 6];
        for answer in &answers {
            distribution[usize::from(*answer)] += 1;
        }
        let figures = Figures::of(1, distribution).expect("figures");
        let count = answers.len() as f64;
        let mean = answers.iter().map(|answer| f64::from(*answer) + 1.0).sum::<f64>() / count;
        let squares = answers.iter().map(|answer| (f64::from(*answer) + 1.0 - mean).powi(2));
        let spread = (squares.sum::<f64>() / count).sqrt();
        prop_assert!((figures.mean.to_f64() - mean).abs() < 1e-9);
        prop_assert!((figures.spread_hundredths as f64 / 100.0 - spread).abs() < 0.005 + 1e-9);
    }
}

#[test]
fn small_groups_are_pooled_and_the_pool_is_filled_up() {
    for (counts, minimum, expected) in [
        // Nobody is small.
        (vec![3, 4, 5], 3, vec![vec![0], vec![1], vec![2]]),
        // Two small groups are enough together.
        (vec![2, 7, 1], 3, vec![vec![1], vec![0, 2]]),
        // One small group alone: the smallest other group joins it.
        (vec![2, 7, 4], 3, vec![vec![1], vec![0, 2]]),
        // There is only one other group: everybody is shown together.
        (vec![2, 7], 3, vec![vec![0, 1]]),
        // Groups without answers do not show that nobody answered.
        (vec![2, 0, 7, 5], 3, vec![vec![2], vec![0, 1, 3]]),
        (vec![0, 7], 3, vec![vec![1]]),
        // Too few in all.
        (vec![1, 1], 3, vec![]),
        (vec![], 3, vec![]),
    ] {
        let own: Vec<RespondentCount> = counts
            .iter()
            .map(|own| RespondentCount {
                own: *own,
                imported: 0,
            })
            .collect();
        assert_eq!(blocks(&own, minimum), expected, "{counts:?}");
    }
}

/// Answers are given as (own, imported).
#[test]
fn a_few_own_answers_do_not_hide_behind_imported_ones() {
    for (counts, expected) in [
        // One person answered online, ten on paper: they join a group of people who answered online.
        (vec![(1, 10), (4, 0), (0, 5)], vec![vec![2], vec![0, 1]]),
        (
            vec![(3, 10), (4, 0), (0, 5)],
            vec![vec![0], vec![1], vec![2]],
        ),
        (vec![(2, 10), (1, 3)], vec![vec![0, 1]]),
        // Nobody else answered online: whoever has the paper would find their answers.
        (vec![(1, 10), (0, 5)], vec![]),
        // Imported answers alone are counted as they are.
        (vec![(0, 2), (0, 5)], vec![vec![0, 1]]),
    ] {
        let counted = counts.iter();
        let counted: Vec<RespondentCount> = counted
            .map(|(own, imported)| RespondentCount {
                own: *own,
                imported: *imported,
            })
            .collect();
        assert_eq!(blocks(&counted, 3), expected, "{counts:?}");
    }
}

#[test]
fn a_mean_just_below_a_boundary_is_not_shown_as_the_boundary() {
    let boundary = wcc_core::Fraction::from_decimal("4.5").expect("a number");
    // 1,000 answers with a mean of 4.499.
    let figures = Figures::of(1, vec![0, 0, 0, 501, 499, 0]).expect("figures");
    assert_eq!(figures.mean_in_decimals([boundary].into_iter()), "4.499");
    assert_eq!(figures.mean_in_decimals([].into_iter()), "4.50");
    let figures = Figures::of(1, vec![0, 0, 0, 1, 1, 0]).expect("figures");
    assert_eq!(figures.mean_in_decimals([boundary].into_iter()), "4.50");
    assert_eq!(figures.spread_in_decimals(), "0.50");
}

/// Halfway counts as the higher answer, as at the start of a band.
#[test]
fn a_mean_halfway_has_the_wording_of_the_higher_answer() {
    let scale = questionnaire(1, 1, 3).scale;
    assert_eq!(scale.wording(3.5), Some("d"));
    assert_eq!(scale.wording(3.499), Some("c"));
    assert_eq!(scale.wording(6.0), Some("f"));
}
