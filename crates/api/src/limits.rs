//! Limits on the cost of a query, checked before it is validated or executed.
//!
//! All checks take time linear in the length of the query: each fragment is measured once, however
//! often it is spread. async-graphql's own validation visits every spread, so thirty fragments that
//! each spread the next one twice would keep it busy for an hour.
//!
//! | limit | what is counted |
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
//! *Rows* are the argument `first` if a field has one (or its default). For a list, they are the
//! length of the longest list given as an argument, or else the approximate length that the schema
//! declares; otherwise one. async-graphql resolves introspection field by field, so each of its
//! fields counts five.

mod measure;
mod scan;
#[cfg(test)]
mod tests;

pub(crate) use measure::QueryMeter;
pub(crate) use scan::{scan, string_length};

/// The limits of one query. The module documentation says how each is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of tokens in a document.
    pub tokens: u32,
    /// Maximum number of brackets open at once.
    pub nesting: u32,
    /// Maximum number of fragment definitions.
    pub fragments: u32,
    /// Maximum number of aliases.
    pub aliases: u32,
    /// Maximum number of directives.
    pub directives: u32,
    /// Maximum depth of nested fields.
    pub depth: u32,
    /// Maximum number of root fields of one operation.
    pub root_fields: u32,
    /// Maximum number of selections of an operation, with its fragments spread.
    pub selections: u32,
    /// Maximum cost.
    pub cost: u64,
}

impl Default for Limits {
    /// The standard introspection query needs a depth of 15 and costs about 2.7 million. A page of 200
    /// PCTs with everything but prose costs about 700,000.
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
            cost: 4_000_000,
        }
    }
}

/// Why a query is rejected because of its size.
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
    /// The stable error code for clients.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Refusal::Cycle => "GRAPHQL_VALIDATION_FAILED",
            _ => "QUERY_TOO_LARGE",
        }
    }
}
