//! The GraphQL API over the assurance programme: schema, limits, execution, answer cache and HTTP.
//!
//! An [`Api`] holds the current picture. HTTP, the command line and tests call [`Api::execute`];
//! [`router`] and [`serve`] provide it over the network.
//!
//! The steps of a query: its tokens are counted; it is parsed; its size is measured, each fragment
//! once ([`Limits`]); async-graphql validates it; its variables are checked; its selection is
//! compiled and written from the picture directly as JSON. A valid document is not parsed or
//! validated again, and an answer is cached until one of the cycles that it was written from
//! changes.
//!
//! With a [`History`], queries can use `@asOf` to read an earlier state, and mutations add entries
//! to a ledger.

mod answer_keys;
mod api;
mod cache;
mod execute;
mod history;
mod http;
mod import;
mod limits;
mod live_records;
mod mutation;
mod picture;
mod project;
mod root;
mod sources;
mod survey;
mod types;
mod view;
mod visible_programme;

pub use api::subscription::{Operation, Subscription};
pub use api::{Api, Settings, SubscriptionSettings};
pub use execute::answer::{Answer, Kind};
pub use execute::request::Request;
pub use execute::whole_cycle::{Part, cycle_in_json, evidence_in_json};
pub use history::{
    BoxFuture, Entered, History, HistoryError, OutputDifference, ReadableMessage, SendAgainError,
    SendAgainRequest,
};
pub use http::{
    ACT_AS, Authenticator, CredentialsError, Holder, TokenError, TokenHolders, json_response,
    lists_tag, not_found, router, routes, serve, serve_router, with_layers,
};
pub use import::{
    ChangedField, ImportContent, ImportFailure, ImportMistake, ImportMistakeKind, ImportRequest,
    ImportResult, ImportedChange, TableText, TableToImport,
};
pub use limits::Limits;
pub use mutation::{FieldKind, FormField, MutationForm, kebab_case, mutation_forms};
pub use root::{federation_sdl, schema_sdl};
pub use survey::{
    AnswerFigures, AnswerTable, GroupComments, GroupResponse, InvitationToken, OpenSheet,
    QuestionReport, SheetAnswer, SheetResult, SheetStep, SupportedLevel, SurveyActResult,
    SurveyCommand, SurveyContact, SurveyFailure, SurveyInvitation, SurveyMistake,
    SurveyMistakeKind, SurveyOverview, SurveyReport, SurveyResult, SurveyRunner, SurveyState,
    TrainingNeed,
};
pub use types::document_link::ALL_BODIES;
pub use visible_programme::VisibleProgramme;
