//! Comparison of titles: the same words, whatever a conversion did to them.
//!
//! A report is compared with every title of a framework, cell by cell and line by line, so what is
//! compared of a title is prepared once, and pairs that cannot be alike are not compared letter by letter.

use crate::text::{key, shared_words};
use rapidfuzz::distance::levenshtein;
use serde::{Deserialize, Serialize};

/// Texts of more letters are not titles.
const LONGEST: usize = 400;

/// A title, and what is compared of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ComparedTitle {
    /// Its key.
    key: String,
    /// The key without spaces: breaks between words are often lost.
    letters: String,
    /// How many characters these are.
    length: usize,
    /// How many words the key has.
    words: usize,
}

impl ComparedTitle {
    pub(crate) fn of(text: &str) -> ComparedTitle {
        ComparedTitle::of_key(key(text))
    }

    pub(crate) fn of_key(key: String) -> ComparedTitle {
        let letters = key.replace(' ', "");
        ComparedTitle {
            length: letters.chars().count(),
            words: key.bytes().filter(|byte| *byte == b' ').count() + 1,
            letters,
            key,
        }
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Whether the title begins with these words of a key, whatever the breaks between them; if so, whether
    /// they are all of it.
    pub(crate) fn begins_with(&self, words: &str) -> Option<bool> {
        let letters = words.replace(' ', "");
        if !self.letters.starts_with(&letters) {
            return None;
        }
        let mut end = 0;
        let mut ends = self.key.split(' ').map(|word| {
            end += word.len();
            end
        });
        ends.any(|end| end == letters.len())
            .then_some(letters.len() == self.letters.len())
    }

    /// How alike the letters of two titles are, from 0 to 1, whatever the breaks between their words; 0 if
    /// that is less than `least`.
    pub(crate) fn likeness(&self, other: &ComparedTitle, least: f64) -> f64 {
        if self.key == other.key {
            return 1.0;
        }
        let (one, two) = (self.letters.len(), other.letters.len());
        let (short, long) = (one.min(two), one.max(two));
        if short * 10 < long * 6 || long > LONGEST {
            return 0.0;
        }
        // No letters are changed by less than the difference of their numbers.
        let (short, long) = (self.length.min(other.length), self.length.max(other.length));
        if share(short, long) < least {
            return 0.0;
        }
        let cutoff = levenshtein::Args::default().score_cutoff(least);
        levenshtein::normalized_similarity_with_args(
            self.letters.chars(),
            other.letters.chars(),
            &cutoff,
        )
        .unwrap_or(0.0)
    }

    /// How many words two titles share, from 0 to 1, as [`shared_words`] counts them; 0 if that is less than
    /// `least`.
    pub(crate) fn shared_words(&self, other: &ComparedTitle, least: f64) -> f64 {
        let (few, all) = (self.words.min(other.words), self.words + other.words);
        if share(2 * few, all) < least {
            return 0.0;
        }
        shared_words(&self.key, &other.key)
    }
}

/// How alike two keys are, from 0 to 1.
pub(crate) fn likeness(one: &str, other: &str) -> f64 {
    let (one, other) = (
        ComparedTitle::of_key(one.to_owned()),
        ComparedTitle::of_key(other.to_owned()),
    );
    one.likeness(&other, 0.0)
}

fn share(part: usize, whole: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    number(part) / number(whole.max(1))
}
