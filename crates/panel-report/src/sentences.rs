//! Sentences, and the words that make what a sentence states doubtful.

/// The sentences of a text. A point within a number, or after an abbreviation, ends none; nor does
/// one before a bracket.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, sign) in text.char_indices() {
        let end = at + sign.len_utf8();
        let before = text.get(start..at).unwrap_or_default();
        let rest = text.get(end..).unwrap_or_default();
        let ends = match sign {
            '\n' => true,
            ';' | '!' | '?' => rest.starts_with(char::is_whitespace),
            '.' => {
                let word = before
                    .rsplit(|sign: char| !sign.is_alphanumeric())
                    .next()
                    .unwrap_or_default();
                let number = word.ends_with(|sign: char| sign.is_ascii_digit());
                let short = !number && (1..=2).contains(&word.chars().count());
                let next = rest.trim_start().chars().next();
                let goes_on = next.is_some_and(|next| {
                    next == '(' || next.is_lowercase() || (number && next.is_ascii_digit())
                });
                rest.starts_with(char::is_whitespace) && !short && !goes_on
            }
            _ => false,
        };
        if ends {
            out.push(before.trim());
            start = end;
        }
    }
    out.push(text.get(start..).unwrap_or_default().trim());
    out.retain(|sentence| !sentence.is_empty());
    out
}

/// Words that deny, limit, postpone or move to someone else what a sentence states.
const DOUBTFUL: &[&str] = &[
    "not",
    "no",
    "never",
    "none",
    "without",
    "cannot",
    "neither",
    "nor",
    "hardly",
    "barely",
    "except",
    "excluding",
    "apart",
    "besides",
    "rather",
    "instead",
    "other",
    "others",
    "another",
    "all",
    "both",
    "some",
    "but",
    "however",
    "although",
    "though",
    "while",
    "whilst",
    "whereas",
    "unlike",
    "or",
    "either",
    "least",
    "most",
    "nearly",
    "almost",
    "about",
    "around",
    "up",
    "approximately",
    "roughly",
    "between",
    "range",
    "more",
    "less",
    "fewer",
    "than",
    "over",
    "under",
    "should",
    "would",
    "could",
    "can",
    "may",
    "might",
    "must",
    "will",
    "shall",
    "be",
    "plans",
    "plan",
    "planned",
    "planning",
    "expects",
    "expected",
    "expect",
    "expectation",
    "aims",
    "aim",
    "aimed",
    "hopes",
    "hope",
    "intends",
    "intended",
    "target",
    "targets",
    "next",
    "future",
    "further",
    "if",
    "unless",
    "unclear",
    "uncertain",
    "whether",
    "possible",
    "possibly",
    "perhaps",
    "likely",
    "unlikely",
    "potential",
    "potentially",
    "need",
    "needs",
    "needed",
    "require",
    "requires",
    "required",
    "fail",
    "failed",
    "fails",
    "claims",
    "claimed",
    "claim",
    "neighbouring",
    "neighbours",
    "peers",
    "pcts",
    "average",
    "mean",
    "nation",
    "national",
    "nationally",
    "england",
    "sha",
    "region",
    "regional",
    "regionally",
    "previous",
    "previously",
    "formerly",
    "earlier",
    "compared",
    "comparison",
    "against",
    "too",
    "insufficient",
    "insufficiently",
    "lack",
    "lacks",
    "limited",
    "little",
    "doesnt",
    "hasnt",
    "isnt",
    "didnt",
    "wasnt",
    "werent",
    "havent",
    "wont",
    "arent",
    "cant",
    "couldnt",
    "wouldnt",
    "shouldnt",
    "unable",
    "believes",
    "believed",
    "thought",
    "until",
    "room",
    "scope",
    "continue",
    "opportunity",
];

/// The first word of a key that makes a statement doubtful.
pub(crate) fn doubtful_word(words: &str) -> Option<&str> {
    let all: Vec<&str> = words.split(' ').collect();
    all.iter()
        .enumerate()
        .find(|(at, word)| {
            // `improved on last year` compares; `last year it improved` is about another year.
            let before = at.checked_sub(1).and_then(|at| all.get(at)).copied();
            let compares = matches!(before, Some("on" | "since"));
            DOUBTFUL.contains(word) || (**word == "last" && !compares)
        })
        .map(|(_, word)| *word)
}
