//! What a query may cost, decided before anything is validated or executed.
//!
//! Everything here is linear in the length of the query: a fragment is measured once, however
//! often it is spread. That matters because async-graphql's own checks walk each spread again, so
//! that thirty fragments which each spread the next one twice would keep it busy for an hour.
//!
//! | limit | how it is counted |
//! |---|---|
//! | tokens | names, numbers, strings and punctuation of the whole document; not white space, commas and comments |
//! | nesting | brackets of any kind that are open at once; keeps the parser's recursion short |
//! | fragments | fragment definitions of the document |
//! | aliases | aliases as they are written in the document, each once |
//! | directives | directives as they are written in the document, each once |
//! | depth | fields within fields, with fragments spread; introspection counts like everything else |
//! | root fields | fields of an operation's outermost selection, with fragments spread |
//! | selections | fields and fragments of an operation, with every fragment spread at every place |
//! | cost | each field counts one, and once more for all that is selected within, times its rows |
//!
//! *Rows* are the argument `first` where a field has one (left out: its default), for a list the
//! longest list that is given as an argument or else the number that the schema declares it to
//! have about, and one for anything else. Introspection is resolved by the library field by
//! field, so that each of its fields counts five.

mod measure;
mod scan;
#[cfg(test)]
mod tests;

pub(crate) use measure::Measure;
pub(crate) use scan::{scan, string_length};

/// What one query may have. The head of this file says how each is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most tokens of a document.
    pub tokens: u32,
    /// Most brackets that are open at once.
    pub nesting: u32,
    /// Most fragment definitions.
    pub fragments: u32,
    /// Most aliases.
    pub aliases: u32,
    /// Most directives.
    pub directives: u32,
    /// Most fields within one another.
    pub depth: u32,
    /// Most fields at the root of one operation.
    pub root_fields: u32,
    /// Most selections of an operation with its fragments spread.
    pub selections: u32,
    /// Most cost.
    pub cost: u64,
}

impl Default for Limits {
    /// The standard introspection query needs a depth of 15; it costs some 800,000, a page of 200
    /// PCTs with everything but prose some 700,000.
    fn default() -> Limits {
        Limits {
            tokens: 2_000,
            nesting: 60,
            fragments: 50,
            aliases: 30,
            directives: 50,
            depth: 15,
            root_fields: 10,
            selections: 5_000,
            cost: 2_000_000,
        }
    }
}

/// Why a query is refused before it is looked at any closer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the query has more than {0} tokens (names, numbers, strings, punctuation)")]
    Tokens(u32),
    #[error("the query has more than {0} brackets open at once")]
    Nesting(u32),
    #[error("the query defines {found} fragments; at most {most} are allowed")]
    Fragments { found: usize, most: u32 },
    #[error("the query has {found} aliases; at most {most} are allowed")]
    Aliases { found: u32, most: u32 },
    #[error("the query has {found} directives; at most {most} are allowed")]
    Directives { found: u32, most: u32 },
    #[error(
        "the query nests fields {found} deep (fragments are counted where they are spread); at \
         most {most} are allowed"
    )]
    Depth { found: u32, most: u32 },
    #[error("the query asks for {found} fields at its root; at most {most} are allowed")]
    RootFields { found: u64, most: u32 },
    #[error(
        "the query selects {found} fields and fragments once every fragment is spread; at most \
         {most} are allowed"
    )]
    Selections { found: String, most: u32 },
    #[error(
        "the query costs {found} (fields times the rows of the lists they are in); at most {most} \
         are allowed: ask for fewer rows with `first`, or for fewer fields"
    )]
    Cost { found: String, most: u64 },
    #[error("a fragment spreads itself")]
    Cycle,
}

impl Refusal {
    /// The code that a client can rely on.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Refusal::Cycle => "GRAPHQL_VALIDATION_FAILED",
            _ => "QUERY_TOO_LARGE",
        }
    }
}
