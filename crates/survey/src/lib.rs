//! Surveys as a process: a survey is opened for a body, people are invited, they answer with a
//! token of their own, and closing it leaves only what may be published.
//!
//! Nothing of this is in the ledger until a survey is closed. [`store`] holds surveys in a database
//! of their own, [`Surveys`] has the acts. What keeps answers apart from respondents:
//!
//! - Everything about people is sealed with a key of the survey's own, in a file outside the
//!   database ([`KeyFolder`]). Whoever has the database alone learns neither who was invited, nor
//!   who has answered, nor any answer. Closing the survey destroys the key, and with it every copy.
//! - An invitation holds a digest of its token, and a saved sheet is found by another digest of it.
//!   A submitted sheet goes into a box of many: from then on not even the token leads to it.
//! - There are no times and no serial numbers. All invitations are one row, submitted sheets are many
//!   to a row in random order, and both are rewritten as a whole: neither rows nor the places where a
//!   database keeps them say anything about the order of answers.
//! - The sealed roster has the digest of every box and import, and is itself sealed for one revision,
//!   questionnaire and last day: what is changed without the key is noticed.
//!
//! `docs/surveys.md` says what remains possible, and to whom.

mod boxes;
mod digest;
mod error;
mod keys;
mod published;
mod roster;
mod seal;
pub mod store;
mod surveys;
mod token;
mod typed;

pub use digest::DigestReader;
pub use keys::KeyFolder;
pub use published::{
    PublishedComments, PublishedFigures, PublishedQuestion, PublishedResults, SupportedLevel,
    TrainingNeed,
};
pub use store::SurveyStore;
pub use surveys::{
    ClosedSurvey, ClosingSurvey, GroupStatus, InviteResult, NewSurvey, OpenResult, OpenedSheet,
    SurveyError, SurveyName, SurveyOverview, SurveyState, SurveyStatus, Surveys,
};
pub use token::Token;
pub use typed::{TypedAnswer, TypedContact, TypedProblem, typed_contacts, typed_sheet};
